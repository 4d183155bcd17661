"""What other processes have, where several run: the same list in each of them."""

from __future__ import annotations

from typing import TypeVar

import torch.distributed as dist

__all__ = ["from_every_process"]

Value = TypeVar("Value")


def from_every_process(value: Value) -> list[Value]:
    """The value of each process, by rank; of the one process alone where there is one."""
    if not (dist.is_available() and dist.is_initialized()):
        return [value]
    values: list[Value | None] = [None] * dist.get_world_size()
    dist.all_gather_object(values, value)
    return [one for one in values if one is not None]
