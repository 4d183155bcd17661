"""What names a threshold: a file of gonogo, the ``metadata.json`` of anomalib, or a number."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gonogo._check import plain_number
from gonogo.documents import known_document, read_json
from gonogo.errors import InputError
from gonogo.normalization import SCHEMA, VERSION, MinMax, Normalization, scale_of
from gonogo.thresholds import (
    Threshold,
    ThresholdLevel,
    parse_policy,
    sorted_scores,
    threshold_from,
    threshold_of,
)

__all__ = ["GivenThreshold", "given_threshold", "is_metadata"]

GivenThreshold = tuple[Threshold, Normalization | None]
"""A threshold, and the scale that comes with it."""

_log = logging.getLogger("gonogo")
# The range of the scores: of anomalib 1.x by level, of 0.x one for both.
_RANGES: Mapping[ThresholdLevel, tuple[str, str]] = {
    "image": ("pred_scores.min", "pred_scores.max"),
    "pixel": ("anomaly_maps.min", "anomaly_maps.max"),
}


def given_threshold(source: Path, level: ThresholdLevel | None = None) -> GivenThreshold:
    """The threshold that a path or a number names; of those that hold both, that of a level.

    A number, also one that is all a JSON file holds, is an image threshold if no level is named.
    Thresholds of a ``metadata.json``, which anomalib 0.x and 1.x export with a model, are in units
    of the raw scores.

    Raises:
        InputError: there is no such file, it holds no threshold, or one of another level.
    """
    number = None if source.exists() else plain_number(str(source))
    if number is not None:
        return _manual(number, level or "image"), None
    document = read_json(source, f"a {SCHEMA} file, or the metadata.json of an anomalib model")
    if isinstance(document, int | float) and not isinstance(document, bool):
        return _manual(_finite(document, str(source)), level or "image"), None
    if _is_metadata(document):
        return _of_metadata(document, source, level or "image")
    threshold = threshold_from(document, str(source))
    if level is not None and threshold.level != level:
        raise InputError(
            f"{source}: found a threshold of {threshold.level} level; expected {level} level"
        )
    return threshold, scale_of(known_document(document, str(source), SCHEMA, VERSION))


def is_metadata(source: Path, level: ThresholdLevel) -> bool:
    """Whether this is a ``metadata.json`` of anomalib that has a threshold of a level."""
    if not source.is_file():
        return False
    document = read_json(source, f"a {SCHEMA} file, or the metadata.json of an anomalib model")
    return _is_metadata(document) and f"{level}_threshold" in document


def _is_metadata(document: Any) -> bool:
    keys = ("image_threshold", "pixel_threshold")
    return (
        isinstance(document, dict) and "schema" not in document and any(k in document for k in keys)
    )


def _of_metadata(
    document: Mapping[str, Any], source: Path, level: ThresholdLevel
) -> GivenThreshold:
    key = f"{level}_threshold"
    if key not in document:
        raise InputError(f"{source}: found no {key}; expected one for decisions on {level}s")
    if "image_mean" in document or "pixel_mean" in document:
        raise InputError(
            f"{source}: found the normalization cdf, whose thresholds are of standardised "
            "logarithms and not of the scores; fit one on the scores: gonogo threshold"
        )
    threshold = _manual(_number(document, key, source), level)
    low, high = next(
        (names for names in (_RANGES[level], ("min", "max")) if names[0] in document), ("", "")
    )
    _log.info(
        "%s: %s %r decides on raw scores, before anomalib normalises them",
        source,
        key,
        threshold.value,
    )
    if not low:
        return threshold, None
    ends = _number(document, low, source), _number(document, high, source)
    if ends[0] > ends[1]:
        raise InputError(f"{source}: found {low} {ends[0]} and {high} {ends[1]}; expected a range")
    return threshold, MinMax(threshold.value, *ends)


def _number(document: Mapping[str, Any], key: str, source: Path) -> float:
    value = document.get(key)
    while isinstance(value, list) and len(value) == 1:
        value = value[0]
    return _finite(value, f"{source}: {key}")


def _finite(value: Any, place: str) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            if math.isfinite(value):
                return float(value)
        except OverflowError:
            pass
    raise InputError(f"{place}: found {str(value)[:40]!r}; expected a finite number")


def _manual(value: float, level: ThresholdLevel) -> Threshold:
    """A threshold that was fitted on nothing."""
    return threshold_of(sorted_scores([], []), parse_policy(value), level=level)
