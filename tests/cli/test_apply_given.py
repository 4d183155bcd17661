"""Applying what other systems say, to scores alone, and for regions of a smallest area."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
import tifffile
from PIL import Image

METADATA = {"image_threshold": 1.9, "pixel_threshold": 1.5, "min": 0.0, "max": 3.0}
NEW = {
    "image_threshold": 1.9,
    "pixel_threshold": 1.5,
    "pred_scores.min": 0.0,
    "pred_scores.max": 3.8,
    "anomaly_maps.min": 0.0,
    "anomaly_maps.max": 3.0,
}


@pytest.fixture
def maps(tmp_path):
    """A region of 3 pixels that touch at corners, one of 30, one pixel, and nothing."""
    folder = tmp_path / "maps"
    folder.mkdir()
    shapes = {"corners": [(3, 3), (4, 4), (5, 3)], "speck": [(3, 3)], "none": []}
    shapes["scratch"] = [(y, x) for y in range(5, 8) for x in range(5, 15)]
    for name, pixels in shapes.items():
        scores = np.zeros((32, 32), np.float32)
        for place in pixels:
            scores[place] = 2.0
        tifffile.imwrite(folder / f"{name}.tiff", scores)
    return folder


def decisions(result):
    assert result.exit_code == 0, result.stderr
    rows = csv.DictReader(result.stdout.splitlines())
    return {row["name"].partition(".")[0]: row for row in rows}


def anomalous(result):
    return {name for name, row in decisions(result).items() if row["decision"] == "anomalous"}


@pytest.mark.parametrize("document", [METADATA, NEW])
def test_the_metadata_of_anomalib(gonogo, tmp_path, maps, document):
    path = tmp_path / "metadata.json"
    path.write_text(json.dumps(document))
    result = gonogo("apply", path, maps)
    assert anomalous(result) == {"corners", "speck", "scratch"}
    assert "image_threshold 1.9 decides on raw scores" in result.stderr
    width = document.get("pred_scores.max", 3.0)
    scaled = float(decisions(result)["speck"]["normalized"])
    assert scaled == pytest.approx((2.0 - 1.9) / width + 0.5)
    pixel = gonogo(
        "apply", path, maps, "--level", "pixel", "--min-area", "3", "--normalise", "none"
    )
    assert anomalous(pixel) == {"corners", "scratch"}


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"image_threshold": 1.0, "image_mean": 0.1}, "found the normalization cdf"),
        ({"pixel_threshold": 1.0}, "found no image_threshold"),
        ({"image_threshold": "x"}, "image_threshold: found 'x'; expected a finite number"),
        ({"image_threshold": 10**400}, "expected a finite number"),
        ({"image_threshold": 1, "min": 2, "max": 1}, "expected a range"),
        ({"task": "segmentation"}, "found another kind of file"),
    ],
)
def test_metadata_that_cannot_be_applied(gonogo, tmp_path, maps, document, message):
    path = tmp_path / "metadata.json"
    path.write_text(json.dumps(document))
    result = gonogo("apply", path, maps)
    assert result.exit_code == 2
    assert f"{path}" in result.stderr
    assert message in result.stderr


def test_a_bare_number(gonogo, maps):
    assert anomalous(gonogo("apply", "2", maps)) == {"corners", "speck", "scratch"}
    assert anomalous(gonogo("apply", "2.1", maps)) == set()
    assert "cannot open the file" in gonogo("apply", "2_0", maps).stderr


def test_the_number_of_a_file_as_a_policy(gonogo, tmp_path, maps):
    path = tmp_path / "metadata.json"
    path.write_text(json.dumps(METADATA))
    result = gonogo("threshold", maps, "--policy", path, "--json")
    assert json.loads(result.stdout)["threshold"]["value"] == 1.5
    result = gonogo("threshold", maps, "--policy", path, "--level", "image", "--json")
    assert json.loads(result.stdout)["threshold"]["value"] == 1.9


def test_a_smallest_area(gonogo, tmp_path, maps):
    path = tmp_path / "pixel.json"
    options = ("--level", "pixel", "--min-area", "4", "--out", path)
    assert gonogo("threshold", maps, "-p", "manual=1", *options).exit_code == 0
    assert json.loads(path.read_text())["threshold"]["min_area"] == 4
    result = gonogo("apply", path, maps)
    assert anomalous(result) == {"scratch"}
    found = {name: row["largest_region"] for name, row in decisions(result).items()}
    assert found == {"corners": "3", "speck": "1", "none": "0", "scratch": "30"}
    assert anomalous(gonogo("apply", path, maps, "--min-area", "3")) == {"corners", "scratch"}
    out = tmp_path / "out"
    assert gonogo("apply", path, maps, "--out", out).exit_code == 0
    assert not np.asarray(Image.open(out / "masks/speck.png")).any()
    assert np.count_nonzero(np.asarray(Image.open(out / "masks/scratch.png"))) == 30
    refused = gonogo("apply", "1", maps, "--min-area", "4")
    assert refused.exit_code == 2
    assert "--min-area: found 4 with a threshold of image level" in refused.stderr


def test_a_file_without_an_area_is_as_before(gonogo, tmp_path, maps):
    path = tmp_path / "pixel.json"
    gonogo("threshold", maps, "-p", "manual=1", "--level", "pixel", "--out", path)
    assert "min_area" not in json.loads(path.read_text())["threshold"]
    assert anomalous(gonogo("apply", path, maps)) == {"corners", "speck", "scratch"}


def test_scores_without_maps(gonogo, tmp_path):
    scores = tmp_path / "scores.csv"
    scores.write_text("file;pred_score;label\na.png;1,5;0\nb.png;2,5;1\n")
    path = tmp_path / "t.json"
    assert gonogo("threshold", scores, "-p", "f1", "--out", path).exit_code == 0
    result = gonogo("apply", path, scores)
    assert anomalous(result) == {"b"}
    assert "scores from 'pred_score'" in result.stderr
    out = tmp_path / "out"
    for _ in range(2):
        assert gonogo("apply", path, scores, "--out", out).exit_code == 0
    assert (out / "decisions.csv").read_text().splitlines()[2].startswith("b.png,2.5,,anomalous")
    pixel = gonogo("apply", "2", scores, "--level", "pixel")
    assert (pixel.exit_code, "--level: found it for" in pixel.stderr) == (2, True)
    scores.write_text("file,score\na,1\na,2\n")
    assert "lines 2 and 3 both name the image a" in gonogo("apply", "1", scores).stderr


def test_maps_that_are_resized_as_in_the_evaluation(gonogo, maps):
    small = decisions(gonogo("apply", "1", maps))["speck"]
    large = decisions(gonogo("apply", "1", maps, "--resize", "bilinear=16x16"))["speck"]
    assert (float(small["score"]), float(large["score"])) == (2.0, 0.5)
    wrong = gonogo("apply", "1", maps, "--resize", "bilinear")
    assert (wrong.exit_code, "such as bilinear=900x900" in wrong.stderr) == (2, True)


def test_a_file_that_holds_a_number_alone(gonogo, tmp_path, maps):
    path = tmp_path / "t.json"
    path.write_text("1.9\n")
    assert anomalous(gonogo("apply", path, maps)) == anomalous(gonogo("apply", "1.9", maps))
    words = ("--level", "pixel", "--min-area", "4")
    assert anomalous(gonogo("apply", path, maps, *words)) == {"scratch"}
    for text, told in (("1e999", "'inf'"), ("9" * 400, "'9999"), ("true", "another kind of file")):
        path.write_text(text)
        result = gonogo("apply", path, maps)
        assert result.exit_code == 2
        assert f"{path}: found" in result.stderr
        assert told in result.stderr


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("metadata.json", '{"image_threshold": 1.9, "image_threshold": 0.1, "min": 0, "max": 3}'),
        ("threshold.json", '{"schema": "gonogo.threshold", "version": 1, "version": 1}'),
        ("inner.json", '{"schema": "gonogo.threshold", "threshold": {"value": 1, "value": 2}}'),
    ],
)
def test_an_entry_that_is_there_twice(gonogo, tmp_path, maps, name, text):
    path = tmp_path / name
    path.write_text(text)
    result = gonogo("apply", path, maps)
    assert result.exit_code == 2
    assert f"{path}: found the entry " in result.stderr
    assert "twice (1" in result.stderr
