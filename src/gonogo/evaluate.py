"""The main job: maps and masks in, every standard number out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gonogo import _check, metrics
from gonogo.counting import Counted, Progress, count_images
from gonogo.decisions import at_least
from gonogo.errors import InputWarning, UndefinedMetricWarning, warn
from gonogo.results import (
    DefectResult,
    Level,
    PixelLevel,
    Result,
    image_level,
    pixel_level,
    told,
)
from gonogo.states import BinCounts, RankCounts, vector_ranks
from gonogo.types import (
    Confusion,
    Connectivity,
    ImageRow,
    ImageSource,
    Mode,
    Resize,
    Settings,
)

__all__ = ["concluded", "derived", "evaluate", "evaluate_sources"]


def evaluate(
    maps: Any,
    masks: Any = None,
    *,
    labels: Any = None,
    image_scores: Any = None,
    defects: Sequence[str | None] | None = None,
    names: Sequence[str] | None = None,
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
    progress: Progress | None = None,
) -> Result:
    """Score a detector: every standard image and pixel metric, exact, in one call.

    Args:
        maps: anomaly maps, higher = more anomalous: ``(H, W)``, ``(N, H, W)`` or ``(N, 1, H, W)``
            arrays or tensors of any real dtype, a list of images of any sizes, or, without
            ``masks``, an iterable of ``(map, mask)``, single images or batches. ``None`` for image
            scores alone.
        masks: ground truth of the same shapes: bool, integers 0/1, or uint8 0/255; ``None`` in a
            list = a normal image. Without masks (and with ``labels``) there is no pixel level.
        labels: ``(N,)``, 1 = anomalous image; by default whether the mask has anomalous pixels.
        image_scores: ``(N,)``; by default taken from each map, see ``image_score``.
        defects: ``(N,)`` names of the defect types, for ``result.by_defect``.
        names: ``(N,)`` names of the images, for ``result.images`` and messages.
        fpr_limits: the limits of AUPRO, each in (0, 1].
        connectivity: 8 or 4, of the regions that AUPRO counts alike.
        image_score: ``"max"`` of the map, or ``"top-<k>"`` for the mean of its k largest scores.
        resize: ``"nearest"``, ``"bilinear"`` or ``"bicubic"`` brings maps to the size of their
            masks; by default different sizes are refused.
        at_fpr: false positive rates at which to report the true positive rate.
        at_recall: recalls at which to report the false positive rate and the precision.
        image_thresholds: thresholds at which to report the confusion of images.
        pixel_thresholds: thresholds at which to report the confusion of pixels.
        mode: ``"exact"``, or ``"certified"`` for pixel metrics as intervals from counts in bounded
            memory; ``"auto"`` is exact, as the maps are in memory anyway.
        budget: memory of the certified counts, in bytes or as text; 64 MiB by default.
        progress: called with (images done, images in all).

    Returns:
        A frozen :class:`~gonogo.results.Result`: ``.image``, ``.pixel``, ``.by_defect``,
        ``.images``, ``.undefined``. What the data does not define is nan with a reason.

    Raises:
        InputError: an argument is unusable; the message says which and what to do.

    Example:
        >>> import numpy as np, gonogo
        >>> maps = np.zeros((2, 4, 4)); maps[1, :2, :2] = 3.0; maps[0, 3, 3] = 1.0
        >>> masks = np.zeros((2, 4, 4), bool); masks[1, :2, :3] = True
        >>> result = gonogo.evaluate(maps, masks)
        >>> result.image.auroc, round(result.pixel.aupro[0.3], 4)
        (1.0, 0.7062)
    """
    settings = _check.settings(
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
    )
    if masks is None and labels is None and isinstance(maps, Iterable):
        maps, masks = _check.pairs(maps)
    sources = _check.images(
        maps, masks, labels=labels, scores=image_scores, defects=defects, names=names
    )
    if image_scores is not None:
        settings = replace(settings, image_score="given")
    return evaluate_sources(
        sources,
        settings,
        pixels=maps is not None and masks is not None,
        progress=progress,
        in_memory=True,
    )


def evaluate_sources(
    sources: Sequence[ImageSource],
    settings: Settings,
    *,
    category: str | None = None,
    pixels: bool = True,
    progress: Progress | None = None,
    in_memory: bool = False,
) -> Result:
    """Score images that are read when their turn comes; see :mod:`gonogo.counting`.

    ``category`` is what warnings call them.
    """
    counted = count_images(sources, settings, pixels=pixels, progress=progress, in_memory=in_memory)
    return concluded(counted, settings, category=category)


def concluded(counted: Counted, settings: Settings, *, category: str | None = None) -> Result:
    """Every metric from counts, with a warning for what they leave open."""
    result = derived(counted, settings)
    _warn(result, counted, "" if category is None else f"{category}: ")
    return result


def derived(counted: Counted, settings: Settings) -> Result:
    """Every metric from counts, however they were made."""
    rows = tuple(one.row for one in counted.images)
    defects = sorted({row.defect for row in rows if row.label and row.defect is not None})
    return Result(
        image=_image_level(rows, settings),
        pixel=_pixel_level(counted, counted.ranks(), settings),
        by_defect={name: _defect(counted, name, settings) for name in defects},
        images=rows,
        settings=settings,
        mode=counted.mode,
        skipped=counted.skipped,
    )


def _defect(counted: Counted, name: str, settings: Settings) -> DefectResult:
    """The images of one defect against all normal images, their pixels against all normal ones."""
    rows = [one.row for one in counted.images]
    chosen = [row for row in rows if not row.label or row.defect == name]
    return DefectResult(
        image=_image_level(chosen, settings),
        pixel=_pixel_level(counted, counted.ranks_of(name), settings, name),
    )


def _pixel_level(
    counted: Counted,
    ranks: RankCounts | BinCounts | None,
    settings: Settings,
    defect: str | None = None,
) -> PixelLevel | None:
    if ranks is None:
        return None
    tied = ranks if isinstance(ranks, RankCounts) else ranks.tied
    every = [one.decided for one in counted.images]
    found = [one.decided for one in counted.images if defect is None or one.row.defect == defect]
    at = {
        threshold: metrics.confusion(
            threshold,
            found=sum(counts[k][0] for counts in found),
            anomalies=tied.anomalies,
            false_alarms=sum(counts[k][1] - counts[k][0] for counts in every),
            normals=tied.normals,
        )
        for k, threshold in enumerate(settings.pixel_thresholds)
    }
    return pixel_level(ranks, settings, at, certified=counted.mode == "certified")


def _image_level(rows: Sequence[ImageRow], settings: Settings) -> Level:
    scores = np.array([row.score for row in rows], np.float64)
    labels = np.array([row.label for row in rows], np.bool_)
    at: dict[float, Confusion] = {}
    for threshold in settings.image_thresholds:
        flagged = at_least(scores, threshold)
        at[threshold] = metrics.confusion(
            threshold,
            found=int(np.count_nonzero(flagged & labels)),
            anomalies=int(np.count_nonzero(labels)),
            false_alarms=int(np.count_nonzero(flagged & ~labels)),
            normals=int(np.count_nonzero(~labels)),
        )
    return image_level(vector_ranks(scores, labels), settings, at)


def _warn(result: Result, counted: Counted, where: str) -> None:
    empty = [one.row.name for one in counted.images if one.empty_mask]
    if empty:
        warn(
            f"{where}masks: {len(empty)} anomalous image(s) have an empty mask, the first "
            f"{empty[0]!r}; their pixels count as normal",
            InputWarning,
        )
    for line in told(result.undefined):
        warn(f"{where}undefined: {line}", UndefinedMetricWarning)
