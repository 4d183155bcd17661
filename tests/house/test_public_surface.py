"""``__all__`` is the public surface, in every module; the public door only re-exports."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from pathlib import Path

import pytest

import gonogo

SOURCE = Path(__file__).parents[2] / "src" / "gonogo"


def public_modules() -> list[str]:
    """Dotted names without an underscore in any part; ``__main__`` runs when it is imported."""
    names = [info.name for info in pkgutil.walk_packages(gonogo.__path__, "gonogo.")]
    return ["gonogo", *(name for name in names if "._" not in name)]


def by_kind(name: str) -> tuple[int, str]:
    """Constants, then classes, then functions, each by the alphabet, as ruff sorts them."""
    bare = name.lstrip("_")
    return (0 if bare.isupper() else 1 if bare[:1].isupper() else 2), name


@pytest.mark.parametrize("name", public_modules())
def test_all_is_there_sorted_and_true(name):
    module = importlib.import_module(name)
    listed = module.__all__
    assert list(listed) == sorted(set(listed), key=by_kind)
    assert [entry for entry in listed if not hasattr(module, entry)] == []


def door_imports():
    """The imports of the public door, those of rooms that are loaded late as well."""
    tree = ast.parse((SOURCE / "__init__.py").read_text(encoding="utf-8"))
    late = [node for node in tree.body if isinstance(node, ast.If)]
    assert [ast.unparse(node.test) for node in late] == ["TYPE_CHECKING"]
    nodes = [*tree.body, *late[0].body]
    return [
        n for n in nodes if isinstance(n, ast.ImportFrom) and f"{n.module}.".startswith("gonogo.")
    ]


def test_the_public_door_only_re_exports():
    tree = ast.parse((SOURCE / "__init__.py").read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    kinds = (ast.ImportFrom, ast.If, ast.Assign, ast.Expr, ast.FunctionDef)
    assert [node for node in tree.body if not isinstance(node, kinds)] == []
    functions = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert functions == ["__getattr__", "__dir__"]
    exported = [alias.name for node in door_imports() for alias in node.names]
    assert sorted(exported) == sorted(gonogo.__all__)


def test_what_the_door_exports_is_public_where_it_comes_from():
    hidden = [
        f"{node.module}.{alias.name}"
        for node in door_imports()
        for alias in node.names
        if alias.name not in importlib.import_module(node.module).__all__
    ]
    assert hidden == []


def test_rooms_that_are_loaded_late_are_named_as_imported():
    late = {
        alias.name: alias.name if node.module == "gonogo" else node.module.removeprefix("gonogo.")
        for node in door_imports()
        for alias in node.names
        if alias.name in gonogo._LATE
    }
    assert late == gonogo._LATE
    assert dir(gonogo) == sorted(gonogo.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'evaluate_everything'"):
        _ = gonogo.evaluate_everything
