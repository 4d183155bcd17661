"""``gonogo demo``: something real to evaluate, and its evaluation."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gonogo.cli.evaluate import evaluate
from gonogo.cli.output import answer
from gonogo.cli.progress import folder_progress
from gonogo.files import REPORT

__all__ = ["demo"]

Out = Annotated[
    Path, typer.Option(metavar="DIR", help="Folder to make, for everything the demo writes.")
]
Force = Annotated[
    bool, typer.Option("--force", metavar="", help="Replace an earlier demo in that folder.")
]
Seed = Annotated[int, typer.Option(min=0, metavar="N", help="Other defects for other seeds.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", metavar="", help="Print nothing but errors.")]


def demo(
    *,
    out: Out = Path("gonogo-demo"),
    force: Force = False,
    seed: Seed = 0,
    quiet: Quiet = False,
) -> None:
    """Train a small detector on photographs of textures and evaluate it on painted defects.

    Writes pictures, masks and anomaly maps as folders and then runs gonogo evaluate on them. Needs
    no download and no GPU, takes less than a minute, and gives the same numbers every time.

    [bold]Examples[/bold]

    gonogo demo

    gonogo demo --out trial --seed 1
    """
    from gonogo.demo import build

    with folder_progress(quiet=quiet) as progress:
        folder = build(out, seed=seed, force=force, progress=progress)
    # The folder is the demo's by now; results in it are those of an earlier one.
    maps, truth = str(folder.maps), str(folder.dataset)
    evaluate(maps, truth, out=folder.results, force=True, by_defect=True, quiet=quiet)
    if not quiet:
        answer(
            f"\npictures and masks in {folder.dataset}, anomaly maps in {folder.maps},\n"
            f"detectors in {folder.models}\n"
            f"the same table again: gonogo evaluate {folder.maps} {folder.dataset} --by-defect\n\n"
            f"to look at all this, open {folder.results / REPORT} in a browser"
        )
