"""Random small scenarios and governance models, drawn from the schema itself.

Every switch, choice and number that the schema declares is drawn within its declared limits (numbers also within what
makes sense for sixty residents), so that a new parameter is under test from the day it is declared.
"""

from __future__ import annotations

import json
import types
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from hypothesis import strategies as st
from pydantic.fields import FieldInfo

from govsim.scenario import list_governance, load_governance
from govsim.scenario.declare import Section
from govsim.scenario.schema import Scenario
from govsim.scenario.schema.blocks import CapacityBlock, MoneyTransfer, Resolution, Transfer
from govsim.scenario.schema.governance import MOST_PLANNED, Governance
from govsim.scenario.schema.offices import Capacity, Money, Prices, Staff, Workforce
from govsim.scenario.schema.problems import Kind, ProblemClass

Drawn = dict[str, Any]

_MOST = {
    "patience_days": 60.0, "deadline_days": 40.0, "lapse_rate": 1.0, "hours_per_week": 60.0, "observed_seconded": 200.0,
    "quit_rate": 0.1, "explain_rate": 1.0, "explain_pressure": 20.0, "learning_weeks": 60.0, "vacancy_weeks": 5,
    "intake_hours": 2.0, "desk_hours": 1.0, "convening_hours": 4.0, "meeting_hours": 3.0, "patrol_hours": 5.0,
    "visit_hours": 2.0, "meeting_residents": 40.0, "money_yuan": 5_000.0, "deadline": 60.0, "recurrence_weeks": 8.0,
}  # fmt: skip
"""What sixty residents can meet; a number that is not named here goes up to ten or to its declared limit."""

_POSTS = st.sampled_from([500.0, 200.0, 900.0, 500.0, 50.0, 300.0, 0.0, 1500.0])
_OF_A_PROBLEM = {
    "rate": st.sampled_from([10.0, 30.0, 3.0, 5.0]),
    "effort_hours": st.sampled_from([1.0, 4.0, 20.0]),
    "report_rate": st.sampled_from([3.0, 0.5, 20.0, 10.0, 5.0, 0.0]),
    "level": st.sampled_from(["community", "department", "street", "department", "desk"]),
    "deadline_days": st.sampled_from([2.0, 10.0]),
    "money_yuan": st.sampled_from([0.0, 300.0, 0.0, 20_000.0]),
    "lapse_rate": st.sampled_from([0.0, 0.02, 0.0, 0.5]),
    **{
        name: st.sampled_from([0.5, 0.0, 1.0, 0.25])
        for name in (
            "coproducible", "substitutability", "ambiguity", "recurrence", "patrol_visibility", "visit_visibility",
            "meeting_visibility",
        )
    },
}  # fmt: skip
"""Values with which something happens in a few weeks; the first of each is the one a failure is reduced to."""

_DEPARTMENTS = ("works", "welfare")
_CLASS_NAMES = ("leaks", "noise", "jobs", "questions")


def _number(name: str, field: FieldInfo, whole: bool) -> st.SearchStrategy[Any]:
    low, high, low_open, high_open = 0.0, 10.0, False, False
    declared: float | None = None
    for limit in field.metadata:
        if isinstance(limit, Ge):
            low = float(limit.ge)  # type: ignore[arg-type]
        elif isinstance(limit, Gt):
            low, low_open = float(limit.gt), True  # type: ignore[arg-type]
        elif isinstance(limit, Le):
            declared = float(limit.le)  # type: ignore[arg-type]
        elif isinstance(limit, Lt):
            declared, high_open = float(limit.lt), True  # type: ignore[arg-type]
    high = max(low, min(float(_MOST.get(name, high)), declared if declared is not None else high))
    if whole:
        return st.integers(int(low), int(high))
    low = max(low, 0.01) if low_open else low
    ends = st.sampled_from([low] if high_open else [low, high])
    steps = st.integers(round(low * 100) + 1, max(round(high * 100) - 1, round(low * 100) + 1)).map(
        lambda n: n / 100
    )
    if field.is_required() or field.default_factory is not None:
        return st.one_of(steps, steps, ends)
    return st.one_of(st.just(field.default), st.just(field.default), steps, ends)


def _value(name: str, field: FieldInfo, kind: Any) -> st.SearchStrategy[Any]:
    if isinstance(kind, type) and issubclass(kind, Section):
        return section(kind)
    if kind is bool:
        return st.booleans()
    if kind is float or kind is int:
        return _number(name, field, kind is int)
    if get_origin(kind) is Literal:
        return st.sampled_from(get_args(kind))
    if get_origin(kind) is list:
        return st.lists(_value(name, FieldInfo(annotation=get_args(kind)[0]), get_args(kind)[0]), max_size=3)
    if get_origin(kind) in (types.UnionType, None) and kind is not str:
        raise TypeError(f"{name}: no strategy for {kind}")
    raise TypeError(f"{name}: draw {kind} by hand")


def section(kind: type[Section], **by_hand: st.SearchStrategy[Any]) -> st.SearchStrategy[Drawn]:
    """Return a strategy for the keys of a section; decoration is left out where it may be."""
    values: dict[str, st.SearchStrategy[Any]] = {}
    for name, field in kind.model_fields.items():
        extra = field.json_schema_extra
        if name in by_hand:
            values[name] = by_hand[name]
        elif isinstance(extra, dict) and extra.get("decoration") and not field.is_required():
            continue
        else:
            values[name] = _value(name, field, field.annotation)
    return st.fixed_dictionaries(values)


def _problem_class() -> st.SearchStrategy[Drawn]:
    return section(ProblemClass, department=st.sampled_from(_DEPARTMENTS), **_OF_A_PROBLEM).map(
        _ordered_severity
    )


def classes(least: int) -> st.SearchStrategy[Drawn]:
    """Return problem classes by name, at least ``least`` of them."""
    names = st.sampled_from(_CLASS_NAMES)
    return st.dictionaries(names, _problem_class(), min_size=least, max_size=len(_CLASS_NAMES))


def _ordered_severity(keys: Drawn) -> Drawn:
    low, high = sorted((keys["severity_low"], keys["severity_high"]))
    return keys | {"severity_low": low, "severity_high": high}


def _street_units() -> st.SearchStrategy[list[Drawn]]:
    hazards = st.fixed_dictionaries(
        {name: st.sampled_from([0.0, 0.5, 1.0]) for name in ("subsidence", "water", "farmland")}
    )
    community = st.fixed_dictionaries(
        {
            "residents": st.sampled_from([1.0, 3.0]),
            "condition": st.sampled_from([1.0, 2.0, 0.0]),
            "hazards": hazards,
        }
    )
    return st.lists(
        st.fixed_dictionaries({"communities": st.lists(community, min_size=1, max_size=3)}),
        min_size=1,
        max_size=2,
    )


def _population() -> st.SearchStrategy[Drawn]:
    share = st.sampled_from([0.1, 0.0, 0.4])
    organisation = st.fixed_dictionaries(
        {"per_10000": st.sampled_from([300.0, 0.0]), "members": st.sampled_from([8, 1, 0])}
    )
    kinds = ("mutual_aid", "volunteer_team", "service_provider", "owners_committee", "enterprise")
    return st.fixed_dictionaries(
        {
            "residents": st.integers(20, 60),
            "street_units": _street_units(),
            "migrant": share,
            "grid_households": st.integers(2, 20),
            "ages": st.fixed_dictionaries(
                {"under_18": st.sampled_from([0.0, 0.2]), "over_60": st.sampled_from([0.2, 0.5])}
            ),
            "party": st.fixed_dictionaries(
                {"share_of_adults": st.sampled_from([0.09, 0.2, 0.0]), "branch_size": st.integers(2, 10)}
            ),
            "participation": st.fixed_dictionaries(
                {
                    "certain_share": share,
                    "contingent_share": st.sampled_from([0.6, 0.3, 0.0]),
                    "threshold": st.fixed_dictionaries(
                        {
                            "mean": st.sampled_from([0.2, 0.6]),
                            "placement": st.sampled_from(["random", "quantile"]),
                        }
                    ),
                    "registered_share": st.sampled_from([0.1, 0.5, 0.0]),
                }
            ),
            "organisations": st.fixed_dictionaries(dict.fromkeys(kinds, organisation)),
        }
    )


@dataclass(frozen=True)
class Sample:
    """A scenario and a governance model, shown by what is not a default in them."""

    scenario: Scenario
    model: Governance

    def __repr__(self) -> str:
        return f"{self.scenario.model_dump_json(exclude_defaults=True)}\n{self.model.model_dump_json(exclude_defaults=True)}"


def samples() -> st.SearchStrategy[Sample]:
    """Return random scenarios of a few dozen residents and a few weeks, each with a random governance model."""
    return st.builds(Sample, _scenarios(), _governance_models())


def _scenarios() -> st.SearchStrategy[Scenario]:
    off = st.just(0.0)
    by_hand = {
        "govsim": st.just(1),
        "run": st.fixed_dictionaries({"weeks": st.sampled_from([12, 20, 3, 1, 30])}),
        "governance": st.just({}),
        "timeline": _timeline(),
        "population": _population(),
        "network": st.fixed_dictionaries(
            {"liaison": st.fixed_dictionaries({"linked_households": st.integers(0, 4)})}
        ),
        "problems": st.fixed_dictionaries(
            {
                "classes": st.one_of(classes(1), classes(1), classes(0)),
                "recurrence_weeks": st.sampled_from([0.5, 4.0]),
            }
        ),
        "capacity": _capacity(),
        "workforce": st.one_of(section(Workforce, speed_spread=off, slowing=off), section(Workforce)),
    }
    return section(Scenario, **by_hand).map(lambda keys: Scenario.model_validate_json(json.dumps(keys)))


_LEVERS: tuple[Drawn, ...] = (
    {"path": "tasks.community_hours", "multiply": 3.0},
    {"path": "capacity.staff.community", "multiply": 0.5},
    {"path": "capacity.staff.department", "multiply": 0.0},
    {"path": "capacity.staff.grid", "multiply": 2.0},
    {"path": "capacity.money.department", "multiply": 0.1},
    {"path": "problems.classes.*.rate", "multiply": 0.5},
    {"path": "demography.layoffs", "set": 0.2},
    {"path": "detection.patrol_share", "set": 0.9},
    {"path": "resolution.enterprises", "set": True},
    {"path": "resolution.moved_down.livelihood", "set": "community"},
    {
        "path": "capacity.transfers",
        "append": {"from_tier": "street", "to_tier": "community", "share": 0.5, "seconded": True},
    },
    {
        "path": "capacity.money_transfers",
        "append": {"from_tier": "department", "to_tier": "community", "share": 1.0},
    },
    {"path": "routing.orders", "set": "dispatch"},
    {"path": "tasks.admission", "set": "moved_up"},
    {"path": "agenda.rule", "set": "severity"},
)
"""One of every kind; none can leave its range, whatever it moves."""


def _timeline() -> st.SearchStrategy[list[Drawn]]:
    """Return up to three entries: shocks of a few levers, or a reform, at a week or on a condition."""
    measure = st.lists(
        st.sampled_from(_LEVERS), min_size=1, max_size=4, unique_by=lambda lever: lever["path"]
    ).map(lambda levers: {"use": {"govsim": 1, "kind": "shock", "name": {}, "levers": levers}})
    shape = st.fixed_dictionaries({"ramp": st.sampled_from([0, 2]), "strength": st.sampled_from([1.0, 0.3])})
    reform = st.sampled_from(list_governance()).map(
        lambda name: {"governance": load_governance(name).model.model_dump(mode="json")}
    )
    what = st.one_of(st.tuples(measure, shape), st.tuples(reform, st.just({})))
    begin = st.one_of(
        st.sampled_from([1, 0, 5]).map(lambda week: {"start": week}),
        st.sampled_from(["open_cases", "tasks_waiting", "active_share"]).map(
            lambda name: {"when": {"measure": name, "above": 0.01}}
        ),
    )
    length = st.sampled_from([{"weeks": 3}, {}, {"weeks": 1}])
    entry = st.tuples(what, begin, length).map(
        lambda parts: {**parts[0][0], **parts[0][1], **parts[1], **parts[2]}
    )
    return st.lists(entry, max_size=3)


def _capacity() -> st.SearchStrategy[Drawn]:
    shares = st.fixed_dictionaries({name: st.sampled_from([1.0, 2.0, 1.0, 0.0]) for name in _DEPARTMENTS})
    staff = st.fixed_dictionaries(dict.fromkeys(Staff.model_fields, _POSTS))
    money = st.fixed_dictionaries(
        {name: st.sampled_from([100_000.0, 20_000.0, 5_000.0, 0.0]) for name in Money.model_fields}
    )
    prices = section(Prices, post=st.sampled_from([60_000.0, 20_000.0]))  # cheaper ones buy armies
    return section(Capacity, departments=shares, staff=staff, money=money, prices=prices)


def _governance_models() -> st.SearchStrategy[Governance]:
    lowered = st.dictionaries(
        st.sampled_from(get_args(Kind)), st.sampled_from(["community", "street"]), max_size=3
    )
    transfers = st.lists(section(Transfer).filter(lambda t: t["from_tier"] != t["to_tier"]), max_size=2)
    money = st.lists(section(MoneyTransfer), max_size=2)
    by_hand = {
        "govsim": st.just(1),
        "name": st.just({}),
        "resolution": section(Resolution, moved_down=lowered),
        "capacity": section(CapacityBlock, transfers=transfers, money_transfers=money),
    }
    return (
        section(Governance, **by_hand)
        .map(_within_the_whole)
        .map(lambda keys: Governance.model_validate_json(json.dumps(keys)))
    )


_PLANNED = (
    (
        "detection.visit_share",
        "mobilisation.call_share",
        "mobilisation.incubation_share",
        "capacity.training_share",
    ),
    ("capacity.staffing_share", "capacity.maintenance_share", "capacity.relocation_share"),
)
"""Shares of one whole that a model plans elsewhere."""


def _within_the_whole(keys: Drawn) -> Drawn:
    """Shrink planned shares that together exceed what the schema allows."""
    for group in _PLANNED:
        places = [tuple(path.split(".")) for path in group]
        planned = sum(keys[block][name] for block, name in places)
        if planned > MOST_PLANNED:
            for block, name in places:
                keys = keys | {block: keys[block] | {name: keys[block][name] * 0.98 * MOST_PLANNED / planned}}
    return keys
