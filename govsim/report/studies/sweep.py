"""The command sweep: runs a design, writes one row a run, and prints what each indicator follows and who is best where."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from govsim.report.comparing.words import letters, number
from govsim.report.exits import DONE, SOME_FAILED
from govsim.report.studies.common import (
    StudyAsked,
    Table,
    control_words,
    controls_table,
    records,
    refuse_controls_of_one,
    refuse_size,
    runs_times,
    shown,
    tell,
    without_mechanisms,
    write_study,
)
from govsim.report.studies.figures import sweep_figure
from govsim.results.csvtext import Cell
from govsim.results.declare import Column
from govsim.results.indicators import HEADLINE, INDICATORS
from govsim.results.values import Missing, spans
from govsim.runner.options import RunOptions
from govsim.runner.progress import Reporter
from govsim.studies.ablations import Controlled
from govsim.studies.design import of_study
from govsim.studies.experiments import Experiments, run_design
from govsim.studies.sweeping import NO_VALUE, UNDECIDED, Best, Swept, judged, swept

_DRAWN = (
    "participation_4w",
    "resolved_existing_26w",
    "still_open",
    "trust_community",
    "burnout",
    "undone_tasks",
)
_WHAT = (
    Column("indicator", "indicator", "指标", "-", "Name; see dictionary.csv of a run."),
    Column("label_en", "label", "英文名称", "-", "English label."),
    Column("label_zh", "Chinese label", "中文名称", "-", "Chinese label."),
    Column("unit", "unit", "单位", "-", "Unit of all values of the row."),
)
RANGES = (
    *_WHAT,
    Column("model", "model", "治理模式", "-", "Governance model."),
    Column("points", "points", "样本点", "points", "Points at which every run has a value or did not reach it."),
    Column("of_points", "of points", "样本点总数", "points", "Points of the design."),
    Column("not_reached", "not reached", "未达到的样本点", "points",
           "Points of these at which some run did not reach it; they count as beyond all others."),
    Column("low", "lowest", "最小值", "see unit", "Lowest mean over seeds at any point."),
    Column("mean", "mean", "均值", "see unit", "Mean over the points."),
    Column("high", "highest", "最大值", "see unit", "Highest mean over seeds at any point."),
    Column("follows", "follows", "主要跟随参数", "-",
           "Parameter with the largest rank correlation; none where no correlation is clear."),
    Column("correlation", "rank correlation", "秩相关系数", "-", "Kendall's, with that parameter."),
)  # fmt: skip
BEST = (
    *_WHAT,
    Column("direction", "direction", "方向", "-", "1 more is better, -1 less is better."),
    Column("best", "best model", "最优模式", "-",
           "Better than every other model, by paired intervals widened for all points, pairs and indicators; "
           "undecided; or no value."),
    Column("share", "share", "占比", "share of points, 0-1", "Points at which it is so."),
)  # fmt: skip


def sweep_command(
    asked: StudyAsked,
    options: RunOptions,
    figures: bool = True,
    json_output: bool = False,
    force: bool = False,
    controls: bool = False,
) -> int:
    """Run the design of a study and return the exit code; finished runs are used again.

    Raises
    ------
    ScenarioError, RefusedError, EnvironmentProblem
        If the study is wrong or too large; if results cannot be used or written.
    """
    loaded = asked.load()
    refuse_controls_of_one(controls, len(loaded.models), loaded.file)
    refuse_size(loaded, loaded.points * runs_times(controls), options.out, force)
    design = of_study(loaded)
    reporter = options.reporter or Reporter()
    arms = f"{len(loaded.models)} {'model' if len(loaded.models) == 1 else 'models'}"
    reporter.say(f"{len(design)} points x {arms} x {loaded.study.seeds} seeds.")
    planned = runs_times(controls) * len(design) * len(loaded.models) * loaded.study.seeds
    started = time.perf_counter()
    run = partial(run_design, design=design, options=replace(options, reporter=reporter), noted=planned)
    ran = run(loaded)
    code = tell([ran])
    if code not in (DONE, SOME_FAILED) or not np.isfinite(ran.summaries).any():
        return code
    left: list[list[Controlled]] = []
    if controls:
        failed, left = without_mechanisms(loaded, ran, run, reporter)
        if failed:
            return failed
    every = swept(ran, INDICATORS)
    bests = judged(ran, HEADLINE)
    chosen = [item for item in HEADLINE if item.name in _DRAWN]
    drawn = sweep_figure(ran, every, chosen, _footer(ran)) if figures else {}
    tables: dict[str, Table] = {
        "experiments.csv": experiments_table(ran),
        "ranges.csv": (RANGES, [_range_row(ran, item) for item in every]),
    }
    if bests:
        tables["best.csv"] = (BEST, [row for item in bests for row in _best_rows(ran, item)])
    if left:
        tables["controls.csv"] = controls_table(left)
    folder = write_study(
        options, loaded, "sweep", tables, drawn,
        {"design": loaded.study.design.model_dump(), "points": len(design), "seeds": list(ran.seeds),
         "models": list(ran.labels), "parameters": {f.path: [f.low, f.high] for f in design.factors}},
    )  # fmt: skip
    if json_output:
        print(json.dumps(_as_json(ran, every, bests, left, folder), ensure_ascii=False, allow_nan=False))
    else:
        seconds = time.perf_counter() - started
        print("\n".join(line.rstrip() for line in _answer(ran, every, bests, left, folder, seconds)))
    return code


def experiments_table(ran: Experiments) -> Table:
    """Return one row a finished run: point, parameters, model, seed, indicators."""
    factors = ran.design.factors
    columns = (
        Column("point", "point", "样本点", "-", "Number of the point in the design, from 0."),
        *(Column(f.path, f.label_en, f.label_zh, f.unit, f"Parameter {f.path} of the scenario.") for f in factors),
        Column("model", "model", "治理模式", "-", "Governance model."),
        Column("seed", "seed", "随机种子", "-", "Seed of the run."),
        *INDICATORS,
    )  # fmt: skip
    rows: list[list[Cell]] = []
    missing = {item.value: item for item in Missing}
    for point, model, seed in np.ndindex(ran.summaries.shape[:3]):
        numbers = ran.summaries[point, model, seed]
        if not np.isfinite(numbers).any():
            continue  # the run failed, and was told of
        cells: list[Cell] = [
            float(value) if np.isfinite(value) else missing[ran.reasons[point, model, seed, item.name]]
            for item, value in zip(INDICATORS, numbers, strict=True)
        ]
        at: list[Cell] = [float(value) for value in ran.design.points[point]]
        rows.append([point, *at, ran.labels[model], ran.seeds[seed], *cells])
    return columns, rows


def _range_row(ran: Experiments, item: Swept) -> list[Cell]:
    indicator = item.indicator
    numbers: list[Cell] = [_cell(value) for value in (item.low, item.mean, item.high)]
    follows = "none" if item.follows is None else ran.design.factors[item.follows].path
    words = (indicator.name, indicator.label_en, indicator.label_zh, indicator.unit)
    counts = [item.points, len(ran.design), item.late]
    return [*words, ran.labels[item.model], *counts, *numbers, follows, item.correlation]


def _cell(value: float) -> float | Missing:
    if np.isfinite(value):
        return value
    return Missing.NO_BASE if np.isnan(value) else Missing.NOT_REACHED


def _best_rows(ran: Experiments, item: Best) -> Iterator[list[Cell]]:
    indicator = item.indicator
    words = (
        indicator.name,
        indicator.label_en,
        indicator.label_zh,
        indicator.unit,
        indicator.direction,
    )
    named = [*enumerate(ran.labels), (UNDECIDED, "undecided"), (NO_VALUE, "no value")]
    for winner, name in named:
        yield [*words, name, item.share(winner)]


def _answer(
    ran: Experiments,
    every: Sequence[Swept],
    bests: Sequence[Best],
    left: Sequence[Sequence[Controlled]],
    folder: Path,
    seconds: float,
) -> Iterator[str]:
    design, study = ran.design, ran.study
    yield (
        f"{study.label}: {len(design)} points ({study.study.design.kind}) over {len(design.factors)} parameters of "
        f"{study.base.label}, seeds {spans(ran.seeds)}"
    )
    yield f"Runs       {ran.computed} and {ran.reused} found, {seconds:.0f} s; capacity {study.study.capacity_mode}"
    marks = letters(ran.labels)
    for mark, label in zip(marks, ran.labels, strict=True):
        yield f"{mark} = {label}"
    yield ""
    yield (
        f"{'mean over seeds: lowest and highest point':<48}{'lowest':>12}{'highest':>12}  follows most (rank correlation)"
    )
    for indicator in HEADLINE:
        for item in [one for one in every if one.indicator is indicator]:
            name = indicator.words if item.model == 0 else ""
            low, high = (number(_cell(value), indicator.decimals) for value in (item.low, item.high))
            follows = "nothing clearly"
            if item.follows is not None:
                follows = f"{design.factors[item.follows].path} ({item.correlation:+.2f})"
            note = (
                ""
                if item.points == len(design)
                else f"  [{item.points} of {len(design)} points have a value]"
            )
            note += f"  [not reached at {item.late} of {item.points}]" if item.late else ""
            yield f"{name:<46}{marks[item.model]:<2}{low:>12}{high:>12}  {follows}{note}"
    if bests:
        yield ""
        heads = "".join(f"{mark:>8}" for mark in marks)
        yield f"{'best in % of the points':<48}{heads}{'undecided':>12}{'no value':>10}"
        for best in bests:
            shares = "".join(f"{best.share(model):>8.0%}" for model in range(len(marks)))
            without = f"{best.share(NO_VALUE):>10.0%}" if best.share(NO_VALUE) else ""
            yield f"{best.indicator.words:<48}{shares}{best.share(UNDECIDED):>12.0%}{without}"
        few = " One seed decides nothing." if len(ran.seeds) < 2 else ""
        yield (
            "Best: better than every other by paired intervals, widened for all points, pairs of models and indicators "
            f"(5%).{few}"
        )
    yield from control_words(left, marks)
    yield ""
    yield "In this model, over these ranges; shares of points say nothing about how likely a point is."
    yield f"Results    {shown(folder)}"


def _as_json(
    ran: Experiments,
    every: Sequence[Swept],
    bests: Sequence[Best],
    left: Sequence[Sequence[Controlled]],
    folder: Path,
) -> dict[str, Any]:
    return {
        "study": ran.study.label,
        "points": len(ran.design),
        "seeds": list(ran.seeds),
        "models": list(ran.labels),
        "computed": ran.computed,
        "reused": ran.reused,
        "failed": len(ran.failures),
        "folder": shown(folder),
        "ranges": records(RANGES, [_range_row(ran, item) for item in every]),
        "best": records(BEST, [row for item in bests for row in _best_rows(ran, item)]),
        "controls": records(*controls_table(left)),
    }


def _footer(ran: Experiments) -> str:
    return (
        f"{ran.study.label}, {len(ran.design)} points x {len(ran.seeds)} seeds. "
        "In this model, under these assumptions."
    )
