"""From a governance model to offices with servers and funds: where the district's hours and money stand.

The status quo of ``capacity`` is the same for every model. A model's transfers move hours and money between tiers and
add none; what a model brings from outside is there only in runs *as observed*.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from govsim.draws import PLACE, key
from govsim.engine import columns as col
from govsim.engine.recording import QUESTION, HourSource, Level, Offices
from govsim.engine.rules import SHAPES
from govsim.engine.staff import draw_people
from govsim.scenario import content_hash
from govsim.scenario.origins import digest
from govsim.scenario.schema import Scenario
from govsim.scenario.schema.governance import Governance
from govsim.scenario.schema.timeline import TimelineEntry
from govsim.scenario.timeline import Step, from_inside, steps_of
from govsim.units import DAYS_PER_WEEK, PER_10000, ROUNDING, WEEKS_PER_YEAR
from govsim.world.columns import Hazard, OrganisationKind, World

_HELPER_SOURCE = {
    col.VOLUNTEERS: HourSource.VOLUNTEER,
    col.ORDERED_MEMBERS: HourSource.MEMBER,
    col.ORGANISATIONS: HourSource.ORGANISATION,
    col.ENTERPRISES: HourSource.ENTERPRISE,
}
_POSTS = (col.COMMUNITY_WORKER, col.ENTERPRISES)
"""First and last kind of post."""

_RANK = {"desk": col.ANY, "community": col.COMMUNITY, "street": col.STREET, "department": col.DEPARTMENT}
_EXPOSED_BIT = {
    "all": 0,
    "subsidence": int(Hazard.SUBSIDENCE),
    "water": int(Hazard.WATER),
    "farmland": int(Hazard.FARMLAND),
} | {
    "laid_off": col.LAID_OFF_BIT,
    "elderly": col.ELDERLY_BIT,
}
_ORGANISATION_KINDS = tuple(kind.name.lower() for kind in OrganisationKind)


@dataclass(frozen=True)
class Arm:
    """One governance model under one capacity mode: what is compared.

    Attributes
    ----------
    model : Governance
        With what it brings from outside set to zero in a capacity-neutral run.
    mode : str
        ``neutral`` or ``observed``.
    key : str
        Hash of the content of ``model`` and ``steps``; equal for two arms that are the same thing under two names or
        modes.
    label, label_zh : str
        For people; they enter nothing.
    steps : tuple of Step
        Measures and reforms of this arm alone, after those of the scenario's timeline.
    """

    model: Governance
    mode: Literal["neutral", "observed"]
    key: str
    label: str
    label_zh: str
    steps: tuple[Step, ...] = ()


def resolve_arm(
    model: Governance, mode: Literal["neutral", "observed"], entries: Iterable[TimelineEntry] = ()
) -> Arm:
    """Return the arm of a governance model under a capacity mode, with measures of its own."""
    if mode == "neutral":
        model = from_inside(model)
    steps = steps_of(entries, mode)
    own = content_hash(model)
    key = digest(":".join([own, *(step.key for step in steps)])) if steps else own
    return Arm(
        model,
        mode,
        key,
        " + ".join([model.name.en, *(step.label.en for step in steps)]),
        " + ".join([model.name.zh, *(step.label.zh for step in steps)]),
        steps,
    )


def class_records(scenario: Scenario, model: Governance) -> NDArray[np.void]:
    """Return the problem classes as records, with the tier that resolves each under ``model``."""
    departments = list(scenario.capacity.departments)
    day = scenario.capacity.hours_per_week / DAYS_PER_WEEK
    classes = scenario.problems.classes
    records = np.zeros(len(classes), col.CLASS)
    for record, item in zip(records, classes.values(), strict=True):
        record["rate"] = item.rate / WEEKS_PER_YEAR
        record["severity_low"], record["severity_high"] = item.severity_low, item.severity_high
        record["effort"], record["effort_sigma"] = item.effort_hours, np.sqrt(np.log1p(item.effort_cv**2))
        record["money"], record["money_sigma"] = item.money_yuan, np.sqrt(np.log1p(item.money_cv**2))
        record["report_rate"], record["patrol"] = item.report_rate, item.patrol_visibility
        record["visit"], record["meeting"] = item.visit_visibility, item.meeting_visibility
        record["coproducible"], record["substitutability"] = item.coproducible, item.substitutability
        record["recurrence"], record["lapse_rate"] = item.recurrence, item.lapse_rate
        record["ambiguity"] = item.ambiguity
        record["patience"], record["deadline"] = item.patience_days * day, item.deadline_days * day
        record["department"] = departments.index(item.department) if item.level == "department" else -1
        record["exposed"] = _EXPOSED_BIT[item.exposed]
        record["effort_shape"] = SHAPES.index(item.effort_distribution)
        record["level"] = _RANK[item.level]
        lowered = _RANK[model.resolution.moved_down.get(item.kind, item.level)]
        record["resolves"] = min(lowered, _RANK[item.level])
        record["problem"] = item.kind != QUESTION
    return records


@dataclass(frozen=True)
class Establishment:
    """Offices, servers and money of one arm in one world.

    Attributes
    ----------
    offices : OFFICE records
        Communities, then street units, then departments, then the desk.
    table : Offices
        The same as a table for the recording.
    servers : SERVER records
        Contiguous by office; in communities the places of helpers come first.
    weekly_money : float64 array, shape (offices,)
        Yuan granted each week.
    standing, earmarked : float64 arrays, shape (offices,)
        Yuan of it that are spent each week by rule (posts, upkeep, purchase of services), and that are saved for rehousing.
    bought_hours : float64 array, shape (communities,)
        Hours of organisations a week that the purchase of services pays.
    granted_hours : float
        Paid and seconded hours a week.
    addresses : uint64 array, shape (servers,)
        Address of each post, see :func:`post_addresses`.
    """

    offices: NDArray[np.void]
    table: Offices
    servers: NDArray[np.void]
    weekly_money: NDArray[np.float64]
    standing: NDArray[np.float64]
    earmarked: NDArray[np.float64]
    bought_hours: NDArray[np.float64]
    granted_hours: float
    addresses: NDArray[np.uint64]

    @cached_property
    def department_money(self) -> NDArray[np.float64]:
        """Yuan granted each week to departments; 0 for other offices."""
        return np.where(self.offices["level"] == Level.DEPARTMENT, self.weekly_money, 0.0)

    @cached_property
    def districts(self) -> tuple[NDArray[np.bool_], ...]:
        """By district which offices are its own; communities come first among them."""
        district = self.offices["district"]
        return tuple(district == number for number in range(int(district.max()) + 1))


def set_up_offices(scenario: Scenario, model: Governance, world: World, seed: int) -> Establishment:
    """Set up the offices, servers and funds of one arm.

    Posts of a tier are shared out by residents (communities, street units) or by the declared shares (departments).
    An office's posts that are no whole number become the next whole number of people who all work the same part-time.
    """
    staff, prices = scenario.capacity.staff, scenario.capacity.prices
    capacity = model.capacity
    residents = len(world.residents.age)
    per = residents * PER_10000
    own = {
        "community": staff.community,
        "grid": staff.grid,
        "street": staff.street,
        "department": staff.department,
        "desk": staff.desk,
    }
    posts = {(tier, tier, False): value * per for tier, value in own.items()}
    for transfer in capacity.transfers:
        source = (transfer.from_tier, transfer.from_tier, False)
        moved = posts[source] * transfer.share
        posts[source] -= moved
        target = (
            transfer.to_tier,
            transfer.from_tier if transfer.seconded else transfer.to_tier,
            transfer.seconded,
        )
        posts[target] = posts.get(target, 0.0) + moved
    yearly = _yearly_money(scenario, model, len(world.communities.street), residents)
    posts["community", "community", False] += capacity.staffing_share * yearly["department"] / prices.post
    outside = ("community", "outside", True)
    posts[outside] = posts.get(outside, 0.0) + capacity.observed_seconded * per
    people = np.diff(world.communities.first_resident).astype(float)
    street_of = world.communities.street.astype(np.int32)
    names = list(world.community_names)
    communities, streets = len(people), len(world.street_names)
    shares = np.array(list(scenario.capacity.departments.values()), float)
    shares = shares / shares.sum() if shares.sum() > 0 else shares
    departments = list(scenario.capacity.departments)
    district_of = np.array(scenario.population.district_of_units()) - 1
    districts = int(district_of.max()) + 1
    first_department = communities + streets
    desk = first_department + districts * len(departments)
    count = desk + 1
    weight = {
        "community": people / people.sum(),
        "street": np.bincount(street_of, people, streets) / people.sum(),
        "department": np.outer(np.bincount(district_of[street_of], people) / people.sum(), shares).ravel(),
        "desk": np.ones(1),
    }
    weight["grid"] = weight["community"]
    first = {"community": 0, "grid": 0, "street": communities, "department": first_department, "desk": desk}

    offices = np.zeros(count, col.OFFICE)
    offices["level"] = np.repeat(
        [Level.COMMUNITY, Level.STREET, Level.DEPARTMENT, Level.DESK],
        [communities, streets, districts * len(departments), 1],
    ).astype(np.uint8)
    offices["parent"] = -1
    offices["parent"][:communities] = communities + street_of
    offices["community"] = -1
    offices["community"][:communities] = np.arange(communities)
    offices["street"] = -1
    offices["street"][:communities] = street_of
    offices["street"][communities:first_department] = np.arange(streets)
    offices["first_department"] = -1
    offices["first_department"][:communities] = first_department + district_of[street_of] * len(departments)
    offices["first_department"][communities:first_department] = first_department + district_of * len(
        departments
    )
    offices["district"] = -1
    offices["district"][:communities] = district_of[street_of]
    offices["district"][communities:first_department] = district_of
    offices["district"][first_department:desk] = np.repeat(np.arange(districts), len(departments))
    offices["compliance"] = offices["listing"] = 1.0

    working = scenario.organisations.working_places
    places = {
        col.VOLUNTEERS: working.volunteers,
        col.ORDERED_MEMBERS: working.ordered_members,
        col.ORGANISATIONS: working.organisations,
        col.ENTERPRISES: working.enterprises,
    }
    post_of = {
        "community": col.COMMUNITY_WORKER,
        "grid": col.GRID_WORKER,
        "street": col.STREET_OFFICIAL,
        "department": col.CLERK,
        "desk": col.OPERATOR,
    }
    rows: list[tuple[int, int, int, float]] = []
    for office in range(communities):
        for helper, whose in _HELPER_SOURCE.items():
            rows += [(office, helper, int(whose), 0.0)] * places[helper]
    for (tier, _payroll, seconded), total in posts.items():
        for k, part in enumerate(weight[tier]):
            posts_here = total * float(part)
            if posts_here <= 0:
                continue
            heads = max(1, int(np.ceil(posts_here - ROUNDING)))
            post = col.SECONDED_CADRE if seconded else post_of[tier]
            payroll = HourSource.SECONDED if seconded else HourSource.PAID
            rows += [(first[tier] + k, post, int(payroll), posts_here / heads)] * heads
    rows.sort(key=lambda row: (row[0], row[1] < col.VOLUNTEERS))
    servers = np.zeros(len(rows), col.SERVER)
    for name, values in zip(("office", "post", "source", "fte"), zip(*rows, strict=True), strict=True):
        servers[name] = values
    servers["staff"] = servers["post"] < col.VOLUNTEERS
    servers["job"] = -1
    servers["vacant_until"] = -1
    servers["hired"] = -1
    addresses = post_addresses(servers)
    draw_people(
        scenario, servers, addresses, np.flatnonzero(servers["staff"]), lambda purpose: key(seed, purpose)
    )
    helpers = servers["staff"] == 0
    servers["speed"][helpers] = 1.0
    volunteer_like = np.isin(servers["post"], (col.VOLUNTEERS, col.ORDERED_MEMBERS))
    servers["skill"][helpers] = np.where(
        volunteer_like, scenario.workforce.volunteer_skill, scenario.workforce.organisation_skill
    )[helpers]
    servers["takes"] = _fields_of(servers, scenario, model)
    offices["first_server"] = np.searchsorted(servers["office"], np.arange(count), "left")
    offices["servers"] = np.bincount(servers["office"], minlength=count)
    offices["helpers"] = np.bincount(servers["office"], helpers, count)
    _open_stations(offices, servers, capacity.station_share)

    weekly = np.zeros(count)
    for tier, amount in yearly.items():
        part = weight[tier]
        if tier == "community":
            part = np.full(communities, 1 / communities)
        weekly[first[tier] : first[tier] + len(part)] += amount * part / WEEKS_PER_YEAR
    weekly[:communities] += capacity.observed_money * people / WEEKS_PER_YEAR
    departmental = offices["level"] == Level.DEPARTMENT
    purchase = np.where(departmental, 0.0, capacity.purchase_share) * weekly
    standing = purchase + departmental * (capacity.staffing_share + capacity.maintenance_share) * weekly
    bought = purchase[:communities].copy()
    by_street = np.bincount(street_of, people, streets)
    bought += purchase[communities + street_of] * people / by_street[street_of]

    table = Offices(
        (*names, *world.street_names, *_department_names(scenario, world, districts), "hotline desk"),
        offices["level"].astype(np.int8),
        offices["community"].astype(np.int32),
        offices["street"].astype(np.int32),
    )
    granted = float(servers["fte"][servers["staff"] == 1].sum()) * scenario.capacity.hours_per_week
    return Establishment(
        offices,
        table,
        servers,
        weekly,
        standing,
        departmental * capacity.relocation_share * weekly,
        bought / prices.organisation_hour,
        granted,
        addresses,
    )


def _department_names(scenario: Scenario, world: World, districts: int) -> list[str]:
    departments = list(scenario.capacity.departments)
    if districts == 1:
        return departments
    names = world.district_names or tuple(f"district {number + 1}" for number in range(districts))
    return [f"{department}, {where}" for where in names for department in departments]


def _yearly_money(
    scenario: Scenario, model: Governance, communities: int, residents: int
) -> dict[str, float]:
    """Return the yuan a year of each tier after the model's transfers."""
    money = scenario.capacity.money
    yearly = {
        "community": money.community * communities,
        "street": money.street * residents,
        "department": money.department * residents,
    }
    for transfer in model.capacity.money_transfers:
        amount = yearly[transfer.from_tier] * transfer.share
        yearly[transfer.from_tier] -= amount
        yearly[transfer.to_tier] += amount
    return yearly


def _open_stations(offices: NDArray[np.void], servers: NDArray[np.void], share: float) -> None:
    """Split the community workers of each office that has at least two into a work station and the rest."""
    if share <= 0.0:
        return
    where, community = servers["office"], offices["level"] == Level.COMMUNITY
    workers = np.flatnonzero(community[where] & (servers["post"] == col.COMMUNITY_WORKER))
    at = where[workers]
    number = np.bincount(at, minlength=len(offices))
    split = number >= 2
    station = np.clip(np.rint(share * number), 1, number - 1)
    offices["station"][split] = 1
    servers["duty"][split[where] & (servers["staff"] == 1)] = col.CASES_ONLY
    servers["duty"][workers[split[at] & (_number_within(at) < station[at])]] = col.TASKS_ONLY


def post_addresses(servers: NDArray[np.void]) -> NDArray[np.uint64]:
    """Return an address of each post that does not move when other offices or posts change: office, kind, number within."""
    bucket = servers["office"].astype(np.int64) * (max(_POSTS) + 1) + servers["post"]
    number = _number_within(bucket)
    return (bucket.astype(np.uint64) << PLACE) | number.astype(np.uint64)


def _number_within(group: NDArray[np.integer]) -> NDArray[np.int64]:
    """Return the number of each entry among those of its group, from 0 on in their order."""
    order = np.argsort(group, kind="stable")
    together = group[order]
    number = np.empty(len(group), np.int64)
    number[order] = np.arange(len(group)) - np.searchsorted(together, together)
    return number


def _fields_of(servers: NDArray[np.void], scenario: Scenario, model: Governance) -> NDArray[np.uint32]:
    """Return for each server the classes it may work on, as bits; staff may work on all."""
    kinds = [item.kind for item in scenario.problems.classes.values()]

    def bits(of_kinds: set[str]) -> int:
        return sum(1 << k for k, kind in enumerate(kinds) if kind in of_kinds)

    resolution = model.resolution
    everything = bits(set(kinds))
    fields = scenario.organisations.fields
    organisations = {kind for name in _ORGANISATION_KINDS[:-1] for kind in getattr(fields, name)}
    allowed = {
        col.VOLUNTEERS: everything if resolution.volunteers else 0,
        col.ORDERED_MEMBERS: everything,
        col.ORGANISATIONS: bits(organisations) if resolution.organisations else 0,
        col.ENTERPRISES: bits(set(fields.enterprise)) if resolution.enterprises else 0,
    }
    return np.array([allowed.get(int(post), everything) for post in servers["post"]], np.uint32)
