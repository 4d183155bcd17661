"""The mean row of a benchmark table: every category counts alike."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from gonogo.results.levels import Level, PixelLevel
from gonogo.types import Bounded, Number, Undefined

if TYPE_CHECKING:
    from gonogo.results.record import Result

__all__ = ["mean_of", "mean_over"]

_PLAIN = ("auroc", "average_precision", "aupr_trapezoid", "iou_max")


def mean_over(categories: Mapping[str, Result]) -> dict[str, dict[str, Any]]:
    """Means by level and metric; the pixel level where every category has one."""
    means = {"image": _level({name: one.image for name, one in categories.items()})}
    pixels = {name: one.pixel for name, one in categories.items() if one.pixel is not None}
    if pixels and len(pixels) == len(categories):
        means["pixel"] = _level(pixels) | {"aupro": _aupro(pixels)}
    return means


def _level(levels: Mapping[str, Level]) -> dict[str, Any]:
    means: dict[str, Any] = {
        name: _mean(name, ((category, getattr(one, name)) for category, one in levels.items()))
        for name in _PLAIN
    }
    means["f1_max"] = _mean("F1max", ((name, one.f1_max.value) for name, one in levels.items()))
    return means


def _aupro(levels: Mapping[str, PixelLevel]) -> dict[float, Number]:
    limits = next(iter(levels.values())).aupro
    return {
        limit: _mean("AUPRO", ((name, one.aupro[limit]) for name, one in levels.items()))
        for limit in limits
    }


def _mean(metric: str, values: Iterable[tuple[str, Number]]) -> Number:
    by_category = dict(values)
    if not by_category:
        return Undefined("needs categories; found none")
    missing = [name for name, value in by_category.items() if math.isnan(float(value))]
    if missing:
        return Undefined(f"{metric} is undefined in {', '.join(missing)}")
    return mean_of(list(by_category.values()))


def mean_of(values: Sequence[Number]) -> Number:
    """The mean of some numbers; an interval where one of them is."""
    if any(isinstance(value, Bounded) for value in values):
        return Bounded(
            _mean_of([v.low if isinstance(v, Bounded) else v for v in values]),
            _mean_of([v.high if isinstance(v, Bounded) else v for v in values]),
        )
    return _mean_of([float(value) for value in values])


def _mean_of(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)
