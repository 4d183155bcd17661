"""AUPR as anomalib 0.x calls it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor

from gonogo import torch as metrics
from gonogo.compat.anomalib.rounded import RoundedMixin
from gonogo.compat.anomalib.utils.metrics.points import points
from gonogo.compat.anomalib.utils.metrics.targets import Labelled
from gonogo.metrics import pr_curve

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["AUPR"]


class AUPR(RoundedMixin, Labelled, metrics.AUPR):
    """Area under the precision-recall curve: average precision.

    anomalib joins the points by straight lines in an order that starts each vertical step at its
    low end: a perfect detector of 4 images has 0.875 there and 1.0 here; one that says the same of
    20 images, one of them anomalous, has 0.525 there and 0.05 here, which is what it is worth.
    ``method="trapezoid"`` joins them by straight lines in the right order.

    >>> import torch
    >>> from gonogo.compat.anomalib.utils.metrics import AUPR
    >>> aupr = AUPR()
    >>> aupr.update(torch.tensor([0.1, 0.2, 0.3, 0.4]), torch.tensor([0, 0, 1, 1]))
    >>> aupr.compute()
    tensor(1.)
    """

    def _compute(self) -> tuple[Tensor, Tensor]:
        """Recall and precision, at every point where the curve turns."""
        return points(self, pr_curve)

    def generate_figure(self) -> tuple[Figure, str]:
        """The curve with the share of anomalies and the area, and the title "AUPR"."""
        figure, _ = super().generate_figure()
        return figure, "AUPR"
