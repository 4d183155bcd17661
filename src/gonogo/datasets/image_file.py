"""One image of a data set on disk: where its map and its mask are, read when its turn comes."""

from __future__ import annotations

from dataclasses import dataclass

from gonogo.datasets.maps import read_map
from gonogo.datasets.masks import read_mask
from gonogo.datasets.remote import AnyPath, at_hand
from gonogo.types import Array

__all__ = ["ImageFile"]


@dataclass(frozen=True)
class ImageFile:
    """An image as files; the ``ImageSource`` that the engine reads.

    ``name`` is the path of the map inside the maps folder that was given. ``label`` is what the
    layout says (``None`` where the mask decides); without ``mask_path`` every pixel is normal.
    """

    name: str
    map_path: AnyPath
    mask_path: AnyPath | None = None
    label: bool | None = None
    defect: str | None = None
    score: float | None = None

    @property
    def where(self) -> str:
        """What messages call the image: the path of its map."""
        return str(self.map_path)

    @property
    def mask_where(self) -> str | None:
        """What messages call its mask: the path of that."""
        return None if self.mask_path is None else str(self.mask_path)

    def load(self) -> tuple[Array, Array | None]:
        """The map and the mask as found in their files; may be called from any thread."""
        mask = None if self.mask_path is None else read_mask(at_hand(self.mask_path))
        return read_map(at_hand(self.map_path)), mask
