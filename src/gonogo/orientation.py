"""How a photograph belongs to its map: turned as its EXIF says, and over it only in one shape."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

from gonogo.shown import size_text

__all__ = [
    "Mismatch",
    "Shape",
    "explain_mismatches",
    "frame_of",
    "quiet_reading",
    "same_shape",
    "turn_of",
    "turned_size",
]

Shape: TypeAlias = "tuple[int, int]"
"""Height and width."""

_ORIENTATION = 274
_TURNS = {
    2: "FLIP_LEFT_RIGHT",
    3: "ROTATE_180",
    4: "FLIP_TOP_BOTTOM",
    5: "TRANSPOSE",
    6: "ROTATE_270",
    7: "TRANSVERSE",
    8: "ROTATE_90",
}
_SIDEWAYS = {_TURNS[orientation] for orientation in (5, 6, 7, 8)}
"""Turns after which height and width have changed places."""


@dataclass(frozen=True)
class Mismatch:
    """A photograph whose part that the map shows is not known, because their shapes differ."""

    name: str
    photograph: Shape
    frame: Shape


def frame_of(scores: Shape, mask: Shape | None, *, resized: bool) -> Shape | None:
    """The shape that a photograph must have to lie under a map; None where any will do.

    That of the mask, which the map was brought to. Where maps are ``resized`` and there is no mask,
    the map was said to be of the whole photograph.
    """
    if mask is not None:
        return mask
    return None if resized else scores


def same_shape(one: Shape, other: Shape) -> bool:
    """Whether a size is the other, scaled; to a pixel of the smaller, for sizes are rounded."""
    small, large = sorted((one, other), key=lambda size: size[0] * size[1])
    least = max((length - 1) / whole for length, whole in zip(small, large, strict=True))
    most = min((length + 1) / whole for length, whole in zip(small, large, strict=True))
    return least <= most


def turn_of(picture: Any, frame: Shape | None) -> Any:
    """The way in which Pillow is to turn a picture that it has just opened; None where not at all.

    It is turned upright, as its EXIF says, unless only the picture as it was stored has the shape
    of the frame: then the map was made of that.
    """
    name = _TURNS.get(_orientation(picture))
    if name is None:
        return None
    from PIL import Image

    turn = Image.Transpose[name]
    stored = picture.height, picture.width
    upright = turned_size(stored, turn)
    if frame is not None and stored != upright:
        exact = stored == frame
        if exact or (same_shape(stored, frame) and not same_shape(upright, frame)):
            return None
    return turn


@contextmanager
def quiet_reading() -> Iterator[None]:
    """Keep to itself what Pillow warns of metadata; for the thread that starts those that read."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"PIL\b")
        yield


def turned_size(stored: Shape, turn: Any) -> Shape:
    """The size of a picture that is turned so."""
    return stored[::-1] if turn is not None and turn.name in _SIDEWAYS else stored


def explain_mismatches(mismatches: Sequence[Mismatch], what: str) -> str:
    """One sentence for all photographs that lie beside their map; ``what`` shows them."""
    first = mismatches[0]
    sizes = [size_text(shape) for shape in (first.photograph, first.frame)]
    more = f" (and {len(mismatches) - 1} more)" if len(mismatches) > 1 else ""
    return (
        f"{what}: {first.name}: the photograph is {sizes[0]} and its map {sizes[1]}{more}; which "
        "part of it the map shows is not known, so it does not lie under the map: give photographs "
        "that are cut or resized as the maps were"
    )


def _orientation(picture: Any) -> int:
    try:
        return int(picture.getexif().get(_ORIENTATION, 1))
    except Exception:  # noqa: BLE001 - damaged EXIF goes wrong in many ways
        return 1
