"""The command sensitivity: noise first, then which parameters move models and their difference, and how little the others."""

from __future__ import annotations

import json
import textwrap
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from govsim.extras import require
from govsim.report.comparing.words import WIDTH, letters
from govsim.report.exits import DONE
from govsim.report.studies.common import (
    StudyAsked,
    Table,
    control_words,
    controls_table,
    indicators,
    records,
    refuse_controls_of_one,
    refuse_size,
    runs_times,
    shown,
    smaller,
    tell,
    without_mechanisms,
    write_study,
)
from govsim.report.studies.figures import influence_figure
from govsim.report.studies.sensitivity_page import write_page
from govsim.results.csvtext import Cell
from govsim.results.declare import Column, Indicator
from govsim.results.errors import RefusedError
from govsim.results.values import Missing
from govsim.runner.options import RunOptions
from govsim.runner.progress import Reporter
from govsim.scenario.studies import Factor
from govsim.studies import influence
from govsim.studies.ablations import Controlled
from govsim.studies.experiments import Experiments, run_design
from govsim.studies.influence import FILE, standings
from govsim.studies.sensitivity import Analysis, Influence, Method, Screening, analyse, lay, points_of

_ROWS = 10

COLUMNS = (
    Column("indicator", "indicator", "指标", "-", "Name; see dictionary.csv of a run."),
    Column("label_en", "label", "英文名称", "-", "English label of the indicator."),
    Column("label_zh", "Chinese label", "中文名称", "-", "Chinese label of the indicator."),
    Column("unit", "unit", "单位", "-", "Unit of the indicator."),
    Column("model", "model", "治理模式", "-", "Governance model."),
    Column("baseline", "baseline", "基准", "-", "Model that is subtracted seed by seed; n/a for a model alone."),
    Column("rank", "rank", "排序", "-", "1 for the most influential parameter."),
    Column("parameter", "parameter", "参数", "-", "Path of the parameter."),
    Column("parameter_en", "parameter label", "参数英文名称", "-", "English label of the parameter."),
    Column("parameter_zh", "Chinese parameter label", "参数中文名称", "-", "Chinese label of the parameter."),
    Column("status", "status", "依据", "-", "How well its value is known: found, derived, calibrated, assumed or design."),
    Column("low", "lower end", "范围下限", "the parameter's", "Lower end of its range."),
    Column("today", "today", "现值", "the parameter's", "Its value in the scenario."),
    Column("high", "upper end", "范围上限", "the parameter's", "Upper end of its range."),
    Column("method", "method", "方法", "-", "morris or sobol."),
    Column("index", "index", "敏感度", "see method",
           "morris: mean size of elementary effects, change of the indicator over the whole range, in its unit; "
           "sobol: total index, share of variance. Noise adds nothing to it on average; it may be below zero."),
    Column("index_low95", "low end", "95%下限", "see method", "Low end of its 95% interval."),
    Column("index_high95", "high end", "95%上限", "see method", "High end of its 95% interval."),
    Column("lean", "lean", "方向性", "see method", "morris: mean elementary effect with sign; sobol: first-order index."),
    Column("spread", "spread", "交互性", "see method",
           "morris: standard deviation of elementary effects; sobol: total minus first-order index."),
    Column("p", "p value", "p值", "-", "Chance to see such steps if the parameter did nothing (Holm)."),
    Column("moves", "moves the indicator", "是否影响指标", "-", "yes where p is below 0.05, else undecided."),
    Column("smaller_than", "smaller than", "小于", "see method",
           "What the index is smaller than, as far as these seeds tell (95%); root of the mean square of effects."),
    Column("noise_single", "noise of a run", "单次运行噪声占比", "share of variance, 0-1",
           "Variance between seeds at one point, of all variance of single runs over the design."),
    Column("noise_mean", "noise of a mean", "均值噪声占比", "share of variance, 0-1",
           "The same of means over the seeds of a point."),
)  # fmt: skip


@dataclass(frozen=True)
class AnalysedIndicator:
    """An analysis and what it is about: an indicator under a model, or its difference from a baseline.

    Attributes
    ----------
    indicator : Indicator
    model, baseline : str
        Labels; an empty baseline for a model alone.
    analysis : Analysis
    """

    indicator: Indicator
    model: str
    baseline: str
    analysis: Analysis

    @property
    def words(self) -> str:
        """Which model, or which minus which."""
        return f"{self.model} minus {self.baseline}" if self.baseline else self.model


def sensitivity_command(
    asked: StudyAsked,
    method: Method,
    size: int | None,
    names: Sequence[str],
    options: RunOptions,
    figures: bool = True,
    json_output: bool = False,
    force: bool = False,
    docs: Path | None = None,
    controls: bool = False,
) -> int:
    """Screen the parameters of a study and return the exit code; finished runs are used again.

    Parameters
    ----------
    size
        Trajectories of Morris (10), base points of Sobol (256).
    names
        Indicators; a few important ones without.
    docs
        Folder in which the page is written too.

    Raises
    ------
    ScenarioError, RefusedError, EnvironmentProblem
        Nothing is analysed where a run failed or has no value, or with fewer than two seeds.
    """
    if method == "morris":
        require("SALib", "the method of Morris")
    chosen = indicators(names)
    loaded = asked.load()
    if loaded.study.seeds < 2:
        raise RefusedError("One seed at each point cannot tell an effect from chance: ask for two or more.")
    number = size or (10 if method == "morris" else 256)
    refuse_controls_of_one(controls, len(loaded.models), loaded.file)
    refuse_size(loaded, points_of(method, len(loaded.factors), number), options.out, force)
    screening = lay(loaded.factors, method, number, loaded.study.design.seed)
    reporter = options.reporter or Reporter()
    arms = f"{len(loaded.models)} models" if len(loaded.models) > 1 else "1 model"
    reporter.say(f"{len(screening.design)} points x {arms} x {loaded.study.seeds} seeds.")
    started = time.perf_counter()
    each = len(loaded.models) * loaded.study.seeds
    noted = each * (len(screening.design) + controls * runs_times(controls) * len(screening.starts))
    run = partial(run_design, options=replace(options, reporter=reporter), noted=noted)
    ran = run(loaded, screening.design)
    code = tell([ran])
    if code != DONE:
        return code
    left: list[list[Controlled]] = []
    if controls:
        at_starts = partial(run, design=screening.starts)
        code, left = without_mechanisms(loaded, at_starts(loaded), at_starts, reporter)
        if code != DONE:
            return code
    about = list(_about(screening, ran, chosen))
    rows = [row for item in about for row in _rows(item, loaded.factors, method)]
    drawn = influence_figure(about, loaded.factors, method, _footer(screening, ran)) if figures else {}
    order = standings(loaded.factors, _main(about))
    tables: dict[str, Table] = {
        "sensitivity.csv": (COLUMNS, rows),
        FILE: (influence.COLUMNS, [
            [one.place, one.parameter, one.label_en, one.label_zh, one.status, one.influence, " ".join(one.moves) or "none"]
            for one in order
        ]),
    }  # fmt: skip
    if left:
        tables["controls.csv"] = controls_table(left)
    folder = write_study(
        options, loaded, f"sensitivity-{method}", tables, drawn,
        {"method": method, "size": number, "points": len(screening.design), "seeds": loaded.study.seeds,
         "models": list(ran.labels), "parameters": {f.path: [f.low, f.high] for f in loaded.factors}},
    )  # fmt: skip
    if docs is not None:
        write_page(docs, screening, ran, about, order, drawn.get("sensitivity.png"), options.command)
    if json_output:
        said = _summary(screening, ran, folder) | {"influences": records(COLUMNS, rows)}
        print(json.dumps(said | {"controls": records(*controls_table(left))}, ensure_ascii=False))
    else:
        print("\n".join(_answer(screening, ran, about, left, folder, time.perf_counter() - started)))
    return DONE


def _about(
    screening: Screening, ran: Experiments, chosen: Sequence[Indicator]
) -> Iterator[AnalysedIndicator]:
    first, *others = ran.labels
    for indicator in chosen:
        values = ran.values(indicator.name)
        for model, label in enumerate(ran.labels):
            yield AnalysedIndicator(indicator, label, "", analyse(screening, values[:, model]))
        for model, label in enumerate(others, 1):
            yield AnalysedIndicator(
                indicator, label, first, analyse(screening, values[:, model] - values[:, 0])
            )


def _main(about: Sequence[AnalysedIndicator]) -> list[tuple[str, Analysis]]:
    """Return differences from the first model, under the last of the others; of one model alone, that model."""
    last = {item.indicator.name: item for item in about}
    return [(name, item.analysis) for name, item in last.items()]


def _rows(item: AnalysedIndicator, factors: Sequence[Factor], method: Method) -> Iterator[list[Cell]]:
    indicator, analysis = item.indicator, item.analysis
    for place, found in enumerate(analysis.ranked, 1):
        factor = factors[found.rank]
        yield [
            indicator.name, indicator.label_en, indicator.label_zh, indicator.unit, item.model,
            item.baseline or Missing.NO_BASE, place,
            factor.path, factor.label_en, factor.label_zh, factor.status, factor.low, factor.today, factor.high, method,
            found.index, found.low, found.high, found.lean, found.spread,
            found.p, "yes" if found.found else "undecided", found.bound, analysis.noise_single, analysis.noise_mean,
        ]  # fmt: skip


def _answer(
    screening: Screening,
    ran: Experiments,
    about: Sequence[AnalysedIndicator],
    left: Sequence[Sequence[Controlled]],
    folder: Path,
    seconds: float,
) -> Iterator[str]:
    study, seeds = ran.study, len(ran.seeds)
    morris = screening.method == "morris"
    how = f"Morris, {screening.size} trajectories" if morris else f"Sobol, {screening.size} base points"
    yield (
        f"{study.label}: {how} over {len(study.factors)} parameters of {study.base.label}: {len(screening.design)} points, "
        f"{seeds} seeds each"
    )
    yield f"Runs       {ran.computed} and {ran.reused} found, {seconds:.0f} s; capacity {study.study.capacity_mode}"
    first = "change over the whole range" if morris else "share of variance, total"
    second = "with sign" if morris else "alone"
    for item in about:
        analysis, decimals = item.analysis, _decimals(item.indicator, screening.method)
        yield ""
        yield f"{item.indicator.words}: {item.words}"
        yield (
            f"  Noise      {analysis.noise_single:.1%} of the variance of single runs is between seeds, "
            f"{analysis.noise_mean:.1%} of that of means over {seeds}"
        )
        if analysis.found:
            yield f"  {'parameter (status)':<58}{first + ' [95% CI]':>36}  {second:>9}"
        for found in analysis.found[:_ROWS]:
            factor = study.factors[found.rank]
            yield _line(f"{factor.path} ({factor.status})", found, decimals)
        if analysis.undecided:
            words = f"  Undecided ({len(analysis.undecided)}): {_smaller(analysis.undecided, study.factors, decimals)}"
            yield from textwrap.wrap(words, WIDTH, subsequent_indent=" " * 13, break_on_hyphens=False)
    if left:
        yield ""
        marks = letters(ran.labels)
        yield from (f"{mark} = {label}" for mark, label in zip(marks, ran.labels, strict=True))
        yield from control_words(left, marks)
    yield ""
    yield (
        "In this model, over these ranges. Undecided does not mean none: the effect is smaller than the number beside it (95%)."
    )
    yield f"Results    {shown(folder)}"


def _smaller(items: Sequence[Influence], factors: Sequence[Factor], decimals: int) -> str:
    """Say of parameters that are undecided what each does less than."""
    return ", ".join(f"{factors[one.rank].path} {smaller(one.bound, decimals)}" for one in items)


def _decimals(indicator: Indicator, method: Method) -> int:
    return indicator.decimals if method == "morris" else 2


def _line(name: str, item: Influence, decimals: int) -> str:
    interval = f"{item.index:,.{decimals}f} [{item.low:,.{decimals}f}, {item.high:,.{decimals}f}]"
    return f"  {name:<58}{interval:>36}  {item.lean:>+9,.{decimals}f}"


def _summary(screening: Screening, ran: Experiments, folder: Path) -> dict[str, Any]:
    return {
        "study": ran.study.label,
        "method": screening.method,
        "points": len(screening.design),
        "seeds": len(ran.seeds),
        "models": list(ran.labels),
        "computed": ran.computed,
        "reused": ran.reused,
        "folder": shown(folder),
    }


def _footer(screening: Screening, ran: Experiments) -> str:
    return (
        f"{ran.study.label}, {screening.method}, {len(screening.design)} points x {len(ran.seeds)} seeds. "
        "In this model, under these assumptions."
    )
