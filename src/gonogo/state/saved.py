"""What a state holds, in a state file: rows, kept maps as ``map/<place>``, counts."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

from gonogo import _check
from gonogo.errors import InputError
from gonogo.state.contents import Contents
from gonogo.state.images import Image
from gonogo.states.state_file import read_state, write_state
from gonogo.states.stored import Stored, grid_from, images_from, stored_grid, stored_images

__all__ = ["load_contents", "save_contents"]

_HOLDS = "State"


def save_contents(path: Path, contents: Contents) -> Path:
    """Write all of it to one file."""
    images = contents.images
    parts = {"images": stored_images({i: image.at(i) for i, image in enumerate(images)})}
    if contents.grid is not None:
        parts["grid"] = stored_grid(contents.grid)
    whole = Stored.of(
        parts,
        holds=_HOLDS,
        settings=asdict(contents.settings),
        pixels=contents.pixels,
        scored=contents.scored,
        sizes=sorted(contents.sizes),
        named=[image.named for image in images],
        bare=[image.bare for image in images],
    )
    maps = (
        (f"map/{place}", image.seen.map)
        for place, image in enumerate(images)
        if image.seen.map is not None
    )
    return write_state(path, whole.record, [*whole.arrays.items(), *maps])


def load_contents(path: Path) -> Contents:
    """Read what :func:`save_contents` wrote, in this release or an older one."""
    record, arrays = read_state(path)
    found = record.get("holds") if isinstance(record, dict) else None
    if found != _HOLDS:
        what = "a part of a checkpoint" if found is None else repr(found)
        raise InputError(
            f"{path}: found {what}; expected a state that State.save wrote; name another file"
        )
    try:
        return _contents(Stored(record, arrays))
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise InputError(
            f"{path}: found a state that lacks what State.save writes ({error}); save it again"
        ) from error


def _contents(whole: Stored) -> Contents:
    record = whole.record
    seen = images_from(whole.part("images"))
    maps = whole.arrays
    images = (
        Image(replace(one, map=maps.get(f"map/{place}")), named, bare)
        for (place, one), named, bare in zip(
            seen.items(), record["named"], record["bare"], strict=True
        )
    )
    return Contents(
        _check.settings(**record["settings"]),
        record["pixels"],
        record["scored"],
        frozenset((height, width) for height, width in record["sizes"]),
        tuple(images),
        grid_from(whole.part("grid")) if "grid" in record else None,
    )
