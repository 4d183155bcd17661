"""Pictures: sorted by outcome, filtered, enlarged, reached by keys, drawn from what was read."""

from __future__ import annotations

import numpy as np
import pytest

from gonogo.palette import HEAT
from tests.report.conftest import settle, until
from tests.report.samples import KINDS, sample

pytestmark = pytest.mark.filterwarnings("ignore::gonogo.UndefinedMetricWarning")


@pytest.fixture(scope="module")
def images():
    return sample()


@pytest.fixture(scope="module")
def report(images, tmp_path_factory):
    return images.report(tmp_path_factory.mktemp("gallery") / "report.html", images="all")


@pytest.fixture
def page(shown, report):
    return shown(report, height=7000)


def cards(page, outcome):
    return page.locator(f".card[data-outcome={outcome}]")


def choose(page, threshold):
    page.fill("#image-value", repr(threshold))
    page.press("#image-value", "Enter")
    settle(page)


def outcomes(images, threshold):
    rows = images.evaluate().images
    return {
        "missed": [row for row in rows if row.label and row.score < threshold],
        "false_alarm": [row for row in rows if not row.label and row.score >= threshold],
        "right": [row for row in rows if row.label == (row.score >= threshold)],
    }


def test_it_is_sorted_by_outcome_again_when_the_threshold_moves(page, images):
    scores = sorted(row.score for row in images.evaluate().images)
    for threshold in (scores[10], scores[30], scores[45]):
        choose(page, threshold)
        for outcome, rows in outcomes(images, threshold).items():
            chip = page.locator(f"#outcomes [data-kind={outcome}] .count")
            assert int(chip.inner_text()) == len(rows)
            page.click(f"#outcomes [data-kind={outcome}]")
            settle(page)
            here = cards(page, outcome)
            places = here.evaluate_all(
                "all => all.map(one => { const { x, y } = one.getBoundingClientRect();"
                " return [Math.round(y), Math.round(x), one.querySelector('.line2').innerText]; })"
            )
            names = [name for _, _, name in sorted(places)]
            rows.sort(key=lambda row: abs(row.score - threshold), reverse=outcome != "right")
            wanted = ["/".join(row.name.split("/")[-2:]) for row in rows]
            distances = [abs(row.score - threshold) for row in rows]
            if len(set(distances)) == len(distances):
                assert names == wanted
            assert sorted(names) == sorted(wanted)
        page.click("#outcomes [data-kind=all]")


@pytest.mark.parametrize("kind", KINDS)
def test_filter_by_defect(page, kind):
    page.select_option("#defect", label=f"{kind} (10)")
    settle(page)
    assert page.locator(".card").count() == 10
    assert set(page.locator(".card .kind-of").all_inner_texts()) == {kind}
    total = page.locator("#outcomes [data-kind=all] .count").inner_text()
    assert total == "10"


def test_enlarge_turn_and_close(page):
    first = page.locator(".card .enlarge").first
    first.click()
    assert page.locator("dialog[open]").count() == 1
    name = page.inner_text("#enlarged-name")
    page.keyboard.press("ArrowRight")
    settle(page)
    assert page.inner_text("#enlarged-name") != name
    page.click("#enlarged-previous")
    settle(page)
    assert page.inner_text("#enlarged-name") == name
    assert page.locator("#enlarged-picture canvas.lines").count() == 1
    facts = page.inner_text("#enlarged-facts")
    assert "Score" in facts
    assert "the threshold" in facts
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0
    assert page.evaluate("document.activeElement.classList.contains('enlarge')")


def test_keys_move_from_picture_to_picture(page):
    page.locator(".card .enlarge").first.focus()

    def focused():
        return page.evaluate(
            "document.activeElement.closest('.card').querySelector('.line2').innerText"
        )

    names = [focused()]
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp", "End", "Home"):
        page.keyboard.press(key)
        settle(page)
        names.append(focused())
    assert names[0] == names[4] == names[6]
    assert len({names[0], names[1], names[2], names[3], names[5]}) == 5
    page.keyboard.press("Enter")
    assert page.locator("dialog[open]").count() == 1


def test_the_slider_between_image_and_map(page):
    opacities = []
    for share in (0, 50, 100):
        page.locator("#mix").fill(str(share))
        opacities.append(
            page.evaluate(
                "[...document.querySelectorAll('.card')][0].querySelectorAll('canvas').length && "
                "['.glow', '.heat'].map(kind => "
                "Number(getComputedStyle(document.querySelector(`.card ${kind}`)).opacity))"
            )
        )
    assert opacities == [[0, 0], [1, 0], [1, 1]]


def levels_drawn(page, name):
    """The colours of a picture's heat map, as the page painted it."""
    return page.evaluate(
        """async (name) => {
            const card = [...document.querySelectorAll('.card')].find(
                (one) => one.querySelector('.line2').innerText === name);
            const canvas = card.querySelector('canvas.heat');
            const { width, height } = canvas;
            const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
            return { width: canvas.width, data: Array.from(data) };
        }""",
        name,
    )


def test_heat_maps_have_the_colours_of_their_scores(page, images):
    ends = page.locator("#scale .end").all_inner_texts()
    low, high = float(ends[0]), float(ends[1].removesuffix(" and more"))
    until(page, "document.querySelectorAll('.card canvas.heat').length > 20")
    for place in (0, 31, 45):
        name = "/".join(images.names[place].split("/")[-2:])
        drawn = levels_drawn(page, name)
        colours = np.array(drawn["data"]).reshape(-1, drawn["width"], 4)[..., :3]
        shares = np.clip((images.maps[place] - low) / (high - low), 0.0, 1.0)
        wanted = np.array(HEAT)[(shares * 255).round().astype(int)]
        assert colours.shape == wanted.shape
        assert np.abs(colours - wanted).mean() < 3.0
        assert np.abs(colours - wanted).max() < 40


def edge_cells(page, name, kind):
    """Whether lines of a colour were drawn in a picture."""
    return page.evaluate(
        """({ name, colour }) => {
            const card = [...document.querySelectorAll('.card')].find(
                (one) => one.querySelector('.line2').innerText === name);
            const canvas = card.querySelector('canvas.lines');
            const { width, height } = canvas;
            const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
            let count = 0;
            for (let k = 0; k < data.length; k += 4) {
              const near = [0, 1, 2].every((c) => Math.abs(data[k + c] - colour[c]) < 100);
              if (near && data[k + 3] > 200) count += 1;
            }
            return count;
        }""",
        {"name": name, "colour": kind},
    )


def test_outlines_follow_the_pixel_threshold_and_can_be_hidden(page, images):
    truth, flagged = [0, 213, 255], [255, 230, 0]
    until(page, "document.querySelectorAll('.card canvas.lines').length > 20")
    name = "/".join(images.names[40].split("/")[-2:])
    assert edge_cells(page, name, truth) > 20
    page.uncheck("#show-truth")
    settle(page)
    assert edge_cells(page, name, truth) == 0
    few, many = (
        page.fill("#pixel-value", str(value))
        or page.press("#pixel-value", "Enter")
        or settle(page)
        or edge_cells(page, name, flagged)
        for value in (3.0, 1.0)
    )
    assert many > few
    assert "outlined at" in page.inner_text("#scale")
    page.uncheck("#show-predicted")
    settle(page)
    assert edge_cells(page, name, flagged) == 0


def test_images_without_a_picture_are_counted_and_can_be_shown(shown, images, tmp_path):
    page = shown(images.report(tmp_path / "report.html", images=8), height=7000)
    assert page.locator(".card").count() == 8
    assert "pictures of 8" in page.inner_text("#gallery-says")
    page.uncheck("#only-pictures")
    settle(page)
    assert page.locator(".card").count() == 60
    assert page.locator(".card .without").count() == 52


def test_no_pictures_at_all(shown, images, tmp_path):
    page = shown(images.report(tmp_path / "report.html", images="none"), height=7000)
    assert "holds no pictures" in page.inner_text("#gallery-says")
    assert page.locator(".card").count() == 60
    page.locator(".card .enlarge").first.click()
    assert "no picture" in page.inner_text("#enlarged-picture")
