"""Metrics by name: those of anomalib's settings, those of torchmetrics they stand for, and ours."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from gonogo.config.section import nearest
from gonogo.errors import InputError
from gonogo.results import Level
from gonogo.types import Confusion, F1Max, Number, OperatingPoint

__all__ = ["NAMES", "Metric", "metric_named"]

_PLAIN = ("auroc", "average_precision", "aupr_trapezoid", "f1_max", "iou_max")
_AT_THRESHOLD = ("f1", "precision", "recall", "specificity", "accuracy", "iou")
_SETTING = {
    "aupro": "fpr_limits",
    "tpr_at_fpr": "at_fpr",
    "fpr_at_tpr": "at_recall",
    "precision_at_recall": "at_recall",
}
_OTHER_NAMES = {
    "F1Score": "f1",
    "AUPR": "average_precision",
    "AP": "average_precision",
    "OptimalF1": "f1_max",
    "Sensitivity": "recall",
    "TPR": "recall",
    "TNR": "specificity",
    "JaccardIndex": "iou",
}
_DEFAULT_LIMIT = {"aupro": "0.3"}
_SPELLING = re.compile(r"([A-Za-z0-9_ -]+?)(?:@(.+)|\[(.+)\])?")

NAMES = (*_OTHER_NAMES, *_PLAIN, *_AT_THRESHOLD, *_SETTING)
"""Names as messages and editors offer them; capitals, underscores and hyphens do not matter."""


@dataclass(frozen=True)
class Metric:
    """A metric as the file names it (``label``), and as a result does (``name``, ``limit``)."""

    label: str
    name: str
    limit: float | None = None

    @property
    def at_threshold(self) -> bool:
        """Whether it is read at the threshold of its level."""
        return self.name in _AT_THRESHOLD

    @property
    def setting(self) -> str | None:
        """The setting of an evaluation that must hold its limit; None without a limit."""
        return _SETTING.get(self.name)

    def value(self, level: Level, decided: Confusion | None) -> Number:
        """Its value on a level; ``decided`` are the decisions at that level's threshold."""
        found: Any = getattr(decided if self.at_threshold else level, self.name)
        if self.limit is not None:
            found = found[self.limit]
        number: Number = found.value if isinstance(found, F1Max | OperatingPoint) else found
        return number


def metric_named(text: str, *, pixels: bool) -> Metric:
    """The metric of a name such as ``AUROC``, ``f1_max``, ``AUPRO@0.05`` or ``aupro[0.05]``."""
    match = _SPELLING.fullmatch(text.strip())
    name = None if match is None else _BY_SQUASHED.get(_squashed(match[1]))
    if match is None or name is None:
        raise InputError(f"found {text!r}, which is no metric{nearest(text, NAMES)}")
    given = match[2] or match[3]
    if name == "aupro" and not pixels:
        raise InputError(f"found {text!r}, which is a metric of pixels; name it under pixel")
    if name in _SETTING:
        return Metric(text, name, _limit(text, name, given or _DEFAULT_LIMIT.get(name)))
    if given is not None:
        raise InputError(f"found {text!r}; expected {match[1]}, which takes no limit")
    return Metric(text, name)


def _limit(text: str, name: str, given: str | None) -> float:
    try:
        limit = float(given or "nan")
    except ValueError:
        limit = -1.0
    if 0.0 < limit <= 1.0 or (limit == 0.0 and name == "tpr_at_fpr"):
        return limit
    raise InputError(f"found {text!r}; expected a limit in (0, 1], for example {name}@0.05")


def _squashed(name: str) -> str:
    return re.sub(r"[_\s-]", "", name).lower()


_BY_SQUASHED = {_squashed(name): name for name in (*_PLAIN, *_AT_THRESHOLD, *_SETTING)}
_BY_SQUASHED |= {_squashed(other): name for other, name in _OTHER_NAMES.items()}
