"""Options that anomalib's metrics have from torchmetrics: some change nothing here, one does."""

from __future__ import annotations

from typing import Any

import numpy as np
from torch import Tensor

from gonogo.errors import InputError

__all__ = ["DecidesMixin", "ElementOptions", "Unbinned"]


class ElementOptions:
    """A metric of single elements that takes ``ignore_index`` and ``validate_args``.

    Elements whose target is ``ignore_index`` are left out, whatever their score, as if they were
    not in the image. What a metric is given is checked in any case, with ``validate_args`` or not.
    """

    ignore_index: int | None = None

    def __init__(
        self,
        fields: Any = None,
        prefix: str = "",
        strict: bool = True,
        *,
        ignore_index: int | None = None,
        validate_args: bool = True,
        **kwargs: Any,
    ) -> None:
        del validate_args
        if ignore_index is not None and type(ignore_index) is not int:
            raise InputError(
                f"ignore_index: found {ignore_index!r}; expected the whole number that stands in "
                "the targets for what is left out, for example 255"
            )
        self.ignore_index = ignore_index
        super().__init__(fields, prefix, strict, **kwargs)  # type: ignore[call-arg]  # the metric's

    def readings(self, preds: Any, target: Any) -> Any:
        """The elements that count, as vectors where some are left out."""
        read = super().readings  # type: ignore[misc]  # the metric's
        several = isinstance(target, list | tuple) and any(np.ndim(one) >= 2 for one in target)
        if self.ignore_index is None or (several and len(preds) != len(target)):
            return read(preds, target)
        pairs = zip(preds, target, strict=True) if several else [(preds, target)]
        return [
            reading
            for scores, labels in pairs
            for reading in read(*_without(scores, labels, self.ignore_index, type(self).__name__))
        ]

    def state_key(self) -> str:
        """What metrics have in common that may share a state."""
        own: str = super().state_key()  # type: ignore[misc]  # the metric's
        return own if self.ignore_index is None else f"{own} without {self.ignore_index}"


class Unbinned(ElementOptions):
    """A metric that takes ``thresholds`` and ``normalization``, and uses every score as it is.

    anomalib bins scores at these thresholds, or at as many between 0 and 1, and puts scores beyond
    [0, 1] through a sigmoid. Here the value is exact, or an interval that contains it, and memory
    is bounded by ``budget``.
    """

    def __init__(
        self,
        fields: Any = None,
        prefix: str = "",
        strict: bool = True,
        *,
        thresholds: Any = None,
        normalization: Any = None,
        **kwargs: Any,
    ) -> None:
        del thresholds, normalization
        super().__init__(fields, prefix, strict, **kwargs)


class DecidesMixin:
    """A metric that decides at a threshold as anomalib's do: of scores that are normalised.

    anomalib's post-processor puts the scores of test batches on [0, 1], with the threshold of
    validation at 0.5, before metrics see them. In the Evaluator a threshold in [0, 1], and one that
    is not named, which is 0.5, are of those scores; one beyond is of raw scores.
    """

    threshold: float
    threshold_is_named: bool

    @property
    def of_raw_scores(self) -> bool:
        """Whether the threshold can only be one of raw scores."""
        return self.threshold_is_named and not 0.0 <= self.threshold <= 1.0

    def state_key(self) -> str:
        """What metrics have in common that may share a state."""
        return f"{super().state_key()} {self.of_raw_scores}"  # type: ignore[misc]  # the metric's


def _without(preds: Any, target: Any, ignored: int, name: str) -> tuple[Any, Any]:
    """The scores and targets that are left without those of one target, as vectors."""
    scores, labels = (
        one if isinstance(one, Tensor) else np.asarray(one) for one in (preds, target)
    )
    if np.prod(scores.shape) != np.prod(labels.shape):
        raise InputError(
            f"{name}: found preds of shape {tuple(scores.shape)} and target of shape "
            f"{tuple(labels.shape)}; expected one shape"
        )
    scores, labels = scores.reshape(-1), labels.reshape(-1)
    kept = labels != ignored
    return scores[kept.to(scores.device) if isinstance(kept, Tensor) else kept], labels[kept]
