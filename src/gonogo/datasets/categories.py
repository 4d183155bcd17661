"""Which categories two folders hold, in which layout, and the images of each."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Literal, TypeVar, Unpack

from gonogo._check import texts
from gonogo.datasets.folder_options import FolderKeywords, folder_options
from gonogo.datasets.image_file import ImageFile
from gonogo.datasets.listing import existing_folder, files_by_stem, some, subfolders, suffixes
from gonogo.datasets.maps import MAP_SUFFIXES
from gonogo.datasets.masks import MASK_SUFFIXES
from gonogo.datasets.mvtec import mvtec_images, photographs_in
from gonogo.datasets.plain import plain_images
from gonogo.datasets.remote import AnyPath
from gonogo.errors import InputError, InputWarning, warn
from gonogo.types import FolderOptions, Layout

__all__ = ["Layout", "categories_in", "find_categories", "named", "telling_name"]

Images = TypeVar("Images")
_Known = Literal["mvtec", "plain"]

_READ: Mapping[_Known, Callable[[AnyPath, AnyPath, FolderOptions], list[ImageFile]]] = {
    "mvtec": mvtec_images,
    "plain": plain_images,
}
_LOOKED_INTO = 20
"""Folders that are looked into for a better hint."""
_GENERIC = {
    *("ground_truth", "groundtruth", "gt", "mask", "masks", "annotations", "labels"),
    *("maps", "anomaly_maps", "heatmaps", "predictions", "scores"),
}


def find_categories(
    maps: str | os.PathLike[str],
    ground_truth: str | os.PathLike[str],
    *,
    categories: Sequence[str] | None = None,
    **options: Unpack[FolderKeywords],
) -> dict[str, list[ImageFile]]:
    """Images of every category, by its name; both folders hold one category or one folder for each.

    A single category is named after its ground-truth folder or, where that name says nothing
    (``masks``), after the maps or the folder they lie in. ``categories`` keeps those named; the
    other options are those of :func:`gonogo.evaluate_folder`. No file is opened.
    """
    return categories_in(maps, ground_truth, folder_options(**options), categories)


def categories_in(
    maps: str | os.PathLike[str],
    ground_truth: str | os.PathLike[str],
    how: FolderOptions,
    categories: Sequence[str] | None = None,
) -> dict[str, list[ImageFile]]:
    """:func:`find_categories` with options that were checked."""
    scores = existing_folder(maps, "maps")
    truth = existing_folder(ground_truth, "ground truth")
    single = _layout_of(scores, how.layout)
    if single is not None and not (single == "plain" and _is_root(scores, truth, how.layout)):
        truth = _one_truth(scores, truth, single, how)
        name = telling_name((truth.name, scores.name, scores.parent.name), scores.name)
        _chosen([name], categories)
        found = {name: _images(scores, truth, single, how)}
        _warn_of_another_category(scores, truth)
    else:
        found = _from_root(scores, truth, categories, how)
    return named(_of_task(found, truth, how), how)


def named(found: Mapping[str, Images], options: FolderOptions) -> dict[str, Images]:
    """The same images, under the name that is given for a single category."""
    if options.name is None:
        return dict(found)
    if len(found) > 1:
        raise InputError(
            f"name: found {options.name} for {len(found)} categories ({some(found)}), which have "
            "their own names; leave it out, or name one of them with categories"
        )
    (images,) = found.values()
    return {options.name: images}


def _of_task(
    found: dict[str, list[ImageFile]], truth: AnyPath, options: FolderOptions
) -> dict[str, list[ImageFile]]:
    """The images with the masks that the task needs; a data set without masks is told."""
    if options.task == "image":
        return {name: [_labelled(image) for image in images] for name, images in found.items()}
    without = [name for name, images in found.items() if any(map(_lacks_a_mask, images))]
    if without and len(without) < len(found):
        raise InputError(
            f"ground truth: found no masks for {some(without)}, but for other categories; add "
            'them, name the categories to evaluate, or pass task="image" for the image level alone'
        )
    if without:
        normal = {image.map_path.parent.name for image in found[without[0]] if not image.label}
        warn(
            f"{truth} has no masks: the image level alone is evaluated, by the names of folders "
            f'({some(sorted(normal))} is normal); task="image" asks for this',
            InputWarning,
        )
    return found


def _labelled(image: ImageFile) -> ImageFile:
    """The image without its mask, unless that is its label."""
    return image if image.label is None else replace(image, mask_path=None, more_masks=())


def _lacks_a_mask(image: ImageFile) -> bool:
    return image.label is True and image.mask_path is None


def _layout_of(maps: AnyPath, layout: Layout) -> _Known | None:
    """The layout of a folder that is one category; None where it is not."""
    if layout != "plain" and subfolders(maps / "test"):
        return "mvtec"
    if layout != "mvtec" and files_by_stem(maps, MAP_SUFFIXES):
        return "plain"
    return None


def _is_root(maps: AnyPath, truth: AnyPath, layout: Layout) -> bool:
    """Whether categories lie in both folders, whatever files lie beside them."""
    return any(
        (truth / name).is_dir() and _layout_of(maps / name, layout) is not None
        for name in subfolders(maps)
    )


def telling_name(names: Iterable[str], otherwise: str) -> str:
    """The first of these names that says more than what kind of files there are."""
    return next((name for name in names if name and name.lower() not in _GENERIC), otherwise)


def _warn_of_another_category(maps: AnyPath, truth: AnyPath) -> None:
    """Tell where maps of one category meet the ground truth of another: their own is near."""
    if maps.name == truth.name or truth.name.lower() in _GENERIC:
        return
    other_maps, other_truth = maps.parent / truth.name, truth.parent / maps.name
    there = [
        *([other_maps] if other_maps != truth and _layout_of(other_maps, "auto") else []),
        *([other_truth] if other_truth != maps and _is_one_category(other_truth) else []),
    ]
    if there:
        warn(
            f"{maps} is compared with the ground truth {truth}, although there is {there[0]}; "
            "make sure that both are of one category",
            InputWarning,
        )


def _images(
    maps: AnyPath, truth: AnyPath, layout: _Known, options: FolderOptions
) -> list[ImageFile]:
    images = _READ[layout](maps, truth, options)
    if not images:
        raise _no_maps(maps, layout)
    return images


def _one_truth(maps: AnyPath, truth: AnyPath, layout: _Known, options: FolderOptions) -> AnyPath:
    """The ground truth of one category, where the user may have named ``ground_truth`` itself.

    Without masks it is a data set if it has the photographs.
    """
    if layout == "plain" or (truth / "ground_truth").is_dir():
        return truth
    if truth.name == "ground_truth":
        return truth.parent
    swapped = (maps / "ground_truth").is_dir()
    if options.task == "image" or (options.task is None and not swapped and photographs_in(truth)):
        return truth
    hint = "; are the two folders swapped?" * swapped
    inside = [name for name in subfolders(truth) if (truth / name / "ground_truth").is_dir()]
    if inside:
        name = maps.name if maps.name in inside else inside[0]
        hint = f"; {maps} is one category, so pass its ground truth, for example {truth / name}"
    alone = "" if hint else '; for the image level alone, which needs no masks, pass task="image"'
    raise InputError(
        f"ground truth: there is no folder {truth / 'ground_truth'}; expected MVTec AD's layout, "
        f"ground_truth/<defect>/<id>_mask.png{hint}{alone}"
    )


def _from_root(
    maps: AnyPath, truth: AnyPath, categories: Sequence[str] | None, options: FolderOptions
) -> dict[str, list[ImageFile]]:
    layout = options.layout
    layouts = {name: _layout_of(maps / name, layout) for name in subfolders(maps)}
    known = {name: found for name, found in layouts.items() if found is not None}
    if not known:
        raise _no_maps(maps, layout)
    chosen = _chosen(list(known), categories)
    if not _is_root(maps, truth, layout) and _is_one_category(truth):
        better = maps.parent if maps.name == "test" else maps / chosen[0]
        raise InputError(
            f"maps: found the folders {some(known)} in {maps}, but {truth} is the ground truth of "
            f"one category; pass the maps of that category, for example {better}"
        )
    found = {}
    for name in chosen:
        if not (truth / name).is_dir():
            raise InputError(
                f"ground truth: there is no folder {truth / name} for the maps in {maps / name}; "
                "name the categories to evaluate, or add the ground truth"
            )
        one_truth = _one_truth(maps / name, truth / name, known[name], options)
        found[name] = [
            replace(image, name=f"{name}/{image.name}")
            for image in _images(maps / name, one_truth, known[name], options)
        ]
    if categories is None:
        _warn_of_left_out(truth, known, maps)
    return found


def _chosen(present: list[str], categories: Sequence[str] | None) -> list[str]:
    if categories is None:
        return present
    named = [str(name).rstrip("/\\") for name in texts(categories, "categories")]
    if not named:
        raise InputError("categories: found none; name those to evaluate, or pass None for all")
    unknown = [name for name in named if name not in present]
    if unknown:
        raise InputError(
            f"categories: found no maps for {some(unknown)}; expected some of "
            f"{some(present, limit=20)}"
        )
    return list(dict.fromkeys(named))


def _warn_of_left_out(truth: AnyPath, evaluated: Mapping[str, object], maps: AnyPath) -> None:
    missing = [
        name
        for name in subfolders(truth)
        if name not in evaluated and _is_one_category(truth / name)
    ]
    if missing:
        warn(
            f"{maps} has no maps for {some(missing, limit=5)}; they are not part of the mean",
            InputWarning,
        )


def _is_one_category(truth: AnyPath) -> bool:
    return (truth / "ground_truth").is_dir() or bool(files_by_stem(truth, MASK_SUFFIXES))


def _no_maps(maps: AnyPath, layout: Layout) -> InputError:
    models = [
        name
        for name in subfolders(maps)[:_LOOKED_INTO]
        if layout == "auto"
        and any(_layout_of(maps / name / inside, layout) for inside in subfolders(maps / name))
    ]
    if models:
        one = maps / models[0]
        return InputError(
            f"maps: found no maps in {maps}, but {one} holds categories: evaluate one model at a "
            f"time, for example {one}"
        )
    there = suffixes(maps)
    found = f" (there are files of the kind {some(there, limit=5)})" if there else ""
    auto = "" if layout == "auto" else f"; or let the layout be found (auto, not {layout})"
    return InputError(
        f"maps: found no maps in {maps}{found}; expected test/<defect>/<id> (MVTec AD) or "
        f"<name> with one of {', '.join(sorted(MAP_SUFFIXES))}, or one such folder for each "
        f"category{auto}"
    )
