"""Negative controls: how much of a difference is left when a mechanism that should carry it is taken away.

The same arms run once more under each control, over the same seeds and the same points of a design. A difference that
survives the control does not need the mechanism; one that vanishes was carried by it, in this model.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from govsim.results.declare import Indicator
from govsim.results.indicators import HEADLINE
from govsim.results.values import Value, difference
from govsim.scenario.studies import LoadedStudy
from govsim.statistics.paired import Paired, Quotient, paired, quotient
from govsim.studies.compare import Comparison
from govsim.studies.experiments import Experiments


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
