"""Results in float32, as anomalib gives them, with the same in full precision beside them."""

from __future__ import annotations

from typing import Any

from torch import Tensor

__all__ = ["RoundedMixin", "as_rate", "as_score"]


class RoundedMixin:
    """``compute`` gives float32; put it before the metric.

    Attributes:
        unrounded: what the last ``compute`` gave in float64, as metrics of :mod:`gonogo.torch` do;
            None before. An Evaluator logs this.
    """

    unrounded: Any = None

    def compute(self) -> Any:
        """What the metric gives, in float32; ``unrounded`` keeps all of its digits.

        A threshold, or another number that is one of the scores, stays float64 where float32 does
        not hold it, as that of float64 scores: rounded it would decide otherwise.
        """
        self.unrounded = super().compute()  # type: ignore[misc]  # the metric's
        return None if self.unrounded is None else self.rounded(self.unrounded)

    def rounded(self, values: Any) -> Any:
        """What is given of what was computed: each number is a rate, where this is not replaced."""
        return tuple(map(as_rate, values)) if isinstance(values, tuple) else as_rate(values)

    def reset(self) -> None:
        """Forget all batches, and what was computed of them."""
        super().reset()  # type: ignore[misc]  # the metric's
        self.unrounded = None


def as_rate(value: Tensor) -> Tensor:
    """A number that is no score, in float32."""
    return value.float()


def as_score(value: Tensor) -> Tensor:
    """Numbers that are scores: float32 where that holds all of them, else as they are."""
    rounded = value.float()
    same = (rounded.to(value.dtype) == value) | value.isnan()
    return rounded if bool(same.all()) else value
