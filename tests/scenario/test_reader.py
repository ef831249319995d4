from __future__ import annotations

import contextlib
import os
import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from govsim.scenario.messages import ScenarioError
from govsim.scenario.reader import MAX_BYTES, Document, read_bytes, read_text, read_value

BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def refusal(text: str | bytes) -> str:
    with pytest.raises(ScenarioError) as caught:
        read_bytes(text.encode() if isinstance(text, str) else text, "f.yaml")
    return caught.value.report()


def problems(text: str) -> str:
    return "\n".join(map(str, read_text(text, "f.yaml").problems))


def test_every_key_and_value_knows_its_place() -> None:
    document = read_text("a: 1\nb:\n  - c: x\n  - {d:   y}\n", "f.yaml")
    assert document.data == {"a": 1, "b": [{"c": "x"}, {"d": "y"}]}
    places = {path: (str(spot.key), str(spot.value)) for path, spot in document.spots.items()}
    assert places["a",] == ("f.yaml:1:1", "f.yaml:1:4")
    assert places["b", 0, "c"] == ("f.yaml:3:5", "f.yaml:3:8")
    assert places["b", 1, "d"] == ("f.yaml:4:6", "f.yaml:4:11")


def test_chinese_text_and_its_columns() -> None:
    document = read_text("名称: 铁道北\n区: {甲: 乙, 丙: 1}\n", "f.yaml")
    assert document.data == {"名称": "铁道北", "区": {"甲": "乙", "丙": 1}}
    assert str(document.spots["区", "丙"].key) == "f.yaml:2:11"


def test_words_as_keys_stay_words() -> None:
    assert read_text("no: 1\n12:30: 2\n010: 3\n1: 4\n", "f").data == {"no": 1, "12:30": 2, "010": 3, "1": 4}


@pytest.mark.parametrize("encode", ["utf-8-sig", "utf-16"])
def test_byte_order_marks_and_windows_line_ends(encode: str) -> None:
    assert read_bytes("a: 1\r\nb: 铁\r\n".encode(encode), "f").data == {"a": 1, "b": "铁"}


@pytest.mark.parametrize("encode", ["utf-8", "utf-8-sig", "utf-16", "gbk", "gb18030"])
def test_text_is_read_in_the_encodings_in_which_it_is_saved(encode: str) -> None:
    text = "a: 1\n名: 鹰手营子：“矿区”\n"
    assert read_bytes(text.encode(encode), "f.yaml").data == {"a": 1, "名": "鹰手营子：“矿区”"}


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        (b"a: 1\nb: \xff\xff\n", "f.yaml:2:4  byte 0xFF"),
        ("名: 鹰\nna\u00efve: 1\n".encode("utf-8")[:8] + "na\u00efve: 1\n".encode("latin-1"), "f.yaml:1:"),
        ("a: na\u00efve, \u00fcber\n".encode("latin-1"), "f.yaml:1:6  byte 0xEF"),
        ("a: caf\u00e9\n".encode("latin-1"), "f.yaml:1:7  byte 0xE9"),
    ],
)
def test_what_is_no_known_encoding_is_refused_with_line_and_byte(raw: bytes, place: str) -> None:
    """Latin text can be read as GBK by chance, as rare characters; it is not taken for it."""
    assert refusal(raw).startswith(place)
    assert "neither UTF-8 nor GBK" in refusal(raw)
    assert "UTF-16" in refusal(b"\xff\xfea")


def test_duplicate_keys_name_both_lines_at_every_depth() -> None:
    found = problems("a: 1\nb:\n  - c: 1\n    d: 2\n    c: 3\na: 2\n")
    assert "f.yaml:5:5  b[0].c  is given twice: first in line 3, again in line 5" in found
    assert "f.yaml:6:1  a  is given twice: first in line 1, again in line 6" in found


def test_merge_keys_are_refused_but_a_quoted_key_is_a_key() -> None:
    assert "f.yaml:3:3  b.<<  merge keys are refused" in problems("a: &x {k: 1}\nb:\n  <<: *x\n  k: 2\n")
    assert read_text('"<<": 1\n', "f").data == {"<<": 1}


def test_tags_are_refused_wherever_they_stand(tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    text = f"a: !!python/object/apply:os.system ['touch {marker}']\n"
    text += "b: !include x\nc: {d: !<!x> {}}\n!!t e: 1\nf: !!set {}\n"
    document = read_text(text, "f.yaml")
    assert "!!python/object/apply:os.system" in document.unusable["a",]
    assert "!include" in document.unusable["b",]
    assert "!x" in document.unusable["c", "d"]
    assert "f.yaml:4:1" in str(document.problems[0])
    assert "!!set" in document.unusable["f",]
    assert "!!python/tuple is refused" in refusal("!!python/tuple [1]")
    assert not marker.exists()


def test_core_tags_are_understood() -> None:
    document = read_text(
        "a: !!str 5\nb: !!int 5\nc: !!float 5\nd: ! 5\ne: !!seq [1]\nf: !!int x\ng: !!bool 1\n", "f"
    )
    assert [document.data[key] for key in "abcd"] == ["5", 5, 5, "5"]
    assert set(document.unusable) == {("f",), ("g",)}


def test_a_bomb_is_refused_before_it_is_built() -> None:
    tracemalloc.start()
    start = time.perf_counter()
    report = refusal(BOMB)
    assert time.perf_counter() - start < 1
    assert tracemalloc.get_traced_memory()[1] < 20e6
    tracemalloc.stop()
    assert len(BOMB) < 600
    assert "expand to more than 10,000" in report


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: &a [*a]", "stands inside the value it refers to"),
        ("a: *b", "not defined above"),
        ("a: &x 1\nb: &x 2", "defined twice"),
        ("a: " + "[" * 2000 + "]" * 2000, "nested more than 64 levels"),
        ("[" * 2000, "nested more than 64 levels"),
        ("a: [" + "1," * 100_001 + "1]", "more than 100,000 values"),
        ("", "the file is empty"),
        ("# only a remark\n", "the file is empty"),
        ("null", "the file is empty"),
        ("- 1\n- 2\n", "found a list"),
        ("hello", 'found the text "hello"'),
        ("weeks：52", "full-width colon"),
        ("a: 1\n---\nb: 2\n", "f.yaml:2:1  a second document begins here"),
        ("%YAML 1.1\n---\na: 1\n", "directives"),
        ("a:\n\tb: 1\n", "indent with spaces"),
        ("a: b: c\n", "must be put in quotes"),
        ("a: [1, 2\n", "not YAML"),
        ("a: \x07\n", "f.yaml:1:4  a character that YAML does not allow"),
    ],
)
def test_what_cannot_be_read_says_why(text: str, words: str) -> None:
    report = refusal(text)
    assert words in report
    assert report.endswith("1 problem. Nothing was run, nothing was written.")


def test_a_file_that_is_too_large_is_not_parsed() -> None:
    assert "at most 5,000,000 are read" in refusal(b"a: 1\n" + b"#" * MAX_BYTES)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("we\u200beks: 1\n", "U+200B ZERO WIDTH SPACE"),
        ("a: {\u202ex: 1}\n", "RIGHT-TO-LEFT OVERRIDE"),
        ('"": 1\n', "a key is empty"),
        ("[a]: 1\n", "a key must be a word"),
        ("? {a: 1}\n: 2\n", "a key must be a word"),
    ],
)
def test_keys_that_deceive(text: str, words: str) -> None:
    assert words in problems(text)


def test_unusable_numbers_keep_their_path() -> None:
    document = read_text("a: .nan\nb: [1, -.inf]\nc: {d: 1e400}\ne: 1000000000000000000000000000000\n", "f")
    assert set(document.unusable) == {("a",), ("b", 1), ("c", "d"), ("e",)}


def test_values_of_the_command_line_follow_the_same_rules() -> None:
    def value(text: str) -> object:
        return read_value(text, "--set #1").data[""]

    assert [value(text) for text in ("5", "1e-3", "no", " true ", "[1, 2]", '"5"', "{a: 1}", "")] == [
        5, 0.001, "no", True, [1, 2], "5", {"a": 1}, None,
    ]  # fmt: skip
    assert value("a: b") == "a: b"
    assert ("",) in read_value(".nan", "--set #1").unusable
    assert ("",) in read_value("!!python/name:os.system x", "--set #1").unusable


def check_any(text: str | bytes) -> None:
    try:
        document: Document = read_bytes(text, "f") if isinstance(text, bytes) else read_text(text, "f")
    except ScenarioError:
        return
    paths: list[tuple[tuple[str | int, ...], object]] = [((), document.data)]
    while paths:
        path, value = paths.pop()
        assert path in document.spots
        if isinstance(value, dict):
            paths += [((*path, key), item) for key, item in value.items()]
        elif isinstance(value, list):
            paths += [((*path, index), item) for index, item in enumerate(value)]
        else:
            assert value is None or isinstance(value, str | int | float | bool)
            assert not isinstance(value, float) or abs(value) < float("inf")


PIECES = [*"ab01: -[]{},&*!|>'\"\n#%?~.<\t：\u200b铁e", "no"]
YAML_LIKE = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)


@given(st.one_of(st.text(max_size=80), YAML_LIKE))
@example("\ud800: 1")
@example("a: &a\n- *a")
@settings(deadline=None)
def test_any_text_is_read_or_refused_with_reasons(text: str) -> None:
    check_any(text)


@given(st.binary(max_size=80))
@settings(deadline=None)
def test_any_bytes_are_read_or_refused_with_reasons(raw: bytes) -> None:
    check_any(raw)


@given(st.one_of(st.text(max_size=60), YAML_LIKE))
@settings(deadline=None)
def test_any_command_line_value_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(ScenarioError):
        assert "" in read_value(text, "--set #1").data


def test_reading_does_not_depend_on_the_c_parser() -> None:
    import sys
    from subprocess import run

    code = (
        "import yaml; del yaml.CLoader\n"
        "from govsim.scenario.reader import read_text\n"
        "d = read_text('a: 1e-3\\nb: [no, {c: 12:30}]\\n', 'f')\n"
        "assert d.data == {'a': 0.001, 'b': ['no', {'c': '12:30'}]}, d.data\n"
        "assert d.spots['b', 1, 'c'].value[1:] == (2, 13), d.spots\n"
    )
    run([sys.executable, "-c", code], check=True, env=dict(os.environ))
