"""The operating point of a level at a threshold: the rates there, and what to call it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from gonogo import metrics
from gonogo.decisions import at_least
from gonogo.errors import InputError
from gonogo.plot.series import CurveName, Series
from gonogo.results import Level, PixelLevel, Result
from gonogo.results.decision import image_threshold_text
from gonogo.shown import shown_threshold
from gonogo.states import RankCounts
from gonogo.thresholds import Threshold, fit_threshold
from gonogo.types import Array, Band, Bounded, Curve, Number

__all__ = ["SETTLED", "Mark", "Where", "mark_of", "marks_of", "pixel_mark_of"]

Where: TypeAlias = "str | float | Threshold | None"
"""A threshold: a policy (``"f1"``), a number, a fitted one, or None."""

SETTLED = "settled"
"""The threshold that was settled for the result, else the best F1."""


@dataclass(frozen=True)
class Mark:
    """A threshold on a level, and the point of the curve there."""

    label: str
    threshold: float
    x: float = math.nan
    y: float = math.nan
    exact: bool = True


def marks_of(series: list[Series], curve: CurveName, where: Where) -> list[Mark | None]:
    """The mark of each series, None where there is none to draw."""
    if where is None:
        return [None] * len(series)
    numbers = isinstance(where, int | float) and not isinstance(where, bool)
    if numbers and len({one.level_name for one in series}) > 1:
        raise InputError(
            f"threshold: found the number {where!r} for two levels, each with scores of its own; "
            "name one with level='image' or level='pixel'"
        )
    return [_on_curve(one, curve, where) for one in series]


def mark_of(result: Result, where: Where) -> Mark | None:
    """The threshold on the images of a result; without a point of a curve."""
    return _threshold(Series("", Curve.undefined(""), "image", result.image, result), where)


def pixel_mark_of(result: Result, where: Where) -> Mark | None:
    """The threshold on the pixels of a result; None where it has none."""
    if result.pixel is None:
        return None
    mark = _threshold(Series("", Curve.undefined(""), "pixel", result.pixel, result), where)
    return None if mark is None or math.isnan(mark.threshold) else mark


def _on_curve(series: Series, curve: CurveName, where: Where) -> Mark | None:
    mark = _threshold(series, where)
    if mark is None or math.isnan(mark.threshold) or series.curve.reason is not None:
        return None
    rates = None if series.level is None else _rates(series, mark.threshold)
    if rates is None:
        return _point(mark, series.curve, mark.threshold, None)
    fpr, recall, precision = rates
    if curve == "roc":
        return Mark(mark.label, mark.threshold, fpr, recall)
    if curve == "pr":
        return Mark(mark.label, mark.threshold, recall, precision) if recall == recall else None
    if isinstance(series.level, PixelLevel) and isinstance(series.level.counts, RankCounts):
        return _point(mark, series.level.pro_curve(), mark.threshold, fpr)
    return _point(mark, series.curve, mark.threshold, fpr)


def _threshold(series: Series, where: Where) -> Mark | None:
    """The number, and what to call it."""
    if where == SETTLED:
        thresholds = {} if series.result is None else series.result.thresholds
        where = "f1" if series.level_name is None else thresholds.get(series.level_name, "f1")
    if where is None:
        return None
    if isinstance(where, Threshold):
        if where.level != (series.level_name or where.level):
            return None
        return Mark(f"{where.policy}: {_on_images(series, where.value)}", where.value)
    if not isinstance(where, str):
        value = _number(where)
        return Mark(_at(value), value)
    if where == "f1" and series.level is not None:
        best = series.level.f1_max
        label = f"best F1: {_at(best.threshold, best.next_lower)}"
        return Mark(label, float(best.threshold), exact=_known(best.threshold))
    if series.result is None or series.level_name is None:
        return None
    try:
        fitted = fit_threshold(series.result, policy=where, level=series.level_name)
    except InputError as error:
        raise InputError(f"threshold: {series.level_name} level: {error}") from error
    return Mark(f"{fitted.policy}: {_at(fitted.value, fitted.next_lower)}", fitted.value)


def _rates(series: Series, threshold: float) -> tuple[float, float, float] | None:
    """False positive rate, recall and precision where they are known exactly."""
    level, result = series.level, series.result
    if level is None:
        return None
    if threshold in level.at_threshold:
        one = level.at_threshold[threshold]
        return 1.0 - one.specificity, one.recall, one.precision
    if series.level_name == "image" and result is not None:
        scores = np.array([row.score for row in result.images], np.float64)
        labels = np.array([row.label for row in result.images], np.bool_)
        flagged = at_least(scores, threshold)
        counts = int((flagged & labels).sum()), int((flagged & ~labels).sum())
        return _from_counts(level, *counts)
    if isinstance(level.counts, RankCounts):
        place = np.flatnonzero(level.counts.scores == threshold)
        if place.size:
            k = int(place[0])
            return _from_counts(
                level, int(level.counts.true_positives[k]), int(level.counts.at_least[k])
            )
    return None


def _from_counts(level: Level, found: int, false_alarms: int) -> tuple[float, float, float]:
    one = metrics.confusion(
        0.0, found=found, anomalies=level.anomalous, false_alarms=false_alarms, normals=level.normal
    )
    fpr = false_alarms / level.normal if level.normal else math.nan
    return fpr, one.recall, one.precision


def _point(mark: Mark, curve: Curve | Band, threshold: float, fpr: float | None) -> Mark:
    """The point of a drawn curve at a threshold, between two of its points where it has to be."""
    if isinstance(curve, Band):
        ends = [_point(mark, one, threshold, fpr) for one in (curve.lower, curve.upper)]
        x, y = (sum(getattr(end, axis) for end in ends) / 2.0 for axis in "xy")
        return Mark(mark.label, threshold, x, y, exact=False)
    here = int(np.searchsorted(-curve.thresholds, -threshold, side="right")) - 1
    here = min(max(here, 0), len(curve) - 1)
    if curve.thresholds[here] == threshold or here + 1 == len(curve):
        return Mark(mark.label, threshold, float(curve.x[here]), float(curve.y[here]))
    x, y = curve.x[here : here + 2], curve.y[here : here + 2]
    share = 0.5
    if fpr is not None and x[1] > x[0]:
        share = float(np.clip((fpr - x[0]) / (x[1] - x[0]), 0.0, 1.0))
    return Mark(mark.label, threshold, _between(x, share), _between(y, share), exact=False)


def _between(ends: Array, share: float) -> float:
    return float(ends[0] + share * (ends[1] - ends[0]))


def _at(threshold: Number, next_lower: float | None = None) -> str:
    return f"score ≥ {shown_threshold(threshold, next_lower)}"


def _on_images(series: Series, threshold: float) -> str:
    """A threshold of any origin; in all digits where the scores it decides on are not known."""
    if series.level_name == "image" and series.result is not None:
        return f"score ≥ {image_threshold_text(series.result, threshold)}"
    return _at(threshold)


def _known(number: Number) -> bool:
    return not isinstance(number, Bounded) or number.low == number.high


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(
            f"threshold: found {value!r}; expected a policy such as 'f1', a number, a Threshold or "
            "None"
        )
    return float(value)
