"""What a file of settings asks for: where the images are, what to measure, and where results go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, Protocol

from gonogo.config.metric_names import Metric
from gonogo.datasets import ImageFile
from gonogo.drawing import PictureMode
from gonogo.types import OnError, Origin, Settings, Skipped

__all__ = ["FigureKind", "Found", "Job", "LevelName", "Pictures", "Scale", "Source"]

LevelName = Literal["image", "pixel"]
FigureKind = Literal["png", "pdf", "svg"]
Scale = Literal["min_max", "cdf", "divide_by_threshold"]


@dataclass(frozen=True)
class Found:
    """The images of one category.

    ``photographs`` are by the name of the image, where there are any; ``training`` are normal
    images that are not under test but have a map.
    """

    images: list[ImageFile]
    photographs: Mapping[str, Path]
    training: list[ImageFile] = field(default_factory=list)

    def without(self, skipped: Sequence[Skipped]) -> Found:
        """The same without images that were left out."""
        names = {one.name for one in skipped}
        return replace(self, images=[image for image in self.images if image.name not in names])


class Source(Protocol):
    """Where a data set lies."""

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders that are looked through, beside that of the maps."""

    def find(self, maps: Path, *, pixels: bool) -> dict[str, Found]:
        """The images of every category; without ``pixels`` no mask is asked for."""

    def origin(self, maps: Path) -> Origin | None:
        """Where they are found again; None where two folders do not say that."""


@dataclass(frozen=True)
class Pictures:
    """Pictures to draw for a person, and the folder for them (None: beside the results)."""

    mode: PictureMode
    folder: Path | None


@dataclass(frozen=True)
class Job:
    """An evaluation as a file asks for it; made by :func:`gonogo.config.load_job`.

    ``metrics`` and ``policies`` are by level; without metrics the standard table is meant.
    ``confidence`` is for those of the policies that can promise something for new data.
    ``named`` are the options of an evaluation that the file, or who loaded it, gives a value.
    ``passed_over`` are the keys of the file that an evaluation has no use for.
    """

    file: Path
    source: Source
    maps: Path
    settings: Settings
    metrics: Mapping[LevelName, tuple[Metric, ...]]
    policies: Mapping[LevelName, str]
    confidence: float | None = None
    pixels: bool = True
    image_scores: Path | None = None
    columns: Mapping[str, str] | None = None
    scale: Scale | None = None
    pictures: Pictures | None = None
    figures: FigureKind | None = None
    out: Path | None = None
    on_error: OnError = "stop"
    seed: int | None = None
    named: frozenset[str] = frozenset()
    passed_over: tuple[str, ...] = ()
