"""The report: words, numbers and drawings in one file that asks nothing of anyone, and the command that writes it."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from govsim.report.brief.answer import Brief, brief
from govsim.report.comparing import panels
from govsim.report.docs.words import LANGUAGES, Language, Languages
from govsim.report.exits import BAD_INPUT, DONE
from govsim.report.glossary import Said, duration
from govsim.report.html import tables
from govsim.report.html.plot import MOST_BANDS, MOST_LOOKS, draw_panel, look, one_scale
from govsim.report.html.reading import DETAILS, FACTS, Material, read_material
from govsim.report.html.words import printed_unit, say
from govsim.report.style import COLOURS, embedded
from govsim.results.errors import EnvironmentProblem, RefusedError
from govsim.results.foreign import as_written, read_json
from govsim.results.store import read_manifest
from govsim.runner.find_runs import RUNS, runs_of

_TEMPLATES = Path(__file__).parent / "templates"
_UNBROKEN = 40
"""Letters of a name that is never broken, at most."""

_LONG_WORD = re.compile(r"[A-Za-z]{10,}")
_SYLLABLE = re.compile(r"(?<=[aeiou])(?=[b-df-hj-np-tv-z]+[aeiou])(?!ng?[b-df-hj-mp-tv-z])")


@dataclass(frozen=True)
class _Body:
    """The report in one language, as the template takes it."""

    language: Language
    material: Material
    studies: Sequence[Path]

    draw = staticmethod(draw_panel)

    def say(self, name: str, **values: str) -> str:
        return say(name, self.language, **values)

    def told(self, said: Any) -> str:
        """Return a sentence in this language."""
        return str(said[self.language] if isinstance(said, dict) else getattr(said, self.language))

    def breakable(self, said: Any) -> str:
        """Return a name in this language whose long words may be broken between syllables, for narrow cells."""
        return _LONG_WORD.sub(lambda word: _SYLLABLE.sub("\u00ad", word[0]), self.told(said))

    @cached_property
    def brief(self) -> Brief:
        """Page one: what was found."""
        return brief(self.material)

    @property
    def title(self) -> str:
        """Label of the scenario; comparisons of older versions have the English one only."""
        facts = self.material.facts
        return str(facts["title"] if self.language == "en" else facts.get("title_zh", facts["title"]))

    @property
    def span(self) -> Said:
        """How long was simulated."""
        return duration(self.material.facts["weeks"])

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
        return printed_unit(text, self.language)

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


def build_page(
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
    drawn = {
        "panels": panels, "one_scale": one_scale, "tables": tables, "look": look, "most_bands": MOST_BANDS,
        "most_looks": MOST_LOOKS,
    }  # fmt: skip
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


LARGEST = 5_000_000
"""Bytes of a page, at most; it has to fit into a mail."""
NAME = "report.html"
BRIEF = "brief.html"
_LISTED = 12
"""Comparisons named in a message."""


def report_command(comparison: Path, out: Path | None, languages: Languages, studies: Sequence[Path]) -> int:
    """Write a comparison as one HTML file and return the exit code.

    Parameters
    ----------
    comparison
        Folder of a comparison, or one that holds a single one.
    out
        The file; without it, ``report.html`` in the folder of the comparison.
    """
    for folder in studies:
        if not folder.is_dir() or not any(folder.glob("*.csv")):
            print(f"govsim: --with {folder}: no folder of a study (it has no table)", file=sys.stderr)
            return BAD_INPUT
    return _write(comparison, out, languages, studies)


def brief_command(comparison: Path, out: Path | None, languages: Languages) -> int:
    """Write the first page of a report alone, as ``brief.html`` where no file is named; return the exit code."""
    return _write(comparison, out, languages, alone=True)


def _write(
    comparison: Path,
    out: Path | None,
    languages: Languages,
    studies: Sequence[Path] = (),
    alone: bool = False,
) -> int:
    """Find the comparison that is meant and write its page."""
    found = _comparisons(comparison)
    if len(found) > 1:
        print(
            f"govsim: {comparison} holds {len(found)} comparisons; name the one that you mean:",
            file=sys.stderr,
        )
        for folder in found[:_LISTED]:
            print(f"  {folder}   {_made_by(folder)}", file=sys.stderr)
        if len(found) > _LISTED:
            print(f"  and {len(found) - _LISTED} more", file=sys.stderr)
        return BAD_INPUT
    if not found:
        print(
            f"govsim: no comparison in {comparison}. Name the folder that `govsim compare` printed as Results, "
            "such as  results/tiny/comparison-0123456789abcdef",
            file=sys.stderr,
        )
        return BAD_INPUT
    _look_at_runs(found[0])
    from jinja2 import TemplateError

    with as_written(found[0], TemplateError):
        written = write_report(found[0], out, languages, studies, alone)
    print(f"{'Brief ' if alone else 'Report'}     {written}")
    return DONE


def _look_at_runs(comparison: Path) -> None:
    """Refuse a comparison of which a run that lies beside it was changed since; it may have been handed on without them."""
    if (comparison / RUNS).is_file():
        for run in runs_of(comparison):
            if run.is_dir():
                read_manifest(run)


def write_report(
    folder: Path,
    out: Path | None = None,
    languages: Languages = "both",
    studies: Sequence[Path] = (),
    alone: bool = False,
) -> Path:
    """Write the report, or its first page alone, and return where it is; of many arms and seeds it shows less, and says what.

    Raises
    ------
    RefusedError
        If the comparison is damaged or no comparison, or the page would have more than 5 MB.
    EnvironmentProblem
        If the file cannot be written.
    """
    material = read_material(folder)
    for detail in DETAILS:
        page = build_page(replace(material, detail=detail), languages, studies, alone).encode(
            "utf-8", "backslashreplace"
        )
        if len(page) <= LARGEST:
            break
    else:
        raise RefusedError(
            f"the report would have {len(page) / 1e6:.1f} MB, more than the {LARGEST / 1e6:.0f} MB that fit into a mail: "
            "take one language, fewer arms or fewer studies"
        )
    target = out or folder / (BRIEF if alone else NAME)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(page)
            os.chmod(part, 0o644)
            os.replace(part, target)
        except BaseException:
            Path(part).unlink(missing_ok=True)
            raise
    except OSError as problem:
        raise EnvironmentProblem(f"cannot write the report to {target}: {problem.strerror}") from problem
    return target


def _comparisons(given: Path) -> list[Path]:
    """Return the folder of a comparison if it is given, else all that lie below it, in the order of their names."""
    if (given / FACTS).is_file() or (given / "compare.csv").is_file():
        return [given]
    return sorted(path.parent for depth in ("*/", "*/*/") for path in given.glob(f"{depth}{FACTS}"))


def _made_by(folder: Path) -> str:
    """Return the command that a comparison was made by."""
    try:
        return str(read_json(folder / FACTS, {"command": str})["command"])
    except RefusedError:
        return "(cannot be read)"
