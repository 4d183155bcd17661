"""What the report costs: ``gonogo evaluate --out`` with it and without, as commands, on DeepPCB."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.lines import Line, cost
from benchmarks.timing import interleaved

__all__ = ["report_cost"]

_TARGET = 1.3
_DEEPPCB = Path(__file__).parents[2] / "shared" / "data" / "deeppcb"


def report_cost(rounds: int) -> list[Line]:
    """A line for each model, where the data are there; with the default of 60 pictures."""
    return [_line(maps, rounds) for maps in sorted(_DEEPPCB.glob("maps/*"))]


def _line(maps: Path, rounds: int) -> Line:
    with TemporaryDirectory() as folder:
        out = Path(folder) / "run"
        _evaluate(maps, out)  # files are read from memory from now on
        times = interleaved(
            {
                "with report": lambda: _evaluate(maps, out),
                "without": lambda: _evaluate(maps, out, "--no-report"),
            },
            rounds,
        )
    ours, theirs = min(times["with report"]), min(times["without"])
    what = "gonogo evaluate --out : with --no-report"
    return cost(f"deeppcb, {maps.name}", what, ours, theirs, _TARGET, times)


def _evaluate(maps: Path, out: Path, *options: str) -> None:
    words = [
        "evaluate",
        str(maps),
        str(_DEEPPCB),
        "--out",
        str(out),
        "--force",
        "--quiet",
        *options,
    ]
    subprocess.run([sys.executable, "-m", "gonogo", *words], check=True)
