"""Images that could not be used: what stops a count, and what it may leave out and tell."""

from __future__ import annotations

import errno
from collections.abc import Mapping

from gonogo.errors import InputError
from gonogo.types import ImageSource, OnError, Skipped

__all__ = ["left_out", "out_of_reach"]

_OF_ONE_FILE = {errno.EACCES, errno.EPERM, errno.EISDIR}


def left_out(
    failed: Mapping[int, InputError], sources: Mapping[int, ImageSource], on_error: OnError
) -> tuple[Skipped, ...]:
    """The images that are skipped, in order, with what is wrong with each.

    A file that is there and no use may be skipped. Nothing is, where nothing would be left, where
    a file cannot be reached although it was listed, because then a disk went away, and where the
    memory is full, which would leave out every image that follows.

    Raises:
        InputError: of the first image that may not be skipped.
    """
    for place in sorted(failed):
        if on_error == "stop" or out_of_reach(failed[place]):
            raise failed[place]
    if failed and len(failed) == len(sources):
        first = failed[min(failed)]
        raise InputError(f"none of the {len(sources)} images can be used; the first: {first}")
    return tuple(Skipped(sources[place].name, str(failed[place])) for place in sorted(failed))


def out_of_reach(error: Exception) -> bool:
    """Whether it is not the fault of the image: a disk went away, or the memory is full."""
    cause = error.__cause__
    return isinstance(cause, MemoryError) or (
        isinstance(cause, OSError) and cause.errno is not None and cause.errno not in _OF_ONE_FILE
    )
