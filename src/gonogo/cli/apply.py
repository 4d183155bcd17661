"""``gonogo apply``: go or no-go for new maps."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from gonogo.cli.destination import check_place
from gonogo.cli.image_score import image_score_of
from gonogo.cli.options import Column, columns_of
from gonogo.cli.output import answer, one_line, tell, telling_warnings
from gonogo.cli.progress import folder_progress
from gonogo.cli.skipped import skipped_lines
from gonogo.cli.values import folder, out_folder, source_path
from gonogo.errors import InputError

__all__ = ["apply"]

_SKIPPED = "skipped.csv of --out lists"
FOUND = 3
"""The exit code of --fail-on-anomaly."""

ThresholdFile = Annotated[
    Path,
    typer.Argument(
        metavar="THRESHOLD",
        parser=source_path,
        help="File that gonogo threshold --out wrote, or the folder of a run of gonogo evaluate "
        "--config; of several categories each decides on the folder of MAPS of its name. Also the "
        "metadata.json of an exported anomalib model (thresholds of raw scores), or a number.",
        show_default=False,
    ),
]
Maps = Annotated[
    Path,
    typer.Argument(
        metavar="MAPS",
        parser=folder,
        help="Folder of anomaly maps, at any depth: TIFF, NPY, NPZ or grey PNG. Or a CSV file of "
        "image scores.",
        show_default=False,
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        parser=out_folder,
        help="Write decisions.csv, and masks and maps where there are, to this folder. "
        "[dim]\\[default: print the decisions][/dim]",
        show_default=False,
    ),
]
Masks = Annotated[
    Path | None,
    typer.Option(
        metavar="PIXEL.json",
        parser=source_path,
        help="Pixel threshold for the masks, where THRESHOLD decides on images.",
        show_default=False,
    ),
]
Scale = Annotated[
    Literal["min_max", "cdf", "divide_by_threshold", "none"] | None,
    typer.Option(
        "--normalise",
        metavar="SCALE",
        help="Scale for scores and maps: min_max, cdf, divide_by_threshold or none. "
        "[dim]\\[default: the one in the file, if any][/dim]",
        show_default=False,
    ),
]
ImageScore = Annotated[
    str | None,
    typer.Option(
        metavar="RULE",
        help="Score of an image, at image level: max, top-<K> or a CSV file, as for gonogo "
        "evaluate. [dim]\\[default: as when the threshold was "
        "fitted][/dim]",
        show_default=False,
    ),
]
Level = Annotated[
    Literal["image", "pixel"] | None,
    typer.Option(
        metavar="LEVEL",
        help="image or pixel: what a number, or a metadata.json, decides on. "
        "[dim]\\[default: image][/dim]",
        show_default=False,
    ),
]
MinArea = Annotated[
    int | None,
    typer.Option(
        "--min-area",
        metavar="N",
        min=1,
        help="At pixel level: an image is anomalous only if a connected region (8 neighbours) of "
        "at least N pixels reaches the threshold; smaller ones are left out of masks. "
        "[dim]\\[default: the one in the file, else 1][/dim]",
        show_default=False,
    ),
]
Resize = Annotated[
    str | None,
    typer.Option(
        metavar="POLICY=HxW",
        help="Resize every map first, as gonogo evaluate --resize did to the size of the masks, "
        "for example bilinear=900x900.",
        show_default=False,
    ),
]
Format = Annotated[
    Literal["plain", "mvtec-ad2"],
    typer.Option(
        "--format",
        metavar="NAME",
        help="plain, or mvtec-ad2 for the submission of that benchmark, as tar.gz.",
    ),
]
OnErrorName = Annotated[
    Literal["stop", "skip"],
    typer.Option(
        "--on-error",
        metavar="NAME",
        help="At a map that cannot be used: stop, or skip it and list it.",
    ),
]
FailOnAnomaly = Annotated[
    bool,
    typer.Option(
        "--fail-on-anomaly", metavar="", help=f"Exit with {FOUND} if an image is anomalous."
    ),
]
Force = Annotated[
    bool,
    typer.Option("--force", metavar="", help="Begin anew in a folder that holds other decisions."),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", metavar="", help="Print nothing but errors.")]


def apply(
    threshold: ThresholdFile,
    maps: Maps,
    *,
    out: Out = None,
    masks: Masks = None,
    normalise: Scale = None,
    image_score: ImageScore = None,
    column: Column = None,
    level: Level = None,
    min_area: MinArea = None,
    resize: Resize = None,
    output_format: Format = "plain",
    on_error: OnErrorName = "stop",
    fail_on_anomaly: FailOnAnomaly = False,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Decide on new anomaly maps: which images are anomalous, and where.

    An interrupted run goes on where it stopped: what is there and whole is not done again.

    [bold]Examples[/bold]

    gonogo apply threshold.json maps/ --fail-on-anomaly

    gonogo apply image.json maps/ --masks pixel.json --out decided/

    gonogo apply run/ maps/ --out decided/

    gonogo apply pixel.json maps/ --min-area 20

    gonogo apply metadata.json maps/

    gonogo apply threshold.json scores.csv

    gonogo apply pixel.json maps/ --format mvtec-ad2 --out submit/
    """
    from gonogo.deployment import apply_folder, decision_table

    if out is not None:
        check_place(out)
    with (
        telling_warnings(undefined=not quiet, others=not quiet),
        folder_progress(quiet=quiet) as progress,
    ):
        done = apply_folder(
            threshold,
            maps,
            out,
            masks=masks,
            normalization=normalise,
            image_score=None if image_score is None else image_score_of(image_score),
            columns=columns_of(column),
            level=level,
            min_area=min_area,
            resize=_size_of(resize),
            output_format=output_format,
            on_error=on_error,
            force=force,
            progress=progress,
        )
    if not quiet:
        summary = f"{done.anomalous} of {len(done.decisions)} images anomalous"
        if done.earlier:
            summary += f" ({done.earlier} decided earlier)"
        skipped = list(skipped_lines(done.skipped, maps.name, _SKIPPED))
        files = [f"wrote {one_line(file)}" for file in done.files]
        files += [
            f"wrote {one_line(folder)} ({count} files)" for folder, count in done.folders.items()
        ]
        if files:
            answer("\n".join([summary, *skipped, *files]))
        else:
            answer(decision_table(done.decisions), data=True)
            if skipped:
                tell("\n".join(["warning: " + skipped[0], *skipped[1:]]))
    if fail_on_anomaly and done.anomalous:
        raise typer.Exit(FOUND)


def _size_of(text: str | None) -> Any:
    """The policy and the size that ``--resize`` names."""
    if text is None:
        return None
    found = re.fullmatch(r"(nearest|bilinear|bicubic)=([1-9][0-9]{0,5})x([1-9][0-9]{0,5})", text)
    if found is None:
        raise InputError(
            f"--resize: found {text!r}; expected a policy and the height and width that the maps "
            "were evaluated at, such as bilinear=900x900 (nearest, bilinear or bicubic)"
        )
    return found[1], (int(found[2]), int(found[3]))
