"""The page put together: words, numbers and drawings into one file that asks nothing of anyone."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from govsim.report.asking import Languages
from govsim.report.brief.answer import Brief, brief
from govsim.report.docs.words import LANGUAGES, Language
from govsim.report.fonts import embedded
from govsim.report.html import charts, tables
from govsim.report.html.plot import MOST_BANDS, look
from govsim.report.html.reading import Material
from govsim.report.html.words import say, unit
from govsim.report.style import COLOURS

_TEMPLATES = Path(__file__).parent / "templates"
_UNBROKEN = 40
"""Letters of a name that is never broken, at most."""


@dataclass(frozen=True)
class _Body:
    """The report in one language, as the template takes it."""

    language: Language
    material: Material
    studies: Sequence[Path]

    def say(self, name: str, **values: str) -> str:
        return say(name, self.language, **values)

    def told(self, said: Any) -> str:
        """Return a sentence in this language."""
        return str(said[self.language] if isinstance(said, dict) else getattr(said, self.language))

    @cached_property
    def brief(self) -> Brief:
        """Page one: what was found."""
        return brief(self.material)

    @property
    def title(self) -> str:
        """Label of the scenario; comparisons of older versions have the English one only."""
        facts = self.material.facts
        return str(facts["title"] if self.language == "en" else facts.get("title_zh", facts["title"]))

    def setting(self, value: Any) -> str:
        """Return a value of a scenario as it is written there."""
        if value is None:
            return say("left out", self.language)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return f"{value:,}".replace("-", "\u2212")
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    def bracketed(self, text: str) -> str:
        return f"({text})" if self.language == "en" else f"（{text}）"

    @property
    def command(self) -> Markup:
        """The command, broken over lines between its words only."""
        words = str(self.material.facts["command"]).split(" ")
        return Markup(" ").join(Markup('<span class="word">{}</span>').format(word) for word in words)

    def unit(self, text: str) -> str:
        return unit(text, self.language)

    def whole(self, text: str) -> Markup:
        """Return text in which names of arms and options of commands are not broken over lines."""
        labels = {
            arm.labels[self.language] for mode in self.material.modes for arm in self.material.arms(mode)
        }
        names = sorted((re.escape(name) for name in labels if len(name) <= _UNBROKEN), key=len, reverse=True)
        parts = re.split("(" + "|".join([*(f"“?{name}”?" for name in names), r"--[a-z-]+"]) + ")", text)
        return Markup("").join(
            Markup('<span class="whole">{}</span>').format(part) if n % 2 else part
            for n, part in enumerate(parts)
        )


def build(
    material: Material, languages: Languages = "both", studies: Sequence[Path] = (), alone: bool = False
) -> str:
    """Return the page.

    Parameters
    ----------
    languages
        One language, or both with a switch between them.
    studies
        Folders of studies whose tables and pictures are shown at the end.
    alone
        The brief without the report behind it.
    """
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    chosen: tuple[Language, ...] = LANGUAGES if languages == "both" else (languages,)
    body = environment.get_template("alone.html" if alone else "body.html")
    drawn = {"charts": charts, "tables": tables, "look": look, "most_bands": MOST_BANDS}
    bodies = [(item, Markup(body.render(body=_Body(item, material, studies), **drawn))) for item in chosen]
    title = getattr(brief(material).headline, chosen[0])
    most = max(len(material.arms(mode)) for mode in material.modes)
    style = environment.get_template("report.css").render(
        arms=[(place, COLOURS[look(place).colour]) for place in range(most)],
        parts=COLOURS,
        font=embedded("".join(text for _, text in bodies) + title),
    )
    script = (_TEMPLATES / "report.js").read_text(encoding="utf-8")
    return environment.get_template("report.html").render(
        bodies=bodies,
        style=Markup(style),
        script=Markup(script),
        style_hash=_hash(style),
        script_hash=_hash(script),
        title=title,
    )


def _hash(text: str) -> str:
    """Return what the page's content policy knows a script or style sheet by."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
