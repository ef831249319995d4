"""How answers are worded: numbers and lists, one language with its terms, which a renderer brings, and broken lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from govsim.results.declare import Column, Indicator
from govsim.results.values import Missing, Value
from govsim.scenario.loading import LoadedGovernance
from govsim.scenario.studies import Factor, LoadedStudy

_MISSING_ZH = {Missing.NO_BASE: "无", Missing.NOT_REACHED: "未达到"}


def number(value: Value | None, decimals: int, sign: bool = False) -> str:
    """Return a number for people, or why there is none."""
    if value is None:
        return "-"
    if isinstance(value, Missing):
        return value.value
    rounded = round(value, decimals) + 0.0
    return f"{rounded:+,.{decimals}f}" if sign else f"{rounded:,.{decimals}f}"


def or_missing(value: float | None) -> float | Missing:
    """Return a number, or that there is none."""
    return Missing.NO_BASE if value is None else value


def letters(arms: Sequence[object]) -> list[str]:
    """Return the letters that stand for the arms in narrow columns."""
    return [chr(ord("A") + index) if index < 26 else f"A{index}" for index in range(len(arms))]


def listed(words: Sequence[str]) -> str:
    """Return ``a, b and c``."""
    return "".join(words) if len(words) < 2 else f"{', '.join(words[:-1])} and {words[-1]}"


def counted(count: int, what: str) -> str:
    """Return ``1 pair`` or ``3 pairs``."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


@dataclass(frozen=True)
class Wording:
    """One language with its terms: a renderer brings it, and a kind of study says with it what it found.

    Attributes
    ----------
    name, measured : callable
        What an indicator is called, without and with its unit.
    word : callable
        A word of tables, such as how well a value is known.
    parameter : callable
        What a parameter is called where it stands alone, without its key.
    span : callable
        So many weeks, in years where they are whole ones.
    """

    language: Literal["en", "zh"]
    name: Callable[[Column], str]
    measured: Callable[[Column], str]
    unit: Callable[[str], str]
    word: Callable[[str], str]
    parameter: Callable[[Factor], str]
    span: Callable[[int], str]

    def __call__(self, en: str, zh: str) -> str:
        """Return what is said in this language."""
        return zh if self.language == "zh" else en

    def printed(self, item: Indicator) -> str:
        """Return an indicator with its unit as a row of a printed table."""
        return self(item.words, self.measured(item))

    def label(self, factor: Factor) -> str:
        """Return a parameter with its unit."""
        name, unit = self.parameter(factor), self.unit(factor.unit)
        return name + (self(f" ({unit})", f"（{unit}）") if unit else "")

    def models(self, labels: Sequence[str], models: Sequence[LoadedGovernance]) -> list[str]:
        """Return the labels of models, which are English, in this language."""
        names = [model.model.name for model in models]
        return [
            self(label, label.replace(name.en, name.zh, 1) if name.zh else label)
            for label, name in zip(labels, names, strict=True)
        ]

    def study(self, study: LoadedStudy) -> str:
        """Return what a study is called."""
        return self(study.label, study.study.name.zh or study.label)

    def place(self, study: LoadedStudy) -> str:
        """Return what the district of a study is called."""
        return self(study.base.label, study.base.scenario.name.zh or study.base.label)

    def means(self, study: LoadedStudy) -> str:
        """Return whether models had equal resources."""
        mode = study.study.capacity_mode
        return self(f"capacity {mode}", "资源相同" if mode == "neutral" else "含外部资源")

    def number(self, value: Value | None, decimals: int, sign: bool = False) -> str:
        """Return a number for people, or why there is none."""
        words = number(value, decimals, sign)
        return self(words, _MISSING_ZH.get(value, words) if isinstance(value, Missing) else words)

    def listed(self, words: Sequence[str]) -> str:
        """Return ``a, b and c``."""
        return self(listed(words), "、".join(words))

    @property
    def terms(self) -> str:
        """What holds of every result."""
        return self("In this model, under these assumptions.", "仅在本模型、这些假设之下成立。")


PLAIN = Wording(
    "en",
    lambda item: item.label_en,
    lambda item: item.label_en,
    str,
    str,
    lambda factor: factor.label_en,
    "{} weeks".format,
)
"""English as it is declared, for what is told while runs go on."""


WIDE = "\u2e80"
"""Characters from here on are as wide as two Latin letters."""


_PIECES = re.compile(rf"\s*[“（]*(?:[^\s“（{WIDE}-\U0010ffff]+|[{WIDE}-\U0010ffff]|(?<=[“（])$)")
"""Words and Chinese characters, each with what opens before it: no line ends with that."""


def wide(text: str) -> int:
    """Return how many Latin letters a text is as wide as."""
    return sum(2 if letter >= WIDE else 1 for letter in text)


def wrapped(text: str, most: int) -> str:
    """Return text broken into lines of so many Latin letters, between words or Chinese characters."""
    lines = []
    for paragraph in text.split("\n"):
        line, width = "", 0
        for word in re.findall(_PIECES, paragraph):
            if line and width + wide(word) > most and word[0] not in "，。、；：）”%":
                lines.append(line)
                line, width, word = "", 0, word.lstrip()
            line, width = line + word, width + wide(word)
        lines.append(line)
    return "\n".join(lines)
