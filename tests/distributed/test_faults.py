"""An image that nobody can read is named after the rest was counted, or left out and listed."""

from __future__ import annotations

import pytest

from gonogo import Settings, distributed
from gonogo.counting import count_images
from gonogo.errors import InputError
from gonogo.evaluation import concluded, evaluate_sources
from tests.distributed.conftest import document
from tests.distributed.images import Broken, Fleeting, Plain, plain_images

MODES = ["exact", "certified"]


def with_one(images, kind, places, **options):
    return [
        kind(**vars(image), **options) if k in places else image for k, image in enumerate(images)
    ]


@pytest.mark.parametrize("mode", MODES)
def test_bad_images_are_named_after_the_rest_was_counted(client, mode):
    images = with_one(plain_images(), Broken, {3, 8, 9})
    done = []
    with pytest.raises(InputError) as caught:
        distributed.evaluate_sources(
            images,
            Settings(mode=mode),
            client=client,
            partition=4,
            progress=lambda *now: done.append(now),
        )
    lines = str(caught.value).splitlines()
    assert lines[0] == "3 images cannot be used:"
    assert lines[1:] == [f"- part {k}: found nothing but noise; write it again" for k in (3, 8, 9)]
    assert done[-1] == (20, 20)


@pytest.mark.parametrize("mode", MODES)
def test_bad_images_are_left_out_and_listed(client, mode):
    settings = Settings(mode=mode)
    images = with_one(plain_images(), Broken, {3, 8, 9})
    there = distributed.evaluate_sources(
        images, settings, client=client, partition=4, on_error="skip"
    )
    assert [one.name for one in there.skipped] == ["part 3", "part 8", "part 9"]
    assert there.skipped[0].reason == "part 3: found nothing but noise; write it again"
    here = concluded(count_images(images, settings, on_error="skip"), settings)
    assert document(there) == document(here)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("place", [3, 8], ids=["maybe anomalous", "normal"])
def test_an_image_that_one_worker_cannot_read_is_read_by_another(client, tmp_path, mode, place):
    settings = Settings(mode=mode)
    images = plain_images()
    here = evaluate_sources(images, settings)
    marker = tmp_path / "first"
    there = distributed.evaluate_sources(
        with_one(images, Broken, {place}, marker=marker), settings, client=client, partition=4
    )
    assert marker.exists()
    assert document(there) == document(here)


@pytest.mark.parametrize("on_error", ["stop", "skip"])
def test_an_image_that_goes_away_between_the_two_passes(client, tmp_path, on_error):
    images = with_one(plain_images(), Fleeting, {3}, marker=tmp_path / "read")
    with pytest.raises(InputError, match="part 3: could be read at first, but not again"):
        distributed.evaluate_sources(
            images, Settings(mode="exact"), client=client, on_error=on_error
        )


def test_nothing_is_left(client):
    images = [Broken(f"part {k}", k) for k in range(3)]
    for on_error in ("stop", "skip"):
        with pytest.raises(InputError, match="3 images cannot be used"):
            distributed.evaluate_sources(
                images, Settings(mode="certified"), client=client, on_error=on_error
            )


def test_what_is_wrong_with_no_image_in_particular_is_raised(client):
    images = [Plain(f"part {k}", k) for k in range(3)]
    with pytest.raises(InputError, match="on_error: found 'ask'; expected stop or skip"):
        distributed.evaluate_sources(images, Settings(), client=client, on_error="ask")
    with pytest.raises(InputError, match="partition: found 0; expected a whole number from 1"):
        distributed.evaluate_sources(images, Settings(), client=client, partition=0)
    with pytest.raises(InputError, match="fan_in: found 1; expected a whole number from 2"):
        distributed.evaluate_sources(images, Settings(), client=client, fan_in=1)
    with pytest.raises(InputError, match="images: found none"):
        distributed.evaluate_sources([], Settings(), client=client)
