"""Results of small made-up images, and their reports."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import gonogo

KINDS = ("hole", "scratch", "stain")


@dataclass(frozen=True)
class Sample:
    """Images of one category, some of them hard, with ties among their scores."""

    maps: list[np.ndarray]
    masks: list[np.ndarray]
    defects: list[str | None]
    names: list[str]
    photographs: list[np.ndarray]

    def evaluate(self, **options: Any) -> gonogo.Result:
        return gonogo.evaluate(
            self.maps, self.masks, defects=self.defects, names=self.names, **options
        )

    def report(self, path: Path, result: gonogo.Result | None = None, **options: Any) -> Path:
        result = self.evaluate() if result is None else result
        return result.report(
            path, maps=self.maps, masks=self.masks, photographs=self.photographs, **options
        )


def sample(normal: int = 30, anomalous: int = 30, *, side: int = 40, seed: int = 0) -> Sample:
    rng = np.random.default_rng(seed)
    maps, masks, defects, names = [], [], [], []
    for k in range(normal + anomalous):
        scores = rng.gamma(2.0, 0.5, (side, side)).round(2)
        mask = np.zeros((side, side), bool)
        kind = None
        if k >= normal:
            kind = KINDS[k % len(KINDS)]
            top, left = rng.integers(0, side - 12, 2)
            mask[top : top + 8, left : left + 10] = True
            scores[mask] += rng.choice([0.5, 1.5, 3.0])
        maps.append(scores)
        masks.append(mask)
        defects.append(kind)
        names.append(f"test/{kind or 'good'}/{k:04d}.tiff")
    photographs = [rng.integers(60, 200, (side, side, 3), dtype=np.uint8) for _ in maps]
    return Sample(maps, masks, defects, names, photographs)


def run_of(**categories: Sample) -> gonogo.Run:
    """Several categories, with what their reports are made of."""
    from gonogo.report import originals_of

    results = {name: one.evaluate() for name, one in categories.items()}
    originals = {
        name: originals_of(results[name].images, one.maps, one.masks, one.photographs)
        for name, one in categories.items()
    }
    settings = next(iter(results.values())).settings
    return gonogo.Run(results, settings, seconds=1.0, originals=originals)
