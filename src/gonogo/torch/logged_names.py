"""Names under which numbers and figures are logged, which every logger can keep apart.

Lightning's MLflow logger drops all characters but ASCII letters, digits and ``_ - . /`` and space,
TensorBoard turns spaces into ``_``, and MLflow's file store keeps ``a`` as a file and ``a/b`` in a
folder ``a``. So names consist of ASCII letters, digits, ``_``, ``-`` and ``.``, with ``/`` between
their parts, and none of them is what stands before a ``/`` in another.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from hashlib import sha256

from gonogo.errors import InputError

__all__ = ["figure_name", "logged_name", "names_by_defect", "part_names", "refuse_clashes"]

_LONGEST = 100
"""Characters of one part: MLflow takes 250 of a whole name."""
_RESERVED = "dataloader_idx_"
"""Lightning refuses names with a part that begins so."""


def logged_name(name: str, stage: str) -> str:
    """What a metric of this name is logged as; that of validation begins with ``val``."""
    clean = "/".join(_clean(part) for part in name.split("/") if part) or "_"
    if stage == "validation" and not re.match(r"val([_/.-]|id)", clean, re.IGNORECASE):
        return f"val_{clean}"
    return clean


def figure_name(logged: str) -> str:
    """What the figure of a metric is logged as: Weights & Biases has one value for a name."""
    return f"{logged}_figure"


def part_names(logged: str, parts: Iterable[str]) -> dict[str, str]:
    """What the parts of a value, which is no number itself, are logged as: all names differ.

    The name of a part depends on nothing else, so that a curve goes on where other parts come.
    """
    return {part: f"{logged}/{_distinct(part)}" for part in parts}


def names_by_defect(logged: str, defects: Iterable[str]) -> dict[str, str]:
    """What the values of a metric by defect are logged as, beside the metric itself."""
    return part_names(f"{logged}_by_defect", defects)


def refuse_clashes(names: Iterable[tuple[str, str]], where: str) -> None:
    """Refuse names that a logger would mix up; they come with what has them.

    Raises:
        InputError: one name twice, or before a ``/`` of another.
    """
    owners: dict[str, str] = {}
    for name, owner in names:
        if name in owners:
            raise InputError(
                f"{where}: found {owners[name]} and {owner}, which would both be logged as "
                f'{name!r}; tell them apart by a prefix, for example prefix="image_" and '
                'prefix="pixel_"'
            )
        owners[name] = owner
    for name, owner in owners.items():
        for end in (place for place, letter in enumerate(name) if letter == "/"):
            if name[:end] in owners:
                raise InputError(
                    f"{where}: found {owners[name[:end]]}, logged as {name[:end]!r}, and {owner}, "
                    f"logged as {name!r}, which MLflow cannot keep side by side; give one of them "
                    "another prefix"
                )


def _distinct(part: str) -> str:
    """A part as it is where it can stay so, else with a digest of what was changed."""
    clean = _clean(part)
    return clean if clean == part else f"{clean}-{_digest(part)}"


def _clean(part: str) -> str:
    """Accents dropped, other letters by their code points, everything else as ``_``."""
    apart = unicodedata.normalize("NFKD", part)
    letters = "".join(letter for letter in apart if not unicodedata.combining(letter))
    clean = "".join(map(_spelled, unicodedata.normalize("NFC", letters)))
    if not clean.strip("."):  # a path of its own: this folder, or the one above
        clean = "_" * max(len(clean), 1)
    if clean.startswith(_RESERVED):
        clean = f"_{clean}"
    return clean[:_LONGEST]


def _spelled(letter: str) -> str:
    if re.fullmatch(r"[A-Za-z0-9_.-]", letter):
        return letter
    return f"u{ord(letter):04x}" if letter.isalnum() else "_"


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:6]
