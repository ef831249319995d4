"""The implementations that the engine's crowd is measured against follow its rule, and one that does not is found out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from benchmarks.crowd import agree
from benchmarks.crowd.arrays import ArrayCrowd
from benchmarks.crowd.native import NativeCrowd, compiler
from benchmarks.crowd.objects import ObjectCrowd
from benchmarks.crowd.town import Crowd, Town, town_of
from benchmarks.districts import even
from govsim.world import build

pytestmark = pytest.mark.slow

RESIDENTS, WEEKS, TOWNS = 1_500, (3, 12, 30), 20
Runs = list[tuple[Town, list[dict[str, float]]]]


def starsim_town(town: Town) -> Crowd:
    pytest.importorskip("starsim", reason="Starsim is not installed (extra bench)")
    from benchmarks.crowd.modular import ModularCrowd

    return ModularCrowd(town)


needs_compiler = pytest.mark.skipif(compiler() is None, reason="no C compiler on this machine")


@pytest.fixture(scope="module")
def runs() -> Runs:
    return [agree.engine_averages(RESIDENTS, WEEKS, seed) for seed in range(1, TOWNS + 1)]


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(ObjectCrowd, id="mesa"),
        pytest.param(ArrayCrowd, id="numpy"),
        pytest.param(starsim_town, id="starsim"),
        pytest.param(NativeCrowd, id="c", marks=needs_compiler),
    ],
)
def test_same_rule(make: Callable[[Town], Crowd], runs: Runs) -> None:
    verdict = agree.statistically(make, runs, WEEKS)
    assert verdict.agrees, verdict


@pytest.mark.parametrize(
    ("block", "change"),
    [
        ("acting", {"habit_gain": 1.1}),
        ("acting", {"fatigue_decay": 0.9}),
        ("acting", {"call": 0.8}),
        ("acting", {"social": 0.8}),
        ("acting", {"self_registration": 0.5}),
        ("hearing", {"hearing": 0.9}),
        ("hearing", {"efficacy_gain": 0.9}),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else value,
)
def test_another_rule_is_found_out(block: str, change: dict[str, float], runs: Runs) -> None:
    """One parameter a little off is enough."""

    def wrong(town: Town) -> Crowd:
        rule = getattr(town, block)
        moved = {name: getattr(rule, name) * factor for name, factor in change.items()}
        return ArrayCrowd(replace(town, **{block: rule._replace(**moved)}))

    assert not agree.statistically(wrong, runs, WEEKS).agrees


def test_no_number_is_no_agreement(runs: Runs) -> None:
    class Nowhere(ArrayCrowd):
        def averages(self) -> dict[str, float]:
            return super().averages() | {"habit": float("nan")}

    assert not agree.statistically(Nowhere, runs, WEEKS).agrees


@needs_compiler
@pytest.mark.parametrize(
    ("threads", "sliced", "packed"), [(1, False, False), (2, True, False), (1, False, True), (2, True, True)]
)
def test_c_with_the_same_draws_is_the_same_town(threads: int, sliced: bool, packed: bool) -> None:
    """Resident by resident, but for decisions that turn on the last digits of a float."""
    assert agree.differing_residents(5_000, 30, 3, threads, sliced, packed) <= 1e-3


def test_a_town_that_does_more_is_refused() -> None:
    scenario, arm = even(500, 2)
    richer = arm.model.model_copy(
        update={"detection": arm.model.detection.model_copy(update={"meetings_per_month": 1.0})}
    )
    world = build(scenario.population, scenario.network, 1)
    with pytest.raises(ValueError, match="plain rule"):
        town_of(world, scenario, replace(arm, model=richer), 1)
