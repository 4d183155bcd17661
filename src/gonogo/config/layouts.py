"""Images in one of the layouts that gonogo finds out by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gonogo.config.job import Found
from gonogo.datasets import ImageFile, Layout, find_categories
from gonogo.datasets.originals import origin_of
from gonogo.datasets.photographs import find_photographs
from gonogo.types import Origin

__all__ = ["KnownLayout"]


@dataclass(frozen=True)
class KnownLayout:
    """Categories as :func:`gonogo.evaluate_folder` finds them."""

    ground_truth: Path
    categories: Sequence[str] | None = None
    layout: Layout = "auto"

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folder of the data set."""
        return (self.ground_truth,)

    def find(self, maps: Path, *, pixels: bool) -> dict[str, Found]:
        """The images of every category; without ``pixels`` masks only where they are the label."""
        found = find_categories(
            maps, self.ground_truth, categories=self.categories, layout=self.layout
        )
        if not pixels:
            found = {name: [_unmasked(one) for one in images] for name, images in found.items()}
        return {
            name: Found(images, find_photographs(self.ground_truth, images))
            for name, images in found.items()
        }

    def origin(self, maps: Path) -> Origin:
        """The two folders and their layout."""
        return origin_of(maps, self.ground_truth, self.layout)


def _unmasked(image: ImageFile) -> ImageFile:
    return image if image.label is None else replace(image, mask_path=None)
