"""From which value of a parameter on an indicator meets a target: a scan, then bisection, each point over the same seeds.

Nothing is taken for granted about how the indicator moves. The scan sees whether the target is met in one stretch of the
values that were run; where it is met, missed and met again by more than chance, that is the answer. What lies between two
values was not run, and nothing is said of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from govsim.results.declare import Indicator
from govsim.results.indicators import INDICATORS
from govsim.scenario.fields import nearest
from govsim.scenario.messages import Place, Problem, ScenarioError
from govsim.scenario.studies import Factor
from govsim.statistics.paired import CONFIDENCE

Evaluate = Callable[[Sequence[float]], NDArray[np.float64]]
"""From values of the parameter to the indicator, shape (values, seeds); infinite where a quantile was not reached."""

SCANNED = 7
"""Values of the first look, both ends of the range included."""
_FINENESS = 1 / 100
"""Share of the range down to which a number that need not be whole is told."""
_QUESTION = re.compile(r"\s*([\w.]+)\s*(<=|>=|<|>|≤|≥)\s*([-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?)\s*")


@dataclass(frozen=True)
class Question:
    """A target for an indicator, such as ``median_days <= 5``.

    Attributes
    ----------
    below : bool
        Whether the indicator is to be at most ``target``, else at least.
    """

    indicator: Indicator
    below: bool
    target: float

    def met(self, value: float) -> bool:
        """Return whether a value meets the target."""
        return value <= self.target if self.below else value >= self.target

    def __str__(self) -> str:
        return f"{self.indicator.name} {'<=' if self.below else '>='} {self.target:g}"


def question(text: str) -> Question:
    """Read a question.

    Raises
    ------
    ScenarioError
        If it is written otherwise, or there is no such indicator; names the nearest.
    """
    found = _QUESTION.fullmatch(text)
    if found is None:
        hint = 'write an indicator, <= or >=, and a number:  "median_days <= 5"'
        raise ScenarioError([Problem.at(Place("question"), "", f'"{text}" is not understood', [hint])])
    name, sign, target = found.groups()
    known = {item.name: item for item in INDICATORS}
    try:
        number = float(target)
    except ValueError:
        raise ScenarioError([Problem.at(Place("question"), name, f"{target} is no number")]) from None
    if name not in known:
        close = nearest(name, list(known)) or _alike(name)
        hint = (
            f"did you mean  {', '.join(close[:3])}?"
            if close
            else "summary.csv of any run lists all indicators"
        )
        raise ScenarioError([Problem.at(Place("question"), name, "there is no such indicator", [hint])])
    return Question(known[name], sign in ("<=", "<", "≤"), number)


def _alike(name: str) -> list[str]:
    """Return indicators that share a word with a name."""
    words = [word for word in name.lower().split("_") if len(word) > 2]
    return [
        item.name
        for item in INDICATORS
        if any(word in f"{item.name} {item.label_en}".lower() for word in words)
    ]


def vary(text: str) -> tuple[str, float, float]:
    """Read ``PATH=LOW..HIGH``.

    Raises
    ------
    ScenarioError
        If it is written otherwise.
    """
    path, equals, ends = text.partition("=")
    low, dots, high = ends.partition("..")
    try:
        if equals and dots:
            return path.strip(), float(low), float(high)
    except ValueError:
        pass
    hint = "write  --vary capacity.staff.community=5..20"
    raise ScenarioError([Problem.at(Place("--vary"), "", f'"{text}" is no parameter with a range', [hint])])


@dataclass(frozen=True)
class Point:
    """A value that was run.

    Attributes
    ----------
    mean, low, high : float
        Of the indicator over seeds, with its 95 % t interval; infinite where a seed did not reach it.
    """

    value: float
    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class FoundTarget:
    """Where the target is met.

    Attributes
    ----------
    where : str
        ``from``: from ``value`` up; ``up to``: from the lower end up to ``value``; ``everywhere``; ``nowhere``; or
        ``not monotone``: met, missed and met again, or the other way round.
    value : float or None
        For ``from`` and ``up to``: the smallest or largest value at which the mean over seeds meets the target.
    first, last : float or None
        Values between which it may lie, as far as the 95 % intervals over these seeds tell; None where that is beyond
        the range.
    certain : bool
        Whether ``everywhere`` and ``nowhere`` hold at every value that was run by more than chance. Of values that were not
        run nothing is known.
    stretches : tuple of (float, float)
        Values between which the mean meets the target at every value that was run.
    points : tuple of Point
        In ascending order.
    """

    where: Literal["from", "up to", "everywhere", "nowhere", "not monotone"]
    value: float | None
    first: float | None
    last: float | None
    certain: bool
    stretches: tuple[tuple[float, float], ...]
    points: tuple[Point, ...]

    def between(self, varied: Factor) -> tuple[tuple[float, float], ...]:
        """Return neighbouring values that were run, with others between them that were not."""
        values = [point.value for point in self.points]
        return tuple((a, b) for a, b in pairwise(values) if not varied.whole or b - a > 1)


def search(evaluate: Evaluate, factor: Factor, asked: Question) -> FoundTarget:
    """Return where in a parameter's range a target is met.

    Parameters
    ----------
    evaluate
        Runs the values it is given, each with the same seeds, two or more.
    """
    known: dict[float, Point] = {}

    def look(values: Sequence[float]) -> None:
        new = sorted({value for value in values if value not in known})
        if new:
            known.update({value: _point(value, row) for value, row in zip(new, evaluate(new), strict=True)})

    scan = np.linspace(factor.low, factor.high, SCANNED)
    look([float(value) for value in (np.unique(np.round(scan)) if factor.whole else scan)])
    ends = known[factor.low], known[factor.high]
    at_low, at_high = (asked.met(end.mean) for end in ends)
    if _flips(known, asked) > 1 or at_low == at_high:
        return _without_end(known, asked)
    rising = at_high  # met at the upper end: the smallest value is asked for, else the largest
    fineness = 1.0 if factor.whole else (factor.high - factor.low) * _FINENESS
    while pairs := _open(known, asked, rising, fineness):
        look([_middle(*pair, factor.whole) for pair in pairs])
    if _flips(known, asked) > 1:
        return _without_end(known, asked)
    value = _edge(known, rising, lambda point: asked.met(point.mean))
    may = _edge(known, rising, lambda point: _may(point, asked))
    surely = _edge(known, rising, lambda point: _surely(point, asked))
    missed_end = factor.low if rising else factor.high
    may = None if may == missed_end else may
    first, last = (may, surely) if rising else (surely, may)
    where: Literal["from", "up to"] = "from" if rising else "up to"
    return FoundTarget(where, value, first, last, True, _stretches(known, asked), _sorted(known))


def _point(value: float, row: NDArray[np.float64]) -> Point:
    from scipy import special

    finite = row[np.isfinite(row)]
    if len(finite) < len(row):  # one that was not reached is beyond any number, and how far is not known
        return Point(value, float("inf"), float(finite.min()) if len(finite) else float("inf"), float("inf"))
    half = float(special.stdtrit(len(row) - 1, 0.5 + CONFIDENCE / 2) * row.std(ddof=1) / np.sqrt(len(row)))
    mean = float(row.mean())
    return Point(value, mean, mean - half, mean + half)


def _may(point: Point, asked: Question) -> bool:
    return asked.met(point.low if asked.below else point.high)


def _surely(point: Point, asked: Question) -> bool:
    return asked.met(point.high if asked.below else point.low)


def _sorted(known: Mapping[float, Point]) -> tuple[Point, ...]:
    return tuple(known[value] for value in sorted(known))


def _flips(known: Mapping[float, Point], asked: Question) -> int:
    """Count how often the target goes from met to missed or back by more than chance."""
    sure = [
        _surely(point, asked) for point in _sorted(known) if _surely(point, asked) or not _may(point, asked)
    ]
    return sum(a != b for a, b in pairwise(sure))


def _open(
    known: Mapping[float, Point], asked: Question, rising: bool, fineness: float
) -> list[tuple[float, float]]:
    """Return neighbouring values between which an edge of the answer lies, wider apart than asked for."""
    ordered = _sorted(known) if rising else _sorted(known)[::-1]
    pairs = set()
    criteria: tuple[Callable[[Point], bool], ...] = (
        lambda point: asked.met(point.mean),
        lambda point: _may(point, asked),
        lambda point: _surely(point, asked),
    )
    for holds in criteria:
        edge = next((place for place, point in enumerate(ordered) if holds(point)), 0)
        if edge:
            values = ordered[edge - 1].value, ordered[edge].value
            pairs.add((min(values), max(values)))
    return sorted(pair for pair in pairs if pair[1] - pair[0] > fineness * (1 + 1e-9))


def _middle(low: float, high: float, whole: bool) -> float:
    return float((low + high) // 2) if whole else (low + high) / 2


def _edge(known: Mapping[float, Point], rising: bool, holds: Callable[[Point], bool]) -> float | None:
    ordered = _sorted(known) if rising else _sorted(known)[::-1]
    return next((point.value for point in ordered if holds(point)), None)


def _stretches(known: Mapping[float, Point], asked: Question) -> tuple[tuple[float, float], ...]:
    found: list[tuple[float, float]] = []
    open_stretch = False
    for point in _sorted(known):
        met = asked.met(point.mean)
        if met:
            found = (
                [*found[:-1], (found[-1][0], point.value)] if open_stretch else [*found, (point.value,) * 2]
            )
        open_stretch = met
    return tuple(found)


def _without_end(known: Mapping[float, Point], asked: Question) -> FoundTarget:
    points, stretches = _sorted(known), _stretches(known, asked)
    if _flips(known, asked) > 1 or (stretches and len(stretches) > 1) or _gap(points, stretches):
        return FoundTarget("not monotone", None, None, None, _flips(known, asked) > 1, stretches, points)
    met = bool(stretches)
    sure = all(_surely(point, asked) if met else not _may(point, asked) for point in points)
    return FoundTarget("everywhere" if met else "nowhere", None, None, None, sure, stretches, points)


def _gap(points: Sequence[Point], stretches: Sequence[tuple[float, float]]) -> bool:
    """Return whether the target is met in a part of the range that reaches neither or only one end."""
    return bool(stretches) and stretches != ((points[0].value, points[-1].value),)
