"""Which way to count in parts: exact, certified, or whichever fits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from gonogo.counting import TooManyAnomalous, most_anomalous, warn_of_certified
from gonogo.distributed.parts import CertifiedPart, ExactPart, Part, merge
from gonogo.types import Settings

__all__ = ["Walks", "counted_part", "merged_within"]


class Walks(Protocol):
    """The walks over a data set, wherever they happen, with their parts merged."""

    def exact(self, most: int | None) -> ExactPart:
        """Both walks; raises TooManyAnomalous beyond ``most`` bytes of anomalous scores."""

    def certified(self) -> CertifiedPart:
        """The one walk of a certified count."""


def counted_part(walks: Walks, settings: Settings) -> Part:
    """The whole data set as one part, counted as :func:`gonogo.evaluate_folder` would."""
    if settings.mode != "certified":
        most = most_anomalous(settings)
        try:
            return walks.exact(most)
        except TooManyAnomalous:
            warn_of_certified(most)
    return walks.certified()


def merged_within(parts: Sequence[Part], most: int | None) -> Part:
    """The sum of parts; TooManyAnomalous beyond ``most`` bytes of anomalous scores."""
    part: Part = merge(parts)  # type: ignore[type-var]
    if most is not None and isinstance(part, ExactPart) and part.anomalous_bytes > most:
        raise TooManyAnomalous
    return part
