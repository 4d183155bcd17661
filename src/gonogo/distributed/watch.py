"""Work on a cluster ends with an error where it would wait for ever for workers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import TYPE_CHECKING

from gonogo.errors import GonogoError

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["refuse_without_workers"]

_WITHOUT_WORKERS = 60.0
"""Seconds: dead workers are replaced within a few, on a busy machine within half a minute."""
_BETWEEN_CHECKS = 1.0


@contextmanager
def refuse_without_workers(client: Client, cancel: Callable[[], None]) -> Iterator[None]:
    """Call ``cancel`` once the cluster has had no worker for a minute, and say so.

    The scheduler itself keeps tasks until workers come, and whoever waits for them waits along.

    Raises:
        GonogoError: there was no worker for so long.
    """
    ended, missing = threading.Event(), threading.Event()

    def watch() -> None:
        last_seen = monotonic()
        while not ended.wait(_BETWEEN_CHECKS):
            with suppress(Exception):  # a lost scheduler is reported by who waits for it
                if client.nthreads():
                    last_seen = monotonic()
                elif monotonic() - last_seen >= _WITHOUT_WORKERS:
                    missing.set()
                if missing.is_set():  # again each time: tasks may have been added meanwhile
                    cancel()

    thread = threading.Thread(target=watch, name="gonogo-workers", daemon=True)
    thread.start()
    try:
        yield
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # cancelled tasks raise several kinds
        if not missing.is_set():
            raise
        raise GonogoError(
            f"the cluster has had no worker for {_WITHOUT_WORKERS:g} s: all have ended, or were "
            "killed; see why (memory, or a time limit of theirs), start some, and run it again"
        ) from error
    finally:
        ended.set()
        thread.join()
