"""gonogo's own settings: the options of ``evaluate_folder`` by their names, and what to print."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from gonogo.config.job import FigureKind, Job, Pictures, Scale
from gonogo.config.layouts import KnownLayout
from gonogo.config.places import required, score_file, stated
from gonogo.config.section import Section
from gonogo.config.wanted import (
    LEVELS,
    OPTIONS,
    confidence_of,
    metrics_of,
    named_in,
    on_error_of,
    policies_of,
    settings_of,
)
from gonogo.datasets import Layout
from gonogo.drawing import PictureMode

__all__ = ["KEYS", "own_job"]

KEYS = (
    "maps",
    "ground_truth",
    "out",
    "categories",
    "layout",
    "image_scores",
    *OPTIONS,
    "on_error",
    "metrics",
    "threshold",
    "confidence",
    "normalization",
    "figures",
    "pictures",
)
"""Every key there is."""


_LAYOUTS: tuple[Layout, ...] = get_args(Layout)
_SCALES: tuple[Scale, ...] = get_args(Scale)
_FIGURES: tuple[FigureKind, ...] = get_args(FigureKind)
_PICTURES: tuple[PictureMode, ...] = get_args(PictureMode)


def own_job(file: Section, given: Mapping[str, Any]) -> Job:
    """The job of a whole file; ``given`` are options from elsewhere, which come first."""
    for key in file.keys:
        if key == "visualization":
            raise file.refused(key, "unknown key; here figures and pictures ask for drawings")
    file.only(KEYS)
    metrics = file.section("metrics")
    metrics.only(LEVELS)
    wanted = metrics_of(metrics)
    scale = file.choice("normalization", _SCALES)
    policies = policies_of(file, "threshold")
    for level in LEVELS:
        if scale is not None or any(one.at_threshold for one in wanted.get(level, ())):
            policies.setdefault(level, "f1")
    mode, out = file.choice("pictures", _PICTURES), stated(file, "out", given.get("out"))
    for key in ("figures", "pictures"):
        if key in file and out is None:
            raise file.refused(key, "found no folder for them; set out, or give --out DIR")
    return Job(
        file=file.file,
        source=_source(file, given),
        maps=required(file, "maps", given, "maps"),
        settings=settings_of(file, given, wanted, policies),
        metrics=wanted,
        policies=policies,
        confidence=confidence_of(file, policies),
        image_scores=score_file(file, given),
        scale=scale,
        pictures=None if mode is None else Pictures(mode, None),
        figures=file.choice("figures", _FIGURES),
        out=out,
        on_error=on_error_of(file, given),
        named=named_in(file, given),
    )


def _source(file: Section, given: Mapping[str, Any]) -> KnownLayout:
    ground_truth = required(file, "ground_truth", given, "ground_truth")
    categories, layout = file.texts("categories"), file.choice("layout", _LAYOUTS)
    return KnownLayout(
        ground_truth,
        given.get("categories") or categories or None,
        given.get("layout") or layout or "auto",
    )
