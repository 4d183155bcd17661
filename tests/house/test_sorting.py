"""No float16 reaches a sort: whatever sorts is given what ``sortable`` returns, or integer keys."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from gonogo.sorting import sort_in_place, sortable

SOURCE = Path(__file__).parents[2] / "src" / "gonogo"

# Functions of NumPy and torch that sort, or sort inside.
NAMES = """
    sort argsort sort_complex lexsort msort partition argpartition topk kthvalue
    unique unique_all unique_counts unique_inverse unique_values unique_consecutive
    isin in1d intersect1d union1d setdiff1d setxor1d
    median nanmedian percentile nanpercentile quantile nanquantile
    histogram histogram2d histogramdd histogram_bin_edges
"""
SORTING = set(NAMES.split())
SAFE = {"sortable", "_keys", "keys_of"}
"""What may stand there: an array without float16, or integers."""


def sorts(source: Path = SOURCE) -> Iterator[str]:
    """Every sort of something that may be float16, by its place."""
    for path in sorted(source.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and _imports_a_sort(node):
                yield f"{path.relative_to(source)}:{node.lineno}: {ast.unparse(node)}"
            if isinstance(node, ast.Call) and _sorts(node):
                where = f"{path.relative_to(source)}:{node.lineno}"
                if not where.startswith("sorting.py") and not _safe(node):
                    yield f"{where}: {ast.unparse(node)}"


def _sorts(call: ast.Call) -> bool:
    function = call.func
    if not isinstance(function, ast.Attribute) or function.attr not in SORTING:
        return False
    text = function.attr == "partition" and isinstance(call.args[0], ast.Constant)
    of_list = function.attr == "sort" and any(one.arg == "key" for one in call.keywords)
    return not text and not of_list


def _imports_a_sort(node: ast.ImportFrom) -> bool:
    """A sort that is called by its bare name would not be seen, so none is imported."""
    package = (node.module or "").partition(".")[0]
    return package in ("numpy", "torch") and any(one.name in {*SORTING, "*"} for one in node.names)


def _safe(call: ast.Call) -> bool:
    """A function of a module, given something safe; a method is never known to be."""
    first = call.args[0] if call.args else None
    module = ast.unparse(call.func).partition(".")[0] in ("np", "numpy", "torch")
    return module and isinstance(first, ast.Call) and ast.unparse(first.func) in SAFE


def test_everything_is_sortable_before_it_is_sorted():
    assert list(sorts()) == []


@pytest.mark.parametrize(
    "line",
    [
        "np.sort(scores)",
        "values, counts = np.unique(scores, return_counts=True)",
        "scores.sort()",
        "scores.reshape(-1).argsort()",
        "top = np.partition(scores, 3)",
        "np.percentile(scores, [25, 75])",
        "target.cpu().unique()",
        "torch.sort(scores)",
        "numpy.histogram(scores, edges)",
        "library('numpy').median(scores)",
        "from numpy import unique",
        "from torch import float16, sort as order",
        "from numpy import *",
    ],
)
def test_these_would_be_caught(tmp_path, line):
    (tmp_path / "some.py").write_text(line)
    assert len(list(sorts(tmp_path))) == 1


@pytest.mark.parametrize(
    "line",
    [
        "np.sort(sortable(scores))",
        "torch.sort(keys_of(scores))",
        "places.sort(key=lambda k: margin[k])",
        "name.partition('.')[0]",
        "sorted(names)",
        "from numpy import searchsorted",
        "from torch.utils.data import Dataset",
        "from gonogo.sorting import sort",
        "np.searchsorted(rising, scores)",
    ],
)
def test_these_are_fine(tmp_path, line):
    (tmp_path / "some.py").write_text(line)
    assert list(sorts(tmp_path)) == []


def test_sortable_widens_float16_alone():
    scores = np.array([-0.5, 65504.0, 6e-8, -0.0], np.float16)
    assert sortable(scores).dtype == np.float32
    np.testing.assert_array_equal(sortable(scores), scores.astype(np.float64))
    for dtype in (np.float32, np.float64, np.uint8, np.int64, np.bool_):
        array = np.zeros(3, dtype)
        assert sortable(array) is array
    assert sortable([2, 1]).tolist() == [2, 1]


def test_float16_is_never_sorted_in_place():
    with pytest.raises(TypeError, match="float16"):
        sort_in_place(np.zeros(3, np.float16))
    scores = np.array([2.0, 1.0])
    sort_in_place(scores)
    assert scores.tolist() == [1.0, 2.0]
