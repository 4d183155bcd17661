"""The option ``--image-score``: a rule, or a file of scores."""

from __future__ import annotations

from pathlib import Path

__all__ = ["image_score_of"]


def image_score_of(text: str) -> str | Path:
    """A path where the text names a file, else the rule that it spells."""
    file = Path(text)
    return file if file.suffix.lower() == ".csv" or file.is_file() else text
