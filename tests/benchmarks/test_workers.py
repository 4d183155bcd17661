"""The folder that workers are measured on."""

from __future__ import annotations

from benchmarks.workers import repeated_folder
from gonogo.datasets import find_categories


def test_every_image_is_there_under_several_names(tmp_path):
    maps, truth = repeated_folder(tmp_path, 4, 3, 32)
    ((_, images),) = find_categories(maps, truth).items()
    assert len(images) == 12
    assert sum(image.mask_path is not None for image in images) == 6
    assert len({image.map_path.stat().st_ino for image in images}) == 4
