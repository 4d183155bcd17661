"""A picture for each image: the photograph beside its mask, heat map and decisions."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gonogo._check import mask_array, score_array
from gonogo.config.drawing import Rgb, black_and_white, heat, outline, photograph, resampled, sheet
from gonogo.config.job import PictureMode
from gonogo.config.run import Outcome
from gonogo.cores import available_cores
from gonogo.datasets import ImageFile
from gonogo.decisions import at_least
from gonogo.errors import InputError
from gonogo.files import staged_folder
from gonogo.normalization import Normalization
from gonogo.results import Result
from gonogo.types import Array, ImageRow

__all__ = ["draw_pictures"]

_RED = (220, 30, 30)


def draw_pictures(outcome: Outcome, folder: Path, mode: PictureMode) -> list[Path]:
    """Write ``<folder>/<name of the map>.png`` for every image, and return the files.

    ``full``: photograph, mask, heat map, what the pixel threshold flags, and its outline on the
    photograph, side by side. ``simple``: the photograph under the heat map, with that outline. Heat
    has its middle colour at the pixel threshold where there is a scale, else at the middle of the
    range of all maps. Maps and masks of another size than the photograph are brought to it, for
    the picture alone. All pictures appear, or none.

    Raises:
        InputError: a picture would take the place of what it is drawn from, or that is unreadable.
    """
    shown = list(_all_shown(outcome))
    places = [one.place(folder) for one in shown]
    read = {path.resolve() for one in shown for path in one.drawn_from}
    for place in places:
        if place.resolve() in read:
            raise InputError(f"{folder}: found {place} of the data; name another folder for it")
    with staged_folder(folder) as staged, ThreadPoolExecutor(available_cores()) as pool:
        tasks = [pool.submit(one.write, staged, mode) for one in shown]
        try:
            for task in tasks:
                task.result()
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    return places


@dataclass(frozen=True)
class _Heat:
    """Where scores lie between cold and hot: on a scale, or in the range of all maps."""

    scale: Normalization | None
    low: float
    high: float

    def __call__(self, scores: Array) -> Rgb:
        if self.scale is not None:
            return heat(self.scale(scores) / (2.0 * self.scale.normalized_threshold))
        width = self.high - self.low
        return heat((scores.astype(np.float64) - self.low) / (width or 1.0))


@dataclass(frozen=True)
class _Shown:
    """One image with all that is drawn of it."""

    image: ImageFile
    photograph: Path | None
    caption: str
    heat: _Heat
    threshold: float | None
    masked: bool

    @property
    def drawn_from(self) -> list[Path]:
        """The files of the image."""
        paths = (self.image.map_path, self.image.mask_path, self.photograph)
        return [path for path in paths if isinstance(path, Path)]

    def place(self, folder: Path) -> Path:
        """The file of the picture."""
        return (folder / self.image.name).with_suffix(".png")

    def write(self, folder: Path, mode: PictureMode) -> None:
        """Draw and save the picture."""
        raw_map, raw_mask = self.image.load()
        scores = score_array(raw_map, f"{self.image.where}: map")
        try:
            hot = self.heat(scores)
        except InputError as error:  # of a score that the scale does not know
            raise InputError(f"{self.image.where}: {error}") from error
        seen = hot if self.photograph is None else photograph(self.photograph)
        size = (seen.shape[0], seen.shape[1])
        hot = resampled(hot, size)
        outlined = seen // 2 + hot // 2 if mode == "simple" else seen.copy()
        panels: list[Rgb] = []
        if self.threshold is not None:
            flags = resampled(at_least(scores, self.threshold), size)
            outlined[outline(flags)] = _RED
            panels = [black_and_white(flags), outlined]
        if mode == "simple":
            panels = [outlined]
        else:
            truth = [black_and_white(resampled(_mask(raw_mask, scores), size))]
            panels = [seen, *(truth if self.masked else []), hot, *panels]
        path = self.place(folder)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(sheet(panels, self.caption))


def _all_shown(outcome: Outcome) -> Iterator[_Shown]:
    for category, found in outcome.found.items():
        result, thresholds = outcome.run.categories[category], outcome.thresholds[category]
        threshold = thresholds.get("pixel")
        colours = _Heat(outcome.scales[category].get("pixel"), *_range(result))
        for image, row in zip(found.images, result.images, strict=True):
            called = thresholds["image"].decide(row.score) if "image" in thresholds else None
            yield _Shown(
                image=image,
                photograph=found.photographs.get(image.name),
                caption=_caption(row, None if called is None else bool(called)),
                heat=colours,
                threshold=None if threshold is None else threshold.value,
                masked=outcome.job.pixels,
            )


def _caption(row: ImageRow, called: bool | None) -> str:
    words = {False: "normal", True: "anomalous"}
    decision = "" if called is None else f", called {words[called]}"
    return f"{words[row.label]}{decision}, score {row.score:.6g}"


def _range(result: Result) -> tuple[float, float]:
    lows = [row.map_min for row in result.images if row.map_min is not None]
    highs = [row.map_max for row in result.images if row.map_max is not None]
    return min(lows), max(highs)


def _mask(raw_mask: Array | None, scores: Array) -> NDArray[np.bool_]:
    if raw_mask is None:
        return np.zeros(scores.shape, np.bool_)
    return mask_array(raw_mask, "mask")
