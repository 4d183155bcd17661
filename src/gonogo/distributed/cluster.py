"""Clients of a Dask cluster: one of local processes, or the user's own, and its workers."""

from __future__ import annotations

import logging
import re
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import TYPE_CHECKING, Any

from gonogo._version import __version__
from gonogo.distributed.options import library
from gonogo.errors import GonogoError, InputError

if TYPE_CHECKING:
    from distributed import Client, LocalCluster

__all__ = ["connected", "dask_setup", "local_workers", "refuse_without_workers"]

_TO_CONNECT = 10
_TO_START = 30
_PRELOAD = "gonogo.distributed.cluster"
"""Loaded by local workers, for ``dask_setup``."""
_REPLACED = {"distributed.deploy.lost-worker-timeout": "1 day"}
"""Dask looks for a lost worker once, after 15 s, and never replaces one that is not back by then:
on a busy machine, or where a second one died meanwhile, a job would go on with fewer, or none."""
_STARTING = threading.Lock()
_WITHOUT_WORKERS = 60.0
"""Seconds: dead workers are replaced within a few, on a busy machine within half a minute."""
_BETWEEN_CHECKS = 1.0
_ADDRESS = re.compile(
    r"((tcp|tls|ucxx?|wss?)://)?[^/:\s]+:\d+|((tcp|tls)://)?\[[^]]+\]:\d+|inproc://.+"
)
"""What Dask connects to; with another it tries for long, and leaves a client that cannot end."""


@contextmanager
def local_workers(number: int) -> Iterator[Client]:
    """A client of so many processes on this machine, each with one thread; they end with it.

    They import the script that is run: call this under ``if __name__ == "__main__":``.

    Raises:
        InputError: ``number`` is below 1.
        GonogoError: the processes cannot be started.
    """
    if number < 1:
        raise InputError(f"workers: found {number}; expected at least 1")
    distributed = library("distributed")
    with (
        library("dask").config.set(_REPLACED),
        _started(number) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


def _started(number: int) -> LocalCluster:
    """A cluster of so many processes, which keep the memory that they free.

    Dask would have them return every freed byte at once: each map would be paged in anew.
    """
    trimming = {"distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": None}
    distributed = library("distributed")
    with _STARTING, library("dask").config.set(trimming):
        try:
            return distributed.LocalCluster(
                n_workers=number,
                threads_per_worker=1,
                processes=True,
                # Without these it would take port 8787, on every network this machine is in.
                dashboard_address="127.0.0.1:0",
                scheduler_kwargs={"dashboard": False},
                memory_limit=0,  # a part needs little; a limit that is too low would kill workers
                silence_logs=logging.ERROR,
                preload=[_PRELOAD],
            )
        except (OSError, RuntimeError) as error:
            raise GonogoError(
                f"workers: cannot start {number} process(es) "
                f"({' '.join(str(error).split()) or type(error).__name__}); something ends them "
                "(memory, or a limit on processes), or the machine is too busy: give fewer, or none"
            ) from error


@contextmanager
def connected(scheduler: str) -> Iterator[Client]:
    """A client of the cluster at this address, for example ``"tcp://10.0.0.1:8786"``.

    Raises:
        InputError: nobody answers there, there is no worker, or a worker has no gonogo of this
            version.
    """
    distributed = library("distributed")
    if _ADDRESS.fullmatch(scheduler) is None:
        raise InputError(
            f"scheduler: found {scheduler!r}; expected the address that a scheduler printed, for "
            "example tcp://10.0.0.1:8786"
        )
    try:
        client = distributed.Client(scheduler, timeout=_TO_CONNECT, set_as_default=False)
    except (OSError, ValueError) as error:
        raise InputError(
            f"scheduler: cannot reach {scheduler} ({' '.join(str(error).split())}); expected the "
            "address that its scheduler printed, for example tcp://10.0.0.1:8786"
        ) from error
    with client:
        _refuse_without_workers(client, scheduler)
        _refuse_other_versions(client)
        yield client


def _refuse_without_workers(client: Client, scheduler: str) -> None:
    try:
        client.wait_for_workers(1, timeout=_TO_START)
    except TimeoutError:
        raise InputError(
            f"scheduler: found no worker at {scheduler} within {_TO_START} s; start some: "
            f"dask worker {scheduler}"
        ) from None


def _refuse_other_versions(client: Client) -> None:
    try:
        versions = client.run(_version)
    except Exception as error:  # whatever a worker raises
        raise InputError(
            f"scheduler: a worker cannot load gonogo ({error}); install gonogo {__version__} "
            "where the workers run"
        ) from error
    others = {address: found for address, found in versions.items() if found != __version__}
    if others:
        address, found = next(iter(others.items()))
        raise InputError(
            f"scheduler: {len(others)} worker(s) have another version of gonogo, the first "
            f"{address} with {found}; install {__version__}, which is used here"
        )


def _version() -> str:
    return __version__


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


def dask_setup(_worker: Any) -> None:
    """Leave Ctrl-C to the main process, which ends the workers; Dask calls this in each of them."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
