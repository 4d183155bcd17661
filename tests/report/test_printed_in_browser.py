"""Thresholds that the page prints, on screen and on paper, decide as they say."""

from __future__ import annotations

import re

import numpy as np
import pytest

import gonogo
from tests.report.conftest import settle

pytestmark = [
    pytest.mark.filterwarnings("ignore::gonogo.UndefinedMetricWarning"),
    pytest.mark.filterwarnings("ignore:maps. .*have the same maximum"),  # few distinct scores
]
SAID = re.compile(r"(\S+): (\d+) of \d+ anomalous images missed, (\d+) false alarms?")


def made(dtype, middle, spread, seed):
    """Crowded scores: neighbours in their dtype, and ties."""
    rng = np.random.default_rng(seed)
    pool = (middle + spread * rng.normal(size=9)).astype(dtype)
    pool = np.concatenate([pool, np.nextafter(pool, dtype(np.inf))])
    maps = rng.choice(pool, (20, 6, 6))
    masks = np.zeros(maps.shape, bool)
    masks[10:, :3, :3] = True
    return maps, masks


@pytest.mark.parametrize(
    ("dtype", "middle", "spread", "seed"),
    [
        (np.float16, -2.0, 1.0, 0),
        (np.float32, 3.1, 1e-4, 1),
        (np.float32, -1e-30, 1e-31, 2),
        (np.float64, 1e30, 1e14, 3),
        (np.float64, -0.7, 1e-9, 4),
    ],
)
def test_typed_in_again_they_give_the_counts(shown, tmp_path, dtype, middle, spread, seed):
    maps, masks = made(dtype, middle, spread, seed)
    result = gonogo.evaluate(maps, masks)
    page = shown(result.report(tmp_path / "report.html", maps=maps, masks=masks))
    scores = np.array([row.score for row in result.images])
    slider = page.get_by_role("slider", name="Threshold of image scores")
    for _ in range(6):
        text, missed, alarms = SAID.search(slider.get_attribute("aria-valuetext")).groups()
        flagged = scores >= float(text)
        assert (int((~flagged[10:]).sum()), int(flagged[:10].sum())) == (int(missed), int(alarms))
        assert ((scores >= float(page.input_value("#image-value"))) == flagged).all()
        slider.press("ArrowLeft")
        settle(page)
    pixel = page.get_by_role("slider", name="Threshold of pixel scores")
    text = pixel.get_attribute("aria-valuetext").split(":")[0]
    flagged = maps.astype(np.float64) >= float(text)
    assert f"{(flagged & masks).sum() / masks.sum():.4f}" == page.inner_text("#pixel-recall")
    assert f"{(flagged & masks).sum() / flagged.sum():.4f}" == page.inner_text("#pixel-precision")


def test_on_paper_the_whole_number_is_there(shown, tmp_path):
    maps, masks = made(np.float64, -0.7, 1e-9, 4)
    result = gonogo.evaluate(maps, masks)
    page = shown(result.report(tmp_path / "report.html", maps=maps, masks=masks))
    assert not page.is_visible("#image-value-on-paper")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    settle(page)
    for level in ("image", "pixel"):
        assert not page.is_visible(f"#{level}-value")
        box = page.locator(f"#{level}-value-on-paper")
        assert box.inner_text() == page.input_value(f"#{level}-value")
        assert len(box.inner_text()) > 16
        assert box.evaluate("one => one.scrollWidth <= one.clientWidth && one.clientWidth > 0")
