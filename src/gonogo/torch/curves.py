"""Whole curves as tensors: ROC, precision against recall, and per-region overlap."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from gonogo import metrics
from gonogo.metrics import bands
from gonogo.states import BinCounts, RankCounts
from gonogo.torch.figure import Axes, Drawing, DrawsCurve
from gonogo.torch.scored import ScoredMetric
from gonogo.types import Band, Curve

__all__ = ["ROC", "BinaryPrecisionRecallCurve", "PROCurve"]

Counts = RankCounts | BinCounts
Points = tuple[Tensor, Tensor, Tensor]


class _CurveMetric(DrawsCurve, ScoredMetric):
    """Every point at which a curve can turn, as float64 tensors.

    Where counts are certified, ``band`` is the :class:`~gonogo.types.Band` that contains the exact
    curve, and the points are those of scores that tie within their bin.
    """

    band: Band | None = None

    def points(
        self,
        counts: Counts,
        curve: Callable[[RankCounts], Curve],
        band: Callable[[Counts], Curve | Band],
    ) -> Curve:
        """The curve; the band is kept, and told where the data does not define it."""
        self.band = self.reason = None
        if isinstance(counts, RankCounts):
            found = curve(counts)
        else:
            found, around = curve(counts.tied), band(counts)
            self.band = around if isinstance(around, Band) else None
        if found.reason is not None:
            self.undefined(found.reason)
        return found


class ROC(_CurveMetric):
    """False positive rate, true positive rate and thresholds: those of :func:`gonogo.roc_curve`.

    By falling thresholds, from infinity (nothing flagged) to minus infinity (everything).
    """

    def derived(self, counts: Counts) -> Points:
        """Three tensors of one length."""
        curve = self.points(counts, metrics.roc_curve, bands.roc_curve)
        return self.tensor(curve.x), self.tensor(curve.y), self.tensor(curve.thresholds)

    def drawing(self) -> Drawing:
        """The curve."""
        self.compute()
        axes = Axes("False positive rate", "True positive rate", "ROC")
        return Drawing(bands.roc_curve(self.counts_computed), axes, "ROC")


class PROCurve(_CurveMetric):
    """False positive rate, per-region overlap and thresholds: those of :func:`gonogo.pro_curve`.

    By falling thresholds, from infinity (nothing flagged) to minus infinity (everything).
    """

    needs_maps = True

    def derived(self, counts: Counts) -> Points:
        """Three tensors of one length."""
        curve = self.points(counts, metrics.pro_curve, bands.pro_curve)
        return self.tensor(curve.x), self.tensor(curve.y), self.tensor(curve.thresholds)

    def drawing(self) -> Drawing:
        """The curve."""
        self.compute()
        axes = Axes("False positive rate", "Per-region overlap", "PRO")
        return Drawing(bands.pro_curve(self.counts_computed), axes, "PRO")


class BinaryPrecisionRecallCurve(_CurveMetric):
    """Precision, recall and rising thresholds, of the points of :func:`gonogo.pr_curve`.

    In the order of torchmetrics and scikit-learn: the last point is precision 1 at recall 0 and has
    no threshold. Points between two turns are left out; the first threshold, at which everything
    is flagged, is minus infinity where no anomalous score stands for it.
    """

    def derived(self, counts: Counts) -> Points:
        """Two tensors of one length, and the thresholds, one fewer."""
        curve = self.points(counts, metrics.pr_curve, bands.pr_curve)
        precision, recall = self.tensor(curve.y[::-1].copy()), self.tensor(curve.x[::-1].copy())
        return precision, recall, self.tensor(curve.thresholds[:0:-1].copy())

    def drawing(self) -> Drawing:
        """The curve."""
        self.compute()
        axes = Axes("Recall", "Precision", "PR")
        return Drawing(bands.pr_curve(self.counts_computed), axes, "PR")
