"""Results as plain numbers, strings and lists: what ``results.json`` holds."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from gonogo._version import __version__
from gonogo.results.levels import Level, PixelLevel
from gonogo.results.versions import versions
from gonogo.types import Bounded, Number, OperatingPoint

if TYPE_CHECKING:
    from gonogo.results.record import Result, Run

__all__ = ["SCHEMA_VERSION", "category_document", "run_document"]

SCHEMA_VERSION = 1


def run_document(run: Run, command: Sequence[str] | None) -> dict[str, Any]:
    """A run, with what it was made by."""
    return {
        "schema": "gonogo.results",
        "version": SCHEMA_VERSION,
        "gonogo": __version__,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": run.seconds,
        "command": None if command is None else list(command),
        "versions": versions(),
        "origin": None if run.origin is None else asdict(run.origin),
        "settings": {
            name: [_finite(one) for one in value] if isinstance(value, tuple) else value
            for name, value in asdict(run.settings).items()
        },
        "categories": {name: category_document(one) for name, one in run.categories.items()},
        "mean": {level: _mean(values) for level, values in run.mean.items()},
    }


def category_document(result: Result) -> dict[str, Any]:
    """One category; nan is None, with its reason under ``undefined``."""
    return {
        "mode": result.mode,
        "images": len(result.images),
        "skipped": [asdict(one) for one in result.skipped],
        "image": _level(result.image),
        "pixel": None if result.pixel is None else _level(result.pixel),
        "by_defect": {
            name: {
                "image": _level(one.image),
                "pixel": None if one.pixel is None else _level(one.pixel),
            }
            for name, one in result.by_defect.items()
        },
        "undefined": dict(result.undefined),
    }


def _level(level: Level) -> dict[str, Any]:
    document = {
        "anomalous": level.anomalous,
        "normal": level.normal,
        "auroc": _finite(level.auroc),
        "average_precision": _finite(level.average_precision),
        "aupr_trapezoid": _finite(level.aupr_trapezoid),
        "f1_max": _finite_values(level.f1_max),
        "iou_max": _finite(level.iou_max),
        "tpr_at_fpr": _points("fpr", level.tpr_at_fpr),
        "fpr_at_tpr": _points("tpr", level.fpr_at_tpr),
        "precision_at_recall": _points("recall", level.precision_at_recall),
        "at_threshold": [_finite_values(one) for one in level.at_threshold.values()],
    }
    if isinstance(level, PixelLevel):
        document["regions"] = level.regions
        document["aupro"] = _limits(level.aupro)
    return document


def _mean(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _limits(value) if isinstance(value, Mapping) else _finite(value)
        for name, value in values.items()
    }


def _limits(by_limit: Mapping[float, Number]) -> list[dict[str, Any]]:
    return [{"fpr_limit": limit, "value": _finite(value)} for limit, value in by_limit.items()]


def _points(given: str, points: Mapping[float, OperatingPoint]) -> list[dict[str, Any]]:
    return [{given: at, **_finite_values(point)} for at, point in points.items()]


def _finite_values(record: Any) -> dict[str, Any]:
    return {name: None if value is None else _finite(value) for name, value in vars(record).items()}


def _finite(value: Number) -> float | dict[str, float | None] | None:
    """A number, the interval that contains it, or None."""
    if isinstance(value, Bounded):
        return {"low": _number(value.low), "high": _number(value.high)}
    return _number(value)


def _number(value: float) -> float | None:
    """JSON knows no infinities: None stands for ``inf``, the lowest number for ``-inf``."""
    if value == -math.inf:
        return -sys.float_info.max
    return value if math.isfinite(value) else None
