"""``gonogo threshold``: one policy with its promise, several side by side, and the file."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
import tifffile
from PIL import Image

import gonogo as library
from gonogo.shown import shown_threshold


@pytest.fixture
def run(gonogo, bottle, tmp_path):
    assert gonogo("evaluate", *bottle, "--out", tmp_path / "run", "--quiet").exit_code == 0
    return tmp_path / "run"


@pytest.fixture
def result(bottle):
    return library.evaluate_folder(*bottle).categories["bottle"]


def test_one_policy_in_words(gonogo, run, result):
    printed = gonogo("threshold", run, "--policy", "f1")
    assert printed.exit_code == 0, printed.output
    assert printed.stderr == ""
    threshold = library.fit_threshold(result, policy="f1")
    lines = dict(line.split(None, 1) for line in printed.stdout.splitlines())
    assert lines["policy"] == "f1"
    assert lines["threshold"] == f"{threshold.value!r} (image level, score >= threshold)"
    assert lines["promises"] == threshold.promise
    assert "2 normal and 3 anomalous images" in printed.stdout
    recall = threshold.achieved.recall
    low, high = recall.interval
    expected = f"{recall.value:.4g}, {recall.count} of 3, 95 % interval {low:.4g} to {high:.4g}"
    assert lines["recall"] == expected


def test_the_file_is_the_threshold(gonogo, run, result, tmp_path):
    file = tmp_path / "new" / "t.json"
    words = ["threshold", run, "--policy", "recall>=1", "--midpoint", "--out", file]
    printed = gonogo(*words)
    assert printed.stdout.splitlines()[-1] == f"wrote {file}"
    expected = library.fit_threshold(result, policy="recall>=1", midpoint=True)
    assert library.Threshold.load(file) == expected
    assert expected.fitted_on.image_score == "max"
    before = file.read_bytes()
    again = gonogo(*words)
    assert again.exit_code == 2
    assert "found an earlier file; name another, or overwrite it: --force" in again.stderr
    assert file.read_bytes() == before
    assert gonogo(*words, "--force", "--quiet").output == ""
    assert "found a folder" in gonogo("threshold", run, "-p", "f1", "--out", tmp_path).stderr


def test_confidence(gonogo, tmp_path):
    scores = tmp_path / "scores.csv"
    scores.write_text("score\n" + "".join(f"{i}\n" for i in range(299)))
    words = ["threshold", scores, "--policy", "fpr<=0.01", "--confidence", "0.95"]
    printed = gonogo(*words)
    assert "policy     fpr<=0.01, confidence 0.95" in printed.stdout
    assert "with 95 % confidence, at most 1 % of the normal images" in printed.stdout
    assert "299 normal and 0 anomalous images" in printed.stdout
    assert [line.split()[-1] for line in printed.stdout.splitlines()[-2:]] == ["-", "-"]
    scores.write_text("score\n" + "".join(f"{i}\n" for i in range(298)))
    refused = gonogo(*words)
    assert refused.exit_code == 2
    assert "found 298 normal scores, with which no threshold can promise it; 299" in refused.stderr


def test_several_policies_are_compared(gonogo, run, result):
    policies = ["f1", "max", "fpr<=0.01", "precision>=0.99", "cost=10:1"]
    words = [word for policy in policies for word in ("-p", policy)]
    printed = gonogo("threshold", run, *words, env={"COLUMNS": "200"})
    assert printed.exit_code == 0, printed.output
    rows = {line.split()[0]: line.split() for line in printed.stdout.splitlines()[3:8]}
    assert list(rows) == policies
    for policy in policies:
        threshold = library.fit_threshold(result, policy=policy)
        assert rows[policy][1] == shown_threshold(threshold.value, threshold.next_lower)
        assert f"{policy}: {threshold.promise}" in printed.stdout
    narrow = gonogo("threshold", run, *words).stdout
    assert max(map(len, narrow.splitlines())) <= 80
    assert set(re.findall(r"\d\.\d+", printed.stdout)) == set(re.findall(r"\d\.\d+", narrow))


def test_what_cannot_be_promised_has_a_reason_in_the_comparison(gonogo, run):
    words = ["threshold", run, "-p", "f1", "-p", "fpr<=0.01", "--confidence", "0.9"]
    printed = gonogo(*words)
    assert printed.exit_code == 0
    row = next(line for line in printed.stdout.splitlines() if line.startswith("fpr<=0.01"))
    assert set(row.split()[1:]) == {"-"}
    said = " ".join(printed.stdout.split())
    assert "found 2 normal scores, with which no threshold can promise it" in said
    assert gonogo(*words, "--json").exit_code == 2
    none = gonogo("threshold", run, "-p", "fpr<=0.01", "-p", "fpr<=0.02", "--confidence", "0.9")
    assert none.exit_code == 2
    useless = gonogo("threshold", run, "-p", "f1", "-p", "max", "--confidence", "0.9")
    assert useless.exit_code == 2
    assert "no use for it" in useless.stderr
    assert "so name one --policy" in gonogo(*words, "--out", run.parent / "t.json").stderr


def test_json(gonogo, run, result):
    one = json.loads(gonogo("threshold", run, "-p", "f1", "--json").stdout)
    threshold = library.fit_threshold(result, policy="f1")
    assert one["schema"] == "gonogo.threshold"
    assert one["threshold"]["value"] == threshold.value
    several = json.loads(gonogo("threshold", run, "-p", "f1", "-p", "max", "--json").stdout)
    assert [document["threshold"]["policy"] for document in several] == ["f1", "max"]


def test_maps_and_ground_truth(gonogo, bottle):
    maps, truth = bottle
    images = [
        (tifffile.imread(path), truth / "ground_truth" / f"{path.parent.name}/{path.stem}_mask.png")
        for path in sorted((maps / "test").rglob("*.tiff"))
    ]
    pixels = [one for one, _ in images]
    masks = [np.asarray(Image.open(path)) if path.exists() else None for _, path in images]
    words = ["threshold", maps, "--ground-truth", truth, "-p", "f1", "--json"]
    found = json.loads(gonogo(*words).stdout)["threshold"]
    expected = library.fit_threshold(pixels, masks, policy="f1")
    assert found["level"] == "pixel"
    assert found["value"] == expected.value
    assert found["fitted_on"]["digest"] == expected.fitted_on.digest
    for rule in ("max", "top-4"):
        words = [*words[:-1], "--level", "image", "--image-score", rule, "--json"]
        found = json.loads(gonogo(*words).stdout)["threshold"]
        result = library.evaluate_folder(maps, truth, image_score=rule).categories["bottle"]
        assert found["value"] == library.fit_threshold(result, policy="f1").value
        assert found["fitted_on"]["image_score"] == rule


@pytest.mark.parametrize("policy", ["nearest", "bilinear", "bicubic"])
@pytest.mark.parametrize("level", ["image", "pixel"])
def test_maps_of_another_size(gonogo, bottle, policy, level):
    """The good images have no mask: they are brought to the size of the others, as in evaluate."""
    maps, truth = bottle
    for path in maps.rglob("*.tiff"):
        tifffile.imwrite(path, tifffile.imread(path)[::2, ::4])
    words = ["threshold", maps, "--ground-truth", truth, "-p", "f1", "--level", level, "--json"]
    refused = gonogo(*words)
    if level == "pixel":
        assert refused.exit_code == 2
        assert "for example --resize bilinear" in refused.stderr
    found = json.loads(gonogo(*words, "--resize", policy).stdout)["threshold"]
    run = library.evaluate_folder(
        maps, truth, resize=policy, **{f"{level}_thresholds": found["value"]}
    )
    numbers = getattr(run.categories["bottle"], level)
    assert found["value"] == numbers.f1_max.threshold
    at = numbers.at_threshold[found["value"]]
    achieved = found["achieved"]
    assert (achieved["recall"]["count"], achieved["fpr"]["count"], achieved["fpr"]["of"]) == (
        at.true_positives,
        at.false_positives,
        at.false_positives + at.true_negatives,
    )
    assert found["fitted_on"]["image_score"] == ("given" if level == "image" else None)


def test_masks_of_several_sizes_leave_no_size_for_maps_without_one(gonogo, bottle):
    maps, truth = bottle
    Image.fromarray(np.zeros((3, 3), np.uint8)).save(truth / "ground_truth/hole/000_mask.png")
    words = ["threshold", maps, "--ground-truth", truth, "-p", "f1", "--resize", "nearest"]
    refused = gonogo(*words)
    assert refused.exit_code == 2
    assert "resize has no size to bring the map to" in refused.stderr


def test_maps_alone_are_normal(gonogo, bottle):
    good = bottle[0] / "test" / "good"
    found = json.loads(gonogo("threshold", good, "-p", "max", "--json").stdout)["threshold"]
    pixels = [tifffile.imread(path) for path in good.iterdir()]
    assert found["value"] == library.fit_threshold(pixels, policy="max").value
    assert found["fitted_on"]["anomalous"] == 0
    refused = gonogo("threshold", good, "-p", "max", "--resize", "nearest")
    assert "--resize: found nearest where it has no effect" in refused.stderr
    refused = gonogo("threshold", bottle[0], "-p", "max")
    assert refused.exit_code == 2
    assert "found maps of defects" in refused.stderr
    assert "--ground-truth" in refused.stderr


def test_image_scores_of_maps_from_a_file(gonogo, bottle, tmp_path):
    scores = tmp_path / "scores.csv"
    names = ("good/000", "good/001", "hole/000", "scratch/000", "scratch/001")
    scores.write_text("image,score\n" + "".join(f"{n}.png,{i}\n" for i, n in enumerate(names)))
    words = ["threshold", bottle[0], "--ground-truth", bottle[1], "-p", "f1", "--level", "image"]
    found = json.loads(gonogo(*words, "--image-score", scores, "--json").stdout)["threshold"]
    assert found["value"] == 2.0
    assert found["fitted_on"]["image_score"] == "given"


def test_categories(gonogo, several, tmp_path):
    gonogo("evaluate", *several, "--out", tmp_path / "run", "--quiet")
    for source in ([tmp_path / "run"], [several[0], "--ground-truth", several[1]]):
        refused = gonogo("threshold", *source, "-p", "f1")
        assert refused.exit_code == 2
        assert "--category" in refused.stderr
        assert gonogo("threshold", *source, "-p", "f1", "--category", "bottle").exit_code == 0
        assert gonogo("threshold", *source, "-p", "f1", "--category", "can").exit_code == 2


@pytest.mark.parametrize("method", ["min_max", "cdf", "divide_by_threshold"])
def test_a_scale_beside_the_threshold(gonogo, run, result, tmp_path, method):
    file = tmp_path / "t.json"
    words = ["--normalise", method, "--out", file]
    printed = gonogo("threshold", run, "-p", "f1", *words)
    assert f"scale      {method}, threshold at " in printed.stdout
    threshold = library.Threshold.load(file)
    rows = result.images
    every, normal = [r.score for r in rows], [r.score for r in rows if not r.label]
    scale = {
        "min_max": library.MinMax.fit(every, threshold),
        "cdf": library.Cdf.fit(normal, threshold),
        "divide_by_threshold": library.DivideByThreshold(threshold.value),
    }[method]
    assert type(scale).load(file) == scale


def test_a_file_that_is_overwritten_is_what_was_asked_for(gonogo, run, tmp_path):
    file = tmp_path / "t.json"
    words = ["threshold", run, "-p", "f1", "--out", file, "--force"]
    assert gonogo(*words, "--normalise", "min_max").stderr == ""
    again = gonogo(*words)
    assert again.exit_code == 0
    assert f"warning: {file}: the min_max scale that was there goes; with --norm" in again.stderr
    with pytest.raises(library.InputError, match="found no scale"):
        library.MinMax.load(file)
    assert gonogo(*words).stderr == ""


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["-p", "fpr=0.01"], "did you mean fpr<=0.01?"),
        (["-p", "f1", "--level", "pixel"], "for the pixel level give the maps"),
        (["-p", "f1", "--confidence", "0.9"], "no use for it"),
        (["-p", "max", "--category", "can"], "found no category 'can'"),
        (["-p", "max", "--image-score", "top-3"], "found top-3 where it has no effect"),
        (["-p", "max", "--ground-truth", "x"], "found scores with their labels, and a ground"),
        (["-p", "max", "--resize", "nearest"], "--resize: found nearest where it has no effect"),
        (
            ["-p", "f1", "-p", "max", "--normalise", "min_max"],
            "--normalise: found 2 policies; a scale goes with one threshold, so name one --policy",
        ),
        (
            ["-p", "f1", "-p", "max", "--out", "t.json"],
            "--out: found 2 policies; a file holds one threshold, so name one --policy",
        ),
        ([], "--policy"),
    ],
)
def test_bad_usage(gonogo, run, words, message):
    refused = gonogo("threshold", run, *words)
    assert refused.exit_code == 2
    assert message in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_progress_for_a_person(gonogo, bottle):
    words = ["threshold", bottle[0], "--ground-truth", bottle[1], "-p", "f1"]
    assert "5/5" in gonogo(*words, env={"FORCE_COLOR": "1"}).stderr
    assert gonogo(*words, "--quiet", env={"FORCE_COLOR": "1"}).output == ""


def test_nothing_there(gonogo, tmp_path):
    for source, says in ((tmp_path / "none", "found nothing there"), (tmp_path, "found no maps")):
        refused = gonogo("threshold", source, "-p", "max")
        assert refused.exit_code == 2
        assert says in refused.stderr


def test_scores_without_anomalies_show_neither_recall_nor_precision(gonogo, tmp_path):
    scores = tmp_path / "scores.csv"
    scores.write_text("score\n1\n2\n3\n")
    several = gonogo("threshold", scores, "-p", "fpr<=0.5", "-p", "conformal=0.25001").stdout
    assert "precision" not in several
    assert "\nconformal=0.25001 " in several
    printed = gonogo("threshold", scores, "-p", "fpr<=0.5")
    assert "FPR        0.3333, 1 of 3, " in printed.stdout
    assert [line.split()[-1] for line in printed.stdout.splitlines()[-2:]] == ["-", "-"]


def test_an_output_file_in_no_folder(gonogo, run, tmp_path):
    (tmp_path / "taken").touch()
    refused = gonogo("threshold", run, "-p", "f1", "--out", tmp_path / "taken/t.json")
    assert refused.exit_code == 2
    assert "taken is not a folder" in refused.stderr


def test_a_threshold_file_as_policy_keeps_its_least_area(gonogo, bottle, tmp_path):
    file, again = tmp_path / "pixel.json", tmp_path / "again.json"
    words = ("threshold", bottle[0], "--ground-truth", bottle[1])
    scaled = ("--policy", "f1", "--min-area", 20, "--normalise", "min_max", "--out", file)
    assert gonogo(*words, *scaled).exit_code == 0
    done = gonogo(*words, "--policy", file, "--out", again)
    assert done.exit_code == 0, done.output
    assert f"note: {file}: the min_max scale in it is not taken over" in " ".join(
        done.stderr.split()
    )
    first, second = (json.loads(one.read_text()) for one in (file, again))
    assert second["threshold"]["value"] == first["threshold"]["value"]
    assert second["threshold"]["min_area"] == 20
    assert second["normalization"] is None
    done = gonogo(*words, "--policy", file, "--min-area", 3, "--json", "--quiet")
    assert json.loads(done.stdout)["threshold"]["min_area"] == 3
    assert done.stderr == ""
    done = gonogo(*words, "--policy", file, "--policy", "max", "--json", "--quiet")
    areas = [one["threshold"].get("min_area", 1) for one in json.loads(done.stdout)]
    assert areas == [20, 1]
