"""Reading YAML: what is there is found with its line, what is wrong is one error with its line."""

from __future__ import annotations

import sys

import pytest

from gonogo.config.section import nearest
from gonogo.config.yaml_file import read_yaml
from gonogo.errors import InputError, MissingExtra


def written(tmp_path, text):
    path = tmp_path / "settings.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_values_by_key(tmp_path):
    section = read_yaml(
        written(
            tmp_path,
            "\ufefftext: some\nnumber: 0.5\nsmall: 1e-3\nwhole: 0\nflag: no\nnothing: null\n"
            "list: [a, b]\ninner:\n  one: 1\n",
        )
    )
    assert section.text("text") == "some"
    assert section.number("number") == 0.5
    assert section.number("small") == 0.001
    assert section.numbers("whole") == (0.0,)
    assert section.whole("whole") == 0
    assert section.flag("flag") is False
    assert section.text("nothing") is None
    assert section.number("absent") is None
    assert section.numbers("absent") == section.texts("nothing") == ()
    assert section.texts("list") == ("a", "b")
    assert section.texts("text") == ("some",)
    assert section.choice("text", ("some", "other")) == "some"
    assert section.section("inner").number("one") == 1.0
    assert section.section("absent").keys == ()
    assert "nothing" not in section
    assert "whole" in section


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: 1\nb: [1, 2\n", r", line 3, column 1: cannot read this as YAML: expected ',' or '\]'"),
        ("a: 1\n  b: 2\n", ", line 2, column 4: cannot read this as YAML: mapping values are not"),
        ("a: 1\n\tb: 2\n", ", line 2, column 1: cannot read this as YAML: found character '"),
        ("a: 1\nb: *c\n", ", line 2, column 4: cannot read this as YAML: found undefined alias"),
        ("a: 1\n---\nb: 2\n", ", line 2, column 1: cannot read this as YAML: but found another"),
        ("a: 1\nb: !!python/object:os.system x\n", ", line 2, column 4: .*could not determine"),
        ("a: 1\nb: 2024-13-45\n", ", line 2: b: found '2024-13-45'"),
        ("a: 1\nb: 2\na: 3\n", ", line 3: a: found twice, first in line 1; keep one"),
        ("a:\n  b: 2\n  b: 3\n", ", line 3: a.b: found twice, first in line 2"),
        ("a: 1\n? [x]\n: 2\n", ", line 2: keys: found a key that is no word"),
        ("a: &x\n  b: *x\n", ", line 1: a.b: found an alias of what it stands in"),
        ("a: 1\nb: \x01\n", ", line 2: found a character that YAML does not allow"),
        (b"a: \xff\n", ": found bytes that are no UTF-8 text"),
        ("", ": found nothing; expected keys"),
        ("# only a comment\n", ": found nothing"),
        ("- a\n- b\n", ", line 1: found no keys; expected for example"),
        ("word\n", ", line 1: found no keys"),
    ],
)
def test_what_is_no_such_file_is_one_error_with_its_line(tmp_path, text, says):
    path = written(tmp_path, text)
    with pytest.raises(InputError, match=says) as caught:
        read_yaml(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "read", "says"),
    [
        ("a: 1\nb: 3\n", lambda s: s.text("b"), ", line 2: b: found 3; expected a text"),
        ("b: ''\n", lambda s: s.text("b"), "found ''; expected a text"),
        ("b:\n- x\n- 3\n", lambda s: s.texts("b"), ", line 3: b: found 3; expected a text"),
        ("b: x\n", lambda s: s.number("b"), "b: found 'x'; expected a finite number"),
        ("b: .nan\n", lambda s: s.number("b"), "b: found nan; expected a finite number"),
        ("b: true\n", lambda s: s.number("b"), "b: found True; expected a finite number"),
        ("b: [1,\n x]\n", lambda s: s.numbers("b"), ", line 2: b: found 'x'; expected a finite"),
        ("b: 1.5\n", lambda s: s.whole("b"), "found 1.5; expected an integer of 0 or more"),
        ("b: -1\n", lambda s: s.whole("b"), "found -1; expected an integer"),
        ("b: 1\n", lambda s: s.flag("b"), "found 1; expected true or false"),
        ("b: x\n", lambda s: s.choice("b", ("y", "z")), "found 'x'; expected y or z"),
        ("b: [x]\n", lambda s: s.choice("b", ("x",)), "found a list; expected x"),
        ("b: x\n", lambda s: s.section("b"), "found 'x'; expected keys under it"),
        ("b: {c: 1}\n", lambda s: s.text("b"), "found keys under it; expected a text"),
        ("b: {c: 1}\n", lambda s: s.section("b").only("d"), "b.c: unknown key; known are d"),
    ],
)
def test_a_value_of_another_kind_is_refused_with_its_line(tmp_path, text, read, says):
    section = read_yaml(written(tmp_path, text))
    with pytest.raises(InputError, match=says):
        read(section)


def test_a_value_with_two_names_is_read_once(tmp_path):
    rows = "\n".join(f"k{n + 1}: &k{n + 1} [*k{n}, *k{n}]" for n in range(60))
    section = read_yaml(written(tmp_path, f"k0: &k0 [a]\n{rows}\n"))
    assert len(section.keys) == 61


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match=r"nowhere.yaml: cannot open the file \(No such file"):
        read_yaml(tmp_path / "nowhere.yaml")


def test_without_pyyaml(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(MissingExtra, match=r'needs PyYAML.*pip install "gonogo\[cli\]"'):
        read_yaml(written(tmp_path, "a: 1\n"))


def test_the_nearest_word():
    assert nearest("Fpr_limit", ["fpr_limits", "out"]) == "; did you mean fpr_limits?"
    assert nearest("zzz", ["fpr_limits", "out"]) == "; known are fpr_limits, out"
