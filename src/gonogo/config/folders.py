"""Images in folders that are named one by one: normal ones, anomalous ones, and their masks."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from gonogo.config.job import Found
from gonogo.datasets import ImageFile
from gonogo.datasets.image_file import with_photographs
from gonogo.datasets.listing import IMAGE_SUFFIXES, refuse_folders, some, subfolders
from gonogo.datasets.local import existing_folder, files_by_stem
from gonogo.datasets.maps import MAP_SUFFIXES
from gonogo.datasets.pairing import pair_masks, refuse_unused
from gonogo.datasets.remote import AnyPath
from gonogo.errors import InputError
from gonogo.types import FolderOptions

__all__ = ["NamedFolders"]


@dataclass(frozen=True)
class NamedFolders:
    """One category. All folders lie in ``root``, unless they are absolute.

    Under test are the images of ``anomalous`` and of ``normal_test``; without ``normal_test`` those
    of ``normal`` that have a map. The map of ``<root>/<folder>/<name>.png`` is
    ``<maps>/<folder>/<name>.tiff``, or lies in a folder of the maps with the last name of
    ``<folder>``. The mask of an anomalous image has the same place in its mask folder, as
    ``<name>_mask`` or ``<name>``. Folders are searched with all that are inside them.
    """

    name: str
    root: Path
    normal: tuple[str, ...]
    anomalous: tuple[str, ...]
    normal_test: tuple[str, ...]
    masks: tuple[str, ...]
    extensions: frozenset[str] = IMAGE_SUFFIXES

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders of images and masks."""
        named = (*self.normal, *self.anomalous, *self.normal_test, *self.masks)
        return tuple(self.root / folder for folder in named)

    def origin(self, maps: Path) -> None:
        """None: folders named one by one are not found again from two."""

    def find(self, maps: Path, *, pixels: bool) -> dict[str, Found]:
        """The images under test with their maps and, if ``pixels``, masks. No file is opened."""
        root, maps = existing_folder(self.root, "dataset.path"), existing_folder(maps, "maps")
        images: dict[Path, ImageFile] = {}
        for folder in self.normal_test or self.normal:
            place = existing_folder(root / folder, "normal images")
            for shot in self._shots(place, root, maps, some_maps=not self.normal_test):
                images[shot.photograph] = shot.image(maps, label=False)
        for number, folder in enumerate(self.anomalous):
            place = existing_folder(root / folder, "abnormal_dir")
            shots = self._shots(place, root, maps)
            masks = _masks(self._masks_of(number, place, root), shots, maps) if pixels else {}
            for shot in shots:
                image = shot.image(maps, label=True, masks=masks.get(shot.inside, ()))
                images[shot.photograph] = image
        if not images:
            raise InputError(f"{root}: found no image in the folders that the file names")
        photographs = {image.name: photograph for photograph, image in images.items()}
        found = with_photographs(images.values(), photographs)
        training = list(self._training(root, maps)) if self.normal_test else []
        return {self.name: Found(found, photographs, training)}

    def _training(self, root: Path, maps: Path) -> Iterator[ImageFile]:
        """The images of ``normal`` that have a map, which is for them to have or not."""
        for folder in self.normal:
            place = root / folder
            if place.is_dir() and _folder_of_maps(place, root, maps) is not None:
                for shot in self._shots(place, root, maps, some_maps=True):
                    yield shot.image(maps, label=False)

    def _shots(
        self, place: Path, root: Path, maps: Path, *, some_maps: bool = False
    ) -> list[_Shot]:
        """The images of a folder with their maps; ``some_maps``: leave out those without."""
        photographs = dict(_inside(place, self.extensions))
        there = _folder_of_maps(place, root, maps)
        if there is None:
            raise InputError(
                f"{maps}: found no folder with the maps of the images in {place}; expected one of "
                "the same name"
            )
        found = dict(_inside(there, MAP_SUFFIXES))
        without = [] if some_maps else [name for name in photographs if name not in found]
        for lone, here, wanted in (
            (without, there, "map"),
            ([name for name in found if name not in photographs], place, "image"),
        ):
            if lone:
                raise InputError(
                    f"{here}: found no {wanted} for {some(lone)}; expected an image and a map of "
                    "the same name"
                )
        return [_Shot(name, photographs[name], path) for name, path in found.items()]

    def _masks_of(self, number: int, place: Path, root: Path) -> Path:
        """The mask folder of one anomalous folder: its own, or its part of the only one."""
        alone = len(self.masks) == 1
        folder = existing_folder(root / self.masks[0 if alone else number], "mask")
        part = folder / place.name
        return part if alone and len(self.anomalous) > 1 and part.is_dir() else folder


@dataclass(frozen=True)
class _Shot:
    """A photograph under test and its map; ``inside`` is its name in its folder, no suffix."""

    inside: str
    photograph: Path
    map: Path

    def image(self, maps: Path, *, label: bool, masks: Sequence[AnyPath] = ()) -> ImageFile:
        """The same for the engine; an anomalous image is named after its folder."""
        return ImageFile(
            self.map.relative_to(maps).as_posix(),
            self.map,
            masks[0] if masks else None,
            label=label,
            defect=self.photograph.parent.name if label else None,
            more_masks=tuple(masks[1:]),
        )


def _inside(folder: Path, suffixes: Collection[str], above: str = "") -> Iterator[tuple[str, Path]]:
    """Files of a folder and of all inside it, by their name in it without suffix."""
    for stem, path in files_by_stem(folder, suffixes).items():
        yield f"{above}{stem}", path
    for name in subfolders(folder):
        inside = list(_inside(folder / name, suffixes, f"{above}{name}/"))
        if not inside:
            refuse_folders(folder, suffixes, [name])
        yield from inside


def _folder_of_maps(place: Path, root: Path, maps: Path) -> Path | None:
    """Where the maps of a folder of images lie."""
    options = [maps / place.relative_to(root)] if place.is_relative_to(root) else []
    return next((one for one in (*options, maps / place.name) if one.is_dir()), None)


def _masks(folder: Path, shots: list[_Shot], maps: Path) -> Mapping[str, Sequence[AnyPath]]:
    """The files of the mask of every image, by its name in its folder."""
    by_folder: dict[str, list[str]] = {}
    for shot in shots:
        inside = PurePosixPath(shot.inside)
        by_folder.setdefault(str(inside.parent), []).append(inside.name)
    found: dict[str, Sequence[AnyPath]] = {}
    unused: list[AnyPath] = []
    for parent, stems in by_folder.items():
        paired = pair_masks(folder / parent, stems, FolderOptions(), photographs=True)
        found |= {str(PurePosixPath(parent) / stem): one for stem, one in paired.masks.items()}
        unused += paired.unused
    for shot in shots:
        if shot.inside not in found:
            raise InputError(
                f"{shot.photograph}: found no mask for this anomalous image; expected "
                f"{folder / shot.inside}_mask.png or {PurePosixPath(shot.inside).name}.png beside "
                "it"
            )
    refuse_unused(unused, maps)
    return found
