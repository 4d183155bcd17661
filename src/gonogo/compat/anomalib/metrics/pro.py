"""PRO at one threshold as anomalib 2 calls it."""

from typing import Any

from gonogo import torch as metrics
from gonogo.compat.anomalib.absent import not_here
from gonogo.compat.anomalib.options import DecidesMixin
from gonogo.compat.anomalib.rounded import RoundedMixin

__all__ = ["PRO"]


class PRO(RoundedMixin, DecidesMixin, metrics.PRO):
    """Per-region overlap at one threshold: :class:`gonogo.torch.PRO`.

    ``compute`` gives float32, ``unrounded`` then is the same in float64.

    Args:
        fields: names of the maps and the masks in a batch, for ``update(batch)``.
        prefix: comes before the class name in ``name``.
        strict: whether a batch without the fields is an error.
        threshold: of normalised scores, as in anomalib, if it is in [0, 1]; 0.5 if not named.
        kwargs: those of :class:`gonogo.torch.PRO`.
    """


_PRO = PRO


def __getattr__(name: str) -> Any:
    raise not_here(__name__, name)
