"""How a result is compared with an oracle: 1e-12, or undefined on both sides."""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gonogo
from tests.oracles import curves

__all__ = ["agrees", "defined_or_warned", "lies_on", "quietly", "same_bits"]

CLOSE = 1e-12


def agrees(found: Any, exact: Any) -> None:
    """The float equals the exact value up to rounding, or is a nan that gives a reason.

    A curve that is not defined has no points, and a reason too.
    """
    if exact is None:
        assert len(found) == 0 if isinstance(found, gonogo.Curve) else math.isnan(found)
        assert found.reason.strip()
    else:
        assert isinstance(found, float)
        assert found == pytest.approx(float(exact), rel=CLOSE, abs=1e-15)


def defined_or_warned(function: Callable[..., Any], *args: Any, **options: Any) -> tuple[Any, bool]:
    """What the function returns, and whether it warned that something is undefined.

    That a state of mode auto went over to certified is told as well, and no matter here.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        value = function(*args, **options)
    caught = [w for w in caught if "mode auto counts them certified" not in str(w.message)]
    assert all(w.category is gonogo.UndefinedMetricWarning for w in caught), caught
    return value, bool(caught)


def quietly(function: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """What the function returns, where something else on this data may be undefined."""
    return defined_or_warned(function, *args, **options)[0]


def lies_on(curve: gonogo.Curve, points: list[curves.Point]) -> None:
    """Every exact point lies on the lines between the vertices, and the reverse."""
    vertices = list(zip(curve.x.tolist(), curve.y.tolist(), strict=True))
    exact = [(float(point.x), float(point.y)) for point in points]
    for line, others in ((vertices, exact), (exact, vertices)):
        for x, y in others:
            low, high = _span(line, x)
            assert low - 1e-12 <= y <= high + 1e-12, (x, y, line)


def same_bits(one: Any, other: Any) -> None:
    """Two results, of whatever nesting, are equal to the last bit; undefined equals undefined."""
    if isinstance(one, dict):
        assert one.keys() == other.keys()
        for key in one:
            same_bits(one[key], other[key])
    elif isinstance(one, (list, tuple)):
        assert len(one) == len(other)
        for left, right in zip(one, other, strict=True):
            same_bits(left, right)
    elif isinstance(one, np.ndarray):
        np.testing.assert_array_equal(one, other, strict=True)
    else:
        assert one == other or (one != one and other != other), (one, other)


def _span(line: list[tuple[float, float]], x: float) -> tuple[float, float]:
    heights = []
    for (x0, y0), (x1, y1) in itertools.pairwise(line):
        if abs(x0 - x) <= CLOSE:
            heights.append(y0)
        if abs(x1 - x) <= CLOSE:
            heights.append(y1)
        if x0 < x < x1:
            heights.append(y0 + (y1 - y0) * (x - x0) / (x1 - x0))
    assert heights, (x, line)
    return min(heights), max(heights)
