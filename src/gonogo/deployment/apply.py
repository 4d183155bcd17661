"""Applying thresholds to a folder of maps: decisions, masks, normalised maps, a submission."""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Literal, TypeVar

from gonogo.cores import available_cores
from gonogo.datasets import FolderProgress, ImageFile
from gonogo.datasets.score_file import with_scores
from gonogo.deployment import mvtec_ad2
from gonogo.deployment.journal import Journal
from gonogo.deployment.listing import listed_maps
from gonogo.deployment.operation import Decided, Decision, Operations, operations
from gonogo.deployment.pictures import png_bytes, tiff_bytes
from gonogo.errors import InputError
from gonogo.files import write_whole

__all__ = ["Applied", "OutputFormat", "apply_folder", "decision_table"]

OutputFormat = Literal["plain", "mvtec-ad2"]
Made = TypeVar("Made")

_TABLE = "decisions.csv"


@dataclass(frozen=True)
class Applied:
    """Decisions in the order of the maps, how many of them were there before, and the files."""

    decisions: tuple[Decision, ...]
    earlier: int
    files: tuple[Path, ...]
    """``decisions.csv`` and, of a submission, the archive; none without an output folder."""

    @property
    def anomalous(self) -> int:
        """Number of images that are anomalous."""
        return sum(decision.anomalous for decision in self.decisions)


def apply_folder(
    threshold: Path,
    maps: Path,
    out: Path | None = None,
    *,
    masks: Path | None = None,
    normalization: str | None = None,
    image_score: str | Path | None = None,
    output_format: OutputFormat = "plain",
    force: bool = False,
    progress: FolderProgress | None = None,
) -> Applied:
    """Decide on every map below a folder.

    With ``out`` a ``decisions.csv`` is written there; with a pixel threshold the masks too, as
    ``masks/<name>.png``; with a scale the maps on it, as ``maps/<name>.tiff``. Images that an
    interrupted run of the same settings has finished are not done again.

    Raises:
        InputError: a file is missing or not as described; nothing is written for that image.
    """
    if out is not None and out.resolve().is_relative_to(maps.resolve()):
        raise InputError(
            f"out: found {out}, a folder of the maps themselves; name one outside of {maps}"
        )
    images = listed_maps(maps)
    if isinstance(image_score, Path):
        images = with_scores({maps.name: images}, image_score)[maps.name]
    if output_format == "mvtec-ad2":
        images = [replace(one, name=one.name.removeprefix("anomaly_images/")) for one in images]
        mvtec_ad2.check_complete([image.name for image in images])
        if out is None:
            raise InputError("out: found none; a submission needs a folder to be written to")
    todo = operations(
        [image.name for image in images],
        threshold,
        masks=masks,
        normalization=normalization,
        image_score=image_score,
    )
    tell = _teller(progress, maps.name, len(images))
    if out is None:
        decided = _done(images, lambda image: todo.of(image.name).decide(image).decision, tell)
        return Applied(tuple(decision for _, decision in decided), 0, ())
    return _Output(out, todo, output_format).written(images, force=force, tell=tell)


class _Output:
    """An output folder and what goes into it."""

    def __init__(self, folder: Path, todo: Operations, output_format: OutputFormat) -> None:
        self.folder, self.todo, self.format = folder, todo, output_format

    def written(
        self, images: Sequence[ImageFile], *, force: bool, tell: Callable[[int], None]
    ) -> Applied:
        settings = {"format": self.format, "operations": self.todo.entries()}
        found: dict[str, Decision] = {}
        with Journal.open(self.folder, settings, force=force) as journal:
            for image in images:
                decision = journal.decision(image)
                if decision is not None:
                    found[image.name] = decision
            earlier = len(found)
            rest = [image for image in images if image.name not in found]
            if rest:  # where decisions.csv is, all of it is done
                (self.folder / _TABLE).unlink(missing_ok=True)
            made = _done(rest, self._made, lambda done: tell(earlier + done))
            for image, (decision, contents) in made:
                for name, content in contents.items():
                    path = self.folder / name
                    path.parent.mkdir(parents=True, exist_ok=True)
                    write_whole(path, content)
                journal.add(image, decision, contents)
                found[image.name] = decision
        decisions = tuple(found[image.name] for image in images)
        files = [write_whole(self.folder / _TABLE, decision_table(decisions).encode())]
        if self.format == "mvtec-ad2":
            names = [name for image in images for name in self._names(image)]
            files.append(mvtec_ad2.write_archive(self.folder, names))
        return Applied(decisions, earlier, tuple(files))

    def _names(self, image: ImageFile) -> list[str]:
        """The files of an image, below the output folder: its map, then its mask."""
        one = self.todo.of(image.name)
        if self.format == "mvtec-ad2":
            return [
                mvtec_ad2.place(image.name, thresholded=thresholded)
                for thresholded in ((False, True) if one.masks is not None else (False,))
            ]
        stem = PurePosixPath(image.name).with_suffix("")
        maps = [f"maps/{stem}.tiff"] if one.map_scale is not None else []
        return maps + ([f"masks/{stem}.png"] if one.masks is not None else [])

    def _made(self, image: ImageFile) -> tuple[Decision, dict[str, bytes]]:
        """The decision on an image and the content of its files; any thread."""
        one = self.todo.of(image.name).decide(image)
        return one.decision, {name: self._content(name, one) for name in self._names(image)}

    def _content(self, name: str, one: Decided) -> bytes:
        if name.endswith(".png") and one.mask is not None:
            return png_bytes(one.mask)
        if self.format == "plain":
            return tiff_bytes(one.map, compressed=True)
        half = mvtec_ad2.as_float16(one.map, one.threshold, one.decision.name)
        return tiff_bytes(half, compressed=False)


def _done(
    images: Sequence[ImageFile], work: Callable[[ImageFile], Made], tell: Callable[[int], None]
) -> Iterator[tuple[ImageFile, Made]]:
    """Each image with what was made of it: on all cores, a few ahead, in order."""
    threads = available_cores()
    waiting, ahead = deque(images), deque[tuple[ImageFile, Future[Made]]]()
    done = 0
    with ThreadPoolExecutor(threads) as pool:
        try:
            while waiting or ahead:
                while waiting and len(ahead) <= 2 * threads:
                    image = waiting.popleft()
                    ahead.append((image, pool.submit(work, image)))
                image, task = ahead.popleft()
                yield image, task.result()
                done += 1
                tell(done)
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def decision_table(decisions: Sequence[Decision]) -> str:
    """The decisions as CSV: name, score, normalized, decision, anomalous_pixels."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["name", "score", "normalized", "decision", "anomalous_pixels"])
    for one in decisions:
        decision = "anomalous" if one.anomalous else "normal"
        writer.writerow([one.name, one.score, one.normalized, decision, one.anomalous_pixels])
    return text.getvalue()


def _teller(progress: FolderProgress | None, name: str, total: int) -> Callable[[int], None]:
    return (lambda _: None) if progress is None else lambda done: progress(name, done, total)
