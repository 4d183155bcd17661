"""The data set of one surface: normal tiles to learn from, normal and defective tiles to test on.

Test tiles overlap each other and half of them are mirror images: enough for a demonstration, too
alike for a benchmark.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gonogo.demo.defects import DEFECTS, paint
from gonogo.demo.textures import CATEGORIES, Split, tiles
from gonogo.errors import InputError

__all__ = ["Loader", "Sample", "evaluation_set", "training_set"]

GOOD = "good"
_PER_DEFECT = 7


@dataclass(frozen=True)
class Sample:
    """One picture with its ground truth: ``<category>/<split>/<defect>/<name>``."""

    category: str
    split: Split
    defect: str
    name: str
    image: NDArray[np.uint8]
    mask: NDArray[np.bool_]

    @property
    def path(self) -> str:
        """Its place in MVTec AD's layout, without a suffix."""
        return f"{self.category}/{self.split}/{self.defect}/{self.name}"


def training_set(category: str) -> list[Sample]:
    """Normal tiles and their mirror images."""
    return _normal(category, "train")


def evaluation_set(category: str, *, seed: int = 0, per_defect: int = _PER_DEFECT) -> list[Sample]:
    """Normal tiles of the other half of the photograph, and ``per_defect`` of each defect."""
    if seed < 0 or per_defect < 1:
        raise InputError(
            f"evaluation_set: found seed={seed}, per_defect={per_defect}; expected a seed of 0 or "
            "more and at least one image per defect"
        )
    clean = _both_ways(category, "test")
    samples = _normal(category, "test")
    for kind, defect in enumerate(DEFECTS):
        for number in range(per_defect):
            tile = clean[(kind * per_defect + number) % len(clean)]
            rng = np.random.default_rng([seed, CATEGORIES.index(category), kind, number])
            painted = paint(tile, defect, rng)
            samples.append(
                Sample(category, "test", defect, f"{number:03}", painted.image, painted.mask)
            )
    return samples


@dataclass(frozen=True)
class Loader:
    """Batches of samples in their order, with the keys that PatchCore's data sets use."""

    samples: Sequence[Sample]
    batch_size: int = 14

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for start in range(0, len(self.samples), self.batch_size):
            yield _collate(self.samples[start : start + self.batch_size])

    def __len__(self) -> int:
        return len(range(0, len(self.samples), self.batch_size))


def _collate(samples: Sequence[Sample]) -> dict[str, Any]:
    return {
        "image": np.stack([one.image for one in samples])[:, None].astype(np.float32) / 255,
        "mask": np.stack([one.mask for one in samples])[:, None].astype(np.uint8),
        "classname": [one.category for one in samples],
        "anomaly": [one.defect for one in samples],
        "is_anomaly": np.array([one.defect != GOOD for one in samples], dtype=np.int64),
        "image_name": [one.path for one in samples],
        "image_path": [f"{one.path}.png" for one in samples],
    }


def _normal(category: str, split: Split) -> list[Sample]:
    return [
        Sample(category, split, GOOD, f"{number:03}", tile, np.zeros(tile.shape, np.bool_))
        for number, tile in enumerate(_both_ways(category, split))
    ]


def _both_ways(category: str, split: Split) -> list[NDArray[np.uint8]]:
    cut = tiles(category, split)
    return cut + [np.ascontiguousarray(tile[:, ::-1]) for tile in cut]
