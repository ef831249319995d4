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
from govsim.report.request import ScenarioChanges
from govsim.report.running import run_blocks
from govsim.report.shipped_tables import (
    COLUMNS,
    EFFECTS,
    EVERY_MODEL,
    FEWEST_HOURS,
    MEASURES,
    Cells,
    Kind,
    page_of,
    table_path,
    table_text,
)
from govsim.report.stamps import stamp
from govsim.results.declare import Indicator
from govsim.results.provenance import portable
from govsim.results.values import Missing, Value
from govsim.runner.options import RunOptions
from govsim.runner.planning import Choice
from govsim.scenario.files import study_shelf
from govsim.statistics.distribution import distribution
from govsim.statistics.multiple import ArmPair, alike, told_apart
from govsim.statistics.paired import Quotient
from govsim.studies.answer import ENDS
from govsim.studies.compare import ArmRuns, compare
from govsim.studies.effects import effect, moved, weekly_sum
from govsim.studies.wording import counted, number
from govsim.units import THOUSAND, WEEKS_PER_YEAR

if TYPE_CHECKING:
    from govsim.assurance.signs import DefaultRank, SignOutcome
    from govsim.scenario import Loaded
    from govsim.scenario.schema.run import Label

_MANY = 12
"""Up to so many pairs are named; more are only counted."""


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
    """Write ``docs/models.md`` or ``docs/measures.md`` and its table, and return the exit code; finished runs are used again.

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
    rows: list[Cells] = []
    for choices, arms in zip(blocks, ran.blocks, strict=True):
        rows += _model_rows(choices, arms) if kind == "models" else _measure_rows(choices[0], names, arms)
    first = arms[0]
    about = {
        "residents": str(loaded.scenario.population.residents), "weeks": str(first.runs[0].manifest["weeks"]),
        "seeds": str(len(first.runs)), "start": str(start),
    }  # fmt: skip
    rows = [row | {name: about[name] for name in COLUMNS[kind] if name in about} for row in rows]
    again = ["govsim", "table", kind, "--scenario", scenario, "--seeds", str(loaded.scenario.run.seeds)]
    again += [] if changed.weeks is None else ["--weeks", str(changed.weeks)]
    again += ["--start", str(start)] if kind == "measures" and start else []
    for option, given in (("--set", changed.overrides), ("--model", models), ("--measure", measures)):
        again += [word for item in given for word in (option, item)]
    made = stamp(shlex.join(again), loaded, *(choice.governance for block in blocks for choice in block))
    file, text = table_path(docs, scenario, kind), table_text(kind, rows, made)
    shown = portable([file.as_posix()])[0] if file.parent == study_shelf().folder.resolve() else file.name
    write_whole(file, text.encode())
    for language, name in ENDS.items():
        path = docs / f"{kind}{name}.md"
        write_whole(path, page_of(kind, text, shown, language).encode())
        print(f"written: {path.as_posix()}")
    print(
        f"written: {shown}  ({ran.outcome.computed} runs and {ran.outcome.reused} found, {ran.seconds:.0f} s)"
    )
    return ran.code


def _models(
    scenario: str, overrides: list[str], more: Sequence[str]
) -> tuple[Loaded, list[list[Choice]], list[Label]]:
    from govsim.scenario import list_governance, load, load_governance
    from govsim.scenario.files import governance_shelf

    loaded = load(scenario, overrides)
    own = [model for model in loaded.governance if governance_shelf().file(model.name) is None]
    every = [*map(load_governance, list_governance()), *own, *map(load_governance, more)]
    models = list({model.key: model for model in reversed(every) if not model.measures}.values())[::-1]
    modes: tuple[Literal["neutral", "observed"], ...] = ("neutral", "observed")
    blocks = [[Choice(scenario, loaded, model, mode) for model in models] for mode in modes]
    return loaded, blocks, []


def _measures(
    scenario: str, overrides: list[str], start: int, more_models: Sequence[str], more: Sequence[str]
) -> tuple[Loaded, list[list[Choice]], list[Label]]:
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
    return loaded, blocks, [load_measure(name).section.name for name in measures]


def _model_rows(choices: Sequence[Choice], arms: Sequence[ArmRuns]) -> Iterator[Cells]:
    """Yield the rows of one capacity mode: each model, then which of them cannot be told apart."""
    mode = choices[0].mode
    for choice, arm in zip(choices, arms, strict=True):
        name = {
            "capacity_mode": mode,
            "model": arm.label,
            "model_zh": choice.governance.model.name.zh or arm.label,
        }
        if mode == "observed":
            for quantity, what in (("hours_granted", "granted_hours"), ("yuan_granted", "granted_money")):
                yield name | {"quantity": quantity, "value": f"{arm.granted(what):.0f}"}
        for item, _ in MEASURES:
            yield name | {"quantity": item.name} | spread(arm.about(item), item)
    if len(arms) < 2 or len(arms[0].runs) < 2:
        return
    places = list(combinations(range(len(arms)), 2))
    found = told_apart({item.name: [arm.about(item) for arm in arms] for item, _ in MEASURES}, places)
    same = [place for place in places if _identical(*(arms[n] for n in place))]
    apart = {(pair.first, pair.second) for pairs in found.values() for pair in pairs if pair.apart}
    nowhere = [place for place in places if place not in apart and place not in same]
    for quantity, some in (("same", same), ("nowhere", nowhere)):
        if some:
            yield {"capacity_mode": mode, "quantity": quantity, "alike": _names(arms, some)}
    for item, _ in MEASURES:
        yield {"capacity_mode": mode, "quantity": item.name} | _tested(arms, item, found[item.name])


def _tested(arms: Sequence[ArmRuns], item: Indicator, pairs: Sequence[ArmPair]) -> Cells:
    """Return how many pairs are told apart by an indicator, and which models are not."""
    tested = [pair for pair in pairs if pair.tested]
    known = [pair.interval for pair in tested if pair.interval]
    widths = sorted((high - low) / 2 for low, high in known if high > low)
    groups = alike([arm.about(item) for arm in arms], pairs)
    every = bool(groups) and len(groups[0]) == len(arms)
    named = "; ".join(", ".join(arms[arm].label for arm in group) for group in groups)
    return {
        "apart": str(sum(pair.apart for pair in pairs)), "pairs": str(len(tested)),
        "enough": _plain(widths[len(widths) // 2], item.decimals) if widths else "",
        "alike": EVERY_MODEL if every else named,
    }  # fmt: skip


def _identical(first: ArmRuns, second: ArmRuns) -> bool:
    return all(a.summary == b.summary for a, b in zip(first.runs, second.runs, strict=True))


def _names(arms: Sequence[ArmRuns], places: Sequence[tuple[int, int]]) -> str:
    if len(places) > _MANY:
        return counted(len(places), "pair")
    return "; ".join(f"{arms[a].label} and {arms[b].label}" for a, b in places)


_COUNTS = {
    "problems_arisen": weekly_sum("problems_arisen"),
    "problems_solved": weekly_sum("problems_solved"),
    "problems_found": weekly_sum("problems_found"),
    "adult_weeks": weekly_sum("active"),
}
"""What is counted per 1,000 hours, or per million yuan."""


def _measure_rows(choice: Choice, names: Sequence[Label], arms: Sequence[ArmRuns]) -> Iterator[Cells]:
    """Yield the rows of one model: what each measure moves, what comes of it, and how it changes each indicator.

    Parameters
    ----------
    names
        Of the measures.
    arms
        Runs of the model without any of them, and with each.
    """
    plain, *under = arms
    for (
        arm
    ) in under:  # the same residents, problems and weeks, or no page; what was granted stands in the table
        compare(plain, arm, allow_unequal_budget=True)
    model = {"model": plain.label, "model_zh": choice.governance.model.name.zh or plain.label}
    years = float(plain.runs[0].manifest["weeks"]) / WEEKS_PER_YEAR
    by_money: list[Cells] = []
    for name, arm in zip(names, under, strict=True):
        whose = model | {"measure": name.en, "measure_zh": name.zh or name.en}
        spent = [moved(a, b) for a, b in zip(plain.runs, arm.runs, strict=True)]
        a_year = {
            f"{word}_moved": float(np.mean([getattr(item, what) for item in spent])) / years
            for word, what in (("hours", "hours"), ("yuan", "money"))
        } | {
            f"{word}_granted": (arm.granted(what) - plain.granted(what)) / years
            for word, what in (("hours", "granted_hours"), ("yuan", "granted_money"))
        }
        for quantity, value in a_year.items():
            yield whose | {"quantity": quantity, "value": _plain(value, 0)}
        few_hours = round(a_year["hours_moved"]) < FEWEST_HOURS
        for quantity, count in _COUNTS.items():
            found = effect(plain, arm, count, spent)
            rate = found.per_million_yuan if few_hours else found.per_thousand_hours
            per = "million_yuan" if few_hours else "1000_hours"
            row = whose | {"quantity": f"{quantity}_per_{per}"} | _rate(rate)
            if few_hours:
                by_money.append(row)
            elif "value" in row:
                yield row
    yield from (row for row in by_money if "value" in row)
    values = {item.name: [arm.about(item) for arm in arms] for item, _ in EFFECTS}
    pairs = told_apart(values, [(0, n) for n in range(1, len(arms))])
    for n, name in enumerate(names):
        whose = model | {"measure": name.en, "measure_zh": name.zh or name.en}
        for item, _ in EFFECTS:
            yield whose | {"quantity": item.name} | _change(pairs[item.name][n], item)


def _rate(found: Quotient) -> Cells:
    if isinstance(found.value, Missing) or found.low is None or found.high is None:
        return {}
    decimals = 1 if abs(found.value) < THOUSAND else 0
    ends = {"value": found.value, "low95": found.low, "high95": found.high}
    return {name: _plain(value, decimals) for name, value in ends.items()}


def _change(pair: ArmPair, item: Indicator) -> Cells:
    verdict = "undecided"
    if pair.apart:
        better = pair.rises == (item.direction > 0)
        verdict = (
            ("better" if better else "worse") if item.direction else ("higher" if pair.rises else "lower")
        )
    if isinstance(pair.difference, Missing):
        return {"verdict": verdict, "value": pair.difference.value}
    half = pair.interval and _plain((pair.interval[1] - pair.interval[0]) / 2, item.decimals)
    return {"verdict": verdict, "value": _plain(pair.difference, item.decimals), "half_width": half or ""}


def _plain(value: float, decimals: int) -> str:
    """Return a number as it is printed, without commas."""
    return number(value, decimals).replace(",", "")


def spread(values: Sequence[Value], indicator: Indicator) -> Cells:
    """Return mean and standard deviation over seeds, and of how many where some have no number.

    Of two groups of results they are those of the larger one, beside the number of seeds in the other.
    """
    found, d = distribution(values), indicator.decimals
    if found.range is None:
        none = values[0] if values and isinstance(values[0], Missing) else Missing.NO_BASE
        return {"value": none.value, "in_seeds": "0"}
    if found.peaks:
        odd = next(peak for peak in found.peaks if peak is not found.rest)
        return _mean(found.rest.mean, found.rest.spread, d) | {
            "in_seeds": str(found.rest.seeds), "other_value": _plain(odd.at, d), "other_seeds": str(odd.seeds),
        }  # fmt: skip
    numbers = [value for value in values if not isinstance(value, Missing)]
    known = {} if len(numbers) == len(values) else {"in_seeds": str(len(numbers))}
    if found.beyond is not None:
        return {"value": _plain(found.beyond, d), "beyond": "yes"} | known
    return (
        _mean(float(np.mean(numbers)), float(np.std(numbers, ddof=1)) if len(numbers) > 1 else None, d)
        | known
    )


def _mean(mean: float, spread: float | None, decimals: int) -> Cells:
    return {"value": _plain(mean, decimals), "spread": "" if spread is None else _plain(spread, decimals)}


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
