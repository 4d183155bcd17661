"""The main job from folders: find the files, read and count them, one result for each category."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from time import perf_counter
from typing import get_args

from gonogo import _check
from gonogo.counting import Counted, count_images
from gonogo.datasets.counting import counting
from gonogo.datasets.folder_options import folder_options
from gonogo.datasets.images import find_images, has_pixel_level
from gonogo.datasets.originals import find_originals, origin_of
from gonogo.errors import InputError
from gonogo.evaluation import concluded
from gonogo.files import local_path
from gonogo.results import Run
from gonogo.types import (
    Connectivity,
    FolderOptions,
    Layout,
    Mode,
    OnError,
    Resize,
    Settings,
    Task,
)

__all__ = ["FolderProgress", "evaluate_folder", "folder_run"]

FolderProgress = Callable[[str, int, int], None]
"""Called after each image with its category, the images done in it, and those in it."""


def evaluate_folder(
    maps: str | os.PathLike[str],
    ground_truth: str | os.PathLike[str],
    *,
    categories: Sequence[str] | None = None,
    image_scores: str | os.PathLike[str] | None = None,
    columns: Mapping[str, str | None] | None = None,
    layout: Layout = "auto",
    normal: str | Sequence[str] = (),
    mask_suffix: str | Sequence[str] = (),
    task: Task | None = None,
    name: str | None = None,
    fpr_limits: float | Sequence[float] = (0.3, 0.05),
    connectivity: Connectivity = 8,
    image_score: str = "max",
    resize: Resize | None = None,
    at_fpr: float | Sequence[float] = (0.01, 0.05),
    at_recall: float | Sequence[float] = (0.95, 0.99),
    image_thresholds: float | Sequence[float] = (),
    pixel_thresholds: float | Sequence[float] = (),
    mode: Mode = "auto",
    budget: int | str | None = None,
    mask_values: str | float | Sequence[float] | None = None,
    ignore_value: float | None = None,
    on_error: OnError = "stop",
    checkpoint: str | os.PathLike[str] | None = None,
    fresh: bool = False,
    progress: FolderProgress | None = None,
) -> Run:
    """Score the anomaly maps of a folder against the ground truth of a data set.

    Both folders hold one category, or one folder for each. In MVTec AD's layout maps are
    ``test/<defect>/<id>.<ext>`` and masks ``ground_truth/<defect>/<id>_mask.<ext>`` (``good``
    needs none); in the plain layout ``<name>.<ext>`` and ``<name>.<ext>`` or ``<name>_mask.<ext>``
    (a map without a mask is a normal image). Maps are TIFF, NPY, NPZ or 8/16-bit grey PNG; masks
    PNG, BMP, GIF or TIFF. ``docs/folders.md`` says which other names are known.

    Args:
        maps: the folder of maps, higher = more anomalous.
        ground_truth: the folder of the data set, or of the masks.
        categories: names of those to evaluate; by default all that have maps.
        image_scores: a CSV file with a column for the image (``image``, ``path``, ``file`` or
            ``name``) and one for its ``score``; by default scores are taken from the maps.
        columns: names of columns of that file that are not known or not certain, by what they
            hold: ``{"image": "part", "score": "raw"}``.
        layout: ``"mvtec"`` or ``"plain"``; by default found out.
        normal: names of the folders of normal images; by default ``good``, ``ok`` or ``normal``,
            in any case.
        mask_suffix: what the names of masks end with, such as ``"_m"``, or ``""`` for nothing; by
            default ``_mask``, ``_gt``, ``_label`` and the like, in any case, or nothing.
        task: ``"image"`` for the image level alone, which needs no masks; ``"pixel"`` refuses a
            data set without masks, where by default the image level alone is evaluated.
        name: what a single category is called in results; by default as its folder.
        fpr_limits: and all further options as in :func:`gonogo.evaluate`.
        connectivity: see :func:`gonogo.evaluate`.
        image_score: see :func:`gonogo.evaluate`.
        resize: see :func:`gonogo.evaluate`.
        at_fpr: see :func:`gonogo.evaluate`.
        at_recall: see :func:`gonogo.evaluate`.
        image_thresholds: see :func:`gonogo.evaluate`.
        pixel_thresholds: see :func:`gonogo.evaluate`.
        mode: ``"exact"``, in memory that grows with the anomalous pixels alone; ``"certified"``,
            pixel metrics as intervals, in memory that does not grow; ``"auto"`` is exact unless
            the anomalous scores alone exceed the budget (1 GiB if none is given).
        budget: memory of the counts, in bytes or as text like ``"64MiB"``, which is the default in
            mode certified.
        mask_values: see :func:`gonogo.evaluate`.
        ignore_value: see :func:`gonogo.evaluate`.
        on_error: ``"stop"`` at an image that cannot be used, or ``"skip"`` it and list it in
            ``result.skipped``.
        checkpoint: a folder in which to write down every few seconds how far counting has come
            (in ``.gonogo-checkpoint``); the same call goes on from there. Once the results are
            saved, remove it with :func:`~gonogo.datasets.discard_checkpoint`.
        fresh: start over where there is a checkpoint.
        progress: called with (category, images done, images in all) after each image.

    Returns:
        A :class:`~gonogo.results.Run`: a result for each category, and their mean.

    Raises:
        InputError: a folder or file is missing, unreadable or not as described, or is not what a
            checkpoint was made of; names the file.
        MissingExtra: the image readers are not installed.
    """
    settings = _check.settings(
        tell=True,
        fpr_limits=fpr_limits,
        connectivity=connectivity,
        image_score=image_score,
        resize=resize,
        at_fpr=at_fpr,
        at_recall=at_recall,
        image_thresholds=image_thresholds,
        pixel_thresholds=pixel_thresholds,
        mode=mode,
        budget=budget,
        mask_values=mask_values,
        ignore_value=ignore_value,
    )
    how = folder_options(
        layout=layout, normal=normal, mask_suffix=mask_suffix, task=task, name=name
    )
    return folder_run(
        maps,
        ground_truth,
        settings,
        how,
        categories=categories,
        image_scores=image_scores,
        columns=columns,
        on_error=on_error,
        checkpoint=checkpoint,
        fresh=fresh,
        progress=progress,
    )


def folder_run(
    maps: str | os.PathLike[str],
    ground_truth: str | os.PathLike[str],
    settings: Settings,
    how: FolderOptions,
    *,
    categories: Sequence[str] | None,
    image_scores: str | os.PathLike[str] | None,
    columns: Mapping[str, str | None] | None,
    on_error: OnError,
    checkpoint: str | os.PathLike[str] | None,
    fresh: bool,
    progress: FolderProgress | None,
    count_sources: Callable[..., Counted] = count_images,
) -> Run:
    """What :func:`evaluate_folder` does with checked options, wherever ``count_sources`` counts."""
    start = perf_counter()
    if on_error not in get_args(OnError):
        raise InputError(f"on_error: found {on_error!r}; expected {' or '.join(get_args(OnError))}")
    if checkpoint is not None:
        local_path(checkpoint, "checkpoint")
    found = find_images(
        maps,
        ground_truth,
        how,
        categories=categories,
        image_scores=image_scores,
        columns=columns,
    )
    if image_scores is not None:
        settings = replace(settings, image_score="given")
    pixels = has_pixel_level(found, how.task)
    with counting(
        settings, on_error, checkpoint, fresh=fresh, pixels=pixels, count_sources=count_sources
    ) as count:
        results = {
            category: concluded(
                count(category, images, None if progress is None else partial(progress, category)),
                settings,
                category=category,
            )
            for category, images in found.items()
        }
    return Run(
        results,
        settings,
        seconds=perf_counter() - start,
        origin=origin_of(maps, ground_truth, how, categories),
        originals=find_originals(ground_truth, found),
    )
