"""Processes that count a part of the images each, and agree over gloo on one number."""

from __future__ import annotations

import os
import pickle
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
import torch.multiprocessing as mp

__all__ = ["in_processes", "in_worlds", "parts"]

Work = Callable[[int, int], Any]
"""Called with the rank and the number of processes; what it returns is pickled."""


def in_processes(work: Work, world: int, folder: Path) -> list[Any]:
    """What each process returned, by rank."""
    return in_worlds(work, [world], folder)[world]


def in_worlds(work: Work, worlds: Sequence[int], folder: Path) -> dict[int, list[Any]]:
    """What each process returned, by rank, for several numbers of processes.

    The same processes do the work of all, one world after the other: most of their time goes into
    starting.
    """
    mp.spawn(_run, (work, worlds, str(folder)), nprocs=max(worlds))
    return {
        world: [
            pickle.loads((folder / f"{world}-{rank}.pickle").read_bytes()) for rank in range(world)
        ]
        for world in worlds
    }


def _run(rank: int, work: Work, worlds: Sequence[int], folder: str) -> None:
    warnings.simplefilter("ignore")
    os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")
    torch.set_num_threads(1)
    for world in worlds:
        if rank >= world:
            continue
        store = f"file://{folder}/store-{world}"
        dist.init_process_group("gloo", store, rank=rank, world_size=world)
        try:
            found = work(rank, world)
            Path(folder, f"{world}-{rank}.pickle").write_bytes(pickle.dumps(found))
        finally:
            dist.destroy_process_group()


def parts(cuts: Sequence[int], rank: int) -> range:
    """The images of one process."""
    return range(cuts[rank], cuts[rank + 1])
