"""A save from Python that was killed half way."""

from __future__ import annotations

import signal
import subprocess
import sys

import numpy as np
import pytest

import gonogo

KILLED = """
import os, signal, sys
import numpy as np
import gonogo

maps = np.arange(32.0).reshape(2, 4, 4)
result = gonogo.evaluate(maps, np.stack([np.zeros((4, 4), bool), maps[1] > 27]))
moved, replace = 0, os.replace

def stopping(*names, **options):
    global moved
    if moved == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
    moved += 1
    replace(*names, **options)

os.replace = stopping
result.save(sys.argv[1])
"""


@pytest.mark.parametrize("moved", [0, 1, 2, 3])
def test_the_next_save_replaces_what_is_half_there(tmp_path, moved):
    run = tmp_path / "run"
    done = subprocess.run([sys.executable, "-c", KILLED, str(run), str(moved)], check=False)
    assert done.returncode == -signal.SIGKILL, "nothing was moved into place by os.replace"
    maps = np.arange(32.0).reshape(2, 4, 4)
    result = gonogo.evaluate(maps, np.stack([np.zeros((4, 4), bool), maps[1] > 27]))
    result.save(run, force=moved > 0)  # parts of the earlier save are never replaced unasked
    assert gonogo.load(run).categories["data"] == result
    assert not list(run.glob(".*"))
