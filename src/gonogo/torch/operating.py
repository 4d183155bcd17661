"""Good parts that pass and bad parts that are found, where the rate of the other mistake is set."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from gonogo import _check
from gonogo.metrics import bounds
from gonogo.states import BinCounts, RankCounts
from gonogo.torch.scored import ScoredMetric
from gonogo.types import OperatingPoint

__all__ = ["PBn", "PGn"]

Counts = RankCounts | BinCounts


class _Operating(ScoredMetric):
    """A rate at the best threshold that keeps a promise in the sample, never interpolated.

    ``update`` takes image scores and labels, or those of pixels. After ``compute``, ``threshold``
    is a tensor: decide with ``>=``.
    """

    higher_is_better = True
    threshold: Tensor | None = None

    def at(self, point: OperatingPoint) -> Tensor:
        """The rate; its threshold is kept."""
        self.threshold = self.tensor(point.threshold)
        return self.answer(point.value)


class PGn(_Operating):
    """Presorted good: the share of normal images below a threshold that loses few anomalous ones.

    Args:
        fnr: the share of anomalous images that may be lost, in [0, 1].
        kwargs: those of :class:`ScoredMetric`.
    """

    def __init__(
        self,
        fields: Any = None,
        prefix: str = "",
        strict: bool = True,
        *,
        fnr: float = 0.05,
        **kwargs: Any,
    ) -> None:
        self.fnr = _check.fraction(fnr, "fnr", zero=True)  # first: it may be part of the name
        super().__init__(fields, prefix, strict, **kwargs)

    def derived(self, counts: Counts) -> Tensor:
        """The share of normal images that pass."""
        return self.at(bounds.tnr_at_fnr(counts, self.fnr))


class PBn(_Operating):
    """Presorted bad: the share of anomalous images found where few normal ones are flagged.

    That of :func:`gonogo.tpr_at_fpr`.

    Args:
        fpr: the share of normal images that may be flagged, in [0, 1].
        kwargs: those of :class:`ScoredMetric`.
    """

    def __init__(
        self,
        fields: Any = None,
        prefix: str = "",
        strict: bool = True,
        *,
        fpr: float = 0.05,
        **kwargs: Any,
    ) -> None:
        self.fpr = _check.fraction(fpr, "fpr", zero=True)  # first: it may be part of the name
        super().__init__(fields, prefix, strict, **kwargs)

    def derived(self, counts: Counts) -> Tensor:
        """The share of anomalous images found."""
        return self.at(bounds.tpr_at_fpr(counts, self.fpr))
