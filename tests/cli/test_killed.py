"""A run that was killed while it wrote: the same command, given again, finishes the job."""

from __future__ import annotations

import subprocess
import sys

import pytest

from gonogo.files import is_staged

KILLED = """
import itertools, os, pathlib, sys
calls, at = itertools.count(1), int(sys.argv[1])
real = pathlib.Path.replace
def replace(self, target):
    if next(calls) == at:
        os._exit(9)  # as kill -9 does: nothing is tidied up
    return real(self, target)
pathlib.Path.replace = replace
sys.argv = ["gonogo", *sys.argv[2:]]
from gonogo.cli import main
main()
"""


def killed(at, *words):
    """Run the command; it ends at once before so many files were moved to their places."""
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(at), *map(str, words)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode in (0, 9), done.stderr
    return done.returncode


def inside(folder):
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )


@pytest.fixture(scope="module")
def files_of_a_run():
    return ["curves.npz", "images.csv", "metrics.json", "report.html", "results.json"]


@pytest.mark.parametrize("at", [1, 3, 6, 7, 9, 10])
def test_the_same_command_finishes_pictures_results_and_report(
    gonogo, bottle, tmp_path, files_of_a_run, at, monkeypatch
):
    out = tmp_path / "run"
    words = ["evaluate", *map(str, bottle), "--out", str(out), "--pictures", "simple"]
    assert killed(at, *words) == 9  # 5 pictures, 4 files of the run, and the report
    assert any(is_staged(path) for path in out.rglob("*"))
    monkeypatch.setattr(sys, "argv", ["gonogo", *words])
    again = gonogo(*words)
    assert again.exit_code == 0, again.stderr
    pictures = [name for name in inside(out) if name.startswith("images/")]
    assert len(pictures) == 5
    assert inside(out) == sorted([*files_of_a_run, *pictures])
    refused = gonogo(*words)
    assert refused.exit_code == 2
    assert "found files where pictures are to go" in refused.stderr


def test_another_command_does_not_take_the_place_of_results_without_a_report(
    gonogo, bottle, tmp_path, monkeypatch
):
    out = tmp_path / "run"
    words = ["evaluate", *map(str, bottle), "--out", str(out)]
    assert killed(5, *words) == 9
    assert (out / "results.json").exists()
    assert not (out / "report.html").exists()
    other = [*words, "--fpr-limit", "0.1"]
    monkeypatch.setattr(sys, "argv", ["gonogo", *other])
    refused = gonogo(*other)
    assert refused.exit_code == 2
    assert "the results of an earlier run" in refused.stderr
    monkeypatch.setattr(sys, "argv", ["gonogo", *words])
    assert gonogo(*words).exit_code == 0
    assert (out / "report.html").exists()


@pytest.mark.parametrize("at", [1, 4, 5])
def test_a_table_of_scores_as_well(gonogo, tmp_path, files_of_a_run, at, monkeypatch):
    scores, out = tmp_path / "scores.csv", tmp_path / "run"
    scores.write_text("image,score,label\na,0.5,0\nb,0.75,1\n")
    words = ["evaluate", str(scores), "--out", str(out)]
    assert killed(at, *words) == 9  # 4 files of the run, and the report
    monkeypatch.setattr(sys, "argv", ["gonogo", *words])
    again = gonogo(*words)
    assert again.exit_code == 0, again.stderr
    assert inside(out) == files_of_a_run
    assert gonogo(*words).exit_code == 2


@pytest.mark.parametrize("at", [1, 2, 3])
def test_apply_goes_on(gonogo, bottle, tmp_path, at):
    threshold, out = tmp_path / "t.json", tmp_path / "out"
    made = gonogo(
        "threshold",
        bottle[0],
        "--ground-truth",
        bottle[1],
        "--level",
        "pixel",
        "--policy",
        "f1",
        "--out",
        threshold,
    )
    assert made.exit_code == 0, made.output
    words = ["apply", threshold, bottle[0], "--out", out]
    assert killed(at, *words) == 9
    again = gonogo(*words)
    assert again.exit_code == 0, again.stderr
    assert not any(is_staged(path) for path in out.rglob("*"))
    assert "decisions.csv" in inside(out)


def test_names_as_long_as_the_system_allows(gonogo, tmp_path):
    import numpy as np

    stem = "x" * 251
    maps, out = tmp_path / "maps", tmp_path / "out"
    for folder in (maps / "test/good", tmp_path / "data/ground_truth"):
        folder.mkdir(parents=True)
    np.save(maps / "test/good" / f"{stem}.npy", np.eye(4))
    (tmp_path / "data/test/good").mkdir(parents=True)
    threshold = tmp_path / "t.json"
    made = gonogo(
        *("threshold", maps, "--level", "pixel", "--policy", "manual=0.5", "--out", threshold)
    )
    assert made.exit_code == 0, made.output
    done = gonogo("apply", threshold, maps, "--out", out)
    assert done.exit_code == 0, done.output
    assert (out / "masks/test/good" / f"{stem}.png").is_file()
    run = tmp_path / "run"
    done = gonogo("evaluate", maps, tmp_path / "data", "--out", run, "--pictures", "simple")
    assert done.exit_code == 0, done.output
    assert (run / "images/test/good" / f"{stem}.png").is_file()
