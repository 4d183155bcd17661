"""One process, two processes, any order, parts of any size, any merge tree: the same bits."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from gonogo import Settings, distributed
from gonogo.errors import InputWarning
from gonogo.evaluation import evaluate_sources
from tests.distributed.conftest import document
from tests.distributed.images import Plain, plain_images

SETTINGS = [
    Settings(mode="exact"),
    Settings(mode="certified", budget=1 << 20),
    Settings(mode="auto", pixel_thresholds=(0.5, 1.0)),
]


def by_mode(settings: Settings) -> str:
    return settings.mode


@pytest.mark.parametrize("settings", SETTINGS, ids=by_mode)
@pytest.mark.parametrize(("partition", "fan_in"), [(1, 2), (3, 3), (7, 8), (100, 4), (None, 4)])
def test_two_processes_and_parts_of_any_size(client, settings, partition, fan_in):
    images = plain_images()
    here = evaluate_sources(images, settings)
    there = distributed.evaluate_sources(
        images, settings, client=client, partition=partition, fan_in=fan_in
    )
    assert document(there) == document(here)
    assert there.mode == here.mode


@pytest.mark.parametrize("settings", SETTINGS, ids=by_mode)
def test_images_in_any_order(client, settings):
    images = plain_images()
    here = document(evaluate_sources(images, settings))
    random.Random(5).shuffle(images)
    there = document(
        distributed.evaluate_sources(images, settings, client=client, partition=3, fan_in=2)
    )
    assert [row.name for row in there["rows"]["data"]] == [image.name for image in images]
    del here["rows"], there["rows"]
    assert there == here


def test_distinct_scores_beyond_the_budget(client):
    """Certified counts that are intervals, because the scores do not fit one by one."""
    settings = Settings(mode="certified", budget=1 << 20)
    images = [replace(image, size=(96, 96)) for image in plain_images(12)]
    many = [Many(**vars(image)) for image in images]
    here = evaluate_sources(many, settings)
    assert here.pixel.auroc.low < here.pixel.auroc.high
    there = distributed.evaluate_sources(many, settings, client=client, partition=2, fan_in=2)
    assert document(there) == document(here)


class Many(Plain):
    """Scores that are nearly all different, over many decades."""

    def load(self):
        scores, mask = super().load()
        return (scores * 10.0**self.seed) + self.seed * 1e-3, mask


@pytest.mark.parametrize("mode", ["exact", "certified"])
def test_normal_images_without_a_mask_are_resized_to_the_masks_of_others(client, mode):
    settings = Settings(mode=mode, resize="bilinear")
    images = [
        replace(image, map_size=(6, 8), masked=image.label is None) for image in plain_images(9)
    ]
    here = evaluate_sources(images, settings)
    assert {(row.height, row.width) for row in here.images} == {(12, 16)}
    there = distributed.evaluate_sources(images, settings, client=client, partition=2)
    assert document(there) == document(here)


def test_auto_counts_certified_where_anomalous_scores_exceed_the_budget(client):
    settings = Settings(mode="auto", budget=3000)
    images = plain_images()
    with pytest.warns(InputWarning, match="mode auto: the anomalous scores alone take more") as one:
        here = evaluate_sources(images, settings)
    with pytest.warns(InputWarning, match="mode auto") as other:
        there = distributed.evaluate_sources(images, settings, client=client, partition=2)
    assert here.mode == there.mode == "certified"
    assert document(there) == document(here)
    assert [str(warning.message) for warning in one] == [str(w.message) for w in other]


@pytest.mark.parametrize("label", [True, False])
def test_images_of_one_kind_alone(client, label):
    images = [
        replace(image, label=label) for image in plain_images(6) if label == bool(image.seed % 3)
    ]
    for mode in ("exact", "certified"):
        settings = Settings(mode=mode)
        with pytest.warns(UserWarning, match="undefined"):
            here = evaluate_sources(images, settings)
        with pytest.warns(UserWarning, match="undefined"):
            there = distributed.evaluate_sources(images, settings, client=client)
        assert document(there) == document(here)


def test_progress_is_told_in_images_and_ends_with_all(client):
    for settings in SETTINGS:
        told = []
        distributed.evaluate_sources(
            plain_images(),
            settings,
            client=client,
            partition=3,
            progress=lambda done, total, told=told: told.append((done, total)),
        )
        done = [one for one, _ in told]
        assert done == sorted(done)
        assert told[-1] == (20, 20)
        assert len(told) >= 7
        assert {total for _, total in told} == {20}
