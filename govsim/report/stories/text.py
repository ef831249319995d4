"""The command explain: the story of one problem or one resident of a finished run, from facts to sentences."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from govsim.report.stories.vocabulary import LANGUAGES, called
from govsim.results.foreign import as_written
from govsim.results.load import Results, load_results
from govsim.results.reading import Ledgers, Rows
from govsim.results.store import MANIFEST, slug
from govsim.results.story import Fact, UnknownNumberError, case_story, resident_story
from govsim.results.values import spans
from govsim.runner.find_runs import FoundRun, refuse_unusable, runs_in, unusable_in
from govsim.scenario.messages import Place, Problem, ScenarioError
from govsim.units import DAYS_PER_WEEK

_TIMES = {"time", "until", "first", "last", "onset"}
_WEEKS = {"first_active", "last_active", "left_week"}
_COUNTED = {"refused", "summoned", "met", "worked", "reopened", "came_back_more"}
"""Facts whose count is a number of times."""


class Teller:
    """Puts the facts of one run into words.

    Parameters
    ----------
    ledgers : Ledgers
        Of the run, for names and the length of a week.
    language : str
        en or zh.
    under_way : bool
        Whether the run goes on, so that its last week so far is no end.
    """

    def __init__(self, ledgers: Ledgers, language: str, under_way: bool = False) -> None:
        self._ledgers = ledgers
        self._language = language
        words = LANGUAGES[language]
        now = words.under_way if under_way else {}
        self._names, self._sentences, self._phrases = words.names, words.sentences | now, words.phrases | now

    def head(self) -> str:
        """Say which run it is."""
        manifest = self._ledgers.run.manifest
        return self._phrase(
            "head", scenario=manifest["scenario"], model=manifest["arm"], mode=manifest["capacity_mode"],
            seed=manifest["seed"], weeks=manifest["weeks"],
        )  # fmt: skip

    def sentence(self, fact: Fact, rows: bool = False) -> str:
        """Return one sentence, with the ledger rows it is made of where they are wanted."""
        values = {name: self._write(name, value, fact) for name, value in fact.values.items()}
        if "{fate}" in self._sentences[fact.kind]:
            values["fate"] = self._fate(fact)
        text = self._sentences[fact.kind].format(**values, week=self._ledgers.weeks)
        text = text[:1].upper() + text[1:]
        return f"{text} [{listed(fact.rows)}]" if rows else text

    def _phrase(self, name: str, **values: Any) -> str:
        return self._phrases[name].format(**values)

    def _name(self, column: str, code: Any) -> str:
        names = self._names[column]
        return names[str(code)] if isinstance(names, Mapping) else names[int(code)]

    def _write(self, name: str, value: Any, fact: Fact) -> str:
        makers: dict[str, Callable[[Any], str]] = {
            "days": _days, "severity": _fine, "effort": amount, "total": amount, "hours_given": amount,
            "money": lambda v: f"{float(v):,.0f}", "office": self._office, "path": self._path,
            "community": lambda v: self._ledgers.communities[int(v)], "told": lambda v: self._told(v, fact.values["count"]),
            "exposure": self._exposure,
            "again": lambda v: self._phrase("again", times=self._times(v)) if v else "",
            "outcomes": self._outcomes, "hops": self._times, "times_called": self._times,
            "problem_class": lambda v: called("problem_class", str(v), self._language),
            "hours": self._in_all if fact.kind == "in_all" else self._spent,
        }  # fmt: skip
        if value is None:
            return ""
        if name in makers:
            return makers[name](value)
        if name in _TIMES:
            return self._date(float(value))
        if name in _WEEKS:
            return self._phrase("week", week=int(value) + 1)
        if name in self._names:
            return self._name(name, value)
        if name.startswith("trust") or name in ("satisfaction", "efficacy"):
            return _fine(value)
        if name == "count" and fact.kind in _COUNTED:
            return self._times(value)
        return str(value)

    def _date(self, time: float) -> str:
        """Return week and day, both counted from 1 as people do; the ledgers count hours from 0."""
        week, hours = divmod(time, self._ledgers.hours_per_week)
        day = int(hours * DAYS_PER_WEEK / self._ledgers.hours_per_week)
        return self._phrase("date", week=1 + int(week), day=1 + min(day, DAYS_PER_WEEK - 1))

    def _office(self, number: int) -> str:
        if number < 0:
            return self._phrases["no_office"]
        return called("department", self._ledgers.offices[number], self._language)

    def _path(self, offices: Sequence[int]) -> str:
        return self._phrases["to"].join(self._office(office) for office in offices)

    def _told(self, told: Sequence[tuple[int, float]], count: int) -> str:
        parts = [self._phrase("place", office=self._office(o), time=self._date(t)) for o, t in told]
        text = self._phrases["and"].join(parts)
        return self._phrase("first", told=text) if count > len(told) else text

    def _times(self, count: int) -> str:
        return self._phrases["once"] if count == 1 else self._phrase("times", count=int(count))

    def _spent(self, spent: Sequence[tuple[str, int, float]]) -> str:
        parts = [
            self._phrase("spent", hours=amount(h), source=self._name("source", s), office=self._office(o))
            for s, o, h in spent
        ]
        return self._phrases["and"].join(parts) or self._phrases["none"]

    def _in_all(self, spent: Mapping[str, float]) -> str:
        parts = [
            self._phrase("spent_in_all", hours=amount(h), source=self._name("source", s))
            for s, h in spent.items()
        ]
        return self._phrases["and"].join(parts)

    def _exposure(self, bits: int) -> str:
        names = [name for k, name in enumerate(self._names["exposure"]) if int(bits) >> k & 1]
        return ", ".join(names) or self._phrases["none"]

    def _outcomes(self, counts: Mapping[str, int]) -> str:
        parts = [
            self._phrase("outcomes", count=n, outcome=self._name("outcome", o)) for o, n in counts.items()
        ]
        return self._phrases["and"].join(parts)

    def _fate(self, fact: Fact) -> str:
        values = fact.values
        outcome = self._name("outcome", values["outcome"])
        if values["closed"] is None:
            end = self._phrase("still", outcome=outcome, week=self._ledgers.weeks)
        elif fact.kind == "came_back":
            end = self._phrase("closed_at", outcome=outcome, closed=self._date(values["closed"]))
        else:
            end = self._phrase("closed", outcome=outcome, closed=_days(values["closed"]))
        if fact.kind == "came_back":
            return end
        if values["detected"] is None:
            return self._phrase("hidden_fate", end=end)
        channel = self._name("channel", values["channel"])
        return self._phrase("found_fate", detected=_days(values["detected"]), channel=channel, end=end)


def amount(hours: float) -> str:
    """Return hours with one decimal, or two below one hour."""
    return f"{hours:,.1f}" if hours >= 1 else f"{hours:.2f}"


def _days(value: float) -> str:
    return f"{float(value):,.1f}"


def _fine(value: float) -> str:
    return f"{float(value):.2f}"


def listed(rows: Rows) -> str:
    """Return row numbers by table, runs of them as ranges: ``cases 204; events 1812-1815, 1820``."""
    return "; ".join(f"{table} {spans(numbers)}" for table, numbers in rows.items() if numbers)


_LISTED = 8
"""Runs named in a message."""


def choose(result: Path, model: str | None, mode: str | None, seed: int | None) -> Results:
    """Return the run that is meant; of runs that agree in model, mode, seed and weeks the newest.

    Parameters
    ----------
    result : Path
        A run folder, the folder of a comparison, that of a scenario, or one with several of them.
    model, mode, seed
        What the run must be, where a folder holds several; a part of the model's name will do.

    Raises
    ------
    ScenarioError
        If there is no such run, or more than one; it names those that are there.
    RefusedError
        If the run was changed after it was written.
    """
    runs = runs_in(result)
    for words in unusable_in(result) if runs and result.is_dir() else ():
        print(f"govsim: left out: run {words}", file=sys.stderr)
    if not runs:
        refuse_unusable(result)
        text = "is no run folder and holds none" if result.is_dir() else "is not there"
        _refuse(str(result), f"{text}; a run folder is <out>/<scenario>/<key> and has a {MANIFEST}")
    if all(path.parent == result.parent for path in (run.folder for run in runs)):
        return load_results(runs[0].folder)
    fitting = [run for run in runs if _fits(run, model, mode, seed)]
    if not fitting:
        _refuse(str(result), "no run there fits; there are", runs)
    newest = {run.what: run for run in sorted(fitting, key=lambda run: run.started)}
    if len(newest) > 1:
        _refuse(str(result), f"holds {len(newest)} runs that fit; say which with", list(newest.values()))
    return load_results(next(iter(newest.values())).folder)


def _options(run: FoundRun) -> str:
    which = f"--model {slug(run.model)} --capacity {run.mode} --seed {run.seed}"
    return f"{which}   ({run.weeks} weeks, {run.folder.name})"


def _fits(run: FoundRun, model: str | None, mode: str | None, seed: int | None) -> bool:
    named = model is None or _bare(model) in _bare(run.model) or model in run.model
    return named and mode in (None, run.mode) and seed in (None, run.seed)


def _bare(words: str) -> str:
    return slug(words).replace("-", "")


def _refuse(place: str, text: str, runs: Sequence[FoundRun] = ()) -> None:
    hints = [_options(run) for run in sorted(runs, key=lambda run: run.what)]
    more = len(hints) - _LISTED
    if more > 0:
        hints = [*hints[:_LISTED], f"and {more} more"]
    raise ScenarioError([Problem.at(Place(place), "", text, hints)])


def explain_command(
    result: str,
    case: int | None,
    resident: int | None,
    model: str | None = None,
    capacity: str | None = None,
    seed: int | None = None,
    language: str = "en",
    rows: bool = False,
) -> int:
    """Print the story and return the exit code.

    Raises
    ------
    ScenarioError
        If it is not clear which run is meant, or the run has no such problem or resident.
    """
    if (case is None) == (resident is None):
        text = "give one of --case NUMBER and --resident NUMBER"
        raise ScenarioError([Problem.at(Place("explain"), "", text)])
    run = choose(Path(result), model, capacity, seed)
    with as_written(run.folder):
        ledgers = Ledgers(run)
        facts = _case(ledgers, case) if case is not None else _resident(ledgers, int(resident or 0))
        teller = Teller(ledgers, language)
        lines = [teller.head(), *(teller.sentence(fact, rows) for fact in facts)]
    print("\n".join(lines))
    return 0


def _case(ledgers: Ledgers, number: int) -> list[Fact]:
    try:
        return case_story(ledgers, number)
    except UnknownNumberError:
        numbers = ledgers.cases["case"]
        if not numbers.size:
            _refuse_option("--case", "no problem arose in this run")
        middle = int(numbers[numbers.size // 2])
        _refuse_option("--case", _outside(number, "problems", int(numbers.min()), int(numbers.max()), middle))
        raise


def _resident(ledgers: Ledgers, number: int) -> list[Fact]:
    try:
        return resident_story(ledgers, number)
    except UnknownNumberError:
        last = int(ledgers.residents["resident"].size) - 1
        _refuse_option("--resident", _outside(number, "residents", 0, last, last // 2))
        raise


def _outside(number: int, what: str, first: int, last: int, example: int) -> str:
    return (
        f"{number} is not in this run: its {what} have the numbers {first} to {last}, for example {example}"
    )


def _refuse_option(option: str, text: str) -> Any:
    raise ScenarioError([Problem.at(Place(option), "", text)])
