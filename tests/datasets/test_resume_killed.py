"""``gonogo evaluate`` killed with SIGKILL at random moments, and given again: same results."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from time import perf_counter

import numpy as np
import pytest
import tifffile
from PIL import Image

from gonogo.datasets import unfinished_images

# The command, with a checkpoint every few images: as in a long run, only sooner.
PROGRAM = """
import sys
from gonogo.datasets import checkpoint
checkpoint.EVERY, checkpoint._SHARE = 0.05, 2.0
from gonogo.cli import main
sys.argv[0] = "gonogo"
main()
"""

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL here")


@pytest.fixture(scope="module")
def folders(tmp_path_factory) -> tuple[Path, Path]:
    """Two categories of 250 compressed maps: reading them takes as long as starting Python."""
    root = tmp_path_factory.mktemp("many")
    rng = np.random.default_rng(8)
    for category in ("grid", "wood"):
        for place in range(250):
            defect = "good" if place % 5 else "hole"
            scores = rng.random((96, 128), dtype=np.float32)
            folder = root / "maps" / category / "test" / defect
            folder.mkdir(parents=True, exist_ok=True)
            if defect != "good":
                mask = np.zeros((96, 128), np.uint8)
                mask[20:40, 30:50] = 255
                scores[mask > 0] += 0.5
                truth = root / "truth" / category / "ground_truth" / defect
                truth.mkdir(parents=True, exist_ok=True)
                Image.fromarray(mask).save(truth / f"{place:03d}_mask.png")
            tifffile.imwrite(folder / f"{place:03d}.tiff", scores, compression="zlib")
    return root / "maps", root / "truth"


def command(folders, out, mode):
    words = ["evaluate", *map(str, folders), "--out", str(out), "--mode", mode, "--quiet"]
    words += ["--budget", "1MiB"] if mode == "certified" else []
    return [sys.executable, "-c", PROGRAM, *words]


def results(out):
    document = json.loads((out / "results.json").read_text(encoding="utf-8"))
    assert document.pop("command")[1] == "evaluate"
    del document["created"], document["seconds"]
    files = {name: (out / name).read_bytes() for name in ("images.csv", "metrics.json")}
    with np.load(out / "curves.npz") as curves:
        return document, files, {name: curves[name].tobytes() for name in curves.files}


@pytest.mark.parametrize(("mode", "most"), [("exact", 10), ("certified", 4)])
def test_killed_and_given_again(folders, tmp_path, mode, most):
    for _ in range(2):  # the first may compile
        start = perf_counter()
        subprocess.run([*command(folders, tmp_path / "whole", mode), "--force"], check=True)
        seconds = perf_counter() - start
    expected, out = results(tmp_path / "whole"), tmp_path / "run"
    rng = np.random.default_rng(most)
    kills, left = 0, []
    while kills < most or (kills < 5 * most and not any(0 < images < 500 for images in left)):
        process = subprocess.Popen(command(folders, out, mode))
        try:
            process.wait(rng.uniform(0.4, 1.0) * seconds)
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
            kills += 1
        assert process.wait() in (0, -signal.SIGKILL)
        if (out / "results.json").exists():  # it was done before its time: once more, sooner
            assert results(out) == expected
            shutil.rmtree(out)
            seconds *= 0.9
        else:
            left.append(unfinished_images(out))
    subprocess.run(command(folders, out, mode), check=True)
    assert results(out) == expected
    assert not (out / ".gonogo-checkpoint").exists()
    assert any(0 < images < 500 for images in left), left
