"""What a metric does before torchmetrics adds up its states over processes, and after."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from torch import Tensor
from torchmetrics.utilities.distributed import gather_all_tensors

__all__ = ["Gather", "Gathering"]

Gather = Callable[[Tensor], list[Tensor]]
"""Gives the tensor of every process, by rank; all of them call it, with as many dimensions."""


class Gathering:
    """``sync`` for states that cannot just be added; put it before ``torchmetrics.Metric``.

    ``level`` brings the states of all processes to one form: lists are left empty, tensors of one
    shape are added by torchmetrics. What it returns is put in place afterwards. ``unsync`` goes
    back to the very states that were there before.
    """

    _kept: dict[str, Any] | None = None
    _joined: Tensor | None = None
    batches: Tensor
    metric_state: dict[str, Any]
    process_group: Any
    distributed_available_fn: Callable[[], bool] | None

    def level(self, gather: Gather) -> dict[str, Any]:
        """Make the states ready to be added; what to put in the place of some when they are."""
        raise NotImplementedError

    @property
    def joined(self) -> bool:
        """Whether the states are now those of all processes together."""
        return self._joined is not None and self._joined is self.batches

    def sync(
        self,
        dist_sync_fn: Callable[..., Any] | None = None,
        process_group: Any = None,
        should_sync: bool = True,
        distributed_available: Callable[[], bool] | None = None,
    ) -> None:
        """Bring together what all processes counted."""
        among = distributed_available or self.distributed_available_fn
        whole: dict[str, Any] | None = None
        if should_sync and not self.joined and among is not None and among():
            group = process_group or self.process_group
            kept = dict(self.metric_state)
            whole = self.level(partial(dist_sync_fn or gather_all_tensors, group=group))
            self._kept = kept
        super().sync(  # type: ignore[misc]
            dist_sync_fn, process_group, should_sync, distributed_available
        )
        if whole is not None:
            self._put(whole)
            self._joined = self.batches

    def unsync(self, should_unsync: bool = True) -> None:
        """Go back to what this process counted."""
        super().unsync(should_unsync)  # type: ignore[misc]
        if should_unsync and self._kept is not None:
            self._put(self._kept)
            self._kept = self._joined = None

    def reset(self) -> None:
        """Forget all batches; other metrics that were lent its lists keep them."""
        for name, value in self.metric_state.items():
            if isinstance(value, list):
                setattr(self, name, [])
        super().reset()  # type: ignore[misc]
        self._kept = self._joined = None

    def _put(self, states: dict[str, Any]) -> None:
        for name, value in states.items():
            setattr(self, name, value)
