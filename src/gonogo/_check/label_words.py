"""Usual names of the columns of a table of scores, and the words that labels are written with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from gonogo._check.numbers import plain_number

__all__ = [
    "COLUMNS",
    "LABEL_COLUMNS",
    "NORMAL_NAMES",
    "OTHER_COLUMNS",
    "PREDICTION_COLUMNS",
    "bare",
    "expected_label",
    "has_label_words",
    "in_normal_folder",
    "is_reversed",
    "may_be_labels",
    "read_kinds",
    "read_labels",
]


def bare(text: str) -> str:
    """A text without case, spaces and signs, so that "GT label" and "gt_label" are one."""
    return re.sub(r"[\W_]+", "", text).lower()


def _words(*texts: str) -> tuple[str, ...]:
    return tuple(word for text in texts for word in text.split())


COLUMNS: Mapping[str, Sequence[str]] = {
    "image": _words(
        "path imagepath file filepath filename image imagefile imagename img name",
        "sample sampleid imageid id",
    ),
    "score": _words(
        "score scores imagescore imagescores anomalyscore anomalyscores imageanomalyscore",
        "predscore predscores predictedscore predictionscore yscore yscores outlierscore",
    ),
    "category": _words("category"),
    "defect": _words("defect defecttype defectname anomalytype"),
}
"""Names of the columns but for labels, those that come first before the others."""

# 1 and yes are anomalous.
_ANOMALOUS = _words(
    "anomaly anomalous isanomaly isanomalous hasanomaly abnormal isabnormal defect defects",
    "defective isdefect isdefective hasdefect ng isng nok isnok bad isbad faulty isfaulty",
    "fail failed reject rejected",
)
# 1 and yes are normal.
_NORMAL = _words("ok isok good isgood normal isnormal pass passed accept accepted")
# 1 is anomalous; yes may be either.
_LABEL = _words(
    "label labels gt gtlabel gtlabels y ytrue target targets class groundtruth",
    "groundtruthlabel truth actual true truelabel imagelabel labelindex anomalylabel",
)
# Words alone say anything: of a "status" 1 may be either.
_WORDS_ONLY = _words("result verdict status outcome quality judgement judgment")

LABEL_COLUMNS = frozenset({*_ANOMALOUS, *_NORMAL, *_LABEL, *_WORDS_ONLY})
"""Names of columns of labels."""

PREDICTION_COLUMNS = frozenset(
    _words(
        "predlabel predictedlabel prediction predictions pred preds ypred predicted predclass",
        "predictedclass decision decided flagged normalized threshold",
    )
)
"""Names of what a detector said, which may be written like labels and is none."""

OTHER_COLUMNS = frozenset(
    {
        *PREDICTION_COLUMNS,
        *_words(
            "object split set subset group camera view lot lighting domain station width height",
            "fold seed maskpath mapmin mapmax anomalouspixels regions largestregion",
        ),
        *(name for names in COLUMNS.values() for name in names),
    }
)
"""Names of what may have two values and is no label, unless these are words of labels."""

NORMAL_NAMES = frozenset(_words("good ok normal defectfree anomalyfree"))
"""What normal images are usually called, as :func:`bare` gives it: a folder, and their label."""

_NORMAL_WORDS = NORMAL_NAMES.union(_words("pass passed io gut"))
_NO_DEFECT = _NORMAL_WORDS.union(_words("none nodefect nodefects"))
_ANOMALOUS_WORDS = _words(
    "ng nok notok bad anomalous anomaly abnormal defect defective faulty fail failed reject",
    "rejected nio schlecht defekt",
)
_BITS = {"0": False, "1": True, "false": False, "true": True}
_ANSWERS = {"no": False, "n": False, "yes": True, "y": True}


def read_labels(heading: str, cells: Iterable[str]) -> list[bool | None]:
    """The label of each cell of a column, True = anomalous; None for one that does not say."""
    name = bare(heading)
    bits: Mapping[str, bool] = {} if name in _WORDS_ONLY else _BITS
    if name in (*_ANOMALOUS, *_NORMAL):
        bits = {**bits, **_ANSWERS}
    if name in _NORMAL:
        bits = {word: not anomalous for word, anomalous in bits.items()}
    cells = list(cells)
    spelled = {cell: _spelled(cell, bits) for cell in set(cells)}
    return [spelled[cell] for cell in cells]


def is_reversed(heading: str) -> bool:
    """Whether a 1 in a column of this name is normal."""
    return bare(heading) in _NORMAL


def may_be_labels(values: Sequence[str]) -> bool:
    """Whether these are words of labels, and one of an anomaly is among them."""
    spelled = [_spelled(value, {**_BITS, **_ANSWERS}) for value in values]
    return True in spelled and None not in spelled


def has_label_words(values: Sequence[str]) -> bool:
    """Whether a word of an anomaly is among them, or one of a normal image beside other words."""
    words = {bare(value) for value in values}
    return not words.isdisjoint(_ANOMALOUS_WORDS) or (
        len(words) > 1 and not words.isdisjoint(_NORMAL_WORDS)
    )


def in_normal_folder(path: str) -> bool:
    """Whether a folder of a path is called by a word for normal images."""
    return any(bare(part) in NORMAL_NAMES for part in re.split(r"[/\\]", path)[:-1])


def read_kinds(cells: Sequence[str]) -> list[bool | None]:
    """Labels of kinds of defects, one of which is a word for normal: every other is anomalous.

    All None where no word says normal; None for a cell that is empty or a number.
    """
    words = [bare(cell) for cell in cells]
    if not any(word in _NO_DEFECT for word in words):
        return [None] * len(words)
    return [
        None if not word or plain_number(cell) is not None else word not in _NO_DEFECT
        for cell, word in zip(cells, words, strict=True)
    ]


def expected_label(cell: str) -> str:
    """What to write in the place of a cell that does not say."""
    if _spelled(cell, {**_BITS, **_ANSWERS}) is None:
        return (
            "0 or normal, 1 or anomalous, or pairs such as OK and NG, pass and fail (a column that "
            "is named may have kinds of defects beside a word such as good)"
        )
    return (
        "words such as OK and NG, because this name does not say what 1 or yes means; rename the "
        "column to ok or anomalous"
    )


def _spelled(cell: str, bits: Mapping[str, bool]) -> bool | None:
    number = plain_number(cell)
    if number is not None:
        return bits.get(f"{number:g}")
    word = bare(cell)
    if word in _NORMAL_WORDS or word in _ANOMALOUS_WORDS:
        return word in _ANOMALOUS_WORDS
    return bits.get(word)
