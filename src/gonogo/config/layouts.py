"""Images in one of the layouts that gonogo finds out by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from gonogo.config.job import Found
from gonogo.datasets.categories import categories_in
from gonogo.datasets.originals import origin_of
from gonogo.datasets.photographs import find_photographs
from gonogo.types import FolderOptions, Origin

__all__ = ["KnownLayout"]


@dataclass(frozen=True)
class KnownLayout:
    """Categories as :func:`gonogo.evaluate_folder` finds them."""

    ground_truth: Path
    categories: Sequence[str] | None = None
    how: FolderOptions = field(default_factory=FolderOptions)

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folder of the data set."""
        return (self.ground_truth,)

    def find(self, maps: Path, *, pixels: bool) -> dict[str, Found]:
        """The images of every category; without ``pixels`` masks only where they are the label."""
        how = self.how if pixels else replace(self.how, task="image")
        found = categories_in(maps, self.ground_truth, how, self.categories)
        return {
            name: Found(images, find_photographs(self.ground_truth, images))
            for name, images in found.items()
        }

    def origin(self, maps: Path) -> Origin:
        """The two folders, and what is read of them and how."""
        return origin_of(maps, self.ground_truth, self.how, self.categories)
