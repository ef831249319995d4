"""The page put together: words, numbers and drawings into one file that asks nothing of anyone."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from govsim.report.asking import Languages
from govsim.report.docs.words import LANGUAGES, Language
from govsim.report.fonts import embedded
from govsim.report.html import charts, tables
from govsim.report.html.plot import DASHES, MARKERS
from govsim.report.html.reading import Material
from govsim.report.html.words import say, unit
from govsim.report.style import COLOURS

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class _Body:
    """The report in one language, as the template takes it."""

    language: Language
    material: Material
    studies: Sequence[Path]

    def say(self, name: str, **values: str) -> str:
        return say(name, self.language, **values)

    def told(self, said: Any) -> str:
        """Return a sentence of the comparison in this language."""
        return str(said[self.language])

    def setting(self, value: Any) -> str:
        """Return a value of a scenario as it is written there."""
        if value is None:
            return say("left out", self.language)
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    def unit(self, text: str) -> str:
        return unit(text, self.language)


def build(material: Material, languages: Languages = "both", studies: Sequence[Path] = ()) -> str:
    """Return the page.

    Parameters
    ----------
    languages
        One language, or both with a switch between them.
    studies
        Folders of studies whose tables and pictures are shown at the end.
    """
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    chosen: tuple[Language, ...] = LANGUAGES if languages == "both" else (languages,)
    body = environment.get_template("body.html")
    drawn = {"charts": charts, "tables": tables, "dashes": DASHES, "markers": MARKERS}
    bodies = [(item, Markup(body.render(body=_Body(item, material, studies), **drawn))) for item in chosen]
    title = material.facts["question"][chosen[0]]
    most = max(len(material.arms(mode)) for mode in material.modes)
    style = environment.get_template("report.css").render(
        arms=[(place, COLOURS[place % len(COLOURS)]) for place in range(most)],
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
