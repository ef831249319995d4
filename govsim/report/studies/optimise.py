"""The answer of an optimisation: the portfolios, their tables, and the figure of every portfolio in every goal."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from govsim.extras import require
from govsim.report.answers import write_whole
from govsim.report.glossary import wording
from govsim.report.panels import draw_sheet
from govsim.report.stamps import stamp
from govsim.report.studies.optimise_page import column, measure, page
from govsim.results.csvtext import Cell
from govsim.results.declare import Column
from govsim.results.store import prepare
from govsim.results.values import Missing
from govsim.scenario.messages import Place, Problem, ScenarioError
from govsim.scenario.studies import LoadedStudy, read_region
from govsim.studies.answer import (
    ENDS,
    INDICATOR,
    Answer,
    DataTable,
    Intervals,
    Passage,
    Sheet,
    Span,
    parameter_columns,
)
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
from govsim.studies.optimise.portfolios import Gap, Portfolio, Space, standing
from govsim.studies.wording import Wording, counted

NAME = "optimise"
Rows = list[list[Cell]]
_COLUMNS = {item.name: item for item in (
    Column("goal", "goal", "目标", "-", "Name of the goal."),
    INDICATOR[1], INDICATOR[2], INDICATOR[3],
    Column("direction", "direction", "方向", "-", "1 more is better, -1 less is better."),
    Column("today", "doing nothing", "不采取措施", "see unit", "Mean over fresh seeds when nothing is done."),
    Column("number", "number", "序号", "-", "In the order of the search; in counts.csv the number itself."),
    Column("model", "model", "治理模式", "-", "Governance model."),
    Column("portfolio", "package", "措施组合", "-", "Letter of the package, or what it is."),
    Column("within_limits", "within the limits", "是否在限额内", "-", "yes, no or impossible."),
    Column("front", "on the front", "是否未被全面超过", "-", "Whether no other within the limits is better in all goals."),
    Column("measure", "measure", "措施", "-", "Name of the measure."),
    Column("start_week", "first week", "起始周", "week", "Week in which it begins."),
    Column("weeks_or_0_to_the_end", "weeks", "持续周数", "weeks", "0 for until the end."),
    Column("strength", "strength", "力度", "0-1", "Share of its full strength."),
    Column("change", "change", "变化", "see unit", "Compared with doing nothing."),
    Column("half_width", "half of the interval", "区间半宽", "see unit", "Half of the paired interval."),
    Column("verdict", "verdict", "判断", "-", "better, worse or undecided."),
    Column("against_doing_nothing", "against doing nothing", "与不采取措施相比", "-", "better, mixed, worse or undecided."),
    Column("better_in", "better in", "变好的目标数", "goals", "Goals that are no costs."),
    Column("worse_in", "worse in", "变差的目标数", "goals", "Goals that are no costs."),
    Column("undecided_in", "undecided in", "尚难判断的目标数", "goals", "Goals that are no costs."),
    Column("beaten_by", "beaten by", "被哪些组合超过", "-", "Better in some goal and with no worse mean in any."),
    Column("undecided_against", "undecided against", "与哪些组合尚难判断", "-", "Told apart in no goal."),
    Column("district", "district", "地区", "-", "Number of the district of the region, from 0."),
    Column("districts", "districts", "地区数", "districts", "Districts of the region."),
    Column("better_than_nothing_in", "better in", "好于不采取措施的地区数", "districts", "By the mean over seeds."),
    Column("expected_loss", "expected loss", "预期损失", "see unit", "Against the best in each district."),
    Column("loss_half_width", "half of its interval", "损失区间半宽", "see unit", "Half of the interval of the loss."),
    Column("changed", "changed", "变动条件", "-", "What was changed."),
    Column("shown_portfolios", "packages shown", "所列组合数", "packages", "Packages shown that hold the measure."),
    Column("percent_of_front", "% of the front", "占未被超过组合%", "%", "Share of the front that holds it."),
    Column("percent_of_tried", "% of all tried", "占全部组合%", "%", "Share of all tried that holds it."),
    Column("what", "what", "项目", "-", "What is counted."),
)}  # fmt: skip


def _heads(names: Sequence[str]) -> list[Column]:
    return [_COLUMNS[name] for name in names]


_ACROSS = 4


@dataclass(frozen=True)
class PortfolioAnswer(Answer):
    """An answer with its page, which names its figure."""

    published: Mapping[str, str] = field(default_factory=dict)


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
    return PortfolioAnswer(
        "", tables, {}, {"study": study.label, "computed": found.computed, "reused": found.reused},
        {name.removesuffix(".csv"): table for name, table in tables.items()}, lambda say: [_text(found, say)],
        lambda say: {"front": _sheet(found, say)},
        pages=_pages(found, again, origin, "answer", "front"), published=_pages(found, again, origin, NAME, NAME),
    )  # fmt: skip


def _text(found: OptimiseAnswer, say: Wording) -> Passage:
    tried, front, shown = len(found.tried.candidates), len(found.front), len(found.shown)
    told = say(
        f"{tried:,} portfolios tried, {front:,} on the front, {shown} shown ({found.computed} runs and {found.reused} found)",
        f"比较了{tried:,}个措施组合，{front:,}个未被其他组合全面超过，列出{shown}个"
        f"（新模拟{found.computed}次，沿用{found.reused}次）",
    )
    return Passage(say("What was run", "模拟内容"), [told])


def _pages(
    found: OptimiseAnswer, again: str, origin: Callable[[Wording], str], name: str, figure: str
) -> dict[str, str]:
    """Return the page in every language by the name of its file."""
    return {
        f"{name}{end}.md": page(found, again, origin, f"{figure}{end}.svg", wording(language))
        for language, end in ENDS.items()
    }


def region_of(loaded: LoadedStudy, file: Path | None) -> tuple[Design, Callable[[Wording], str]]:
    """Return the districts that the answer must hold over, and where they come from in words."""
    asked = loaded.study.optimise
    assert asked is not None
    if file is None:
        words = {
            "sobol": ("a Sobol sequence over the ranges of the study", "研究范围内的Sobol序列"),
            "grid": ("a grid over the ranges of the study", "研究范围内的网格"),
            "latin_hypercube": (
                "a Latin hypercube over the ranges of the study",
                "研究范围内的拉丁超立方抽样",
            ),
            "list": ("the list of the study", "研究所列地区"),
        }
        design = thinned(of_study(loaded), asked.region_points)
        return design, lambda say: say(*words[loaded.study.design.kind])
    shown = file.as_posix()
    factors, rows = read_region(file, shown, loaded.base)
    points = np.array(rows, np.float64)
    design = thinned(Design(factors, points), asked.region_points)
    return design, lambda say: say(f"accepted points of `{file.name}`", f"`{file.name}`中可接受的样本点")


def _goals_table(answer: OptimiseAnswer) -> DataTable:
    reference = answer.final.reference[0].mean(axis=0)
    rows: Rows = [
        [g.name, g.label, g.label_zh, g.unit, g.direction, float(reference[n])]
        for n, g in enumerate(answer.goals)
    ]
    return DataTable(_heads(["goal", "label_en", "label_zh", "unit", "direction", "today"]), rows)


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
    columns = _heads(["number", "model", "portfolio", "within_limits", "front"])
    gains = [
        Column(f"gain_{g.name}", f"gain: {g.label}", f"改善：{g.label_zh}", g.unit, "Change for the better.")
        for g in answer.goals
    ]
    return DataTable([*columns, *gains], rows)


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
        _heads(["portfolio", "model", "measure", "start_week", "weeks_or_0_to_the_end", "strength"]), rows
    )


def _front_table(answer: OptimiseAnswer) -> DataTable:
    rows: Rows = []
    words = {1: "better", -1: "worse", 0: "undecided"}
    for letter, row in zip(portfolio_names(len(answer.shown)), answer.gains, strict=True):
        for goal, gap in zip(answer.goals, row, strict=True):
            change = goal.direction * gap.mean
            rows.append([letter, goal.name, change, _end(gap.high - gap.mean), words[gap.sign]])
    return DataTable(_heads(["portfolio", "goal", "change", "half_width", "verdict"]), rows)


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
    return DataTable(_heads(header), rows)


def _region_table(answer: OptimiseAnswer) -> DataTable:
    rows: Rows = []
    for d, point in enumerate(answer.design.points.tolist()):
        for n, letter in enumerate(portfolio_names(len(answer.shown))):
            rows += [
                [d, *point, letter, goal.name, goal.direction * float(answer.region_gains[d, n, g]) + 0.0]
                for g, goal in enumerate(answer.goals)
            ]
    varied = parameter_columns(answer.design.factors)
    return DataTable([*_heads(["district"]), *varied, *_heads(["portfolio", "goal", "change"])], rows)


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
    return DataTable(_heads(header), rows)


def _changes_table(answer: OptimiseAnswer) -> DataTable:
    rows: Rows = []
    for change in answer.changes:
        for letter, row in zip(portfolio_names(len(answer.shown)), change.gains, strict=True):
            for goal, gap in zip(answer.goals, row, strict=True):
                rows.append([change.label, letter, goal.name, *_mean_and_half(gap, goal.direction)])
    return DataTable(_heads(["changed", "portfolio", "goal", "change", "half_width"]), rows)


def _mean_and_half(gap: Gap, direction: int) -> list[Cell]:
    if not math.isfinite(gap.mean):
        return [Missing.NO_BASE, Missing.NO_BASE]
    return [direction * gap.mean + 0.0, _end(gap.high - gap.mean)]


def _measures_table(answer: OptimiseAnswer) -> DataTable:
    rows: Rows = [
        [item.measure, item.shown, 100 * item.front, 100 * item.tried] for item in recurrences(answer)
    ]
    return DataTable(_heads(["measure", "shown_portfolios", "percent_of_front", "percent_of_tried"]), rows)


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
    return DataTable(_heads(["what", "number"]), rows)


def _sheet(answer: OptimiseAnswer, say: Wording) -> Sheet:
    """Return every portfolio in every goal, with its interval."""
    study = answer.space.study
    names = packages(answer, say)
    panels = []
    for place, goal in enumerate(answer.goals):
        spans = []
        for name, row in zip(names, answer.gains, strict=True):
            gap = row[place]
            low, middle, high = (goal.direction * value for value in (gap.low, gap.mean, gap.high))
            spans.append(Span(name, low, middle, high, bool(gap.sign)))
        item = column(goal)
        panels.append(
            Intervals(say.name(item), spans, say.unit(goal.unit), more_is_right=goal.direction >= 0)
        )
    count, better = len(names), sum(standing(row, answer.heads) == "better" for row in answer.gains)
    of = f"{better or 'None'} of {counted(count, 'package')} {'is' if better < 2 else 'are'}"
    title = say(
        f"{of} better than doing nothing in some goals and worse in none",
        f"{count}个措施组合中，有{better}个在部分目标上好于不采取措施，且没有目标变差",
    ) + say("; costs aside", "（成本另计）") * any(goal.cost for goal in answer.goals)
    seeds = len(answer.seeds)
    return Sheet(
        title,
        say(
            "Change on doing nothing: mean and paired interval over fresh replications, widened for all comparisons; hollow: "
            "undecided. Towards the right is better in every panel.",
            "与不采取措施相比的变化：新的重复模拟的均值和配对置信区间，已按全部比较放宽；空心为尚难判断。各图均以向右为好。",
        ),
        say(f"{study.base.label}: {counted(seeds, 'replication')}. ", f"{say.place(study)}：{seeds}次重复模拟。") + say.terms,
        panels, _ACROSS, labels_once=True,
    )  # fmt: skip


def packages(answer: OptimiseAnswer, say: Wording) -> list[str]:
    """Return what the portfolios shown are called: their measures, with weeks and model where these tell them apart."""
    space = answer.space
    models = say.models(space.models, space.study.models)

    def named(portfolio: Portfolio, timed: bool) -> str:
        parts = []
        for part in portfolio.parts:
            name = measure(answer, part.measure, say)
            name += "" if part.strength == 1.0 else say(f" {part.strength:.0%}", f"{part.strength:.0%}")
            end = part.start + part.length - 1
            if timed and part.length:
                name += say(f" (weeks {part.start}–{end})", f"（第{part.start}–{end}周）")
            elif timed:
                name += say(f" (from week {part.start})", f"（第{part.start}周起）")
            parts.append(name)
        words = say("\n+ ", "\n＋").join(parts) or say("nothing", "不采取措施")
        several = len({one.model for one in answer.shown}) > 1
        return words + (
            say(f" ({models[portfolio.model]})", f"（{models[portfolio.model]}）") if several else ""
        )

    short = [named(portfolio, False) for portfolio in answer.shown]
    return [
        named(portfolio, True) if short.count(name) > 1 else name
        for name, portfolio in zip(short, answer.shown, strict=True)
    ]


def publish_optimise(study: LoadedStudy, docs: Path, again: str, region: Path | None, found: Answer) -> None:
    """Write the page of the documentation and its figure."""
    assert isinstance(found, PortfolioAnswer)
    made = stamp(f"{again} --docs docs", study, *([] if region is None else [region])).comment()
    for name, text in found.published.items():
        write_whole(docs / name, f"{text}\n{made}".encode())
    for language, end in ENDS.items():
        write_whole(docs / f"{NAME}{end}.svg", draw_sheet(found.sheets(wording(language))["front"])["svg"])
