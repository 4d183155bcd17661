"""The pictures of figures.md, from the folders that ``gonogo demo`` writes.

Run as ``python docs/make_figures.py DEMO``, where that folder is the demo's, made with seed 0.
"""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

import gonogo

HERE = Path(__file__).parent


def curves(run: gonogo.Run) -> Figure:
    """All four in one figure."""
    figure = Figure(figsize=(9.0, 6.4), layout="constrained")
    (roc, pr), (pro, histogram) = figure.subplots(2, 2)
    gonogo.plot.roc(run, roc, level="image")
    gonogo.plot.pr(run, pr, level="image")
    gonogo.plot.pro(run, pro, threshold=None)
    gonogo.plot.histogram(run, histogram, category="gravel", threshold="fpr<=0.05")
    return figure


def grid(run: gonogo.Run) -> Figure:
    """The images of one category that say most."""
    figure = Figure()
    gonogo.plot.grid(run, figure, category="grass", images=8)
    return figure


def main(demo: Path) -> None:
    """Write both beside this file."""
    run = gonogo.evaluate_folder(demo / "maps", demo / "dataset")
    for name, figure in (("curves", curves(run)), ("grid", grid(run))):
        with mpl.rc_context({"savefig.facecolor": "white"}):
            dpi = 80 if name == "grid" else 100
            figure.savefig(HERE / f"figures-{name}.png", dpi=dpi, metadata={"Software": None})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
