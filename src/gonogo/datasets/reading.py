"""What all readers of image files share: the optional libraries, limits, and one clear error.

A file is opened first and decoded later: what its header declares is compared with the size of the
file, with the memory and with other files before the memory for its pixels is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from gonogo.datasets.memory import available_memory, total_memory
from gonogo.errors import GonogoError, InputError, MissingExtra
from gonogo.types import Array

__all__ = ["Declared", "Reader", "library", "open_image", "refuse_turned"]

Content = TypeVar("Content")

# Deflate, the densest of the codings of PNG, GIF, BMP, NPY and NPZ, packs at most 1,032 bytes into
# one, and a PNG of one bit per pixel unpacks that eightfold.
_LARGEST_RATIO = 10_000
_NO_QUESTION = 64 << 20
"""Bytes that are decoded without looking at the memory."""


@dataclass(frozen=True)
class Declared:
    """An image file that is open: what its header declares, and the pixels for the asking."""

    shape: tuple[int, ...]
    """Height and width, for a picture in colour also its channels, and so on for arrays."""
    n_bytes: int
    """Memory of the decoded pixels."""
    decode: Callable[[], Array]
    any_ratio: bool = False
    """Whether its coding has no largest ratio of compression."""

    @property
    def pixels(self) -> str:
        """The shape in words."""
        return f"{' x '.join(map(str, self.shape))} pixels"


Reader: TypeAlias = Callable[[Path, ExitStack], Declared]
"""Opens a file, to be closed with the stack."""


def library(name: str) -> Any:
    """A library of the ``cli`` extra, imported when the first file needs it."""
    try:
        return import_module(name)
    except ImportError as error:
        needs = f"reading image files needs {name.partition('.')[0]}"
        raise MissingExtra.of("cli", needs=needs) from error


def refuse_turned(path: Path, orientation: Any) -> None:
    """Refuse a file whose pixels are to be turned or mirrored before they are shown.

    Some programs do that when they read such a file and some do not, so maps and masks may differ.
    ``orientation`` is the value of its tag, 1 for none.
    """
    if orientation != 1:
        raise InputError(
            f"{path}: found the orientation {orientation}, which asks for the pixels to be turned "
            "or mirrored; expected 1 (as stored), because not every program does that: turn the "
            "pixels themselves and write them without the tag"
        )


def open_image(path: Path, readers: Mapping[str, Reader], what: str, files: ExitStack) -> Declared:
    """The file, opened by the reader of its suffix; its ``decode`` names the file in any failure.

    Raises:
        InputError: the file cannot be read, or declares more pixels than it can hold or than fit
            into the memory. A ``MemoryError`` is its cause where that depends on what else takes
            memory, because then it is not the file that is to be skipped.
    """
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise InputError(
            f"{path}: found the suffix {path.suffix!r}; expected {what} as {', '.join(readers)}"
        )
    try:
        declared = _named(path, what, lambda: reader(path, files))
    except MemoryError as error:
        raise InputError(f"{path}: not enough memory to open the {what}") from error
    _refuse_too_large(path, what, declared)

    def decode() -> Array:
        try:
            return _named(path, what, declared.decode)
        except MemoryError as error:
            message = f"{path}: not enough memory to read the {what} of {declared.pixels}"
            raise InputError(message) from error

    return Declared(declared.shape, declared.n_bytes, decode)


def _named(path: Path, what: str, action: Callable[[], Content]) -> Content:
    try:
        return action()
    except (GonogoError, MemoryError):
        raise
    except Exception as error:  # decoders raise anything on damaged files
        raise _unreadable(path, what, error) from error


def _refuse_too_large(path: Path, what: str, declared: Declared) -> None:
    if declared.n_bytes <= _NO_QUESTION and declared.any_ratio:
        return
    size, pixels = path.stat().st_size, declared.pixels
    if not declared.any_ratio and declared.n_bytes > _LARGEST_RATIO * size:
        raise InputError(
            f"{path}: found {size:,} bytes for {pixels}, as its header declares them; "
            f"the {what} is damaged or cut short: write it again"
        )
    if declared.n_bytes <= _NO_QUESTION:
        return
    total, available = total_memory(), available_memory()
    # Twice: once as decoded, and once as whatever is made of it.
    needed = 2 * declared.n_bytes
    found = (
        f"{path}: found {pixels}, as its header declares them: with the "
        f"{declared.n_bytes / 2**30:.1f} GiB of the {what} there is not enough memory"
    )
    if total is not None and needed > total:
        raise InputError(f"{found} ({total / 2**30:.1f} GiB in all); cut it into tiles")
    if available is not None and needed > available:
        raise InputError(
            f"{found} ({available / 2**30:.1f} GiB available); end what else takes memory, or cut "
            "it into tiles"
        ) from MemoryError()


def _unreadable(path: Path, what: str, error: Exception) -> InputError:
    if isinstance(error, OSError) and error.strerror:
        return InputError(f"{path}: cannot open the {what} ({error.strerror})")
    if path.stat().st_size == 0:
        return InputError(f"{path}: found an empty file (0 bytes); write the {what} again")
    reason = " ".join(str(error).split()) or type(error).__name__
    return InputError(
        f"{path}: cannot read the {what} ({reason}); "
        "the file may be truncated, damaged or in another format: write it again"
    )
