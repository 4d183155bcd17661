"""How many threads to count with, and work beside other work."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["available_cores", "beside"]

_MOST = 8
"""Each thread has tables of its own; more of them wait for memory rather than for a core."""


def available_cores() -> int:
    """The cores this process may use, at least one and at most eight."""
    if hasattr(os, "sched_getaffinity"):
        return min(len(os.sched_getaffinity(0)), _MOST)
    return min(os.cpu_count() or 1, _MOST)


@contextmanager
def beside(work: Callable[[], object]) -> Iterator[None]:
    """Do some work in another thread while the block runs; it is done when the block ends.

    It is done in this thread, before the block, where no thread can start any more: while Python
    shuts down, when states may still be saved.
    """
    failed: list[Exception] = []

    def guarded() -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 (raised where the block ends)
            failed.append(error)

    thread = threading.Thread(target=guarded)
    started = True
    try:
        thread.start()
    except RuntimeError:
        started = False
        guarded()
    try:
        yield
    finally:
        if started:
            thread.join()
    if failed:
        raise failed[0]
