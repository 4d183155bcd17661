"""Image scores from a CSV file, matched by path, or refused with the line."""

from __future__ import annotations

import json

import pytest

import gonogo
from gonogo.datasets import evaluate_folder, find_categories
from gonogo.datasets.score_file import with_scores
from gonogo.errors import InputError

NAMES = ["good/000", "good/001", "hole/000", "scratch/000", "scratch/001"]


def scores_of(folders, text, tmp_path):
    file = tmp_path / "scores.csv"
    file.write_text(text) if isinstance(text, str) else file.write_bytes(text)
    images = with_scores(find_categories(*folders), file)
    return [image.score for category in images.values() for image in category]


def lines(names, header="image,score", delimiter=","):
    rows = (f"{name}{delimiter}{place / 4}" for place, name in enumerate(names))
    return "\n".join([header, *rows]) + "\n"


EXPECTED = [0.0, 0.25, 0.5, 0.75, 1.0]


@pytest.mark.parametrize(
    "form",
    [
        "test/{}",
        "{}.png",
        "test/{}.tiff",
        "./test/{}.npy",
        "bottle/test/{}.JPG",
        "D:\\data\\bottle\\test\\{}.png",
        "somewhere/else/test/{}.png",
    ],
)
def test_any_form_of_the_path(mvtec, tmp_path, form):
    assert scores_of(mvtec, lines(form.format(name) for name in NAMES), tmp_path) == EXPECTED


def test_stems_are_enough_where_they_are_unambiguous(plain, tmp_path):
    assert scores_of(plain, lines("abcd"), tmp_path) == EXPECTED[:4]


@pytest.mark.parametrize("name", ["image", "path", "File", "name", "image_path", "filename"])
@pytest.mark.parametrize("score", ["score", "image_score", "Anomaly_Score", "pred_score"])
def test_names_of_columns(plain, tmp_path, name, score):
    assert scores_of(plain, lines("abcd", f"{name},{score}"), tmp_path) == EXPECTED[:4]


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters(plain, tmp_path, delimiter):
    text = lines("abcd", f"image{delimiter}score", delimiter)
    assert scores_of(plain, text, tmp_path) == EXPECTED[:4]


def test_more_columns_more_lines_quotes_and_a_byte_order_mark(plain, tmp_path):
    text = '\ufefflabel,"path",score\n1,"x, y/a.png", 3 \n0,b,-1e3\n0,c,0\n0,d,inf_less\n'
    text = text.replace("inf_less", "2") + "0,train/e.png,7\n"
    assert scores_of(plain, text, tmp_path) == [3.0, -1000.0, 0.0, 2.0]


def test_several_categories(root, tmp_path):
    names = [image.name for images in find_categories(*root).values() for image in images]
    assert scores_of(root, lines(f"run/{name}" for name in names), tmp_path) == [
        place / 4 for place in range(len(names))
    ]


def test_a_run_gives_its_scores_back(root, tmp_path):
    first = evaluate_folder(*root)
    first.save(tmp_path / "run")
    again = evaluate_folder(*root, image_scores=tmp_path / "run/images.csv")
    for name, result in first.categories.items():
        assert again.categories[name].images == result.images
        assert again.categories[name].to_dict() == result.to_dict()


def test_a_run_says_that_its_scores_were_given(root, tmp_path):
    """Else a threshold would be fitted to them as if every map had its own maximum."""
    first = evaluate_folder(*root)
    assert first.settings.image_score == "max"
    first.save(tmp_path / "run")
    again = evaluate_folder(*root, image_scores=tmp_path / "run/images.csv")
    assert again.settings.image_score == "given"
    assert {result.settings for result in again.categories.values()} == {again.settings}
    again.save(tmp_path / "again")
    settings = json.loads((tmp_path / "again/results.json").read_text())["settings"]
    assert settings["image_score"] == "given"
    for source in (again, tmp_path / "again"):
        threshold = gonogo.fit_threshold(source, policy="f1", category="bottle")
        assert threshold.fitted_on.image_score == "given"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "image,score\na,1\nb,2\nc,3\n",
            r"found no score for 1 of 4 images: d\.tiff; expected one",
        ),
        (
            "image,score\na,1\nb,2\nc,3\nd,4\na.png,5\n",
            r"lines 2 and 6 both name a\.tiff; expected one score an image$",
        ),
        ("image,score\na,1\nb,two\n", r"line 3: found the score 'two'; expected a finite"),
        ("image,score\na,nan\n", r"line 2: found the score 'nan'"),
        ("image,score\na,-inf\n", r"line 2: found the score '-inf'"),
        ("image,score\na\n", r"line 2: found 1 value under 2 headings; expected as many"),
        ("image,score\na,0.5\nb,0,91\n", r"line 3: found 3 values .*decimal point, as 0\.91"),
        (
            "image;score\na;0,91\nb;0.5\n",
            r"found '0,91' in line 2 and '0\.5' in line 3",
        ),
        ("image,score\n,1\n", r"line 2: found no image name"),
        ("a,1\nb,2\n", r"line 1: found the columns a, 1; expected a column for the image, named"),
        (
            "image,label\na,1\n",
            r"line 1: found the columns image, label; expected a column for the sc",
        ),
        ("", r"line 1: found the columns none"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", r"cannot read the scores as a CSV text"),
        (b"image,score\na\x00,1\n", r"cannot read|found no score|line"),
        ("image,score\n" + '"' + "x" * 200_000 + '",1\n', r"cannot read .*field larger than"),
    ],
)
def test_what_is_refused(plain, tmp_path, text, message):
    with pytest.raises(InputError, match=rf"scores\.csv(, |: ){message}|scores\.csv: {message}"):
        scores_of(plain, text, tmp_path)


def test_an_ambiguous_name(mvtec, tmp_path):
    with pytest.raises(
        InputError, match=r"line 2: 000 names both test/good/000\.tiff and test/hole"
    ):
        scores_of(mvtec, lines(["000", "001"]), tmp_path)


def test_two_lines_that_name_too_little(mvtec, tmp_path):
    both = r"lines 2 and 4 both name test/good/000\.tiff; expected .*, named by more of its path$"
    with pytest.raises(InputError, match=both):
        scores_of(mvtec, lines(["000", "001", "000"]), tmp_path)


def test_a_name_that_fits_two_categories(root, tmp_path):
    with pytest.raises(
        InputError, match=r"names both bottle/test/good/000\.tiff and cable/test/go"
    ):
        scores_of(root, lines(NAMES), tmp_path)


def test_scores_of_another_category_are_not_taken(root, tmp_path):
    (tmp_path / "scores.csv").write_text(lines(f"bottle/test/{name}.png" for name in NAMES))
    cable = find_categories(*root, categories=["cable"])
    with pytest.raises(InputError, match="found no score for 5 of 5 images: cable/test/good/000"):
        with_scores(cable, tmp_path / "scores.csv")


@pytest.mark.parametrize("name", ["nowhere.csv", "."])
def test_no_such_file(plain, tmp_path, name):
    with pytest.raises(InputError, match=r"cannot open the scores \(.*(No such|[Ii]s a dir)"):
        with_scores(find_categories(*plain), tmp_path / name)
