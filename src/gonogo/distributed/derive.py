"""From merged parts to every metric."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gonogo.distributed.options import stop_or_skip
from gonogo.distributed.parts import Fault, Part
from gonogo.errors import InputError
from gonogo.evaluation import concluded
from gonogo.results import Result
from gonogo.types import OnError, Skipped

__all__ = ["derive"]

_SHOWN = 10


def derive(
    part: Part,
    *,
    on_error: OnError = "stop",
    category: str | None = None,
    images: int | None = None,
) -> Result:
    """Every metric of a data set that was counted in parts.

    Args:
        part: what :func:`merge` made of all parts.
        on_error: ``"stop"`` raises for images that cannot be used, all of them by name; ``"skip"``
            leaves them out and lists them in ``result.skipped``, unless their files are not there:
            then a disk may have gone away.
        category: what warnings call the data set.
        images: how many there are in all, if a part that was lost on its way is to be noticed.

    Raises:
        InputError: images cannot be used, or there are fewer or more than ``images``.
        MergeError: in mode exact, some images were not counted in both walks.
    """
    skip = stop_or_skip(on_error) == "skip"
    faults = [part.faults[place] for place in sorted(part.faults)]
    gone = [fault for place, fault in part.faults.items() if place in part.images]
    if gone:
        raise InputError(
            f"{gone[0].name}: could be read at first, but not again ({gone[0].reason}); count anew"
        )
    unforgiven = [fault for fault in faults if fault.out_of_reach or not skip]
    if unforgiven:
        raise InputError(_told(unforgiven))
    counted_or_not = len(part.images.keys() | part.faults.keys())
    if images is not None and counted_or_not != images:
        raise InputError(
            f"images: found {counted_or_not} in these parts; expected {images}: merge every part"
        )
    if not part.images:
        raise InputError(_told(faults) if faults else "images: found none; expected at least one")
    skipped = tuple(Skipped(fault.name, fault.reason) for fault in faults)
    counted = replace(part.counted(), skipped=skipped)
    return concluded(counted, part.settings, category=category)


def _told(faults: Sequence[Fault]) -> str:
    """What is wrong with each, by name."""
    if len(faults) == 1:
        return faults[0].reason
    lines = [fault.reason for fault in faults[:_SHOWN]]
    if len(faults) > _SHOWN:
        lines.append(", ".join(fault.name for fault in faults[_SHOWN:]))
    return "\n- ".join([f"{len(faults)} images cannot be used:", *lines])
