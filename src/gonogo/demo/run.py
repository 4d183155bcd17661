"""The demo without its last step: fit, predict, write pictures, masks and maps as folders."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gonogo.demo.detector import PatchCore
from gonogo.demo.folder import DemoFolder, claim, complete
from gonogo.demo.libraries import library, refuse_missing
from gonogo.demo.model_file import model_path
from gonogo.demo.samples import GOOD, Loader, Sample, evaluation_set, training_set
from gonogo.demo.textures import CATEGORIES
from gonogo.errors import InputError
from gonogo.files import local_path

__all__ = ["Progress", "build"]

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many steps of it are done, and how many there are."""


def build(
    out: str | os.PathLike[str],
    *,
    seed: int = 0,
    force: bool = False,
    categories: Sequence[str] = CATEGORIES,
    per_defect: int = 7,
    progress: Progress | None = None,
) -> DemoFolder:
    """Fit a detector for each surface and write its maps of the test pictures.

    The same ``seed`` gives the same bytes. Takes seconds on a CPU.

    Raises:
        InputError: the folder holds an earlier demo (without ``force``; one that was interrupted is
            replaced) or foreign files, or cannot be written.
        MissingExtra: a library of the ``demo`` extra is not installed.
    """
    refuse_missing()
    folder = DemoFolder(local_path(out, "out"))
    tested, trained = {}, {}
    for done, name in enumerate(categories):
        if progress is not None:
            progress("painting defects", done, len(categories))
        tested[name] = evaluation_set(name, seed=seed, per_defect=per_defect)
        trained[name] = training_set(name)
    files = [
        str(path.relative_to(folder.root).as_posix())
        for name in categories
        for path in _files(folder, name, trained[name], tested[name])
    ]
    claim(folder, files, seed=seed, force=force)
    for name in categories:
        detector = PatchCore()
        detector.fit(_watched(Loader(trained[name]), f"{name}: learning", progress))
        detector.save_to_path(folder.models / name)
        loader = Loader(tested[name])
        _, maps, _, _ = detector.predict(_watched(loader, f"{name}: looking", progress))
        _write(folder, trained[name], tested[name], maps)
    complete(folder)
    return folder


def _files(
    folder: DemoFolder, category: str, trained: Sequence[Sample], tested: Sequence[Sample]
) -> Iterator[Path]:
    """Every file the demo will write for one category."""
    yield model_path(folder.models / category, "")
    for sample in [*trained, *tested]:
        yield _picture_path(folder, sample)
    for sample in tested:
        yield _map_path(folder, sample)
        if sample.defect != GOOD:
            yield _mask_path(folder, sample)


def _write(
    folder: DemoFolder,
    trained: Sequence[Sample],
    tested: Sequence[Sample],
    maps: Sequence[NDArray[np.float32]],
) -> None:
    for sample in [*trained, *tested]:
        _write_png(_picture_path(folder, sample), sample.image)
    for sample, scores in zip(tested, maps, strict=True):
        _write_tiff(_map_path(folder, sample), scores)
        if sample.defect != GOOD:
            _write_png(_mask_path(folder, sample), sample.mask.astype(np.uint8) * np.uint8(255))


def _picture_path(folder: DemoFolder, sample: Sample) -> Path:
    return folder.dataset / f"{sample.path}.png"


def _map_path(folder: DemoFolder, sample: Sample) -> Path:
    return folder.maps / f"{sample.path}.tiff"


def _mask_path(folder: DemoFolder, sample: Sample) -> Path:
    place = folder.dataset / sample.category / "ground_truth" / sample.defect
    return place / f"{sample.name}_mask.png"


def _write_png(path: Path, grey: NDArray[np.uint8]) -> None:
    buffer = io.BytesIO()
    library("PIL.Image").fromarray(grey).save(buffer, format="PNG")
    _write_bytes(path, buffer.getvalue())


def _write_tiff(path: Path, scores: NDArray[np.float32]) -> None:
    buffer = io.BytesIO()
    library("tifffile").imwrite(buffer, scores)
    _write_bytes(path, buffer.getvalue())


def _write_bytes(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise InputError(f"{path}: cannot write there ({error.strerror})") from error


def _watched(loader: Loader, what: str, progress: Progress | None) -> Iterator[Any]:
    """The batches of a loader, telling how many are done."""
    for done, batch in enumerate(loader):
        if progress is not None:
            progress(what, done, len(loader))
        yield batch
    if progress is not None:
        progress(what, len(loader), len(loader))
