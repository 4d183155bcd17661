"""The main job from a CSV file alone: scores of images with their labels, and no maps."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter

from gonogo import _check
from gonogo.errors import InputError
from gonogo.evaluation import evaluate_sources
from gonogo.results import Run

__all__ = ["evaluate_table", "is_table", "refuse_for_table"]

_SUFFIXES = frozenset({".csv", ".tsv", ".txt"})
"""Suffixes of files that are taken for tables of scores."""


def is_table(path: str | os.PathLike[str]) -> bool:
    """Whether this is a file of scores rather than a folder of maps, or a URL of one."""
    if "://" in os.fspath(path):
        return False
    return Path(path).suffix.lower() in _SUFFIXES and not Path(path).is_dir()


def refuse_for_table(table: str | os.PathLike[str], given: Iterable[str]) -> None:
    """Refuse options that are given for maps, where there is a file of scores in their place."""
    for name in given:
        raise InputError(
            f"{name}: found it for {table}, a file of scores; it needs maps, so leave it out"
        )


def evaluate_table(
    scores: str | os.PathLike[str],
    *,
    columns: Mapping[str, str | None] | None = None,
    categories: Sequence[str] | None = None,
    at_fpr: float | Sequence[float] = (0.01, 0.05),
    at_recall: float | Sequence[float] = (0.95, 0.99),
    image_thresholds: float | Sequence[float] = (),
) -> Run:
    r"""Score the images of a CSV file that holds a score and a label for each: image level alone.

    Args:
        scores: a CSV file with a header: a column of scores, one of labels, and where there are
            such the name of the image, its ``category`` and the type of its ``defect``.
        columns: names of columns that are not known or not certain, by what they hold:
            ``{"label": "gt", "score": "raw"}``.
        categories: names of those to evaluate; by default all.
        at_fpr: see :func:`gonogo.evaluate`.
        at_recall: see :func:`gonogo.evaluate`.
        image_thresholds: see :func:`gonogo.evaluate`.

    Returns:
        A :class:`~gonogo.results.Run`: a result for each category (``data`` where there is no such
        column), without a pixel level.

    Raises:
        InputError: the file cannot be read, has no labels, or what it means is not certain.

    Example:
        >>> import gonogo, tempfile, pathlib
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = pathlib.Path(folder, "scores.csv")
        ...     _ = path.write_text("file,score,gt\na.png,0.5,OK\nb.png,0.75,NG\n")
        ...     gonogo.evaluate_table(path).categories["data"].image.auroc
        1.0
    """
    start, path = perf_counter(), Path(scores)
    settings = _check.settings(
        at_fpr=at_fpr, at_recall=at_recall, image_thresholds=image_thresholds
    )
    settings = replace(settings, image_score="given")
    table = _check.ScoreTable.read(path, columns=columns)
    if table.labels is None:
        raise InputError(
            f"{path}: found no column of labels, which an evaluation needs; add one, for example "
            "label with 0 and 1, or name it with columns={'label': NAME}"
        )
    of = table.categories or ("data",) * len(table.lines)
    present = list(dict.fromkeys(of))
    for name in categories or ():
        if name not in present:
            raise InputError(
                f"categories: found no scores for {name}; {', '.join(present)} is there"
            )
    results = {}
    for name in categories or present:
        part = table.lines_where([one == name for one in of])
        names = part.names or tuple(f"line {line}" for line in part.lines)
        images = _check.images(
            None, None, labels=part.labels, scores=part.scores, names=names, defects=part.defects
        )
        results[name] = evaluate_sources(images, settings, category=name, pixels=False)
    return Run(results, settings, seconds=perf_counter() - start)
