"""The settings of anomalib 0.x (``config.yaml``), as far as an evaluation needs them.

Keys that belong to training are passed over and named; a key that is neither is refused.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from gonogo.config.folders import NamedFolders
from gonogo.config.job import Job, LevelName, Pictures, Scale, Source
from gonogo.config.layouts import KnownLayout
from gonogo.config.places import required, score_file, stated
from gonogo.config.section import Section, nearest
from gonogo.config.wanted import (
    METRICS,
    OPTIONS,
    metrics_of,
    named_in,
    on_error_of,
    refuse_unread,
    settings_of,
    threshold_of,
)
from gonogo.datasets.listing import IMAGE_SUFFIXES
from gonogo.drawing import PictureMode

__all__ = ["BESIDE", "SECTIONS", "TRAINING", "anomalib_job"]

SECTIONS: Mapping[str, tuple[str, ...]] = {
    "dataset": (
        "name",
        "format",
        "path",
        "category",
        "normal_dir",
        "abnormal_dir",
        "normal_test_dir",
        "mask",
        "extensions",
        "task",
    ),
    "model": ("normalization_method",),
    "metrics": METRICS,
    "visualization": ("save_images", "image_save_path", "mode"),
    "project": ("path", "seed"),
}
"""Sections, and the keys that are read in each."""

BESIDE = ("maps", "image_scores", *OPTIONS, "on_error")
"""Keys of our own that may stand beside the sections."""

TRAINING: Mapping[str, tuple[str, ...]] = {
    "": ("logging", "optimization", "trainer"),
    "dataset": (
        "split_ratio",
        "image_size",
        "center_crop",
        "normalization",
        "train_batch_size",
        "test_batch_size",
        "eval_batch_size",
        "inference_batch_size",
        "num_workers",
        "transform_config",
        "test_split_mode",
        "test_split_ratio",
        "val_split_mode",
        "val_split_ratio",
        "create_validation_set",
        "tiling",
        "seed",
    ),
    "visualization": ("show_images", "log_images"),
    "project": ("unique_dir", "log_images_to"),
}
"""Keys that an evaluation has no use for, by section; those of ``model`` depend on the model."""

_TASKS = ("classification", "segmentation")
_FORMATS = ("folder", "mvtec")
_SCALES: Mapping[str, Scale | None] = {"min_max": "min_max", "cdf": "cdf", "none": None}


def anomalib_job(file: Section, given: Mapping[str, Any]) -> Job:
    """The job of a whole file; ``given`` are options from elsewhere, which come first."""
    file.only((*SECTIONS, *TRAINING[""], *BESIDE))
    sections = dataset, model, metrics, visualization, project = [
        file.section(name) for name in SECTIONS
    ]
    for section in sections:
        _refuse_unknown(section)
    pixels = dataset.choice("task", _TASKS) != "classification"
    wanted, policies = metrics_of(metrics), threshold_of(metrics.section("threshold"))
    if not pixels:
        wanted, policies = _of_images(wanted), _of_images(policies)
    refuse_unread(metrics, wanted, policies)
    return Job(
        file=file.file,
        source=_source(dataset, given, pixels=pixels),
        maps=required(file, "maps", given, "maps"),
        settings=settings_of(file, given, wanted, policies),
        metrics=wanted,
        policies=policies,
        pixels=pixels,
        image_scores=score_file(file, given),
        scale=_SCALES[model.choice("normalization_method", tuple(_SCALES)) or "none"],
        pictures=_pictures(visualization),
        out=stated(project, "path", given.get("out")),
        on_error=on_error_of(file, given),
        seed=project.whole("seed"),
        named=named_in(file, given),
        passed_over=tuple(name for section in (*sections, file) for name in _passed(section)),
    )


def _of_images(by_level: Mapping[LevelName, Any]) -> dict[LevelName, Any]:
    return {level: value for level, value in by_level.items() if level == "image"}


def _source(dataset: Section, given: Mapping[str, Any], *, pixels: bool) -> Source:
    root = required(dataset, "path", given, "ground_truth")
    category, name = dataset.text("category"), dataset.text("name")
    normal, anomalous, normal_test, masks, extensions = map(
        dataset.texts, ("normal_dir", "abnormal_dir", "normal_test_dir", "mask", "extensions")
    )
    for option in ("categories", "layout"):
        if option in given:
            raise dataset.refused(
                "format",
                f"found {option}, but a dataset here is one category; leave it out",
            )
    if dataset.choice("format", _FORMATS) == "mvtec":
        return KnownLayout(root if category is None else root / category, layout="mvtec")
    if pixels and anomalous and len(masks) not in (1, len(anomalous)):
        raise dataset.refused(
            "mask",
            f"found {len(masks)} for {len(anomalous)} of abnormal_dir; expected one, or one for "
            "each (with task: classification none)",
        )
    suffixes = frozenset(f".{suffix.lower().lstrip('.')}" for suffix in extensions)
    return NamedFolders(
        name=name or Path(os.path.abspath(root)).name,  # noqa: PTH100 - links keep their names
        root=root,
        normal=normal,
        anomalous=anomalous,
        normal_test=normal_test,
        masks=masks,
        extensions=suffixes or IMAGE_SUFFIXES,
    )


def _pictures(visualization: Section) -> Pictures | None:
    mode = visualization.choice("mode", get_args(PictureMode)) or "full"
    folder = stated(visualization, "image_save_path")
    if not visualization.flag("save_images"):
        return None
    return Pictures("simple" if mode == "simple" else "full", folder)


def _refuse_unknown(section: Section) -> None:
    """Refuse a key that is neither read nor of training; models have any, but for misspellings."""
    read = SECTIONS[section.name]
    if section.name != "model":
        section.only((*read, *TRAINING.get(section.name, ())))
        return
    for key in section.keys:
        if key not in read and get_close_matches(key, read, cutoff=0.8):
            raise section.refused(key, f"unknown key{nearest(key, read)}")


def _passed(section: Section) -> list[str]:
    """The keys of training in a section."""
    if section.name == "model":
        return section.full_names(key for key in section.keys if key not in SECTIONS["model"])
    return section.full_names(TRAINING.get(section.name, ()))
