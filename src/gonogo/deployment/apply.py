"""Applying thresholds to a folder of maps: decisions, masks, normalised maps, a submission."""

from __future__ import annotations

import csv
import io
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import astuple, dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any, Literal, TypeVar

from gonogo._check import escaped_cell
from gonogo.cores import available_cores
from gonogo.counting.failures import skipped, unreachable
from gonogo.datasets import FolderProgress, ImageFile, is_table, refuse_for_table
from gonogo.datasets.score_file import with_scores
from gonogo.deployment import mvtec_ad2
from gonogo.deployment.journal import Journal
from gonogo.deployment.listing import listed_maps
from gonogo.deployment.operation import Decided, Decision, Operations, operations
from gonogo.deployment.pictures import png_bytes, tiff_bytes
from gonogo.deployment.table import table_images
from gonogo.errors import InputError
from gonogo.files import local_path, write_whole
from gonogo.states import Shape
from gonogo.thresholds import ThresholdLevel
from gonogo.types import OnError, Resize, Skipped

__all__ = ["Applied", "OutputFormat", "apply_folder", "decision_table"]

OutputFormat = Literal["plain", "mvtec-ad2"]
Made = TypeVar("Made")

_TABLE, _SKIPPED, _ARCHIVE = "decisions.csv", "skipped.csv", "submission.tar.gz"


@dataclass(frozen=True)
class Applied:
    """Decisions in the order of the maps, how many of them were there before, and the files.

    ``skipped`` are the maps that were left out; ``folders`` says how many files are in each folder.
    """

    decisions: tuple[Decision, ...]
    earlier: int
    files: tuple[Path, ...]
    """``decisions.csv``, ``skipped.csv`` where maps were, and, of a submission, the archive.

    None without an output folder.
    """
    folders: Mapping[Path, int]
    skipped: tuple[Skipped, ...]

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
    columns: Mapping[str, str | None] | None = None,
    level: ThresholdLevel | None = None,
    min_area: int | None = None,
    resize: tuple[Resize, Shape] | None = None,
    output_format: OutputFormat = "plain",
    on_error: OnError = "stop",
    force: bool = False,
    progress: FolderProgress | None = None,
) -> Applied:
    """Decide on every map below a folder, or on every image of a CSV file of scores.

    ``threshold`` is a file or folder of gonogo's, the ``metadata.json`` of anomalib, or a number.
    With ``min_area`` a pixel threshold flags an image for a region of that many pixels alone;
    ``resize`` brings every map to a size first. ``columns`` are those of a file of scores.

    With ``out`` a ``decisions.csv`` is written there; with a pixel threshold the masks too, as
    ``masks/<name>.png``; with a scale the maps on it, as ``maps/<name>.tiff``. Images that an
    interrupted run of the same settings has finished are not done again.

    ``on_error``: ``"stop"`` at a map that cannot be used, or ``"skip"`` it and list it in
    ``skipped.csv``, as :func:`gonogo.evaluate_folder` does; it is tried again the next time.

    Raises:
        InputError: a file is missing or not as described; nothing is written for that image.
    """
    if out is not None:
        out = local_path(out, "out")
    if out is not None and out.resolve().is_relative_to(maps.resolve()):
        raise InputError(
            f"out: found {out}, a folder of the maps themselves; name one outside of {maps}"
        )
    if is_table(maps):
        _refuse_for_table(maps, masks, image_score, level, resize, output_format)
        images, image_score = table_images(maps, columns), maps
    else:
        images = listed_maps(maps)
        if isinstance(image_score, Path):
            images = with_scores({maps.name: images}, image_score, columns)[maps.name]
    if output_format == "mvtec-ad2":
        if on_error == "skip":
            raise InputError(
                "on_error: found skip; a submission has all images, so mend those that cannot be "
                "used (--on-error stop)"
            )
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
        level=level,
        min_area=min_area,
        resize=resize,
    )
    if is_table(maps):
        todo = todo.without_maps()
    tell = _teller(progress, maps.name, len(images))
    if out is None:
        walk = _Walk(images, on_error, tell)
        decided = walk.done(images, lambda image: todo.of(image.name).decide(image).decision)
        return Applied(tuple(decision for _, decision in decided), 0, (), {}, walk.skipped())
    settings = {
        "format": output_format,
        "maps": str(maps.resolve()),
        "operations": todo.entries(),
    }
    return _Output(out, todo, output_format).written(
        _Walk(images, on_error, tell), settings, force=force
    )


def _refuse_for_table(
    table: Path,
    masks: Path | None,
    image_score: str | Path | None,
    level: ThresholdLevel | None,
    resize: tuple[Resize, Shape] | None,
    output_format: OutputFormat,
) -> None:
    """Refuse what needs maps, where there are scores alone."""
    given = {
        "masks": masks,
        "image_score": image_score,
        "level": None if level == "image" else level,
        "resize": resize,
        "format": None if output_format == "plain" else output_format,
    }
    refuse_for_table(table, [name for name, value in given.items() if value is not None])


class _Output:
    """An output folder and what goes into it."""

    def __init__(self, folder: Path, todo: Operations, output_format: OutputFormat) -> None:
        self.folder, self.todo, self.format = folder, todo, output_format

    def written(self, walk: _Walk, settings: Mapping[str, Any], *, force: bool) -> Applied:
        images, tables = walk.images, (_TABLE, _SKIPPED, _ARCHIVE)
        found: dict[str, Decision] = {}
        with Journal.open(self.folder, settings, made=tables, force=force) as journal:
            for image in images:
                decision = journal.decision(image)
                if decision is not None:
                    found[image.name] = decision
            earlier = len(found)
            rest = [image for image in images if image.name not in found]
            if rest:  # where decisions.csv is, all of it is done
                (self.folder / _TABLE).unlink(missing_ok=True)
            for image, (decision, contents) in walk.done(rest, self._made):
                for name, content in contents.items():
                    path = self.folder / name
                    path.parent.mkdir(parents=True, exist_ok=True)
                    write_whole(path, content)
                journal.add(image, decision, contents)
                found[image.name] = decision
        skipped, usable = walk.skipped(), [image for image in images if image.name in found]
        decisions = tuple(found[image.name] for image in usable)
        files = [write_whole(self.folder / _TABLE, decision_table(decisions).encode())]
        (self.folder / _SKIPPED).unlink(missing_ok=True)
        if skipped:
            rows = _csv(("name", "reason"), map(astuple, skipped))
            files.append(write_whole(self.folder / _SKIPPED, rows.encode()))
        if self.format == "mvtec-ad2":
            names = [name for image in images for name in self._names(image)]
            files.append(mvtec_ad2.write_archive(self.folder, names))
        folders = Counter(
            self.folder / PurePosixPath(name).parts[0]
            for image in usable
            for name in self._names(image)
        )
        return Applied(decisions, earlier, tuple(files), folders, skipped)

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
        if one.map is None:
            raise InputError(f"{one.decision.name}: found no map to write")
        if self.format == "plain":
            return tiff_bytes(one.map, compressed=True)
        half = mvtec_ad2.as_float16(one.map, one.threshold, one.decision.name)
        return tiff_bytes(half, compressed=False)


class _Walk:
    """Images done on all cores, a few ahead, in order; those that cannot be used are left out."""

    def __init__(
        self, images: Sequence[ImageFile], on_error: OnError, tell: Callable[[int], None]
    ) -> None:
        self.images, self.on_error, self.tell = images, on_error, tell
        self._failed: dict[str, InputError] = {}

    def done(
        self, images: Sequence[ImageFile], work: Callable[[ImageFile], Made]
    ) -> Iterator[tuple[ImageFile, Made]]:
        """Each of these images, of all there are, with what was made of it."""
        threads, done = available_cores(), len(self.images) - len(images)
        waiting, ahead = deque(images), deque[tuple[ImageFile, Future[Made]]]()
        with ThreadPoolExecutor(threads) as pool:
            try:
                while waiting or ahead:
                    while waiting and len(ahead) <= 2 * threads:
                        image = waiting.popleft()
                        ahead.append((image, pool.submit(work, image)))
                    image, task = ahead.popleft()
                    try:
                        made = task.result()
                    except InputError as error:
                        self._leave_out(image, error)
                    else:
                        yield image, made
                    done += 1
                    self.tell(done)
            except BaseException:
                pool.shutdown(wait=True, cancel_futures=True)
                raise

    def _leave_out(self, image: ImageFile, error: InputError) -> None:
        if self.on_error == "stop" or unreachable(error):
            raise error
        self._failed[image.name] = error

    def skipped(self) -> tuple[Skipped, ...]:
        """The images that were left out and why; it is an error where no image was left."""
        places = [place for place, one in enumerate(self.images) if one.name in self._failed]
        failed = {place: self._failed[self.images[place].name] for place in places}
        return skipped(failed, dict(enumerate(self.images)), self.on_error)


def decision_table(decisions: Sequence[Decision]) -> str:
    """The decisions as CSV: a column for each entry, ``largest_region`` where one was looked at."""
    regions = any(one.largest_region is not None for one in decisions)
    rows = (
        (
            one.name,
            one.score,
            one.normalized,
            "anomalous" if one.anomalous else "normal",
            one.anomalous_pixels,
            *(() if not regions else (one.largest_region,)),
        )
        for one in decisions
    )
    headings = ("name", "score", "normalized", "decision", "anomalous_pixels")
    return _csv((*headings, *(("largest_region",) if regions else ())), rows)


def _csv(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO(newline="")
    cells = ([escaped_cell(one) if isinstance(one, str) else one for one in row] for row in rows)
    csv.writer(text, lineterminator="\n").writerows([headings, *cells])
    return text.getvalue()


def _teller(progress: FolderProgress | None, name: str, total: int) -> Callable[[int], None]:
    return (lambda _: None) if progress is None else lambda done: progress(name, done, total)
