from __future__ import annotations

import pytest

from govsim.scenario import estimate as estimating
from govsim.scenario import load
from govsim.scenario.messages import ScenarioError


def test_the_largest_size_that_fits_fits_and_twice_it_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(estimating, "machine_memory", lambda: 8e9)
    monkeypatch.setattr(estimating, "processors", lambda: 2)
    largest = estimating.estimate(load("tiny", must_fit=False).scenario).largest_residents
    assert largest > 100_000
    loaded = load("tiny", [f"population.residents={largest}"])
    assert estimating.estimate(loaded.scenario).fits
    with pytest.raises(ScenarioError, match="The largest number that fits is"):
        load("tiny", [f"population.residents={2 * largest}"])


def test_small_machines_refuse_what_large_ones_take(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(estimating, "machine_memory", lambda: 64e9)
    load("yingzi")
    monkeypatch.setattr(estimating, "machine_memory", lambda: 0.5e9)
    with pytest.raises(ScenarioError, match="59,143 residents would need about"):
        load("yingzi")
    load("yingzi", must_fit=False)


def test_runs_go_one_at_a_time_where_memory_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(estimating, "processors", lambda: 4)
    scenario = load("chengde", must_fit=False).scenario
    one, seconds = estimating.of_one_run(scenario)
    monkeypatch.setattr(estimating, "machine_memory", lambda: 64e9)
    together = estimating.estimate(scenario)
    monkeypatch.setattr(estimating, "machine_memory", lambda: 1.5 * one / estimating.USABLE_SHARE)
    alone = estimating.estimate(scenario)
    assert together.memory_bytes > 2 * one
    assert one < alone.memory_bytes < 1.5 * one
    assert alone.fits
    assert alone.seconds == pytest.approx(estimating.SECONDS_AT_START + 2 * seconds)
    assert together.seconds == pytest.approx(estimating.SECONDS_AT_START + seconds)


def test_alike_communities_count_one_by_one() -> None:
    few, many = (
        load("tiny", [f"population.street_units[0].communities[0].count={count}", "run.weeks=520"]).scenario
        for count in (1, 400)
    )
    assert estimating.of_one_run(many)[0] - estimating.of_one_run(few)[0] == pytest.approx(
        399 * 520 * estimating.BYTES_PER_COMMUNITY_WEEK
    )


def test_runs_that_would_not_end_are_refused() -> None:
    with pytest.raises(ScenarioError, match="days are not begun"):
        load("yingzi", ["run.weeks=5200", "run.seeds=100000"])


def test_estimates_grow_with_every_size() -> None:
    base = estimating.estimate(load("tiny").scenario)
    for override in ("population.residents=30000", "run.weeks=520", "run.seeds=50"):
        found = estimating.estimate(load("tiny", [override]).scenario)
        assert found.seconds > base.seconds
        assert found.memory_bytes >= base.memory_bytes


@pytest.mark.parametrize(
    ("value", "text"),
    [(999, "999 bytes"), (1.5e9, "1.5 GB"), (2e12, "2 TB"), (3e15, "3 PB"), (400e6, "400 MB")],
)
def test_bytes_in_words(value: float, text: str) -> None:
    assert estimating._bytes(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(5, "5 seconds"), (90, "1.5 minutes"), (7200, "2 hours"), (864000, "10 days"), (3.2e9, "101 years")],
)
def test_durations_in_words(value: float, text: str) -> None:
    assert estimating._duration(value) == text


def test_it_is_said_whose_memory_is_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = load("tiny").scenario
    monkeypatch.setattr(estimating, "machine_memory", lambda: 64e9)
    monkeypatch.setattr(estimating, "processors", lambda: 2)
    assert "of memory (for 2 runs at a time, all processes together) and" in str(
        estimating.estimate(scenario)
    )
    monkeypatch.setattr(estimating, "processors", lambda: 1)
    assert "of memory (for one run at a time) and" in str(estimating.estimate(scenario))
