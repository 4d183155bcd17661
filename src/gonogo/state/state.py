"""The main job as a stream: batches in, merged over processes, saved and loaded, a result out."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from gonogo import _check
from gonogo.errors import InputError, InputWarning, warn
from gonogo.evaluation import concluded
from gonogo.files import local_path
from gonogo.results import Result
from gonogo.state.contents import Contents, counter_of, keeps_most
from gonogo.state.images import count, observe_batch
from gonogo.state.saved import load_contents, save_contents
from gonogo.states import Observed, refuse_mixed_masks
from gonogo.types import Connectivity, Mode, Resize, Settings

__all__ = ["State"]


class State:
    """Scores a detector image by image: what :func:`gonogo.evaluate` gives, to the last bit.

    Any split into batches, any order of merging and any number of states give the same numbers.

    Args:
        mode: ``"exact"`` keeps every map (a copy) until ``compute``. ``"certified"`` keeps counts
            in bounded memory, and the pixel metrics are intervals that contain the exact values.
            ``"auto"`` is exact as long as the scores it keeps, of all images, take at most
            ``budget``, and certified beyond, with a warning when it computes; which of the two
            depends on the images alone.
        budget: in bytes or as text; 64 MiB by default.
        fpr_limits: as all further options, those of :func:`gonogo.evaluate`.

    Example:
        >>> import numpy as np, gonogo
        >>> maps = np.zeros((2, 4, 4)); maps[1, :2, :2] = 3.0; maps[0, 3, 3] = 1.0
        >>> masks = np.zeros((2, 4, 4), bool); masks[1, :2, :3] = True
        >>> state = gonogo.State()
        >>> for map, mask in zip(maps, masks):
        ...     state.update(map, mask)
        >>> round(state.compute().pixel.aupro[0.3], 4)
        0.7062
    """

    def __init__(
        self,
        *,
        mode: Mode = "auto",
        budget: int | str | None = None,
        fpr_limits: float | Sequence[float] = (0.3, 0.05),
        connectivity: Connectivity = 8,
        image_score: str = "max",
        resize: Resize | None = None,
        at_fpr: float | Sequence[float] = (0.01, 0.05),
        at_recall: float | Sequence[float] = (0.95, 0.99),
        image_thresholds: float | Sequence[float] = (),
        pixel_thresholds: float | Sequence[float] = (),
        mask_values: str | float | Sequence[float] | None = None,
        ignore_value: float | None = None,
    ) -> None:
        settings = _check.settings(
            fpr_limits=fpr_limits,
            connectivity=connectivity,
            image_score=image_score,
            resize=resize,
            at_fpr=at_fpr,
            at_recall=at_recall,
            image_thresholds=image_thresholds,
            pixel_thresholds=pixel_thresholds,
            mode=mode,
            budget=budget,
            mask_values=mask_values,
            ignore_value=ignore_value,
        )
        self._become(Contents.nothing(settings))

    @property
    def settings(self) -> Settings:
        """What was asked for; states that are added have the same."""
        return self._settings

    @property
    def mode(self) -> Literal["exact", "certified"]:
        """Whether metrics are exact so far, or certified."""
        return "exact" if self._grid is None else "certified"

    def update(
        self,
        maps: Any,
        masks: Any = None,
        *,
        labels: Any = None,
        image_scores: Any = None,
        defects: Sequence[str | None] | None = None,
        names: Sequence[str] | None = None,
    ) -> None:
        """Count more images, one or a batch, in any form that :func:`gonogo.evaluate` takes.

        What is given with the first images (masks, image scores) has to come with all. Images
        without a name are numbered. With ``resize``, normal images without a mask wait with their
        maps until the first mask tells the size.

        Raises:
            InputError: something is unusable; then none of these images was counted.
        """
        if masks is None and labels is None and isinstance(maps, Iterable):
            maps, masks = _check.pairs(maps)
        given = None if names is None else _check.texts(names, "names")
        sources = _check.images(
            maps, masks, labels=labels, scores=image_scores, defects=defects, names=given
        )
        pixels = maps is not None and masks is not None
        scored = image_scores is not None
        self._refuse_other("masks", self._pixels, pixels)
        self._refuse_other("image_scores", self._scored, scored)
        named = [name is not None for name in given or [None] * len(sources)]
        for place, known in enumerate(named):
            if not known:
                number = len(self._images) + place
                sources[place] = replace(sources[place], name=f"image {number}")
        images, sizes = observe_batch(
            sources, named, self._settings, pixels=pixels, sizes=self._sizes
        )
        refuse_mixed_masks([*self._with_convention, *(image.seen for image in images)])
        self._add(Contents(self._settings, pixels, scored, sizes, tuple(images)))

    def __add__(self, other: State) -> State:
        """A state of the images of both; :class:`~gonogo.MergeError` says what differs."""
        if not isinstance(other, State):
            return NotImplemented
        return _restored(self._contents() + other._contents())

    def compute(self) -> Result:
        """Every metric of the images so far; more may follow."""
        if not self._images:
            raise InputError("state: found no image; update it with at least one")
        image_score = "given" if self._scored else self._settings.image_score
        settings = replace(self._settings, image_score=image_score)
        counted = self._contents().counted()
        if counted.mode != "exact" and self._settings.mode == "auto":
            warn(
                f"state: the scores take more than {keeps_most(self._settings)} bytes, so mode "
                "auto counts them certified: metrics of pixels are intervals; name a larger "
                "budget, or mode exact",
                InputWarning,
            )
        return concluded(counted, settings)

    def reset(self) -> None:
        """Forget all images."""
        self._become(Contents.nothing(self._settings))

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the state to one file, whole or not at all; a file that is there is replaced."""
        return save_contents(local_path(path, "path", "file"), self._contents())

    @staticmethod
    def load(path: str | os.PathLike[str]) -> State:
        """The state that was saved there, by this release of gonogo or an older one.

        Raises:
            InputError: the file is missing, foreign, damaged, or of a newer release.
        """
        return _restored(load_contents(Path(path)))

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (self._contents(),)

    def __repr__(self) -> str:
        return f"<State of {len(self._images)} images, {self.mode}>"

    def _become(self, contents: Contents) -> None:
        self._settings = contents.settings
        self._pixels = contents.pixels
        self._scored = contents.scored
        self._sizes = contents.sizes
        self._images = list(contents.images)
        self._nbytes = contents.nbytes()
        self._grid = contents.grid
        self._counter = counter_of(contents.settings)
        self._with_convention: list[Observed] = []
        self._note_convention(image.at(place) for place, image in enumerate(contents.images))

    def _contents(self) -> Contents:
        grid = None if self._grid is None else self._grid + self._counter.counts()
        contents = Contents(
            self._settings, self._pixels, self._scored, self._sizes, tuple(self._images), grid
        )
        contents.refuse_interrupted()
        return contents

    def _add(self, batch: Contents) -> None:
        """``self + batch``, in time that does not grow with the images before."""
        if self._grid is not None and batch.sizes == self._sizes:
            images = count(batch.images, self._counter, sizes=batch.sizes)
            self._images += [image.owned() for image in images]
        elif batch.sizes == self._sizes:
            images = [image.owned() for image in batch.images]
            self._images += images
            self._nbytes += replace(batch, images=tuple(images)).nbytes()
        else:
            images = [image.owned() for image in batch.images]
            self._become(self._contents() + replace(batch, images=tuple(images)))
        self._pixels, self._scored = batch.pixels, batch.scored
        self._note_convention(image.seen for image in batch.images)
        most = keeps_most(self._settings)
        if self._grid is None and most is not None and self._nbytes > most:
            self._become(self._contents().on_grid())

    def _note_convention(self, images: Iterable[Observed]) -> None:
        """Remember the first image whose mask shows its convention; all others are to agree."""
        if not self._with_convention:
            shown = (one.without_scores() for one in images if one.convention is not None)
            self._with_convention = list(islice(shown, 1))

    def _refuse_other(self, name: str, before: bool | None, now: bool) -> None:
        if before is None or before is now:
            return
        told = "came without" if now else "came with"
        hint = "; None in the list of masks is a normal image" if name == "masks" else ""
        raise InputError(
            f"{name}: found {'some' if now else 'none'}, but the images before {told}; give them "
            f"with all images or with none{hint}"
        )


def _restored(contents: Contents) -> State:
    state = State()
    state._become(contents)  # noqa: SLF001
    return state
