"""The reports of two models on real boards."""

from __future__ import annotations

import pytest

import gonogo
from tests.report.test_document import inside


@pytest.mark.parametrize("model", ["difference", "ssim"])
def test_every_wrong_decision_has_its_picture(deeppcb, model, tmp_path):
    run = gonogo.evaluate_folder(deeppcb / "maps" / model, deeppcb)
    path = run.report(tmp_path / "report.html")
    (part,) = inside(path)["categories"].values()
    (result,) = run.categories.values()
    threshold = result.image.f1_max.threshold
    assert part["start"]["image"] == threshold
    assert part["start"]["pixel"] == result.pixel.f1_max.threshold
    pictures = {int(place): picture for place, picture in part["pictures"].items()}
    assert len(pictures) == 60
    assert all({"photograph", "heat"} <= picture.keys() for picture in pictures.values())
    wrong = [k for k, row in enumerate(result.images) if (row.score >= threshold) != row.label]
    assert 0 < len(wrong) < 40
    assert set(wrong) <= pictures.keys()
    defects = {result.images[place].defect for place in pictures}
    assert defects == {*result.by_defect, None}
    assert path.stat().st_size < 4_000_000
    assert run.report(tmp_path / "bare.html", images="none").stat().st_size < 2_000_000
