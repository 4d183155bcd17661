"""``gonogo threshold``: from scores to the number that a detector ships with."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypedDict

import typer

from gonogo.cli.destination import check_place
from gonogo.cli.image_score import image_score_of
from gonogo.cli.options import (
    Column,
    IgnoreValue,
    MaskSuffixes,
    MaskValues,
    NormalFolders,
    Resize,
    TaskName,
    columns_of,
)
from gonogo.cli.output import answer, one_line, tell, telling_warnings
from gonogo.cli.progress import folder_progress
from gonogo.cli.threshold_report import comparison, report
from gonogo.cli.values import folder, number, out_file, source_path
from gonogo.errors import InputError

if TYPE_CHECKING:
    from gonogo.thresholds import Threshold, ThresholdLevel
    from gonogo.thresholds.policy import Policy

__all__ = ["threshold"]

Source = Annotated[
    Path,
    typer.Argument(
        metavar="RUN|SCORES.csv|MAPS",
        parser=source_path,
        help="Folder that gonogo evaluate --out wrote; CSV file with a column of scores and one of "
        "labels (without labels all images are normal); or folder of anomaly maps.",
        show_default=False,
    ),
]
Policies = Annotated[
    list[str],
    typer.Option(
        "--policy",
        "-p",
        metavar="POLICY",
        help="f1, fbeta=2, youden, corner, recall>=1, precision>=0.9, cost=10:1 (a miss costs 10 "
        "false alarms) need anomalies; fpr<=0.01, conformal=0.05, quantile=0.995, max, sigma=3, "
        "mad=3 do not; manual=0.5, or a FILE.json with a threshold (of gonogo, or "
        "anomalib's metadata.json), shows what a number achieves. Several are compared.",
        show_default=False,
    ),
]
Level = Annotated[
    Literal["image", "pixel"] | None,
    typer.Option(
        metavar="LEVEL",
        help="Decide on image or on pixel level. "
        "[dim]\\[default: pixel for maps, else image][/dim]",
        show_default=False,
    ),
]
Confidence = Annotated[
    float | None,
    typer.Option(
        metavar="X",
        parser=number,
        help="Let recall>=, precision>= and fpr<= hold for new data with this confidence, for "
        "example 0.95. [dim]\\[default: in these scores][/dim]",
        show_default=False,
    ),
]
Midpoint = Annotated[
    bool,
    typer.Option(
        "--midpoint", metavar="", help="Half-way between two scores instead of on one of them."
    ),
]
MinArea = Annotated[
    int | None,
    typer.Option(
        "--min-area",
        metavar="N",
        min=1,
        help="At pixel level: let gonogo apply flag an image only for a connected region (8 "
        "neighbours) of at least N pixels. [dim]\\[default: that of a FILE.json, else 1][/dim]",
        show_default=False,
    ),
]
GroundTruth = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        parser=folder,
        help="Masks for MAPS, as GROUND_TRUTH of gonogo evaluate. "
        "[dim]\\[default: all maps are normal][/dim]",
        show_default=False,
    ),
]
Category = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Which category, of several.", show_default=False),
]
LayoutName = Annotated[
    Literal["auto", "mvtec", "plain"],
    typer.Option(
        "--layout", metavar="NAME", help="Layout of MAPS and masks: auto, mvtec or plain."
    ),
]
ImageScore = Annotated[
    str,
    typer.Option(
        metavar="RULE",
        help="Score of an image of MAPS, at image level: max, top-<K> or a CSV file, as for gonogo "
        "evaluate.",
    ),
]
Scale = Annotated[
    Literal["min_max", "cdf", "divide_by_threshold"] | None,
    typer.Option(
        "--normalise",
        metavar="SCALE",
        help="Fit a scale to show scores on, and save it beside the threshold: min_max, cdf or "
        "divide_by_threshold.",
        show_default=False,
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE.json",
        parser=out_file,
        help="Write the threshold to this file, for gonogo apply.",
        show_default=False,
    ),
]
Force = Annotated[bool, typer.Option("--force", metavar="", help="Overwrite --out.")]
Json = Annotated[
    bool, typer.Option("--json", metavar="", help="Print the document instead of the text.")
]
Quiet = Annotated[
    bool,
    typer.Option("--quiet", "-q", metavar="", help="Print only errors, and what --json asks for."),
]


class _Options(TypedDict):
    level: ThresholdLevel
    image_score: str | None
    midpoint: bool


def threshold(
    source: Source,
    *,
    policy: Policies,
    level: Level = None,
    confidence: Confidence = None,
    midpoint: Midpoint = False,
    min_area: MinArea = None,
    ground_truth: GroundTruth = None,
    category: Category = None,
    column: Column = None,
    layout: LayoutName = "auto",
    normal: NormalFolders = None,
    mask_suffix: MaskSuffixes = None,
    task: TaskName = None,
    image_score: ImageScore = "max",
    resize: Resize = None,
    mask_values: MaskValues = None,
    ignore_value: IgnoreValue = None,
    normalise: Scale = None,
    out: Out = None,
    force: Force = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Choose the threshold at which a score becomes an anomaly, by what it is to achieve.

    Says what the policy promises and what it achieves on these scores, with intervals of 95 %.
    A decision is always score >= threshold.

    [bold]Examples[/bold]

    gonogo threshold run/ --policy "fpr<=0.01" --confidence 0.95 --out threshold.json

    gonogo threshold run/ --category bottle -p f1 -p "recall>=1" -p cost=10:1

    gonogo threshold validation_maps/ --policy "fpr<=0.001" --level pixel --out pixel.json
    """
    from gonogo.deployment import fitted_scale, sample_in
    from gonogo.documents import write_document
    from gonogo.thresholds import parse_policy, threshold_document, threshold_of

    spelled = [_spelled(text, level, source, quiet=quiet) for text in policy]
    rules = [parse_policy(text) for text, _ in spelled]
    areas = {rule.text: area for rule, (_, area) in zip(rules, spelled, strict=True)}
    if normalise is not None:
        _refuse_several(rules, "--normalise", "a scale goes with one threshold")
    if out is not None:
        _refuse_several(rules, "--out", "a file holds one threshold")
        _check_out(out, force=force)
    with (
        telling_warnings(undefined=not quiet, others=not quiet),
        folder_progress(quiet=quiet) as progress,
    ):
        sample, found_level, rule = sample_in(
            source,
            level=level,
            ground_truth=ground_truth,
            category=category,
            columns=columns_of(column),
            layout=layout,
            normal=normal or (),
            mask_suffix=mask_suffix or (),
            task=task,
            image_score=image_score_of(image_score),
            resize=resize,
            mask_values=mask_values,
            ignore_value=ignore_value,
            progress=progress,
        )

    def fitted(policy: Policy, confidence: float | None) -> Threshold:
        options: _Options = {"level": found_level, "image_score": rule, "midpoint": midpoint}
        found = threshold_of(sample, policy, confidence=confidence, **options)
        area = areas[policy.text] if min_area is None else min_area
        return found if area == 1 else replace(found, min_area=area)

    if len(rules) > 1:
        _compare(rules, confidence, fitted, as_json=as_json, quiet=quiet)
        return
    found = fitted(rules[0], confidence)
    scale = None if normalise is None else fitted_scale(normalise, found, sample)
    document = threshold_document(found, scale)
    if out is not None:
        if scale is None and not quiet:
            _tell_of_lost_scale(out)
        out.parent.mkdir(parents=True, exist_ok=True)
        write_document(out, document)
    if as_json:
        answer(json.dumps(document, indent=2, allow_nan=False))
    elif not quiet:
        answer(report(found, scale) + ("" if out is None else f"\nwrote {one_line(out)}"))


def _spelled(
    policy: str, level: ThresholdLevel | None, source: Path, *, quiet: bool
) -> tuple[str, int]:
    """The policy itself, or the number in a file with a threshold; and the least area there."""
    if not policy.endswith(".json"):
        return policy, 1
    from gonogo.deployment import given_threshold

    maps = source.is_dir() and not (source / "images.csv").is_file()
    found, scale = given_threshold(Path(policy), level or ("pixel" if maps else "image"))
    if scale is not None and not quiet:
        tell(
            f"note: {policy}: the {scale.method} scale in it is not taken over; with --normalise "
            f"{scale.method} there is a new one"
        )
    return f"manual={found.value!r}", found.min_area


def _compare(
    rules: list[Policy],
    confidence: float | None,
    fitted: Callable[[Policy, float | None], Threshold],
    *,
    as_json: bool,
    quiet: bool,
) -> None:
    """Several policies on the same scores; the confidence is for those that have a use for it."""
    from gonogo.thresholds import Threshold, threshold_document

    if confidence is not None and not any(rule.guarantees for rule in rules):
        fitted(rules[0], confidence)  # says which policies have
    found: dict[str, Threshold | InputError] = {}
    for rule in rules:
        try:
            found[rule.text] = fitted(rule, confidence if rule.guarantees else None)
        except InputError as error:
            if as_json:
                raise
            found[rule.text] = error
    if all(isinstance(one, InputError) for one in found.values()):
        raise next(one for one in found.values() if isinstance(one, InputError))
    if as_json:
        documents = [
            threshold_document(one, None) for one in found.values() if isinstance(one, Threshold)
        ]
        answer(json.dumps(documents, indent=2, allow_nan=False))
    elif not quiet:
        answer(comparison(found), drawn=True)


def _refuse_several(rules: list[Policy], option: str, because: str) -> None:
    """Refuse an option that goes with a single policy."""
    if len(rules) > 1:
        raise InputError(f"{option}: found {len(rules)} policies; {because}, so name one --policy")


def _check_out(out: Path, *, force: bool) -> None:
    """Refuse what cannot be written, before the work starts."""
    check_place(out.parent)
    if out.is_dir():
        raise InputError(f"{out}: found a folder; expected a file to write, or a name not taken")
    if out.exists() and not force:
        raise InputError(f"{out}: found an earlier file; name another, or overwrite it: --force")


def _tell_of_lost_scale(out: Path) -> None:
    """A file is overwritten with all that is in it: what was asked for is what is written."""
    from gonogo.normalization import stored_scale

    try:
        scale = stored_scale(out)
    except InputError:
        return  # nothing is there, or nothing of ours
    if scale is not None:
        tell(
            f"warning: {out}: the {scale.method} scale that was there goes; with --normalise "
            f"{scale.method} there is a new one"
        )
