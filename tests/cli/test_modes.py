"""``gonogo evaluate`` counts as it is told, says how it did, and goes on where it was stopped."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image

import gonogo as library
from gonogo.datasets import checkpoint, unfinished_images
from gonogo.shown import NEARNESS


@pytest.mark.parametrize(
    ("words", "mode"),
    [((), "exact"), (("--mode", "exact"), "exact"), (("--mode", "certified"), "certified")],
)
def test_the_mode_is_printed_and_saved(gonogo, bottle, tmp_path, words, mode):
    result = gonogo("evaluate", *bottle, *words, "--out", tmp_path / "run")
    assert result.exit_code == 0, result.output
    rows = [line.split() for line in result.stdout.splitlines() if "bottle " in line]
    assert rows[-1][-1] == mode
    document = json.loads((tmp_path / "run/results.json").read_text())
    assert document["categories"]["bottle"]["mode"] == mode
    assert document["settings"]["mode"] == (words[1] if words else "auto")


def test_a_budget(gonogo, bottle):
    words = ["--mode", "certified", "--budget", "2MiB", "--json"]
    document = json.loads(gonogo("evaluate", *bottle, *words).stdout)
    assert document["settings"]["budget"] == 2 << 20
    interval = document["categories"]["bottle"]["pixel"]["auroc"]
    assert interval["low"] <= interval["high"]


def test_auto_says_when_it_is_not_exact(gonogo, bottle, monkeypatch):
    monkeypatch.setattr("gonogo.counting.modes._DEFAULT_ANOMALOUS", 100)
    result = gonogo("evaluate", *bottle)
    assert (
        "warning: mode auto: the anomalous scores alone take more than 100 bytes" in result.stderr
    )
    assert "certified" in result.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--mode", "about"], "'about' is not one of 'auto', 'exact', 'certified'"),
        (["--budget", "lots"], "error: --budget: found 'lots'; expected at least 1MiB"),
        (["--budget", "1PiB"], "found '1PiB'; expected at least 1MiB, as bytes or as text"),
        (["--budget", "64,5MiB"], "in kB, MB, GB, TB or KiB, MiB, GiB, TiB"),
        (["--on-error", "ignore"], "'ignore' is not one of 'stop', 'skip'"),
    ],
)
def test_wrong_words_are_refused(gonogo, bottle, words, said):
    result = gonogo("evaluate", *bottle, *words)
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_budget_that_is_not_used_is_told(gonogo, bottle):
    result = gonogo("evaluate", *bottle, "--mode", "exact", "--budget", "1MiB")
    assert result.exit_code == 0
    (line,) = result.stderr.splitlines()
    assert line.startswith("gonogo: warning: --budget: found '1MiB' in mode exact, which has no")


def spoil(path):
    path.write_bytes(path.read_bytes()[:300])


def test_skipped_images_are_told(gonogo, bottle, tmp_path):
    spoil(bottle[0] / "test/good/001.tiff")
    stopped = gonogo("evaluate", *bottle)
    assert stopped.exit_code == 2
    assert stopped.stdout == ""
    result = gonogo("evaluate", *bottle, "--on-error", "skip", "--out", tmp_path / "run")
    assert result.exit_code == 0
    text = " ".join(result.stdout.split())
    assert "1 image skipped in bottle: " in text
    document = json.loads((tmp_path / "run/results.json").read_text())
    (skipped,) = document["categories"]["bottle"]["skipped"]
    assert skipped["name"] == "test/good/001.tiff"
    assert skipped["reason"] in text


def test_many_skipped_images_are_told_in_a_few_lines(gonogo, bottle, monkeypatch):
    monkeypatch.setattr("gonogo.cli.skipped._MOST", 1)
    spoil(bottle[0] / "test/good/001.tiff")
    spoil(bottle[0] / "test/hole/000.tiff")
    lines = gonogo("evaluate", *bottle, "--on-error", "skip").stdout.splitlines()
    start = lines.index("2 images skipped in bottle:")
    assert lines[start + 1].startswith(f"- {bottle[0]}/test/good/001.tiff: ")
    assert lines[start + 2] == "- and 1 more, which results.json lists under skipped"


def test_a_list_of_images_has_a_line_for_each_where_nobody_looks(gonogo, bottle, tmp_path):
    maps = bottle[0].rename(tmp_path / f"a model with {'a long name ' * 6}")
    for name in ("test/good/001.tiff", "test/hole/000.tiff"):
        spoil(maps / name)
    skipped = gonogo("evaluate", maps, bottle[1], "--on-error", "skip").stdout.splitlines()
    stopped = gonogo("evaluate", maps, bottle[1], "--workers", 1).stderr.splitlines()
    start = skipped.index("2 images skipped in bottle:")
    assert stopped[0] == "gonogo: error: 2 images cannot be used:"
    for lines in (skipped[start + 1 : start + 3], stopped[1:]):
        assert len(lines) == 2
        for line, name in zip(lines, ("good/001.tiff", "hole/000.tiff"), strict=True):
            assert line.startswith(f"- {maps}/test/{name}: found a truncated TIFF")


@pytest.fixture
def interrupted(gonogo, bottle, tmp_path, monkeypatch):
    """A run that could not write its results: everything was counted, and the disk is full."""
    monkeypatch.setattr(checkpoint, "EVERY", 0.0)
    monkeypatch.setattr(checkpoint, "_SHARE", 0.0)
    out = tmp_path / "run"
    with monkeypatch.context() as patch:
        patch.setattr(library.Run, "save", _full)
        result = gonogo("evaluate", *bottle, "--out", out)
    assert result.exit_code == 2
    assert unfinished_images(out) == 5
    return out


def _full(*_, **__):
    raise library.InputError("run: cannot write there (No space left on device)")


def test_it_goes_on_where_it_was_and_says_so(gonogo, bottle, interrupted, monkeypatch):
    monkeypatch.setattr("gonogo.datasets.image_file.open_map", _full)
    result = gonogo("evaluate", *bottle, "--out", interrupted)
    assert result.exit_code == 0, result.stderr
    assert result.stderr.startswith("gonogo: going on with the unfinished run in ")
    assert "5 images were counted before" in result.stderr
    assert not (interrupted / ".gonogo-checkpoint").exists()
    assert (interrupted / "results.json").exists()


@pytest.mark.parametrize("words", [[], ["--fresh"]])
def test_ctrl_c_says_what_is_kept(gonogo, bottle, tmp_path, monkeypatch, words):
    monkeypatch.setattr(checkpoint, "EVERY", 0.0)
    monkeypatch.setattr(checkpoint, "_SHARE", 0.0)

    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("gonogo.datasets.folder.concluded", interrupt)
    out = tmp_path / "run"
    result = gonogo("evaluate", *bottle, "--out", out, *words)
    assert result.exit_code == 130
    same = "the same command" + (" without --fresh" if words else "")
    said = f"gonogo: interrupted: 5 images are kept in {out}, and {same} goes on from there\n"
    assert result.stderr == said
    monkeypatch.undo()
    assert gonogo("evaluate", *bottle, "--out", out).stderr.startswith("gonogo: going on with")


def test_fresh_starts_over(gonogo, bottle, interrupted, monkeypatch):
    result = gonogo("evaluate", *bottle, "--out", interrupted, "--fresh", "--connectivity", "4")
    assert result.exit_code == 0
    assert result.stderr == ""
    monkeypatch.setattr("gonogo.datasets.image_file.open_map", _full)
    assert gonogo("evaluate", *bottle, "--fresh").exit_code == 2


def test_what_cannot_go_on_names_the_option(gonogo, bottle, interrupted):
    result = gonogo("evaluate", *bottle, "--out", interrupted, "--connectivity", "4")
    assert result.exit_code == 2
    assert "with other options (connectivity 8, now 4)" in result.stderr
    assert "or start over with --fresh" in result.stderr
    assert "going on" not in result.stderr
    assert "going on" not in gonogo("evaluate", *bottle, "--out", interrupted, "-q").stderr


def test_processes_go_on_where_it_was(gonogo, bottle, interrupted):
    result = gonogo("evaluate", *bottle, "--out", interrupted, "--workers", 1)
    assert result.exit_code == 0, result.stderr
    assert "going on with the unfinished run in " in result.stderr
    assert "5 images were counted before" in result.stderr
    assert not (interrupted / ".gonogo-checkpoint").exists()


def test_files_of_a_run_that_ended_while_it_wrote_them(gonogo, bottle, interrupted):
    (interrupted / "images.csv").write_text("half of it")
    assert gonogo("evaluate", *bottle, "--out", interrupted).exit_code == 0
    assert "category" in (interrupted / "images.csv").read_text()


@pytest.fixture
def wide(tmp_path):
    """Maps and masks of more pixels than the smallest budget tells apart."""
    rng = np.random.default_rng(3)
    maps, masks = tmp_path / "wide/maps", tmp_path / "wide/masks"
    for folder in (maps, masks):
        folder.mkdir(parents=True)
    for place in range(8):
        scores = 0.3 + 0.1 * rng.standard_normal((128, 128))
        if place < 4:
            mask = np.zeros((128, 128), np.uint8)
            mask[30 : 60 + 10 * place, 30:70] = 255
            scores[mask > 0] += 0.2
            Image.fromarray(mask).save(masks / f"{place}.png")
        np.save(maps / f"{place}.npy", scores.astype(np.float32))
    return maps, masks


def test_printed_thresholds_of_a_certified_run_keep_what_they_promise(gonogo, wide):
    words = ["--mode", "certified", "--budget", "1MiB", "--at-fpr", 0.01, "--at-fpr", 0.3]
    out = gonogo("evaluate", *wide, *words, "--at-recall", 0.9, "--at-recall", 0.99).stdout
    rows = [line.split() for line in out.splitlines() if " pixel " in line]
    masks = np.zeros((8, 128, 128), bool)
    for place in range(4):
        masks[place] = np.asarray(Image.open(wide[1] / f"{place}.png")) > 0
    maps = np.stack([np.load(wide[0] / f"{place}.npy") for place in range(8)])
    kept = [row for row in rows if len(row) in (5, 7) and row[1] == "pixel"]
    assert len(kept) == 4
    for row in kept:
        for printed in row[4::2]:
            found = library.confusion(maps, masks, float(printed))
            if len(row) == 5:
                assert 1.0 - found.specificity <= float(row[2])
            else:
                assert found.recall >= float(row[2])


def test_intervals_fit_the_terminal_and_are_explained(gonogo, wide):
    words = ["--mode", "certified", "--budget", "1MiB", "--by-defect"]
    both = gonogo("evaluate", *wide, *words, env={"COLUMNS": "80"}).stdout.splitlines()
    assert max(map(len, both)) <= 80
    assert both.count(NEARNESS) == 1
    assert NEARNESS not in gonogo("evaluate", *wide, "--mode", "exact").stdout


def test_a_long_name_leaves_room_for_intervals(gonogo, wide):
    long = wide[0].rename(wide[0].with_name("a_category_with_a_long_name"))
    words = ["--mode", "certified", "--budget", "1MiB"]
    lines = gonogo("evaluate", long, wide[1], *words, env={"COLUMNS": "80"}).stdout.splitlines()
    assert max(map(len, lines)) <= 80
    heads = [line for line in lines if "AUPRO@0.3" in line]
    assert "AUROC" not in heads[0]
