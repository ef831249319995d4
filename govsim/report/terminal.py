"""The printed answer: the finding first, a few rows in words and colour, where it tips, on what terms, and what to do next.

It is read from the folder of the comparison, with the sentences of the brief and the cells of the report; nothing is computed.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from govsim.report.brief.answer import COLUMNS, Brief, arm_standings, brief, measures
from govsim.report.brief.grammar import PHRASES
from govsim.report.docs.words import Language
from govsim.report.glossary import Said
from govsim.report.html import tables
from govsim.report.html.reading import Material, Row, value
from govsim.report.html.words import say
from govsim.results.resolution import LARGE_BACKLOG
from govsim.results.values import spans
from govsim.statistics.paired import FEWEST_SEEDS
from govsim.studies.answer import WIDTH

if TYPE_CHECKING:
    from rich.table import Table

_COLOURS = {"better": "green", "worse": "red", "higher": "cyan", "lower": "cyan"}
"""Of verdicts, in the order of their rows; those without a finding stand last."""
_MARKS = {"better": "▲", "worse": "▼"}
_FIRST = 3
"""Of the columns of many options the first ones and the last are printed; the report shows all."""
_INTERVAL = 24
"""Letters of a difference with its interval, which stand in one line; longer words may be broken."""
_SHOWN = 3
"""Rows of one verdict that are shown; all others are counted."""
_SPREAD = re.compile(r" ± [\d.,]+")


@dataclass(frozen=True)
class Told:
    """What is printed beside the findings.

    Attributes
    ----------
    computed, reused : int
        Runs.
    seconds : float
        That they took.
    folder, report : str
        Where the comparison and its report lie; empty where there is no report.
    next_command, why_next
        The command that would tell more, and what it does.
    until : mapping or None
        How closely a difference is known that was to be known closely.
    """

    computed: int
    reused: int
    seconds: float
    folder: str
    report: str
    next_command: str
    why_next: Said
    until: Mapping[str, Any] | None = None


def print_answer(material: Material, told: Told, language: Language) -> None:
    """Print the answer: coloured on a terminal, as wide as it is; commands and places are never broken over lines."""
    from rich.console import Console

    console = Console(file=sys.stdout, markup=False, highlight=False, emoji=False)
    console.width = min(console.width, WIDTH)
    with console.capture() as printed:
        for part, style, whole in _Answer(material, told, language).parts():
            console.print(part, style=style, soft_wrap=whole)
    for line in printed.get().splitlines():
        print(line.rstrip())


@dataclass(frozen=True)
class _Answer:
    """One comparison as it is printed in one language."""

    material: Material
    told: Told
    language: Language

    def say(self, name: str, **values: object) -> str:
        return say(name, self.language, **{key: str(value) for key, value in values.items()})

    def of(self, said: Said | Mapping[str, str]) -> str:
        return said[self.language] if isinstance(said, Mapping) else str(getattr(said, self.language))

    def sentence(self, said: Said) -> str:
        return self.of(said) + self.say("stop").rstrip()

    @property
    def mode(self) -> str:
        return self.material.modes[0]

    @cached_property
    def brief(self) -> Brief:
        return brief(self.material)

    def parts(self) -> Iterator[tuple[Table | str, str | None, bool]]:
        """Yield what is printed, its style, and whether it is never broken over lines."""
        seen, facts = self.brief, self.material.facts
        yield self.sentence(seen.headline), "bold", False
        for banner in facts["banners"]:
            yield self.of(banner), "bold red", False
        for said in filter(None, (seen.condition, seen.also, seen.reconciled)):
            yield self.of(said), None, False
        for part in (*self._rows(), *self._where(), "", *self._terms(), ""):
            yield part, None, False
        if self.told.until:
            yield self.of(self.told.until), None, False
        places = (
            ("results", self.told.folder),
            ("report", self.told.report),
            ("next", self.told.next_command),
        )
        for name, text in places:
            if text:
                yield self.say(name) + text, None, True
        yield self.of(self.told.why_next), None, False

    def _rows(self) -> Iterator[Table | str]:
        """Yield what differs: of two options each indicator, of more of them each option, of a single one its numbers."""
        compared = self.material.comparisons(self.mode)
        if not compared:
            yield from ("", self._plain(tables.alone(self.material, self.mode, self.language)))
        elif len(compared) == 1:
            yield from ("", *self._pair(compared[0]["other"]))
        else:
            for mode in self.material.modes:
                yield from ("", self.say(mode), *self._many(mode))
        if len(beside := measures(self.material, self.mode)) and len(compared) > 1:
            table = self._table(
                *(self.say(name) for name in ("measure added", "resolution change", "costs", "backfires"))
            )
            for one in beside:
                self._row(
                    table,
                    one.change.verdict,
                    self.say(one.change.verdict),
                    self.of(one.name),
                    one.change.interval,
                    self.of(one.cost),
                    self.of(one.worse),
                )
            yield from ("", table)
        uneven = self.mode if not self.material.facts["budget"].get("equal", True) else None
        if uneven and (plain := tables.per_hour(self.material, uneven, self.language)).rows:
            yield from ("", self.say("per hour") + self.say("colon"), self._plain(plain))
        if self.material.has("controls"):
            yield from ("", self.say("controls written"))

    def _table(self, *heads: str, verdicts: bool = True) -> Table:
        """Return an empty table, whose first column may be that of the verdicts."""
        from rich.table import Table

        table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, show_header=any(heads))
        if verdicts:
            table.add_column("", no_wrap=True)
        for place, head in enumerate(heads):
            table.add_column(head, justify="right" if place else "left", overflow="fold")
        return table

    def _row(self, table: Table, kind: str, *cells: str) -> None:
        from rich.text import Text

        verdict, *rest = cells
        table.add_row(Text(verdict, style=_COLOURS.get(kind, "")), *rest)

    def _plain(self, plain: tables.Plain) -> Table:
        table = self._table(*plain.head, verdicts=False)
        for row in plain.rows:
            table.add_row(*row)
        return table

    def _beside_zero(self, row: Row) -> bool:
        """Return whether a main indicator is undecided although its interval leaves out 0."""
        low, high = value(row["low95"]), value(row["high95"])
        decided = row["verdict"] != "undecided" or row["headline"] != "yes"
        return not (decided or low is None or high is None) and low * high > 0

    def _pair(self, other: str) -> Iterator[Table | str]:
        """Yield the findings, better ones first, and some of what is undecided."""
        first, second = (arm.labels[self.language] for arm in self.material.arms(self.mode)[:2])
        table = self._table("", "", "")
        rows = tables.compared_rows(self.material, self.mode, other, self.language)
        kinds = [kind for kind in (*_COLOURS, "undecided") if any(row.kind == kind for row in rows)]
        hidden = {row.verdict: sum(row.verdict == other.verdict for other in rows) for row in rows}
        for kind in kinds or dict.fromkeys(row.kind for row in rows):
            for row in [row for row in rows if row.kind == kind][:_SHOWN]:
                hidden[row.verdict] -= 1
                name = f"{row.name}{self.say('comma')}{row.unit}" if row.unit else row.name
                before, after = (_SPREAD.sub("", cell) for cell in (row.baseline, row.other))
                gap = f"{row.difference} {row.interval}".strip()
                self._row(table, kind, row.verdict, name, f"{before} → {after}", gap)
        for column in table.columns[2:]:
            column.no_wrap = all(len(str(cell)) <= _INTERVAL for cell in column.cells)
        yield self.say("numbers of", first=first, second=second)
        yield table
        if told := [self.say("rows hidden", n=n, verdict=verdict) for verdict, n in hidden.items() if n]:
            yield self.say("more rows", rows=self.say("comma").join(told))
        if any(row.kind == "undecided" for row in rows):
            yield self.say("undecided note")
        if any(
            self._beside_zero(row)
            for row in self.material.rows("compare", capacity_mode=self.mode, other=other)
        ):
            yield self.say("looked at together")
        if any(row.kind == "not-tested" for row in rows):
            yield self.say("few replications", n=FEWEST_SEEDS)
        (compared,) = self.material.comparisons(self.mode)
        for note in (*(compared["sentences"] if compared["identical"] else ()), *compared["notes"]):
            if note not in self.material.facts["banners"]:
                yield self.of(note)

    def _many(self, mode: str) -> Iterator[Table | str]:
        """Yield options beside the baseline, most resolved first."""
        from rich.cells import cell_len

        many = arm_standings(self.material, mode)
        if not many:
            return
        chosen = [*range(_FIRST), len(many[0].columns) - 1 if len(many[0].columns) > len(COLUMNS) else _FIRST]
        heads = (self.of(PHRASES[many[0].columns[k]].name) for k in chosen)
        table = self._table(self.say("option"), *heads, self.say("beats"), verdicts=False)
        names = [*(self.of(one.name) for one in many), self.of(self.brief.baseline)]
        table.columns[0].width = max(cell_len(word) for name in names for word in name.split())
        for one in many:
            cells = (
                f"{_MARKS.get(c.verdict, '')}{c.number(c.after)}" if c else "–"
                for c in (one.cells[k] for k in chosen)
            )
            table.add_row(
                self.of(one.name),
                *cells,
                self.say("of measures", better=one.better, worse=one.worse, of=one.of),
            )
        before = (cell.number(cell.before) if cell else "–" for cell in (many[0].cells[k] for k in chosen))
        table.add_row(
            self.say("titled", arm=self.say("baseline"), title=self.of(self.brief.baseline)), *before
        )
        yield from (table, self.say("many marks"))

    def _where(self) -> Iterator[str]:
        """Yield where it tips."""
        if self.brief.maps:
            yield from ("", self.sentence(self.brief.where))
            if any(place.large for one in self.brief.maps for place in one.communities):
                yield self.say("large backlog", n=f"{LARGE_BACKLOG:.0f}")

    def _terms(self) -> Iterator[str]:
        """Yield on what terms all of this was found."""
        facts, told = self.material.facts, self.told
        own, others = facts["seeds"]["baseline"], facts["seeds"]["others"]
        seeds = spans(own) if own == others else f"{spans(own)}; {spans(others)}"
        name = {True: "replications paired", False: "replications not paired"}.get(
            facts["paired"], "replications" if len(own) > 1 else "one replication"
        )
        runs = self.say("runs made", computed=told.computed, reused=told.reused, s=f"{told.seconds:.0f}")
        yield " · ".join(
            (self.of(self.brief.kicker), self.say(name, n=len(own), seeds=seeds.replace("-", "–")), runs)
        )
        yield self.of(facts["budget"]) + self.say("stop").rstrip()
        for said in filter(None, (facts["outside_budget"], facts["moving"], self.brief.simulation)):
            yield self.of(said)
        yield self.say("counted") + self.say("colon") + self.of(facts["counted"])
