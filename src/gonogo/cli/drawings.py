"""``gonogo evaluate --figures --pictures``: what is drawn beside the files of a run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from gonogo.errors import InputError
from gonogo.results import Run
from gonogo.results.files import is_unfinished

__all__ = ["Drawings"]


@dataclass(frozen=True)
class Drawings:
    """What was asked for; nothing where both are None."""

    figures: Literal["png", "pdf", "svg"] | None = None
    pictures: Literal["full", "simple"] | None = None

    def check(self, out: Path | None, *, force: bool) -> None:
        """Find out before any work whether they can be drawn and written."""
        for name in ("figures", "pictures"):
            if getattr(self, name) is not None and out is None:
                raise InputError(f"--{name}: found no folder for them; give --out DIR as well")
        if self.figures is not None:
            from gonogo.plot import refuse_missing

            refuse_missing()
        if self.pictures is not None and out is not None:
            from gonogo.drawing import refuse_filled

            refuse_filled(out / "images", force=force or is_unfinished(out))

    def contents(self, run: Run) -> dict[str, bytes]:
        """Figures, as files of the run."""
        if self.figures is None:
            return {}
        from gonogo.plot import figure_files

        return {f"figures/{name}": file for name, file in figure_files(run, self.figures).items()}

    def draw(self, run: Run, out: Path) -> list[Path]:
        """Write the picture of every image."""
        if self.pictures is None:
            return []
        from gonogo.drawing import draw_overlays, overlays_of

        return draw_overlays(overlays_of(run), out / "images", self.pictures)
