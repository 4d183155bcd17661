"""Folders and files that settings name, as they are or as they are given beside the file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gonogo._check import ROLES
from gonogo.config.section import Section

__all__ = ["columns_of", "required", "score_file", "stated"]


def stated(section: Section, key: str, given: Any = None) -> Path | None:
    """A path: the one given, else that under the key; from the working directory, like any other.

    None where there is neither. A URL is refused: folders of settings lie on this machine.
    """
    found = section.text(key) if given is None else str(given)
    if found is not None and "://" in found:
        raise section.refused(
            key,
            f"found the URL {found}; expected a folder on this machine, or MAPS and GROUND_TRUTH "
            "without a file of settings",
        )
    return None if found is None else Path(found)


def required(section: Section, key: str, given: Mapping[str, Any], argument: str) -> Path:
    """A path that must be there, under the key or as an argument of the same name."""
    path = stated(section, key, given.get(argument))
    if path is None:
        raise section.refused(
            key, f"found none; expected a folder here, or {argument.upper()} on the command line"
        )
    return path


def columns_of(section: Section, given: Mapping[str, Any]) -> dict[str, str] | None:
    """The columns of the file of image scores that are named, by what they hold."""
    stated_columns = section.section("columns")
    stated_columns.only(ROLES)
    found = {key: stated_columns.text(key) for key in stated_columns.keys}
    named = {key: text for key, text in found.items() if text is not None}
    return given.get("columns") or named or None


def score_file(section: Section, given: Mapping[str, Any]) -> Path | None:
    """The file of image scores, unless a rule for them is given."""
    file = stated(section, "image_scores", given.get("image_scores"))
    return None if "image_score" in given else file
