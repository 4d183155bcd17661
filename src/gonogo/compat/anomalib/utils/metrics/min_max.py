"""The range of scores as anomalib 0.x gives it."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from gonogo import torch as metrics
from gonogo.compat.anomalib.rounded import RoundedMixin, as_score
from gonogo.compat.anomalib.utils.metrics.targets import known_options

__all__ = ["MinMax"]


class MinMax(RoundedMixin, metrics.MinMax):
    """The lowest and the highest score so far, also as ``.min`` and ``.max``, which are saved.

    NaN is refused, where anomalib would remember it for good; without scores both are nan.

    >>> import torch
    >>> from gonogo.compat.anomalib.utils.metrics import MinMax
    >>> extremes = MinMax()
    >>> extremes.update(torch.tensor([3.0, 1.0, 2.0]))
    >>> extremes.compute()
    (tensor(1.), tensor(3.))
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**known_options(kwargs))

    def update(self, predictions: Any) -> None:
        """See the scores of a batch, of any shape."""
        super().update(predictions)

    def rounded(self, values: Any) -> tuple[Tensor, Tensor]:
        """The lowest and the highest score, in float32 where that holds them."""
        low, high = as_score(values)
        return low, high
