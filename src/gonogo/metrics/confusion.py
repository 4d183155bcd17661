"""Decisions at one threshold, and the rates that follow from their counts."""

from __future__ import annotations

from gonogo.types import Confusion, Undefined

__all__ = ["confusion"]


def confusion(
    threshold: float, *, found: int, anomalies: int, false_alarms: int, normals: int
) -> Confusion:
    """Rates of ``score >= threshold`` decisions; a rate with nothing to divide by is undefined."""
    missed, rejected = anomalies - found, normals - false_alarms
    return Confusion(
        threshold=threshold,
        true_positives=found,
        false_positives=false_alarms,
        false_negatives=missed,
        true_negatives=rejected,
        precision=_ratio(found, found + false_alarms, "flagged elements"),
        recall=_ratio(found, anomalies, "anomalous elements"),
        specificity=_ratio(rejected, normals, "normal elements"),
        accuracy=_ratio(found + rejected, anomalies + normals, "elements"),
        f1=_ratio(2 * found, 2 * found + false_alarms + missed, "anomalous or flagged elements"),
        iou=_ratio(found, found + false_alarms + missed, "anomalous or flagged elements"),
    )


def _ratio(part: int, whole: int, of: str) -> float:
    return part / whole if whole else Undefined(f"needs {of}; found none")
