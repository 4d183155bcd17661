"""A report as plain data with a version: the JSON inside the page, and all that the page shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gonogo.documents import document_of
from gonogo.errors import InputWarning, warn
from gonogo.orientation import Mismatch, explain_mismatches
from gonogo.report.evaluated import Evaluated
from gonogo.report.heat import HeatSteps, heat_steps
from gonogo.report.links import link_to
from gonogo.report.originals import matched
from gonogo.report.pictures import draw_pictures, side_of
from gonogo.report.presets import image_presets, pixel_presets
from gonogo.report.stops import with_stop
from gonogo.report.telling import HowMany, checked_count, most_telling
from gonogo.sorting import sortable
from gonogo.types import ROW_FACTS, Array, ImageRow, Original, Settings

__all__ = ["SCHEMA_VERSION", "report_document"]

SCHEMA_VERSION = 1
_POINTS, _FEWER, _MANY = 400, 200, 6
"""Points of a curve, and those of each where there are many categories."""


def report_document(
    evaluated: Evaluated,
    originals: Mapping[str, Sequence[Original]],
    folder: Path,
    *,
    images: HowMany,
) -> dict[str, Any]:
    """The report of an evaluation (JSON schema ``report-1.schema.json``).

    ``originals`` are the images of each category, where they can be read; ``folder`` is where the
    page will lie, for links. Scores, counts and thresholds are exact; curves are for drawing.
    """
    results = evaluated.results
    found = {
        name: matched(evaluated.rows[name], originals.get(name, ())) for name in evaluated.rows
    }
    parts = {name: _category(evaluated, name) for name in results["categories"]}
    starts = {name: part["start"]["image"] for name, part in parts.items()}
    scales = {name: _scale(evaluated.rows[name], part) for name, part in parts.items()}
    chosen = _chosen(evaluated.rows, found, starts, checked_count(images))
    wanted = [(name, place) for name, places in chosen.items() for place in places]
    side = side_of(len(wanted))
    drawn = draw_pictures(
        [(found[name][place], scales[name]) for name, place in wanted],
        side,
        _mask_settings(results["settings"]),
    )
    for name, part in parts.items():
        scale = scales[name]
        part["heat"] = None if scale is None else _plain_scale(scale)
        part["rows"]["link"] = [
            link_to(found[name][k], folder) if k in found[name] else None
            for k in range(len(evaluated.rows[name]))
        ]
        part["pictures"] = {}
    for (name, place), picture in zip(wanted, drawn, strict=True):
        parts[name]["pictures"][str(place)] = picture
    _warn_of_photographs(evaluated.rows, wanted, drawn)
    content = {
        "digest": evaluated.digest(),
        "side": side,
        "results": {**results, "origin": None},  # a page that is sent names no folders
        "categories": parts,
    }
    return document_of("gonogo.report", SCHEMA_VERSION, content)


def _warn_of_photographs(
    rows: Mapping[str, Sequence[ImageRow]],
    wanted: Sequence[tuple[str, int]],
    drawn: Sequence[Mapping[str, Any]],
) -> None:
    """Once for all photographs that could not lie under their maps."""
    mismatches = [
        Mismatch(rows[name][k].name, (one["height"], one["width"]), tuple(one["frame"]))
        for (name, k), one in zip(wanted, (each.get("beside") for each in drawn), strict=True)
        if one is not None
    ]
    if mismatches:
        warn(explain_mismatches(mismatches, "report"), InputWarning)


def _category(evaluated: Evaluated, name: str) -> dict[str, Any]:
    rows, settings = evaluated.rows[name], evaluated.results["settings"]
    numbers = evaluated.results["categories"][name]
    settled = evaluated.thresholds.get(name, {})
    presets = {
        "image": image_presets(rows, settings["image_thresholds"], settled.get("image")),
        "pixel": [],
    }
    stops = evaluated.curves.get(f"{name}/pixel/stops", np.empty((0, 3)))
    if numbers["pixel"] is not None:
        stops = with_stop(stops, numbers["pixel"], settled.get("pixel"))
        presets["pixel"] = pixel_presets(
            numbers["pixel"],
            settings["pixel_thresholds"],
            stops[:, 0].tolist(),
            settled.get("pixel"),
        )
    return {
        "rows": {name: [getattr(row, name) for row in rows] for name in ROW_FACTS},
        "curves": {
            level: _curves(evaluated.curves, f"{name}/{level}/", len(evaluated.rows))
            for level in ("image", "pixel")
        },
        "stops": {
            "threshold": stops[:, 0].tolist(),
            "true_positives": stops[:, 1].astype(np.int64).tolist(),
            "false_positives": stops[:, 2].astype(np.int64).tolist(),
        },
        "presets": presets,
        "start": {level: _start(presets[level], settled=level in settled) for level in presets},
    }


def _start(presets: Sequence[Mapping[str, Any]], *, settled: bool) -> float | None:
    """What was settled, else the best F1, the highest normal score or what else there is."""
    if settled and presets:
        return float(presets[0]["threshold"])
    by_policy = {one["policy"]: one["threshold"] for one in presets}
    known = [one for one in by_policy.values() if one is not None]
    for policy in ("f1", "max"):
        if by_policy.get(policy) is not None:
            return float(by_policy[policy])
    return float(known[0]) if known else None


def _curves(arrays: Mapping[str, Array], prefix: str, categories: int) -> dict[str, Any]:
    """Curves by name, each drawn by few points; the two ends of a band are ``/lower, /upper``."""
    points = _POINTS if categories <= _MANY else _FEWER
    return {
        name.removeprefix(prefix): _drawn(array, points)
        for name, array in arrays.items()
        if name.startswith(prefix) and not name.endswith("/stops")
    }


def _drawn(array: Array, points: int) -> dict[str, list[float | None]]:
    """Some points, both rates by six digits; thresholds as they are: a reader types them in."""
    places = np.unique(sortable(np.linspace(0, len(array) - 1, points).round().astype(int)))
    some = array[places] if len(array) else array
    thresholds = [float(value) if np.isfinite(value) else None for value in some[:, 2]]
    return {
        "x": [float(f"{value:.6g}") for value in some[:, 0]],
        "y": [float(f"{value:.6g}") for value in some[:, 1]],
        "threshold": thresholds,
    }


def _chosen(
    rows: Mapping[str, Sequence[ImageRow]],
    found: Mapping[str, Mapping[int, Original]],
    starts: Mapping[str, float | None],
    count: int | None,
) -> dict[str, list[int]]:
    shown = {
        name: [place for place, one in originals.items() if _can_be_shown(one)]
        for name, originals in found.items()
    }
    if count is None or count >= sum(map(len, shown.values())):
        return shown
    some = {name: [rows[name][k] for k in places] for name, places in shown.items()}
    telling = most_telling(some, starts, count)
    return {name: [shown[name][k] for k in places] for name, places in telling.items()}


def _mask_settings(settings: Mapping[str, Any]) -> Settings:
    """How masks and maps were read; runs of older releases have no rule for masks."""
    return Settings(
        resize=settings["resize"],
        mask_values=settings.get("mask_values"),
        ignore_value=settings.get("ignore_value"),
    )


def _can_be_shown(original: Original) -> bool:
    return original.photograph is not None or getattr(original.image, "map", True) is not None


def _scale(rows: Sequence[ImageRow], part: Mapping[str, Any]) -> HeatSteps | None:
    presets = [one["threshold"] for one in part["presets"]["pixel"]]
    known = sorted({float(one) for one in presets if one is not None})
    return heat_steps(rows, known, part["stops"]["threshold"], middle=part["start"]["pixel"])


def _plain_scale(scale: HeatSteps) -> dict[str, Any]:
    return {"low": scale.low, "high": scale.high, "steps": scale.steps.tolist()}
