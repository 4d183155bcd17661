"""One image of a data set on disk: where its map and its mask are, read when its turn comes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace

import numpy as np

from gonogo.datasets.maps import open_map
from gonogo.datasets.masks import open_mask
from gonogo.datasets.photographs import PhotographSize
from gonogo.datasets.reading import Declared
from gonogo.datasets.remote import AnyPath, at_hand, size_and_time
from gonogo.errors import InputError
from gonogo.shown import size_text
from gonogo.states import refuse_other_size
from gonogo.types import Array, Settings

__all__ = ["ImageFile", "with_photographs"]


@dataclass(frozen=True)
class ImageFile:
    """An image as files; the ``ImageSource`` that the engine reads.

    ``name`` is the path of the map inside the maps folder that was given. ``label`` is what the
    layout says (``None`` where the mask decides); without ``mask_path`` every pixel is normal.
    ``more_masks`` are further files of the same mask, which is where any of them is.
    ``photograph`` is for pictures, and for the size of an image without a mask.
    """

    name: str
    map_path: AnyPath
    mask_path: AnyPath | None = None
    label: bool | None = None
    defect: str | None = None
    score: float | None = None
    more_masks: tuple[AnyPath, ...] = ()
    photograph: PhotographSize | None = None

    @property
    def where(self) -> str:
        """What messages call the image: the path of its map."""
        return str(self.map_path)

    @property
    def mask_where(self) -> str | None:
        """What messages call its mask: the path of that."""
        return None if self.mask_path is None else str(self.mask_path)

    @property
    def mask_paths(self) -> tuple[AnyPath, ...]:
        """Every file of its mask."""
        return () if self.mask_path is None else (self.mask_path, *self.more_masks)

    def sizes_and_times(self) -> list[tuple[int, int]]:
        """Bytes and time of change in ns of the map and, if there is one, of the mask."""
        masks = [size_and_time(self.mask_paths)] if self.mask_paths else []
        return [size_and_time([self.map_path]), *masks]

    def size_without_mask(self) -> tuple[int, int] | None:
        """Height and width of the photograph; None where it says nothing about the mask."""
        return None if self.photograph is None else self.photograph.read()

    def load(self) -> tuple[Array, Array | None]:
        """The map and the mask as found in their files; may be called from any thread."""
        return self._load()

    def load_for(self, settings: Settings) -> tuple[Array, Array | None]:
        """As :meth:`load`; what the settings refuse is refused from the headers alone."""
        return self._load(
            same_size=settings.resize is None,
            stored=settings.mask_values is not None,
            ignore=settings.ignore_value,
        )

    def _load(
        self, *, same_size: bool = False, stored: bool = False, ignore: float | None = None
    ) -> tuple[Array, Array | None]:
        with ExitStack() as files:
            masks = [
                open_mask(at_hand(path), files, stored=stored, ignore=ignore)
                for path in self.mask_paths
            ]
            scores = open_map(at_hand(self.map_path), files)
            self._refuse_other_parts(masks)
            if same_size and masks:
                refuse_other_size(self.where, scores.shape, masks[0].shape)
            parts = [mask.decode() for mask in masks]
            return scores.decode(), self._united(parts) if parts else None

    def _refuse_other_parts(self, masks: list[Declared]) -> None:
        for path, part in zip(self.more_masks, masks[1:], strict=True):
            if part.shape[:2] != masks[0].shape[:2]:
                raise InputError(
                    f"{path}: found a mask of {size_text(part.shape)} beside one of "
                    f"{size_text(masks[0].shape)}, {self.mask_path}; expected the parts of one "
                    "mask to be of one size"
                )

    def _united(self, parts: list[Array]) -> Array:
        """The highest value of each pixel, where no two files say different things of it."""
        whole = parts[0]
        for path, part in zip(self.more_masks, parts[1:], strict=True):
            if ((part != 0) & (whole != 0) & (part != whole)).any():
                raise InputError(
                    f"{path}: found other values than in {self.mask_path} where both are not 0; "
                    "expected one value for each pixel: unite them in one file"
                )
            whole = np.maximum(whole, part)
        return whole


def with_photographs(
    images: Iterable[ImageFile], photographs: Mapping[str, AnyPath]
) -> list[ImageFile]:
    """The images with their photographs by name, one of which is compared with its mask."""
    images = list(images)
    pairs = ((photographs.get(one.name), one.mask_path) for one in images)
    example = next((pair for pair in pairs if None not in pair), (None, None))
    return [
        replace(one, photograph=PhotographSize(photographs[one.name], *example))
        if one.name in photographs
        else one
        for one in images
    ]
