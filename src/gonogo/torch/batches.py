"""The records that travel from a model to its metrics: a batch of images, and one image of it.

Any object or mapping with these names does as well. What these add are shapes that agree, so that a
batch whose labels belong to other images is refused where it is made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

import torch

from gonogo.errors import InputError

__all__ = ["ImageBatch", "ImageItem"]

_SCALARS = ("gt_label", "pred_score", "pred_label")
_PLANES = ("gt_mask", "anomaly_map", "pred_mask")
_PICTURES = ("image", "explanation")
_PATHS = ("mask_path", "image_path")
_SHAPED = (*_SCALARS, *_PLANES, *_PICTURES)


class _Record:
    """What a batch and an item share: fields by name, and changing them."""

    __slots__ = ()

    def __getitem__(self, name: str) -> Any:
        if name not in self.keys():
            raise KeyError(f"Field {name!r} not found in {type(self).__name__}")
        return getattr(self, name)

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}{_size(self[name])}" for name in self.keys(include_none=False))
        return f"<{type(self).__name__}: {shown}>"

    def keys(self, *, include_none: bool = True) -> list[str]:
        """Names of the fields; of those that hold something, if told so."""
        names = [field.name for field in fields(self)]  # type: ignore[arg-type]  # a dataclass
        return [name for name in names if include_none or getattr(self, name) is not None]

    def update(self, *, in_place: bool = True, **values: Any) -> Self:
        """This record with other values in the named fields, or a new one that has them."""
        wrong = [name for name in values if name not in self.keys()]
        if wrong:
            raise InputError(
                f"{type(self).__name__}: found the field {wrong[0]!r}; "
                f"expected one of {', '.join(self.keys())}"
            )
        if not in_place:
            return type(self)(**{name: getattr(self, name) for name in self.keys()} | values)
        for name, value in values.items():
            setattr(self, name, value)
        return self

    def to(self, device: Any) -> Self:
        """The same with its tensors on a device."""
        moved = {
            name: value.to(device)
            for name in self.keys(include_none=False)
            if isinstance(value := getattr(self, name), torch.Tensor)
        }
        return self.update(in_place=False, **moved)

    def to_numpy(self) -> Self:
        """The same with arrays in place of tensors."""
        arrays = {
            name: value.detach().cpu().numpy()
            for name in self.keys(include_none=False)
            if isinstance(value := getattr(self, name), torch.Tensor)
        }
        return self.update(in_place=False, **arrays)


@dataclass(eq=False, repr=False, slots=True)
class ImageItem(_Record):
    """One image with its ground truth and what a model says of it; what is not known is None.

    ``image`` and ``explanation`` are ``(C, H, W)``, masks and ``anomaly_map`` ``(H, W)`` or
    ``(1, H, W)``, labels and ``pred_score`` one number. Values are kept as they are given.

    Raises:
        InputError: a field has another shape.
    """

    image: Any = None
    gt_label: Any = None
    gt_mask: Any = None
    mask_path: str | None = None
    anomaly_map: Any = None
    pred_score: Any = None
    pred_mask: Any = None
    pred_label: Any = None
    explanation: Any = None
    image_path: str | None = None

    def __setattr__(self, name: str, value: Any) -> None:
        if value is not None and name in _SHAPED:
            value = _shaped(value, name, batch=False)
        object.__setattr__(self, name, value)


@dataclass(eq=False, repr=False, slots=True)
class ImageBatch(_Record):
    """Images with their ground truth and what a model says of them; what is not known is None.

    ``image`` and ``explanation`` are ``(N, C, H, W)``, masks and ``anomaly_map`` ``(N, H, W)`` or
    ``(N, 1, H, W)`` (the 1 is dropped), labels and ``pred_score`` ``(N,)`` or ``(N, 1)``, paths N
    of them. ``gt_`` is the truth, ``pred_`` the model's. Tensors, arrays or lists; values are kept
    as they are given: scores of any range, labels and masks as bool, 0/1 or uint8 0/255.

    >>> import torch
    >>> from gonogo.torch import ImageBatch
    >>> batch = ImageBatch(pred_score=[0.3, 7.1], gt_label=[0, 1], anomaly_map=torch.zeros(2, 4, 4))
    >>> len(batch), batch.keys(include_none=False)
    (2, ['gt_label', 'anomaly_map', 'pred_score'])
    >>> batch.items[1].pred_score
    tensor(7.1000)

    Raises:
        InputError: a field has another shape, or is of more or fewer images than those before.
    """

    image: Any = None
    gt_label: Any = None
    gt_mask: Any = None
    mask_path: Sequence[str] | None = None
    anomaly_map: Any = None
    pred_score: Any = None
    pred_mask: Any = None
    pred_label: Any = None
    explanation: Any = None
    image_path: Sequence[str] | None = None

    def __setattr__(self, name: str, value: Any) -> None:
        if value is not None and name in _SHAPED + _PATHS:
            value = _paths(value, name) if name in _PATHS else _shaped(value, name, batch=True)
            count = self._count(but=name)
            if count is not None and len(value) != count:
                raise InputError(
                    f"ImageBatch: found {len(value)} of {name} in a batch of {count} images; "
                    "expected one for each"
                )
        object.__setattr__(self, name, value)

    def __len__(self) -> int:
        return self._count() or 0

    @property
    def batch_size(self) -> int:
        """How many images there are."""
        return len(self)

    def __iter__(self) -> Iterator[ImageItem]:
        return iter(self.items)

    @property
    def items(self) -> list[ImageItem]:
        """The images, one by one."""
        filled = self.keys(include_none=False)
        return [
            ImageItem(**{name: getattr(self, name)[place] for name in filled})
            for place in range(len(self))
        ]

    @classmethod
    def collate(cls, items: Sequence[ImageItem]) -> ImageBatch:
        """One batch of several images; a field that none of them has is None.

        Raises:
            InputError: no image, or some have a field that others have not.
        """
        if not items:
            raise InputError("ImageBatch.collate: found no image; expected at least one")
        joined: dict[str, Any] = {}
        for name in (field.name for field in fields(cls)):
            values = [getattr(item, name) for item in items]
            lacking = [place for place, value in enumerate(values) if value is None]
            if len(lacking) == len(items):
                continue
            if lacking:
                raise InputError(
                    f"ImageBatch.collate: item {lacking[0]} has no {name}, which others have; "
                    "give it to all or to none"
                )
            whole = name in _PATHS
            joined[name] = values if whole else torch.stack([torch.as_tensor(v) for v in values])
        return cls(**joined)

    def _count(self, but: str | None = None) -> int | None:
        """How many images the fields are of; None before the first."""
        for name in self.keys():
            value = getattr(self, name, None)
            if name != but and value is not None:
                return len(value)
        return None


def _size(value: Any) -> str:
    return f" {tuple(value.shape)}" if hasattr(value, "shape") else ""


def _shaped(value: Any, name: str, *, batch: bool) -> Any:
    """A value in the shape of its field: an axis of length 1 that is too many is dropped."""
    if not hasattr(value, "shape"):
        value = torch.as_tensor(value)
    shape = tuple(value.shape)
    wanted: tuple[str, ...] = ("N",) if batch else ()
    if name in _PLANES:
        wanted += ("H", "W")
    elif name in _PICTURES:
        wanted += ("C", "H", "W")
    if len(shape) == len(wanted):
        return value
    if len(shape) == len(wanted) + 1 and name not in _PICTURES:
        extra = int(batch) if name in _PLANES else -1
        if shape[extra] == 1:
            return value.squeeze(extra)
    what = "ImageBatch" if batch else "ImageItem"
    expected = f"({', '.join(wanted)})" if wanted else "one number"
    raise InputError(f"{what}: found {name} of shape {shape}; expected {expected}")


def _paths(value: Any, name: str) -> list[str]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise InputError(
            f"ImageBatch: found {name} {type(value).__name__}; expected a list of paths"
        )
    return [str(path) for path in value]
