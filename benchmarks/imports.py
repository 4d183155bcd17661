"""``import gonogo`` against ``import numpy``, each in fresh processes."""

from __future__ import annotations

import subprocess
import sys
from statistics import median

from benchmarks.lines import Line, cost

__all__ = ["import_seconds", "import_time"]

_TARGET = 2.0
_CODE = "from time import perf_counter as now; start = now(); import {}; print(now() - start)"


def import_time(rounds: int) -> list[Line]:
    """Medians of the import statement alone, without the start of the interpreter."""
    times: dict[str, list[float]] = {"gonogo": [], "numpy": []}
    for name in times:
        import_seconds(name)  # byte code is written, files are cached
    for _ in range(rounds):
        for name, runs in times.items():
            runs.append(import_seconds(name))
    ours, theirs = median(times["gonogo"]), median(times["numpy"])
    return [cost("fresh processes", "import gonogo : import numpy", ours, theirs, _TARGET, times)]


def import_seconds(module: str) -> float:
    """How long the statement takes in a process that has imported nothing yet."""
    command = [sys.executable, "-c", _CODE.format(module)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return float(done.stdout)
