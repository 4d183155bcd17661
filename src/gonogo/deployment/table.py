"""Images of a CSV file of scores, which decisions are made on without maps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gonogo._check import ScoreTable
from gonogo.datasets import ImageFile
from gonogo.errors import InputError
from gonogo.types import Array, Settings

__all__ = ["TableImage", "table_images"]


@dataclass(frozen=True)
class TableImage(ImageFile):
    """A line of a table: its score, and no map; ``map_path`` is the table."""

    def load(self) -> tuple[Array | None, Array | None]:  # type: ignore[override]
        """Nothing."""
        return None, None

    def load_for(  # type: ignore[override]
        self, settings: Settings
    ) -> tuple[Array | None, Array | None]:
        """Nothing."""
        del settings
        return None, None


def table_images(path: Path, columns: Mapping[str, str | None] | None) -> list[ImageFile]:
    """The lines of a table; of several categories the name begins with that of its category.

    Raises:
        InputError: the table is not as :class:`gonogo._check.ScoreTable` says, or names an image
            twice.
    """
    table = ScoreTable.read(path, columns=columns, labels=False, images=True)
    names = list(table.names or ())
    if len(set(table.categories or ())) > 1:
        names = [f"{one}/{name}" for one, name in zip(table.categories or (), names, strict=True)]
    first: dict[str, int] = {}
    for line, name in zip(table.lines, names, strict=True):
        if not name.strip():
            raise InputError(f"{path}, line {line}: found no image name; expected one")
        if first.setdefault(name, line) != line:
            raise InputError(
                f"{path}: lines {first[name]} and {line} both name the image {name}; expected one "
                "score an image"
            )
    return [
        TableImage(name, path, label=False, score=score)
        for name, score in zip(names, table.scores.tolist(), strict=True)
    ]
