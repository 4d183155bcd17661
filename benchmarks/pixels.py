"""All pixel metrics of maps in memory, against a sort, scikit-learn and torchmetrics."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.lines import Line, cost, gain
from benchmarks.timing import interleaved, repeated

__all__ = ["against_scikit_learn", "against_sort", "against_torchmetrics"]

_SORTS = 1.5
_SCIKIT_LEARN = 80.0
_TORCHMETRICS = 10.0
_AGREEMENT = 1e-9
_PEER_SECONDS = 20.0
_OUR_SECONDS = 3.0
_RUNS = 3

Maps = NDArray[np.float32]
Masks = NDArray[np.uint8]


def against_sort(data: str, maps: Maps, masks: Masks, rounds: int) -> list[Line]:
    """``gonogo.evaluate`` against one ``np.sort`` (one thread) and one pass over the memory."""
    import gonogo

    gonogo.evaluate(maps[:2], masks[:2])  # load or compile the kernels
    flat = maps.reshape(-1)
    times = interleaved(
        {
            "evaluate": lambda: gonogo.evaluate(maps, masks),
            "max": maps.max,
            "sort": lambda: np.sort(flat),
        },
        rounds,
    )
    best = {name: min(runs) for name, runs in times.items()}
    ours = best["evaluate"]
    return [
        cost(data, "evaluate : one pass, maps.max()", ours, best["max"], None, times),
        cost(data, "evaluate : one np.sort", ours, best["sort"], _SORTS, times),
    ]


def against_scikit_learn(data: str, maps: Maps, masks: Masks) -> list[Line]:
    """``roc_auc_score`` and ``average_precision_score``; the labels are made beforehand."""
    from sklearn.metrics import average_precision_score, roc_auc_score

    scores, labels = maps.reshape(-1), (masks > 0).reshape(-1)
    values: list[float] = []

    def peer() -> None:
        values[:] = [roc_auc_score(labels, scores), average_precision_score(labels, scores)]

    line, result = _against(
        data, "evaluate : scikit-learn AUROC + AP", peer, maps, masks, _SCIKIT_LEARN
    )
    apart = max(
        abs(values[0] - result.pixel.auroc), abs(values[1] - result.pixel.average_precision)
    )
    return [line, _agreement(data, "difference from scikit-learn, AUROC and AP", apart)]


def against_torchmetrics(data: str, maps: Maps, masks: Masks) -> list[Line]:
    """The exact ``binary_auroc`` alone, on tensors that share the arrays' memory."""
    import torch
    from torchmetrics.functional.classification import binary_auroc

    scores = torch.from_numpy(maps.reshape(-1))
    labels = torch.from_numpy((masks > 0).reshape(-1).astype(np.int64))
    values: list[float] = []

    def peer() -> None:
        values[:] = [float(binary_auroc(scores, labels, thresholds=None))]

    line, result = _against(
        data, "evaluate : torchmetrics exact AUROC", peer, maps, masks, _TORCHMETRICS
    )
    apart = abs(values[0] - result.pixel.auroc)
    note = "difference from torchmetrics AUROC (float32 sums)"
    return [line, Line(data, note, apart, None, "", apart)]


def _against(
    data: str, what: str, peer: Callable[[], None], maps: Maps, masks: Masks, target: float
) -> tuple[Line, Any]:
    """The peer between runs of gonogo; the best of each."""
    import gonogo

    def evaluate() -> Any:
        return gonogo.evaluate(maps, masks)

    ours = repeated(evaluate, budget=_OUR_SECONDS, most=_RUNS)
    theirs = repeated(peer, budget=_PEER_SECONDS, most=_RUNS)
    ours += repeated(evaluate, budget=_OUR_SECONDS, most=_RUNS)
    runs = {"evaluate": ours, "peer": theirs}
    line = gain(data, what, min(ours), min(theirs), target, runs)
    return line, evaluate()


def _agreement(data: str, what: str, apart: float) -> Line:
    return Line(data, what, apart, None, "", apart, "at most", _AGREEMENT)
