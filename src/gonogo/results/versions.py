"""What computed the numbers: the versions of Python and of the libraries that counting uses."""

from __future__ import annotations

import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version

__all__ = ["versions"]

_PACKAGES = ("numpy", "scipy", "numba")


@cache
def versions() -> dict[str, str]:
    """Versions by name."""
    found = {"python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
