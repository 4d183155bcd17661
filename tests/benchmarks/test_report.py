"""Times, memory and verdicts: that the harness says what it measured."""

from __future__ import annotations

import json

import numpy as np
import pytest

from benchmarks.__main__ import main
from benchmarks.folders import mvtec_folder
from benchmarks.lines import Line, cost, gain, shown, summary
from benchmarks.memory import reset_peak, resident
from benchmarks.timing import interleaved, repeated


@pytest.mark.parametrize(
    ("line", "ratio", "ok"),
    [
        (cost("20 maps", "sort", 1.5, 1.0, 1.5, {}), 1.5, True),
        (cost("20 maps", "sort", 1.6, 1.0, 1.5, {}), 1.6, False),
        (cost("20 maps", "sort", 9.0, 1.0, None, {}), 9.0, None),
        (gain("20 maps", "peer", 1.0, 80.0, 80.0, {}), 80.0, True),
        (gain("20 maps", "peer", 1.0, 79.0, 80.0, {}), 79.0, False),
    ],
)
def test_a_line_is_judged_by_its_ratio(line, ratio, ok):
    assert (line.ratio, line.ok) == (ratio, ok)
    assert line.to_dict()["ok"] is ok


def test_a_difference_that_is_nan_misses_its_target():
    assert Line("", "difference", np.nan, None, "", np.nan, "at most", 1e-9).ok is False


def test_the_summary_names_what_was_missed():
    lines = [cost("a", "sort", 1.0, 1.0, 1.5, {}), cost("b", "max", 1.0, 1.0, None, {})]
    assert summary(lines) == "1 of 1 targets met"
    lines.append(gain("c", "peer", 1.0, 2.0, 80.0, {}))
    assert summary(lines) == "1 of 2 targets met; missed: c: peer"


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, "s", ""),
        (0.01234, "s", "12.3 ms"),
        (12.345, "s", "12.35 s"),
        (3.456, "bytes/px", "3.46 bytes/px"),
        (0.0, "", "0.00"),
        (1.234e-12, "", "1.23e-12"),
    ],
)
def test_numbers_are_shown_as_people_read_them(value, unit, text):
    assert shown(value, unit) == text


def test_sides_take_turns_and_every_other_round_runs_backwards():
    calls = []
    times = interleaved({"b": lambda: calls.append("b"), "a": lambda: calls.append("a")}, 3)
    assert calls == ["a", "b", "b", "a", "a", "b"]
    assert {name: len(runs) for name, runs in times.items()} == {"a": 3, "b": 3}


def test_repeating_stops_at_the_budget_but_runs_once():
    assert len(repeated(lambda: None, budget=0.0, most=3)) == 1
    assert len(repeated(lambda: None, budget=1e9, most=3)) == 3


def test_the_peak_rises_with_an_array_and_can_be_reset():
    before = resident(peak=True)
    array = np.ones(32 << 20, np.uint8)
    assert resident(peak=True) >= resident(peak=False) >= array.nbytes
    del array
    if not reset_peak():
        pytest.skip("this system keeps the peak of a process")
    assert resident(peak=True) <= max(before, resident(peak=False)) + (8 << 20)


def test_the_folder_has_a_mask_for_every_defect_and_none_for_good(tmp_path):
    maps, truth = mvtec_folder(tmp_path, 8, 32)
    files = sorted(path.relative_to(maps / "test") for path in maps.rglob("*.tiff"))
    masks = {path.relative_to(truth / "ground_truth").as_posix() for path in truth.rglob("*.png")}
    assert [path.name for path in files if path.parent.name == "good"] == [
        f"{place:03d}.tiff" for place in (0, 2, 4, 6)
    ]
    wanted = {path.as_posix().replace(".tiff", "_mask.png") for path in files}
    assert masks == {name for name in wanted if not name.startswith("good/")}


def test_the_command_prints_verdicts_and_writes_json(tmp_path, capsys):
    out = tmp_path / "bench.json"
    small = ["--maps", "2", "--side", "64", "--rounds", "1", "--only", "sort", "memory"]
    assert main([*small, "--json", str(out)]) == 0
    printed = capsys.readouterr().out
    assert "evaluate : one np.sort" in printed
    assert "peak memory above the arrays" in printed
    assert "targets met" in printed
    document = json.loads(out.read_text("utf-8"))
    assert [line["ok"] for line in document["lines"] if line["target"] is None] == [None]
    assert {"Python", "numpy"} <= set(document["setting"])
