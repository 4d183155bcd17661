"""Time, memory and width of certified counts as pixels grow: ``python -m benchmarks.scaling``.

Pixels are generated blockwise: maps of ``benchmarks.generated``, each time multiplied by another
factor, so that the scores are new ones. Generating is not in the times. Every budget has a process
of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.generated import generated
from benchmarks.lines import Line
from benchmarks.memory import give_back, reset_peak, resident

__all__ = ["Milestone", "grown", "measured", "memory_growth"]

SIDE = 1024
_ROOT = Path(__file__).parents[1]
_POOL = 16
_BATCH = 4
_GROWTH = 80.0
_MIB = 1 << 20


@dataclass(frozen=True)
class Milestone:
    """What one process has needed when so many pixels were counted."""

    budget: str
    pixels: int
    images: int
    seconds: float
    """Wall time of counting, on every core."""
    cpu_seconds: float
    compute_seconds: float
    """From counts to all metrics."""
    merge_seconds: float
    """Adding the state to itself."""
    counting_bytes: int
    """Resident memory above that before the first image, at most, while counting."""
    peak_bytes: int
    """The same, with the metrics computed."""
    file_bytes: int
    """The saved state: what a machine sends."""
    widths: dict[str, float]
    """Of the interval of each metric."""


def memory_growth(pixels: Sequence[int] = (10**8, 10**10)) -> list[Line]:
    """Resident memory of one process that counts the most pixels, above that of the fewest."""
    few, *_, many = measured("64MiB", pixels)
    growth = (many.peak_bytes - few.peak_bytes) / _MIB
    data = f"certified, {few.pixels:.0e} to {many.pixels:.0e} pixels"
    each = many.seconds / many.pixels * 1e9
    return [
        Line(data, "growth of resident memory", growth, None, "MiB", growth, "at most", _GROWTH),
        Line(data, "counting, nanoseconds a pixel", each, None, "", each),
    ]


def measured(budget: str, pixels: Sequence[int]) -> list[Milestone]:
    """The milestones of one budget, from a process of its own."""
    command = [sys.executable, "-m", "benchmarks.scaling", "--budget", budget, "--pixels"]
    command += [str(most) for most in pixels]
    done = subprocess.run(command, cwd=_ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return [Milestone(**one) for one in json.loads(done.stdout)]


def grown(budget: str, pixels: Sequence[int], *, side: int = SIDE) -> list[Milestone]:
    """Count up to each number of pixels in turn, in this process."""
    import gonogo

    pool = generated(_POOL, side)
    warm = gonogo.State(mode="certified", budget=budget)
    warm.update(*(part[:2, :256, :256] for part in pool))
    del warm
    give_back()
    reset_peak()
    before = resident(peak=False)
    state = gonogo.State(mode="certified", budget=budget)
    batches = _batches(*pool)
    milestones: list[Milestone] = []
    images, seconds, cpu = 0, 0.0, 0.0
    for most in pixels:
        while images * side * side < most:
            maps, masks = next(batches)
            wall, used = perf_counter(), process_time()
            state.update(maps, masks)
            seconds += perf_counter() - wall
            cpu += process_time() - used
            images += len(maps)
        counting = resident(peak=True) - before
        start = perf_counter()
        pixel = state.compute().pixel
        computed = perf_counter() - start
        peak = resident(peak=True) - before
        start = perf_counter()
        _ = state + state
        merged = perf_counter() - start
        milestones.append(
            Milestone(
                budget=budget,
                pixels=images * side * side,
                images=images,
                seconds=seconds,
                cpu_seconds=cpu,
                compute_seconds=computed,
                merge_seconds=merged,
                counting_bytes=counting,
                peak_bytes=peak,
                file_bytes=_saved(state),
                widths=_widths(pixel),
            )
        )
        del pixel, _
        give_back()
        reset_peak()
    return milestones


def _batches(
    maps: NDArray[np.float32], masks: NDArray[np.uint8]
) -> Iterator[tuple[NDArray[np.float32], NDArray[np.uint8]]]:
    """The pool over and over, a little larger every time."""
    turn = 0
    while True:
        for start in range(0, len(maps), _BATCH):
            part = slice(start, start + _BATCH)
            yield maps[part] * np.float32(1.0 + turn % 9973 * 1e-5), masks[part]
            turn += 1


def _widths(pixel: Any) -> dict[str, float]:
    intervals = {
        "AUROC": pixel.auroc,
        "AUPRO@0.3": pixel.aupro[0.3],
        "AUPRO@0.05": pixel.aupro[0.05],
        "AP": pixel.average_precision,
        "F1max": pixel.f1_max.value,
    }
    return {name: one.high - one.low for name, one in intervals.items()}


def _saved(state: Any) -> int:
    with TemporaryDirectory() as folder:
        return int(state.save(Path(folder) / "state").stat().st_size)


def main() -> None:
    """One budget, as JSON on standard output."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scaling", description=__doc__)
    parser.add_argument("--budget", default="64MiB", help="as gonogo.State takes it")
    parser.add_argument("--pixels", type=int, nargs="+", default=[10**7, 10**8], help="rising")
    parser.add_argument("--side", type=int, default=SIDE, help="pixels along each side of a map")
    args = parser.parse_args()
    milestones = grown(args.budget, args.pixels, side=args.side)
    print(json.dumps([asdict(one) for one in milestones]))


if __name__ == "__main__":
    main()
