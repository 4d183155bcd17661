"""The settings of anomalib 0.x (``config.yaml``), as far as an evaluation needs them.

Other keys, those of training above all, are passed over and named, unless they are spelled much
like one that is read.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from gonogo.config.anomalib_threshold import THRESHOLD, threshold_of
from gonogo.config.folders import NamedFolders
from gonogo.config.job import Job, LevelName, Pictures, Scale, Source
from gonogo.config.layouts import KnownLayout
from gonogo.config.places import columns_of, required, score_file, stated
from gonogo.config.section import Section
from gonogo.config.wanted import (
    METRICS,
    OPTIONS,
    metrics_of,
    named_in,
    on_error_of,
    refuse_unread,
    settings_of,
    unread_arguments,
)
from gonogo.datasets.folder_options import FOLDER_OPTIONS, folder_options
from gonogo.datasets.listing import IMAGE_SUFFIXES
from gonogo.drawing import PictureMode

__all__ = ["BESIDE", "SECTIONS", "TRAINING", "anomalib_job"]

SECTIONS: Mapping[str, tuple[str, ...]] = {
    "dataset": (
        "name",
        "format",
        "path",
        "root",
        "category",
        "normal_dir",
        "abnormal_dir",
        "normal_test_dir",
        "mask",
        "mask_dir",
        "extension",
        "extensions",
        "task",
    ),
    "model": ("normalization_method", "threshold"),
    "metrics": METRICS,
    "visualization": ("save_images", "image_save_path", "mode"),
    "project": ("path", "seed"),
}
"""Sections, and the keys that are read in each."""

BESIDE = ("maps", "image_scores", "columns", *OPTIONS, "on_error")
"""Keys of our own that may stand beside the sections."""

OURS = ("ground_truth", "out", "categories", *FOLDER_OPTIONS, "threshold", "confidence")
"""Keys of our own form that mean nothing beside the sections, so that they are refused there."""

TRAINING: Mapping[str, tuple[str, ...]] = {
    "": ("logging", "optimization", "trainer"),
    "model": ("iou_threshold", "threshold_offset", "threshold_steepness"),
    "visualization": ("show_images", "log_images"),
}
"""Sections, and keys in sections, that are of no use here though they look like what is read."""

_TASKS = ("classification", "segmentation", "detection")
_FORMATS = ("folder", "mvtec", "btech")
_OF_VIDEO = ("ucsdped", "avenue", "shanghaitech")
_OF_DEPTH = ("mvtec_3d", "folder_3d")
_SCALES: Mapping[str, Scale | None] = {"min_max": "min_max", "cdf": "cdf", "none": None}


def anomalib_job(file: Section, given: Mapping[str, Any]) -> Job:
    """The job of a whole file; ``given`` are options from elsewhere, which come first."""
    for key in file.keys:
        if key in OURS:
            raise file.refused(
                key, "unknown key; it is of gonogo's own form, and this file has that of anomalib"
            )
    file.refuse_misspelled((*SECTIONS, *BESIDE), TRAINING[""])
    sections = dataset, model, metrics, visualization, project = [
        file.section(name) for name in SECTIONS
    ]
    for section in sections:
        _refuse_misspelled(section)
    pixels = dataset.choice("task", _TASKS) != "classification"
    wanted, policies = metrics_of(metrics), threshold_of(metrics, model)
    if not pixels:
        wanted, policies = _of_images(wanted), _of_images(policies)
    refuse_unread(metrics, wanted, policies)
    passed_over = [name for section in (*sections, file) for name in _passed(section)]
    return Job(
        file=file.file,
        source=_source(dataset, given, pixels=pixels),
        maps=required(file, "maps", given, "maps"),
        settings=settings_of(file, given, wanted, policies),
        metrics=wanted,
        policies=policies,
        pixels=pixels,
        image_scores=score_file(file, given),
        columns=columns_of(file, given),
        scale=_SCALES[model.choice("normalization_method", tuple(_SCALES)) or "none"],
        pictures=_pictures(visualization),
        out=stated(project, "path", given.get("out")),
        on_error=on_error_of(file, given),
        seed=project.whole("seed"),
        named=named_in(file, given),
        passed_over=(*passed_over, *unread_arguments(metrics)),
    )


def _of_images(by_level: Mapping[LevelName, Any]) -> dict[LevelName, Any]:
    return {level: value for level, value in by_level.items() if level == "image"}


def _source(dataset: Section, given: Mapping[str, Any], *, pixels: bool) -> Source:
    kind = dataset.text("format")
    for known, what in ((_OF_VIDEO, "video"), (_OF_DEPTH, "images with depth")):
        if kind in known:
            raise dataset.refused(
                "format",
                f"found {kind!r}, a data set of {what}; gonogo evaluates single images: save a map "
                "and a mask of each as files, and evaluate the two folders, MAPS and GROUND_TRUTH, "
                "without this file",
            )
    root = required(dataset, dataset.one_of("path", "root"), given, "ground_truth")
    refused = [name for name in ("categories", *FOLDER_OPTIONS) if name in given]
    is_tree = dataset.choice("format", _FORMATS) in ("mvtec", "btech")
    for option in refused:
        if option in ("categories", "layout") or (option != "name" and not is_tree):
            raise dataset.refused(
                "format",
                f"found {option}, but a dataset here is one category, whose folders the file "
                "names; leave it out",
            )
    category = dataset.text("category")
    if is_tree:
        options = {name: given[name] for name in FOLDER_OPTIONS if name in given}
        if not pixels:
            options["task"] = "image"
        how = folder_options(**{**options, "layout": "mvtec"})
        return KnownLayout(root if category is None else root / category, how=how)
    return _named_folders(dataset, root, given.get("name"), pixels=pixels)


def _named_folders(dataset: Section, root: Path, name: str | None, *, pixels: bool) -> NamedFolders:
    mask, extension = dataset.one_of("mask", "mask_dir"), dataset.one_of("extensions", "extension")
    name = name or dataset.text("name")
    normal, anomalous, normal_test, masks, extensions = map(
        dataset.texts, ("normal_dir", "abnormal_dir", "normal_test_dir", mask, extension)
    )
    if pixels and anomalous and len(masks) not in (1, len(anomalous)):
        raise dataset.refused(
            mask,
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


def _refuse_misspelled(section: Section) -> None:
    """Refuse misspelled keys; of thresholds any that is not read, since nothing else is there."""
    section.refuse_misspelled(SECTIONS[section.name], TRAINING.get(section.name, ()))
    if "threshold" in SECTIONS[section.name]:
        section.section("threshold").only(THRESHOLD)


def _passed(section: Section) -> list[str]:
    """Full names of the keys that are not read."""
    read = SECTIONS.get(section.name, (*SECTIONS, *BESIDE))
    return section.full_names(key for key in section.keys if key not in read)
