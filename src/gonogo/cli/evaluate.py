"""``gonogo evaluate``: from a folder of maps to a table and files."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Literal, TypedDict

import typer

from gonogo.cli.destination import check_destination
from gonogo.cli.output import answer, telling_warnings
from gonogo.cli.progress import folder_progress

__all__ = ["evaluate"]

Maps = Annotated[
    Path,
    typer.Argument(
        metavar="MAPS",
        help="Folder of anomaly maps: test/<defect>/<id>.tiff as in MVTec AD, or <name>.tiff; "
        "or a folder of such folders, one for each category. TIFF, NPY, NPZ or grey PNG.",
        show_default=False,
    ),
]
GroundTruth = Annotated[
    Path,
    typer.Argument(
        metavar="GROUND_TRUTH",
        help="Folder of the data set: ground_truth/<defect>/<id>_mask.png as in MVTec AD, or "
        "<name>.png; or a folder of such folders. PNG, BMP, GIF or TIFF.",
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
    str,
    typer.Option(
        metavar="max|top-K|FILE.csv",
        help="Score of an image: maximum of its map, mean of its K largest scores, or given in a "
        "CSV file with the columns image and score.",
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
    Literal["4", "8"],
    typer.Option(help="Neighbours that join pixels of a mask into one region, for AUPRO."),
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
    Literal["auto", "mvtec", "plain"],
    typer.Option("--layout", help="How the folders are laid out."),
]
ByDefect = Annotated[
    bool, typer.Option("--by-defect", help="Also show each defect type against all normal images.")
]
Json = Annotated[
    bool, typer.Option("--json", help="Print the document of results.json instead of the table.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")]


class _Scores(TypedDict, total=False):
    image_score: str
    image_scores: Path


def evaluate(
    maps: Maps,
    ground_truth: GroundTruth,
    *,
    out: Out = None,
    force: Force = False,
    fpr_limit: FprLimits = None,
    category: Categories = None,
    image_score: ImageScore = "max",
    resize: Resize = None,
    connectivity: Connectivity = "8",
    image_threshold: ImageThresholds = None,
    pixel_threshold: PixelThresholds = None,
    layout: LayoutName = "auto",
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
    """
    from gonogo.datasets import evaluate_folder

    if out is not None:
        check_destination(out, force=force)
    with (
        telling_warnings(undefined=as_json and not quiet, others=not quiet),
        folder_progress(quiet=quiet) as progress,
    ):
        run = evaluate_folder(
            maps,
            ground_truth,
            categories=category or None,
            fpr_limits=fpr_limit or (0.3, 0.05),
            connectivity=4 if connectivity == "4" else 8,
            resize=resize,
            image_thresholds=image_threshold or (),
            pixel_thresholds=pixel_threshold or (),
            layout=layout,
            progress=progress,
            **_scores(image_score),
        )
    command = ["gonogo", *sys.argv[1:]]
    files = [] if out is None else run.save(out, force=force, command=command)
    if as_json:
        answer(json.dumps(run.to_dict(command=command), indent=2, allow_nan=False))
    elif not quiet:
        from gonogo.cli.tables import render

        report = render(run, by_defect=by_defect)
        answer("\n".join([report, *([""] if files else []), *(f"wrote {file}" for file in files)]))


def _scores(image_score: str) -> _Scores:
    """The option as a file where it names one, else as the rule it spells."""
    file = Path(image_score)
    if file.suffix.lower() == ".csv" or file.is_file():
        return {"image_scores": file}
    return {"image_score": image_score}
