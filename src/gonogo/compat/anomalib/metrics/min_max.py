"""The range of scores as anomalib 2 gives it."""

from typing import Any

from gonogo import torch as metrics
from gonogo.compat.anomalib.absent import not_here
from gonogo.compat.anomalib.rounded import RoundedMixin, as_score

__all__ = ["MinMax"]


class MinMax(RoundedMixin, metrics.MinMax):
    """The lowest and the highest score: :class:`gonogo.torch.MinMax`.

    ``compute`` gives float32, ``unrounded`` then is the same in float64.

    Args:
        fields: names of the scores in a batch, for ``update(batch)``.
        prefix: comes before the class name in ``name``.
        strict: whether a batch without the fields is an error.
        kwargs: those of :class:`gonogo.torch.MinMax`.
    """

    def rounded(self, values: Any) -> Any:
        """Both in float32 where that holds them."""
        return as_score(values)


_MinMax = MinMax


def __getattr__(name: str) -> Any:
    raise not_here(__name__, name)
