"""Images that several processes were given, so that each had as many: every image counts once.

A distributed sampler of torch, which Lightning puts into loaders, hands image ``i * processes +
rank`` to process ``rank``, and goes on at the first image where there are none left. Which images
are such repeats follows from their number alone: at most the last one of a process.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from torch import Tensor
from torch.utils.data import BatchSampler
from torch.utils.data.distributed import DistributedSampler

from gonogo.errors import InputWarning, warn
from gonogo.torch.lightning_internals import stage_loader
from gonogo.torch.processes import from_every_process
from gonogo.torch.step import Step

__all__ = ["SamplerRepeats"]

_KNOWN = ("torch", "lightning", "pytorch_lightning")
"""Packages whose distributed samplers are known to put repeats last."""


class SamplerRepeats:
    """Takes the sampler's repeats out of the batches of one stage, and reports all others.

    Images that one process is given several times (crops, test-time augmentation) are no repeats of
    the sampler, and stay. ``name`` is what counts them.
    """

    def __init__(self, name: str, stage: str) -> None:
        self._name, self._stage = name, stage
        self._told = False
        self.start()

    def start(self) -> None:
        """Start an epoch."""
        self._paths: set[str] = set()

    def images(
        self, trainer: Any, step: Step, batch_idx: int, dataloader_idx: int = 0
    ) -> Step | None:
        """The batch with the images that count; None where there is none."""
        if getattr(trainer, "world_size", 1) == 1:
            return step
        loader = stage_loader(trainer, self._stage, dataloader_idx)
        count = _images_up_to_repeat(loader, batch_idx)
        if count is None:
            self._tell_unknown(trainer, step)
        elif count == 1:
            return None
        elif count:
            step = _without_last(step, count)
        self._paths.update(step.image_paths)
        return step

    def finish(self, trainer: Any) -> None:
        """Warn of images that came in several processes all the same; every process calls it."""
        if getattr(trainer, "world_size", 1) == 1:
            return
        every = from_every_process(self._paths)
        seen: set[str] = set()
        twice: set[str] = set()
        for paths in every:
            twice |= seen & paths
            seen |= paths
        if twice and trainer.is_global_zero and not self._told:
            self._told = True
            warn(
                f"{self._name}: found {len(twice)} images in more than one process, the first "
                f"{min(twice)!r}, each of which counts once in every one; give each image to one "
                "process, or leave that to Lightning's own sampler, whose repeats are left out: "
                "Trainer(use_distributed_sampler=True) and a loader without a batch sampler of "
                "its own",
                InputWarning,
            )

    def _tell_unknown(self, trainer: Any, step: Step) -> None:
        """Warn where a sampler repeats images, and neither it nor a path says which."""
        if self._told or not trainer.is_global_zero or "image_path" in step:
            return
        self._told = True
        warn(
            f"{self._name}: the sampler of the {self._stage} loader repeats images, so that all "
            "processes have as many, and these count twice: a batch sampler, or a sampler, of its "
            "own does not say which they are. Give each process its own images and say "
            "Trainer(use_distributed_sampler=False), or use as many processes as divide the images",
            InputWarning,
        )


def _images_up_to_repeat(loader: Any, batch_idx: int) -> int | None:
    """How many images the batch has if its last one is a repeat, 0 if not, None if unknown."""
    batches = getattr(loader, "batch_sampler", None)
    sampler = getattr(loader, "sampler", None) if batches is None else batches.sampler
    if not isinstance(sampler, DistributedSampler):
        return 0
    images, processes = len(sampler.dataset), sampler.num_replicas
    if sampler.num_samples * processes <= images:
        return 0
    package = type(sampler).__module__.partition(".")[0]
    if package not in _KNOWN or type(batches) not in (BatchSampler, type(None)):
        return None
    last = sampler.num_samples - 1
    if last * processes + sampler.rank < images:
        return 0
    size = 1 if batches is None else batches.batch_size
    return last % size + 1 if batch_idx == last // size else 0


def _without_last(step: Step, count: int) -> Step:
    """The fields of a batch, with all but the last of those that have one value per image."""
    return Step(
        {name: value[:-1] if _length(value) == count else value for name, value in step.items()}
    )


def _length(value: Any) -> int | None:
    """How many values there are, one per image or not; None where there is no last one to drop."""
    if isinstance(value, list | tuple):
        return len(value)
    array = isinstance(value, Tensor | np.ndarray)
    return len(value) if array and value.ndim else None
