"""The scaling study: what it measures, and that its page shows what was measured."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.scaling import grown
from benchmarks.scaling_page import filled, read

DOCS = Path(__file__).parents[2] / "docs"


def test_milestones_count_on_where_the_last_one_was():
    few, many = grown("1MiB", [10_000, 60_000], side=64)
    assert (few.pixels, few.images) == (12_288 + 4096, 4)
    assert (many.pixels, many.images) == (65_536, 16)
    assert 0.0 < few.seconds < many.seconds
    assert 0 <= few.counting_bytes <= few.peak_bytes
    assert all(0.0 <= width < 1.0 for one in (few, many) for width in one.widths.values())
    assert 0.0 < many.widths["AUROC"] < 1e-2


def test_the_page_shows_what_was_measured():
    page = (DOCS / "scaling.md").read_text("utf-8")
    setting, milestones = read(DOCS / "scaling.json")
    assert filled(page, setting, milestones) == page
    assert max(one.pixels for one in milestones) >= 10**10


def test_the_figure_can_be_drawn_again(tmp_path):
    pytest.importorskip("matplotlib")
    from benchmarks.scaling_figure import draw

    _, milestones = read(DOCS / "scaling.json")
    for name in ("one.svg", "other.svg"):
        draw(milestones, tmp_path / name)
    drawn = [(tmp_path / name).read_text("utf-8") for name in ("one.svg", "other.svg")]
    assert drawn[0] == drawn[1]
    assert "AUPRO@0.3" in drawn[0]


def test_every_round_of_the_pool_has_scores_of_its_own():
    from benchmarks.scaling import _batches

    rng = np.random.default_rng(1)
    pool = rng.random((4, 8, 8), np.float32), np.zeros((4, 8, 8), np.uint8)
    batches = _batches(*pool)
    first, second = next(batches)[0], next(batches)[0]
    assert np.array_equal(first, pool[0])
    assert not np.intersect1d(first, second).size > first.size // 10
