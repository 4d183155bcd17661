"""Values that a metric asks a batch for by name, from any object or mapping."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from gonogo.errors import InputError

__all__ = ["checked_fields", "field_names", "field_values"]


def checked_fields(fields: Any, name: str) -> tuple[str, ...]:
    """The names of fields as a tuple; ``name`` is the metric that asks for them."""
    if isinstance(fields, str) or not isinstance(fields, Sequence):
        raise InputError(
            f"fields: found {fields!r}; {name} takes a list of names, for example "
            'fields=["pred_score", "gt_label"]'
        )
    wrong = [field for field in fields if not isinstance(field, str) or not field]
    if wrong or not fields:
        found = repr(wrong[0]) if wrong else "none"
        raise InputError(f"fields: found {found}; {name} takes the names of fields of a batch")
    return tuple(fields)


def field_values(batch: Any, fields: Sequence[str], name: str) -> list[Any] | str:
    """The value of each field, or what to say where one is missing or None."""
    values = []
    for field in fields:
        value = _value(batch, field)
        if value is None:
            return _missing(batch, field, name)
        values.append(value)
    return values


def field_names(batch: Any) -> list[str]:
    """The fields that a batch has a value for, in its own order."""
    if isinstance(batch, Mapping):
        names = [key for key in batch if isinstance(key, str)]
    elif dataclasses.is_dataclass(batch):
        names = [field.name for field in dataclasses.fields(batch)]
    elif hasattr(batch, "_fields"):
        names = list(batch._fields)
    else:
        names = [key for key in getattr(batch, "__dict__", {}) if not key.startswith("_")]
    return [name for name in names if _value(batch, name) is not None]


def _value(batch: Any, field: str) -> Any:
    if isinstance(batch, Mapping):
        return batch.get(field)
    return getattr(batch, field, None)


def _missing(batch: Any, field: str, name: str) -> str:
    named = isinstance(batch, Mapping) or hasattr(type(batch), "kind")
    known = field in batch if named else hasattr(batch, field)
    names = field_names(batch)
    found = "is None" if known else "is not there"
    kind = getattr(type(batch), "kind", type(batch).__name__)
    text = f"{name}: the field {field!r} {found} in this batch ({kind}), "
    if not names:
        return text + "which has no fields; give a mapping or an object with attributes"
    text += f"which has {', '.join(names)}"
    alike = [one for one in names if _is_truth(one) == _is_truth(field)]
    near = get_close_matches(field, alike, n=1, cutoff=0.7)
    if near and not known:
        text += f". Did you mean {near[0]!r}?"
    return text


def _is_truth(field: str) -> bool:
    """Whether a field is the ground truth by its name, which no prediction is mistaken for."""
    return field.startswith(("gt_", "label", "mask", "target"))
