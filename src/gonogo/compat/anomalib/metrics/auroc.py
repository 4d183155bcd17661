"""AUROC as anomalib 2 calls it."""

from typing import Any

from gonogo import torch as metrics
from gonogo.compat.anomalib.absent import not_here
from gonogo.compat.anomalib.unbinned import Unbinned

__all__ = ["AUROC"]


class AUROC(Unbinned, metrics.AUROC):
    """Chance that an anomalous score outranks a normal one: :class:`gonogo.torch.AUROC`.

    Args:
        fields: names of the scores and the labels in a batch, for ``update(batch)``.
        prefix: comes before the class name in ``name``.
        strict: whether a batch without the fields is an error.
        thresholds: for compatibility, without effect: every score is a threshold.
        kwargs: those of :class:`gonogo.torch.AUROC`.
    """


_AUROC = AUROC


def __getattr__(name: str) -> Any:
    raise not_here(__name__, name)
