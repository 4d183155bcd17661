"""MVTec AD's layout: ``test/<defect>/<id>`` of the maps beside ``ground_truth/<defect>/<id>_mask``.

``good`` holds the normal images, which need no mask.
"""

from __future__ import annotations

from collections.abc import Iterable

from gonogo.datasets.image_file import ImageFile
from gonogo.datasets.listing import (
    IMAGE_SUFFIXES,
    files_by_stem,
    refuse_folders,
    some,
    subfolders,
    tell_left_out,
)
from gonogo.datasets.maps import MAP_SUFFIXES
from gonogo.datasets.pairing import mask_of, masks_in, refuse_unused
from gonogo.datasets.remote import AnyPath
from gonogo.errors import InputError

__all__ = ["mvtec_images"]

_NORMAL = "good"


def mvtec_images(maps: AnyPath, truth: AnyPath) -> list[ImageFile]:
    """Images of one category, by defect and then by name.

    Where the ground truth has the photographs too (``test/``), they and the maps must be the same
    set. A defective image without a mask, or a mask without a map, is an error.
    """
    found: list[ImageFile] = []
    lone_masks: list[AnyPath] = []
    maps_here: set[tuple[str, str]] = set()
    for defect in sorted({*subfolders(maps / "test"), *subfolders(truth / "ground_truth")}):
        masks = masks_in(truth / "ground_truth" / defect)
        paths = files_by_stem(maps / "test" / defect, MAP_SUFFIXES)
        refuse_folders(maps / "test" / defect, MAP_SUFFIXES)
        tell_left_out(maps / "test" / defect, paths, "maps")
        for stem, path in paths.items():
            maps_here.add((defect, stem))
            found.append(_image(path, defect, mask_of(stem, masks)))
        lone_masks += masks.values()
    _compare_with_photographs(maps, truth, maps_here)
    refuse_unused(lone_masks, maps / "test")
    _refuse_unmasked(found, truth)
    return found


def _image(path: AnyPath, defect: str, mask: AnyPath | None) -> ImageFile:
    name = f"test/{defect}/{path.name}"
    return ImageFile(name, path, mask, label=defect != _NORMAL, defect=_defect(defect))


def _defect(folder: str) -> str | None:
    return None if folder == _NORMAL else folder


def _refuse_unmasked(images: Iterable[ImageFile], truth: AnyPath) -> None:
    unmasked = [image for image in images if image.label and image.mask_path is None]
    if unmasked:
        folder = truth / "ground_truth" / str(unmasked[0].defect)
        raise InputError(
            f"{unmasked[0].map_path}: found no mask for this anomalous image; expected "
            f"{folder / unmasked[0].map_path.stem}_mask.png. Images without a mask: "
            f"{some(image.name for image in unmasked)}"
        )


def _compare_with_photographs(
    maps: AnyPath, truth: AnyPath, maps_here: set[tuple[str, str]]
) -> None:
    photographs = {
        (defect, stem)
        for defect in subfolders(truth / "test")
        for stem in files_by_stem(truth / "test" / defect, IMAGE_SUFFIXES)
    }
    if not photographs:
        return
    for one, other, folder, wanted in (
        (maps_here - photographs, "map", truth, "image"),
        (photographs - maps_here, "image", maps, "map"),
    ):
        if one:
            names = some(f"test/{defect}/{stem}" for defect, stem in sorted(one))
            raise InputError(
                f"{folder / 'test'}: found no {wanted} for {len(one)} {other}(s): {names}; "
                "expected the same test set in both folders"
            )
