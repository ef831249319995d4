"""Places that are alike: counted in one entry or written out one by one, they are the same district."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from govsim.scenario import content_hash, load
from govsim.scenario.messages import ScenarioError
from govsim.scenario.schema.network import Network
from govsim.scenario.schema.population import Community, Hazards, Population, StreetUnit
from govsim.scenario.schema.run import Label
from govsim.world import build

VILLAGE = {"name": Label(en="{unit} Village {n}", zh="{unit}{n}号村"), "residents": 0.7}


@settings(max_examples=25, deadline=None)
@given(
    counts=st.lists(st.lists(st.integers(1, 4), min_size=1, max_size=3), min_size=1, max_size=3),
    units=st.lists(st.integers(1, 3), min_size=3, max_size=3),
    residents=st.integers(1, 900),
    seed=st.integers(0, 1000),
)
def test_a_count_is_the_entry_written_as_often(
    counts: list[list[int]], units: list[int], residents: int, seed: int
) -> None:
    def place(u: int, c: int, count: int = 1) -> Community:
        hazards = Hazards(water=0.1 * c)
        return Community(count=count, residents=1.0 + 0.3 * c + u, condition=1.0 + 0.1 * c, hazards=hazards)

    short = [
        StreetUnit(
            count=units[u],
            residents=2.0 + u,
            district=1 + u,
            communities=[place(u, c, n) for c, n in enumerate(row)],
        )
        for u, row in enumerate(counts)
    ]
    long = [
        StreetUnit(
            residents=2.0 + u,
            district=1 + u,
            communities=[place(u, c) for c, n in enumerate(row) for _ in range(n)],
        )
        for u, row in enumerate(counts)
        for _ in range(units[u])
    ]
    in_short = Population(residents=residents, street_units=short, grid_households=20)
    in_full = Population(residents=residents, street_units=long, grid_households=20)
    assert content_hash(in_short) == content_hash(in_full)
    assert build(in_short, Network(), seed).hash == build(in_full, Network(), seed).hash
    assert in_short.district_of_units() == in_full.district_of_units()
    assert (
        in_short.community_count() == in_full.community_count() == sum(len(unit.communities) for unit in long)
    )


def test_a_count_enters_the_identity() -> None:
    def district(count: int) -> Population:
        return Population(residents=90, street_units=[StreetUnit(communities=[Community(count=count)])])

    assert content_hash(district(2)) != content_hash(district(3))


def test_names_are_numbered() -> None:
    units = [
        StreetUnit(
            name=Label(en="Town {n}", zh="{n}号镇"),
            count=2,
            communities=[
                Community(name=Label(en="Market", zh="集市")),
                Community.model_validate({**VILLAGE, "count": 2}),
            ],
        ),
        StreetUnit(
            name=Label(en="Seat", zh="城关"),
            communities=[Community(name=Label(en="Block", zh="片区"), count=2)],
        ),
    ]
    world = build(Population(residents=200, street_units=units), Network(), 1)
    assert world.street_names == ("Town 1", "Town 2", "Seat")
    assert world.community_names == (
        "Town 1 Market", "Town 1 Village 1", "Town 1 Village 2",
        "Town 2 Market", "Town 2 Village 1", "Town 2 Village 2",
        "Block 1", "Block 2",
    )  # fmt: skip
    assert world.community_names_zh[:3] == ("1号镇集市", "1号镇1号村", "1号镇2号村")
    assert world.community_names_zh[-1] == "片区2"


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Community(count=0), "greater than or equal to 1"),
        (lambda: Community(name=Label(en="Village {i}")), r"nothing can be filled in for \{i\}; known here: \{n\}, \{unit\}"),
        (lambda: StreetUnit(name=Label(zh="{unit}镇")), r"nothing can be filled in for \{unit\}; known here: \{n\}"),
        (
            lambda: Population(residents=9, street_units=[StreetUnit(count=300, communities=[Community(count=300)])]),
            "90,000 communities; at most 65,535 are possible",
        ),
    ],
)  # fmt: skip
def test_mistakes_are_told(make: object, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        make()  # type: ignore[operator]


def test_a_name_that_cannot_be_filled_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    text = 'extends: tiny\npopulation:\n  street_units:\n    - name: {en: "Town {number}"}\n      count: 3\n'
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as found:
        load(file)
    assert re.search(
        r"mine\.yaml:4:\d+  population\.street_units\[0\]  nothing can be filled in for \{number\}",
        found.value.report(),
    )


def test_many_equal_places_share_the_rest_one_each() -> None:
    units = [StreetUnit(count=7, communities=[Community(count=9)])]
    world = build(Population(residents=63 * 3 + 40, street_units=units), Network(), 1)
    assert np.diff(world.communities.first_resident).tolist() == [4] * 40 + [3] * 23
