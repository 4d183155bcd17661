"""Thresholds that a Lightning run fits on validation, keeps in its checkpoint, and decides with.

A decision is ``score >= threshold``, in fitting and in applying, so a threshold keeps on the data
that it was fitted on exactly what its policy promises.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, get_args

from gonogo.errors import InputError
from gonogo.thresholds import (
    Policy,
    Threshold,
    ThresholdLevel,
    parse_policy,
    sorted_scores,
    threshold_document,
    threshold_from,
    threshold_of,
)
from gonogo.thresholds.policy import share
from gonogo.torch.collected import Collected, image_scores
from gonogo.torch.fitted import FittedCallback
from gonogo.torch.step import Step

__all__ = ["ThresholdCallback"]


class ThresholdCallback(FittedCallback):
    """Fits an image and a pixel threshold on validation; decides with them in test and predict.

    At the end of each validation the thresholds are fitted anew on its scores; they go into the
    checkpoint. In test and predict each batch's outputs get ``pred_label`` (N,) and ``pred_mask``,
    bool, in place of any that are there. Outputs and batches are objects or dictionaries with
    anomalib's field names of any version; image scores that are missing are the maximum of each
    map, labels that are missing follow from the masks. With several processes each fits on the
    scores of all.

    Stands before the :class:`~gonogo.torch.Evaluator` where that has metrics of ``pred_label`` or
    ``pred_mask``. Validation scores are kept in memory until they are fitted on, in the dtype of
    the maps; of a level that is given a :class:`~gonogo.Threshold`, or None, nothing is kept.

    Args:
        image: a policy of :func:`gonogo.fit_threshold` for image scores, a
            :class:`~gonogo.Threshold` that was fitted before, or None for no decision.
        pixel: the same for maps. Without maps there is none.
        confidence: for the policies that promise something for new data.
        midpoint: put thresholds half-way to the next lower score.

    Attributes:
        image_threshold: the :class:`~gonogo.Threshold`, None before the first validation.
        pixel_threshold: the same of pixels.

    Raises:
        InputError: a policy is unknown; when fitting, what :func:`gonogo.fit_threshold` refuses; in
            test and predict, when nothing was fitted.
    """

    def __init__(
        self,
        image: str | Threshold | None = "f1",
        pixel: str | Threshold | None = "f1",
        *,
        confidence: float | None = None,
        midpoint: bool = False,
    ) -> None:
        self.image_threshold: Threshold | None = None
        self.pixel_threshold: Threshold | None = None
        self._policies: dict[ThresholdLevel, Policy] = {}
        levels: dict[ThresholdLevel, Any] = {"image": image, "pixel": pixel}
        for level, given in levels.items():
            if isinstance(given, Threshold):
                _refuse_other_level(given, level)
                setattr(self, f"{level}_threshold", given)
            elif given is not None:
                self._policies[level] = parse_policy(given)
        self._confidence = _checked_confidence(self._policies.values(), confidence)
        self._midpoint = bool(midpoint)
        super().__init__(Collected(level) for level in self._policies)

    @property
    def state_key(self) -> str:
        """What the checkpoint calls this callback: its policies are part of it."""
        texts = {level: policy.text for level, policy in self._policies.items()}
        options = {"confidence": self._confidence, "midpoint": self._midpoint}
        return str(self._generate_state_key(**texts, **options))

    def state_dict(self) -> dict[str, Any]:
        """The thresholds, in the form of their JSON files."""
        return {
            level: threshold_document(threshold, None)
            for level in get_args(ThresholdLevel)
            if (threshold := self.threshold(level)) is not None
        }

    def _restore(self, state_dict: dict[str, Any]) -> None:
        """The thresholds of a checkpoint; those that were given stay."""
        for level in self._policies:
            if level in state_dict:
                found = threshold_from(state_dict[level], f"checkpoint: {level} threshold")
                setattr(self, f"{level}_threshold", found)

    def threshold(self, level: ThresholdLevel) -> Threshold | None:
        """That of images or of pixels, if there is one yet."""
        return self.image_threshold if level == "image" else self.pixel_threshold

    def on_test_batch_end(
        self,
        trainer: Any,
        pl_module: Any,
        outputs: Any,
        batch: Any,
        batch_idx: int,
        dataloader_idx: int = 0,
    ) -> None:
        """Decide."""
        del trainer, pl_module, batch_idx, dataloader_idx
        self._decide(Step(outputs, batch))

    def on_predict_batch_end(
        self,
        trainer: Any,
        pl_module: Any,
        outputs: Any,
        batch: Any,
        batch_idx: int,
        dataloader_idx: int = 0,
    ) -> None:
        """Decide."""
        del trainer, pl_module, batch_idx, dataloader_idx
        self._decide(Step(outputs, batch))

    def _fit(self, collected: Collected) -> None:
        level, policy = collected.level, self._policies[collected.level]
        sample, rule = collected.sample()
        found = None
        if sample is not None:
            found = threshold_of(
                sample,
                policy,
                level=level,
                confidence=self._confidence if policy.guarantees else None,
                midpoint=self._midpoint and policy.name != "manual",
                image_score=rule,
            )
        setattr(self, f"{level}_threshold", found)

    def _refuse_nothing(self) -> None:
        """Thresholds that are chosen need no fit."""
        for level, policy in self._policies.items():
            if self.threshold(level) is None and policy.name == "manual":
                nothing = sorted_scores([], [])
                setattr(self, f"{level}_threshold", threshold_of(nothing, policy, level=level))
        if self.image_threshold is None and self.pixel_threshold is None:
            raise InputError(
                "ThresholdCallback: found no threshold; call trainer.validate first, give a "
                "checkpoint that has those of the same policies (ckpt_path=...), or the "
                "thresholds themselves: "
                "ThresholdCallback(image=gonogo.Threshold.load(path))"
            )

    def _decide(self, step: Step) -> None:
        scores, maps = image_scores(step), step.get("anomaly_map")
        if scores is None:
            raise InputError(
                "outputs: found neither pred_score nor anomaly_map to decide on among "
                f"{', '.join(step) or 'no field'}; return a dict or ImageBatch from the step"
            )
        if self.image_threshold is not None and scores is not None:
            beside = "pred_score" if "pred_score" in step else "anomaly_map"
            step.write("pred_label", self.image_threshold.decide(scores), beside=beside)
        if self.pixel_threshold is not None and maps is not None:
            step.write("pred_mask", self.pixel_threshold.decide(maps), beside="anomaly_map")


def _checked_confidence(policies: Iterable[Policy], confidence: Any) -> float | None:
    if confidence is None:
        return None
    if not any(policy.guarantees for policy in policies):
        raise InputError(
            f"confidence: found {confidence}, for which none of the policies has a use; leave it "
            "out, or choose recall>=, precision>= or fpr<="
        )
    return share(confidence, "confidence")


def _refuse_other_level(threshold: Threshold, level: str) -> None:
    if threshold.level != level:
        raise InputError(
            f"{level}: found a threshold of {threshold.level}s; expected one of {level}s"
        )
