"""Whatever is wrong with the input is one clear line and exit code 2, and nothing is written."""

from __future__ import annotations

import errno
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

GOOD, HOLE = "test/good/001.tiff", "test/hole/000.tiff"


def missing_folder(maps, _truth):
    maps.rename(maps.with_name("elsewhere"))


def no_maps_found(maps, _truth):
    shutil.rmtree(maps / "test")


def map_without_image(_maps, truth):
    (truth / "test/good/001.png").unlink()


def image_without_map(maps, _truth):
    (maps / GOOD).unlink()


def anomalous_image_without_mask(_maps, truth):
    (truth / "ground_truth/hole/000_mask.png").unlink()


def mask_with_a_third_value(_maps, truth):
    mask = np.zeros((12, 16), np.uint8)
    mask[2:4], mask[4] = 255, 128
    Image.fromarray(mask).save(truth / "ground_truth/hole/000_mask.png")


def map_and_mask_of_different_size(maps, _truth):
    tifffile.imwrite(maps / HOLE, np.ones((6, 8), np.float32))


def truncated_tiff(maps, _truth):
    (maps / GOOD).write_bytes((maps / GOOD).read_bytes()[:-100])


def tiff_cut_in_its_head(maps, _truth):
    (maps / GOOD).write_bytes((maps / GOOD).read_bytes()[:8])


def nan_in_a_map(maps, _truth):
    scores = tifffile.imread(maps / GOOD)
    scores[3, 5] = np.nan
    tifffile.imwrite(maps / GOOD, scores)


def rgb_map(maps, _truth):
    tifffile.imwrite(maps / GOOD, np.zeros((12, 16, 3), np.uint8), photometric="rgb")


def unreadable_csv(maps, _truth):
    (maps / "scores.csv").write_bytes(np.random.default_rng(0).bytes(2000))
    return ["--image-score", maps / "scores.csv"]


def missing_csv(maps, _truth):
    return ["--image-score", maps / "nowhere.csv"]


def pickled_npy(maps, _truth):
    (maps / GOOD).unlink()
    (maps / GOOD).with_suffix(".npy").write_bytes(pickle.dumps([1, 2, 3]))


def unreadable_mask(_maps, truth):
    (truth / "ground_truth/hole/000_mask.png").write_bytes(b"")


def unknown_category(_maps, _truth):
    return ["--category", "zipper"]


def bad_limit(_maps, _truth):
    return ["--fpr-limit", "1.5"]


def bad_image_score(_maps, _truth):
    return ["--image-score", "mean"]


def limit_that_is_no_number(_maps, _truth):
    return ["--fpr-limit", "0,3"]


def unknown_policy(_maps, _truth):
    return ["--resize", "lanczos"]


def no_output_named(_maps, _truth):
    return ["--out", ""]


def output_behind_a_url(_maps, _truth):
    return ["--out", "s3://bucket/run"]


def unknown_option(_maps, _truth):
    return ["--frobnicate"]


@pytest.mark.parametrize(
    ("spoil", "names", "says"),
    [
        (missing_folder, "model", "there is no folder"),
        (no_maps_found, "model", "found no maps"),
        (map_without_image, "test/good/001", "found no image for 1 map"),
        (image_without_map, "test/good/001", "found no map for 1 image"),
        (anomalous_image_without_mask, HOLE, "found no mask for this anomalous image"),
        (
            mask_with_a_third_value,
            "hole/000_mask.png: found",
            "values 0, 128, 255; expected 0/1, or 0/255",
        ),
        (map_and_mask_of_different_size, f"model/{HOLE}", "the map is 6 x 8 and the mask 12 x 16"),
        (truncated_tiff, GOOD, "found a truncated TIFF"),
        (tiff_cut_in_its_head, GOOD, "cannot read the anomaly map"),
        (nan_in_a_map, f"model/{GOOD}", "NaN or infinite, the first (nan) at (3, 5)"),
        (rgb_map, GOOD, "found an RGB image"),
        (unreadable_csv, "scores.csv", "cannot read the scores"),
        (missing_csv, "nowhere.csv", "cannot open the scores"),
        (pickled_npy, "test/good/001.npy", "found pickled Python objects"),
        (unreadable_mask, "000_mask.png", "found an empty file"),
        (unknown_category, "zipper", "expected some of bottle"),
        (bad_limit, "error: --fpr-limit: ", "found 1.5"),
        (bad_image_score, "error: --image-score: ", "expected 'max' or 'top-<k>'"),
        (limit_that_is_no_number, "'--fpr-limit'", "found '0,3'; expected a number"),
        (unknown_policy, "for '--resize': 'lanczos'", "not one of 'nearest', "),
        (no_output_named, "'--out'", "found an empty name; expected a folder"),
        (
            output_behind_a_url,
            "'--out'",
            "found the URL s3://bucket/run; expected a folder on this machine; copy it there",
        ),
        (unknown_option, "--frobnicate", "No such option"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
@pytest.mark.filterwarnings("ignore")
def test_bad_input(gonogo, bottle, tmp_path, spoil, names, says, monkeypatch):
    monkeypatch.setattr("gonogo.datasets.checkpoint._WORTH", 10.0)  # nothing to keep, however slow
    words = spoil(*bottle) or []
    before = sorted(tmp_path.rglob("*"))
    result = gonogo("evaluate", *bottle, "--out", tmp_path / "out/run", *words)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith("gonogo: error: ")
    assert names in line
    assert says in line
    assert sorted(tmp_path.rglob("*")) == before


def test_an_output_folder_below_a_file(gonogo, bottle, tmp_path):
    (tmp_path / "file").touch()
    assert_refused(gonogo, bottle, tmp_path / "file/run", r"file is not a folder")
    assert_refused(gonogo, bottle, tmp_path / "file", r"file is not a folder")


def test_an_output_folder_without_permission(gonogo, bottle, tmp_path, monkeypatch):
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    if os.access(locked, os.W_OK):  # the superuser may write anywhere
        monkeypatch.setattr(os, "access", lambda path, _: not str(path).endswith("locked"))
    assert_refused(gonogo, bottle, locked / "run", "no permission in")
    assert_refused(gonogo, bottle, locked, "no permission in")
    locked.chmod(0o700)


@pytest.mark.parametrize("place", ["model", "bottle", "model/run"])
def test_an_output_folder_in_the_data(gonogo, bottle, tmp_path, place):
    before = sorted(tmp_path.rglob("*"))
    assert_refused(gonogo, bottle, tmp_path / place, "which is evaluated")
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("name", ["images.csv", "curves.npz", "metrics.json"])
def test_a_foreign_file_in_the_output_folder(gonogo, bottle, tmp_path, name):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / name).write_text("mine")
    assert_refused(gonogo, bottle, tmp_path / "run", f"found {name}; name another folder")
    assert (tmp_path / "run" / name).read_text() == "mine"


def assert_refused(gonogo, bottle, out, says):
    maps, truth = bottle
    counted = maps / GOOD
    result = gonogo("evaluate", maps, truth, "--out", out)
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert str(out) in line
    assert says in line
    assert counted.exists()
    assert not (out / "results.json").exists()


def test_the_output_is_refused_before_anything_is_read(gonogo, bottle, tmp_path):
    truncated_tiff(*bottle)
    (tmp_path / "file").touch()
    assert "is not a folder" in gonogo("evaluate", *bottle, "--out", tmp_path / "file").stderr


@pytest.mark.parametrize("words", [[], ["--workers", 1], ["--config"]], ids=str)
def test_a_folder_that_takes_no_file_is_found_out_before_counting(
    gonogo, bottle, tmp_path, monkeypatch, words
):
    def no_room(*_):
        raise OSError(errno.EROFS, "Read-only file system")

    def counted(*_, **__):
        raise AssertionError("it was counted")

    for counting in ("datasets.evaluate_folder", "distributed.evaluate_folder"):
        monkeypatch.setattr(f"gonogo.{counting}", counted)
    monkeypatch.setattr("gonogo.config.evaluate_job", counted)
    monkeypatch.setattr("gonogo.files.open_staged", no_room)
    if words == ["--config"]:
        words = ["--config", tmp_path / "settings.yaml"]
        words[1].write_text("fpr_limits: 0.3\n")
    before = sorted(tmp_path.rglob("*"))
    out = tmp_path / "new/run"
    result = gonogo("evaluate", *bottle, "--out", out, *words)
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    said = f"{out}: cannot write there (Read-only file system); name another folder"
    assert line == f"gonogo: error: {said}"
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="there is no folder that takes no file")
def test_a_folder_that_cannot_be_made(gonogo, bottle):
    truncated_tiff(*bottle)
    result = gonogo("evaluate", *bottle, "--out", "/proc/run")
    assert "/proc/run: cannot write there" in result.stderr


def fail_with(monkeypatch, error):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr("gonogo.datasets.evaluate_folder", fail)


def test_our_own_fault(gonogo, bottle, monkeypatch):
    fail_with(monkeypatch, ZeroDivisionError("by nought"))
    result = gonogo("evaluate", *bottle)
    assert result.exit_code == 1
    (line,) = result.stderr.splitlines()
    assert "ZeroDivisionError: by nought" in line
    assert "please report it" in line


@pytest.mark.parametrize("place", [0, 1, 4])
def test_debug_shows_the_traceback_wherever_it_stands(gonogo, bottle, monkeypatch, place):
    fail_with(monkeypatch, ZeroDivisionError("by nought"))
    words = ["evaluate", *bottle, "--json"]
    words.insert(place, "--debug")
    result = gonogo(*words)
    assert result.exit_code == 1
    assert "Traceback" in result.stderr


def test_a_fault_of_the_machine_is_not_ours(gonogo, bottle, monkeypatch):
    fail_with(monkeypatch, PermissionError(13, "Permission denied", "somewhere"))
    result = gonogo("evaluate", *bottle)
    assert result.exit_code == 2
    assert result.stderr == "gonogo: error: somewhere: Permission denied\n"


def test_not_enough_memory_is_no_defect(gonogo, bottle, monkeypatch):
    fail_with(monkeypatch, MemoryError())
    result = gonogo("evaluate", *bottle)
    assert result.exit_code == 2
    assert "not enough memory" in result.stderr


def test_interrupted(gonogo, bottle, monkeypatch):
    fail_with(monkeypatch, KeyboardInterrupt())
    result = gonogo("evaluate", *bottle)
    assert result.exit_code == 130
    assert result.stderr == "gonogo: interrupted: nothing was kept\n"


def test_without_the_image_readers(gonogo, bottle, monkeypatch):
    monkeypatch.setitem(sys.modules, "tifffile", None)
    result = gonogo("evaluate", *bottle)
    assert result.exit_code == 2
    assert 'pip install "gonogo[cli]"' in result.stderr


def test_a_reader_that_goes_away(bottle):
    command = [sys.executable, "-m", "gonogo", "evaluate", *map(str, bottle)]
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as nobody:
        run = subprocess.run(command, stdout=nobody, stderr=subprocess.PIPE, check=False)
    assert run.returncode == 141
    assert run.stderr == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full disk to write to")
def test_a_full_disk_under_stdout_is_not_ours(bottle):
    command = [sys.executable, "-m", "gonogo", "evaluate", *map(str, bottle)]
    with Path("/dev/full").open("wb") as full:
        run = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
    assert run.returncode == 2
    assert run.stderr == b"gonogo: error: standard output: No space left on device\n"


def test_names_that_the_terminal_cannot_show_are_spelled_out(bottle):
    maps, truth = bottle
    truth = truth.rename(truth.with_name("\N{NUT AND BOLT}"))
    command = [sys.executable, "-m", "gonogo", "evaluate", str(maps), str(truth)]
    environment = os.environ | {"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"}
    run = subprocess.run(command, env=environment, capture_output=True, check=True)
    assert b"\\U0001f529" in run.stdout
    assert run.stderr == b""


@pytest.mark.parametrize("no_color", ["", "1"])
def test_red_where_colour_is_wanted(gonogo, monkeypatch, no_color):
    monkeypatch.setenv("NO_COLOR", no_color)
    result = gonogo("evaluate", "nowhere", "nowhere", color=True)
    assert result.stderr.startswith("gonogo: ") == bool(no_color)


def test_an_address_that_is_none_is_refused_by_its_option(gonogo, bottle):
    result = gonogo("evaluate", *bottle, "--scheduler", "banana")
    assert result.exit_code == 2
    assert result.stderr.startswith("gonogo: error: --scheduler: found 'banana'; expected the addr")
