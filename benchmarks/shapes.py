"""Time of every kind of score: no range, sign or dtype may cost much more than another.

All shapes are made of the same maps, so that the defects and the smoothness are the same. The
yardstick is one pass over the memory of the float32 maps, and the peer ADEval's accumulator, which
counts in 1000 strips between true bounds that it is told.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.certified import adeval
from benchmarks.lines import Line, cost, gain
from benchmarks.timing import interleaved

__all__ = ["SHAPES", "every_shape"]

Maps = NDArray[np.float32]
Masks = NDArray[np.uint8]


def _logits(maps: Maps) -> Maps:
    found: Maps = np.log(maps / (1.0 - maps))
    return found


SHAPES: dict[str, Callable[[Maps], NDArray[Any]]] = {
    "(0, 1)": lambda maps: maps,
    "two signs": _logits,
    "distances": lambda maps: 7.0 * np.exp(0.5 * _logits(maps)),
    "+ 100": lambda maps: maps + np.float32(100.0),
    "twelve decades": lambda maps: np.float32(10.0) ** (12.0 * maps - 6.0),
    "half zeros": lambda maps: np.where(maps < np.median(maps), np.float32(0.0), maps),
    "float16": lambda maps: maps.astype(np.float16),
    "float64": lambda maps: maps.astype(np.float64) * (1.0 + 1e-9),
}
"""Scores of each kind, from scores in (0, 1)."""

_MODES = {"exact": (40.0, 2.0), "certified": (30.0, 3.0)}
"""Times one pass over the memory, at most; times as fast as ADEval, at least."""
_FLOAT32, _FLOAT64 = 2.0, 3.0
"""The slowest over the fastest float32 shape, and float64 over the fastest float32 shape."""


def every_shape(data: str, maps: Maps, masks: Masks, rounds: int) -> list[Line]:
    """Time of both modes, all metrics, for every shape of score."""
    import gonogo

    labels = (masks > 0).astype(np.uint8)  # ADEval wants 0 and 1
    lines: list[Line] = []
    best: dict[str, dict[str, float]] = {mode: {} for mode in _MODES}
    for name, made in SHAPES.items():
        scores = made(maps).astype(made(maps[:1]).dtype, copy=False)
        for_peer = scores.astype(np.float32) if scores.dtype == np.float16 else scores
        times = interleaved(
            {
                "exact": partial(gonogo.evaluate, scores, masks, mode="exact"),
                "certified": partial(gonogo.evaluate, scores, masks, mode="certified"),
                "ADEval": partial(adeval, for_peer, labels),
                "max": maps.max,
            },
            rounds,
        )
        least = {side: min(runs) for side, runs in times.items()}
        target: float | None
        for mode, (passes, faster) in _MODES.items():
            ours = best[mode][name] = least[mode]
            target = passes if scores.dtype == np.float32 else None
            what = f"{name}: {mode} : one pass, maps.max()"
            lines.append(cost(data, what, ours, least["max"], target, times))
            what = f"{name}: {mode} : ADEval EvalAccumulator"
            lines.append(gain(data, what, ours, least["ADEval"], faster, times))
    for mode, of_shape in best.items():
        narrow = {name: time for name, time in of_shape.items() if not name.startswith("float")}
        slowest, fastest = (end(narrow, key=narrow.__getitem__) for end in (max, min))
        what = f"{mode}, float32: slowest ({slowest}) : fastest ({fastest})"
        lines.append(cost(data, what, narrow[slowest], narrow[fastest], _FLOAT32, {}))
        wide = of_shape["float64"]
        what = f"{mode}: float64 : fastest float32 ({fastest})"
        lines.append(cost(data, what, wide, narrow[fastest], _FLOAT64, {}))
    return lines
