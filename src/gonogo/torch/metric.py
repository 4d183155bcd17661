"""Fields, prefix and strict for any torchmetrics class: ``update(batch)`` finds its own values."""

from __future__ import annotations

import inspect
from functools import cache
from hashlib import sha256
from typing import Any, ClassVar

import torch
import torchmetrics
from torch import Tensor

from gonogo.errors import InputError
from gonogo.torch.fields import checked_fields, field_values

__all__ = ["AnomalyMetric", "create_anomaly_metric", "is_binary", "refuse_sigmoid"]

_MISSING = inspect.Parameter.empty


class AnomalyMetric:
    """What every metric here has, beside being a ``torchmetrics.Metric``.

    To give it to a metric of your own, name it first: ``class Mine(AnomalyMetric, ItsClass)``, or
    use :func:`create_anomaly_metric`.

    Args:
        fields: names of what ``update(batch)`` takes from a batch, in the order of the metric's
            own ``update``; a batch is any object with attributes or any mapping. Without fields,
            ``update`` takes the values themselves.
        prefix: comes before the class name in ``name``.
        strict: a batch that lacks a field, or holds None in it, is an error. If not, such a batch
            is passed over, and ``compute`` gives None where nothing was counted.
        kwargs: those of the metric itself, and of ``torchmetrics.Metric``.

    Raises:
        InputError: too few or too many fields; later, a batch that lacks one.
    """

    asked: Tensor
    batches: Tensor
    metric_state: dict[str, Any]

    default_fields: ClassVar[tuple[str, ...] | None] = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        kinds = (torchmetrics.Metric, torchmetrics.MetricCollection)
        order = [base for base in cls.__mro__ if base is AnomalyMetric or base in kinds]
        if order[0] is not AnomalyMetric or len(order) == 1:
            raise InputError(
                f"{cls.__name__}: expected class {cls.__name__}(AnomalyMetric, Metric), with a "
                "torchmetrics Metric or MetricCollection after AnomalyMetric"
            )
        if cls.update is AnomalyMetric.update:
            cls.update = _that_takes(super().update)  # type: ignore[misc, method-assign]

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:  # noqa: D102 - as object's
        make = super().__new__
        if make is object.__new__:
            return make(cls)
        return _of_task(cls, make, *args, **kwargs)

    def __init__(
        self,
        fields: Any = None,
        prefix: str = "",
        strict: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._ask_for(fields, prefix, strict)

    def _ask_for(self, fields: Any, prefix: str, strict: bool, title: str | None = None) -> None:
        self.prefix, self.strict = prefix, strict
        self._title = title or self._own_title()
        self._name = f"{prefix}{self._title}"  # collections in collections set ``prefix`` anew
        wanted = self.default_fields if fields is None else fields
        self.fields = None if wanted is None else checked_fields(wanted, self._title)
        if self.fields is not None:
            self._refuse_other_number(self.fields)
        if isinstance(self, torchmetrics.Metric):
            self.add_state("batches", torch.zeros((), dtype=torch.int64), dist_reduce_fx="sum")
            self.add_state("asked", self.digest(), dist_reduce_fx="max")

    def add_state(self, name: str, *args: Any, **kwargs: Any) -> None:
        """That of torchmetrics, with ``asked`` before all: its older releases compare one state."""
        if not hasattr(self, "asked"):
            super().add_state("asked", torch.zeros(8, dtype=torch.int64), "max")  # type: ignore[misc]
        super().add_state(name, *args, **kwargs)  # type: ignore[misc]

    def digest(self) -> Tensor:
        """Eight bytes that tell apart what is counted: fields, strictness, and the metric's own."""
        own = getattr(self, "state_key", str)()
        text = repr((self.fields, self.strict, own))
        return torch.tensor(list(sha256(text.encode()).digest()[:8]))

    def shares_with(self, other: Any) -> bool:
        """Whether another metric counts the same in the same way, so that one state does for both.

        Then the other may be given this one's with :meth:`lend`, and need not be updated itself.
        Not known, and so False, of metrics that :func:`create_anomaly_metric` made.
        """
        if not (hasattr(self, "state_key") and hasattr(other, "state_key")):
            return False
        same: bool = list(self.metric_state) == list(other.metric_state)
        return same and torch.equal(self.asked, other.asked)

    def lend(self, other: Any) -> None:
        """Give another metric that :meth:`shares_with` this one its state, without a copy."""
        for name, value in self.metric_state.items():
            setattr(other, name, value)
        other._computed = None  # noqa: SLF001 - as after an update, of torchmetrics' own

    def _own_title(self) -> str:
        """What comes after the prefix in ``name``: the name of the class, if it says no other."""
        return type(self).__name__

    @property
    def name(self) -> str:
        """Prefix and class name: what loggers call it. A class may set another one."""
        return self._name

    @name.setter
    def name(self, name: str) -> None:
        self._name = name

    @property
    def update_called(self) -> bool:
        """Whether there is anything to compute from, be it lent, merged or loaded.

        A batch that a metric which is not strict has passed over is nothing to compute from.
        """
        if hasattr(self, "batches") and getattr(type(self).update, "takes_fields", False):
            return int(self.batches) > 0
        return bool(super().update_called)  # type: ignore[misc]

    def update(self, *args: Any, **kwargs: Any) -> None:
        """Count a batch: by its fields, or without fields by the values themselves."""
        if self.fields is not None:
            found = field_values(self._one_batch(args, kwargs), self.fields, self.name)
            if isinstance(found, str):
                if self.strict:
                    raise InputError(found)
                return
            args, kwargs = tuple(found), {}
        else:
            self._refuse_other_arguments(args, kwargs)
        refuse_sigmoid(self, args or (kwargs.get("preds"),), self.name)
        super().update(*args, **kwargs)  # type: ignore[misc]
        if hasattr(self, "batches"):
            self.batches = self.batches + 1

    def compute(self) -> Any:
        """The metric of all batches so far; None where it is not strict and there was none."""
        if not self.strict and int(getattr(self, "batches", 1)) == 0:
            return None
        return super().compute()  # type: ignore[misc]

    def _one_batch(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if len(args) == 1 and not kwargs:
            return args[0]
        if not args and list(kwargs) == ["batch"]:
            return kwargs["batch"]
        raise InputError(
            f"{self.name}: found {len(args) + len(kwargs)} arguments; with fields="
            f"{list(self.fields or ())} update takes one batch that has them; leave fields out to "
            "give the values themselves"
        )

    def _refuse_other_arguments(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        signature = inspect.signature(super().update)  # type: ignore[misc]
        try:
            signature.bind(*args, **kwargs)
        except TypeError as error:
            takes = ", ".join(signature.parameters)
            given = ", ".join([f"{len(args)} without a name"] * bool(args) + [*kwargs])
            raise InputError(
                f"{self.name}: update takes {takes}; found {given or 'nothing'} ({error}). In a "
                "collection of metrics that take different values give them by name: "
                "collection.update(preds=scores, target=labels)"
            ) from None

    def _refuse_other_number(self, fields: tuple[str, ...]) -> None:
        takes = inspect.signature(super().update).parameters.values()  # type: ignore[misc]
        if any(one.kind is one.VAR_POSITIONAL for one in takes):
            return
        kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        values = [one for one in takes if one.kind in kinds]
        fewest = sum(one.default is _MISSING for one in values)
        if not fewest <= len(fields) <= len(values):
            wanted = f"{fewest}" if fewest == len(values) else f"{fewest} to {len(values)}"
            raise InputError(
                f"fields: found {len(fields)} ({', '.join(fields)}); {self._title} needs {wanted}, "
                f"for {', '.join(one.name for one in values)}"
            )


def _that_takes(values: Any) -> Any:
    """``AnomalyMetric.update``, telling that it takes a batch, or what the metric's own takes.

    A collection of torchmetrics gives to each metric the keywords that its signature names.
    """

    def update(self: Any, *args: Any, **kwargs: Any) -> None:
        AnomalyMetric.update(self, *args, **kwargs)

    own = inspect.signature(values)
    takes = list(own.parameters.values())
    if "batch" not in own.parameters:
        batch = inspect.Parameter("batch", inspect.Parameter.KEYWORD_ONLY, default=None)
        takes.insert(sum(one.kind is not one.VAR_KEYWORD for one in takes), batch)
    update.__signature__ = own.replace(parameters=takes)  # type: ignore[attr-defined]
    update.__doc__ = AnomalyMetric.update.__doc__
    update.takes_fields = True  # type: ignore[attr-defined]
    return update


@cache
def create_anomaly_metric(metric_class: Any) -> type[Any]:
    """A torchmetrics class with fields, prefix and strict, and all its own arguments.

    Classes that stand for several tasks (``torchmetrics.Accuracy``, ``F1Score``, ...) need no
    ``task``: it is binary, or with ``average`` that of two classes.

    >>> from torchmetrics import Accuracy
    >>> from gonogo.torch import create_anomaly_metric
    >>> accuracy = create_anomaly_metric(Accuracy)(fields=["pred_label", "gt_label"], prefix="a_")
    >>> accuracy.name
    'a_Accuracy'

    Raises:
        InputError: it is no torchmetrics class.
    """
    kinds = (torchmetrics.Metric, torchmetrics.MetricCollection)
    if not inspect.isclass(metric_class) or not issubclass(metric_class, kinds):
        raise InputError(
            f"metric_class: found {metric_class!r}; expected a subclass of torchmetrics.Metric"
        )
    if issubclass(metric_class, AnomalyMetric):
        return metric_class

    def reduced(self: Any) -> tuple[Any, ...]:
        return _restored, (metric_class,), self.__getstate__()

    members = {"__reduce__": reduced, "__module__": metric_class.__module__}
    return type(metric_class.__name__, (AnomalyMetric, metric_class), members)


def _restored(metric_class: Any) -> Any:
    made: Any = create_anomaly_metric(metric_class)
    return made.__new__(made)


def _of_task(
    cls: type[Any],
    make: Any,
    fields: Any = None,
    prefix: str = "",
    strict: bool = True,
    **kwargs: Any,
) -> Any:
    """The metric of one task that a class for several tasks stands for, with the fields."""
    if "task" not in kwargs:
        several = kwargs.keys() & {"average", "num_classes"}
        kwargs["task"] = "multiclass" if several else "binary"
    if kwargs["task"] == "multiclass":
        kwargs.setdefault("num_classes", 2)
    made = make(cls, **kwargs)
    if isinstance(made, cls):
        return made
    metric = _restored(type(made))
    metric.__setstate__(made.__getstate__())
    metric._ask_for(fields, prefix, strict, cls.__name__)  # noqa: SLF001
    return metric


def refuse_sigmoid(metric: Any, values: tuple[Any, ...], name: str) -> None:
    """Refuse raw scores for a class of torchmetrics that would pass them through a sigmoid.

    It does that where a batch has a score beyond [0, 1], and leaves the next batch as it is.
    """
    if not is_binary(metric) or getattr(metric, "normalization", "sigmoid") is None:
        return
    scores = values[0] if values else None
    if isinstance(scores, Tensor) and scores.is_floating_point() and scores.numel():
        low, high = (float(end) for end in torch.aminmax(scores.detach()))
        if low < 0.0 or high > 1.0:
            raise InputError(
                f"{name}: found scores from {low:g} to {high:g}; torchmetrics passes those "
                "of a batch beyond [0, 1] through a sigmoid. Give it what is decided already, "
                "pred_label or pred_mask, or take the metric of gonogo.torch, with threshold=..."
            )


def is_binary(metric: Any) -> bool:
    """Whether a metric is one of torchmetrics for binary classification."""
    return any(
        base.__module__.startswith("torchmetrics.classification")
        and base.__name__.startswith("Binary")
        for base in type(metric).__mro__
    )
