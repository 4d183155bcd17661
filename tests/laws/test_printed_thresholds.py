"""A printed threshold, typed in again, decides the scores it was printed for as it did."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import gonogo
from gonogo.cli.rates import rate_tables
from gonogo.cli.sparkline import sparklines
from gonogo.cli.tables import render
from gonogo.cli.threshold_report import comparison, report
from gonogo.plot.marks import mark_of, pixel_mark_of
from gonogo.results.table import count_table, level_table
from gonogo.shown import shown_threshold
from gonogo.thresholds import parse_policy, sorted_scores, threshold_of
from tests.oracles import strategies

del strategies  # imported for the profile of hypothesis

pytestmark = pytest.mark.filterwarnings("ignore::gonogo.UndefinedMetricWarning")
RULE = re.compile(r"score ≥ (\S+?)(?=,|\s|$)")
COUNTS = re.compile(r"(\d+) missed, (\d+) false alarm")
POLICIES = ("f1", "youden", "recall>=0.9", "fpr<=0.2", "max", "sigma=1", "mad=2", "quantile=0.7")


@dataclass(frozen=True)
class Drawn:
    """Maps of a dtype, their masks and labels."""

    maps: np.ndarray
    masks: np.ndarray

    @property
    def scores(self) -> np.ndarray:
        """Those of the images, as they are evaluated."""
        return self.maps.max(axis=(1, 2)).astype(np.float64)

    @property
    def labels(self) -> np.ndarray:
        return self.masks.any(axis=(1, 2))

    def result(self, **options: Any) -> gonogo.Result:
        return gonogo.evaluate(self.maps, self.masks, **options)


@st.composite
def drawn(draw: st.DrawFn) -> Drawn:
    """Scores of both signs and of any size, with ties and with neighbours in their dtype."""
    dtype = np.dtype(draw(st.sampled_from(["float16", "float32", "float64"])))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    largest = {2: 3.0, 4: 37.0, 8: 300.0}[dtype.itemsize]
    power = draw(st.sampled_from([0.0, 1.0, 2.0, -3.0, -largest, largest]))
    middle = draw(st.sampled_from([0.0, 1.0, -1.0, 30.0]))
    spread = draw(st.sampled_from([1.0, 1e-3, 1e-7, 0.0]))
    pool = ((middle + spread * rng.normal(size=12)) * 10.0**power).astype(dtype)
    pool = np.concatenate([pool, np.nextafter(pool, dtype.type(np.inf))])
    maps = rng.choice(pool, (6, 3, 3))
    masks = np.zeros(maps.shape, bool)
    masks[3:, :2, :2] = rng.random((3, 2, 2)) < 0.7
    masks[3:, 0, 0] = True
    return Drawn(maps, masks)


def decided(scores: np.ndarray, threshold: float) -> list[bool]:
    """As real numbers: Python compares floats exactly."""
    return [float(score) >= threshold for score in scores.ravel()]


def agrees(text: str, threshold: Any, scores: np.ndarray) -> None:
    assert decided(scores, float(text)) == decided(scores, float(threshold)), (text, threshold)


def cells(table: Any, column: str) -> list[str]:
    place = table.headers.index(column)
    return [row[place] for row in table.rows]


def check_counts(text: str, data: Drawn) -> None:
    """A rule in a text gives the counts beside it."""
    rules, counts = RULE.findall(text), COUNTS.findall(text)
    assert len(rules) == len(counts) == 1, text
    flagged = np.array(decided(data.scores, float(rules[0])))
    missed, alarms = (~flagged & data.labels).sum(), (flagged & ~data.labels).sum()
    assert (str(missed), str(alarms)) == counts[0], text


@given(drawn())
def test_the_decimal_is_at_most_the_threshold_and_above_the_next_lower_score(data):
    scores = np.unique(data.maps.astype(np.float64))
    for lower, score in zip([None, *scores[:-1].tolist()], scores.tolist(), strict=True):
        text = shown_threshold(score, lower)
        assert float(text) <= score
        assert float(text) == score if lower is None else lower < float(text)
        digits = len(re.sub(r"e.*|\D", "", text).strip("0"))
        assert digits <= 4 or lower is None or fewer_digits_tie(score, lower, digits)


def fewer_digits_tie(score: float, lower: float, digits: int) -> bool:
    """Whether, with a digit less, the score rounded down is no more than the lower one."""
    unit = Fraction(10) ** (Decimal(score).adjusted() - digits + 2)
    return float(Fraction(score) // unit * unit) <= lower


@given(drawn())
def test_tables_of_a_result_and_of_a_run(data):
    result = data.result(at_fpr=[0.2], at_recall=[0.9])
    levels = {"image": (result.image, data.scores), "pixel": (result.pixel, data.maps)}
    run = gonogo.Run({"data": result}, result.settings)
    for text, (level, scores) in zip(
        cells(level_table(result), "threshold"), levels.values(), strict=True
    ):
        agrees(text, level.f1_max.threshold, scores)
    for name, (level, scores) in levels.items():
        agrees(cells(count_table(run), name)[0], level.f1_max.threshold, scores)
    (_, fpr), (_, recall) = rate_tables(run, fpr=True, recall=True)
    for place, (level, scores) in enumerate(levels.values()):
        agrees(fpr.rows[place][4], level.tpr_at_fpr[0.2].threshold, scores)
        agrees(recall.rows[place][4], level.fpr_at_tpr[0.9].threshold, scores)
        agrees(recall.rows[place][6], level.precision_at_recall[0.9].threshold, scores)


@given(drawn(), st.sampled_from([40, 80]))
def test_the_terminal_and_the_notebook_say_what_the_threshold_costs(data, width):
    result = data.result()
    run = gonogo.Run({"data": result}, result.settings)
    (lines,) = sparklines(run, width)
    check_counts(" ".join(line.plain.strip() for line in lines), data)
    for html in (result._repr_html_(), run._repr_html_()):
        told = re.search(r'aria-label="([^"]*\d missed[^"]*)"', html).group(1)
        check_counts(told, data)
        histogram = next(svg for svg in re.findall(r"<svg.*?</svg>", html) if "missed" in svg)
        check_counts(" ".join(re.findall(r"<text[^>]*>([^<]*)</text>", histogram)), data)


@given(drawn())
def test_figures_say_what_the_threshold_costs(data):
    result = data.result()
    levels = {"image": (mark_of, data.scores), "pixel": (pixel_mark_of, data.maps)}
    for mark, scores in levels.values():
        for where in ("settled", "f1", 0.1, *POLICIES[1:3]):
            found = mark(result, where)
            agrees(RULE.search(found.label).group(1), found.threshold, scores)


@given(drawn(), st.booleans())
def test_tables_of_policies(data, midpoint):
    sample = sorted_scores([data.scores[~data.labels]], [data.scores[data.labels]])
    found = {
        policy: threshold_of(sample, parse_policy(policy), level="image", midpoint=midpoint)
        for policy in POLICIES
    }
    lines = comparison(found).splitlines()
    for policy, threshold in found.items():
        row = next(line for line in lines if line.startswith(f"{policy} ")).split()
        agrees(row[1], threshold.value, data.scores)
        line = next(one for one in report(threshold, None).splitlines() if "threshold" in one)
        assert float(line.split()[1]) == threshold.value


@given(data=drawn())
def test_a_run_that_was_saved_prints_the_same(data, tmp_path_factory):
    result = data.result(at_fpr=[0.2], at_recall=[0.9], image_thresholds=[0.123456789])
    folder = tmp_path_factory.mktemp("run")
    run = gonogo.Run({"data": result}, result.settings)
    run.save(folder)
    again = gonogo.load(folder)
    assert render(again) == render(run)
    assert again._repr_html_() == run._repr_html_()
    for table, same in zip(
        rate_tables(run, fpr=True, recall=True),
        rate_tables(again, fpr=True, recall=True),
        strict=True,
    ):
        assert same == table
    assert "0.123456789" in render(run)


@given(drawn())
def test_of_certified_counts_what_has_no_width_decides_as_well(data):
    exact, result = data.result(), data.result(mode="certified", budget="1MiB")
    best = result.pixel.f1_max
    assume(best.threshold.low == best.threshold.high)
    text = shown_threshold(best.threshold, best.next_lower)
    agrees(text, exact.pixel.f1_max.threshold, data.maps)
