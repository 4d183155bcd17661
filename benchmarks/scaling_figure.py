"""The figure of ``docs/scaling.md``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.scaling import Milestone

__all__ = ["draw"]

_DEFAULT = "64MiB"
_MIB = 1 << 20
_STYLE = {
    "font.size": 9,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.grid": True,
    "grid.color": "#e5e5e5",
    "svg.hashsalt": "gonogo",
    "svg.fonttype": "none",
}


def draw(milestones: Sequence[Milestone], path: Path) -> None:
    """Time and memory against pixels, and the width of intervals against the budget."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(10, 3.2), layout="constrained")
        times, memory, widths = figure.subplots(1, 3)
        _times(times, [one for one in milestones if one.budget == _DEFAULT])
        _memory(memory, milestones)
        _widths(widths, milestones)
        figure.savefig(path, metadata={"Date": None})
    # The same text everywhere: no blanks at the ends of lines.
    text = "\n".join(line.rstrip() for line in path.read_text("utf-8").splitlines())
    path.write_text(text + "\n", encoding="utf-8")


def _times(axes: Any, milestones: Sequence[Milestone]) -> None:
    pixels = [one.pixels for one in milestones]
    axes.loglog(pixels, [one.seconds for one in milestones], "o-", label="counting")
    axes.loglog(pixels, [one.compute_seconds for one in milestones], "s--", label="all metrics")
    axes.set(xlabel="pixels", ylabel="seconds", title=f"time at a budget of {_DEFAULT}")
    axes.legend(frameon=False)


def _memory(axes: Any, milestones: Sequence[Milestone]) -> None:
    for budget in dict.fromkeys(one.budget for one in milestones):
        ours = [one for one in milestones if one.budget == budget]
        peaks = [one.peak_bytes / _MIB for one in ours]
        axes.semilogx([one.pixels for one in ours], peaks, "o-", label=f"budget {budget}")
    axes.set(xlabel="pixels", ylabel="MiB", title="resident memory, at most", ylim=(0, None))
    axes.legend(frameon=False, loc="upper left")


def _widths(axes: Any, milestones: Sequence[Milestone]) -> None:
    styles = {"AUROC": "o-", "AUPRO@0.3": "s--", "AP": "^:"}
    smallest = min(one.pixels for one in milestones)
    most = max(one.pixels for one in milestones if one.budget != _DEFAULT)
    budgets = [int(b.removesuffix("MiB")) for b in dict.fromkeys(one.budget for one in milestones)]
    for pixels, shade in ((smallest, 0.45), (most, 1.0)):
        ours = [one for one in milestones if one.pixels == pixels]
        for place, (name, style) in enumerate(styles.items()):
            label = f"{name}, {pixels:.0e} pixels"
            found = [one.widths[name] for one in ours]
            axes.loglog(budgets, found, style, color=f"C{place}", alpha=shade, label=label)
    axes.set(xlabel="budget, MiB", title="width of the interval")
    axes.set_xticks(budgets, [str(budget) for budget in budgets], minor=False)
    axes.minorticks_off()
    axes.legend(frameon=False, fontsize=7)
