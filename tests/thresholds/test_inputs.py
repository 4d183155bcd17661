"""The same threshold from whatever holds the same scores."""

from __future__ import annotations

import numpy as np
import pytest

import gonogo
from gonogo.thresholds import POLICIES, stored_scores

RNG = np.random.default_rng(11)
MASKS = np.zeros((6, 8, 9), bool)
MASKS[2:, 2:5, 3:7] = True
MAPS = (RNG.normal(size=MASKS.shape) + 1.5 * MASKS).astype(np.float32)
MAPS[:, 0, :4] = 0.5  # ties
LABELS = MASKS.any(axis=(1, 2))
SCORES = MAPS.max(axis=(1, 2))
LABELLED = ["f1", "fbeta=2", "youden", "corner", "recall>=1", "precision>=0.5", "cost=10:1"]


def fit(*data, policy="f1", **options):
    return gonogo.fit_threshold(*data, policy=policy, **options)


def test_maps_in_every_form_are_pixels():
    expected = fit(MAPS.ravel(), MASKS.ravel(), level="pixel")
    assert expected.level == "pixel"
    assert expected.fitted_on.normal == int((~MASKS).sum())
    for maps, masks in [
        (MAPS, MASKS),
        (MAPS[:, None], MASKS.astype(np.uint8) * 255),
        (list(MAPS), list(MASKS)),
        (list(MAPS[:, None]), [None, None, *MASKS[2:]]),
        ([m.tolist() for m in MAPS], MASKS.astype(int).tolist()),
        (MAPS.astype(np.float64), MASKS),
    ]:
        assert fit(maps, masks) == expected


def test_tensors():
    torch = pytest.importorskip("torch")
    maps, masks = torch.from_numpy(MAPS), torch.from_numpy(MASKS)
    assert fit(maps, masks) == fit(MAPS, MASKS)
    assert fit(list(maps), list(masks)) == fit(MAPS, MASKS)
    assert fit(torch.from_numpy(SCORES), torch.from_numpy(LABELS)) == fit(SCORES, LABELS)


def test_vectors_are_images():
    expected = fit(SCORES, LABELS)
    assert expected.level == "image"
    assert expected.fitted_on.image_score is None
    for scores, labels in [
        (SCORES.tolist(), LABELS.tolist()),
        (SCORES[:, None], LABELS.astype(int)),
        ([SCORES[:2], SCORES[2:]], [LABELS[:2], LABELS[2:]]),
        (SCORES.astype(np.float64), LABELS.astype(np.uint8) * 255),
    ]:
        assert fit(scores, labels) == expected


def test_maps_at_image_level_count_with_their_maximum():
    expected = fit(SCORES, LABELS)
    for maps, labels in [
        (MAPS, MASKS),
        (MAPS, LABELS),
        (list(MAPS), LABELS.tolist()),
        (list(MAPS), [None, None, *MASKS[2:]]),
    ]:
        found = fit(maps, labels, level="image")
        assert found.value == expected.value
        assert found.achieved == expected.achieved
        assert found.fitted_on.digest == expected.fitted_on.digest
        assert found.fitted_on.image_score == "max"


def test_without_labels_every_score_is_normal():
    for scores, level in (
        (MAPS, "pixel"),
        (list(MAPS), "pixel"),
        (SCORES, "image"),
        ([1, 2], None),
    ):
        found = fit(scores, policy="max")
        assert found.fitted_on.anomalous == 0
        assert found.level == (level or "image")
        assert found.achieved.fpr.count == 0
        assert np.isnan(found.achieved.recall.value)
        assert found.achieved.recall.value.reason == "needs elements; found none"
    scores = SCORES.astype(np.float64)
    assert fit(MAPS, policy="max", level="image").value == fit(scores, policy="max").value


def test_the_digest_knows_the_scores_and_not_their_order():
    order = RNG.permutation(len(SCORES))
    assert fit(SCORES[order], LABELS[order]) == fit(SCORES, LABELS)
    other = SCORES.copy()
    other[0] = np.nextafter(other[0], np.float32(9))
    assert fit(other, LABELS).fitted_on.digest != fit(SCORES, LABELS).fitted_on.digest


def test_big_maps_are_not_widened(monkeypatch):
    """Blocks of scores become float64 to be hashed and summed, never all of them."""
    from gonogo.thresholds import sample, spread

    monkeypatch.setattr(sample, "_BLOCK", 7)
    monkeypatch.setattr(spread, "_BLOCK", 7)
    for policy in ("sigma=3", "mad=3", "quantile=0.9"):
        small = fit(MAPS, MASKS, policy=policy)
        assert small.value == pytest.approx(
            fit(MAPS.astype(np.float64), MASKS, policy=policy).value, rel=1e-12
        )
    found = sample.sorted_scores([MAPS[~MASKS]], [MAPS[MASKS]])
    assert found.normal.dtype == np.float32


class TestResults:
    result = gonogo.evaluate(MAPS, MASKS)

    @pytest.mark.parametrize("policy", [policy.example for policy in POLICIES])
    def test_image_level(self, policy):
        if policy == "conformal=0.05":
            policy = "conformal=0.5"
        found = fit(self.result, policy=policy)
        expected = fit(SCORES.astype(np.float64), LABELS, policy=policy)
        assert found.value == expected.value
        assert found.achieved == expected.achieved
        assert found.fitted_on.digest == expected.fitted_on.digest
        assert found.fitted_on.image_score == "max"

    @pytest.mark.parametrize("policy", LABELLED)
    def test_pixel_level_from_ranks(self, policy):
        expected = fit(MAPS, MASKS, policy=policy)
        for source in (self.result, self.result.pixel.counts):
            found = fit(source, policy=policy, level="pixel")
            assert found.value == expected.value
            assert found.achieved == expected.achieved
            assert found.fitted_on.digest is None
            assert found.fitted_on.normal == expected.fitted_on.normal

    @pytest.mark.parametrize("policy", ["fpr<=0.01", "max", "sigma=3", "mad=3", "quantile=0.9"])
    def test_pixel_level_of_what_ranks_do_not_know(self, policy):
        with pytest.raises(gonogo.InputError, match="has not kept the normal scores themselves at"):
            fit(self.result, policy=policy, level="pixel")

    def test_pixel_level_of_a_given_threshold(self):
        scores = self.result.pixel.counts.scores
        at_score = fit(self.result, policy=f"manual={float(scores[3])!r}", level="pixel")
        assert at_score.achieved == fit(MAPS, MASKS, policy=at_score.policy).achieved
        above = fit(self.result, policy="manual=100", level="pixel")
        assert above.achieved.fpr.count == above.achieved.recall.count == 0
        with pytest.raises(
            gonogo.InputError, match="not kept the number of normal scores above -1"
        ):
            fit(self.result, policy="manual=-1", level="pixel")
        with pytest.raises(gonogo.InputError, match="not kept the scores next to the threshold"):
            fit(self.result, policy="f1", level="pixel", midpoint=True)
        with pytest.raises(gonogo.InputError, match="not kept the normal scores themselves"):
            fit(self.result, policy="precision>=0.5", level="pixel", confidence=0.5)

    def test_recall_with_confidence_needs_ranks_alone(self):
        found = fit(self.result, policy="recall>=0.8", level="pixel", confidence=0.9)
        assert found.value == fit(MAPS, MASKS, policy="recall>=0.8", confidence=0.9).value

    def test_flagging_nothing_needs_the_highest_score(self):
        maps = np.array([[[5.0, 1.0], [2.0, 3.0]], [[4.0, 0.0], [0.0, 0.0]]])
        masks = np.zeros(maps.shape, bool)
        masks[1, 0, 0] = True
        expected = fit(maps, masks, policy="cost=1:100")
        assert expected.value == np.nextafter(5.0, 6.0)
        result = gonogo.evaluate(maps, masks)
        assert fit(result, policy="cost=1:100", level="pixel").value == expected.value
        with pytest.raises(gonogo.InputError, match="has not kept the highest score"):
            fit(result.pixel.counts, policy="cost=1:100")

    def test_labels_beside_a_result(self):
        with pytest.raises(gonogo.InputError, match="labels: found labels beside a result"):
            fit(self.result, LABELS)

    def test_no_pixel_level(self):
        result = gonogo.evaluate(None, labels=LABELS, image_scores=SCORES)
        with pytest.raises(gonogo.InputError, match="the result has no pixel level"):
            fit(result, level="pixel")
        assert fit(result).fitted_on.image_score == "given"

    def test_other_image_scores(self):
        top = gonogo.evaluate(MAPS, MASKS, image_score="top-3")
        assert fit(top).fitted_on.image_score == "top-3"
        given = gonogo.evaluate(MAPS, MASKS, image_scores=SCORES + 1)
        assert fit(given).fitted_on.image_score == "given"


class TestFiles:
    @pytest.fixture
    def run(self, tmp_path):
        result = gonogo.evaluate(MAPS, MASKS, image_score="top-2")
        shifted = gonogo.evaluate(MAPS + 1, MASKS, image_score="top-2")
        run = gonogo.Run({"nut": result, "bolt": shifted}, result.settings)
        run.save(tmp_path / "run")
        return run, tmp_path / "run"

    def test_the_folder_of_a_run(self, run):
        run, folder = run
        for name, result in run.categories.items():
            assert fit(folder, category=name) == fit(result)
            assert fit(str(folder / "images.csv"), category=name).value == fit(result).value
            assert fit(run, category=name) == fit(result)
        assert fit(folder, category="nut").fitted_on.image_score == "top-2"

    def test_categories_are_named(self, run):
        run, folder = run
        for source in (run, folder):
            with pytest.raises(gonogo.InputError, match=r"a threshold is for one"):
                fit(source)
            with pytest.raises(gonogo.InputError, match=r"expected one of nut, bolt"):
                fit(source, category="screw")
        with pytest.raises(gonogo.InputError, match="for scores without categories"):
            fit(SCORES, LABELS, category="nut")
        one = gonogo.Run({"nut": run.categories["nut"]}, run.settings)
        assert fit(one) == fit(run, category="nut")

    def test_pixels_are_not_stored(self, run):
        with pytest.raises(gonogo.InputError, match="for the pixel level give the maps"):
            fit(run[1], category="nut", level="pixel")

    def test_a_run_without_its_settings(self, run):
        (run[1] / "results.json").unlink()
        with pytest.raises(gonogo.InputError, match=r"found no results\.json, .* not complete"):
            fit(run[1], category="nut")

    def test_a_run_whose_rows_were_cut(self, run):
        path = run[1] / "images.csv"
        path.write_text(path.read_text().rpartition("bolt,")[0])
        for category in ("nut", "bolt"):
            with pytest.raises(gonogo.InputError, match=r"found 5 images of bolt, .* says 6"):
                fit(run[1], category=category)

    @pytest.mark.parametrize("number", ["1_000", "inf", "nan", "٣", "0x10", "", "1" * 5000])
    def test_a_run_with_damaged_numbers(self, run, number):
        path = run[1] / "images.csv"
        cells = path.read_text().splitlines()[1].split(",")
        cells[3] = number
        path.write_text(path.read_text().replace(path.read_text().splitlines()[1], ",".join(cells)))
        with pytest.raises(gonogo.InputError, match=r"images\.csv, line 2: found .* for the score"):
            fit(run[1], category="nut")
        with pytest.raises(gonogo.InputError, match=r"images\.csv, line 2: found .* for the score"):
            gonogo.load(run[1])

    def test_csv(self, tmp_path):
        path = tmp_path / "scores.csv"
        pairs = zip(SCORES.tolist(), LABELS.tolist(), strict=True)
        rows = "".join(f"{score!r};{['good', 'Anomalous'][label]}\n" for score, label in pairs)
        path.write_text("\ufeffScore;LABEL\n" + rows, "utf-8")
        assert fit(path).value == fit(SCORES, LABELS).value
        assert fit(path).fitted_on.image_score == "given"
        with pytest.raises(gonogo.InputError, match="labels: found labels beside a file"):
            fit(path, LABELS)
        path.write_text("image,score\na,1\nb,2\n")
        found = stored_scores(path)
        assert found.scores.tolist() == [1.0, 2.0]
        assert found.labels is None
        assert fit(path, policy="max").fitted_on.normal == 2
        with pytest.raises(
            gonogo.InputError, match=r"found no column category, .* 'nut' was asked"
        ):
            fit(path, policy="max", category="nut")

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("", "line 1: found the columns none; expected a column for the score"),
            ("image,score\n", "found no scores"),
            ("image,value\na,1\n", "line 1: found the columns image, value; expected a column for"),
            ("image,score\na,1\nb,\n", "line 3: found the score ''; expected a finite number"),
            ("image,score\na,nan\n", "line 2: found the score 'nan'"),
            (
                "score,label\n1,maybe\n",
                "line 2: found the label 'maybe' in the column 'label'",
            ),
            ("score,label\n1\n", "line 2: found 1 value under 2 headings; expected as many"),
            ("image,score\na,0.5\nb,0,91\n", "line 3: found 3 values .*decimal point, as 0.91"),
            ("image;score\na;0.5\nb;0,91\n", "found '0,91' in line 3 and '0.5' in line 2"),
        ],
    )
    def test_bad_csv(self, tmp_path, text, message):
        path = tmp_path / "scores.csv"
        path.write_text(text)
        with pytest.raises(gonogo.InputError, match=message):
            fit(path)

    def test_what_is_no_csv(self, tmp_path):
        with pytest.raises(gonogo.InputError, match=r"found no images\.csv"):
            fit(tmp_path)
        with pytest.raises(gonogo.InputError, match="cannot open the scores"):
            fit(tmp_path / "none.csv")
        (tmp_path / "b.csv").write_bytes(b"score\n\xff\xfe1\n")
        with pytest.raises(gonogo.InputError, match="cannot read the scores as a CSV text file"):
            fit(tmp_path / "b.csv")
        (tmp_path / "b.csv").write_text('score\n"' + "1" * 200_000 + '"\n')
        with pytest.raises(gonogo.InputError, match="cannot read the scores as a CSV text file"):
            fit(tmp_path / "b.csv")


@pytest.mark.parametrize(
    ("scores", "labels", "message"),
    [
        ([1.0, np.nan], [0, 1], "scores: found 1 value"),
        ([1.0, 2.0], [0, 0.5], "labels: found dtype float64"),
        ([1.0, 2.0], [0, 1, 1], "labels: found shape"),
        ([], None, "scores: found none"),
        (MAPS, MASKS[:3], "labels: found shape"),
        (list(MAPS), list(MASKS)[:3], "labels: found 3 for 6 scores"),
        ("scores.txt", None, "cannot open the scores"),
        (None, None, "scores: found"),
        (["a", "b"], None, "scores: found"),
    ],
)
def test_bad_input(scores, labels, message):
    with pytest.raises(gonogo.InputError, match=message):
        fit(scores, labels, policy="manual=1")


class TestDecide:
    threshold = fit(SCORES, LABELS, policy="manual=0.1")

    @pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
    def test_to_the_last_unit(self, dtype):
        near = np.array([0.1], dtype)
        scores = np.concatenate([np.nextafter(near, dtype(0)), near, np.nextafter(near, dtype(1))])
        expected = [float(score) >= 0.1 for score in scores]
        assert self.threshold.decide(scores).tolist() == expected

    def test_shapes(self):
        assert self.threshold.decide(MAPS).shape == MAPS.shape
        assert self.threshold.decide([[0.0], [1.0]]).tolist() == [[False], [True]]
        assert self.threshold.decide(np.array([0, 1], np.uint8)).tolist() == [False, True]
        assert self.threshold.decide([]).tolist() == []
        assert bool(self.threshold.decide(0.1))

    def test_not_finite(self):
        for bad in (np.nan, np.inf):
            with pytest.raises(gonogo.InputError, match="scores: found 1 value"):
                self.threshold.decide([0.0, bad])

    def test_tensors(self):
        torch = pytest.importorskip("torch")
        scores = torch.from_numpy(MAPS)
        decided = self.threshold.decide(scores)
        assert decided.dtype == torch.bool
        assert decided.numpy().tolist() == self.threshold.decide(MAPS).tolist()
        for dtype in (torch.float16, torch.bfloat16, torch.float64, torch.int32, torch.uint8):
            near = torch.tensor([0.0, 0.0999, 0.1, 0.1001, 1.0]).to(dtype)
            expected = [float(score) >= 0.1 for score in near]
            assert self.threshold.decide(near).tolist() == expected
        assert self.threshold.decide(torch.tensor([False, True])).tolist() == [False, True]
        with pytest.raises(gonogo.InputError, match="scores: found 1 value"):
            self.threshold.decide(torch.tensor([0.0, float("nan")]))
        with pytest.raises(gonogo.InputError, match="scores: found dtype complex64"):
            self.threshold.decide(torch.tensor([1j]))
        with pytest.raises(gonogo.InputError, match=r"expected numbers in .* or a dense tensor"):
            self.threshold.decide(torch.eye(2).to_sparse())
