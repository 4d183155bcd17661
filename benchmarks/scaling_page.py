"""The measurements of ``docs/scaling.md``, its tables and its figure.

``python -m benchmarks.scaling_page`` measures (some minutes) and writes all three into ``docs/``;
``--draw`` only writes the page and the figure again, from what was measured before.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.scaling import Milestone, measured

__all__ = ["filled", "main", "read", "tables"]

_DOCS = Path(__file__).parents[1] / "docs"
_MOST = [10**7, 10**8, 10**9, 10**10]
_BUDGETS = ["1MiB", "4MiB", "16MiB", "64MiB", "256MiB"]
_DEFAULT = "64MiB"
_BEGIN, _END = "<!-- measured -->\n", "<!-- end of what was measured -->"
_WIDTHS = ("AUROC", "AUPRO@0.3", "AUPRO@0.05", "AP")
_MIB = 1 << 20
_MACHINES, _PIXELS = 100, 10**12


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure if asked to, and write the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scaling_page", description=__doc__)
    parser.add_argument("--draw", action="store_true", help="from docs/scaling.json, as it is")
    args = parser.parse_args(arguments)
    data = _DOCS / "scaling.json"
    if not args.draw:
        data.write_text(json.dumps(_study(), indent=1) + "\n", encoding="utf-8")
    setting, milestones = read(data)
    page = _DOCS / "scaling.md"
    page.write_text(filled(page.read_text("utf-8"), setting, milestones), encoding="utf-8")
    from benchmarks.scaling_figure import draw

    draw(milestones, _DOCS / "scaling.svg")


def read(path: Path) -> tuple[dict[str, str], list[Milestone]]:
    """On what was measured, and everything that was."""
    document = json.loads(path.read_text("utf-8"))
    return document["setting"], [Milestone(**one) for one in document["milestones"]]


def filled(page: str, setting: dict[str, str], milestones: Sequence[Milestone]) -> str:
    """The page with the tables of these measurements."""
    before, rest = page.split(_BEGIN)
    _, after = rest.split(_END)
    return before + _BEGIN + tables(setting, milestones) + _END + after


def tables(setting: dict[str, str], milestones: Sequence[Milestone]) -> str:
    """Everything measured, in Markdown."""
    default = [one for one in milestones if one.budget == _DEFAULT]
    parts = [
        "Measured with " + ", ".join(f"{name} {value}" for name, value in setting.items()) + ".",
        _of_pixels(default),
        _of_budgets(milestones),
        _cost(default),
    ]
    return "\n" + "\n\n".join(parts) + "\n\n"


def _study() -> dict[str, Any]:
    import gonogo

    setting = {"gonogo": gonogo.__version__, "Python": platform.python_version()}
    setting |= {name: version(name) for name in ("numpy", "numba")}
    setting[platform.machine()] = f"with {os.cpu_count()} cores"
    setting["load"] = f"{os.getloadavg()[0]:.1f} at the start"
    milestones = []
    for budget in _BUDGETS:
        most = _MOST if budget == _DEFAULT else _MOST[:3]
        milestones += [asdict(one) for one in measured(budget, most)]
    return {"setting": setting, "milestones": milestones}


def _of_pixels(milestones: Sequence[Milestone]) -> str:
    rows = [
        (
            f"{one.pixels:.1e}",
            f"{one.seconds:.1f}",
            f"{one.cpu_seconds / one.pixels * 1e9:.1f}",
            f"{one.compute_seconds:.2f}",
            f"{one.counting_bytes / _MIB:.0f}",
            f"{one.peak_bytes / _MIB:.0f}",
            *(f"{one.widths[name]:.1e}" for name in _WIDTHS),
        )
        for one in milestones
    ]
    heads = ("pixels", "counting, s", "ns a pixel and core", "metrics, s", "memory, MiB")
    return _table((*heads, "with metrics, MiB", *_WIDTHS), rows)


def _of_budgets(milestones: Sequence[Milestone]) -> str:
    most = {one.budget: one for one in milestones if one.pixels < 2 * _MOST[2]}
    rows = [
        (
            budget.replace("MiB", " MiB"),
            f"{one.cpu_seconds / one.pixels * 1e9:.1f}",
            f"{one.peak_bytes / _MIB:.0f}",
            f"{one.file_bytes / _MIB:.1f}",
            *(f"{one.widths[name]:.1e}" for name in _WIDTHS),
        )
        for budget, one in most.items()
    ]
    heads = ("budget", "ns a pixel and core", "memory, MiB", "saved, MiB")
    return _table((*heads, *_WIDTHS), rows)


def _cost(milestones: Sequence[Milestone]) -> str:
    fewer, most = milestones[-2:]
    each = (most.cpu_seconds - fewer.cpu_seconds) / (most.pixels - fewer.pixels)
    sent = most.file_bytes / _MIB
    hours = _PIXELS * each / 3600
    share = most.seconds * _PIXELS / _MACHINES / most.pixels
    levels = (_MACHINES - 1).bit_length()
    counted = f"{most.pixels:.0e} pixels"
    return f"""\
- counting: {each * 1e9:.1f} ns a pixel and core, from {fewer.pixels:.0e} to {counted};
  5 bytes a pixel are read (a float32 map and an 8-bit mask)
- from counts to all metrics, at {counted}: {most.compute_seconds:.2f} s
- adding two states of {counted}: {most.merge_seconds:.2f} s
- such a state as a file, with the rows of its {most.images:,} images: {sent:.0f} MiB

From these follows, as a calculation and not as a measurement: {_PIXELS:.0e} pixels take
{hours:.1f} core hours of counting. On {_MACHINES} machines like this one that is
{share:.0f} s on each, without reading files; then {_MACHINES * sent / 1024:.1f} GiB of states
travel in all, and {levels} levels of a merge tree take {levels * most.merge_seconds:.0f} s."""


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---:"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


if __name__ == "__main__":
    main()
