"""Two worker processes against one, on a folder that keeps one busy for a while.

Each worker counts on one thread. The time is that of the whole job, from starting the workers to
their end, with the files in the cache. Images repeat, under other names: only their number counts.
"""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.folders import mvtec_folder
from benchmarks.lines import Line, gain
from benchmarks.timing import interleaved
from gonogo.types import Mode

__all__ = ["repeated_folder", "two_against_one"]

_TARGET = 1.6
_MODES: tuple[Mode, ...] = ("exact", "certified")


def two_against_one(different: int = 64, copies: int = 24, side: int = 1024) -> list[Line]:
    """In both modes; with one worker the job should take more than 20 s."""
    with TemporaryDirectory() as folder:
        maps, truth = repeated_folder(Path(folder), different, copies, side)
        data = f"folder, {different * copies} x {side} x {side}"
        return [_line(data, maps, truth, mode) for mode in _MODES]


def repeated_folder(folder: Path, different: int, copies: int, side: int) -> tuple[Path, Path]:
    """Maps and masks in MVTec AD's layout, each image under ``copies`` names."""
    maps, truth = mvtec_folder(folder, different, side)
    for path in sorted(folder.rglob("*.*")):
        for number in range(1, copies):
            os.link(path, path.with_name(f"{number}-{path.name}"))
    return maps, truth


def _line(data: str, maps: Path, truth: Path, mode: Mode) -> Line:
    times = interleaved(
        {
            "one worker": lambda: _evaluate(maps, truth, mode, 1),
            "two workers": lambda: _evaluate(maps, truth, mode, 2),
        },
        2,
    )
    ours, theirs = min(times["two workers"]), min(times["one worker"])
    return gain(data, f"two workers : one, {mode}", ours, theirs, _TARGET, times)


def _evaluate(maps: Path, truth: Path, mode: Mode, workers: int) -> None:
    from gonogo import distributed

    with distributed.local_workers(workers) as client:
        distributed.evaluate_folder(maps, truth, client=client, mode=mode)
