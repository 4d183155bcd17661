"""``gonogo evaluate --config``: the settings of a file, and options that come before them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gonogo.cli.destination import check_place
from gonogo.cli.drawings import Drawings
from gonogo.cli.output import tell
from gonogo.cli.progress import folder_progress
from gonogo.cli.rates import rate_tables
from gonogo.cli.reporting import Reporting
from gonogo.cli.resuming import completing, going_on
from gonogo.cli.showing import Tables, told_files
from gonogo.results import Run
from gonogo.results.files import destination, lacks_report

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["evaluate_file"]


def evaluate_file(
    config: Path,
    options: Mapping[str, Any],
    drawings: Drawings,
    reporting: Reporting,
    *,
    client: Client | None,
    force: bool,
    fresh: bool,
    command: Sequence[str],
    quiet: bool,
) -> tuple[Run, list[Path], Tables]:
    """The run that the file asks for, the files that were written, and the tables to show."""
    from gonogo.config import (
        Pictures,
        evaluate_job,
        load_job,
        outcome_tables,
        picture_folder,
        refuse_taken_places,
        save_outcome,
    )

    job = load_job(config, **options)
    force = force or (job.out is not None and lacks_report(job.out, command))
    drawings = replace(drawings, figures=drawings.figures or job.figures)
    drawings.check(job.out, force=force)
    reporting.check(job.out)
    if drawings.pictures is not None:
        job = replace(job, pictures=Pictures(drawings.pictures, None))
    for folder in (job.out, picture_folder(job)):
        if folder is not None:
            check_place(folder, apart_from=(job.maps, *job.source.folders))
    refuse_taken_places(job, force=force)
    if job.passed_over and not quiet:
        tell(
            f"note: {config}: passed over, of no use to an evaluation: {', '.join(job.passed_over)}"
        )
    with (
        destination(job.out),
        destination(picture_folder(job)),
        folder_progress(quiet=quiet) as shown,
        going_on(job.out, shown, fresh=fresh, quiet=quiet) as progress,
    ):
        outcome = evaluate_job(job, progress, client=client, checkpoint=job.out, fresh=fresh)
    with completing(job.out):
        beside = drawings.contents(outcome.run)
        files = save_outcome(outcome, force=force, command=command, beside=beside)
        if job.out is not None:
            files = told_files(job.out, files)
            files += reporting.write(outcome.run, job.out, command)
    rates = rate_tables(outcome.run, fpr="at_fpr" in job.named, recall="at_recall" in job.named)
    return outcome.run, files, [*outcome_tables(outcome), *rates]
