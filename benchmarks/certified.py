"""Certified intervals of all pixel metrics, against ADEval's accumulator and one pass over memory.

ADEval's ``EvalAccumulator`` counts in bounded memory too, in 1000 strips between bounds that the
user gives; here it is told the true ones. Errors are distances from the exact values: of ADEval's
numbers, and of the middles of gonogo's intervals. Those say themselves how far off they may be.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.lines import Line, cost, gain
from benchmarks.timing import interleaved

__all__ = ["adeval", "against_adeval"]

_ADEVAL = 3.0
_MAX = 30.0
_AREAS = {"AUROC": "p_auroc", "trapezoid AUPR": "p_aupr", "AUPRO@0.3": "p_aupro"}
"""What ADEval computes of pixels, and how it calls it."""

Maps = NDArray[np.float32]
Masks = NDArray[np.uint8]


def against_adeval(data: str, maps: Maps, masks: Masks, rounds: int) -> list[Line]:
    """Time of the certified pass, and its errors, each beside those of ADEval."""
    import gonogo

    labels = (masks > 0).astype(np.uint8)  # it wants 0 and 1
    certified = gonogo.evaluate(maps, masks, mode="certified").pixel
    peer = adeval(maps, labels)
    times = interleaved(
        {
            "ADEval": lambda: adeval(maps, labels),
            "certified": lambda: gonogo.evaluate(maps, masks, mode="certified"),
            "max": maps.max,
        },
        rounds,
    )
    ours, theirs, least = (min(times[name]) for name in ("certified", "ADEval", "max"))
    pairs = zip(
        _areas(certified), _areas(gonogo.evaluate(maps, masks).pixel), _AREAS.items(), strict=True
    )
    return [
        gain(data, "certified : ADEval EvalAccumulator", ours, theirs, _ADEVAL, times),
        cost(data, "certified : one pass, maps.max()", ours, least, _MAX, times),
        *(_error(data, name, one, peer[key], exact) for one, exact, (name, key) in pairs),
    ]


def _areas(pixel: Any) -> list[Any]:
    return [pixel.auroc, pixel.aupr_trapezoid, pixel.aupro[0.3]]


def adeval(maps: Maps, labels: Masks) -> dict[str, float]:
    """All that it computes of these images; samples are what it calls groups of images."""
    if not hasattr(np, "trapz"):
        vars(np)["trapz"] = np.trapezoid  # gone since NumPy 2.4, and ADEval calls it
    from adeval import EvalAccumulator

    accumulator = EvalAccumulator(0.0, 1.0, float(maps.min()), float(maps.max()))
    accumulator.add_anomap_batch(maps, labels)
    scores, anomalous = maps.max(axis=(1, 2)), labels.max(axis=(1, 2))
    accumulator.add_image(scores, anomalous)
    accumulator.add_sample(scores, anomalous)
    with np.errstate(invalid="ignore"):  # precision where nothing is flagged
        found: dict[str, float] = accumulator.summary()
    return found


def _error(data: str, metric: str, ours: Any, theirs: float, exact: float) -> Line:
    if not ours.low <= exact <= ours.high:
        raise RuntimeError(f"{metric}: {exact} is not in {ours}")
    what = f"error of {metric} (at most {ours.error:.1e}) : ADEval"
    errors = abs(ours.value - exact), abs(theirs - exact)
    return Line(data, what, *errors, "", errors[0] / errors[1], "at most", 1.0)
