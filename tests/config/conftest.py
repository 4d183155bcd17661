"""A small data set in folders that are named one by one, and files of settings for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

SETTINGS = Path(__file__).parent / "anomalib.yaml"


def write_image(data: Path, maps: Path | None, name: str, seed: int, *, mask: Path | None = None):
    """A photograph, its map, and the mask of a defect that the map is warm on."""
    rng = np.random.default_rng(seed)
    scores = rng.random((12, 16), np.float32) + np.float32(0.1)
    for path in (data / f"{name}.png", *([] if mask is None else [mask])):
        path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(rng.integers(0, 255, (12, 16, 3), np.uint8)).save(data / f"{name}.png")
    if mask is not None:
        shape = np.zeros((12, 16), np.uint8)
        shape[3:6, 4:9] = 255
        scores[3:6, 4:9] += np.float32(0.6)
        Image.fromarray(shape).save(mask)
    if maps is not None:
        path = maps / f"{name}.tiff"
        path.parent.mkdir(parents=True, exist_ok=True)
        tifffile.imwrite(path, scores)


@pytest.fixture
def caps(tmp_path) -> tuple[Path, Path]:
    """Maps and data as the settings name their folders; train has maps for 0 and 1."""
    maps, data = tmp_path / "maps", tmp_path / "cap"
    for number in range(4):
        write_image(data, maps if number < 2 else None, f"train/good/{number:03}", number)
    for number in range(3):
        write_image(data, maps, f"test/good/{number:03}", 10 + number)
    for number in range(4):
        mask = data / f"ground_truth/cracked/{number:03}_mask.png"
        write_image(data, maps, f"test/cracked/{number:03}", 20 + number, mask=mask)
    return maps, data


@pytest.fixture
def settings(tmp_path) -> Callable[..., Path]:
    """Write a file of settings: a text, or those of anomalib.yaml with some lines replaced."""

    def write(text: str | None = None, /, **lines: str) -> Path:
        path = tmp_path / "settings.yaml"
        if text is None:
            text = SETTINGS.read_text("utf-8")
            for key, value in lines.items():
                name = key.rpartition("__")[2]
                found = [line for line in text.splitlines() if line.strip().startswith(f"{name}:")]
                assert found, name
                indent = found[0][: len(found[0]) - len(found[0].lstrip())]
                text = text.replace(found[0] + "\n", f"{indent}{name}: {value}\n", 1)
        path.write_text(text, encoding="utf-8")
        return path

    return write
