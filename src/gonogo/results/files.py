"""The files of a run, each of which appears whole or not at all."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gonogo._check import PIXEL_COLUMNS, count_column, escaped_cell
from gonogo.errors import InputError
from gonogo.files import REPORT, proved_folder, remove_files, write_all
from gonogo.results.earlier import files_of_run
from gonogo.results.mvtec import mvtec_document
from gonogo.types import ROW_FACTS, ImageRow

if TYPE_CHECKING:
    from gonogo.results.record import Run

__all__ = [
    "FILES",
    "UNFINISHED",
    "destination",
    "is_unfinished",
    "lacks_report",
    "mark_unfinished",
    "refuse_taken",
    "run_files",
    "save_run",
    "write_files",
]

UNFINISHED = ".gonogo-checkpoint"
"""A folder beside the files of a run that is not complete."""
_LAST = "results.json"
FILES = ("images.csv", "curves.npz", "metrics.json", _LAST)
"""Every file of a run; the last one marks it complete."""


def save_run(
    run: Run,
    folder: Path,
    *,
    force: bool,
    command: Sequence[str] | None = None,
    beside: Mapping[str, bytes] | None = None,
    drawn: Collection[Path] = (),
) -> list[Path]:
    """Write every file of a run and those ``beside`` it, the one that marks it complete last.

    ``drawn`` are files of this run that are there already.
    """
    contents = dict(beside or {})
    refuse_taken(folder, force=force, names=(*contents, *FILES))
    return write_files(folder, contents | run_files(run, command), drawn=drawn)


def run_files(run: Run, command: Sequence[str] | None = None) -> dict[str, bytes]:
    """The content of every file of a run, by name, the one that marks it complete last."""
    contents = (
        _images_csv(run).encode(errors="surrogateescape"),
        _curves(run),
        _json(mvtec_document(run), indent=4),
        _json(run.to_dict(command=command), indent=2),
    )
    return dict(zip(FILES, contents, strict=True))


def write_files(
    folder: Path, contents: Mapping[str, bytes], *, drawn: Collection[Path] = ()
) -> list[Path]:
    """Write all of them or none; see :func:`gonogo.files.write_all`.

    The report, thresholds, figures and pictures of a run that they replace go with it, but for
    those ``drawn`` before for the new one.
    """
    replaced = _LAST in contents and (folder / _LAST).exists()
    earlier = files_of_run(folder) if replaced else set()
    try:
        written = write_all(folder, contents)
        if replaced:
            (folder / REPORT).unlink(missing_ok=True)
            remove_files(earlier - {*written, *drawn}, folder)
        return written
    except OSError as error:
        raise _not_writable(folder, error) from error


@contextmanager
def destination(folder: Path | None) -> Iterator[None]:
    """Refuse a folder that no file can be written to, before the work in the block is done.

    A folder that was made to find that out goes again if nothing was written to it.
    """
    with ExitStack() as proved:
        if folder is not None:
            try:
                proved.enter_context(proved_folder(folder))
            except OSError as error:
                raise _not_writable(folder, error) from error
        yield


def refuse_taken(folder: Path, *, force: bool, names: Sequence[str] = FILES) -> None:
    """Refuse a folder that holds a run or a file of these names, or something that is no folder."""
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder}: found a file; expected a folder, or a name not yet taken")
    taken = [name for name in names if (folder / name).exists()]
    if _LAST in {*names} - {*taken} and is_unfinished(folder):
        return  # they are of the run that goes on now, which ended while it wrote them
    if taken and not force:
        found = "the results of an earlier run" if _LAST in taken else ", ".join(taken)
        raise InputError(
            f"{folder}: found {found}; name another folder, or overwrite with force=True"
        )


def is_unfinished(folder: Path) -> bool:
    """Whether a run there was stopped, and goes on when it is started again."""
    return (folder / UNFINISHED).is_dir() and not (folder / _LAST).exists()


def lacks_report(folder: Path, command: Sequence[str]) -> bool:
    """Whether the same command was stopped there between the results and the end of the run."""
    try:
        document = json.loads((folder / _LAST).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    same = isinstance(document, dict) and document.get("command") == list(command)
    return same and (folder / UNFINISHED).is_dir()


def mark_unfinished(folder: Path) -> None:
    """Mark a run as not complete while its files are written; the mark goes with the checkpoint."""
    try:
        (folder / UNFINISHED).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _not_writable(folder, error) from error


def _not_writable(folder: Path, error: OSError) -> InputError:
    reason = error.strerror or error
    return InputError(f"{folder}: cannot write there ({reason}); name another folder")


def _json(document: object, *, indent: int) -> bytes:
    text = json.dumps(document, indent=indent, ensure_ascii=False, allow_nan=False)
    return f"{text}\n".encode(errors="backslashreplace")  # a file's name need not be UTF-8


def _images_csv(run: Run) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    thresholds = run.settings.pixel_thresholds
    at = [count_column(name, threshold) for threshold in thresholds for name in PIXEL_COLUMNS]
    writer.writerow(["category", *ROW_FACTS, *at])
    for category, result in run.categories.items():
        for row in result.images:
            values = map(_cell, row.facts())
            writer.writerow([escaped_cell(category), *values, *_counts_at(row, thresholds)])
    return text.getvalue()


def _counts_at(row: ImageRow, thresholds: Sequence[float]) -> Iterator[float | str]:
    """Counts and rates of an image's pixels at each threshold; empty where there is no value."""
    for threshold in thresholds:
        counts = row.at_threshold.get(threshold)
        for name in PIXEL_COLUMNS:
            value = math.nan if counts is None else getattr(counts, name)
            yield "" if math.isnan(value) else value


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return int(value)
    return escaped_cell(value) if isinstance(value, str) else value


def _curves(run: Run) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **run.curves)  # type: ignore[arg-type]
    return buffer.getvalue()
