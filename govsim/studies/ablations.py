"""Negative controls: how much of a difference is left when a mechanism that should carry it is taken away.

The same arms run once more under each control, over the same seeds and the same points of a design. A difference that
survives the control does not need the mechanism; one that vanishes was carried by it, in this model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from govsim.results.csvtext import Cell
from govsim.results.declare import Column, Indicator
from govsim.results.indicators import HEADLINE
from govsim.results.values import Missing, Value, difference
from govsim.scenario.messages import Place, Problem, ScenarioError
from govsim.scenario.studies import LoadedStudy
from govsim.statistics.paired import Paired, Quotient, paired, quotient
from govsim.studies.answer import DataTable, Part, Passage, TextTable
from govsim.studies.compare import Comparison
from govsim.studies.experiments import Experiments
from govsim.studies.wording import Wording, or_missing

_COLUMNS = (
    Column("control", "control", "阴性对照", "-", "Mechanism taken away; shuffled_network, no_network, ranking_off or "
    "random_routing."),
    Column("baseline", "baseline", "基准", "-", "Label of the baseline."),
    Column("other", "other", "对照", "-", "Label of the other arm."),
    Column("indicator", "indicator", "指标", "-", "Name; see dictionary.csv of a run."),
    Column("unit", "unit", "单位", "-", "Unit of the differences."),
    Column("difference", "difference", "差值", "see unit", "Mean of other minus baseline, nothing taken away."),
    Column("low95", "low end", "95%下限", "see unit", "Low end of its paired 95 % interval."),
    Column("high95", "high end", "95%上限", "see unit", "High end of it."),
    Column("under", "under control", "对照下差值", "see unit", "The same difference under the control."),
    Column("under_low95", "low end under control", "对照下95%下限", "see unit", "Low end of its interval."),
    Column("under_high95", "high end under control", "对照下95%上限", "see unit", "High end of it."),
    Column("share", "surviving share", "保留比例", "-", "under over difference; 1 if all of it survives."),
    Column("share_low95", "low end of share", "保留比例95%下限", "-", "Fieller interval; n/a where the difference cannot "
    "be told from none."),
    Column("share_high95", "high end of share", "保留比例95%上限", "-", "High end of it."),
    Column("pairs", "pairs", "配对数", "-", "Seeds, or points of a design, in which both differences are there."),
)  # fmt: skip
_CELL = 14
"""Letters of a share in the printed table."""


@dataclass(frozen=True)
class Control:
    """One mechanism taken away.

    Attributes
    ----------
    setting : str
        Scenario key and value that do it.
    """

    name: str
    en: str
    zh: str
    setting: str


CONTROLS: tuple[Control, ...] = (
    Control("shuffled_network", "shuffled ties", "打乱网络", "controls.network=shuffled"),
    Control("no_network", "no ties", "去除网络", "controls.network=none"),
    Control("ranking_off", "no ranking", "取消考核排名", "controls.ranking=off"),
    Control("random_routing", "random routes", "随机流转", "controls.routing=random"),
)


@dataclass(frozen=True)
class Survival:
    """What is left of one difference.

    Attributes
    ----------
    plain, under : Paired
        Without and with the control.
    share : Quotient
        Difference under the control over that without it, 1 if all of it survives; without an interval where the
        difference itself cannot be told from none.
    """

    indicator: Indicator
    plain: Paired
    under: Paired
    share: Quotient


@dataclass(frozen=True)
class Controlled:
    """The headline differences of two arms under a control, beside those without it.

    Attributes
    ----------
    baseline, other : str
        Labels of the arms.
    over : str
        What the differences are means over: "seeds", or "points" of a design, each the mean over its seeds.
    unused : bool
        Whether neither arm uses the mechanism: without it every headline indicator of both is the same in every run.
    """

    control: Control
    baseline: str
    other: str
    over: str
    survivals: tuple[Survival, ...]
    unused: bool


def controlled(control: Control, plain: Comparison, under: Comparison) -> Controlled:
    """Return what is left of a comparison over seeds."""
    there = {d.indicator.name: d for d in under.differences}
    found = []
    unused = True
    for d in plain.headline:
        name = d.indicator.name
        arms = [[c.baseline.values(name), c.other.values(name)] for c in (under, plain)]
        unused &= arms[0] == arms[1]
        gaps = [_gaps(*both) for both in arms]
        found.append(Survival(d.indicator, d.paired, there[name].paired, quotient(*gaps)))
    return Controlled(control, plain.baseline.label, plain.other.label, "seeds", tuple(found), unused)


def under_controls(study: LoadedStudy) -> Iterator[tuple[Control, LoadedStudy]]:
    """Yield each control with the study under it."""
    for control in CONTROLS:
        yield control, replace(study, base=study.load([control.setting]))


def controlled_design(
    plain: Experiments, under: Sequence[tuple[Control, Experiments]]
) -> list[list[Controlled]]:
    """Return what is left of the differences of each model from the first one, over the points of a design.

    Parameters
    ----------
    under
        Every control with the runs of the first, or of all, points of ``plain`` under it.

    Returns
    -------
    list of list of Controlled
        One list a model after the first, with one element a control.
    """
    found = []
    for model in range(1, len(plain.models)):
        items = []
        for control, ran in under:
            survivals = []
            unused = True
            for indicator in HEADLINE:
                arms = [
                    [item.at_points(indicator.name, m)[: len(ran.design)] for m in (0, model)]
                    for item in (plain, ran)
                ]
                unused &= arms[0] == arms[1]
                gaps = [_gaps(*both) for both in reversed(arms)]
                survivals.append(Survival(indicator, paired(*arms[0]), paired(*arms[1]), quotient(*gaps)))
            items.append(
                Controlled(control, plain.labels[0], plain.labels[model], "points", tuple(survivals), unused)
            )
        found.append(items)
    return found


def _gaps(baseline: Sequence[Value], other: Sequence[Value]) -> list[Value]:
    return [difference(b, a) for a, b in zip(baseline, other, strict=True)]


def refuse_controls_of_one(study: LoadedStudy) -> None:
    """Refuse controls where there is no difference between models that could survive them.

    Raises
    ------
    ScenarioError
    """
    if len(study.models) < 2:
        words = "one governance model: controls show what is left of a difference between models; name two or more"
        raise ScenarioError([Problem.at(Place(study.file), "models", words)])


def runs_times(controls: bool) -> int:
    """Return how many times as many runs a study takes."""
    return 1 + len(CONTROLS) * controls


def left_under_controls(
    study: LoadedStudy,
    runs: Callable[[LoadedStudy], Experiments],
    say: Callable[[str], None],
    plain: Experiments,
) -> list[list[Controlled]]:
    """Run a study again under every control and return what is left of each model's differences.

    Parameters
    ----------
    runs
        Runs the same points, or the first of them, of another study.
    plain
        Its runs without a control.
    """
    under = []
    for control, other in under_controls(study):
        say(f"control: {control.en}")
        under.append((control, runs(other)))
    return controlled_design(plain, under)


def control_sections(
    left: Sequence[Sequence[Controlled]], others: Sequence[str], say: Wording
) -> list[Passage]:
    """Return the printed tables, one a model after the first, whose letters are given."""
    heading = say("Negative controls", "去除某一机制的对照")
    return [
        Passage(heading, list(_control_parts(items, letter, say)))
        for letter, items in zip(others, left, strict=False)
    ]


def controls_table(items: Sequence[Controlled]) -> DataTable:
    """Return one row a control, comparison and headline indicator."""
    return DataTable(_COLUMNS, [row for item in items for row in _rows(item)])


def _rows(item: Controlled) -> list[list[Cell]]:
    return [
        [
            item.control.name, item.baseline, item.other, left.indicator.name, left.indicator.unit,
            left.plain.difference, *_ends(left.plain.interval), left.under.difference, *_ends(left.under.interval),
            left.share.value, or_missing(left.share.low), or_missing(left.share.high), left.share.pairs,
        ]
        for left in item.survivals
    ]  # fmt: skip


def _ends(interval: tuple[float, float] | None) -> tuple[Cell, Cell]:
    return (Missing.NO_BASE, Missing.NO_BASE) if interval is None else interval


def _control_parts(items: Sequence[Controlled], letter: str, say: Wording) -> Iterator[Part]:
    """Yield the printed table of one comparison under all its controls."""
    gap = say(f"{letter} - A", f"{letter}减A")
    yield say(
        f"Negative controls: {gap} when a mechanism is taken away, and the share of {gap} that is left [95 %]",
        f"去除某一机制的对照：去除该机制后的{gap}，及其占原{gap}的比例［95%置信区间］",
    )
    rows = [["", gap, *(say(item.control.en, item.control.zh) for item in items)]]
    for row in zip(*(item.survivals for item in items), strict=True):
        indicator = row[0].indicator
        changes = [
            say.number(paired.difference, indicator.decimals, True)
            for paired in (row[0].plain, *(left.under for left in row))
        ]
        rows.append([say.printed(indicator), *changes])
        if any(left.share.bounded for left in row):
            unused = say("not used", "未用到")
            shares = [unused if item.unused else _share(left) for item, left in zip(items, row, strict=True)]
            rows.append([say("  share left", "  保留比例"), "", *shares])
    yield TextTable(rows)
    over = items[0].over
    yield (
        say(
            f"A share of 1 means that all of it is left, 0 none, below 0 that it turns; no share where {gap} itself cannot be "
            f"told from none in these {over}, or where neither arm uses what is taken away. ",
            f"比例为1表示差值全部保留，0表示全部消失，小于0表示方向相反；{gap}本身在这些"
            f"{'重复模拟' if over == 'seeds' else '样本点'}中尚难判断，或两种模式都未用到该机制时，不给出比例。",
        )
        + say.terms
    )


def _share(left: Survival) -> str:
    share = left.share
    if isinstance(share.value, Missing) or share.low is None or share.high is None:
        return "-"
    for decimals in (1, 0):
        words = f"{share.value:.{decimals}f} [{share.low:.{decimals}f},{share.high:.{decimals}f}]"
        if len(words) < _CELL:
            break
    return words
