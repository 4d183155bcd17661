"""Rooms import downward only, and each uses the third-party libraries that are meant for it.

Every import counts: inside functions and under ``TYPE_CHECKING`` as well.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "gonogo"

# The house, ground floor first: a room may import what stands on its own line or on one above it.
# "gonogo" is the public door, __init__.py.
LAYERS = """
    bounded errors types palette _version
    grid cores decisions documents files kernels orientation resizing shown sorting
    _check regions
    states metrics
    counting
    thresholds normalization uncertainty
    report
    results
    evaluation
    evaluate functional
    state
    datasets drawing deployment torch distributed plot compat demo
    config
    gonogo
    cli __main__
"""

# What a room may import from outside the standard library. A room without a line: CORE.
CORE = "numpy numba scipy"
OUTSIDE = {
    "datasets": "numpy tifffile imagecodecs PIL fsspec zarr",
    "torch": "numpy matplotlib torch torchmetrics lightning",
    "distributed": "numpy dask distributed zarr fsspec",
    "drawing": "numpy PIL",
    "orientation": "PIL",
    "plot": "numpy matplotlib",
    "report": "numpy PIL jinja2 markupsafe",
    "compat": "numpy torch torchmetrics lightning matplotlib anomalib",
    "config": "numpy yaml distributed",
    "deployment": "numpy tifffile PIL",
    "demo": "numpy scipy skimage sklearn tifffile PIL",
    "gonogo": "",
    "__main__": "",
    "cli": "numpy typer rich distributed",
}

# Functions that import what their first argument names.
IMPORTERS = {"__import__", "import_module", "importlib.import_module", "library"}

FLOOR = {room: floor for floor, line in enumerate(LAYERS.split("\n")) for room in line.split()}


class Import(NamedTuple):
    """One import statement's target, and where it stands."""

    place: str
    room: str
    target: str


def room_of(path: Path, source: Path) -> str:
    first = path.relative_to(source).parts[0].removesuffix(".py")
    return "gonogo" if first == "__init__" else first


def targets(node: ast.AST, package: list[str]) -> Iterator[str]:
    """Full dotted names an import statement brings in; relative ones are resolved."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = package[: len(package) - node.level + 1] if node.level else []
        module = ".".join([*base, *filter(None, [node.module])])
        yield from (f"{module}.{alias.name}" for alias in node.names)
    elif isinstance(node, ast.Call) and ast.unparse(node.func) in IMPORTERS and node.args:
        name = node.args[0]
        if isinstance(name, ast.Constant):
            yield str(name.value)


def imports(source: Path = SOURCE) -> list[Import]:
    found = []
    for path in sorted(source.rglob("*.py")):
        package = [source.name, *path.relative_to(source).parts[:-1]]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            place = f"{path.relative_to(source)}:{getattr(node, 'lineno', 0)}"
            room = room_of(path, source)
            found.extend(Import(place, room, target) for target in targets(node, package))
    return found


def room_imported(target: str) -> str | None:
    """The room that a dotted name lies in; None for what is not ours."""
    head, _, rest = target.partition(".")
    if head != "gonogo":
        return None
    room = rest.partition(".")[0]
    return room if room in FLOOR else "gonogo"


def upward(found: list[Import]) -> list[str]:
    return [
        f"{one.place}: {one.room} imports {one.target}"
        for one in found
        if (room := room_imported(one.target)) is not None and FLOOR[room] > FLOOR[one.room]
    ]


def strangers(found: list[Import]) -> list[str]:
    return [
        f"{one.place}: {one.room} imports {one.target}"
        for one in found
        if (head := one.target.partition(".")[0]) not in sys.stdlib_module_names
        and head != "gonogo"
        and head not in OUTSIDE.get(one.room, CORE).split()
    ]


def test_every_room_has_a_floor():
    rooms = {room_of(path, SOURCE) for path in SOURCE.rglob("*.py")}
    assert rooms <= FLOOR.keys(), f"add to LAYERS: {sorted(rooms - FLOOR.keys())}"


def test_imports_point_down():
    assert upward(imports()) == []


def test_rooms_of_one_floor_do_not_import_each_other_in_circles():
    edges = {(one.room, room_imported(one.target)) for one in imports()}
    assert [edge for edge in edges if edge[0] != edge[1] and edge[::-1] in edges] == []


def test_rooms_use_the_libraries_meant_for_them():
    assert strangers(imports()) == []


@pytest.mark.parametrize(
    ("file", "line", "caught"),
    [
        ("metrics/area.py", "from gonogo.evaluate import evaluate", upward),
        ("metrics/area.py", "import gonogo.cli", upward),
        ("metrics/area.py", "from gonogo import results", upward),
        ("metrics/area.py", "import gonogo", upward),
        ("metrics/area.py", "from .. import cli", upward),
        ("metrics/area.py", "from ..evaluate import evaluate", upward),
        ("metrics/area.py", "def f():\n    from gonogo.datasets.tree import scan", upward),
        ("metrics/area.py", "if TYPE_CHECKING:\n    from gonogo.report import page", upward),
        ("kernels/ranks.py", "from gonogo.states import exact", upward),
        ("kernels/ranks.py", "import torch.nn", strangers),
        ("datasets/read.py", "def f():\n    import cv2", strangers),
        ("datasets/read.py", "codecs = import_module('cv2')", strangers),
        ("__init__.py", "import numpy", strangers),
    ],
)
def test_these_imports_would_be_caught(tmp_path, file, line, caught):
    path = tmp_path / "gonogo" / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(line)
    assert len(caught(imports(tmp_path / "gonogo"))) == 1


@pytest.mark.parametrize(
    "line",
    [
        "from gonogo.errors import InputError",
        "from gonogo import errors",
        "from ..errors import InputError",
        "from .area import area",
        "from gonogo.states.ranks import Ranks",
        "import math, numpy.typing",
    ],
)
def test_these_imports_are_fine(tmp_path, line):
    path = tmp_path / "gonogo" / "metrics" / "area.py"
    path.parent.mkdir(parents=True)
    path.write_text(line)
    found = imports(tmp_path / "gonogo")
    assert upward(found) + strangers(found) == []
