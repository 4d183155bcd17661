"""Areas under curves: AUROC, AUPR and AUPRO of all scores that came in updates."""

from __future__ import annotations

from typing import Any, Literal

from torch import Tensor

from gonogo import _check
from gonogo.errors import InputError
from gonogo.metrics import bands, bounds
from gonogo.states import BinCounts, RankCounts
from gonogo.torch.figure import Axes, Drawing, DrawsCurve
from gonogo.torch.scored import ScoredMetric

__all__ = ["AUPR", "AUPRO", "AUROC"]

Counts = RankCounts | BinCounts


class AUROC(DrawsCurve, ScoredMetric):
    """Chance that an anomalous score outranks a normal one; a tie counts half.

    That of :func:`gonogo.auroc`, to the last bit. See :class:`ScoredMetric` for the arguments.

    >>> import torch
    >>> from gonogo.torch import AUROC
    >>> auroc = AUROC(fields=["pred_score", "gt_label"], prefix="image_")
    >>> auroc.update({"pred_score": torch.tensor([20.0, 50.0]), "gt_label": torch.tensor([0, 1])})
    >>> auroc.update({"pred_score": torch.tensor([40.0, 30.0]), "gt_label": torch.tensor([1, 0])})
    >>> auroc.name, auroc.compute()
    ('image_AUROC', tensor(1., dtype=torch.float64))
    """

    higher_is_better = True

    def derived(self, counts: Counts) -> Tensor:
        """AUROC, or where it is certified the middle of its interval."""
        return self.answer(bounds.auroc(counts))

    def drawing(self) -> Drawing:
        """The ROC curve with its area."""
        value = self.compute()
        axes = Axes("False positive rate", "True positive rate", f"AUROC: {value:.4f}")
        return Drawing(bands.roc_curve(self.counts_computed), axes, "ROC", chance=(0.0, 1.0))


class AUPR(DrawsCurve, ScoredMetric):
    """Area under the precision-recall curve: average precision.

    That of :func:`gonogo.aupr`. Precision does not fall linearly between two points of the curve,
    so straight lines credit a detector that says the same of every image; they are had by
    ``method="trapezoid"``.

    Args:
        method: ``"average_precision"`` or ``"trapezoid"``.
        kwargs: those of :class:`ScoredMetric`.
    """

    higher_is_better = True

    def __init__(
        self,
        fields: Any = None,
        prefix: str = "",
        strict: bool = True,
        *,
        method: Literal["average_precision", "trapezoid"] = "average_precision",
        **kwargs: Any,
    ) -> None:
        if method not in ("average_precision", "trapezoid"):
            raise InputError(
                f"method: found {method!r}; expected 'average_precision' or 'trapezoid'"
            )
        super().__init__(fields, prefix, strict, **kwargs)
        self.method = method

    def derived(self, counts: Counts) -> Tensor:
        """The area, or where it is certified the middle of its interval."""
        area = bounds.aupr_trapezoid if self.method == "trapezoid" else bounds.average_precision
        return self.answer(area(counts))

    def drawing(self) -> Drawing:
        """The precision-recall curve with its area and the share of anomalies."""
        value = self.compute()
        counts = self.counts_computed
        tied = counts if isinstance(counts, RankCounts) else counts.tied
        share = tied.anomalies / max(tied.anomalies + tied.normals, 1)
        axes = Axes("Recall", "Precision", f"AUPR: {value:.4f}")
        return Drawing(bands.pr_curve(counts), axes, "PR", chance=(share, share))


class AUPRO(DrawsCurve, ScoredMetric):
    """Area under the per-region overlap curve for false positive rates up to a limit.

    That of :func:`gonogo.aupro`: divided by the limit; a region is connected by sides or corners;
    a mask that is anomalous everywhere is one region. It takes maps and masks.

    Args:
        fpr_limit: in (0, 1].
        kwargs: those of :class:`ScoredMetric`.
    """

    higher_is_better = True
    needs_maps = True

    def __init__(
        self,
        fields: Any = None,
        prefix: str = "",
        strict: bool = True,
        *,
        fpr_limit: float = 0.3,
        **kwargs: Any,
    ) -> None:
        limit = _check.fraction(fpr_limit, "fpr_limit")
        super().__init__(fields, prefix, strict, **kwargs)
        self.fpr_limit = limit

    def derived(self, counts: Counts) -> Tensor:
        """AUPRO, or where it is certified the middle of its interval."""
        return self.answer(bounds.aupro(counts, self.fpr_limit))

    def drawing(self) -> Drawing:
        """The PRO curve up to the limit with its area."""
        value = self.compute()
        axes = Axes(
            "False positive rate", "Per-region overlap", f"AUPRO: {value:.4f}", self.fpr_limit
        )
        return Drawing(bands.pro_curve(self.counts_computed), axes, "PRO")
