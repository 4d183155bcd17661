"""``gonogo report``: the page that shows a run, made once more from its folder."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gonogo.cli.destination import check_place
from gonogo.cli.options import Images
from gonogo.cli.output import answer, one_line, tell, telling_warnings
from gonogo.cli.reporting import how_many
from gonogo.cli.values import folder, out_file, source
from gonogo.errors import InputError, MissingExtra
from gonogo.files import REPORT
from gonogo.types import Original

if TYPE_CHECKING:
    from gonogo.report import Evaluated

__all__ = ["report"]

RunFolder = Annotated[
    Path,
    typer.Argument(
        metavar="RUN",
        parser=folder,
        help="Folder that gonogo evaluate --out wrote.",
        show_default=False,
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE.html",
        parser=out_file,
        help="The page to write. [dim]\\[default: report.html in RUN][/dim]",
        show_default=False,
    ),
]
Maps = Annotated[
    str | None,
    typer.Option(
        metavar="MAPS",
        parser=source,
        help="Where the maps are now. [dim]\\[default: where they were evaluated][/dim]",
        show_default=False,
    ),
]
GroundTruth = Annotated[
    str | None,
    typer.Option(
        metavar="GROUND_TRUTH",
        parser=source,
        help="Where the data set is now. [dim]\\[default: where it was evaluated][/dim]",
        show_default=False,
    ),
]
Photographs = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        parser=folder,
        help="Photographs, which lie in this folder as the maps do in theirs. "
        "[dim]\\[default: those in GROUND_TRUTH, test/<defect>/<id>][/dim]",
        show_default=False,
    ),
]
Force = Annotated[
    bool,
    typer.Option(
        "--force",
        metavar="",
        help="Overwrite --out, if it is another file, or pictures where none are found.",
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", metavar="", help="Print only errors.")]


def report(
    run: RunFolder,
    *,
    out: Out = None,
    images: Images = None,
    maps: Maps = None,
    ground_truth: GroundTruth = None,
    photographs: Photographs = None,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Make the page that shows a run: what gonogo evaluate wrote, with more or fewer pictures.

    One HTML file that needs no network and nothing beside it. Numbers come from the files of the
    run; maps are read for the pictures alone.

    [bold]Examples[/bold]

    gonogo report run/ --images all

    gonogo report run/ --out for_review.html --images 20

    gonogo report run/ --maps moved/maps --ground-truth moved/mvtec
    """
    from gonogo.report import holds_pictures, read_run, ready, write_report
    from gonogo.results.stored import restored

    ready()
    wanted = how_many(images)
    place = run / REPORT if out is None else out
    if place.is_dir():
        raise InputError(f"{place}: found a folder; expected a file to write, such as {REPORT}")
    if out is not None and out.exists() and not force:
        raise InputError(f"{out}: found an earlier file; name another, or overwrite it: --force")
    check_place(place.parent)
    evaluated = read_run(run)
    restored(evaluated, run)  # a damaged file is told before the page is made of it
    originals: Mapping[str, Sequence[Original]] = {}
    if wanted not in ("none", 0):
        if maps or ground_truth or photographs or _had_maps(evaluated):
            originals = _originals(evaluated, maps, ground_truth, photographs, quiet=quiet)
        if not any(originals.values()) and not force and holds_pictures(place):
            raise InputError(
                f"{place}: kept as it is, for it has pictures and the images of the run are not "
                "found; name them with --maps and --ground-truth, or replace it: --force"
            )
    with telling_warnings(undefined=not quiet, others=not quiet):
        path = write_report(evaluated, place, originals, images=wanted)
    if not quiet:
        answer(f"wrote {one_line(path)}")


def _had_maps(evaluated: Evaluated) -> bool:
    """Whether there were maps, of which pictures can be made, or scores alone."""
    return any(row.map_max is not None for rows in evaluated.rows.values() for row in rows)


def _originals(
    evaluated: Evaluated,
    maps: str | None,
    ground_truth: str | None,
    photographs: Path | None,
    *,
    quiet: bool,
) -> Mapping[str, Sequence[Original]]:
    """The images of the run, where they are found; a note where they are not."""
    from gonogo.datasets.images import find_again
    from gonogo.datasets.originals import find_originals
    from gonogo.results.stored import origin_from

    known: Mapping[str, Any] = evaluated.results.get("origin") or {}
    maps, ground_truth = maps or known.get("maps"), ground_truth or known.get("ground_truth")
    hint = "name them with --maps and --ground-truth"
    if maps is None or ground_truth is None:
        if not quiet:
            tell(f"note: no pictures, because the run does not say where its images are; {hint}")
        return {}
    origin = origin_from({**known, "maps": maps, "ground_truth": ground_truth})
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # they were told when the images were evaluated
            found = find_again(origin)
    except (InputError, MissingExtra) as error:
        if (maps, ground_truth) != (known.get("maps"), known.get("ground_truth")):
            raise
        if not quiet:
            tell(f"note: no pictures, because the images are not where they were ({error}); {hint}")
        return {}
    if photographs is None:
        return find_originals(origin.ground_truth, found)
    if not photographs.is_dir():
        raise InputError(f"--photographs: there is no folder {photographs}")
    return find_originals(photographs, found, only_photographs=True)
