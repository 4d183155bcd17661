"""Scores, labels and names, one a piece: of images, or of pixels taken as one long list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gonogo._check.arrays import as_array, finite_range, score_array
from gonogo._check.masks import Convention, binary, mask_array, refuse_mixed
from gonogo.errors import InputError
from gonogo.types import Array

__all__ = ["elements", "image_labels", "image_scores", "texts"]

_MISSING = ("None", "nan", "NaT", "<NA>")
"""How None, NaN and the gaps of a pandas column print."""


def elements(
    scores: Any, labels: Any, *, names: tuple[str, str] = ("scores", "labels")
) -> list[tuple[Array, NDArray[np.bool_]]]:
    """Pairs of equally shaped score and label arrays, from two arrays or two lists of arrays.

    In a list, None in the place of labels is a normal image. ``names`` are what the caller calls
    the two arguments.
    """
    parts: list[tuple[Array, NDArray[np.bool_]]] = []
    conventions: list[tuple[str, Convention | None]] = []
    for suffix, one, other in _parallel(scores, labels, names):
        here = (f"{names[0]}{suffix}", f"{names[1]}{suffix}")
        score = score_array(one, here[0])
        label = np.zeros(score.shape, np.bool_)
        if other is not None:
            mask = binary(other, here[1])
            conventions.append((here[1], mask.convention))
            label = mask.anomalous
        score, label = _same_shape(score, label, here)
        if score.size:
            finite_range(score, here[0])
            parts.append((score, label))
    refuse_mixed(
        conventions,
        names[1],
        f"Bring them to one, for example {names[1]} == 255, and leave out what is to be ignored",
    )
    return parts


def _parallel(scores: Any, labels: Any, names: tuple[str, str]) -> list[tuple[str, Any, Any]]:
    scores, labels = (list(v) if isinstance(v, Iterator) else v for v in (scores, labels))
    if not (_is_list_of_arrays(scores) or _is_list_of_arrays(labels)):
        return [("", scores, labels)]
    scores, labels = _pieces(scores, names[0]), _pieces(labels, names[1])
    if len(scores) != len(labels):
        raise InputError(
            f"{names[1]}: found {len(labels)} for {len(scores)} {names[0]}; "
            f"expected as many as {names[0]}"
        )
    return [(f"[{i}]", *both) for i, both in enumerate(zip(scores, labels, strict=True))]


def _pieces(value: Any, name: str) -> Any:
    if isinstance(value, (list, tuple)):
        return value
    array = as_array(value, name)
    if array.ndim == 0:
        raise InputError(f"{name}: found {value!r} beside a list of arrays; expected a list too")
    return array


def _is_list_of_arrays(value: Any) -> bool:
    """Whether the items have axes; None may stand among them."""
    if not isinstance(value, (list, tuple)):
        return False
    item = next((item for item in value if item is not None), None)
    return getattr(item, "ndim", 0) > 0 or isinstance(item, (list, tuple))


def _same_shape(
    scores: Array, labels: NDArray[np.bool_], names: tuple[str, str]
) -> tuple[Array, NDArray[np.bool_]]:
    if scores.shape == labels.shape:
        return scores, labels
    if _without_ones(scores) == _without_ones(labels):
        return scores.reshape(-1), labels.reshape(-1)
    raise InputError(
        f"{names[1]}: found shape {labels.shape} for {names[0]} of shape {scores.shape}; "
        "expected one label for every score"
    )


def _without_ones(array: Array) -> tuple[int, ...]:
    return tuple(n for n in array.shape if n != 1)


def image_scores(value: Any, count: int | None) -> NDArray[np.float64]:
    """One finite float64 score an image."""
    scores = score_array(value, "image_scores")
    if scores.ndim == 2 and scores.shape[1] == 1:
        scores = scores[:, 0]
    _one_an_image(scores, count, "image_scores")
    if scores.size:
        finite_range(scores, "image_scores")
    return scores.astype(np.float64)


def image_labels(value: Any, count: int | None) -> NDArray[np.bool_]:
    """One label an image; True = anomalous."""
    labels = as_array(value, "labels")
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    _one_an_image(labels, count, "labels")
    return mask_array(labels, "labels")


def _one_an_image(values: Array, count: int | None, name: str) -> None:
    expected = "(N,)" if count is None else f"({count},)"
    if values.ndim != 1 or (count is not None and len(values) != count):
        raise InputError(
            f"{name}: found shape {values.shape}; expected {expected}, one value for every image"
        )


def texts(values: Any, name: str, count: int | None = None) -> list[str | None]:
    """Names, one for each of ``count``; None where there is none (None, NaN)."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise InputError(f"{name}: found {values!r}; expected a list of names")
    found = [
        None if not isinstance(value, str) and str(value) in _MISSING else str(value)
        for value in values
    ]
    if count is not None and len(found) != count:
        raise InputError(f"{name}: found {len(found)} for {count} images; expected one for each")
    return found
