"""Targets of 0/1 and of 0/255 are not mixed: in a list, over batches, in forward and in merges."""

from __future__ import annotations

import pytest
import torch

from gonogo.errors import InputError
from gonogo.torch import AUPRO, AUROC, PRO, F1Score

MAPS = torch.rand((4, 6, 5), generator=torch.Generator().manual_seed(0))
ONES = torch.zeros((4, 6, 5), dtype=torch.uint8)
ONES[1:, 1:3, 2:4] = 1
WHITE = ONES * 255
SAID = "found targets with the values 0/1 and others with 0/255; expected one"

METRICS = {
    "AUROC": AUROC,
    "certified": lambda: AUROC(mode="certified", budget="1MiB"),
    "AUPRO": AUPRO,
    "F1Score": lambda: F1Score(threshold=0.5),
    "PRO": lambda: PRO(threshold=0.5),
}


@pytest.fixture(params=METRICS.values(), ids=METRICS)
def make(request):
    return request.param


def test_a_list_and_later_batches(make):
    metric = make()
    with pytest.raises(InputError, match=SAID):
        metric.update(list(MAPS), [ONES[0], ONES[1], WHITE[2], WHITE[3]])
    for first, second in ((ONES, WHITE), (WHITE, ONES)):
        metric = make()
        metric.update(MAPS, first)
        expected = metric.compute()
        with pytest.raises(InputError, match=SAID):
            metric.update(MAPS, second)
        metric.reset()
        metric.update(MAPS, second)
        torch.testing.assert_close(metric.compute(), expected)


def test_forward_remembers(make):
    metric = make()
    metric(MAPS, ONES)

    def go_on():  # forward adds up what both are; where it does not look, compute does
        metric(MAPS, WHITE)
        metric.compute()

    with pytest.raises(InputError, match=SAID):
        go_on()


def test_merges(make):
    one, other = make(), make()
    one.update(MAPS, ONES)
    other.update(MAPS, WHITE)
    with pytest.raises(InputError, match=SAID):
        one.merge_state(other)


def test_what_shows_no_convention_goes_with_both(make):
    for targets in (ONES, WHITE):
        metric = make()
        metric.update(MAPS, targets * 0)
        metric.update(MAPS, targets.bool())
        metric.update(MAPS, targets)
        assert float(metric.compute()) >= 0.0
