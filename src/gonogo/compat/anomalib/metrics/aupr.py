"""AUPR as anomalib 2 calls it."""

from typing import Any

from gonogo import torch as metrics
from gonogo.compat.anomalib.absent import not_here
from gonogo.compat.anomalib.options import Unbinned
from gonogo.compat.anomalib.rounded import RoundedMixin

__all__ = ["AUPR"]


class AUPR(RoundedMixin, Unbinned, metrics.AUPR):
    """Area under the precision-recall curve: :class:`gonogo.torch.AUPR`.

    ``compute`` gives float32, ``unrounded`` then is the same in float64.

    Args:
        fields: names of the scores and the labels in a batch, for ``update(batch)``.
        prefix: comes before the class name in ``name``.
        strict: whether a batch without the fields is an error.
        ignore_index: elements whose target is this number are left out.
        validate_args: for compatibility, without effect: values are checked in any case.
        thresholds: for compatibility, without effect: every score is a threshold.
        normalization: for compatibility, without effect: no score passes through a sigmoid.
        kwargs: those of :class:`gonogo.torch.AUPR`.
    """


_AUPR = AUPR


def __getattr__(name: str) -> Any:
    raise not_here(__name__, name)
