"""Which keys the settings of anomalib 0.x have, by release and model, and files with them.

A file is made of the keys whose releases it lies in; nothing of a published file is kept here.
"""

from __future__ import annotations

from typing import Any

__all__ = ["FILES", "RELEASES", "settings_of"]

RELEASES = (
    *("0.2.0", "0.2.1", "0.2.2", "0.2.4", "0.2.5", "0.2.6"),
    *("0.3.0", "0.3.2", "0.3.3", "0.3.4", "0.3.5", "0.3.6", "0.3.7"),
    *("0.4.0", "0.5.0", "0.5.1", "0.6.0", "0.7.0"),
)

TILING = {
    "apply": False,
    "tile_size": None,
    "stride": None,
    "remove_border_count": 0,
    "use_random_tiling": False,
    "random_tile_count": 16,
}
STOPPING = {"patience": 3, "metric": "pixel_AUROC", "mode": "max"}
NONE = {"image_default": None, "pixel_default": None}

# Key, first and last release that has it, value.
COMMON: list[tuple[str, str, str, Any]] = [
    ("dataset.name", "0.2.0", "0.7.0", "mvtec"),
    ("dataset.format", "0.2.0", "0.7.0", "mvtec"),
    ("dataset.path", "0.2.0", "0.7.0", "./datasets/MVTec"),
    ("dataset.category", "0.2.0", "0.7.0", "bottle"),
    ("dataset.task", "0.2.0", "0.7.0", "segmentation"),
    ("dataset.label_format", "0.2.0", "0.2.2", "None"),
    ("dataset.url", "0.2.0", "0.2.2", "ftp://mvtec/bottle.tar.xz"),
    ("dataset.image_size", "0.2.0", "0.7.0", 256),
    ("dataset.train_batch_size", "0.2.0", "0.7.0", 32),
    ("dataset.test_batch_size", "0.2.0", "0.5.1", 32),
    ("dataset.inference_batch_size", "0.2.0", "0.7.0", 32),
    ("dataset.num_workers", "0.2.0", "0.7.0", 8),
    ("dataset.tiling", "0.2.0", "0.7.0", TILING),
    ("dataset.transform_config", "0.3.3", "0.3.7", {"train": None, "val": None}),
    ("dataset.create_validation_set", "0.3.3", "0.3.7", False),
    ("dataset.eval_batch_size", "0.4.0", "0.7.0", 32),
    ("dataset.center_crop", "0.4.0", "0.7.0", 224),
    ("dataset.normalization", "0.4.0", "0.7.0", "imagenet"),
    ("dataset.transform_config", "0.4.0", "0.7.0", {"train": None, "eval": None}),
    ("dataset.test_split_mode", "0.4.0", "0.7.0", "from_dir"),
    ("dataset.test_split_ratio", "0.4.0", "0.7.0", 0.2),
    ("dataset.val_split_mode", "0.4.0", "0.7.0", "same_as_test"),
    ("dataset.val_split_ratio", "0.4.0", "0.7.0", 0.5),
    ("model.backbone", "0.2.0", "0.7.0", "resnet18"),
    ("model.layers", "0.2.0", "0.7.0", ["layer1", "layer2", "layer3"]),
    ("model.pre_trained", "0.3.4", "0.7.0", True),
    ("model.normalization_method", "0.2.0", "0.7.0", "min_max"),
    ("model.threshold", "0.2.0", "0.3.0", {"adaptive": True, "image_default": 3}),
    ("metrics.image", "0.3.3", "0.7.0", ["F1Score", "AUROC"]),
    ("metrics.pixel", "0.3.3", "0.7.0", ["F1Score", "AUROC"]),
    ("metrics.threshold", "0.3.3", "0.3.6", {"adaptive": True, **NONE}),
    (
        "metrics.threshold",
        "0.3.7",
        "0.7.0",
        {"method": "adaptive", "manual_image": None, "manual_pixel": None},
    ),
    ("visualization.show_images", "0.3.3", "0.7.0", False),
    ("visualization.save_images", "0.3.3", "0.7.0", True),
    ("visualization.log_images", "0.3.3", "0.7.0", True),
    ("visualization.image_save_path", "0.3.3", "0.7.0", None),
    ("visualization.mode", "0.3.3", "0.7.0", "full"),
    ("project.seed", "0.2.0", "0.7.0", 42),
    ("project.path", "0.2.0", "0.7.0", "./results"),
    ("project.log_images_to", "0.2.0", "0.3.0", ["local"]),
    ("project.logger", "0.2.0", "0.3.0", False),
    ("project.save_to_csv", "0.2.0", "0.2.2", False),
    ("logging.logger", "0.3.3", "0.7.0", []),
    ("logging.log_graph", "0.3.3", "0.7.0", False),
    ("optimization.openvino", "0.2.0", "0.3.5", {"apply": False}),
    ("optimization.compression", "0.2.0", "0.2.2", {"apply": False}),
    ("optimization.export_mode", "0.3.6", "0.7.0", None),
    ("trainer.accelerator", "0.2.0", "0.7.0", "auto"),
    ("trainer.max_epochs", "0.2.0", "0.7.0", 1),
]

OLD_ADAPTIVE = {"adaptive": True, "image_default": 0, "pixel_default": 0}
ONE_DEFAULT = {"adaptive": True, "default": 12}
VIDEO = {"dataset.format": "ucsdped", "dataset.name": "ucsd", "dataset.task": "detection"}

# First release, and the keys that differ from the common ones; a second release where they begin.
MODELS: dict[str, tuple[str, dict[str, Any]]] = {
    "padim": ("0.2.0", {"model.threshold": {**OLD_ADAPTIVE, "image_default": 3}}),
    "patchcore": (
        "0.2.0",
        {"model.coreset_sampling_ratio": 0.1, "model.num_neighbors": 9, "model.weight_file": "w"},
    ),
    "stfpm": (
        "0.2.0",
        {
            "model.lr": 0.4,
            "model.momentum": 0.9,
            "model.weight_decay": 1e-4,
            "model.early_stopping": STOPPING,
            "model.metric": "auc",
        },
    ),
    "cflow": (
        "0.2.0",
        {
            "dataset.fiber_batch_size": 64,
            "model.decoder": "freia-cflow",
            "model.condition_vector": 128,
            "model.coupling_blocks": 8,
            "model.clamp_alpha": 1.9,
            "model.soft_permutation": False,
        },
    ),
    "ganomaly": (
        "0.2.0",
        {
            "dataset.task": "classification",
            "metrics.pixel": None,
            "model.latent_vec_size": 100,
            "model.n_features": 64,
            "model.extra_layers": 0,
            "model.add_final_conv": True,
            **{f"model.{name}": 1 for name in ("beta1", "beta2", "wadv", "wcon", "wenc")},
            "model.threshold": ONE_DEFAULT,
        },
    ),
    "dfkde": (
        "0.2.0",
        {
            "dataset.task": "classification",
            "metrics.pixel": None,
            "model.max_training_points": 40000,
            "model.confidence_threshold": 0.5,
            "model.pre_processing": "scale",
            "model.n_components": 16,
            "model.threshold_steepness": 0.05,
            "model.threshold_offset": 12,
            "model.threshold": ONE_DEFAULT,
        },
    ),
    "dfm": (
        "0.2.0",
        {"model.pca_level": 0.97, "model.score_type": "fre", "model.project_path": "./results"},
    ),
    "draem": (
        "0.3.3",
        {
            "dataset.transform_config": {"train": "./draem.yaml", "val": "./draem.yaml"},
            "model.anomaly_source_path": None,
            "model.enable_sspcab": False,
            "model.sspcab_lambda": 0.1,
        },
    ),
    "fastflow": (
        "0.3.3",
        {"model.flow_steps": 8, "model.hidden_ratio": 1.0, "model.conv3x3_only": True},
    ),
    "reverse_distillation": ("0.3.3", {"model.anomaly_map_mode": "multiply"}),
    "cfa": (
        "0.4.0",
        {
            "model.gamma_c": 1,
            "model.gamma_d": 1,
            "model.num_nearest_neighbors": 3,
            "model.num_hard_negative_features": 3,
            "model.radius": "1e-5",
            "model.weight_decay": "5e-4",
            "model.amsgrad": True,
        },
    ),
    "csflow": (
        "0.4.0",
        {
            "dataset.image_size": 768,
            "model.cross_conv_hidden_channels": 1024,
            "model.n_coupling_blocks": 4,
            "model.clamp": 3,
            "model.eps": "1e-04",
        },
    ),
    "rkde": (
        "0.4.0",
        {
            **VIDEO,
            "model.roi_stage": "rcnn",
            "model.roi_score_threshold": 0.009,
            "model.iou_threshold": 0.3,
            "dataset.clip_length_in_frames": 1,
        },
    ),
    "ai_vad": (
        "0.5.0",
        {
            **VIDEO,
            "dataset.target_frame": "last",
            "model.box_score_thresh": 0.7,
            "model.use_pose_features": True,
            "model.n_neighbors_deep": 1,
        },
    ),
    "efficient_ad": (
        "0.6.0",
        {"model.teacher_out_channels": 384, "model.model_size": "medium", "model.padding": False},
    ),
}

FILES = [
    (release, model)
    for release in RELEASES
    for model, (first, _) in MODELS.items()
    if RELEASES.index(first) <= RELEASES.index(release)
]


def settings_of(release: str, model: str) -> dict[str, Any]:
    """The settings of a release for a model, as nested keys."""
    here = RELEASES.index(release)
    flat = {
        key: value
        for key, first, last, value in COMMON
        if RELEASES.index(first) <= here <= RELEASES.index(last)
    }
    own = MODELS[model][1]
    flat |= {key: value for key, value in own.items() if key in flat or key not in _IN_RANGES}
    flat["model.name"] = model
    nested: dict[str, Any] = {}
    for key, value in flat.items():
        section, _, name = key.partition(".")
        nested.setdefault(section, {})[name] = value
    return nested


_IN_RANGES = {key for key, *_ in COMMON}
