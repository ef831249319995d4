"""The CSV tables beside the page: every number of the page stands in one of them."""

from __future__ import annotations

import math

from govsim.results.csvtext import Cell, table_bytes
from govsim.results.values import Missing
from govsim.studies.optimise.answer import OptimiseAnswer
from govsim.studies.optimise.front import Gap, standing
from govsim.studies.optimise.telling import inside, letters, recurrences, steady, verdicts

Rows = list[list[Cell]]


def tables(answer: OptimiseAnswer) -> dict[str, bytes]:
    """Return all tables, by file name."""
    made = {
        "goals.csv": _goals(answer),
        "tried.csv": _tried(answer),
        "portfolios.csv": _portfolios(answer),
        "front.csv": _front(answer),
        "standing.csv": _standing(answer),
        "region.csv": _region(answer),
        "robustness.csv": _robustness(answer),
        "changes.csv": _changes(answer),
        "measures.csv": _measures(answer),
        "counts.csv": _counts(answer),
    }
    return {name: table_bytes(name, header, rows) for name, (header, rows) in made.items()}


Table = tuple[list[str], Rows]


def _goals(answer: OptimiseAnswer) -> Table:
    reference = answer.final.reference[0].mean(axis=0)
    rows: Rows = [
        [g.name, g.label, g.label_zh, g.unit, g.direction, float(reference[n])]
        for n, g in enumerate(answer.goals)
    ]
    return ["goal", "label_en", "label_zh", "unit", "direction", "today"], rows


def _tried(answer: OptimiseAnswer) -> Table:
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
    return [
        "number",
        "model",
        "portfolio",
        "within_limits",
        "front",
        *(f"gain_{name}" for name in names),
    ], rows


def _portfolios(answer: OptimiseAnswer) -> Table:
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
        for letter, p in zip(letters(len(answer.shown)), answer.shown, strict=True)
        for part in p.parts
    ]
    return ["portfolio", "model", "measure", "start_week", "weeks_or_0_to_the_end", "strength"], rows


def _front(answer: OptimiseAnswer) -> Table:
    rows: Rows = []
    words = {1: "better", -1: "worse", 0: "undecided"}
    for letter, row in zip(letters(len(answer.shown)), answer.gains, strict=True):
        for goal, gap in zip(answer.goals, row, strict=True):
            change = goal.direction * gap.mean
            rows.append([letter, goal.name, change, _end(gap.high - gap.mean), words[gap.sign]])
    return ["portfolio", "goal", "change", "half_width", "verdict"], rows


def _end(value: float) -> Cell:
    return value if math.isfinite(value) else Missing.NO_BASE


def _standing(answer: OptimiseAnswer) -> Table:
    names = [*letters(len(answer.shown)), "nothing"]
    rows: Rows = []
    for n, name in enumerate(names):
        alike = [names[b if a == n else a] for a, b in answer.order.undecided if n in (a, b)]
        beaten = " ".join(names[other] for other in answer.order.beaten_by[n]) or "none"
        shown = n < len(answer.shown)
        stands: Cell = standing(answer.gains[n], answer.heads) if shown else Missing.NO_BASE
        counts: Rows = [[Missing.NO_BASE] * 3]
        if shown:
            said = verdicts(answer.gains[n], answer.heads)
            counts = [[len(said.better), len(said.worse), len(said.undecided)]]
        rows.append([name, stands, *counts[0], beaten, " ".join(alike) or "none"])
    header = [
        "portfolio", "against_doing_nothing", "better_in", "worse_in", "undecided_in", "beaten_by", "undecided_against",
    ]  # fmt: skip
    return header, rows


def _region(answer: OptimiseAnswer) -> Table:
    rows: Rows = []
    for d, point in enumerate(answer.design.points.tolist()):
        for n, letter in enumerate(letters(len(answer.shown))):
            rows += [
                [d, *point, letter, goal.name, goal.direction * float(answer.region_gains[d, n, g]) + 0.0]
                for g, goal in enumerate(answer.goals)
            ]
    return [
        "district",
        *(factor.path for factor in answer.design.factors),
        "portfolio",
        "goal",
        "change",
    ], rows


def _robustness(answer: OptimiseAnswer) -> Table:
    rows: Rows = []
    count = len(answer.design)
    for letter, found in zip(letters(len(answer.shown)), answer.region, strict=True):
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
    return header, rows


def _changes(answer: OptimiseAnswer) -> Table:
    rows: Rows = []
    for change in answer.changes:
        for letter, row in zip(letters(len(answer.shown)), change.gains, strict=True):
            for goal, gap in zip(answer.goals, row, strict=True):
                rows.append([change.label, letter, goal.name, *_mean_and_half(gap, goal.direction)])
    return ["changed", "portfolio", "goal", "change", "half_width"], rows


def _mean_and_half(gap: Gap, direction: int) -> list[Cell]:
    if not math.isfinite(gap.mean):
        return [Missing.NO_BASE, Missing.NO_BASE]
    return [direction * gap.mean + 0.0, _end(gap.high - gap.mean)]


def _measures(answer: OptimiseAnswer) -> Table:
    rows: Rows = [
        [item.measure, item.shown, 100 * item.front, 100 * item.tried] for item in recurrences(answer)
    ]
    return ["measure", "shown_portfolios", "percent_of_front", "percent_of_tried"], rows


def _counts(answer: OptimiseAnswer) -> Table:
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
    return ["what", "number"], rows
