"""Everything gonogo raises or warns with, so that a caller can catch one family."""

__all__ = [
    "GonogoError",
    "InputError",
    "InputWarning",
    "MergeError",
    "MissingExtra",
    "UndefinedMetricWarning",
]


class GonogoError(Exception):
    """Any error that gonogo raises on purpose."""


class InputError(GonogoError, ValueError):
    """An argument or a file is not usable: which, what was found, and what to do."""


class MergeError(GonogoError, ValueError):
    """Two states count different things and cannot be added."""


class MissingExtra(GonogoError, ImportError):
    """A library of an optional extra is not installed; the message names the extra."""


class InputWarning(UserWarning):
    """The input is usable but probably not what was meant."""


class UndefinedMetricWarning(UserWarning):
    """A metric has no value on this data; the message says why."""
