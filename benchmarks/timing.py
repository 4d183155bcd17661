"""Wall time of callables, side by side, so that both see the same machine."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any

__all__ = ["interleaved", "repeated", "seconds"]


def seconds(work: Callable[[], Any]) -> float:
    """Wall time of one call; what it returns is dropped after the clock is read."""
    gc.collect()
    start = perf_counter()
    kept = work()
    elapsed = perf_counter() - start
    del kept
    return elapsed


def interleaved(sides: Mapping[str, Callable[[], Any]], rounds: int) -> dict[str, list[float]]:
    """Times of every side, taken in turns; every other round runs backwards."""
    times: dict[str, list[float]] = {name: [] for name in sides}
    for turn in range(rounds):
        for name in sorted(sides, reverse=bool(turn % 2)):
            times[name].append(seconds(sides[name]))
    return times


def repeated(work: Callable[[], Any], *, budget: float, most: int) -> list[float]:
    """Times of one callable: at least one, then more until ``budget`` seconds are spent."""
    times = [seconds(work)]
    while len(times) < most and sum(times) + min(times) <= budget:
        times.append(seconds(work))
    return times
