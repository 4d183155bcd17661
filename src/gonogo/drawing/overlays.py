"""A picture for each image: the photograph beside its mask, heat map and decisions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gonogo._check import image_mask, plane, score_array
from gonogo.cores import available_cores
from gonogo.decisions import at_least
from gonogo.drawing.pixels import (
    Rgb,
    UnreadablePhotographError,
    black_and_white,
    framed,
    heat,
    outlined,
    photograph,
    resampled,
    sheet,
)
from gonogo.errors import InputError, InputWarning, warn
from gonogo.files import leftovers, local_path, staged_folder
from gonogo.normalization import Normalization
from gonogo.orientation import (
    Mismatch,
    explain_mismatches,
    frame_of,
    quiet_reading,
    same_shape,
)
from gonogo.palette import PREDICTED, TRUTH
from gonogo.results import Result, Run
from gonogo.states import load_image
from gonogo.types import Array, ImageRow, ImageSource, Settings

__all__ = [
    "HeatScale",
    "Layers",
    "Overlay",
    "PictureMode",
    "caption_of",
    "draw_overlays",
    "overlays_of",
    "refuse_filled",
    "score_range",
]

PictureMode = Literal["full", "simple"]

_HIDES = 0.85


@dataclass(frozen=True)
class HeatScale:
    """Where scores lie between cold and hot: on a scale, or from ``low`` to ``high``."""

    low: float
    high: float
    scale: Normalization | None = None

    def places(self, scores: Array) -> NDArray[np.float64]:
        """0 for the coldest colour to 1 for the hottest; the threshold of a scale is at 0.5."""
        if self.scale is not None:
            return np.asarray(self.scale(scores) / (2.0 * self.scale.normalized_threshold))
        width = self.high - self.low
        return (scores.astype(np.float64) - self.low) / (width or 1.0)


@dataclass(frozen=True, eq=False)
class Layers:
    """What one picture is made of, each of the same height and width; but scores as they are."""

    scores: Array
    seen: Rgb
    hot: Rgb
    places: NDArray[np.float64]
    truth: NDArray[np.bool_] | None
    flags: NDArray[np.bool_] | None
    beside: Rgb | None = None
    """The photograph, where it has not the shape of the map; ``seen`` is the heat then."""
    mismatch: Mismatch | None = None

    @property
    def hides(self) -> NDArray[np.float64]:
        """How much of the photograph the heat hides, where it lies over it."""
        return _HIDES * np.clip(self.places, 0.0, 1.0)

    @property
    def warmed(self) -> Rgb:
        """The photograph under the heat, which hides the more the hotter it is."""
        share = self.hides[..., None]
        return ((1.0 - share) * self.seen + share * self.hot).round().astype(np.uint8)

    @property
    def apart(self) -> list[Rgb]:
        """The photograph, the mask, the heat and what is flagged, as far as there are any."""
        truth = [] if self.truth is None else [black_and_white(self.truth)]
        flags = [] if self.flags is None else [black_and_white(self.flags)]
        return [self.seen if self.beside is None else self.beside, *truth, self.hot, *flags]


@dataclass(frozen=True)
class Overlay:
    """One image with all that is drawn of it."""

    image: ImageSource
    photograph: Any
    """A file or pixels; None where there is none."""
    caption: str
    heat: HeatScale
    threshold: float | None
    settings: Settings
    """How its mask was read."""
    masked: bool = True
    resized: bool = False
    """Whether the map is resized to its mask, whatever the shape of both."""

    @property
    def drawn_from(self) -> list[Path]:
        """The files of the image."""
        named = (getattr(self.image, name, None) for name in ("map_path", "mask_path"))
        return [path for path in (*named, self.photograph) if isinstance(path, Path)]

    def place(self, folder: Path) -> Path:
        """The file of the picture."""
        return (folder / self.image.name).with_suffix(".png")

    def layers(self) -> Layers:
        """The picture, the heat and the outlines, all of the size of the photograph.

        Of the size of the mask or the map where the photograph has another shape.
        """
        raw_map, raw_mask = load_image(self.image, self.settings)
        scores = plane(score_array(raw_map, f"{self.image.where}: map"), "map")
        try:
            places = self.heat.places(scores)
        except InputError as error:  # of a score that the scale does not know
            raise InputError(f"{self.image.where}: {error}") from error
        hot = heat(places)
        mask = self._truth(raw_mask, scores)
        frame = frame_of(
            hot.shape[:2], None if raw_mask is None else mask.shape, resized=self.resized
        )
        seen = hot if self.photograph is None else photograph(self.photograph, frame)
        size, beside, mismatch = (seen.shape[0], seen.shape[1]), None, None
        if self.photograph is not None and frame is not None and not same_shape(size, frame):
            mismatch = Mismatch(self.image.name, size, frame)
            seen, size, beside = resampled(hot, frame), frame, framed(seen, frame)
        flags = None if self.threshold is None else at_least(scores, self.threshold)
        return Layers(
            scores=scores,
            seen=seen,
            hot=resampled(hot, size),
            places=resampled(places, size),
            truth=resampled(mask, size) if self.masked else None,
            flags=None if flags is None else resampled(flags, size),
            beside=beside,
            mismatch=mismatch,
        )

    def _truth(self, raw_mask: Array | None, scores: Array) -> NDArray[np.bool_]:
        if raw_mask is None:
            return np.zeros(scores.shape, np.bool_)
        return image_mask(raw_mask, "mask", self.settings).anomalous

    def panels(self, layers: Layers, mode: PictureMode) -> list[Rgb]:
        """Pictures of one size, to stand side by side; see :func:`draw_overlays`."""
        over = layers.warmed if mode == "simple" else layers.seen
        if layers.truth is not None:
            over = outlined(over, layers.truth, TRUTH)
        if layers.flags is not None:
            over = outlined(over, layers.flags, PREDICTED)
        if mode == "simple":
            return [over] if layers.beside is None else [layers.beside, over]
        return [*layers.apart, *([] if layers.flags is None else [over])]

    def write(self, folder: Path, mode: PictureMode) -> Mismatch | UnreadablePhotographError | None:
        """Draw and save the picture; return what kept the photograph from lying under the map."""
        damaged = None
        try:
            layers = self.layers()
        except UnreadablePhotographError as error:
            damaged, layers = error, replace(self, photograph=None).layers()
        path = self.place(folder)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(sheet(self.panels(layers, mode), self.caption))
        return layers.mismatch if damaged is None else damaged


def draw_overlays(overlays: Sequence[Overlay], folder: Path, mode: PictureMode) -> list[Path]:
    """Write ``<folder>/<name of the map>.png`` for every image, and return the files.

    ``full``: photograph, mask, heat map, what the pixel threshold flags, and the photograph with
    the outlines of the mask and of what is flagged, side by side. ``simple``: the photograph under
    the heat map, which hides the more the hotter it is, with those outlines. Heat has its middle
    colour at the pixel threshold where there is a scale, else at the middle of the range of all
    maps. Maps and masks of another size than the photograph are brought to it, for the picture
    alone. A photograph of another shape than both lies beside the heat and not under it, and one
    that is damaged is left out; each is told once as a warning. All pictures appear, or none.

    Raises:
        InputError: a picture would take the place of what it is drawn from, or that is unreadable.
    """
    folder = local_path(folder, "folder")
    places = [one.place(folder) for one in overlays]
    read = {path.resolve() for one in overlays for path in one.drawn_from}
    for place in places:
        if place.resolve() in read:
            raise InputError(f"{folder}: found {place} of the data; name another folder for it")
    with (
        staged_folder(folder) as staged,
        quiet_reading(),
        ThreadPoolExecutor(available_cores()) as pool,
    ):
        tasks = [pool.submit(one.write, staged, mode) for one in overlays]
        try:
            problems = [one for task in tasks if (one := task.result()) is not None]
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    mismatches = [one for one in problems if isinstance(one, Mismatch)]
    damaged = [one for one in problems if isinstance(one, UnreadablePhotographError)]
    if mismatches:
        warn(explain_mismatches(mismatches, "pictures"), InputWarning)
    if damaged:
        warn(
            f"{len(damaged)} of {len(overlays)} pictures are drawn without their photographs, "
            f"which cannot be read; the first: {damaged[0]}",
            InputWarning,
        )
    return places


def overlays_of(run: Run) -> list[Overlay]:
    """Every image of a run that knows where they are, at the thresholds of the best F1."""
    found = []
    for category, result in run.categories.items():
        pixel, image = result.pixel, float(result.image.f1_max.threshold)
        best = math.nan if pixel is None else float(pixel.f1_max.threshold)
        by_name = {row.name: row for row in result.images}
        for original in run.originals.get(category, ()):
            row = by_name.get(original.image.name)
            if row is not None:  # others were skipped
                called = None if math.isnan(image) else row.score >= image
                found.append(
                    Overlay(
                        image=original.image,
                        photograph=original.photograph,
                        caption=caption_of(row, called),
                        heat=HeatScale(*score_range(result)),
                        threshold=None if math.isnan(best) else best,
                        settings=result.settings,
                        masked=pixel is not None,
                        resized=run.settings.resize is not None,
                    )
                )
    return found


def refuse_filled(folder: Path, *, force: bool) -> None:
    """Refuse a folder for pictures that is not empty (without ``force``), or a file.

    Pictures of a run that was killed while it drew are no reason: what it left hidden shows that.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder}: found a file; expected a folder for pictures")
    if not force and folder.exists() and any(folder.iterdir()) and not leftovers(folder):
        raise InputError(
            f"{folder}: found files where pictures are to go; name another folder, or overwrite "
            "with force=True"
        )


def caption_of(row: ImageRow, called: bool | None) -> str:
    """What an image is, what it was called, and its score."""
    words = {False: "normal", True: "anomalous"}
    decision = "" if called is None else f", called {words[called]}"
    return f"{words[row.label]}{decision}, score {row.score:.6g}"


def score_range(result: Result) -> tuple[float, float]:
    """The lowest and the highest score of all maps; (0, 1) where there are none."""
    lows = [row.map_min for row in result.images if row.map_min is not None]
    highs = [row.map_max for row in result.images if row.map_max is not None]
    return (min(lows), max(highs)) if lows and highs else (0.0, 1.0)
