"""Two worker processes for all tests, and what results are compared by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from gonogo.distributed import local_workers
from gonogo.results import Result, Run


@pytest.fixture(scope="session")
def client() -> Iterator[Any]:
    dask = pytest.importorskip("dask", reason="the dask extra is not installed")
    # Whoever asks a dead worker for what it held gives up soon.
    with dask.config.set({"distributed.comm.timeouts.connect": "3s"}), local_workers(2) as client:
        yield client


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
