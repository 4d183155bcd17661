"""The threshold with the best F1 as anomalib 2 calls it."""

from typing import Any

from gonogo import torch as metrics
from gonogo.compat.anomalib.absent import not_here
from gonogo.compat.anomalib.options import Unbinned
from gonogo.compat.anomalib.rounded import RoundedMixin, as_score

__all__ = ["F1AdaptiveThreshold"]


class F1AdaptiveThreshold(RoundedMixin, Unbinned, metrics.F1AdaptiveThreshold):
    """The threshold with the best F1: :class:`gonogo.torch.F1AdaptiveThreshold`.

    ``compute`` gives float32, ``unrounded`` then is the same in float64.

    Args:
        fields: names of the scores and the labels in a batch, for ``update(batch)``.
        prefix: comes before the class name in ``name``.
        strict: whether a batch without the fields is an error.
        ignore_index: elements whose target is this number are left out.
        validate_args: for compatibility, without effect: values are checked in any case.
        thresholds: for compatibility, without effect: every score is a threshold.
        normalization: for compatibility, without effect: no score passes through a sigmoid.
        kwargs: those of :class:`gonogo.torch.F1AdaptiveThreshold`.
    """

    def _load_from_state_dict(
        self, state_dict: dict[str, Any], prefix: str, *args: Any, **kwargs: Any
    ) -> None:
        """Take the ``value`` that anomalib 1 has saved, too."""
        self.value = state_dict.pop(f"{prefix}value", self.value)
        super()._load_from_state_dict(state_dict, prefix, *args, **kwargs)

    def rounded(self, values: Any) -> Any:
        """The threshold in float32 where that holds it; ``value``, too."""
        self.value = as_score(values)
        return self.value


_F1AdaptiveThreshold = F1AdaptiveThreshold


def __getattr__(name: str) -> Any:
    raise not_here(__name__, name)
