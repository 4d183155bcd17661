"""What the colours of a mask mean: black is normal, decided by colours and never by indices."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gonogo.errors import InputError
from gonogo.sorting import sortable
from gonogo.types import Array

__all__ = ["by_color", "by_palette"]

_SHOWN = 4
_RULE = (
    "convert it, or say which indices of its palette are anomalous, for example mask_values='1', "
    "or belong to neither class, for example ignore_value=255"
)


def by_palette(
    indices: Array,
    palette: Array,
    path: Path,
    *,
    stored: bool = False,
    ignore: float | None = None,
) -> Array:
    """The values of a mask (H, W) whose pixels are indices of a palette of RGBA (N, 4).

    Only colors that are used count. Greys stand for themselves, as in a file without a palette;
    of black and one other color, black is normal (bool). Where an alpha differs, it must agree.
    Where pixels are to be read as ``stored``, a palette with any color but greys makes them
    indices, used or not, so that all files with one palette are read alike. So it is with an index
    to ``ignore``, which is of neither color and keeps its value, beside 0 and 1.

    Raises:
        InputError: the colours do not settle which of them is normal.
    """
    used = np.unique(sortable(indices))
    colors = palette[used] if ignore is None and not stored else palette
    if _is_grey(colors[:, :3]) and len(np.unique(sortable(colors[:, 3]))) == 1:
        greys: Array = palette[:, 0]
        return greys[indices]
    if stored:
        return indices
    _refuse_unsettled(np.unique(sortable(palette[used[used != ignore]]), axis=0), path, _RULE)
    values = np.asarray(palette[:, :3].any(axis=1))
    if ignore is not None and ignore in used:
        values = values.astype(np.uint8)
        values[int(ignore)] = int(ignore)
    return values[indices]


def by_color(pixels: Array, path: Path) -> Array:
    """The values of a mask (H, W) of (H, W), or of grey, RGB or both with alpha, (H, W, 1 to 4).

    As :func:`by_palette` says: equal channels are a grey, else black and one other colour.

    Raises:
        InputError: the colours do not settle which of them is normal.
    """
    if pixels.ndim == 2:
        return pixels
    if pixels.ndim != 3 or not 1 <= pixels.shape[2] <= 4:
        raise InputError(
            f"{path}: found an image of shape {pixels.shape}; expected a mask with one value per "
            "pixel, 0/1 or 0/255, or a picture of black and one other colour"
        )
    n_colors = pixels.shape[2] - (pixels.shape[2] in (2, 4))
    colors, alpha = pixels[:, :, :n_colors], pixels[:, :, n_colors:]
    if _is_grey(colors) and (alpha.size == 0 or (alpha == alpha.flat[0]).all()):
        return np.ascontiguousarray(pixels[:, :, 0])
    _refuse_unsettled(_distinct(pixels), path, "convert it")
    return np.asarray(colors.any(axis=2))


def _is_grey(colors: Array) -> bool:
    return bool((colors == colors[..., :1]).all())


def _distinct(pixels: Array) -> Array:
    """The first distinct colours, (N, channels): enough of them to tell."""
    flat = pixels.reshape(-1, pixels.shape[2])
    found: list[Array] = []
    while flat.size and len(found) <= _SHOWN:
        found.append(flat[0])
        flat = flat[(flat != flat[0]).any(axis=1)]
    return np.array(found)


def _refuse_unsettled(colors: Array, path: Path, instead: str) -> None:
    """Refuse all but black and one other colour; what is transparent can only be the black."""
    n_colors = colors.shape[1] - (colors.shape[1] in (2, 4))
    black = ~colors[:, :n_colors].any(axis=1)
    if len(colors) <= 1 and black.all():
        return  # beside what is ignored
    if len(colors) == 2 and black.sum() == 1:
        alpha = colors[:, n_colors:]
        if (alpha[black] <= alpha[~black]).all():
            return
    shown = ", ".join(str(tuple(color)) for color in colors[:_SHOWN].tolist())
    more = "" if len(colors) <= _SHOWN else " and others"
    one = len(colors) == 1
    raise InputError(
        f"{path}: found the {'colour' if one else 'colours'} {shown}{more}, "
        "which do not settle what is normal; expected a mask with one value per pixel, 0/1 or "
        f"0/255, or a picture of black (normal) and one other colour (anomalous): {instead}"
    )
