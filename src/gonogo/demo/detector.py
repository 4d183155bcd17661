"""A small PatchCore: no network, no weights, a memory of what normal places look like.

The calls are those of the published PatchCore code. After Roth et al., "Towards Total Recall in
Industrial Anomaly Detection", CVPR 2022; the features are ours (see ``features``).
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from gonogo.demo.batches import read_batch
from gonogo.demo.features import describe, enlarge
from gonogo.demo.memory import Memory, remember
from gonogo.demo.model_file import load_model, model_path, save_model
from gonogo.errors import InputError
from gonogo.files import local_path

__all__ = ["PatchCore", "Predictions"]

Predictions = tuple[list[np.float32], list[NDArray[np.float32]], list[int], list[Any]]


class PatchCore:
    """Distance of every place of a picture to the nearest places of normal pictures.

    Args:
        device: taken and ignored, for calls written for the published code; this one uses the CPU.
        bank: how many places it remembers.
        neighbours: how many nearest places a distance is the mean of.
        smoothing: width in pixels of the Gaussian that maps are smoothed with.
    """

    def __init__(
        self,
        device: object = None,  # noqa: ARG002
        *,
        bank: int = 2000,
        neighbours: int = 3,
        smoothing: float = 3.0,
    ) -> None:
        if bank < 1 or neighbours < 1 or smoothing < 0:
            raise InputError(
                f"PatchCore: found bank={bank}, neighbours={neighbours}, smoothing={smoothing}; "
                "expected bank and neighbours of 1 or more, and smoothing of 0 or more"
            )
        self.bank = bank
        self.neighbours = neighbours
        self.smoothing = smoothing
        self._memory: Memory | None = None

    def fit(self, loader: Iterable[Any]) -> None:
        """Remember normal pictures: batches as :meth:`predict` takes them, none anomalous."""
        found = []
        for batch in map(read_batch, loader):
            if any(batch.labels):
                raise InputError("fit: found an anomalous image; expected normal images only")
            features = describe(batch.pictures)
            found.append(features.reshape(-1, features.shape[-1]))
        if not found:
            raise InputError("fit: the loader yielded nothing; expected batches of normal images")
        self._memory = remember(np.concatenate(found), self.bank)

    def predict(self, loader: Iterable[Any]) -> Predictions:
        """Image scores, maps, labels and masks of all images, as four lists.

        Batches are mappings: ``image`` ``(N, H, W)`` or ``(N, C, H, W)``, and, where there is
        ground truth, ``is_anomaly`` ``(N,)`` and ``mask`` ``(N, 1, H, W)``. A map is float32
        ``(H, W)``, an image's score the maximum of its map, a label an int and a mask a nested
        ``[1, H, W]`` list; the last two lists stay empty without ground truth.
        """
        scores: list[np.float32] = []
        maps: list[NDArray[np.float32]] = []
        labels: list[int] = []
        masks: list[Any] = []
        for batch in map(read_batch, loader):
            found = self._maps(batch.pictures)
            maps.extend(found)
            scores.extend(found.max(axis=(1, 2)))
            labels.extend(batch.labels)
            masks.extend(batch.masks)
        for name, truth in (("is_anomaly", labels), ("mask", masks)):
            if len(truth) not in (0, len(maps)):
                raise InputError(
                    f"predict: found {name} in some batches only; expected all or none"
                )
        return scores, maps, labels, masks

    def save_to_path(self, path: str | os.PathLike[str], prepend: str = "") -> None:
        """Write ``<path>/<prepend>patchcore.npz``; :meth:`load_from_path` gives the same maps."""
        settings = {"neighbours": self.neighbours, "smoothing": self.smoothing, "bank": self.bank}
        save_model(model_path(local_path(path, "path"), prepend), self._fitted, settings)

    def load_from_path(
        self,
        path: str | os.PathLike[str],
        device: object = None,  # noqa: ARG002
        nn_method: object = None,  # noqa: ARG002
        prepend: str = "",
    ) -> None:
        """Become the detector that was saved there.

        ``device`` and ``nn_method`` are taken and ignored, as in :class:`PatchCore`.
        """
        memory, settings = load_model(model_path(Path(path), prepend))
        self.bank = int(settings["bank"])
        self.neighbours = int(settings["neighbours"])
        self.smoothing = float(settings["smoothing"])
        self._memory = memory

    @property
    def _fitted(self) -> Memory:
        if self._memory is None:
            raise InputError("PatchCore: not fitted; call fit or load_from_path first")
        return self._memory

    def _maps(self, pictures: NDArray[np.float32]) -> NDArray[np.float32]:
        features = describe(pictures)
        rows = features.reshape(-1, features.shape[-1])
        distances = self._fitted.distances(rows, self.neighbours)
        maps = enlarge(distances.reshape(features.shape[:3]), pictures.shape[1:])
        smooth: NDArray[np.float64] = ndimage.gaussian_filter(
            maps, (0, self.smoothing, self.smoothing), mode="nearest"
        )
        return smooth.astype(np.float32)
