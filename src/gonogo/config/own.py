"""gonogo's own settings: the options of ``evaluate_folder`` by their names, and what to print."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, get_args

from gonogo.config.job import FigureKind, Job, LevelName, Pictures, Scale
from gonogo.config.layouts import KnownLayout
from gonogo.config.places import columns_of, required, score_file, stated
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
from gonogo.datasets.folder_options import FOLDER_OPTIONS, folder_options
from gonogo.datasets.table import is_table
from gonogo.drawing import PictureMode
from gonogo.types import Layout, Task

__all__ = ["KEYS", "own_job"]

KEYS = (
    "maps",
    "ground_truth",
    "out",
    "categories",
    *FOLDER_OPTIONS,
    "image_scores",
    "columns",
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


_FOLDERS: Mapping[str, Callable[[Section, str], Any]] = {
    "layout": partial(Section.choice, options=get_args(Layout)),
    "normal": Section.texts,
    "mask_suffix": partial(Section.texts, empty=True),
    "task": partial(Section.choice, options=get_args(Task)),
    "name": Section.text,
}
"""How each option of how folders are read is read itself."""

_SCALES: tuple[Scale, ...] = get_args(Scale)
_FIGURES: tuple[FigureKind, ...] = get_args(FigureKind)
_PICTURES: tuple[PictureMode, ...] = get_args(PictureMode)


def own_job(file: Section, given: Mapping[str, Any]) -> Job:
    """The job of a whole file; ``given`` are options from elsewhere, which come first."""
    for key in file.keys:
        if key == "visualization":
            raise file.refused(key, "unknown key; here figures and pictures ask for drawings")
    file.only(KEYS)
    maps = required(file, "maps", given, "maps")
    if is_table(maps):
        raise file.refused(
            "maps",
            f"found {maps}, a file of scores; files of settings are for folders of maps: use "
            f"gonogo evaluate {maps} without --config",
        )
    metrics = file.section("metrics")
    metrics.only(LEVELS)
    wanted = metrics_of(metrics)
    scale = file.choice("normalization", _SCALES)
    policies, source = policies_of(file, "threshold"), _source(file, given)
    _of_task(file, source.how.task, wanted, policies)
    for level in LEVELS if source.how.task != "image" else LEVELS[:1]:
        if scale is not None or any(one.at_threshold for one in wanted.get(level, ())):
            policies.setdefault(level, "f1")
    mode, out = file.choice("pictures", _PICTURES), stated(file, "out", given.get("out"))
    for key in ("figures", "pictures"):
        if key in file and out is None:
            raise file.refused(key, "found no folder for them; set out, or give --out DIR")
    return Job(
        file=file.file,
        source=source,
        maps=maps,
        settings=settings_of(file, given, wanted, policies),
        metrics=wanted,
        policies=policies,
        confidence=confidence_of(file, policies),
        pixels=source.how.task != "image",
        image_scores=score_file(file, given),
        columns=columns_of(file, given),
        scale=scale,
        pictures=None if mode is None else Pictures(mode, None),
        figures=file.choice("figures", _FIGURES),
        out=out,
        on_error=on_error_of(file, given),
        named=named_in(file, given),
    )


def _source(file: Section, given: Mapping[str, Any]) -> KnownLayout:
    ground_truth = required(file, "ground_truth", given, "ground_truth")
    options = {name: read(file, name) for name, read in _FOLDERS.items() if name in file}
    options |= {name: given[name] for name in FOLDER_OPTIONS if name in given}
    return KnownLayout(
        ground_truth,
        given.get("categories") or file.texts("categories") or None,
        folder_options(**options),
    )


def _of_task(
    file: Section, task: Task | None, metrics: dict[LevelName, Any], policies: dict[LevelName, str]
) -> None:
    """Take out the thresholds of pixels that a task of images has no use for, unless named so."""
    if task != "image":
        return
    if "pixel" in metrics or ("pixel" in policies and file.has_keys("threshold")):
        key = "metrics" if "pixel" in metrics else "threshold"
        raise file.refused(key, "found it for pixels, but the task is image; leave one of them out")
    policies.pop("pixel", None)
