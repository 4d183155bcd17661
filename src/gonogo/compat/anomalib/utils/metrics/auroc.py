"""AUROC as anomalib 0.x calls it."""

from __future__ import annotations

from torch import Tensor

from gonogo import torch as metrics
from gonogo.compat.anomalib.rounded import RoundedMixin
from gonogo.compat.anomalib.utils.metrics.points import points
from gonogo.compat.anomalib.utils.metrics.targets import Labelled
from gonogo.metrics import roc_curve

__all__ = ["AUROC"]


class AUROC(RoundedMixin, Labelled, metrics.AUROC):
    """Area under the ROC curve; a tie counts half. :class:`gonogo.torch.AUROC` for two tensors.

    anomalib 1 and 2 pass scores through a sigmoid, batch by batch, where any lies outside [0, 1]:
    20, 30, 40, 50 then have 0.5, here what they are. Where one class is missing it gives 0.0, here
    nan with a reason.

    >>> import torch
    >>> from gonogo.compat.anomalib.utils.metrics import AUROC
    >>> auroc = AUROC()
    >>> auroc.update(torch.tensor([20.0, 30.0, 40.0, 50.0]), torch.tensor([0, 0, 1, 1]))
    >>> auroc.compute()
    tensor(1.)
    """

    def _compute(self) -> tuple[Tensor, Tensor]:
        """False and true positive rates, at every point where the curve turns."""
        return points(self, roc_curve)
