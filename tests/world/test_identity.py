"""One population, network and seed make one world; a label or one more resident moves nobody else."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys

import numpy as np
import pytest

from govsim.scenario.schema.network import KinWorkSchool, Network
from govsim.scenario.schema.organisations import Party
from govsim.scenario.schema.population import Community, Population, StreetUnit
from govsim.scenario.schema.run import Label
from govsim.world import World, build
from tests.world.specs import two_communities

_TIES = ("branch",)
"""Numbered within the whole district, as the ties are: not an attribute of one person."""


def test_same_arguments_same_world() -> None:
    first, second = build(two_communities(), Network(), 4), build(two_communities(), Network(), 4)
    assert first.hash == second.hash
    assert first.network_hash == second.network_hash
    assert len(first.hash) == len(first.network_hash) == 32
    assert np.array_equal(first.ties.other, second.ties.other)


def test_seed_population_and_network_enter_the_hash() -> None:
    base = build(two_communities(), Network(), 4)
    assert build(two_communities(), Network(), 5).hash != base.hash
    assert build(two_communities(301), Network(), 4).hash != base.hash
    rewoven = build(two_communities(), Network(kin_work_school=KinWorkSchool(degree=3.0)), 4)
    assert rewoven.hash != base.hash
    assert rewoven.network_hash != base.network_hash


def test_governance_is_no_argument() -> None:
    assert list(inspect.signature(build).parameters) == ["population", "network", "seed"]


@pytest.mark.slow
@pytest.mark.parametrize(("threads", "hash_seed"), [("1", "0"), ("2", "77")])
def test_hash_in_other_processes(threads: str, hash_seed: str) -> None:
    code = (
        "from govsim.scenario.schema.network import Network\n"
        "from govsim.world import build\n"
        "from tests.world.specs import two_communities\n"
        "world = build(two_communities(), Network(), 4)\n"
        "print(world.hash, world.network_hash)\n"
    )
    environment = os.environ | {
        "NUMBA_NUM_THREADS": threads,
        "OMP_NUM_THREADS": threads,
        "OPENBLAS_NUM_THREADS": threads,
        "PYTHONHASHSEED": hash_seed,
    }
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        cwd=os.getcwd(),
    )
    world = build(two_communities(), Network(), 4)
    assert done.stdout.split() == [world.hash, world.network_hash]


def _stable(world: World) -> dict[tuple[int, int], list[object]]:
    """Return every resident's attributes by community and number in it; places by community only."""
    residents, households = world.residents, world.households
    out = {}
    columns = [getattr(residents, name) for name in residents._fields if name not in ("household", *_TIES)]
    for r in range(len(residents.age)):
        c = int(residents.community[r])
        home = residents.household[r]
        out[c, r - int(world.communities.first_resident[c])] = [
            *(column[r].tolist() for column in columns),
            int(home) - int(world.communities.first_household[c]),
            int(households.housing[home]),
            int(households.exposure[home]),
        ]
    return out


@pytest.mark.parametrize("residents", [299, 300, 301, 302])
def test_one_more_resident_changes_nobody_else(residents: int) -> None:
    before = _stable(build(two_communities(residents), Network(), 9))
    after = _stable(build(two_communities(residents + 1), Network(), 9))
    assert len(after) == len(before) + 1
    assert {who: after[who] for who in before} == before


def test_party_membership_enters_no_other_attribute() -> None:
    few = build(two_communities(2000, party=Party(share_of_adults=0.02)), Network(), 3)
    many = build(two_communities(2000, party=Party(share_of_adults=0.15)), Network(), 3)
    assert few.residents.party_member.sum() < many.residents.party_member.sum()
    for name in few.residents._fields:
        if name not in ("party_member", "branch"):
            assert np.array_equal(getattr(few.residents, name), getattr(many.residents, name)), name


def test_names_are_decoration() -> None:
    def named(word: str) -> Population:
        place = Community(name=Label(en=word, zh=word))
        return Population(residents=80, street_units=[StreetUnit(name=Label(en=word), communities=[place])])

    first, second = build(named("East"), Network(), 1), build(named("West"), Network(), 1)
    assert first.community_names == ("East",)
    assert second.street_names == ("West",)
    assert first.hash == second.hash
