"""``gonogo apply``: decisions, masks and maps on disk; resumed, and acted upon by a script."""

from __future__ import annotations

import csv
import json
import os

import numpy as np
import pytest
import tifffile
from PIL import Image

import gonogo as library
from gonogo.deployment import apply, journal
from gonogo.deployment.listing import listed_maps


@pytest.fixture
def files(gonogo, bottle, tmp_path):
    """An image and a pixel threshold for the bottle."""
    maps, truth = bottle
    fit = ["threshold", maps, "--ground-truth", truth, "-p", "f1", "--quiet"]
    image, pixel = tmp_path / "image.json", tmp_path / "pixel.json"
    assert gonogo(*fit, "--level", "image", "--out", image).exit_code == 0
    scale = ["--normalise", "min_max"]
    assert gonogo(*fit, "--level", "pixel", *scale, "--out", pixel).exit_code == 0
    return image, pixel


def table(folder):
    with (folder / "decisions.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def tree(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("policy", ["f1", "recall>=1", "max", "manual=0.5", "sigma=1"])
@pytest.mark.parametrize("midpoint", [[], ["--midpoint"]])
def test_the_counts_are_those_of_evaluate(gonogo, bottle, tmp_path, policy, midpoint):
    """Fitted, saved, loaded and applied to the same maps: the confusion that evaluate reports."""
    if policy.startswith("manual") and midpoint:
        return
    maps, truth = bottle
    found = {}
    for level in ("image", "pixel"):
        file, out = tmp_path / f"{level}.json", tmp_path / level
        fit = ["--ground-truth", truth, "--level", level, "--policy", policy, *midpoint]
        assert gonogo("threshold", maps, *fit, "--out", file).exit_code == 0
        threshold = library.Threshold.load(file)
        assert gonogo("apply", file, maps, "--out", out).exit_code == 0
        limits = {f"{level}_thresholds": [threshold.value]}
        result = library.evaluate_folder(maps, truth, **limits).categories["bottle"]
        expected = getattr(result, level).at_threshold[threshold.value]
        found[level] = counts_of(out, truth, level)
        assert found[level] == (
            expected.true_positives,
            expected.false_positives,
            expected.false_negatives,
            expected.true_negatives,
        )
        achieved = threshold.achieved
        assert found[level][:2] == (achieved.recall.count, achieved.fpr.count)
    rows = table(tmp_path / "pixel")
    assert [row["decision"] == "anomalous" for row in rows] == [
        int(row["anomalous_pixels"]) > 0 for row in rows
    ]


def counts_of(out, truth, level):
    flagged, labels = [], []
    for row in table(out):
        _, defect, name = row["name"].split("/")
        if level == "image":
            flagged.append(row["decision"] == "anomalous")
            labels.append(defect != "good")
            continue
        mask = np.asarray(Image.open(out / "masks" / "test" / defect / f"{name[:-5]}.png"))
        assert set(np.unique(mask)) <= {0, 255}
        flagged.append((mask == 255).ravel())
        path = truth / "ground_truth" / defect / f"{name[:-5]}_mask.png"
        labels.append(
            (np.asarray(Image.open(path)) == 255).ravel()
            if path.exists()
            else np.zeros(mask.size, bool)
        )
    f, a = np.hstack(flagged), np.hstack(labels)
    return (int((f & a).sum()), int((f & ~a).sum()), int((~f & a).sum()), int((~f & ~a).sum()))


def test_decisions_on_images_alone(gonogo, bottle, files, tmp_path):
    image, _ = files
    printed = gonogo("apply", image, bottle[0])
    assert printed.exit_code == 0
    rows = list(csv.DictReader(printed.stdout.splitlines()))
    threshold = library.Threshold.load(image)
    for row in rows:
        score = float(tifffile.imread(bottle[0] / row["name"]).max())
        assert float(row["score"]) == score
        assert (row["decision"] == "anomalous") == (score >= threshold.value)
        assert row["normalized"] == row["anomalous_pixels"] == ""
    saved = gonogo("apply", image, bottle[0], "--out", tmp_path / "out")
    assert saved.stdout.splitlines() == [
        f"{sum(row['decision'] == 'anomalous' for row in rows)} of 5 images anomalous",
        f"wrote {tmp_path / 'out' / 'decisions.csv'}",
    ]
    assert table(tmp_path / "out") == rows
    assert set(tree(tmp_path / "out")) == {"decisions.csv", "progress.jsonl"}


def test_masks_and_maps(gonogo, bottle, files, tmp_path):
    image, pixel = files
    out = tmp_path / "out"
    assert gonogo("apply", image, bottle[0], "--masks", pixel, "--out", out).exit_code == 0
    threshold, scale = library.Threshold.load(pixel), library.MinMax.load(pixel)
    for row in table(out):
        scores = tifffile.imread(bottle[0] / row["name"])
        stem = row["name"].removesuffix(".tiff")
        mask = np.asarray(Image.open(out / "masks" / f"{stem}.png"))
        assert (mask == 255).tolist() == threshold.decide(scores).tolist()
        assert int(row["anomalous_pixels"]) == int((mask == 255).sum())
        shown = tifffile.imread(out / "maps" / f"{stem}.tiff")
        assert shown.dtype == np.float32
        assert np.array_equal(shown, scale(scores))
        assert ((shown >= 0.5) == (mask == 255)).all()
        assert row["normalized"] == ""


def test_scales(gonogo, bottle, files, tmp_path):
    image, pixel = files
    out = tmp_path / "none"
    assert gonogo("apply", pixel, bottle[0], "--normalise", "none", "--out", out).exit_code == 0
    assert not (out / "maps").exists()
    assert (out / "masks").exists()
    out = tmp_path / "divided"
    words = ["--normalise", "divide_by_threshold"]
    assert gonogo("apply", image, bottle[0], *words, "--out", out).exit_code == 0
    scale = library.DivideByThreshold(library.Threshold.load(image).value)
    for row in table(out):
        assert float(row["normalized"]) == scale(float(row["score"]))
        assert (float(row["normalized"]) >= 100) == (row["decision"] == "anomalous")
    refused = gonogo("apply", image, bottle[0], "--normalise", "cdf")
    assert refused.exit_code == 2
    assert "found no scale; cdf is fitted together with a threshold" in refused.stderr
    refused = gonogo("apply", pixel, bottle[0], "--normalise", "cdf")
    assert "found a min_max scale; cdf is fitted" in refused.stderr


def test_fail_on_anomaly(gonogo, bottle, files, tmp_path):
    image, _ = files
    assert gonogo("apply", image, bottle[0], "--fail-on-anomaly").exit_code == 3
    out = tmp_path / "out"
    words = ["apply", image, bottle[0], "--out", out, "--fail-on-anomaly", "--quiet"]
    first = gonogo(*words)
    assert (first.exit_code, first.output) == (3, "")
    assert gonogo(*words).exit_code == 3, "also where all was decided earlier"
    high = library.fit_threshold([100.0], policy="manual=100").save(tmp_path / "high.json")
    assert gonogo("apply", high, bottle[0], "--fail-on-anomaly").exit_code == 0


def test_an_interrupted_run_goes_on(gonogo, bottle, files, tmp_path, monkeypatch):
    _, pixel = files
    complete = tmp_path / "complete"
    assert gonogo("apply", pixel, bottle[0], "--out", complete).exit_code == 0
    out, write, written = tmp_path / "out", apply.write_whole, []

    def interrupted(path, content):
        if len(written) == 5:  # in the midst of the third image
            raise KeyboardInterrupt
        written.append(path)
        return write(path, content)

    monkeypatch.setattr(apply, "write_whole", interrupted)
    assert gonogo("apply", pixel, bottle[0], "--out", out).exit_code == 130
    assert not (out / "decisions.csv").exists()

    def counted(path, content):
        written.append(path)
        return write(path, content)

    monkeypatch.setattr(apply, "write_whole", counted)
    written.clear()
    resumed = gonogo("apply", pixel, bottle[0], "--out", out)
    assert "(2 decided earlier)" in resumed.stdout
    assert len([path for path in written if path.suffix == ".png"]) == 3
    assert tree(out).keys() == tree(complete).keys()
    different = [name for name, content in tree(out).items() if tree(complete)[name] != content]
    assert different == []
    written.clear()
    again = gonogo("apply", pixel, bottle[0], "--out", out)
    assert "(5 decided earlier)" in again.stdout
    assert [path.name for path in written] == ["decisions.csv"]


def test_what_changed_is_done_again(gonogo, bottle, files, tmp_path):
    _, pixel = files
    out = tmp_path / "out"
    gonogo("apply", pixel, bottle[0], "--out", out)
    path = bottle[0] / "test/good/000.tiff"
    tifffile.imwrite(path, np.full((12, 16), 9.0, np.float32))
    os.utime(path, ns=(1, 1))
    (out / "masks/test/hole/000.png").unlink()
    cut = out / "masks/test/scratch/001.png"
    cut.write_bytes(cut.read_bytes()[:10])
    journal_file = out / "progress.jsonl"
    journal_file.write_text(journal_file.read_text() + '{"name": "test/good/0')
    assert "(2 decided earlier)" in gonogo("apply", pixel, bottle[0], "--out", out).stdout
    assert (out / "masks/test/hole/000.png").exists()
    assert cut.stat().st_size > 10
    row = next(row for row in table(out) if row["name"] == "test/good/000.tiff")
    assert (row["decision"], row["anomalous_pixels"]) == ("anomalous", "192")


def test_other_settings_are_refused_without_force(gonogo, bottle, files, tmp_path):
    image, pixel = files
    out = tmp_path / "out"
    gonogo("apply", pixel, bottle[0], "--out", out)
    before = tree(out)
    refused = gonogo("apply", image, bottle[0], "--out", out)
    assert refused.exit_code == 2
    assert "found what another threshold, other maps or other options have made" in refused.stderr
    assert tree(out) == before
    forced = gonogo("apply", image, bottle[0], "--out", out, "--force")
    assert "earlier" not in forced.stdout
    assert all(row["anomalous_pixels"] == "" for row in table(out))
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "notes.txt").write_text("mine")
    refused = gonogo("apply", image, bottle[0], "--out", tmp_path / "other")
    assert "found files of something else" in refused.stderr
    assert gonogo("apply", image, bottle[0], "--out", tmp_path / "other", "--force").exit_code == 0


def test_a_bad_map_stops_the_run_and_the_rest_goes_on_later(gonogo, bottle, files, tmp_path):
    _, pixel = files
    path, out = bottle[0] / "test/hole/000.tiff", tmp_path / "out"
    good = path.read_bytes()
    path.write_bytes(b"")
    failed = gonogo("apply", pixel, bottle[0], "--out", out)
    assert failed.exit_code == 2
    assert str(path) in failed.stderr
    path.write_bytes(good)
    assert "(2 decided earlier)" in gonogo("apply", pixel, bottle[0], "--out", out).stdout


def test_image_scores_are_taken_as_when_fitted(gonogo, bottle, tmp_path):
    maps, truth = bottle
    file = tmp_path / "t.json"
    fit = ["threshold", maps, "--ground-truth", truth, "-p", "f1", "--level", "image"]
    gonogo(*fit, "--image-score", "top-4", "--out", file)
    printed = gonogo("apply", file, maps)
    rows = list(csv.DictReader(printed.stdout.splitlines()))
    for row in rows:
        top = np.sort(tifffile.imread(maps / row["name"]).ravel())[-4:].astype(np.float64)
        assert float(row["score"]) == pytest.approx(top.mean(), rel=1e-12)
    scores = tmp_path / "scores.csv"
    scores.write_text(
        "image,score\n" + "".join(f"{row['name']},{i}\n" for i, row in enumerate(rows))
    )
    gonogo(*fit, "--image-score", scores, "--out", file, "--force")
    refused = gonogo("apply", file, maps)
    assert refused.exit_code == 2
    assert "image scores that were given and not taken from maps" in refused.stderr
    given = list(
        csv.DictReader(gonogo("apply", file, maps, "--image-score", scores).stdout.splitlines())
    )
    assert [float(row["score"]) for row in given] == [0, 1, 2, 3, 4]
    assert [row["decision"] for row in given] == ["normal"] * 2 + ["anomalous"] * 3


def test_a_threshold_for_each_category(gonogo, several, tmp_path):
    thresholds = tmp_path / "thresholds"
    for name, value in (("bottle", 0.5), ("a_category_with_a_long_name", 100.0)):
        gonogo(
            "threshold",
            several[0] / name,
            "--ground-truth",
            several[1] / name,
            "-p",
            f"manual={value}",
            "--out",
            thresholds / f"{name}.json",
            "--quiet",
        )
    out = tmp_path / "out"
    assert gonogo("apply", thresholds, several[0], "--out", out).exit_code == 0
    for row in table(out):
        assert (int(row["anomalous_pixels"]) > 0) == row["name"].startswith("bottle/")
    refused = gonogo("apply", thresholds, several[0] / "bottle/test/good")
    assert "found no threshold for maps in no folder" in refused.stderr
    (thresholds / "bottle.json").unlink()
    refused = gonogo("apply", thresholds, several[0])
    assert refused.exit_code == 2
    assert "found no threshold for the folder 'bottle' of the maps; expected" in refused.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["{pixel}", "{maps}", "--masks", "{pixel}"], "which makes the masks itself; leave out"),
        (["{image}", "{maps}", "--masks", "{image}"], "of image level; expected pixel level"),
        (["{pixel}", "{maps}", "--image-score", "max"], "leave the image score out"),
        (["{pixel}", "{maps}", "--out", "{maps}/out"], "found .*, a folder of the maps themselves"),
        (["{pixel}", "{empty}"], "found no maps below"),
        (["{pixel}", "{maps}/none"], "there is no folder"),
        (["{empty}/none.json", "{maps}"], "cannot open the file"),
        (["{image}", "{maps}", "--image-score", "top-0"], "--image-score: found 'top-0'"),
        (
            ["{image}", "{maps}", "--format", "mvtec-ad2", "--out", "{empty}"],
            "layout of MVTec AD 2",
        ),
    ],
)
def test_bad_usage(gonogo, bottle, files, tmp_path, words, message):
    import re

    (tmp_path / "empty").mkdir()
    places = {"image": files[0], "pixel": files[1], "maps": bottle[0], "empty": tmp_path / "empty"}
    refused = gonogo("apply", *(word.format(**places) for word in words))
    assert refused.exit_code == 2
    assert re.search(message, refused.stderr)
    assert len(refused.stderr.splitlines()) == 1
    assert list((tmp_path / "empty").iterdir()) == []


def test_a_map_that_the_scale_is_not_for(gonogo, bottle, tmp_path):
    threshold = library.fit_threshold([1.0, 2.0], policy="manual=0.5", level="pixel")
    file = threshold.save(tmp_path / "t.json", normalization=library.Cdf(0.5, 0.0, 1.0))
    path = bottle[0] / "test/good/001.tiff"
    tifffile.imwrite(path, np.zeros((12, 16), np.float32))
    refused = gonogo("apply", file, bottle[0])
    assert refused.exit_code == 2
    assert f"{path}: scores: found 0; the cdf scale takes logarithms" in refused.stderr


def test_progress_for_a_person(gonogo, bottle, files):
    words = ["apply", files[0], bottle[0]]
    assert "5/5" in gonogo(*words, env={"FORCE_COLOR": "1"}).stderr


def test_a_foreign_journal(gonogo, bottle, files, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / journal._NAME).write_text(json.dumps({"format": "other"}) + "\n")
    assert gonogo("apply", files[0], bottle[0], "--out", out).exit_code == 2
    (out / journal._NAME).write_text("not json\n")
    assert gonogo("apply", files[0], bottle[0], "--out", out).exit_code == 2


@pytest.mark.parametrize("damage", ['{"name": "x"}', '{"decision": 3}', "[1]", "{}"])
def test_a_damaged_line_of_the_journal_ends_it(gonogo, bottle, files, tmp_path, damage):
    out = tmp_path / "out"
    words = ["apply", files[0], bottle[0], "--out", out]
    assert gonogo(*words).exit_code == 0
    lines = (out / journal._NAME).read_text().splitlines()
    lines[3] = damage
    (out / journal._NAME).write_text("".join(f"{line}\n" for line in lines))
    again = gonogo(*words)
    assert again.exit_code == 0, again.output
    assert "(2 decided earlier)" in again.stdout


def test_a_folder_in_the_place_of_a_map_is_refused_by_name(tmp_path):
    (tmp_path / "a/001.tiff").mkdir(parents=True)
    np.save(tmp_path / "a/000.npy", np.ones((2, 2)))
    with pytest.raises(library.InputError, match=r"001\.tiff: found a folder; expected a file"):
        listed_maps(tmp_path)
    np.save(tmp_path / "a/001.tiff/hot.npy", np.ones((2, 2)))
    assert [one.name for one in listed_maps(tmp_path)] == ["a/000.npy", "a/001.tiff/hot.npy"]
