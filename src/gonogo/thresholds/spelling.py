"""From the spelling of a policy to the policy: the same in Python, on the command line and in YAML.

An unknown spelling is refused with the nearest right one.
"""

from __future__ import annotations

import math
import re
from difflib import get_close_matches
from typing import Any, SupportsFloat

from gonogo._check import plain_number
from gonogo.errors import InputError
from gonogo.thresholds.balanced import F1, Corner, FBeta, Youden
from gonogo.thresholds.cost import Cost
from gonogo.thresholds.false_alarms import Conformal, FalseAlarms, Highest, Quantile
from gonogo.thresholds.manual import Manual
from gonogo.thresholds.policy import Policy
from gonogo.thresholds.precision import Precision
from gonogo.thresholds.recall import Recall
from gonogo.thresholds.spread import Mad, Sigma

__all__ = ["POLICIES", "normal_only", "parse_policy"]

POLICIES: tuple[type[Policy], ...] = (
    Manual,
    F1,
    FBeta,
    Youden,
    Corner,
    Recall,
    Precision,
    FalseAlarms,
    Conformal,
    Quantile,
    Highest,
    Sigma,
    Mad,
    Cost,
)
"""Every policy there is."""

_SPELLING = re.compile(r"\s*([a-z]\w*)\s*([<>=:≤≥]*)\s*(.*?)\s*", re.IGNORECASE)
_BY_NAME = {policy.name: policy for policy in POLICIES}


def parse_policy(text: Any) -> Policy:
    """The policy of a spelling such as ``fpr<=0.01``; a number alone is that threshold.

    Raises:
        InputError: there is no such policy, or its argument is not one.
    """
    number = _number(text)
    if number is not None:
        return Manual(number)
    match = _SPELLING.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise _unknown(text)
    name, sign, argument = match.groups()
    policy = _BY_NAME.get(name.lower())
    if policy is None:
        raise _unknown(text, name)
    sign = {"≤": "<=", "≥": ">="}.get(sign, sign)
    if sign != policy.sign or bool(argument) != bool(policy.sign):
        argument = argument if policy.sign and _is_argument(policy, argument) else ""
        raise _unknown(text, name, f"{policy.name}{policy.sign}{argument}" if argument else None)
    return policy.parse(argument)


def _number(text: Any) -> float | None:
    """A finite number, or a text that is one."""
    if isinstance(text, str):
        return plain_number(text)
    if isinstance(text, bool) or not isinstance(text, SupportsFloat):
        return None
    try:
        number = float(text)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def normal_only() -> list[str]:
    """Examples of the policies that look at normal scores alone."""
    return [policy.example for policy in POLICIES if not policy.labelled and policy is not Manual]


def _is_argument(policy: type[Policy], argument: str) -> bool:
    try:
        policy.parse(argument)
    except InputError:
        return False
    return True


def _unknown(text: Any, name: str = "", meant: str | None = None) -> InputError:
    bare = _BY_NAME.get(name.lower()) if isinstance(text, str) else None
    if bare is not None and bare.sign.startswith((">", "<")) and text.strip() == name:
        raise InputError(
            f"policy: found {text!r} alone; expected {bare.example}. In a shell quote it, or what "
            f'follows the {bare.sign[0]} goes to a file: --policy "{bare.example}"'
        )
    if meant is None:
        near = get_close_matches(name.lower(), _BY_NAME, n=1, cutoff=0.5)
        meant = _BY_NAME[near[0]].example if near else None
    hint = "" if meant is None else f"did you mean {meant}? "
    every = ", ".join(policy.example for policy in POLICIES)
    return InputError(f"policy: found {text!r}; {hint}expected one of {every}")
