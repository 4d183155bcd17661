"""Metrics in a training loop, against torchmetrics' exact curves: time and memory of an epoch.

An epoch is every batch once, the values, and a reset. The first one of new collections is slower,
most of all for torchmetrics' own collection, which finds out then which metrics share a state; it
is timed apart. ``python -m benchmarks.training_loop SIDE FOLDER`` is a process that measures the
memory of one side.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.lines import Line, gain
from benchmarks.memory import give_back, reset_peak, resident
from benchmarks.timing import repeated

__all__ = ["against_torchmetrics_classes"]

_FASTER, _MEMORY = 25.0, 1 / 3
_BATCH = 4
_OUR_SECONDS, _PEER_SECONDS, _RUNS = 5.0, 20.0, 5
_ROOT = Path(__file__).parents[1]
_WHAT = "AUROC + AUPR + F1Max + AUPRO : torchmetrics AUROC + AP"


def against_torchmetrics_classes(
    data: str, maps: NDArray[np.float32], masks: NDArray[np.uint8]
) -> list[Line]:
    """Four metrics of gonogo.torch against the two exact ones that torchmetrics has."""
    ours, theirs = (_epochs(side, maps, masks) for side in ("gonogo", "torchmetrics"))
    ours()()
    first = {"gonogo": repeated(_first(ours), budget=_OUR_SECONDS, most=_RUNS)}
    first["peer"] = repeated(_first(theirs), budget=0.0, most=1)
    our_epoch, peer_epoch = ours(), theirs()
    our_epoch(), peer_epoch()
    runs = {"gonogo": repeated(our_epoch, budget=_OUR_SECONDS, most=_RUNS)}
    runs["peer"] = repeated(peer_epoch, budget=_PEER_SECONDS, most=2)
    runs["gonogo"] += repeated(our_epoch, budget=_OUR_SECONDS, most=_RUNS)
    time = [
        gain(data, what, min(each["gonogo"]), min(each["peer"]), _FASTER, each)
        for what, each in ((_WHAT, runs), ("the same, first epoch of new collections", first))
    ]
    with TemporaryDirectory() as folder:
        np.save(Path(folder) / "maps.npy", maps)
        np.save(Path(folder) / "masks.npy", masks)
        ours_extra, peer_extra = (_extra(side, folder) for side in ("gonogo", "torchmetrics"))
    memory = Line(
        data,
        "the same, peak extra memory",
        ours_extra / 2**20,
        peer_extra / 2**20,
        "MiB",
        ours_extra / peer_extra,
        "at most",
        _MEMORY,
    )
    found, wanted = our_epoch(), peer_epoch()
    apart = abs(float(found["AUROC"]) - float(wanted["BinaryAUROC"]))
    return [*time, memory, Line(data, "the same, AUROC (float32 there)", apart, None, "", apart)]


def _epochs(
    side: str, maps: NDArray[np.float32], masks: NDArray[np.uint8]
) -> Callable[[], Callable[[], dict[str, Any]]]:
    """New collections, each as its epoch, over tensors that share the memory of the arrays."""
    import torch
    from torchmetrics import MetricCollection
    from torchmetrics.classification import BinaryAUROC, BinaryAveragePrecision

    import gonogo.torch as gonogo

    scores, labels = torch.from_numpy(maps), torch.from_numpy(masks)
    if side == "torchmetrics":
        labels = (labels > 0).long()

    def new() -> Callable[[], dict[str, Any]]:
        if side == "gonogo":
            ours = [gonogo.AUROC(), gonogo.AUPR(), gonogo.F1Max(), gonogo.AUPRO()]
            metrics: Any = gonogo.MetricCollection(ours)
        else:
            metrics = MetricCollection(
                [BinaryAUROC(thresholds=None), BinaryAveragePrecision(thresholds=None)]
            )

        def epoch() -> dict[str, Any]:
            for first in range(0, len(maps), _BATCH):
                batch = scores[first : first + _BATCH], labels[first : first + _BATCH]
                metrics.update(*(batch if side == "gonogo" else map(torch.flatten, batch)))
            values: dict[str, Any] = metrics.compute()
            metrics.reset()
            return values

        return epoch

    return new


def _first(new: Callable[[], Callable[[], Any]]) -> Callable[[], Any]:
    """The first epoch of a collection that is made for it."""

    def epoch() -> Any:
        return new()()

    return epoch


def _extra(side: str, folder: str) -> int:
    command = [sys.executable, "-m", "benchmarks.training_loop", side, folder]
    done = subprocess.run(command, cwd=_ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return int(json.loads(done.stdout)["extra"])


def _measure(side: str, folder: Path) -> dict[str, int]:
    tiny = np.linspace(0.0, 1.0, 2 * 64 * 64, dtype=np.float32).reshape(2, 64, 64)
    _epochs(side, tiny, (tiny > 0.9).astype(np.uint8))()()
    maps, masks = np.load(folder / "maps.npy"), np.load(folder / "masks.npy")
    epoch = _epochs(side, maps, masks)()
    give_back()
    exact = reset_peak()
    before = resident(peak=not exact)
    epoch()
    return {"extra": resident(peak=True) - before}


if __name__ == "__main__":
    print(json.dumps(_measure(sys.argv[1], Path(sys.argv[2]))))
