"""AUPRO as anomalib 2 calls it."""

from typing import Any

from gonogo import torch as metrics
from gonogo.compat.anomalib.absent import not_here
from gonogo.compat.anomalib.limit import SavedLimit
from gonogo.compat.anomalib.rounded import RoundedMixin

__all__ = ["AUPRO"]


class AUPRO(RoundedMixin, SavedLimit, metrics.AUPRO):
    """Area under the per-region overlap curve up to a limit: :class:`gonogo.torch.AUPRO`.

    ``compute`` gives float32, ``unrounded`` then is the same in float64. The limit is part of
    ``state_dict``.

    Args:
        fields: names of the maps and the masks in a batch, for ``update(batch)``.
        prefix: comes before the class name in ``name``.
        strict: whether a batch without the fields is an error.
        fpr_limit: in (0, 1].
        kwargs: those of :class:`gonogo.torch.AUPRO`.
    """


_AUPRO = AUPRO


def __getattr__(name: str) -> Any:
    raise not_here(__name__, name)
