"""From merged parts to every metric."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gonogo.counting import Counted, Fault, PartialResult
from gonogo.distributed.options import stop_or_skip
from gonogo.errors import InputError
from gonogo.evaluation import concluded
from gonogo.results import Result
from gonogo.types import OnError, Skipped

__all__ = ["counted_of", "derive"]

_SHOWN = 10


def derive(
    part: PartialResult,
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
        MergeError: in mode exact, some images were not counted in both passes.
    """
    counted = counted_of(part, on_error=on_error, images=images)
    return concluded(counted, part.settings, category=category)


def counted_of(
    part: PartialResult, *, on_error: OnError = "stop", images: int | None = None
) -> Counted:
    """The counts of a data set that was counted in parts; see :func:`derive`."""
    skip = stop_or_skip(on_error) == "skip"
    faults = [part.faults[index] for index in sorted(part.faults)]
    gone = [fault for index, fault in part.faults.items() if index in part.images]
    if gone:
        raise InputError(
            f"{gone[0].name}: could be read at first, but not again ({gone[0].reason}); count anew"
        )
    refused = [fault for fault in faults if fault.unreachable or not skip]
    if refused:
        raise InputError(_explained(refused))
    counted_or_not = len(part.images.keys() | part.faults.keys())
    if images is not None and counted_or_not != images:
        raise InputError(
            f"images: found {counted_or_not} in these parts; expected {images}: merge every part"
        )
    if not part.images:
        nothing = "images: found none; expected at least one"
        raise InputError(_explained(faults) if faults else nothing)
    skipped = tuple(Skipped(fault.name, fault.reason) for fault in faults)
    return replace(part.counted(), skipped=skipped)


def _explained(faults: Sequence[Fault]) -> str:
    """What is wrong with each, by name."""
    if len(faults) == 1:
        return faults[0].reason
    lines = [fault.reason for fault in faults[:_SHOWN]]
    if len(faults) > _SHOWN:
        lines.append(", ".join(fault.name for fault in faults[_SHOWN:]))
    return "\n- ".join([f"{len(faults)} images cannot be used:", *lines])
