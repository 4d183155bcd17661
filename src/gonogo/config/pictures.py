"""The pictures that a file of settings asks for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from gonogo.config.run import Outcome
from gonogo.drawing import (
    HeatScale,
    Overlay,
    PictureMode,
    caption_of,
    draw_overlays,
    score_range,
)

__all__ = ["draw_pictures"]


def draw_pictures(outcome: Outcome, folder: Path, mode: PictureMode) -> list[Path]:
    """Write a picture for every image; see :func:`gonogo.drawing.draw_overlays`."""
    return draw_overlays(list(_overlays(outcome)), folder, mode)


def _overlays(outcome: Outcome) -> Iterator[Overlay]:
    for category, found in outcome.found.items():
        result, thresholds = outcome.run.categories[category], outcome.thresholds[category]
        threshold = thresholds.get("pixel")
        scale = HeatScale(*score_range(result), outcome.scales[category].get("pixel"))
        for image, row in zip(found.images, result.images, strict=True):
            called = thresholds["image"].decide(row.score) if "image" in thresholds else None
            yield Overlay(
                image=image,
                photograph=found.photographs.get(image.name),
                caption=caption_of(row, None if called is None else bool(called)),
                heat=scale,
                threshold=None if threshold is None else threshold.value,
                settings=result.settings,
                masked=outcome.job.pixels,
                resized=outcome.run.settings.resize is not None,
            )
