"""One file of arrays and a plain record: versioned, checked, without pickle, whole or not at all.

A zip archive of ``.npy`` and ``.json`` members, stored as they are, whose last 64 bytes are the
SHA-256 of all bytes before them: no damage goes unnoticed. Equal content gives equal bytes.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

import numpy as np

from gonogo._version import __version__
from gonogo.errors import InputError
from gonogo.files import open_staged
from gonogo.types import Array

__all__ = ["STATE_VERSION", "read_state", "write_state"]

STATE_VERSION = 2
"""Of the form of the file; grows when an older gonogo could not read it."""

_FORMAT = "gonogo.state"
_HEADER = "gonogo-state.json"
_RECORD = "record.json"
_AGAIN = "copy it again from where it was written, or count its images again"
_DIGEST = 64
_BLOCK = 1 << 20
_UNIX = 3


def write_state(path: Path, record: Any, arrays: Iterable[tuple[str, Array]]) -> Path:
    """Write a record of plain values and named arrays; an older file stays until all is written."""
    staged: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        staged, file = open_staged(path)
        with file:
            _write(file, record, arrays)
            file.flush()
            os.fsync(file.fileno())
        return staged.replace(path)
    except BaseException as error:
        if staged is not None:
            staged.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise InputError(
                f"{path}: cannot write there ({error.strerror or error}); name another place"
            ) from error
        raise


def read_state(path: Path, *, advice: str | None = None) -> tuple[Any, dict[str, Array]]:
    """The record and the arrays that :func:`write_state` wrote.

    ``advice`` says what to do instead of what is to be done about a state by itself.

    Raises:
        InputError: there is no such file, or it is foreign, newer, cut short or damaged.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise InputError(
            f"{path}: cannot read it ({error.strerror or error}); "
            f"{advice or 'expected a saved state'}"
        ) from error
    with file:
        _refuse_foreign(path, file, advice)
        try:
            with zipfile.ZipFile(file) as archive:
                if any(one.compress_type != zipfile.ZIP_STORED for one in archive.infolist()):
                    raise ValueError("its members are packed")  # and may unpack to anything
                header = json.loads(archive.read(_HEADER))
                _refuse_newer(path, header, advice)
                if _digest(file) != archive.comment.decode():
                    raise ValueError("its content does not agree with its digest")
                return json.loads(archive.read(_RECORD)), dict(_arrays(archive))
        except InputError:
            raise
        except MemoryError as error:
            raise InputError(f"{path}: not enough memory to read this saved state") from error
        except Exception as error:  # a damaged archive raises almost anything
            raise InputError(
                f"{path}: this saved state is damaged or cut short ({error}); {advice or _AGAIN}"
            ) from error


def _write(file: IO[bytes], record: Any, arrays: Iterable[tuple[str, Array]]) -> None:
    header = {"format": _FORMAT, "version": STATE_VERSION, "gonogo": __version__}
    with zipfile.ZipFile(file, "w") as archive:
        _add(archive, _HEADER, json.dumps(header).encode())
        _add(archive, _RECORD, json.dumps(record, separators=(",", ":")).encode())
        for name, array in arrays:
            content = io.BytesIO()
            np.lib.format.write_array(content, array, allow_pickle=False)
            _add(archive, f"{name}.npy", content.getbuffer())
        archive.comment = b"0" * _DIGEST
    digest = _digest(file)
    file.seek(-_DIGEST, os.SEEK_END)
    file.write(digest.encode())


def _add(archive: zipfile.ZipFile, name: str, content: bytes | memoryview) -> None:
    """A member that says nothing of the time and the system it was written on."""
    member = zipfile.ZipInfo(name)
    member.create_system = _UNIX
    archive.writestr(member, content)


def _arrays(archive: zipfile.ZipFile) -> Iterable[tuple[str, Array]]:
    for name in archive.namelist():
        if name.endswith(".npy"):
            content = io.BytesIO(archive.read(name))
            array = np.lib.format.read_array(content, allow_pickle=False)
            yield name.removesuffix(".npy"), array


def _digest(file: IO[bytes]) -> str:
    """SHA-256 of all but the last 64 bytes."""
    left = file.seek(0, os.SEEK_END) - _DIGEST
    file.seek(0)
    digest = hashlib.sha256()
    while left > 0 and (block := file.read(min(left, _BLOCK))):
        digest.update(block)
        left -= len(block)
    return digest.hexdigest()


def _refuse_foreign(path: Path, file: IO[bytes], advice: str | None) -> None:
    """A zip archive names its first member from byte 30 on."""
    start = file.read(30 + len(_HEADER))
    if not (start.startswith(b"PK\3\4") and start.endswith(_HEADER.encode())):
        found = "an empty file" if not start else f"a file that begins with {start[:8]!r}"
        raise InputError(
            f"{path}: this is no saved state (found {found}); "
            f"{advice or 'expected a file that gonogo saved'}"
        )


def _refuse_newer(path: Path, header: Any, advice: str | None) -> None:
    version = header["version"]
    if header["format"] != _FORMAT or not isinstance(version, int) or version < 1:
        raise InputError(
            f"{path}: this is no saved state (found {header}); {advice or 'name another file'}"
        )
    if version > STATE_VERSION:
        raise InputError(
            f"{path}: gonogo {header['gonogo']} wrote this state in form {version}, and "
            f"{__version__} reads forms up to {STATE_VERSION}; update gonogo"
            + (f", or {advice}" if advice else "")
        )
