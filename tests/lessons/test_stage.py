"""What is drawn is what is counted, under every governance model."""

from __future__ import annotations

import pytest

from govsim.engine import Run, resolve_arm
from govsim.engine.recording import COUNTER
from govsim.report.stage import WIDTH, _boxes, frame, setting
from govsim.scenario import list_governance, load, load_governance
from govsim.world import build

SCENARIO = load("tiny", ["population.residents=400", "tasks.community_hours=50", "run.weeks=70"]).scenario
WORLD = build(SCENARIO.population, SCENARIO.network, 3)


@pytest.mark.parametrize("model", list_governance())
def test_every_mark_is_a_counted_case(model: str) -> None:
    engine = Run(WORLD, SCENARIO, resolve_arm(load_governance(model).model, "neutral"), 3)
    assert frame(engine.state) == {"active": [], "gone": [], "problems": [], "work": []}
    for _ in range(SCENARIO.run.weeks):
        engine.step()
        seen, counted = frame(engine.state), engine.state.row.counters.sum(axis=0)
        marks = seen["problems"][3::4]
        drawn = {
            "active": len(seen["active"]),
            "undetected": marks.count(0),
            "open": marks.count(1) + marks.count(2),
            "resolved": marks.count(3),
            "explained": marks.count(4),
        }
        assert drawn == {name: int(counted[COUNTER[name]]) for name in drawn}
        households = len(WORLD.households.community)
        assert all(0 <= home < households for home in (*seen["problems"][::4], *seen["work"][1::3]))


def test_everybody_stands_on_the_ground_of_the_community() -> None:
    engine = Run(WORLD, SCENARIO, resolve_arm(load_governance("yantian").model, "neutral"), 3)
    place = setting(engine.state)
    assert len(place["people"]) == 2 * SCENARIO.population.residents
    for row, community in enumerate(WORLD.residents.community.tolist()):
        left, top, wide, high = place["communities"][community]["box"]
        x, y = place["people"][2 * row : 2 * row + 2]
        assert left - 1 <= x <= left + wide + 1
        assert top - 1 <= y <= top + high + 1
    assert (
        len({tuple(place["households"][k : k + 2]) for k in range(0, len(place["households"]), 2)})
        == len(place["households"]) // 2
    )
    assert [office["name"]["zh"] for office in place["offices"]][:2] == ["老矿社区", "新城社区"]


@pytest.mark.parametrize(("communities", "rows"), [(1, 1), (4, 2), (5, 2), (9, 2)])
def test_rows_of_communities_are_full(communities: int, rows: int) -> None:
    boxes = _boxes(communities, 1)
    tops = [top for _, top, _, _ in boxes]
    assert len(set(tops)) == rows
    assert max(map(tops.count, tops)) - min(map(tops.count, tops)) <= 1
    assert all(0 <= left <= left + wide <= WIDTH for left, _, wide, _ in boxes)
