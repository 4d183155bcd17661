"""Image scores that lie on disk: the folder of a run, or a CSV file with a line for each image."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gonogo._check import ScoreTable, image_rows
from gonogo.documents import Entries, read_document
from gonogo.errors import InputError
from gonogo.types import ImageRow

__all__ = ["StoredScores", "run_rows", "score_rule", "stored_scores"]


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
    document, rows = run_rows(folder)
    settings = document.inside("settings")
    chosen = _chosen(list(rows), category, path)
    found = rows[chosen]
    if not found:
        raise InputError(f"{path}: found no images of {chosen}; evaluate the maps again")
    scores = np.array([row.score for row in found], np.float64)
    # Maps that come later are neither resized nor without ignored pixels.
    as_later = not (settings.has("resize") or settings.has("ignore_value"))
    rule = settings.text("image_score") if as_later else "given"
    rule = score_rule(scores.tolist(), [row.map_max for row in found], rule)
    return StoredScores(scores, np.array([row.label for row in found], np.bool_), rule)


def run_rows(folder: Path) -> tuple[Entries, dict[str, list[ImageRow]]]:
    """The document of a run's results, and the rows of each category's images.

    Raises:
        InputError: a file is missing or damaged, or has other images than the document says.
    """
    entries = read_document(folder / "results.json", "gonogo.results", 1)
    try:
        json.dumps(entries.raw, allow_nan=False)
    except ValueError as error:  # 1e999 is read as infinity
        raise InputError(
            f"{entries.place}: found a number that is not finite; evaluate the maps again"
        ) from error
    declared = entries.inside("categories")
    categories = declared.raw
    if not categories:
        raise InputError(f"{entries.place}: found no categories; expected at least one")
    rows = image_rows(folder / "images.csv", categories)
    for name in categories:
        expected = declared.inside(name).whole("images")
        if len(rows[name]) != expected:
            raise InputError(
                f"{folder / 'images.csv'}: found {len(rows[name])} images of {name}, but "
                f"results.json says {expected}; evaluate the maps again"
            )
    return entries, rows


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
