"""Metrics in a training loop: torchmetrics classes on raw scores, counted where tensors are."""

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from gonogo.errors import MissingExtra

if TYPE_CHECKING:
    from gonogo.torch.batches import ImageBatch, ImageItem
    from gonogo.torch.counting import BatchCounts, count_maps, keys_of
    from gonogo.torch.metric import AnomalyMetric, create_anomaly_metric

__all__ = [
    "AnomalyMetric",
    "BatchCounts",
    "ImageBatch",
    "ImageItem",
    "count_maps",
    "create_anomaly_metric",
    "keys_of",
]

_LATE = {
    "AnomalyMetric": "metric",
    "BatchCounts": "counting",
    "ImageBatch": "batches",
    "ImageItem": "batches",
    "count_maps": "counting",
    "create_anomaly_metric": "metric",
    "keys_of": "counting",
}
"""Names whose files are loaded at their first use: torchmetrics and Lightning take seconds."""

if find_spec("torch") is None:
    raise MissingExtra.of("torch", needs="gonogo.torch needs torch")


def __getattr__(name: str) -> Any:
    if name not in _LATE:
        raise AttributeError(f"module 'gonogo.torch' has no attribute {name!r}")
    from importlib import import_module

    try:
        return getattr(import_module(f"gonogo.torch.{_LATE[name]}"), name)
    except ModuleNotFoundError as error:
        library = (error.name or "").partition(".")[0]
        if library not in ("torch", "torchmetrics", "lightning"):
            raise
        raise MissingExtra.of("torch", needs=f"gonogo.torch.{name} needs {library}") from error


def __dir__() -> list[str]:
    return sorted(__all__)
