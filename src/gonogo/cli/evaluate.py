"""``gonogo evaluate``: from a folder of maps to a table and files."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TypedDict

from gonogo.cli.destination import check_destination
from gonogo.cli.options import (
    AtFpr,
    AtRecall,
    ByDefect,
    Categories,
    Connectivity,
    Force,
    FprLimits,
    GroundTruth,
    ImageScore,
    ImageThresholds,
    Json,
    LayoutName,
    Maps,
    Out,
    PixelThresholds,
    Quiet,
    Resize,
)
from gonogo.cli.output import answer, telling_warnings
from gonogo.cli.progress import folder_progress

__all__ = ["evaluate"]


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
    at_fpr: AtFpr = None,
    at_recall: AtRecall = None,
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
        check_destination(out, force=force, apart_from=(maps, ground_truth))
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
            at_fpr=at_fpr or (0.01, 0.05),
            at_recall=at_recall or (0.95, 0.99),
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

        report = render(run, by_defect=by_defect, at_fpr=bool(at_fpr), at_recall=bool(at_recall))
        answer("\n".join([report, *([""] if files else []), *(f"wrote {file}" for file in files)]))


def _scores(image_score: str) -> _Scores:
    """The option as a file where it names one, else as the rule it spells."""
    file = Path(image_score)
    if file.suffix.lower() == ".csv" or file.is_file():
        return {"image_scores": file}
    return {"image_score": image_score}
