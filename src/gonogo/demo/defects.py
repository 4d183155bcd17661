"""Defects painted on a tile, each with the mask of exactly the pixels that differ from it.

A painter proposes new grey values inside a shape. A pixel of the shape that would keep its value
by chance moves by one grey level, so the shape and the set of changed pixels are the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from gonogo.errors import InputError

__all__ = ["DEFECTS", "Painted", "paint"]

Grey = NDArray[np.float64]
Shape = NDArray[np.bool_]

_EDGE = 0.2  # a blend weaker than this is not part of the defect
_VISIBLE = 12.0  # mean change in grey levels that a person sees; a weaker proposal is drawn anew
_PROPOSALS = 8


@dataclass(frozen=True)
class Painted:
    """A tile with one defect; ``mask`` is true where it differs from the clean tile."""

    image: NDArray[np.uint8]
    mask: NDArray[np.bool_]


def paint(tile: NDArray[np.uint8], defect: str, rng: np.random.Generator) -> Painted:
    """Paint one defect of the named kind; ``rng`` decides its place, size and look."""
    if defect not in DEFECTS:
        raise InputError(f"defect: found {defect!r}; expected one of {', '.join(DEFECTS)}")
    best = _draw(tile, defect, rng)
    for _ in range(_PROPOSALS - 1):
        if _contrast(tile, best) >= _VISIBLE:
            break
        best = max(best, _draw(tile, defect, rng), key=lambda one: _contrast(tile, one))
    return best


def _draw(tile: NDArray[np.uint8], defect: str, rng: np.random.Generator) -> Painted:
    return _settled(tile, *DEFECTS[defect](tile.astype(np.float64), rng))


def _settled(tile: NDArray[np.uint8], values: Grey, shape: Shape) -> Painted:
    """Round to grey levels and make every pixel of the shape differ from the tile."""
    drawn = np.clip(np.rint(values), 0, 255).astype(np.uint8)
    nudged = np.where(drawn < 255, drawn + np.uint8(1), np.uint8(254))
    return Painted(np.where(shape, np.where(drawn == tile, nudged, drawn), tile), shape)


def _contrast(tile: NDArray[np.uint8], painted: Painted) -> float:
    """Mean change inside the mask, in grey levels; 0 for an empty mask."""
    change = np.abs(painted.image.astype(np.float64) - tile)[painted.mask]
    return float(change.mean()) if change.size > 0 else 0.0


def _scratch(tile: Grey, rng: np.random.Generator) -> tuple[Grey, Shape]:
    """One groove, or three in a scuffed band, thinner towards the ends."""
    line = _stroke(tile.shape, rng, length=(45.0, 95.0), bend=0.15)
    taper = np.sqrt(np.clip(1.0 - (2.0 * line.along - 1.0) ** 2, 0.0, 1.0))
    spacing = rng.uniform(4.5, 6.0)
    reach = taper * spacing * (0.5 if rng.random() < 0.4 else 1.5)
    aside = np.abs((line.distance + spacing / 2) % spacing - spacing / 2)
    groove = np.clip(0.3 + rng.uniform(1.0, 1.8) * taper - aside, 0.0, 1.0)
    alpha = np.clip(reach - line.distance, 0.0, 1.0) * np.maximum(groove, 0.25)
    target = _mean(tile) + _sign(rng) * rng.uniform(1.8, 2.8) * float(tile.std())
    return _blend(tile, target + _grain(tile.shape, rng, 1.0, 8.0), alpha), alpha > _EDGE


def _thread(tile: Grey, rng: np.random.Generator) -> tuple[Grey, Shape]:
    """A curly fibre lying on the surface, lit from above, with its shadow beside it."""
    line = _stroke(tile.shape, rng, length=(80.0, 150.0), bend=0.9)
    radius = rng.uniform(1.0, 2.0)
    alpha = np.clip(radius + 0.5 - line.distance, 0.0, 1.0)
    aside = np.pad(line.distance, ((2, 0), (2, 0)), mode="edge")[:-2, :-2]
    shadow = 0.5 * np.clip(radius + 1.5 - aside, 0.0, 1.0)
    light = 1.0 - (line.distance / (radius + 0.5)) ** 2
    shaded = _blend(tile, np.float64(20.0), shadow)
    fibre = rng.uniform(150.0, 200.0) + 55.0 * light
    return _blend(shaded, fibre, alpha), (alpha > _EDGE) | (shadow > _EDGE)


def _hole(tile: Grey, rng: np.random.Generator) -> tuple[Grey, Shape]:
    """A pit: dark inside, deepest in the middle, with a ragged edge."""
    inside = _blob(tile.shape, rng, radius=(6.0, 13.0), ragged=0.35)
    alpha = np.clip(inside * 3.0, 0.0, 1.0)
    depth = 30.0 - 20.0 * np.clip(inside, 0.0, 1.0)
    return _blend(tile, depth + _grain(tile.shape, rng, 1.5, 6.0), alpha), alpha > _EDGE


def _stain(tile: Grey, rng: np.random.Generator) -> tuple[Grey, Shape]:
    """A spilled liquid: the texture shows through, darker or paler, with a darker rim."""
    inside = _blob(tile.shape, rng, radius=(14.0, 26.0), ragged=0.3)
    alpha = np.clip(inside * 8.0, 0.0, 1.0)
    strength = rng.uniform(0.35, 0.6)
    rim = 0.12 * np.exp(-((inside - 0.12) ** 2) / 0.005)
    if rng.random() < 0.5:
        wet = tile * (1.0 - strength - rim)
    else:
        wet = tile + (215.0 - tile) * (strength + rim)
    return _blend(tile, wet, alpha), alpha > _EDGE


def _misplaced(tile: Grey, rng: np.random.Generator) -> tuple[Grey, Shape]:
    """A piece of the same surface turned by a quarter and enlarged, set into the wrong place."""
    inside = _blob(tile.shape, rng, radius=(16.0, 26.0), ragged=0.15)
    piece = ndimage.zoom(np.rot90(tile), 2.0, order=3)
    top, left = rng.integers(0, np.array(piece.shape) - tile.shape)
    donor = piece[top : top + tile.shape[0], left : left + tile.shape[1]]
    alpha = np.clip(inside * 10.0, 0.0, 1.0)
    return _blend(tile, donor, alpha), alpha > _EDGE


def _smear(tile: Grey, rng: np.random.Generator) -> tuple[Grey, Shape]:
    """A place wiped along one direction before it was dry."""
    inside = _blob(tile.shape, rng, radius=(12.0, 22.0), ragged=0.3)
    sigma = (1.2, 6.0) if rng.random() < 0.5 else (6.0, 1.2)
    alpha = np.clip(inside * 6.0, 0.0, 1.0)
    return _blend(tile, ndimage.gaussian_filter(tile, sigma), alpha), alpha > _EDGE


DEFECTS: dict[str, Callable[[Grey, np.random.Generator], tuple[Grey, Shape]]] = {
    "hole": _hole,
    "misplaced": _misplaced,
    "scratch": _scratch,
    "smear": _smear,
    "stain": _stain,
    "thread": _thread,
}


@dataclass(frozen=True)
class _Stroke:
    """Of each pixel: distance to a drawn line, and how far along it (0 to 1) that place is."""

    distance: Grey
    along: Grey


def _stroke(
    shape: tuple[int, ...], rng: np.random.Generator, *, length: tuple[float, float], bend: float
) -> _Stroke:
    """A smooth random walk of the pen through a point well inside the tile."""
    steps = round(rng.uniform(*length))
    turns = ndimage.gaussian_filter1d(rng.uniform(-1.0, 1.0, steps), 12.0, mode="nearest")
    angle = rng.uniform(0.0, 2.0 * np.pi) + bend * np.cumsum(turns)
    path = np.cumsum(np.stack([np.sin(angle), np.cos(angle)], axis=1), axis=0)
    path += rng.uniform(0.3, 0.7, 2) * shape - path[steps // 2]
    rows, columns = np.indices(shape, dtype=np.float64)
    squared = (rows[..., None] - path[:, 0]) ** 2 + (columns[..., None] - path[:, 1]) ** 2
    nearest = np.argmin(squared, axis=-1)
    closest = np.take_along_axis(squared, nearest[..., None], axis=-1)[..., 0]
    return _Stroke(np.sqrt(closest), nearest / (steps - 1))


def _blob(
    shape: tuple[int, ...], rng: np.random.Generator, *, radius: tuple[float, float], ragged: float
) -> Grey:
    """Height of a bump that is positive inside a ragged ellipse and 1 at a smooth one's centre."""
    size = rng.uniform(*radius)
    margin = min(size * 0.8, min(shape) / 3)
    centre = [rng.uniform(margin, extent - margin) for extent in shape]
    stretch = rng.uniform(0.75, 1.33)
    rows, columns = np.indices(shape, dtype=np.float64)
    away = np.hypot((rows - centre[0]) * stretch, (columns - centre[1]) / stretch) / size
    height: Grey = 1.0 - away + _grain(shape, rng, size / 4.0, ragged)
    return height


def _grain(
    shape: tuple[int, ...], rng: np.random.Generator, sigma: float, amplitude: float
) -> Grey:
    """Smooth noise within -amplitude to amplitude."""
    noise = ndimage.gaussian_filter(rng.uniform(-1.0, 1.0, shape), sigma, mode="reflect")
    scaled: Grey = noise * (amplitude / np.abs(noise).max())
    return scaled


def _blend(below: Grey, above: Grey | np.float64, alpha: Grey) -> Grey:
    return below + alpha * (above - below)


def _mean(tile: Grey) -> float:
    return float(tile.mean())


def _sign(rng: np.random.Generator) -> float:
    return 1.0 if rng.random() < 0.5 else -1.0
