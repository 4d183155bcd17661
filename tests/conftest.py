"""What every test may ask for, and how long property tests search.

The profile comes from ``GONOGO_EXAMPLES``: ``quick`` (the default) or ``thorough``. Neither has a
deadline for an example: a busy machine is no fault.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile("quick", max_examples=60, deadline=None, suppress_health_check=_SLOW)
settings.register_profile("thorough", max_examples=1000, deadline=None, suppress_health_check=_SLOW)
settings.load_profile(os.environ.get("GONOGO_EXAMPLES", "quick"))

SHARED = Path(__file__).parents[2] / "shared"


@pytest.fixture(scope="session")
def deeppcb() -> Path:
    """Real boards, real defects and the maps of two models, in MVTec AD's layout."""
    folder = SHARED / "data" / "deeppcb"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not here: the DeepPCB crops are data, not part of the repository")
    return folder


@pytest.fixture(scope="session")
def published_settings() -> str:
    """Settings of anomalib 0.x as its makers published them, from the description that we have."""
    path = SHARED / "reference" / "anomalib-thresholds-and-config.txt"
    if not path.is_file():
        pytest.skip(f"{path} is not here: it describes another system, and is not ours to hand on")
    text = path.read_text("utf-8")
    start = text.index("\ndataset:\n") + 1
    last = "multiple_trainloader_mode: max_size_cycle\n"
    return text[start : text.index(last, start) + len(last)]
