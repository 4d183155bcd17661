"""The page says how many pixels are ignored."""

from __future__ import annotations

import numpy as np

import gonogo


def test_the_settings_name_the_ignored_pixels_and_their_value(tmp_path):
    maps = [np.arange(1800.0).reshape(30, 60)] * 2
    masks = np.zeros((2, 30, 60), np.uint8)
    masks[0, :4, :4] = 1
    masks[0, :, 20:] = 255  # 30 x 40
    result = gonogo.evaluate(maps, list(masks), ignore_value=255)
    text = result.report(tmp_path / "report.html", maps=maps, masks=list(masks)).read_text("utf-8")
    assert "1,200 pixels ignored, whose mask has the value 255; counting" in text


def test_nothing_is_said_where_no_value_is_ignored(tmp_path):
    maps, masks = [np.arange(16.0).reshape(4, 4)] * 2, np.zeros((2, 4, 4), bool)
    masks[0, 1:3, 1:3] = True
    result = gonogo.evaluate(maps, list(masks))
    text = result.report(tmp_path / "report.html", maps=maps, masks=list(masks)).read_text("utf-8")
    assert "pixels ignored" not in text
