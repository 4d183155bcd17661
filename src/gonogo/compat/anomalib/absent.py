"""What anomalib has and is not here: an error that says so, and where to read on."""

from __future__ import annotations

__all__ = ["not_here"]

_PAGE = "docs/anomalib.md says what is here, and under which names"
_INSTEAD = {
    "PIMO AUPIMO _PIMO _AUPIMO PIMOResult AUPIMOResult": "per-image overlap is not computed here; "
    "of all images together it is AUPRO, with fpr_limit",
    "thresholds_between_min_and_max thresholds_between_0_and_1": "nothing is binned here: every "
    "score is a threshold",
    "OptimalF1 AnomalyScoreThreshold AnomalibMetricCollection": "it is one of "
    "gonogo.compat.anomalib.utils.metrics",
    "Threshold BaseThreshold PostProcessor": "see gonogo.torch.ThresholdCallback",
    "create_metric_collection metric_collection_from_names metric_collection_from_dicts "
    "get_metrics": "make a gonogo.torch.MetricCollection of the metrics",
    "Batch DatasetItem InferenceBatch VideoItem VideoBatch DepthItem DepthBatch NumpyImageItem "
    "NumpyImageBatch NumpyVideoItem NumpyVideoBatch": "leave it imported from anomalib; metrics "
    "take any object that has the fields",
    "models engine Engine Folder MVTecAD": "leave it imported from anomalib",
}
"""What to do without names of anomalib."""
_ADVICE = {name: advice for names, advice in _INSTEAD.items() for name in names.split()}


def not_here(module: str, name: str) -> Exception:
    """For a module's ``__getattr__``: ImportError for a name of anomalib, else AttributeError.

    Python replaces an AttributeError by its own words in ``from module import name``.
    """
    if name in _ADVICE:
        return ImportError(f"{module} has no {name}: {_ADVICE[name]}; {_PAGE}", name=module)
    return AttributeError(f"module {module!r} has no attribute {name!r}; {_PAGE}")
