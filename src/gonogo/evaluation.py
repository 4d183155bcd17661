"""The main job: maps and masks in, every standard number out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gonogo import metrics
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
from gonogo.states import (
    BinCounts,
    Observed,
    RankCounts,
    maps_scaled_alone,
    refuse_mixed_masks,
    vector_ranks,
)
from gonogo.types import (
    Confusion,
    ImageRow,
    ImageSource,
    PixelCounts,
    Settings,
)

__all__ = ["concluded", "derived", "evaluate_sources"]

_FEW = 16
"""Distinct anomalous scores of which a common maximum says nothing."""

_MOSTLY = 0.6
"""Defects seldom cover so much of all their images; what lies around them does."""
_ENOUGH_PIXELS = 1 << 14


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
    """Every metric from counts, however they were made.

    Raises:
        InputError: there are masks of 0/1 and of 0/255 among them.
    """
    refuse_mixed_masks(counted.images)
    ranks = counted.ranks()
    rows = tuple(
        one.row if ranks is None else _with_counts(one, settings) for one in counted.images
    )
    defects = sorted({row.defect for row in rows if row.label and row.defect is not None})
    return Result(
        image=_image_level(rows, settings),
        pixel=_pixel_level(counted, ranks, settings),
        by_defect={name: _defect(counted, name, settings) for name in defects},
        images=rows,
        settings=settings,
        mode=counted.mode,
        skipped=counted.skipped,
    )


def _with_counts(one: Observed, settings: Settings) -> ImageRow:
    """The row of an image with the decisions on its pixels, where thresholds were asked for."""
    if not one.decided:
        return one.row
    anomalous = one.row.anomalous_pixels or 0
    at = {
        threshold: PixelCounts(threshold, found, flagged - found, anomalous - found)
        for threshold, (found, flagged) in zip(settings.pixel_thresholds, one.decided, strict=True)
    }
    return replace(one.row, at_threshold=at)


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
    rule, pixel = result.settings.mask_values, result.pixel
    masks = sum(one.masked for one in counted.images)
    if rule is not None and masks and pixel is not None and pixel.anomalous == 0:
        warn(
            f"{where}mask_values: found no anomalous pixel in any of {masks} mask(s) by the rule "
            f"{rule!r}; check which values they have",
            InputWarning,
        )
    share = _anomalous_share(result.images)
    if rule is None and share > _MOSTLY:
        warn(
            f"{where}masks: {share:.0%} of the pixels of anomalous images are anomalous; if the "
            "masks are inverted, white for normal, read them with mask_values='0'",
            InputWarning,
        )
    count = maps_scaled_alone(result.images)
    if count and _are_compared(result) and not _are_coarse(counted):
        warn(
            f"{where}maps: {count} of {len(result.images)} have the same maximum, those of normal "
            "images as well, as if each map had been normalised by itself; then neither image "
            "scores nor pixels can be compared between images. Save the scores as the model gives "
            "them, or normalise all maps by one minimum and maximum",
            InputWarning,
        )
    for line in told(result.undefined):
        warn(f"{where}undefined: {line}", UndefinedMetricWarning)


def _anomalous_share(rows: Sequence[ImageRow]) -> float:
    """How much of the images with anomalous pixels is anomalous; 0 where there are few pixels."""
    sizes = [
        (row.anomalous_pixels, row.height * row.width)
        for row in rows
        if row.anomalous_pixels and row.height is not None and row.width is not None
    ]
    anomalous, every = (sum(column) for column in zip(*sizes, strict=True)) if sizes else (0, 0)
    return anomalous / every if every >= _ENOUGH_PIXELS else 0.0


def _are_compared(result: Result) -> bool:
    """Whether scores of different maps stand in one ranking."""
    return result.pixel is not None or result.settings.image_score != "given"


def _are_coarse(counted: Counted) -> bool:
    """Whether scores take so few values, as 0 and 1, that maps have one maximum anyway."""
    ranks = counted.ranks()
    if ranks is None:
        return False
    return len(ranks.scores if isinstance(ranks, RankCounts) else ranks.tied.scores) <= _FEW
