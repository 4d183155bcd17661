"""anomalib's ``thresholds``, which are accepted and change nothing."""

from __future__ import annotations

from typing import Any

__all__ = ["Unbinned"]


class Unbinned:
    """A metric that takes ``thresholds`` and counts every score all the same.

    anomalib bins scores at these, or at as many between 0 and 1. Nothing is binned here: the value
    is exact, or an interval that contains it, and memory is bounded by ``budget``.
    """

    def __init__(
        self,
        fields: Any = None,
        prefix: str = "",
        strict: bool = True,
        *,
        thresholds: Any = None,
        **kwargs: Any,
    ) -> None:
        del thresholds
        super().__init__(fields, prefix, strict, **kwargs)  # type: ignore[call-arg]  # the metric's
