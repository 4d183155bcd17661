"""What runs as a task of Dask, and what becomes of tasks that fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from gonogo.distributed.library import library
from gonogo.errors import GonogoError

if TYPE_CHECKING:
    from distributed import Client, Future

    from gonogo.distributed.parts import CertifiedPart, ExactPart

    Some = TypeVar("Some", ExactPart, CertifiedPart)

__all__ = ["elsewhere", "refuse_failed", "signed", "was_killed"]


def signed(work: Callable[..., Some], *args: Any) -> Some:
    """What ``work`` gives, with the name of this worker on its faults."""
    part = work(*args)
    if not part.faults:
        return part
    here = frozenset([library("distributed").get_worker().address])
    faults = {place: replace(fault, tried=here) for place, fault in part.faults.items()}
    return replace(part, faults=faults)


def elsewhere(client: Client, tried: frozenset[str]) -> list[str]:
    """Workers that have not tried yet, on other machines if there are such."""
    others = [address for address in client.nthreads() if address not in tried]
    hosts = {urlsplit(address).hostname for address in tried}
    return [one for one in others if urlsplit(one).hostname not in hosts] or others


def was_killed(future: Future) -> bool:
    """Whether so many workers died of a task that the scheduler gave it up."""
    killed: type[Exception] = library("distributed").scheduler.KilledWorker
    return future.status == "error" and isinstance(future.exception(), killed)


def refuse_failed(future: Future) -> None:
    """Raise what a task raised, or say what became of it."""
    if was_killed(future):
        raise GonogoError(
            "several workers died, one after the other, of the same task; if they ran out of "
            "memory, give them more, or count fewer images at a time (partition)"
        ) from future.exception()
    if future.status == "error":
        future.result()
    if future.status != "finished":
        raise GonogoError(f"the cluster was lost ({future.status}); check that its scheduler runs")
