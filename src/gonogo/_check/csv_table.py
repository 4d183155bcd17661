"""CSV files as headings and lines: the separator, decimal commas and escaped cells.

Nothing is guessed: a number that could mean two things, two columns of one name, or a line with
more values than there are headings is refused with the file and the line.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from reprlib import repr as shortened

from gonogo._check.numbers import plain_number, plain_numbers
from gonogo.errors import InputError

__all__ = ["CsvTable", "escaped_cell", "plain_cell"]

_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]*,[0-9]+(?:[eE][+-]?[0-9]+)?")
_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")
_SEPARATOR = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
# What a spreadsheet takes for a formula at the beginning of a cell.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def escaped_cell(text: str) -> str:
    """A text as a cell that no spreadsheet takes for a formula; :func:`plain_cell` undoes it.

    A number such as -1 is none. The report's tables.js has the same rule.
    """
    return f"'{text}" if _FORMULA.match(text) and plain_number(text) is None else text


def plain_cell(cell: str) -> str:
    """The text of a cell that :func:`escaped_cell` made."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


@dataclass(frozen=True)
class CsvTable:
    """The cells of a file by heading; ``lines`` are the numbers of their lines in the file."""

    path: Path
    headings: tuple[str, ...]
    delimiter: str
    lines: tuple[int, ...]
    columns: Mapping[str, Sequence[str]]

    @classmethod
    def read(cls, path: Path, what: str = "scores", *, errors: str = "strict") -> CsvTable:
        """Read a UTF-8 file with comma, semicolon or tab, whichever the headings have most of.

        A first line ``sep=;``, as Excel writes it, names the separator. Blank lines are passed
        over, spaces around headings do not count.

        Raises:
            InputError: the file cannot be read, two headings are equal, or a line has more or
                fewer values than there are headings.
        """
        try:
            with path.open(encoding="utf-8-sig", errors=errors, newline="") as file:
                text = file.read()
            return cls._of(text, path)
        except OSError as error:
            raise InputError(f"{path}: cannot open the {what} ({error.strerror})") from error
        except (UnicodeDecodeError, csv.Error) as error:
            raise InputError(
                f"{path}: cannot read the {what} as a CSV text file ({error}); "
                "expected UTF-8 with a header, for example image,score,label"
            ) from error

    @classmethod
    def _of(cls, text: str, path: Path) -> CsvTable:
        file = io.StringIO(text, newline="")
        header = file.readline()
        named = _SEPARATOR.fullmatch(header)
        delimiter = max(",;\t", key=header.count) if named is None else named[1]
        skipped = 0 if named is None else 1
        if named is None:
            file.seek(0)
        reader = csv.reader(file, delimiter=delimiter)
        headings = tuple(name.strip() for name in next(reader, []))
        _refuse_repeated(headings, path, 1 + skipped)
        values: list[str] = []  # flat: lists of lines would have the garbage collector visit each
        numbers: list[int] = []
        for row in reader:
            if row:
                number = reader.line_num + skipped
                if len(row) != len(headings):
                    raise _ragged(row, headings, delimiter, f"{path}, line {number}")
                values += row
                numbers.append(number)
        count = len(headings)
        cells = {name: values[at::count] for at, name in enumerate(headings) if name}
        return cls(path, headings, delimiter, tuple(numbers), cells)

    def numbers(self, heading: str, what: str) -> list[float]:
        """The finite numbers of a column, with a decimal comma where that is certain."""
        cells = [cell.strip(" ") for cell in self.columns[heading]]
        if self.delimiter == ";" or (self.delimiter != "," and any("," in cell for cell in cells)):
            cells = self._with_points(cells, what)
        whole = plain_numbers(cells)
        if whole is not None:
            return whole
        numbers = [plain_number(cell) for cell in cells]
        for line, cell, number in zip(self.lines, self.columns[heading], numbers, strict=True):
            if number is None:
                raise InputError(
                    f"{self.path}, line {line}: found the {what} {shortened(cell)}; expected a "
                    "finite number in plain digits, as 0.91"
                )
        return [number for number in numbers if number is not None]

    def _with_points(self, cells: Sequence[str], what: str) -> list[str]:
        """Cells of numbers with a decimal comma, with a point in its place."""
        first: dict[str, int] = {}
        for line, cell in zip(self.lines, cells, strict=True):
            first.setdefault(cell, line)
        commas = [cell for cell in cells if _DECIMAL_COMMA.fullmatch(cell)]
        points = [cell for cell in cells if "." in cell]
        if commas and points:
            found = (f"{shortened(one)} in line {first[one]}" for one in (commas[0], points[0]))
            raise InputError(
                f"{self.path}: found {' and '.join(found)} for the {what}; write all with a "
                "decimal point"
            )
        marked = commas or points
        if marked and all(_THOUSANDS.fullmatch(cell.replace(".", ",")) for cell in marked):
            more = "without the point if it does, else with more decimals, as 1.0020"
            mark, how = ("comma", "with a decimal point") if commas else ("point", more)
            raise InputError(
                f"{self.path}, line {first[marked[0]]}: found the {what} {marked[0]!r}, which "
                f"may have a decimal {mark} or mark thousands; write it {how}"
            )
        return [cell.replace(",", ".") if cell.count(",") == 1 else cell for cell in cells]


def _refuse_repeated(headings: Sequence[str], path: Path, line: int) -> None:
    repeated = [name for name, count in Counter(filter(None, headings)).items() if count > 1]
    if repeated:
        raise InputError(
            f"{path}, line {line}: found two columns {repeated[0]!r}; expected different names, so "
            "rename or delete one"
        )


def _ragged(
    values: Sequence[str], headings: Sequence[str], delimiter: str, place: str
) -> InputError:
    hint = "expected as many"
    if len(values) > len(headings) and delimiter == ",":
        hint = "write numbers with a decimal point, as 0.91, and texts with commas in quotes"
    found = "1 value" if len(values) == 1 else f"{len(values)} values"
    return InputError(f"{place}: found {found} under {len(headings)} headings; {hint}")
