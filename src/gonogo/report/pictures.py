"""What a page holds of an image: the photograph, the levels of its map, and the ground truth."""

from __future__ import annotations

import io
import zlib
from base64 import b64encode
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gonogo._check import image_mask, plane, score_array
from gonogo.cores import available_cores
from gonogo.orientation import (
    Shape,
    frame_of,
    quiet_reading,
    same_shape,
    turn_of,
    turned_size,
)
from gonogo.report.heat import HeatSteps, any_of_cells, highest_of_cells
from gonogo.resizing import resized
from gonogo.states import load_image
from gonogo.types import Array, Original, Settings

__all__ = ["draw_pictures", "side_of"]

_SIDES = ((100, 320), (600, 192))
_SMALLEST = 128
_QUALITY = 85
_EFFORT = 1  # of compression; more takes thrice the time for a tenth of the size


def side_of(count: int) -> int:
    """The longest side of each picture, in pixels; smaller where there are many."""
    return next((side for most, side in _SIDES if count <= most), _SMALLEST)


def draw_pictures(
    originals: Sequence[tuple[Original, HeatSteps | None]], side: int, settings: Settings
) -> list[dict[str, Any]]:
    """Pictures as plain data, in order.

    What cannot be read says why under ``problem``; without its photograph a picture keeps the rest.
    """

    def draw(one: tuple[Original, HeatSteps | None]) -> dict[str, Any]:
        try:
            return _picture(*one, side, settings)
        except Exception as error:  # noqa: BLE001 - files go wrong in many ways
            return {"problem": _said(error)}

    with quiet_reading(), ThreadPoolExecutor(available_cores()) as pool:
        return list(pool.map(draw, originals))


def _picture(
    original: Original, steps: HeatSteps | None, side: int, settings: Settings
) -> dict[str, Any]:
    raw_map, raw_mask = load_image(original.image, settings)
    found: dict[str, Any] = {}
    mask = scores = None
    if raw_mask is not None:
        mask = image_mask(raw_mask, "mask", settings).anomalous
        found["truth"] = _flags(any_of_cells(mask, side)) if mask.any() else None
    if raw_map is not None and steps is not None:
        scores = plane(score_array(raw_map, "map"), "map")
        if settings.resize is not None and mask is not None:
            scores = resized(scores, (mask.shape[0], mask.shape[1]), settings.resize)
        found["heat"] = _levels(steps.levels(highest_of_cells(scores, side)))
    if original.photograph is not None:
        frame = _frame(scores, mask, resized=settings.resize is not None)
        try:
            found |= _placed(_photograph(original.photograph, side, frame), frame)
        except Exception as error:  # noqa: BLE001 - files go wrong in many ways
            found["problem"] = _said(error)
    return found


def _frame(scores: Array | None, mask: Array | None, *, resized: bool) -> Shape | None:
    """The shape that a photograph must have to lie under the heat or the outline of the mask."""
    of_map, of_mask = (
        (one.shape[0], one.shape[1]) if one is not None else None for one in (scores, mask)
    )
    return of_mask if of_map is None else frame_of(of_map, of_mask, resized=resized)


def _placed(photograph: Mapping[str, Any], frame: Shape | None) -> dict[str, Any]:
    """A photograph under its name; one of another shape than the map lies ``beside`` that."""
    size = photograph["height"], photograph["width"]
    if frame is None or same_shape(size, frame):
        return {"photograph": photograph}
    return {"beside": {**photograph, "frame": list(frame)}}


def _said(error: Exception) -> str:
    return str(error) or type(error).__name__


def _photograph(photograph: Any, side: int, frame: Shape | None) -> dict[str, Any]:
    from PIL import Image

    if isinstance(photograph, (str, Path)):
        with Image.open(photograph) as file:
            turn = turn_of(file, frame)
            height, width = turned_size((file.height, file.width), turn)
            file.draft("RGB", (side, side))
            picture = _eight_bit(file)
    else:
        picture = _eight_bit(Image.fromarray(_as_bytes(photograph)))
        turn, (width, height) = None, picture.size
    picture.thumbnail((side, side), Image.Resampling.BOX, reducing_gap=2.0)
    if turn is not None:
        picture = picture.transpose(turn)
    buffer = io.BytesIO()
    picture.save(buffer, format="JPEG", quality=_QUALITY)
    data = b64encode(buffer.getvalue()).decode()
    return {"width": width, "height": height, "data": f"data:image/jpeg;base64,{data}"}


def _eight_bit(picture: Any) -> Any:
    if picture.mode.startswith("I") or picture.mode == "F":
        values = np.asarray(picture, np.float64)
        low, high = (0.0, 65535.0) if picture.mode.startswith("I") else (values.min(), values.max())
        return _grey((values - low) / ((high - low) or 1.0))
    return picture.convert("L" if picture.mode in ("1", "L", "LA") else "RGB")


def _grey(shares: Array) -> Any:
    from PIL import Image

    return Image.fromarray((np.clip(shares, 0.0, 1.0) * 255.0).round().astype(np.uint8))


def _as_bytes(pixels: Any) -> NDArray[np.uint8]:
    """Pixels as 8 bits: floats in [0, 1] and integers of 8 bits are taken as such."""
    array = np.asarray(pixels)
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (3, 4)):
        raise ValueError(f"photograph: found shape {array.shape}; expected (H, W) or (H, W, 3)")
    if array.dtype == np.uint8:
        return np.ascontiguousarray(array)
    if array.dtype.kind not in "fb":
        raise ValueError(f"photograph: found {array.dtype}; expected uint8, or floats in [0, 1]")
    return (np.clip(array.astype(np.float64), 0.0, 1.0) * 255.0).round().astype(np.uint8)


def _levels(levels: NDArray[np.uint8]) -> dict[str, Any]:
    """Each level as its difference to the one on its left, which compresses far better."""
    steps = np.diff(levels, axis=1, prepend=np.uint8(0))
    return _packed(levels.shape, steps.tobytes())


def _flags(flags: NDArray[np.bool_]) -> dict[str, Any]:
    """Eight cells a byte, row after row without a gap, the first in the highest bit."""
    return _packed(flags.shape, np.packbits(flags).tobytes())


def _packed(shape: tuple[int, ...], content: bytes) -> dict[str, Any]:
    data = b64encode(zlib.compress(content, _EFFORT)).decode()
    return {"height": shape[0], "width": shape[1], "data": data}
