"""F1 of decisions and the best F1, as anomalib 2 calls them."""

from typing import Any

from gonogo import torch as metrics
from gonogo.compat.anomalib.absent import not_here
from gonogo.compat.anomalib.options import DecidesMixin, ElementOptions
from gonogo.compat.anomalib.rounded import RoundedMixin, as_rate, as_score

__all__ = ["F1Max", "F1Score"]


class F1Score(RoundedMixin, DecidesMixin, ElementOptions, metrics.F1Score):
    """F1 of decisions: :class:`gonogo.torch.F1Score`.

    ``compute`` gives float32, ``unrounded`` then is the same in float64.

    Args:
        fields: names of the scores and the labels in a batch, for ``update(batch)``.
        prefix: comes before the class name in ``name``.
        strict: whether a batch without the fields is an error.
        threshold: of normalised scores, as in anomalib, if it is in [0, 1]; 0.5 if not named.
        ignore_index: elements whose target is this number are left out.
        validate_args: for compatibility, without effect: values are checked in any case.
        kwargs: those of :class:`gonogo.torch.F1Score`.
    """


class F1Max(RoundedMixin, metrics.F1Max):
    """The best F1 that any threshold reaches: :class:`gonogo.torch.F1Max`.

    ``compute`` gives float32, ``unrounded`` then is the same in float64; ``threshold`` is float32
    where that holds it.

    Args:
        fields: names of the scores and the labels in a batch, for ``update(batch)``.
        prefix: comes before the class name in ``name``.
        strict: whether a batch without the fields is an error.
        kwargs: those of :class:`gonogo.torch.F1Max`.
    """

    def rounded(self, values: Any) -> Any:
        """The best F1; its threshold is left where float32 does not hold it."""
        self.threshold = None if self.threshold is None else as_score(self.threshold)
        return as_rate(values)


_F1Max = F1Max


def __getattr__(name: str) -> Any:
    raise not_here(__name__, name)
