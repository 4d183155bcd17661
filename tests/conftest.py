"""What every test may ask for."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def deeppcb() -> Path:
    """Real boards, real defects and the maps of two models, in MVTec AD's layout."""
    folder = SHARED / "deeppcb"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not here: the DeepPCB crops are data, not part of the repository")
    return folder
