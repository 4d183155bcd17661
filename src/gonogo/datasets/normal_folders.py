"""Which folders of a test set hold the normal images, by their names or as the user says."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from gonogo._check import NORMAL_NAMES, bare
from gonogo.datasets.listing import some
from gonogo.datasets.remote import AnyPath
from gonogo.errors import InputError
from gonogo.types import FolderOptions

__all__ = ["is_usual_name", "normal_folders"]

_SHOWN = "good, ok, normal or defect_free, in any case"


def is_usual_name(name: str) -> bool:
    """Whether a folder of this name holds normal images: ``good``, ``OK``, ``Normal`` and so on."""
    return bare(name) in NORMAL_NAMES


def normal_folders(
    place: AnyPath, names: Sequence[str], masked: Collection[str], options: FolderOptions
) -> frozenset[str]:
    """Those of the folders in ``place`` whose images are normal; ``masked`` are those with masks.

    The folders that ``options.normal`` names, else the one with a usual name. There may be none
    where every folder has masks.

    Raises:
        InputError: none of the folders named is there; several have a usual name; or none has, and
            a folder has no masks.
    """
    if options.normal:
        named = frozenset(options.normal).intersection(names)
        if not named:
            raise InputError(
                f"normal: found no folder {some(options.normal)} in {place}; expected some of "
                f"{some(names, limit=20)}"
            )
        return named
    usual = [name for name in names if is_usual_name(name)]
    if len(usual) > 1:
        raise InputError(
            f"{place}: found {len(usual)} folders that may hold the normal images, "
            f'{some(usual)}; say which do: normal="{usual[0]}"'
        )
    unmasked = [name for name in names if name not in masked]
    if not usual and unmasked:
        raise InputError(
            f"{place}: found no folder of normal images, which is called {_SHOWN}; name it, if it "
            f'is one of those without masks ({some(unmasked)}): normal="{unmasked[0]}"'
        )
    return frozenset(usual)
