"""Images that misbehave on purpose. Workers import them, so they stand in a module of their own."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gonogo.errors import InputError


@dataclass(frozen=True)
class Plain:
    """An image made from a seed, the same in every process."""

    name: str
    seed: int
    label: bool | None = None
    defect: str | None = None
    score: float | None = None
    size: tuple[int, int] = (12, 16)
    map_size: tuple[int, int] | None = None
    masked: bool = True

    @property
    def where(self) -> str:
        return self.name

    def load(self) -> tuple[Any, Any]:
        rng = np.random.default_rng(self.seed)
        scores = rng.normal(size=self.map_size or self.size).astype(np.float32).round(2)
        mask = np.zeros(self.size, np.uint8)
        if self.label is not False and self.seed % 3:
            mask[2:5, 3:9] = mask[8:10, 12:] = 1
            scores[2:5, 3:9] += 1
        return scores, mask if self.masked else None


@dataclass(frozen=True)
class Deadly(Plain):
    """Takes its worker down: once, if there is a marker to make; else always."""

    marker: Path | None = None

    def load(self) -> tuple[Any, Any]:
        if self.marker is None or not self.marker.exists():
            if self.marker is not None:
                self.marker.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return super().load()


@dataclass(frozen=True)
class Broken(Plain):
    """Cannot be read anywhere, or not by the first process that tries."""

    marker: Path | None = None

    def load(self) -> tuple[Any, Any]:
        if self.marker is None:
            raise InputError(f"{self.name}: found nothing but noise; write it again")
        if not self.marker.exists():
            self.marker.write_text(str(os.getpid()))
        if self.marker.read_text() == str(os.getpid()):
            raise InputError(f"{self.name}: found a disk that is not here")
        return super().load()


@dataclass(frozen=True)
class Fleeting(Plain):
    """Can be read once for each of its files, and no more."""

    marker: Path | None = None

    def load(self) -> tuple[Any, Any]:
        assert self.marker is not None
        if self.marker.exists():
            raise InputError(f"{self.name}: cannot open it")
        self.marker.touch()
        return super().load()


def plain_images(count: int = 20, **options: Any) -> list[Plain]:
    """Every fourth is known to be normal; the masks of the others decide."""
    return [
        Plain(f"part {k}", k, label=False, **options)
        if k % 4 == 0
        else Plain(f"part {k}", k, defect=("dent", "scratch")[k % 2], **options)
        for k in range(count)
    ]


def die(*_: object) -> None:
    """Take this worker down."""
    os.kill(os.getpid(), signal.SIGKILL)
