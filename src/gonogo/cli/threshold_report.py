"""A fitted threshold in words, and several side by side."""

from __future__ import annotations

from collections.abc import Mapping

from gonogo.errors import InputError
from gonogo.normalization import Normalization
from gonogo.results import Table
from gonogo.thresholds import Rate, Threshold

__all__ = ["comparison", "report"]


def report(threshold: Threshold, scale: Normalization | None) -> str:
    """What it is, what it promises, on which data, and what it achieves there."""
    achieved, data = threshold.achieved, threshold.fitted_on
    lines = [
        ("policy", threshold.policy + _confidence(threshold)),
        ("threshold", f"{threshold.value!r} ({threshold.level} level, score >= threshold)"),
        ("promises", threshold.promise),
        ("fitted on", f"{data.normal} normal and {data.anomalous} anomalous {threshold.level}s"),
        ("FPR", _rate(achieved.fpr)),
        ("recall", _rate(achieved.recall)),
        ("precision", _rate(achieved.precision)),
    ]
    if scale is not None:
        lines.append(("scale", f"{scale.method}, threshold at {scale.normalized_threshold:g}"))
    width = max(len(name) for name, _ in lines)
    return "\n".join(f"{name.ljust(width)}  {text}" for name, text in lines)


def comparison(found: Mapping[str, Threshold | InputError]) -> str:
    """A row for each policy, then what each promises or why there is none."""
    ends = "95 % interval"
    headers = ("policy", "threshold", "FPR", ends, "recall", ends, "precision", ends)
    rows = [
        (policy, *_cells(one)) if isinstance(one, Threshold) else (policy, *["-"] * 7)
        for policy, one in found.items()
    ]
    notes = [
        f"{policy}{_confidence(one)}: {one.promise}" if isinstance(one, Threshold) else str(one)
        for policy, one in found.items()
    ]
    return "\n".join([Table((), headers, tuple(rows)).text(), "", *notes])


def _cells(threshold: Threshold) -> list[str]:
    achieved = threshold.achieved
    cells = [f"{threshold.value:.6g}"]
    for rate in (achieved.fpr, achieved.recall, achieved.precision):
        cells += [f"{rate.value:.4g}", _interval(rate)] if rate.of else ["-", ""]
    return cells


def _rate(rate: Rate) -> str:
    if not rate.of:
        return "-"
    return f"{rate.value:.4g}, {rate.count} of {rate.of}, 95 % interval {_interval(rate)}"


def _interval(rate: Rate) -> str:
    low, high = rate.interval
    return f"{low:.4g} to {high:.4g}"


def _confidence(threshold: Threshold) -> str:
    return "" if threshold.confidence is None else f", confidence {threshold.confidence:g}"
