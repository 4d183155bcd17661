"""Tables of scores: which column is which, what labels mean, and what is refused."""

from __future__ import annotations

import logging

import pytest

import gonogo
from gonogo._check import ScoreTable
from gonogo._check.csv_table import CsvTable, escaped_cell, plain_cell
from gonogo._check.numbers import plain_number, plain_numbers
from gonogo.errors import InputError, InputWarning


def table(tmp_path, text, **options):
    path = tmp_path / "scores.csv"
    path.write_text(text, encoding="utf-8")
    return ScoreTable.read(path, **options)


def labels(tmp_path, heading, values, **options):
    rows = "".join(f"{k}.png,{k / 4},{value}\n" for k, value in enumerate(values))
    found = table(tmp_path, f"image,score,{heading}\n{rows}", **options).labels
    return None if found is None else found.astype(int).tolist()


NAMES = """
    label Label gt y_true y class ground_truth ground-truth gt_label GroundTruth target truth
    actual is_anomaly anomaly anomalous defect defective NG is_defect fail true_label
"""


@pytest.mark.parametrize("heading", NAMES.split())
def test_names_of_labels(tmp_path, heading):
    assert labels(tmp_path, heading, [0, 1, 0, 1]) == [0, 1, 0, 1]
    assert labels(tmp_path, f" {heading} ", ["0.0", "1.0", "0", "1"]) == [0, 1, 0, 1]


@pytest.mark.parametrize("heading", ["result", "Verdict", "status", "label", "gt", "quality"])
@pytest.mark.parametrize(
    ("normal", "anomalous"),
    [
        ("OK", "NG"),
        ("ok", "nok"),
        ("i.O.", "n.i.O."),
        ("pass", "FAIL"),
        ("good", "bad"),
        ("normal", "anomalous"),
        ("normal", "anomaly"),
        ("Normal", "abnormal"),
        ("good", "defect"),
    ],
)
def test_words(tmp_path, heading, normal, anomalous):
    assert labels(tmp_path, heading, [normal, anomalous, normal]) == [0, 1, 0]


@pytest.mark.parametrize(
    ("heading", "values", "expected"),
    [
        ("label", ["false", "true", "False", "TRUE"], [0, 1, 0, 1]),
        ("is_anomaly", ["no", "yes", "n", "Y"], [0, 1, 0, 1]),
        ("ok", [1, 0, 1, 0], [0, 1, 0, 1]),
        ("is_good", ["true", "false"], [0, 1]),
        ("passed", ["yes", "no"], [0, 1]),
        ("OK", ["OK", "NG"], [0, 1]),
        ("normal", [1, 1, 0], [0, 0, 1]),
        ("label", ["defect_free", "Anomaly-Free", "defective"], [0, 0, 1]),
    ],
)
def test_the_name_says_what_a_value_means(tmp_path, heading, values, expected):
    assert labels(tmp_path, heading, values) == expected


@pytest.mark.parametrize(
    ("heading", "values", "message"),
    [
        ("status", [1, 0, 1], "line 2: found the label '1' .* rename the column to ok or anom"),
        ("verdict", ["yes", "no"], "found the label 'yes' .* rename the column"),
        ("label", ["yes", "no"], "found the label 'yes' in the column 'label'"),
        ("label", [-1, 1, 1], "found the label '-1'"),
        ("label", [0, 1, ""], "line 4: found the label ''"),
        ("gt", ["scratch", "good", "dent"], "line 2: found the label 'scratch' in the column 'gt'"),
        ("state", ["u", "v", "u"], r"'state' has the values u, v; name it with columns=\{'label'"),
        ("flag", [0, 1], "'flag' has the values 0, 1"),
        ("flag", [1, 1, 1], "'flag' has the values 1"),
    ],
)
def test_what_is_not_certain_is_refused(tmp_path, heading, values, message):
    with pytest.raises(InputError, match=rf"scores\.csv, .*{message}"):
        labels(tmp_path, heading, values)
    assert labels(tmp_path, heading, values, columns={"label": "none"}) is None
    assert labels(tmp_path, heading, values, columns={"label": None}) is None


def test_what_holds_no_labels(tmp_path):
    assert labels(tmp_path, "pred_label", [0, 1, 1]) is None
    assert labels(tmp_path, "split", ["train", "test", "test"]) is None
    assert labels(tmp_path, "seconds", [0.1, 0.2, 0.3]) is None
    assert labels(tmp_path, "flag", [0, 1, 1], labels=False) is None


def test_a_column_that_is_named(tmp_path):
    assert labels(tmp_path, "flag", [0, 1, 1], columns={"label": "flag"}) == [0, 1, 1]
    text = "image,score,raw,label,flag\na,1,5,0,1\nb,2,6,1,0\n"
    found = table(tmp_path, text, columns={"score": "raw", "label": "flag", "image": "image"})
    assert found.scores.tolist() == [5.0, 6.0]
    assert found.labels.tolist() == [True, False]
    with pytest.raises(InputError, match=r"columns: found 'no' for the label; .* has the columns"):
        table(tmp_path, text, columns={"label": "no"})
    with pytest.raises(InputError, match="columns: found 'labels'; expected one of image, score"):
        table(tmp_path, text, columns={"labels": "flag"})


def test_two_columns_that_may_be_meant(tmp_path):
    with pytest.raises(InputError, match="two columns of scores, 'score' and 'pred_score'"):
        table(tmp_path, "image,score,pred_score\na,1,2\n")
    with pytest.raises(InputError, match="labels that disagree, 'label' and 'gt'"):
        table(tmp_path, "image,score,label,gt\na,1,0,1\n")
    assert table(tmp_path, "image,score,label,gt\na,1,0,OK\nb,2,1,NG\n").labels.tolist() == [0, 1]


def test_a_column_of_labels_that_cannot_be_read_is_not_passed_over(tmp_path):
    text = "image,score,gt,result\na,1,0,OK\nb,2,-1,NG\nc,3,1,OK\n"
    message = r"two columns of labels, 'result' and 'gt', of which 'gt' has values that are none"
    with pytest.raises(InputError, match=message):
        table(tmp_path, text)
    chosen = table(tmp_path, text, columns={"label": "result"})
    assert chosen.labels.tolist() == [False, True, False]
    types = "image,score,label,defect\na,1,0,\nb,2,1,scratch\n"
    assert table(tmp_path, types).labels.tolist() == [False, True]
    assert table(tmp_path, types).defects == (None, "scratch")


def test_the_predictions_of_other_systems(tmp_path):
    quadra = (
        "image_path,predicted_label,ground_truth_label,predicted_score\n"
        "a.png,1,0,0.5\nb.png,0,1,0.75\n"
    )
    found = table(tmp_path, quadra)
    assert found.scores.tolist() == [0.5, 0.75]
    assert found.labels.tolist() == [False, True]
    anomalib = "image_path,pred_score,pred_label,gt_label\na.png,0.5,True,False\nb.png,1,False,True"
    assert table(tmp_path, anomalib).labels.tolist() == [False, True]


@pytest.mark.parametrize(
    ("scores", "says"),
    [
        (["0,5", "0,5", "0.25"], "found '0,5' in line 2 and '0.25' in line 4 for the score"),
        (["0,5", "0.25", "0.25"], "found '0,5' in line 2 and '0.25' in line 3 for the score"),
        (["1,500", "1,500"], "line 2: found the score '1,500'"),
    ],
)
def test_of_cells_that_are_repeated_the_first_line_is_named(tmp_path, scores, says):
    rows = "".join(f"{k};{score}\n" for k, score in enumerate(scores))
    with pytest.raises(InputError, match=says):
        table(tmp_path, f"image;score\n{rows}")


def test_images_that_are_named_twice(tmp_path):
    with pytest.warns(InputWarning, match=r"lines 2 and 4 both name the image a; every line"):
        found = table(tmp_path, "image,score\na,1\nb,2\na,3\n")
    assert found.scores.tolist() == [1.0, 2.0, 3.0]
    two = "category,image,score\nx,a,1\ny,a,2\n"
    assert table(tmp_path, two).categories == ("x", "y")


def test_what_was_read_is_logged(tmp_path, caplog):
    caplog.set_level(logging.INFO, "gonogo")
    table(tmp_path, "file,score,OK\na,1,1\nb,2,0\n")
    assert caplog.messages[-1].endswith(
        "read images from 'file', scores from 'score', labels from 'OK' (1 of 2 anomalous, 1 = "
        "normal)"
    )
    table(tmp_path, "score\n1\n")
    assert caplog.messages[-1].endswith("no labels, so every image counts as normal")


@pytest.mark.parametrize(
    ("text", "scores"),
    [
        ("image;score\na;1,5\nb;2\nc;0,125\n", [1.5, 2.0, 0.125]),
        ("sep=;\nimage;score\na;1.5\nb;2.5\n", [1.5, 2.5]),
        ('\ufeff"sep=\t"\nimage\tscore\na\t-1,5e3\n', [-1500.0]),
        ("sep=,\nimage,score\na,1.5\n", [1.5]),
        ("image\tscore\r\na\t1,5\r\nb\t12,345\r\n", [1.5, 12.345]),
        ('image,score\n"a\u2028b, c",  3 \n', [3.0]),
    ],
)
def test_separators_and_decimal_commas(tmp_path, text, scores):
    assert table(tmp_path, text).scores.tolist() == scores


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("image;score\na;1,5\nb;2.5\n", "'1,5' in line 2 and '2.5' in line 3 for the score; write"),
        ("image;score\na;1,500\nb;2,250\n", "'1,500', which may have a decimal comma or mark th"),
        (
            "image;score\na;998\nb;1.002\n",
            "'1.002', which may have a decimal point or mark th",
        ),
        ("image;score\na;1.234,5\n", "line 2: found the score '1.234,5'"),
        ("image;score\na;1,234,567\n", "line 2: found the score '1,234,567'"),
        ("image,score,score\na,1,2\n", "line 1: found two columns 'score'; expected different"),
        ("sep=;\nimage;score;image\na;1;2\n", "line 2: found two columns 'image'"),
        ("image,score\na,1\n\nb,1,2\n", "line 4: found 3 values under 2 headings"),
    ],
)
def test_tables_that_are_not_certain(tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        table(tmp_path, text)


@pytest.mark.parametrize(
    "text",
    ["1_000", "nan", "inf", "0x10", " 0x10", "١٢", "1e999", "", "1 0", "--1", ".", "1e", "²"],
)
def test_numbers_are_plain(tmp_path, text):
    assert plain_number(text) is None
    with pytest.raises(InputError, match="line 2: found the score"):
        table(tmp_path, f"image,score\na,{text}\n")
    with pytest.raises(InputError, match="policy"):
        gonogo.fit_threshold([1.0, 2.0], policy=f"manual={text}")


@pytest.mark.parametrize("text", ["1", "-0.5", "+1e-3", ".5", "5.", " 7 ", "1E6"])
def test_plain_numbers(text):
    assert plain_number(text) == float(text)


@pytest.mark.parametrize(
    "name", ["=1+1.png", "+x", "-5.tiff", "@a", "\tb", "'=a", "''=a", "'a", "plain", ""]
)
def test_cells_that_a_spreadsheet_would_run(name):
    cell = escaped_cell(name)
    assert cell[:1] not in ("=", "+", "-", "@", "\t")
    assert plain_cell(cell) == name


@pytest.mark.parametrize("name", ["-1", "+2.5e3", "-.5", "'-1", "''-1", "-1x", "-inf"])
def test_numbers_are_no_formulas(name):
    cell = escaped_cell(name)
    assert (cell == name) == (plain_number(name) is not None)
    assert plain_cell(cell) == name


def test_a_column_without_a_name_is_passed_over(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(",image,,score\n0,a,x,1\n")
    assert list(CsvTable.read(path).columns) == ["image", "score"]


@pytest.mark.parametrize(
    "cell",
    [
        "1",
        "+1.",
        "-.5e3",
        "1e5",
        "1_0",
        "1e999",
        "nan",
        "inf",
        "",
        "-",
        "1e",
        "e5",
        ".",
        "\u0661",
        " 1",
    ],
)
def test_a_column_of_numbers_is_as_strict_as_its_cells(cell: str) -> None:
    whole = plain_numbers(["0.25", cell])
    number = plain_number(cell)
    if whole is None:
        assert number is None or cell != cell.strip()
    else:
        assert whole == [0.25, number]


@pytest.mark.parametrize("heading", ["defect_type", "defect", "Defect name", "anomaly_type"])
@pytest.mark.parametrize("normal", ["good", "OK", "none", "normal"])
def test_types_of_defects_are_labels(tmp_path, heading, normal):
    text = f"image,score,{heading}\na,1,{normal}\nb,2,scratch\nc,3,dent\n"
    found = table(tmp_path, text)
    assert found.labels.tolist() == [False, True, True]
    assert found.defects == (normal, "scratch", "dent")
    assert table(tmp_path, text, columns={"label": "none"}).labels is None


@pytest.mark.parametrize(
    ("heading", "values"),
    [
        ("Ergebnis", ["gut", "kratzer", "delle"]),
        ("split", ["good", "bad", "bad"]),
        ("group", ["normal", "defect", "normal"]),
        ("type", ["good", "scratch", "dent"]),
        ("set", ["good", "scratch", "dent"]),
        ("object", ["good", "defect", "defect"]),
        ("kind", ["good", "crack", "hole"]),
    ],
)
def test_words_of_labels_under_any_name(tmp_path, heading, values):
    with pytest.raises(InputError, match=rf"'{heading}' has the values .*columns=.'label': "):
        labels(tmp_path, heading, values)
    normal = {"good", "gut", "normal"}
    expected = [int(value not in normal) for value in values]
    assert labels(tmp_path, heading, values, columns={"label": heading}) == expected
    assert labels(tmp_path, heading, values, columns={"label": "none"}) is None


def test_a_mask_or_types_without_a_word_for_normal(tmp_path):
    for heading, values in (("mask", [0, 1, 1]), ("defect_type", ["", "scratch", "dent"])):
        with pytest.raises(InputError, match=f"'{heading}' has the values"):
            labels(tmp_path, heading, values)
    for heading in ("prediction", "pred_label", "decision"):
        assert labels(tmp_path, heading, ["OK", "NG", "NG"]) is None


@pytest.mark.parametrize("sign", ["/", "\\"])
def test_folders_that_say_which_images_are_normal(tmp_path, sign):
    names = [sign.join(parts) for parts in (("test", "good", "a.png"), ("test", "crack", "b.png"))]
    rows = "".join(f"{name},{k}\n" for k, name in enumerate(names))
    with pytest.raises(InputError, match=r"whose folders say which are normal; .*'label': 'none'"):
        table(tmp_path, f"image,score\n{rows}")
    assert table(tmp_path, f"image,score\n{rows}", columns={"label": "none"}).labels is None
    assert table(tmp_path, f"image,score\n{names[0]},1\n").labels is None
