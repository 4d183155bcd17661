"""Peak memory of one evaluation above its loaded arrays, in a process of its own.

The arrays are read from files, so nothing that made them is left. A first, tiny evaluation loads
(or compiles) the kernels and starts from there; free memory goes back to the system before the
start. ``python -m benchmarks.memory FOLDER`` is that process.
"""

from __future__ import annotations

import ctypes
import gc
import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from benchmarks.lines import Line

__all__ = ["extra_memory", "give_back", "reset_peak", "resident"]

_TARGET = 6.0
_STATUS = Path("/proc/self/status")
_CLEAR = Path("/proc/self/clear_refs")
_ROOT = Path(__file__).parents[1]


def extra_memory(data: str, maps: NDArray[np.float32], masks: NDArray[np.uint8]) -> list[Line]:
    """Bytes a pixel beyond the maps and masks."""
    with TemporaryDirectory() as folder:
        np.save(Path(folder) / "maps.npy", maps)
        np.save(Path(folder) / "masks.npy", masks)
        command = [sys.executable, "-m", "benchmarks.memory", folder]
        done = subprocess.run(command, cwd=_ROOT, check=True, stdout=subprocess.PIPE, text=True)
    found = json.loads(done.stdout)
    extra = found["extra"] / maps.size
    loaded = found["loaded"] / maps.size
    what = f"peak memory above the arrays ({found['method']})"
    return [Line(data, what, extra, loaded, "bytes/px", extra, "at most", _TARGET)]


def reset_peak() -> bool:
    """Make the resident set of now the peak so far; False where the system cannot."""
    try:
        _CLEAR.write_text("5")
    except OSError:
        return False
    return True


def resident(*, peak: bool) -> int:
    """Bytes of memory this process holds now, or held at most."""
    if _STATUS.exists():
        key = "VmHWM:" if peak else "VmRSS:"
        for line in _STATUS.read_text().splitlines():
            if line.startswith(key):
                return int(line.split()[1]) << 10
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most << 10


def give_back() -> None:
    """Return what the allocator keeps for later, so that it cannot hide what is used."""
    gc.collect()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)


def _measure(folder: Path) -> dict[str, object]:
    import gonogo

    tiny = np.zeros((2, 64, 64), np.float32)
    tiny[1] = np.arange(64 * 64).reshape(64, 64)
    gonogo.evaluate(tiny, tiny > 4000)
    maps, masks = np.load(folder / "maps.npy"), np.load(folder / "masks.npy")
    give_back()
    exact = reset_peak()
    before = resident(peak=not exact)
    gonogo.evaluate(maps, masks)
    return {
        "extra": resident(peak=True) - before,
        "loaded": maps.nbytes + masks.nbytes,
        "method": "VmHWM" if exact else "ru_maxrss",
    }


if __name__ == "__main__":
    print(json.dumps(_measure(Path(sys.argv[1]))))
