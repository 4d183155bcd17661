"""Image scores that lie on disk: the folder of a run, or a CSV file with a line for each image."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gonogo._check import ScoreTable, image_rows
from gonogo.documents import read_document
from gonogo.errors import InputError

__all__ = ["StoredScores", "score_rule", "stored_scores"]


@dataclass(frozen=True)
class StoredScores:
    """Scores and labels of images; without labels all are normal."""

    scores: NDArray[np.float64]
    labels: NDArray[np.bool_] | None
    image_score: str
    """The rule by which they were taken from maps, or ``given``."""


def stored_scores(
    path: Path,
    category: str | None = None,
    columns: Mapping[str, str | None] | None = None,
) -> StoredScores:
    """The scores of a file, or of the folder that ``gonogo evaluate --out`` has written.

    A CSV file is read as :class:`gonogo._check.ScoreTable` says; of several categories one is to be
    named. The folder must hold the whole run: ``results.json``, and as many rows as that says.
    """
    if path.is_dir():
        if columns:
            raise InputError(
                f"columns: found some for {path}, the folder of a run, whose columns are known; "
                "leave them out"
            )
        return _of_run(path, category)
    table = ScoreTable.read(path, columns=columns).select(category)
    return StoredScores(table.scores, table.labels, "given")


def score_rule(scores: Sequence[float], highest: Sequence[float | None], rule: str) -> str:
    """The rule by which image scores came from their maps, or ``given`` where it was another."""
    if rule == "max" and any(s != h for s, h in zip(scores, highest, strict=True)):
        return "given"
    return "given" if None in highest else rule


def _of_run(folder: Path, category: str | None) -> StoredScores:
    path = folder / "images.csv"
    if not path.is_file():
        raise InputError(
            f"{folder}: found no images.csv; expected the folder of a run (gonogo evaluate --out) "
            "or a CSV file of scores"
        )
    if not (folder / "results.json").is_file():
        raise InputError(
            f"{folder}: found no results.json, which is written last: the run is not complete; "
            "evaluate the maps again, or name images.csv itself to fit on its lines alone"
        )
    document = read_document(folder / "results.json", "gonogo.results", 1)
    categories = document.inside("categories")
    settings = document.inside("settings")
    rows = image_rows(path, categories.raw)
    chosen = _chosen(list(rows), category, path)
    expected = categories.inside(chosen).whole("images")
    found = rows[chosen]
    if len(found) != expected or not found:
        raise InputError(
            f"{path}: found {len(found)} images of {chosen}, but results.json says {expected}; "
            "evaluate the maps again"
        )
    scores = np.array([row.score for row in found], np.float64)
    # Maps that come later are neither resized nor without ignored pixels.
    as_later = not (settings.has("resize") or settings.has("ignore_value"))
    rule = settings.text("image_score") if as_later else "given"
    rule = score_rule(scores.tolist(), [row.map_max for row in found], rule)
    return StoredScores(scores, np.array([row.label for row in found], np.bool_), rule)


def _chosen(present: Sequence[str], category: str | None, path: Path) -> str:
    if category is None and len(present) == 1:
        return present[0]
    if category is None:
        raise InputError(
            f"{path}: found {len(present)} categories ({', '.join(present[:5])}); a threshold "
            "is for one: name it with category (--category)"
        )
    if category not in present:
        raise InputError(
            f"{path}: found no category {category!r}; expected one of {', '.join(present[:20])}"
        )
    return category
