"""Metrics, thresholds and options of an evaluation, as both forms of file spell them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, get_args

from gonogo import _check
from gonogo.config.job import LevelName
from gonogo.config.metric_names import Metric, metric_named
from gonogo.config.section import Section
from gonogo.errors import InputError
from gonogo.thresholds import POLICIES, parse_policy
from gonogo.thresholds.policy import share
from gonogo.types import OnError, Settings

__all__ = [
    "LEVELS",
    "METRICS",
    "OPTIONS",
    "confidence_of",
    "metrics_of",
    "named_in",
    "on_error_of",
    "policies_of",
    "refuse_unread",
    "settings_of",
    "unread_arguments",
]

LEVELS: tuple[LevelName, ...] = get_args(LevelName)
METRICS = (*LEVELS, "threshold")
_LIMIT = "fpr_limit"


def _mask_values(section: Section, key: str) -> str | tuple[float, ...] | None:
    """A rule, or the values themselves."""
    values = [entry.value for entry in section.each(key)]
    return (
        section.text(key)
        if any(isinstance(one, str) for one in values)
        else (section.numbers(key) or None)
    )


OPTIONS: Mapping[str, Callable[[Section, str], Any]] = {
    "fpr_limits": Section.numbers,
    "connectivity": Section.whole,
    "image_score": Section.text,
    "resize": Section.text,
    "at_fpr": Section.numbers,
    "at_recall": Section.numbers,
    "image_thresholds": Section.numbers,
    "pixel_thresholds": Section.numbers,
    "mode": Section.text,
    "budget": Section.text,
    "mask_values": _mask_values,
    "ignore_value": Section.number,
}
"""Options of an evaluation that a file may hold, and how each is read."""


def metrics_of(section: Section) -> dict[LevelName, tuple[Metric, ...]]:
    """The metrics of each level that has any."""
    found = {level: _metrics(section, level) for level in LEVELS}
    return {level: metrics for level, metrics in found.items() if metrics}


def _metrics(section: Section, level: LevelName) -> tuple[Metric, ...]:
    found = []
    if section.has_keys(level):  # names with the class that each stands for
        named = section.section(level)
        classes = [
            named.checked(name, partial(_of_class, named, name, level)) for name in named.keys
        ]
        return tuple(dict.fromkeys(classes))
    for name, entry in zip(section.texts(level), section.each(level), strict=True):
        read = partial(metric_named, name, pixels=level == "pixel")
        found.append(section.checked(level, read, line=entry.line))
    return tuple(dict.fromkeys(found))


def _of_class(named: Section, name: str, level: LevelName) -> Metric:
    """The metric of ``name: {class_path: ..., init_args: {...}}``, under its name there.

    Of the arguments only the limit of an area is a choice of ours; see :func:`unread_arguments`.
    """
    metric = named.section(name)
    path = metric.text("class_path")
    if path is None:
        raise InputError("found no class_path; expected one, such as torchmetrics.Recall")
    limit = metric.section("init_args").number(_LIMIT)
    spelled = path.rpartition(".")[2].removeprefix("Binary")
    spelled = spelled if limit is None else f"{spelled}@{limit!r}"
    return replace(metric_named(spelled, pixels=level == "pixel"), label=name)


def unread_arguments(metrics: Section) -> list[str]:
    """Full names of arguments of metric classes that are passed over."""
    classes = [metrics.section(level) for level in LEVELS if metrics.has_keys(level)]
    arguments = [one.section(name).section("init_args") for one in classes for name in one.keys]
    return [
        name
        for one in arguments
        for name in one.full_names(key for key in one.keys if key != _LIMIT)
    ]


def refuse_unread(
    section: Section,
    metrics: Mapping[LevelName, tuple[Metric, ...]],
    policies: Mapping[LevelName, str],
) -> None:
    """Refuse a metric that is read at a threshold on a level that has none."""
    for level, wanted in metrics.items():
        unread = [metric.label for metric in wanted if metric.at_threshold]
        if unread and level not in policies:
            raise section.refused(
                level, f"found {unread[0]}, but no {level} threshold to read it at; set one"
            )


def policies_of(section: Section, key: str) -> dict[LevelName, str]:
    """Policies from one spelling for both levels, or one for each."""
    if section.has_keys(key):
        inner = section.section(key)
        inner.only(LEVELS)
        return {level: _policy(inner, level) for level in LEVELS if level in inner}
    return dict.fromkeys(LEVELS, _policy(section, key)) if key in section else {}


def confidence_of(section: Section, policies: Mapping[LevelName, str]) -> float | None:
    """With which the policies that can promise something for new data are to."""
    key = "confidence"
    value = section.number(key)
    if value is None:
        return None
    if not any(parse_policy(policy).guarantees for policy in policies.values()):
        sure = ", ".join(policy.example for policy in POLICIES if policy.guarantees)
        raise section.refused(key, f"found {value}, but no policy with a use for it, as {sure}")
    return section.checked(key, partial(share, value, key))


def _policy(section: Section, key: str) -> str:
    """The spelling of a policy; a number alone is the threshold itself."""
    try:
        spelling = f"manual={section.number(key)!r}"
    except InputError:
        spelling = section.text(key) or ""
    return section.checked(key, lambda: parse_policy(spelling), name="policy").text


def settings_of(
    section: Section,
    given: Mapping[str, Any],
    metrics: Mapping[LevelName, tuple[Metric, ...]],
    policies: Mapping[LevelName, str],
) -> Settings:
    """Settings from the options of a file, those ``given`` beside it, and what was asked for."""
    options: dict[str, Any] = {}
    for name, read in OPTIONS.items():
        value = read(section, name)
        if name in section:
            section.checked(name, partial(_check.settings, **{name: value}))
            options[name] = value
    options |= {name: value for name, value in given.items() if name in OPTIONS}
    for metric in (one for level in metrics.values() for one in level):
        if metric.setting is not None:
            _add(options, metric.setting, metric.limit)
    for level, policy in policies.items():
        if policy.startswith("manual="):
            _add(options, f"{level}_thresholds", float(policy.removeprefix("manual=")))
    return _check.settings(tell=True, **options)


def on_error_of(section: Section, given: Mapping[str, Any]) -> OnError:
    """What to do at an image that cannot be used."""
    known: tuple[OnError, ...] = get_args(OnError)
    stated = section.choice("on_error", known)
    found = given.get("on_error", stated or "stop")
    if found not in known:
        raise InputError(f"on_error: found {found!r}; expected {' or '.join(known)}")
    return known[known.index(found)]


def named_in(section: Section, given: Mapping[str, Any]) -> frozenset[str]:
    """The options of an evaluation that a file, or what is given beside it, has a value for."""
    return frozenset(name for name in OPTIONS if name in section or name in given)


def _add(options: dict[str, Any], name: str, value: float | None) -> None:
    before = options.get(name, getattr(Settings, name))
    options[name] = (*(before if isinstance(before, (tuple, list)) else (before,)), value)
