"""What a notebook shows of results: tables and small curves that need nothing else."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest

import gonogo

UNKIND = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "לא תקין 😀 " + "x" * 300]


def evaluated(side=16, **options):
    rng = np.random.default_rng(5)
    masks = np.zeros((6, side, side), bool)
    masks[3:, 2:5, 2:6] = True
    maps = (rng.normal(size=masks.shape) + 2.0 * masks).astype(np.float32)
    return gonogo.evaluate(maps, masks, defects=[None] * 3 + UNKIND, **options)


def drawings(html):
    return [ET.fromstring(svg) for svg in re.findall(r"<svg.*?</svg>", html)]


def said(drawing):
    return " ".join(drawing.itertext())


def test_a_result_has_tables_a_histogram_and_curves():
    result = evaluated()
    html = result._repr_html_()
    assert f"{result.pixel.aupro[0.3]:.4f}" in html
    histogram, roc, pr, pro = drawings(html)
    assert "score ≥ 2.83 0 missed, 1 false alarm" in said(histogram)
    assert f"pixel AUROC {result.pixel.auroc:.4f}" in said(roc)
    assert f"image AP {result.image.average_precision:.4f}" in said(pr)
    assert f"AUPRO@0.3 {result.pixel.aupro[0.3]:.4f}" in said(pro)
    for drawing in (histogram, roc, pr, pro):
        assert drawing.get("role") == "img"
        assert drawing.get("aria-label")


def test_names_are_text():
    result = evaluated()
    run = gonogo.Run(dict.fromkeys(UNKIND, result), result.settings)
    for html in (result._repr_html_(), run._repr_html_()):
        assert "<script" not in html
        assert "<img" not in html
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
        assert drawings(html)


def test_it_is_small_and_needs_nothing_else():
    html = evaluated(side=200)._repr_html_()
    assert len(html) < 50_000
    assert re.findall(r"<[^>]*(?:src|href)=|url\(|@import", html) == []


def test_the_roc_curve_that_is_drawn_is_the_curve():
    result = gonogo.evaluate(None, labels=[0, 0, 1, 1], image_scores=[1.0, 3.0, 2.0, 4.0])
    _, roc, _ = drawings(result._repr_html_())
    (path,) = [one.get("d") for one in roc if one.get("fill") == "none" and one.get("d")]
    points = np.array([pair.split(",") for pair in path[1:].split("L")], float)
    x, y = points[:, 0] / 168, 1.0 - (points[:, 1] - 18) / 104
    np.testing.assert_allclose(x, [0, 0, 0.5, 0.5, 1], atol=0.005)
    np.testing.assert_allclose(y, [0, 0.5, 0.5, 1, 1], atol=0.005)


def test_certified_curves_are_bands():
    html = evaluated(side=160, mode="certified", budget="1MiB")._repr_html_()
    assert html.count('fill-opacity="0.3"') == 3


@pytest.mark.filterwarnings("ignore::gonogo.UndefinedMetricWarning")
@pytest.mark.parametrize("anomalous", [0, 3])
def test_undefined_curves_say_why(anomalous):
    masks = np.zeros((3, 4, 4), bool)
    masks[:anomalous] = True
    result = gonogo.evaluate(np.ones((3, 4, 4)), masks)
    html = result._repr_html_()
    for drawing in drawings(html):
        assert "needs anomalous" in said(drawing) + drawing.get("aria-label")
    assert "no threshold" in html


def test_many_categories_show_some_histograms_and_say_how_many_are_left():
    result = evaluated()
    run = gonogo.Run({f"c{k}": result for k in range(15)}, result.settings)
    html = run._repr_html_()
    assert len(drawings(html)) == 12
    assert "3 more categories" in html


def test_all_tied():
    result = gonogo.evaluate(None, labels=[0, 1], image_scores=[0.5, 0.5])
    histogram = drawings(result._repr_html_())[0]
    assert "0 missed, 1 false alarm" in said(histogram)
