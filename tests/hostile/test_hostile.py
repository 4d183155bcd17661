"""No file ends a command in exit code 1, a traceback, 20 s or 2 GiB: a sample, or all of them."""

from __future__ import annotations

import os

from tests.hostile.running import faults, files, run
from tests.hostile.workplace import KINDS, Workplace

THOROUGH = os.environ.get("GONOGO_EXAMPLES") == "thorough"


def test_no_file_ends_in_a_fault():
    count, step = (2000, 1) if THOROUGH else (100, 17)
    ran = list(run(count, 0, step=step))
    assert len(ran) > (2400 if THOROUGH else 30)
    assert [(name, found) for name, found in ran if found] == []


def test_every_kind_is_there_and_the_same_each_time(tmp_path):
    place = Workplace(tmp_path)
    found = files(place, 200, 0)
    assert {one.kind for one in found} == set(KINDS)
    assert len({(one.kind, one.name) for one in found}) == len(found)
    made_by_hand = [one for one in found if "changed" not in one.name]
    assert len(made_by_hand) >= 60
    assert [one.content for one in found] == [one.content for one in files(place, 200, 0)]


def test_what_is_no_fault_and_what_is(tmp_path):
    well = {"ended": [[0, ""], [2, "gonogo: error: a.png: no"]], "seconds": 1.0, "bytes": 1}
    assert faults(well) == []
    for worse in (
        {"ended": [[1, "gonogo: error"]]},
        {"ended": [[2, "Traceback: ..."]]},
        {"ended": [[2, "x" * 30_000]]},
        {"seconds": 21.0},
        {"bytes": 3 << 30},
    ):
        assert len(faults(well | worse)) == 1
    place = Workplace(tmp_path)
    original = place.original("threshold").read_bytes()
    with place.holding("threshold", "", b"no json"):
        ((code, said),) = place.commands("threshold")
    assert code == 2
    assert "threshold.json: found no JSON" in said
    assert place.original("threshold").read_bytes() == original
