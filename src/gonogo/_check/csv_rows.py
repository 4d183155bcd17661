"""Lines of a CSV file of scores: each has as many values as there are headings, or is refused."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from gonogo.errors import InputError

__all__ = ["CsvRows"]


@dataclass(frozen=True)
class CsvRows:
    """The headings, and the lines below them; blank lines are passed over."""

    path: Path
    headings: Sequence[str]
    delimiter: str
    _rows: Iterator[list[str]]

    @classmethod
    def of(cls, file: IO[str], path: Path) -> CsvRows:
        """Of an open file: comma, semicolon or tab, whichever the headings have most of."""
        delimiter = max(",;\t", key=file.readline().count)
        file.seek(0)
        rows = csv.reader(file, delimiter=delimiter)
        return cls(path, next(rows, []), delimiter, rows)

    def __iter__(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Number of a line, and its values by heading."""
        for values in self._rows:
            if values:
                line = self._rows.line_num  # type: ignore[attr-defined]
                self._refuse_ragged(values, line)
                yield line, dict(zip(self.headings, values, strict=True))

    def _refuse_ragged(self, values: Sequence[str], line: int) -> None:
        if len(values) == len(self.headings):
            return
        hint = "expected as many"
        if len(values) > len(self.headings) and self.delimiter == ",":
            hint = "write numbers with a decimal point, as 0.91, and texts with commas in quotes"
        found = "1 value" if len(values) == 1 else f"{len(values)} values"
        raise InputError(
            f"{self.path}, line {line}: found {found} under {len(self.headings)} headings; {hint}"
        )
