"""Thresholds to start from: those that policies give on the images, and those saved for pixels."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gonogo.errors import InputError
from gonogo.thresholds import Threshold, parse_policy, threshold_of
from gonogo.thresholds.sample import sorted_scores
from gonogo.types import ImageRow

__all__ = ["image_presets", "pixel_presets"]

_POLICIES = (
    *("f1", "fbeta=2", "youden", "corner", "recall>=1", "recall>=0.95", "precision>=0.95"),
    *("fpr<=0.01", "fpr<=0.05", "conformal=0.05", "quantile=0.95", "max", "sigma=3", "mad=3"),
    "cost=10:1",
)
"""One of every kind."""


def image_presets(
    rows: Sequence[ImageRow], asked: Sequence[float | None], settled: Threshold | None = None
) -> list[dict[str, Any]]:
    """The threshold of each policy on the image scores, or the reason why there is none.

    ``settled`` comes first; ``asked`` are thresholds that the evaluation was asked to report on,
    they come last.
    """
    scores = np.array([row.score for row in rows], np.float64)
    labels = np.array([row.label for row in rows], np.bool_)
    sample = sorted_scores([scores[~labels]], [scores[labels]])
    found: list[dict[str, Any]] = []
    for text in _POLICIES:
        try:
            threshold = threshold_of(sample, parse_policy(text), level="image")
        except InputError as error:
            found.append({"policy": text, "threshold": None, "says": str(error)})
        else:
            found.append({"policy": text, "threshold": threshold.value, "says": threshold.promise})
    return _settled_first(found + _manual(asked, "images"), settled)


def pixel_presets(
    level: Mapping[str, Any],
    asked: Sequence[float | None],
    stops: Sequence[float],
    settled: Threshold | None = None,
) -> list[dict[str, Any]]:
    """The thresholds that the results hold for pixels; of an interval, the stop nearest to it."""
    found = [_preset("f1", level["f1_max"], "the highest F1 of these pixels")]
    for point in level["tpr_at_fpr"]:
        says = f"at most {100 * point['fpr']:g} % of these normal pixels are flagged"
        found.append(_preset(f"fpr<={_plain(point['fpr'])}", point, says))
    for point in level["fpr_at_tpr"]:
        says = f"at least {100 * point['tpr']:g} % of these anomalous pixels are found"
        found.append(_preset(f"recall>={_plain(point['tpr'])}", point, says))
    for one in found:
        if one["threshold"] is None:
            one["says"] = "no threshold of these pixels does that"
        elif stops and one["threshold"] not in stops:
            one["threshold"] = min(stops, key=lambda stop: abs(stop - one["threshold"]))
            one["says"] += ", known by an interval: the stored threshold that is nearest to it"
    return _settled_first(found + _manual(asked, "pixels"), settled, stops)


def _settled_first(
    presets: Sequence[Mapping[str, Any]], settled: Threshold | None, stops: Sequence[float] = ()
) -> list[dict[str, Any]]:
    if settled is None:
        return list(map(dict, presets))
    first: dict[str, Any] = {
        "policy": settled.policy,
        "threshold": settled.value,
        "says": f"settled for this run; {settled.promise}",
    }
    if stops and settled.value not in stops:
        first["threshold"] = min(stops, key=lambda stop: abs(stop - settled.value))
        first["says"] += f"; {settled.value!r}, shown at the stored threshold nearest to it"
    same = (first["policy"], first["threshold"])
    return [first, *(dict(one) for one in presets if (one["policy"], one["threshold"]) != same)]


def _preset(policy: str, point: Mapping[str, Any], says: str) -> dict[str, Any]:
    threshold = point["threshold"]
    if isinstance(threshold, Mapping):
        low, high = threshold["low"], threshold["high"]
        threshold = None if low is None or high is None else low / 2.0 + high / 2.0
    return {"policy": policy, "threshold": threshold, "says": says}


def _plain(number: float) -> str:
    """The shortest text that gives the number again."""
    return repr(float(number)).removesuffix(".0")


def _manual(asked: Sequence[float | None], things: str) -> list[dict[str, Any]]:
    return [
        {
            "policy": f"manual={_plain(value)}",
            "threshold": value,
            "says": f"as asked for, of {things}",
        }
        for value in asked
        if value is not None and abs(value) < sys.float_info.max
    ]
