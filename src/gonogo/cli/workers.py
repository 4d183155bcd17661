"""Who evaluates: this process, local worker processes, or the workers of a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import typer

from gonogo.results import Run

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["cluster", "evaluator"]


@contextmanager
def cluster(*, workers: int | None, scheduler: str | None) -> Iterator[Client | None]:
    """A client of whoever was asked for, None for this process; workers end with the block."""
    if workers is None and scheduler is None:
        yield None
        return
    if workers is not None and scheduler is not None:
        raise typer.BadParameter(
            "--workers starts processes on this machine, and --scheduler uses those of a cluster; "
            "give one of them"
        )
    from gonogo import distributed

    with (
        distributed.local_workers(workers or 1)
        if scheduler is None
        else distributed.connected(scheduler)
    ) as client:
        yield client


def evaluator(client: Client | None) -> Callable[..., Run]:
    """``evaluate_folder`` of whoever counts."""
    if client is None:
        from gonogo.datasets import evaluate_folder

        return evaluate_folder
    from gonogo import distributed

    return partial(distributed.evaluate_folder, client=client)
