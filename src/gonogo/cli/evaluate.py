"""``gonogo evaluate``: from a folder of maps to a table and files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from gonogo.cli.configured import evaluate_file
from gonogo.cli.destination import check_destination
from gonogo.cli.output import telling_warnings
from gonogo.cli.progress import folder_progress
from gonogo.cli.showing import Tables, show_run
from gonogo.errors import InputError
from gonogo.results import Run

__all__ = ["evaluate"]

Maps = Annotated[
    Path | None,
    typer.Argument(
        metavar="MAPS",
        help="Folder of anomaly maps: test/<defect>/<id>.tiff as in MVTec AD, or <name>.tiff; "
        "or a folder of such folders, one for each category. TIFF, NPY, NPZ or grey PNG.",
        show_default=False,
    ),
]
GroundTruth = Annotated[
    Path | None,
    typer.Argument(
        metavar="GROUND_TRUTH",
        help="Folder of the data set: ground_truth/<defect>/<id>_mask.png as in MVTec AD, or "
        "<name>.png; or a folder of such folders. PNG, BMP, GIF or TIFF.",
        show_default=False,
    ),
]
Config = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE.yaml",
        help="Take what is not given here from this file: gonogo's own settings, or those of "
        "anomalib 0.x, of which dataset.path is GROUND_TRUTH and project.path is --out.",
        show_default=False,
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        readable=False,
        help="Write results.json, images.csv, curves.npz and metrics.json to this folder.",
        show_default=False,
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Overwrite an earlier run in --out.")]
FprLimits = Annotated[
    list[float] | None,
    typer.Option(
        "--fpr-limit",
        metavar="X",
        help="Limit of AUPRO, in (0, 1]; may be repeated. [dim]\\[default: 0.3 and 0.05][/dim]",
        show_default=False,
    ),
]
Categories = Annotated[
    list[str] | None,
    typer.Option(
        "--category",
        metavar="NAME",
        help="Evaluate this category; may be repeated. [dim]\\[default: all][/dim]",
        show_default=False,
    ),
]
ImageScore = Annotated[
    str | None,
    typer.Option(
        metavar="max|top-K|FILE.csv",
        help="Score of an image: maximum of its map, mean of its K largest scores, or given in a "
        "CSV file with the columns image and score. [dim]\\[default: max][/dim]",
        show_default=False,
    ),
]
Resize = Annotated[
    Literal["nearest", "bilinear", "bicubic"] | None,
    typer.Option(
        help="Resize maps to their masks. [dim]\\[default: refuse other sizes][/dim]",
        show_default=False,
    ),
]
Connectivity = Annotated[
    Literal["4", "8"] | None,
    typer.Option(
        help="Neighbours that join pixels of a mask into one region, for AUPRO. "
        "[dim]\\[default: 8][/dim]",
        show_default=False,
    ),
]
ImageThresholds = Annotated[
    list[float] | None,
    typer.Option(
        "--image-threshold",
        metavar="X",
        help="Also show the decisions on images at this threshold; may be repeated.",
        show_default=False,
    ),
]
PixelThresholds = Annotated[
    list[float] | None,
    typer.Option(
        "--pixel-threshold",
        metavar="X",
        help="Also show the decisions on pixels at this threshold; may be repeated.",
        show_default=False,
    ),
]
LayoutName = Annotated[
    Literal["auto", "mvtec", "plain"] | None,
    typer.Option(
        "--layout",
        help="How the folders are laid out. [dim]\\[default: auto][/dim]",
        show_default=False,
    ),
]
ByDefect = Annotated[
    bool, typer.Option("--by-defect", help="Also show each defect type against all normal images.")
]
Json = Annotated[
    bool, typer.Option("--json", help="Print the document of results.json instead of the table.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")]


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
    resize: Resize = None,
    connectivity: Connectivity = None,
    image_threshold: ImageThresholds = None,
    pixel_threshold: PixelThresholds = None,
    layout: LayoutName = None,
    by_defect: ByDefect = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Score the anomaly maps of a folder against its ground truth.

    Every standard image and pixel metric, exact, for each category and their mean.

    [bold]Examples[/bold]

    gonogo evaluate maps/ mvtec/ --out run/

    gonogo evaluate maps/bottle mvtec/bottle --fpr-limit 0.3 --fpr-limit 0.01 --by-defect

    gonogo evaluate maps/ masks/ --image-score scores.csv --json > results.json

    gonogo evaluate maps/ --config settings.yaml
    """
    given = {
        "maps": maps,
        "ground_truth": ground_truth,
        "categories": category,
        "fpr_limits": fpr_limit,
        "resize": resize,
        "connectivity": None if connectivity is None else int(connectivity),
        "image_thresholds": image_threshold,
        "pixel_thresholds": pixel_threshold,
        "layout": layout,
        **_scores(image_score),
    }
    options = {name: value for name, value in given.items() if value not in (None, [])}
    command = ["gonogo", *sys.argv[1:]]
    with telling_warnings(undefined=as_json and not quiet, others=not quiet):
        if config is None:
            run, files = _of_folders(options, out, force=force, command=command, quiet=quiet)
            tables: Tables = ()
        else:
            run, files, tables = evaluate_file(
                config, {**options, "out": out}, force=force, command=command, quiet=quiet
            )
    show_run(run, files, tables, command=command, by_defect=by_defect, as_json=as_json, quiet=quiet)


def _of_folders(
    options: dict[str, Any], out: Path | None, *, force: bool, command: list[str], quiet: bool
) -> tuple[Run, list[Path]]:
    """The run of two folders, and the files that were written."""
    from gonogo.datasets import evaluate_folder

    for name in ("maps", "ground_truth"):
        if name not in options:
            raise InputError(
                f"{name.upper()}: found none; expected two folders, MAPS and GROUND_TRUTH, or "
                "--config FILE.yaml (see gonogo evaluate --help)"
            )
    if out is not None:
        check_destination(out, force=force)
    with folder_progress(quiet=quiet) as progress:
        run = evaluate_folder(progress=progress, **options)
    return run, [] if out is None else run.save(out, force=force, command=command)


def _scores(image_score: str | None) -> dict[str, Any]:
    """The option as a file where it names one, else as the rule it spells."""
    if image_score is None:
        return {}
    file = Path(image_score)
    if file.suffix.lower() == ".csv" or file.is_file():
        return {"image_scores": file}
    return {"image_score": image_score}
