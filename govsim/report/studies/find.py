"""The command find: how much of a parameter it takes until an indicator meets a target, model by model."""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from govsim.report.comparing.words import number
from govsim.report.exits import DONE
from govsim.report.studies.common import Table, shown, tell, write_study
from govsim.results.csvtext import Cell
from govsim.results.declare import Column
from govsim.results.errors import RefusedError
from govsim.results.store import prepare
from govsim.results.values import Missing
from govsim.runner.options import RunOptions
from govsim.scenario.studies import Factor, LoadedStudy, factor
from govsim.studies.ablations import Control, under_controls
from govsim.studies.design import Design
from govsim.studies.experiments import Experiments, run_design
from govsim.studies.targets import FoundTarget, Point, Question, question, search, vary

if TYPE_CHECKING:
    from govsim.scenario import LoadedGovernance

COLUMNS = (
    Column("model", "model", "治理模式", "-", "Governance model."),
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


@dataclass(frozen=True)
class _Answer:
    """What was found for one model, whole or without a mechanism."""

    model: str
    control: Control | None
    found: FoundTarget

    @property
    def words(self) -> str:
        return self.model if self.control is None else f"{self.model}, {self.control.en}"


class _Stopped(Exception):  # noqa: N818  (an answer that has no runs to stand on, not an error)
    """Runs failed or were interrupted; holds the exit code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def find_command(
    asked: str,
    scenario: str,
    varied: str,
    overrides: Sequence[str],
    models: Sequence[str],
    seeds: int | None,
    options: RunOptions,
    json_output: bool = False,
    controls: bool = False,
) -> int:
    """Answer a question such as ``median_days <= 5`` and return the exit code; finished runs are used again.

    Raises
    ------
    ScenarioError
        If question, range, scenario or models are wrong.
    RefusedError
        If there are fewer than two seeds, or the indicator has no value in a run.
    """
    target = question(asked)
    path, low, high = vary(varied)
    study = _study(scenario, path, low, high, overrides, models, seeds)
    number_of_seeds = study.study.seeds
    if number_of_seeds < 2:
        raise RefusedError("one seed cannot tell an answer from chance: add  --seeds 5")
    prepare(options.out)
    started = time.perf_counter()
    ran: list[Experiments] = []
    answers: list[_Answer] = []
    under: list[tuple[Control | None, LoadedStudy]] = [(None, study)]
    under += list(under_controls(study)) if controls else []
    for model, (control, here) in product(study.models, under):

        def evaluate(
            values: Sequence[float], model: LoadedGovernance = model, here: LoadedStudy = here
        ) -> NDArray[np.float64]:
            design = Design(here.factors, np.array(values, np.float64)[:, None])
            part = run_design(here, design, options, models=[model])
            code = tell([part])
            if code != DONE:
                raise _Stopped(code)
            ran.append(part)
            return _reached(part, target.indicator.name)

        try:
            found = search(evaluate, study.factors[0], target)
        except _Stopped as stopped:
            return stopped.code
        answers.append(_Answer(model.model.name.en or model.name, control, found))
        if not json_output:
            print(f"{answers[-1].words}: {answer(found, study.factors[0], target)}", file=sys.stderr)
    folder = write_study(
        options, study, "find", {"find.csv": _table(answers, study.factors[0], target)}, {},
        {"question": str(target), "parameter": path, "range": [low, high], "seeds": number_of_seeds},
    )  # fmt: skip
    computed, reused = sum(part.computed for part in ran), sum(part.reused for part in ran)
    if json_output:
        print(json.dumps(_as_json(answers, study, target, folder, computed, reused), ensure_ascii=False))
    else:
        seconds = time.perf_counter() - started
        print(
            "\n".join(
                _lines(answers, study, target, folder, f"{computed} and {reused} found, {seconds:.0f} s")
            )
        )
    return DONE


def _study(
    scenario: str,
    path: str,
    low: float,
    high: float,
    overrides: Sequence[str],
    models: Sequence[str],
    seeds: int | None,
) -> LoadedStudy:
    from govsim.scenario import load, load_governance
    from govsim.scenario.schema.study import Study

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


def answer(found: FoundTarget, varied: Factor, asked: Question) -> str:
    """Say in words where the target is met."""
    unit = "" if varied.unit == "-" else f" {varied.unit}"
    ran = f"{len(found.points)} values that were run ({', '.join(_number(p.value, varied) for p in found.points)}{unit})"
    unseen = "; nothing is said of values between them" if found.between(varied) else ""
    if found.where == "everywhere":
        sure = "" if found.certain else ", not at all of them by more than chance"
        return f"met at all {ran}{sure}{unseen}"
    if found.where == "nowhere":
        best = _nearest(found.points, asked)
        close = "" if found.certain else ", though chance could hide it"
        nearest = f"nearest is {number(best.mean, asked.indicator.decimals)} at {_number(best.value, varied)}"
        if not math.isfinite(best.mean):
            nearest = "some run did not get there at any of them"
        return f"not seen at the {ran}{close}; {nearest}{unseen}"
    if found.where == "not monotone":
        stretches = ", ".join(
            _number(a, varied) if a == b else f"{_number(a, varied)} to {_number(b, varied)}"
            for a, b in found.stretches
        )
        why = (
            "met and missed more than once"
            if found.certain
            else "met and missed more than once, perhaps by chance"
        )
        return f"no single answer: {why}. Of the values that were run, met at {stretches or 'none'}{unit}"
    assert found.value is not None
    lower = "below" if found.first is None else _number(found.first, varied)
    upper = "above" if found.last is None else _number(found.last, varied)
    interval = f"({lower} to {upper}{', beyond the range' if 'ow' in lower or 'ove' in upper else ''})"
    words = f"{_number(found.value, varied)} {interval}{unit}"
    return f"from {words} on" if found.where == "from" else f"up to {words}"


def _number(value: float, varied: Factor) -> str:
    if varied.whole:
        return f"{value:,.0f}"
    decimals = max(0, 2 - math.floor(math.log10(varied.high - varied.low)))
    return f"{value:,.{decimals}f}"


def _nearest(points: Sequence[Point], asked: Question) -> Point:
    return min(points, key=lambda point: point.mean if asked.below else -point.mean)


def _lines(
    answers: Sequence[_Answer], study: LoadedStudy, asked: Question, folder: Path, runs: str
) -> Iterator[str]:
    varied, seeds = study.factors[0], study.study.seeds
    sign = "at most" if asked.below else "at least"
    yield (
        f"{asked.indicator.label_en} {sign} {asked.target:g} {asked.indicator.unit}, mean over {seeds} paired seeds: "
        f"which {varied.path}?"
    )
    span = f"{_number(varied.low, varied)} to {_number(varied.high, varied)} {varied.unit}"
    weeks, mode = study.base.scenario.run.weeks, study.study.capacity_mode
    yield f"Searched   {span}; today {_number(varied.today, varied)}"
    yield f"In         {study.base.label}, {weeks} weeks; capacity {mode}; runs {runs}"
    yield ""
    for item in answers:
        yield f"{item.words}: {answer(item.found, varied, asked)}"
    if any(item.found.where in ("from", "up to") for item in answers):
        yield "In brackets: between which values it may lie as far as these seeds tell (95%)."
    yield "Only the values in find.csv were run; of others nothing is said. In this model, under these assumptions."
    yield f"Results    {shown(folder)}"


def _table(answers: Sequence[_Answer], varied: Factor, asked: Question) -> Table:
    def cell(value: float) -> Cell:
        return value if math.isfinite(value) else Missing.NOT_REACHED

    rows: list[list[Cell]] = [
        [
            item.model, "none" if item.control is None else item.control.name, varied.path, point.value,
            asked.indicator.name, cell(point.mean), cell(point.low), cell(point.high),
            "yes" if asked.met(point.mean) else "no",
        ]
        for item in answers
        for point in item.found.points
    ]  # fmt: skip
    return COLUMNS, rows


def _as_json(
    answers: Sequence[_Answer],
    study: LoadedStudy,
    asked: Question,
    folder: Path,
    computed: int,
    reused: int,
) -> dict[str, object]:
    def plain(value: float) -> float | None:
        return value if math.isfinite(value) else None

    varied = study.factors[0]
    return {
        "question": str(asked),
        "scenario": study.base.label,
        "parameter": varied.path,
        "unit": varied.unit,
        "range": [varied.low, varied.high],
        "today": varied.today,
        "seeds": study.study.seeds,
        "computed": computed,
        "reused": reused,
        "folder": shown(folder),
        "answers": [
            {
                "model": item.model,
                "control": "none" if item.control is None else item.control.name,
                "where": item.found.where,
                "value": item.found.value,
                "first": item.found.first,
                "last": item.found.last,
                "certain": item.found.certain,
                "stretches": item.found.stretches,
                "not_run_between": item.found.between(varied),
                "words": answer(item.found, varied, asked),
                "points": [
                    {"value": p.value, "mean": plain(p.mean), "low": plain(p.low), "high": plain(p.high)}
                    for p in item.found.points
                ],
            }
            for item in answers
        ],
    }
