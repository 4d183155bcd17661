"""Loaded by local workers: Ctrl-C reaches them too, but ending them is the main process's job."""

from __future__ import annotations

import signal
from typing import Any

__all__ = ["dask_setup"]


def dask_setup(_worker: Any) -> None:
    """Called by Dask in the main thread of each new worker process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
