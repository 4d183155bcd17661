"""What normal scores look like: their range, and the distribution of their logarithms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torchmetrics import Metric

from gonogo._check import as_array
from gonogo.errors import InputError
from gonogo.sorting import sortable
from gonogo.torch.answers import Answering
from gonogo.torch.gathering import Gather, Gathering
from gonogo.torch.metric import AnomalyMetric
from gonogo.torch.readings import as_scores, read
from gonogo.torch.saved import SavedMixin

__all__ = ["AnomalyScoreDistribution", "MinMax"]


class _Extremes(Answering, Metric):  # type: ignore[misc]  # torch ships no types here
    """``update`` and ``compute`` of :class:`MinMax`."""

    full_state_update = False
    is_differentiable = False
    has_several_values: ClassVar[bool] = True

    min: Tensor
    max: Tensor
    batches: Tensor

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        low, high = self.tensor(float("inf")), self.tensor(float("-inf"))
        self.add_state("min", low, dist_reduce_fx="min", persistent=True)
        self.add_state("max", high, dist_reduce_fx="max", persistent=True)

    def update(self, preds: Any) -> None:
        """See the scores of a batch, of any shape."""
        _, (low, high) = as_scores(preds, self.name)
        self.min = torch.minimum(self.min, self.tensor(low))
        self.max = torch.maximum(self.max, self.tensor(high))

    def compute(self) -> Tensor:
        """The lowest and the highest score, as one tensor that can be taken apart."""
        self.reason = None
        if bool(self.min > self.max):
            self.undefined("needs scores; found none")
            return self.tensor([float("nan")] * 2)
        return torch.stack([self.min, self.max])

    def merge_state(self, incoming_state: Any) -> None:
        """See what another metric has seen; it is left as it is."""
        other = getattr(incoming_state, "metric_state", incoming_state)
        self.min = torch.minimum(self.min, self.tensor(other["min"]))
        self.max = torch.maximum(self.max, self.tensor(other["max"]))
        self.batches = self.batches + other["batches"].to(self.batches.device)

    def set_dtype(self, dst_type: Any) -> Any:  # noqa: ARG002 - torchmetrics' own signature
        """Nothing: float64 holds every score."""
        return self

    def _load_from_state_dict(self, *args: Any, **kwargs: Any) -> None:
        """A range of any float dtype, in place of what was computed before."""
        super()._load_from_state_dict(*args, **kwargs)
        self.min, self.max, self._computed = self.tensor(self.min), self.tensor(self.max), None


class MinMax(AnomalyMetric, _Extremes):
    """The lowest and the highest score so far: ``low, high = min_max.compute()``.

    ``update`` takes scores of any shape; with fields, name one. ``min`` and ``max`` are part of
    ``state_dict``.
    """

    @property
    def update_called(self) -> bool:
        """Whether there is a range, be it merged or loaded."""
        return bool(super().update_called) or bool(self.min <= self.max)


class _LogScores(SavedMixin, Gathering, Answering, Metric):  # type: ignore[misc]  # torch has no types
    """``update`` and ``compute`` of :class:`AnomalyScoreDistribution`."""

    full_state_update = False
    is_differentiable = False
    saved = ("image_mean", "image_std", "pixel_mean", "pixel_std")
    has_several_values: ClassVar[bool] = True

    image_scores: list[Tensor]
    anomaly_maps: list[Tensor]
    labels: list[Tensor]
    image_mean: Tensor
    image_std: Tensor
    pixel_mean: Tensor
    pixel_std: Tensor

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name in ("image_scores", "anomaly_maps", "labels"):
            self.add_state(name, [], dist_reduce_fx=None)
        # Buffers, no states: a sync over processes leaves in place what was computed.
        for name in self.saved:
            self.register_buffer(name, self.tensor(np.empty(0)))

    def update(
        self, anomaly_scores: Any = None, anomaly_maps: Any = None, labels: Any = None
    ) -> None:
        """Keep image scores ``(N,)``, maps ``(N, H, W)`` or ``(N, 1, H, W)``, or both.

        ``labels`` are those of the image scores, 1 = anomalous; they change no statistics.
        """
        if anomaly_scores is None and (anomaly_maps is None or labels is not None):
            found = "labels without" if labels is not None else "neither anomaly_maps nor"
            raise InputError(f"{self.name}: found {found} anomaly_scores")
        if labels is not None:
            (reading,) = read(torch.as_tensor(anomaly_scores).reshape(-1), labels, self.name)
            self.labels = [*self.labels, torch.from_numpy(reading.labels).to(self.batches.device)]
        if anomaly_scores is not None:
            scores = _positive(anomaly_scores, self.name).reshape(-1)
            self.image_scores = [*self.image_scores, scores]  # others may share the list
        if anomaly_maps is not None:
            maps = _positive(anomaly_maps, self.name)
            maps = maps.squeeze(1) if maps.ndim == 4 else maps
            maps = maps[None] if maps.ndim == 2 else maps
            shapes = {tuple(one.shape[1:]) for one in (*self.anomaly_maps, maps)}
            if maps.ndim != 3 or len(shapes) > 1:
                raise InputError(
                    f"{self.name}: found anomaly_maps of shape {tuple(maps.shape)}; expected "
                    "(N, H, W) or (N, 1, H, W) of one size for all"
                )
            self.anomaly_maps = [*self.anomaly_maps, maps]

    def compute(self) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Mean and standard deviation of the images' logarithms, then of those of each pixel.

        Without scores they are those of the ``state_dict`` that was loaded.
        """
        self.reason = None
        if not (self.image_scores or self.anomaly_maps) and self.image_mean.numel():
            return self.image_mean, self.image_std, self.pixel_mean, self.pixel_std
        found: list[Tensor] = []
        for parts, what in ((self.image_scores, "image scores"), (self.anomaly_maps, "maps")):
            arrays = [as_array(part, what) for part in parts]
            if not arrays:
                self.undefined(f"needs {what}; found none")
            found += [self.tensor(value) for value in _moments(arrays)]
        for name, value in zip(self.saved, found, strict=True):
            setattr(self, name, value)
        return found[0], found[1], found[2], found[3]

    def reset(self) -> None:
        """Forget all scores, and the statistics with them."""
        super().reset()
        for name in self.saved:
            setattr(self, name, self.tensor(np.empty(0)))

    def plot(self, val: Any = None, ax: Any = None) -> tuple[Any, Any]:
        """Refused: these are four values, two of them of the size of a map."""
        del val, ax
        raise InputError(
            f"{self.name}: has no plot, because its values are two numbers and two maps; draw what "
            "compute() gives, for example matplotlib.pyplot.imshow(metric.compute()[2])"
        )

    def level(self, gather: Gather) -> dict[str, Any]:
        """One tensor of every process for the scores, and one for the maps."""
        here = self.batches.device
        size = self.anomaly_maps[0].shape[1:] if self.anomaly_maps else (0, 0)
        sizes = {tuple(one.tolist()) for one in gather(torch.tensor(size, device=here))} - {(0, 0)}
        if len(sizes) > 1:
            raise InputError(f"{self.name}: found maps of {len(sizes)} sizes; expected one for all")
        height, width = next(iter(sizes), (0, 0))
        scores = _one(self.image_scores, torch.empty(0, device=here))
        maps = _one(self.anomaly_maps, torch.empty((0, height, width), device=here))
        labels = torch.cat([torch.empty(0, dtype=torch.bool, device=here), *self.labels])
        self.image_scores, self.anomaly_maps, self.labels = [], [], []
        return {
            "image_scores": gather(scores),
            "anomaly_maps": gather(maps) if height else [],
            "labels": gather(labels),
        }

    def merge_state(self, incoming_state: Any) -> None:
        """Add the scores of another metric; it is left as it is."""
        other = getattr(incoming_state, "metric_state", incoming_state)
        for name in ("image_scores", "anomaly_maps", "labels"):
            setattr(self, name, [*getattr(self, name), *other[name]])
        self.batches = self.batches + other["batches"].to(self.batches.device)

    def set_dtype(self, dst_type: Any) -> Any:  # noqa: ARG002 - torchmetrics' own signature
        """Nothing: scores keep the dtype they came in."""
        return self


class AnomalyScoreDistribution(AnomalyMetric, _LogScores):
    """Mean and standard deviation of the logarithms of normal training scores.

    For :class:`gonogo.Cdf` and the cdf normalisation of anomalib 0.x. ``update`` takes image scores
    ``(N,)``, maps ``(N, H, W)`` of one size, or both, all positive; ``compute`` gives
    ``(image_mean, image_std, pixel_mean, pixel_std)``, the last two of shape ``(H, W)``. ``std`` is
    divided by n - 1, and 0 for one image. The four are part of ``state_dict``, and ``compute``
    gives those that were loaded as long as there are no scores. No order and no split into batches
    changes a bit: all scores and maps are kept in memory for that, and gathered from all processes.
    """

    @property
    def update_called(self) -> bool:
        """Whether there are scores, or statistics that were computed or loaded."""
        return bool(super().update_called) or self.image_mean.numel() > 0


def _positive(preds: Any, name: str) -> Tensor:
    """A copy of scores, which have a logarithm."""
    scores, (low, _) = as_scores(preds, name)
    if low <= 0.0:
        raise InputError(f"{name}: found scores down to {low}; logarithms need positive scores")
    return scores.clone()


def _one(parts: Sequence[Tensor], nothing: Tensor) -> Tensor:
    """All parts as one float64 tensor where the metric is."""
    nothing = nothing.double()
    return torch.cat([nothing, *(part.to(nothing.device).double() for part in parts)])


def _moments(parts: list[NDArray[Any]]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and deviation of logarithms over images; sorted first, so that order is nothing."""
    if not parts:
        nothing = np.array(np.nan)
        return nothing, nothing
    logs = np.sort(sortable(np.log(np.concatenate(parts).astype(np.float64))), axis=0)
    return logs.mean(axis=0), logs.std(axis=0, ddof=min(len(logs) - 1, 1))
