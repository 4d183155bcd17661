"""Tables of strings that every output prints: text, HTML, and the terminal's."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gonogo.results.levels import Level, PixelLevel
from gonogo.shown import shown, shown_threshold
from gonogo.types import Settings

if TYPE_CHECKING:
    from gonogo.results.record import Result, Run

__all__ = ["Table", "count_table", "defect_table", "level_table", "run_table"]

_LEVEL = ("AUROC", "AP", "F1max")


@dataclass(frozen=True)
class Table:
    """Rows of cells under headers; ``groups`` spans several headers; ``summary`` ends it."""

    groups: tuple[tuple[str, int], ...]
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    summary: tuple[str, ...] | None = None

    @property
    def cells(self) -> Iterator[str]:
        """Every cell but the headers."""
        for row in (*self.rows, self.summary or ()):
            yield from row

    def part(self, first: int, last: int) -> Table:
        """The first column and some groups of columns, counted from it; for narrow places."""
        before, chosen = self.groups[:first], self.groups[first : last + 1]
        start = sum(span for _, span in before)
        columns = slice(start, start + sum(span for _, span in chosen))
        headers, *rows = ((row[0], *row[columns]) for row in (self.headers, *self.rows))
        summary = (self.summary[0], *self.summary[columns]) if self.summary else None
        return Table((self.groups[0], *chosen), headers, tuple(rows), summary)

    def text(self) -> str:
        """Aligned columns: the first to the left, numbers to the right."""
        rows = [self.headers, *self.rows, *([self.summary] if self.summary else [])]
        widths = [max(len(row[k]) for row in rows) for k in range(len(self.headers))]
        lines = [_aligned(row, widths) for row in rows]
        rule = "-" * len(lines[0])
        lines.insert(1, rule)
        if self.summary:
            lines.insert(len(lines) - 1, rule)
        if any(name for name, _ in self.groups):
            lines.insert(0, _grouped(self.groups, widths))
        return "\n".join(line.rstrip() for line in lines)

    def html(self) -> str:
        """A plain table; every cell escaped."""
        head = "".join(
            f'<th colspan="{span}">{html.escape(name)}</th>' for name, span in self.groups
        )
        rows = [self._html_row("th", self.headers)]
        rows += [self._html_row("td", row) for row in self.rows]
        if self.summary:
            rows.append(self._html_row("th", self.summary))
        return f"<table><tr>{head}</tr>{''.join(rows)}</table>"

    @staticmethod
    def _html_row(tag: str, cells: Sequence[str]) -> str:
        inside = "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in cells)
        return f"<tr>{inside}</tr>"


def run_table(run: Run) -> Table:
    """A row for each category and, for several, the mean that papers print."""
    several = len(run.categories) > 1
    has_pixels = _has_pixels(run)
    return Table(
        groups=_groups("", run.settings, has_pixels),
        headers=_headers("category", run.settings, has_pixels),
        rows=tuple(
            _row(name, one.image, one.pixel, run.settings, has_pixels)
            for name, one in run.categories.items()
        ),
        summary=_mean_row(run.mean, run.settings, has_pixels) if several else None,
    )


def count_table(run: Run) -> Table:
    """What each category holds, the scores from which its best F1 flags, and how it was counted."""
    levels = ("image", "pixel") if _has_pixels(run) else ("image",)
    counts = ("counts",) if _has_pixels(run) else ()
    return Table(
        groups=(
            ("", 1),
            ("images", 2),
            ("F1max at >=", len(levels)),
            *(("pixels", 1) for _ in counts),
        ),
        headers=("category", "anomalous", "normal", *levels, *counts),
        rows=tuple(
            (
                name,
                str(one.image.anomalous),
                str(one.image.normal),
                *(_f1_threshold(getattr(one, level)) for level in levels),
                *(one.mode if one.pixel is not None else "" for _ in counts),
            )
            for name, one in run.categories.items()
        ),
    )


def defect_table(result: Result) -> Table:
    """A row for each defect type, and all of them together."""
    has_pixels = result.pixel is not None
    return Table(
        groups=_groups("", result.settings, has_pixels),
        headers=_headers("defect", result.settings, has_pixels),
        rows=tuple(
            _row(name, one.image, one.pixel, result.settings, has_pixels)
            for name, one in result.by_defect.items()
        ),
        summary=_row("all", result.image, result.pixel, result.settings, has_pixels),
    )


def level_table(result: Result) -> Table:
    """A row for each level of one result, with the threshold of the best F1."""
    limits = result.settings.fpr_limits if result.pixel is not None else ()
    headers = ("", *_LEVEL, "threshold", *(f"AUPRO@{limit!r}" for limit in limits))
    rows = []
    for name, level in (("image", result.image), ("pixel", result.pixel)):
        if level is None:
            continue
        aupro = level.aupro if isinstance(level, PixelLevel) else {}
        extra = (shown(aupro[limit]) if limit in aupro else "" for limit in limits)
        rows.append((name, *_level_cells(level), _f1_threshold(level), *extra))
    return Table((), headers, tuple(rows))


def _has_pixels(run: Run) -> bool:
    return any(one.pixel is not None for one in run.categories.values())


def _groups(first: str, settings: Settings, has_pixels: bool) -> tuple[tuple[str, int], ...]:
    groups = ((first, 1), ("image", len(_LEVEL)))
    return (*groups, ("pixel", len(_LEVEL) + len(settings.fpr_limits))) if has_pixels else groups


def _headers(first: str, settings: Settings, has_pixels: bool) -> tuple[str, ...]:
    headers = (first, *_LEVEL)
    if not has_pixels:
        return headers
    return (*headers, *_LEVEL, *(f"AUPRO@{limit!r}" for limit in settings.fpr_limits))


def _row(
    name: str, image: Level, pixel: PixelLevel | None, settings: Settings, has_pixels: bool
) -> tuple[str, ...]:
    cells = (name, *_level_cells(image))
    if pixel is not None:
        return (*cells, *_level_cells(pixel), *(shown(v) for v in pixel.aupro.values()))
    return (*cells, *("",) * (len(_LEVEL) + len(settings.fpr_limits))) if has_pixels else cells


def _level_cells(level: Level) -> tuple[str, ...]:
    return shown(level.auroc), shown(level.average_precision), shown(level.f1_max.value)


def _f1_threshold(level: Level | None) -> str:
    best = None if level is None else level.f1_max
    return "" if best is None else shown_threshold(best.threshold, best.next_lower)


def _mean_row(
    mean: Mapping[str, Mapping[str, Any]], settings: Settings, has_pixels: bool
) -> tuple[str, ...]:
    cells = ["mean", *_mean_cells(mean["image"])]
    if "pixel" in mean:
        cells += [*_mean_cells(mean["pixel"]), *map(shown, mean["pixel"]["aupro"].values())]
    elif has_pixels:
        cells += ["-"] * (len(_LEVEL) + len(settings.fpr_limits))
    return tuple(cells)


def _mean_cells(level: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(shown(level[name]) for name in ("auroc", "average_precision", "f1_max"))


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    first = cells[0].ljust(widths[0])
    rest = (cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True))
    return "  ".join((first, *rest))


def _grouped(groups: Sequence[tuple[str, int]], widths: Sequence[int]) -> str:
    texts, start = [], 0
    for name, span in groups:
        width = sum(widths[start : start + span]) + 2 * (span - 1)
        texts.append(name.center(width))
        start += span
    return "  ".join(texts)
