"""From which value on a target is met: known answers, whole and real numbers, chance, and no monotony taken for granted."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from govsim.results.indicators import INDICATORS
from govsim.scenario.messages import ScenarioError
from govsim.studies.find import SCANNED, Evaluate, Question, question, search_range, vary, words_of
from tests.studies.test_design import factor

DAYS = next(item for item in INDICATORS if item.name == "median_days")
AT_MOST_5 = Question(DAYS, True, 5.0)


def law(of: Callable[[float], float], noise: float = 0.0, seeds: int = 6) -> tuple[Evaluate, list[float]]:
    """Return an evaluation of a law with the same chance at every value, and what it was asked."""
    luck = noise * np.random.default_rng(4).normal(size=seeds)
    asked: list[float] = []

    def evaluate(values: Sequence[float]) -> NDArray[np.float64]:
        asked.extend(values)
        return np.array([of(value) + luck for value in values])

    return evaluate, asked


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 5), st.integers(10, 200), st.integers(0, 200), st.booleans())
def test_whole_answers_are_exact(low: int, width: int, shift: int, rising: bool) -> None:
    """The smallest (or largest) whole number that meets the target, whatever the range."""
    edge = low + 1 + shift % width
    of = (lambda x: 4.0 if x >= edge else 6.0) if rising else (lambda x: 4.0 if x < edge else 6.0)
    evaluate, asked = law(of)
    found = search_range(evaluate, factor("n", low, low + width, whole=True), AT_MOST_5)
    assert (found.where, found.value) == (("from", edge) if rising else ("up to", edge - 1))
    assert found.first == found.last == found.value
    assert len(asked) == len(set(asked)) <= SCANNED + np.ceil(np.log2(width)) + 2


def test_real_answers_are_close() -> None:
    evaluate, _ = law(lambda x: 10 - x)
    found = search_range(evaluate, factor("x", 0, 8), AT_MOST_5)
    assert found.where == "from"
    assert found.value == pytest.approx(5.0, abs=0.08)
    assert found.value is not None
    assert found.value >= 5.0  # where it was run and met, not between


def test_the_interval_covers_the_truth_and_holds_the_words_of() -> None:
    """A line with chance: where the mean crosses, and between which values that may lie."""
    covered = 0
    for trial in range(200):
        luck = np.random.default_rng(trial).normal(size=5)

        def evaluate(values: Sequence[float], luck: NDArray[np.float64] = luck) -> NDArray[np.float64]:
            return np.array([10 - value + luck for value in values])

        found = search_range(evaluate, factor("x", 0, 10), AT_MOST_5)
        assert found.where == "from"
        assert found.value is not None
        first = found.first if found.first is not None else 0.0
        last = found.last if found.last is not None else 10.0
        assert first <= found.value <= last
        covered += first - 0.1 <= 5.0 <= last
    assert 0.9 <= covered / 200 <= 0.995


def test_beyond_the_range() -> None:
    assert search_range(law(lambda x: 9.0)[0], factor("x", 0, 1), AT_MOST_5).where == "nowhere"
    assert search_range(law(lambda x: 2.0)[0], factor("x", 0, 1), AT_MOST_5).where == "everywhere"
    hidden = search_range(law(lambda x: 5.1, noise=1.0)[0], factor("x", 0, 1), AT_MOST_5)
    assert (hidden.where, hidden.certain) in {("nowhere", False), ("everywhere", False)}
    barely = search_range(law(lambda x: 7 - 2.2 * x, noise=1.0)[0], factor("x", 0, 1), AT_MOST_5)
    assert barely.last is None or barely.where != "from"


def test_a_band_between_two_values_is_not_said_to_be_beyond_reach() -> None:
    """Met from 31 to 33 only, where the scan has 30 and 40: nothing is said of what lies between."""
    of = lambda x: 4.0 if 31 <= x <= 33 else 9.0  # noqa: E731
    varied = factor("n", 0, 60, whole=True)
    found = search_range(law(of)[0], varied, AT_MOST_5)
    assert (found.where, (30, 40) in found.between(varied)) == ("nowhere", True)
    words = words_of(found, varied, AT_MOST_5)
    assert "not reachable" not in words
    assert "not seen at the 7 values that were run (0, 10, 20, 30, 40, 50, 60" in words
    assert words.endswith("; nothing is said of values between them")
    all_run = search_range(law(of)[0], factor("n", 0, 6, whole=True), AT_MOST_5)
    assert all_run.between(factor("n", 0, 6, whole=True)) == ()
    assert "nothing is said" not in words_of(all_run, factor("n", 0, 6, whole=True), AT_MOST_5)


def test_not_reached_in_the_run_does_not_meet_it() -> None:
    """A median that some seeds never reach is beyond any number; those that do reach it count for what may be."""

    def evaluate(values: Sequence[float]) -> NDArray[np.float64]:
        rows = []
        for value in values:
            row = np.full(4, 10 - value)
            row[: max(0, 4 - int(value))] = np.inf
            rows.append(row)
        return np.array(rows)

    found = search_range(evaluate, factor("n", 0, 10, whole=True), AT_MOST_5)
    assert (found.where, found.value) == ("from", 5.0)
    never = search_range(
        lambda values: np.full((len(values), 3), np.inf), factor("n", 0, 9, whole=True), AT_MOST_5
    )
    assert (never.where, never.certain) == ("nowhere", True)


@pytest.mark.parametrize(
    ("of", "stretches"),
    [
        (lambda x: 3.0 if 2 <= x <= 4 or x >= 8 else 7.0, ((2, 4), (8, 12))),
        (lambda x: 3.0 if 4 <= x <= 8 else 7.0, ((4, 8),)),
        (lambda x: 7.0 if 4 <= x <= 8 else 3.0, ((0, 2), (10, 12))),
    ],
)
def test_what_is_not_monotone_is_said(of: Callable[[float], float], stretches: object) -> None:
    found = search_range(law(of)[0], factor("n", 0, 12, whole=True), AT_MOST_5)
    assert found.where == "not monotone"
    assert found.certain
    assert found.value is None
    assert found.stretches == stretches


def test_questions() -> None:
    asked = question("resolved_existing_26w >= 60")
    assert (asked.indicator.name, asked.below, asked.target) == ("resolved_existing_26w", False, 60.0)
    assert question("median_days<5").below
    with pytest.raises(ScenarioError, match=r"did you mean  median_days") as refused:
        question("medain_days <= 5")
    assert refused.value.exit_code == 2
    with pytest.raises(ScenarioError, match="median_days"):
        question("resolution_days <= 5")
    for wrong in ("median_days", "median_days = 5", "<= 5", "median_days <= five", "median_days <= 1.2.3"):
        with pytest.raises(ScenarioError):
            question(wrong)
    assert vary("capacity.staff.community=5..20") == ("capacity.staff.community", 5.0, 20.0)
    assert vary("a.b=-1.5..2e3") == ("a.b", -1.5, 2000.0)
    for wrong in ("", "a", "a=5", "a=5..", "a=x..y"):
        with pytest.raises(ScenarioError, match="--vary"):
            vary(wrong)
