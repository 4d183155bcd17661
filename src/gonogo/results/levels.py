"""The numbers of one level, image or pixel, derived from its counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gonogo import metrics
from gonogo.states import RankCounts
from gonogo.types import Confusion, Curve, F1Max, OperatingPoint, Settings, Undefined

__all__ = ["Level", "PixelLevel", "image_level", "pixel_level"]


@dataclass(frozen=True, eq=False)
class Level:
    """Every standard number of one level, over the elements (images or pixels) it counts."""

    anomalous: int
    normal: int
    auroc: float
    average_precision: float
    aupr_trapezoid: float
    f1_max: F1Max
    iou_max: float
    tpr_at_fpr: Mapping[float, OperatingPoint]
    fpr_at_tpr: Mapping[float, OperatingPoint]
    precision_at_recall: Mapping[float, OperatingPoint]
    at_threshold: Mapping[float, Confusion]
    counts: RankCounts = field(repr=False)

    def roc_curve(self, *, thin: bool = False) -> Curve:
        """False against true positive rate; ``thin`` leaves about 1000 points for plotting."""
        return _maybe_thin(metrics.roc_curve(self.counts), thin)

    def pr_curve(self, *, thin: bool = False) -> Curve:
        """Recall against precision; ``thin`` leaves about 1000 points for plotting."""
        return _maybe_thin(metrics.pr_curve(self.counts), thin)

    def curves(self, *, thin: bool = False) -> dict[str, Curve]:
        """Every curve of this level by name."""
        return {"roc": self.roc_curve(thin=thin), "pr": self.pr_curve(thin=thin)}

    def undefined(self) -> dict[str, str]:
        """Name and reason of every value that this data does not define."""
        return dict(_reasons(self))


@dataclass(frozen=True, eq=False)
class PixelLevel(Level):
    """The numbers of the pixel level, with those that count regions alike."""

    regions: int
    aupro: Mapping[float, float]

    def pro_curve(self, *, thin: bool = False) -> Curve:
        """False positive rate against mean region coverage; ``thin`` as for the ROC curve."""
        return _maybe_thin(metrics.pro_curve(self.counts), thin)

    def curves(self, *, thin: bool = False) -> dict[str, Curve]:
        """Every curve of this level by name."""
        return {**super().curves(thin=thin), "pro": self.pro_curve(thin=thin)}


def image_level(
    counts: RankCounts, settings: Settings, at_threshold: Mapping[float, Confusion]
) -> Level:
    """The image level from its ranks."""
    return Level(**_common(counts, settings), at_threshold=at_threshold)


def pixel_level(
    counts: RankCounts, settings: Settings, at_threshold: Mapping[float, Confusion]
) -> PixelLevel:
    """The pixel level from its ranks."""
    return PixelLevel(
        **_common(counts, settings),
        at_threshold=at_threshold,
        regions=counts.weights.regions,
        aupro={limit: metrics.aupro(counts, limit) for limit in settings.fpr_limits},
    )


def _common(counts: RankCounts, settings: Settings) -> dict[str, Any]:
    return {
        "anomalous": counts.anomalies,
        "normal": counts.normals,
        "auroc": metrics.auroc(counts),
        "average_precision": metrics.average_precision(counts),
        "aupr_trapezoid": metrics.aupr_trapezoid(counts),
        "f1_max": metrics.f1_max(counts),
        "iou_max": metrics.iou_max(counts),
        "tpr_at_fpr": {x: metrics.tpr_at_fpr(counts, x) for x in settings.at_fpr},
        "fpr_at_tpr": {x: metrics.fpr_at_tpr(counts, x) for x in settings.at_recall},
        "precision_at_recall": {
            x: metrics.precision_at_recall(counts, x) for x in settings.at_recall
        },
        "counts": counts,
    }


def _maybe_thin(curve: Curve, thin: bool) -> Curve:
    return metrics.thinned(curve) if thin else curve


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
