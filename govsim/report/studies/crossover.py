"""The command crossover: in which districts which model is better, where today's stands, and what would turn the answer."""

from __future__ import annotations

import hashlib
import json
import sys
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from govsim.report.comparing.words import WIDTH, number
from govsim.report.exits import DONE, INTERRUPTED, SOME_FAILED
from govsim.report.stamps import COMPARING
from govsim.report.studies.common import (
    StudyAsked,
    control_words,
    controls_table,
    records,
    refuse_size,
    runs_times,
    without_mechanisms,
)
from govsim.results.csvtext import Cell, table_bytes
from govsim.results.declare import Column, Indicator
from govsim.results.indicators import HEADLINE, INDICATORS
from govsim.results.provenance import commit, portable, source_hash, versions
from govsim.results.store import FORMAT, slug, write_folder
from govsim.results.tables import described
from govsim.results.values import Missing
from govsim.runner.options import RunOptions
from govsim.runner.progress import Reporter
from govsim.statistics.paired import chance_among_many
from govsim.studies.ablations import Controlled
from govsim.studies.crossover import (
    Crossover,
    Map,
    PointOwner,
    crossover,
    differences,
    influential,
    ordinary,
    with_today,
)
from govsim.studies.design import of_study
from govsim.studies.experiments import Experiments, run_design
from govsim.studies.switching import Switch, one_at_a_time, switch

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


@dataclass(frozen=True)
class _Found:
    """Everything that is written and printed."""

    study: LoadedStudy
    maps: Crossover
    top: Indicator
    switches: dict[tuple[int, str], Switch]
    """By pair and parameter."""
    left: list[list[Controlled]]
    """Under controls, by model after the first."""


def crossover_command(
    asked: StudyAsked,
    indicators: Sequence[str],
    options: RunOptions,
    switching: bool = True,
    figures: bool = True,
    json_output: bool = False,
    docs: Path | None = None,
    controls: bool = False,
    force: bool = False,
) -> int:
    """Run a study under two or more models, write the maps and return the exit code.

    Parameters
    ----------
    indicators
        The first one is that of the switching values; the directed headline indicators where empty.
    docs
        Folder of the documentation into which the search is written as a page with its classes.

    Raises
    ------
    ScenarioError
        If the study or what it names is refused.
    """
    from govsim.scenario.studies import load_study

    chosen = _indicators(indicators)
    study = load_study(asked.study, asked.overrides)
    sized = asked.of(study)
    count = sized.study.seeds
    _enough(len(sized.models), count, asked.study)
    first = study.study.first_seed
    if asked.points is not None:
        _refuse_points(study)
    refuse_size(sized, sized.points * runs_times(controls), options.out, force)
    design = of_study(sized)
    run = partial(run_design, options=options, models=sized.models, seeds=range(first, first + count))
    ran = run(study, with_today(design))
    if ran.interrupted:
        return _stopped(ran)
    left: list[list[Controlled]] = []
    if controls:
        code, left = without_mechanisms(study, ran, partial(run, design=design), Reporter())
        if code != DONE:
            return code
    maps = crossover(ran, chosen)
    switches: dict[tuple[int, str], Switch] = {}
    failures = list(ran.failures)
    if switching:
        moved = influential(maps.design, maps.maps[0].difference[0], MOVED)
        sweep, places = one_at_a_time(design.factors, moved, LEVELS)
        swept = run(study, sweep)
        if swept.interrupted:
            return _stopped(swept)
        failures += [item for item in swept.failures if item not in failures]
        switches = _switches(maps.maps[0], swept, chosen[0], moved, places)
    found = _Found(study, maps, chosen[0], switches, left)
    folder = _write(found, ran, options, figures)
    if docs is not None:
        from govsim.report.studies.crossover_tables import publish

        publish(maps, ran, docs, study)
    if json_output:
        print(json.dumps(_as_json(found, folder), ensure_ascii=False, allow_nan=False))
    else:
        print("\n".join(answer(found, folder)))
    for failure in failures:
        print(f"seed {failure.seed} of {failure.label} failed: {failure.problem}", file=sys.stderr)
    return SOME_FAILED if failures else DONE


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


def _indicators(names: Sequence[str]) -> list[Indicator]:
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


def _enough(models: int, seeds: int, over: str) -> None:
    from govsim.scenario.messages import Place, Problem, ScenarioError

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


def _stopped(ran: Experiments) -> int:
    print(f"interrupted: {ran.computed + ran.reused} runs kept; the same command continues.", file=sys.stderr)
    return INTERRUPTED


def _write(found: _Found, ran: Experiments, options: RunOptions, figures: bool) -> Path:
    words = [
        source_hash(COMPARING), ran.study.base.label, *(model.key for model in ran.models),
        str(ran.seeds), ran.design.points.tobytes().hex(), ",".join(m.indicator.name for m in found.maps.maps),
        ",".join(f"{pair}:{path}" for pair, path in found.switches), repr(figures), repr(found.left),
        hashlib.blake2b(ran.summaries.tobytes(), digest_size=8).hexdigest(),
    ]  # fmt: skip
    key = hashlib.blake2b("\n".join(words).encode(), digest_size=8).hexdigest()
    folder = options.out / slug(found.study.label) / f"crossover-{key}"
    if (folder / "manifest.json").exists():
        return folder
    columns, rows = crossover_table(found.maps)
    tables = {"crossover.csv": (columns, rows)}
    if found.switches:
        tables["switching.csv"] = (_SWITCHING, _switching_rows(found))
    if found.left:
        tables["controls.csv"] = controls_table(found.left)
    files = {
        name: table_bytes(name, [column.name for column in columns], rows)
        for name, (columns, rows) in tables.items()
    }
    header, rows = described((name.removesuffix(".csv"), columns) for name, (columns, _) in tables.items())
    files["dictionary.csv"] = table_bytes("dictionary.csv", header, rows)
    if figures:
        from govsim.report.studies.crossover_figure import draw

        files |= draw(found.maps, f"{found.study.label}, {found.maps.seeds} seeds, {folder.name}")
    manifest = {
        "format": FORMAT, "key": key, "study": found.study.label, "scenario": found.study.asked,
        "seeds": list(ran.seeds), "points": len(found.maps.design),
        "chance": {m.indicator.name: m.chance for m in found.maps.maps},
        "command": portable(list(options.command)), "versions": versions(), **commit(),
    }  # fmt: skip
    write_folder(folder, files, manifest)
    return folder


def crossover_table(maps: Crossover) -> tuple[tuple[Column, ...], list[list[Cell]]]:
    """Return columns and rows: one row a point, pair and indicator; today's point is called ``today``."""
    factors = maps.design.factors
    columns = (
        Column("point", "point", "样本点", "-", "Number of the point from 0; today is the scenario's own values."),
        *(Column(f.path, f.label_en, f.label_zh, f.unit, "Value of the parameter at the point.") for f in factors),
        *_PAIR,
        Column("difference", "difference", "差值", "see unit", "Mean over seeds of second minus first."),
        Column("low", "low end", "区间下端", "see unit", "Low end of the paired t interval that decides the class."),
        Column("high", "high end", "区间上端", "see unit", "High end of that interval."),
        Column("seeds", "seeds", "种子数", "seeds", "Pairs of runs."),
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
    return columns, rows


def _cells(found: Map, pair: int, point: int, seeds: int) -> list[Cell]:
    mean = float(found.difference[pair, point])
    side = _WORDS[PointOwner(int(found.sides[pair, point]))]
    if not np.isfinite(mean):
        missing = Missing.NO_BASE if np.isnan(mean) else Missing.NOT_REACHED
        return [missing, missing, missing, seeds, side]
    half = float(found.half_width(1.0 - found.chance)[pair, point])
    return [mean, mean - half, mean + half, seeds, side]


def _switching_rows(found: _Found) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    for (pair, path), item in found.switches.items():
        a, b = found.maps.maps[0].pairs[pair]
        factor = item.factor
        ends: list[Cell] = [
            Missing.NOT_REACHED if end is None else end for end in (item.value, item.low, item.high)
        ]
        rows.append([
            found.maps.labels[a], found.maps.labels[b], found.top.name, found.top.unit, path, factor.unit,
            factor.today, factor.low, factor.high, *ends, item.turns,
            item.decided, int((~np.isnan(item.difference)).sum()),
        ])  # fmt: skip
    return rows


def _as_json(found: _Found, folder: Path) -> dict[str, Any]:
    columns, rows = crossover_table(found.maps)
    tables = {
        "crossover": (columns, rows),
        "switching": (_SWITCHING, _switching_rows(found)),
        "controls": controls_table(found.left),
    }
    return {"study": found.study.label, "folder": folder.as_posix()} | {
        name: records(columns, rows) for name, (columns, rows) in tables.items()
    }


def answer(found: _Found, folder: Path) -> list[str]:
    """Return the printed answer, line by line."""
    maps = found.maps
    ranges = "; ".join(f"{f.path} {f.low:g} to {f.high:g}" for f in maps.design.factors)
    lines = _filled(
        f"{found.study.label}: {len(maps.design)} districts ({ranges}), {maps.seeds} seeds each, "
        f"{found.study.base.scenario.run.weeks} weeks. Intervals are widened for the many comparisons of an indicator: of "
        "those called better, at most 5 % are expected to be called wrongly. Today is the scenario's own values."
    )
    for rank, (a, b) in enumerate(maps.maps[0].pairs):
        lines += ["", f"A  {maps.labels[a]}", f"B  {maps.labels[b]}", ""]
        lines.append(
            f"{'':36} {'A better':>9} {'undecided':>9} {'B better':>9}  {'B - A today':>24}  quantile  have a value"
        )
        lines += [_line(maps, index, rank) for index in range(len(maps.maps))]
        lines += _places(maps, rank)
        lines += _turning(found, rank)
        if a == 0:
            lines += control_words(found.left[b - 1 : b], "AB")
    return [*lines, "", *_filled("In this model, under these assumptions."), f"written: {folder.as_posix()}"]


def _filled(words: str) -> list[str]:
    return textwrap.wrap(words, WIDTH, break_long_words=False, break_on_hyphens=False)


def _line(maps: Crossover, index: int, pair: int) -> str:
    found, now = maps.maps[index], maps.today[index]
    counts = " ".join(
        f"{found.count(pair, s):9}" for s in (PointOwner.FIRST, PointOwner.UNDECIDED, PointOwner.SECOND)
    )
    place = maps.place(index, pair)
    points = len(maps.design)
    return (
        f"{found.indicator.words[:36]:36} {counts}  {interval(now, pair):>24}  "
        f"{'-' if place is None else f'{place:.2f}':>8}  {points - found.count(pair, PointOwner.NO_VALUE)} of {points}"
    )


def interval(now: Map, pair: int) -> str:
    """Return today's difference with its interval."""
    mean, half = float(now.difference[pair, 0]), float(now.half_width(1.0 - now.chance)[pair, 0])
    if not np.isfinite(mean):
        return "n/a" if np.isnan(mean) else "not reached"
    places = now.indicator.decimals
    low, high = number(mean - half, places, sign=True), number(mean + half, places, sign=True)
    return f"{number(mean, places, sign=True)} [{low}, {high}]"


def _places(maps: Crossover, pair: int) -> list[str]:
    place = maps.place(0, pair)
    if place is None:
        return []
    name = maps.maps[0].indicator.label_en
    if ordinary(place):
        return _filled(
            f"Today's difference in “{name}” is an ordinary one: {place:.0%} of districts have less."
        )
    return _filled(
        f"Today's district is an unusual one: {place:.0%} of districts have a smaller difference in “{name}”. What is found "
        "today holds for few of the others."
    )


def _turning(found: _Found, pair: int) -> list[str]:
    items = [item for (rank, _), item in found.switches.items() if rank == pair]
    if not items:
        return []
    lines = ["", f"Where the sign of “{found.top.label_en}” turns when one thing alone moves:"]
    lines += [f"  {item.factor.path:42} {turning_words(item)}" for item in items]
    return [
        *lines,
        *_filled("A turn needs a value decided for each model. What lies between two values was not run."),
    ]


def turning_words(item: Switch) -> str:
    """Return what is said of a switching value."""
    factor = item.factor
    today = f"today {factor.today:g}, range {factor.low:g} to {factor.high:g}"
    if item.value is None or item.low is None or item.high is None:
        many = f"{item.decided} of {len(item.levels)} values decided"
        return f"no turn seen at the values run ({many}; {today})"
    more = f", {item.turns} turns in all" if item.turns > 1 else ""
    return f"turns at {item.value:.3g}, undecided from {item.low:.3g} to {item.high:.3g} ({today}{more})"
