"""Scores are sorted alike by NumPy and by the radix sort, and float16 by neither."""

from __future__ import annotations

import numpy as np
import pytest

from gonogo import sorting


@pytest.fixture(params=[True, False], ids=["numpy", "radix"])
def either(request, monkeypatch):
    monkeypatch.setattr(sorting, "numpy_is_fast", lambda: request.param)
    monkeypatch.setattr(sorting, "_FEW", 0)


@pytest.mark.usefixtures("either")
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64, np.int32, np.uint8])
@pytest.mark.parametrize("size", [1, 2, 5000])
def test_arrays_are_sorted_where_they_are(dtype, size):
    rng = np.random.default_rng(size)
    if np.issubdtype(dtype, np.floating):
        values = (rng.normal(size=size) * 10.0 ** rng.integers(-30, 30, size)).astype(dtype)
    else:
        ends = np.iinfo(dtype)
        values = rng.integers(ends.min, ends.max, size, dtype, endpoint=True)
    expected = sorted(values.tolist())
    sorting.sort_in_place(values)
    assert values.tolist() == expected


@pytest.mark.usefixtures("either")
def test_part_of_an_array_is_sorted_in_it():
    values = np.random.default_rng(0).normal(size=6000).astype(np.float32)
    before = values.copy()
    sorting.sort_in_place(values[1000:5500])
    assert values[1000:5500].tolist() == sorted(before[1000:5500].tolist())
    assert values[:1000].tolist() == before[:1000].tolist()
    assert values[5500:].tolist() == before[5500:].tolist()


def test_float16_is_refused():
    with pytest.raises(TypeError, match="float16 must not be sorted"):
        sorting.sort_in_place(np.zeros(3, np.float16))


def test_which_sort_is_faster_is_found_out_once():
    assert sorting.numpy_is_fast() in {True, False}
    before = sorting.numpy_is_fast.cache_info().misses
    sorting.numpy_is_fast()
    assert sorting.numpy_is_fast.cache_info().misses == before


def test_room_is_used_again():
    room = sorting.Room()
    one = room.array("a", 10, np.uint32)
    assert np.shares_memory(one, room.array("a", 5, np.uint32))
    assert not np.shares_memory(one, room.array("b", 5, np.uint32))
    assert room.array("a", 20, np.uint64).dtype == np.uint64
