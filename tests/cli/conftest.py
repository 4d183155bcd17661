"""A small data set on disk and the command line beside it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image
from typer.testing import CliRunner, Result

from gonogo.cli.app import app


@pytest.fixture
def gonogo() -> Callable[..., Result]:
    """Run the command line with these words; options are those of ``CliRunner.invoke``."""

    def run(*words: object, **options: object) -> Result:
        return CliRunner().invoke(app, [str(word) for word in words], prog_name="gonogo", **options)

    return run


def write_category(maps: Path, truth: Path) -> None:
    """MVTec AD's layout, photographs included: two good images and two kinds of defects."""
    generator = np.random.default_rng(7)
    for name in ("good/000", "good/001", "hole/000", "scratch/000", "scratch/001"):
        scores = generator.random((12, 16), dtype=np.float32)
        mask = np.zeros((12, 16), np.uint8)
        if not name.startswith("good"):
            scores[3:6, 4:9] += 0.5
            mask[3:6, 4:9] = 255
            path = truth / "ground_truth" / f"{name}_mask.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(mask).save(path)
        for path in (maps / "test" / f"{name}.tiff", truth / "test" / f"{name}.png"):
            path.parent.mkdir(parents=True, exist_ok=True)
        tifffile.imwrite(maps / "test" / f"{name}.tiff", scores)
        Image.fromarray(mask).save(truth / "test" / f"{name}.png")


@pytest.fixture
def bottle(tmp_path) -> tuple[Path, Path]:
    maps, truth = tmp_path / "model", tmp_path / "bottle"
    write_category(maps, truth)
    return maps, truth


@pytest.fixture
def several(tmp_path) -> tuple[Path, Path]:
    maps, truth = tmp_path / "model", tmp_path / "data"
    for name in ("bottle", "a_category_with_a_long_name"):
        write_category(maps / name, truth / name)
    return maps, truth
