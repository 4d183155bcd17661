"""The files of a job: thresholds and pictures beside the results of the run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from gonogo.config.job import Job
from gonogo.config.pictures import draw_pictures
from gonogo.config.run import Outcome
from gonogo.documents import document_bytes
from gonogo.drawing import refuse_filled
from gonogo.errors import InputError
from gonogo.results.files import FILES, is_unfinished, refuse_taken, run_files, write_files
from gonogo.thresholds import FILE_NAMES, threshold_document

__all__ = ["picture_folder", "refuse_taken_places", "save_outcome"]


def save_outcome(
    outcome: Outcome,
    *,
    force: bool = False,
    command: Sequence[str] | None = None,
    beside: Mapping[str, bytes] | None = None,
) -> list[Path]:
    """Write what the job asks for; the files, and of the pictures their folder.

    To ``job.out``: ``images/`` with pictures, then ``threshold-image.json`` and
    ``threshold-pixel.json`` with their scales (of several categories, in a folder each) together
    with the files of :meth:`gonogo.Run.save`, ``results.json`` last. Nothing without a folder.
    Where a picture cannot be drawn nothing is written. ``beside`` are more files of the run. What
    an earlier run left there goes, see :meth:`gonogo.Run.save`.

    Raises:
        InputError: a folder holds such files (without ``force``), or cannot be written.
    """
    job, folder = outcome.job, picture_folder(outcome.job)
    refuse_taken_places(job, force=force)
    contents = _threshold_files(outcome) | dict(beside or {})
    if job.out is not None:
        refuse_taken(job.out, force=force, names=(*contents, *FILES))
    written: list[Path] = []
    drawn: list[Path] = []
    if job.pictures is not None and folder is not None:
        try:
            drawn = draw_pictures(outcome, folder, job.pictures.mode)
        except OSError as error:
            raise InputError(
                f"{error.filename or folder}: cannot write there ({error.strerror}); name another "
                "folder"
            ) from error
        written.append(folder)
    if job.out is not None:
        written += write_files(job.out, contents | run_files(outcome.run, command), drawn=drawn)
    return written


def refuse_taken_places(job: Job, *, force: bool) -> None:
    """Refuse a folder for results that holds a run, and one for pictures that is not empty."""
    if job.out is not None:
        refuse_taken(job.out, force=force)
    folder = picture_folder(job)
    if folder is None:
        return
    if job.out is not None and folder == _beside(job.out) and is_unfinished(job.out):
        return  # they are of the run that goes on now, which ended while it wrote them
    refuse_filled(folder, force=force)


def picture_folder(job: Job) -> Path | None:
    """Where the pictures of a job go; None where it asks for none, or names no place."""
    if job.pictures is None:
        return None
    return job.pictures.folder or (job.out and _beside(job.out))


def _beside(out: Path) -> Path:
    """Where pictures go that have no folder of their own."""
    return out / "images"


def _threshold_files(outcome: Outcome) -> dict[str, bytes]:
    several = len(outcome.thresholds) > 1
    return {
        f"{f'{category}/' if several else ''}{FILE_NAMES[level]}": document_bytes(
            threshold_document(threshold, outcome.scales[category].get(level))
        )
        for category, thresholds in outcome.thresholds.items()
        for level, threshold in thresholds.items()
    }
