"""A threshold that somebody has chosen."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torchmetrics import Metric

from gonogo import _check
from gonogo.torch.metric import AnomalyMetric

__all__ = ["ManualThreshold"]


class _Given(Metric):  # type: ignore[misc]  # torch ships no types here
    """``update`` and ``compute`` of :class:`ManualThreshold`."""

    full_state_update = False
    is_differentiable = False

    def __init__(self, *, default_value: float = 0.5, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        chosen = torch.tensor(_check.number(default_value, "default_value"), dtype=torch.float64)
        self.add_state("value", chosen, dist_reduce_fx="max", persistent=True)

    def update(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: no data changes the threshold."""

    def compute(self) -> Tensor:
        """The threshold."""
        return self.value

    def plot(self, val: Any = None, ax: Any = None) -> Any:
        """Draw the threshold, or values of it, as torchmetrics does."""
        return self._plot(val, ax)

    def merge_state(self, incoming_state: Any) -> None:
        """Nothing: another metric has no data either."""

    def set_dtype(self, dst_type: Any) -> Any:  # noqa: ARG002 - torchmetrics' own signature
        """Nothing: float64 holds every threshold."""
        return self


class ManualThreshold(AnomalyMetric, _Given):
    """The threshold given, whatever the data; it is part of ``state_dict``.

    Args:
        default_value: the threshold: decide with ``score >= it``.
        kwargs: those of ``torchmetrics.Metric``.

    >>> from gonogo.torch import ManualThreshold
    >>> ManualThreshold(default_value=2.5).compute()
    tensor(2.5000, dtype=torch.float64)
    """

    @property
    def update_called(self) -> bool:
        """There is always something to compute."""
        return True
