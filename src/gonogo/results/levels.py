"""The numbers of one level, image or pixel, derived from its counts."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, fields
from types import ModuleType
from typing import Any

import numpy as np

from gonogo import metrics
from gonogo.cores import available_cores
from gonogo.errors import InputError
from gonogo.metrics import bands, bounds
from gonogo.sorting import sortable
from gonogo.states import BinCounts, RankCounts
from gonogo.types import (
    Array,
    Band,
    Confusion,
    Curve,
    F1Max,
    Number,
    OperatingPoint,
    Settings,
    Undefined,
)

__all__ = ["Level", "PixelLevel", "StoredCurves", "image_level", "pixel_level"]

_MANY = 1 << 16
"""Anomalous scores from which on metrics are derived on every core."""


@dataclass(frozen=True, eq=False)
class StoredCurves:
    """The curves of a level that was read from the folder of a run, by name."""

    curves: Mapping[str, Curve | Band]
    stops: Array = field(default_factory=lambda: np.empty((0, 3)))

    def curve(self, name: str) -> Curve | Band:
        """One of them; refused where it was not stored."""
        if name in self.curves:
            return self.curves[name]
        raise InputError(
            f"result: found no stored {name} curve; the folder of a run holds those of all defects "
            "together, so evaluate the maps again"
        )


@dataclass(frozen=True, eq=False)
class Level:
    """Every standard number of one level, over the elements (images or pixels) it counts.

    Equal to another with the same numbers, whatever the counts from which they were derived.
    """

    anomalous: int
    normal: int
    auroc: Number
    average_precision: Number
    aupr_trapezoid: Number
    f1_max: F1Max
    iou_max: Number
    tpr_at_fpr: Mapping[float, OperatingPoint]
    fpr_at_tpr: Mapping[float, OperatingPoint]
    precision_at_recall: Mapping[float, OperatingPoint]
    at_threshold: Mapping[float, Confusion]
    counts: RankCounts | BinCounts | StoredCurves = field(repr=False)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Level):
            return NotImplemented
        return type(self) is type(other) and _numbers(vars(self)) == _numbers(vars(other))

    def __hash__(self) -> int:
        return hash((type(self), self.anomalous, self.normal))

    @property
    def ranks(self) -> RankCounts:
        """The exact counts; refused where the scores are known by their bin alone."""
        if isinstance(self.counts, RankCounts):
            return self.counts
        if isinstance(self.counts, StoredCurves):
            raise InputError(
                "result: found the folder of a run, which holds no ranks; evaluate the maps again"
            )
        raise InputError(
            "result: found certified counts, which know scores by their bin; evaluate in mode exact"
        )

    def roc_curve(self, *, thin: bool = False) -> Curve | Band:
        """False against true positive rate; ``thin`` leaves about 1000 points for plotting.

        A band, between two curves, where the scores are known by their bin.
        """
        return _drawn(self.counts, "roc", bands.roc_curve, thin)

    def pr_curve(self, *, thin: bool = False) -> Curve | Band:
        """Recall against precision; a band as for the ROC curve."""
        return _drawn(self.counts, "pr", bands.pr_curve, thin)

    def curves(self, *, thin: bool = False) -> dict[str, Curve | Band]:
        """Every curve of this level by name."""
        return {"roc": self.roc_curve(thin=thin), "pr": self.pr_curve(thin=thin)}

    def undefined(self) -> dict[str, str]:
        """Name and reason of every value that this data does not define."""
        return dict(_reasons(self))


@dataclass(frozen=True, eq=False)
class PixelLevel(Level):
    """The numbers of the pixel level, with those that count regions alike."""

    regions: int
    aupro: Mapping[float, Number]

    def pro_curve(self, *, thin: bool = False) -> Curve | Band:
        """False positive rate against mean region coverage; a band as for the ROC curve."""
        return _drawn(self.counts, "pro", bands.pro_curve, thin)

    def curves(self, *, thin: bool = False) -> dict[str, Curve | Band]:
        """Every curve of this level by name."""
        return {**super().curves(thin=thin), "pro": self.pro_curve(thin=thin)}

    def stops(self) -> Array:
        """Some thresholds, falling, and how many anomalous and normal pixels each flags: (n, 3).

        Among them those of the numbers above; the counts are exact, also where those are intervals.
        """
        if isinstance(self.counts, StoredCurves):
            return self.counts.stops
        rates = (self.tpr_at_fpr, self.fpr_at_tpr, self.precision_at_recall)
        points = [point for rate in rates for point in rate.values()]
        keep = [float(self.f1_max.threshold), *(float(one.threshold) for one in points)]
        tied = self.counts if isinstance(self.counts, RankCounts) else self.counts.tied
        named = [
            (one.threshold, one.true_positives, one.false_positives)
            for one in self.at_threshold.values()
            if math.isfinite(one.threshold)
        ]
        found = np.vstack([metrics.stops(tied, keep), np.array(named, np.float64).reshape(-1, 3)])
        return found[np.unique(sortable(-found[:, 0]), return_index=True)[1]]


def image_level(
    counts: RankCounts, settings: Settings, at_threshold: Mapping[float, Confusion]
) -> Level:
    """The image level from its ranks."""
    return Level(**_common(counts, settings, metrics), at_threshold=at_threshold)


def pixel_level(
    counts: RankCounts | BinCounts,
    settings: Settings,
    at_threshold: Mapping[float, Confusion],
    *,
    certified: bool,
) -> PixelLevel:
    """The pixel level from its ranks, or from its bins; ``certified`` values are intervals."""
    tied = counts if isinstance(counts, RankCounts) else counts.tied
    family = bounds if certified else metrics
    return PixelLevel(
        **_common(counts, settings, family, aupro=settings.fpr_limits),
        at_threshold=at_threshold,
        regions=tied.weights.regions,
    )


def _common(
    counts: RankCounts | BinCounts, settings: Settings, family: ModuleType, **more: Sequence[float]
) -> dict[str, Any]:
    """The numbers that all levels have, and ``more``: those of other metrics at some rates."""
    tied = counts if isinstance(counts, RankCounts) else counts.tied
    single = ("auroc", "average_precision", "aupr_trapezoid", "f1_max")
    at_rates = {
        "tpr_at_fpr": settings.at_fpr,
        "fpr_at_tpr": settings.at_recall,
        "precision_at_recall": settings.at_recall,
        **more,
    }
    wanted: list[tuple[str, tuple[float, ...]]] = [(name, ()) for name in single]
    wanted += [(name, (rate,)) for name, rates in at_rates.items() for rate in rates]
    found = dict(zip(wanted, _derived(counts, family, wanted), strict=True))
    f1 = found["f1_max", ()]
    return {
        "anomalous": tied.anomalies,
        "normal": tied.normals,
        **{name: found[name, ()] for name in single},
        "iou_max": metrics.iou_of(f1.value),
        **{name: {x: found[name, (x,)] for x in rates} for name, rates in at_rates.items()},
        "counts": counts,
    }


def _derived(
    counts: RankCounts | BinCounts,
    family: ModuleType,
    wanted: Sequence[tuple[str, tuple[float, ...]]],
) -> list[Any]:
    """Metrics of a family, on every core where there are many scores."""

    def one(name: str, rate: tuple[float, ...]) -> Any:
        return getattr(family, name)(counts, *rate)

    tied = counts if isinstance(counts, RankCounts) else counts.tied
    if len(tied.scores) < _MANY:
        return [one(*what) for what in wanted]
    with ThreadPoolExecutor(available_cores()) as pool:
        return list(pool.map(one, *zip(*wanted, strict=True)))


def _drawn(
    counts: RankCounts | BinCounts | StoredCurves,
    name: str,
    derive: Callable[[RankCounts | BinCounts], Curve | Band],
    thin: bool,
) -> Curve | Band:
    if isinstance(counts, StoredCurves):
        return counts.curve(name)
    curve = derive(counts)
    if not thin:
        return curve
    if isinstance(curve, Curve):
        return metrics.thinned(curve)
    return Band(metrics.thinned(curve.lower), metrics.thinned(curve.upper))


def _numbers(value: Any) -> Any:
    """All numbers of a level or a record in it, such that nan equals nan; without the counts."""
    if isinstance(value, Mapping):
        return {key: _numbers(item) for key, item in value.items() if key != "counts"}
    if isinstance(value, F1Max | OperatingPoint | Confusion):
        compared = (field.name for field in fields(value) if field.compare)
        return {name: _numbers(getattr(value, name)) for name in compared}
    return None if isinstance(value, float) and math.isnan(value) else value


def _reasons(level: Level) -> Iterator[tuple[str, str]]:
    for name, value in vars(level).items():
        if isinstance(value, F1Max):
            yield from _reason(name, value.value)
        elif isinstance(value, Mapping):
            for key, item in value.items():
                yield from _entry_reasons(f"{name}[{key!r}]", item)
        else:
            yield from _reason(name, value)


def _entry_reasons(name: str, item: Any) -> Iterator[tuple[str, str]]:
    if isinstance(item, OperatingPoint):
        yield from _reason(name, item.value)
    elif isinstance(item, Confusion):
        for rate, value in vars(item).items():
            yield from _reason(f"{name}.{rate}", value)
    else:
        yield from _reason(name, item)


def _reason(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Undefined):
        yield name, value.reason
