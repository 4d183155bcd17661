"""What every policy is: a spelling, a place on the scale of scores, and a promise."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from gonogo._check import finite_number, fraction
from gonogo.errors import InputError
from gonogo.thresholds.sample import Sample

__all__ = ["Policy", "at_least_zero", "fraction_or_zero", "percent", "positive", "share", "spelled"]

Check = Callable[[Any, str], float]


@dataclass(frozen=True)
class Policy(ABC):
    """How to choose a threshold. A decision is always ``score >= threshold``."""

    name: ClassVar[str]
    sign: ClassVar[str] = ""
    example: ClassVar[str]
    check: ClassVar[Check | None] = None
    """What its argument must be; None where it takes none."""
    labelled: ClassVar[bool] = True
    """Whether it needs anomalous scores; the others look at normal scores alone."""
    guarantees: ClassVar[bool] = False
    """Whether its promise can be kept for new data, with a confidence."""

    @classmethod
    def parse(cls, argument: str) -> Policy:
        """The policy from what stands behind its sign."""
        make: Callable[..., Policy] = cls
        return make() if cls.check is None else make(cls.check(argument, f"policy {cls.name}"))

    @property
    def args(self) -> dict[str, float]:
        """Its arguments by name."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    @property
    def text(self) -> str:
        """Its one spelling: in Python, on the command line, in YAML and in files."""
        return f"{self.name}{self.sign}" + "".join(map(spelled, self.args.values()))

    @abstractmethod
    def place(self, sample: Sample, confidence: float | None) -> float:
        """The threshold on these scores; ``confidence`` is None unless ``guarantees``."""

    @abstractmethod
    def promise(self, things: str, confidence: float | None) -> str:
        """What holds at that threshold; ``things`` are images or pixels."""


def spelled(value: float) -> str:
    """Every digit that is needed and no more."""
    return repr(value).removesuffix(".0")


def percent(value: float) -> str:
    """A share for a sentence."""
    return f"{100.0 * value:.6g} %"


def share(value: Any, name: str) -> float:
    """A number in (0, 1)."""
    found = finite_number(value, name)
    if not 0.0 < found < 1.0:
        raise InputError(f"{name}: found {value!r}; expected a number in (0, 1)")
    return found


def fraction_or_zero(value: Any, name: str) -> float:
    """A number in [0, 1]."""
    return fraction(value, name, zero=True)


def positive(value: Any, name: str) -> float:
    """A finite number above 0."""
    found = finite_number(value, name)
    if found <= 0.0:
        raise InputError(f"{name}: found {value}; expected a number above 0")
    return found


def at_least_zero(value: Any, name: str) -> float:
    """A finite number, not negative."""
    found = finite_number(value, name)
    if found < 0.0:
        raise InputError(f"{name}: found {value}; expected a number of at least 0")
    return found
