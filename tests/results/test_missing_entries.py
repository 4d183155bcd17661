"""Files of a run that lack an entry: refused with the file and the name, by all that read them."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.figure
import numpy as np
import pytest
from typer.testing import CliRunner

import gonogo
from gonogo.cli.app import app
from gonogo.errors import InputError
from gonogo.plot import histogram
from gonogo.report import read_run, write_report
from gonogo.results.stored import restored

THOROUGH = os.environ.get("GONOGO_EXAMPLES") == "thorough"
LATER = {"command", "origin", "mask_values", "ignore_value", "next_lower"}
"""What files of an earlier gonogo lack."""
OPTIONAL = {"gonogo", "created", "normalization", "confidence", "next_lower", "digest"}
OPTIONAL |= {"image_score", "value", "low", "high"}
"""What a threshold need not have."""
TOLD = {("schema",): "another kind of file", ("categories", "data"): "no categories"}
LISTED = {("mean", "pixel"), ("categories", "data", "by_defect", "crack")}
"""What there need not be at all."""


@pytest.fixture
def run(tmp_path) -> Path:
    maps = np.zeros((6, 4, 4))
    maps[:, 0, 0] = range(6)
    masks = np.zeros((6, 4, 4), bool)
    masks[3:, :2, :2] = True
    result = gonogo.evaluate(
        maps,
        masks,
        defects=["good"] * 3 + ["crack"] * 3,
        image_thresholds=2.0,
        pixel_thresholds=3.0,
    )
    result.save(tmp_path / "run")
    return tmp_path / "run"


def keys(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for key, one in inner:
        if isinstance(value, dict):
            yield (*place, key)
        if isinstance(one, dict | list):
            yield from keys(one, (*place, key))


def without(text: str, place: tuple[Any, ...]) -> str:
    document = json.loads(text)
    inner = document
    for key in place[:-1]:
        inner = inner[key]
    del inner[place[-1]]
    return json.dumps(document)


def chosen(whole: str) -> list[tuple[Any, ...]]:
    every = list(keys(json.loads(whole)))
    deep = [place for place in every if len(place) > 2]
    some = np.random.default_rng(5).permutation(len(deep))[: len(deep) if THOROUGH else 40]
    return [place for place in every if len(place) < 3] + [deep[k] for k in some]


def test_every_entry_of_the_results(run):
    path = run / "results.json"
    whole = path.read_text()
    for place in chosen(whole):
        path.write_text(without(whole, place))
        may_lack = place[-1] in LATER or place[0] == "versions" != place[-1] or place in LISTED
        if may_lack:
            write_report(read_run(run), run / "page.html", {}, images="none")
            with mpl.rc_context({"backend": "Agg"}):
                histogram(gonogo.load(run), mpl.figure.Figure().subplots())
            continue
        named = TOLD.get(place, str(place[-1]))
        with pytest.raises(InputError, match=named) as refused:
            restored(read_run(run), run)
        assert str(refused.value).startswith(str(path))


@pytest.mark.parametrize("name", ["resize", "connectivity", "image_score"])
def test_a_report_without_a_setting(run, name):
    path = run / "results.json"
    path.write_text(without(path.read_text(), ("settings", name)))
    words = ["report", str(run), "--images", "none"]
    result = CliRunner().invoke(app, words, prog_name="gonogo")
    assert result.exit_code == 2
    assert f"{path}: found a damaged file of a run (no entry 'settings.{name}')" in result.stderr
    assert CliRunner().invoke(app, ["threshold", str(run), "-p", "f1"]).exit_code in (0, 2)


def test_every_entry_of_a_threshold(run):
    path = run.parent / "threshold.json"
    fitted = gonogo.fit_threshold([1.0, 2.0, 3.0], labels=[0, 0, 1], policy="f1")
    fitted.save(path)
    whole = path.read_text()
    for place in keys(json.loads(whole)):
        path.write_text(without(whole, place))
        if place[-1] in OPTIONAL and place != ("threshold", "value"):
            gonogo.Threshold.load(path)
            continue
        with pytest.raises(InputError, match=re.escape(str(path))):
            gonogo.Threshold.load(path)
