"""Thresholds at work on folders: fitted on maps, applied to maps, decisions and masks written."""

from gonogo.deployment.apply import Applied, OutputFormat, apply_folder, decision_table
from gonogo.deployment.fit import fitted_scale, sample_in
from gonogo.deployment.given import given_threshold
from gonogo.deployment.operation import Decision, Operation, operations

__all__ = [
    "Applied",
    "Decision",
    "Operation",
    "OutputFormat",
    "apply_folder",
    "decision_table",
    "fitted_scale",
    "given_threshold",
    "operations",
    "sample_in",
]
