"""What ``compute`` gives: a tensor, and beside it what the number rests on."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from gonogo.errors import UndefinedMetricWarning, warn
from gonogo.types import Bounded, Number, Undefined

__all__ = ["Answering"]


class Answering:
    """Numbers as tensors of float64, in which every bit of them fits.

    After ``compute``, ``interval`` is a :class:`~gonogo.types.Bounded` that certainly contains the
    exact value, without width where it is exact; ``reason`` says why the data does not define the
    metric, or is None.
    """

    interval: Bounded | None = None
    reason: str | None = None
    device: Any

    @property
    def name(self) -> str:
        """What messages call it; with prefix where there is one."""
        return type(self).__name__

    def answer(self, number: Number) -> Tensor:
        """The number as a tensor; told and kept where it is undefined."""
        self.interval = self.reason = None
        if isinstance(number, Undefined):
            self.undefined(number.reason)
        else:
            self.interval = number if isinstance(number, Bounded) else Bounded(number, number)
        return self.tensor(number)

    def plot(self, val: Any = None, ax: Any = None) -> tuple[Any, Any]:
        """Draw what ``compute`` gives, or values of it (one or a list), as torchmetrics does.

        Args:
            val: values of ``compute`` or ``forward``.
            ax: matplotlib axes to draw on; without them a new figure is made.

        Returns:
            The figure (None where axes were given) and the axes.
        """
        drawn: tuple[Any, Any] = self._plot(val, ax)  # type: ignore[attr-defined]
        return drawn

    def undefined(self, reason: str) -> None:
        """Tell that the data does not define the metric, and keep why."""
        self.interval, self.reason = None, reason
        warn(f"{self.name} is undefined: it {reason}", UndefinedMetricWarning)

    def tensor(self, number: Any) -> Tensor:
        """A number, or an array of them, where the metric is."""
        values = float(number) if isinstance(number, Bounded) else number
        on_metal = torch.device(self.device).type == "mps"  # which has no float64
        dtype = torch.float32 if on_metal else torch.float64
        return torch.as_tensor(values, dtype=dtype, device=self.device)
