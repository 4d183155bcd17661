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

__all__ = ["in_processes"]

Work = Callable[[int, int], Any]
"""Called with the rank and the number of processes; what it returns is pickled."""


def in_processes(work: Work, world: int, folder: Path) -> list[Any]:
    """What each process returned, by rank."""
    mp.spawn(_run, (work, world, str(folder)), nprocs=world)
    return [pickle.loads((folder / f"{rank}.pickle").read_bytes()) for rank in range(world)]


def _run(rank: int, work: Work, world: int, folder: str) -> None:
    warnings.simplefilter("ignore")
    os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")
    torch.set_num_threads(1)
    dist.init_process_group("gloo", f"file://{folder}/store", rank=rank, world_size=world)
    try:
        found = work(rank, world)
        Path(folder, f"{rank}.pickle").write_bytes(pickle.dumps(found))
    finally:
        dist.destroy_process_group()


def parts(cuts: Sequence[int], rank: int) -> range:
    """The images of one process."""
    return range(cuts[rank], cuts[rank + 1])
