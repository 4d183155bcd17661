"""Masks in folders: the convention of a category, and what checkpoints remember of it."""

from __future__ import annotations

import os
import warnings

import numpy as np
import pytest
import tifffile
from PIL import Image

import gonogo
from gonogo import InputError
from gonogo.datasets import checkpoint, image_file
from tests.datasets.conftest import write_map


@pytest.fixture
def parts(tmp_path):
    """Twenty images, the first normal, whose masks have 0, 1 and 255 = void."""
    maps, truth = tmp_path / "model", tmp_path / "masks"
    truth.mkdir()
    for place in range(20):
        write_map(maps / f"{place:02d}.tiff", place, bump=True)
        mask = np.zeros((12, 16), np.uint8)
        mask[3:6, 4:9], mask[:, 12:] = int(place > 0), 255
        Image.fromarray(mask).save(truth / f"{place:02d}.png")
    return maps, truth


@pytest.fixture
def often(monkeypatch):
    """A checkpoint after every piece, and pieces of a few images."""
    monkeypatch.setattr(checkpoint, "EVERY", 0.0)
    monkeypatch.setattr(checkpoint, "_SHARE", 0.0)
    monkeypatch.setattr(checkpoint, "_SMALLEST", 1)
    monkeypatch.setattr("gonogo.counting.reader.available_cores", lambda: 2)


def stop_after(monkeypatch, count):
    left, plain = [count], image_file.open_map

    def read(*args):
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return plain(*args)

    monkeypatch.setattr(image_file, "open_map", read)
    return lambda: monkeypatch.setattr(image_file, "open_map", plain)


def arrays(parts):
    masks = [np.asarray(Image.open(path)) for path in sorted(parts[1].iterdir())]
    maps = [np.asarray(Image.open(path)) for path in sorted(parts[0].iterdir())]
    return np.stack(maps), np.stack(masks)


@pytest.mark.parametrize("mode", ["exact", "certified"])
@pytest.mark.parametrize("reads", [7, 26])
@pytest.mark.usefixtures("often")
def test_ignored_pixels_over_a_checkpoint(parts, tmp_path, monkeypatch, mode, reads):
    options = {"mode": mode, "ignore_value": 255, "pixel_thresholds": 0.5}
    once = gonogo.evaluate_folder(*parts, **options)
    go_on = stop_after(monkeypatch, reads)
    try:
        gonogo.evaluate_folder(*parts, **options, checkpoint=tmp_path / "run")
    except KeyboardInterrupt:
        assert (tmp_path / "run").is_dir()
    go_on()
    again = gonogo.evaluate_folder(*parts, **options, checkpoint=tmp_path / "run")
    assert again == once
    (result,) = once.categories.values()
    assert result.pixel.normal == 20 * 12 * 12 - 19 * 15
    maps, masks = arrays(parts)
    kept = masks != 255
    assert float(result.pixel.auroc) == pytest.approx(gonogo.auroc(maps[kept], masks[kept] == 1))


@pytest.mark.usefixtures("often")
def test_maps_that_are_read_again_are_without_ignored_pixels(parts, monkeypatch, tmp_path):
    once = gonogo.evaluate_folder(*parts, ignore_value=255)
    monkeypatch.setattr("gonogo.counting.passes._HELD_BYTES", 0)
    assert gonogo.evaluate_folder(*parts, ignore_value=255) == once
    kept = gonogo.evaluate_folder(*parts, ignore_value=255, checkpoint=tmp_path / "run")
    assert kept == once


@pytest.mark.usefixtures("often")
def test_other_rules_for_masks_are_another_run(parts, tmp_path, monkeypatch):
    stop_after(monkeypatch, 9)
    options = {"mode": "exact", "checkpoint": tmp_path / "run"}
    with pytest.raises(KeyboardInterrupt):
        gonogo.evaluate_folder(*parts, ignore_value=255, **options)
    with pytest.raises(InputError, match=r"mask_values None, now '1'; ignore_value 255, now N"):
        gonogo.evaluate_folder(*parts, mask_values="1", **options)


def as_palette(path):
    mask = Image.open(path).convert("P")
    mask.putpalette([20, 20, 90, 255, 0, 0, 0, 255, 0, 255, 255, 255])
    mask.point(lambda index: min(index, 2)).save(path)


def as_bits(path):
    bits = np.asarray(Image.open(path)) == 1
    path.unlink()
    tifffile.imwrite(path.with_suffix(".tif"), bits)


@pytest.mark.parametrize(("write", "rule"), [(as_palette, "1"), (as_bits, "nonzero")])
@pytest.mark.usefixtures("often")
def test_masks_that_a_rule_reads_may_be_touched_between_runs(
    parts, tmp_path, monkeypatch, write, rule
):
    """Only then do these files have a meaning, so they are compared under the same rule."""
    for path in sorted(parts[1].iterdir()):
        write(path)
    once = gonogo.evaluate_folder(*parts, mask_values=rule)
    go_on = stop_after(monkeypatch, 9)
    with pytest.raises(KeyboardInterrupt):
        gonogo.evaluate_folder(*parts, mask_values=rule, checkpoint=tmp_path / "run")
    go_on()
    for path in parts[1].iterdir():
        os.utime(path, (10**9, 10**9))
    again = gonogo.evaluate_folder(*parts, mask_values=rule, checkpoint=tmp_path / "run")
    assert again == once


@pytest.mark.usefixtures("often")
def test_a_mixture_over_a_checkpoint(parts, tmp_path, monkeypatch):
    for place, path in enumerate(sorted(parts[1].iterdir())):
        mask = (np.asarray(Image.open(path)) == 1).astype(np.uint8)
        Image.fromarray(mask * np.uint8({2: 1, 15: 255}.get(place, 0))).save(path)
    go_on = stop_after(monkeypatch, 12)
    with pytest.raises(KeyboardInterrupt):
        gonogo.evaluate_folder(*parts, checkpoint=tmp_path / "run")
    go_on()
    with pytest.raises(InputError, match=r"0/1 in .*02\.\w+ and 0/255 in .*15\.\w+;"):
        gonogo.evaluate_folder(*parts, checkpoint=tmp_path / "run")


def test_each_category_has_its_own_convention(tmp_path):
    maps, truth = tmp_path / "all", tmp_path / "all masks"
    for name, high in (("a", 1), ("b", 255)):
        for place in range(3):
            write_map(maps / name / f"{place}.tiff", place, bump=True)
            mask = np.zeros((12, 16), np.uint8)
            mask[3:6, 4:9] = high * (place > 0)
            (truth / name).mkdir(parents=True, exist_ok=True)
            Image.fromarray(mask).save(truth / name / f"{place}.png")
    first, second = gonogo.evaluate_folder(maps, truth).categories.values()
    assert first.pixel == second.pixel


def test_a_rule_that_finds_nothing_is_told(parts):
    with (
        pytest.warns(gonogo.UndefinedMetricWarning),
        pytest.warns(gonogo.InputWarning, match=r"no anomalous pixel in any of 20 mask\(s\) .*'7'"),
    ):
        run = gonogo.evaluate_folder(*parts, mask_values="7")
    assert next(iter(run.categories.values())).pixel.anomalous == 0
    with warnings.catch_warnings():
        warnings.simplefilter("error", gonogo.InputWarning)
        gonogo.evaluate_folder(*parts, mask_values="1")
