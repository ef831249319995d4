from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govsim.scenario.reader import (
    UnusableNumber,
    hidden_characters,
    number_fix,
    resolve_scalar,
    switch_fix,
    visible,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 0.001), (".5", 0.5), ("5.", 5.0), ("-7", -7), ("+7", 7), ("0o17", 15), ("0x1F", 31),
        ("1E3", 1000.0),
        ("true", True), ("False", False), ("null", None), ("~", None), ("", None),
        ("no", "no"), ("yes", "yes"), ("on", "on"), ("off", "off"), ("010", "010"), ("12:30", "12:30"),
        ("5%", "5%"),
        ("0,5", "0,5"), ("１２３", "１２３"), ("1_000", "1_000"), ("NaN", "NaN"), ("inf", "inf"),
        ("2023-01-01", "2023-01-01"),
        ("9223372036854775807", 2**63 - 1),
    ],
)  # fmt: skip
def test_words_are_read_by_the_core_rules(text: str, value: object) -> None:
    found = resolve_scalar(text)
    assert found == value
    assert type(found) is type(value)


def test_negative_zero_is_zero() -> None:
    assert math.copysign(1, float(str(resolve_scalar("-0.0")))) == 1


@pytest.mark.parametrize(
    "text", [".nan", ".NaN", ".inf", "-.INF", "1e400", "-1e999", "1" + "0" * 30, "9" * 5000, "0x" + "f" * 20]
)
def test_numbers_that_nothing_can_take(text: str) -> None:
    with pytest.raises(UnusableNumber):
        resolve_scalar(text)


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("5%", "write 0.05 for 5%"), ("12.5 %", "write 0.125"), ("3‰", "write 0.003"), ("0,5", "write 0.5"),
        ("1,000", "write 1000"), ("1,234,567", "write 1234567"), ("010", "write 10 "),
        ("010", "0o10 if an octal"),
        ("0099", "write 99 "), ("12:30", "time of day"), ("１２３", "write 123"), ("１．５", "write 1.5"),
        ("−5", "write -5"),
        ("1_000", "write 1000"), ("59k", "write 59000"), ("1.2 million", "write 1200000"),
        ("5.9万", "write 59000"),
        ("5 weeks", "write 5 without the unit"), ("NaN", "finite"), ("1\u200b2", "write 12"),
    ],
)  # fmt: skip
def test_a_number_meant_otherwise_is_told_how_to_write_it(text: str, fix: str) -> None:
    assert fix in number_fix(text, bare=True)


def test_a_number_in_quotes_is_told_to_lose_them() -> None:
    assert number_fix("500", bare=False) == "it is in quotes: write 500 without them"


@pytest.mark.parametrize("text", ["many", "two years", "", "-", "%", "..", "1.2.3", "abc5"])
def test_nothing_is_guessed_where_nothing_can_be(text: str) -> None:
    assert number_fix(text, bare=True) == ""


@pytest.mark.parametrize(
    ("value", "fix"),
    [("no", "write false"), ("Yes", "write true"), ("off", "write false"), ("true", "write true"),
    (1, "write true"),
     (0, "write false"), ("perhaps", ""), (2, ""), (None, "")],
)  # fmt: skip
def test_switches(value: object, fix: str) -> None:
    assert switch_fix(value) == fix  # type: ignore[arg-type]


def test_what_cannot_be_seen_is_named() -> None:
    assert hidden_characters("we\u200beks") == ["U+200B ZERO WIDTH SPACE"]
    assert hidden_characters("a\u00a0b") == ["U+00A0 NO-BREAK SPACE"]
    assert hidden_characters("铁道北 5") == []
    assert visible("ｗｅｅｋｓ\u200b") == "weeks"


@given(st.text(max_size=40))
def test_guessing_never_fails(text: str) -> None:
    number_fix(text, bare=True)
    switch_fix(text)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_that_python_writes_is_read_back(value: float) -> None:
    assert resolve_scalar(repr(value)) == value
