"""``gonogo apply`` takes what ``gonogo evaluate --config`` wrote, or a folder of thresholds."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from PIL import Image

import gonogo as library

LONG = "a_category_with_a_long_name"


def run_of(gonogo, maps, truth, out, threshold):
    config = out.with_suffix(".yaml")
    config.write_text(f"maps: {maps}\nground_truth: {truth}\nout: {out}\nthreshold: {threshold}\n")
    result = gonogo("evaluate", "--config", config)
    assert result.exit_code == 0, result.output
    return out


def table(folder):
    with (folder / "decisions.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def masks(folder):
    return {
        path.relative_to(folder / "masks").with_suffix("").as_posix(): np.asarray(Image.open(path))
        for path in (folder / "masks").rglob("*.png")
    }


def confusions(out, truth, category=""):
    """Counts of images and of pixels, from the files that were written."""
    counts = {"image": [0, 0, 0, 0], "pixel": [0, 0, 0, 0]}
    shown = masks(out)
    for row in table(out):
        name = row["name"].removesuffix(".tiff")
        if not name.startswith(category):
            continue
        inside = name.removeprefix(f"{category}/")
        path = truth / "ground_truth" / f"{inside.removeprefix('test/')}_mask.png"
        flags = shown[name] == 255
        true = np.asarray(Image.open(path)) == 255 if path.exists() else np.zeros_like(flags)
        image = np.array([row["decision"] == "anomalous"]), np.array([path.exists()])
        for level, (flagged, anomalous) in (("image", image), ("pixel", (flags, true))):
            for k, (yes, is_so) in enumerate(((1, 1), (1, 0), (0, 1), (0, 0))):
                counts[level][k] += int(((flagged == yes) & (anomalous == is_so)).sum())
    return counts


def expected(maps, truth, category, threshold, level):
    value = threshold.value
    run = library.evaluate_folder(maps, truth, **{f"{level}_thresholds": value})
    at = getattr(run.categories[category], level).at_threshold[value]
    return [at.true_positives, at.false_positives, at.false_negatives, at.true_negatives]


@pytest.mark.parametrize("threshold", ["f1", "fpr<=0.01", "{image: recall>=1, pixel: 0.75}"])
def test_one_category(gonogo, bottle, tmp_path, threshold):
    maps, truth = bottle
    run = run_of(gonogo, maps, truth, tmp_path / "run", threshold)
    out = tmp_path / "decided"
    result = gonogo("apply", run, maps, "--out", out)
    assert result.exit_code == 0, result.output
    for level, counts in confusions(out, truth).items():
        fitted = library.Threshold.load(run / f"threshold-{level}.json")
        assert counts == expected(maps, truth, "bottle", fitted, level)


def test_several_categories(gonogo, several, tmp_path):
    maps, truth = several
    run = run_of(gonogo, maps, truth, tmp_path / "run", "f1")
    out = tmp_path / "decided"
    result = gonogo("apply", run, maps, "--out", out)
    assert result.exit_code == 0, result.output
    for category in ("bottle", LONG):
        for level, counts in confusions(out, truth / category, category).items():
            fitted = library.Threshold.load(run / category / f"threshold-{level}.json")
            assert counts == expected(maps, truth, category, fitted, level)


@pytest.mark.parametrize("level", ["image", "pixel"])
def test_one_level_alone(gonogo, bottle, tmp_path, level):
    maps, truth = bottle
    run = run_of(gonogo, maps, truth, tmp_path / "run", f"{{{level}: f1}}")
    file = run / f"threshold-{level}.json"
    for source, out in ((run, tmp_path / "a"), (file, tmp_path / "b")):
        assert gonogo("apply", source, maps, "--out", out).exit_code == 0
    assert table(tmp_path / "a") == table(tmp_path / "b")
    assert (tmp_path / "a/masks").exists() == (level == "pixel")


def test_masks_that_are_named_come_first(gonogo, several, tmp_path):
    maps, truth = several
    run = run_of(gonogo, maps, truth, tmp_path / "run", "f1")
    other = run_of(gonogo, maps, truth, tmp_path / "other", "{pixel: -1}")
    for number, words in enumerate(
        (
            [run, maps, "--masks", other],
            [run, maps, "--masks", other / "bottle/threshold-pixel.json"],
        )
    ):
        out = tmp_path / f"out {number}"
        assert gonogo("apply", *words, "--out", out).exit_code == 0
        assert all((mask == 255).all() for mask in masks(out).values())
    one = run / "bottle/threshold-image.json"
    assert gonogo("apply", one, maps, "--masks", run, "--out", tmp_path / "one").exit_code == 0
    both = gonogo("apply", run, maps, "--out", tmp_path / "both")
    assert both.exit_code == 0
    for name, mask in masks(tmp_path / "one").items():
        assert np.array_equal(mask, masks(tmp_path / "both")[name])


def test_files_of_the_names_of_categories(gonogo, several, tmp_path):
    """As gonogo threshold --out writes them, one by one."""
    maps, truth = several
    run = run_of(gonogo, maps, truth, tmp_path / "run", "{pixel: f1}")
    named = tmp_path / "named"
    named.mkdir()
    for category in ("bottle", LONG):
        content = (run / category / "threshold-pixel.json").read_bytes()
        (named / f"{category}.json").write_bytes(content)
    for source, out in ((run, tmp_path / "a"), (named, tmp_path / "b")):
        assert gonogo("apply", source, maps, "--out", out).exit_code == 0
    assert table(tmp_path / "a") == table(tmp_path / "b")


def test_what_does_not_fit(gonogo, several, tmp_path):
    maps, truth = several
    run = run_of(gonogo, maps, truth, tmp_path / "run", "f1")
    (run / "bottle.json").write_bytes((run / "bottle/threshold-image.json").read_bytes())
    refused = gonogo("apply", run, maps)
    assert refused.exit_code == 2
    assert "bottle.json and " in refused.stderr
    assert "expected one of them" in refused.stderr
    (run / "bottle.json").unlink()
    refused = gonogo("apply", run, maps / "bottle")
    assert refused.exit_code == 2
    assert "found no threshold for the folder 'test' of the maps; expected" in refused.stderr
    assert "threshold-image.json and threshold-pixel.json in " in refused.stderr
    for name in ("image", "pixel"):
        (run / f"bottle/threshold-{name}.json").unlink()
    refused = gonogo("apply", run, maps)
    assert "found no threshold for the folder 'bottle' of the maps" in refused.stderr
    only_images = run_of(gonogo, maps, truth, tmp_path / "images", "{image: f1}")
    refused = gonogo("apply", only_images, maps, "--masks", only_images)
    assert "found a threshold of image level; expected pixel level" in refused.stderr
