"""The images that a report shows where it cannot show all."""

from __future__ import annotations

from collections import Counter

from gonogo.report.telling import most_telling
from gonogo.types import ImageRow


def row(score, label, defect=None):
    return ImageRow(f"{score}", label, score, defect, *[None] * 6)


ROWS = [
    *(row(k / 100, False) for k in range(50)),
    row(0.9, False),
    row(0.95, False),
    *(row(0.6 + k / 100, True, "crack" if k % 2 else "hole") for k in range(30)),
    row(0.1, True, "stain"),
]


def chosen(count, rows=ROWS, threshold=0.55):
    return [rows[k] for k in most_telling({"one": rows}, {"one": threshold}, count)["one"]]


def test_wrong_decisions_come_first():
    assert {one.score for one in chosen(2)} == {0.1, 0.95}
    assert {0.9, 0.95, 0.1} <= {one.score for one in chosen(6)}


def test_every_defect_and_the_normal_images_are_there():
    kinds = Counter(one.defect if one.label else "normal" for one in chosen(12))
    assert set(kinds) == {"crack", "hole", "stain", "normal"}
    assert all(count >= 3 for kind, count in kinds.items() if kind in ("crack", "hole"))


def test_the_nearest_and_the_clearest_of_each():
    scores = {one.score for one in chosen(12)}
    assert {0.49, 0.0, 0.6, 0.61} <= scores
    assert scores & {0.88, 0.89}


def test_many_wrong_ones_leave_room_for_right_ones():
    rows = [
        *(row(k / 100, True, "crack") for k in range(60)),
        *(row(0.01, False) for _ in range(9)),
    ]
    found = chosen(12, rows, 0.9)
    assert 3 <= sum(not one.label for one in found) <= 5


def test_all_and_none():
    assert len(chosen(1000)) == len(ROWS)
    assert chosen(0) == []


def test_categories_share_alike_and_small_ones_leave_their_part():
    rows = {"large": ROWS, "small": ROWS[:3], "other": ROWS}
    found = most_telling(rows, dict.fromkeys(rows, 0.55), 33)
    assert {name: len(places) for name, places in found.items()} == {
        "large": 15,
        "small": 3,
        "other": 15,
    }


def test_without_a_threshold_the_highest_normal_score_is_one():
    rows = [row(k / 10, False) for k in range(10)]
    assert 0.9 in {one.score for one in chosen(1, rows, None)}
