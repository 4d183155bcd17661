"""Thresholds as JSON: the form of ``threshold-1.schema.json``, checked entry by entry when read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from gonogo._check import settings
from gonogo.documents import (
    Entries,
    document_of,
    known_document,
    read_document,
    write_document,
)
from gonogo.errors import InputError, InputWarning, warn
from gonogo.normalization import (
    ENTRIES,
    SCHEMA,
    VERSION,
    Normalization,
    scale_entries,
    scale_of,
    stored_scale,
)
from gonogo.thresholds.policy import share
from gonogo.thresholds.record import Achieved, FittedOn, Rate, Threshold, ThresholdLevel
from gonogo.thresholds.spelling import parse_policy

__all__ = [
    "FILE_NAMES",
    "load_threshold",
    "save_threshold",
    "threshold_document",
    "threshold_from",
]

FILE_NAMES: Mapping[ThresholdLevel, str] = {
    "image": "threshold-image.json",
    "pixel": "threshold-pixel.json",
}
"""Names of the files of a run."""

Given = ParamSpec("Given")
Checked = TypeVar("Checked")

_DIGEST = re.compile(r"[0-9a-f]{64}")


def save_threshold(path: Path, threshold: Threshold, scale: Normalization | None) -> Path:
    """Write a threshold, and its scale for display: the one given, else one that is there."""
    scale = _kept_scale(path, threshold) if scale is None else scale
    return write_document(path, threshold_document(threshold, scale))


def _kept_scale(path: Path, threshold: Threshold) -> Normalization | None:
    """The scale of an earlier file, if it is for this threshold; one that is not is told of."""
    try:
        scale = stored_scale(path)
    except InputError:
        return None  # nothing there, or something else, which is replaced
    if scale is not None and scale.threshold != threshold.value:
        warn(
            f"{path}: the {scale.method} scale that was there goes, because it is for the "
            f"threshold {scale.threshold} and this is {threshold.value}; fit it again",
            InputWarning,
        )
        return None
    return scale


def threshold_document(threshold: Threshold, scale: Normalization | None) -> dict[str, Any]:
    """What the file of a threshold holds."""
    if not isinstance(scale, Normalization | None):
        raise InputError(
            f"normalization: found {scale!r}; expected a scale, for example "
            "gonogo.MinMax.fit(scores, threshold)"
        )
    if scale is not None and scale.threshold != threshold.value:
        raise InputError(
            f"normalization: found a scale for the threshold {scale.threshold}; expected one for "
            f"{threshold.value}: fit it with this threshold"
        )
    content = {
        "threshold": _entries(threshold),
        "normalization": None if scale is None else scale_entries(scale),
    }
    return document_of(SCHEMA, VERSION, content)


def load_threshold(path: Path) -> Threshold:
    """The threshold of a file."""
    return _stated(read_document(path, SCHEMA, VERSION), str(path))


def threshold_from(document: Any, place: str) -> Threshold:
    """The threshold of a document that is in memory; ``place`` is where messages say it was."""
    return _stated(known_document(document, place, SCHEMA, VERSION), place)


def _stated(document: Entries, place: str) -> Threshold:
    document.only(ENTRIES)
    if not document.has("threshold"):
        raise InputError(f"{place}: found a scale without a threshold; fit one: gonogo threshold")
    scale = scale_of(document)
    threshold = _threshold(document.inside("threshold"))
    if scale is not None and scale.threshold != threshold.value:
        raise InputError(
            f"{place}: found the threshold {threshold.value} and a scale for {scale.threshold}; "
            "expected the same"
        )
    return threshold


def _entries(threshold: Threshold) -> dict[str, Any]:
    entries = asdict(threshold)
    if threshold.min_area == 1:
        del entries["min_area"]  # files without it can be read by what knows no regions
    entries["args"] = dict(threshold.args)  # a plain one: checkpoints hold no classes of ours
    entries["achieved"] = {
        name: _rate_entries(getattr(threshold.achieved, name)) for name in entries["achieved"]
    }
    return entries


def _rate_entries(rate: Rate) -> dict[str, Any]:
    low, high = rate.interval
    return {
        "count": rate.count,
        "of": rate.of,
        "value": rate.value if rate.of else None,
        "low": low,
        "high": high,
    }


def _threshold(entries: Entries) -> Threshold:
    names = _names(Threshold)
    entries.only(names)
    policy = _told(entries, parse_policy, entries.text("policy"))
    args = entries.inside("args")
    args.only(list(policy.args))
    if {name: args.number(name) for name in policy.args} != policy.args:
        raise entries.refused("args", f"expected those of the policy, {policy.args}")
    return Threshold(
        value=entries.number("value"),
        policy=policy.text,
        args=policy.args,
        level=_level(entries),
        confidence=_confidence(entries) if entries.has("confidence") else None,
        midpoint=entries.flag("midpoint"),
        promise=entries.text("promise"),
        fitted_on=_fitted_on(entries.inside("fitted_on")),
        achieved=_achieved(entries.inside("achieved")),
        next_lower=entries.number("next_lower") if entries.has("next_lower") else None,
        min_area=_min_area(entries) if entries.has("min_area") else 1,
    )


def _level(entries: Entries) -> ThresholdLevel:
    level = entries.text("level")
    if level == "image":
        return "image"
    if level == "pixel":
        return "pixel"
    raise entries.refused("level", "expected image or pixel")


def _min_area(entries: Entries) -> int:
    area = entries.whole("min_area", least=1)
    if area > 1 and entries.text("level") == "image":
        raise entries.refused("min_area", "expected none at image level")
    return area


def _confidence(entries: Entries) -> float:
    return _told(entries, share, entries.number("confidence"), "confidence")


def _image_score(entries: Entries) -> str:
    rule = entries.text("image_score")
    return rule if rule == "given" else _told(entries, settings, image_score=rule).image_score


def _told(
    entries: Entries, check: Callable[Given, Checked], *given: Given.args, **named: Given.kwargs
) -> Checked:
    """What a check returns; what it refuses is told with the file."""
    try:
        return check(*given, **named)
    except InputError as error:
        raise InputError(f"{entries.place}: {error}") from error


def _fitted_on(entries: Entries) -> FittedOn:
    entries.only(_names(FittedOn))
    digest = entries.text("digest") if entries.has("digest") else None
    if digest is not None and not _DIGEST.fullmatch(digest):
        raise entries.refused("digest", "expected the 64 hexadecimal digits of a SHA-256")
    return FittedOn(
        normal=entries.whole("normal"),
        anomalous=entries.whole("anomalous"),
        digest=digest,
        image_score=_image_score(entries) if entries.has("image_score") else None,
    )


def _achieved(entries: Entries) -> Achieved:
    names = _names(Achieved)
    entries.only(names)
    return Achieved(*(_rate(entries.inside(name)) for name in names))


def _rate(entries: Entries) -> Rate:
    entries.only(["count", "of", "value", "low", "high"])
    rate = Rate(entries.whole("count"), entries.whole("of"))
    if rate.count > rate.of:
        raise entries.refused("count", f"expected at most {rate.of}")
    return rate


def _names(record: type[Threshold] | type[FittedOn] | type[Achieved]) -> list[str]:
    return [field.name for field in fields(record)]
