"""The numbers of one level, image or pixel, derived from its counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from gonogo import metrics
from gonogo.cores import available_cores
from gonogo.errors import InputError
from gonogo.metrics import bands, bounds
from gonogo.states import BinCounts, RankCounts
from gonogo.types import (
    Band,
    Confusion,
    Curve,
    F1Max,
    Number,
    OperatingPoint,
    Settings,
    Undefined,
)

__all__ = ["Level", "PixelLevel", "image_level", "pixel_level"]

_MANY = 1 << 16


@dataclass(frozen=True, eq=False)
class Level:
    """Every standard number of one level, over the elements (images or pixels) it counts."""

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
    counts: RankCounts | BinCounts = field(repr=False)

    @property
    def ranks(self) -> RankCounts:
        """The exact counts; refused where the scores are known by their bin alone."""
        if isinstance(self.counts, RankCounts):
            return self.counts
        raise InputError(
            "result: found certified counts, which know scores by their bin; evaluate in mode exact"
        )

    def roc_curve(self, *, thin: bool = False) -> Curve | Band:
        """False against true positive rate; ``thin`` leaves about 1000 points for plotting.

        A band, between two curves, where the scores are known by their bin.
        """
        return _drawn(bands.roc_curve(self.counts), thin)

    def pr_curve(self, *, thin: bool = False) -> Curve | Band:
        """Recall against precision; a band as for the ROC curve."""
        return _drawn(bands.pr_curve(self.counts), thin)

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
        return _drawn(bands.pro_curve(self.counts), thin)

    def curves(self, *, thin: bool = False) -> dict[str, Curve | Band]:
        """Every curve of this level by name."""
        return {**super().curves(thin=thin), "pro": self.pro_curve(thin=thin)}


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


def _drawn(curve: Curve | Band, thin: bool) -> Curve | Band:
    if not thin:
        return curve
    if isinstance(curve, Curve):
        return metrics.thinned(curve)
    return Band(metrics.thinned(curve.lower), metrics.thinned(curve.upper))


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
