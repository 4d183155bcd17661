"""Tables of the operating points that were asked for: a rate kept, and its threshold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from gonogo.results import Level, Run, Table
from gonogo.shown import shown, shown_within
from gonogo.types import OperatingPoint

__all__ = ["rate_tables"]


def rate_tables(run: Run, *, fpr: bool, recall: bool) -> list[tuple[str, Table]]:
    """A title and a table for each kind of rate that was asked for."""
    wanted = ((fpr, _fpr_table), (recall, _recall_table))
    return [table(run) for asked, table in wanted if asked]


def _fpr_table(run: Run) -> tuple[str, Table]:
    """The true positive rates at the false positive rates."""
    headers = ("category", "level", "FPR <=", "TPR", "score >=")
    rows = tuple(
        (name, title, f"{fpr:g}", *_cells(point, "high"))
        for name, title, level in _levels(run)
        for fpr, point in level.tpr_at_fpr.items()
    )
    return "true-positive rate at given FPR", Table((), headers, rows)


def _recall_table(run: Run) -> tuple[str, Table]:
    """The false positive rates and precisions at the recalls."""
    headers = ("category", "level", "recall >=", "FPR", "score >=", "precision", "score >=")
    rows = tuple(
        (
            name,
            title,
            f"{recall:g}",
            *_cells(point, "low"),
            *_cells(level.precision_at_recall[recall], "low"),
        )
        for name, title, level in _levels(run)
        for recall, point in level.fpr_at_tpr.items()
    )
    return "false-positive rate and precision at given recall", Table((), headers, rows)


def _levels(run: Run) -> Iterator[tuple[str, str, Level]]:
    for name, result in run.categories.items():
        for title, level in (("image", result.image), ("pixel", result.pixel)):
            if level is not None:
                yield name, title, level


def _cells(point: OperatingPoint, end: Literal["low", "high"]) -> tuple[str, str]:
    """The rate, and the end of its threshold's interval that certainly keeps what was asked."""
    return shown(point.value), shown_within(point.threshold, end, point.next_lower)
