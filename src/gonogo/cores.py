"""How many threads to count with."""

from __future__ import annotations

import os

__all__ = ["available_cores"]

_MOST = 8
"""Each thread has tables of its own; more of them wait for memory rather than for a core."""


def available_cores() -> int:
    """The cores this process may use, at least one and at most eight."""
    if hasattr(os, "sched_getaffinity"):
        return min(len(os.sched_getaffinity(0)), _MOST)
    return min(os.cpu_count() or 1, _MOST)
