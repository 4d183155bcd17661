"""Settings in YAML files: gonogo's own, and those of anomalib 0.x."""

from gonogo.config.job import Job, Pictures
from gonogo.config.load import SCHEMA, load_job
from gonogo.config.run import Outcome, evaluate_job
from gonogo.config.saving import picture_folder, refuse_taken_places, save_outcome
from gonogo.config.tables import outcome_tables

__all__ = [
    "SCHEMA",
    "Job",
    "Outcome",
    "Pictures",
    "evaluate_job",
    "load_job",
    "outcome_tables",
    "picture_folder",
    "refuse_taken_places",
    "save_outcome",
]
