"""The rows of ``images.csv``, a file of a run: read strictly, as gonogo wrote them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from reprlib import repr as shortened
from typing import Any, get_type_hints

from gonogo._check.csv_table import CsvTable, plain_cell
from gonogo._check.numbers import plain_number, plain_numbers
from gonogo.errors import InputError
from gonogo.types import ROW_FACTS, ImageRow, PixelCounts

__all__ = ["PIXEL_COLUMNS", "count_column", "image_rows"]


def image_rows(path: Path, categories: Iterable[str]) -> dict[str, list[ImageRow]]:
    """The rows of each category, of which there must be no other.

    Raises:
        InputError: the file is not as gonogo wrote it; names the line.
    """
    table = CsvTable.read(path, "rows of the images", errors="surrogateescape")
    missing = [name for name in ("category", *_KINDS) if name not in table.columns]
    if missing:
        raise _damaged(path, 1, f"no column {missing[0]!r}")
    columns = [_values(table, name, kind) for name, kind in _KINDS.items()]
    columns.append(_decisions(table))
    rows: dict[str, list[ImageRow]] = {name: [] for name in categories}
    of = _values(table, "category", plain_cell)
    for line, category, values in zip(table.lines, of, zip(*columns, strict=True), strict=True):
        if category not in rows:
            raise _damaged(
                path, line, f"the category {shortened(category)}, which results.json has not"
            )
        rows[category].append(ImageRow(*values))
    return rows


def count_column(name: str, threshold: float) -> str:
    """The column that holds a number of an image's pixels at a threshold."""
    return f"pixel_{name}@{threshold!r}"


def _decisions(table: CsvTable) -> list[Any]:
    """The counts of each image by pixel threshold; none where it has no pixel level."""
    found: list[dict[float, PixelCounts]] = [{} for _ in table.lines]
    for heading in table.columns:
        if not heading.startswith(_FIRST):
            continue
        text = heading.removeprefix(_FIRST)
        threshold = float(text) if text in ("inf", "-inf") else plain_number(text)
        names = [f"pixel_{name}@{text}" for name in _COUNTS]
        if threshold is None or any(name not in table.columns for name in names):
            raise _damaged(table.path, 1, f"the column {shortened(heading)}")
        columns = [_values(table, name, _count) for name in names]
        for at, counts in zip(found, zip(*columns, strict=True), strict=True):
            if None not in counts:
                at[threshold] = PixelCounts(threshold, *counts)
    return found


def _values(table: CsvTable, name: str, kind: Callable[[str], Any]) -> list[Any]:
    cells = table.columns[name]
    if kind in (_number, _optional_number):
        numbers = plain_numbers(cells)
        if numbers is not None:
            return numbers
    try:
        values = {cell: kind(cell) for cell in set(cells)}  # most columns have few
        return [values[cell] for cell in cells]
    except ValueError:
        for line, cell in zip(table.lines, cells, strict=True):
            try:
                kind(cell)
            except ValueError:
                raise _damaged(table.path, line, f"{shortened(cell)} for the {name}") from None
        raise


def _damaged(path: Path, line: int, found: str) -> InputError:
    return InputError(
        f"{path}, line {line}: found {found}; expected the file as gonogo wrote it: evaluate the "
        "maps again"
    )


def _label(cell: str) -> bool:
    return ("0", "1").index(cell) == 1


def _number(cell: str) -> float:
    number = plain_number(cell)
    if number is None:
        raise ValueError(cell)
    return number


def _count(cell: str) -> int | None:
    if cell == "":
        return None
    if not (cell.isascii() and cell.isdigit() and len(cell) < 19):
        raise ValueError(cell)
    return int(cell)


def _optional_number(cell: str) -> float | None:
    return None if cell == "" else _number(cell)


def _optional_text(cell: str) -> str | None:
    return plain_cell(cell) or None


_COUNTS = ("true_positives", "false_positives", "false_negatives")
_FIRST = f"pixel_{_COUNTS[0]}@"
PIXEL_COLUMNS = (*_COUNTS, "precision", "recall", "f1", "iou")
"""What is said of the pixels of an image at each pixel threshold."""

_OF_TYPES: dict[Any, Callable[[str], Any]] = {
    str: plain_cell,
    bool: _label,
    float: _number,
    str | None: _optional_text,
    int | None: _count,
    float | None: _optional_number,
}
# Looked up once for each column, not for each row: there may be a million.
_KINDS = {
    name: _OF_TYPES[kind] for name, kind in get_type_hints(ImageRow).items() if name in ROW_FACTS
}
