"""Anomaly scores on quadra's scale, where 100 is the threshold; decisions never change on the way.

The functions of ``quadra.utils.anomaly`` for NumPy arrays, numbers, lists and tensors. A score that
reaches a threshold has a normalised score that reaches the normalised threshold, and no other has,
to the last unit of float16, float32 and float64.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gonogo._check import finite_number, finite_range, score_array
from gonogo.decisions import at_least, on_its_side, sides
from gonogo.errors import InputError
from gonogo.normalization import DivideByThreshold
from gonogo.types import Array

if TYPE_CHECKING:
    import torch

    from gonogo.torch import ThresholdNormalizationCallback

__all__ = [
    "EvalThreshold",
    "MapOrValue",
    "ThresholdNormalizationCallback",
    "ensure_scores_consistency",
    "normalize_anomaly_score",
]

MapOrValue: TypeAlias = "float | NDArray[Any] | torch.Tensor"
"""A score, or scores of any shape; lists are taken as well."""


def __getattr__(name: str) -> Any:
    if name == "ThresholdNormalizationCallback":  # of Lightning, which the functions do not need
        from gonogo.torch import ThresholdNormalizationCallback

        return ThresholdNormalizationCallback
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


@dataclass(frozen=True)
class EvalThreshold:
    """The threshold that decides, where it is not that of training, in both units."""

    raw: float
    normalized: float

    def __post_init__(self) -> None:
        for name, value in (("raw", self.raw), ("normalized", self.normalized)):
            object.__setattr__(self, name, finite_number(value, f"eval_threshold.{name}"))


def normalize_anomaly_score(
    raw_score: MapOrValue, threshold: float, eval_threshold: EvalThreshold | None = None
) -> Any:
    """Scores with the training threshold at 100 and twice that at 200, clipped to [0, 1000].

    Args:
        raw_score: a number, or scores of any shape; integers become float64. It is not changed.
        threshold: of training. Above 0: ``100 x / threshold``; 0: ``100 (x + 1)``; below 0:
            ``200 - 100 x / threshold``.
        eval_threshold: what decides instead, if anything. Where its ``normalized`` lies outside
            [0, 1000], scores that reach its ``raw`` get at least that all the same, and the others
            less.

    Returns:
        Scores of the same shape, float dtype and kind: an array, a tensor on its device (bfloat16
        becomes float32), NumPy's number for a number.

    Raises:
        InputError: NaN or infinities.

    >>> from gonogo.compat.quadra import EvalThreshold, normalize_anomaly_score
    >>> normalize_anomaly_score([0.2, 0.25, 0.5, 9.0], threshold=0.25)
    array([  80.,  100.,  200., 1000.])
    >>> normalize_anomaly_score([1.0, 7.0], 0.25, EvalThreshold(raw=4.0, normalized=1600.0))
    array([ 400., 1600.])
    """
    normalized = DivideByThreshold.fit(None, threshold)(raw_score)
    if eval_threshold is None:
        return normalized
    return ensure_scores_consistency(normalized, raw_score, eval_threshold)


def ensure_scores_consistency(
    normalized_score: MapOrValue, raw_score: MapOrValue, eval_threshold: EvalThreshold
) -> Any:
    """Normalised scores that reach ``eval_threshold.normalized`` exactly where the raw ones do.

    A normalised score on the wrong side moves to the nearest number of its dtype on the right one;
    the others stay. Neither argument is changed. Shapes are equal.

    Raises:
        InputError: NaN, infinities, shapes that differ, or a normalised threshold beyond the dtype.
    """
    normalized = score_array(normalized_score, "normalized_score")
    raw = score_array(raw_score, "raw_score")
    if normalized.shape != raw.shape:
        raise InputError(
            f"normalized_score: found shape {normalized.shape} for raw scores of shape "
            f"{raw.shape}; expected the same"
        )
    for scores, name in ((normalized, "normalized_score"), (raw, "raw_score")):
        if scores.size:
            finite_range(scores, name)
    if normalized.dtype.kind != "f":
        normalized = normalized.astype(np.float64)
    threshold = eval_threshold.normalized
    if not np.isfinite(sides(threshold, normalized.dtype)).all():
        raise InputError(
            f"eval_threshold.normalized: found {threshold!r}, beyond {normalized.dtype}; use wider "
            "scores"
        )
    reached = at_least(raw, eval_threshold.raw)
    return _like(normalized_score, on_its_side(normalized, reached, threshold))


def _like(given: Any, result: Array) -> Any:
    if hasattr(given, "detach"):
        wide = given.detach().double() if result.dtype == np.float64 else given.detach()
        return (wide.float() if "bfloat16" in str(wide.dtype) else wide).new_tensor(result)
    return result[()]
