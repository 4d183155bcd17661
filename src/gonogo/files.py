"""Files that appear whole or not at all: written beside their place, moved there when complete.

Until then they are hidden, and their names say which process writes them: what a process that was
killed left is removed by the next one that writes beside it.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import socket
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import IO

from gonogo.errors import InputError

__all__ = [
    "REPORT",
    "is_staged",
    "leftovers",
    "local_path",
    "naming",
    "open_staged",
    "proved_folder",
    "remove_files",
    "staged_folder",
    "write_all",
    "write_whole",
]

REPORT = "report.html"
"""The name of a report in the folder of its run; it is written after the files it shows."""


_STAGED = re.compile(r"\.gonogo-([0-9a-f]{8})-(\d+)-([0-9a-f]{8})-[0-9a-f]{8}")
"""Machine, process, a token of the process, and a random part; no longer where the name is long."""
_TOKEN = secrets.token_hex(4)
"""Of this process: one that was killed before may have had the same number."""
_FORGOTTEN = 7 * 24 * 3600.0
"""Seconds after which what another machine has left is nobody's any more."""
_swept: set[Path] = set()

_URL = re.compile(r"[A-Za-z][\w+.-]+:[\\/]")
"""How a URL begins, also one that went through a ``Path``, which makes ``s3:/`` of ``s3://``."""


def local_path(path: str | os.PathLike[str], argument: str, what: str = "folder") -> Path:
    """The place to write to, which lies on this machine: a URL is refused."""
    text = os.fspath(path)
    if "://" in text or _URL.match(text):
        url = text if "://" in text else re.sub(r":[\\/]", "://", text, count=1)
        raise InputError(
            f"{argument}: found the URL {url}; expected a {what} on this machine; copy it there "
            "afterwards"
        )
    return Path(text)


def write_all(folder: Path, contents: Mapping[str, bytes]) -> list[Path]:
    """Write files beside their places, then move all there; on failure leave things as they were.

    Names are paths in the folder. The last one marks it complete: an older one is gone before the
    first is replaced.
    """
    places = [folder / name for name in contents]
    staged: list[Path] = []
    with _made_folders(place.parent for place in places):
        try:
            for place, content in zip(places, contents.values(), strict=True):
                staged.append(_staged(place.parent, place.name, content))
        except BaseException:
            for path in staged:
                path.unlink()
            raise
    places[-1].unlink(missing_ok=True)
    return [path.replace(place) for path, place in zip(staged, places, strict=True)]


def write_whole(path: Path, content: bytes) -> Path:
    """Write one file beside its place and move it there once it is complete."""
    staged = _staged(path.parent, path.name, content)
    try:
        return staged.replace(path)
    except OSError as error:  # such as a name that is too long: nothing hidden is left
        staged.unlink(missing_ok=True)
        error.filename, error.filename2 = str(path), None
        raise


def remove_files(files: Collection[Path], folder: Path) -> None:
    """Remove files of a folder, and the folders in it that they leave empty."""
    for path in files:
        path.unlink(missing_ok=True)
    emptied = {one for path in files for one in path.parents if one.is_relative_to(folder)}
    for one in sorted(emptied - {folder}, key=lambda path: len(path.parts), reverse=True):
        if one.is_dir() and not any(one.iterdir()):
            one.rmdir()


def open_staged(path: Path) -> tuple[Path, IO[bytes]]:
    """A new file beside a place, hidden, and open to write and read; the user's mask counts."""
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    if path.parent not in _swept:  # once, because folders may hold many files
        _swept.add(path.parent)
        _sweep(path.parent)
    while True:
        staged = path.with_name(_staged_name())
        try:
            return staged, os.fdopen(os.open(staged, flags, 0o666), "w+b")
        except FileExistsError:
            continue


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """A failure to write, as on a full disk, has the name of the file."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            error.filename = str(path)
        raise


@contextmanager
def staged_folder(folder: Path) -> Iterator[Path]:
    """A new folder to write files to, which are then moved to ``folder``; on failure none is."""
    with _made_folders([folder]):
        staged = folder / _staged_name()
        staged.mkdir()
        try:
            _sweep(folder)
            yield staged
            for path in [path for path in staged.rglob("*") if path.is_file()]:
                place = folder / path.relative_to(staged)
                place.parent.mkdir(parents=True, exist_ok=True)
                path.replace(place)
        finally:
            shutil.rmtree(staged)


def is_staged(path: Path) -> bool:
    """Whether something is hidden because it is being written, or was when its process ended."""
    return _STAGED.fullmatch(path.name) is not None


def leftovers(folder: Path) -> list[Path]:
    """What processes that have ended left in a folder, half written and hidden.

    That of another machine, or of another container, only after a week: whether its process runs
    cannot be seen from here.
    """
    try:
        hidden = [path for path in folder.iterdir() if is_staged(path)]
    except OSError:
        return []
    return [path for path in hidden if _is_left(path)]


def _is_left(path: Path) -> bool:
    machine, process, token = _STAGED.fullmatch(path.name).groups()  # type: ignore[union-attr]
    if machine == _machine():
        if int(process) == os.getpid():
            return bool(token != _TOKEN)
        return not _runs(int(process))
    with suppress(OSError):
        return time.time() - path.stat().st_mtime > _FORGOTTEN
    return False


def _runs(process: int) -> bool:
    if os.name != "posix":  # elsewhere asking may end it
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _sweep(folder: Path) -> None:
    for path in leftovers(folder):
        with suppress(OSError):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()


def _staged_name() -> str:
    return f".gonogo-{_machine()}-{os.getpid()}-{_TOKEN}-{secrets.token_hex(4)}"


@cache
def _machine() -> str:
    """This machine; numbers of processes mean nothing outside their container."""
    name = socket.gethostname()
    with suppress(OSError):
        name += str(Path("/proc/self/ns/pid").readlink())
    return blake2b(name.encode(errors="surrogateescape"), digest_size=4).hexdigest()


@contextmanager
def proved_folder(folder: Path) -> Iterator[None]:
    """Prove that files can be written to a folder, before the work that is to end there.

    The folder is made if need be. If it is empty after the work, what was made for it goes again.

    Raises:
        OSError: it cannot be made, or no file in it.
    """
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe, file = open_staged(folder / "probe")
        file.close()
        probe.unlink()
        yield
    finally:
        with suppress(OSError):  # it is not empty, or somebody else was faster
            for path in missing:
                path.rmdir()


@contextmanager
def _made_folders(folders: Iterable[Path]) -> Iterator[None]:
    """Make folders; on failure those that were not there are gone again."""
    folders = list(dict.fromkeys(folders))
    missing = {path for one in folders for path in (one, *one.parents) if not path.exists()}
    try:
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        for path in sorted(missing, key=lambda path: len(path.parts), reverse=True):
            if path.is_dir() and not any(path.iterdir()):
                path.rmdir()
        raise


def _staged(folder: Path, name: str, content: bytes) -> Path:
    path, file = open_staged(folder / name)
    try:
        with naming(folder / name), file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink()
        raise
    return path
