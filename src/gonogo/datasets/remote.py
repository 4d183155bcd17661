"""Files behind URLs that fsspec opens: ``s3://``, ``gs://``, ``memory://`` and others.

A remote folder or file stands where a ``pathlib.Path`` does, as far as layouts and readers ask.
Credentials and options come from fsspec's configuration and the environment, also on workers.
"""

from __future__ import annotations

import errno
import io
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any, TypeAlias, cast

from gonogo.errors import InputError, MissingExtra

__all__ = ["AnyPath", "RemotePath", "any_path", "at_hand", "size_and_time"]

_URL = re.compile(r"((?:\w+::)*[\w.+-]+:///?)(.*?)((?:::.*)?)")


@dataclass(frozen=True)
class RemotePath:
    """A file or folder behind a URL, with what this package uses of ``pathlib.Path``."""

    root: str
    """The scheme, and what else stands before the path: ``s3://``."""
    inside: PurePosixPath
    rest: str = ""
    """What it lies in, of a chain: ``::s3://bucket/maps.zip`` of ``zip://maps::s3://...``."""

    @classmethod
    def of(cls, url: str) -> RemotePath:
        """From the whole URL."""
        match = _URL.fullmatch(url)
        if match is None:
            raise InputError(f"{url}: found no URL; expected one such as s3://bucket/maps")
        return cls(match[1], PurePosixPath(match[2].rstrip("/")), match[3])

    def __str__(self) -> str:
        inside = str(self.inside)
        return self.root + ("" if inside == "." else inside) + self.rest

    def __truediv__(self, name: str) -> RemotePath:
        return replace(self, inside=self.inside / name)

    @property
    def name(self) -> str:
        """The last part."""
        return self.inside.name

    @property
    def stem(self) -> str:
        """The last part without its suffix."""
        return self.inside.stem

    @property
    def suffix(self) -> str:
        """The suffix of the last part."""
        return self.inside.suffix

    @property
    def parent(self) -> RemotePath:
        """The folder it lies in."""
        return replace(self, inside=self.inside.parent)

    def is_dir(self) -> bool:
        """Whether it is a folder: files lie below it."""
        with self._opened() as (system, path):
            return bool(system.isdir(path))

    def exists(self) -> bool:
        """Whether there is such a file or folder."""
        with self._opened() as (system, path):
            return bool(system.exists(path))

    def names(self, *, folders: bool) -> list[str]:
        """Names of the files, or of the folders, inside; none where there is no such folder."""
        kind = "directory" if folders else "file"
        with self._opened() as (system, path):
            try:
                entries = system.ls(path, detail=True)
            except (FileNotFoundError, NotADirectoryError):
                return []
        here = path.rstrip("/")
        inside = [
            str(entry["name"]).rstrip("/")
            for entry in entries
            if entry["type"] == kind and str(entry["name"]).rstrip("/") != here
        ]
        return sorted(name.rpartition("/")[2] for name in inside)

    def fetched(self) -> Fetched:
        """The whole file in memory."""
        with self._opened() as (system, path):
            return Fetched(self, system.cat_file(path))

    def stat(self) -> Stat:
        """Its size and, where the store tells, when it was last changed."""
        with self._opened() as (system, path):
            found = system.info(path)
        when = found.get("mtime") or found.get("LastModified") or found.get("created") or 0.0
        seconds = when.timestamp() if hasattr(when, "timestamp") else when
        nanoseconds = round(1e9 * seconds) if isinstance(seconds, (int, float)) else 0
        return Stat(int(found.get("size") or 0), nanoseconds)

    @contextmanager
    def _opened(self) -> Iterator[tuple[Any, str]]:
        """The file system and the path on it; whatever it raises becomes an ``InputError``."""
        try:
            import fsspec
        except ImportError as error:
            raise MissingExtra.of("dask", needs=f"reading {self} needs fsspec") from error
        try:
            system, path = fsspec.core.url_to_fs(str(self))
        except ImportError as error:
            needs = " ".join(str(error).split())
            raise MissingExtra(f"{self.root}: fsspec needs another library ({needs})") from error
        except ValueError as error:
            raise InputError(f"{self.root}: fsspec knows no such URLs ({error})") from error
        try:
            yield system, path
        except FileNotFoundError:
            missing = FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(self))
            raise InputError(f"{self}: cannot open it ({missing.strerror})") from missing
        except Exception as error:  # stores raise errors of their own
            reason = " ".join(str(error).split()) or type(error).__name__
            raise InputError(f"{self}: cannot read it ({reason})") from error


AnyPath: TypeAlias = Path | RemotePath
"""Where a file or folder is: on this machine, or elsewhere."""


def any_path(path: Any) -> AnyPath:
    """The place that a path or a URL names; TypeError for anything else."""
    if isinstance(path, str) and "://" in path:
        return RemotePath.of(path)
    return path if isinstance(path, RemotePath) else Path(path)


def size_and_time(paths: Sequence[AnyPath]) -> tuple[int, int]:
    """Bytes of these files together, and when the last of them changed in ns; 0 where unknown."""
    found = [_stat(path) for path in paths]
    known = all(changed > 0 for _, changed in found)
    latest = max((changed for _, changed in found), default=0) if known else 0
    return sum(size for size, _ in found), latest


def _stat(path: AnyPath) -> tuple[int, int]:
    try:
        found = path.stat()
    except (OSError, InputError):
        return 0, 0  # reading it says what is wrong
    return found.st_size, found.st_mtime_ns


def at_hand(path: AnyPath) -> Path:
    """The file where readers can read it: a remote one is fetched into memory.

    Raises:
        InputError: it cannot be fetched.
    """
    return path if isinstance(path, Path) else cast("Path", path.fetched())


@dataclass(frozen=True)
class Stat:
    """As of ``os.stat``: bytes, and nanoseconds since 1970."""

    st_size: int
    st_mtime_ns: int


class Fetched(io.BytesIO):
    """The bytes of a remote file, standing where readers take a path, or a file that is open."""

    def __init__(self, path: RemotePath, content: bytes) -> None:
        super().__init__(content)
        self._path = path

    def __str__(self) -> str:
        return str(self._path)

    @property
    def suffix(self) -> str:
        """The suffix of its name."""
        return self._path.suffix

    def open(self, _mode: str) -> io.BytesIO:
        """The file from its beginning."""
        return io.BytesIO(self.getvalue())

    def read_bytes(self) -> bytes:
        """All of it."""
        return self.getvalue()

    def stat(self) -> Stat:
        """Its size."""
        return Stat(len(self.getvalue()), 0)
