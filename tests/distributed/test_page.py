"""The Ray and Spark examples of docs/distributed.md, run with stand-ins for both."""

from __future__ import annotations

import sys
from functools import reduce
from itertools import islice
from pathlib import Path
from types import SimpleNamespace

import pytest

from gonogo.datasets import evaluate_folder
from tests.datasets.conftest import write_plain
from tests.distributed.conftest import document
from tests.house.test_documents import ROOT, blocks


class Rdd:
    """As much of Spark's RDD as the page uses."""

    def __init__(self, parts):
        self.parts = parts

    def zipWithIndex(self):  # noqa: N802
        places = iter(range(10**9))
        return Rdd([list(zip(part, islice(places, len(part)), strict=True)) for part in self.parts])

    def mapPartitions(self, function):  # noqa: N802
        return Rdd([list(function(iter(part))) for part in self.parts])

    def treeReduce(self, function):  # noqa: N802
        return reduce(function, [item for part in self.parts for item in part])


def parallelize(items, number):
    parts = [items[k : k + 2] for k in range(0, len(items), 2)]
    return Rdd(parts + [[]] * (number - len(parts)))


RAY = SimpleNamespace(
    remote=lambda function: SimpleNamespace(remote=function), get=lambda reference: reference
)
SPARK = SimpleNamespace(
    sparkContext=SimpleNamespace(
        parallelize=parallelize, broadcast=lambda value: SimpleNamespace(value=value)
    )
)


def example(name: str) -> str:
    found = [
        block
        for block in blocks(ROOT / "docs" / "distributed.md", "python")
        if not block.startswith(">>>") and name in block
    ]
    assert len(found) == 1
    return found[0]


pytestmark = pytest.mark.usefixtures("folders")


@pytest.fixture
def folders(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_plain(Path("maps"), Path("masks"))
    monkeypatch.setitem(sys.modules, "ray", RAY)


def test_ray():
    names = {}
    exec(example("ray"), names)
    (here,) = evaluate_folder("maps", "masks", mode="certified").categories.values()
    assert document(names["result"]) == document(here)


def test_spark():
    names = {"spark": SPARK}
    exec(example("spark"), names)
    for name, mode in (("result", "certified"), ("exact", "exact")):
        (here,) = evaluate_folder("maps", "masks", mode=mode).categories.values()
        assert document(names[name]) == document(here)
