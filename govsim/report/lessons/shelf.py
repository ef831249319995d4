"""Which lessons there are, and whether what they name exists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from govsim.results.indicators import INDICATORS
from govsim.results.weekly import WEEKLY
from govsim.scenario import Loaded, list_governance, load
from govsim.scenario.describe import records
from govsim.scenario.fields import nearest
from govsim.scenario.files import scenario_shelf
from govsim.scenario.messages import Place, Problem, ScenarioError
from govsim.scenario.schema.lesson import Lesson as Block


@dataclass(frozen=True)
class Lesson:
    """A lesson that is sound.

    Attributes
    ----------
    name : str
        Name of the file without ending, such as ``01_two_names``.
    file : str
        What ``govsim run`` takes.
    loaded : Loaded
        The scenario as it stands.
    block : Lesson
        What the class sees.
    """

    name: str
    file: str
    loaded: Loaded
    block: Block


def lesson_files() -> dict[str, Path]:
    """Return the shipped lessons by name, in order."""
    folder = scenario_shelf().folder / "lessons"
    return {file.stem: file for file in sorted(folder.glob("*.yaml"))}


def find_lesson(asked: str) -> Lesson:
    """Return a lesson by number, name, beginning of its name, or file.

    Raises
    ------
    ScenarioError
        If there is none, or something is wrong with it.
    """
    shipped = lesson_files()
    if Path(asked).is_file():
        return load_lesson(Path(asked))
    if asked in shipped:
        return load_lesson(shipped[asked])
    begun = [
        name for name in shipped if asked and name.startswith(asked.zfill(2) if asked.isdigit() else asked)
    ]
    if len(begun) == 1:
        return load_lesson(shipped[begun[0]])
    close = [f"did you mean  {name}?" for name in (begun or nearest(asked, list(shipped)))[:3]]
    text = "there is no such file and no lesson of that name"
    hints = [*close, f"lessons: {', '.join(shipped)}"]
    raise ScenarioError([Problem.at(Place(asked or '""'), "", text, hints)])


def load_lesson(file: Path) -> Lesson:
    """Return the lesson of a file.

    Raises
    ------
    ScenarioError
        With everything that is wrong with the scenario or with what the lesson names.
    """
    shown = str(file)
    shipped = lesson_files()
    if shipped.get(file.stem) == file:
        shown = f"scenarios/lessons/{file.name}"
    loaded = load(file)
    block = loaded.scenario.lesson
    if block is None:
        text = "is a scenario without a lesson: it needs a block lesson with a question and two sides"
        raise ScenarioError([Problem.at(Place(shown), "lesson", text)])
    problems = [
        Problem.at(_place(loaded, path, shown), path, message, hints)
        for path, message, hints in _unknown(block)
    ]
    if problems:
        raise ScenarioError(problems)
    return Lesson(file.stem, shown, loaded, block)


def _place(loaded: Loaded, path: str, shown: str) -> Place:
    origin = loaded.origins.get(path)
    return Place(origin.file, origin.line) if origin is not None else Place(shown)


def _unknown(block: Block) -> Iterator[tuple[str, str, list[str]]]:
    """Yield path, message and hints of everything that is named and does not exist."""
    indicators = [indicator.name for indicator in INDICATORS]
    columns = [column.name for column, _ in WEEKLY]

    def each(
        path: str, names: Sequence[str], known: Sequence[str], what: str
    ) -> Iterator[tuple[str, str, list[str]]]:
        for k, name in enumerate(names):
            if name not in known:
                close = nearest(name, list(known))
                yield (
                    f"{path}[{k}]",
                    f"there is no {what} {name}",
                    [f"did you mean  {close[0]}?"] if close else [],
                )

    def one(path: str, name: str, known: Sequence[str], what: str) -> Iterator[tuple[str, str, list[str]]]:
        for _, message, hints in each(path, [name], known, what):
            yield path, message, hints

    models = list_governance()
    for side in ("left", "right"):
        yield from one(f"lesson.{side}.model", getattr(block, side).model, models, "shipped governance model")
    yield from each("lesson.indicators", block.indicators, indicators, "indicator")
    yield from each("lesson.curves", block.curves, columns, "column of the weekly table")
    yield from one(
        "lesson.prediction.indicator",
        block.prediction.indicator,
        block.indicators,
        "indicator of this lesson",
    )
    if block.grid is not None:
        try:
            records(block.grid.moves)
        except ScenarioError as error:
            yield "lesson.grid.moves", error.problems[0].message, list(error.problems[0].hints)
    if block.field is not None:
        yield from each("lesson.field.models", block.field.models, models, "shipped governance model")
        yield from each("lesson.field.indicators", block.field.indicators, indicators, "indicator")
    for name, answer in block.answers.items():
        shown = block.field.indicators if answer.worst and block.field else block.indicators
        yield from one(
            f"lesson.answers.{name}.indicator", answer.indicator, shown, "indicator of this lesson"
        )
