"""What stands in no budget, which weeks are counted, and what still moves: said where it is so and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

import pytest

from govsim.report.comparing.about import counted_weeks, moving, outside_budget
from govsim.results.counts import TRENDS, still_moving
from govsim.results.values import Missing, Value
from govsim.results.view import counted_from
from govsim.studies.compare import ArmRuns

HAD = {
    "hours_volunteer": 100.0, "hours_member": 0.0, "hours_organisation": 20.0, "hours_enterprise": 0.0,
    "tasks_asked": 400.0, "tasks_refused": 0.0, "resident_years": 100.0,
}  # fmt: skip


def arm(
    had: dict[str, float] | None = None, changes: Sequence[Value] = (0.0, 1.0, -1.0), weeks: int = 260
) -> ArmRuns:
    runs = [
        SimpleNamespace(
            manifest={"weeks": weeks, **({"resources": HAD | had} if had is not None else {})},
            summary=dict.fromkeys((trend.name for trend in TRENDS), change),
        )
        for change in changes
    ]
    return ArmRuns("an arm", "content", "neutral", cast("tuple[Any, ...]", tuple(runs)))


def test_forced_labour_is_no_equal_means() -> None:
    """46 unpaid hours a resident and year against 1: the granted hours may be equal, these are not."""
    said = outside_budget([arm({}), arm({"hours_volunteer": 4600.0})])
    assert said
    assert "Not equal, per resident and year (an arm / an arm): voluntary hours 1.00 / 46.00." in said.en
    assert "不相同（按每名居民每年计，依次为an arm／an arm）：志愿工时1.00／46.00。" in said.zh
    assert "hours of tasks from higher offices" in said.en.partition("Equal too: ")[2]


@pytest.mark.parametrize("name", ["hours_member", "hours_enterprise", "tasks_asked", "tasks_refused"])
def test_each_of_them_is_looked_at(name: str) -> None:
    first, second = arm({}), arm({name: HAD[name] * 1.02 + 5.0})
    said, same = outside_budget([first, second]), outside_budget([first, first])
    assert said
    assert same
    assert "Not equal" in said.en
    assert "Not equal" not in same.en


def test_many_arms_are_told_by_their_range() -> None:
    said = outside_budget([arm({"hours_volunteer": 100.0 * n}) for n in range(1, 6)])
    assert said
    assert "voluntary hours 1.00 to 5.00." in said.en


def test_one_arm_and_runs_of_0_2_say_nothing() -> None:
    assert outside_budget([arm({})]) is None
    assert outside_budget([arm({}), arm(None)]) is None


@pytest.mark.parametrize(
    ("weeks", "first"), [(20, 10), (52, 26), (53, 26), (103, 51), (104, 52), (105, 53), (260, 208), (1, 0)]
)
def test_counted_weeks(weeks: int, first: int) -> None:
    assert counted_from(weeks) == first
    assert (
        counted_weeks([arm({}, weeks=weeks)])
        .en.removeprefix("the last year, ")
        .startswith(f"weeks {first + 1} to {weeks};")
    )


@pytest.mark.parametrize(
    ("changes", "moves"),
    [
        ((30.0, 34.0, 26.0), 30.0),
        ((9.0, 9.5, 8.5), None),  # less than a tenth of its mean
        ((60.0, -50.0, 40.0), None),  # within two standard errors
        ((-40.0, -42.0, Missing.NO_BASE), -41.0),
        ((25.0,), 25.0),
        ((Missing.NO_BASE,), None),
        ((), None),
    ],
)
def test_what_still_moves(changes: Sequence[Value], moves: float | None) -> None:
    assert still_moving(changes) == (None if moves is None else pytest.approx(moves))


def test_moving_is_said_with_the_arm_and_only_where_something_moves() -> None:
    said = moving([arm({}), arm({}, changes=(30.0, 31.0, 32.0))])
    assert said
    assert "open cases per resident (an arm +31%)" in said.en
    assert "人均未办结事项（an arm+31%）" in said.zh
    assert moving([arm({}), arm({})]) is None
