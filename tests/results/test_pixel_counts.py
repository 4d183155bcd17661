"""What each image has at each pixel threshold: in rows, in images.csv, and read back."""

from __future__ import annotations

import csv
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gonogo
from gonogo import PixelCounts
from gonogo.distributed import count, derive
from tests.oracles import ranking
from tests.oracles.agreement import quietly
from tests.oracles.strategies import scored_images

THRESHOLDS = (0.5, -math.inf, math.inf)


@given(images=scored_images(), threshold=st.sampled_from([-1.0, 0.0, 0.5, 1.0, 2.0]))
def test_every_way_counts_what_the_oracle_counts(images, threshold):
    pairs = list(zip(images.maps, images.masks, strict=True))
    exact = quietly(gonogo.evaluate, *images_of(images), pixel_thresholds=threshold)
    for row, (map_, mask) in zip(exact.images, pairs, strict=True):
        labels = np.zeros(map_.shape, bool) if mask is None else mask != 0
        found = ranking.confusion(map_.ravel().tolist(), labels.ravel(), threshold)
        assert row.at_threshold == {threshold: PixelCounts(threshold, found.tp, found.fp, found.fn)}
    certified = quietly(
        gonogo.evaluate, *images_of(images), pixel_thresholds=threshold, mode="certified"
    )
    state = gonogo.State(pixel_thresholds=threshold)
    for map_, mask in pairs:
        state.update([map_], [mask])
    part = count(pairs, pixel_thresholds=threshold)
    assert exact.images == certified.images == quietly(state.compute).images
    assert exact.images == quietly(derive, part).images
    at = exact.pixel.at_threshold[threshold]
    for name in ("true_positives", "false_positives", "false_negatives"):
        total = sum(getattr(row.at_threshold[threshold], name) for row in exact.images)
        assert total == getattr(at, name)


def images_of(images):
    return images.maps, images.masks


def test_rates_and_what_leaves_them_undefined():
    counts = PixelCounts(0.5, true_positives=3, false_positives=1, false_negatives=2)
    assert (counts.precision, counts.recall) == (0.75, 0.6)
    assert counts.f1 == counts.dice == 6 / 9
    assert counts.iou == 0.5
    nothing = PixelCounts(0.5, 0, 0, 0)
    for name, reason in (
        ("precision", "needs flagged pixels; found none"),
        ("recall", "needs anomalous pixels; found none"),
        ("f1", "needs anomalous or flagged pixels; found none"),
        ("dice", "needs anomalous or flagged pixels; found none"),
        ("iou", "needs anomalous or flagged pixels; found none"),
    ):
        value = getattr(nothing, name)
        assert math.isnan(value)
        assert value.reason == reason
    assert PixelCounts(0.5, 0, 4, 0).dice == PixelCounts(0.5, 0, 0, 4).iou == 0.0


@pytest.fixture
def result():
    maps = np.array([[[0.2, 0.7], [0.6, 0.1]], [[0.3, 0.4], [0.2, 0.1]]])
    masks = np.array([[[0, 1], [0, 0]], [[0, 0], [0, 0]]], bool)
    return quietly(gonogo.evaluate, maps, masks, pixel_thresholds=THRESHOLDS)


def test_the_mean_dice_of_images(result):
    rows = [row.at_threshold[0.5] for row in result.images]
    assert rows[0].dice == pytest.approx(2 / 3)
    assert math.isnan(rows[1].dice)
    assert result.images[1].at_threshold[-math.inf].dice == 0.0


def test_each_anomalous_image_that_is_found_whole_has_a_dice_of_1():
    rng = np.random.default_rng(0)
    masks = np.zeros((2, 32, 32), bool)
    masks[0, 5:12, 6:20] = True
    result = gonogo.evaluate(rng.random(masks.shape) + 2 * masks, masks, pixel_thresholds=[1.5])
    at = result.images[0].at_threshold[1.5]
    assert (at.dice, at.iou, at.precision, at.recall) == (1.0, 1.0, 1.0, 1.0)


def test_columns_of_images_csv(result, tmp_path):
    result.save(tmp_path)
    with (tmp_path / "images.csv").open(newline="") as file:
        first, second = csv.DictReader(file)
    names = ("true_positives", "false_positives", "false_negatives")
    assert [first[f"pixel_{name}@0.5"] for name in names] == ["1", "1", "0"]
    rates = ("precision", "recall", "f1", "iou")
    assert [float(first[f"pixel_{name}@0.5"]) for name in rates] == [0.5, 1.0, 2 / 3, 0.5]
    assert [second[f"pixel_{name}@0.5"] for name in names + rates] == ["0"] * 3 + [""] * 4
    assert second["pixel_false_positives@-inf"] == "4"
    assert first["pixel_recall@inf"] == "0.0"


def test_they_are_read_back(result, tmp_path):
    result.save(tmp_path)
    found = gonogo.load(tmp_path).categories["data"]
    assert found == result
    assert [row.at_threshold for row in found.images] == [row.at_threshold for row in result.images]
    assert list(found.images[0].at_threshold) == list(THRESHOLDS)


def test_a_file_without_them_is_read_as_before(result, tmp_path):
    result.save(tmp_path)
    lines = (tmp_path / "images.csv").read_text().splitlines()
    (tmp_path / "images.csv").write_text(
        "".join(",".join(line.split(",")[:11]) + "\n" for line in lines)
    )
    found = gonogo.load(tmp_path).categories["data"]
    assert [row.at_threshold for row in found.images] == [{}, {}]
    assert found.to_dict() == result.to_dict()


def test_no_thresholds_no_columns(tmp_path):
    maps, masks = np.arange(8.0).reshape(2, 2, 2), np.zeros((2, 2, 2), bool)
    masks[1, 1] = True
    gonogo.evaluate(maps, masks).save(tmp_path)
    assert (
        (tmp_path / "images.csv").read_text().splitlines()[0].endswith("anomalous_pixels,regions")
    )
    labelled = quietly(gonogo.evaluate, maps, labels=[0, 1], pixel_thresholds=2.0)
    assert [row.at_threshold for row in labelled.images] == [{}, {}]
    labelled.save(tmp_path / "labelled")
    assert gonogo.load(tmp_path / "labelled").categories["data"] == labelled
