"""What the class finds (docs/lessons.md) is what the lesson's own runs say, with every stored seed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from govsim.report.lessons.page import page
from govsim.report.lessons.runs import (
    INDICATOR,
    Played,
    expected_number,
    mean_of,
    paired_differences,
    values_there,
    worst,
)
from govsim.scenario import list_governance
from govsim.statistics.paired import CONFIDENCE, interval_at
from tests.lessons.test_lessons import NAMES

Finding = Callable[[Played], None]
FINDINGS: dict[str, Finding] = {}


def finds(number: str) -> Callable[[Finding], Finding]:
    """Say of which lesson something is the finding."""

    def noted(finding: Finding) -> Finding:
        FINDINGS[number] = finding
        return finding

    return noted


def average(values: Sequence[float | None]) -> float:
    found = mean_of(values)
    assert found is not None
    return found


def apart(played: Played, indicator: str) -> tuple[float, float]:
    """The 95 % interval of right minus left over the stored seeds."""
    left, right = played.over_seeds
    found = interval_at(values_there(paired_differences(left[indicator], right[indicator])), 1 - CONFIDENCE)
    assert found is not None
    return found


def along(played: Played, indicator: str) -> dict[float, tuple[float, float]]:
    """Means of both sides at every value of the knob."""
    return {
        value: (average(left[indicator]), average(right[indicator]))
        for value, left, right in played.over_grid
    }


def gaps(played: Played, indicator: str) -> dict[float, float]:
    """Right minus left at every value of the knob."""
    return {value: right - left for value, (left, right) in along(played, indicator).items()}


@finds("01")
def a_name_changes_nothing(played: Played) -> None:
    left, right = played.over_seeds
    assert left == right


@finds("02")
def luck_alone_is_tens_of_points_and_nothing_on_average(played: Played) -> None:
    left, right = (side["resolved_existing_26w"] for side in played.over_seeds)
    assert max(map(abs, values_there(paired_differences(left, right)))) > 20
    low, high = apart(played, "resolved_existing_26w")
    assert low < 0 < high


@finds("03")
def waiting_bends_upwards_where_the_load_nears_one(played: Played) -> None:
    waiting, load = along(played, "backlog"), along(played, "load_community")
    for side in (0, 1):
        calm = (waiting[25][side] - waiting[10][side]) / 15
        full_week = (waiting[50][side] - waiting[35][side]) / 15
        assert full_week > 4 * calm
        assert load[25][side] < 0.75
        assert load[50][side] > 1
        assert waiting[60][side] > 60 / 25 * waiting[25][side]
    shares = gaps(played, "resolved_reported_26w")
    assert shares[25] > 0 > shares[55]


@finds("04")
def the_vanguard_matters_in_the_middle(played: Played) -> None:
    more = gaps(played, "participation_4w")
    assert more[0.4] > 3 * max(more[0.3], more[0.6])
    assert apart(played, "unpaid_hours")[0] > 0


@finds("05")
def more_comes_to_light_and_those_with_few_ties_fall_behind(played: Played) -> None:
    assert apart(played, "hidden_13w")[1] < 0
    assert apart(played, "gap_hidden_unconnected")[0] > 0
    assert apart(played, "gap_hidden_laid_off")[1] < 0


@finds("06")
def the_lead_turns_as_staff_shrinks(played: Played) -> None:
    unsolved = gaps(played, "still_open")
    assert unsolved[18] < 0 < unsolved[8]
    signs = np.sign([unsolved[staff] for staff in sorted(unsolved)])
    assert np.count_nonzero(np.diff(signs)) == 1


@finds("07")
def equal_reports_and_different_truth(played: Played) -> None:
    left, right = played.over_seeds
    reported = [average(side["reported_completion"]) for side in (left, right)]
    assert abs(reported[0] - reported[1]) < 1
    assert min(reported) > 98
    assert apart(played, "true_completion")[0] > 20
    assert apart(played, "hidden_13w")[0] > 0


@finds("08")
def separate_queues_wait_longer(played: Played) -> None:
    assert apart(played, "backlog")[0] > 0
    more = gaps(played, "backlog")
    assert 0 <= more[20] < more[42] / 3


@finds("09")
def no_model_is_best_at_everything(played: Played) -> None:
    field = played.over_field
    last = {worst(field, indicator) for indicator in played.lesson.block.field.indicators}
    assert len(field) == 18
    assert len(last - {None}) >= 8
    for model, values in field.items():
        behind = [
            name
            for name in played.lesson.block.field.indicators
            if INDICATOR[name].direction
            and any(
                INDICATOR[name].direction * average(other[name])
                > INDICATOR[name].direction * average(values[name])
                for other in field.values()
            )
        ]
        assert len(behind) >= 5, model


@finds("10")
def two_humps_overlap(played: Played) -> None:
    left, right = (values_there(side["resolved_existing_13w"]) for side in played.over_seeds)
    assert apart(played, "resolved_existing_13w")[0] > 0
    assert np.median(right) - np.median(left) > 5
    assert np.quantile(left, 0.75) > np.quantile(right, 0.25)
    assert np.mean(np.greater(left, right)) > 0.01


@finds("11")
def each_of_five_is_last_at_something(played: Played) -> None:
    field = played.over_field
    last = {worst(field, indicator) for indicator in played.lesson.block.field.indicators}
    assert last - {None} == set(field)


def test_every_lesson_has_a_finding() -> None:
    assert sorted(FINDINGS) == [name[:2] for name in NAMES]


@pytest.mark.assurance
@pytest.mark.parametrize("name", NAMES)
def test_the_class_finds_what_the_text_says(name: str, full: Callable[[str], Played]) -> None:
    """And T02: the page with every stored seed is a small file; measured 0.4 to 2.0 MB."""
    played = full(name)
    FINDINGS[name[:2]](played)
    for answer in played.lesson.block.answers.values():
        found = (
            worst(played.over_field, answer.indicator) if answer.worst else expected_number(played, answer)
        )
        assert found is not None, answer
    assert 350_000 < len(page(played).encode()) < 2_100_000


@pytest.mark.assurance
def test_every_model_does_worst_somewhere(full: Callable[[str], Played]) -> None:
    """T09: what is played is clearly worse than the other side somewhere; every shipped model is that, or last in a table."""
    shown: set[str] = set()
    beaten: dict[str, tuple[str, str]] = {}
    for name in NAMES:
        played = full(name)
        sides = played.lesson.block.left.model, played.lesson.block.right.model
        shown |= set(sides)
        if sides[0] == sides[1] or set(sides) <= set(beaten):
            continue
        for indicator in played.lesson.block.indicators:
            apart = values_there(
                paired_differences(played.over_seeds[0][indicator], played.over_seeds[1][indicator])
            )
            interval, direction = interval_at(apart, 1 - CONFIDENCE), INDICATOR[indicator].direction
            if interval is None or interval[0] * interval[1] <= 0 or not direction:
                continue
            beaten.setdefault(sides[0] if interval[0] * direction > 0 else sides[1], (name, indicator))
    assert shown - set(beaten) == set(), beaten
    last = set(beaten)
    for name in NAMES:
        played = full(name)
        if played.lesson.block.field is not None:
            found = played.over_field
            last |= {str(worst(found, indicator)) for indicator in played.lesson.block.field.indicators}
    assert last >= set(list_governance())
