"""The plain functions: how their arguments are given."""

import pytest

import gonogo


@pytest.mark.parametrize(
    ("area", "value"),
    [(gonogo.partial_auroc, 0.5), (gonogo.standardized_partial_auroc, 2 / 3)],
)
def test_partial_areas_take_the_limit_by_position(area, value):
    assert area([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1], 0.5) == pytest.approx(value, rel=1e-15)
