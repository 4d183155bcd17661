"""What is said to who names another folder than the one that is meant."""

from __future__ import annotations

import errno
import os

import numpy as np
import pytest
from PIL import Image

from gonogo import files


def hint(result):
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    return result.stderr


def test_a_run_without_thresholds(gonogo, several, tmp_path):
    run = tmp_path / "run"
    assert gonogo("evaluate", *several, "--out", run, "--no-report", "-q").exit_code == 0
    said = hint(gonogo("apply", run, several[0]))
    assert f"found a run without thresholds; make one: gonogo threshold {run} --policy f1" in said


@pytest.mark.parametrize("inside", ["", "test/good"])
def test_a_run_of_several_categories_and_maps_of_one(gonogo, several, tmp_path, inside):
    maps, truth = several
    config = tmp_path / "run.yaml"
    config.write_text(
        f"maps: {maps}\nground_truth: {truth}\nout: {tmp_path / 'run'}\nthreshold: f1\n"
    )
    assert gonogo("evaluate", "--config", config, "--no-report", "-q").exit_code == 0
    said = hint(gonogo("apply", tmp_path / "run", maps / "bottle" / inside))
    assert "It has those of a_category_with_a_long_name, bottle: where MAPS is of one" in said
    assert gonogo("apply", tmp_path / "run/bottle", maps / "bottle").exit_code == 0


def test_maps_of_several_models(gonogo, several, tmp_path):
    models = tmp_path / "maps"
    models.mkdir()
    several[0].rename(models / "padim")
    said = hint(gonogo("evaluate", models, several[1]))
    assert f"{models / 'padim'} holds categories: evaluate one model at a time" in said
    assert gonogo("evaluate", models / "padim", several[1]).exit_code == 0


@pytest.mark.parametrize("full", ["decisions.csv", "progress.jsonl", "masks"])
def test_a_full_disk_is_told_with_the_path(gonogo, bottle, tmp_path, monkeypatch, full):
    pixel, out = tmp_path / "pixel.json", tmp_path / "decided"
    fit = ("threshold", bottle[0], "--ground-truth", bottle[1], "-p", "0.5", "--out", pixel)
    assert gonogo(*fit).exit_code == 0
    real = files._staged

    def no_space(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def staged(folder, name, content):
        with monkeypatch.context() as patched:
            if full in str(folder / name):
                patched.setattr("os.fsync", no_space)
            return real(folder, name, content)

    monkeypatch.setattr(files, "_staged", staged)
    said = hint(gonogo("apply", pixel, bottle[0], "--out", out))
    assert said.startswith(f"gonogo: error: {out}")
    assert full in said or full == "progress.jsonl"
    assert "No space left on device" in said


def test_maps_that_are_not_finite_are_refused_without_python(gonogo, tmp_path):
    for folder in ("maps", "masks"):
        (tmp_path / folder).mkdir()
    np.save(tmp_path / "maps" / "a.npy", np.full((4, 4), np.nan))
    Image.fromarray(np.eye(4, dtype=np.uint8)).save(tmp_path / "masks" / "a.png")
    result = gonogo("evaluate", str(tmp_path / "maps"), str(tmp_path / "masks"))
    assert result.exit_code == 2
    assert "16 value(s) that are NaN or infinite" in result.stderr
    assert "replace them before scoring" in result.stderr
    assert "numpy" not in result.stderr
