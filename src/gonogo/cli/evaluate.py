"""``gonogo evaluate``: from a folder of maps to a table and files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gonogo.cli.configured import evaluate_file
from gonogo.cli.destination import check_destination
from gonogo.cli.drawings import Drawings
from gonogo.cli.image_score import image_score_of
from gonogo.cli.options import (
    AtFpr,
    AtRecall,
    Budget,
    ByDefect,
    Categories,
    Column,
    Config,
    Connectivity,
    Figures,
    Force,
    FprLimits,
    Fresh,
    GroundTruth,
    IgnoreValue,
    Images,
    ImageScore,
    ImageThresholds,
    Json,
    LayoutName,
    Maps,
    MaskSuffixes,
    MaskValues,
    ModeName,
    Name,
    NoReport,
    NormalFolders,
    OnErrorName,
    Out,
    Photographs,
    Pictures,
    PixelThresholds,
    Quiet,
    Resize,
    Scheduler,
    TaskName,
    Workers,
    columns_of,
)
from gonogo.cli.output import telling_warnings
from gonogo.cli.progress import folder_progress
from gonogo.cli.rates import rate_tables
from gonogo.cli.reporting import Reporting
from gonogo.cli.resuming import completing, going_on
from gonogo.cli.showing import Tables, show_run, told_files
from gonogo.cli.workers import cluster, evaluator
from gonogo.errors import InputError
from gonogo.results import Run
from gonogo.results.files import destination, lacks_report

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["evaluate"]


def evaluate(
    maps: Maps = None,
    ground_truth: GroundTruth = None,
    *,
    config: Config = None,
    out: Out = None,
    force: Force = False,
    fpr_limit: FprLimits = None,
    category: Categories = None,
    image_score: ImageScore = None,
    column: Column = None,
    resize: Resize = None,
    mask_values: MaskValues = None,
    ignore_value: IgnoreValue = None,
    connectivity: Connectivity = None,
    at_fpr: AtFpr = None,
    at_recall: AtRecall = None,
    image_threshold: ImageThresholds = None,
    pixel_threshold: PixelThresholds = None,
    layout: LayoutName = None,
    normal: NormalFolders = None,
    mask_suffix: MaskSuffixes = None,
    task: TaskName = None,
    name: Name = None,
    mode: ModeName = None,
    budget: Budget = None,
    on_error: OnErrorName = None,
    fresh: Fresh = False,
    workers: Workers = None,
    scheduler: Scheduler = None,
    by_defect: ByDefect = False,
    figures: Figures = None,
    pictures: Pictures = None,
    images: Images = None,
    photographs: Photographs = None,
    no_report: NoReport = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Score the anomaly maps of a folder against its ground truth.

    Every standard image and pixel metric, exact, for each category and their mean.

    [bold]Examples[/bold]

    gonogo evaluate maps/ mvtec/ --out run/

    gonogo evaluate maps/bottle mvtec/bottle --fpr-limit 0.3 --fpr-limit 0.01 --by-defect

    gonogo evaluate maps/ masks/ --image-score scores.csv --json > results.json

    gonogo evaluate scores.csv --out run/

    gonogo evaluate s3://bucket/maps s3://bucket/mvtec --workers 8

    gonogo evaluate maps/ --config settings.yaml

    gonogo evaluate maps/ mvtec/ --out run/ --figures pdf
    """
    from gonogo.datasets import is_table

    drawings = Drawings(figures, pictures)
    reporting = Reporting(images, photographs, no_report)
    given = {
        "maps": maps,
        "ground_truth": ground_truth,
        "categories": category,
        "columns": columns_of(column),
        "fpr_limits": fpr_limit,
        "resize": resize,
        "mask_values": mask_values,
        "ignore_value": ignore_value,
        "connectivity": None if connectivity is None else int(connectivity),
        "at_fpr": at_fpr,
        "at_recall": at_recall,
        "image_thresholds": image_threshold,
        "pixel_thresholds": pixel_threshold,
        "layout": layout,
        "normal": normal,
        "mask_suffix": mask_suffix,
        "task": task,
        "name": name,
        "mode": mode,
        "budget": budget,
        "on_error": on_error,
        **_scores(image_score),
    }
    options = {key: value for key, value in given.items() if value not in (None, [])}
    command = ["gonogo", *sys.argv[1:]]
    table = config is None and maps is not None and is_table(maps)
    if table:
        for_maps = (
            ("--workers", workers),
            ("--scheduler", scheduler),
            ("--pictures", pictures),
            ("--photographs", photographs),
        )
        _refuse_for_table(options | {name: one for name, one in for_maps if one is not None})
    with (
        telling_warnings(undefined=as_json and not quiet, others=not quiet),
        cluster(workers=workers, scheduler=scheduler) as client,
    ):
        if table:
            run, files = _of_table(options, out, drawings, reporting, force=force, command=command)
            tables: Tables = rate_tables(run, fpr=bool(at_fpr), recall=bool(at_recall))
        elif config is None:
            run, files = _of_folders(
                options,
                out,
                drawings,
                reporting,
                client=client,
                force=force,
                fresh=fresh,
                command=command,
                quiet=quiet,
            )
            tables = rate_tables(run, fpr=bool(at_fpr), recall=bool(at_recall))
        else:
            run, files, tables = evaluate_file(
                config,
                {**options, "out": out},
                drawings,
                reporting,
                client=client,
                force=force,
                fresh=fresh,
                command=command,
                quiet=quiet,
            )
    show_run(run, files, tables, command=command, by_defect=by_defect, as_json=as_json, quiet=quiet)
    reporting.finish()


def _of_table(
    options: dict[str, Any],
    out: Path | None,
    drawings: Drawings,
    reporting: Reporting,
    *,
    force: bool,
    command: list[str],
) -> tuple[Run, list[Path]]:
    """The run of a file of scores and labels, and the files that were written."""
    from gonogo.datasets import evaluate_table

    force = force or (out is not None and lacks_report(out, command))
    drawings.check(out, force=force)
    reporting.check(out)
    if out is not None:
        check_destination(out, force=force, apart_from=[])
    with destination(out):
        run = evaluate_table(options.pop("maps"), **options)
    return run, _saved(run, out, drawings, reporting, force=force, command=command)


_OF_TABLES = {"maps", "columns", "categories", "at_fpr", "at_recall", "image_thresholds"}


def _refuse_for_table(options: dict[str, Any]) -> None:
    """Refuse what is given for maps, where there is a file of scores in their place."""
    from gonogo.datasets import refuse_for_table

    if "ground_truth" in options:
        raise InputError(
            f"MAPS: found {options['maps']}, a file of scores, and a GROUND_TRUTH; give the file "
            "alone, with its labels inside, or MAPS and GROUND_TRUTH with --image-score FILE.csv"
        )
    refuse_for_table(options["maps"], [name for name in options if name not in _OF_TABLES])


def _of_folders(
    options: dict[str, Any],
    out: Path | None,
    drawings: Drawings,
    reporting: Reporting,
    *,
    client: Client | None,
    force: bool,
    fresh: bool,
    command: list[str],
    quiet: bool,
) -> tuple[Run, list[Path]]:
    """The run of two folders, and the files that were written."""
    for name in ("maps", "ground_truth"):
        if name not in options:
            raise InputError(
                f"{name.upper()}: found none; expected two folders, MAPS and GROUND_TRUTH, "
                "a file of scores and labels, or --config FILE.yaml (see gonogo evaluate --help)"
            )
    force = force or (out is not None and lacks_report(out, command))
    drawings.check(out, force=force)
    reporting.check(out)
    if out is not None:
        data = _folders(options["maps"], options["ground_truth"])
        check_destination(out, force=force, apart_from=data)
    with (
        destination(out),
        folder_progress(quiet=quiet) as shown,
        going_on(out, shown, fresh=fresh, quiet=quiet) as progress,
    ):
        run = evaluator(client)(
            options.pop("maps"),
            options.pop("ground_truth"),
            checkpoint=out,
            fresh=fresh,
            progress=progress,
            **options,
        )
    return run, _saved(run, out, drawings, reporting, force=force, command=command)


def _saved(
    run: Run,
    out: Path | None,
    drawings: Drawings,
    reporting: Reporting,
    *,
    force: bool,
    command: list[str],
) -> list[Path]:
    """The files of a run that were written to ``--out``, if that is given."""
    if out is None:
        return []
    with completing(out):
        contents = drawings.contents(run)
        drawn = drawings.draw(run, out)
        saved = run.save(out, force=force, command=command, beside=contents, drawn=drawn)
        files = told_files(out, [*drawn, *saved])
        files += reporting.write(run, out, command)
    return files


def _folders(*sources: str) -> list[Path]:
    """Those that are on this machine."""
    return [Path(source) for source in sources if "://" not in source]


def _scores(image_score: str | None) -> dict[str, Any]:
    """The option as a file where it names one, else as the rule it spells."""
    if image_score is None:
        return {}
    found = image_score_of(image_score)
    return {"image_scores" if isinstance(found, Path) else "image_score": found}
