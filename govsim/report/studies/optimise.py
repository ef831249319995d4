"""The answer of an optimisation: the portfolios, their tables, and the figure of every portfolio in every goal."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from govsim.extras import require
from govsim.report.answers import write_whole
from govsim.report.panels import draw_sheet
from govsim.report.stamps import stamp
from govsim.report.studies.optimise_page import page
from govsim.results.csvtext import Cell
from govsim.results.store import prepare
from govsim.results.values import Missing
from govsim.scenario.messages import Place, Problem, ScenarioError
from govsim.scenario.studies import LoadedStudy, read_region
from govsim.studies.answer import Answer, DataTable, Intervals, Passage, Sheet, Span
from govsim.studies.experiments import Design, DesignOutcome, StudyRuns, of_study
from govsim.studies.optimise import (
    InterruptedSearchError,
    OptimiseAnswer,
    PortfolioRuns,
    answer,
    goals_of,
    inside,
    portfolio_names,
    recurrences,
    row_verdicts,
    steady,
    thinned,
)
from govsim.studies.optimise.portfolios import Gap, Space, standing

Rows = list[list[Cell]]
_ACROSS = 4


@dataclass(frozen=True)
class PortfolioAnswer(Answer):
    """An answer with its page, which names its figure."""

    published: str = ""


def optimise(
    study: LoadedStudy, runs: StudyRuns, again: str, region: Path | None = None, controls: bool = False
) -> PortfolioAnswer:
    """Search for portfolios of countermeasures.

    Parameters
    ----------
    again
        Command that asks the same again.
    region : Path, optional
        CSV file whose header names parameters and whose rows are districts that the answer must hold over, instead of the
        varied parameters of the study.
    controls
        Also run what is shown without its network, ranking or routing.

    Raises
    ------
    ScenarioError
        If study, scenario or region is refused.
    RefusedError
        If nothing can be compared, or no portfolio keeps the limits.
    """
    require("optuna", "the search for portfolios")
    if study.study.optimise is None:
        missing = "has no block optimise, which says what goals, measures and limits there are"
        hint = "an example: scenarios/studies/optimise_yingzi.yaml"
        raise ScenarioError([Problem.at(Place(study.file), "optimise", missing, [hint])])
    goals = goals_of(study)
    design, origin = region_of(study, region)
    prepare(runs.options.out)
    bench = PortfolioRuns(Space(study), goals, runs.options)
    interrupted = False
    try:
        found = answer(bench, design, controls)
    except InterruptedSearchError:
        interrupted = True
    runs.judge(DesignOutcome(interrupted, bench.failures, 0, 0, True))
    tables = {
        "goals.csv": _goals_table(found),
        "tried.csv": _tried_table(found),
        "portfolios.csv": _portfolios_table(found),
        "front.csv": _front_table(found),
        "standing.csv": _standing_table(found),
        "region.csv": _region_table(found),
        "robustness.csv": _robustness_table(found),
        "changes.csv": _changes_table(found),
        "measures.csv": _measures_table(found),
        "counts.csv": _counts_table(found),
    }
    told = (
        f"{len(found.tried.candidates):,} portfolios tried, {len(found.front):,} on the front, {len(found.shown)} shown "
        f"({found.computed} runs and {found.reused} found)"
    )
    return PortfolioAnswer(
        "", tables, {}, {"study": study.label, "computed": found.computed, "reused": found.reused},
        {name.removesuffix(".csv"): table for name, table in tables.items()}, [Passage("What was run", [told])],
        lambda: {"front": _sheet(found, f"{study.base.label}; made by {again}")},
        pages={"answer.md": page(found, again, origin, "front.svg")},
        published=page(found, again, origin, "optimise.svg"),
    )  # fmt: skip


def region_of(loaded: LoadedStudy, file: Path | None) -> tuple[Design, str]:
    """Return the districts that the answer must hold over, and where they come from in words."""
    asked = loaded.study.optimise
    assert asked is not None
    if file is None:
        words = {
            "sobol": "a Sobol sequence over the ranges of the study", "grid": "a grid over the ranges of the study",
            "latin_hypercube": "a Latin hypercube over the ranges of the study", "list": "the list of the study",
        }  # fmt: skip
        return thinned(of_study(loaded), asked.region_points), words[loaded.study.design.kind]
    shown = file.as_posix()
    factors, rows = read_region(file, shown, loaded.base)
    points = np.array(rows, np.float64)
    return thinned(Design(factors, points), asked.region_points), f"accepted points of `{file.name}`"


def _goals_table(answer: OptimiseAnswer) -> DataTable:
    reference = answer.final.reference[0].mean(axis=0)
    rows: Rows = [
        [g.name, g.label, g.label_zh, g.unit, g.direction, float(reference[n])]
        for n, g in enumerate(answer.goals)
    ]
    return DataTable(["goal", "label_en", "label_zh", "unit", "direction", "today"], rows)


def _tried_table(answer: OptimiseAnswer) -> DataTable:
    names = [goal.name for goal in answer.goals]
    front = set(answer.front)
    rows: Rows = []
    for n, (portfolio, score) in enumerate(zip(answer.tried.candidates, answer.tried.scores, strict=True)):
        head: list[Cell] = [n, answer.space.models[portfolio.model], answer.space.told(portfolio)]
        if score is None:
            rows.append([*head, "impossible", "no", *([Missing.NO_BASE] * len(names))])
            continue
        kept = "yes" if score.allowed else "no"
        rows.append([*head, kept, "yes" if n in front else "no", *score.gains])
    header = ["number", "model", "portfolio", "within_limits", "front", *(f"gain_{name}" for name in names)]
    return DataTable(header, rows)


def _portfolios_table(answer: OptimiseAnswer) -> DataTable:
    space = answer.space
    rows: Rows = [
        [
            letter,
            space.models[p.model],
            space.study.measures[part.measure][0],
            part.start,
            part.length,
            part.strength,
        ]
        for letter, p in zip(portfolio_names(len(answer.shown)), answer.shown, strict=True)
        for part in p.parts
    ]
    return DataTable(
        ["portfolio", "model", "measure", "start_week", "weeks_or_0_to_the_end", "strength"], rows
    )


def _front_table(answer: OptimiseAnswer) -> DataTable:
    rows: Rows = []
    words = {1: "better", -1: "worse", 0: "undecided"}
    for letter, row in zip(portfolio_names(len(answer.shown)), answer.gains, strict=True):
        for goal, gap in zip(answer.goals, row, strict=True):
            change = goal.direction * gap.mean
            rows.append([letter, goal.name, change, _end(gap.high - gap.mean), words[gap.sign]])
    return DataTable(["portfolio", "goal", "change", "half_width", "verdict"], rows)


def _end(value: float) -> Cell:
    return value if math.isfinite(value) else Missing.NO_BASE


def _standing_table(answer: OptimiseAnswer) -> DataTable:
    names = [*portfolio_names(len(answer.shown)), "nothing"]
    rows: Rows = []
    for n, name in enumerate(names):
        alike = [names[b if a == n else a] for a, b in answer.order.undecided if n in (a, b)]
        beaten = " ".join(names[other] for other in answer.order.beaten_by[n]) or "none"
        shown = n < len(answer.shown)
        stands: Cell = standing(answer.gains[n], answer.heads) if shown else Missing.NO_BASE
        counts: Rows = [[Missing.NO_BASE] * 3]
        if shown:
            said = row_verdicts(answer.gains[n], answer.heads)
            counts = [[len(said.better), len(said.worse), len(said.undecided)]]
        rows.append([name, stands, *counts[0], beaten, " ".join(alike) or "none"])
    header = [
        "portfolio", "against_doing_nothing", "better_in", "worse_in", "undecided_in", "beaten_by", "undecided_against",
    ]  # fmt: skip
    return DataTable(header, rows)


def _region_table(answer: OptimiseAnswer) -> DataTable:
    rows: Rows = []
    for d, point in enumerate(answer.design.points.tolist()):
        for n, letter in enumerate(portfolio_names(len(answer.shown))):
            rows += [
                [d, *point, letter, goal.name, goal.direction * float(answer.region_gains[d, n, g]) + 0.0]
                for g, goal in enumerate(answer.goals)
            ]
    header = ["district", *(factor.path for factor in answer.design.factors), "portfolio", "goal", "change"]
    return DataTable(header, rows)


def _robustness_table(answer: OptimiseAnswer) -> DataTable:
    rows: Rows = []
    count = len(answer.design)
    for letter, found in zip(portfolio_names(len(answer.shown)), answer.region, strict=True):
        for g, goal in enumerate(answer.goals):
            change, loss = found.change[g], found.loss[g]
            rows.append([
                letter, goal.name, count, round(found.better[g] * count),
                *_mean_and_half(change, goal.direction), *_mean_and_half(loss, 1),
            ])  # fmt: skip
    header = [
        "portfolio", "goal", "districts", "better_than_nothing_in", "change", "half_width", "expected_loss",
        "loss_half_width",
    ]  # fmt: skip
    return DataTable(header, rows)


def _changes_table(answer: OptimiseAnswer) -> DataTable:
    rows: Rows = []
    for change in answer.changes:
        for letter, row in zip(portfolio_names(len(answer.shown)), change.gains, strict=True):
            for goal, gap in zip(answer.goals, row, strict=True):
                rows.append([change.label, letter, goal.name, *_mean_and_half(gap, goal.direction)])
    return DataTable(["changed", "portfolio", "goal", "change", "half_width"], rows)


def _mean_and_half(gap: Gap, direction: int) -> list[Cell]:
    if not math.isfinite(gap.mean):
        return [Missing.NO_BASE, Missing.NO_BASE]
    return [direction * gap.mean + 0.0, _end(gap.high - gap.mean)]


def _measures_table(answer: OptimiseAnswer) -> DataTable:
    rows: Rows = [
        [item.measure, item.shown, 100 * item.front, 100 * item.tried] for item in recurrences(answer)
    ]
    return DataTable(["measure", "shown_portfolios", "percent_of_front", "percent_of_tried"], rows)


def _counts_table(answer: OptimiseAnswer) -> DataTable:
    asked, scores = answer.space.asked, answer.tried.scores
    same, of = steady(answer)
    rows: Rows = [
        ["portfolios possible at most", answer.space.size],
        ["portfolios tried", len(scores)],
        ["of them impossible", sum(score is None for score in scores)],
        ["of them within the limits", sum(score is not None and score.allowed for score in scores)],
        ["portfolios on the front", len(answer.front)],
        ["portfolios shown", len(answer.shown)],
        ["most measures in a portfolio", asked.most],
        ["countermeasures", len(answer.space.names)],
        ["portfolios in a generation", asked.population],
        ["generations", asked.generations],
        ["seed of the search", asked.seed],
        ["districts of the search", min(asked.search_points, len(answer.design)) + 1],
        ["seeds of the search", asked.search_seeds],
        ["fresh seeds", len(answer.seeds)],
        ["districts of the region", len(answer.design)],
        ["seeds of each point of the region", asked.region_seeds],
        ["gains with the same sign as in the search", same],
        ["gains compared with the search", of],
        ["weeks", answer.space.study.base.scenario.run.weeks],
        ["residents", answer.space.study.base.scenario.population.residents],
    ]
    rows += [[f"{path} in the search", str(value)] for path, value in asked.search.items()]
    rows += [["start, week", start] for start in asked.starts]
    rows += [["length, weeks", length] for length in asked.lengths]
    rows += [["strength, %", 100 * strength] for strength in asked.strengths]
    rows += [["fresh seed", seed] for seed in answer.seeds]
    rows += [
        [f"{end} of {f.path}", getattr(f, end)] for f in answer.design.factors for end in ("low", "high")
    ]
    for name in ("hours_moved", "yuan_moved"):
        limit = getattr(asked.limits, name)
        rows.append([f"limit {name}", Missing.NO_BASE if limit is None else limit])
    for factor in (1 - asked.budget_change, 1 + asked.budget_change):
        rows.append(
            [f"shown that keep {100 * factor:.0f} % of the limits", sum(inside(answer, asked.limits, factor))]
        )
    return DataTable(["what", "number"], rows)


def _sheet(answer: OptimiseAnswer, footer: str) -> Sheet:
    """Return every portfolio in every goal, with its interval."""
    names = portfolio_names(len(answer.shown))
    panels = []
    for place, goal in enumerate(answer.goals):
        spans = []
        for name, row in zip(names, answer.gains, strict=True):
            gap = row[place]
            low, middle, high = (goal.direction * value for value in (gap.low, gap.mean, gap.high))
            spans.append(Span(name, low, middle, high, bool(gap.sign)))
        panels.append(Intervals(goal.label, spans, goal.unit, more_is_right=goal.direction >= 0))
    return Sheet(
        "Change on doing nothing, goal by goal",
        "Mean and paired interval over fresh seeds, widened for all comparisons; hollow: undecided.\n"
        "Towards the right is better in every panel.",
        footer, panels, _ACROSS, labels_once=True,
    )  # fmt: skip


def publish_optimise(study: LoadedStudy, docs: Path, again: str, region: Path | None, found: Answer) -> None:
    """Write the page of the documentation and its figure."""
    assert isinstance(found, PortfolioAnswer)
    made = stamp(f"{again} --docs docs", study, *([] if region is None else [region])).comment()
    write_whole(docs / "optimise.md", f"{found.published}\n{made}".encode())
    write_whole(docs / "optimise.svg", draw_sheet(found.drawn["front"])["svg"])
