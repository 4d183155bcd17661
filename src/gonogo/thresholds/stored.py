"""Image scores that lie on disk: the folder of a run, or a CSV file with a line for each image."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gonogo._check import CsvRows
from gonogo.errors import InputError

__all__ = ["StoredScores", "score_rule", "stored_scores"]

_SCORE = ("score", "image_score", "anomaly_score", "pred_score")
_LABEL = ("label", "anomalous", "is_anomaly", "is_anomalous", "gt_label", "target")
_LABELS = {
    "0": False,
    "false": False,
    "normal": False,
    "good": False,
    "1": True,
    "true": True,
    "anomalous": True,
    "anomaly": True,
}


@dataclass(frozen=True)
class StoredScores:
    """Scores and labels of images; without labels all are normal."""

    scores: NDArray[np.float64]
    labels: NDArray[np.bool_] | None
    image_score: str
    """The rule by which they were taken from maps, or ``given``."""


def stored_scores(path: Path, category: str | None = None) -> StoredScores:
    """The scores of a file, or of the folder that ``gonogo evaluate --out`` has written.

    A CSV file needs a column ``score`` and may have ``label`` (0/1, normal/anomalous) and
    ``category``; of several categories one is to be named.
    """
    if path.is_dir():
        return _of_run(path, category)
    lines = _chosen(list(_lines(path)), category, path)
    return _scores(lines, path, "given")


def score_rule(scores: Sequence[float], highest: Sequence[float | None], rule: str) -> str:
    """The rule by which image scores came from their maps, or ``given`` where it was another."""
    if rule == "max" and any(s != h for s, h in zip(scores, highest, strict=True)):
        return "given"
    return "given" if None in highest else rule


@dataclass(frozen=True)
class _Line:
    number: int
    values: Mapping[str, str]

    def first_of(self, columns: Sequence[str]) -> str | None:
        return next((self.values[name] for name in columns if name in self.values), None)


def _of_run(folder: Path, category: str | None) -> StoredScores:
    path = folder / "images.csv"
    if not path.is_file():
        raise InputError(
            f"{folder}: found no images.csv; expected the folder of a run (gonogo evaluate --out) "
            "or a CSV file of scores"
        )
    lines = _chosen(list(_lines(path, errors="surrogateescape")), category, path)
    found = _scores(lines, path, "given")
    highest = [_optional_number(line.values.get("map_max")) for line in lines]
    rule = score_rule(found.scores.tolist(), highest, _rule_of_run(folder / "results.json"))
    return StoredScores(found.scores, found.labels, rule)


def _rule_of_run(path: Path) -> str:
    try:
        settings = json.loads(path.read_text(encoding="utf-8"))["settings"]
        # Maps that come later are neither resized nor without ignored pixels.
        other_maps = settings["resize"] is not None or settings.get("ignore_value") is not None
        return "given" if other_maps else str(settings["image_score"])
    except (OSError, ValueError, KeyError, TypeError):
        return "given"


def _optional_number(text: str | None) -> float | None:
    return float(text) if text else None


def _chosen(lines: list[_Line], category: str | None, path: Path) -> list[_Line]:
    if not lines:
        raise InputError(f"{path}: found no scores; expected a line for each image")
    present = list(dict.fromkeys(line.values.get("category", "") for line in lines))
    if category is None:
        if len(present) > 1:
            raise InputError(
                f"{path}: found {len(present)} categories ({', '.join(present[:5])}); a threshold "
                "is for one: name it with category (--category)"
            )
        return lines
    if present == [""]:
        raise InputError(
            f"{path}: found no column category, but the category {category!r} was asked for; leave "
            "it out"
        )
    if category not in present:
        raise InputError(
            f"{path}: found no category {category!r}; expected one of {', '.join(present[:20])}"
        )
    return [line for line in lines if line.values.get("category", "") == category]


def _scores(lines: Sequence[_Line], path: Path, rule: str) -> StoredScores:
    scores = np.array([_score(line, path) for line in lines], np.float64)
    labels = [_label(line, path) for line in lines]
    known = [label for label in labels if label is not None]
    return StoredScores(scores, np.array(known, np.bool_) if known else None, rule)


def _score(line: _Line, path: Path) -> float:
    text = line.first_of(_SCORE)
    if text is None:
        raise InputError(
            f"{path}, line 1: found no column for the score; expected one of {', '.join(_SCORE)}"
        )
    try:
        score = float(text)
    except ValueError:
        score = math.nan
    if not math.isfinite(score):
        raise InputError(
            f"{path}, line {line.number}: found the score {text!r}; expected a finite number"
        )
    return score


def _label(line: _Line, path: Path) -> bool | None:
    text = line.first_of(_LABEL)
    if text is None:
        return None
    label = _LABELS.get(text.strip().lower())
    if label is None:
        raise InputError(
            f"{path}, line {line.number}: found the label {text!r}; expected 0 or normal, 1 or "
            "anomalous"
        )
    return label


def _lines(path: Path, *, errors: str = "strict") -> Iterator[_Line]:
    """Lines of a file; gonogo's own hold the names of files, which need not be UTF-8."""
    try:
        with path.open(encoding="utf-8-sig", errors=errors, newline="") as file:
            for number, row in CsvRows.of(file, path):
                values = {name.strip().lower(): value for name, value in row.items() if name}
                yield _Line(number, values)
    except OSError as error:
        raise InputError(f"{path}: cannot open the scores ({error.strerror})") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(
            f"{path}: cannot read the scores as a CSV text file ({error}); expected UTF-8 with a "
            "header, for example image,score,label"
        ) from error
