"""The data of a report: its schema, a golden copy, and that a run's folder gives the same."""

from __future__ import annotations

import base64
import json
import re
import zlib
from dataclasses import replace
from importlib import resources
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from PIL import Image

import gonogo
from gonogo.datasets.image_file import ImageFile
from gonogo.report import Evaluated, matched, originals_of, read_run, report_document
from gonogo.types import Original
from tests.report.samples import run_of, sample

pytestmark = pytest.mark.filterwarnings("ignore::gonogo.UndefinedMetricWarning")

GOLDEN = Path(__file__).parents[1] / "golden" / "report-1.json"
SCHEMA = json.loads((resources.files("gonogo.report") / "report-1.schema.json").read_text("utf-8"))
CHANGING = ("created", "gonogo")


def inside(path: Path) -> dict:
    """The JSON in a page."""
    text = path.read_text("utf-8")
    block = re.search(
        r'<script type="application/json" id="report-data">(.*?)</script>', text, re.DOTALL
    )
    return json.loads(block.group(1))


def document(result: gonogo.Result, *data: object, images="all") -> dict:
    run = gonogo.Run({"data": result}, result.settings)
    evaluated = Evaluated(run.to_dict(), {"data": result.images}, run.curves)
    originals = {"data": originals_of(result.images, *data)} if data else {}
    return report_document(evaluated, originals, Path(), images=images)


def tiny() -> dict:
    """Numbers that are exact in every step, so that the golden copy holds on every machine."""
    maps = np.zeros((4, 3, 4))
    masks = np.zeros(maps.shape, bool)
    for k, top in enumerate((0.25, 0.5, 1.0, 2.0)):
        maps[k, 1, 1:3] = top
    masks[1, 1, 1:3] = masks[3, 0:2, 1:3] = True
    result = gonogo.evaluate(
        maps, masks, names=[f"{k}.npy" for k in range(4)], defects=[None, "a", None, "b"]
    )
    return document(result, maps, masks, None)


def lasting(found: dict) -> dict:
    """Without what changes from run to run."""
    kept = {name: value for name, value in found.items() if name not in CHANGING}
    left_out = {"created", "gonogo", "seconds", "versions"}
    kept["results"] = {k: v for k, v in found["results"].items() if k not in left_out}
    for part in kept["categories"].values():
        for picture in part["pictures"].values():
            for name in ("heat", "truth"):
                if picture.get(name):  # another zlib compresses otherwise
                    content = zlib.decompress(base64.b64decode(picture[name].pop("data")))
                    picture[name]["content"] = list(content)
    return json.loads(json.dumps(kept))


def test_it_is_what_it_was():
    assert lasting(tiny()) == json.loads(GOLDEN.read_text("utf-8"))


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("options", [{}, {"mode": "certified"}], ids=["exact", "certified"])
@pytest.mark.parametrize("counts", [(6, 6), (6, 0), (0, 6)], ids=str)
def test_reports_follow_the_schema(options, counts):
    one = sample(*counts, side=20)
    found = document(one.evaluate(**options), one.maps, one.masks, one.photographs)
    jsonschema.validate(found, SCHEMA)
    results = json.loads(
        (resources.files("gonogo.results") / "results-1.schema.json").read_text("utf-8")
    )
    jsonschema.validate(found["results"], results)
    assert len(found["categories"]["data"]["pictures"]) == sum(counts)


def test_scores_alone_follow_the_schema():
    result = gonogo.evaluate(None, labels=[0, 1], image_scores=[0.1, 0.2])
    jsonschema.validate(document(result), SCHEMA)


def test_the_golden_copy_follows_the_schema():
    jsonschema.validate(tiny(), SCHEMA)


def test_the_json_in_the_page_is_the_document(tmp_path):
    run = run_of(one=sample(5, 5), two=sample(4, 4, seed=1))
    evaluated = Evaluated(
        run.to_dict(), {name: r.images for name, r in run.categories.items()}, run.curves
    )
    wanted = report_document(evaluated, run.originals, tmp_path, images=6)
    found = inside(run.report(tmp_path / "page.html", images=6))
    for one in (wanted, found):
        for part in (one, one["results"]):
            part.pop("created")
    assert found == json.loads(json.dumps(wanted))


def test_the_folder_of_a_run_gives_the_same_report(tmp_path):
    run = run_of(one=sample(5, 5), two=sample(4, 4, seed=1))
    run.save(tmp_path)
    stored = read_run(tmp_path)
    rows = {name: list(result.images) for name, result in run.categories.items()}
    assert stored.rows == rows
    made = report_document(Evaluated(run.to_dict(), rows, run.curves), {}, tmp_path, images=0)
    again = report_document(stored, {}, tmp_path, images=0)
    assert again["digest"] == made["digest"]
    assert again["categories"] == made["categories"]


def test_scores_and_counts_are_exact(tmp_path):
    one = sample(seed=4)
    result = one.evaluate()
    found = inside(one.report(tmp_path / "page.html", result))["categories"]["data"]
    assert found["rows"]["score"] == [row.score for row in result.images]
    maps, masks = np.stack(one.maps), np.stack(one.masks)
    stops = found["stops"]
    for k in range(0, len(stops["threshold"]), 7):
        counts = gonogo.confusion(maps, masks, stops["threshold"][k])
        assert stops["true_positives"][k] == counts.true_positives
        assert stops["false_positives"][k] == counts.false_positives
    assert stops["threshold"] == sorted(stops["threshold"], reverse=True)
    assert len(set(stops["threshold"])) == len(stops["threshold"])


def test_the_digest_tells_inputs_apart():
    one = sample(5, 5)
    same, other = (
        document(one.evaluate())["digest"],
        document(sample(5, 5, seed=9).evaluate())["digest"],
    )
    assert document(one.evaluate())["digest"] == same != other
    one.maps[0][0, 0] += 0.01
    assert document(one.evaluate())["digest"] != same


def test_levels_say_exactly_which_cells_reach_a_step():
    one = sample(3, 3, side=20)
    part = document(one.evaluate(), one.maps, one.masks, None)["categories"]["data"]
    steps = np.array(part["heat"]["steps"])
    assert (np.diff(steps) > 0).all()
    for place, scores in enumerate(one.maps):
        packed = part["pictures"][str(place)]["heat"]
        differences = np.frombuffer(zlib.decompress(base64.b64decode(packed["data"])), np.uint8)
        levels = np.cumsum(differences.reshape(20, 20), axis=1, dtype=np.uint8)
        assert (levels == (scores[..., None] >= steps).sum(axis=-1)).all()
    wanted = {one["threshold"] for one in part["presets"]["pixel"]}
    assert wanted <= set(steps)


def test_large_maps_keep_their_highest_scores_and_smallest_defects():
    maps, masks = np.zeros((2, 1000, 700), np.float32), np.zeros((2, 1000, 700), bool)
    maps[1, 777, 333] = 1.0
    masks[1, 777, 333] = True
    part = document(gonogo.evaluate(maps, masks), maps, masks, None)["categories"]["data"]
    heat, truth = (part["pictures"]["1"][name] for name in ("heat", "truth"))
    assert (heat["height"], heat["width"]) == (truth["height"], truth["width"]) == (320, 320)
    bits = np.unpackbits(np.frombuffer(zlib.decompress(base64.b64decode(truth["data"])), np.uint8))
    assert bits.sum() == 1
    place = np.flatnonzero(bits)[0]
    assert (place // 320, place % 320) == (777 * 320 // 1000, 333 * 320 // 700)


def test_pictures_that_cannot_be_read_say_why():
    one = sample(2, 2)
    result = one.evaluate()
    shown = [Path("nowhere.png"), np.zeros(5), None, one.photographs[3]]
    pictures = document(result, one.maps, one.masks, shown)["categories"]["data"]["pictures"]
    assert "nowhere.png" in pictures["0"]["problem"]
    assert "heat" in pictures["0"]
    assert pictures["1"]["problem"] == "photograph: found shape (5,); expected (H, W) or (H, W, 3)"
    assert "problem" not in pictures["2"]
    assert pictures["3"]["photograph"]["width"] == 40


def test_a_photograph_too_large_for_pillow_leaves_its_heat_map(tmp_path, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 700)
    one = sample(1, 1)
    Image.fromarray(one.photographs[0]).save(tmp_path / "large.png")
    files = [tmp_path / "large.png", None]
    pictures = document(one.evaluate(), one.maps, one.masks, files)["categories"]["data"][
        "pictures"
    ]
    assert "exceeds limit" in pictures["0"]["problem"]
    assert "heat" in pictures["0"]


def test_the_size_of_a_photograph_is_that_of_its_file(tmp_path):
    one = sample(1, 1)
    Image.new("RGB", (2000, 1960)).save(tmp_path / "large.jpg")
    files = [tmp_path / "large.jpg", None]
    pictures = document(one.evaluate(), one.maps, one.masks, files)["categories"]["data"][
        "pictures"
    ]
    found = pictures["0"]["photograph"]
    assert (found["width"], found["height"]) == (2000, 1960)


def test_originals_are_those_of_the_same_name():
    """Also where as many images as there were are there now, but others."""
    one = sample(3, 3)
    result = one.evaluate()
    originals = originals_of(result.images, one.maps, one.masks, None)
    later = [*originals[1:], replace(originals[0], image=replace(originals[0].image, name="new"))]
    found = matched(result.images, later)
    assert sorted(found) == [1, 2, 3, 4, 5]
    assert all(one.image.name == result.images[place].name for place, one in found.items())


def test_a_name_that_is_not_utf8_is_kept(tmp_path):
    one = sample(2, 2)
    one.names[0] = "test/\udcff.png"
    result = one.evaluate()
    result.save(tmp_path)
    assert gonogo.load(tmp_path).categories["data"] == result
    fitted = gonogo.fit_threshold(tmp_path, policy="f1")
    assert fitted.value == result.image.f1_max.threshold


@pytest.mark.parametrize("images", [-1, 2.5, True, "many", None])
def test_no_number_of_images(images, tmp_path):
    with pytest.raises(gonogo.InputError, match="expected a number of images, 'all' or 'none'"):
        sample(2, 2).report(tmp_path / "page.html", images=images)


def test_as_many_maps_and_photographs_as_images(tmp_path):
    one = sample(2, 2)
    result = one.evaluate()
    with pytest.raises(gonogo.InputError, match="maps: found 3 for the 4 images"):
        result.report(tmp_path / "page.html", maps=one.maps[:3], masks=one.masks[:3])
    with pytest.raises(gonogo.InputError, match="photographs: found 1 for the 4 images"):
        result.report(tmp_path / "page.html", maps=one.maps, masks=one.masks, photographs=[None])


def test_the_page_is_small_without_pictures(tmp_path):
    path = run_of(one=sample(seed=1), two=sample(seed=2)).report(tmp_path, images="none")
    assert path == tmp_path / "report.html"
    assert path.stat().st_size < 2_000_000


def test_the_page_of_fifteen_categories_and_5000_images_is_small(tmp_path):
    rng = np.random.default_rng(0)
    labels = np.arange(334) % 2
    maps = rng.gamma(2.0, 0.5, (334, 32, 32)).astype(np.float32) + labels[:, None, None]
    masks = np.zeros(maps.shape, bool)
    masks[labels == 1, :9, :9] = True
    names = [
        f"test/{'contamination' if label else 'good'}/{k:04d}.tiff"
        for k, label in enumerate(labels)
    ]
    result = gonogo.evaluate(maps, masks, names=names)
    originals = [
        Original(ImageFile(name, tmp_path / "maps" / "a_category_of_many" / name)) for name in names
    ]
    categories = {f"category_{k}": result for k in range(15)}
    run = gonogo.Run(categories, result.settings, originals=dict.fromkeys(categories, originals))
    path = run.report(tmp_path, images="none")
    assert path.stat().st_size < 2_000_000
    assert len(inside(path)["categories"]["category_14"]["rows"]["score"]) == 334


def test_a_click_on_a_curve_has_its_threshold_to_take():
    """On images the very score; on pixels a millionth of the range leads to the nearest stop."""
    rng = np.random.default_rng(0)
    masks = np.zeros((9, 8, 8), bool)
    masks[3:, :3, :3] = True
    result = gonogo.evaluate(1e6 + 1e-3 * rng.random(masks.shape), masks)
    part = document(result)["categories"]["data"]
    wanted = result.image.roc_curve(thin=True).thresholds.tolist()
    assert part["curves"]["image"]["roc"]["threshold"] == [
        one if np.isfinite(one) else None for one in wanted
    ]
    stops = np.array(part["stops"]["threshold"])
    drawn = part["curves"]["pixel"]["roc"]["threshold"]
    known = np.array([one for one in drawn if one is not None])
    assert len(np.unique(known)) > 100
    nearest = np.abs(known[:, None] - stops).min(axis=1)
    assert nearest.max() < 1e-3 / 50


def test_nothing_of_the_data_can_end_a_script(tmp_path):
    one = sample(2, 2)
    one.names[0] = "</script><script>alert(1)</script><!--"
    text = one.report(tmp_path / "page.html").read_text("utf-8")
    assert text.count("<script") == text.count("</script") == 4
    assert "<script>alert" not in text
