"""Metrics of each kind of defect, from batches that say where their images are.

As in ``result.by_defect`` of :func:`gonogo.evaluate`: the anomalous images of one defect against
all normal images, and its anomalous pixels against the normal pixels of all images. What is counted
comes in parts, normal images, each defect, and the normal pixels around each defect; a value is
that of the parts that belong together, merged.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import torch
from torchmetrics import Metric

from gonogo.torch.fields import field_values
from gonogo.torch.processes import from_every_process
from gonogo.torch.readings import comparable

__all__ = ["ByDefect", "in_full"]


class ByDefect:
    """Counts, apart from those of the metrics themselves, for metrics that share a state.

    ``metrics`` are empty and are left so.
    """

    def __init__(self, metrics: Sequence[Any]) -> None:
        self._blanks = [metric.clone() for metric in metrics]
        self._normal = self._blank()
        self._defects: dict[str, Any] = {}
        self._around: dict[str, Any] = {}

    @staticmethod
    def of(metrics: Sequence[Any]) -> ByDefect | None:
        """Counts by defect, if these metrics compare one field with the truth in another."""
        first = metrics[0]
        if not getattr(type(first).update, "takes_fields", False):
            return None  # a metric of others, which may read what else a batch has
        # Metrics of older releases of torchmetrics cannot be merged unless they are ours.
        merge, theirs = (getattr(kind, "merge_state", None) for kind in (type(first), Metric))
        own = merge is not theirs
        mergeable = merge is not None and (own or first.full_state_update is False)
        return ByDefect(metrics) if len(first.fields) == 2 and mergeable else None

    def add(self, batch: Any, paths: Sequence[str]) -> None:
        """Count a batch whose images lie at these paths; nothing, if it has no value for each."""
        fields = self._blanks[0].fields
        values = field_values(batch, fields, "")
        if isinstance(values, str) or any(_length(one) != len(paths) for one in values):
            return
        scores, truth = map(comparable, values)
        places: dict[str | None, list[int]] = defaultdict(list)
        for place, anomalous in enumerate(_anomalous(truth)):
            places[_folder(paths[place]) if anomalous else None].append(place)
        for defect, chosen in places.items():
            part = self._normal if defect is None else self._part(self._defects, defect)
            part.update(
                dict(zip(fields, (_chosen(one, chosen) for one in (scores, truth)), strict=True))
            )
            if defect is not None and getattr(scores[chosen[0]], "ndim", 0) > 1:
                for place in chosen:
                    self._add_around(defect, scores[place], truth[place])

    def values(self) -> dict[str, list[Any]]:
        """By defect, what each metric gives; those of all processes, in each of them."""
        known = from_every_process(sorted({*self._defects, *self._around}))
        every = sorted({defect for some in known for defect in some})
        return {defect: self._values_of(defect, every) for defect in every if defect}

    def _values_of(self, defect: str, every: Sequence[str]) -> list[Any]:
        first, *others = (blank.clone() for blank in self._blanks)
        around = [self._part(self._around, other) for other in every if other != defect]
        for part in (self._normal, self._part(self._defects, defect), *around):
            first.merge_state(part)
        for other in others:
            first.lend(other)
        return [in_full(metric) for metric in (first, *others)]

    def _add_around(self, defect: str, scores: Any, truth: Any) -> None:
        """The normal pixels of an image with a defect, as an image of one row."""
        row = _where(scores.reshape(-1), truth.reshape(-1) == 0).reshape(1, 1, -1)
        if row.shape[-1]:
            record = (
                row,
                torch.zeros(row.shape, dtype=torch.bool, device=getattr(row, "device", None)),
            )
            fields = self._blanks[0].fields
            self._part(self._around, defect).update(dict(zip(fields, record, strict=True)))

    def _part(self, parts: dict[str, Any], name: str) -> Any:
        if name not in parts:
            parts[name] = self._blank()
        return parts[name]

    def _blank(self) -> Any:
        return self._blanks[0].clone()


def in_full(metric: Any) -> Any:
    """What a metric gives, before it is rounded where it is one that rounds."""
    value = metric.compute()
    return value if value is None else getattr(metric, "unrounded", value)


def _anomalous(truth: Any) -> list[bool]:
    """Which images have an anomaly."""
    if isinstance(truth, list | tuple):
        return [bool((one != 0).any()) if hasattr(one, "any") else bool(one) for one in truth]
    flags: list[bool] = (truth != 0).reshape(len(truth), -1).any(1).tolist()
    return flags


def _where(scores: Any, chosen: Any) -> Any:
    """The scores that are chosen; of tensors in memory by NumPy, which is many times as fast."""
    if getattr(scores, "is_cpu", False) and scores.dtype != torch.bfloat16:
        return torch.from_numpy(scores.detach().numpy()[chosen.cpu().numpy()])
    return scores[chosen]


def _folder(path: str) -> str:
    """The name of the folder that a file is in; empty where the path does not say."""
    return ("", *re.split(r"[\\/]+", path))[-2]


def _length(value: Any) -> int | None:
    return len(value) if hasattr(value, "__len__") else None


def _chosen(value: Any, places: list[int]) -> Any:
    return [value[place] for place in places] if isinstance(value, list | tuple) else value[places]
