"""No thumb on the scale: names, flags and positions decide nothing; structure does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml

from govsim.engine import resolve_arm, simulate
from govsim.scenario import load_governance
from govsim.scenario.files import governance_shelf
from tests.engine.specs import (
    MODELS,
    Mode,
    arm_of,
    both_modes,
    digests,
    every_model,
    run,
    tables,
    tiny,
    world_of,
)
from tests.theory.specs import arm as null_arm

SEEDS = (1, 2, 3, 4, 5)


def renamed(model: str, folder: Path, name: str = "zzz") -> Path:
    """Return a copy of a shipped model's file under another name, with other words for people in it."""
    shipped = governance_shelf().file(model)
    assert shipped is not None
    keys = yaml.safe_load(shipped.read_text(encoding="utf-8"))
    keys |= {
        "name": {"en": f"Another {name}", "zh": "另一个"},
        "description": {"en": "Other words.", "zh": ""},
        "sources": [],
    }
    copy = folder / f"{name}.yaml"
    copy.write_text(yaml.safe_dump(keys, allow_unicode=True), encoding="utf-8")
    return copy


@pytest.mark.assurance
@every_model
@both_modes
def test_a_name_changes_no_bit(model: str, mode: Mode, tmp_path: Path) -> None:
    """The same structure under another file name, label and description, over five seeds."""
    scenario = tiny("run.weeks=26")
    copy = resolve_arm(load_governance(renamed(model, tmp_path)).model, mode)
    original = arm_of(model, mode)
    assert copy.key == original.key
    assert copy.label != original.label
    for seed in SEEDS:
        world = world_of(scenario, seed)
        ours, theirs = (simulate(world, scenario, arm, seed) for arm in (original, copy))
        assert digests(ours) == digests(theirs)
        if seed == SEEDS[0]:
            assert tables(ours) == tables(theirs)


def test_swapped_names_swap_nothing_but_names(tmp_path: Path) -> None:
    """What the legacy file describes comes out the same when it is called Party-led, and the other way round."""
    first, second = MODELS[:2]
    scenario = tiny("run.weeks=26")
    swapped = {
        first: load_governance(renamed(first, tmp_path, second)).model,
        second: load_governance(renamed(second, tmp_path, first)).model,
    }
    seen = set()
    for structure, model in swapped.items():
        recording = simulate(world_of(scenario, 3), scenario, resolve_arm(model, "neutral"), 3)
        assert digests(recording) == digests(run(scenario, structure, 3))
        seen.add(digests(recording)["weekly.resolved"])
    assert len(seen) == 2, "the two structures do differ"


def test_place_names_change_no_bit() -> None:
    scenario = tiny("run.weeks=26")
    units = [
        unit.model_copy(
            update={
                "name": unit.name.model_copy(update={"en": f"Unit {u}", "zh": "甲"}),
                "communities": [
                    place.model_copy(
                        update={"name": place.name.model_copy(update={"en": f"Place {c}", "zh": "乙"})}
                    )
                    for c, place in enumerate(unit.communities)
                ],
            }
        )
        for u, unit in enumerate(scenario.population.street_units)
    ]
    other = scenario.model_copy(
        update={
            "name": scenario.name.model_copy(update={"en": "Elsewhere"}),
            "population": scenario.population.model_copy(update={"street_units": units}),
        }
    )
    for model in MODELS:
        ours, theirs = run(scenario, model), run(other, model)
        assert ours.communities != theirs.communities
        assert digests(ours) == digests(theirs)


@every_model
@pytest.mark.parametrize("change", ["dealt out anew", "everybody", "nobody"])
def test_the_party_flag_itself_decides_nothing(model: str, change: str) -> None:
    """Members act through branch and liaison ties alone: whatever the flag says, ties equal, each week is the same."""
    scenario = tiny(*MANY_MEMBERS[:5])
    world = world_of(scenario, 1)
    flag = world.residents.party_member
    assert 0 < flag.sum() < len(flag)
    flags = {
        "dealt out anew": flag[::-1].copy(),
        "everybody": np.ones_like(flag),
        "nobody": np.zeros_like(flag),
    }
    changed = replace(world, residents=world.residents._replace(party_member=flags[change]))
    aside = ("residents.party_member", "residents.party_distance")  # the flag, and what a table reads off it
    ours = simulate(world, scenario, arm_of(model), 1)
    theirs = simulate(changed, scenario, arm_of(model), 1)
    assert digests(ours, aside) == digests(theirs, aside)


@every_model
def test_weekly_results_do_not_hang_on_the_length_of_the_run(model: str) -> None:
    """The first half of a long run is the short run: nothing looks ahead."""
    long, short = run(tiny("run.weeks=30"), model), run(tiny("run.weeks=15"), model)
    for name, column in short.weekly.items():
        np.testing.assert_array_equal(long.weekly[name][:15], column, err_msg=name)
    np.testing.assert_array_equal(long.hours[:15], short.hours)
    np.testing.assert_array_equal(long.money_spent[:15], short.money_spent)


MANY_MEMBERS = (
    "run.weeks=26",
    "population.residents=2000",
    "population.party.share_of_adults=0.3",
    "population.participation.contingent_share=0.95",
    "population.participation.threshold.mean=0.4",
    "network.branch.degree=0",
    "network.liaison.linked_households=0",
)
"""So many, and so many of them in two minds, that a bonus of a hundredth for a role would show."""


def test_a_branch_acts_through_ties_contacts_and_calls_alone() -> None:
    """Without those, residents in a branch behave as all others do: nobody's week depends on who is in one."""
    scenario = tiny(*MANY_MEMBERS)
    world = world_of(scenario, 1)
    assert (world.residents.branch >= 0).sum() > 400
    nobody = replace(
        world, residents=world.residents._replace(branch=np.full_like(world.residents.branch, -1))
    )
    plain = null_arm({"mobilisation": {"call_share": 0.05}, "resolution": {"volunteers": True}})
    with_branches, without = (simulate(place, scenario, plain, 1) for place in (world, nobody))
    assert with_branches.weekly["called"].sum() > 0
    assert 0 < with_branches.weekly["active"].sum() < with_branches.weekly["adults"].sum()
    about_branches = ("weekly.called_members", "weekly.answered_members")
    assert digests(with_branches, about_branches) == digests(without, about_branches)
