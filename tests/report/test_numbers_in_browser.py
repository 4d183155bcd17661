"""Numbers of any size are shown, moved along and counted as they are."""

from __future__ import annotations

import re

import numpy as np
import pytest

import gonogo
from tests.report.conftest import settle

pytestmark = pytest.mark.filterwarnings("ignore::gonogo.UndefinedMetricWarning")

SCALES = {
    "beside-a-million": lambda scores: scores * 1e-3 + 1e6,
    "at-the-end-of-integers": lambda scores: np.round(scores * 4.0) + 2.0**53 - 200.0,
    "huge": lambda scores: (scores - 1.0) * 1e307,
    "tiny": lambda scores: scores * 1e-310,
    "negative": lambda scores: -1e5 * scores,
    "zeros-of-both-signs": lambda scores: np.where(scores > 3.5, 0.0, -0.0),
}


@pytest.fixture(scope="module")
def data():
    masks = np.zeros((20, 16, 16), bool)
    masks[10:, 3:7, 3:7] = True
    return np.random.default_rng(3).gamma(2.0, 0.5, masks.shape) + masks, masks


def shown_counts(page):
    return [int(page.inner_text(f"#image-{name}")) for name in ("tp", "fp")]


def true_counts(result, threshold):
    flagged = [row for row in result.images if row.score >= threshold]
    return [sum(row.label for row in flagged), sum(not row.label for row in flagged)]


def press(page, place, share):
    chart = page.locator(f"{place} .u-over").first
    box = chart.bounding_box()
    position = {"x": share * box["width"], "y": box["height"] / 2}
    chart.hover(position=position, force=True)
    chart.click(position=position, force=True)
    settle(page)


@pytest.mark.parametrize("scale", SCALES)
def test_decisions_at_scores_of_any_size(shown, data, tmp_path, scale):
    maps, masks = SCALES[scale](data[0]), data[1]
    result = gonogo.evaluate(maps, masks)
    page = shown(result.report(tmp_path / "report.html", maps=maps, masks=masks))
    seen = set()
    for share in np.linspace(0.05, 0.95, 7):
        press(page, "#image-threshold", share)
        threshold = float(page.input_value("#image-value"))
        assert shown_counts(page) == true_counts(result, threshold)
        seen.add(threshold)
    assert len(seen) == 7
    for share in (0.2, 0.6):
        press(page, "#image-curves", share)
        threshold = float(page.input_value("#image-value"))
        assert shown_counts(page) == true_counts(result, threshold)
        read = page.locator("#image-curves .reading").first.inner_text()
        found = re.match(r"false-positive rate (\S+), true-positive rate (\S+)(,|$)", read)
        assert [10 * float(found[2]), 10 * float(found[1])] == pytest.approx(shown_counts(page))
    page.locator("#image-threshold [role=slider]").focus()
    page.keyboard.press("End")
    settle(page)
    assert shown_counts(page) == [0, 0]


def test_each_step_changes_a_decision_also_from_between_two_scores(shown, tmp_path):
    result = gonogo.evaluate(None, labels=[0, 1, 0, 1], image_scores=[1.0, 2.0, 3.0, 4.0])
    page = shown(result.report(tmp_path / "report.html"))
    for key, wanted in (("ArrowRight", [1, 0]), ("ArrowLeft", [2, 1])):
        page.fill("#image-value", "2.5")
        page.press("#image-value", "Enter")
        settle(page)
        assert shown_counts(page) == [1, 1]
        page.locator("#image-threshold [role=slider]").focus()
        page.keyboard.press(key)
        settle(page)
        assert shown_counts(page) == wanted


def test_a_typed_threshold_gives_way_to_the_one_that_is_taken(shown, data, tmp_path):
    maps, masks = data
    result = gonogo.evaluate(maps, masks)
    page = shown(result.report(tmp_path / "report.html", maps=maps, masks=masks))
    page.fill("#pixel-value", "1.23456")
    page.press("#pixel-value", "Enter")
    settle(page)
    taken = float(page.input_value("#pixel-value"))
    assert taken != 1.23456
    found = gonogo.confusion(maps, masks, taken)
    assert page.inner_text("#pixel-recall") == f"{found.recall:.4f}"
    page.fill("#image-value", "2,5")
    page.press("#image-value", "Enter")
    settle(page)
    assert page.input_value("#image-value") == "2.5"


def test_a_point_just_above_a_tie_is_read_as_such(shown, tmp_path):
    result = gonogo.evaluate(None, labels=[0, 0, 1, 1, 1], image_scores=[0.5, 0.1, 0.5, 0.5, 0.9])
    page = shown(result.report(tmp_path / "report.html"))
    read = set()
    for share in (0.01, 0.5):
        press(page, "#image-curves", share)
        read.add(page.locator("#image-curves .reading").first.inner_text().split("score ≥ ")[-1])
        threshold = float(page.input_value("#image-value"))
        assert shown_counts(page) == true_counts(result, threshold)
    assert "0.5" in read
    assert read <= {"0.5", "0.5000000000000001", "0.9"}
    assert len(read) == 2


def test_without_any_policy_the_lowest_score_is_the_start(shown, tmp_path):
    result = gonogo.evaluate(None, labels=[1, 1], image_scores=[-7.5, -3.0])
    page = shown(result.report(tmp_path / "report.html"))
    assert page.input_value("#image-value") == "-7.5"
    assert shown_counts(page) == [2, 0]


def test_rates_are_rounded_as_in_the_terminal(shown, tmp_path):
    """Half of a last digit goes to the even one: 1 / 32 is 0.0312."""
    scores = [0.0] * 31 + [2.0] + [1.0] * 31 + [3.0]
    result = gonogo.evaluate(None, labels=[0] * 32 + [1] * 32, image_scores=scores)
    page = shown(result.report(tmp_path / "report.html"))
    page.fill("#image-value", "2")
    page.press("#image-value", "Enter")
    settle(page)
    assert page.inner_text("#image-recall") == f"{1 / 32:.4f}" == "0.0312"
    assert page.inner_text("#image-fpr") == "0.0312"


def test_almost_all_is_not_all(shown, tmp_path):
    labels = np.repeat([0, 1], 4000)
    scores = labels + np.arange(8000) / 1e5
    scores[-1] = -1.0
    result = gonogo.evaluate(None, labels=labels, image_scores=scores)
    page = shown(result.report(tmp_path / "report.html"))
    assert "3,999 of 4,000 anomalous images found (99.975 %)" in page.inner_text("#verdict")


def test_a_threshold_far_away_leaves_the_chart_of_pixels_its_width(shown, data, tmp_path):
    maps, masks = data
    result = gonogo.evaluate(maps, masks, pixel_thresholds=[1e6])
    page = shown(result.report(tmp_path / "report.html", maps=maps, masks=masks))
    assert "manual=1000000" in page.locator("#pixel-preset").inner_text()
    seen = set()
    for share in np.linspace(0.1, 0.9, 6):
        press(page, "#pixel-threshold", share)
        seen.add(page.input_value("#pixel-value"))
    assert len(seen) == 6


def test_scores_beside_a_million_are_told_apart(shown, data, tmp_path):
    maps, masks = SCALES["beside-a-million"](data[0]), data[1]
    result = gonogo.evaluate(maps, masks)
    page = shown(result.report(tmp_path / "report.html", maps=maps, masks=masks), height=4000)
    scores = page.locator(".card .score").all_inner_texts()
    assert len(set(scores)) == len(scores) == 20
    assert len(set(page.locator("#scale .end").all_inner_texts())) == 2
    page.locator(".card .enlarge").first.click()
    settle(page)
    low, high = (
        page.locator("#enlarged-facts")
        .inner_text()
        .split("scores ")[1]
        .split("\n")[0]
        .split(" to ")
    )
    assert float(low) < float(high)
