"""Which lessons there are, and whether what they name exists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from govsim.results.indicators import INDICATORS
from govsim.results.weekly import WEEKLY
from govsim.scenario import Loaded, LoadedGovernance, list_governance, load
from govsim.scenario.catalogue import item_of
from govsim.scenario.fields import nearest
from govsim.scenario.files import scenario_shelf
from govsim.scenario.loading import governance_named_in
from govsim.scenario.messages import Place, Problem, ScenarioError
from govsim.scenario.schema.lesson import Lesson as Block
from govsim.scenario.show import records


@dataclass(frozen=True)
class LoadedLesson:
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
    models : dict of str to LoadedGovernance
        The governance models of both sides and of the field, by the name that the lesson gives them.
    """

    name: str
    file: str
    loaded: Loaded
    block: Block
    models: dict[str, LoadedGovernance]

    def called(self, model: str) -> dict[str, str]:
        """Return what a governance model is called in both languages."""
        return item_of(self.models[model]).label


def lesson_files() -> dict[str, Path]:
    """Return the shipped lessons by name, in order."""
    folder = scenario_shelf().folder / "lessons"
    return {file.stem: file for file in sorted(folder.glob("*.yaml"))}


def find_lesson(asked: str) -> LoadedLesson:
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


def load_lesson(file: Path) -> LoadedLesson:
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
    return LoadedLesson(file.stem, shown, loaded, block, refuse_unknown(loaded, block, shown))


def refuse_unknown(loaded: Loaded, block: Block, shown: str) -> dict[str, LoadedGovernance]:
    """Return the models that a lesson names, by the name that it gives them.

    Raises
    ------
    ScenarioError
        With all models, indicators and columns that it names and that do not exist.
    """
    models, problems = _models(loaded, block, shown)
    problems += [
        Problem.at(_place(loaded, path, shown), path, message, hints)
        for path, message, hints in _unknown(block)
    ]
    if problems:
        raise ScenarioError(problems)
    return models


def _models(loaded: Loaded, block: Block, shown: str) -> tuple[dict[str, LoadedGovernance], list[Problem]]:
    """Load the models that a lesson names: built-in ones, or files beside the file in which the name stands."""
    named = {"lesson.left.model": block.left.model, "lesson.right.model": block.right.model}
    if block.field is not None:
        fields = block.field.models or list_governance()
        named |= {f"lesson.field.models[{k}]": name for k, name in enumerate(fields)}
    found: dict[str, LoadedGovernance] = {}
    problems: list[Problem] = []
    for path, name in named.items():
        place = _place(loaded, path, shown)
        try:
            model = governance_named_in(name, place.file, loaded.sources)
        except ScenarioError as error:
            problems += error.problems
            continue
        if isinstance(model, str):
            problems.append(Problem.at(place, path, model))
        else:
            found[name] = model
    return found, problems


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
        yield from each("lesson.field.indicators", block.field.indicators, indicators, "indicator")
    for name, answer in block.answers.items():
        shown = block.field.indicators if answer.worst and block.field else block.indicators
        yield from one(
            f"lesson.answers.{name}.indicator", answer.indicator, shown, "indicator of this lesson"
        )
