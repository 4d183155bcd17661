"""Tables of the decisions at the thresholds that were asked for."""

from __future__ import annotations

from collections.abc import Iterator

from gonogo.results import Run, Table
from gonogo.shown import shown, shown_threshold

__all__ = ["threshold_tables"]


def threshold_tables(run: Run) -> Iterator[tuple[str, Table]]:
    """A title and a table for each level that thresholds were given for."""
    if run.settings.image_thresholds:
        yield "images at given thresholds (positive: score >= threshold)", _image_table(run)
    if run.settings.pixel_thresholds:
        yield "pixels at given thresholds (positive: score >= threshold)", _pixel_table(run)


def _image_table(run: Run) -> Table:
    headers = ("category", "threshold", "TP", "FP", "FN", "TN", "precision", "recall", "F1")
    rows = tuple(
        (
            name,
            shown_threshold(one.threshold),
            str(one.true_positives),
            str(one.false_positives),
            str(one.false_negatives),
            str(one.true_negatives),
            *map(shown, (one.precision, one.recall, one.f1)),
        )
        for name, result in run.categories.items()
        for one in result.image.at_threshold.values()
    )
    return Table((), headers, rows)


def _pixel_table(run: Run) -> Table:
    headers = ("category", "threshold", "precision", "recall", "specificity", "F1", "IoU")
    rows = tuple(
        (
            name,
            shown_threshold(one.threshold),
            *map(shown, (one.precision, one.recall, one.specificity, one.f1, one.iou)),
        )
        for name, result in run.categories.items()
        if result.pixel is not None
        for one in result.pixel.at_threshold.values()
    )
    return Table((), headers, rows)
