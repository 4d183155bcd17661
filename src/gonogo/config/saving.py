"""The files of a job: thresholds and pictures beside the results of the run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from gonogo.config.pictures import draw_pictures
from gonogo.config.run import Outcome
from gonogo.errors import InputError
from gonogo.results.files import refuse_taken

__all__ = ["save_outcome"]


def save_outcome(
    outcome: Outcome, *, force: bool = False, command: Sequence[str] | None = None
) -> list[Path]:
    """Write what the job asks for; the files, and of the pictures their folder.

    To ``job.out``: ``threshold-image.json`` and ``threshold-pixel.json`` with their scales (of
    several categories, in a folder each), ``images/`` with pictures, and the files of
    :meth:`gonogo.Run.save`, ``results.json`` last. Nothing without a folder.

    Raises:
        InputError: the folder holds a run (without ``force``), or cannot be written.
    """
    out, pictures = outcome.job.out, outcome.job.pictures
    written: list[Path] = []
    try:
        if out is not None:
            refuse_taken(out, force=force)
            written += _thresholds(outcome, out)
        folder = None if pictures is None else pictures.folder or (out and out / "images")
        if pictures is not None and folder is not None:
            draw_pictures(outcome, folder, pictures.mode)
            written.append(folder)
    except OSError as error:
        raise InputError(
            f"{error.filename or out}: cannot write there ({error.strerror}); name another folder"
        ) from error
    if out is not None:
        written += outcome.run.save(out, force=force, command=command)
    return written


def _thresholds(outcome: Outcome, out: Path) -> list[Path]:
    several = len(outcome.thresholds) > 1
    written = []
    for category, thresholds in outcome.thresholds.items():
        folder = out / category if several else out
        for level, threshold in thresholds.items():
            folder.mkdir(parents=True, exist_ok=True)
            scale = outcome.scales[category].get(level)
            path = folder / f"threshold-{level}.json"
            written.append(threshold.save(path, normalization=scale))
    return written
