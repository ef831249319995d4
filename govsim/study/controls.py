"""Negative controls: how much of a difference is left when a mechanism that should carry it is taken away.

The same arms run once more under each control, over the same seeds. A difference that survives the control does not
need the mechanism; one that vanishes was carried by it, in this model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from govsim.results.declare import Indicator
from govsim.results.values import Value, difference
from govsim.study.compare import ArmRuns, Comparison, Difference
from govsim.study.statistics import Quotient, quotient


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
    Control("random_routing", "random routing", "随机流转", "controls.routing=random"),
)


@dataclass(frozen=True)
class Controlled:
    """One comparison beside the same one under a control."""

    control: Control
    plain: Comparison
    under: Comparison


@dataclass(frozen=True)
class Survival:
    """What is left of one difference.

    Attributes
    ----------
    plain, under : Difference
        Without and with the control.
    share : Quotient
        Difference under the control over that without it, 1 if all of it survives; without an interval where the
        difference itself cannot be told from none.
    """

    indicator: Indicator
    plain: Difference
    under: Difference
    share: Quotient


def survival(item: Controlled) -> tuple[Survival, ...]:
    """Return what is left of every headline difference."""
    under = {d.indicator.name: d for d in item.under.differences}
    return tuple(
        Survival(
            d.indicator, d, under[d.indicator.name],
            quotient(_by_seed(item.under, d.indicator), _by_seed(item.plain, d.indicator)),
        )
        for d in item.plain.headline
    )  # fmt: skip


def _by_seed(comparison: Comparison, indicator: Indicator) -> list[Value]:
    pairs = zip(_values(comparison.other, indicator), _values(comparison.baseline, indicator), strict=True)
    return [difference(other, baseline) for other, baseline in pairs]


def _values(arm: ArmRuns, indicator: Indicator) -> Sequence[Value]:
    return arm.values(indicator.name)
