"""The best threshold of all: F1max, IoU max, and the threshold that adapts to F1."""

from __future__ import annotations

from torch import Tensor

from gonogo.metrics import bounds
from gonogo.states import BinCounts, RankCounts
from gonogo.torch.scored import ScoredMetric
from gonogo.types import F1Max as Best

__all__ = ["F1AdaptiveThreshold", "F1Max", "IoUMax"]

Counts = RankCounts | BinCounts


class _Best(ScoredMetric):
    """The best F1 of all thresholds, and where it is.

    After ``compute``, ``threshold`` is the lowest threshold that reaches it, a tensor; ``best``
    holds it with precision and recall as numbers, as intervals where they are certified.
    """

    threshold: Tensor | None = None
    best: Best | None = None

    def found(self, counts: Counts) -> Best:
        """The best F1, kept with its threshold."""
        best = bounds.f1_max(counts)
        self.best, self.threshold = best, self.tensor(best.threshold)
        return best


class F1Max(_Best):
    """The best F1 that any threshold reaches; that of :func:`gonogo.f1_max`.

    After ``compute``, ``threshold`` is the lowest threshold that reaches it (decide with ``>=``),
    and ``best`` a :class:`gonogo.F1Max` with precision and recall.
    """

    higher_is_better = True

    def derived(self, counts: Counts) -> Tensor:
        """F1max, or where it is certified the middle of its interval."""
        return self.answer(self.found(counts).value)


class IoUMax(_Best):
    """The best intersection over union that any threshold reaches; that of :func:`gonogo.iou_max`.

    After ``compute``, ``threshold`` is the lowest threshold that reaches it, that of F1max.
    """

    higher_is_better = True

    def derived(self, counts: Counts) -> Tensor:
        """IoU max, or where it is certified the middle of its interval."""
        self.found(counts)
        return self.answer(bounds.iou_max(counts))


class F1AdaptiveThreshold(_Best):
    """The lowest threshold with the best F1 on the data so far: decide with ``score >= it``.

    ``value`` is that threshold, too. It needs anomalies: without any it is nan with a reason, never
    the lowest or the highest score; policies for normal scores alone are in
    :func:`gonogo.fit_threshold`.
    """

    value: Tensor | None = None

    def derived(self, counts: Counts) -> Tensor:
        """The threshold, or where it is certified the middle of its interval."""
        self.value = self.answer(self.found(counts).threshold)
        return self.value
