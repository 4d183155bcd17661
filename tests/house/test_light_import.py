"""``import gonogo`` loads NumPy and the standard library; the rest comes when it is needed."""

from __future__ import annotations

import subprocess
import sys

# fmt: off
HEAVY = [
    "PIL", "cc3d", "click", "cv2", "dask", "distributed", "imagecodecs", "jinja2", "lightning",
    "llvmlite", "matplotlib", "numba", "pandas", "rich", "scipy", "skimage", "sklearn", "tifffile",
    "torch", "torchmetrics", "typer", "yaml", "zarr",
]
# fmt: on

SHOW = "import sys, gonogo; print(*sorted({name.partition('.')[0] for name in sys.modules}))"


def test_import_gonogo_loads_nothing_heavy():
    run = subprocess.run([sys.executable, "-c", SHOW], capture_output=True, text=True, check=True)
    loaded = run.stdout.split()
    assert "gonogo" in loaded
    assert "numpy" in loaded
    assert [name for name in HEAVY if name in loaded] == []
