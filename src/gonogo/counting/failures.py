"""Images that could not be used: what stops a count, and what may be skipped and reported."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from dataclasses import dataclass, replace

from gonogo.errors import InputError
from gonogo.types import ImageSource, OnError, Skipped

__all__ = ["Fault", "skipped", "unreachable"]

_OF_ONE_FILE = {errno.EACCES, errno.EPERM, errno.EISDIR}


@dataclass(frozen=True)
class Fault:
    """An image that could not be counted, why, and which workers tried.

    ``unreachable`` where its file is not there to be read: then it may be the disk that is not.
    """

    name: str
    reason: str
    unreachable: bool = False
    tried: frozenset[str] = frozenset()

    @classmethod
    def of(cls, source: ImageSource, error: Exception) -> Fault:
        """The fault of an image whose reading ended with this error."""
        reason = str(error) if isinstance(error, InputError) else f"{source.name}: {error}"
        return cls(source.name, reason, unreachable=unreachable(error))

    def __add__(self, other: Fault) -> Fault:
        first = min(self, other, key=lambda fault: fault.reason)
        anywhere = self.unreachable or other.unreachable
        return replace(first, unreachable=anywhere, tried=self.tried | other.tried)


def skipped(
    failed: Mapping[int, InputError], sources: Mapping[int, ImageSource], on_error: OnError
) -> tuple[Skipped, ...]:
    """The images that are skipped, in order, with what is wrong with each.

    A file that is there and no use may be skipped. Nothing is, where nothing would be left, where
    a file cannot be reached although it was listed, because then a disk went away, and where the
    memory is full, which would skip every image that follows.

    Raises:
        InputError: of the first image that may not be skipped.
    """
    for index in sorted(failed):
        if on_error == "stop" or unreachable(failed[index]):
            raise failed[index]
    if failed and len(failed) == len(sources):
        first = failed[min(failed)]
        raise InputError(f"none of the {len(sources)} images can be used; the first: {first}")
    return tuple(Skipped(sources[index].name, str(failed[index])) for index in sorted(failed))


def unreachable(error: Exception) -> bool:
    """Whether it is not the fault of the image: a disk went away, or the memory is full."""
    cause = error.__cause__
    return isinstance(cause, MemoryError) or (
        isinstance(cause, OSError) and cause.errno is not None and cause.errno not in _OF_ONE_FILE
    )
