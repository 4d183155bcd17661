"""Why metrics have no value, in few lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

__all__ = ["told"]

_NAME = re.compile(r"((?:by_defect\[.*\]\.)?(?:image|pixel))\.(.+?)(\[[^\]]*\])?", re.DOTALL)


def told(undefined: Mapping[str, str]) -> Iterator[str]:
    """A line for each reason: ``pixel (auroc, tpr_at_fpr): needs anomalous and ...``."""
    names: dict[str, list[str]] = {}
    for name, reason in undefined.items():
        names.setdefault(reason, []).append(name)
    for reason, those in names.items():
        yield f"{_by_level(those)}: {reason}"


def _by_level(names: Iterable[str]) -> str:
    """Metrics in the brackets of their level; one that lacks a value at every point stands once."""
    levels: dict[str, dict[str, None]] = {}
    for name in names:
        level, metric, _ = _NAME.fullmatch(name).groups()  # type: ignore[union-attr]
        levels.setdefault(level, {})[metric] = None
    return ", ".join(f"{level} ({', '.join(metrics)})" for level, metrics in levels.items())
