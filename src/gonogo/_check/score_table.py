"""Scores of images from a CSV file: which column is which, and what its labels say.

A column is known by its usual names. Where labels may be there and are not certain, the file is
refused: a defect that is taken for a normal image spoils a threshold in silence.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from reprlib import repr as shortened

import numpy as np
from numpy.typing import NDArray

from gonogo._check.csv_table import CsvTable, plain_cell
from gonogo._check.label_words import (
    COLUMNS,
    LABEL_COLUMNS,
    OTHER_COLUMNS,
    PREDICTION_COLUMNS,
    bare,
    expected_label,
    has_label_words,
    in_normal_folder,
    is_reversed,
    may_be_labels,
    read_kinds,
    read_labels,
)
from gonogo.errors import InputError, InputWarning, warn

__all__ = ["ROLES", "ScoreTable"]

ROLES = ("image", "score", "label", "category")
"""What a column can be named for."""

_log = logging.getLogger("gonogo")


@dataclass(frozen=True)
class ScoreTable:
    """One score for each line, and what else the file says of each image.

    ``labels`` (True = anomalous) are None where the file has none, ``names``, ``categories`` and
    ``defects`` likewise; ``lines`` are the numbers of the lines in the file.
    """

    path: Path
    lines: tuple[int, ...]
    scores: NDArray[np.float64]
    names: tuple[str, ...] | None
    labels: NDArray[np.bool_] | None
    categories: tuple[str, ...] | None
    defects: tuple[str | None, ...] | None

    @classmethod
    def read(
        cls,
        path: Path,
        *,
        columns: Mapping[str, str | None] | None = None,
        labels: bool = True,
        images: bool = False,
    ) -> ScoreTable:
        """Read a file; which columns were read is logged, at level info of the logger ``gonogo``.

        ``columns`` names those that are not known or not certain, by their role (see ``ROLES``);
        the label ``"none"`` says that every image is normal. Without ``labels`` those are not
        looked for. With ``images`` a column that names the images is needed, and it is for the
        caller to say what two lines of one image mean; else each line counts, with a warning.

        Raises:
            InputError: the file cannot be read, has no scores, or what a column means is not
                certain; names the file and the column or the line.
        """
        table = CsvTable.read(path)
        named = _named_columns(columns, table)
        name_column = named.get("image") or _first(table, "image")
        if images and name_column is None:
            raise _no_column(table, "the image", "image")
        score_column = named.get("score") or _score_column(table)
        names = _texts(table, name_column)
        scores = table.numbers(score_column, "score")
        if not scores:
            raise InputError(f"{path}: found no scores; expected a line for each image")
        label_column = None
        if labels and named.get("label") != "none":
            label_column = named.get("label") or _label_column(
                table, {name_column, score_column, named.get("category")}
            )
            if label_column is None:
                _refuse_folders(table, name_column)
        found = None if label_column is None else _labels(table, label_column)
        category_column = named.get("category") or _first(table, "category")
        categories = _texts(table, category_column)
        defects = _texts(table, _defect_column(table, label_column))
        if not images:
            _tell_repeated(table, names, categories)
        _tell_columns(path, name_column, score_column, label_column, found if labels else ())
        return cls(
            path,
            table.lines,
            np.array(scores, np.float64),
            names,
            None if found is None else np.array(found, np.bool_),
            categories,
            None if defects is None else tuple(defect or None for defect in defects),
        )

    def select(self, category: str | None) -> ScoreTable:
        """The lines of one category.

        Raises:
            InputError: there are several and none is named, or none of that name.
        """
        present = list(dict.fromkeys(self.categories or [""]))
        if category is None:
            if len(present) > 1:
                raise InputError(
                    f"{self.path}: found {len(present)} categories ({', '.join(present[:5])}); a "
                    "threshold is for one: name it with category (--category)"
                )
            return self
        if present == [""]:
            raise InputError(
                f"{self.path}: found no column category, but the category {category!r} was asked "
                "for; leave it out"
            )
        if category not in present:
            raise InputError(
                f"{self.path}: found no category {category!r}; expected one of "
                f"{', '.join(present[:20])}"
            )
        return self.lines_where([one == category for one in self.categories or ()])

    def lines_where(self, chosen: Sequence[bool]) -> ScoreTable:
        """Some of the lines."""
        places = np.flatnonzero(chosen)

        def some(values: tuple[str, ...] | None) -> tuple[str, ...] | None:
            return None if values is None else tuple(values[place] for place in places)

        return ScoreTable(
            self.path,
            tuple(self.lines[place] for place in places),
            self.scores[places],
            some(self.names),
            None if self.labels is None else self.labels[places],
            some(self.categories),
            None if self.defects is None else tuple(self.defects[place] for place in places),
        )


def _named_columns(columns: Mapping[str, str | None] | None, table: CsvTable) -> dict[str, str]:
    """The columns that the caller names, each of which must be there."""
    named = {}
    for role, heading in (columns or {}).items():
        if role not in ROLES:
            raise InputError(f"columns: found {role!r}; expected one of {', '.join(ROLES)}")
        if role == "label" and heading in (None, "none"):
            named[role] = "none"
            continue
        exact = [name for name in table.columns if name == str(heading).strip()]
        alike = exact or [name for name in table.columns if bare(name) == bare(str(heading))]
        if len(alike) != 1:
            raise InputError(
                f"columns: found {heading!r} for the {role}; {table.path} has the columns "
                f"{_listed(table)}"
            )
        named[role] = alike[0]
    return named


def _first(table: CsvTable, role: str) -> str | None:
    """The column with the first of the known names."""
    by_key = {bare(name): name for name in reversed(list(table.columns))}
    return next((by_key[name] for name in COLUMNS[role] if name in by_key), None)


def _score_column(table: CsvTable) -> str:
    candidates = [name for name in table.columns if bare(name) in COLUMNS["score"]]
    if not candidates:
        raise _no_column(table, "the score", "score")
    first, *others = candidates
    for other in others:
        if table.columns[other] != table.columns[first]:
            raise InputError(
                f"{table.path}, line 1: found two columns of scores, {first!r} and {other!r}; "
                f"name the one that counts with columns={{'score': {first!r}}}"
            )
    return first


def _label_column(table: CsvTable, taken: Collection[str | None]) -> str | None:
    """The column of labels, None where there is none; refused where that is not certain."""
    candidates = [
        name
        for name, cells in table.columns.items()
        if name not in taken and bare(name) in LABEL_COLUMNS and any(cell.strip() for cell in cells)
    ]
    readable = [name for name in candidates if None not in _labels_in(table, name)]
    kinds = _first(table, "defect")
    if not readable and kinds is not None and kinds not in taken and _has_kinds(table, kinds):
        return kinds
    if not candidates:
        _refuse_possible_labels(table, taken)
        return None
    if not readable:
        _labels(table, candidates[0], kinds=False)  # says what is wrong with them
    first, *others = readable
    unreadable = [name for name in candidates if name not in readable]
    for other in unreadable:
        if bare(other) not in COLUMNS["defect"]:
            raise InputError(
                f"{table.path}, line 1: found two columns of labels, {first!r} and {other!r}, of "
                f"which {other!r} has values that are none; name the one that counts with "
                f"columns={{'label': {first!r}}}"
            )
    for other in others:
        if _labels_in(table, other) != _labels_in(table, first):
            raise InputError(
                f"{table.path}, line 1: found two columns of labels that disagree, {first!r} and "
                f"{other!r}; name the one that counts with columns={{'label': {first!r}}}"
            )
    return first


def _refuse_possible_labels(table: CsvTable, taken: Collection[str | None]) -> None:
    """Refuse a column that may hold labels, where none is known that does."""
    for name, cells in table.columns.items():
        if name in taken or bare(name) in PREDICTION_COLUMNS:
            continue
        values = list(dict.fromkeys(cell.strip() for cell in cells if cell.strip()))
        repeated = len(values) == 2 < len(table.lines)
        known = bare(name) in OTHER_COLUMNS
        of_defects = bool(values) and bare(name) in COLUMNS["defect"]
        unknown = not known and (repeated or may_be_labels(values))
        if unknown or of_defects or has_label_words(values):
            raise InputError(
                f"{table.path}, line 1: found no column of labels that is known, but {name!r} has "
                f"the values {', '.join(values[:2])}; name it with columns={{'label': {name!r}}}, "
                "or say that every image is normal with columns={'label': 'none'}"
            )


def _refuse_folders(table: CsvTable, name_column: str | None) -> None:
    """Refuse images of which some lie in a folder such as good and others do not."""
    if name_column is None:
        return
    names = table.columns[name_column]
    normal = [in_normal_folder(name) for name in names]
    if any(normal) and not all(normal):
        first, other = names[normal.index(True)], names[normal.index(False)]
        raise InputError(
            f"{table.path}: found no column of labels, but the images {first} and {other}, whose "
            "folders say which are normal; add a column label, or say that every image is normal "
            "with columns={'label': 'none'}"
        )


def _has_kinds(table: CsvTable, column: str) -> bool:
    """Whether a column has kinds of defects, and a word for normal images."""
    cells = table.columns[column]
    return None in read_labels(column, cells) and None not in read_kinds(cells)


def _labels_in(table: CsvTable, column: str) -> list[bool | None]:
    return read_labels(column, table.columns[column])


def _labels(table: CsvTable, column: str, *, kinds: bool = True) -> list[bool]:
    kinds = kinds and _has_kinds(table, column)
    found = read_kinds(table.columns[column]) if kinds else _labels_in(table, column)
    for line, cell, label in zip(table.lines, table.columns[column], found, strict=True):
        if label is None:
            raise InputError(
                f"{table.path}, line {line}: found the label {shortened(cell)} in the column "
                f"{column!r}; expected {expected_label(cell)}; where this is no label, name the "
                "right column with columns={'label': NAME}, or say that every image is normal "
                "with columns={'label': 'none'}"
            )
    return [label is True for label in found]


def _defect_column(table: CsvTable, label_column: str | None) -> str | None:
    """The column with the types of defects, which is not the one with the labels."""
    if label_column is not None and _has_kinds(table, label_column):
        return label_column
    column = _first(table, "defect")
    if column is None or column == label_column or None not in _labels_in(table, column):
        return None
    return column


def _texts(table: CsvTable, column: str | None) -> tuple[str, ...] | None:
    return None if column is None else tuple(plain_cell(cell) for cell in table.columns[column])


def _tell_repeated(
    table: CsvTable, names: Sequence[str] | None, categories: Sequence[str] | None
) -> None:
    """Warn of images that have several lines, each of which counts."""
    if names is None:
        return
    first: dict[tuple[str, str], int] = {}
    repeated: list[tuple[str, int, int]] = []
    of = categories or ("",) * len(names)
    for line, name, category in zip(table.lines, names, of, strict=True):
        before = first.setdefault((category, name), line)
        if before != line and name.strip():
            repeated.append((name, before, line))
    if repeated:
        name, before, line = repeated[0]
        more = f" ({len(repeated)} lines in all repeat an image)" if len(repeated) > 1 else ""
        warn(
            f"{table.path}: lines {before} and {line} both name the image {name}{more}; every "
            "line counts as an image of its own",
            InputWarning,
        )


def _tell_columns(
    path: Path,
    name_column: str | None,
    score_column: str,
    label_column: str | None,
    labels: Sequence[bool] | None,
) -> None:
    read = [] if name_column is None else [f"images from {name_column!r}"]
    read.append(f"scores from {score_column!r}")
    if label_column is not None and labels is not None:
        meaning = ", 1 = normal" if is_reversed(label_column) else ""
        read.append(
            f"labels from {label_column!r} ({sum(labels)} of {len(labels)} anomalous{meaning})"
        )
    elif labels is None:
        read.append("no labels, so every image counts as normal")
    _log.info("%s: read %s", path, ", ".join(read))


def _no_column(table: CsvTable, what: str, role: str) -> InputError:
    return InputError(
        f"{table.path}, line 1: found the columns {_listed(table)}; expected a column for {what}, "
        f"named for example {', '.join(COLUMNS[role][:5])}, or name it with "
        f"columns={{'{role}': NAME}}"
    )


def _listed(table: CsvTable) -> str:
    names = [name for name in table.headings if name]
    more = f" and {len(names) - 6} more" if len(names) > 6 else ""
    return (", ".join(names[:6]) + more) or "none"
