"""The thresholds of anomalib's settings, in the three forms that its releases had.

``method`` with ``manual_image`` and ``manual_pixel``; before that ``adaptive`` with
``image_default`` and ``pixel_default``, or with one ``default``. They stand under ``metrics``, in
the first releases under ``model``.
"""

from __future__ import annotations

from collections.abc import Callable

from gonogo.config.job import LevelName
from gonogo.config.section import Section
from gonogo.config.wanted import LEVELS
from gonogo.thresholds import parse_policy

__all__ = ["METHOD", "OLDER", "THRESHOLD", "threshold_of"]

METHOD = ("method", "manual_image", "manual_pixel")
OLDER = ("adaptive", "image_default", "pixel_default", "default")
THRESHOLD = (*METHOD, *OLDER)

Policies = dict[LevelName, str]
_ADAPTIVE = "f1"


def threshold_of(metrics: Section, model: Section) -> Policies:
    """Policies by level: the best F1 (adaptive), or the numbers given (manual)."""
    found = [
        (section, _policies(section))
        for section in (metrics.section("threshold"), model.section("threshold"))
        if any(key in section for key in THRESHOLD)
    ]
    if not found:
        return dict.fromkeys(LEVELS, _ADAPTIVE)
    (first, policies), *more = found
    for section, others in more:
        if others != policies:
            raise model.refused(
                "threshold",
                f"found other thresholds than under {first.name} ({_spelled(others)}, there "
                f"{_spelled(policies)}); keep one of {first.name} and {section.name}",
            )
    return policies


def _policies(section: Section) -> Policies:
    for key in THRESHOLD:
        if key.startswith(("manual", "image", "pixel", "default")):
            section.number(key)
    adaptive = section.flag("adaptive") if "adaptive" in section else None
    if "method" in section or any(key in section for key in METHOD):
        manual = section.choice("method", ("adaptive", "manual")) == "manual"
        if adaptive is not None and adaptive is manual:
            raise section.refused(
                "adaptive",
                f"found {str(adaptive).lower()} beside method: "
                f"{'manual' if manual else 'adaptive'}; keep one of the two keys",
            )
        return _of_method(section, manual=manual)
    if adaptive is None:
        raise section.refused(
            next(key for key in OLDER if key in section),
            "found a number without adaptive; set adaptive: false to use it, or true for the best "
            "F1",
        )
    return dict.fromkeys(LEVELS, _ADAPTIVE) if adaptive else _of_defaults(section)


def _of_method(section: Section, *, manual: bool) -> Policies:
    for level in LEVELS:
        if not manual and f"manual_{level}" in section:
            raise section.refused(
                f"manual_{level}",
                "found a number, but the method is adaptive; set method: manual, or null here",
            )
    if not manual:
        return dict.fromkeys(LEVELS, _ADAPTIVE)
    return _manual(lambda level: section.number(f"manual_{level}"))


def _of_defaults(section: Section) -> Policies:
    """The defaults, which are the thresholds where these are not adaptive."""
    every = section.number("default")
    for level in LEVELS:
        if every is not None and section.number(f"{level}_default") not in (None, every):
            raise section.refused("default", f"found it beside another {level}_default; keep one")

    def number(level: LevelName) -> float | None:
        own = section.number(f"{level}_default")
        return every if own is None else own

    return _manual(number)


def _manual(number: Callable[[LevelName], float | None]) -> Policies:
    values = {level: number(level) for level in LEVELS}
    return {
        level: parse_policy(f"manual={value!r}").text
        for level, value in values.items()
        if value is not None
    }


def _spelled(policies: Policies) -> str:
    return ", ".join(f"{level} {policy}" for level, policy in policies.items()) or "none"
