"""A run on a cluster that was stopped goes on where it was, there or in one process."""

from __future__ import annotations

import os

import pytest
from PIL import Image

import gonogo
from gonogo import distributed
from gonogo.datasets import checkpoint, checkpoint_files, unfinished_images
from tests.datasets.conftest import write_map, write_mask
from tests.distributed.conftest import document


class Stopped(Exception):
    """Stands for the moment in which a process is killed."""


@pytest.fixture(autouse=True)
def often(monkeypatch):
    """A checkpoint after every piece, and pieces of a few images."""
    monkeypatch.setattr(checkpoint, "EVERY", 0.0)
    monkeypatch.setattr(checkpoint, "_SHARE", 0.0)
    monkeypatch.setattr(checkpoint, "_SMALLEST", 1)
    monkeypatch.setattr("gonogo.counting.reader.available_cores", lambda: 2)


@pytest.fixture
def many(tmp_path):
    """Thirty images, every third anomalous."""
    maps, truth = tmp_path / "model", tmp_path / "data"
    for number in range(30):
        defect = ("good", "hole", "good")[number % 3]
        write_map(maps / f"test/{defect}/{number:03d}.tiff", number, bump=number % 3 == 1)
        if defect != "good":
            write_mask(truth / f"ground_truth/{defect}/{number:03d}_mask.png")
    return maps, truth


def stopped(monkeypatch, evaluate, many, saves, **options):
    """A run that ends as if it was killed, once it was written down so many times."""
    left = [saves]
    plain = checkpoint_files.CheckpointFiles.save

    def save(self, saved):
        plain(self, saved)
        left[0] -= 1
        if not left[0]:
            raise Stopped

    with monkeypatch.context() as patch:
        patch.setattr(checkpoint_files.CheckpointFiles, "save", save)
        with pytest.raises(Stopped):
            evaluate(*many, **options)


def here(*folders, client, **options):
    del client
    return gonogo.evaluate_folder(*folders, **options)


@pytest.mark.parametrize("mode", ["exact", "certified"])
@pytest.mark.parametrize("saves", [1, 3, 4])
def test_it_goes_on_where_it_was(client, many, tmp_path, monkeypatch, mode, saves):
    plain = document(gonogo.evaluate_folder(*many, mode=mode))
    ways = [(distributed.evaluate_folder, here), (here, distributed.evaluate_folder)]
    for number, (first, second) in enumerate([*ways, (ways[0][0], ways[0][0])]):
        options = {"client": client, "mode": mode, "checkpoint": tmp_path / str(number)}
        stopped(monkeypatch, first, many, saves, **options)
        assert 0 < unfinished_images(tmp_path / str(number)) <= 30
        assert document(second(*many, **options)) == plain
        assert unfinished_images(tmp_path / str(number)) == 30


def test_progress_goes_on_where_it_was(client, many, tmp_path, monkeypatch):
    options = {"client": client, "mode": "certified", "checkpoint": tmp_path / "run"}
    stopped(monkeypatch, distributed.evaluate_folder, many, 3, **options)
    done, calls = unfinished_images(tmp_path / "run"), []
    distributed.evaluate_folder(*many, progress=lambda *call: calls.append(call), **options)
    assert calls[0][1] > done
    assert calls[-1] == ("data", 30, 30)


def test_images_without_masks(client, many, tmp_path, monkeypatch):
    options = {"client": client, "task": "image", "checkpoint": tmp_path / "run"}
    stopped(monkeypatch, distributed.evaluate_folder, many, 2, **options)
    run = distributed.evaluate_folder(*many, **options)
    assert document(run) == document(gonogo.evaluate_folder(*many, task="image"))


def test_resized_maps(client, many, tmp_path, monkeypatch):
    for path in many[1].rglob("*.png"):
        Image.open(path).resize((24, 18), Image.Resampling.NEAREST).save(path)
    for mode in ("exact", "certified"):
        plain = document(gonogo.evaluate_folder(*many, mode=mode, resize="bilinear"))
        options = {"client": client, "mode": mode, "resize": "bilinear"}
        options["checkpoint"] = tmp_path / mode
        stopped(monkeypatch, distributed.evaluate_folder, many, 3, **options)
        assert document(distributed.evaluate_folder(*many, **options)) == plain


def test_too_many_anomalous_scores_are_certified_once_and_for_all(
    client, many, tmp_path, monkeypatch
):
    options = {"client": client, "checkpoint": tmp_path / "run"}
    monkeypatch.setattr("gonogo.counting.modes._DEFAULT_ANOMALOUS", 100)
    with pytest.warns(gonogo.InputWarning, match="certified rather than exact"):
        plain = document(gonogo.evaluate_folder(*many))
    with pytest.warns(gonogo.InputWarning, match="certified rather than exact"):
        stopped(monkeypatch, distributed.evaluate_folder, many, 4, **options)
    with pytest.warns(gonogo.InputWarning, match="certified rather than exact"):
        run = distributed.evaluate_folder(*many, **options)
    assert document(run) == plain


@pytest.mark.parametrize("mode", ["exact", "certified"])
def test_what_was_counted_is_not_read_again(client, many, tmp_path, mode):
    options = {"client": client, "mode": mode, "checkpoint": tmp_path / "run"}
    run = distributed.evaluate_folder(*many, **options)
    for path in many[0].rglob("*.tiff"):
        size, when = path.stat().st_size, path.stat().st_mtime_ns
        path.write_bytes(b"\0" * size)
        os.utime(path, ns=(when, when))
    assert document(distributed.evaluate_folder(*many, **options)) == document(run)


def test_an_image_that_could_not_be_read_is_tried_again(client, many, tmp_path):
    options = {"client": client, "mode": "exact", "checkpoint": tmp_path / "run"}
    bad = many[0] / "test/hole/004.tiff"
    whole = bad.read_bytes()
    bad.write_bytes(whole[:50])
    with pytest.raises(gonogo.InputError, match=r"hole.004\.tiff"):
        distributed.evaluate_folder(*many, **options)
    skipped = distributed.evaluate_folder(*many, on_error="skip", **options)
    expected = gonogo.evaluate_folder(*many, on_error="skip", mode="exact")
    assert document(skipped) == document(expected)
    bad.write_bytes(whole)
    run = distributed.evaluate_folder(*many, **options)
    assert document(run) == document(gonogo.evaluate_folder(*many, mode="exact"))


def test_a_file_that_changes_between_two_runs_is_named(client, many, tmp_path, monkeypatch):
    options = {"client": client, "mode": "certified", "checkpoint": tmp_path / "run"}
    stopped(monkeypatch, distributed.evaluate_folder, many, 3, **options)
    write_map(many[0] / "test/good/000.tiff", seed=99)
    with pytest.raises(gonogo.InputError, match=r"good/000\.tiff: found other pixels .*fresh=True"):
        distributed.evaluate_folder(*many, **options)
    distributed.evaluate_folder(*many, fresh=True, **options)
