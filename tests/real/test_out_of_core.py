"""Real maps, read twice and never held: the bits of maps that are all in memory."""

from __future__ import annotations

import pytest

import gonogo
from gonogo.datasets import checkpoint, find_categories


@pytest.mark.parametrize("model", ["difference", "ssim"])
@pytest.mark.parametrize("kept", [False, True], ids=["in one go", "with checkpoints"])
def test_the_same_bits_as_in_memory(deeppcb, tmp_path, monkeypatch, model, kept):
    monkeypatch.setattr("gonogo.counting.passes._HELD_BYTES", 0)
    monkeypatch.setattr(checkpoint, "EVERY", 0.02)
    folders = deeppcb / "maps" / model, deeppcb
    (images,) = find_categories(*folders).values()
    maps, masks = zip(*(image.load() for image in images), strict=True)
    expected = gonogo.evaluate(
        list(maps),
        list(masks),
        names=[image.name for image in images],
        defects=[image.defect for image in images],
        mode="exact",
    )
    where = tmp_path if kept else None
    run = gonogo.evaluate_folder(*folders, mode="exact", checkpoint=where)
    (found,) = run.categories.values()
    assert found.images == expected.images
    assert found.to_dict() == expected.to_dict()
    for name, curve in expected.pixel.curves().items():
        same = found.pixel.curves()[name]
        assert same.x.tobytes() == curve.x.tobytes()
        assert same.y.tobytes() == curve.y.tobytes()
        assert same.thresholds.tobytes() == curve.thresholds.tobytes()
