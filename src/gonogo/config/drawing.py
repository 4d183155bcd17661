"""Pixels of the pictures for a person: heat, outlines, and panels side by side under a caption."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gonogo.datasets.reading import library
from gonogo.errors import InputError
from gonogo.types import Array

__all__ = ["Rgb", "black_and_white", "heat", "outline", "photograph", "resampled", "sheet"]

Rgb = NDArray[np.uint8]

_CAPTION = 16
_GAP = 4
# From cold to hot, even in lightness to both sides of a pale middle.
_HEAT = ((33, 60, 140), (110, 160, 210), (240, 236, 220), (238, 148, 84), (150, 20, 30))


def photograph(path: Path) -> Rgb:
    """A photograph as RGB of 8 bits."""
    try:
        with library("PIL.Image").open(path) as image:
            if image.mode.startswith("I;16"):
                return np.repeat((np.asarray(image) >> 8).astype(np.uint8)[..., None], 3, axis=-1)
            return np.array(image.convert("RGB"))
    except OSError as error:
        raise InputError(f"{path}: cannot read the photograph ({error})") from error


def heat(places: Array) -> Rgb:
    """Colours of places on a scale of 0 (cold) to 1 (hot)."""
    at = np.clip(places.astype(np.float64), 0.0, 1.0) * (len(_HEAT) - 1)
    stops = np.arange(len(_HEAT))
    channels = [np.interp(at, stops, [colour[k] for colour in _HEAT]) for k in range(3)]
    return np.stack(channels, axis=-1).round().astype(np.uint8)


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


def outline(flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Flagged pixels with a neighbour that is not flagged."""
    wide = np.pad(flags, 1, mode="edge")
    inside = wide[:-2, 1:-1] & wide[2:, 1:-1] & wide[1:-1, :-2] & wide[1:-1, 2:]
    return flags & ~inside


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
