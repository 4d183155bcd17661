"""What a job comes to: results, thresholds, scales, tables and files."""

from __future__ import annotations

import json

import numpy as np
import pytest
import tifffile
from PIL import Image
from scipy.ndimage import binary_erosion

import gonogo
from gonogo.config import evaluate_job, load_job, outcome_tables, save_outcome
from gonogo.config.thresholds import decided
from gonogo.datasets import read_map
from gonogo.decisions import at_least
from gonogo.errors import InputError, InputWarning
from gonogo.normalization import Cdf, MinMax
from gonogo.palette import HEAT, PREDICTED
from gonogo.shown import shown
from gonogo.thresholds import Threshold

OWN = "maps: {0}\nground_truth: {1}\n"


def done(path, caps, **given):
    maps, data = caps
    return evaluate_job(load_job(path, maps=maps, ground_truth=data, **given))


def test_the_numbers_are_those_of_evaluate_folder(caps, settings):
    outcome = done(settings(), caps)
    run = gonogo.evaluate_folder(*caps)
    mine, theirs = outcome.run.categories["cap"], run.categories["cap"]
    assert mine.to_dict() == theirs.to_dict()


def test_adaptive_thresholds_are_those_of_the_best_f1(caps, settings):
    outcome = done(settings(), caps)
    result = outcome.run.categories["cap"]
    for level, threshold in outcome.thresholds["cap"].items():
        best = getattr(result, level).f1_max
        assert threshold.value == best.threshold
        assert decided(threshold).f1 == best.value


@pytest.mark.parametrize("value", ["0.0", "0.55", "0.8000001"])
def test_manual_thresholds_give_the_counts_of_evaluate(caps, settings, value):
    path = settings(method="manual", manual_image=value, manual_pixel=value)
    outcome = done(path, caps)
    at = float(value)
    run = gonogo.evaluate_folder(*caps, image_thresholds=at, pixel_thresholds=at)
    result = run.categories["cap"]
    for level, threshold in outcome.thresholds["cap"].items():
        assert decided(threshold) == getattr(result, level).at_threshold[at]
        assert threshold.policy == f"manual={at!r}".removesuffix(".0")


@pytest.fixture
def large(tmp_path):
    """More distinct scores than the smallest budget holds."""
    maps, masks, rng = tmp_path / "m", tmp_path / "g", np.random.default_rng(0)
    for category in ("a", "b"):
        for folder in (maps, masks):
            (folder / category).mkdir(parents=True)
        for number in range(4):
            scores, mask = rng.random((160, 160)), np.zeros((160, 160), np.uint8)
            if number:
                mask[20:90, 30:80] = 1
                Image.fromarray(mask).save(masks / category / f"{number}.png")
            np.save(maps / category / f"{number}.npy", scores + 0.2 * mask)
    return maps, masks


def test_certified_numbers_are_shown_as_intervals(large, settings):
    """And the decisions at a number that was given are exact."""
    text = OWN.format(*large) + (
        "mode: certified\nbudget: 1MiB\nthreshold: {pixel: 0.5}\n"
        "metrics: {pixel: [auroc, tpr_at_fpr@0.01, f1]}\n"
    )
    outcome = evaluate_job(load_job(settings(text)))
    exact = gonogo.evaluate_folder(*large, pixel_thresholds=0.5)
    table = outcome_tables(outcome)[0][1]
    for row in table.rows:
        pixel = outcome.run.categories[row[0]].pixel
        assert pixel.auroc.low < pixel.auroc.high
        assert row[2] == shown(pixel.tpr_at_fpr[0.01].value)
        assert "±" in row[2]
        at = exact.categories[row[0]].pixel.at_threshold[0.5]
        assert decided(outcome.thresholds[row[0]]["pixel"]) == at
        assert row[3] == f"{at.f1:.4f}"
    assert table.summary[1] == shown(outcome.run.mean["pixel"]["auroc"])
    assert "±" in table.summary[2]


@pytest.mark.parametrize("policy", ["fpr<=0.05", "recall>=1", "max", "sigma=2", "youden"])
def test_policies_of_both_levels(caps, settings, policy):
    outcome = done(settings(f"threshold: {policy}"), caps)
    result = outcome.run.categories["cap"]
    maps = [read_map(image.map_path) for image in outcome.found["cap"].images]
    masks = [
        None if image.mask_path is None else np.asarray(Image.open(image.mask_path))
        for image in outcome.found["cap"].images
    ]
    labels = [row.label for row in result.images]
    images = [row.score for row in result.images]
    found = outcome.thresholds["cap"]
    assert found["image"].value == gonogo.fit_threshold(images, labels, policy=policy).value
    pixel = gonogo.fit_threshold(maps, masks, policy=policy)
    assert found["pixel"].value == pixel.value
    assert found["pixel"].achieved == pixel.achieved


@pytest.mark.parametrize("policy", ["fpr<=0.3", "recall>=0.3", "precision>=0.1"])
def test_a_confidence_counts_where_a_policy_has_a_use_for_it(caps, settings, policy):
    text = OWN.format(*caps) + f"threshold: {{image: max, pixel: {policy}}}\nconfidence: 0.9\n"
    outcome = evaluate_job(load_job(settings(text)))
    found = outcome.thresholds["cap"]
    images = outcome.found["cap"].images
    masks = [None if one.mask_path is None else one.load()[1] for one in images]
    maps = [read_map(one.map_path) for one in images]
    expected = gonogo.fit_threshold(maps, masks, policy=policy, confidence=0.9)
    assert (found["pixel"].value, found["pixel"].promise) == (expected.value, expected.promise)
    assert (found["pixel"].confidence, found["image"].confidence) == (0.9, None)
    rows = outcome_tables(outcome)[0][1].rows
    assert [row[2] for row in rows] == ["max", f"{policy}, confidence 0.9"]


def test_scales_are_fitted_to_the_level(caps, settings):
    outcome = done(settings(), caps)
    result = outcome.run.categories["cap"]
    image, pixel = outcome.scales["cap"]["image"], outcome.scales["cap"]["pixel"]
    scores = [row.score for row in result.images]
    assert image == MinMax(result.image.f1_max.threshold, min(scores), max(scores))
    maps = np.stack([read_map(one.map_path) for one in outcome.found["cap"].images])
    assert pixel == MinMax.fit(maps, result.pixel.f1_max.threshold)


def test_the_cdf_scale_takes_training_images_where_they_have_maps(caps, settings):
    maps, _ = caps
    outcome = done(settings(normalization_method="cdf"), caps)
    training = np.stack([read_map(maps / f"train/good/{name}.tiff") for name in ("000", "001")])
    found = outcome.scales["cap"]
    threshold = outcome.thresholds["cap"]
    assert found["pixel"] == Cdf.fit(training, threshold["pixel"].value)
    assert found["image"] == Cdf.fit(training.max(axis=(1, 2)), threshold["image"].value)
    for name in ("000", "001"):
        (maps / f"train/good/{name}.tiff").unlink()
    tested = np.stack([read_map(maps / f"test/good/{n:03}.tiff") for n in range(3)])
    again = done(settings(normalization_method="cdf"), caps)
    assert again.scales["cap"]["pixel"] == Cdf.fit(tested, threshold["pixel"].value)


def test_the_cdf_scale_takes_images_whose_masks_are_empty(settings, tmp_path):
    """Where every image has a mask, that says which are normal."""
    maps, masks, rng = tmp_path / "m", tmp_path / "g", np.random.default_rng(0)
    maps.mkdir()
    masks.mkdir()
    for number in range(4):
        np.save(maps / f"{number}.npy", 0.1 + rng.random((8, 8)) + (number > 1))
        mask = np.zeros((8, 8), np.uint8)
        mask[2:4] = number > 1
        Image.fromarray(mask).save(masks / f"{number}.png")
    outcome = evaluate_job(load_job(settings(OWN.format(maps, masks) + "normalization: cdf\n")))
    normal = np.stack([np.load(maps / f"{number}.npy") for number in (0, 1)])
    (scales,), (thresholds,) = outcome.scales.values(), outcome.thresholds.values()
    assert scales["pixel"] == Cdf.fit(normal, thresholds["pixel"].value)
    assert scales["image"] == Cdf.fit(normal.max(axis=(1, 2)), thresholds["image"].value)


def test_a_map_that_the_scale_does_not_know_is_named(caps, settings, tmp_path):
    path = caps[0] / "test/cracked/002.tiff"
    scores = read_map(path)
    scores[0, 0] = 0.0
    tifffile.imwrite(path, scores)
    outcome = done(settings(normalization_method="cdf"), caps, out=tmp_path / "run")
    with pytest.raises(InputError, match=rf"{path}: scores: found 0; the cdf scale takes log"):
        save_outcome(outcome)
    assert not (tmp_path / "run").exists()


def test_a_scale_that_does_not_suit_the_scores_is_refused(caps, settings):
    path = settings(
        normalization_method="cdf", method="manual", manual_image="-1", manual_pixel="-1"
    )
    says = r"settings.yaml: cap, image level: .*positive"
    with pytest.raises(InputError, match=says):
        done(path, caps)


def test_tables_show_what_was_asked_for(caps, settings):
    outcome = done(settings(), caps)
    (untitled, metrics), (title, thresholds) = outcome_tables(outcome)
    assert (untitled, title) == (None, "thresholds (anomalous: score >= threshold)")
    assert metrics.groups == (("", 1), ("image", 3), ("pixel", 4))
    names = ("F1Score", "AUROC", "Recall", "AUROC", "F1Score", "Precision", "Recall")
    assert metrics.headers == ("category", *names)
    pixel = outcome.run.categories["cap"].pixel
    expected = (pixel.auroc, pixel.f1_max.value, pixel.f1_max.precision, pixel.f1_max.recall)
    assert metrics.rows[0][4:] == tuple(f"{value:.4f}" for value in expected)
    assert metrics.summary is None
    assert [row[:3] for row in thresholds.rows] == [
        ("cap", "image", "f1"),
        ("cap", "pixel", "f1"),
    ]
    assert thresholds.headers[4] == "min_max"
    assert thresholds.rows[0][4] == "0.5"


def test_several_categories_have_a_mean(caps, settings, tmp_path):
    maps, data = caps
    for name in ("a", "b"):
        (tmp_path / "all" / name).mkdir(parents=True)
        (tmp_path / "all" / name / "test").symlink_to(maps / "test")
        (tmp_path / "truth" / name).mkdir(parents=True)
        (tmp_path / "truth" / name / "ground_truth").symlink_to(data / "ground_truth")
    path = settings("metrics: {image: [auroc], pixel: [iou]}\nthreshold: f1")
    outcome = evaluate_job(load_job(path, maps=tmp_path / "all", ground_truth=tmp_path / "truth"))
    table = outcome_tables(outcome)[0][1]
    assert [row[0] for row in table.rows] == ["a", "b"]
    assert table.summary == ("mean", *table.rows[0][1:])
    written = save_outcome(
        evaluate_job(
            load_job(
                path, maps=tmp_path / "all", ground_truth=tmp_path / "truth", out=tmp_path / "run"
            )
        )
    )
    assert tmp_path / "run/b/threshold-pixel.json" in written
    assert Threshold.load(tmp_path / "run/a/threshold-image.json").level == "image"


def test_nothing_asked_for_is_the_standard_table(caps, settings):
    outcome = done(settings(OWN.format(*caps)), caps)
    assert outcome_tables(outcome) == []
    assert save_outcome(outcome) == []


def test_a_data_set_without_anomalies_names_the_policies_that_need_none(caps, settings):
    path = settings(abnormal_dir="null", mask="null")
    with (
        pytest.warns(gonogo.UndefinedMetricWarning),
        pytest.raises(
            InputError,
            match=r"cap, image level: policy f1 needs anomalous scores.*fpr<=0.01",
        ),
    ):
        done(path, caps)


def test_files(caps, settings, tmp_path):
    out = tmp_path / "run"
    outcome = done(settings(), caps, out=out)
    written = save_outcome(outcome, command=["gonogo", "evaluate"])
    assert sorted(path.name for path in out.iterdir()) == [
        "curves.npz",
        "images",
        "images.csv",
        "metrics.json",
        "results.json",
        "threshold-image.json",
        "threshold-pixel.json",
    ]
    assert set(written) == set(out.iterdir())
    assert json.loads((out / "results.json").read_text())["command"] == ["gonogo", "evaluate"]
    threshold = Threshold.load(out / "threshold-pixel.json")
    assert threshold == outcome.thresholds["cap"]["pixel"]
    assert MinMax.load(out / "threshold-pixel.json") == outcome.scales["cap"]["pixel"]
    with pytest.raises(InputError, match="found the results of an earlier run"):
        save_outcome(outcome)
    save_outcome(outcome, force=True)


def test_pictures(caps, settings, tmp_path):
    maps, data = caps
    outcome = done(settings(), caps, out=tmp_path / "run")
    save_outcome(outcome)
    pictures = sorted((tmp_path / "run/images").rglob("*.png"))
    assert len(pictures) == 7
    picture = np.asarray(Image.open(tmp_path / "run/images/test/cracked/002.png"))
    assert picture.shape == (16 + 12, 5 * 16 + 4 * 4, 3)
    panels = [picture[16:, 20 * k : 20 * k + 16] for k in range(5)]
    photograph = np.asarray(Image.open(data / "test/cracked/002.png"))
    truth = np.asarray(Image.open(data / "ground_truth/cracked/002_mask.png"))
    scores = read_map(maps / "test/cracked/002.tiff")
    flags = at_least(scores, outcome.thresholds["cap"]["pixel"].value)
    np.testing.assert_array_equal(panels[0], photograph)
    np.testing.assert_array_equal(panels[1], np.repeat(truth[..., None], 3, axis=2))
    np.testing.assert_array_equal(panels[3][..., 0] == 255, flags)
    predicted = (panels[4] == tuple(bytes.fromhex(PREDICTED[1:]))).all(axis=2)
    assert predicted.any()
    assert not (predicted & ~flags).any()
    inside = binary_erosion(flags, border_value=1) & binary_erosion(truth > 0, border_value=1)
    np.testing.assert_array_equal(panels[4][inside], photograph[inside])
    colours = {colour: place for place, colour in enumerate(HEAT)}
    places = np.array([[colours[tuple(pixel)] for pixel in row] for row in panels[2].tolist()])
    assert flags[places > 128].all()
    assert not flags[places < 127].any()


def test_simple_pictures_in_a_folder_of_their_own(caps, settings, tmp_path):
    path = settings(
        mode="simple",
        image_save_path=str(tmp_path / "seen"),
        task="classification",
        normalization_method="null",
    )
    save_outcome(done(path, caps, out=tmp_path / "run"))
    assert not (tmp_path / "run/images").exists()
    with Image.open(tmp_path / "seen/test/good/000.png") as picture:
        assert picture.size == (16, 16 + 12)


def test_no_pictures_unless_asked_for(caps, settings, tmp_path):
    save_outcome(done(settings(save_images="false"), caps, out=tmp_path / "run"))
    assert not (tmp_path / "run/images").exists()


def test_photographs_of_another_size_and_depth(caps, settings, tmp_path):
    data = caps[1]
    Image.fromarray(np.full((24, 32), 300, np.uint16)).save(data / "test/good/000.png")
    save_outcome(done(settings(), caps, out=tmp_path / "run"))
    picture = np.asarray(Image.open(tmp_path / "run/images/test/good/000.png"))
    assert picture.shape == (16 + 24, 5 * 32 + 4 * 4, 3)
    assert (picture[16:, :32] == 300 >> 8).all()


def test_a_damaged_photograph_is_left_out_of_its_picture(caps, settings, tmp_path):
    (caps[1] / "test/good/000.png").write_bytes(b"no picture")
    told = (
        r"1 of \d+ pictures .* without .* first: .*test/good/000\.png: cannot read the photograph"
    )
    with pytest.warns(InputWarning, match=told):
        save_outcome(done(settings(), caps, out=tmp_path / "run"))
    picture = np.asarray(Image.open(tmp_path / "run/images/test/good/000.png"))
    assert picture.shape == np.asarray(Image.open(tmp_path / "run/images/test/good/001.png")).shape


def test_pictures_that_fail_leave_an_earlier_run_as_it_was(caps, settings, tmp_path):
    out = tmp_path / "run"
    save_outcome(done(settings(), caps, out=out))
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    outcome = done(settings(), caps, out=out)
    next(caps[0].rglob("000.tiff")).write_bytes(b"no map")
    with pytest.raises(InputError, match="cannot read the anomaly map"):
        save_outcome(outcome, force=True)
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before


def test_a_picture_never_takes_the_place_of_a_photograph(caps, settings):
    data = caps[1]
    path = settings(image_save_path=str(data))
    with pytest.raises(InputError, match=r"found files where pictures are to go"):
        save_outcome(done(path, caps))
    before = (data / "test/good/000.png").read_bytes()
    with pytest.raises(InputError, match=r"found .*\.png of the data; name another folder"):
        save_outcome(done(path, caps), force=True)
    assert (data / "test/good/000.png").read_bytes() == before


def test_a_threshold_of_someone_else_is_kept_without_force(caps, settings, tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run/threshold-pixel.json").write_text("mine")
    outcome = done(settings(), caps, out=tmp_path / "run")
    with pytest.raises(InputError, match=r"found threshold-pixel\.json; .* force=True"):
        save_outcome(outcome)
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["threshold-pixel.json"]


@pytest.mark.parametrize("policy", ["f1", "fpr<=0.05", "max", "manual=0.55"])
def test_maps_of_another_size_are_resized_for_thresholds_too(caps, settings, policy):
    maps, data = caps
    for path in (maps / "test").rglob("*.tiff"):
        tifffile.imwrite(path, read_map(path)[::2, ::2])
    text = OWN.format(maps, data) + f"resize: bilinear\nthreshold: {policy}\nnormalization: cdf\n"
    outcome = evaluate_job(load_job(settings(text)))
    threshold = outcome.thresholds["cap"]["pixel"]
    at = gonogo.evaluate_folder(maps, data, resize="bilinear", pixel_thresholds=threshold.value)
    assert decided(threshold) == at.categories["cap"].pixel.at_threshold[threshold.value]


def test_image_scores_of_a_file(caps, settings, tmp_path):
    names = [
        *(f"test/good/{n:03}" for n in range(3)),
        *(f"test/cracked/{n:03}" for n in range(4)),
    ]
    file = tmp_path / "scores.csv"
    file.write_text("image,score\n" + "".join(f"{name}.png,{k}\n" for k, name in enumerate(names)))
    outcome = done(settings(), caps, image_scores=file)
    assert outcome.thresholds["cap"]["image"].value == 3.0
    assert outcome.scales["cap"]["image"] == MinMax(3.0, 0.0, 6.0)


def test_columns_of_a_file_are_named(caps, settings, tmp_path):
    names = [row.name for row in gonogo.evaluate_folder(*caps).categories["cap"].images]
    file = tmp_path / "scores.csv"
    rows = "".join(f"{name},0,{place}\n" for place, name in enumerate(names))
    file.write_text(f"image,score,raw\n{rows}")
    text = OWN.format(*caps) + f"image_scores: {file}\ncolumns: {{score: raw}}\n"
    for job in (
        load_job(settings(text)),
        load_job(settings(OWN.format(*caps)), image_scores=file, columns={"score": "raw"}),
    ):
        rows = evaluate_job(job).run.categories["cap"].images
        assert [row.score for row in rows] == list(range(len(names)))
    with pytest.raises(InputError, match=r"columns\.flag: unknown key"):
        load_job(settings(text.replace("score: raw", "flag: raw")))


def test_image_scores_of_a_file_are_given(caps, settings, tmp_path):
    names = [*(f"good/{n:03}" for n in range(3)), *(f"cracked/{n:03}" for n in range(4))]
    file = tmp_path / "scores.csv"
    file.write_text("image,score\n" + "".join(f"{name}.png,{k}\n" for k, name in enumerate(names)))
    outcome = done(settings(), caps, image_scores=file)
    assert outcome.run.settings.image_score == "given"
    assert outcome.thresholds["cap"]["image"].fitted_on.image_score == "given"


def test_progress_is_told(caps, settings):
    maps, data = caps
    told = []
    job = load_job(settings(), maps=maps, ground_truth=data)
    evaluate_job(job, lambda *step: told.append(step))
    assert told == [("cap", done, 7) for done in range(1, 8)]
