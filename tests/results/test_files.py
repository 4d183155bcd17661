"""What a run leaves on disk: complete, checked by its schema, and never half a file."""

import csv
import json
from importlib import resources

import jsonschema
import numpy as np
import pytest

import gonogo
from gonogo import files

NORMAL, SCRATCH = "good", "scratch"


@pytest.fixture
def run():
    rng = np.random.default_rng(3)
    masks = np.zeros((6, 20, 20), bool)
    masks[3:, 4:9, 5:11] = True
    maps = rng.normal(size=masks.shape) + 1.5 * masks
    result = gonogo.evaluate(
        maps,
        masks,
        defects=[NORMAL] * 3 + [SCRATCH, SCRATCH, "hole"],
        names=[f"{i}.tiff" for i in range(6)],
        pixel_thresholds=[0.5],
        image_thresholds=[2.0],
    )
    return gonogo.Run({"brick": result, "grass": result}, result.settings, seconds=0.5)


def document(folder):
    return json.loads((folder / "results.json").read_text(encoding="utf-8"))


def schema():
    path = resources.files("gonogo.results") / "results-1.schema.json"
    return json.loads(path.read_text(encoding="utf-8"))


def test_a_run_is_four_files(run, tmp_path):
    written = run.save(tmp_path / "new" / "run")
    names = ["images.csv", "curves.npz", "metrics.json", "results.json"]
    assert [path.name for path in written] == names
    assert {path.name for path in (tmp_path / "new" / "run").iterdir()} == set(names)


def test_results_follow_their_schema(run, tmp_path):
    run.save(tmp_path, command=["gonogo", "evaluate", "maps", "masks"])
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.validate(document(tmp_path), schema())


def test_results_hold_every_number_at_full_precision(run, tmp_path):
    run.save(tmp_path)
    brick = document(tmp_path)["categories"]["brick"]
    result = run.categories["brick"]
    assert brick["pixel"]["aupro"] == [
        {"fpr_limit": limit, "value": value} for limit, value in result.pixel.aupro.items()
    ]
    assert brick["pixel"]["f1_max"]["threshold"] == result.pixel.f1_max.threshold
    assert brick["by_defect"][SCRATCH]["pixel"]["auroc"] == result.by_defect[SCRATCH].pixel.auroc
    assert document(tmp_path)["mean"]["image"]["auroc"] == result.image.auroc


@pytest.mark.filterwarnings("ignore::gonogo.UndefinedMetricWarning")
def test_what_is_undefined_is_null_with_a_reason(tmp_path):
    result = gonogo.evaluate(np.zeros((2, 3, 3)), np.zeros((2, 3, 3), bool))
    result.save(tmp_path)
    data = document(tmp_path)["categories"]["data"]
    assert data["pixel"]["auroc"] is None
    assert "needs anomalous" in data["undefined"]["pixel.auroc"]
    jsonschema.validate(document(tmp_path), schema())


def test_metrics_json_has_the_keys_of_the_mvtec_script(run, tmp_path):
    run.save(tmp_path)
    metrics = json.loads((tmp_path / "metrics.json").read_text(encoding="utf-8"))
    assert list(metrics) == ["brick", "grass", "mean_au_pro", "mean_classification_au_roc"]
    assert list(metrics["brick"]) == [
        "au_pro",
        "classification_au_roc",
        "classification_roc_curve_fpr",
        "classification_roc_curve_tpr",
    ]
    fpr = metrics["brick"]["classification_roc_curve_fpr"]
    tpr = metrics["brick"]["classification_roc_curve_tpr"]
    assert (fpr[0], tpr[0], fpr[-1], tpr[-1]) == (0.0, 0.0, 1.0, 1.0)
    assert np.trapezoid(tpr, fpr) == pytest.approx(metrics["brick"]["classification_au_roc"])
    assert metrics["mean_au_pro"] == pytest.approx(metrics["brick"]["au_pro"])
    assert '\n    "brick"' in (tmp_path / "metrics.json").read_text(encoding="utf-8")


def test_images_csv_has_a_row_for_every_image(run, tmp_path):
    run.save(tmp_path)
    with (tmp_path / "images.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 12
    first = run.categories["brick"].images[3]
    assert (rows[3]["category"], rows[3]["name"], rows[3]["defect"]) == ("brick", "3.tiff", SCRATCH)
    assert rows[3]["label"] == "1"
    assert float(rows[3]["score"]) == first.score
    assert int(rows[3]["anomalous_pixels"]) == first.anomalous_pixels


def test_curves_hold_x_y_and_threshold(run, tmp_path):
    run.save(tmp_path)
    with np.load(tmp_path / "curves.npz") as curves:
        assert "brick/pixel/pro" in curves
        x, y, thresholds = curves["brick/pixel/roc"].T
    assert np.trapezoid(y, x) == pytest.approx(run.categories["brick"].pixel.auroc, abs=1e-6)
    assert np.all(np.diff(thresholds) <= 0)


def test_an_existing_run_is_kept_without_force(run, tmp_path):
    run.save(tmp_path)
    before = (tmp_path / "results.json").read_bytes()
    with pytest.raises(gonogo.InputError, match="found the results of an earlier run"):
        run.save(tmp_path)
    assert (tmp_path / "results.json").read_bytes() == before
    run.save(tmp_path, force=True)


@pytest.mark.parametrize("name", ["images.csv", "curves.npz", "metrics.json"])
def test_a_file_of_someone_else_is_kept_without_force(run, tmp_path, name):
    (tmp_path / name).write_text("mine")
    with pytest.raises(gonogo.InputError, match=rf"found {name}; .* overwrite with force=True"):
        run.save(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "mine"
    run.save(tmp_path, force=True)


def test_a_file_in_the_place_of_the_folder_is_refused(run, tmp_path):
    taken = tmp_path / "run"
    taken.write_text("mine")
    with pytest.raises(gonogo.InputError, match="found a file; expected a folder"):
        run.save(taken, force=True)
    assert taken.read_text() == "mine"


@pytest.fixture
def full_disk(monkeypatch):
    """A disk that takes two files and then no more."""
    room = iter([None, None])

    def write(_):
        if next(room, "full") == "full":
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", write)


@pytest.mark.usefixtures("full_disk")
def test_a_full_disk_leaves_nothing(run, tmp_path):
    with pytest.raises(gonogo.InputError, match="No space left on device"):
        run.save(tmp_path / "new" / "run")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_keeps_the_earlier_run(run, tmp_path, request):
    run.save(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    request.getfixturevalue("full_disk")
    with pytest.raises(gonogo.InputError, match="No space left on device"):
        run.save(tmp_path, force=True)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_certified_values_have_two_ends_and_metrics_json_their_middle(tmp_path):
    rng = np.random.default_rng(0)
    masks = np.zeros((4, 128, 128), bool)
    masks[2:, 20:90, 20:90] = True
    maps = rng.random(masks.shape) + 0.3 * masks
    result = gonogo.evaluate(maps, masks, mode="certified", budget="1MiB")
    result.save(tmp_path)
    pixel = document(tmp_path)["categories"]["data"]["pixel"]
    area = result.pixel.aupro[0.3]
    assert pixel["aupro"][0]["value"] == {"low": area.low, "high": area.high}
    assert area.low < area.high
    metrics = json.loads((tmp_path / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["data"]["au_pro"] == area.value
    for point in pixel["tpr_at_fpr"]:
        found = gonogo.confusion(maps, masks, point["threshold"]["high"])
        assert found.false_positives <= point["fpr"] * result.pixel.normal
    for name, given in (("fpr_at_tpr", "tpr"), ("precision_at_recall", "recall")):
        for point in pixel[name]:
            found = gonogo.confusion(maps, masks, point["threshold"]["low"])
            assert found.true_positives >= point[given] * result.pixel.anomalous
