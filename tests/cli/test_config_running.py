"""``gonogo evaluate --config`` skips, resumes and counts as ``gonogo evaluate`` does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import gonogo as library
from gonogo.config import saving
from gonogo.datasets import checkpoint, unfinished_images

HOLE = "test/hole/000"


@pytest.fixture(params=["own", "anomalib", "classification"])
def config(request, bottle, tmp_path):
    """Settings with thresholds, scales and pictures; three forms of the same evaluation."""
    maps, data = bottle
    if request.param == "own":
        text = f"ground_truth: {data}\nthreshold: fpr<=0.5\nnormalization: cdf\n"
    else:
        task = {"anomalib": "segmentation"}.get(request.param, request.param)
        text = f"""
dataset:
  path: {data}
  abnormal_dir: [test/hole, test/scratch]
  normal_test_dir: test/good
  mask: ground_truth
  task: {task}
model: {{normalization_method: min_max}}
visualization: {{save_images: true}}
"""
    path = tmp_path / "settings.yaml"
    path.write_text(f"maps: {maps}\n{text}", "utf-8")
    return path


def results(folder):
    whole = json.loads((folder / "results.json").read_text())
    return {key: whole[key] for key in whole.keys() - {"created", "seconds", "command"}}


def thresholds(folder):
    return {path.name: library.Threshold.load(path) for path in folder.glob("threshold-*.json")}


def spoil(path):
    path.write_bytes(path.read_bytes()[:100])


@pytest.mark.parametrize("said", ["on the command line", "in the file"])
def test_images_that_cannot_be_used_are_skipped(gonogo, bottle, config, tmp_path, said):
    spoil(bottle[0] / f"{HOLE}.tiff")
    words = ["evaluate", "--config", config, "--out", tmp_path / "run"]
    refused = gonogo(*words)
    assert refused.exit_code == 2
    assert HOLE in refused.stderr
    if said == "in the file":
        config.write_text(config.read_text("utf-8") + "on_error: skip\n", "utf-8")
    else:
        words += ["--on-error", "skip"]
    result = gonogo(*words)
    assert result.exit_code == 0, result.output
    assert "1 image skipped in bottle: " in " ".join(result.stdout.split())
    (category,) = results(tmp_path / "run")["categories"].values()
    assert [one["name"] for one in category["skipped"]] == [f"{HOLE}.tiff"]
    for path in (bottle[0] / f"{HOLE}.tiff", bottle[1] / f"ground_truth/{HOLE[5:]}_mask.png"):
        path.unlink()
    (bottle[1] / f"{HOLE}.png").unlink()
    (bottle[1] / "ground_truth/hole").rmdir()
    for folder in (bottle[0], bottle[1]):
        (folder / "test/hole").rmdir()
    text = config.read_text("utf-8").replace("on_error: skip", "")
    text = text.replace("test/hole, ", "").replace("ground_truth\n", "ground_truth/scratch\n")
    config.write_text(text, "utf-8")
    assert gonogo("evaluate", "--config", config, "--out", tmp_path / "without").exit_code == 0
    assert thresholds(tmp_path / "run") == thresholds(tmp_path / "without")
    pictures = [
        sorted(str(path.relative_to(folder)) for path in folder.rglob("images/**/*.png"))
        for folder in (tmp_path / "run", tmp_path / "without")
    ]
    assert pictures[0] == pictures[1]


@pytest.fixture
def interrupted(gonogo, config, tmp_path, monkeypatch):
    """A run that could not write its results: everything was counted, and the disk is full."""
    monkeypatch.setattr(checkpoint, "EVERY", 0.0)
    monkeypatch.setattr(checkpoint, "_SHARE", 0.0)
    out = tmp_path / "run"
    with monkeypatch.context() as patch:
        patch.setattr(saving, "write_files", full)
        result = gonogo("evaluate", "--config", config, "--out", out)
    assert result.exit_code == 2
    assert unfinished_images(out) == 5
    assert not (out / "results.json").exists()
    return out


def full(*_, **__):
    raise library.InputError("run: cannot write there (No space left on device)")


def test_a_run_goes_on_where_it_was(gonogo, config, interrupted, tmp_path):
    (interrupted / "threshold-image.json").write_text("half of it")
    result = gonogo("evaluate", "--config", config, "--out", interrupted)
    assert result.exit_code == 0, result.stderr
    said = [line for line in result.stderr.splitlines() if "going on" in line]
    assert len(said) == 1
    assert "5 images were counted before" in said[0]
    assert not (interrupted / ".gonogo-checkpoint").exists()
    other = tmp_path / "other"
    assert gonogo("evaluate", "--config", config, "--out", other).exit_code == 0
    assert results(interrupted) == results(other)
    assert thresholds(interrupted) == thresholds(other)
    names = [
        sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))
        for folder in (interrupted, other)
    ]
    assert names[0] == names[1]


def test_nothing_is_counted_twice(gonogo, config, interrupted, monkeypatch):
    read = []
    load = library.datasets.image_file.open_map

    def counted(path, files):
        read.append(path)
        return load(path, files)

    monkeypatch.setattr("gonogo.datasets.image_file.open_map", counted)
    monkeypatch.setattr(saving, "draw_pictures", lambda *_: [])
    text = config.read_text("utf-8").replace("threshold: fpr<=0.5\nnormalization: cdf\n", "")
    config.write_text(text, "utf-8")
    assert (
        gonogo("evaluate", "--config", config, "--out", interrupted, "--no-report").exit_code == 0
    )
    assert read == []


def test_fresh_starts_over(gonogo, config, interrupted):
    words = ["evaluate", "--config", config, "--out", interrupted, "--connectivity", "4"]
    refused = gonogo(*words)
    assert refused.exit_code == 2
    assert "with other options (connectivity 8, now 4)" in refused.stderr
    result = gonogo(*words, "--fresh")
    assert result.exit_code == 0
    assert "going on" not in result.stderr


@pytest.mark.parametrize("config", ["anomalib", "classification"], indirect=True)
def test_images_alone_are_not_taken_for_a_run_with_pixels(gonogo, config, interrupted):
    text = config.read_text("utf-8")
    config.write_text(
        text.replace("task: segmentation", "task: other")
        .replace("task: classification", "task: segmentation")
        .replace("task: other", "task: classification"),
        "utf-8",
    )
    refused = gonogo("evaluate", "--config", config, "--out", interrupted)
    assert refused.exit_code == 2
    assert "with other options (pixels " in refused.stderr


@pytest.mark.parametrize("config", ["anomalib", "classification"], indirect=True)
def test_pictures_of_someone_else_are_kept_by_an_unfinished_run(
    gonogo, config, interrupted, tmp_path
):
    text = config.read_text("utf-8")
    mine = tmp_path / "seen/mine.png"
    mine.parent.mkdir()
    mine.touch()
    config.write_text(text.replace("true", f"true, image_save_path: {mine.parent}"), "utf-8")
    refused = gonogo("evaluate", "--config", config, "--out", interrupted)
    assert refused.exit_code == 2
    assert "found files where pictures are to go" in refused.stderr
    assert Path(mine).exists()
