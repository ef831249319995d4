"""The shipped districts: what was found about them is in them, and they build."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from govsim.scenario import Loaded, load
from govsim.world import Housing, build, measure_network

SCENARIOS = Path(__file__).parents[2] / "scenarios"


@pytest.fixture(scope="module")
def yingzi() -> Loaded:
    return load("yingzi")


def test_yingzi_has_what_was_found(yingzi: Loaded) -> None:
    population = yingzi.scenario.population
    assert population.residents == 59_143
    units = {unit.name.zh: unit for unit in population.street_units}
    assert list(units) == ["铁北路街道", "汪家庄镇", "鹰手营子镇", "北马圈子镇", "寿王坟镇"]
    assert sum(unit.residents for unit in units.values()) == 59_143
    assert [place.name.zh for place in units["铁北路街道"].communities] == [
        "铁道北",
        "兴煤",
        "桥西",
        "东风",
        "创业",
    ]
    assert len(units["汪家庄镇"].communities) == 5
    assert 10 <= sum(len(unit.communities) for unit in units.values()) <= 16
    mean = sum(n * share for n, share in enumerate(population.household_sizes, start=1))
    assert mean == pytest.approx(29_595 / 12_864, abs=0.005)


def test_every_value_of_yingzi_has_an_honest_status(yingzi: Loaded) -> None:
    ours = {
        path: origin
        for path, origin in yingzi.origins.items()
        if path.startswith(("population.", "network.")) and origin.kind == "file"
    }
    assert len(ours) > 100
    for path, origin in ours.items():
        if origin.status in ("found", "derived"):
            assert len(origin.source) > 10, path
            assert "facts" not in origin.source, path
    assert yingzi.origins["population.residents"].status == "found"
    assert yingzi.origins["population.ages.over_60"].status == "assumed"
    assert yingzi.origins["population.work.laid_off_from_40"].status == "assumed"


def test_yingzi_builds_as_described(yingzi: Loaded) -> None:
    world = build(yingzi.scenario.population, yingzi.scenario.network, 1)
    people = np.diff(world.communities.first_resident)
    assert people[:5].tolist() == [5919] * 5
    assert people.sum() == 59_143
    # More than 20,000 of some 60,000 people were rehoused; fixed seed.
    assert (world.households.housing == Housing.RESETTLEMENT).mean() == pytest.approx(1 / 3, abs=0.03)
    report = measure_network(world)
    assert report.largest_share > 0.99
    assert 8 < report.mean_degree < 16
    assert 0.3 < report.neighbour_clustering < 0.6
    assert world.street_names[0] == "Tiebeilu Subdistrict"


@pytest.mark.parametrize("name", ["tiny", "template"])
def test_the_others_build(name: str) -> None:
    loaded = load(name)
    world = build(loaded.scenario.population, loaded.scenario.network, 1)
    assert len(world.residents.age) == loaded.scenario.population.residents
    assert (np.bincount(world.organisations.kind, minlength=5) > 0).all()
    assert world.residents.party_member.sum() > 0
    assert len(world.links.household) > 0


def test_the_template_marks_what_must_be_replaced() -> None:
    lines = (SCENARIOS / "template.yaml").read_text("utf-8").splitlines()
    for key in ("  residents: 50000", "    under_18:", "    over_60:", "  household_sizes:", "  migrant:"):
        assert any(line.startswith(key) and "# REPLACE" in line for line in lines), key
