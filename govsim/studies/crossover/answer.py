"""The answer of a crossover: in which districts which model is better, where today's stands, and what would turn the answer."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from govsim.results.csvtext import Cell
from govsim.results.declare import Column, Indicator
from govsim.results.indicators import HEADLINE, INDICATORS
from govsim.results.provenance import COMPARING, source_hash
from govsim.results.values import Missing
from govsim.statistics.paired import chance_among_many
from govsim.studies.ablations import (
    Controlled,
    control_sections,
    controls_table,
    left_under_controls,
    runs_times,
)
from govsim.studies.answer import Answer, Cloud, DataTable, Part, Passage, Scatter, Sheet, TextTable
from govsim.studies.crossover import (
    Crossover,
    Map,
    PointOwner,
    Switch,
    differences,
    influential,
    one_at_a_time,
    ordinary,
    switch,
    with_today,
)
from govsim.studies.crossover import (
    crossover as mapped,
)
from govsim.studies.experiments import Experiments, StudyRuns, of_study
from govsim.studies.wording import Wording, counted

if TYPE_CHECKING:
    from govsim.scenario.studies import Factor, LoadedStudy

TOP = "resolved_existing_26w"
"""Indicator whose switching values are sought where nothing else is asked for."""
MOVED, LEVELS = 5, 11
"""Parameters that are moved one at a time, and values of each."""
_WORDS = {
    PointOwner.FIRST: "first better",
    PointOwner.SECOND: "second better",
    PointOwner.UNDECIDED: "undecided",
    PointOwner.NO_VALUE: "no value",
}
_PAIR = (
    Column("first", "first model", "模式一", "-", "Label of the first model."),
    Column("second", "second model", "模式二", "-", "Label of the second model."),
    Column("indicator", "indicator", "指标", "-", "Name; see govsim describe and the dictionary of a run."),
    Column("unit", "unit", "单位", "-", "Unit of the differences of the row."),
)
_SWITCHING = (
    *_PAIR,
    Column("parameter", "parameter", "参数", "-", "The one that moves; the others stay as today."),
    Column("parameter_unit", "unit of the parameter", "参数单位", "-", "Unit of the values."),
    Column("today", "today", "现值", "see unit", "Value in the scenario."),
    Column("lowest", "lowest", "下端", "see unit", "Low end of the range."),
    Column("highest", "highest", "上端", "see unit", "High end of the range."),
    Column("turns_at", "turns at", "临界值", "see unit",
           "Value at which the mean changes sign, between two values decided for different models; else not reached."),
    Column("undecided_from", "undecided from", "尚难判断区间下端", "see unit", "Below it the interval leaves zero out."),
    Column("undecided_to", "undecided to", "尚难判断区间上端", "see unit", "Above it the interval leaves zero out."),
    Column("turns", "turns", "转折次数", "-", "How often the decided sign changes in the range."),
    Column("decided", "decided values", "可判断的取值数", "-", "Values at which one of the two models is better."),
    Column("values", "values", "取值数", "-", "Values that were run and at which every run has a value."),
)  # fmt: skip
_MOST_PAIRS = 10
"""Pairs of models that get a figure; the table holds all."""
_AXES = 3
"""Parameters shown against each other where there are more."""


@dataclass(frozen=True)
class CrossoverAnswer(Answer):
    """An answer with what its page is made from."""

    maps: Crossover = field(kw_only=True)
    ran: Experiments = field(kw_only=True)


def find_crossover(
    study: LoadedStudy,
    runs: StudyRuns,
    chosen: Sequence[Indicator],
    points: int | None = None,
    switching: bool = True,
    controls: bool = False,
) -> CrossoverAnswer:
    """Run a study under two or more models and map where which one is better.

    Parameters
    ----------
    chosen
        The first one is that of the switching values.
    points
        Number of them where it is not the study's own.

    Raises
    ------
    ScenarioError
        If the study is refused.
    """
    _enough(study)
    if points is not None:
        _refuse_points(study)
    runs.fit(study, study.points * runs_times(controls))
    design = of_study(study)
    ran = runs(study, with_today(design))
    left = left_under_controls(study, lambda other: runs(other, design), runs.say, ran) if controls else []
    maps = mapped(ran, chosen)
    switches: dict[tuple[int, str], Switch] = {}
    if switching:
        moved = influential(maps.design, maps.maps[0].difference[0], MOVED)
        levels, places = one_at_a_time(design.factors, moved, LEVELS)
        switches = _switches(maps.maps[0], runs(study, levels), chosen[0], moved, places)
    table, turning = crossover_table(maps), _switching(maps, chosen[0], switches)
    by_control = controls_table([item for items in left for item in items])
    tables = {"crossover.csv": table}
    tables |= {"switching.csv": turning} if switches else {}
    tables |= {"controls.csv": by_control} if left else {}
    key = _key(ran, maps, switches, left)
    return CrossoverAnswer(
        f"crossover-{key}", tables,
        {"key": key, "scenario": study.asked, "seeds": list(ran.seeds), "points": len(maps.design),
         "chance": {m.indicator.name: m.chance for m in maps.maps}},
        {"study": study.label}, {"crossover": table, "switching": turning, "controls": by_control},
        lambda say: _text(study, ran, maps, chosen[0], switches, left, say),
        lambda say: _sheets(maps, ran, say),
        once=True, maps=maps, ran=ran,
    )  # fmt: skip


def _switches(
    found: Map, swept: Experiments, indicator: Indicator, moved: Sequence[Factor], places: Sequence[slice]
) -> dict[tuple[int, str], Switch]:
    """Return where signs turn, by pair and parameter; levels are decided among all of them."""
    values, design = swept.ordered(indicator.name), swept.design
    tests = {
        (rank, factor): differences(values[place, a], values[place, b])
        for rank, (a, b) in enumerate(found.pairs)
        for factor, place in zip(moved, places, strict=True)
    }
    chance = chance_among_many([p for test in tests.values() for p in test.counted])
    where = dict(zip(moved, places, strict=True))
    return {
        (rank, factor.path): switch(
            factor, design.points[where[factor], design.factors.index(factor)], test, len(swept.seeds), chance
        )
        for (rank, factor), test in tests.items()
    }


def directed_indicators(names: Sequence[str]) -> list[Indicator]:
    """Return indicators of which more or less is better, by name; those of the headline where none is named.

    Raises
    ------
    ScenarioError
        If there is no such indicator, or neither more nor less of it is better.
    """
    from govsim.scenario.fields import nearest
    from govsim.scenario.messages import Place, Problem, ScenarioError

    directed = {item.name: item for item in INDICATORS if item.direction != 0}
    if not names:
        others = [item for item in HEADLINE if item.direction != 0 and item.name != TOP]
        return [directed[TOP], *others]
    problems = []
    for name in names:
        if name not in directed:
            known = any(item.name == name for item in INDICATORS)
            why = "neither more nor less of it is better" if known else "is no indicator"
            close = nearest(name, list(directed))
            hints = [f"did you mean  {close[0]}?"] if close else [f"such as {', '.join(list(directed)[:4])}"]
            problems.append(Problem.at(Place("--indicator"), name, why, hints))
    if problems:
        raise ScenarioError(problems)
    return [directed[name] for name in names]


def _enough(study: LoadedStudy) -> None:
    from govsim.scenario.messages import Place, Problem, ScenarioError

    models, seeds, over = len(study.models), study.study.seeds, study.file
    if models < 2:
        words = (
            f"{models} governance model: a crossover needs two or more, as arguments or in the study's models"
        )
        raise ScenarioError([Problem.at(Place(over), "models", words)])
    if seeds < 2:
        raise ScenarioError([Problem.at(Place(over), "seeds", "1 seed: an interval needs two or more")])


def _refuse_points(study: LoadedStudy) -> None:
    """Refuse another number of points than the study's where a longer design does not begin with a shorter one."""
    from govsim.scenario.messages import Place, Problem, ScenarioError

    kind = study.study.design.kind
    if kind not in ("sobol", "latin_hypercube"):
        words = f"--points: the design is a {kind}, whose points the study file fixes"
        raise ScenarioError([Problem.at(Place(study.label), "design.kind", words)])


def _key(
    ran: Experiments,
    maps: Crossover,
    switches: Mapping[tuple[int, str], Switch],
    left: Sequence[Sequence[Controlled]],
) -> str:
    """Return what names the folder: which runs, looked at how, by which code."""
    words = [
        source_hash(COMPARING), ran.study.base.label, *(model.key for model in ran.models),
        str(ran.seeds), ran.design.points.tobytes().hex(), ",".join(m.indicator.name for m in maps.maps),
        ",".join(f"{pair}:{path}" for pair, path in switches), repr(left),
        hashlib.blake2b(ran.summaries.tobytes(), digest_size=8).hexdigest(),
    ]  # fmt: skip
    return hashlib.blake2b("\n".join(words).encode(), digest_size=8).hexdigest()


def crossover_table(maps: Crossover) -> DataTable:
    """Return one row a point, pair and indicator; today's point is called ``today``."""
    factors = maps.design.factors
    columns = (
        Column("point", "point", "样本点", "-", "Number of the point from 0; today is the scenario's own values."),
        *(Column(f.path, f.label_en, f.label_zh, f.unit, "Value of the parameter at the point.") for f in factors),
        *_PAIR,
        Column("difference", "difference", "差值", "see unit", "Mean over seeds of second minus first."),
        Column("low", "low end", "区间下端", "see unit", "Low end of the paired t interval that decides the class."),
        Column("high", "high end", "区间上端", "see unit", "High end of that interval."),
        Column("seeds", "seeds", "重复次数", "seeds", "Pairs of runs."),
        Column("class", "class", "类别", "-",
               "first better, undecided, second better; no value where a run has none. Where a run did not reach the "
               "indicator there is no mean, and the sign test decides."),
    )  # fmt: skip
    rows: list[list[Cell]] = []
    today = tuple(factor.today for factor in factors)
    for found, now in zip(maps.maps, maps.today, strict=True):
        for rank, (a, b) in enumerate(found.pairs):
            who = [maps.labels[a], maps.labels[b], found.indicator.name, found.indicator.unit]
            for point, values in enumerate(maps.design.points):
                rows.append([str(point), *map(float, values), *who, *_cells(found, rank, point, maps.seeds)])
            rows.append(["today", *today, *who, *_cells(now, rank, 0, maps.seeds)])
    return DataTable(columns, rows)


def _cells(found: Map, pair: int, point: int, seeds: int) -> list[Cell]:
    mean = float(found.difference[pair, point])
    side = _WORDS[PointOwner(int(found.sides[pair, point]))]
    if not np.isfinite(mean):
        missing = Missing.NO_BASE if np.isnan(mean) else Missing.NOT_REACHED
        return [missing, missing, missing, seeds, side]
    half = float(found.half_width(1.0 - found.chance)[pair, point])
    return [mean, mean - half, mean + half, seeds, side]


def _switching(maps: Crossover, top: Indicator, switches: Mapping[tuple[int, str], Switch]) -> DataTable:
    rows: list[list[Cell]] = []
    for (pair, path), item in switches.items():
        a, b = maps.maps[0].pairs[pair]
        factor = item.factor
        ends: list[Cell] = [
            Missing.NOT_REACHED if end is None else end for end in (item.value, item.low, item.high)
        ]
        rows.append([
            maps.labels[a], maps.labels[b], top.name, top.unit, path, factor.unit,
            factor.today, factor.low, factor.high, *ends, item.turns,
            item.decided, int((~np.isnan(item.difference)).sum()),
        ])  # fmt: skip
    return DataTable(_SWITCHING, rows)


def _text(
    study: LoadedStudy,
    ran: Experiments,
    maps: Crossover,
    top: Indicator,
    switches: Mapping[tuple[int, str], Switch],
    left: Sequence[Sequence[Controlled]],
    say: Wording,
) -> list[Passage]:
    ranges = say("; ", "；").join(
        say(f"{f.path} {f.low:g} to {f.high:g}", f"{say.parameter(f)}{f.low:g}至{f.high:g}")
        for f in maps.design.factors
    )
    weeks, labels = study.base.scenario.run.weeks, say.models(maps.labels, ran.models)
    sections = [Passage(say("What was run", "模拟内容"), [say(
        f"{study.label}: {len(maps.design)} districts ({ranges}), {maps.seeds} seeds each, {weeks} weeks. "
        "Intervals are widened for the many comparisons of an indicator: of "
        "those called better, at most 5 % are expected to be called wrongly. Today is the scenario's own values.",
        f"{say.study(study)}：{len(maps.design)}个地区（{ranges}），各{maps.seeds}次重复模拟，{say.span(weeks)}。"
        "置信区间已按同一指标的全部比较放宽：判为好于对方的，预计至多5%有误。“现值”指情景本身的取值。",
    )])]  # fmt: skip
    for rank, (a, b) in enumerate(maps.maps[0].pairs):
        names = [f"A  {labels[a]}", f"B  {labels[b]}"]
        rows = [[
            "", say("A better", "A更好"), say("undecided", "尚难判断"), say("B better", "B更好"),
            say("B - A today", "现值下B减A"), say("quantile", "分位数"), say("have a value", "有数值"),
        ]]  # fmt: skip
        rows += [_row(maps, index, rank, say) for index in range(len(maps.maps))]
        sections.append(Passage(say.listed([labels[b], labels[a]]), names))
        found: list[Part] = [TextTable(rows), *_places(maps, rank, say)]
        sections.append(Passage(say("Where which is better", "各模式的适用条件"), found))
        if turning := _turning(top, switches, rank, say):
            sections.append(Passage(say("What would turn it", "临界值"), turning))
        if a == 0:
            sections += control_sections(left[b - 1 : b], "B", say)
    return [*sections, Passage(say("What it says", "如何理解"), [say.terms])]


def _row(maps: Crossover, index: int, pair: int, say: Wording) -> list[str]:
    found, now = maps.maps[index], maps.today[index]
    sides = (PointOwner.FIRST, PointOwner.UNDECIDED, PointOwner.SECOND)
    place, points = maps.place(index, pair), len(maps.design)
    known = points - found.count(pair, PointOwner.NO_VALUE)
    return [
        say.printed(found.indicator), *(str(found.count(pair, side)) for side in sides), interval_today(now, pair, say),
        "-" if place is None else f"{place:.2f}", say(f"{known} of {points}", f"{known}/{points}"),
    ]  # fmt: skip


def interval_today(now: Map, pair: int, say: Wording) -> str:
    """Return today's difference with its interval."""
    mean, half = float(now.difference[pair, 0]), float(now.half_width(1.0 - now.chance)[pair, 0])
    places = now.indicator.decimals
    if not np.isfinite(mean):
        return say.number(Missing.NO_BASE if np.isnan(mean) else Missing.NOT_REACHED, places)
    low, high = (say.number(end, places, sign=True) for end in (mean - half, mean + half))
    return f"{say.number(mean, places, sign=True)} [{low}, {high}]"


def _places(maps: Crossover, pair: int, say: Wording) -> list[str]:
    place = maps.place(0, pair)
    if place is None:
        return []
    name = say(maps.maps[0].indicator.label_en, say.name(maps.maps[0].indicator))
    if ordinary(place):
        return [say(
            f"Today's difference in “{name}” is an ordinary one: {place:.0%} of districts have less.",
            f"现值下“{name}”的差值属常见水平：{place:.0%}的地区差值更小。",
        )]  # fmt: skip
    return [say(
        f"Today's district is an unusual one: {place:.0%} of districts have a smaller difference in “{name}”. What is "
        "found today holds for few of the others.",
        f"现值所在地区较为特殊：{place:.0%}的地区“{name}”的差值更小；现值下的结论只适用于少数其他地区。",
    )]  # fmt: skip


def _turning(
    top: Indicator, switches: Mapping[tuple[int, str], Switch], pair: int, say: Wording
) -> list[Part]:
    rows = [
        [f"  {say(item.factor.path, say.parameter(item.factor))}", turning_words(item, say)]
        for (rank, _), item in switches.items()
        if rank == pair
    ]
    if not rows:
        return []
    return [
        say(
            f"Where the sign of “{top.label_en}” turns when one thing alone moves:",
            f"仅一项参数变化时，“{say.name(top)}”之差在何处改变方向：",
        ),
        TextTable(rows, (0, 1)),
        say(
            "A turn needs a value decided for each model. What lies between two values was not run.",
            "改变方向须有取值分别判为两种模式更好；两个取值之间未作模拟。",
        ),
    ]


def turning_words(item: Switch, say: Wording) -> str:
    """Return what is said of a switching value."""
    factor = item.factor
    today = say(
        f"today {factor.today:g}, range {factor.low:g} to {factor.high:g}",
        f"现值{factor.today:g}，范围{factor.low:g}至{factor.high:g}",
    )
    if item.value is None or item.low is None or item.high is None:
        many = say(
            f"{item.decided} of {len(item.levels)} values decided",
            f"{len(item.levels)}个取值中{item.decided}个有明确差异",
        )
        return say(
            f"no turn seen at the values run ({many}; {today})", f"模拟取值中未见改变方向（{many}；{today}）"
        )
    more = say(f", {item.turns} turns in all", f"，共改变{item.turns}次") if item.turns > 1 else ""
    return say(
        f"turns at {item.value:.3g}, undecided from {item.low:.3g} to {item.high:.3g} ({today}{more})",
        f"在{item.value:.3g}处改变方向，{item.low:.3g}至{item.high:.3g}尚难判断（{today}{more}）",
    )


def _sheets(maps: Crossover, ran: Experiments, say: Wording) -> dict[str, Sheet]:
    """Return a map for each pair: one panel for two parameters, three for the three that matter most."""
    pairs = maps.maps[0].pairs[:_MOST_PAIRS]
    return {
        "crossover" if len(pairs) == 1 else f"crossover-{rank + 1}": _sheet(maps, ran, rank, say)
        for rank in range(len(pairs))
    }


def _sheet(maps: Crossover, ran: Experiments, pair: int, say: Wording) -> Sheet:
    found, factors = maps.maps[0], maps.design.factors
    labels = say.models(maps.labels, ran.models)
    first, second = (labels[model] for model in found.pairs[pair])
    chosen = factors if len(factors) <= _AXES else influential(maps.design, found.difference[pair], _AXES)
    planes = list(itertools.combinations(chosen, 2)) or [(chosen[0], chosen[0])]
    points, (better, worse, open_) = len(maps.design), (
        found.count(pair, side) for side in (PointOwner.SECOND, PointOwner.FIRST, PointOwner.UNDECIDED)
    )  # fmt: skip
    of = counted(points, "district")
    title = say(
        f"{second} is better in {better} of {of}, {first} in {worse}; {open_} undecided",
        f"{points}个地区中，{second}在{better}个更好，{first}在{worse}个更好，{open_}个尚难判断",
    )
    if not better + worse:
        title = say(
            f"Undecided in all of {of} which is better: {first} or {second}",
            f"{points}个地区均尚难判断{first}与{second}何者更好",
        )
    note = say(
        f"Compared in: {say.measured(found.indicator)}. Each mark is a district; {counted(len(factors), 'parameter')} vary.",
        f"比较指标：{say.measured(found.indicator)}。每个标记为一个地区；共变动{len(factors)}个参数。",
    )
    footer = say(
        f"{ran.study.label}: {counted(maps.seeds, 'replication')} each. ",
        f"{say.study(ran.study)}：各{maps.seeds}次重复模拟。",
    )
    panels = [_plane(maps, labels, pair, x, y, say) for x, y in planes]
    return Sheet(title, note, footer + say.terms, panels, len(panels))


def _plane(maps: Crossover, labels: Sequence[str], pair: int, x: Factor, y: Factor, say: Wording) -> Scatter:
    a, b = maps.maps[0].pairs[pair]
    sides = maps.maps[0].sides[pair]
    across, up = (maps.design.points[:, maps.design.factors.index(factor)] for factor in (x, y))
    clouds = []
    for side, label, kind, full, marker in (
        (PointOwner.FIRST, say(f"{labels[a]} better", f"{labels[a]}更好"), 0, True, "s"),
        (PointOwner.SECOND, say(f"{labels[b]} better", f"{labels[b]}更好"), 1, False, "^"),
        (PointOwner.UNDECIDED, say("undecided", "尚难判断"), None, True, "."),
        (PointOwner.NO_VALUE, say("no value", "无数值"), None, True, "x"),
    ):
        here = sides == side
        if here.any():
            clouds.append(Cloud(label, across[here].tolist(), up[here].tolist(), kind, full, marker))
    today = say("today", "现值")
    return Scatter("", clouds, say.label(x), say.label(y), star=(x.today, y.today), star_name=today)
