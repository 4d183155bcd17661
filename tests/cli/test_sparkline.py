"""The scores of images as lines of blocks, with the threshold marked."""

from __future__ import annotations

import numpy as np
import pytest

import gonogo as library
from gonogo.cli.sparkline import sparklines


def run_of(scores, labels, *names):
    result = library.evaluate(None, labels=labels, image_scores=scores)
    return library.Run(dict.fromkeys(names or ("data",), result), result.settings)


def lines_of(run, width=80, **options):
    return [[line.plain for line in one] for one in sparklines(run, width, **options)]


def test_the_threshold_lies_between_what_it_parts():
    run = run_of([1.0, 1.1, 2.0, 3.0, 3.2, 4.0], [0, 0, 0, 1, 1, 1])
    ((title, normal, anomalous, axis, told),) = lines_of(run)
    assert title == "image scores"
    assert normal.split()[:2] == ["normal", "3"]
    assert anomalous.split()[:2] == ["anomalous", "3"]
    cut = normal.index("│")
    assert anomalous.index("│") == cut
    assert normal[cut + 1 :].strip() == ""
    assert anomalous[19:cut].strip() == ""
    assert axis.split() == ["1", "3", "4"]
    assert told == "best F1: score ≥ 3, 0 missed, 0 false alarms"


def test_every_image_is_seen():
    rng = np.random.default_rng(0)
    scores = np.concatenate([rng.normal(size=500), [8.0]])
    ((_, normal, anomalous, *_),) = lines_of(run_of(scores, [*[0] * 500, 1]))
    assert normal[19:].replace("│", "").strip()
    assert anomalous[19:].replace("│", "").strip() == "█"


@pytest.mark.parametrize("width", [40, 80, 120])
def test_lines_are_no_wider_than_the_terminal(width):
    run = run_of([0.123456789, -1e-12, 5e7], [0, 0, 1], "name " * 30)
    for one in lines_of(run, width):
        assert max(map(len, one)) <= width


def test_ascii_where_the_terminal_has_no_blocks():
    ((*lines,),) = lines_of(run_of([0.0, 1.0, 2.0], [0, 0, 1]), plain=True)
    assert "\n".join(lines).isascii()


@pytest.mark.filterwarnings("ignore::gonogo.UndefinedMetricWarning")
@pytest.mark.parametrize("labels", [[0, 0], [1, 1]])
def test_one_class_has_no_threshold(labels):
    ((_, normal, anomalous, axis),) = lines_of(run_of([0.5, 0.5], labels))
    assert "│" not in normal + anomalous
    assert "█" in normal + anomalous
    assert axis.split() == ["0.5", "0.5"]


def test_of_many_categories_those_that_are_worst():
    good, bad = run_of([0.0, 1.0], [0, 1]), run_of([1.0, 0.0], [0, 1])
    categories = {f"good {k}": good.categories["data"] for k in range(4)}
    categories["bad"] = bad.categories["data"]
    found = lines_of(library.Run(categories, good.settings))
    assert [one[0].split(" (")[0].removeprefix("image scores of ") for one in found] == [
        *("good 0", "good 1", "good 2"),
        "bad",
    ]
    assert "the 4 of 5 categories" in found[0][0]


def test_the_command_prints_them(gonogo, several):
    text = gonogo("evaluate", *several).stdout
    assert text.count("best F1: score ≥ ") == 2
    assert "image scores of bottle" in text
    assert max(map(len, text.splitlines())) <= 80
    assert "\x1b" not in text
