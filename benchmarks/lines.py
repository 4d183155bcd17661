"""One line of the report: what was measured, against what, and whether the target is met."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

__all__ = ["Line", "cost", "gain", "shown", "summary", "table"]

Bound = Literal["at most", "at least"]


@dataclass(frozen=True)
class Line:
    """``ratio`` is to be ``bound`` the ``target``; without a target the line only informs."""

    data: str
    what: str
    measured: float
    against: float | None
    unit: Literal["s", "bytes/px", "MiB", ""]
    ratio: float
    bound: Bound = "at most"
    target: float | None = None
    runs: dict[str, list[float]] = field(default_factory=dict)

    @property
    def ok(self) -> bool | None:
        """Whether the target is met; None without one."""
        if self.target is None:
            return None
        return self.ratio <= self.target if self.bound == "at most" else self.ratio >= self.target

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {**asdict(self), "ok": self.ok}


def cost(
    data: str,
    what: str,
    ours: float,
    theirs: float,
    target: float | None,
    runs: dict[str, list[float]],
) -> Line:
    """Ours may take at most ``target`` times the seconds of theirs."""
    return Line(data, what, ours, theirs, "s", ours / theirs, "at most", target, runs)


def gain(
    data: str, what: str, ours: float, theirs: float, target: float, runs: dict[str, list[float]]
) -> Line:
    """Theirs takes at least ``target`` times the seconds of ours."""
    return Line(data, what, ours, theirs, "s", theirs / ours, "at least", target, runs)


def summary(lines: Sequence[Line]) -> str:
    """One sentence: how many targets are met, and which are not."""
    judged = [line for line in lines if line.ok is not None]
    missed = [f"{line.data}: {line.what}" for line in judged if not line.ok]
    said = f"{len(judged) - len(missed)} of {len(judged)} targets met"
    return said + (f"; missed: {'; '.join(missed)}" if missed else "")


def shown(value: float | None, unit: str = "") -> str:
    """A number as people read it."""
    if value is None:
        return ""
    if unit == "s":
        return f"{value * 1e3:.1f} ms" if value < 1.0 else f"{value:.2f} s"
    digits = f"{value:.2e}" if 0.0 < abs(value) < 1e-3 else f"{value:.2f}"
    return f"{digits} {unit}".rstrip()


def table(lines: Sequence[Line]) -> Any:
    """All lines as a table that rich prints."""
    from rich import box
    from rich.table import Table

    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("data", "what"):
        grid.add_column(heading)
    for heading in ("gonogo", "against", "ratio", "target"):
        grid.add_column(heading, justify="right", no_wrap=True)
    grid.add_column("")
    earlier = None
    for line in lines:
        verdict = {None: "", True: "[green]ok[/]", False: "[bold red]miss[/]"}[line.ok]
        target = "" if line.target is None else f"{line.bound} {line.target:g}"
        grid.add_row(
            "" if line.data == earlier else line.data,
            line.what,
            shown(line.measured, line.unit),
            shown(line.against, line.unit),
            shown(line.ratio),
            target,
            verdict,
        )
        earlier = line.data
    return grid
