"""Image scores from a CSV file: one column names the image, another holds its score."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from gonogo._check import ScoreTable
from gonogo.datasets.image_file import ImageFile
from gonogo.datasets.listing import some
from gonogo.datasets.name_parts import Parts, ends_with, parts_of
from gonogo.datasets.zarr_arrays import ZarrImage
from gonogo.errors import InputError

__all__ = ["with_scores"]

Image = TypeVar("Image", ImageFile, ZarrImage)


@dataclass(frozen=True)
class _Entry:
    line: int
    parts: Parts
    score: float


def with_scores(
    categories: Mapping[str, Sequence[Image]],
    path: Path,
    columns: Mapping[str, str | None] | None = None,
) -> dict[str, list[Image]]:
    """The images with their scores, found by any unambiguous trailing part of their paths.

    Suffixes do not count, so a line may name the photograph or the map. Every image needs exactly
    one line; lines for images that are not evaluated are ignored. ``columns`` are those of
    :class:`gonogo._check.ScoreTable`.
    """
    by_stem: dict[str, list[_Entry]] = {}
    for entry in _entries(path, columns):
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


def _entries(path: Path, columns: Mapping[str, str | None] | None) -> Iterator[_Entry]:
    table = ScoreTable.read(path, columns=columns, labels=False, images=True)
    for name, score, line in zip(
        table.names or (), table.scores.tolist(), table.lines, strict=True
    ):
        parts = parts_of(name)
        if not parts:
            raise InputError(f"{path}, line {line}: found no image name; expected one")
        yield _Entry(line, parts, score)
