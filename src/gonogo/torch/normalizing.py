"""Scores of a Lightning run on the scales that people read: min-max, cdf, divided by the threshold.

Scales are for show. Outputs of test and predict are given new tensors, the raw ones stay as they
are, and no decision changes: a score is at least its threshold exactly when its place on the scale
is at least that of the threshold.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Literal, get_args

from lightning.pytorch.callbacks import Callback

from gonogo.errors import InputError
from gonogo.normalization import Cdf, DivideByThreshold, MinMax, Normalization
from gonogo.thresholds import ThresholdLevel
from gonogo.torch.collected import Collected, Extent
from gonogo.torch.evaluator import Evaluator
from gonogo.torch.fitted import FittedCallback
from gonogo.torch.step import Step
from gonogo.torch.thresholding import ThresholdCallback

__all__ = [
    "CdfNormalizationCallback",
    "MinMaxNormalizationCallback",
    "ThresholdNormalizationCallback",
]

_LEVELS: tuple[ThresholdLevel, ...] = get_args(ThresholdLevel)


class _NormalizationCallback(Callback):  # type: ignore[misc]  # torch ships no types here
    """What every one does: metrics are told at test start, outputs are rewritten batch by batch.

    Thresholds are those of the module (``image_threshold``, ``pixel_threshold``: numbers, or
    objects with a ``value``), or else of the :class:`ThresholdCallback` of the trainer.
    """

    scale: ClassVar[type[Normalization]]

    def setup(self, trainer: Any, pl_module: Any, stage: str) -> None:
        """Refuse to stand before an Evaluator, which would then see scores of this scale.

        Raises:
            InputError: an Evaluator comes later, or the scores are put on a scale by another, too.
        """
        super().setup(trainer, pl_module, stage)
        callbacks = list(trainer.callbacks)
        _refuse_second_scale(self, [getattr(pl_module, "post_processor", None), *callbacks])
        later = callbacks[callbacks.index(self) + 1 :] if self in callbacks else []
        if any(isinstance(one, Evaluator) and not one.sees_raw_scores for one in later):
            raise InputError(
                f"callbacks: found {type(self).__name__} before the Evaluator, whose metrics are "
                "those of raw scores; put it behind: "
                f"[ThresholdCallback(), evaluator, {type(self).__name__}()]"
            )

    def on_test_start(self, trainer: Any, pl_module: Any) -> None:
        """Tell the module's metrics where the threshold lies on this scale."""
        super().on_test_start(trainer, pl_module)
        for name in ("image_metrics", "pixel_metrics"):
            metrics = getattr(pl_module, name, None)
            if metrics is not None:
                metrics.set_threshold(self.scale.normalized_threshold)

    def on_test_batch_end(
        self,
        trainer: Any,
        pl_module: Any,
        outputs: Any,
        batch: Any,
        batch_idx: int,
        dataloader_idx: int = 0,
    ) -> None:
        """Put the scores and maps of the outputs on the scale."""
        del batch_idx, dataloader_idx
        self._rewrite(trainer, pl_module, Step(outputs, batch))

    def on_predict_batch_end(
        self,
        trainer: Any,
        pl_module: Any,
        outputs: Any,
        batch: Any,
        batch_idx: int,
        dataloader_idx: int = 0,
    ) -> None:
        """Put the scores and maps of the outputs on the scale."""
        del batch_idx, dataloader_idx
        self._rewrite(trainer, pl_module, Step(outputs, batch))

    def _rewrite(self, trainer: Any, pl_module: Any, step: Step) -> None:
        if "pred_score" not in step and "anomaly_map" not in step:
            raise InputError(
                "outputs: found neither pred_score nor anomaly_map to put on the scale among "
                f"{', '.join(step) or 'no field'}; return a dict or ImageBatch from the step"
            )
        for name, level in (
            ("pred_score", "image"),
            ("anomaly_map", "pixel"),
            ("box_scores", "pixel"),
        ):
            if name in step:
                scale, given = self._scale(trainer, pl_module, level), step[name]
                several = isinstance(given, list | tuple)
                step.write(name, [scale(one) for one in given] if several else scale(given))

    def _scale(self, trainer: Any, pl_module: Any, level: Any) -> Normalization:
        raise NotImplementedError


class ThresholdNormalizationCallback(_NormalizationCallback):
    """Divides by the threshold: it lands on 100, twice the threshold on 200, within [0, 1000].

    The scale of quadra, :class:`gonogo.DivideByThreshold`. ``pred_scores`` are divided by the image
    threshold, ``anomaly_maps`` and ``box_scores`` by the one named. At test start
    ``image_metrics`` and ``pixel_metrics`` of the module, where it has them, are set to 100.

    Args:
        threshold_type: which threshold divides maps, ``"pixel"`` or ``"image"``.

    Raises:
        InputError: ``threshold_type`` is another; a threshold is nowhere to be found; scores are
            NaN or infinite.
    """

    scale = DivideByThreshold

    def __init__(self, threshold_type: Literal["pixel", "image"] = "pixel") -> None:
        super().__init__()
        if threshold_type not in _LEVELS:
            raise InputError(f"threshold_type: found {threshold_type!r}; expected pixel or image")
        self.threshold_type = threshold_type

    def _scale(self, trainer: Any, pl_module: Any, level: Any) -> Normalization:
        chosen = "image" if level == "image" else self.threshold_type
        return DivideByThreshold.fit(None, _threshold(trainer, pl_module, chosen))


class _FittedNormalizationCallback(_NormalizationCallback, FittedCallback):
    """A scale with numbers of its own, fitted on validation and kept in the checkpoint."""

    numbers: ClassVar[tuple[str, ...]]
    collector: ClassVar[type[Any]]

    def __init__(self) -> None:
        super().__init__(self.collector(level) for level in _LEVELS)
        self._numbers: dict[str, dict[str, float]] = {}

    def state_dict(self) -> dict[str, Any]:
        """The numbers of the scales, by level."""
        return {level: dict(numbers) for level, numbers in self._numbers.items()}

    def _restore(self, state_dict: dict[str, Any]) -> None:
        """The numbers of a checkpoint."""
        self._numbers = {
            level: {name: float(state_dict[level][name]) for name in self.numbers}
            for level in _LEVELS
            if level in state_dict
        }

    def _refuse_nothing(self) -> None:
        if not self._numbers:
            raise InputError(
                f"{type(self).__name__}: found nothing that the scale was fitted on; call "
                "trainer.validate first, or give a checkpoint that has it (ckpt_path=...)"
            )

    def _scale(self, trainer: Any, pl_module: Any, level: Any) -> Normalization:
        if level not in self._numbers:
            raise InputError(
                f"{type(self).__name__}: found no {level} scores in validation, so there is no "
                "scale for those of the outputs; return them from validation_step as well"
            )
        make: Any = self.scale
        scale: Normalization = make(
            _number(_threshold(trainer, pl_module, level)), **self._numbers[level]
        )
        return scale

    def _fit(self, collected: Any) -> None:
        self._numbers.pop(collected.level, None)
        found = self._found(collected)
        if found is not None:
            self._numbers[collected.level] = dict(zip(self.numbers, found, strict=True))

    def _found(self, collected: Any) -> tuple[float, ...] | None:
        raise NotImplementedError


class MinMaxNormalizationCallback(_FittedNormalizationCallback):
    """The range of validation scores as 1 and the threshold as 0.5, clipped to [0, 1].

    The scale of anomalib, :class:`gonogo.MinMax`, for image scores and for maps each its own.
    """

    scale = MinMax
    numbers = ("low", "high")
    collector = Extent

    def _found(self, collected: Extent) -> tuple[float, ...] | None:
        return collected.ends()


class CdfNormalizationCallback(_FittedNormalizationCallback):
    """How unusual a score is among normal ones, by their logarithms; the threshold lands on 0.5.

    The scale of anomalib 0.x, :class:`gonogo.Cdf`, fitted on the normal images of validation (their
    pixels, and all other normal pixels, for maps). It needs positive scores.
    """

    scale = Cdf
    numbers = ("mean", "std")
    collector = Collected

    def _found(self, collected: Collected) -> tuple[float, ...] | None:
        sample, _ = collected.sample()
        if sample is None:
            return None
        fitted = Cdf.fit(sample.normal, 1.0)
        return fitted.mean, fitted.std


def _refuse_second_scale(own: Callback, others: Iterable[Any]) -> None:
    """Scores that are on a scale already would be put on this one as if they were raw."""
    for other in others:
        name = type(other).__name__
        if getattr(other, "enable_normalization", False) is True:
            raise InputError(
                f"callbacks: found {type(own).__name__} in a run whose {name} puts scores on a "
                "scale already; leave the callback out, or turn the other off: "
                f"{name}(enable_normalization=False)"
            )
        if other is not own and name.endswith("NormalizationCallback"):
            raise InputError(
                f"callbacks: found {type(own).__name__} and {name}; scores can be put on one scale "
                "only, so leave one of them out"
            )


def _threshold(trainer: Any, pl_module: Any, level: Any) -> Any:
    """The threshold of a level: the module's own, or that of the ThresholdCallback."""
    own = getattr(pl_module, f"{level}_threshold", None)
    if own is not None:
        return own
    callbacks: Iterable[Any] = getattr(trainer, "callbacks", ())
    for callback in callbacks:
        if isinstance(callback, ThresholdCallback):
            found = callback.threshold(level)
            if found is not None:
                return found
    raise InputError(
        f"{level}_threshold: found none; add gonogo.torch.ThresholdCallback() to the trainer's "
        f"callbacks and validate, or give the module an attribute {level}_threshold"
    )


def _number(threshold: Any) -> float:
    return DivideByThreshold.fit(None, threshold).threshold
