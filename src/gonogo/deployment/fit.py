"""Folders of maps as a sample to fit thresholds on, and the scales that go with a threshold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any, Unpack

import numpy as np

from gonogo import _check
from gonogo.datasets import FolderProgress, ImageFile, find_categories
from gonogo.datasets.folder_options import FolderKeywords
from gonogo.datasets.normal_folders import is_usual_name
from gonogo.datasets.score_file import with_scores
from gonogo.deployment.listing import listed_maps
from gonogo.errors import InputError
from gonogo.normalization import METHODS, Cdf, Normalization
from gonogo.thresholds import (
    Columns,
    Found,
    Sample,
    Scores,
    Threshold,
    ThresholdLevel,
    found_in,
    sample_of_sources,
)
from gonogo.types import Resize

__all__ = ["fitted_scale", "sample_in"]

_RUN = ("images.csv", "results.json")


def sample_in(
    source: Path,
    *,
    level: ThresholdLevel | None = None,
    ground_truth: Path | None = None,
    category: str | None = None,
    columns: Columns | None = None,
    image_score: str | Path = "max",
    resize: Resize | None = None,
    mask_values: str | None = None,
    ignore_value: float | None = None,
    progress: FolderProgress | None = None,
    **options: Unpack[FolderKeywords],
) -> Found:
    """The scores of one category, from the folder of a run, a CSV file, or a folder of maps.

    Maps are of pixel level unless another is named. Without ground truth every map below the folder
    is one of a normal image; a folder that by its names holds defects is then refused. ``resize``
    brings maps to the size of their masks, as in :func:`gonogo.evaluate_folder`; ``mask_values``,
    ``ignore_value`` and the other options are those of there, too.
    """
    if not source.exists():
        raise InputError(
            f"{source}: found nothing there; expected the folder of a run, a CSV file of scores, "
            "or a folder of maps"
        )
    stored = source.is_file() or any((source / one).is_file() for one in _RUN)
    if image_score != "max" and (stored or level != "image"):
        raise InputError(
            f"image_score: found {image_score} where it has no effect; it says how maps are scored "
            "at image level (--level image)"
        )
    if resize is not None and (stored or ground_truth is None):
        raise InputError(
            f"resize: found {resize} where it has no effect; it brings maps to the size of their "
            "masks, so pass a folder of maps and its ground truth (--ground-truth)"
        )
    if columns and not stored and not isinstance(image_score, Path):
        raise InputError(
            "columns: found some for a folder of maps; they are those of a CSV file of scores"
        )
    for_truth: dict[str, Any] = {"mask_values": mask_values, "ignore_value": ignore_value}
    for name, value in {**for_truth, **options}.items():
        if value not in (None, (), [], "auto") and (stored or ground_truth is None):
            found = value if isinstance(value, str | float) else ", ".join(value)
            raise InputError(
                f"{name}: found {found} where it has no effect; it says how the ground truth is "
                "read, so pass a folder of maps and its ground truth (--ground-truth)"
            )
    if stored:
        if ground_truth is not None:
            raise InputError(
                f"{source}: found scores with their labels, and a ground truth; leave "
                f"{ground_truth} out (--ground-truth), or pass a folder of maps"
            )
        return found_in(source, None, level, category, columns)
    level = level or "pixel"
    sample = _folder_sample(
        source,
        ground_truth,
        level=level,
        category=category,
        columns=columns,
        options=options,
        image_score=image_score,
        reading={"resize": resize, "mask_values": mask_values, "ignore_value": ignore_value},
        progress=progress,
    )
    # Scores of resized maps, or without ignored pixels, are not those of the maps that come later.
    as_later = resize is None and ignore_value is None
    rule = image_score if isinstance(image_score, str) and as_later else "given"
    return sample, level, rule if level == "image" else None


def _folder_sample(
    maps: Path,
    ground_truth: Path | None,
    *,
    level: ThresholdLevel,
    category: str | None,
    columns: Columns | None,
    options: FolderKeywords,
    image_score: str | Path,
    reading: Mapping[str, Any],
    progress: FolderProgress | None,
) -> Scores:
    """The scores of images by the rule or file given, or of all their pixels.

    ``reading`` are the settings that say how maps and masks are read, ``options`` how folders are.
    """
    if ground_truth is None:
        name, images = _all_normal(maps, category)
    else:
        name, images = _one_category(maps, ground_truth, category, options)
    rule = "max" if isinstance(image_score, Path) else image_score
    if isinstance(image_score, Path) and level == "image":
        images = with_scores({name: images}, image_score, columns)[name]
    return sample_of_sources(
        images,
        level,
        _check.settings(image_score=rule, **reading),
        None if progress is None else lambda done, total: progress(name, done, total),
    )


def fitted_scale(method: str, threshold: Threshold, sample: Sample) -> Normalization:
    """The scale of a method for a threshold, from the scores that the threshold was fitted on.

    Cdf takes the normal ones alone.
    """
    kinds = [sample.normal] if METHODS[method] is Cdf else [sample.normal, sample.anomalous]
    return METHODS[method].fit(np.concatenate(kinds), threshold)


def _one_category(
    maps: Path, truth: Path, category: str | None, options: FolderKeywords
) -> tuple[str, list[ImageFile]]:
    chosen = None if category is None else [category]
    found = find_categories(maps, truth, categories=chosen, **options)
    if len(found) > 1:
        raise InputError(
            f"maps: found {len(found)} categories in {maps} ({', '.join(list(found)[:5])}); a "
            "threshold is for one: name it with category (--category)"
        )
    return next(iter(found.items()))


def _all_normal(maps: Path, category: str | None) -> tuple[str, list[ImageFile]]:
    folder = maps if category is None else maps / category
    images = listed_maps(folder)
    for image in images:
        parts = PurePosixPath(image.name).parts
        if len(parts) > 1 and "test" in parts[:-2] and not is_usual_name(parts[-2]):
            raise InputError(
                f"maps: found maps of defects, {folder / image.name}, and no ground truth; give it "
                "(--ground-truth), or pass a folder of normal images alone"
            )
    return folder.name, [replace(image, label=False) for image in images]
