"""The threshold with the best F1 as anomalib 0.x calls it."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from gonogo import _check
from gonogo import torch as metrics
from gonogo.compat.anomalib.rounded import RoundedMixin, as_score
from gonogo.compat.anomalib.utils.metrics.targets import Labelled
from gonogo.torch.saved import SavedMixin

__all__ = ["AdaptiveThreshold", "AnomalyScoreThreshold"]


class AnomalyScoreThreshold(RoundedMixin, SavedMixin, Labelled, metrics.F1Max):
    """The lowest threshold with the best F1 on the data so far: ``score >= it`` is anomalous.

    ``compute`` gives the threshold and keeps it as ``value``, which is part of ``state_dict``; the
    F1 that it reaches is ``float(best.value)``. (anomalib's documentation of ``compute`` speaks of
    both, its code returns the threshold.) Without anomalies it is nan with a reason, where anomalib
    up to 2.2 gives the lowest score, which flags everything.

    Args:
        default_value: ``value`` before the first ``compute``, and after ``reset``.
        kwargs: those of ``torchmetrics.Metric``.
    """

    saved = ("value",)
    value: Tensor

    def __init__(self, default_value: float = 0.5, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._default = _check.finite_number(default_value, "default_value")
        self.register_buffer("value", as_score(self.tensor(self._default)))

    def derived(self, counts: Any) -> Tensor:
        """The threshold, or where it is certified the middle of its interval."""
        return self.answer(self.found(counts).threshold)

    def rounded(self, values: Any) -> Tensor:
        """The threshold in float32 where that holds it, and float64 elsewhere."""
        self.value = as_score(values)
        return self.value

    def reset(self) -> None:
        """Forget all scores, and the threshold with them."""
        super().reset()
        if "value" in self._buffers:
            self.value = as_score(self.tensor(self._default))


class AdaptiveThreshold(AnomalyScoreThreshold):
    """:class:`AnomalyScoreThreshold` under the name that anomalib had for it at first."""
