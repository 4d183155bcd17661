"""The report that ``gonogo evaluate`` writes beside its files, unless it is told not to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from gonogo.errors import InputError
from gonogo.files import REPORT
from gonogo.results import Run

if TYPE_CHECKING:
    from gonogo.report import HowMany

__all__ = ["Reporting", "how_many"]


def how_many(text: str | None) -> HowMany:
    """What ``--images`` says: a number of images, all or none."""
    if text is None:
        return 60
    if text in ("all", "none"):
        return "all" if text == "all" else "none"
    if not text.isascii() or not text.isdigit():
        raise InputError(f"--images: found {text!r}; expected a number of images, all or none")
    return int(text)


@dataclass(frozen=True)
class Reporting:
    """Whether there is to be a report, of how many images, and where their photographs are.

    ``missing`` says why there is none in the end, though the results are written.
    """

    images: str | None
    photographs: Path | None
    without: bool
    missing: list[str] = field(default_factory=list)

    def check(self, out: Path | None) -> None:
        """Refuse what cannot be done, before the work starts."""
        how_many(self.images)
        for name, value in (("images", self.images), ("photographs", self.photographs)):
            if value is not None and (out is None or self.without):
                other = "without --out" if out is None else "with --no-report"
                raise InputError(f"--{name}: found it {other}; there is no report to put them in")
        if self.photographs is not None and not self.photographs.is_dir():
            raise InputError(f"--photographs: there is no folder {self.photographs}")
        if out is not None and not self.without:
            from gonogo.report import ready

            ready()

    def write(self, run: Run, out: Path, command: Sequence[str]) -> list[Path]:
        """The report of a run that was saved to a folder; none if it cannot be written."""
        if self.without:
            return []
        if self.photographs is not None:
            from gonogo.datasets.originals import find_originals

            images = {name: [one.image for one in some] for name, some in run.originals.items()}
            found = find_originals(self.photographs, images, only_photographs=True)
            run = replace(run, originals=found)
        try:
            return [run.report(out / REPORT, images=how_many(self.images), command=command)]
        except (InputError, OSError) as error:
            self.missing.append(
                f"{error}; all but the report is written, and gonogo report {out} makes it"
            )
            return []

    def finish(self) -> None:
        """Refuse to end well without the report, once all else is shown."""
        for problem in self.missing:
            raise InputError(problem)
