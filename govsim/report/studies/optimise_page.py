"""The page of an optimisation: what was asked, what was found, what it hangs on, what it cannot tell."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from govsim.report.answers import as_markdown
from govsim.results.values import spans
from govsim.studies.answer import Lines, PagePicture, Part, Passage, TextTable, counted, listed, number
from govsim.studies.optimise import (
    Goal,
    OptimiseAnswer,
    Verdicts,
    inside,
    portfolio_names,
    recurrences,
    row_verdicts,
    steady,
)
from govsim.studies.optimise.portfolios import Gap, standing

_MARK = "**"
_MODEL = (
    "In this model, under these assumptions; most parameters of the scenario are assumed. Nothing "
    "here says what would happen "
    "in the real district."
)


def page(answer: OptimiseAnswer, again: str, region: str, figure: str) -> str:
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
    head = [
        f"# {answer.space.study.label}: portfolios of countermeasures under one budget",
        _question(answer),
        f"Made by `{again}`. Do not edit: every number stands in a CSV table beside the page that the command writes.",
    ]
    portfolios: list[Part] = [
        *_names(answer),
        *_front(answer),
        PagePicture(figure, "Gain of each portfolio in each goal, with intervals"),
        "### Better and worse than doing nothing",
        "Costs aside, with the changes of the table.",
        _bullets(_verdicts(answer)),
        "### Against each other",
        _bullets(_against(answer)),
    ]
    fragile = [*_region(answer, region), *_changes(answer), _bullets(_seeds(answer))]
    sections = [
        Passage("", head),
        Passage("In short", [_bullets(_short(answer))]),
        Passage("What was searched", [_searched(answer, region)]),
        Passage("The portfolios", portfolios),
        Passage("Which measures", _measures(answer)),
        Passage("How fragile the answer is", fragile),
        Passage("What this cannot tell", [_bullets(_cannot(base.label))]),
    ]
    return "\n\n".join(as_markdown(sections)) + "\n"


def _bullets(lines: Iterable[str]) -> Lines:
    return Lines([f"- {line}" for line in lines])


def _question(answer: OptimiseAnswer) -> str:
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


def _short(answer: OptimiseAnswer) -> Iterator[str]:
    names = portfolio_names(len(answer.shown))
    benefits = len(answer.heads)
    yield (
        f"{len(answer.tried.candidates):,} portfolios were tried. The table below shows "
        f"{counted(len(answer.shown), 'portfolio')} that differ, run again with seeds that the search has not used."
    )
    by_standing = {
        words: [
            name + (f" ({_goals(answer, _said(answer, n).worse)})" if words in ("mixed", "worse") else "")
            for n, name in enumerate(names)
            if standing(answer.gains[n], answer.heads) == words
        ]
        for words in ("better", "mixed", "worse", "undecided")
    }
    told = {
        "better": "Better than doing nothing in some of the {} goals that are no costs, and worse in none",
        "mixed": "Better in some of these goals, but worse in others (in brackets)",
        "worse": "Worse in some of these goals and better in none (in brackets)",
        "undecided": "Undecided in all of these goals",
    }
    for words, found in by_standing.items():
        if found:
            yield f"{told[words].format(benefits)}: {listed(found)}."
    first = answer.shown[0]
    yield (
        f"The most even one, {names[0]}, is {answer.space.told(first)}, under {answer.space.models[first.model]}. "
        + _row_words(answer, 0)
    )
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
    safe = [
        name
        for n, name in enumerate(names)
        if all(standing(row, answer.heads) == "better" for row in (answer.gains[n], answer.region[n].change))
    ]
    yield (
        f"Over the {counted(len(answer.design), 'district')} of the region, as in the table, "
        + (f"{listed(safe)} {'is' if len(safe) == 1 else 'are'}" if safe else "no portfolio shown is")
        + " better than doing nothing in some of these goals and worse in none."
    )


def _said(answer: OptimiseAnswer, portfolio: int) -> Verdicts:
    return row_verdicts(answer.gains[portfolio], answer.heads)


def _goals(answer: OptimiseAnswer, places: Sequence[int]) -> str:
    return listed([answer.goals[n].label for n in places])


def _row_words(answer: OptimiseAnswer, portfolio: int) -> str:
    """Say in which goals that are no costs a portfolio is better, worse and undecided, in the words of the table."""
    said = _said(answer, portfolio)
    parts = []
    for word, places in (("better", said.better), ("worse", said.worse)):
        cells = [
            f"{answer.goals[n].label} ({_cell(answer.goals[n], answer.gains[portfolio][n], bold=False)} {answer.goals[n].unit})"
            for n in places
        ]
        parts += [f"{word} in {listed(cells)}"] if cells else []
    parts += [f"undecided in {_goals(answer, said.undecided)}"] if said.undecided else []
    words = "; ".join(parts)
    return f"{words[0].upper()}{words[1:]}."


def _cell(goal: Goal, gap: Gap, bold: bool = True) -> str:
    """Return a change in the goal's own unit with half its interval."""
    if not math.isfinite(gap.mean):
        return "impossible"
    words = number(goal.direction * gap.mean + 0.0, goal.decimals, sign=True)
    half = gap.high - gap.mean
    if math.isfinite(half):
        words += f" ± {number(half, goal.decimals)}"
    return f"{_MARK}{words}{_MARK}" if bold and gap.sign and math.isfinite(half) else words


def _searched(answer: OptimiseAnswer, region: str) -> str:
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


def _names(answer: OptimiseAnswer) -> list[Part]:
    space = answer.space
    lines = [
        f"{_MARK}{letter}{_MARK}: {space.told(portfolio)}. Under {space.models[portfolio.model]}."
        for letter, portfolio in zip(portfolio_names(len(answer.shown)), answer.shown, strict=True)
    ]
    lead = (
        "A is the most even one (its largest shortfall to the best in any goal is smallest); then "
        "come the best in each goal "
        "that is no cost, as far as they differ, then whichever differ most from those before."
    )
    return [lead, _bullets(lines)]


def _front(answer: OptimiseAnswer) -> list[Part]:
    header = ["change on doing nothing", *(_heading(goal) for goal in answer.goals)]
    rows = [
        [letter, *(_cell(goal, gap) for goal, gap in zip(answer.goals, row, strict=True))]
        for letter, row in zip(portfolio_names(len(answer.shown)), answer.gains, strict=True)
    ]
    today = answer.final.reference[0].mean(axis=0)
    values = [number(float(today[n]), goal.decimals, sign=False) for n, goal in enumerate(answer.goals)]
    rows.append([f"doing nothing under {answer.space.models[0]}", *values])
    lead = (
        f"Run again in the whole district with {counted(len(answer.seeds), 'seed')} that the search "
        "has not used (seeds "
        f"{spans(answer.seeds).replace('-', ' to ')}). ± is half the paired interval, widened for all "
        "comparisons of the table; in bold "
        "what it tells from none."
    )
    return [lead, TextTable([header, *rows])]


def _heading(goal: Goal) -> str:
    return f"{goal.label}, {goal.unit} ({_way(goal)} is better)"


def _verdicts(answer: OptimiseAnswer) -> Iterator[str]:
    for n, name in enumerate(portfolio_names(len(answer.shown))):
        yield f"{_MARK}{name}{_MARK}: {_row_words(answer, n)}"


def _against(answer: OptimiseAnswer) -> Iterator[str]:
    names = [*portfolio_names(len(answer.shown)), "doing nothing"]
    beaten = [
        f"{name} (by {', '.join(names[other] for other in others)})"
        for name, others in zip(names, answer.order.beaten_by, strict=True)
        if others
    ]
    if beaten:
        yield f"Another is better in some goal, costs included, and has no worse mean in any: {listed(beaten)}."
    else:
        yield "None of them is beaten in some goal, costs included, by another that has no worse mean in any."
    alike = [f"{names[a]} and {names[b]}" for a, b in answer.order.undecided]
    if alike:
        yield f"Undecided in every goal with these seeds: {'; '.join(alike)}."


def _measures(answer: OptimiseAnswer) -> list[Part]:
    rows = [
        [
            item.measure,
            f"{item.shown} of {len(answer.shown)}",
            *(number(100 * v, 0) for v in (item.front, item.tried)),
        ]
        for item in recurrences(answer)
    ]
    header = ["countermeasure", "in the portfolios shown", "% of the front", "% of all tried"]
    lead = (
        f"The front holds {counted(len(answer.front), 'portfolio')}: those within the limits that no other beats in all "
        f"{len(answer.goals)} goals at once. With many goals few are beaten, whatever they do: to be on the front is no merit."
    )
    return [lead, TextTable([header, *rows])]


def _region(answer: OptimiseAnswer, region: str) -> list[Part]:
    count = len(answer.design)
    benefits = [(n, answer.goals[n]) for n in answer.heads]
    varied = ", ".join(f"`{f.path}` {f.low:g}–{f.high:g}" for f in answer.design.factors)
    named = list(zip(portfolio_names(len(answer.shown)), answer.region, strict=True))
    changes = [
        [
            letter,
            *(
                f"{_cell(goal, found.change[n])}; better in {round(found.better[n] * count)} of {count}"
                for n, goal in benefits
            ),
        ]
        for letter, found in named
    ]
    losses = [[letter, *(_lost(goal, found.loss[n]) for n, goal in benefits)] for letter, found in named]
    lead = (
        f"**Other districts.** Each portfolio was run again in {counted(count, 'district')} of the "
        f"region ({region}), {_scale(answer)}: {varied}. The change on doing nothing is the mean over the districts, ± half "
        "its interval, in bold where it leaves zero out; *better in* counts the districts whose mean is better."
    )
    lost = (
        "**What is given up.** Expected loss against the best in each district of those shown and doing nothing, mean over "
        "the districts. The best is picked with other seeds than it is measured with, so equal portfolios have a loss of "
        "about 0."
    )
    header = [f"{goal.label}, {goal.unit}" for _, goal in benefits]
    return [
        lead,
        TextTable([[f"change, {count} districts", *header], *changes]),
        lost,
        TextTable([["expected loss", *header], *losses]),
    ]


def _lost(goal: Goal, gap: Gap) -> str:
    if not math.isfinite(gap.mean):
        return "n/a"
    half = gap.high - gap.mean
    words = number(gap.mean + 0.0, goal.decimals)
    return f"{words} ± {number(half, goal.decimals)}" if math.isfinite(half) else words


def _scale(answer: OptimiseAnswer) -> str:
    asked = answer.space.asked
    seeds = counted(asked.region_seeds, "seed")
    if asked.whole_region or not asked.search:
        return f"in the whole district, {seeds} each"
    settings = ", ".join(f"`{path}={value}`" for path, value in asked.search.items())
    return f"at the scale of the search ({settings}), {seeds} each"


def _changes(answer: OptimiseAnswer) -> list[Part]:
    benefits = [(n, answer.goals[n]) for n in answer.heads]
    main = benefits[0][1]
    rows = []
    for n, letter in enumerate(portfolio_names(len(answer.shown))):
        row = [letter, _gained(answer, answer.gains[n])]
        row += [_gained(answer, change.gains[n]) for change in answer.changes]
        rows.append(row)
    header = ["", "the table above", *(change.label for change in answer.changes)]
    lead = (
        "**Scale, budget and governance model.** The same measures "
        + ("in the smaller district of the search, " if answer.space.asked.search else "")
        + f"with other means, and under each model, {_scale(answer)}, each against doing nothing "
        f"there: in how many of the {len(benefits)} goals that are no costs the mean is better, and "
        f"the change in {main.label} "
        f"({main.unit})."
    )
    return [lead, TextTable([header, *rows])]


def _gained(answer: OptimiseAnswer, row: list[Gap]) -> str:
    if not all(math.isfinite(gap.mean) for gap in row):
        return "impossible"
    main = answer.goals[answer.heads[0]]
    better = sum(row[n].mean > 0 for n in answer.heads)
    change = number(main.direction * row[answer.heads[0]].mean + 0.0, main.decimals, sign=True)
    return f"{better} of {len(answer.heads)}; {change}"


def _seeds(answer: OptimiseAnswer) -> Iterator[str]:
    asked, names = answer.space.asked, portfolio_names(len(answer.shown))
    same, of = steady(answer)
    yield (
        f"**Other seeds, the whole district.** Of {of} gains in goals that are no costs, {same} have "
        "the same sign with fresh seeds in "
        "the whole district as in the search."
    )
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


def _cannot(label: str) -> tuple[str, ...]:
    return (
        f"What would happen in {label}: residents, offices and countermeasures are those of this model, and most of their "
        "numbers are assumptions.",
        "Whether a portfolio outside of those that were tried is better: the search looks at a small part of what is possible.",
        "What a measure is worth that is not in the list, or done in another way than its file says.",
        "Which goal matters more: a front ranks nothing; who decides does. Hours and yuan moved stand beside each other and "
        "are not added up.",
        "What lies beyond the end of the run, and what it takes to get a measure started: preparation, consent, law.",
        "Whether the region is the right one: outside of the ranges above nothing was tried.",
    )
