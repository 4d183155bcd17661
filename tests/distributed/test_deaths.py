"""A worker that dies is replaced, what it held is counted again, and nothing changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gonogo import Settings, distributed
from gonogo.errors import GonogoError, InputError
from gonogo.evaluation import evaluate_sources
from tests.distributed.conftest import document
from tests.distributed.images import Deadly, plain_images

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")

MODES = ["exact", "certified"]


def deadly(images, place, marker):
    """The images, of which one kills the process that reads it."""
    return [
        Deadly(**vars(image), marker=marker) if k == place else image
        for k, image in enumerate(images)
    ]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("place", [1, 16], ids=["maybe anomalous", "normal and late"])
def test_a_worker_killed_in_the_middle(client, tmp_path, mode, place):
    settings = Settings(mode=mode)
    images = plain_images()
    here = evaluate_sources(images, settings)
    marker = tmp_path / "killed"
    there = distributed.evaluate_sources(
        deadly(images, place, marker), settings, client=client, partition=1, fan_in=2
    )
    assert marker.exists()
    assert document(there) == document(here)


@pytest.mark.parametrize("mode", MODES)
def test_the_only_worker_killed_with_all_that_was_counted(tmp_path, mode):
    settings = Settings(mode=mode)
    images = plain_images()
    here = evaluate_sources(images, settings)
    marker = tmp_path / "killed"
    with distributed.local_workers(1) as client:
        there = distributed.evaluate_sources(
            deadly(images, 16, marker), settings, client=client, partition=1, fan_in=3
        )
    assert marker.exists()
    assert document(there) == document(here)


def test_an_image_that_kills_every_worker_is_named(impatient):
    images = plain_images(8)
    bad = deadly(images, 5, None)
    settings = Settings(mode="certified")
    with pytest.raises(InputError, match="part 5: the workers that read this image died"):
        distributed.evaluate_sources(bad, settings, client=impatient, partition=4)
    there = distributed.evaluate_sources(
        bad, settings, client=impatient, partition=4, on_error="skip"
    )
    assert [one.name for one in there.skipped] == ["part 5"]
    here = evaluate_sources(images[:5] + images[6:], settings)
    assert document(replace(there, skipped=())) == document(here)


def test_a_merge_that_kills_every_worker_is_an_error(impatient, monkeypatch):
    from gonogo.distributed import cluster_passes
    from tests.distributed import images

    monkeypatch.setattr(cluster_passes, "merged_within", images.die)
    with pytest.raises(GonogoError, match=r"several workers died.*give them more"):
        distributed.evaluate_sources(
            plain_images(4), Settings(mode="certified"), client=impatient, partition=2
        )


@pytest.fixture
def impatient():
    """A cluster whose scheduler gives up a task with the first worker that dies of it."""
    from dask.config import set as configured
    from distributed import Client, LocalCluster

    with (
        # Dask's own 15 s would leave it without a worker where a new one takes longer to start.
        configured({"distributed.deploy.lost-worker-timeout": "1 day"}),
        LocalCluster(
            n_workers=1,
            threads_per_worker=1,
            dashboard_address="127.0.0.1:0",
            silence_logs=50,
            scheduler_kwargs={"allowed_failures": 0, "dashboard": False},
        ) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        yield client
