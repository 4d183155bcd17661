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


def test_the_public_door_only_re_exports():
    tree = ast.parse((SOURCE / "__init__.py").read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    exported = []
    for node in tree.body[1:]:
        if isinstance(node, ast.ImportFrom):
            exported += [alias.asname or alias.name for alias in node.names]
        else:
            assert isinstance(node, ast.Assign), ast.unparse(node)
            assert ast.unparse(node.targets[0]) == "__all__", ast.unparse(node)
    assert sorted(set(exported) - {"annotations"}) == sorted(gonogo.__all__)


def test_what_the_door_exports_is_public_where_it_comes_from():
    tree = ast.parse((SOURCE / "__init__.py").read_text(encoding="utf-8"))
    hidden = [
        f"{node.module}.{alias.name}"
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("gonogo.")
        for alias in node.names
        if alias.name not in importlib.import_module(node.module).__all__
    ]
    assert hidden == []
