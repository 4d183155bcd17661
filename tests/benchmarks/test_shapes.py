"""Every shape of score that is timed is what its name says."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.generated import generated
from benchmarks.shapes import SHAPES, every_shape


def test_the_shapes_are_what_they_are_called():
    maps, _ = generated(2, 64)
    made = {name: np.asarray(shape(maps)) for name, shape in SHAPES.items()}
    kinds = {name: scores.dtype.name for name, scores in made.items()}
    assert {name for name, kind in kinds.items() if kind != "float32"} == {"float16", "float64"}
    assert made["two signs"].min() < 0.0 < made["two signs"].max()
    assert made["distances"].min() > 0.0
    assert 100.0 <= made["+ 100"].min() < made["+ 100"].max() <= 101.0
    assert made["twelve decades"].max() / made["twelve decades"].min() > 1e6
    assert np.mean(made["half zeros"] == 0.0) == pytest.approx(0.5, abs=0.01)


def test_both_modes_are_timed_on_all_of_them():
    pytest.importorskip("adeval", reason="the packages of the benchmarks are not installed")
    maps, masks = generated(2, 64)
    lines = every_shape("small", maps, masks, 1)
    assert len(lines) == 4 * len(SHAPES) + 4
    assert all(line.measured > 0.0 and line.ratio > 0.0 for line in lines)
    assert "slowest" in lines[-2].what
