"""Images in one of the layouts that gonogo finds out by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gonogo.config.job import Found
from gonogo.datasets import ImageFile, Layout, find_categories
from gonogo.datasets.listing import IMAGE_SUFFIXES
from gonogo.datasets.local import files_by_stem

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
        return {name: Found(images, self._photographs(images)) for name, images in found.items()}

    def _photographs(self, images: Sequence[ImageFile]) -> dict[str, Path]:
        """The photographs that lie beside the ground truth as the maps do beside each other."""
        by_folder: dict[Path, dict[str, Path]] = {}
        found = {}
        for image in images:
            place = Path(image.name)
            if place.parent not in by_folder:
                folder = self.ground_truth / place.parent
                by_folder[place.parent] = (
                    files_by_stem(folder, IMAGE_SUFFIXES) if place.parent.name else {}
                )
            photograph = by_folder[place.parent].get(place.stem)
            if photograph is not None:
                found[image.name] = photograph
        return found


def _unmasked(image: ImageFile) -> ImageFile:
    return image if image.label is None else replace(image, mask_path=None)
