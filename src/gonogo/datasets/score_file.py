"""Image scores from a CSV file: one column names the image, another holds its score."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from gonogo._check import CsvRows
from gonogo.datasets.image_file import ImageFile
from gonogo.datasets.listing import some
from gonogo.datasets.name_parts import Parts, ends_with, parts_of
from gonogo.datasets.zarr_arrays import ZarrImage
from gonogo.errors import InputError

__all__ = ["with_scores"]

_NAME_COLUMNS = (
    "path",
    "image_path",
    "file",
    "file_name",
    "filename",
    "image",
    "image_name",
    "name",
)
_SCORE_COLUMNS = ("score", "image_score", "anomaly_score", "pred_score")

Image = TypeVar("Image", ImageFile, ZarrImage)


@dataclass(frozen=True)
class _Entry:
    line: int
    parts: Parts
    score: float


def with_scores(categories: Mapping[str, Sequence[Image]], path: Path) -> dict[str, list[Image]]:
    """The images with their scores, found by any unambiguous trailing part of their paths.

    Suffixes do not count, so a line may name the photograph or the map. Every image needs exactly
    one line; lines for images that are not evaluated are ignored.
    """
    by_stem: dict[str, list[_Entry]] = {}
    for entry in _entries(path):
        by_stem.setdefault(entry.parts[-1], []).append(entry)
    taken: dict[int, str] = {}
    scored: dict[str, list[Image]] = {name: [] for name in categories}
    missing = []
    for category, images in categories.items():
        for image in images:
            found = _entry_of(image.name, category, by_stem, path)
            if found is None:
                missing.append(image.name)
                continue
            if found.line in taken:
                raise InputError(
                    f"{path}, line {found.line}: {'/'.join(found.parts)} names both "
                    f"{taken[found.line]} and {image.name}; write more of the path"
                )
            taken[found.line] = image.name
            scored[category].append(replace(image, score=found.score))
    if missing:
        raise InputError(
            f"{path}: found no score for {len(missing)} of {len(taken) + len(missing)} images: "
            f"{some(missing)}; expected one line for each image"
        )
    return scored


def _entry_of(
    name: str, category: str, by_stem: Mapping[str, Sequence[_Entry]], path: Path
) -> _Entry | None:
    inside = parts_of(name)
    whole = (category, *inside)
    fitting = [
        entry
        for entry in by_stem.get(inside[-1], ())
        if ends_with(whole, entry.parts) or ends_with(entry.parts, inside)
    ]
    if len(fitting) > 1:
        lines = " and ".join(str(entry.line) for entry in fitting[:2])
        short = any(len(entry.parts) < len(inside) for entry in fitting)
        raise InputError(
            f"{path}: lines {lines} both name {name}; expected one score an image"
            + (", named by more of its path" if short else "")
        )
    return fitting[0] if fitting else None


def _entries(path: Path) -> Iterator[_Entry]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = CsvRows.of(file, path)
            name_column, score_column = _columns(rows.headings, path)
            for line, row in rows:
                yield _entry(row[name_column], row[score_column], line, path)
    except OSError as error:
        raise InputError(f"{path}: cannot open the image scores ({error.strerror})") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(
            f"{path}: cannot read the image scores as a CSV text file ({error}); "
            "expected UTF-8 with a header, for example image,score"
        ) from error


def _columns(header: Sequence[str], path: Path) -> tuple[str, str]:
    by_name = {name.strip().lower(): name for name in header if name}
    columns = []
    for wanted, what in ((_NAME_COLUMNS, "the image"), (_SCORE_COLUMNS, "its score")):
        column = next((by_name[name] for name in wanted if name in by_name), None)
        if column is None:
            raise InputError(
                f"{path}, line 1: found the columns {some(header, limit=6) or 'none'}; expected a "
                f"column for {what}, named one of {', '.join(wanted)}"
            )
        columns.append(column)
    return columns[0], columns[1]


def _entry(name: str, text: str, line: int, path: Path) -> _Entry:
    parts = parts_of(name)
    if not parts:
        raise InputError(f"{path}, line {line}: found no image name; expected one")
    try:
        score = float(text)
    except ValueError:
        score = math.nan
    if not math.isfinite(score):
        raise InputError(
            f"{path}, line {line}: found the score {text!r} of {name}; expected a finite number"
        )
    return _Entry(line, parts, score)
