"""Every metric class, how to make it, and the same number by the functions for arrays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

import gonogo
import gonogo.torch as gt
from gonogo.metrics import bounds
from gonogo.states import vector_ranks

LEVEL = 33.0
"""The threshold of decisions, within the scores of ``images``."""


@dataclass(frozen=True)
class Case:
    """A metric in one setting; ``wanted`` is by arrays of maps (N, H, W) and masks."""

    of: type[Any]
    wanted: Callable[[Any, Any], Any]
    options: dict[str, Any] = field(default_factory=dict)
    images: bool = False
    takes: str = "both"
    always: bool = False
    """Whether it has a value without data."""

    def __str__(self) -> str:
        level = "images" if self.images else "pixels"
        return "-".join([self.of.__name__, level, *map(str, self.options.values())])

    def make(self, **options: Any) -> Any:
        return self.of(**self.options, **options)

    def values(self, maps: Any, masks: Any) -> tuple[Any, ...]:
        """What ``update`` takes: maps with masks, or the images' scores with labels."""
        scores, labels = (maps.amax((1, 2)), masks.amax((1, 2))) if self.images else (maps, masks)
        if self.takes == "scores":
            return (scores,)
        return (maps.amax((1, 2)), maps) if self.takes == "both levels" else (scores, labels)

    def expected(self, maps: Any, masks: Any) -> list[np.ndarray]:
        """By arrays, as float64."""
        arrays = [value.numpy() for value in (maps, masks)]
        if self.images:
            arrays = [array.max(axis=(1, 2)) for array in arrays]
        found = self.wanted(*arrays)
        return [
            np.asarray(one, np.float64) for one in (found if type(found) is tuple else (found,))
        ]


def decided(name: str) -> Callable[[Any, Any], float]:
    return lambda scores, labels: getattr(gonogo.confusion(scores, labels, LEVEL), name)


def rates(curve: Any) -> tuple[Any, ...]:
    return curve.x, curve.y, curve.thresholds


def precision_recall(scores: Any, labels: Any) -> tuple[Any, ...]:
    curve = gonogo.pr_curve(scores, labels)
    return curve.y[::-1], curve.x[::-1], curve.thresholds[:0:-1]


def overlap(maps: Any, masks: Any) -> float:
    """PRO at the threshold, read off the whole curve."""
    curve = gonogo.pro_curve(maps, masks)
    return float(curve.y[np.flatnonzero(curve.thresholds >= LEVEL)[-1]])


def passed(scores: Any, labels: Any) -> float:
    return float(bounds.tnr_at_fnr(vector_ranks(scores.ravel(), labels.ravel()), 0.1).value)


def logs(maps: Any, _: Any) -> tuple[Any, ...]:
    images, pixels = (np.sort(np.log(m.astype(float)), axis=0) for m in (maps.max((1, 2)), maps))
    less = {"ddof": 1 if len(maps) > 1 else 0}
    return images.mean(), images.std(**less), pixels.mean(axis=0), pixels.std(axis=0, **less)


def both_levels(of: type[Any], wanted: Callable[..., Any], **options: Any) -> list[Case]:
    return [Case(of, wanted, options), Case(of, wanted, options, images=True)]


REGISTRY = [
    *both_levels(gt.AUROC, gonogo.auroc),
    *both_levels(gt.AUPR, gonogo.aupr),
    Case(gt.AUPR, lambda s, m: gonogo.aupr(s, m, method="trapezoid"), {"method": "trapezoid"}),
    Case(gt.AUPRO, gonogo.aupro),
    Case(
        gt.AUPRO,
        lambda maps, masks: gonogo.aupro(maps, masks, fpr_limit=0.05, connectivity=4),
        {"fpr_limit": 0.05, "connectivity": 4},
    ),
    *both_levels(gt.F1Max, lambda s, m: gonogo.f1_max(s, m).value),
    *both_levels(gt.IoUMax, gonogo.iou_max),
    *both_levels(gt.F1AdaptiveThreshold, lambda s, m: gonogo.f1_max(s, m).threshold),
    *both_levels(gt.PGn, passed, fnr=0.1),
    *both_levels(gt.PBn, lambda s, m: gonogo.tpr_at_fpr(s, m, 0.1).value, fpr=0.1),
    *both_levels(gt.ROC, lambda s, m: rates(gonogo.roc_curve(s, m))),
    Case(gt.PROCurve, lambda s, m: rates(gonogo.pro_curve(s, m))),
    *both_levels(gt.BinaryPrecisionRecallCurve, precision_recall),
    *both_levels(gt.F1Score, decided("f1"), threshold=LEVEL),
    *both_levels(gt.Precision, decided("precision"), threshold=LEVEL),
    *both_levels(gt.Recall, decided("recall"), threshold=LEVEL),
    *both_levels(gt.Accuracy, decided("accuracy"), threshold=LEVEL),
    Case(gt.PRO, overlap, {"threshold": LEVEL}),
    Case(gt.MinMax, lambda s, _: np.array([s.min(), s.max()]), takes="scores"),
    Case(gt.AnomalyScoreDistribution, logs, takes="both levels"),
    Case(gt.ManualThreshold, lambda *_: 2.5, {"default_value": 2.5}, always=True),
]
RANKING = [case for case in REGISTRY if issubclass(case.of, gt.ScoredMetric)]


def images(count: int = 12, side: int = 24, dtype: Any = torch.float32) -> tuple[Any, Any]:
    """Maps with ties and scores far outside [0, 1], and masks with regions that touch the border.

    Images 0, 4, 8 ... are normal; one mask is anomalous everywhere.
    """
    rng = np.random.default_rng(7)
    maps = rng.normal(30.0, 4.0, (count, side, side)).round(2)
    masks = np.zeros(maps.shape, bool)
    for place in range(count):
        if place % 4:
            masks[place, : 2 + place % 5, place % side :] = True
            masks[place, side // 2 : side // 2 + 3, 2 : 5 + place % 7] = True
    masks[count - 1] = True
    maps[masks] += 3.0
    return torch.from_numpy(maps).to(dtype), torch.from_numpy(masks)
