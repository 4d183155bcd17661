"""Validation scores as they come, by level and class, to fit thresholds and scales on at the end.

They are kept in memory, image scores in float64 and pixels in the dtype of their map, because a
threshold is one of them; of several processes each gets those of all, so that each fits the same.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gonogo import _check
from gonogo.errors import InputError
from gonogo.thresholds import Scores, ThresholdLevel, sorted_scores
from gonogo.torch.processes import from_every_process
from gonogo.torch.readings import comparable
from gonogo.torch.step import Step
from gonogo.types import Array

__all__ = ["Collected", "Extent", "image_scores"]


class Collected:
    """Scores of one level, those of normal and of anomalous images or pixels apart."""

    def __init__(self, level: ThresholdLevel) -> None:
        self.level = level
        self.forget()

    def forget(self) -> None:
        """Start again."""
        self._normal: list[Array] = []
        self._anomalous: list[Array] = []
        self._highest_of_map = True

    def add(self, step: Step) -> None:
        """The scores of a batch, if it has any of this level.

        Raises:
            InputError: scores or truth are unusable, or anomalous images come without a mask.
        """
        for scores, labels in _labelled(step, self.level):
            self._normal.append(scores[~labels])
            self._anomalous.append(scores[labels])
        if self.level == "image":
            self._highest_of_map &= _are_highest(step)

    def sample(self) -> tuple[Scores | None, str | None]:
        """The scores of every process, sorted, and the rule by which image scores were taken.

        None where there was none.
        """
        found = from_every_process((self._normal, self._anomalous, self._highest_of_map))
        normal = [part for one, _, _ in found for part in one]
        anomalous = [part for _, one, _ in found for part in one]
        if not normal:
            return None, None
        if self.level == "pixel":
            return sorted_scores(normal, anomalous), None
        rule = "max" if all(highest for *_, highest in found) else "given"
        return sorted_scores(normal, anomalous), rule


class Extent:
    """The lowest and the highest score of one level; nothing else is kept."""

    def __init__(self, level: ThresholdLevel) -> None:
        self.level = level
        self.forget()

    def forget(self) -> None:
        """Start again."""
        self._low, self._high = np.inf, -np.inf

    def add(self, step: Step) -> None:
        """The scores of a batch, if it has any of this level."""
        for scores in _scores(step, self.level):
            low, high = _check.finite_range(scores, _FIELDS[self.level][0])
            self._low, self._high = min(low, self._low), max(high, self._high)

    def ends(self) -> tuple[float, float] | None:
        """Those of every process; None where there was no score."""
        lows, highs = zip(*from_every_process((self._low, self._high)), strict=True)
        return None if min(lows) > max(highs) else (min(lows), max(highs))


_FIELDS = {"image": ("pred_score", "gt_label"), "pixel": ("anomaly_map", "gt_mask")}


def image_scores(step: Step) -> Any:
    """The model's own, or else the highest of each map; a tensor or array (N,), None without."""
    scores = step.get("pred_score")
    if scores is not None:
        return scores.reshape(-1) if hasattr(scores, "reshape") else scores
    maps = step.get("anomaly_map")
    return None if maps is None else _highest(maps)


def _highest(maps: Any) -> Any:
    if isinstance(maps, list | tuple):
        return np.array([_check.as_array(one, "anomaly_map").max() for one in maps])
    flat = comparable(maps).reshape(len(maps), -1)
    return flat.amax(1) if hasattr(flat, "amax") else flat.max(axis=1)


def _labelled(step: Step, level: ThresholdLevel) -> list[tuple[Array, NDArray[np.bool_]]]:
    scores = image_scores(step) if level == "image" else step.get("anomaly_map")
    if scores is None:
        return []
    if level == "image":
        pairs = _check.elements(scores, _image_truth(step), names=_FIELDS[level])
        return [(score.astype(np.float64), label) for score, label in pairs]
    return _check.elements(scores, _pixel_truth(step), names=_FIELDS[level])


def _scores(step: Step, level: ThresholdLevel) -> list[Array]:
    scores = image_scores(step) if level == "image" else step.get("anomaly_map")
    if scores is None:
        return []
    several = isinstance(scores, list | tuple) and level == "pixel"
    arrays = [
        _check.score_array(one, _FIELDS[level][0]) for one in (scores if several else [scores])
    ]
    return [array for array in arrays if array.size]


def _are_highest(step: Step) -> bool:
    """Whether image scores are what the maps say: the rule that is written beside a threshold."""
    scores, maps = step.get("pred_score"), step.get("anomaly_map")
    if maps is None or scores is None:
        return maps is not None
    highest = _check.as_array(_highest(maps), "anomaly_map")
    return np.array_equal(_check.as_array(scores, "pred_score").reshape(-1), highest)


def _image_truth(step: Step) -> Any:
    labels = step.get("gt_label")
    if labels is not None:
        return _check.image_labels(labels, None)
    masks = step.get("gt_mask")
    if masks is None:
        return None
    each = [mask is not None and _check.mask_array(mask, "gt_mask").any() for mask in masks]
    return np.array(each, np.bool_)


def _pixel_truth(step: Step) -> Any:
    masks = step.get("gt_mask")
    if masks is not None:
        return masks
    labels = step.get("gt_label")
    if labels is not None and _check.image_labels(labels, None).any():
        raise InputError(
            "gt_mask: found none beside anomalous images; give the masks with the batch, or turn "
            "the pixel level off, for example ThresholdCallback(pixel=None)"
        )
    return None
