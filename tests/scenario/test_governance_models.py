"""The shipped governance models: sources, two languages, a way to fail; together they use all that the schema offers."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, Literal

import numpy as np
import pytest
from pydantic_core import PydanticUndefined

from govsim.engine import resolve_arm, simulate
from govsim.engine.recording import Activity, HourSource
from govsim.results.ledger import balance
from govsim.results.view import View
from govsim.scenario import list_governance, load, load_governance
from govsim.scenario.declare import Section
from govsim.scenario.fields import Declared, shape
from govsim.scenario.loading import LoadedGovernance, list_measures, load_measure
from govsim.scenario.messages import dotted
from govsim.scenario.origins import leaves
from govsim.scenario.schema.governance import Governance
from govsim.world import World, build

MODELS = tuple(list_governance())
NAMED = {
    "legacy_administrative", "party_led_cogovernance", "shanghai", "shenyang", "jianghan", "yantian",
    "shenzhen_party_mass_centre", "beijing_whistle", "beijing_hotline", "grid_management",
    "chengdu_community_fund", "qingdao", "hangzhou", "nanjing", "porto_alegre", "us_311_councils",
    "japan_chonaikai", "singapore_peoples_association",
}  # fmt: skip
TIERS_OF_A_TRANSFER = re.compile(r"transfers\[\]\.(from_tier|to_tier|seconded)$")
"""Said by the source of the share beside them."""

every_model = pytest.mark.parametrize("name", MODELS)


@cache
def loaded(name: str) -> LoadedGovernance:
    return load_governance(name)


def offered(section: type[Section], holder: Declared | None = None) -> Iterator[Declared]:
    """Yield every single parameter of a section that is no decoration."""
    for name in section.model_fields:
        declared = Declared.of(section, name, holder)
        if declared.decoration:
            continue
        here = declared.shape
        if here.item is not None and not here.is_leaf:
            declared = declared.part(0)
        elif here.entry is not None:
            declared = declared.part("")
        inner = declared.shape
        if inner.models:
            for model in inner.models:
                yield from offered(model, declared)
        else:
            yield declared


def unused(models: Iterable[Governance]) -> list[str]:
    """List choices and switches that no model takes, and numbers that every model leaves at the default.

    A number without a default counts as left alone where it is 0 everywhere.
    """
    taken: dict[str, set[Any]] = defaultdict(set)
    for model in models:
        for leaf in leaves(model):
            taken[leaf.declared.path].add(leaf.value)
    left = []
    for declared in offered(Governance):
        values, path, here = taken[declared.path], declared.path, declared.shape
        wanted = here.choices or ([True, False] if bool in here.scalars else [])
        left += [f"{path}={value}" for value in wanted if value not in values]
        if here.numeric and not wanted:
            idle = 0 if declared.default is PydanticUndefined else declared.default
            if not values - {idle}:
                left.append(path)
    return left


def test_all_eighteen_are_shipped() -> None:
    assert set(MODELS) >= NAMED


def test_nothing_is_offered_that_no_model_uses() -> None:
    moved = {lever.path for name in list_measures() for lever in load_measure(name).section.levers}
    left = unused(loaded(name).model for name in MODELS)
    assert [path for path in left if path not in moved] == []


def test_what_no_model_uses_is_found() -> None:
    """Under one plain model nearly everything is idle, each kind of parameter in its own words."""
    left = set(unused([loaded("legacy_administrative").model]))
    assert {
        "routing.orders=dispatch",
        "tasks.admission=with_fee",
        "resolution.moved_down.*=street",
        "resolution.enterprises=True",
        "capacity.transfers[].from_tier=desk",
        "capacity.transfers[].seconded=True",
        "capacity.transfers[].share",
        "agenda.quorum",
    } <= left
    assert not left & {
        "routing.orders=hops",
        "resolution.volunteers=True",
        "detection.patrol_share",
        "detection.visit_share",
        "mobilisation.call_share",
    }


def test_no_two_models_are_the_same() -> None:
    by_content: dict[str, list[str]] = defaultdict(list)
    for name in MODELS:
        by_content[loaded(name).key].append(name)
    assert [names for names in by_content.values() if len(names) > 1] == []


@every_model
def test_it_says_what_it_is_and_how_it_can_fail(name: str) -> None:
    model = loaded(name).model
    for language, fails in (("en", "Can fail by: "), ("zh", "可能失灵：")):
        text = getattr(model.description, language)
        assert getattr(model.name, language)
        said, sign, failure = text.partition(fails)
        assert sign, f"{name} does not say in {language} how it can fail"
        assert len(said) > 40
        assert len(failure) > 40
        assert "  " not in text
    assert re.search(r"[\u4e00-\u9fff]{6}", model.description.zh)
    assert not re.search(r"[\u4e00-\u9fff]", model.description.en)
    assert not re.search(r"\b(prove|forecast|predict)", model.description.en)


@every_model
def test_its_sources_support_something(name: str) -> None:
    sources = loaded(name).model.sources
    assert len(sources) >= 2
    assert all(source.supports and source.text for source in sources)
    assert len({source.text for source in sources}) == len(sources)
    recalled = [s.text for s in sources if "from memory" in s.text and s.status == "found"]
    assert not recalled, "what is recalled has not been found"


@every_model
def test_every_value_says_how_well_it_is_known(name: str) -> None:
    governance = loaded(name)
    unsaid, recalled = [], []
    for leaf in leaves(governance.model):
        if leaf.declared.decoration or leaf.path[0] in ("name", "description", "sources"):
            continue
        origin = governance.origins[dotted(leaf.path)]
        if leaf.is_default or TIERS_OF_A_TRANSFER.search(leaf.declared.path):
            continue
        if len(origin.source) < 10 or ".md" in origin.source:
            unsaid.append(dotted(leaf.path))
        if origin.status == "found" and "memory" in origin.source:
            recalled.append(dotted(leaf.path))
    assert unsaid == []
    assert recalled == []


@every_model
def test_what_comes_from_outside_is_only_there_as_observed(name: str) -> None:
    model = loaded(name).model
    neutral, observed = (resolve_arm(model, mode) for mode in ("neutral", "observed"))
    assert observed.model == model
    brought = [field for field in type(model.capacity).model_fields if field.startswith("observed_")]
    assert brought
    assert [getattr(neutral.model.capacity, field) for field in brought] == [0.0] * len(brought)
    rest = neutral.model.model_copy(update={"capacity": model.capacity})
    assert rest == model, "nothing but what comes from outside differs"
    assert (neutral.key == observed.key) == all(getattr(model.capacity, field) == 0 for field in brought)


def test_some_models_bring_people_and_some_bring_money() -> None:
    capacities = [loaded(name).model.capacity for name in MODELS]
    assert sum(capacity.observed_seconded > 0 for capacity in capacities) >= 2
    assert sum(capacity.observed_money > 0 for capacity in capacities) >= 2


@cache
def tiny_world() -> World:
    scenario = load("tiny").scenario
    return build(scenario.population, scenario.network, 1)


@every_model
@pytest.mark.parametrize("mode", ["neutral", "observed"])
def test_it_runs_and_its_books_close(name: str, mode: Literal["neutral", "observed"]) -> None:
    scenario = load("tiny", ("run.weeks=26",)).scenario
    recording = simulate(tiny_world(), scenario, resolve_arm(loaded(name).model, mode), 1)
    assert balance(View(recording)).faults == []
    columns = [*recording.weekly.values(), *recording.cases.values(), *recording.residents.values()]
    assert all(np.isfinite(np.asarray(column, float)).all() for column in columns)
    staff = recording.hours[:, :, [HourSource.PAID, HourSource.SECONDED]].sum(axis=(0, 1, 2))
    assert staff[Activity.CASEWORK] > 0, "plans leave hours for problems"
    assert staff[Activity.TASKS] > 0
    assert recording.weekly["resolved"].sum() > 0


def test_shapes_of_lists_and_mappings_are_taken_apart() -> None:
    """The list of what is offered reaches into lists of sections and free keys."""
    paths = {declared.path: declared for declared in offered(Governance)}
    assert shape(paths["resolution.moved_down.*"].annotation).choices == ["community", "street"]
    assert "desk" in paths["capacity.transfers[].to_tier"].shape.choices
    assert "capacity.money_transfers[].share" in paths
    assert not [path for path in paths if path.startswith(("name", "sources", "description", "govsim"))]
