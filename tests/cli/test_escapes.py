"""What names and files hold reaches a terminal as text, never as a command to it."""

from __future__ import annotations

import re

import numpy as np
import pytest

from gonogo.cli.output import printable, shortened
from tests.cli.conftest import write_category

EVIL = "red\x1b[31m\x1b]0;title\x07\u202eend"
SPELLED = "red\\x1b[31m\\x1b]0;title\\x07\\u202eend"
CONTROLS = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]")


@pytest.fixture
def evil(tmp_path):
    """Two categories, one with such a name, and a file with such a name in it."""
    maps, truth = tmp_path / "maps", tmp_path / "data"
    for name in ("bottle", EVIL):
        write_category(maps / name, truth / name)
    for root, suffix in ((maps, "tiff"), (truth, "png")):
        place = root / EVIL / "test/good"
        (place / f"000.{suffix}").rename(place / f"{EVIL}.{suffix}")
    return maps, truth


def test_printable_spells_out_what_moves_colours_or_hides():
    assert printable(EVIL) == SPELLED
    assert printable("a\tb\nö 😀 \u200d") == "a\tb\nö 😀 \u200d"
    assert printable("\x9b31m\r\x7f\u2028") == "\\x9b31m\\r\\x7f\\u2028"


def test_long_messages_lose_their_middle():
    text = shortened("start " + "x" * 100_000 + " do this")
    assert len(text) < 4100
    assert text.startswith("start ")
    assert text.endswith(" do this")
    assert "[... 96014 characters ...]" in text
    assert shortened("short") == "short"


@pytest.mark.parametrize("terminal", [False, True])
def test_tables_and_progress(gonogo, evil, tmp_path, terminal):
    env = {"FORCE_COLOR": "1", "COLUMNS": "200"} if terminal else {"COLUMNS": "200"}
    done = gonogo("evaluate", *evil, "--by-defect", "--out", tmp_path / "run", env=env)
    assert done.exit_code == 0, done.output
    ours = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]") if terminal else re.compile("(?!)")
    assert not CONTROLS.search(ours.sub("", done.output).replace("\r", ""))
    assert "\x1b[31m" not in done.output
    assert "image scores of " + SPELLED in done.output
    assert SPELLED + ", by defect" in done.output
    assert ("\x1b[" in done.stdout) == terminal


def test_errors_warnings_and_decisions(gonogo, evil, tmp_path):
    maps, _ = evil
    np.save(maps / EVIL / "test/good" / "001.npy", np.full((12, 16), np.nan))
    (maps / EVIL / "test/good" / "001.tiff").unlink()
    refused = gonogo("evaluate", *evil)
    assert refused.exit_code == 2
    assert SPELLED in refused.stderr
    skipped = gonogo("evaluate", *evil, "--on-error", "skip")
    assert skipped.exit_code == 0, skipped.output
    assert SPELLED in skipped.stdout
    missing = gonogo("threshold", tmp_path / EVIL, "--policy", "f1")
    assert missing.exit_code == 2
    usage = gonogo(EVIL)
    assert usage.exit_code == 2
    for done in (refused, skipped, missing, usage):
        assert not CONTROLS.search(done.output)


def test_a_long_message_is_cut(gonogo, tmp_path):
    path = tmp_path / "scores.csv"
    path.write_text("score\n1\n")
    refused = gonogo("threshold", path, "--policy", "x" * 100_000)
    assert refused.exit_code == 2
    assert len(refused.stderr) < 4200
    assert "characters ...]" in refused.stderr


def test_in_the_report_and_in_csv_names_are_data(gonogo, evil, tmp_path):
    done = gonogo("evaluate", *evil, "--out", tmp_path / "run")
    assert done.exit_code == 0, done.output
    assert EVIL in (tmp_path / "run/images.csv").read_text("utf-8")
