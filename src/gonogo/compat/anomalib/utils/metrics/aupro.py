"""AUPRO as anomalib 0.x calls it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from gonogo import torch as metrics
from gonogo.compat.anomalib.limit import SavedLimit
from gonogo.compat.anomalib.rounded import RoundedMixin
from gonogo.compat.anomalib.utils.metrics.points import points_up_to
from gonogo.compat.anomalib.utils.metrics.targets import Labelled, binary
from gonogo.errors import InputError
from gonogo.metrics import pro_curve

__all__ = ["AUPRO"]


class AUPRO(RoundedMixin, SavedLimit, Labelled, metrics.AUPRO):
    """Area under the per-region overlap curve for false positive rates up to a limit.

    Exact, at every distinct score. anomalib up to 2.2 averages resampled curves of the regions:
    binary maps that have 0.695 get 0.429 there, scores of 10 to 50 nan, and some more than 1. From
    2.3 on it agrees to 1e-7, but for images that are anomalous everywhere, whose pixels it takes
    for false alarms: a perfect detector with one such image has 0.144 there and 1.0 here. Without
    regions it gives 0.0, here nan with a reason.

    Args:
        compute_on_step: without a meaning, as in torchmetrics since 0.9.
        dist_sync_on_step: as the next two, for ``torchmetrics.Metric``.
        process_group: which processes to compute with.
        dist_sync_fn: how they exchange tensors.
        fpr_limit: in (0, 1].
        num_thresholds: how many thresholds anomalib 0.7 to 2.5 try; here every score is one.
        kwargs: those of ``torchmetrics.Metric``.
    """

    def __init__(
        self,
        compute_on_step: bool = True,
        dist_sync_on_step: bool = False,
        process_group: Any = None,
        dist_sync_fn: Callable[..., Any] | None = None,
        fpr_limit: float = 0.3,
        num_thresholds: int | None = None,
        **kwargs: Any,
    ) -> None:
        if num_thresholds is not None and num_thresholds < 1:
            raise InputError(
                f"num_thresholds: found {num_thresholds!r}; leave it out, every score is tried"
            )
        super().__init__(
            fpr_limit=fpr_limit,
            compute_on_step=compute_on_step,
            dist_sync_on_step=dist_sync_on_step,
            process_group=process_group,
            dist_sync_fn=dist_sync_fn,
            **kwargs,
        )
        self._targets: list[Tensor] = []

    @property
    def preds(self) -> list[Tensor]:
        """The scores of each update, flat; none where they are counted on a grid."""
        return list(self.scores) if self.mode == "exact" else []

    @property
    def target(self) -> list[Tensor]:
        """Where these are anomalous, flat and bool; none where they are counted on a grid."""
        return list(self._targets) if len(self._targets) == len(self.preds) else []

    def update(self, preds: Any, target: Any) -> None:
        """Count maps and masks, ``(N, H, W)`` or ``(N, 1, H, W)``, 1 = anomalous.

        Raises:
            InputError: scores that are NaN or infinite, targets beyond 0 and 1, or no maps.
        """
        super().update(preds, target)
        if self.mode == "exact":
            masks = target if isinstance(target, list | tuple) else [target]
            self._targets += [torch.as_tensor(binary(one)).reshape(-1) != 0 for one in masks]
        else:
            self._targets = []

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """The area of this batch alone, which is counted with those before."""
        before = self._targets
        value = super().forward(*args, **kwargs)
        self._targets = [*before, *self._targets]
        return value

    def reset(self) -> None:
        """Forget all maps."""
        super().reset()
        self._targets = []

    def _compute(self) -> tuple[Tensor, Tensor]:
        """False positive rates up to the limit, and the mean overlap of all regions there."""
        return points_up_to(self, pro_curve, self.fpr_limit)

    @staticmethod
    def interp1d(old_x: Tensor, old_y: Tensor, new_x: Tensor) -> Tensor:
        """Y at new x, on straight lines between points of rising x; the outer ones go on.

        At the x of a vertical step, y is where the step begins.

        >>> import torch
        >>> x, y = torch.tensor([0.0, 1.0, 1.0, 2.0]), torch.tensor([0.0, 2.0, 3.0, 3.0])
        >>> from gonogo.compat.anomalib.utils.metrics import AUPRO
        >>> AUPRO.interp1d(x, y, torch.tensor([0.5, 1.0, 1.5]))
        tensor([1., 2., 3.])
        """
        place = (torch.searchsorted(old_x, new_x) - 1).clamp(0, len(old_x) - 2)
        left, right = old_x[place], old_x[place + 1]
        width = torch.where(right > left, right - left, torch.ones_like(left))
        share = torch.where(right > left, (new_x - left) / width, torch.zeros_like(left))
        below, above = old_y[place], old_y[place + 1]
        return torch.where(share == 1, above, below + (above - below) * share)
