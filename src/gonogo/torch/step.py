"""What a step of a model gave: its outputs and its batch, under the names that both carry.

anomalib 2 returns objects with the fields ``pred_score`` and ``anomaly_map``, anomalib 0 and 1
dictionaries with ``pred_scores`` and ``anomaly_maps``; a model of one's own returns either. What
the outputs do not have is looked for in the batch, where the ground truth usually is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from os import PathLike
from typing import Any

from gonogo.errors import InputError
from gonogo.torch.fields import field_names

__all__ = ["SPELLINGS", "Step", "StepBatch"]

SPELLINGS: dict[str, tuple[str, ...]] = {
    "gt_label": ("gt_label", "label"),
    "gt_mask": ("gt_mask", "mask"),
    "pred_score": ("pred_score", "pred_scores"),
    "anomaly_map": ("anomaly_map", "anomaly_maps"),
    "pred_label": ("pred_label", "pred_labels"),
    "pred_mask": ("pred_mask", "pred_masks"),
    "box_scores": ("box_scores",),
    "image_path": ("image_path",),
}
"""Each field as anomalib 2 spells it, and as the earlier ones did."""


class Step(Mapping[str, Any]):
    """The fields of the outputs, and behind them those of the batch; None counts as not there."""

    kind = "outputs of the step and its batch"
    """What messages call it."""

    def __init__(self, outputs: Any, batch: Any = None) -> None:
        both = (outputs,) if batch is outputs else (outputs, batch)
        self._sources = [source for source in both if _carries_fields(source)]

    def __getitem__(self, name: str) -> Any:
        place = self._place(name)
        if place is None:
            raise KeyError(name)
        return _get(*place)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(name for source in self._sources for name in field_names(source)))

    def __len__(self) -> int:
        return len(list(iter(self)))

    @property
    def image_paths(self) -> list[str]:
        """The path of each image, none where the batch does not say; one string is one path."""
        found = self.get("image_path")
        if found is None:
            return []
        alone = isinstance(found, str | PathLike)
        return [str(path) for path in ((found,) if alone else found)]

    def write(self, name: str, value: Any, *, beside: str | None = None) -> None:
        """Put a value in the place of a field, or of a new one where the field ``beside`` is.

        Raises:
            InputError: the record cannot be changed.
        """
        place = self._place(name) if name in self else None
        if place is None:
            source, spelling = self._place(beside or name) or (None, name)
            plural = spelling in {names[1] for names in SPELLINGS.values() if len(names) > 1}
            place = source, SPELLINGS.get(name, (name,))[-1 if plural else 0]
        source, spelling = place
        try:
            if isinstance(source, Mapping):
                source[spelling] = value  # type: ignore[index]  # a mapping that cannot is told
            else:
                setattr(source, spelling, value)
        except (AttributeError, TypeError) as error:
            raise InputError(
                f"outputs: {spelling} cannot be written to {type(source).__name__} ({error}); "
                "return a dict or gonogo.torch.ImageBatch from the step"
            ) from None

    def _place(self, name: str) -> tuple[Any, str] | None:
        """The record that has a field, and how it spells it."""
        for source in self._sources:
            for spelling in SPELLINGS.get(name, (name,)):
                if _get(source, spelling) is not None:
                    return source, spelling
        return None


class StepBatch:
    """A step with its fields as attributes, for metrics that read ``batch.pred_score``.

    Fields that anomalib's batches have are None where the step has none. Those that begin with
    ``_`` are not shown.

    Args:
        record: the fields.
        over: values that are shown in the place of fields of the record.
    """

    kind = "outputs of the step and its batch"
    """What messages call it."""

    def __init__(self, record: Mapping[str, Any], over: Mapping[str, Any] | None = None) -> None:
        self._record = record
        self._over = dict(over or {})

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # asked for while it is copied, before it has anything
            raise AttributeError(name)
        value = self._over[name] if name in self._over else self._record.get(name)
        if value is None and name not in SPELLINGS:
            raise AttributeError(f"the batch has no field {name!r}")
        return value

    def __getitem__(self, name: str) -> Any:
        return getattr(self, name)

    def __contains__(self, name: str) -> bool:
        return name in self._record

    def __len__(self) -> int:
        """How many images there are."""
        return next((len(value) for name in SPELLINGS if (value := self[name]) is not None), 0)

    def with_hidden(self, hidden: Mapping[str, str]) -> StepBatch:
        """The same with some fields that are not shown in the place of those that they are for."""
        found = {name: self._record.get(of) for name, of in hidden.items()}
        return StepBatch(self._record, {k: v for k, v in found.items() if v is not None})

    @property
    def _fields(self) -> tuple[str, ...]:
        """As of a named tuple: what messages say is in the batch."""
        return tuple(name for name in self._record if not name.startswith("_"))


def _carries_fields(source: Any) -> bool:
    if source is None or isinstance(source, str | int | float):
        return False
    if isinstance(source, Mapping) or hasattr(source, "_fields"):
        return True
    return not (isinstance(source, list | tuple) or hasattr(source, "shape"))


def _get(source: Any, name: str) -> Any:
    return source.get(name) if isinstance(source, Mapping) else getattr(source, name, None)
