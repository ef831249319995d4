"""The pages of models, countermeasures and signs: runs what they are about, or finds it, and writes them."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from govsim.report.answers import markdown_table, write_whole
from govsim.report.measures import COLUMNS, MEASURES, MODEL_COLUMNS, as_csv, table_path
from govsim.report.request import ScenarioChanges
from govsim.report.running import Ran, run_blocks
from govsim.report.stamps import stamp
from govsim.results.declare import Indicator
from govsim.results.values import Missing, Value, spans
from govsim.runner.options import RunOptions
from govsim.runner.planning import Choice
from govsim.statistics.distribution import distribution
from govsim.statistics.multiple import ArmPair, Values, alike, told_apart
from govsim.statistics.paired import Quotient
from govsim.studies.compare import ArmRuns, compare
from govsim.studies.effects import effect, moved, weekly_sum
from govsim.studies.wording import counted, listed, number
from govsim.units import THOUSAND, WEEKS_PER_YEAR

if TYPE_CHECKING:
    from govsim.assurance.signs import DefaultRank, SignOutcome
    from govsim.scenario import Loaded

Kind = Literal["models", "measures"]
_TITLES = {"models": "Governance models side by side", "measures": "Countermeasures and the hours they take"}
_LEADS = {
    "models": "Every shipped model over the same residents, problems and chance; mean ± standard deviation over seeds.",
    "measures": "Each countermeasure against the same model without it, with the same residents, problems and chance; where "
    "it was granted more or less (posts bought with money, say), two columns say by how much. *Hours moved* are those "
    "that some tier, source and use has more than without the measure: paid, seconded, unpaid and partners' hours alike, "
    "whoever gave them up, those included that residents then gave of themselves; idle hours are no use. Money stands "
    "apart. Under *in all*, ± is half the paired interval, widened for all comparisons of that table; what it tells from "
    "none is set in bold, and of that at most 5 % is expected to be none (Benjamini and Hochberg 1995; Benjamini and "
    "Yekutieli 2005).",
}


def table_command(
    kind: Kind,
    scenario: str,
    changed: ScenarioChanges,
    start: int,
    options: RunOptions,
    docs: Path,
    models: Sequence[str] = (),
    measures: Sequence[str] = (),
) -> int:
    """Write ``docs/models.md`` or ``docs/measures.md`` and return the exit code; finished runs are used again.

    Parameters
    ----------
    start : int
        Week in which countermeasures begin.
    models, measures
        Names or files beside those that are shipped and those that the scenario names.

    Raises
    ------
    ScenarioError
        If the scenario is refused, with any of the measures.
    """
    if kind == "models":
        loaded, blocks, names = _models(scenario, changed.settings(), models)
    else:
        loaded, blocks, names = _measures(scenario, changed.settings(), start, models, measures)
    ran = run_blocks(blocks, options)
    if not ran.blocks:
        return ran.code
    if kind == "models":
        parts = [models_part(arms, observed=n > 0) for n, arms in enumerate(ran.blocks)]
    else:
        parts = _measure_parts(ran, names)
    again = ["govsim", "table", kind, "--scenario", scenario, "--seeds", str(loaded.scenario.run.seeds)]
    again += [] if changed.weeks is None else ["--weeks", str(changed.weeks)]
    again += ["--start", str(start)] if kind == "measures" and start else []
    for option, given in (("--set", changed.overrides), ("--model", models), ("--measure", measures)):
        again += [word for item in given for word in (option, item)]
    path, said = docs / f"{kind}.md", shlex.join(again)
    made = stamp(said, loaded, *(choice.governance for block in blocks for choice in block)).comment()
    text = f"{_page(kind, loaded, ran, said, parts)}\n{made}"
    write_whole(path, text.encode())
    if (copy := table_path(docs, scenario, kind)) is not None:
        write_whole(copy, as_csv(text, MODEL_COLUMNS if kind == "models" else COLUMNS).encode())
    print(
        f"written: {path.as_posix()}  ({ran.outcome.computed} runs and {ran.outcome.reused} found, {ran.seconds:.0f} s)"
    )
    return ran.code


def _models(
    scenario: str, overrides: list[str], more: Sequence[str]
) -> tuple[Loaded, list[list[Choice]], list[str]]:
    from govsim.scenario import list_governance, load, load_governance
    from govsim.scenario.files import governance_shelf

    loaded = load(scenario, overrides)
    own = [model for model in loaded.governance if governance_shelf().file(model.name) is None]
    every = [*map(load_governance, list_governance()), *own, *map(load_governance, more)]
    models = list({model.key: model for model in reversed(every) if not model.measures}.values())[::-1]
    modes: tuple[Literal["neutral", "observed"], ...] = ("neutral", "observed")
    blocks = [[Choice(scenario, loaded, model, mode) for model in models] for mode in modes]
    return loaded, blocks, [model.name for model in models]


def _measures(
    scenario: str, overrides: list[str], start: int, more_models: Sequence[str], more: Sequence[str]
) -> tuple[Loaded, list[list[Choice]], list[str]]:
    from govsim.scenario import Problem, ScenarioError, list_measures, load, load_governance, load_measure
    from govsim.scenario.messages import Place

    kinds = {name: load_measure(name).section.kind for name in (*list_measures(), *more)}
    for name in more:
        if kinds[name] != "countermeasure":
            words = f"{name} is a {kinds[name]}, and the table is about countermeasures"
            raise ScenarioError([Problem.at(Place("--measure"), "", words)])
    measures = [name for name, kind in kinds.items() if kind == "countermeasure"]
    models = [model.name for model in load(scenario, overrides).governance if not model.measures]
    models = list(dict.fromkeys([*models, *(load_governance(name).name for name in more_models)]))
    wanted: list[Any] = []
    for model in models:
        wanted += [
            model,
            *({"model": model, "measures": [{"use": name, "start": start}]} for name in measures),
        ]
    loaded = load(scenario, [*overrides, f"governance.models={json.dumps(wanted)}"])
    choices = [Choice(scenario, loaded, governance, "neutral") for governance in loaded.governance]
    size = 1 + len(measures)
    blocks = [choices[first : first + size] for first in range(0, len(choices), size)]
    return loaded, blocks, [load_measure(name).section.name.en for name in measures]


def _measure_parts(ran: Ran, names: Sequence[str]) -> list[str]:
    for plain, *under in ran.blocks:
        for arm in (
            under
        ):  # the same residents, problems and weeks, or no page; what was granted stands in the table
            compare(plain, arm, allow_unequal_budget=True)
    return [measures_part(names, plain, under) for plain, *under in ran.blocks]


def _page(kind: Kind, loaded: Loaded, ran: Ran, again: str, parts: Sequence[str]) -> str:
    first = ran.blocks[0][0]
    people = loaded.scenario.population.residents
    listed = spans(first.seeds).replace("-", " to ")
    terms = (
        f"{loaded.label}: {people:,} residents, {first.runs[0].manifest['weeks']} weeks, seeds {listed}. In this model, "
        f"under these assumptions; most parameters of the scenario are assumed."
    )
    made = f"Made by `{again}`. Do not edit: every number comes from the run folders."
    return "\n\n".join([f"# {_TITLES[kind]}", _LEADS[kind], terms, made, *parts]).rstrip() + "\n"


_MANY = 12
"""Up to so many pairs are named; more are only counted."""


def models_part(arms: Sequence[ArmRuns], observed: bool) -> str:
    """Return heading, table and words of one capacity mode."""
    title = "With outside resources" if observed else "Equal resources"
    means = (
        "Each model with the hours and money that it brings from outside: differences are partly ones in means."
        if observed
        else "Every model has the same hours and money; only what it does with them differs."
    )
    budget = observed and ["staff hours granted", "yuan granted"]
    rows = []
    for arm in arms:
        granted = (
            [f"{arm.granted('granted_hours'):,.0f}", f"{arm.granted('granted_money'):,.0f}"] if budget else []
        )
        rows.append([arm.label, *granted, *(spread(arm.about(item), item) for item, _ in MEASURES)])
    header = ["model", *(budget or []), *(heading for _, heading in MEASURES)]
    return "\n\n".join(
        [f"## {title}", means, markdown_table(header, rows), "### What cannot be told apart", *_words(arms)]
    )


def _words(arms: Sequence[ArmRuns]) -> Iterator[str]:
    if len(arms) < 2 or len(arms[0].runs) < 2:
        yield "One model or one seed: nothing can be told apart."
        return
    places = list(combinations(range(len(arms)), 2))
    found = told_apart({item.name: [arm.about(item) for arm in arms] for item, _ in MEASURES}, places)
    yield (
        f"With {counted(len(arms[0].runs), 'paired seed')}. Told apart means that the paired interval of the difference "
        f"leaves out zero, after widening it for all {len(places) * len(MEASURES):,} comparisons of this table: of what is "
        "told apart, at most 5 % is expected not to be (Benjamini and Hochberg 1995; Benjamini and Yekutieli 2005). Where some "
        "seed did not reach a number, the order of the seeds is tested instead. What is not told apart need not be equal."
    )
    yield "\n".join([*_everywhere(arms, places, found), *_by_measure(arms, found)])


def _everywhere(
    arms: Sequence[ArmRuns], places: Sequence[tuple[int, int]], found: dict[str, list[ArmPair]]
) -> Iterator[str]:
    same = [place for place in places if _identical(*(arms[n] for n in place))]
    apart = {(pair.first, pair.second) for pairs in found.values() for pair in pairs if pair.apart}
    unlike = [place for place in places if place not in apart and place not in same]
    if same:
        yield f"- The same numbers in every seed: {_names(arms, same)}."
    if unlike:
        yield f"- Told apart in no measure: {_names(arms, unlike)}."
    else:
        yield f"- Every {'other ' if same else ''}pair is told apart in at least one measure."


def _by_measure(arms: Sequence[ArmRuns], found: dict[str, list[ArmPair]]) -> Iterator[str]:
    for item, heading in MEASURES:
        pairs = found[item.name]
        tested = [pair for pair in pairs if pair.tested]
        known = [pair.interval for pair in tested if pair.interval]
        words = f"- *{heading}*: {sum(p.apart for p in pairs)} of {counted(len(tested), 'pair')} told apart"
        widths = sorted((high - low) / 2 for low, high in known if high > low)
        if widths:
            half = number(widths[len(widths) // 2], item.decimals)
            words += f"; a difference of {half} would have been enough for half of the pairs that differ"
        if len(tested) < len(pairs):
            unknown = counted(len(pairs) - len(tested), "pair")
            words += f"; {unknown} not tested, because seeds are few or some seed has no number"
        yield f"{words}.{_groups(arms, [arm.about(item) for arm in arms], pairs)}"


def _groups(arms: Sequence[ArmRuns], values: Values, pairs: Sequence[ArmPair]) -> str:
    groups = alike(values, pairs)
    if not groups:
        return ""
    if len(groups[0]) == len(arms):
        return " No model can be told from any other."
    named = "; ".join(", ".join(arms[arm].label for arm in group) for group in groups)
    return f" From low to high, not told apart from each other: {named}."


def _identical(first: ArmRuns, second: ArmRuns) -> bool:
    return all(a.summary == b.summary for a, b in zip(first.runs, second.runs, strict=True))


def _names(arms: Sequence[ArmRuns], places: Sequence[tuple[int, int]]) -> str:
    if len(places) > _MANY:
        return counted(len(places), "pair")
    return "; ".join(f"{arms[a].label} and {arms[b].label}" for a, b in places)


COUNTS = (
    ("problems that arose", weekly_sum("problems_arisen")),
    ("problems solved", weekly_sum("problems_solved")),
    ("problems detected", weekly_sum("problems_found")),
    ("adult-weeks of participation", weekly_sum("active")),
)
"""What is counted per 1,000 hours."""
_EFFECTS = tuple((item, words) for item, words in MEASURES if item.name != "unpaid_hours")
_SPENT = (
    "hours moved a year",
    "yuan moved a year",
    "staff hours granted, change a year",
    "yuan granted, change a year",
)
_MARK = "**"
FEWEST_HOURS = 1000.0
"""A measure that moves fewer hours a year works by money; a rate per 1,000 hours would say nothing about it."""


def measures_part(names: Sequence[str], plain: ArmRuns, under: Sequence[ArmRuns]) -> str:
    """Return heading, tables and words of one model.

    Parameters
    ----------
    names
        Of the measures.
    plain, under
        Runs of the model without any of them, and with each.
    """
    arms = (plain, *under)
    values = {item.name: [arm.about(item) for arm in arms] for item, _ in _EFFECTS}
    found = told_apart(values, [(0, n) for n in range(1, len(arms))])
    parts = [f"## {plain.label}", "### Per 1,000 hours", _per_hours(names, plain, under)]
    parts += ["### In all", _in_all(names, found), "\n".join(_measure_words(names, found))]
    return "\n\n".join(parts)


def _per_hours(names: Sequence[str], plain: ArmRuns, under: Sequence[ArmRuns]) -> str:
    header = ["countermeasure", *_SPENT, *(f"{name} [95%]" for name, _ in COUNTS)]
    years = float(plain.runs[0].manifest["weeks"]) / WEEKS_PER_YEAR
    rows, by_money = [], []
    for name, arm in zip(names, under, strict=True):
        spent = [moved(a, b) for a, b in zip(plain.runs, arm.runs, strict=True)]
        means = [float(np.mean([getattr(item, what) for item in spent])) for what in ("hours", "money")]
        more = [arm.granted(what) - plain.granted(what) for what in ("granted_hours", "granted_money")]
        shown = [number(mean / years, 0) for mean in means] + [
            number(change / years, 0, sign=True) for change in more
        ]
        effects = [effect(plain, arm, count, spent) for _, count in COUNTS]
        few_hours = means[0] / years < FEWEST_HOURS
        rates = ["-" if few_hours else _rate(one.per_thousand_hours) for one in effects]
        rows.append([name, *shown, *rates])
        if few_hours:
            by_money.append((name, [_rate(one.per_million_yuan) for one in effects]))
    return "\n\n".join([markdown_table(header, rows), *(_per_yuan(name, rates) for name, rates in by_money)])


def _per_yuan(name: str, rates: Sequence[str]) -> str:
    told = listed([f"{rate} {words}" for rate, (words, _) in zip(rates, COUNTS, strict=True)])
    return f"*{name}* moves too few hours for a rate by hours; per million yuan moved: {told}."


def _rate(found: Quotient) -> str:
    if isinstance(found.value, Missing) or found.low is None or found.high is None:
        return Missing.NO_BASE.value
    decimals = 1 if abs(found.value) < THOUSAND else 0
    low, middle, high = (number(v, decimals, sign=True) for v in (found.low, found.value, found.high))
    return f"{middle} [{low}, {high}]"


def _in_all(names: Sequence[str], found: dict[str, list[ArmPair]]) -> str:
    header = ["countermeasure", *(words for _, words in _EFFECTS)]
    rows = [
        [name, *(_change(found[item.name][n], item) for item, _ in _EFFECTS)] for n, name in enumerate(names)
    ]
    return markdown_table(header, rows)


def _change(pair: ArmPair, item: Indicator) -> str:
    if isinstance(pair.difference, Missing):
        words = pair.difference.value
        return f"{_MARK}{'later' if pair.rises else 'sooner'}{_MARK}" if pair.apart else words
    words = number(pair.difference, item.decimals, sign=True)
    if pair.interval is not None:
        words += f" ± {number((pair.interval[1] - pair.interval[0]) / 2, item.decimals)}"
    return f"{_MARK}{words}{_MARK}" if pair.apart else words


def _measure_words(names: Sequence[str], found: dict[str, list[ArmPair]]) -> Iterator[str]:
    for item, heading in _EFFECTS:
        apart = [(name, pair) for name, pair in zip(names, found[item.name], strict=True) if pair.apart]
        up, down = ([name for name, pair in apart if pair.rises == way] for way in (True, False))
        told = [f"{way} with {listed(some)}" for way, some in (("higher", up), ("lower", down)) if some]
        yield f"- *{heading}*: {'; '.join(told) or 'undecided'}."
    silent = [name for n, name in enumerate(names) if not any(pairs[n].apart for pairs in found.values())]
    if silent:
        yield f"- Undecided in every column of this table: {listed(silent)}."


_SIGN_INDICATORS = {
    "resolved_existing_26w": "resolved within half a year, of existing problems, % points",
    "participation_4w": "take part in four weeks, % points of adults",
}
_ARROWS = {1: "up", 0: "no change", -1: "down"}
LOW, HIGH = 0.1, 0.9


def signs_command(models: tuple[str, str], seeds: int, points: int, docs: Path) -> int:
    """Run the signs and the design, write ``docs/signs.md`` and return the exit code."""
    from govsim.assurance.signs import SIGNS, check_sign, place_of_default
    from govsim.scenario import load, load_governance

    chosen = list(range(1, seeds + 1))
    loaded = [load_governance(name) for name in models]
    baseline, other = (item.model for item in loaded)
    outcomes = []
    for place, sign in enumerate(SIGNS, 1):
        print(f"{place}/{len(SIGNS)}  {sign.claim}")
        outcomes.append(check_sign(sign, baseline, chosen))
    print(f"default among {points} districts")
    places = place_of_default(baseline, other, list(_SIGN_INDICATORS), chosen[:3], points)
    path = docs / "signs.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    names = (baseline.name.en, other.name.en)
    said = ["govsim", "signs", "--baseline", models[0], "--other", models[1]]
    again = shlex.join([*said, "--seeds", str(seeds), "--points", str(points)])
    made = stamp(again, load("tiny"), *loaded).comment()
    path.write_text(f"{page(outcomes, places, seeds, names, again)}\n{made}", encoding="utf-8")
    print(f"written: {path.as_posix()}")
    return 0


def page(
    outcomes: list[SignOutcome], places: list[DefaultRank], seeds: int, names: tuple[str, str], again: str
) -> str:
    """Return the page as Markdown; ``again`` is the command that makes it."""
    from govsim.assurance.signs import DISTRICT, RANGES

    rows = []
    for outcome in outcomes:
        sign, found = outcome.sign, outcome.difference
        between = (
            "not reached"
            if found.interval is None
            else f"{found.interval[0]:+.2f} to {found.interval[1]:+.2f}"
        )
        rows.append([sign.claim, sign.why, sign.what, _ARROWS[sign.sign], between, f"**{outcome.verdict}**"])
    inside = []
    for place in places:
        middle = LOW <= place.quantile <= HIGH
        ordered = sorted(place.others)
        inside.append([
            _SIGN_INDICATORS[place.indicator], f"{place.default:+.1f}", f"{ordered[0]:+.1f} to {ordered[-1]:+.1f}",
            f"{place.quantile:.2f}", "inside the middle" if middle else "**outside the middle: an unusual district**",
        ])  # fmt: skip
    ranges = "; ".join(f"`{name}` {low:g} to {high:g}" for name, (low, high) in RANGES.items())
    head = ["should happen", "because", "measured as", "expected", "difference, 95% interval", "verdict"]
    return "\n\n".join([
        "# Signs fixed before running",
        "What theory or published studies expect when one thing is changed, written down before anything was run. It is a "
        "report and no gate: what goes against expectation stays in the table. In this model, under these assumptions.",
        f"{names[0]}, in the shipped tiny district with {' and '.join(DISTRICT)}; {seeds} paired seeds.",
        markdown_table(head, rows),
        "## Where the default district lies",
        f"{names[1]} minus {names[0]} in the default district and in {len(places[0].others)} others (Sobol points over "
        f"{ranges}), three seeds each. A default at the edge of such a map would be a default chosen for its result; "
        f"the middle is from the {LOW:.0%} to the {HIGH:.0%} quantile.",
        markdown_table(["difference", "default", "others", "quantile of the default", ""], inside),
        f"Made by `{again}`.",
    ]) + "\n"  # fmt: skip


def spread(values: Sequence[Value], indicator: Indicator) -> str:
    """Return mean ± standard deviation over seeds, and of how many where some have no number.

    Of two groups of results it is that of the larger one, with the number of seeds in the other.
    """
    found, d = distribution(values), indicator.decimals
    if found.range is None:
        return f"{values[0].value if values and isinstance(values[0], Missing) else Missing.NO_BASE.value} 0 of {len(values)}"
    if found.peaks:
        odd = next(peak for peak in found.peaks if peak is not found.rest)
        usual = _plus_minus(found.rest.mean, found.rest.spread, d)
        return f"{usual} in {found.rest.seeds} of {found.of}, {number(odd.at, d)} in {odd.seeds}"
    numbers = [value for value in values if not isinstance(value, Missing)]
    words = _plus_minus(
        float(np.mean(numbers)), float(np.std(numbers, ddof=1)) if len(numbers) > 1 else None, d
    )
    if found.beyond is not None:
        words = f"beyond {number(found.beyond, d)}"
    return words if len(numbers) == len(values) else f"{words}, {len(numbers)} of {len(values)}"


def _plus_minus(mean: float, spread: float | None, decimals: int) -> str:
    return (
        number(mean, decimals) if spread is None else f"{number(mean, decimals)} ± {number(spread, decimals)}"
    )
