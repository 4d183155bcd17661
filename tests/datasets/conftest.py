"""Small data sets, written where a test wants them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image


def write_map(path: Path, seed: int = 0, *, bump: bool = False) -> Path:
    """A 12 x 16 map of noise, with a hot spot where the mask of ``write_mask`` is."""
    scores = np.random.default_rng(seed).random((12, 16), dtype=np.float32)
    if bump:
        scores[3:6, 4:9] += 0.5
    path.parent.mkdir(parents=True, exist_ok=True)
    tifffile.imwrite(path, scores)
    return path


def write_mask(path: Path) -> Path:
    mask = np.zeros((12, 16), np.uint8)
    mask[3:6, 4:9] = 255
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(mask).save(path)
    return path


def write_mvtec(maps: Path, truth: Path) -> None:
    """Two good images, two scratches, one hole."""
    for place, name in enumerate(
        ["good/000", "good/001", "hole/000", "scratch/000", "scratch/001"]
    ):
        normal = name.startswith("good")
        write_map(maps / "test" / f"{name}.tiff", place, bump=not normal)
        if not normal:
            write_mask(truth / "ground_truth" / f"{name}_mask.png")


def write_plain(maps: Path, truth: Path) -> None:
    """a and b are normal, c and d are not."""
    for place, name in enumerate("abcd"):
        write_map(maps / f"{name}.tiff", place, bump=name in "cd")
        if name in "cd":
            write_mask(truth / f"{name}.png")


@pytest.fixture
def mvtec(tmp_path) -> tuple[Path, Path]:
    maps, truth = tmp_path / "model", tmp_path / "bottle"
    write_mvtec(maps, truth)
    return maps, truth


@pytest.fixture
def plain(tmp_path) -> tuple[Path, Path]:
    maps, truth = tmp_path / "screws", tmp_path / "masks"
    write_plain(maps, truth)
    return maps, truth


@pytest.fixture
def root(tmp_path) -> tuple[Path, Path]:
    """Two categories in MVTec AD's layout, one in the plain layout."""
    maps, truth = tmp_path / "model", tmp_path / "data"
    for name in ("bottle", "cable"):
        write_mvtec(maps / name, truth / name)
    write_plain(maps / "screw", truth / "screw")
    return maps, truth
