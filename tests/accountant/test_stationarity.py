"""A district in which nothing changes has the same rates in its first years as in its fifth.

Staff are ample, problems lapse soon, nobody is born, dies or moves, nobody learns or tires for long, and nothing wears
out. Each indicator is compared between runs of one, two and five years, seed by seed. What is counted over other weeks
of a stationary process differs by chance alone; a sum that is not divided by its time, or a stock that is, differs by
the ratio of the lengths.
"""

from __future__ import annotations

import math
from typing import Any

import pytest
from scipy import stats

from tests.accountant.ledgers import Run, read
from tests.accountant.runs import Study, dictionary, make

SEEDS = 10
LENGTHS = (52, 104, 260)
FALSE_ALARM = 0.01
"""Chance that a sound program fails this test, all comparisons together (Bonferroni)."""

CLASSES = (
    "local_soft", "local_hard", "subsidence_housing", "water_supply", "farmland_loss", "job_loss_aid",
    "elderly_care", "consultation",
)  # fmt: skip
STATIONARY: dict[str, Any] = {
    "govsim": 1, "extends": "tiny", "name": {"en": "Stationary", "zh": "平稳"},
    "demography": {
        "ageing": False, "moving_under_40": 0.0, "moving_from_40": 0.0, "deaths_over_60": 0.0, "layoffs": 0.0,
    },
    "problems": {
        "recurrence_weeks": 2.0,
        "classes": {
            name: {
                "rate": 0.6, "lapse_rate": 0.3, "effort_hours": 2.0, "money_yuan": 100.0, "recurrence": 0.2,
                "ambiguity": 0.1, "report_rate": 2.0,
            }
            for name in CLASSES
        },
    },
    "capacity": {
        "staff": {"community": 90.0, "grid": 30.0, "street": 60.0, "department": 60.0, "desk": 5.0},
        "money": {"community": 400000.0, "street": 400000.0, "department": 400000.0},
    },
    "workforce": {
        "burnout_gain": 0.0, "quit_rate": 0.03, "quit_burnout": 0.0, "vacancy_weeks": 1, "skill": 0.8,
        "newcomer_skill": 0.8, "learning_weeks": 1000.0,
    },
    "infrastructure": {"decay": 0.0},
    "experience": {
        "gain": 0.0, "loss": 0.0, "expectation_rate": 0.0, "hearing": 0.0, "satisfaction_base": 0.55,
        "satisfaction_performance": 0.0, "satisfaction_disconfirmation": 0.0,
    },
    "population": {"attitudes": {"expectation": 0.55, "spread": 0.0}},
    "participation": {
        "habit": 0.0, "efficacy": 0.0, "self_registration": 0.0, "efficacy_gain": 0.0, "published_gain": 0.0,
        "fatigue_gain": 0.0,
    },
    "organisations": {"life": {"founding": 0.0, "least": 0.0}},
    "tasks": {"community_hours": 10.0, "street_hours": 10.0, "effort_hours": 2.0},
}  # fmt: skip

SAYS_WHY = ("when the run ends", "last two years")
"""Words in a definition or a window by which a value may hang on how long the run was."""


@pytest.fixture(scope="module")
def values(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[int, dict[str, list[float]]], Run]:
    """Values by length and indicator, over seeds; not a number where there is none."""
    found: dict[int, dict[str, list[float]]] = {}
    for weeks in LENGTHS:
        made = make(
            Study("stationary", STATIONARY, weeks, ("legacy_administrative",)),
            tmp_path_factory.mktemp("stationary"),
            SEEDS,
        )
        (paths,) = made.values()
        for path in paths:
            run = read(path)
            for row in run.table("summary"):
                try:
                    value = float(row["value"])
                except ValueError:
                    value = math.nan
                found.setdefault(weeks, {}).setdefault(row["indicator"], []).append(value)
    return found, run


def disagreeing(
    values: dict[int, dict[str, list[float]]], pairs: tuple[tuple[int, int], ...]
) -> tuple[dict[str, str], int]:
    """Return the indicators that differ between lengths beyond their error, and how many comparisons there were."""
    tests = []
    for one, other in pairs:
        for name, short in values[one].items():
            differences = [b - a for a, b in zip(short, values[other][name], strict=True)]
            if any(math.isnan(value) for value in differences):
                continue
            mean = sum(differences) / len(differences)
            spread = math.sqrt(sum((d - mean) ** 2 for d in differences) / (len(differences) - 1))
            level = sum(short) / len(short)
            tests.append((name, f"{one} to {other} weeks", mean, spread / math.sqrt(len(differences)), level))
    limit = float(stats.t.ppf(1 - FALSE_ALARM / len(tests) / 2, SEEDS - 1))
    wrong = {}
    for name, which, mean, error, level in tests:
        # Sums in another order differ in their last bits where nothing varies at all.
        if abs(mean) > limit * error + 1e-9 * max(1.0, abs(level)):
            wrong[name] = (
                f"{which}: {level:.4g} changes by {mean:.4g}, error {error:.2g}, limit {limit:.1f} errors"
            )
    return wrong, len(tests)


@pytest.mark.assurance
def test_rates_do_not_hang_on_the_length_of_the_run(
    values: tuple[dict[int, dict[str, list[float]]], Run],
) -> None:
    found, run = values
    wrong, comparisons = disagreeing(found, ((52, 104), (104, 260), (52, 260)))
    assert comparisons > 150
    declared = dictionary(run.folder, "indicators")
    unexplained = {
        name: text for name, text in wrong.items()
        if not any(words in declared[name]["definition"] + declared[name]["window"] for words in SAYS_WHY)
    }  # fmt: skip
    assert not unexplained, "\n".join(f"{name} {text}" for name, text in unexplained.items())


@pytest.mark.assurance
def test_a_stock_over_years_would_be_seen(values: tuple[dict[int, dict[str, list[float]]], Run]) -> None:
    """The comparison has the power it is meant to have: divide or multiply by years, and it fails."""
    found, _ = values
    for name in (
        "backlog",
        "problems_arisen",
        "hours_per_adult",
        "unpaid_hours",
        "quits",
        "pattern_contacts",
    ):
        for power in (-1, 1):
            bent = {
                weeks: {name: [value * (weeks / 52) ** power for value in by_name[name]]}
                for weeks, by_name in found.items()
            }
            wrong, _ = disagreeing(bent, ((104, 260),))
            assert name in wrong, name
