"""What a person is told about a scenario that is refused: every problem, its place, what would be right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

Path = tuple[str | int, ...]
"""Keys and list positions from the top of a scenario down to one value."""

_WIDTH = 110
_TOLD = 200


class Place(NamedTuple):
    """Where something stands; lines and columns start at 1, line 0 is not in a file (a command line), column 0 unknown."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        known = [part for part in (self.line, self.column) if part]
        return ":".join([self.file, *map(str, known)]) if self.line else self.file


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, with the place to mend it.

    Attributes
    ----------
    file, line, column
        Where; line 0 when the value does not come from a file.
    path
        Dotted path of the parameter, empty where the file as a whole is meant.
    message
        What was found and what is allowed, one line.
    hints
        Further lines: nearest names, allowed keys.
    """

    file: str
    line: int
    column: int
    path: str
    message: str
    hints: tuple[str, ...] = ()

    @classmethod
    def at(cls, place: Place, path: Path | str, message: str, hints: Iterable[str] = ()) -> Problem:
        """Build a problem from a place and a path in either form."""
        text = path if isinstance(path, str) else dotted(path)
        return cls(place.file, place.line, place.column, text, message, tuple(hints))

    def __str__(self) -> str:
        head = str(Place(self.file, self.line, self.column))
        first = "  ".join(part for part in (head, self.path, self.message) if part)
        told, bracket, about = first.rpartition("  (")
        lines = [told, f"({about}"] if bracket and len(first) > _WIDTH else [first]
        return "\n    ".join([*lines, *self.hints])


class ScenarioError(Exception):
    """A scenario or governance model that is refused, with all its problems.

    Attributes
    ----------
    problems : tuple of Problem
        In the order of the files, then of lines and columns.
    exit_code : int
        2, what the command line returns for it.
    """

    exit_code = 2

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = in_file_order(problems)
        super().__init__(self.report())

    def __reduce__(self) -> tuple[type[ScenarioError], tuple[tuple[Problem, ...]]]:
        """Survive the way between processes: an exception is rebuilt from its problems, not from its text."""
        return type(self), (self.problems,)

    def report(self) -> str:
        """All problems, one or more lines each, and their count."""
        count = len(self.problems)
        lines = [str(problem) for problem in self.problems[:_TOLD]]
        if count > _TOLD:
            lines.append(f"… and {count - _TOLD} more")
        total = "1 problem." if count == 1 else f"{count} problems."
        return "\n".join([*lines, f"{total} Nothing was run, nothing was written."])


def in_file_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Sort by file (in order of first mention), line and column; drop repeats; command-line values last."""
    unique = list(dict.fromkeys(problems))
    files = {name: rank for rank, name in enumerate(dict.fromkeys(p.file for p in unique))}
    return tuple(
        sorted(
            unique, key=lambda p: (p.line == 0 and p.file.startswith("--"), files[p.file], p.line, p.column)
        )
    )


def dotted(path: Sequence[str | int]) -> str:
    """Write a path as people type it: ``population.street_units[0].name``."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def quoted(value: object, limit: int = 60) -> str:
    """Show a value as it would be written in a scenario, shortened when it is long."""
    if value is None:
        return "nothing (null)"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, dict):
        keys = ", ".join(str(key) for key in list(value)[:4])
        return (
            f"a mapping with the keys {keys}{', …' if len(value) > 4 else ''}"
            if value
            else "an empty mapping"
        )
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}" if value else "an empty list"
    text = "".join(ch if ch.isprintable() else f"\\u{ord(ch):04x}" for ch in str(value))
    return f'"{text[: limit - 1]}…"' if len(text) > limit else f'"{text}"'
