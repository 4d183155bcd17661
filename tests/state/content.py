"""What a state would write to its file, to compare states to the last bit."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

import gonogo

__all__ = ["content", "filled", "without_names"]


def content(state: gonogo.State) -> dict[str, Any]:
    """Everything in a form that compares by value; each array as its type, shape and bytes."""
    with mock.patch("gonogo.state.saved.write_state") as write:
        state.save("nowhere")
    path, record, arrays = write.call_args.args
    assert path == Path("nowhere")
    told = {name: (a.dtype.str, a.shape, np.ascontiguousarray(a).tobytes()) for name, a in arrays}
    return {"record": record, **told}


def filled(options: dict[str, Any], maps: list, masks: list, **more: list) -> gonogo.State:
    """A state that took these images in one batch; an empty one for no image."""
    state = gonogo.State(**options)
    if maps:
        state.update(maps, masks, **more)
    return state


def without_names(result: gonogo.Result) -> list[str]:
    """The rows of a result in an order that does not depend on the order of images."""
    return sorted(repr({**vars(row), "name": None}) for row in result.images)
