"""The threshold given, as anomalib 2 calls it."""

from typing import Any

from gonogo import torch as metrics
from gonogo.compat.anomalib.absent import not_here

__all__ = ["ManualThreshold"]


class ManualThreshold(metrics.ManualThreshold):
    """The threshold given, whatever the data: :class:`gonogo.torch.ManualThreshold`.

    It stays float64, as anomalib's is, and is part of ``state_dict``.

    Args:
        default_value: the threshold: decide with ``score >= it``.
        kwargs: those of :class:`gonogo.torch.ManualThreshold`.

    >>> from gonogo.compat.anomalib.metrics import ManualThreshold
    >>> ManualThreshold(2.5).compute()
    tensor(2.5000, dtype=torch.float64)
    """

    def __init__(self, default_value: float = 0.5, **kwargs: Any) -> None:
        super().__init__(default_value=default_value, **kwargs)


def __getattr__(name: str) -> Any:
    raise not_here(__name__, name)
