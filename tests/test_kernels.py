"""The compiled loops run where nothing may be written."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import gonogo
from gonogo.kernels import ranks

SCRIPT = """
import numpy as np, ranks
scores = np.append([1.0, 2.0, 2.0], np.full(ranks.SENTINELS, np.inf))
below, at = np.zeros(1, np.int64), np.zeros(1, np.int64)
ranks.add_ranks(scores, np.array([2.0]), below, at)
print(int(below[0]), int(at[0]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there numba's folder does not follow HOME")
def test_no_folder_for_compiled_code(tmp_path):
    shutil.copy(ranks.__file__, tmp_path)
    (tmp_path / "__pycache__").touch()  # where a folder cannot be made, even by root
    environment = {
        k: v for k, v in os.environ.items() if k not in {"NUMBA_CACHE_DIR", "XDG_CACHE_HOME"}
    }
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=tmp_path,
        env=environment
        | {
            "HOME": str(tmp_path / "__pycache__"),
            "PYTHONPATH": str(Path(gonogo.__file__).parents[1]),
        },
        capture_output=True,
        check=False,
        text=True,
    )
    assert run.stdout == "1 2\n", run.stderr
