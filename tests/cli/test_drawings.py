"""``gonogo evaluate --figures`` and ``--pictures`` write beside the files of a run."""

from __future__ import annotations

import sys

import pytest
from PIL import Image

FIGURES = ("roc", "pr", "pro", "histogram", "grid")
STARTS = {"png": b"\x89PNG", "pdf": b"%PDF", "svg": b"<?xml"}


def inside(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.*"))


@pytest.mark.parametrize("kind", STARTS)
def test_figures(gonogo, bottle, tmp_path, kind):
    out = tmp_path / "run"
    result = gonogo("evaluate", *bottle, "--out", out, "--figures", kind)
    assert result.exit_code == 0, result.output
    assert inside(out / "figures") == sorted(f"{name}.{kind}" for name in FIGURES)
    for path in (out / "figures").iterdir():
        assert path.read_bytes().startswith(STARTS[kind])
    assert f"wrote {out / 'figures'}\n" in result.stdout
    first = {path.name: path.read_bytes() for path in (out / "figures").iterdir()}
    again = gonogo("evaluate", *bottle, "--out", out, "--figures", kind, "--force")
    assert again.exit_code == 0, again.output
    assert {path.name: path.read_bytes() for path in (out / "figures").iterdir()} == first


def test_figures_of_several_categories_lie_in_folders_of_their_names(gonogo, several, tmp_path):
    out = tmp_path / "run"
    assert gonogo("evaluate", *several, "--out", out, "--figures", "png").exit_code == 0
    names = ("a_category_with_a_long_name", "bottle")
    assert inside(out / "figures") == sorted(f"{a}/{b}.png" for a in names for b in FIGURES)


@pytest.mark.parametrize("mode", ["simple", "full"])
def test_pictures(gonogo, bottle, tmp_path, mode):
    out = tmp_path / "run"
    words = ("evaluate", *bottle, "--out", out, "--pictures", mode)
    result = gonogo(*words)
    assert result.exit_code == 0, result.output
    assert inside(out / "images") == [
        f"test/{name}.png"
        for name in ("good/000", "good/001", "hole/000", "scratch/000", "scratch/001")
    ]
    with Image.open(out / "images/test/hole/000.png") as picture:
        assert picture.size == ((16 if mode == "simple" else 5 * 16 + 4 * 4), 16 + 12)
    assert f"wrote {out / 'images'}\n" in result.stdout
    (out / "results.json").unlink()
    refused = gonogo(*words)
    assert refused.exit_code == 2
    assert "--force" in refused.stderr


def test_drawings_of_a_settings_file(gonogo, bottle, tmp_path):
    settings, out = tmp_path / "settings.yaml", tmp_path / "run"
    settings.write_text(f"maps: {bottle[0]}\nground_truth: {bottle[1]}\nout: {out}\n")
    words = ("evaluate", "--config", settings, "--figures", "svg", "--pictures", "simple")
    result = gonogo(*words)
    assert result.exit_code == 0, result.output
    assert inside(out / "figures") == sorted(f"{name}.svg" for name in FIGURES)
    assert len(inside(out / "images")) == 5


@pytest.mark.parametrize("words", [("--figures", "png"), ("--pictures", "full")])
def test_drawings_need_a_folder(gonogo, bottle, words):
    result = gonogo("evaluate", *bottle, *words)
    assert result.exit_code == 2
    assert f"{words[0]}: found no folder for them; give --out DIR" in result.stderr


def test_figures_without_matplotlib_are_refused_before_any_work(
    gonogo, bottle, tmp_path, monkeypatch
):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    result = gonogo("evaluate", *bottle, "--out", tmp_path / "run", "--figures", "png")
    assert result.exit_code == 2
    assert "gonogo[plot]" in result.stderr
    assert not (tmp_path / "run").exists()


def test_a_photograph_that_cannot_be_read_costs_the_grid_alone(gonogo, bottle, tmp_path):
    for path in (bottle[1] / "test").rglob("*.png"):
        path.write_bytes(b"no picture")
    out = tmp_path / "run"
    result = gonogo("evaluate", *bottle, "--out", out, "--figures", "png")
    assert result.exit_code == 0, result.output
    assert "left out the grid of images of bottle" in result.stderr
    assert inside(out / "figures") == sorted(f"{name}.png" for name in FIGURES if name != "grid")


@pytest.mark.parametrize("categories", [[], ["--category", "bottle"]])
def test_force_removes_what_an_earlier_run_left(gonogo, several, tmp_path, categories):
    """All that gonogo wrote there, once the new run is complete; nothing of anybody else."""
    out, config = tmp_path / "run", tmp_path / "settings.yaml"
    config.write_text("threshold: f1\n")
    words = ("evaluate", *several, *categories, "--out", out)
    drawn = ("--config", config, "--figures", "pdf", "--pictures", "simple")
    assert gonogo(*words, *drawn).exit_code == 0
    left = [name for name in inside(out) if "/" in name or name.startswith("threshold")]
    assert len([name for name in left if name.endswith(".pdf")]) == 5 * (1 if categories else 2)
    assert len([name for name in left if "threshold-" in name]) == 2 * (1 if categories else 2)
    assert len([name for name in left if name.startswith("images/")]) == (5 if categories else 10)
    strange = ("notes.txt", "figures/mine.png", "images/test/good/mine.png", "bottle/mine.json")
    for name in strange:
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_text("mine")
    refused = gonogo(*words[:-1], out, "--fpr-limit", "2", "--force")
    assert refused.exit_code == 2
    assert set(left) <= set(inside(out))
    again = gonogo(*words, "--force", "--pictures", "full")
    assert again.exit_code == 0, again.output
    now = {name for name in inside(out) if "/" in name or name.startswith("threshold")}
    pictures = {name for name in left if name.startswith("images/")}
    assert now == {*pictures, *strange} - {"notes.txt"}
    assert gonogo(*words, "--force").exit_code == 0
    files = {"images.csv", "curves.npz", "metrics.json", "results.json", "report.html"}
    assert set(inside(out)) == {*files, *strange}
    refused = gonogo("apply", out, several[0])
    assert refused.exit_code == 2
    assert "found a run without thresholds" in refused.stderr
