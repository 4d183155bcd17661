"""An interval contains the exact value: 20,000 cases of every shape, on very coarse grids."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pytest

from gonogo import metrics
from gonogo.metrics import bounds
from gonogo.states import BinCounts
from gonogo.types import Bounded
from tests.oracles.shapes import SHAPES, TINY, counted, draw

SETS = 250
PER_SET = 3  # grids of each data set: 27 shapes x 250 x 3 = 20,250 cases


@dataclass(frozen=True)
class Limits:
    """Where rates and areas are read: at random, and at rates that scores of the data reach."""

    area: float
    rate: float
    recall: float


def limits_for(rng, exact):
    normals, anomalies = max(exact.normals, 1), max(exact.anomalies, 1)
    return [
        Limits(0.3, 0.01, 0.95),
        Limits(
            int(rng.integers(1, normals + 1)) / normals,
            int(rng.integers(0, normals + 1)) / normals,
            int(rng.integers(1, anomalies + 1)) / anomalies,
        ),
    ]


def every_number(family, counts, limits):
    """All numbers of a family, of exact values or of bounds, by name."""
    numbers = {
        "auroc": family.auroc(counts),
        "average precision": family.average_precision(counts),
        "aupr trapezoid": family.aupr_trapezoid(counts),
        "iou max": family.iou_max(counts),
    }
    points = {"f1 max": family.f1_max(counts)}
    for one in limits:
        numbers[f"aupro at {one.area}"] = family.aupro(counts, one.area)
        points[f"tpr at fpr {one.rate}"] = family.tpr_at_fpr(counts, one.rate)
        points[f"fpr at tpr {one.recall}"] = family.fpr_at_tpr(counts, one.recall)
        points[f"tnr at fnr {one.rate}"] = family.tnr_at_fnr(counts, one.rate)
        points[f"precision at {one.recall}"] = family.precision_at_recall(counts, one.recall)
    for name, point in points.items():
        parts = vars(point).items()
        # What lies below a threshold is for printing it: no number of the definition.
        numbers |= {f"{name}, {part}": number for part, number in parts if part != "next_lower"}
    return numbers


def outside(counts, exact, limits):
    """Names of the numbers whose interval does not hold the exact value, with both."""
    found, true = every_number(bounds, counts, limits), every_number(metrics, exact, limits)
    return [
        (name, found[name], value) for name, value in true.items() if not holds(found[name], value)
    ]


def holds(found, value):
    if math.isnan(value):
        return isinstance(found, float) and math.isnan(found) and found.reason == value.reason
    return isinstance(found, Bounded) and found.low <= value <= found.high


@pytest.mark.parametrize("shape", SHAPES)
def test_every_interval_contains_the_exact_value(shape):
    missed, grids = [], 0
    for seed in range(SETS):
        data = draw(shape, seed)
        exact = data.exact()
        limits = limits_for(np.random.default_rng(seed), exact)
        for step in range(PER_SET):
            capacity = TINY[(seed + step) % len(TINY)]
            counts = counted(data.images, capacity).ranks()
            grids += isinstance(counts, BinCounts)
            missed += [(seed, capacity, *miss) for miss in outside(counts, exact, limits)]
    assert missed[:5] == []
    assert grids or shape == "constant"
