"""Everything gonogo raises or warns with, so that a caller can catch one family."""

import inspect
import warnings

__all__ = [
    "CheckpointWarning",
    "GonogoError",
    "InputError",
    "InputWarning",
    "MergeError",
    "MissingExtra",
    "UndefinedMetricWarning",
    "warn",
]


class GonogoError(Exception):
    """Any error that gonogo raises on purpose."""


class InputError(GonogoError, ValueError):
    """An argument or a file is not usable: which, what was found, and what to do."""


class MergeError(GonogoError, ValueError):
    """Two states count different things and cannot be added."""


class MissingExtra(GonogoError, ImportError):
    """A library of an optional extra is not installed; the message names the extra."""

    @classmethod
    def of(cls, extra: str, *, needs: str) -> "MissingExtra":
        """Which extra to install, ``needs`` saying what needs which library."""
        return cls(
            f"{needs}, which is not installed: "
            f'pip install "gonogo[{extra}]", or in a clone of gonogo pip install ".[{extra}]"'
        )


class CheckpointWarning(UserWarning):
    """What was counted could not be written down; counting goes on."""


class InputWarning(UserWarning):
    """The input is usable but probably not what was meant."""


class UndefinedMetricWarning(UserWarning):
    """A metric has no value on this data; the message says why."""


def warn(message: str, category: type[Warning]) -> None:
    """Warn at the line that called gonogo, from however deep inside."""
    frame, depth = inspect.currentframe(), 0
    while frame is not None and frame.f_globals.get("__name__", "").startswith("gonogo."):
        frame, depth = frame.f_back, depth + 1
    warnings.warn(message, category, stacklevel=depth + 1)
