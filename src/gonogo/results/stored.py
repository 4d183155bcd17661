"""The folder of a run, back as the run that was saved there."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from reprlib import repr as shortened
from typing import Any, Literal

import numpy as np

from gonogo import _check
from gonogo.errors import InputError
from gonogo.report.evaluated import Evaluated, read_run
from gonogo.results.levels import Level, PixelLevel, StoredCurves
from gonogo.results.record import DefectResult, Result, Run
from gonogo.types import (
    Array,
    Band,
    Bounded,
    Confusion,
    Curve,
    F1Max,
    ImageRow,
    OperatingPoint,
    Origin,
    Settings,
    Skipped,
    Undefined,
)

__all__ = ["load", "origin_from", "restored"]

_RATES = ("auroc", "average_precision", "aupr_trapezoid", "iou_max")
_F1 = ("value", "threshold", "precision", "recall")
_AREAS = {"roc": "auroc", "pr": "average_precision", "pro": "aupro["}
_DAMAGED = (AttributeError, OverflowError, RecursionError, StopIteration)
_LATER = {"mask_values", "ignore_value"}
"""Settings that files of an earlier gonogo lack."""
_NO_STOPS: Array = np.empty((0, 3))


def load(folder: str | os.PathLike[str]) -> Run:
    """The run that ``gonogo evaluate --out`` or :meth:`Run.save` has written to a folder.

    Every number is as it was. Curves are those that were stored, with about 1000 points and an area
    within 1e-6 of the exact one; those of a single defect type are not stored, nor are the ranks
    that further metrics could be derived from.

    Raises:
        InputError: the folder holds no complete run, or one that a later gonogo wrote.

    Example:
        >>> import numpy as np, gonogo, tempfile
        >>> maps = np.zeros((2, 4, 4)); maps[1, :2, :2] = 3.0; maps[0, 3, 3] = 1.0
        >>> masks = np.zeros((2, 4, 4), bool); masks[1, :2, :3] = True
        >>> result = gonogo.evaluate(maps, masks)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     _ = result.save(folder)
        ...     gonogo.load(folder).categories["data"] == result
        True
    """
    root = Path(folder)
    return restored(read_run(root), root)


def restored(found: Evaluated, root: Path) -> Run:
    """The run of what was read from its folder.

    Raises:
        InputError: something in it is missing or of another kind.
    """
    try:
        return _run(found)
    except (LookupError, TypeError, ValueError, *_DAMAGED) as error:
        what = " ".join(f"{'no entry ' * isinstance(error, KeyError)}{error}".split())
        raise InputError(
            f"{root / 'results.json'}: found a damaged file of a run ({what}); evaluate the maps "
            "again"
        ) from error


def _run(found: Evaluated) -> Run:
    results = found.results
    settings = _settings(results["settings"])
    curves, stops = _curves(found.curves)
    categories = {
        name: replace(
            _Stored(name, entry, curves, stops).result(tuple(found.rows[name]), settings),
            thresholds=found.thresholds.get(name, {}),
        )
        for name, entry in results["categories"].items()
    }
    _check_mean(results["mean"])
    origin = results.get("origin")
    return Run(
        categories,
        settings,
        seconds=None if results["seconds"] is None else _end(results["seconds"]),
        origin=None if origin is None else origin_from(origin),
    )


def origin_from(document: Mapping[str, Any]) -> Origin:
    """Where the images of a run lie, as it was stored; an older gonogo stored fewer options."""
    known = {field.name for field in fields(Origin)}
    options: dict[str, Any] = {
        name: tuple(map(_text, value)) if isinstance(value, list) else value
        for name, value in document.items()
        if name in known
    }
    for value in options.values():
        if not isinstance(value, str | tuple | None):
            raise TypeError(f"{shortened(value)} in the origin")
    return Origin(**options)


@dataclass(frozen=True)
class _Stored:
    """One category of the document, with the curves of the run."""

    category: str
    entry: Mapping[str, Any]
    curves: Mapping[str, Mapping[str, Curve | Band]]
    stops: Mapping[str, Array]

    def result(self, rows: tuple[ImageRow, ...], settings: Settings) -> Result:
        """The category as it was."""
        entry = self.entry
        if len(rows) != entry["images"]:
            raise ValueError(f"{entry['images']} images, but {len(rows)} in images.csv")
        return Result(
            **self._levels("", entry),
            by_defect={
                name: DefectResult(**self._levels(f"by_defect[{name}].", one))
                for name, one in entry["by_defect"].items()
            },
            images=rows,
            settings=settings,
            mode=_mode(entry["mode"]),
            skipped=tuple(
                Skipped(_text(one["name"]), _text(one["reason"])) for one in entry["skipped"]
            ),
        )

    def _levels(self, prefix: str, entry: Mapping[str, Any]) -> dict[str, Any]:
        image = self._common(f"{prefix}image", entry["image"])
        found: dict[str, Any] = {"image": Level(**image), "pixel": None}
        pixel = entry["pixel"]
        if pixel is not None:
            name = f"{prefix}pixel"
            aupro = {
                _rate(at["fpr_limit"]): self._number(
                    f"{name}.aupro[{at['fpr_limit']!r}]", at["value"]
                )
                for at in pixel["aupro"]
            }
            if not aupro:
                raise ValueError("no AUPRO")
            found["pixel"] = PixelLevel(
                **self._common(name, pixel), regions=_whole(pixel["regions"]), aupro=aupro
            )
        return found

    def _common(self, name: str, level: Mapping[str, Any]) -> dict[str, Any]:
        best = f"{name}.f1_max"
        return {
            "anomalous": _whole(level["anomalous"]),
            "normal": _whole(level["normal"]),
            **{rate: self._number(f"{name}.{rate}", level[rate]) for rate in _RATES},
            "f1_max": F1Max(
                **{key: self._number(best, level["f1_max"][key]) for key in _F1},
                next_lower=_next_lower(level["f1_max"]),
            ),
            "tpr_at_fpr": self._points(f"{name}.tpr_at_fpr", "fpr", level["tpr_at_fpr"]),
            "fpr_at_tpr": self._points(f"{name}.fpr_at_tpr", "tpr", level["fpr_at_tpr"]),
            "precision_at_recall": self._points(
                f"{name}.precision_at_recall", "recall", level["precision_at_recall"]
            ),
            "at_threshold": dict(self._decided(name, one) for one in level["at_threshold"]),
            "counts": self._told(name),
        }

    def _told(self, name: str) -> StoredCurves:
        """The curves of a level; one that has no points says why."""
        place = f"{self.category}/{name}"
        curves = {
            curve_name: curve if _length(curve) else Curve.undefined(self._reason(name, curve_name))
            for curve_name, curve in self.curves.get(place, {}).items()
        }
        return StoredCurves(curves, self.stops.get(place, _NO_STOPS))

    def _reason(self, name: str, curve: str) -> str:
        area = f"{name}.{_AREAS[curve]}"
        reasons: Mapping[str, str] = self.entry["undefined"]
        return next(why for of, why in reasons.items() if of.startswith(area))

    def _points(
        self, name: str, given: str, points: list[dict[str, Any]]
    ) -> dict[float, OperatingPoint]:
        return {
            _rate(one[given]): OperatingPoint(
                self._number(f"{name}[{one[given]!r}]", one["value"]),
                self._number(f"{name}[{one[given]!r}]", one["threshold"]),
                _next_lower(one),
            )
            for one in points
        }

    def _decided(self, name: str, one: Mapping[str, Any]) -> tuple[float, Confusion]:
        threshold = _end(one["threshold"])
        where = f"{name}.at_threshold[{threshold!r}]"
        values = {key: self._number(f"{where}.{key}", value) for key, value in one.items()}
        return threshold, Confusion(**{**values, "threshold": threshold})

    def _number(self, name: str, value: Any) -> Any:
        if isinstance(value, dict):
            return Bounded(_end(value["low"]), _end(value["high"]))
        reason = self.entry["undefined"].get(name)
        return Undefined(reason) if value is None and reason is not None else _end(value)


def _check_mean(mean: Mapping[str, Any]) -> None:
    """Refuse means that lack a number, of which the report makes a table."""
    for name in ("image", *(mean.keys() & {"pixel"})):
        for rate in (*_RATES, "f1_max", *(["aupro"] if name == "pixel" else [])):
            if rate not in mean[name]:
                raise KeyError(f"mean.{name}.{rate}")
    for at in mean.get("pixel", {}).get("aupro", []):
        _rate(at["fpr_limit"]), at["value"]
    _check_intervals(mean)


def _check_intervals(part: Any) -> None:
    """Refuse a part of the document in which the low end of an interval is above the high one."""
    if isinstance(part, Mapping) and part.keys() == {"low", "high"}:
        Bounded(_end(part["low"]), _end(part["high"]))
    elif isinstance(part, Mapping | list):
        for inner in part.values() if isinstance(part, Mapping) else part:
            _check_intervals(inner)


def _end(value: Any) -> Any:
    """A number, with the infinities that JSON does not know; see ``gonogo.results.document``."""
    if value is None:
        return math.inf
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{shortened(value)} in the place of a number")
    if not math.isfinite(value):  # an integer beyond float64 raises
        raise ValueError(f"the number {value}")
    return -math.inf if value == -sys.float_info.max else value


def _next_lower(record: Mapping[str, Any]) -> float | None:
    """What files of an earlier gonogo lack."""
    value = record.get("next_lower")
    return None if value is None else float(_end(value))


def _whole(value: Any) -> int:
    """A count."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 1 << 63:
        raise TypeError(f"{shortened(value)} in the place of a count")
    return value


def _rate(value: Any) -> float:
    rate = _end(value)
    if not 0.0 <= rate <= 1.0:
        raise ValueError(f"the rate {shortened(value)}")
    return float(rate)


def _mode(value: Any) -> Literal["exact", "certified"]:
    if value not in ("exact", "certified"):
        raise ValueError(f"the mode {shortened(value)}")
    return "exact" if value == "exact" else "certified"


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{shortened(value)} in the place of a text")
    return value


def _settings(found: Mapping[str, Any]) -> Settings:
    """The settings, each checked as if it was given now."""
    known = {field.name: field.default for field in fields(Settings)}
    for name in known.keys() - _LATER - found.keys():
        raise KeyError(f"settings.{name}")
    for name, default in known.items():
        if isinstance(default, tuple) and not isinstance(found[name], list):
            raise TypeError(f"{shortened(found[name])} for {name}")
    options: dict[str, Any] = {
        name: tuple(map(_end, value)) if isinstance(value, list) else value
        for name, value in found.items()
        if name in known
    }
    if options.get("image_score") == "given":
        return replace(_check.settings(**{**options, "image_score": "max"}), image_score="given")
    return _check.settings(**options)


def _curves(
    arrays: Mapping[str, Array],
) -> tuple[dict[str, dict[str, Curve | Band]], dict[str, Array]]:
    """Curves by ``<category>/<level>`` and their own name, and stops by the former."""
    found: dict[str, dict[str, Curve | Band]] = {}
    stops: dict[str, Array] = {}
    for key, columns in arrays.items():
        place, _, name = key.rpartition("/")
        if name == "stops":
            stops[place] = columns
        elif name == "lower":
            place, _, name = place.rpartition("/")
            upper = _curve(arrays[f"{place}/{name}/upper"])
            found.setdefault(place, {})[name] = Band(_curve(columns), upper)
        elif name != "upper":
            found.setdefault(place, {})[name] = _curve(columns)
    return found, stops


def _curve(columns: Array) -> Curve:
    x, y, thresholds = columns.T
    return Curve(x, y, thresholds)


def _length(curve: Curve | Band) -> int:
    return len(curve if isinstance(curve, Curve) else curve.lower)
