"""Certified numbers against exact ones, on many random data sets in every dtype, by every way in.

Each seed is one data set: scores of any dtype and sign, crowded at a value, tied, or spread over
many decades, in one to four images; counted by one of the ways in, in grids of all sizes. A sample
runs with the tests. At length, for example 20,000 data sets from seed 0::

    python -m tests.laws.certificates 20000 0
"""

from __future__ import annotations

import io
import math
import pickle
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

import gonogo
from gonogo.distributed import count, derive, merge
from gonogo.metrics import bounds
from gonogo.states import Capacity
from gonogo.types import Bounded
from tests.oracles.shapes import TINY

__all__ = ["DTYPES", "WAYS", "holds", "outside", "pairs"]

OPTIONS: dict[str, Any] = {
    "fpr_limits": (0.05, 0.3, 1.0),
    "at_fpr": (0.0, 0.1, 0.5),
    "at_recall": (0.5, 1.0),
}
DTYPES = (
    *("float16", "float16", "float16", "bfloat16", "float32", "float32", "float64"),
    *("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "mixed"),
)
GRIDS = (*TINY, *(Capacity(few, pages) for few in (1, 16, 64) for pages in (16, 32, 64, 128)))
_LARGEST = 6e4


@dataclass(frozen=True)
class DataSet:
    """Maps and masks, the dtypes they are given in, and what draws further choices."""

    maps: list[np.ndarray]
    masks: list[np.ndarray]
    dtypes: list[str]
    rng: np.random.Generator

    def given(self) -> list[Any]:
        """The maps as they are handed over: bfloat16 as a tensor."""
        return [
            tensor(one, dtype) if dtype == "bfloat16" else one
            for one, dtype in zip(self.maps, self.dtypes, strict=True)
        ]


def data_set(seed: int) -> DataSet:
    """The data set of a seed, always the same."""
    rng = np.random.default_rng(seed)
    dtype = str(rng.choice(DTYPES))
    kind = str(
        rng.choice(
            [
                "too_many_ties",
                "too_many_ties",
                "too_many_ties",
                "tied",
                "decades",
                "uniform",
                "saturated",
            ]
        )
    )
    sign = rng.choice([-1, -1, 1, 0])
    maps, masks, dtypes = [], [], []
    for _ in range(rng.integers(1, 5)):
        shape = tuple(rng.integers(*rng.choice([(1, 16), (1, 41), (28, 41), (28, 41)]), 2).tolist())
        own = str(rng.choice([one for one in DTYPES if one != "mixed"]))
        dtypes.append(own if dtype == "mixed" else dtype)
        scores = _scores(rng, "decades" if rng.random() < 0.3 else kind, shape)
        signs = rng.choice([-1, 1], shape) if sign == 0 else sign
        maps.append(_as(scores * signs, dtypes[-1]))
        share = rng.choice([0.0, 0.02, 0.3, 0.9])
        masks.append(rng.random(shape) < share)
        if rng.random() < 0.3:  # a detector that knows something
            maps[-1] = np.where(masks[-1], np.maximum(maps[-1], np.roll(maps[-1], 1)), maps[-1])
    return DataSet(maps, masks, dtypes, rng)


def _scores(rng: np.random.Generator, kind: str, shape: tuple[int, ...]) -> np.ndarray:
    """Positive scores up to 60,000."""
    if kind == "decades":
        return np.minimum(np.exp(rng.normal(size=shape) * 3), _LARGEST)
    if kind == "uniform":
        return rng.random(shape) * rng.choice([1.0, 200.0])
    at = float(rng.choice([0.0, 0.5, 0.5, 1.0, 3.0, 100.0]))
    if kind == "tied":
        return at + rng.choice(5, shape, p=rng.dirichlet(np.full(5, 0.5))) * rng.choice([1e-3, 1.0])
    width = 10.0 ** rng.uniform(*rng.choice([(-5.0, -1.0), (-4.2, -3.4)]))
    near = np.abs(at * (1.0 + rng.normal(size=shape) * width))
    if kind == "saturated":
        near[rng.random(shape) < rng.choice([0.3, 0.9])] = at
    return near


def _as(scores: np.ndarray, dtype: str) -> np.ndarray:
    if dtype == "bfloat16":
        bits = scores.astype(np.float32).view(np.uint32)
        return (bits & np.uint32(0xFFFF0000)).view(np.float32)
    if dtype.startswith("float"):
        return scores.astype(dtype)
    info = np.iinfo(dtype)
    return np.clip(scores.round(), info.min, info.max).astype(dtype)


def tensor(scores: np.ndarray, dtype: str) -> Any:
    """A tensor with the same scores; torch counts in few unsigned integers."""
    import torch

    if dtype in ("uint16", "uint32"):
        scores = scores.astype(np.int64)
    found = torch.from_numpy(np.ascontiguousarray(scores))
    return found.bfloat16() if dtype == "bfloat16" else found


def by_arrays(data: DataSet) -> Iterator[tuple[str, Any, str]]:
    """In one call of ``evaluate``."""
    result = gonogo.evaluate(data.given(), list(data.masks), mode="certified", **OPTIONS)
    yield "", result.pixel, ""


def by_state(data: DataSet) -> Iterator[tuple[str, Any, str]]:
    """Image by image in two states, one of which was saved or pickled, that are added."""
    mode = str(data.rng.choice(["certified", "auto"]))
    states = [gonogo.State(mode=mode, **OPTIONS) for _ in range(2)]
    for place, (scores, mask) in enumerate(zip(data.given(), data.masks, strict=True)):
        states[data.rng.integers(2)].update([scores], [mask], names=[str(place)])
    if data.rng.random() < 0.3:
        states[0] = pickle.loads(pickle.dumps(states[0]))
    elif data.rng.random() < 0.1:
        with tempfile.TemporaryDirectory() as folder:
            states[0] = gonogo.State.load(states[0].save(Path(folder) / "state"))
    yield "", (states[0] + states[1]).compute().pixel, ""


def by_parts(data: DataSet) -> Iterator[tuple[str, Any, str]]:
    """Image by image, as workers count."""
    images = zip(data.given(), data.masks, strict=True)
    parts = [
        count([pair], first=place, mode="certified", **OPTIONS) for place, pair in enumerate(images)
    ]
    data.rng.shuffle(parts)
    yield "", derive(merge(parts)).pixel, ""


def by_torch(data: DataSet) -> Iterator[tuple[str, Any, str]]:
    """Image by image in two metrics, of which one is added to the other."""
    import torch

    import gonogo.torch as gt

    mode = str(data.rng.choice(["certified", "auto"]))
    wanted = {
        "auroc": gt.AUROC,
        "average_precision": gt.AUPR,
        "aupr_trapezoid": lambda **options: gt.AUPR(method="trapezoid", **options),
        "aupro.0.3": lambda **options: gt.AUPRO(fpr_limit=0.3, **options),
        "aupro.0.05": lambda **options: gt.AUPRO(fpr_limit=0.05, **options),
        "f1_max.value": gt.F1Max,
        "f1_max.threshold": gt.F1AdaptiveThreshold,
        "iou_max": gt.IoUMax,
        "tpr_at_fpr.0.1.value": lambda **options: gt.PBn(fpr=0.1, **options),
        "tnr_at_fnr": lambda **options: gt.PGn(fnr=0.1, **options),
    }
    names = data.rng.choice(list(wanted), 3, replace=False)
    for name in names.tolist():
        metrics = [wanted[name](mode=mode) for _ in range(2)]
        for scores, mask, dtype in zip(data.maps, data.masks, data.dtypes, strict=True):
            given = tensor(scores, dtype)[None], torch.from_numpy(mask)[None]
            metrics[data.rng.integers(2)].update(*given)
        if data.rng.random() < 0.3:
            stored = io.BytesIO()
            torch.save(metrics[1], stored)
            stored.seek(0)
            metrics[1] = torch.load(stored, weights_only=False)
        metrics[0].merge_state(metrics[1])
        metrics[0].compute()
        found = metrics[0].interval
        yield name, gonogo.types.Undefined("") if found is None else found, name


WAYS: dict[str, Callable[[DataSet], Iterator[tuple[str, Any, str]]]] = {
    "arrays": by_arrays,
    "state": by_state,
    "parts": by_parts,
    "torch": by_torch,
}


def outside(seed: int, way: str | None = None) -> list[str]:
    """The intervals of the data set of a seed that do not contain the exact number."""
    data = data_set(seed)
    way = way or list(WAYS)[seed % len(WAYS)]
    grid = GRIDS[int(data.rng.integers(len(GRIDS)))]
    budget = int(data.rng.choice([1 << 10, 1 << 13, 1 << 16]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with (
            mock.patch("gonogo.counting.modes.capacity", return_value=grid),
            mock.patch("gonogo.distributed.count.capacity", return_value=grid),
            mock.patch("gonogo.state.contents.capacity", return_value=grid),
            mock.patch("gonogo.state.contents.keeps_most", _keeps(budget)),
            mock.patch("gonogo.state.state.keeps_most", _keeps(budget)),
            mock.patch("gonogo.torch.scored.DEFAULT_BUDGET", budget),
        ):
            found = list(WAYS[way](data))
        wide = [one.astype(np.float64) for one in data.maps]
        exact = gonogo.evaluate(wide, data.masks, mode="exact", **OPTIONS).pixel
        lost = bounds.tnr_at_fnr(exact.counts, 0.1).value
    numbers = {name: value for name, value, _ in pairs(exact, exact)}
    numbers["tnr_at_fnr"] = lost.value if isinstance(lost, Bounded) else lost
    wrong = []
    for _, part, name in found:
        known = {name: part} if name else {key: value for key, value, _ in pairs(part, exact)}
        wrong += [
            f"seed {seed}, {way}, {', '.join(data.dtypes)}: {key} {value!r} in {one!r}"
            for key, one in known.items()
            if not holds(one, value := numbers[key], reasons=not name)
        ]
    return wrong


def _keeps(budget: int) -> Callable[[Any], int | None]:
    return lambda settings: budget if settings.mode == "auto" else None


def pairs(found: Any, exact: Any, name: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Every number of two results that belong together, however nested, by name."""
    if isinstance(exact, dict):
        assert found.keys() == exact.keys()
        for key in exact:
            yield from pairs(found[key], exact[key], f"{name}.{key}".lstrip("."))
    elif hasattr(exact, "__dataclass_fields__") and not isinstance(exact, Bounded):
        for key in exact.__dataclass_fields__:
            # What lies below a threshold is for printing it, and a bound: tests/laws checks what is
            # printed with it.
            if key not in ("counts", "next_lower"):
                yield from pairs(
                    getattr(found, key), getattr(exact, key), f"{name}.{key}".lstrip(".")
                )
    else:
        yield name, found, exact


def holds(found: Any, exact: Any, *, reasons: bool = True) -> bool:
    """Whether the number found is the exact one, or an interval that contains it."""
    if isinstance(found, Bounded):
        return found.low <= exact <= found.high
    if isinstance(exact, float) and math.isnan(exact):
        return math.isnan(found) and (not reasons or found.reason == exact.reason)
    return bool(found == exact)


def main(count: int, first: int = 0) -> int:
    """Try so many data sets; how many numbers were wrong, or errors."""
    begun, told, wrong = time.monotonic(), time.monotonic(), 0
    for number, seed in enumerate(range(first, first + count), 1):
        try:
            lines = outside(seed)
        except Exception as error:  # noqa: BLE001 - told, and the others are tried as well
            lines = [f"seed {seed}: {error!r}"]
        for line in lines:
            print(line, flush=True)
        wrong += len(lines)
        if time.monotonic() - told > 60.0 or number == count:
            told = time.monotonic()
            print(f"{number} data sets, {wrong} wrong, {told - begun:.0f} s", flush=True)
    return wrong


if __name__ == "__main__":
    sys.exit(main(*(int(argument) for argument in sys.argv[1:])) > 0)
