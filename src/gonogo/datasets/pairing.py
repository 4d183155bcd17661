"""Masks of a folder, handed out to the maps that they belong to."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from gonogo.datasets.listing import (
    IMAGE_SUFFIXES,
    files_in,
    refuse_folders,
    some,
    subfolders,
    tell_left_out,
)
from gonogo.datasets.maps import MAP_SUFFIXES
from gonogo.datasets.masks import MASK_SUFFIXES, read_mask
from gonogo.datasets.remote import AnyPath, at_hand
from gonogo.errors import InputError, InputWarning, warn
from gonogo.sorting import sortable
from gonogo.types import FolderOptions

__all__ = ["SUFFIXES", "PairedMasks", "pair_masks", "refuse_unused"]

SUFFIXES = ("_mask", "_gt", "_label", "_ground_truth", "_seg")
"""What names of masks usually end with, in any case; the first few of those that are known."""

_WORDS = "masks?|gt|labels?|ground[_-]?truth|seg|segm|segmentation|annotations?|anno|annot"
_KNOWN = re.compile(rf"(?P<stem>.+?)(?P<suffix>[_. -](?:{_WORDS}))(?:[_-]?\d+)?", re.IGNORECASE)
_FOLDER = "/"
_COMPARED = 10
"""Photographs of a folder that are opened to see that they are none of the masks."""
Files = TypeVar("Files")
_LOSSY = IMAGE_SUFFIXES - MASK_SUFFIXES


@dataclass(frozen=True)
class PairedMasks:
    """The files of a folder of masks, by the stems of the maps that they belong to.

    ``photographs`` lay beside their masks; ``unused`` belong to no map.
    """

    masks: Mapping[str, tuple[AnyPath, ...]]
    photographs: Mapping[str, AnyPath] = field(default_factory=dict)
    unused: Sequence[AnyPath] = ()


def pair_masks(
    folder: AnyPath, stems: Collection[str], options: FolderOptions, *, photographs: bool = False
) -> PairedMasks:
    """The masks of maps of these stems: ``<stem>``, or ``<stem>`` and a suffix such as ``_mask``.

    Several numbered files of one image (``<stem>_mask_0``, or those in a folder ``<stem>``) are
    parts of one mask. With ``photographs`` they may lie beside their masks: where every mask has a
    suffix and a file without it, or where the other file of a name is of a lossy format.

    Raises:
        InputError: what belongs to which map, or which file is the mask, is not plain; or a mask is
            of a format that masks are not read from.
    """
    found = _Named(folder, stems, options)
    refuse_folders(folder, MASK_SUFFIXES)
    if options.mask_suffix or found.suffixed:
        paired = _with_suffixes(found, photographs=photographs)
    else:
        paired = _without_suffixes(found, photographs=photographs)
    used = [path for paths in paired.masks.values() for path in paths]
    used += [*paired.photographs.values(), *paired.unused]
    tell_left_out(folder, {path.stem for path in used}, "masks")
    _tell_of_parts(folder, paired.masks)
    if paired.photographs and paired.masks and not options.mask_suffix:
        stem, masks = next(iter(paired.masks.items()))
        beside = paired.photographs.get(stem, next(iter(paired.photographs.values())))
        warn(
            f"{folder}: found photographs beside the masks; took {masks[0].name} for a mask and "
            f"{beside.name} for a photograph, and the others likewise",
            InputWarning,
        )
    return paired


def refuse_unused(masks: Sequence[AnyPath], maps: AnyPath) -> None:
    """A mask that no map asked for is an error."""
    if masks:
        raise InputError(
            f"{maps}: found no map for {len(masks)} mask(s): {some(masks)}; "
            "expected a map of the same name for every mask, whose name may also end with "
            f'{", ".join(SUFFIXES)}, or with what mask_suffix="_x" names'
        )


class _Named:
    """Files of a folder by the stem that their names hold, without (``exact``) and with a suffix.

    ``suffixed`` is by stem and then by suffix; files that hold no stem are in ``others``.
    """

    def __init__(self, folder: AnyPath, stems: Collection[str], options: FolderOptions) -> None:
        self.folder = folder
        self.exact: dict[str, list[AnyPath]] = {}
        self.suffixed: dict[str, dict[str, list[AnyPath]]] = {}
        self.others: list[AnyPath] = []
        self.bare = not options.mask_suffix or "" in options.mask_suffix
        self._stems, self._patterns = frozenset(stems), _patterns(options)
        for stem, path in files_in(folder, IMAGE_SUFFIXES | MAP_SUFFIXES):
            self._sort(stem, path)
        self._add_folders([name for name in subfolders(folder) if name not in self.exact])

    def _add_folders(self, names: Sequence[str]) -> None:
        """Add folders of the parts of one mask; where there are any, each is to have its map."""
        if not self._stems.isdisjoint(names):
            for name in names:
                parts = [path for _, path in files_in(self.folder / name, MASK_SUFFIXES)]
                if name in self._stems and parts:
                    self.suffixed.setdefault(name, {})[_FOLDER] = parts
                else:
                    self.others += parts

    def _sort(self, stem: str, path: AnyPath) -> None:
        matches = [match for one in self._patterns if (match := one.fullmatch(stem))]
        owners = {(match["stem"], match["suffix"].lower()) for match in matches}
        owners = {owner for owner in owners if owner[0] in self._stems}
        if len(owners) + (stem in self._stems and self.bare) > 1:
            maps = sorted({owner for owner, _ in owners} | ({stem} & self._stems))
            raise InputError(
                f"{path}: found maps for {' and '.join(maps)}, and this may be the mask of "
                'either; say what the names of masks end with: mask_suffix="_mask", or '
                'mask_suffix="" where they end with nothing'
            )
        if owners:
            owner, suffix = owners.pop()
            self.suffixed.setdefault(owner, {}).setdefault(suffix, []).append(path)
        elif stem in self._stems:
            self.exact.setdefault(stem, []).append(path)
        else:
            self.others.append(path)


def _patterns(options: FolderOptions) -> list[re.Pattern[str]]:
    """What the names of masks match: the suffixes given, or those that are known."""
    if not options.mask_suffix:
        return [_KNOWN]
    return [
        re.compile(rf"(?P<stem>.+)(?P<suffix>{re.escape(one)})(?:[_-]?\d+)?", re.IGNORECASE)
        for one in options.mask_suffix
        if one
    ]


def _with_suffixes(found: _Named, *, photographs: bool) -> PairedMasks:
    """Masks by their suffix. The files without one are photographs, or masks of other images."""
    masks = {stem: _one_mask(found, stem) for stem in found.suffixed}
    beside = found.exact
    if found.bare:
        both = [stem for stem in found.suffixed if stem in beside]
        if both and not (photographs and len(both) == len(masks)):
            raise _second_mask(beside[both[0]][0], masks[both[0]])
        for stem in both[:_COMPARED]:
            if _is_mask(beside[stem][0]):
                raise _second_mask(beside[stem][0], masks[stem])
        if not both:
            masks |= {stem: _one_exact(found, stem) for stem in beside}
            beside = {}
    for stem in beside:
        if len(beside[stem]) > 1:
            raise _found_both(found.folder, beside[stem])
    pictures = {stem: paths[0] for stem, paths in beside.items()}
    unused = found.others
    _refuse_formats([path for paths in masks.values() for path in paths])
    if not pictures:
        _refuse_formats(unused)
    return PairedMasks(_in_order(masks), pictures, unused)


def _is_mask(path: AnyPath) -> bool:
    """Whether what is taken for a photograph has the two values of a mask."""
    try:
        values = np.unique(sortable(read_mask(at_hand(path))))
    except InputError:  # of colours or another format, as a photograph may be
        return False
    return values.tolist() in ([0, 1], [0, 255])


def _without_suffixes(found: _Named, *, photographs: bool) -> PairedMasks:
    """Masks called like their maps; beside one may lie a photograph in a lossy format."""
    masks, pictures = {}, {}
    for stem, paths in found.exact.items():
        lossy = [path for path in paths if path.suffix.lower() in _LOSSY]
        if photographs and len(paths) == 2 and len(lossy) == 1:
            pictures[stem] = lossy[0]
            paths = [path for path in paths if path not in lossy]  # noqa: PLW2901
        if len(paths) > 1:
            raise _found_both(found.folder, paths)
        masks[stem] = (paths[0],)
    if pictures:  # then other lossy files are photographs of images without a mask
        alone = {stem: path for stem, (path,) in masks.items() if path.suffix.lower() in _LOSSY}
        pictures |= alone
        masks = {stem: paths for stem, paths in masks.items() if stem not in alone}
    _refuse_formats([*(path for (path,) in masks.values()), *([] if pictures else found.others)])
    return PairedMasks(_in_order(masks), _in_order(pictures), found.others)


def _one_mask(found: _Named, stem: str) -> tuple[AnyPath, ...]:
    """The files of one image's mask, all with the same suffix, or all in one folder."""
    (suffix, paths), *more = found.suffixed[stem].items()
    if more:
        raise _second_mask(more[0][1][0], paths)
    seen: dict[str, AnyPath] = {}
    for path in paths:
        if path.stem in seen:
            raise _found_both(
                path.parent if suffix == _FOLDER else found.folder, [seen[path.stem], path]
            )
        seen[path.stem] = path
    return tuple(paths)


def _one_exact(found: _Named, stem: str) -> tuple[AnyPath, ...]:
    if len(found.exact[stem]) > 1:
        raise _found_both(found.folder, found.exact[stem])
    return tuple(found.exact[stem])


def _in_order(by_stem: Mapping[str, Files]) -> dict[str, Files]:
    return {stem: by_stem[stem] for stem in sorted(by_stem)}


def _second_mask(path: AnyPath, others: Sequence[AnyPath]) -> InputError:
    return InputError(
        f"{path}: found a second mask of the same image, {others[0].name}; expected one; say what "
        'the names of masks end with (mask_suffix="_mask"), or move the other files away'
    )


def _found_both(folder: AnyPath, paths: Sequence[AnyPath]) -> InputError:
    return InputError(
        f"{folder}: found both {paths[0].name} and {paths[1].name}; "
        "expected one file of that name, so move or delete the other"
    )


def _refuse_formats(masks: Iterable[AnyPath]) -> None:
    for path in masks:
        suffix = path.suffix.lower()
        if suffix not in MASK_SUFFIXES:
            swapped = "are the folders of maps and masks swapped?"
            raise InputError(
                f"{path}: found the suffix {path.suffix!r}; expected masks as "
                f"{', '.join(sorted(MASK_SUFFIXES))}; "
                f"{swapped if suffix in MAP_SUFFIXES else 'lossy formats change their values'}"
            )


def _tell_of_parts(folder: AnyPath, masks: Mapping[str, Sequence[AnyPath]]) -> None:
    several = [stem for stem, paths in masks.items() if len(paths) > 1]
    if several:
        names = some(path.name for path in masks[several[0]])
        warn(
            f"{folder}: found several mask files for {len(several)} image(s), the first "
            f"{several[0]} ({names}); those of one image are united",
            InputWarning,
        )
