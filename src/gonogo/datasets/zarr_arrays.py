"""Maps and masks as two Zarr arrays (N, H, W), on this machine or behind URLs."""

from __future__ import annotations

import os
from dataclasses import dataclass

from gonogo.datasets.categories import telling_name
from gonogo.datasets.remote import AnyPath, any_path
from gonogo.datasets.zarr_stack import ZarrStack
from gonogo.errors import InputError
from gonogo.states import refuse_other_size
from gonogo.types import Array, Settings

__all__ = ["ZarrImage", "zarr_images"]

_MARKS = ("zarr.json", ".zarray", ".zgroup")
_SUFFIX = ".zarr"


@dataclass(frozen=True)
class ZarrImage:
    """One image of two Zarr arrays; ``together`` images lie in one chunk of the maps."""

    name: str
    maps: ZarrStack
    masks: ZarrStack
    index: int
    together: int = 1
    label: bool | None = None
    defect: str | None = None
    score: float | None = None

    @property
    def where(self) -> str:
        """What messages call the image: its place in the array of maps."""
        return f"{self.maps.path}[{self.index}]"

    @property
    def mask_where(self) -> str:
        """What messages call its mask: its place in the array of masks."""
        return f"{self.masks.path}[{self.index}]"

    @property
    def mask_paths(self) -> tuple[str, ...]:
        """Where its mask is."""
        return (self.mask_where,)

    def sizes_and_times(self) -> list[tuple[int, int]]:
        """Bytes and time of change in ns of the chunks of the map, and of those of the mask."""
        return [stack.size_and_time(self.index) for stack in (self.maps, self.masks)]

    def load(self) -> tuple[Array, Array]:
        """The map and the mask; may be called from any thread."""
        return self.maps.image(self.index), self.masks.image(self.index)

    def load_for(self, settings: Settings) -> tuple[Array, Array]:
        """As :meth:`load`; refused before it is read where the arrays differ in size."""
        if settings.resize is None:
            refuse_other_size(self.where, self.maps.size, self.masks.size)
        return self.load()


def zarr_images(
    maps: str | os.PathLike[str], ground_truth: str | os.PathLike[str]
) -> dict[str, list[ZarrImage]] | None:
    """The images of two Zarr arrays, under the name of their data set; None for other folders.

    Raises:
        InputError: only one of them is a Zarr array, or they do not fit together.
        MissingExtra: zarr is not installed.
    """
    try:
        at_maps, at_masks = any_path(maps), any_path(ground_truth)
    except TypeError:
        return None  # no place at all, which is for the reader of folders to say
    if not _is_zarr(at_maps):
        return None
    if not _is_zarr(at_masks):
        raise InputError(f"ground truth: {at_masks} is no Zarr array, but {at_maps} is one")
    scores, masks = ZarrStack(str(at_maps)), ZarrStack(str(at_masks))
    if len(scores) != len(masks):
        raise InputError(
            f"ground truth: found {len(masks)} masks in {at_masks} for {len(scores)} maps in "
            f"{at_maps}; expected as many"
        )
    images = [
        ZarrImage(f"image {index}", scores, masks, index, scores.together)
        for index in range(len(scores))
    ]
    names = (at_masks.name, at_maps.name, at_masks.parent.name, at_maps.parent.name)
    return {telling_name((name.removesuffix(_SUFFIX) for name in names), at_maps.stem): images}


def _is_zarr(path: AnyPath) -> bool:
    return path.suffix == _SUFFIX or any((path / mark).exists() for mark in _MARKS)
