"""Exact counts of files that are read twice: the bits of maps that are all in memory."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

import gonogo
from gonogo.datasets import checkpoint, find_categories

FILES = 3000


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """3,000 small maps with ties, in three dtypes; every fifth image is anomalous."""
    root = tmp_path_factory.mktemp("generated")
    maps, truth = root / "maps", root / "truth"
    rng = np.random.default_rng(3)
    for place in range(FILES):
        defect = "good" if place % 5 else ("dent", "hole")[place % 2]
        scores = np.round(rng.standard_normal((20, 28)), int(rng.integers(1, 6)))
        for folder in (maps / "test" / defect, truth / "ground_truth" / defect):
            folder.mkdir(parents=True, exist_ok=True)
        if defect != "good":
            mask = np.zeros((20, 28), np.uint8)
            mask[4:9, 6:20] = 255
            mask[12:15, :3] = 255
            scores[mask > 0] += 1
            Image.fromarray(mask).save(truth / "ground_truth" / defect / f"{place:04d}_mask.png")
        dtype = (np.float32, np.float16, np.float64)[place % 7 % 3]
        np.save(maps / "test" / defect / f"{place:04d}.npy", scores.astype(dtype))
    return maps, truth


@pytest.fixture(params=["in one go", "with checkpoints"])
def nothing_held(request, monkeypatch, tmp_path):
    """Every map with a defect is read again for the second walk."""
    monkeypatch.setattr("gonogo.counting.passes._HELD_BYTES", 0)
    monkeypatch.setattr(checkpoint, "EVERY", 0.1)
    return {} if request.param == "in one go" else {"checkpoint": tmp_path}


def test_three_thousand_files(folders, nothing_held):
    (images,) = find_categories(*folders).values()
    maps, masks = zip(*(image.load() for image in images), strict=True)
    expected = gonogo.evaluate(
        list(maps),
        list(masks),
        names=[image.name for image in images],
        defects=[image.defect for image in images],
        mode="exact",
    )
    found = gonogo.evaluate_folder(*folders, mode="exact", **nothing_held).categories["truth"]
    assert len(found.images) == FILES
    assert found.images == expected.images
    assert found.to_dict() == expected.to_dict()
    for name, curve in expected.pixel.curves().items():
        same = found.pixel.curves()[name]
        assert same.x.tobytes() == curve.x.tobytes()
        assert same.y.tobytes() == curve.y.tobytes()
        assert same.thresholds.tobytes() == curve.thresholds.tobytes()
