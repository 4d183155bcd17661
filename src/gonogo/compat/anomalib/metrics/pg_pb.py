"""PGn and PBn as anomalib 2 calls them: named by their rate, of image scores if not told."""

from typing import Any

from gonogo import torch as metrics
from gonogo.compat.anomalib.absent import not_here
from gonogo.compat.anomalib.rounded import RoundedMixin, as_rate, as_score

__all__ = ["PBn", "PGn"]


class _Presorted(RoundedMixin):
    """The threshold that ``compute`` leaves, in float32."""

    threshold: Any

    def rounded(self, values: Any) -> Any:
        """The rate; its threshold is left where float32 does not hold it."""
        self.threshold = as_score(self.threshold)
        return as_rate(values)


class _PGn(_Presorted, metrics.PGn):
    """:class:`PGn` without fields: ``update(preds, target)``."""

    def _own_title(self) -> str:
        return f"PG{_percent(self.fnr)}"


class PGn(_PGn):
    """Presorted good, of image scores: :class:`gonogo.torch.PGn`; ``PG20`` for ``fnr=0.2``.

    ``compute`` gives float32, ``unrounded`` then is the same in float64; ``threshold`` is float32
    where that holds it.

    Args:
        fields: names of the scores and the labels in a batch; ``pred_score`` and ``gt_label``.
        prefix: comes before ``PG20`` in ``name``.
        strict: whether a batch without the fields is an error.
        fnr: the share of anomalous images that may be lost, in [0, 1].
        kwargs: those of :class:`gonogo.torch.PGn`.
    """

    default_fields = ("pred_score", "gt_label")


class _PBn(_Presorted, metrics.PBn):
    """:class:`PBn` without fields: ``update(preds, target)``."""

    def _own_title(self) -> str:
        return f"PB{_percent(self.fpr)}"


class PBn(_PBn):
    """Presorted bad, of image scores: :class:`gonogo.torch.PBn`; ``PB20`` for ``fpr=0.2``.

    ``compute`` gives float32, ``unrounded`` then is the same in float64; ``threshold`` is float32
    where that holds it.

    Args:
        fields: names of the scores and the labels in a batch; ``pred_score`` and ``gt_label``.
        prefix: comes before ``PB20`` in ``name``.
        strict: whether a batch without the fields is an error.
        fpr: the share of normal images that may be flagged, in [0, 1].
        kwargs: those of :class:`gonogo.torch.PBn`.
    """

    default_fields = ("pred_score", "gt_label")


def _percent(rate: float) -> str:
    """A rate in percent without the digits that floating point adds: 29, 0.5."""
    return f"{100.0 * rate:.10g}"


def __getattr__(name: str) -> Any:
    raise not_here(__name__, name)
