"""The main job: maps and masks in, every standard number out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gonogo.types import Connectivity, Mode, Resize

if TYPE_CHECKING:
    from gonogo.counting import Progress
    from gonogo.results import Result

__all__ = ["evaluate"]


def evaluate(
    maps: Any,
    masks: Any = None,
    *,
    labels: Any = None,
    image_scores: Any = None,
    defects: Sequence[str | None] | None = None,
    names: Sequence[str] | None = None,
    fpr_limits: float | Sequence[float] = (0.3, 0.05),
    connectivity: Connectivity = 8,
    image_score: str = "max",
    resize: Resize | None = None,
    at_fpr: float | Sequence[float] = (0.01, 0.05),
    at_recall: float | Sequence[float] = (0.95, 0.99),
    image_thresholds: float | Sequence[float] = (),
    pixel_thresholds: float | Sequence[float] = (),
    mode: Mode = "auto",
    budget: int | str | None = None,
    mask_values: str | float | Sequence[float] | None = None,
    ignore_value: float | None = None,
    progress: Progress | None = None,
) -> Result:
    """Score a detector: every standard image and pixel metric, exact, in one call.

    Args:
        maps: anomaly maps, higher = more anomalous: ``(H, W)``, ``(N, H, W)`` or ``(N, 1, H, W)``
            arrays or tensors of any real dtype, a list of images of any sizes, or, without
            ``masks``, an iterable of ``(map, mask)``, single images or batches. ``None`` for image
            scores alone.
        masks: ground truth of the same shapes: bool, integers 0/1, or uint8 0/255, one of the
            two for all images; ``None`` in a list = a normal image. Without masks (and with
            ``labels``) there is no pixel level.
        labels: ``(N,)``, 1 = anomalous image; by default whether the mask has anomalous pixels.
        image_scores: ``(N,)``; by default taken from each map, see ``image_score``.
        defects: ``(N,)`` names of the defect types, for ``result.by_defect``.
        names: ``(N,)`` names of the images, for ``result.images`` and messages.
        fpr_limits: the limits of AUPRO, each in (0, 1].
        connectivity: 8 or 4, of the regions that AUPRO counts alike.
        image_score: ``"max"`` of the map, or ``"top-<k>"`` for the mean of its k largest scores.
        resize: ``"nearest"``, ``"bilinear"`` or ``"bicubic"`` brings maps to the size of their
            masks; by default different sizes are refused.
        at_fpr: false positive rates at which to report the true positive rate.
        at_recall: recalls at which to report the false positive rate and the precision.
        image_thresholds: thresholds at which to report the confusion of images.
        pixel_thresholds: thresholds at which to report the confusion of pixels.
        mode: ``"exact"``, or ``"certified"`` for pixel metrics as intervals from counts in bounded
            memory; ``"auto"`` is exact, as the maps are in memory anyway.
        budget: memory of the certified counts, in bytes or as text; 64 MiB by default.
        mask_values: which values of a mask are anomalous, where these are others:
            ``"nonzero"``, ``">127"``, ``">=1"``, or the values themselves as in ``"1,3"``; all
            others are normal.
        ignore_value: pixels whose mask has this value belong to neither class: they count nowhere,
            neither in regions nor in image scores taken from maps.
        progress: called with (images done, images in all).

    Returns:
        A frozen :class:`~gonogo.results.Result`: ``.image``, ``.pixel``, ``.by_defect``,
        ``.images``, ``.undefined``. What the data does not define is nan with a reason.

    Raises:
        InputError: an argument is unusable; the message says which and what to do.

    Example:
        >>> import numpy as np, gonogo
        >>> maps = np.zeros((2, 4, 4)); maps[1, :2, :2] = 3.0; maps[0, 3, 3] = 1.0
        >>> masks = np.zeros((2, 4, 4), bool); masks[1, :2, :3] = True
        >>> result = gonogo.evaluate(maps, masks)
        >>> result.image.auroc, round(result.pixel.aupro[0.3], 4)
        (1.0, 0.7062)
    """
    from gonogo import _check
    from gonogo.evaluation import evaluate_sources

    settings = _check.settings(
        tell=True,
        fpr_limits=fpr_limits,
        connectivity=connectivity,
        image_score=image_score,
        resize=resize,
        at_fpr=at_fpr,
        at_recall=at_recall,
        image_thresholds=image_thresholds,
        pixel_thresholds=pixel_thresholds,
        mode=mode,
        budget=budget,
        mask_values=mask_values,
        ignore_value=ignore_value,
    )
    if masks is None and labels is None and isinstance(maps, Iterable):
        maps, masks = _check.pairs(maps)
    sources = _check.images(
        maps, masks, labels=labels, scores=image_scores, defects=defects, names=names
    )
    if image_scores is not None:
        settings = replace(settings, image_score="given")
    return evaluate_sources(
        sources,
        settings,
        pixels=maps is not None and masks is not None,
        progress=progress,
        in_memory=True,
    )
