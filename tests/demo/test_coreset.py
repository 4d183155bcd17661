from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gonogo.demo.coreset import greedy_coreset
from gonogo.errors import InputError

# Small whole numbers: ties are common, and squares are exact in float32.
ROWS = hnp.arrays(
    np.float32,
    st.tuples(st.integers(1, 9), st.integers(1, 3)),
    elements=st.integers(-4, 4).map(float),
)


def farthest_point_by_hand(rows: list[list[float]], size: int) -> list[int]:
    taken = [0]
    while len(taken) < size:
        gaps = [
            min(sum((a - b) ** 2 for a, b in zip(row, rows[i], strict=True)) for i in taken)
            for row in rows
        ]
        if max(gaps) == 0:
            break
        taken.append(gaps.index(max(gaps)))
    return taken


def radius(rows, taken) -> float:
    distances = np.linalg.norm(rows[:, None] - rows[list(taken)][None], axis=-1)
    return float(distances.min(axis=1).max())


@given(rows=ROWS, size=st.integers(1, 10))
def test_each_row_is_the_farthest_from_those_before(rows, size):
    expected = farthest_point_by_hand(rows.tolist(), size)
    assert greedy_coreset(rows, size).tolist() == expected


@given(rows=ROWS, size=st.integers(1, 4))
def test_no_choice_covers_with_less_than_half_the_radius(rows, size):
    taken = greedy_coreset(rows, size)
    best = min(radius(rows, choice) for choice in combinations(range(len(rows)), len(taken)))
    assert radius(rows, taken) <= 2 * best + 1e-6


def test_a_longer_coreset_begins_with_the_shorter():
    rows = np.random.default_rng(0).normal(size=(300, 5)).astype(np.float32)
    long = greedy_coreset(rows, 40)
    assert len(set(long.tolist())) == 40
    np.testing.assert_array_equal(greedy_coreset(rows, 15), long[:15])


def test_it_stops_when_every_row_is_covered():
    rows = np.array([[1, 2], [1, 2], [3, 4], [1, 2]], np.float32)
    assert greedy_coreset(rows, 4).tolist() == [0, 2]


@pytest.mark.parametrize(
    ("rows", "size", "message"),
    [
        (np.zeros((0, 3), np.float32), 1, r"features: found the shape \(0, 3\)"),
        (np.zeros(3, np.float32), 1, r"features: found the shape \(3,\)"),
        (np.zeros((2, 3), np.float32), 0, "size: found 0; expected 1 or more"),
    ],
)
def test_unusable_arguments_are_refused(rows, size, message):
    with pytest.raises(InputError, match=message):
        greedy_coreset(rows, size)
