"""Files of a run and scores that are damaged: one line that names the file, and exit code 2."""

from __future__ import annotations

import json
import os

import numpy as np
import pytest

from gonogo import evaluate

THOROUGH = os.environ.get("GONOGO_EXAMPLES") == "thorough"
DAMAGE = ["x", None, True, -1, 1e999, 10**400, [], {}, [[1]], {"low": "a", "high": 1}]


@pytest.fixture
def run(tmp_path):
    maps = np.zeros((6, 4, 4))
    maps[:, 0, 0] = range(6)
    masks = np.zeros((6, 4, 4), bool)
    masks[3:, :2, :2] = True
    result = evaluate(maps, masks, image_thresholds=2.0, pixel_thresholds=3.0)
    result.save(tmp_path / "run")
    return tmp_path / "run"


def leaves(value, place=()):
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for key, one in inner:
        yield (*place, key)
        if isinstance(one, dict | list):
            yield from leaves(one, (*place, key))


def damaged(document, place, value):
    document = json.loads(document)
    inner = document
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    return json.dumps(document)


def test_results_with_any_entry_damaged(gonogo, run):
    path = run / "results.json"
    whole = path.read_text()
    every = [(place, value) for place in leaves(json.loads(whole)) for value in DAMAGE]
    generator = np.random.default_rng(3)
    some = len(every) if THOROUGH else 30
    for choice in generator.permutation(len(every))[:some]:
        path.write_text(damaged(whole, *every[choice]))
        for words in (("report", run, "--images", "none"), ("threshold", run, "-p", "f1")):
            result = gonogo(*words)
            assert result.exit_code in (0, 2), (every[choice], result.stderr)
            assert result.exit_code == 0 or str(run) in result.stderr


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"a":' * 100_000,
        "{",
        "[]",
        "NaN",
        '{"schema": "gonogo.results", "version": 1e999}',
        '{"schema": "gonogo.results", "version": 1, "settings": ' + "9" * 5000 + "}",
        "\x00",
    ],
)
@pytest.mark.parametrize("name", ["results.json", "images.csv"])
def test_files_that_hold_something_else(gonogo, run, name, text):
    (run / name).write_text(text)
    for words in (("report", run, "--images", "none"), ("threshold", run, "-p", "f1")):
        result = gonogo(*words)
        assert (result.exit_code, result.stdout) == (2, "")
        assert str(run / name) in result.stderr
        assert len(result.stderr) < 1000


@pytest.mark.parametrize("text", ["[" * 50_000, "a: " + "{b: " * 50_000, "- " * 50_000])
def test_settings_that_are_nested_thousands_deep(gonogo, tmp_path, text):
    path = tmp_path / "settings.yaml"
    path.write_text(text)
    result = gonogo("evaluate", "--config", path)
    assert (result.exit_code, result.stdout) == (2, "")
    assert (
        f"{path}: found YAML nested too deep" in result.stderr or f"{path}, line" in result.stderr
    )


@pytest.mark.parametrize("number", ["inf", "-inf", "nan", "1_000", "٣", "9" * 400, "0x1"])
@pytest.mark.parametrize("column", ["label", "score", "height", "map_max", "regions"])
def test_rows_with_a_damaged_number(gonogo, run, column, number):
    path = run / "images.csv"
    lines = [line.split(",") for line in path.read_text().splitlines()]
    lines[2][lines[0].index(column)] = number
    path.write_text("".join(",".join(line) + "\n" for line in lines))
    for words in (("report", run, "--images", "none"), ("threshold", run, "-p", "f1")):
        result = gonogo(*words)
        assert result.exit_code == 2
        assert f"{path}, line 3: found '{number[:4]}" in result.stderr


def test_a_run_without_its_last_file_or_with_fewer_rows(gonogo, run):
    path = run / "images.csv"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:-1]))
    result = gonogo("threshold", run, "-p", "f1")
    assert result.exit_code == 2
    assert f"{path}: found 5 images of data, but results.json says 6" in result.stderr
    path.write_text("".join(lines))
    (run / "results.json").unlink()
    result = gonogo("threshold", run, "-p", "f1")
    assert result.exit_code == 2
    assert f"{run}: found no results.json, which is written last" in result.stderr


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"seconds": ', '"seconds": 1e999, "was": ', "found a number that is not finite"),
        ('"images": 5', '"images": 4', "found 5 images of bottle, but results.json says 4"),
        ('"categories": {', '"categories": {}, "was": {', "found no categories"),
    ],
)
def test_thresholds_and_reports_refuse_the_same_runs(gonogo, bottle, tmp_path, old, new, says):
    run = tmp_path / "run"
    assert gonogo("evaluate", *bottle, "--out", run, "--no-report", "-q").exit_code == 0
    text = (run / "results.json").read_text()
    assert old in text
    (run / "results.json").write_text(text.replace(old, new, 1))
    for words in (("report", run), ("threshold", run, "--policy", "f1")):
        refused = gonogo(*words)
        assert refused.exit_code == 2
        assert says in refused.stderr
