"""Negative controls: what is taken away is really gone, for every model alike, and nothing else."""

from __future__ import annotations

import numpy as np

from govsim.draws import key
from govsim.engine import Run
from govsim.engine.setup import ties_under
from govsim.scenario.schema.run import Controls
from tests.engine.specs import MODELS, arm_of, digests, every_model, run, tiny, world_of


def test_shuffled_ties_are_the_same_network_with_people_at_other_places() -> None:
    world = world_of(tiny(), 1)
    ties = world.ties
    shuffled = ties_under(world, Controls(network="shuffled"), key(1, "controls.network"))
    degree, mixed = np.diff(ties.indptr.astype(int)), np.diff(shuffled.indptr.astype(int))
    np.testing.assert_array_equal(np.sort(degree), np.sort(mixed))
    assert (degree != mixed).any()
    np.testing.assert_array_equal(np.bincount(ties.layer), np.bincount(shuffled.layer))
    rows = np.repeat(np.arange(len(mixed)), mixed)
    pairs = set(zip(rows.tolist(), shuffled.other.tolist(), strict=True))
    assert all((b, a) in pairs for a, b in pairs)
    assert all(a != b for a, b in pairs)

    def triangles(indptr: np.ndarray, other: np.ndarray) -> int:
        near = [set(other[indptr[i] : indptr[i + 1]].tolist()) for i in range(len(indptr) - 1)]
        return sum(len(near[i] & near[j]) for i in range(len(near)) for j in near[i])

    assert triangles(ties.indptr, ties.other) == triangles(shuffled.indptr, shuffled.other)
    same = world.residents.community[rows] == world.residents.community[shuffled.other]
    before = np.repeat(np.arange(len(degree)), degree)
    assert same.mean() < (world.residents.community[before] == world.residents.community[ties.other]).mean()


@every_model
def test_without_a_network_nobody_is_moved_by_ties(model: str) -> None:
    scenario = tiny("run.weeks=10", "controls.network=none")
    engine = Run(world_of(scenario, 1), scenario, arm_of(model), 1)
    for _ in range(10):
        engine.step()
    assert engine.state.residents.active_share.max() == 0.0
    assert engine.state.residents.heard.max() == -1.0


def test_without_ranking_models_that_differ_in_it_alone_are_the_same() -> None:
    ranked = arm_of("legacy_administrative").model
    blocks = {
        "accountability": ranked.accountability.model_copy(
            update={"closure_target": True, "reporting_quota": 2.0}
        ),
        "agenda": ranked.agenda.model_copy(update={"rule": "easy_first"}),
    }
    from govsim.engine import resolve_arm, simulate

    other = resolve_arm(ranked.model_copy(update=blocks), "neutral")
    for setting, equal in (("as_ruled", False), ("off", True)):
        scenario = tiny("run.weeks=30", f"controls.ranking={setting}")
        two = [
            simulate(world_of(scenario, 1), scenario, arm, 1)
            for arm in (arm_of("legacy_administrative"), other)
        ]
        assert (digests(two[0]) == digests(two[1])) == equal


def test_random_routing_takes_more_steps_to_the_same_problems() -> None:
    ruled, random = (
        run(tiny("run.weeks=60", f"controls.routing={how}"), MODELS[-1]) for how in ("as_ruled", "random")
    )
    assert random.hashes["exogenous"] == ruled.hashes["exogenous"]
    assert random.cases["hops"].mean() > ruled.cases["hops"].mean()
