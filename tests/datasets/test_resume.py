"""A run that was stopped goes on where it was, and ends with the same bits as one that was not."""

from __future__ import annotations

import errno
import os
import shutil
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

import gonogo
from gonogo.counting import passes
from gonogo.datasets import (
    checkpoint,
    checkpoint_files,
    discard_checkpoint,
    image_file,
    unfinished_images,
)
from gonogo.errors import CheckpointWarning
from gonogo.states.state_file import write_state
from tests.datasets.conftest import write_map, write_mask

ALL = {"fpr_limits": (0.2, 1.0), "pixel_thresholds": (0.5, 1.0), "image_score": "top-3"}


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
    """Two categories: thirty images each, every third anomalous."""
    maps, truth = tmp_path / "model", tmp_path / "data"
    for name in ("bottle", "cable"):
        for place in range(30):
            defect = ("good", "hole", "good")[place % 3]
            write_map(maps / name / f"test/{defect}/{place:03d}.tiff", place, bump=place % 3 == 1)
            if defect != "good":
                write_mask(truth / name / f"ground_truth/{defect}/{place:03d}_mask.png")
    return maps, truth


@pytest.fixture
def reads(monkeypatch):
    """Counts the maps that are read; ``stop_at`` of them are too many."""

    class Reads:
        names: list[str] = []
        stop_at = 10**9

    def read(path, files, *, plain=image_file.open_map):
        if len(found.names) >= found.stop_at:
            raise Stopped
        found.names.append(str(path))
        return plain(path, files)

    found = Reads()
    found.names = []
    monkeypatch.setattr(image_file, "open_map", read)
    return found


def numbers(run):
    """Everything that a run says but how long it took."""
    document = run.to_dict()
    del document["created"], document["seconds"]
    rows = {name: result.images for name, result in run.categories.items()}
    curves = {
        (name, curve): [points.x.tobytes(), points.y.tobytes(), points.thresholds.tobytes()]
        for name, result in run.categories.items()
        for curve, points in result.image.curves().items()
    }
    return document, rows, curves


def stopped_again_and_again(many, out, reads, **options):
    """The run in which a command that is stopped at random moments ends, and how often it was."""
    rng = np.random.default_rng(len(str(options)))
    for stops in range(100):
        reads.names.clear()
        reads.stop_at = int(rng.integers(6, 20))
        try:
            run = gonogo.evaluate_folder(*many, checkpoint=out, **options)
        except Stopped:
            continue
        reads.stop_at = 10**9
        return run, stops
    pytest.fail("it made no progress")


@pytest.mark.parametrize("mode", ["exact", "certified", "auto"])
@pytest.mark.parametrize("options", [{}, ALL])
def test_stopped_anywhere_and_taken_up_again(many, tmp_path, reads, mode, options, monkeypatch):
    monkeypatch.setattr(passes, "_HELD_BYTES", 3000)  # some maps are read twice
    plain = numbers(gonogo.evaluate_folder(*many, mode=mode, **options))
    run, stops = stopped_again_and_again(many, tmp_path, reads, mode=mode, **options)
    assert numbers(run) == plain
    assert stops > 2
    reads.stop_at = 0
    again = gonogo.evaluate_folder(*many, mode=mode, checkpoint=tmp_path, **options)
    assert numbers(again) == plain


def test_what_was_counted_is_not_read_again(many, tmp_path, reads):
    gonogo.evaluate_folder(*many, checkpoint=tmp_path)
    first = len(reads.names)
    assert unfinished_images(tmp_path) == 60
    gonogo.evaluate_folder(*many, checkpoint=tmp_path)
    assert len(reads.names) == first
    discard_checkpoint(tmp_path)
    assert unfinished_images(tmp_path) == 0
    assert not (tmp_path / ".gonogo-checkpoint").exists()
    gonogo.evaluate_folder(*many, checkpoint=tmp_path)
    gonogo.evaluate_folder(*many, checkpoint=tmp_path, fresh=True)
    assert len(reads.names) == 3 * first


def test_nothing_is_written_by_a_run_that_is_shorter_than_the_time_between(
    many, tmp_path, monkeypatch
):
    monkeypatch.setattr(checkpoint, "EVERY", 60.0)
    gonogo.evaluate_folder(*many, checkpoint=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_categories_that_were_finished_wait_for_the_next_checkpoint(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoint, "EVERY", 60.0)
    with checkpoint.Checkpoint(tmp_path) as due:
        written = []
        due.finished(lambda: written.append("a"))
        assert written == []
        due.save(lambda: written.append("b"))
        assert written == ["a", "b"]


def test_progress_goes_on_where_it_was(many, tmp_path, reads):
    reads.stop_at = 25
    with pytest.raises(Stopped):
        gonogo.evaluate_folder(*many, mode="certified", checkpoint=tmp_path)
    done, calls = unfinished_images(tmp_path), []
    assert 0 < done < 30
    reads.stop_at = 10**9
    gonogo.evaluate_folder(
        *many, mode="certified", checkpoint=tmp_path, progress=lambda *call: calls.append(call)
    )
    assert calls[0] == ("bottle", done + 1, 30)
    assert calls[-1] == ("cable", 30, 30)


def begun(many, out, reads, **options):
    """A run of which a good part of the first category is written down."""
    reads.stop_at = 25
    with pytest.raises(Stopped):
        gonogo.evaluate_folder(*many, checkpoint=out, **options)
    assert unfinished_images(out) > 5
    reads.stop_at = 10**9


@pytest.mark.parametrize("mode", ["exact", "certified"])
def test_a_changed_map_is_named(many, tmp_path, reads, mode):
    begun(many, tmp_path, reads, mode=mode)
    victim = many[0] / "bottle/test/hole/001.tiff"
    write_map(victim, seed=99, bump=True)
    with pytest.raises(gonogo.InputError, match=r"hole/001\.tiff: found other pixels \(.*fresh"):
        gonogo.evaluate_folder(*many, mode=mode, checkpoint=tmp_path)
    write_map(victim, seed=1, bump=True)
    gonogo.evaluate_folder(*many, mode=mode, checkpoint=tmp_path)


def test_a_changed_mask_is_named(many, tmp_path, reads):
    begun(many, tmp_path, reads)
    mask = np.zeros((12, 16), np.uint8)
    mask[0, 0] = 255
    Image.fromarray(mask).save(many[1] / "bottle/ground_truth/hole/001_mask.png")
    with pytest.raises(gonogo.InputError, match=r"001_mask\.png: found other pixels"):
        gonogo.evaluate_folder(*many, checkpoint=tmp_path)
    plain = numbers(gonogo.evaluate_folder(*many))
    assert numbers(gonogo.evaluate_folder(*many, checkpoint=tmp_path, fresh=True)) == plain


def test_a_file_that_was_written_again_with_the_same_pixels_is_the_same(many, tmp_path, reads):
    begun(many, tmp_path, reads)
    plain = numbers(gonogo.evaluate_folder(*many))
    for path in many[0].rglob("*.tiff"):
        os.utime(path, ns=(1, 10**18))
    assert numbers(gonogo.evaluate_folder(*many, checkpoint=tmp_path)) == plain


def test_a_change_between_the_passes_of_one_run_is_noticed(many, tmp_path, monkeypatch):
    """The second pass of an exact count reads images with defects again."""
    monkeypatch.setattr(passes, "_HELD_BYTES", 0)
    calls = 0

    def read(path, files, *, plain=image_file.open_map):
        nonlocal calls
        found = plain(path, files)
        if path.name != "001.tiff":
            return found
        calls += 1
        changed = np.float32(calls - 1)
        return replace(found, decode=lambda: found.decode() + changed)

    monkeypatch.setattr(image_file, "open_map", read)
    with pytest.raises(gonogo.InputError, match=r"001\.tiff: found other pixels"):
        gonogo.evaluate_folder(*many, checkpoint=tmp_path)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"connectivity": 4}, "connectivity 8, now 4"),
        ({"mode": "certified"}, "mode 'auto', now 'certified'"),
        ({"pixel_thresholds": [0.5]}, r"pixel_thresholds \[\], now \[0.5\]"),
    ],
)
def test_other_options_are_refused(many, tmp_path, reads, options, said):
    begun(many, tmp_path, reads)
    with pytest.raises(gonogo.InputError, match=rf"bottle with other options \({said}\).*fresh"):
        gonogo.evaluate_folder(*many, checkpoint=tmp_path, **options)
    gonogo.evaluate_folder(*many, checkpoint=tmp_path, fresh=True, **options)


def test_options_that_only_derive_may_change(many, tmp_path, reads):
    begun(many, tmp_path, reads)
    options = {"fpr_limits": (0.1,), "at_fpr": (0.2,), "image_thresholds": (0.9,)}
    plain = numbers(gonogo.evaluate_folder(*many, **options))
    assert numbers(gonogo.evaluate_folder(*many, checkpoint=tmp_path, **options)) == plain


def test_other_images_are_refused(many, tmp_path, reads):
    begun(many, tmp_path, reads)
    added = many[0] / "bottle/test/good/900.tiff"
    shutil.copy(many[0] / "bottle/test/good/000.tiff", added)
    with pytest.raises(gonogo.InputError, match=r"bottle of other images \(.*900.tiff are new\)"):
        gonogo.evaluate_folder(*many, checkpoint=tmp_path)
    added.rename(many[0] / "bottle/test/good/000.tiff")
    (many[0] / "bottle/test/good/002.tiff").unlink()
    with pytest.raises(gonogo.InputError, match=r"\(bottle/test/good/002.tiff are gone\)"):
        gonogo.evaluate_folder(*many, checkpoint=tmp_path)


def test_another_place_is_refused(many, tmp_path, reads):
    begun(many, tmp_path, reads)
    maps = many[0].rename(tmp_path / "elsewhere")
    with pytest.raises(gonogo.InputError, match=r"the map of bottle/.* was .*model.*elsewhere"):
        gonogo.evaluate_folder(maps, many[1], checkpoint=tmp_path)


def test_another_version_is_refused(many, tmp_path, reads, monkeypatch):
    begun(many, tmp_path, reads)
    monkeypatch.setattr("gonogo.datasets.checkpoint_plan.__version__", "99.0")
    with pytest.raises(gonogo.InputError, match=r"by gonogo .*, and this is 99\.0"):
        gonogo.evaluate_folder(*many, checkpoint=tmp_path)


@pytest.mark.parametrize("what", ["index", "plan-*", "counts-*", "seen-*"])
@pytest.mark.parametrize("damage", ["cut", "flipped", "gone"])
def test_a_damaged_checkpoint_is_named(many, tmp_path, reads, what, damage):
    begun(many, tmp_path, reads)
    path = next((tmp_path / ".gonogo-checkpoint").glob(f"*/{what}"))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 4
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(content[:-20] if damage == "cut" else content)
    with pytest.raises(gonogo.InputError, match=rf"{path.name}: .*fresh=True") as said:
        gonogo.evaluate_folder(*many, checkpoint=tmp_path)
    assert "copy it again" not in str(said.value)
    if what == "index":
        with pytest.raises(gonogo.InputError, match=r"index: .*fresh=True"):
            unfinished_images(tmp_path)
    gonogo.evaluate_folder(*many, checkpoint=tmp_path, fresh=True)


@pytest.mark.parametrize("what", ["index", "plan-*", "counts-*", "seen-*"])
@pytest.mark.parametrize(
    "record",
    [
        None,
        [],
        {"checkpoint": 1},
        {"checkpoint": 1, "plan": 3, "counts": 4, "seen": 5, "done": "x"},
    ],
    ids=["null", "list", "empty", "numbers"],
)
def test_a_whole_file_of_something_else_is_named(many, tmp_path, reads, what, record):
    begun(many, tmp_path, reads)
    path = next((tmp_path / ".gonogo-checkpoint").glob(f"*/{what}"))
    write_state(path, record, [])
    with pytest.raises(gonogo.InputError, match=r"parts do not fit together .*fresh=True"):
        gonogo.evaluate_folder(*many, checkpoint=tmp_path)


@pytest.mark.parametrize("written", range(4))
def test_killed_before_the_first_checkpoint_is_whole(many, tmp_path, monkeypatch, written):
    plain = numbers(gonogo.evaluate_folder(*many))
    done = 0

    def killed(*arguments, write=checkpoint_files.write_state):
        nonlocal done
        if done == written:
            raise Stopped
        done += 1
        return write(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(checkpoint_files, "write_state", killed)
        with pytest.raises(Stopped):
            gonogo.evaluate_folder(*many, checkpoint=tmp_path)
    assert unfinished_images(tmp_path) == 0
    assert numbers(gonogo.evaluate_folder(*many, checkpoint=tmp_path)) == plain


def test_a_checkpoint_goes_at_once(many, tmp_path, reads, monkeypatch):
    begun(many, tmp_path, reads)
    left = tmp_path / ".gonogo-checkpoint-gone"
    with monkeypatch.context() as patch:
        patch.setattr(checkpoint.shutil, "rmtree", lambda *_, **__: None)  # killed before
        discard_checkpoint(tmp_path)
    assert left.exists()
    assert unfinished_images(tmp_path) == 0
    discard_checkpoint(tmp_path)
    assert list(tmp_path.glob(".gonogo*")) == []


def test_a_full_disk_loses_nothing_but_the_checkpoint(many, tmp_path, monkeypatch):
    plain = numbers(gonogo.evaluate_folder(*many))

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.warns(CheckpointWarning, match="No space left on device.*goes on") as said:
            run = gonogo.evaluate_folder(*many, checkpoint=tmp_path)
    assert len(said) == 1
    assert numbers(run) == plain
    assert [path for path in (tmp_path / ".gonogo-checkpoint").rglob("*") if path.is_file()] == []
    assert numbers(gonogo.evaluate_folder(*many, checkpoint=tmp_path)) == plain


def test_a_place_that_takes_no_checkpoint_is_refused_before_counting(
    many, tmp_path, reads, monkeypatch
):
    def refuse(*_):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr("gonogo.files.open_staged", refuse)
    with pytest.raises(gonogo.InputError, match=r"out: cannot write there \(Read-only"):
        gonogo.evaluate_folder(*many, checkpoint=tmp_path / "out")
    assert reads.names == []
    assert not (tmp_path / "out").exists()


def test_a_disk_that_is_full_for_a_while(many, tmp_path, monkeypatch):
    plain = numbers(gonogo.evaluate_folder(*many))
    calls = 0

    def sometimes(handle, *, plain=os.fsync):
        nonlocal calls
        calls += 1
        if calls % 3 == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        plain(handle)

    monkeypatch.setattr(os, "fsync", sometimes)
    with pytest.warns(CheckpointWarning):
        assert numbers(gonogo.evaluate_folder(*many, checkpoint=tmp_path)) == plain
    monkeypatch.undo()
    assert unfinished_images(tmp_path) > 0
    assert numbers(gonogo.evaluate_folder(*many, checkpoint=tmp_path)) == plain


def test_too_many_anomalous_scores_are_certified_once_and_for_all(
    many, tmp_path, reads, monkeypatch
):
    monkeypatch.setattr("gonogo.counting.modes._DEFAULT_ANOMALOUS", 700)
    with pytest.warns(gonogo.InputWarning, match="certified rather than exact"):
        plain = gonogo.evaluate_folder(*many)
    assert plain.categories["bottle"].mode == "certified"
    with pytest.warns(gonogo.InputWarning, match="certified rather than exact"):
        run, stops = stopped_again_and_again(many, tmp_path, reads)
    assert numbers(run) == numbers(plain)
    assert stops > 2


def test_resized_maps(many, tmp_path, reads):
    for path in many[1].rglob("*.png"):
        Image.open(path).resize((24, 18), Image.Resampling.NEAREST).save(path)
    for mode in ("exact", "certified"):
        options = {"mode": mode, "resize": "bilinear", "categories": ["cable"]}
        plain = numbers(gonogo.evaluate_folder(*many, **options))
        assert all(row.height == 18 for row in plain[1]["cable"])
        run, stops = stopped_again_and_again(many, tmp_path / mode, reads, **options)
        assert numbers(run) == plain
        assert stops > 1


def in_parts(truth, name: str):
    """The mask of an image in two files instead of one, and both of them."""
    whole = truth / f"cable/ground_truth/hole/{name}_mask.png"
    parts = [whole.with_name(f"{name}_mask_{k}.png") for k in (0, 1)]
    for part in parts:
        shutil.copy(whole, part)
    whole.unlink()
    return parts


@pytest.mark.filterwarnings("ignore:.*several mask files:gonogo.errors.InputWarning")
def test_masks_in_parts(many, tmp_path, reads):
    options = {"categories": ["cable"], "mode": "exact"}
    expected = gonogo.evaluate_folder(*many, **options)
    parts = [in_parts(many[1], name) for name in ("001", "004")]
    reads.stop_at = 20
    with pytest.raises(Stopped):
        gonogo.evaluate_folder(*many, checkpoint=tmp_path / "run", **options)
    reads.stop_at = 10**9
    os.utime(parts[0][1], (10**9, 10**9))
    again = gonogo.evaluate_folder(*many, checkpoint=tmp_path / "run", **options)
    assert again.categories["cable"] == expected.categories["cable"]


@pytest.mark.filterwarnings("ignore:.*several mask files:gonogo.errors.InputWarning")
def test_a_changed_part_of_a_mask_is_named(many, tmp_path, reads):
    options = {"categories": ["cable"], "checkpoint": tmp_path / "run"}
    parts = in_parts(many[1], "001")
    reads.stop_at = 20
    with pytest.raises(Stopped):
        gonogo.evaluate_folder(*many, **options)
    reads.stop_at = 10**9
    Image.fromarray(np.full((12, 16), 255, np.uint8)).save(parts[1])
    with pytest.raises(gonogo.InputError, match=rf"{parts[0].name}: found other pixels"):
        gonogo.evaluate_folder(*many, **options)


def test_files_that_no_longer_count_are_removed(many, tmp_path):
    gonogo.evaluate_folder(*many, mode="certified", checkpoint=tmp_path)
    for folder in (tmp_path / ".gonogo-checkpoint").iterdir():
        names = [path.name.partition("-")[0] for path in folder.iterdir()]
        assert names.count("counts") == names.count("plan") == names.count("index") == 1
        assert names.count("seen") > 3


def test_it_writes_seldom_where_writing_takes_long(many, tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoint, "_SHARE", 1e6)
    saves = []
    plain = checkpoint_files.CheckpointFiles.save

    def save(self, saved):
        saves.append(len(saved.partial.images))
        plain(self, saved)

    monkeypatch.setattr(checkpoint_files.CheckpointFiles, "save", save)
    gonogo.evaluate_folder(*many, checkpoint=tmp_path)
    assert len(saves) == 1


def test_what_was_written_once_does_not_wait_again(tmp_path):
    written = []
    with checkpoint.Checkpoint(tmp_path, every=3600.0) as due:
        due.finished(lambda: written.append("first"))
        due.save(lambda: written.append("second"))
        due.save(lambda: written.append("third"))
    assert written == ["first", "second", "third"]
