"""States that releases saved are still read, and still mean what they meant.

``python -m tests.golden.test_saved_states`` writes those of this version of the form of the file;
the ones of older versions stay as they are.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import gonogo
from gonogo.states.state_file import STATE_VERSION
from tests.oracles.agreement import quietly, same_bits
from tests.state.content import content

HERE = Path(__file__).parent
OPTIONS = {"budget": "1MiB", "pixel_thresholds": [0.5], "connectivity": 4, "resize": "nearest"}
NAMES = ["first", None, "third"]
DEFECTS = ["dent", None, "hole"]
VERSIONS = range(1, STATE_VERSION + 1)


def maps():
    """Three types of scores; negative ones, ties and both zeros among them."""
    steps = np.arange(20).reshape(4, 5) % 7
    return [
        (steps / 8 - 0.25).astype(np.float32),
        (steps / 16).astype(np.float16),
        np.where(steps == 3, -0.0, steps * 0.1),
    ]


def masks():
    """Two regions that touch at a corner, a normal image, and a defect at the edge."""
    first, third = np.zeros((4, 5), bool), np.zeros((4, 5), np.uint8)
    first[0, :2] = first[1, 2] = True
    third[3] = 255
    return [first, None, third]


def state_of(mode):
    state = gonogo.State(mode=mode, **OPTIONS)
    state.update(maps(), masks(), names=NAMES, defects=DEFECTS)
    return state


def file_of(version, mode):
    return HERE / f"state-{version}-{mode}.gonogo"


def without_conventions(state):
    """The content of a state that does not know by which values its masks were anomalous."""
    plain = content(state)
    for row in plain["record"]["images"]["rows"]:
        row[-1] = None
    return plain


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("mode", ["exact", "certified"])
def test_states_of_old_releases_are_read(version, mode):
    loaded, fresh = gonogo.State.load(file_of(version, mode)), state_of(mode)
    assert content(loaded) == (without_conventions if version == 1 else content)(fresh)
    found, wanted = quietly(loaded.compute), quietly(fresh.compute)
    same_bits(found.to_dict(), wanted.to_dict())
    assert found.images == wanted.images
    same_bits(
        quietly((loaded + fresh).compute).to_dict(), quietly((fresh + fresh).compute).to_dict()
    )


def test_older_states_than_this_version_are_kept():
    assert {path.name for path in HERE.glob("state-*")} == {
        file_of(version, mode).name for version in VERSIONS for mode in ("exact", "certified")
    }


if __name__ == "__main__":
    for each in ("exact", "certified"):
        state_of(each).save(file_of(STATE_VERSION, each))
