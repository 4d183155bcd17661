"""Counts that the page shows at a threshold are those of ``gonogo.evaluate``."""

from __future__ import annotations

import numpy as np
import pytest

import gonogo
from gonogo.errors import InputError
from tests.report.conftest import settle
from tests.report.samples import sample

COUNTS = {
    "tp": "true_positives",
    "fp": "false_positives",
    "fn": "false_negatives",
    "tn": "true_negatives",
}
# At an end of the scale nothing is flagged, which leaves no precision.
pytestmark = pytest.mark.filterwarnings("ignore::gonogo.UndefinedMetricWarning")
RATES = {"recall": "recall", "precision": "precision", "f1": "f1"}


@pytest.fixture(scope="module")
def images():
    return sample()


@pytest.fixture(scope="module")
def report(images, tmp_path_factory):
    return images.report(tmp_path_factory.mktemp("threshold") / "report.html")


@pytest.fixture
def page(shown, report):
    return shown(report)


def threshold_of(page, level):
    return float(page.input_value(f"#{level}-value"))


def counts_of(page, level="image"):
    return {
        name: int(page.inner_text(f"#{level}-{short}").replace(",", ""))
        for short, name in COUNTS.items()
    }


def true_counts(images, threshold):
    found = images.evaluate(image_thresholds=[threshold]).image.at_threshold[threshold]
    return {name: getattr(found, name) for name in COUNTS.values()}


def drag(page, place, share):
    """Press on the line, move it to a share of the chart's width, and let go."""
    box = page.locator(f"{place} .u-over").first.bounding_box()
    line = page.locator(f"{place} .grip").bounding_box()
    page.mouse.move(line["x"] + line["width"] / 2, line["y"] + line["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * share, box["y"] + 40, steps=3)
    page.mouse.up()
    settle(page)


def test_dragged_to_twenty_thresholds(page, images):
    seen = set()
    for share in np.linspace(0.0, 1.0, 20):
        drag(page, "#image-threshold", share)
        threshold = threshold_of(page, "image")
        counts = counts_of(page)
        assert counts == true_counts(images, threshold)
        seen.add(tuple(counts.values()))
        rates = images.evaluate(image_thresholds=[threshold]).image.at_threshold[threshold]
        for short, name in RATES.items():
            value = getattr(rates, name)
            wanted = "-" if np.isnan(value) else f"{value:.4f}"
            assert page.inner_text(f"#image-{short}") == wanted
    assert len(seen) > 10


def test_ties_are_flagged_at_their_own_score(page, images):
    scores = sorted({row.score for row in images.evaluate().images})
    for threshold in scores[:: len(scores) // 8]:
        page.fill("#image-value", repr(threshold))
        page.press("#image-value", "Enter")
        settle(page)
        assert counts_of(page) == true_counts(images, threshold)


def test_every_policy_is_a_preset(page, images):
    result = images.evaluate()
    options = page.locator("#image-preset option").all()
    policies = {one.get_attribute("value"): one.inner_text() for one in options[1:]}
    assert len(policies) == 15
    for value, policy in policies.items():
        wanted = gonogo.fit_threshold(result, policy=policy)
        page.select_option("#image-preset", value)
        settle(page)
        assert threshold_of(page, "image") == wanted.value
        assert page.inner_text("#image-says") == wanted.promise
        counts = counts_of(page)
        assert counts["false_positives"] == wanted.achieved.fpr.count
        assert counts["true_positives"] == wanted.achieved.recall.count


def test_a_policy_that_these_scores_do_not_allow_says_so(shown, tmp_path):
    few = sample(3, 0)
    result = few.evaluate()
    with pytest.raises(InputError):
        gonogo.fit_threshold(result, policy="f1")
    with pytest.raises(InputError, match="conformal"):
        gonogo.fit_threshold(result, policy="conformal=0.05")
    page = shown(few.report(tmp_path / "report.html", result))
    for policy in ("f1", "conformal=0.05"):
        option = page.locator("#image-preset option", has_text=f"{policy} -")
        assert option.is_disabled()
    assert page.locator("#image-preset option:not([disabled])", has_text="max").count() == 1


def test_by_keyboard_alone(page, images):
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('role')") == "slider":
            break
    slider = page.locator("#image-threshold [role=slider]")
    assert slider.evaluate("line => line === document.activeElement")
    before = threshold_of(page, "image")
    steps = [("ArrowRight", 1), ("ArrowLeft", -1), ("PageUp", 1), ("PageDown", -1)]
    for key, direction in steps:
        page.keyboard.press(key)
        settle(page)
        after = threshold_of(page, "image")
        assert (after - before) * direction > 0
        assert counts_of(page) == true_counts(images, after)
        before = after
    page.keyboard.press("End")
    settle(page)
    assert counts_of(page)["true_positives"] == counts_of(page)["false_positives"] == 0
    page.keyboard.press("Home")
    settle(page)
    counts = counts_of(page)
    assert counts["false_negatives"] == counts["true_negatives"] == 0
    assert float(slider.get_attribute("aria-valuenow")) == threshold_of(page, "image")
    assert "missed" in slider.get_attribute("aria-valuetext")


def test_pixels_at_dragged_thresholds(page, images):
    scores, masks = np.stack(images.maps), np.stack(images.masks)
    for share in np.linspace(0.1, 0.9, 6):
        drag(page, "#pixel-threshold", share)
        found = gonogo.confusion(scores, masks, threshold_of(page, "pixel"))
        for short in ("recall", "precision", "f1", "iou"):
            assert page.inner_text(f"#pixel-{short}") == f"{getattr(found, short):.4f}"
        flagged = found.true_positives + found.false_positives
        assert page.inner_text("#pixel-flagged") == f"{flagged:,}"


def test_pixel_presets_are_those_of_the_results(page, images):
    result = images.evaluate()
    wanted = {
        "f1": result.pixel.f1_max.threshold,
        **{f"fpr<={x:g}": p.threshold for x, p in result.pixel.tpr_at_fpr.items()},
        **{f"recall>={x:g}": p.threshold for x, p in result.pixel.fpr_at_tpr.items()},
    }
    for policy, threshold in wanted.items():
        page.select_option("#pixel-preset", label=policy)
        settle(page)
        assert threshold_of(page, "pixel") == threshold
    page.select_option("#pixel-preset", label="f1")
    settle(page)
    assert page.inner_text("#pixel-f1") == f"{result.pixel.f1_max.value:.4f}"


def test_what_is_no_number_changes_nothing(page):
    before = threshold_of(page, "image")
    for text in ("", "abc", "Infinity"):
        page.fill("#image-value", text)
        page.press("#image-value", "Enter")
        settle(page)
        assert threshold_of(page, "image") == before


def test_a_click_on_a_curve_takes_its_threshold(page, images):
    chart = page.locator("#image-curves .u-over").first
    place = {"x": chart.bounding_box()["width"] * 0.4, "y": 20}
    chart.hover(position=place)
    settle(page)
    assert "score ≥" in page.locator("#image-curves .reading").first.inner_text()
    chart.click(position=place)
    settle(page)
    threshold = threshold_of(page, "image")
    counts = counts_of(page)
    assert counts == true_counts(images, threshold)
    assert counts["false_positives"] / 30 == pytest.approx(0.4, abs=0.1)


def test_each_category_has_its_own_threshold(shown, tmp_path):
    from tests.report.samples import run_of

    parts = {"bottle": sample(seed=1), "cable": sample(seed=2)}
    page = shown(run_of(**parts).report(tmp_path))
    for name in ("cable", "bottle"):
        page.select_option("#category", label=name)
        settle(page)
        best = parts[name].evaluate().image.f1_max
        assert threshold_of(page, "image") == best.threshold
        assert counts_of(page) == true_counts(parts[name], best.threshold)
    drag(page, "#image-threshold", 0.5)
    moved = threshold_of(page, "image")
    page.locator(".pick", has_text="cable").click()
    page.locator(".pick", has_text="bottle").click()
    settle(page)
    assert threshold_of(page, "image") == moved
