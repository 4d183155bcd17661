"""Two worker processes for all tests, and what results are compared by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from gonogo.distributed import local_workers
from gonogo.results import Result, Run


@pytest.fixture(scope="session")
def two_workers() -> Iterator[Any]:
    dask = pytest.importorskip("dask", reason="the dask extra is not installed")
    # Whoever asks a dead worker for what it held gives up soon; on a busy machine a new worker
    # takes several seconds to answer.
    with dask.config.set({"distributed.comm.timeouts.connect": "10s"}), local_workers(2) as client:
        yield client


@pytest.fixture
def client(two_workers: Any) -> Any:
    """Both workers: the one that the last test may have killed is replaced by now."""
    two_workers.wait_for_workers(2, timeout=120)
    return two_workers


def document(result: Result | Run) -> dict[str, Any]:
    """Everything that is saved, apart from times."""
    run = result if isinstance(result, Run) else Run({"data": result}, result.settings)
    whole = run.to_dict()
    del whole["created"], whole["seconds"]
    rows = {name: one.images for name, one in run.categories.items()}
    curves = {
        (name, level, curve): points
        for name, one in run.categories.items()
        for level, numbers in (("image", one.image), ("pixel", one.pixel))
        if numbers is not None
        for curve, points in numbers.curves(thin=False).items()
    }
    return {**whole, "rows": rows, "curves": curves}
