"""The one tester: what every metric class has to stand, whatever it computes."""

from __future__ import annotations

import copy
import pickle
import warnings
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch

from gonogo import UndefinedMetricWarning
from tests.torch.registry import Case, images

DTYPES = [torch.float16, torch.bfloat16, torch.float32, torch.float64]


def arrays(value: Any) -> list[np.ndarray]:
    """What ``compute`` gave, as arrays: a tensor, or a tuple of them."""
    return [one.numpy() for one in (value if isinstance(value, tuple) else (value,))]


def same(found: Any, wanted: list[np.ndarray]) -> bool:
    """To the last bit."""
    got = arrays(found)
    return len(got) == len(wanted) and all(
        one.dtype == np.float64 and np.array_equal(one, other, equal_nan=True)
        for one, other in zip(got, wanted, strict=True)
    )


class Bench:
    """One metric class put through every law."""

    def __init__(self, case: Case, **options: Any) -> None:
        self.case, self.options = case, options
        self.maps, self.masks = images()

    def metric(self) -> Any:
        return self.case.make(**self.options)

    def wanted(self, first: int = 0, last: int | None = None) -> list[np.ndarray]:
        return self.case.expected(self.maps[first:last], self.masks[first:last])

    def fed(self, metric: Any, cuts: list[int]) -> Any:
        """The metric, updated with the images between each two cuts."""
        for first, last in pairwise(cuts):
            metric.update(*self.case.values(self.maps[first:last], self.masks[first:last]))
        return metric

    def update(self) -> None:
        assert same(self.fed(self.metric(), [0, 12]).compute(), self.wanted())

    def batch_split(self) -> None:
        for cuts in ([0, 1, 12], [0, 5, 5, 12], list(range(13))):
            assert same(self.fed(self.metric(), cuts).compute(), self.wanted()), cuts

    def order(self) -> None:
        metric = self.fed(self.fed(self.metric(), [7, 12]), [0, 7])
        assert same(metric.compute(), self.wanted())

    def merge(self) -> None:
        one, other = self.fed(self.metric(), [0, 3]), self.fed(self.metric(), [3, 12])
        before = other.compute()
        one.merge_state(other)
        assert same(one.compute(), self.wanted())
        assert same(other.compute(), arrays(before))
        empty = self.metric()
        empty.merge_state(one)
        assert same(empty.compute(), self.wanted())
        one.merge_state(self.metric())
        assert same(one.compute(), self.wanted())
        one.reset()
        self.fed(one, [0, 3])
        one.merge_state(other.metric_state)
        assert same(one.compute(), self.wanted())

    def reset(self) -> None:
        metric = self.fed(self.metric(), [3, 12])
        metric.compute()
        metric.reset()
        assert same(self.fed(metric, [0, 12]).compute(), self.wanted())

    def compute_twice(self) -> None:
        metric = self.fed(self.metric(), [0, 6])
        first = metric.compute()
        assert same(metric.compute(), arrays(first))
        assert same(first, self.wanted(0, 6))
        assert same(self.fed(metric, [6, 12]).compute(), self.wanted())

    def copies(self) -> None:
        """Pickled, cloned and copied metrics go on by themselves."""
        metric = self.fed(self.metric(), [0, 6])
        for twin in (pickle.loads(pickle.dumps(metric)), metric.clone(), copy.deepcopy(metric)):
            assert same(self.fed(twin, [6, 12]).compute(), self.wanted())
            assert twin.name == metric.name
        assert same(metric.compute(), self.wanted(0, 6))

    def state_dict(self) -> None:
        metric = self.fed(self.metric(), [0, 6])
        metric.persistent(True)
        twin = self.metric()
        twin.load_state_dict(copy.deepcopy(metric.state_dict()))
        assert same(twin.compute(), self.wanted(0, 6))
        assert same(self.fed(twin, [6, 12]).compute(), self.wanted())

    def moves(self) -> None:
        """Where the metric is and what a model's dtype is changes no score."""
        metric = self.fed(self.metric(), [0, 6])
        metric.to("cpu").half()
        metric.set_dtype(torch.float16)
        metric.to(torch.float64).bfloat16()
        assert same(self.fed(metric, [6, 12]).compute(), self.wanted())

    def forward(self) -> None:
        """The value of each batch, while all are gathered."""
        metric = self.metric()
        for cuts in ([0, 6], [6, 7], [7, 12]):
            batch = self.case.values(*(each[slice(*cuts)] for each in (self.maps, self.masks)))
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UndefinedMetricWarning)
                found = metric(*batch)
                assert same(found, self.wanted(*cuts)), cuts
        assert same(metric.compute(), self.wanted())

    def dtypes(self) -> None:
        """Maps of any dtype, in the order that they have in it."""
        for dtype in DTYPES:
            self.maps, self.masks = images(dtype=dtype)
            found = self.fed(self.metric(), [0, 4, 12]).compute()
            self.maps = self.maps.float() if dtype == torch.bfloat16 else self.maps
            assert same(found, self.wanted()), dtype

    def kinds(self) -> None:
        """Arrays, a channel axis, 0/255 masks."""
        metric = self.metric()
        maps, masks = self.case.values(self.maps, self.masks)[0], self.masks
        if self.case.takes != "both":
            metric.update(*(one.numpy() for one in self.case.values(self.maps, masks)))
        elif self.case.images:
            metric.update(maps[:, None], masks.amax((1, 2)).byte() * 255)
        else:
            metric.update(maps[:6, None].numpy(), masks[:6].numpy())
            metric.update(list(maps[6:]), list(masks[6:, None].byte() * 255))
        assert same(metric.compute(), self.wanted())

    def undefined(self) -> None:
        """Without data, and of normal images alone: nan, with a reason and a warning."""
        metric = self.metric()
        if self.case.always:
            assert same(metric.compute(), self.wanted())
            return
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # torchmetrics': nothing was counted
            found = arrays(metric.compute())
        assert all(np.isnan(one).all() for one in found)
        assert "found" in metric.reason
        if self.case.takes == "both":
            metric.update(*self.case.values(self.maps[::4], self.masks[::4]))
            if type(metric).__name__ not in ("Accuracy", "F1Score", "Precision"):
                with pytest.warns(UndefinedMetricWarning, match=f"{metric.name} is undefined: it"):
                    assert all(np.isnan(one).all() for one in arrays(metric.compute()))
        self.fed(metric, [0, 12]) if self.case.takes == "both" else None
        metric.reset()
        self.fed(metric, [0, 12]).compute()
        assert metric.reason is None

    def by_fields(self) -> None:
        """``update(batch)`` of a mapping and of an object, under a name of one's own."""
        values = self.case.values(self.maps, self.masks)
        names = [f"field_{place}" for place in range(len(values))]
        if self.case.always:
            names = []
        metric = self.case.make(fields=names or None, prefix="line_", **self.options)
        assert metric.name == f"line_{self.case.of.__name__}"
        batch = dict(zip(names, values, strict=bool(names)))
        metric.update(batch)
        assert same(metric.compute(), self.wanted())
        metric.reset()
        metric.update(type("Batch", (), batch)())
        assert same(metric.compute(), self.wanted())


LAWS = [name for name in vars(Bench) if not name.startswith("_")]
LAWS = [name for name in LAWS if name not in ("metric", "wanted", "fed")]
