"""What a comparison found, for one page and for whoever decides: every number is read from its tables.

Nothing is computed here that a table does not hold; every sentence follows from verdicts, means and counts, the same way for
every model.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from govsim.report.brief.advice import Advice, advice, advice_of_many, on_measures
from govsim.report.brief.grammar import (
    ALSO,
    MOST_SAID,
    PHRASES,
    VERDICTS,
    HeadlineChange,
    also,
    condition,
    headline,
    numbers,
    reconciled,
    with_verdict,
)
from govsim.report.brief.marks import MARKS, marked
from govsim.report.brief.places import CommunityMap, KindRow, arm_label, cells, kinds, maps, where
from govsim.report.glossary import Said, duration
from govsim.report.html.reading import Material, Row, value
from govsim.studies.sensitivity import shipped_order
from govsim.units import WEEKS_PER_YEAR

MOST_MAPS = 3
"""Arms whose communities are drawn one by one."""
_NAMED = 3
"""Communities, or parameters, named in a sentence."""
_TILES = ("participation_4w", "resolved_existing_26w", "burnout", "trust_community")


def headline_changes(
    material: Material, mode: str, other: str, table: str = "compare"
) -> dict[str, HeadlineChange]:
    """Return the headline indicators of one comparison by name, in the order of :data:`PHRASES`."""
    return _changes(material, mode, other, table, PHRASES)


def _changes(
    material: Material, mode: str, other: str, table: str, wanted: Iterable[str]
) -> dict[str, HeadlineChange]:
    rows = {row["indicator"]: row for row in material.rows(table, capacity_mode=mode, other=other)}
    return {name: _change(rows[name]) for name in wanted if name in rows}


def _change(row: Row) -> HeadlineChange:
    return HeadlineChange(
        row["indicator"],
        value(row["baseline_mean"]),
        value(row["other_mean"]),
        value(row["difference"]),
        value(row["low95"]),
        value(row["high95"]),
        row["verdict"],
        int(row["direction"]),
        int(row["decimals"]),
        row["unit"].startswith("%"),
    )


@dataclass(frozen=True)
class Tile:
    """One number under the baseline and under the other arm."""

    label: Said
    before: str
    after: str
    interval: str
    kind: str
    words: Said


def tiles(every: Mapping[str, HeadlineChange], outside: Mapping[str, HeadlineChange]) -> list[Tile]:
    """Return the four tiles; the last one is resolution with outside resources where that was computed."""
    main = "resolved_existing_26w"
    chosen = [(every[name], Said("", "")) for name in _TILES if name in every]
    if main in outside and len(chosen) == len(_TILES):
        chosen[-1] = (outside[main], Said(", with outside resources", "，含外部资源"))
    return [
        Tile(
            Said(change.phrase.name.en + more.en, change.phrase.name.zh + more.zh),
            change.number(change.before),
            change.number(change.after),
            change.interval,
            change.verdict,
            VERDICTS[change.verdict],
        )
        for change, more in chosen
    ]


_STATUSES = {
    "found": Said("published", "有出处"),
    "derived": Said("derived", "推算"),
    "calibrated": Said("calibrated", "校准"),
    "assumed": Said("assumed", "假设"),
    "design": Said("choices of design", "模型设定"),
}


def certainty(material: Material, every: Mapping[str, HeadlineChange]) -> list[Said]:
    """Say how sure all of this is: what the values rest on, how often it holds, and what to measure first."""
    facts = material.facts
    values, seeds = facts["values"], len(facts["seeds"]["baseline"])
    told = []
    if values:
        listed = [(_STATUSES[name], count) for name, count in values.items()]
        told.append(
            Said(
                f"Input values: {', '.join(f'{count} {words.en}' for words, count in listed)}.",
                f"输入值：{'，'.join(f'{words.zh}{count}个' for words, count in listed)}。",
            )
        )
    main = [
        row["verdict"] for row in material.rows("compare", capacity_mode=material.modes[0], headline="yes")
    ]
    undecided = sum(verdict in ("undecided", "not tested") for verdict in main)
    if every and main:
        told.append(
            Said(
                f"{seeds} replications; {undecided} of the {len(main)} main indicators of the report are undecided. They are "
                "tested together, which is stricter than the interval of one alone.",
                f"{seeds}次重复模拟；报告的{len(main)}项主要指标中{undecided}项尚难判断。各项一并检验，比单看一项的区间更严。",
            )
        )
    first = [one for one in shipped_order() if one.status in ("assumed", "calibrated") and one.moves]
    if first:
        told.append(
            Said(
                "Check these values first; they matter most in the sensitivity study of Yingzi: "
                f"{', '.join(one.label_en for one in first[:_NAMED])}.",
                f"建议先核实（依据鹰手营子敏感性分析）：{'、'.join(one.label_zh for one in first[:_NAMED])}。",
            )
        )
    return told


class OptionRow(NamedTuple):
    """One of many models beside the baseline; ``columns`` names the indicators of its cells."""

    name: Said
    place: int
    columns: tuple[str, ...]
    cells: tuple[HeadlineChange | None, ...]
    better: int
    worse: int
    of: int


COLUMNS = ("resolved_existing_26w", "participation_4w", "burnout", "trust_community", "undone_tasks")
"""What the table of many models always shows."""


def many_columns(every: Sequence[Mapping[str, HeadlineChange]]) -> tuple[str, ...]:
    """Return what a table of many models shows: fixed indicators, and the first other that is better or worse somewhere."""
    more = [
        name
        for name in PHRASES
        if name not in COLUMNS
        and any(one[name].verdict in ("better", "worse") for one in every if name in one)
    ]
    return (*COLUMNS, *more[:1])


def arm_standings(material: Material, mode: str) -> list[OptionRow]:
    """Return the arms of a mode beside their baseline, by what is resolved; those without that number last."""
    told = []
    found = [(arm, headline_changes(material, mode, arm.key)) for arm in material.arms(mode)[1:]]
    columns = many_columns([every for _, every in found])
    for arm, every in found:
        if not every:
            continue
        verdicts = [change.verdict for change in every.values() if change.direction]
        told.append(
            OptionRow(
                arm_label(arm),
                arm.place,
                columns,
                tuple(every.get(name) for name in columns),
                verdicts.count("better"),
                verdicts.count("worse"),
                len(verdicts),
            )
        )
    return sorted(told, key=lambda one: -(_after(one.cells[0]) or 0.0))


def _after(change: HeadlineChange | None) -> float | None:
    return None if change is None else change.after


def among_many(told: Sequence[OptionRow], baseline: Said) -> Said:
    """Return the finding about many models in one sentence."""
    main = [one.cells[0].verdict for one in told if one.cells[0] is not None]
    better, worse = main.count("better"), main.count("worse")
    rest = len(main) - better - worse
    if not better and not worse and told:
        top, cell = told[0].name, told[0].cells[0]
        most = cell.number(cell.after) if cell else ""
        return Said(
            f"None of {len(main)} options is told from {baseline.en} by what is resolved; the highest rate is {most}, {top.en}",
            f"{len(main)}个方案的半年解决率与{baseline.zh}相比均尚难判断；最高的是{top.zh}（{most}）",
        )
    return Said(
        f"Of {len(main)} options, {better} resolve more problems within half a year than {baseline.en}, {worse} fewer; "
        f"{rest} undecided",
        f"与{baseline.zh}相比，{len(main)}个方案中{better}个半年内解决的问题更多，{worse}个更少，{rest}个尚难判断",
    )


class MeasureRow(NamedTuple):
    """A model with measures beside itself without them.

    Attributes
    ----------
    change : HeadlineChange
        Of what is resolved within half a year.
    cost : Said
        Hours and money granted beyond those without it, a year.
    worse : Said
        Main measures that get worse.
    """

    name: Said
    change: HeadlineChange
    cost: Said
    worse: Said


def measures(material: Material, mode: str) -> list[MeasureRow]:
    """Return the measures of a mode by their effect; empty where none was compared with the same model without it."""
    arms = {arm.key: arm_label(arm) for arm in material.arms(mode)}
    told = []
    for table in ("compare", "within"):
        rows = list(material.rows(table, capacity_mode=mode))
        for baseline, other in dict.fromkeys((row["baseline"], row["other"]) for row in rows):
            if not other.startswith(f"{baseline} + ") or other not in arms:
                continue
            every = headline_changes(material, mode, other, table)
            if "resolved_existing_26w" not in every:
                continue
            worse = [item.phrase.name for item in with_verdict(every, "worse", len(every))]
            told.append(
                MeasureRow(
                    marked(arms[other]),
                    every["resolved_existing_26w"],
                    _cost(material.facts, mode, baseline, other),
                    Said(
                        ", ".join(one.en for one in worse) or "none",
                        "、".join(one.zh for one in worse) or "无",
                    ),
                )
            )
    return sorted(told, key=lambda one: -(one.change.difference or 0.0))


def _cost(facts: Mapping[str, Any], mode: str, baseline: str, other: str) -> Said:
    arms = {arm["label"]: arm for arm in facts["arms"] if arm["capacity_mode"] == mode}
    years = facts["weeks"] / WEEKS_PER_YEAR
    hours, money = (
        round(((arms[other].get(what) or 0.0) - (arms[baseline].get(what) or 0.0)) / years)
        for what in ("granted_hours", "granted_money")
    )
    return Said(
        f"{hours:+,} hours, {money:+,} yuan".replace("-", "−"),
        f"{hours:+,}工时，{money:+,}元".replace("-", "−"),
    )


class StudiedMeasure(NamedTuple):
    """A countermeasure in the shipped study: what it changes of what is resolved within half a year, and what it takes.

    Attributes
    ----------
    low, high : float
        Ends of the interval of what it changes.
    hours : int
        Hours moved, a year.
    cost : Said
        Hours and money moved, a year.
    worse : Said
        Main measures that get worse.
    """

    name: Said
    change: str
    low: float
    high: float
    verdict: str
    hours: int
    cost: Said
    worse: Said


class StudiedMeasures(NamedTuple):
    """What the shipped study says about countermeasures under a model in this district."""

    model: Said
    told: Said
    rows: tuple[StudiedMeasure, ...]
    rest: Said | None


_MOST_MEASURES = 5
"""Measures that are listed; all others are named."""


def studied(material: Material) -> StudiedMeasures | None:
    """Return the countermeasures that change most of what is resolved under the last model; None without a study."""
    rows = material.facts["measures"]
    if not rows:
        return None
    last = rows[-1]
    cells: dict[Said, dict[str, Row]] = {}
    for row in rows:
        if row["model"] == last["model"]:
            name = marked(Said(row["measure"], row["measure_zh"]))
            cells.setdefault(name, {})[row["quantity"]] = row
    main = "resolved_existing_26w"
    ordered = sorted(cells, key=lambda name: -float(cells[name][main]["value"] or 0.0))
    found = [name for name in ordered if cells[name][main]["verdict"] != "undecided"]
    worse = [name for name in found if cells[name][main]["verdict"] == "worse"]
    listed = [*[name for name in found if name not in worse][: _MOST_MEASURES - len(worse)], *worse]
    rest = [name for name in ordered if name not in listed]
    length, seeds, week = duration(int(last["weeks"])), last["seeds"], int(last["start"]) + 1
    return StudiedMeasures(
        Said(last["model"], last["model_zh"]),
        Said(
            f"Not from these runs but from the shipped study of this district (docs/measures.md): {length.en}, {seeds} "
            f"replications, each measure alone from week {week} on, against the same model without it; ± half of the 95% "
            f"confidence interval, widened for all rows. {MARKS.en}",
            f"本表不是本次模拟的结果，取自随附的本地区对策研究（docs/measures.zh.md）：{length.zh}，{seeds}次重复模拟，"
            f"各项对策自第{week}周起单独实施，与同一模式不采取该对策相比；±为95%置信区间的一半，已按全部行放宽。{MARKS.zh}",
        ),
        tuple(_studied(name, cells[name]) for name in listed),
        Said(
            f"Smaller or undecided: {', '.join(one.en for one in rest)}.",
            f"影响较小或尚难判断：{'、'.join(one.zh for one in rest)}。",
        )
        if rest
        else None,
    )


def _studied(name: Said, cells: Mapping[str, Row]) -> StudiedMeasure:
    main = cells["resolved_existing_26w"]
    hours, granted, money = (
        int(cells[what]["value"]) for what in ("hours_moved", "hours_granted", "yuan_moved")
    )
    more = Said(f" ({granted:,} of them added)", f"（其中新增{granted:,}）") if granted > 0 else Said("", "")
    middle, half = float(main["value"]), float(main["half_width"] or 0.0)
    return StudiedMeasure(
        name,
        f"{_signed(main['value'])} ± {main['half_width']}",
        middle - half,
        middle + half,
        main["verdict"],
        hours,
        Said(f"{hours:,} hours{more.en}, {money:,} yuan", f"{hours:,}工时{more.zh}，{money:,}元"),
        _worsened([cells[other] for other in PHRASES if other in cells]),
    )


def _signed(number: str) -> str:
    return number.replace("-", "−") if number.startswith("-") else f"+{number}"


def _worsened(rows: Sequence[Row]) -> Said:
    """Name the first main indicators that get worse, by how much, one of each family; what is 0 as printed is left out."""
    first: dict[str, Row] = {}
    for row in rows:
        if row["verdict"] == "worse" and float(row["value"]):
            first.setdefault(PHRASES[row["quantity"]].family, row)
    told = [
        Said(f"{phrase.name.en} {change}", f"{phrase.name.zh}{change}")
        for row in [row for row in first.values() if row["quantity"] != "resolved_existing_26w"][:MOST_SAID]
        for phrase, change in [(PHRASES[row["quantity"]], _signed(row["value"]))]
    ]
    return Said(", ".join(one.en for one in told) or "none", "、".join(one.zh for one in told) or "无")


@dataclass(frozen=True)
class Brief:
    """All that stands on the page; texts hold both languages."""

    kicker: Said
    simulation: Said
    headline: Said
    certainty: list[Said]
    baseline: Said
    maps: list[CommunityMap]
    measures: list[MeasureRow]
    studied: StudiedMeasures | None = None
    numbers: Said | None = None
    also: Said | None = None
    condition: Said | None = None
    reconciled: Said | None = None
    tiles: list[Tile] = field(default_factory=list)
    kinds: list[KindRow] = field(default_factory=list)
    kinds_of: tuple[Said, ...] = ()
    many: list[OptionRow] = field(default_factory=list)
    advice: list[Advice] = field(default_factory=list)

    @property
    def where(self) -> Said:
        """Heading of the maps."""
        return where(self.maps)

    @property
    def cells(self) -> Said:
        """Note below the maps."""
        return cells(self.maps)

    @property
    def columns(self) -> list[Said]:
        """Heads of the table of many models."""
        return [PHRASES[name].name for name in self.many[0].columns]


def _on_measures(helps: Sequence[StudiedMeasure]) -> Advice:
    """Recommend the countermeasure that brings most, and the one that may bring as much for the fewest hours."""
    best = helps[0]
    cheapest = min((one for one in helps if one.high >= best.low), key=lambda one: one.hours)
    return on_measures([(one.name, one.change, one.hours) for one in dict.fromkeys((best, cheapest))])


def brief(material: Material) -> Brief:
    """Return what a comparison found, for one page."""
    mode = material.modes[0]
    arms, comparisons = material.arms(mode), material.comparisons(mode)
    drawn = maps(material, mode)
    beside = some if len(some := measures(material, mode)) > 1 else []
    study = None if beside else studied(material)
    helps = [one for one in study.rows if one.verdict == "better"] if study else []
    made = partial(
        Brief,
        *_frame(material.facts),
        baseline=arm_label(arms[0]),
        measures=beside,
        studied=study,
    )
    if len(comparisons) != 1:
        many = arm_standings(material, mode)
        return made(
            headline=among_many(many, arm_label(arms[0])) if many else _alone(material, mode),
            certainty=certainty(material, {}),
            maps=drawn if len(drawn) <= MOST_MAPS else [],
            many=many,
            advice=advice_of_many(
                [(arm_label(arm), headline_changes(material, mode, arm.key)) for arm in arms[1:]],
                arm_label(arms[0]),
                _on_measures(helps) if helps else None,
            ),
        )
    first, other = arm_label(arms[0]), arm_label(arms[1])
    every = headline_changes(material, mode, comparisons[0]["other"])
    outside, extra, more = _outside(material)
    counts = (material.facts.get("districts") or {}).get("counts", {})
    of_kinds = kinds(material, mode, arms[0], arms[1])
    return made(
        headline=headline(every, other, first),
        numbers=numbers(every, bool(material.facts["budget"].get("equal", True))),
        also=also(_changes(material, mode, comparisons[0]["other"], "compare", ALSO)),
        condition=condition(every, counts),
        reconciled=reconciled(every, outside, extra),
        tiles=tiles(every, outside),
        maps=[*drawn, *more][:MOST_MAPS],
        kinds=of_kinds,
        kinds_of=(first, other),
        advice=advice(
            every,
            counts,
            drawn,
            of_kinds,
            other,
            first,
            _on_measures(helps) if helps else None,
        ),
        certainty=certainty(material, every),
    )


def _frame(facts: Mapping[str, Any]) -> tuple[Said, Said]:
    """Return what stands above and below every brief."""
    length, residents = duration(facts["weeks"]), facts["residents"]
    assumed = facts["values"].get("assumed", 0)
    return (
        Said(
            f"{facts['title']} · simulation of {length.en} · {residents:,} residents",
            f"{facts.get('title_zh', facts['title'])} · 模拟{length.zh} · 居民{residents:,}人",
        ),
        Said(
            f"This is a simulation; {assumed} of its input values are assumptions. It shows what follows from them; it is "
            "not a forecast.",
            f"本页为模拟结果，其中{assumed}个输入值为假设。结果说明由这些假设得出什么，不是预测。",
        ),
    )


def _alone(material: Material, mode: str) -> Said:
    arm = material.arms(mode)[0]
    rows = material.rows("arms", capacity_mode=mode, arm=arm.key, indicator="resolved_existing_26w")
    share = next((value(row["mean"]) for row in rows), None)
    if share is None:
        return Said(
            f"Under {arm.labels['en']}, no problem could be followed for half a year: the simulation is too short",
            f"{arm.labels['zh']}：模拟时间太短，没有问题可跟踪满半年",
        )
    return Said(
        f"Under {arm.labels['en']}, {share:.1f}% of all problems are resolved within half a year",
        f"{arm.labels['zh']}：半年解决率为{share:.1f}%（占全部问题）",
    )


def _outside(material: Material) -> tuple[dict[str, HeadlineChange], float | None, list[CommunityMap]]:
    """Return the comparison with outside resources, how many more staff hours it has, and its communities."""
    if len(material.modes) < 2:
        return {}, None, []
    equal, outside = material.modes[:2]
    compared = material.comparisons(outside)[:1]
    if not compared:
        return {}, None, []
    other = compared[0]["other"]
    granted = {
        arm["capacity_mode"]: arm.get("granted_hours")
        for arm in material.facts["arms"]
        if arm["label"] == other
    }
    before, after = granted.get(equal), granted.get(outside)
    extra = (after - before) / before if before and after else None
    return (
        headline_changes(material, outside, other),
        extra,
        [one for one in maps(material, outside) if one.place],
    )
