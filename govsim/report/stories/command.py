"""The command explain: the story of one problem or one resident of a finished run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from govsim.report.stories.choice import choose
from govsim.report.stories.telling import Teller
from govsim.results.foreign import as_written
from govsim.results.reading import Ledgers
from govsim.results.story import Fact, UnknownNumberError, case_story, resident_story
from govsim.scenario.messages import Place, Problem, ScenarioError


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
            _refuse("--case", "no problem arose in this run")
        middle = int(numbers[numbers.size // 2])
        _refuse("--case", _outside(number, "problems", int(numbers.min()), int(numbers.max()), middle))
        raise


def _resident(ledgers: Ledgers, number: int) -> list[Fact]:
    try:
        return resident_story(ledgers, number)
    except UnknownNumberError:
        last = int(ledgers.residents["resident"].size) - 1
        _refuse("--resident", _outside(number, "residents", 0, last, last // 2))
        raise


def _outside(number: int, what: str, first: int, last: int, example: int) -> str:
    return (
        f"{number} is not in this run: its {what} have the numbers {first} to {last}, for example {example}"
    )


def _refuse(option: str, text: str) -> Any:
    raise ScenarioError([Problem.at(Place(option), "", text)])
