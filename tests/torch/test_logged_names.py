"""Names under which things are logged: of characters that every logger keeps, and all different."""

import re

import pytest

from gonogo.errors import InputError
from gonogo.torch import AUROC, Evaluator
from gonogo.torch.logged_names import (
    figure_name,
    logged_name,
    names_by_defect,
    part_names,
    refuse_clashes,
)

IMAGE = ["pred_score", "gt_label"]
HARD = [
    "dent",
    "bent wire",
    "bent_wire",
    "bent(wire)",
    "Kratzer groß",
    "grün",
    "gru\u0308n",
    "划痕",
    "傷",
    "..",
    "a/b",
    "dataloader_idx_0",
    "x" * 255,
    "x" * 254,
    "🙂",
    "흠집",
]


def test_names_of_plain_letters_stay_as_they_are():
    assert logged_name("image_AUROC", "test") == "image_AUROC"
    assert names_by_defect("image_AUROC", ["dent", "bent_wire", "M4.5-x"]) == {
        "dent": "image_AUROC_by_defect/dent",
        "bent_wire": "image_AUROC_by_defect/bent_wire",
        "M4.5-x": "image_AUROC_by_defect/M4.5-x",
    }
    assert figure_name("image_AUROC") == "image_AUROC_figure"


@pytest.mark.parametrize(
    ("name", "logged"),
    [
        ("image_AUROC", "val_image_AUROC"),
        ("val_image_AUROC", "val_image_AUROC"),
        ("val/image_AUROC", "val/image_AUROC"),
        ("Validation AUROC", "Validation_AUROC"),
        ("value_AUROC", "val_value_AUROC"),
        ("image (raw)/AUROC", "val_image__raw_/AUROC"),
    ],
)
def test_validation_has_names_of_its_own(name, logged):
    assert logged_name(name, "validation") == logged


def test_other_characters():
    found = names_by_defect("m", ["bent wire", "Kratzer groß", "grün", "划痕", "(1)"])
    assert [name.partition("/")[2] for name in found.values()] == [
        "bent_wire-441a6d",
        "Kratzer_grou00df-a9aa62",
        "grun-fe2630",
        "u5212u75d5-c70030",
        "_1_-fd0ad9",
    ]


def test_all_names_differ_and_every_logger_takes_them():
    names = list(names_by_defect("image_AUROC", HARD).values())
    assert len({name.lower() for name in names}) == len(HARD)
    for name in names:
        folder, _, part = name.partition("/")
        assert folder == "image_AUROC_by_defect"
        assert re.fullmatch(r"[A-Za-z0-9_.-]+", part)  # what Lightning's MLflow logger leaves
        assert part.strip(".")  # MLflow refuses paths to this folder or the one above
        assert len(name) <= 250
        assert "/dataloader_idx_" not in name  # Lightning refuses it
    assert names_by_defect("image_AUROC", HARD)["bent_wire"] == "image_AUROC_by_defect/bent_wire"


def test_the_name_of_a_defect_does_not_depend_on_others():
    every = names_by_defect("m", HARD)
    assert every == names_by_defect("m", HARD[::-1])
    for defect in HARD:  # alone in an epoch
        assert names_by_defect("m", [defect]) == {defect: every[defect]}
    assert part_names("m", ["a b", "a_b"]) == {"a b": "m/a_b-c8687a", "a_b": "m/a_b"}


@pytest.mark.parametrize(
    ("prefixes", "message"),
    [
        (
            ["", ""],
            "found AUROC of test_metrics and AUROC of test_metrics, .* logged as 'AUROC'; tell",
        ),
        (["a b", "a_b"], "a bAUROC of test_metrics and a_bAUROC of .* logged as 'a_bAUROC'"),
        (["", "AUROC/"], r"logged as 'AUROC', and AUROC/AUROC .* MLflow cannot keep side by side"),
    ],
)
def test_names_that_loggers_would_mix_up_are_refused(prefixes, message):
    with pytest.raises(InputError, match=message):
        Evaluator(test_metrics=[AUROC(fields=IMAGE, prefix=prefix) for prefix in prefixes])


def test_a_metric_in_the_place_of_figures_or_defects_is_refused():
    class AUROC_figure(AUROC):  # noqa: N801
        pass

    class AUROC_by_defect(AUROC):  # noqa: N801
        pass

    for kind in (AUROC_figure, AUROC_by_defect):
        with pytest.raises(InputError, match=r"logged as 'AUROC_(figure|by_defect)"):
            Evaluator(test_metrics=[AUROC(fields=IMAGE), kind(fields=IMAGE)])
    Evaluator(test_metrics=[AUROC(fields=IMAGE), AUROC_by_defect(fields=IMAGE)], by_defect=False)


def test_validation_and_test_may_not_share_a_curve():
    same = {"fields": IMAGE, "prefix": "val_"}
    with pytest.raises(InputError, match="val_AUROC of val_metrics and val_AUROC of test_metrics"):
        Evaluator([AUROC(**same)], [AUROC(**same)])
    Evaluator([AUROC(**same)], [AUROC(fields=IMAGE)])


def test_names_side_by_side_in_one_folder():
    refuse_clashes([("a/b", "one"), ("a/c", "two"), ("ab", "three")], "here")
