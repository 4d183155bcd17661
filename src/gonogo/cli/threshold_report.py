"""A fitted threshold in words, and several side by side."""

from __future__ import annotations

from collections.abc import Mapping

from gonogo.cli.tables import draw
from gonogo.errors import InputError
from gonogo.normalization import Normalization
from gonogo.results import Table
from gonogo.shown import shown_threshold
from gonogo.thresholds import Rate, Threshold

__all__ = ["comparison", "report"]


def report(threshold: Threshold, scale: Normalization | None) -> str:
    """What it is, what it promises, on which data, and what it achieves there."""
    data = threshold.fitted_on
    lines = [
        ("policy", threshold.policy + _confidence(threshold)),
        ("threshold", f"{threshold.value!r} ({threshold.level} level, score >= threshold)"),
        ("promises", threshold.promise),
        ("fitted on", f"{data.normal} normal and {data.anomalous} anomalous {threshold.level}s"),
        *((name, _rate(rate)) for name, rate in _rates(threshold).items()),
    ]
    if threshold.min_area > 1:
        lines.append(
            ("area", f"gonogo apply flags regions of at least {threshold.min_area} pixels")
        )
    if scale is not None:
        lines.append(("scale", f"{scale.method}, threshold at {scale.normalized_threshold:g}"))
    width = max(len(name) for name, _ in lines)
    return "\n".join(f"{name.ljust(width)}  {text}" for name, text in lines)


def comparison(found: Mapping[str, Threshold | InputError]) -> str:
    """A row for each policy, then what each promises or why there is none.

    Data without anomalies show the false positive rate alone.
    """
    groups = (("", 1), ("", 1), *((name, 2) for name in ("FPR", "recall", "precision")))
    headers = ("policy", "threshold", *("value", "95 % interval") * 3)
    rows = [
        (policy, *_cells(one)) if isinstance(one, Threshold) else (policy, *["-"] * 7)
        for policy, one in found.items()
    ]
    notes = [
        f"{policy}{_confidence(one)}: {one.promise}" if isinstance(one, Threshold) else str(one)
        for policy, one in found.items()
    ]
    table = Table(groups, headers, tuple(rows))
    if not any(one.fitted_on.anomalous for one in found.values() if isinstance(one, Threshold)):
        table = table.part(1, 2)
    return draw([(None, table)], notes, short_name=max(map(len, found)))


def _cells(threshold: Threshold) -> list[str]:
    cells = [shown_threshold(threshold.value, threshold.next_lower)]
    for rate in _rates(threshold).values():
        cells += ["-", ""] if rate is None else [f"{rate.value:.4g}", _interval(rate, digits=3)]
    return cells


def _rates(threshold: Threshold) -> dict[str, Rate | None]:
    """What the threshold achieves; None for what data without such elements cannot show."""
    achieved, anomalous = threshold.achieved, threshold.fitted_on.anomalous
    return {
        "FPR": achieved.fpr if achieved.fpr.of else None,
        "recall": achieved.recall if anomalous else None,
        "precision": achieved.precision if anomalous and achieved.precision.of else None,
    }


def _rate(rate: Rate | None) -> str:
    if rate is None:
        return "-"
    return f"{rate.value:.4g}, {rate.count} of {rate.of}, 95 % interval {_interval(rate)}"


def _interval(rate: Rate, *, digits: int = 4) -> str:
    low, high = rate.interval
    return f"{low:.{digits}g} to {high:.{digits}g}"


def _confidence(threshold: Threshold) -> str:
    return "" if threshold.confidence is None else f", confidence {threshold.confidence:g}"
