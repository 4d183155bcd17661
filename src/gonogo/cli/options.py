"""What ``gonogo evaluate`` takes: its arguments and options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from gonogo.cli.values import file, folder, number, out_folder, source
from gonogo.errors import InputError

__all__ = [
    "AtFpr",
    "AtRecall",
    "Budget",
    "ByDefect",
    "Categories",
    "Column",
    "Config",
    "Connectivity",
    "Figures",
    "Force",
    "FprLimits",
    "Fresh",
    "GroundTruth",
    "IgnoreValue",
    "ImageScore",
    "ImageThresholds",
    "Images",
    "Json",
    "LayoutName",
    "Maps",
    "MaskSuffixes",
    "MaskValues",
    "ModeName",
    "Name",
    "NoReport",
    "NormalFolders",
    "OnErrorName",
    "Out",
    "Photographs",
    "Pictures",
    "PixelThresholds",
    "Quiet",
    "Resize",
    "Scheduler",
    "TaskName",
    "Workers",
    "columns_of",
]


Maps = Annotated[
    str | None,
    typer.Argument(
        metavar="MAPS",
        parser=source,
        help="Folder of anomaly maps: test/<defect>/<id>.tiff as in MVTec AD, or <name>.tiff; "
        "or a folder of such folders, one for each category. TIFF, NPY, NPZ or grey PNG. "
        "Also a URL such as s3://bucket/maps, a Zarr array (N, H, W), or a CSV file of scores and "
        "labels alone.",
        show_default=False,
    ),
]
GroundTruth = Annotated[
    str | None,
    typer.Argument(
        metavar="GROUND_TRUTH",
        parser=source,
        help="Folder of the data set: ground_truth/<defect>/<id>_mask.png as in MVTec AD, or "
        "<name>.png; or a folder of such folders. PNG, BMP, GIF or TIFF.",
        show_default=False,
    ),
]
Config = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE.yaml",
        parser=file,
        help="Take what is not given here from this file: gonogo's own settings, or those of "
        "anomalib 0.x, of which dataset.path is GROUND_TRUTH and project.path is --out.",
        show_default=False,
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        parser=out_folder,
        help="Write results.json, images.csv, curves.npz, metrics.json and report.html to this "
        "folder.",
        show_default=False,
    ),
]
Figures = Annotated[
    Literal["png", "pdf", "svg"] | None,
    typer.Option(
        metavar="KIND",
        help="Also write figures to --out, as png, pdf or svg: ROC, PR and PRO curves, the "
        "histogram of scores, and the images that say most. Needs the extra plot.",
        show_default=False,
    ),
]
Pictures = Annotated[
    Literal["full", "simple"] | None,
    typer.Option(
        metavar="MODE",
        help="Also write a picture of every image to --out: full, with photograph, mask, heat and "
        "decisions side by side; or simple, the photograph under the heat.",
        show_default=False,
    ),
]
Images = Annotated[
    str | None,
    typer.Option(
        metavar="N|all|none",
        help="Of how many images the report holds a picture; the most telling ones. "
        "[dim]\\[default: 60][/dim]",
        show_default=False,
    ),
]
Photographs = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        parser=folder,
        help="Photographs for the report, which lie in this folder as the maps do in theirs. "
        "[dim]\\[default: those in GROUND_TRUTH, test/<defect>/<id>][/dim]",
        show_default=False,
    ),
]
# An empty metavar: a flag takes no value, and the help is not to name a type for it.
Force = Annotated[
    bool, typer.Option("--force", metavar="", help="Overwrite an earlier run in --out.")
]
NoReport = Annotated[
    bool, typer.Option("--no-report", metavar="", help="Write no report.html to --out.")
]
FprLimits = Annotated[
    list[float] | None,
    typer.Option(
        "--fpr-limit",
        metavar="X",
        parser=number,
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
        metavar="RULE",
        help="Score of an image: max of its map, top-<K> for the mean of its K largest scores, or "
        "a CSV file with the columns image and score. [dim]\\[default: max][/dim]",
        show_default=False,
    ),
]
Column = Annotated[
    list[str] | None,
    typer.Option(
        "--column",
        metavar="WHAT=NAME",
        help="What a column of a CSV file holds, where its name does not say: image, score, label "
        "(1 = anomalous) or category, such as label=gt. label=none: every image is normal. May be "
        "repeated.",
        show_default=False,
    ),
]
Resize = Annotated[
    Literal["nearest", "bilinear", "bicubic"] | None,
    typer.Option(
        metavar="POLICY",
        help="Resize maps to their masks: nearest, bilinear or bicubic. "
        "[dim]\\[default: refuse other sizes][/dim]",
        show_default=False,
    ),
]
Connectivity = Annotated[
    Literal["4", "8"] | None,
    typer.Option(
        metavar="4|8",
        help="Neighbours that join pixels of a mask into one region, for AUPRO. "
        "[dim]\\[default: 8][/dim]",
        show_default=False,
    ),
]
MaskValues = Annotated[
    str | None,
    typer.Option(
        metavar="RULE",
        help="Values of a mask that are anomalous: nonzero, a limit such as '>127', or the values "
        "themselves such as 1,3. [dim]\\[default: 0/1 or 0/255, and refuse others][/dim]",
        show_default=False,
    ),
]
IgnoreValue = Annotated[
    float | None,
    typer.Option(
        metavar="X",
        parser=number,
        help="Pixels whose mask has this value, such as 255, count nowhere.",
        show_default=False,
    ),
]
AtFpr = Annotated[
    list[float] | None,
    typer.Option(
        "--at-fpr",
        metavar="X",
        parser=number,
        help="Also show the true-positive rate, and its threshold, at this false-positive rate; "
        "may be repeated.",
        show_default=False,
    ),
]
AtRecall = Annotated[
    list[float] | None,
    typer.Option(
        "--at-recall",
        metavar="X",
        parser=number,
        help="Also show the false-positive rate and the precision, and their thresholds, at this "
        "recall; may be repeated.",
        show_default=False,
    ),
]
ImageThresholds = Annotated[
    list[float] | None,
    typer.Option(
        "--image-threshold",
        metavar="X",
        parser=number,
        help="Also show the decisions on images at this threshold; may be repeated.",
        show_default=False,
    ),
]
PixelThresholds = Annotated[
    list[float] | None,
    typer.Option(
        "--pixel-threshold",
        metavar="X",
        parser=number,
        help="Also show the decisions on pixels at this threshold; may be repeated.",
        show_default=False,
    ),
]
LayoutName = Annotated[
    Literal["auto", "mvtec", "plain"] | None,
    typer.Option(
        "--layout",
        metavar="NAME",
        help="Layout of the folders: auto, mvtec or plain. [dim]\\[default: auto][/dim]",
        show_default=False,
    ),
]
NormalFolders = Annotated[
    list[str] | None,
    typer.Option(
        "--normal",
        metavar="NAME",
        help="Folder of normal images under test; may be repeated. "
        "[dim]\\[default: good, ok or normal, in any case][/dim]",
        show_default=False,
    ),
]
MaskSuffixes = Annotated[
    list[str] | None,
    typer.Option(
        "--mask-suffix",
        metavar="TEXT",
        help="What names of masks end with, as _m; may be repeated. "
        "[dim]\\[default: _mask, _gt, _label and the like, or nothing][/dim]",
        show_default=False,
    ),
]
TaskName = Annotated[
    Literal["image", "pixel"] | None,
    typer.Option(
        "--task",
        metavar="LEVEL",
        help="image: the image level alone, without masks. pixel: refuse data without masks. "
        "[dim]\\[default: by the masks][/dim]",
        show_default=False,
    ),
]
Name = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="What a single category is called. [dim]\\[default: as its folder][/dim]",
        show_default=False,
    ),
]
ByDefect = Annotated[
    bool,
    typer.Option(
        "--by-defect",
        metavar="",
        help="Also show each defect type against all normal images.",
    ),
]
ModeName = Annotated[
    Literal["auto", "exact", "certified"] | None,
    typer.Option(
        "--mode",
        metavar="NAME",
        help="exact: memory grows with the anomalous pixels alone. certified: pixel metrics as "
        "intervals, in memory that does not grow. auto: exact, or certified if that is too much. "
        "[dim]\\[default: auto][/dim]",
        show_default=False,
    ),
]
Budget = Annotated[
    str | None,
    typer.Option(
        metavar="SIZE",
        help="Memory for counts, such as 64MiB. [dim]\\[default: 64MiB certified, 1GiB for the "
        "anomalous pixels of auto][/dim]",
        show_default=False,
    ),
]
OnErrorName = Annotated[
    Literal["stop", "skip"] | None,
    typer.Option(
        "--on-error",
        metavar="NAME",
        help="At an image that cannot be used: stop, or skip it and list it. "
        "[dim]\\[default: stop][/dim]",
        show_default=False,
    ),
]
Fresh = Annotated[
    bool,
    typer.Option(
        "--fresh", metavar="", help="Start over where an unfinished run in --out would go on."
    ),
]
Workers = Annotated[
    int | None,
    typer.Option(
        "--workers",
        metavar="N",
        min=1,
        help="Count in N processes on this machine. [dim]\\[default: threads of one][/dim]",
        show_default=False,
    ),
]
Scheduler = Annotated[
    str | None,
    typer.Option(
        "--scheduler",
        metavar="ADDRESS",
        help="Count on the Dask cluster with this scheduler, such as tcp://10.0.0.1:8786.",
        show_default=False,
    ),
]
Json = Annotated[
    bool,
    typer.Option(
        "--json", metavar="", help="Print the document of results.json instead of the tables."
    ),
]
Quiet = Annotated[
    bool,
    typer.Option("--quiet", "-q", metavar="", help="Print only errors, and what --json asks for."),
]


def columns_of(texts: list[str] | None) -> dict[str, str] | None:
    """The columns that ``--column`` names, by what they hold."""
    if not texts:
        return None
    found: dict[str, str] = {}
    for text in texts:
        role, sign, name = text.partition("=")
        if not sign or not name or role in found:
            raise InputError(f"--column: found {text!r}; expected once for each, such as label=gt")
        found[role.strip()] = name
    return found
