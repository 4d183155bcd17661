"""Exact counts from files: memory against the number of normal images, and what checkpoints cost.

Each run is a process of its own. Images repeat, under other names: only their number counts.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.lines import Line, cost
from benchmarks.memory import give_back, reset_peak, resident
from benchmarks.timing import interleaved

__all__ = ["out_of_core"]

_ROOT = Path(__file__).parents[1]
_GROWTH = 16.0
_CHECKPOINTS = 1.05
_DIFFERENT = 8
_ANOMALOUS = 40


def out_of_core(side: int = 256, normal: int = 1000, times: int = 5, rounds: int = 5) -> list[Line]:
    """Peak memory with ``times`` as many normal images, and time with checkpoints and without."""
    with TemporaryDirectory() as text:
        root = Path(text)
        few, many = (_folder(root / str(count), side, count) for count in (normal, normal * times))
        data = f"folder, {_ANOMALOUS} + {normal * times} x {side} x {side}"
        small, large = (max(_peak(one) for _ in range(3)) / (1 << 20) for one in (few, many))
        what = f"peak memory, {times} x the normal images : 1 x"
        growth = Line(data, what, large, small, "MiB", large - small, "at most", _GROWTH)
        return [growth, _with_checkpoints(data, many, root / "out", rounds)]


def _with_checkpoints(data: str, folder: Path, out: Path, rounds: int) -> Line:
    sides: dict[str, Callable[[], object]] = {
        "without": lambda: _evaluate(folder, None),
        "with": lambda: _evaluate(folder, out),
    }
    _evaluate(folder, None)  # load the kernels and the readers
    runs = interleaved(sides, rounds)
    ours, theirs = min(runs["with"]), min(runs["without"])
    return cost(data, "checkpoints : none", ours, theirs, _CHECKPOINTS, runs)


def _folder(root: Path, side: int, normal: int) -> Path:
    """Maps (NPY, the fastest to read) and masks in MVTec AD's layout."""
    from PIL import Image

    rng = np.random.default_rng(1)
    maps, truth = root / "maps" / "test", root / "truth" / "ground_truth" / "hole"
    for folder in (maps / "good", maps / "hole", truth):
        folder.mkdir(parents=True)
    mask = np.zeros((side, side), np.uint8)
    mask[: side // 7, : side // 7] = 255
    for place in range(_ANOMALOUS):
        scores = rng.standard_normal((side, side), np.float32) + (mask > 0)
        np.save(maps / "hole" / f"{place:05d}.npy", scores)
        Image.fromarray(mask).save(truth / f"{place:05d}_mask.png")
    for place in range(normal):
        path = maps / "good" / f"{place:05d}.npy"
        if place < _DIFFERENT:
            np.save(path, rng.standard_normal((side, side), np.float32))
        else:
            os.link(maps / "good" / f"{place % _DIFFERENT:05d}.npy", path)
    return root


def _peak(folder: Path) -> int:
    command = [sys.executable, "-m", "benchmarks.out_of_core", str(folder)]
    done = subprocess.run(command, cwd=_ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return int(json.loads(done.stdout))


def _evaluate(folder: Path, checkpoint: Path | None) -> None:
    import gonogo

    gonogo.evaluate_folder(folder / "maps", folder / "truth", mode="exact", checkpoint=checkpoint)


def _measure(folder: Path) -> int:
    """Bytes that a run holds at most, above what the library takes."""
    import gonogo

    tiny = np.arange(2.0 * 64 * 64, dtype=np.float32).reshape(2, 64, 64)
    gonogo.evaluate(tiny, tiny > 8000)
    give_back()
    exact = reset_peak()
    before = resident(peak=not exact)
    _evaluate(folder, None)
    return resident(peak=True) - before


if __name__ == "__main__":
    print(json.dumps(_measure(Path(sys.argv[1]))))
