"""Data sets whose scores have every shape that is hard on a grid: small, seeded, and many a second.

``SHAPES`` maps a name to what draws ``n`` scores. A data set cuts one draw into images, so that
images share scores, and marks some pixels as anomalous, in regions of any area.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gonogo.states import AnomalousScores, Capacity, GridCounter, GridCounts, RankCounts
from gonogo.states import distinct_scores as distinct

__all__ = ["SHAPES", "TINY", "Counting", "Scored", "counted", "data_set", "draw"]

Draw = Callable[[np.random.Generator, int], np.ndarray]

TINY = [Capacity(*limits) for limits in ((4, 2), (1, 2), (4, 3), (8, 4), (16, 8), (2, 16), (6, 64))]
"""Grids so coarse that a few scores fold them: the distinct scores kept, and the pages."""

DEFECTS = (None, "crack", "hole")


@dataclass(frozen=True)
class Scored:
    """The map of one image, (H, W), its anomalous scores and the name of its defect."""

    map: np.ndarray
    anomalous: AnomalousScores
    defect: str | None


@dataclass(frozen=True)
class Counting:
    """What a data set is for certified counts, and how its exact ranks are known."""

    images: list[Scored]

    def exact(self, defect: str | None = None) -> RankCounts:
        """Ranks by sorting everything as float64; ``defect`` leaves out the other ones."""
        flagged = [one for one in self.images if defect is None or one.defect == defect]
        ours = distinct([_widened(one.anomalous) for one in flagged])
        every = np.concatenate([one.map.ravel().astype(np.float64) for one in self.images])
        others = np.concatenate([one.anomalous.scores.astype(np.float64) for one in self.images])
        above = _more(every, ours.scores, "right") - _more(others, ours.scores, "right")
        at_least = _more(every, ours.scores, "left") - _more(others, ours.scores, "left")
        normals = every.size - others.size
        return RankCounts(ours.scores, ours.anomalous, above, at_least, normals, ours.weights)


def counted(images: list[Scored], capacity: Capacity) -> GridCounts:
    """One counter for all images, in this order."""
    counter = GridCounter(capacity)
    for one in images:
        counter.add(one.map, one.anomalous, one.defect)
    return counter.counts()


def draw(shape: str, seed: int) -> Counting:
    """The data set of a shape and a seed, always the same."""
    return data_set(np.random.default_rng([seed, *shape.encode()]), SHAPES[shape])


def data_set(rng: np.random.Generator, scores_of: Draw) -> Counting:
    """One to four images of up to 70 pixels, with any share of anomalous ones, in any order."""
    sizes = rng.integers(1, 71, rng.integers(1, 5)).tolist()
    scores = scores_of(rng, sum(sizes))
    labels = rng.random(scores.size) < rng.choice([0.03, 0.3, 0.7])
    kind = rng.random()
    if kind < 0.3:  # a detector that knows something, or takes one for the other
        scores = np.sort(scores) if kind < 0.15 else np.sort(scores)[::-1]
        labels = rng.random(scores.size) < np.linspace(0.0, rng.random(), scores.size)
        order = rng.permutation(scores.size)
        scores, labels = scores[order], labels[order]
    elif kind < 0.5:  # equal scores of one class
        values, place = np.unique(scores, return_inverse=True)
        labels = (rng.random(values.size) < rng.choice([0.1, 0.5]))[place]
    another = SHAPES[rng.choice(list(SHAPES))] if rng.random() < 0.1 else None
    images, start = [], 0
    for size in sizes:
        part, mask = scores[start : start + size], labels[start : start + size]
        if another is not None and rng.random() < 0.5:
            part = another(rng, size)
        images.append(_image(rng, part, mask))
        start += size
    return Counting(images)


def _image(rng: np.random.Generator, scores: np.ndarray, mask: np.ndarray) -> Scored:
    flagged = scores[mask]
    sizes = _regions(rng, flagged.size)
    areas = np.repeat(np.array(sizes, np.int64), sizes)
    height = next(h for h in (7, 5, 3, 2, 1) if scores.size % h == 0)
    defect = DEFECTS[rng.integers(len(DEFECTS))] if flagged.size else None
    anomalous = AnomalousScores(flagged, areas, len(sizes))
    return Scored(scores.reshape(height, -1), anomalous, defect)


def _regions(rng: np.random.Generator, pixels: int) -> list[int]:
    sizes = []
    while pixels:
        sizes.append(int(rng.integers(1, pixels + 1)))
        pixels -= sizes[-1]
    return sizes


def _widened(part: AnomalousScores) -> AnomalousScores:
    return AnomalousScores(part.scores.astype(np.float64), part.areas, part.regions)


def _more(scores: np.ndarray, thresholds: np.ndarray, side: str) -> np.ndarray:
    return scores.size - np.searchsorted(np.sort(scores), thresholds, side)


def _normal(dtype: type) -> Draw:
    return lambda rng, n: rng.standard_normal(n).astype(dtype)


def _between(low: float, high: float, dtype: type) -> Draw:
    return lambda rng, n: rng.uniform(low, high, n).astype(dtype)


def _heavy_tailed(rng: np.random.Generator, n: int) -> np.ndarray:
    return rng.standard_cauchy(n) ** 3


def _many_decades(rng: np.random.Generator, n: int) -> np.ndarray:
    scores = rng.choice([-1.0, 1.0], n) * 10.0 ** rng.uniform(-37, 37, n)
    return scores.astype(np.float32)


def _tied(dtype: type) -> Draw:
    def scores(rng: np.random.Generator, n: int) -> np.ndarray:
        palette = rng.standard_normal(rng.integers(1, 12)).astype(dtype)
        return rng.choice(palette, n, p=rng.dirichlet(np.full(palette.size, 0.4)))

    return scores


def _quantised(dtype: type) -> Draw:
    """Integers, or multiples of a step: around zero, or in a corner of what the type holds."""

    def scores(rng: np.random.Generator, n: int) -> np.ndarray:
        steps = rng.integers(0, rng.choice([3, 20, 100]), n)
        if np.issubdtype(dtype, np.floating):
            return ((steps - 10) / 8).astype(dtype)
        info = np.iinfo(dtype)
        return (steps + max(info.min, -(2**53))).astype(dtype)

    return scores


def _subnormal(dtype: type) -> Draw:
    step = float(np.finfo(dtype).smallest_subnormal)

    def scores(rng: np.random.Generator, n: int) -> np.ndarray:
        most = 1 << int(rng.integers(1, 26))  # beyond 2**23, float32 is normal again
        return (rng.integers(-most, most + 1, n) * step).astype(dtype)

    return scores


def _huge(rng: np.random.Generator, n: int) -> np.ndarray:
    scores = rng.standard_normal(n) * 1e300
    most = np.finfo(np.float64).max
    scores[rng.random(n) < 0.1] = rng.choice([most, -most])
    return scores


def _with_ties(value: float, share: float, dtype: type) -> Draw:
    """Continuous scores, many of which sit on one value: a flat background, or saturation."""

    def scores(rng: np.random.Generator, n: int) -> np.ndarray:
        found = (value - np.abs(rng.standard_normal(n)) * 10.0 ** rng.uniform(-6, 0)).astype(dtype)
        if rng.random() < 0.3:
            found = -found
        tied = rng.random(n) < share
        found[tied] = value
        if value == 0.0:
            found[tied & (rng.random(n) < 0.5)] = -0.0
        return found

    return scores


def _edges(dtype: type) -> Draw:
    """Scores at the edges of bins of any resolution, and one unit in the last place off them."""

    def scores(rng: np.random.Generator, n: int) -> np.ndarray:
        parts = 1 << int(rng.integers(0, 20))
        edges = (1.0 + rng.integers(0, min(parts, 8), n) / parts).astype(dtype)
        edges *= dtype(2.0) ** rng.integers(-2, 3)
        beside = np.nextafter(edges, rng.choice([-np.inf, np.inf], n).astype(dtype))
        found = np.where(rng.random(n) < 0.5, edges, beside)
        return -found if rng.random() < 0.3 else found

    return scores


def _ties_beside(rng: np.random.Generator, n: int) -> np.ndarray:
    """Heavy ties at several scores so near each other that they share a bin, with others there."""
    near = 10.0 ** rng.uniform(-7, -2)
    palette = 0.5 + near * rng.random(5)
    found = rng.choice(palette, n, p=rng.dirichlet(np.full(5, 0.5)))
    loose = rng.random(n) < rng.choice([0.1, 0.5])
    found[loose] = 0.5 + near * rng.random(int(loose.sum()))
    return found


SHAPES: dict[str, Draw] = {
    "normal, float32": _normal(np.float32),
    "normal, float64": _normal(np.float64),
    "normal, float16": _normal(np.float16),
    "heavy-tailed": _heavy_tailed,
    "many decades, both signs": _many_decades,
    "uniform, float32": _between(0.0, 1.0, np.float32),
    "uniform, float64": _between(-1.0, 1.0, np.float64),
    "in [10, 10.5], float32": _between(10.0, 10.5, np.float32),
    "in [10, 10.5], float64": _between(10.0, 10.5, np.float64),
    "in [1000, 1000 + 1e-9]": _between(1000.0, 1000.0 + 1e-9, np.float64),
    "tied, float32": _tied(np.float32),
    "tied, float64": _tied(np.float64),
    "quantised, uint8": _quantised(np.uint8),
    "quantised, int16": _quantised(np.int16),
    "quantised, int64": _quantised(np.int64),
    "quantised, float32": _quantised(np.float32),
    "subnormal, float32": _subnormal(np.float32),
    "subnormal, float64": _subnormal(np.float64),
    "constant": lambda rng, n: np.full(n, rng.choice([-2.5, 0.0, 3.0]), np.float32),
    "huge": _huge,
    "zeros among others, float32": _with_ties(0.0, 0.5, np.float32),
    "zeros among others, float64": _with_ties(0.0, 0.2, np.float64),
    "saturated at 1, float32": _with_ties(1.0, 0.4, np.float32),
    "saturated at 1, float64": _with_ties(1.0, 0.1, np.float64),
    "heavy ties side by side": _ties_beside,
    "at edges of bins, float32": _edges(np.float32),
    "at edges of bins, float64": _edges(np.float64),
}
