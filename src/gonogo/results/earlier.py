"""What an earlier run left in a folder beside its results: thresholds, figures and pictures.

They are of that run, so they go when another takes its place. Only names that gonogo gives are
looked for; whatever else lies there stays.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import product
from pathlib import Path

from gonogo._check.csv_table import CsvTable, plain_cell
from gonogo.errors import InputError
from gonogo.thresholds import FILE_NAMES

__all__ = ["files_of_run"]

_FIGURES = [
    f"{name}.{kind}"
    for name, kind in product(("roc", "pr", "pro", "histogram", "grid"), ("png", "pdf", "svg"))
]


def files_of_run(folder: Path) -> set[Path]:
    """Those that are there beside ``results.json``; none where ``images.csv`` cannot be read."""
    try:
        table = CsvTable.read(folder / "images.csv", errors="surrogateescape")
        cells = (map(plain_cell, table.columns[name]) for name in ("category", "name"))
        images = set(zip(*cells, strict=True))
    except (InputError, KeyError):
        return set()
    inside = folder.resolve()
    return {
        path
        for path in _named(folder, images)
        if path.is_file() and path.parent.resolve().is_relative_to(inside)
    }


def _named(folder: Path, images: Collection[tuple[str, str]]) -> Iterator[Path]:
    places = [".", *{category for category, _ in images if category}]
    for place in places:
        yield from (folder / place / name for name in FILE_NAMES.values())
        yield from (folder / "figures" / place / name for name in _FIGURES)
    for _, name in images:
        if Path(name).name:
            yield (folder / "images" / name).with_suffix(".png")
