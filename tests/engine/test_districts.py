"""Several districts in one run: departments and kin of one's own, one hotline for all."""

from __future__ import annotations

import numpy as np

from govsim.engine import Run, resolve_arm
from govsim.engine.recording import Level
from govsim.scenario import load, load_governance
from govsim.scenario.schema import Scenario
from govsim.world import build
from govsim.world.columns import TieLayer

SIZE = 4000
WEEKS = 60


def scenario(*districts: int) -> Scenario:
    """Return a place of equal street units with two communities each, in these districts."""
    found = load("base", [f"population.residents={SIZE}", f"run.weeks={WEEKS}"]).scenario
    unit = found.population.street_units[0]
    place = unit.communities[0]
    units = [unit.model_copy(update={"district": n, "communities": [place, place]}) for n in districts]
    population = found.population.model_copy(update={"street_units": units})
    return found.model_copy(update={"population": population})


def engine(*districts: int, model: str = "legacy_administrative") -> Run:
    spec = scenario(*districts)
    world = build(spec.population, spec.network, 3)
    return Run(world, spec, resolve_arm(load_governance(model).model, "neutral"), 3)


def test_each_district_has_departments_by_its_residents() -> None:
    one, three = engine(1, 1, 1, 1).state, engine(1, 2, 1, 3).state
    departments = len(one.scenario.capacity.departments)
    level = three.offices["level"]
    assert (level == Level.DEPARTMENT).sum() == 3 * departments
    assert (level == Level.DESK).sum() == 1
    share = [
        three.establishment.weekly_money[(level == Level.DEPARTMENT) & (three.offices["district"] == d)].sum()
        for d in range(3)
    ]
    assert np.allclose(np.array(share) / sum(share), (0.5, 0.25, 0.25), atol=0.01)
    assert np.isclose(three.establishment.granted_hours, one.establishment.granted_hours, rtol=1e-12)
    assert np.isclose(
        three.establishment.weekly_money.sum(), one.establishment.weekly_money.sum(), rtol=1e-12
    )


def test_cases_go_to_departments_of_their_own_district() -> None:
    for model in ("legacy_administrative", "beijing_whistle", "jianghan"):
        run = engine(1, 2, 1, 3, model=model)
        for _ in range(WEEKS):
            run.step()
        cases = run.finish().cases
        at = run.state.offices["level"][cases["office"]] == Level.DEPARTMENT
        assert at.sum() > 20, model
        home = run.state.offices["district"][cases["community"][at]]
        assert (run.state.offices["district"][cases["office"][at]] == home).all(), model


def test_kin_live_in_the_same_district_and_one_district_is_as_before() -> None:
    spec, apart = scenario(1, 1, 1, 1), scenario(1, 2, 1, 3)
    world = build(apart.population, apart.network, 3)
    rows = np.repeat(np.arange(SIZE), np.diff(world.ties.indptr))
    kin = world.ties.layer == TieLayer.KIN_WORK_SCHOOL
    district = np.repeat([0, 1, 0, 2], 2)[world.residents.community]
    assert kin.sum() > SIZE
    assert (district[rows[kin]] == district[world.ties.other[kin]]).all()
    together = build(spec.population, spec.network, 3)
    assert together.network_hash != world.network_hash
    assert together.residents.age.tobytes() == world.residents.age.tobytes()
