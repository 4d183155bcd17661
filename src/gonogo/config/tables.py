"""Tables of what a job came to: the metrics it asked for, and the thresholds that were fitted."""

from __future__ import annotations

import math
from collections.abc import Iterator

from gonogo.config.job import LevelName
from gonogo.config.run import Outcome
from gonogo.config.thresholds import decided
from gonogo.results import Table
from gonogo.results.mean import mean_of
from gonogo.shown import shown, shown_threshold
from gonogo.types import Number

__all__ = ["outcome_tables"]


def outcome_tables(outcome: Outcome) -> list[tuple[str | None, Table]]:
    """A title and a table each; none where the job asked for nothing but the standard table."""
    tables: list[tuple[str | None, Table]] = []
    if outcome.job.metrics:
        tables.append((None, _metrics_table(outcome)))
    if outcome.job.policies:
        tables.append(("thresholds (anomalous: score >= threshold)", _thresholds_table(outcome)))
    return tables


def _metrics_table(outcome: Outcome) -> Table:
    """A row for each category; for several the mean, where every one has a value."""
    wanted = outcome.job.metrics
    rows = {name: list(_values(outcome, name)) for name in outcome.run.categories}
    means = [mean_of(column) for column in zip(*rows.values(), strict=True)]
    return Table(
        groups=(("", 1), *((level, len(metrics)) for level, metrics in wanted.items())),
        headers=("category", *(one.label for metrics in wanted.values() for one in metrics)),
        rows=tuple((name, *map(shown, values)) for name, values in rows.items()),
        summary=("mean", *map(shown, means)) if len(rows) > 1 else None,
    )


def _values(outcome: Outcome, category: str) -> Iterator[Number]:
    result, thresholds = outcome.run.categories[category], outcome.thresholds[category]
    for level, metrics in outcome.job.metrics.items():
        numbers = result.image if level == "image" else result.pixel
        decisions = decided(thresholds[level]) if level in thresholds else None
        for metric in metrics:
            yield math.nan if numbers is None else metric.value(numbers, decisions)


def _thresholds_table(outcome: Outcome) -> Table:
    rows = [
        _threshold_row(outcome, category, level)
        for category, thresholds in outcome.thresholds.items()
        for level in thresholds
    ]
    scale = () if outcome.job.scale is None else (outcome.job.scale,)
    headers = ("category", "level", "policy", "threshold", *scale, "FPR", "recall", "precision")
    return Table((), headers, tuple(rows))


def _threshold_row(outcome: Outcome, category: str, level: LevelName) -> tuple[str, ...]:
    threshold = outcome.thresholds[category][level]
    scale = outcome.scales[category].get(level)
    achieved = threshold.achieved
    rates = (achieved.fpr, achieved.recall, achieved.precision)
    sure = "" if threshold.confidence is None else f", confidence {threshold.confidence:g}"
    return (
        category,
        level,
        threshold.policy + sure,
        shown_threshold(threshold.value, threshold.next_lower),
        *(() if scale is None else (f"{scale.normalized_threshold:g}",)),
        *(shown(rate.value) for rate in rates),
    )
