"""Measure, print a table, and say which targets are met: ``python -m benchmarks``.

A missed target is printed, not raised: a busy machine is no defect of the code.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import perf_counter

from benchmarks.certified import against_adeval
from benchmarks.folders import against_bare_loop
from benchmarks.generated import FRACTION, generated
from benchmarks.imports import import_time
from benchmarks.lines import Line, summary, table
from benchmarks.memory import extra_memory
from benchmarks.out_of_core import out_of_core
from benchmarks.patchcore import against_plain_scikit_learn
from benchmarks.pixels import against_scikit_learn, against_sort, against_torchmetrics
from benchmarks.report import report_cost
from benchmarks.scaling import memory_growth
from benchmarks.shapes import every_shape
from benchmarks.training_loop import against_torchmetrics_classes
from benchmarks.workers import two_against_one

__all__ = ["main"]

_PIXEL_PARTS = (
    "sort",
    "memory",
    "certified",
    "shapes",
    "torchmetrics",
    "scikit-learn",
    "patchcore",
    "training-loop",
)
_PARTS = (*_PIXEL_PARTS, "folder", "report", "out-of-core", "import", "scaling", "workers")
_PACKAGES = (
    "gonogo",
    "numpy",
    "numba",
    "scikit-learn",
    "torch",
    "torchmetrics",
    "tifffile",
    "ADEval",
)
_NOTE = """\
ratio: gonogo over the other side where the target is "at most", the other side over gonogo where
it is "at least". Best of several runs taken in turns (imports: medians); peers that need more than
20 s run once. Not counted: the first call, which loads the kernels (or compiles them, once after
an installation); reading from a cold disk; for the peers, making labels and tensors."""

Measurement = tuple[str, Callable[[], list[Line]]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what was asked for; 0 also where a target is missed."""
    from rich.console import Console

    args = _arguments(arguments)
    console = Console(width=None if sys.stdout.isatty() else 132, highlight=False)
    setting, start = _setting(), perf_counter()
    lines: list[Line] = []
    for doing, measure in _measurements(args):
        print(f"{perf_counter() - start:6.0f} s  {doing}", file=sys.stderr, flush=True)
        lines += measure()
    console.print(", ".join(f"{name} {value}" for name, value in setting.items()), soft_wrap=True)
    console.print(table(lines))
    console.print(_NOTE, summary(lines), sep="\n\n", soft_wrap=True)
    if args.json is not None:
        document = {"setting": setting, "lines": [line.to_dict() for line in lines]}
        args.json.write_text(
            json.dumps(document, indent=2, default=lambda number: number.item()) + "\n",
            encoding="utf-8",
        )
    return 0


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--maps", type=int, nargs="+", default=[20, 84], help="how many maps")
    parser.add_argument("--side", type=int, default=1024, help="pixels along each side of a map")
    parser.add_argument("--folder", type=int, nargs=2, default=[168, 320], help="maps and side")
    parser.add_argument("--rounds", type=int, default=7, help="runs of what is fast")
    parser.add_argument("--only", nargs="+", choices=_PARTS, default=_PARTS, help="parts to run")
    parser.add_argument("--json", type=Path, help="write all results and single times here")
    return parser.parse_args(arguments)


def _measurements(args: argparse.Namespace) -> Iterator[Measurement]:
    """What to run, with words for it, each made when its turn comes."""
    if "import" in args.only:
        yield "import", lambda: import_time(2 * args.rounds + 1)
    if "folder" in args.only:
        count, side = args.folder
        yield "folders", lambda: against_bare_loop(count, side, args.rounds)
    if "report" in args.only:
        yield "report", lambda: report_cost(args.rounds)
    if "out-of-core" in args.only:
        yield "out of core", out_of_core
    if "workers" in args.only:
        yield "workers", two_against_one
    if "scaling" in args.only:
        yield "scaling, 10^10 pixels: minutes", memory_growth
    for count in args.maps if set(_PIXEL_PARTS) & set(args.only) else ():
        yield from _of_pixels(args, count)


def _of_pixels(args: argparse.Namespace, count: int) -> Iterator[Measurement]:
    data = f"{count} x {args.side} x {args.side}, {FRACTION:.0%}"
    maps, masks = generated(count, args.side)
    parts: dict[str, Callable[[], list[Line]]] = {
        "sort": lambda: against_sort(data, maps, masks, args.rounds),
        "memory": lambda: extra_memory(data, maps, masks),
        # Runs of some milliseconds: it takes more of them to meet a quiet moment.
        "certified": lambda: against_adeval(data, maps, masks, 3 * args.rounds),
        "torchmetrics": lambda: against_torchmetrics(data, maps, masks),
        "scikit-learn": lambda: against_scikit_learn(data, maps, masks),
    }
    if count == min(args.maps):  # of more maps they take minutes
        parts["shapes"] = lambda: every_shape(data, maps, masks, args.rounds)
        parts["training-loop"] = lambda: against_torchmetrics_classes(data, maps, masks)
        parts["patchcore"] = lambda: against_plain_scikit_learn(data, maps, masks)
    yield from ((f"{name}, {data}", part) for name, part in parts.items() if name in args.only)


def _setting() -> dict[str, str]:
    """The versions, the machine and how busy it is, as far as they bear on the numbers."""
    versions = {"Python": platform.python_version()}
    for name in _PACKAGES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    setting = {**versions, platform.machine(): f"with {os.cpu_count()} cores"}
    if hasattr(os, "getloadavg"):
        setting["load"] = f"{os.getloadavg()[0]:.1f} at the start"
    return setting


if __name__ == "__main__":
    raise SystemExit(main())
