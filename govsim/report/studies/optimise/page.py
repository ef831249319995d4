"""The page of an optimisation: what was asked, what was found, what it hangs on, what it cannot tell."""

from __future__ import annotations

import math
from collections.abc import Iterator

from govsim.report.comparing.words import number
from govsim.report.tables.markdown import counted, listed, table
from govsim.study.optimise.answer import Answer
from govsim.study.optimise.bench import Goal
from govsim.study.optimise.front import Gap
from govsim.study.optimise.telling import TRADE, inside, letters, recurrences, steady, trades

_MARK = "**"
_MODEL = (
    "In this model, under these assumptions; most parameters of the scenario are assumed. Nothing "
    "here says what would happen "
    "in the real district."
)


def page(answer: Answer, again: str, region: str, figure: str) -> str:
    """Return the page as Markdown.

    Parameters
    ----------
    again
        Command that makes it.
    region
        Where the points of the region come from, in words.
    figure
        Name of the figure's file.
    """
    base = answer.space.study.base
    parts = [
        f"# {answer.space.study.label}: portfolios of countermeasures under one budget",
        _question(answer),
        f"Made by `{again}`. Do not edit: every number stands in a CSV table "
        "beside the page that the "
        "command writes.",
        "## In short",
        "\n".join(f"- {line}" for line in _short(answer)),
        "## What was searched",
        _searched(answer, region),
        "## The portfolios",
        _names(answer),
        _front(answer),
        f"![Gain of each portfolio in each goal, with intervals]({figure})",
        "### Which of them can be told apart",
        "\n".join(f"- {line}" for line in _standing(answer)),
        "## Which measures",
        _measures(answer),
        "## What trades against what",
        _trades(answer),
        "## How fragile the answer is",
        _region(answer, region),
        _changes(answer),
        "\n".join(f"- {line}" for line in _seeds(answer)),
        "## What this cannot tell",
        _cannot(answer, base.label),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _question(answer: Answer) -> str:
    study = answer.space.study
    scenario = study.base.scenario
    goals = listed([f"{_way(goal)} {goal.label}" for goal in answer.goals])
    return (
        "**The question.** Which countermeasures together, from when, for how long and how strongly, "
        "do best for "
        f"{study.base.label} ({scenario.population.residents:,} residents, {scenario.run.weeks} "
        "weeks), when several things are "
        f"wanted at once: {goals}? Countermeasures take their hours and money from the same budget as "
        f"everything else. {_MODEL}"
    )


def _way(goal: Goal) -> str:
    return "more" if goal.direction > 0 else "less"


def _short(answer: Answer) -> Iterator[str]:
    names = letters(len(answer.shown))
    benefits = [answer.goals[n] for n in answer.heads]
    yield (
        f"There is no single best portfolio: of {len(answer.tried.candidates):,} that were tried, "
        f"{len(answer.front):,} keep the "
        "limits and are beaten by no other in all goals at once. The table below shows "
        f"{counted(len(answer.shown), 'portfolio')} "
        "that differ."
    )
    first = answer.shown[0]
    gained, lost = (_told_goals(answer, 0, sign) for sign in (1, -1))
    words = f"The most even one, {names[0]}, is {answer.space.told(first)}, under {answer.space.models[first.model]}. "
    words += f"It gains in {listed(gained)}" if gained else "No gain of it can be told from none"
    words += f", and does worse in {listed(lost)}." if lost else "."
    yield words
    every = [item.measure for item in recurrences(answer) if item.shown == len(answer.shown)]
    never = [item.measure for item in recurrences(answer) if item.shown == 0]
    often = [item for item in recurrences(answer) if item.shown][:1]
    yield (
        (
            f"In all portfolios shown: {listed(every)}. "
            if every
            else "No measure is in all portfolios shown. "
        )
        + (
            f"Most often: {often[0].measure}, in {often[0].shown} of {len(names)}. "
            if often and not every
            else ""
        )
        + (f"In none of them: {listed(never)}." if never else "Every measure is in some of them.")
    )
    odds = [item for item in trades(answer) if item.correlation <= -TRADE]
    if odds:
        yield f"What trades most against what: {odds[0].first} against {odds[0].second}."
    count = len(answer.design)
    safe = [
        name
        for name, found in zip(names, answer.region, strict=True)
        if all(found.better[n] == 1.0 for n in answer.heads)
    ]
    yield (
        f"In all {count} districts of the region, "
        + (f"{listed(safe)} {'does' if len(safe) == 1 else 'do'}" if safe else "no portfolio shown does")
        + f" better than doing nothing in every one of the {len(benefits)} goals that are no costs, by its mean."
    )


def _told_goals(answer: Answer, portfolio: int, sign: int) -> list[str]:
    found = []
    for n in answer.heads:
        goal, gap = answer.goals[n], answer.gains[portfolio][n]
        if gap.sign == sign:
            found.append(f"{goal.label} ({_cell(goal, gap, bold=False)} {goal.unit})")
    return found


def _cell(goal: Goal, gap: Gap, bold: bool = True) -> str:
    """Return a change in the goal's own unit with half its interval."""
    if not math.isfinite(gap.mean):
        return "impossible"
    words = number(goal.direction * gap.mean + 0.0, goal.decimals, sign=True)
    half = gap.high - gap.mean
    if math.isfinite(half):
        words += f" ± {number(half, goal.decimals)}"
    return f"{_MARK}{words}{_MARK}" if bold and gap.sign and math.isfinite(half) else words


def _searched(answer: Answer, region: str) -> str:
    space, asked = answer.space, answer.space.asked
    weeks = [f"week {start}" for start in asked.starts]
    lasting = ["to the end" if not length else f"for {length} weeks" for length in asked.lengths]
    limits = [
        f"{number(limit, 0)} {unit}"
        for limit, unit in (
            (asked.limits.hours_moved, "hours moved per 1,000 residents and year"),
            (asked.limits.yuan_moved, "yuan moved per 1,000 residents and year"),
        )
        if limit is not None
    ]
    impossible = sum(score is None for score in answer.tried.scores)
    kept = sum(score is not None and score.allowed for score in answer.tried.scores)
    small = ", ".join(f"`{path}={value}`" for path, value in asked.search.items())
    districts = min(asked.search_points, len(answer.design)) + 1
    return (
        f"Up to {asked.most} of {len(space.names)} countermeasures ({', '.join(space.names)}), each "
        f"from {listed(weeks)}, "
        f"{' or '.join(lasting)}, at {' or '.join(f'{100 * s:.0f} %' for s in asked.strengths)} of its full "
        "strength, under "
        f"{' or '.join(space.models)}: at most {space.size:,.0f} portfolios. "
        + (
            f"Limits: at most {listed(limits)}. "
            if limits
            else "No limit was set on what a portfolio moves. "
        )
        + "*Moved* are the hours that some tier, source and use has more than when nothing is done, "
        "and the money that some tier "
        "spends more, whoever gave them up. "
        f"NSGA-II (Deb et al. 2002) by Optuna tried {len(answer.tried.candidates):,} different portfolios in "
        f"{counted(asked.generations, 'generation')} of {asked.population} (seed {asked.seed}), "
        f"{kept:,} of them within the limits, "
        f"{impossible:,} impossible because their measures exclude each other. Each was run in "
        f"{counted(districts, 'district')} "
        f"({'the scenario as it is' if districts == 1 else 'the scenario as it is, and points of the region'}) with "
        f"{counted(asked.search_seeds, 'seed')}{', at ' + small if small else ''}, beside doing "
        "nothing with the same residents, "
        "problems and chance. A portfolio that was not tried may be better than any that was."
    )


def _names(answer: Answer) -> str:
    space = answer.space
    lines = [
        f"- {_MARK}{letter}{_MARK}: {space.told(portfolio)}. Under {space.models[portfolio.model]}."
        for letter, portfolio in zip(letters(len(answer.shown)), answer.shown, strict=True)
    ]
    lead = (
        "A is the most even one (its largest shortfall to the best in any goal is smallest); then "
        "come the best in each goal "
        "that is no cost, as far as they differ, then whichever differ most from those before."
    )
    return "\n".join([lead, "", *lines])


def _front(answer: Answer) -> str:
    header = ["change on doing nothing", *(_heading(goal) for goal in answer.goals)]
    rows = [
        [letter, *(_cell(goal, gap) for goal, gap in zip(answer.goals, row, strict=True))]
        for letter, row in zip(letters(len(answer.shown)), answer.gains, strict=True)
    ]
    today = answer.final.reference[0].mean(axis=0)
    values = [number(float(today[n]), goal.decimals, sign=False) for n, goal in enumerate(answer.goals)]
    rows.append([f"doing nothing under {answer.space.models[0]}", *values])
    lead = (
        f"Run again in the whole district with {counted(len(answer.seeds), 'seed')} that the search "
        "has not used (seeds "
        f"{answer.seeds[0]} to {answer.seeds[-1]}). ± is half the paired interval, widened for all "
        "comparisons of the table; in bold "
        "what it tells from none."
    )
    return f"{lead}\n\n{table(header, rows)}"


def _heading(goal: Goal) -> str:
    return f"{goal.label}, {goal.unit} ({_way(goal)} is better)"


def _standing(answer: Answer) -> Iterator[str]:
    names = [*letters(len(answer.shown)), "doing nothing"]
    words = {
        "stands": "Beaten by none of the others, as far as can be told",
        "undecided": "Undecided (another is told apart as better in some goal, as worse in none, but has a worse mean in one)",
        "dominated": "Beaten with fresh seeds (another is told apart as better in some goal and has no worse mean)",
    }
    for standing, told in words.items():
        found = [
            name + _by([names[other] for other in others], standing)
            for name, stands, others in zip(names, answer.order.standing, answer.order.beaten_by, strict=True)
            if stands == standing
        ]
        if found:
            yield f"{told}: {listed(found)}."
    alike = [f"{names[a]} and {names[b]}" for a, b in answer.order.alike]
    if alike:
        yield f"Cannot be told apart in any goal with these seeds: {'; '.join(alike)}."
    else:
        yield "Any two of them can be told apart in some goal."


def _by(others: list[str], standing: str) -> str:
    return "" if standing == "stands" or not others else f" (by {', '.join(others)})"


def _measures(answer: Answer) -> str:
    rows = [
        [
            item.measure,
            f"{item.shown} of {len(answer.shown)}",
            *(number(100 * v, 0) for v in (item.front, item.tried)),
        ]
        for item in recurrences(answer)
    ]
    header = ["countermeasure", "in the portfolios shown", "% of the front", "% of all tried"]
    return f"The front holds {counted(len(answer.front), 'portfolio')}.\n\n{table(header, rows)}"


def _trades(answer: Answer) -> str:
    found = trades(answer)
    strong = [item for item in found if abs(item.correlation) >= TRADE]
    if not strong:
        return "Over the front, no two goals are clearly at odds or hand in hand."
    rows = [
        [
            f"{item.first} / {item.second}",
            "at odds" if item.correlation < 0 else "hand in hand",
            number(item.correlation, 2, sign=True),
        ]
        for item in strong
    ]
    lead = (
        f"Rank correlation (Spearman) of the gains over the front, where it is at least {TRADE} "
        "either way. *At odds*: of the "
        "portfolios that are left, those that gain more in one gain less in the other."
    )
    return f"{lead}\n\n{table(['goals', '', 'correlation'], rows)}"


def _region(answer: Answer, region: str) -> str:
    count = len(answer.design)
    benefits = [(n, answer.goals[n]) for n in answer.heads]
    varied = ", ".join(f"`{f.path}` {f.low:g}–{f.high:g}" for f in answer.design.factors)
    header = [
        "",
        f"not beaten, of {count}",
        *(f"{g.label}: better in" for _, g in benefits),
        "regret, mean",
        "regret, worst",
    ]
    rows = []
    for letter, found in zip(letters(len(answer.shown)), answer.region, strict=True):
        better = [_better(goal, float(found.better[n]), float(found.worst[n]), count) for n, goal in benefits]
        regret = [f"{number(100 * value, 0)} %" for value in (found.regret, found.worst_regret)]
        rows.append([letter, f"{round(found.undominated * count)} of {count}", *better, *regret])
    lead = (
        f"**Other districts.** Each portfolio was run again in {counted(count, 'district')} of the "
        f"region ({region}), {_scale(answer)}: {varied}. *Not "
        "beaten*: in how many of them no other portfolio shown, nor doing nothing, is at least as "
        "good in all goals and better in one. "
        "*Better*: in how many it gains on doing nothing, and the worst change. *Regret*: what it "
        "lacks to the best shown, mean over "
        "goals, as a share of the range there."
    )
    return f"{lead}\n\n{table(header, rows)}"


def _scale(answer: Answer) -> str:
    asked = answer.space.asked
    seeds = counted(asked.region_seeds, "seed")
    if asked.whole_region or not asked.search:
        return f"{seeds} each"
    settings = ", ".join(f"`{path}={value}`" for path, value in asked.search.items())
    return f"at the scale of the search ({settings}), {seeds} each"


def _better(goal: Goal, share: float, worst: float, count: int) -> str:
    told = number(goal.direction * worst + 0.0, goal.decimals, sign=True)
    return f"{round(share * count)} of {count}; worst {told}"


def _changes(answer: Answer) -> str:
    benefits = [(n, answer.goals[n]) for n in answer.heads]
    main = benefits[0][1]
    rows = []
    for n, letter in enumerate(letters(len(answer.shown))):
        row = [letter, _gained(answer, answer.gains[n])]
        row += [_gained(answer, change.gains[n]) for change in answer.changes]
        rows.append(row)
    header = ["", "the table above", *(change.label for change in answer.changes)]
    lead = (
        "**Budget and governance model.** The same measures with other means, and under each model, "
        f"{_scale(answer)}, each against doing nothing "
        f"there: in how many of the {len(benefits)} goals that are no costs the mean is better, and "
        f"the change in {main.label} "
        f"({main.unit})."
    )
    return f"{lead}\n\n{table(header, rows)}"


def _gained(answer: Answer, row: list[Gap]) -> str:
    if not all(math.isfinite(gap.mean) for gap in row):
        return "impossible"
    main = answer.goals[answer.heads[0]]
    better = sum(row[n].mean > 0 for n in answer.heads)
    change = number(main.direction * row[answer.heads[0]].mean + 0.0, main.decimals, sign=True)
    return f"{better} of {len(answer.heads)}; {change}"


def _seeds(answer: Answer) -> Iterator[str]:
    asked, names = answer.space.asked, letters(len(answer.shown))
    same, of = steady(answer)
    yield (
        f"**Other seeds, the whole district.** Of {of} gains in goals that are no costs, {same} have "
        "the same sign with fresh seeds in "
        "the whole district as in the search."
    )
    shares = [
        f"{name} {100 * share:.0f} %" for name, share in zip(names, answer.by_seed.tolist(), strict=True)
    ]
    yield f"Looked at one fresh seed at a time, in what share of them no other shown beats it: {', '.join(shares)}."
    limits = asked.limits
    if limits.hours_moved is None and limits.yuan_moved is None:
        return
    told = []
    for factor in (1.0, 1 - asked.budget_change, 1 + asked.budget_change):
        kept = [name for name, stays in zip(names, inside(answer, limits, factor), strict=True) if stays]
        told.append(f"{_who(kept)} {'them' if factor == 1.0 else f'{100 * factor:.0f} % of them'}")
    yield f"The limits, with fresh seeds in the whole district: {'; '.join(told)}."


def _who(names: list[str]) -> str:
    if not names:
        return "none keeps"
    return f"{listed(names)} {'keeps' if len(names) == 1 else 'keep'}"


def _cannot(answer: Answer, label: str) -> str:
    return "\n".join(
        f"- {line}"
        for line in (
            f"What would happen in {label}: residents, offices and countermeasures are those of this "
            "model, and most of their numbers "
            "are assumptions.",
            "Whether a portfolio outside of those that were tried is better: the search looks at a "
            "small part of what is possible.",
            "What a measure is worth that is not in the list, or done in another way than its file says.",
            "Which goal matters more: a front ranks nothing; who decides does. Hours and yuan moved "
            "stand beside each other and are "
            "not added up.",
            "What lies beyond the end of the run, and what it takes to get a measure started: "
            "preparation, consent, law.",
            "Whether the region is the right one: outside of the ranges above nothing was tried.",
        )
    )
