"""Loops in machine code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit

__all__ = ["compiled"]


def compiled(loop: Callable[..., Any]) -> Callable[..., Any]:
    """The loop in machine code, kept on disk where numba finds a folder that it may write to."""
    try:
        return njit(cache=True, nogil=True)(loop)  # type: ignore[no-any-return]
    except RuntimeError:
        return njit(nogil=True)(loop)  # type: ignore[no-any-return]
