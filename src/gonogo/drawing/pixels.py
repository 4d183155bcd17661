"""Pixels of the pictures for a person: heat, outlines, and panels side by side under a caption."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gonogo.datasets.reading import library
from gonogo.errors import InputError
from gonogo.orientation import Shape, turn_of
from gonogo.palette import HEAT
from gonogo.types import Array

__all__ = [
    "Rgb",
    "UnreadablePhotographError",
    "black_and_white",
    "framed",
    "heat",
    "outline",
    "outlined",
    "photograph",
    "resampled",
    "sheet",
]

Rgb = NDArray[np.uint8]

_CAPTION = 16
_GAP = 4
_HEAT = np.array(HEAT, np.uint8)


class UnreadablePhotographError(InputError):
    """A file of a photograph is damaged; pictures can do without it."""


def photograph(source: Any, frame: Shape | None = None) -> Rgb:
    """A photograph as RGB of 8 bits: a file, or an array ``(H, W)`` or ``(H, W, 3)``.

    Floats are taken as shares of white, integers of more than 8 bits by their highest byte. A file
    is turned upright as :func:`gonogo.orientation.turn_of` says for the ``frame``.
    """
    if not isinstance(source, (str, Path)):
        return _rgb(np.asarray(source))
    try:
        with library("PIL.Image").open(source) as image:
            turn = turn_of(image, frame)
            image.load()
            upright = image if turn is None else image.transpose(turn)
            if upright.mode.startswith("I;16"):
                return _rgb(np.asarray(upright).astype(np.uint16))
            return np.array(upright.convert("RGB"))
    except Exception as error:  # files go wrong in many ways
        reason = " ".join(str(error).split()) or type(error).__name__
        message = f"{source}: cannot read the photograph ({reason})"
        raise UnreadablePhotographError(message) from error


def _rgb(pixels: Array) -> Rgb:
    if pixels.ndim not in (2, 3) or (pixels.ndim == 3 and pixels.shape[2] not in (1, 3, 4)):
        raise InputError(f"photograph: found shape {pixels.shape}; expected (H, W) or (H, W, 3)")
    if pixels.dtype.kind in "fb":
        pixels = (np.clip(pixels.astype(np.float64), 0.0, 1.0) * 255.0).round()
    elif pixels.dtype.itemsize > 1:
        pixels = pixels >> 8
    colours = pixels[..., None] if pixels.ndim == 2 else pixels[..., :3]
    return np.ascontiguousarray(np.broadcast_to(colours, (*colours.shape[:2], 3)), np.uint8)


def heat(places: Array) -> Rgb:
    """Colours of places on a scale of 0 (lowest) to 1 (highest); see :mod:`gonogo.palette`."""
    at = np.clip(places.astype(np.float64), 0.0, 1.0) * (len(_HEAT) - 1)
    colours: Rgb = _HEAT[at.round().astype(np.intp)]
    return colours


def black_and_white(flags: NDArray[np.bool_]) -> Rgb:
    """White where flagged."""
    return np.repeat(np.where(flags, np.uint8(255), np.uint8(0))[..., None], 3, axis=-1)


def resampled(pixels: Array, size: tuple[int, int]) -> Array:
    """The nearest pixel for every pixel of another size (height, width)."""
    rows, columns = (
        np.arange(new) * old // new for new, old in zip(size, pixels.shape[:2], strict=True)
    )
    nearest: Array = pixels[rows[:, None], columns]
    return nearest


def framed(pixels: Rgb, size: tuple[int, int]) -> Rgb:
    """The whole picture in the middle of a grey one of that size (height, width)."""
    scale = min(new / old for new, old in zip(size, pixels.shape[:2], strict=True))
    height, width = (max(1, round(scale * length)) for length in pixels.shape[:2])
    top, left = (size[0] - height) // 2, (size[1] - width) // 2
    frame = np.full((*size, 3), 128, np.uint8)
    frame[top : top + height, left : left + width] = resampled(pixels, (height, width))
    return frame


def outline(flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Flagged pixels with a neighbour that is not flagged."""
    return flags & ~_inside(flags)


def outlined(pixels: Rgb, flags: NDArray[np.bool_], colour: str) -> Rgb:
    """The picture with an outline of what is flagged, in ``#rrggbb`` with a black edge outside."""
    drawn = pixels.copy()
    drawn[~flags & ~_inside(~flags)] = 0
    drawn[outline(flags)] = tuple(bytes.fromhex(colour[1:]))
    return drawn


def sheet(panels: Sequence[Rgb], caption: str) -> bytes:
    """A PNG of panels of one size, side by side, with a line of text above."""
    height, width = panels[0].shape[:2]
    pixels = np.full((_CAPTION + height, len(panels) * (width + _GAP) - _GAP, 3), 255, np.uint8)
    for place, panel in enumerate(panels):
        left = place * (width + _GAP)
        pixels[_CAPTION:, left : left + width] = panel
    picture = library("PIL.Image").fromarray(pixels)
    library("PIL.ImageDraw").Draw(picture).text((2, 2), caption, fill=(0, 0, 0))
    buffer = io.BytesIO()
    picture.save(buffer, format="PNG")
    return buffer.getvalue()


def _inside(flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Pixels whose four neighbours are all flagged; beyond the border lies the same again."""
    wide = np.pad(flags, 1, mode="edge")
    inside: NDArray[np.bool_] = wide[:-2, 1:-1] & wide[2:, 1:-1] & wide[1:-1, :-2] & wide[1:-1, 2:]
    return inside
