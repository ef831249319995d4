"""Seeds without a number, with a number not reached, and with nothing to divide by: none drops out in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from govsim.report.comparing.tables import ARMS, arm_rows
from govsim.report.tables import spread
from govsim.results.indicators import HEADLINE
from govsim.results.load import Results
from govsim.results.values import Missing, Value
from govsim.statistics.paired import Paired, about_ratio, paired, quotient
from govsim.studies.answer import DataTable
from govsim.studies.compare import ArmRuns

MEDIAN = next(item for item in HEADLINE if item.name == "median_days")
COST = next(item for item in HEADLINE if item.name == "paid_hours_per_resolved")


def arm(parts: dict[str, list[tuple[float, float]]] | None = None, **columns: list[Value]) -> ArmRuns:
    """Return runs of one arm with these indicators; all others are 1. ``parts`` are numerators and denominators by seed."""
    runs = []
    for seed in range(len(next(iter(columns.values())))):
        run = Results(Path(str(seed)), {"seed": seed + 1})
        run.__dict__["summary"] = {item.name: 1.0 for item in HEADLINE} | {
            name: values[seed] for name, values in columns.items()
        }
        run.__dict__["parts"] = {name: values[seed] for name, values in (parts or {}).items()}
        runs.append(run)
    return ArmRuns("one", "x", "neutral", tuple(runs))


def test_all_hours_over_all_solved_problems() -> None:
    """Of ten seeds with 59.67 hours each one solved a problem: 596.7 hours, not the 59.67 of that seed."""
    each: list[Value] = [Missing.NO_BASE] * 9 + [59.67]
    sums = [(59.67, 0.0)] * 9 + [(59.67, 1.0)]
    values = arm({COST.name: sums}, paid_hours_per_resolved=each).about(COST)
    assert sum(v for v in values if not isinstance(v, Missing)) / 10 == pytest.approx(596.7)
    assert arm(paid_hours_per_resolved=each).about(COST) == each  # a run of 0.2 has no parts
    result = paired([0.0] * 10, values)
    assert result.pairs == result.seeds == 10
    assert result.difference == pytest.approx(596.7)


def test_the_spread_of_a_ratio_is_that_of_the_delta_method() -> None:
    """Beside Fieller's interval, which it meets where the denominator is sure."""
    hours, solved = [60.0, 61.0, 59.5, 60.5, 62.0, 58.0], [20.0, 22.0, 19.0, 21.0, 20.0, 18.0]
    found = paired([0.0] * 6, about_ratio(hours, solved))
    known = quotient(list(hours), list(solved))
    assert found.interval is not None
    assert found.difference == pytest.approx(known.value)
    assert found.interval == pytest.approx((known.low, known.high), rel=0.01)
    assert about_ratio(hours, [0.0] * 6) == [Missing.NO_BASE] * 6


def test_a_single_models_median_lies_beyond_the_mean_of_those_that_reached_it() -> None:
    reached: list[Value] = [105.0, 120.0, 140.0, 150.0, 160.0, 177.0]
    values = [*reached, *[Missing.NOT_REACHED] * 4]
    found = DataTable(ARMS, arm_rows(arm(median_days=values))).records()
    (row,) = [row for row in found if row["indicator"] == "median_days"]
    assert row["beyond"] == 142
    assert (row["seeds"], row["of"]) == (6, 10)
    assert row["largest"] == row["mean"] == "not reached"
    assert spread(values, MEDIAN) == {"value": "142", "beyond": "yes", "in_seeds": "6"}


def test_not_reached_is_later_than_any_number() -> None:
    late: list[Value] = [100.0, Missing.NOT_REACHED, 120.0, Missing.NOT_REACHED, 130.0, 90.0]
    result = paired([50.0, 60.0, 70.0, 80.0, Missing.NOT_REACHED, 40.0], late)
    assert (result.larger, result.smaller) == (5, 1)
    assert result.p == pytest.approx(2 * 7 / 64)  # of six fair coins: at most one is tails
    assert (result.baseline_seeds, result.other_seeds, result.seeds) == (5, 4, 6)
    assert result.baseline is Missing.NOT_REACHED


def test_what_carries_no_verdict() -> None:
    def carried(a: list[Value], b: list[Value]) -> Paired:
        return paired(a, b)

    assert not carried([1.0, 2.0, 3.0], [7.0, 8.0, 9.5]).carries
    assert carried([1.0, 2.0, 3.0, 4.0], [7.0, 8.0, 9.5, 9.0]).carries
    assert not carried([Missing.NO_BASE, 2.0, 3.0, 4.0, 5.0], [7.0, 8.0, 9.5, 9.0, 9.1]).carries
    equal = carried([3.0] * 5, [4.0] * 5)
    assert equal.p == pytest.approx(2 * 0.5**5)  # all that five equal differences say is their order
    assert equal.half_width is not None
    assert equal.half_width > 0.5
