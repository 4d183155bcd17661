"""From a file of settings to a job, whichever of the two forms the file has."""

from __future__ import annotations

import os
from collections.abc import Set
from pathlib import Path
from typing import Any

from gonogo.config.anomalib import BESIDE, SECTIONS, TRAINING, anomalib_job
from gonogo.config.job import Job
from gonogo.config.own import KEYS, own_job
from gonogo.config.section import Section
from gonogo.config.yaml_file import read_yaml
from gonogo.datasets.folder_options import FOLDER_OPTIONS
from gonogo.errors import InputError

__all__ = ["SCHEMA", "load_job"]

SCHEMA = Path(__file__).parent / "evaluate-1.schema.json"
"""The JSON schema of both forms, for editors."""

_GIVEN = {"ground_truth", "out", "categories", *FOLDER_OPTIONS, *BESIDE}
_OF_ANOMALIB = {*SECTIONS, *TRAINING[""]} - {"metrics"}
_OF_OWN = {*KEYS} - {*SECTIONS, *BESIDE}


def load_job(file: str | os.PathLike[str], **given: Any) -> Job:
    """The evaluation that a YAML file asks for: gonogo's own form, or the settings of anomalib 0.x.

    ``given`` are options that come before those of the file: ``maps``, ``ground_truth`` (in
    anomalib's form the ``dataset.path``), ``out``, ``image_scores``, and those of
    :func:`gonogo.evaluate_folder`; None is none. ``docs/config.md`` describes every key. Paths are
    relative to the working directory.

    Raises:
        InputError: the file cannot be read, or a key or value is not as described; names the file,
            the line and the key.
        MissingExtra: PyYAML is not installed.
    """
    unknown = given.keys() - _GIVEN
    if unknown:
        raise TypeError(f"unexpected keyword argument {min(unknown)!r}")
    section = read_yaml(Path(file))
    options = {name: value for name, value in given.items() if value is not None}
    _refuse_jsonargparse(section)
    return (anomalib_job if _is_anomalib({*section.keys}) else own_job)(section, options)


def _is_anomalib(keys: Set[str]) -> bool:
    """Whether these are the sections of anomalib; some of them among keys of our own are not."""
    return "dataset" in keys or bool(keys & _OF_ANOMALIB and not keys & _OF_OWN)


def _refuse_jsonargparse(file: Section) -> None:
    """Refuse a file of anomalib 1.x or 2.x, which names classes to train with."""
    if "dataset" in file.keys:
        return
    parts = [file.section(key) for key in ("data", "model") if file.has_keys(key)]
    if "class_path" not in file.keys and not any("class_path" in part.keys for part in parts):
        return
    data = next((part for part in parts if part.name == "data"), file)
    arguments = data.section("init_args") if data.has_keys("init_args") else None
    places = [arguments.text(key) for key in ("root", "category")] if arguments else []
    truth = "/".join(place for place in places if place) or "GROUND_TRUTH"
    raise InputError(
        f"{file.file}: found a file of anomalib 1.x or 2.x, which names classes to train with "
        "(class_path); its results are not settings of an evaluation: save the anomaly maps as "
        f"files and evaluate the two folders without it: gonogo evaluate MAPS {truth}"
    )
