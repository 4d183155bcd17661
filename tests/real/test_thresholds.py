"""Thresholds on real boards: the table of the document, and what evaluate reports at them."""

import importlib.util
from pathlib import Path

import pytest

import gonogo
from gonogo.deployment import sample_in
from gonogo.thresholds import parse_policy, threshold_of

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("table", DOCS / "make_thresholds_table.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_tables_of_the_document_are_what_the_script_prints(script, deeppcb):
    page = (DOCS / "thresholds.md").read_text("utf-8")
    for table in script.tables(deeppcb):
        assert table in page


@pytest.mark.parametrize("level", ["image", "pixel"])
def test_evaluate_reports_the_same_counts(script, deeppcb, level, tmp_path):
    maps = deeppcb / "maps" / "difference"
    sample, _, _ = sample_in(maps, level=level, ground_truth=deeppcb)
    saved = []
    for i, (text, confidence) in enumerate(script.POLICIES[level]):
        found = threshold_of(sample, parse_policy(text), level=level, confidence=confidence)
        saved.append(found.save(tmp_path / f"{i}.json"))
    thresholds = [gonogo.Threshold.load(path) for path in saved]
    limits = {f"{level}_thresholds": [threshold.value for threshold in thresholds]}
    (result,) = gonogo.evaluate_folder(maps, deeppcb, **limits).categories.values()
    for threshold in thresholds:
        confusion = getattr(result, level).at_threshold[threshold.value]
        achieved = threshold.achieved
        assert confusion.true_positives == achieved.recall.count
        assert confusion.false_positives == achieved.fpr.count
