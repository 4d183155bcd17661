"""What an evaluation returns: one result for a data set, a run for several categories."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from gonogo.files import local_path
from gonogo.results.curve_arrays import curve_arrays
from gonogo.results.document import category_document, run_document
from gonogo.results.files import save_run
from gonogo.results.levels import Level, PixelLevel
from gonogo.results.mean import mean_over
from gonogo.results.notebook import result_html, run_html
from gonogo.results.reasons import told
from gonogo.results.table import count_table, level_table, run_table
from gonogo.shown import legend, shown
from gonogo.thresholds import Threshold, ThresholdLevel
from gonogo.types import Array, ImageRow, Origin, Original, Settings, Skipped

__all__ = ["DefectResult", "Result", "Run"]


@dataclass(frozen=True)
class DefectResult:
    """One defect type: its images, and its pixels, against all normal ones."""

    image: Level
    pixel: PixelLevel | None

    def __repr__(self) -> str:
        image = f"{self.image.anomalous} images, image AUROC {shown(self.image.auroc)}"
        pixel = "" if self.pixel is None else f", pixel AUROC {shown(self.pixel.auroc)}"
        return f"DefectResult({image}{pixel})"


@dataclass(frozen=True, eq=False)
class Result:
    """Every number of one data set; equal to another with the same numbers.

    ``image`` and ``pixel`` hold the metrics of the two levels (``pixel`` is None without masks),
    ``by_defect`` those of each defect type, ``images`` a row an image. In ``mode`` certified the
    pixel metrics are :class:`~gonogo.types.Bounded` intervals. ``skipped`` names the images that
    were left out because they could not be used. ``thresholds`` are those settled for the result by
    level, by a file of settings or in the folder of its run: figures and reports begin with them.
    """

    image: Level
    pixel: PixelLevel | None
    by_defect: Mapping[str, DefectResult]
    images: tuple[ImageRow, ...]
    settings: Settings
    mode: Literal["exact", "certified"] = "exact"
    skipped: tuple[Skipped, ...] = ()
    thresholds: Mapping[ThresholdLevel, Threshold] = field(default_factory=dict)

    @cached_property
    def undefined(self) -> Mapping[str, str]:
        """Why a metric is nan: ``{"pixel.aupro[0.3]": "AUPRO@0.3 needs ..."}``."""
        reasons = _reasons("", self.image, self.pixel)
        for name, defect in self.by_defect.items():
            reasons |= _reasons(f"by_defect[{name}].", defect.image, defect.pixel)
        return reasons

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Result):
            return NotImplemented
        mine, others = ((one.settings, one.images, one.to_dict()) for one in (self, other))
        return mine == others

    def __hash__(self) -> int:
        return hash((self.settings, self.images))

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers, strings and lists: one category of ``results.json``; nan is None."""
        return category_document(self)

    def save(self, folder: str | os.PathLike[str], *, force: bool = False) -> list[Path]:
        """Write the files of a run with this one category, named ``data``; see :meth:`Run.save`."""
        return Run({"data": self}, self.settings).save(folder, force=force)

    def report(
        self,
        path: str | os.PathLike[str],
        *,
        maps: Any = None,
        masks: Any = None,
        photographs: Sequence[Any] | None = None,
        images: int | Literal["all", "none"] = 60,
    ) -> Path:
        """Write one HTML page that shows the result to a person; see :meth:`Run.report`.

        A result keeps no maps: give ``maps`` and ``masks`` again, as in :func:`gonogo.evaluate`,
        for pictures in the page, and ``photographs`` (files, or arrays ``(H, W)`` or
        ``(H, W, 3)``), one for each image or None, to show under them.

        Raises:
            InputError: as :meth:`Run.report`; or there are not as many maps, masks or photographs
                as images.
        """
        from gonogo.report import originals_of

        originals = originals_of(self.images, maps, masks, photographs)
        run = Run({"data": self}, self.settings, originals={"data": originals})
        return run.report(path, images=images)

    def __repr__(self) -> str:
        undefined = (f"undefined: {line}" for line in told(self.undefined))
        table = level_table(self)
        return "\n".join([self._headline, table.text(), *legend(table.cells), *undefined])

    def _repr_html_(self) -> str:
        return result_html(self, self._headline)

    @property
    def _headline(self) -> str:
        return (
            f"{len(self.images)} images ({self.image.anomalous} anomalous, "
            f"{self.image.normal} normal), {self.mode}"
            + (f", {len(self.skipped)} skipped" if self.skipped else "")
        )


@dataclass(frozen=True)
class Run:
    """The results of one or more categories, as a benchmark table holds them.

    ``origin`` says where the images lie, ``originals`` holds those of each category for a report.
    """

    categories: Mapping[str, Result] = field(hash=False)
    settings: Settings
    seconds: float | None = field(default=None, compare=False)
    origin: Origin | None = field(default=None, compare=False)
    originals: Mapping[str, Sequence[Original]] = field(
        default_factory=dict, compare=False, repr=False
    )

    @cached_property
    def mean(self) -> Mapping[str, Mapping[str, Any]]:
        """Mean over categories of each level's metrics: ``run.mean["pixel"]["aupro"][0.3]``.

        Undefined where a category does not define the metric.
        """
        return mean_over(self.categories)

    @cached_property
    def curves(self) -> Mapping[str, Array]:
        """Thinned curves of every category by name: the arrays of ``curves.npz``."""
        return curve_arrays(self.categories)

    def to_dict(self, *, command: Sequence[str] | None = None) -> dict[str, Any]:
        """The document that ``results.json`` holds (JSON schema ``results-1.schema.json``)."""
        return run_document(self, command)

    def save(
        self,
        folder: str | os.PathLike[str],
        *,
        force: bool = False,
        command: Sequence[str] | None = None,
        beside: Mapping[str, bytes] | None = None,
        drawn: Collection[Path] = (),
    ) -> list[Path]:
        """Write ``images.csv``, ``curves.npz``, ``metrics.json`` and last ``results.json``.

        Each file appears whole or not at all. A folder that holds one of that name already is
        refused unless ``force``; thresholds, figures, pictures and the report that gonogo wrote
        beside an earlier run there are then removed, but for those ``drawn`` for this one.
        ``beside`` holds more files by their path in the folder.

        Raises:
            InputError: the folder holds a run or a file of that name, or cannot be written.
        """
        place = local_path(folder, "folder")
        return save_run(self, place, force=force, command=command, beside=beside, drawn=drawn)

    def report(
        self,
        path: str | os.PathLike[str],
        *,
        images: int | Literal["all", "none"] = 60,
        command: Sequence[str] | None = None,
    ) -> Path:
        """Write one HTML page that shows the run to a person, and return its path.

        The page needs no network and no file beside it. Of a folder ``report.html`` in it is
        written; an earlier file is replaced. Of ``images`` images the page holds pictures, the most
        telling ones: those on the wrong side of the threshold and those near it, of every defect.

        Raises:
            InputError: the path cannot be written, or ``images`` is not a number, all or none.
            MissingExtra: the libraries of the extra ``cli`` are not installed.
        """
        from gonogo.report import Evaluated, write_report

        place = local_path(path, "path", "file")
        rows = {name: result.images for name, result in self.categories.items()}
        settled = {name: result.thresholds for name, result in self.categories.items()}
        evaluated = Evaluated(self.to_dict(command=command), rows, self.curves, settled)
        return write_report(evaluated, place, self.originals, images=images)

    def __repr__(self) -> str:
        tables = run_table(self), count_table(self)
        told_below = legend(cell for table in tables for cell in table.cells)
        return "\n\n".join([*(table.text() for table in tables), *told_below])

    def _repr_html_(self) -> str:
        return run_html(self)


def _reasons(prefix: str, image: Level, pixel: PixelLevel | None) -> dict[str, str]:
    reasons = {f"{prefix}image.{name}": why for name, why in image.undefined().items()}
    if pixel is not None:
        reasons |= {f"{prefix}pixel.{name}": why for name, why in pixel.undefined().items()}
    return reasons
