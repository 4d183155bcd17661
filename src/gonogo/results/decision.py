"""Where a result decides on images: the threshold that was settled, else that of the best F1."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from gonogo.shown import shown_threshold

if TYPE_CHECKING:
    from gonogo.results.record import Result

__all__ = ["decision_line", "image_threshold_text"]


def decision_line(result: Result) -> tuple[str, float | None]:
    """What to call the threshold on image scores, and the threshold; None where there is none."""
    settled = result.thresholds.get("image")
    if settled is not None:
        return settled.policy, settled.value
    best = float(result.image.f1_max.threshold)
    return "best F1", None if math.isnan(best) else best


def image_threshold_text(result: Result, threshold: float) -> str:
    """A threshold in digits that decide the images of a result as it does."""
    lower = (row.score for row in result.images if row.score < threshold)
    return shown_threshold(threshold, max(lower, default=None))
