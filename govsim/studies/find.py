"""From which value of a parameter on an indicator meets a target: a scan, then bisection, each point over the same seeds.

Nothing is taken for granted about how the indicator moves. The scan sees whether the target is met in one stretch of the
values that were run; where it is met, missed and met again by more than chance, that is the answer. What lies between two
values was not run, and nothing is said of it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from govsim.results.csvtext import Cell
from govsim.results.declare import Column, Indicator
from govsim.results.errors import RefusedError
from govsim.results.indicators import INDICATORS
from govsim.results.store import prepare
from govsim.results.values import Missing
from govsim.scenario.fields import nearest
from govsim.scenario.messages import Place, Problem, ScenarioError
from govsim.scenario.studies import Factor, LoadedStudy, factor
from govsim.statistics.paired import CONFIDENCE
from govsim.studies.ablations import Control, under_controls
from govsim.studies.answer import MODEL, Answer, Curves, DataTable, Line, Passage, Sheet
from govsim.studies.experiments import Design, Experiments, StudyRuns
from govsim.studies.wording import PLAIN, Wording, counted

if TYPE_CHECKING:
    from govsim.scenario import LoadedGovernance

_COLUMNS = (
    MODEL,
    Column("control", "control", "阴性对照", "-", "Mechanism taken away; none, shuffled_network, no_network, ranking_off or "
    "random_routing."),
    Column("parameter", "parameter", "参数", "-", "Path of the parameter that varies."),
    Column("value", "value", "取值", "the parameter's", "Its value."),
    Column("indicator", "indicator", "指标", "-", "Name; see dictionary.csv of a run."),
    Column("mean", "mean", "均值", "the indicator's", "Mean over seeds; not reached where a seed did not get there."),
    Column("low95", "low end", "95%下限", "the indicator's", "Low end of its 95 % t interval."),
    Column("high95", "high end", "95%上限", "the indicator's", "High end of its 95 % t interval."),
    Column("met", "target met", "达到目标", "-", "yes if the mean meets the target."),
)  # fmt: skip

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
        goal = float(target)
    except ValueError:
        raise ScenarioError([Problem.at(Place("question"), name, f"{target} is no number")]) from None
    if name not in known:
        close = nearest(name, list(known)) or _alike(name)
        hint = "summary.csv of any run lists all indicators"
        if close:
            hint = f"did you mean  {', '.join(close[:3])}?"
        raise ScenarioError([Problem.at(Place("question"), name, "there is no such indicator", [hint])])
    return Question(known[name], sign in ("<=", "<", "≤"), goal)


def _alike(name: str) -> list[str]:
    """Return indicators that share a word with a name."""
    words = [word for word in name.lower().split("_") if len(word) > 2]
    named = [(item.name, f"{item.name} {item.label_en}".lower()) for item in INDICATORS]
    return [name for name, text in named if any(word in text for word in words)]


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


def search_range(evaluate: Evaluate, varied: Factor, asked: Question) -> FoundTarget:
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

    scan = np.linspace(varied.low, varied.high, SCANNED)
    look([float(value) for value in (np.unique(np.round(scan)) if varied.whole else scan)])
    ends = known[varied.low], known[varied.high]
    at_low, at_high = (asked.met(end.mean) for end in ends)
    if _flips(known, asked) > 1 or at_low == at_high:
        return _without_end(known, asked)
    rising = at_high  # met at the upper end: the smallest value is asked for, else the largest
    fineness = 1.0 if varied.whole else (varied.high - varied.low) * _FINENESS
    while pairs := _open(known, asked, rising, fineness):
        look([_middle(*pair, varied.whole) for pair in pairs])
    if _flips(known, asked) > 1:
        return _without_end(known, asked)
    value = _edge(known, rising, lambda point: asked.met(point.mean))
    may = _edge(known, rising, lambda point: _may(point, asked))
    surely = _edge(known, rising, lambda point: _surely(point, asked))
    missed_end = varied.low if rising else varied.high
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


@dataclass(frozen=True)
class ModelTarget:
    """What was found for one model, whole or without a mechanism."""

    model: str
    model_zh: str
    control: Control | None
    found: FoundTarget
    words: str

    def name(self, say: Wording) -> str:
        """Return model, and what was taken away."""
        model = say(self.model, self.model_zh)
        return (
            model
            if self.control is None
            else say(f"{model}, {self.control.en}", f"{model}，{self.control.zh}")
        )

    @property
    def control_name(self) -> str:
        """Name of the control in tables."""
        return "none" if self.control is None else self.control.name


def find(study: LoadedStudy, runs: StudyRuns, asked: Question, controls: bool = False) -> Answer:
    """Answer a question for each model.

    Raises
    ------
    RefusedError
        If there are fewer than two seeds, or the indicator has no value in a run.
    """
    varied = study.factors[0]
    if study.study.seeds < 2:
        raise RefusedError("one seed cannot tell an answer from chance: add  --seeds 5")
    prepare(runs.options.out)
    found: list[ModelTarget] = []
    under: list[tuple[Control | None, LoadedStudy]] = [(None, study)]
    under += list(under_controls(study)) if controls else []
    for model, (control, here) in product(study.models, under):

        def evaluate(
            values: Sequence[float], model: LoadedGovernance = model, here: LoadedStudy = here
        ) -> NDArray[np.float64]:
            ran = runs(here, Design(here.factors, np.array(values, np.float64)[:, None]), models=[model])
            return _reached(ran, asked.indicator.name)

        target = search_range(evaluate, varied, asked)
        names = model.model.name.en or model.name, model.model.name.zh or model.name
        found.append(ModelTarget(*names, control, target, words_of(target, varied, asked)))
        runs.say(f"{found[-1].name(PLAIN)}: {found[-1].words}")
    return Answer(
        "find", {"find.csv": _table(found, varied, asked)},
        {"question": str(asked), "parameter": varied.path, "range": [varied.low, varied.high], "seeds": study.study.seeds},
        {"question": str(asked), "scenario": study.base.label, "parameter": varied.path, "unit": varied.unit,
         "range": [varied.low, varied.high], "today": varied.today, "seeds": study.study.seeds, **runs.counts,
         "folder": "", "answers": [_facts(item, varied) for item in found]},
        {}, lambda say: _text(found, study, asked, runs.told, say), lambda say: {"find": _sheet(found, study, asked, say)},
    )  # fmt: skip


def study_of(
    scenario: str, range_of: str, overrides: Sequence[str], models: Sequence[str], seeds: int | None
) -> LoadedStudy:
    """Return the study of one parameter, written as :func:`vary` reads it.

    Raises
    ------
    ScenarioError
        If range, scenario or models are wrong.
    """
    from govsim.scenario import load, load_governance
    from govsim.scenario.schema.study import Study

    path, low, high = vary(range_of)
    base = load(scenario, overrides, must_fit=False)
    varied = factor(base, path, low, high)
    run, governance = base.scenario.run, base.scenario.governance
    mode = "neutral" if governance.capacity_mode == "both" else governance.capacity_mode
    section = Study.model_validate(
        {
            "study": 1, "scenario": scenario, "over": {path: [low, high]}, "capacity_mode": mode,
            "seeds": seeds or run.seeds, "first_seed": run.first_seed,
        }
    )  # fmt: skip
    chosen = tuple(load_governance(name) for name in models) or base.governance
    return LoadedStudy(section, f"find {base.label} {path}", scenario, base, (varied,), chosen)


def _reached(part: Experiments, indicator: str) -> NDArray[np.float64]:
    """Return an indicator, shape (points, seeds), infinite where a quantile was not reached within the run."""
    values = part.ordered(indicator)[:, 0]
    if np.isnan(values).any():
        part.values(indicator)  # says which run and why
    return values


def words_of(found: FoundTarget, varied: Factor, asked: Question, say: Wording = PLAIN) -> str:
    """Say in words where the target is met."""
    unit = "" if varied.unit == "-" else say(f" {varied.unit}", "")
    values = say(", ", "、").join(_shown(p.value, varied) for p in found.points)
    ran = say(
        f"{len(found.points)} values that were run ({values}{unit})",
        f"{len(found.points)}个模拟取值（{values}{unit}）",
    )
    unseen = (
        say("; nothing is said of values between them", "；其间的取值未作模拟")
        if found.between(varied)
        else ""
    )
    if found.where == "everywhere":
        sure = say(", not at all of them by more than chance", "，但并非每个都超出偶然波动")
        return say(f"met at all {ran}", f"{ran}均达到") + (sure if not found.certain else "") + unseen
    if found.where == "nowhere":
        best = _nearest(found.points, asked)
        mean, at = say.number(best.mean, asked.indicator.decimals), _shown(best.value, varied)
        close = "" if found.certain else say(", though chance could hide it", "，但可能受偶然波动影响")
        nearest = say(f"nearest is {mean} at {at}", f"最接近的是取值{at}时的{mean}")
        if not math.isfinite(best.mean):
            nearest = say("some run did not get there at any of them", "每个取值都有模拟未达到")
        return say(f"not seen at the {ran}", f"{ran}均未达到") + f"{close}{say('; ', '；')}{nearest}{unseen}"
    if found.where == "not monotone":
        spans = (
            _shown(a, varied) + ("" if a == b else say(" to ", "至") + _shown(b, varied))
            for a, b in found.stretches
        )
        stretches = say(", ", "、").join(spans) or say("none", "无")
        why = say("met and missed more than once", "多次达到又未达到")
        chance = "" if found.certain else say(", perhaps by chance", "（可能为偶然）")
        return say(
            f"no single answer: {why}{chance}. Of the values that were run, met at {stretches}{unit}",
            f"没有单一答案：{why}{chance}。模拟取值中达到的有{stretches}{unit}",
        )
    assert found.value is not None
    lower = say("below", "低于下限") if found.first is None else _shown(found.first, varied)
    upper = say("above", "高于上限") if found.last is None else _shown(found.last, varied)
    beyond = say(", beyond the range", "，超出考察范围") if None in (found.first, found.last) else ""
    words = say(f"{_shown(found.value, varied)} ({lower} to {upper}{beyond}){unit}",
                f"{_shown(found.value, varied)}（{lower}至{upper}{beyond}）{unit}")  # fmt: skip
    return (
        say(f"from {words} on", f"{words}起")
        if found.where == "from"
        else say(f"up to {words}", f"至多{words}")
    )


def _shown(value: float, varied: Factor) -> str:
    if varied.whole:
        return f"{value:,.0f}"
    decimals = max(0, 2 - math.floor(math.log10(varied.high - varied.low)))
    return f"{value:,.{decimals}f}"


def _nearest(points: Sequence[Point], asked: Question) -> Point:
    return min(points, key=lambda point: point.mean if asked.below else -point.mean)


def _text(
    found: Sequence[ModelTarget],
    study: LoadedStudy,
    asked: Question,
    told: Callable[[Wording], str],
    say: Wording,
) -> list[Passage]:
    varied, seeds = study.factors[0], study.study.seeds
    weeks, today = study.base.scenario.run.weeks, _shown(varied.today, varied)
    sign = "at most" if asked.below else "at least"
    low, high = _shown(varied.low, varied), _shown(varied.high, varied)
    head = [
        say(
            f"{asked.indicator.label_en} {sign} {asked.target:g} {asked.indicator.unit}, mean over {seeds} paired seeds: "
            f"which {varied.path}?",
            f"{_goal(asked, say)}（{seeds}次配对重复模拟的均值）：“{say.label(varied)}”需取何值？",
        ),
        say(
            f"Searched   {low} to {high} {varied.unit}; today {today}",
            f"考察范围：{low}至{high}；现值{today}",
        ),
        say(
            f"In         {study.base.label}, {weeks} weeks; {say.means(study)}; runs {told(say)}",
            f"地区：{say.place(study)}，{say.span(weeks)}；{say.means(study)}；{told(say)}",
        ),
    ]
    said = [f"{item.name(say)}{say(': ', '：')}{words_of(item.found, varied, asked, say)}" for item in found]
    if any(item.found.where in ("from", "up to") for item in found):
        said.append(say(
            "In brackets: between which values it may lie as far as these seeds tell (95%).",
            "括号内为按这些重复模拟该值可能所在的范围（95%）。",
        ))  # fmt: skip
    only = say(
        "Only the values in find.csv were run; of others nothing is said. ",
        "只模拟了表中所列取值，其他取值不作判断。",
    )
    said.append(only + say.terms)
    return [Passage(say("Question", "问题"), head), Passage(say("Answer", "回答"), said)]


def _goal(asked: Question, say: Wording) -> str:
    """Return the target in words."""
    name, unit = say.name(asked.indicator), say.unit(asked.indicator.unit)
    sign = say("at most", "不高于") if asked.below else say("at least", "不低于")
    number = f"{asked.target:g}"
    if unit.startswith(("%", "占")):
        return say(f"{name} {sign} {number}{unit}", f"{name}{sign}{number}%")
    return say(f"{name} {sign} {number} {unit}", f"{name}{sign}{number}{unit}").rstrip()


def _sheet(found: Sequence[ModelTarget], study: LoadedStudy, asked: Question, say: Wording) -> Sheet:
    """Return the indicator of each whole model over the values that were run, with the target across."""
    varied, seeds = study.factors[0], study.study.seeds
    whole = [item for item in found if item.control is None]
    lines = []
    for arm, item in enumerate(whole):
        low, middle, high = (
            [value if math.isfinite(value) else None for value in band]
            for band in zip(*((p.low, p.mean, p.high) for p in item.found.points), strict=True)
        )
        printed = [say.number(_cell(p.mean), asked.indicator.decimals) for p in item.found.points]
        lines.append(
            Line(arm, [p.value for p in item.found.points], middle, low, high, printed, item.name(say))
        )
    if len(whole) > 2:
        met = sum(item.found.where != "nowhere" for item in whole)
        answers = say(
            f"reached under {met} of {counted(len(whole), 'model')} within the range",
            f"{len(whole)}种模式中{met}种在考察范围内达到",
        )
    else:
        answers = say("; ", "；").join(_short(item, varied, say) for item in whole)
    goal = _goal(asked, say)
    return Sheet(
        f"{goal[0].upper()}{goal[1:]}{say(': ', '：')}{answers}",
        say(
            "Mean over replications at each value that was run, with 95% interval; no line where a replication did not get "
            "there; dotted: the target.",
            "各模拟取值下重复模拟的均值，阴影为95%置信区间；有模拟未达到处无线；虚线为目标值。",
        ) + say(f" Today: {_shown(varied.today, varied)}.", f"现值：{_shown(varied.today, varied)}。"),
        say(
            f"{study.base.label}: {counted(seeds, 'replication')}. ", f"{say.place(study)}：{seeds}次重复模拟。"
        ) + say.terms,
        [Curves(say.measured(asked.indicator), goal, lines, say.label(varied), zero=False, level=asked.target)], 1,
    )  # fmt: skip


def _short(item: ModelTarget, varied: Factor, say: Wording) -> str:
    """Say in few words where a model meets the target."""
    value = "" if item.found.value is None else _shown(item.found.value, varied)
    words = {
        "from": say(f"from {value} on", f"需达到{value}"), "up to": say(f"up to {value}", f"需不超过{value}"),
        "everywhere": say("at every value run", "各取值均达到"), "nowhere": say("not reached", "各取值均未达到"),
        "not monotone": say("no single answer", "没有单一答案"),
    }[item.found.where]  # fmt: skip
    return say(f"{words} under {item.name(say)}", f"{item.name(say)}{words}")


def _cell(value: float) -> float | Missing:
    return value if math.isfinite(value) else Missing.NOT_REACHED


def _table(found: Sequence[ModelTarget], varied: Factor, asked: Question) -> DataTable:
    rows: list[list[Cell]] = [
        [
            item.model, item.control_name, varied.path, point.value, asked.indicator.name, _cell(point.mean),
            _cell(point.low), _cell(point.high), "yes" if asked.met(point.mean) else "no",
        ]
        for item in found
        for point in item.found.points
    ]  # fmt: skip
    return DataTable(_COLUMNS, rows)


def _facts(item: ModelTarget, varied: Factor) -> dict[str, object]:
    def plain(value: float) -> float | None:
        return value if math.isfinite(value) else None

    found = item.found
    return {
        "model": item.model, "control": item.control_name, "where": found.where, "value": found.value,
        "first": found.first, "last": found.last, "certain": found.certain, "stretches": found.stretches,
        "not_run_between": found.between(varied), "words": item.words,
        "points": [
            {"value": p.value, "mean": plain(p.mean), "low": plain(p.low), "high": plain(p.high)} for p in found.points
        ],
    }  # fmt: skip
