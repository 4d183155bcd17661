"""What a category's checkpoint was made for: images and options, and whether they are the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from gonogo._version import __version__
from gonogo.datasets.fingerprint import StoredImage
from gonogo.datasets.listing import some
from gonogo.errors import InputError
from gonogo.types import Settings

__all__ = ["known_plan", "plan_of", "refuse_other_plan"]

# The other settings decide what is derived from counts, not what is counted.
_COUNTED = (
    "connectivity",
    "image_score",
    "resize",
    "pixel_thresholds",
    "mode",
    "budget",
    "mask_values",
    "ignore_value",
)
_FACTS = ("map", "mask", "label", "defect type", "score", "photograph")


def plan_of(
    category: str, images: Sequence[StoredImage], settings: Settings, *, pixels: bool
) -> dict[str, Any]:
    """The plan, as it is stored; equal plans lead to equal counts of equal files."""
    options = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in asdict(settings).items()
        if name in _COUNTED
    } | {"pixels": pixels}
    return {
        "gonogo": __version__,
        "category": category,
        "options": options,
        "images": [
            [
                image.name,
                image.where,
                ", ".join(map(str, image.mask_paths)) or None,
                image.label,
                image.defect,
                image.score,
                None if settings.resize is None else _photograph(image),
            ]
            for image in images
        ],
    }


def _photograph(image: StoredImage) -> str | None:
    found = getattr(image, "photograph", None)
    return None if found is None else str(found.path)


def known_plan(found: Any) -> dict[str, Any]:
    """What was stored as a plan; ValueError where it is something else."""
    if (
        isinstance(found, dict)
        and isinstance(found.get("gonogo"), str)
        and isinstance(found.get("options"), dict)
        and isinstance(found.get("images"), list)
        and all(isinstance(one, list) and len(one) == 1 + len(_FACTS) for one in found["images"])
    ):
        return found
    raise ValueError("the plan is none")


def refuse_other_plan(found: Mapping[str, Any], wanted: Mapping[str, Any], place: Path) -> None:
    """Refuse to go on with what was counted for another plan, and name what differs."""
    differing = _other_options(found, wanted) or _other_images(found["images"], wanted["images"])
    if differing:
        raise InputError(
            f"{place}: found an unfinished run of {wanted['category']} {differing}; "
            "go on with it as it was started, or start over with fresh=True"
        )


def _other_options(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> str:
    if found["gonogo"] != wanted["gonogo"]:
        return f"by gonogo {found['gonogo']}, and this is {wanted['gonogo']}"
    changed = [
        f"{name} {value!r}, now {wanted['options'].get(name)!r}"
        for name, value in found["options"].items()
        if value != wanted["options"].get(name)
    ]
    return f"with other options ({'; '.join(changed)})" if changed else ""


def _other_images(found: Sequence[Sequence[Any]], wanted: Sequence[Sequence[Any]]) -> str:
    if found == wanted:
        return ""
    before, now = ({image[0]: image[1:] for image in images} for images in (found, wanted))
    gone = [name for name in before if name not in now]
    new = [name for name in now if name not in before]
    if gone or new:
        words = [f"{some(gone)} are gone"] * bool(gone) + [f"{some(new)} are new"] * bool(new)
        return f"of other images ({'; '.join(words)})"
    for name, facts in before.items():
        for what, old, new_fact in zip(_FACTS, facts, now[name], strict=True):
            if old != new_fact:
                return f"of other images (the {what} of {name} was {old}, and is {new_fact})"
    return "of the same images in another order"
