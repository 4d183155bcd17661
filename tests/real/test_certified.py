"""What the default budget knows of real maps: the exact values, to more digits than are printed."""

from __future__ import annotations

import numpy as np
import pytest
import tifffile
from PIL import Image

import gonogo

LIMITS = (0.3, 0.05, 0.01)


@pytest.fixture(scope="module", params=["difference", "ssim"])
def boards(request, deeppcb):
    """Maps and masks of one model."""
    maps, masks = [], []
    for path in sorted((deeppcb / "maps" / request.param / "test").glob("*/*.tiff")):
        maps.append(tifffile.imread(path))
        truth = deeppcb / "ground_truth" / path.parent.name / f"{path.stem}_mask.png"
        masks.append(np.array(Image.open(truth)) if truth.exists() else None)
    return np.stack(maps), masks


def both(maps, masks):
    options = {"fpr_limits": LIMITS}
    exact = gonogo.evaluate(maps, masks, **options).pixel
    return gonogo.evaluate(maps, masks, mode="certified", **options).pixel, exact


def areas(pixel):
    return {"auroc": pixel.auroc, **{f"aupro at {x}": pixel.aupro[x] for x in LIMITS}}


def widths(found, exact):
    """Width of each interval, and how far its middle is from the exact value that it holds."""
    intervals, values = areas(found), areas(exact)
    for name, value in values.items():
        assert intervals[name].low <= value <= intervals[name].high, name
    return {
        name: (one.high - one.low, abs(one.value - values[name])) for name, one in intervals.items()
    }


def test_at_the_default_budget(boards):
    found = widths(*both(*boards))
    for name in ("auroc", "aupro at 0.3"):
        width, off = found[name]
        assert width < 1e-5, name
        assert off < 1e-6, name
    # What is left of a bin weighs more where the area is a smaller one.
    assert found["aupro at 0.05"][0] < 1e-4


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_scores_between_10_and_10_and_a_half(boards, dtype):
    maps, masks = boards
    narrow = (10.0 + 0.5 * (maps.astype(float) - maps.min()) / np.ptp(maps)).astype(dtype)
    for name, (width, _) in widths(*both(narrow, masks)).items():
        assert width < 1e-4, name


def test_float16_maps_have_no_width(boards):
    maps, masks = boards
    for name, found in widths(*both(maps.astype(np.float16), masks)).items():
        assert found == (0.0, 0.0), name
