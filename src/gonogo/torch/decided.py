"""Metrics of decisions at one threshold: eight integers, whatever the number of scores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor
from torchmetrics import Metric

from gonogo import _check
from gonogo.decisions import at_least
from gonogo.errors import InputError, MergeError
from gonogo.metrics import confusion
from gonogo.sorting import sortable
from gonogo.states import RegionWeights
from gonogo.states.weights import limbs
from gonogo.torch.answers import Answering
from gonogo.torch.metric import AnomalyMetric, is_binary
from gonogo.torch.readings import Reading, read, refuse_mixed
from gonogo.types import Confusion, Connectivity, Undefined

__all__ = [
    "PRO",
    "Accuracy",
    "DecidedMetric",
    "F1Score",
    "Precision",
    "Recall",
    "decides_by_default",
]

_DEFAULT = 0.5
"""Leaves labels that are predicted already as they are; it says nothing about raw scores."""
_FOUND, _ANOMALOUS, _FLAGGED, _ELEMENTS, _REGIONS = range(5)


class _Decisions(Answering, Metric):  # type: ignore[misc]  # torch ships no types here
    """``update`` and the state of :class:`DecidedMetric`; a metric adds ``derived``."""

    full_state_update = False
    is_differentiable = False
    higher_is_better = True
    needs_maps: ClassVar[bool] = False

    decided: Tensor
    conventions: Tensor
    weights: Tensor
    asked: Tensor
    batches: Tensor
    confusion: Confusion | None = None

    def __init__(
        self, *, threshold: float | None = None, connectivity: Connectivity = 8, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.threshold_is_named = threshold is not None
        self._threshold = _check.number(_DEFAULT if threshold is None else threshold, "threshold")
        self.connectivity = _check.settings(connectivity=connectivity).connectivity
        self.add_state("decided", torch.zeros(5, dtype=torch.int64), dist_reduce_fx="sum")
        self.add_state("conventions", torch.zeros(2, dtype=torch.int64), dist_reduce_fx="sum")
        self.add_state("weights", torch.zeros((2, 2), dtype=torch.int64), dist_reduce_fx="sum")

    @property
    def threshold(self) -> float:
        """A score of at least this is decided to be anomalous."""
        return float(self._threshold)

    @threshold.setter
    def threshold(self, value: float) -> None:
        if int(self.decided[_ELEMENTS]):
            raise InputError(
                f"{self.name}: decisions at threshold {self._threshold} are counted already; reset "
                "it before the threshold is changed"
            )
        self._threshold = _check.number(value, "threshold")
        self.threshold_is_named = True
        self.asked = self.digest().to(self.asked.device)

    def update(self, preds: Any, target: Any) -> None:
        """Count decisions with their labels: of scores, or labels that are predicted already."""
        for reading in self.readings(preds, target):
            self._refuse_raw_scores(reading)
            if self.needs_maps and reading.maps is None:
                raise InputError(
                    f"{self.name}: found preds of shape {tuple(np.shape(preds))}; expected maps "
                    "(H, W), (N, H, W) or (N, 1, H, W), because it is about regions"
                )
            self._count(reading)

    def readings(self, preds: Any, target: Any) -> list[Reading]:
        """What is counted of an update."""
        return read(preds, target, self.name)

    def compute(self) -> Any:
        """The metric of all decisions so far, as a tensor of float64; more may follow."""
        refuse_mixed(self.name, self.conventions)
        found, anomalies, flagged, elements, _ = self.decided.tolist()
        self.confusion = confusion(
            self.threshold,
            found=found,
            anomalies=anomalies,
            false_alarms=flagged - found,
            normals=elements - anomalies,
        )
        return self.answer(self.derived(self.confusion))

    def derived(self, counts: Confusion) -> float:
        """What ``compute`` gives, from the confusion counts."""
        raise NotImplementedError

    def merge_state(self, incoming_state: Any) -> None:
        """Add the state of another metric that decides the same; it is left as it is.

        Raises:
            MergeError: it counts other fields, or at another threshold.
        """
        other = incoming_state
        if not isinstance(other, Mapping):
            other = getattr(other, "metric_state", {})
        here = self.decided.device
        if not {"decided", "conventions"} <= other.keys() or not torch.equal(
            self.asked, other["asked"].to(here)
        ):
            raise MergeError(
                f"{self.name}: cannot add a state of other fields, another threshold or another "
                "connectivity; make both with the same"
            )
        refuse_mixed(self.name, self.conventions + other["conventions"].to(here))
        for name in ("decided", "conventions", "weights", "batches"):
            setattr(self, name, getattr(self, name) + other[name].to(here))

    def reset(self) -> None:
        """Forget all decisions."""
        super().reset()
        self.confusion = None
        self.asked = self.digest().to(self.asked.device)

    def set_dtype(self, dst_type: Any) -> Any:  # noqa: ARG002 - torchmetrics' own signature
        """Nothing: counts are integers."""
        return self

    def state_key(self) -> str:
        """What metrics have in common that may share a state."""
        return repr((self._threshold, self.connectivity))

    def covered(self) -> float:
        """Mean over all regions of the fraction of each that is flagged."""
        regions = int(self.decided[_REGIONS])
        if regions == 0:
            return Undefined("needs anomalous regions; found none")
        found, every = self.weights.cpu().numpy()
        high, low = np.stack([found, every - found]).T
        return float(RegionWeights(high, low, regions).coverage[0])

    def _refuse_raw_scores(self, reading: Reading) -> None:
        """Without a threshold only predicted labels and scores in [0, 1] are decided."""
        low, high = reading.extent
        if self.threshold_is_named or reading.scores.numel() == 0 or (low >= 0 and high <= 1):
            return
        if reading.scores.dtype == torch.uint8 and high == 255:
            values = np.unique(sortable(reading.scores.cpu()))
            if set(values.tolist()) <= {0, 1, 255}:
                return
        raise InputError(
            f"{self.name}: found scores from {low:.6g} to {high:.6g} and no threshold to decide "
            f"at; name one, {type(self).__name__}(threshold=...), or give labels that are "
            "predicted already, as pred_label and pred_mask of ThresholdCallback are"
        )

    def _count(self, reading: Reading) -> None:
        here = self.decided.device
        conventions = self.conventions + torch.tensor(reading.shown(), device=here)
        refuse_mixed(self.name, conventions)
        self.conventions = conventions
        flagged = at_least(reading.scores, self._threshold)
        labels = torch.from_numpy(reading.labels).to(flagged.device)
        hits = flagged[labels].cpu().numpy()
        areas, regions = reading.areas(self.connectivity)
        counts = [int(hits.sum()), hits.size, int(flagged.sum()), labels.numel(), regions]
        self.decided = self.decided + torch.tensor(counts, device=here)
        if regions:
            weights = np.stack(limbs(areas))
            fresh = np.stack([weights[:, hits].sum(axis=1), weights.sum(axis=1)])
            self.weights = self.weights + torch.from_numpy(fresh).to(here)


class DecidedMetric(AnomalyMetric, _Decisions):
    """A metric of ``score >= threshold`` decisions, or of labels that are predicted already.

    ``update`` takes what :class:`ScoredMetric` takes; predicted labels and masks are bool, 0/1 or
    0/255, which need no threshold. Scores do: without one those of the range [0, 1] are decided at
    0.5, and others refused. No score passes through a sigmoid. The
    state is a dozen integers. ``compute`` gives a float64 tensor, and ``confusion`` then holds all
    counts and rates.

    Args:
        fields: names of the scores and the labels in a batch, for ``update(batch)``.
        prefix: comes before the class name in ``name``.
        strict: whether a batch without the fields is an error.
        threshold: a score of at least this is decided to be anomalous. It can be set later, as long
            as nothing is counted; 0.5 where it is None.
        connectivity: 8 or 4, of regions.
        kwargs: those of ``torchmetrics.Metric``.
    """


class F1Score(DecidedMetric):
    """``2 TP / (2 TP + FP + FN)``; undefined where nothing is anomalous or flagged.

    >>> import torch
    >>> from gonogo.torch import F1Score
    >>> f1 = F1Score(threshold=30.0)
    >>> f1.update(torch.tensor([20.0, 30.0, 50.0]), torch.tensor([0, 0, 1]))
    >>> f1.compute()
    tensor(0.6667, dtype=torch.float64)
    """

    def derived(self, counts: Confusion) -> float:
        """F1."""
        return counts.f1


class Precision(DecidedMetric):
    """The share of flagged elements that are anomalous; undefined where none is flagged."""

    def derived(self, counts: Confusion) -> float:
        """Precision."""
        return counts.precision


class Recall(DecidedMetric):
    """The share of anomalous elements that are flagged; undefined where none is anomalous."""

    def derived(self, counts: Confusion) -> float:
        """Recall."""
        return counts.recall


class Accuracy(DecidedMetric):
    """The share of elements that are decided right; undefined where there are none."""

    def derived(self, counts: Confusion) -> float:
        """Accuracy."""
        return counts.accuracy


class PRO(DecidedMetric):
    """Per-region overlap at one threshold: the mean flagged fraction of all connected regions.

    It takes maps, or predicted masks. A mask that is anomalous everywhere is one region; undefined
    where there is none.
    """

    needs_maps = True

    def derived(self, counts: Confusion) -> float:  # noqa: ARG002 - it is about regions
        """PRO."""
        return self.covered()


def decides_by_default(metric: Any) -> bool:
    """Whether a metric, of here or of torchmetrics, decides at a threshold that nobody named.

    Binary metrics of torchmetrics put scores through a sigmoid and decide in [0, 1], whatever
    threshold they are given, so those count as well.
    """
    if isinstance(metric, DecidedMetric):
        return not metric.threshold_is_named
    return is_binary(metric) and isinstance(getattr(metric, "threshold", None), float)
