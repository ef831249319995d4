"""A small recording whose books close, for tests of the rooms behind the engine.

Cases get onset, detection and closing from keyed draws; every weekly counter is then counted from the cases,
so the ledger and the counters agree by construction, as they must in a real run.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from govsim.draws import key, uniform
from govsim.engine.recording import (
    COUNTERS,
    NEVER,
    Activity,
    CaseStatus,
    Channel,
    Event,
    HourSource,
    Level,
    Offices,
    Recording,
)

HOURS_PER_WEEK = 40.0


@functools.cache
def _draws(seed: int, purpose: str, count: int) -> np.ndarray:
    address = key(seed, f"synthetic.{purpose}")
    drawn = np.array([uniform(address, np.uint64(i), np.uint64(0)) for i in range(count)])
    drawn.flags.writeable = False
    return drawn


def make_recording(
    seed: int = 1,
    weeks: int = 80,
    *,
    speed: float = 1.0,
    report: float = 0.8,
    turnout: float = 0.1,
    cases: int = 400,
    residents: int = 300,
    resolve: bool = True,
    extra_hours: float = 0.0,
) -> Recording:
    """Return a recording; ``speed`` divides handling times, ``report`` is the chance to come to light."""
    horizon = weeks * HOURS_PER_WEEK
    onset = np.sort(_draws(seed, "onset", cases)) * horizon
    problem_class = (_draws(seed, "class", cases) * 4).astype(np.int8)
    lag = -np.log(1.0 - _draws(seed, "lag", cases)) * 60.0
    known = _draws(seed, "report", cases) < report
    detected = np.where(known & (onset + lag < horizon), onset + lag, NEVER)
    handling = -np.log(1.0 - _draws(seed, "handling", cases)) * 120.0 / speed
    handling = np.where(problem_class == 2, handling * 40.0, handling)
    fate = _draws(seed, "fate", cases)
    closed = np.where((detected >= 0) & (detected + handling < horizon), detected + handling, NEVER)
    outcome = np.full(cases, CaseStatus.UNDETECTED, dtype=np.int8)
    outcome[detected >= 0] = CaseStatus.OPEN
    outcome[closed >= 0] = np.where(fate[closed >= 0] < 0.1, CaseStatus.EXPLAINED, CaseStatus.RESOLVED)
    lapsing = (outcome == CaseStatus.UNDETECTED) & (fate > 0.7) & (onset + 200.0 < horizon)
    outcome[lapsing] = CaseStatus.LAPSED
    closed[lapsing] = onset[lapsing] + 200.0
    if not resolve:
        outcome[outcome == CaseStatus.RESOLVED] = CaseStatus.OPEN
        closed[outcome == CaseStatus.OPEN] = NEVER
    solved = outcome == CaseStatus.RESOLVED
    owner = (_draws(seed, "owner", cases) * residents).astype(np.int64)
    community = (owner % 2).astype(np.int32)
    people = _residents(seed, residents, turnout, weeks)
    ledger: dict[str, Any] = {
        "case": np.arange(cases, dtype=np.int64),
        "recurrence": np.zeros(cases, dtype=np.int16),
        "problem_class": problem_class,
        "household": owner // 2,
        "resident": owner,
        "community": community,
        "severity": _draws(seed, "severity", cases),
        "effort": handling / 10.0,
        "money": np.where(problem_class == 2, 1000.0, 0.0),
        "onset": onset,
        "detected": detected,
        "channel": np.where(detected >= 0, Channel.HOTLINE, Channel.NONE).astype(np.int8),
        "first_handled": detected,
        "competent": detected,
        "funded": np.full(cases, NEVER),
        "closed": closed,
        "outcome": outcome,
        "hops": np.ones(cases, dtype=np.int16),
        "refusals": ((detected >= 0) & (np.arange(cases) % 5 == 0)).astype(np.int16),
        "convened": ((detected >= 0) & (np.arange(cases) % 7 == 0)).astype(np.int16),
        "reopened": np.zeros(cases, dtype=np.int16),
        "office": np.where(detected >= 0, community, -1),
        "recurred": (solved & (fate > 0.9)).astype(np.int8),
        "age": people["age"][owner],
        "work": people["work"][owner],
        "hours_government": np.where(solved, 6.0, np.where(detected >= 0, 1.0, 0.0)),
        "hours_members": np.zeros(cases),
        "hours_residents": np.where(solved, 2.0, 0.0),
        "hours_organisations": np.where(solved, 1.5, 0.0),
        "hours_enterprises": np.where(solved, 0.5, 0.0),
    }
    return Recording(
        weeks=weeks,
        seed=seed,
        hours_per_week=HOURS_PER_WEEK,
        communities=("北街", '=South, "old"'),
        classes=("litter", "pipes", "subsidence", "question"),
        class_kinds=("local_soft", "local_hard", "structural", "consultation"),
        weekly=_count(ledger, weeks, residents, turnout, seed),
        cases=ledger,
        residents=people,
        events=events_of(ledger, horizon),
        hashes={"world": f"w{seed}", "network": f"n{seed}", "exogenous": f"x{seed}"},
        **_offices(seed, weeks, extra_hours),
    )


_ENDED = {
    int(CaseStatus.RESOLVED): "resolved",
    int(CaseStatus.EXPLAINED): "explained",
    int(CaseStatus.LAPSED): "lapsed",
}


def _count(ledger: dict[str, Any], weeks: int, residents: int, turnout: float, seed: int) -> dict[str, Any]:
    weekly = {counter.name: np.zeros((weeks, 2)) for counter in COUNTERS}
    week_of = {
        name: np.floor(ledger[name] / HOURS_PER_WEEK).astype(int) for name in ("onset", "detected", "closed")
    }
    columns = (ledger["community"], ledger["outcome"], *week_of.values())
    for where, outcome, start, light, end in zip(*(column.tolist() for column in columns), strict=True):
        weekly["arrived"][start, where] += 1
        hidden_until = light if light >= 0 else (end if end >= 0 else weeks)
        weekly["undetected"][start:hidden_until, where] += 1
        if light >= 0:
            weekly["detected"][light, where] += 1
            weekly["open"][light : end if end >= 0 else weeks, where] += 1
            weekly["reported_due"][light, where] += 1
            weekly["reported_done"][light, where] += outcome in _ENDED and _ENDED[outcome] != "lapsed"
            weekly["truly_done"][light, where] += _ENDED.get(outcome) == "resolved"
        if outcome in _ENDED:
            weekly[_ENDED[outcome]][end, where] += 1
    wobble = 1.0 + 0.1 * (_draws(seed, "wobble", weeks)[:, None] - 0.5)
    adults = residents * 0.4
    weekly["residents"][:] = residents / 2
    weekly["adults"][:] = adults
    weekly["registered"][:] = 0.09 * adults
    weekly["active"][:] = turnout * 0.5 * adults * wobble
    weekly["active_4w"][:] = turnout * adults * wobble
    weekly["ever_active"][:] = np.minimum(adults, np.arange(1, weeks + 1)[:, None] * turnout)
    weekly["self_started_hours"][:] = 2.0 * weekly["active"]
    weekly["called_hours"][:] = weekly["active"]
    weekly["contacts"][:] = 2.0 * weekly["detected"]
    weekly["desk_answered"][:] = weekly["detected"]
    weekly["dispatched"][:] = weekly["detected"]
    weekly["callbacks"][:] = weekly["resolved"]
    weekly["callbacks_satisfied"][:] = np.floor(0.7 * weekly["resolved"])
    for tier, trust in enumerate((0.5, 0.52, 0.6, 0.8)):
        name = ("trust_community", "trust_street", "trust_district", "trust_centre")[tier]
        weekly[name][:] = (trust + 0.05 * turnout * wobble) * adults
    weekly["satisfaction"][:] = 0.6 * adults
    weekly["efficacy"][:] = 0.4 * adults * wobble
    return weekly


NOBODY = 255
_STREET, _WORKS, _DESK = 2, 3, 4
_PAID = int(HourSource.PAID)
_WORKERS = (
    ("hours_government", _PAID), ("hours_members", int(HourSource.MEMBER)), ("hours_residents", int(HourSource.VOLUNTEER)),
    ("hours_organisations", int(HourSource.ORGANISATION)), ("hours_enterprises", int(HourSource.ENTERPRISE)),
)  # fmt: skip
_ARISE, _DETECT, _AT_DESK, _INTAKE, _REFUSED, _SUMMONS, _MEETING, _TAKEN_ON, _WAITS, _FUNDED, _WORKED = map(
    int,
    (
        Event.ARISE, Event.DETECT, Event.DESK, Event.INTAKE, Event.REFUSED, Event.SUMMONS, Event.MEETING, Event.TAKEN_ON,
        Event.WAITS_FOR_MONEY, Event.FUNDED, Event.WORKED,
    ),
)  # fmt: skip
_CLOSING = {
    int(CaseStatus.RESOLVED): int(Event.RESOLVED),
    int(CaseStatus.EXPLAINED): int(Event.EXPLAINED),
    int(CaseStatus.LAPSED): int(Event.LAPSED),
}


def events_of(ledger: dict[str, Any], horizon: float) -> dict[str, Any]:
    """Return the events behind the ledger: its hours, hops, refusals and meetings, between its time stamps."""
    rows: list[tuple[int, int, float, int, int, int, float, int, int]] = []
    last = int(horizon // HOURS_PER_WEEK) - 1
    plain = {name: column.tolist() for name, column in ledger.items()}
    shares = np.linspace(0.05, 0.95, 10).tolist()
    for case in plain["case"]:
        light, end = plain["detected"][case], plain["closed"][case]
        until = end if end >= 0 else horizon

        def add(
            time: float, what: int, office: int, source: int = NOBODY, hours: float = 0.0, at: int = case
        ) -> None:
            channel = plain["channel"][at] if what == _DETECT else 0
            rows.append(
                (at, 0, time, what, office, source, hours, channel, min(int(time // HOURS_PER_WEEK), last))
            )

        add(plain["onset"][case], _ARISE, -1)
        if light >= 0:
            steps = [light + (until - light) * share for share in shares]
            own = plain["office"][case]
            add(light, _DETECT, _DESK)
            add(steps[0], _AT_DESK, _DESK, _PAID, 0.125)
            add(steps[1], _INTAKE, own, _PAID, 0.5)
            if plain["refusals"][case]:
                add(steps[2], _REFUSED, _WORKS)
            if plain["convened"][case]:
                add(steps[3], _SUMMONS, _STREET)
                add(steps[4], _MEETING, _STREET, _PAID, 1.0)
                add(steps[4], _MEETING, _WORKS, _PAID, 0.75)
            add(steps[5], _TAKEN_ON, own)
            if plain["problem_class"][case] == 2:
                add(steps[5], _WAITS, own)
                add(steps[7], _FUNDED, own)
            for column, source in _WORKERS:
                if plain[column][case] > 0:
                    add(steps[8], _WORKED, own, source, plain[column][case])
        if plain["outcome"][case] in _CLOSING:
            add(end, _CLOSING[plain["outcome"][case]], plain["office"][case])
    kinds = (np.int64, np.uint16, np.float64, np.uint8, np.int16, np.uint8, np.float32, np.uint8, np.uint16)
    names = ("case", "recurrence", "time", "what", "office", "source", "hours", "channel", "week")
    columns = zip(*rows, strict=True) if rows else [()] * len(names)
    return {name: np.array(column, kind) for name, kind, column in zip(names, kinds, columns, strict=True)}


def _residents(seed: int, count: int, turnout: float, weeks: int) -> dict[str, Any]:
    draw = {name: _draws(seed, f"resident.{name}", count) for name in ("age", "work", "active", "degree")}
    active = draw["active"] < turnout
    return {
        "community": (np.arange(count) % 2).astype(np.uint16),
        "age": (draw["age"] * 90).astype(np.uint8),
        "female": (np.arange(count) % 2).astype(np.uint8),
        "schooling": (np.arange(count) % 4).astype(np.uint8),
        "work": (draw["work"] * 7).astype(np.uint8),
        "migrant": (np.arange(count) % 10 == 0).astype(np.uint8),
        "party_member": (np.arange(count) % 11 == 0).astype(np.uint8),
        "exposure": np.where(np.arange(count) % 7 == 0, 1, 0).astype(np.uint8),
        "housing": (np.arange(count) % 4).astype(np.uint8),
        "degree": (draw["degree"] * 20).astype(np.int32),
        "party_distance": np.where(np.arange(count) % 11 == 0, 0, np.arange(count) % 5 - 1).astype(np.int32),
        "birthday": (np.arange(count) % 52).astype(np.int8),
        "registered_start": (np.arange(count) % 13 == 0).astype(np.uint8),
        "registered": (np.arange(count) % 12 == 0).astype(np.uint8),
        "weeks_active": np.where(active, weeks // 4, 0),
        "hours_given": np.where(active, 10.0, 0.0),
        "hours_26w": np.where(active, 4.0, 0.0),
        "household": np.arange(count) // 2,
        "times_called": (np.arange(count) % 4).astype(np.uint16),
        "first_active": np.where(active, 3, -1).astype(np.int32),
        "last_active": np.where(active, weeks // 4 + 3, -1).astype(np.int32),
        "left_week": np.where(np.arange(count) % 97 == 96, weeks // 2, -1).astype(np.int32),
        "trust_start": np.repeat([[0.45, 0.5, 0.6, 0.85]], count, axis=0).astype(np.float32),
        "trust": np.repeat([[0.5, 0.52, 0.6, 0.8]], count, axis=0).astype(np.float32),
        "opinion": np.full(count, 0.5),
        "satisfaction": np.full(count, 0.6),
        "efficacy": np.full(count, 0.4),
    }


def _offices(seed: int, weeks: int, extra_hours: float) -> dict[str, Any]:
    levels = np.array(
        [Level.COMMUNITY, Level.COMMUNITY, Level.STREET, Level.DEPARTMENT, Level.DESK], dtype=np.int8
    )
    offices, wobble = levels.size, 0.8 + 0.2 * _draws(seed, "load", weeks)
    supplied = np.zeros((weeks, offices, len(HourSource)))
    supplied[:, :, HourSource.PAID] = 80.0 + extra_hours / (weeks * offices)
    supplied[:, :2, HourSource.VOLUNTEER] = 12.0
    hours = np.zeros((weeks, offices, len(HourSource), len(Activity)))
    for activity, share in ((Activity.TASKS, 0.5), (Activity.CASEWORK, 0.3), (Activity.VISIT, 0.05)):
        hours[..., activity] = supplied * share
    hours[..., Activity.IDLE] = supplied - hours.sum(axis=3)
    table = np.ones((weeks, offices))
    return {
        "offices": Offices(
            names=("north", "south", "street", "works", "desk"), level=levels,
            community=np.array([0, 1, -1, -1, -1], dtype=np.int32),
            street=np.array([0, 0, 0, -1, -1], dtype=np.int32),
        ),
        "hours": hours,
        "supplied": supplied,
        "granted": supplied[:, :, HourSource.PAID].sum(axis=1),
        "money_granted": 100.0 * table,
        "money_spent": 60.0 * table,
        "posts": 2.0 * table,
        "filled": 2.0 * table,
        "burnt_out": table * wobble[:, None],
        "quits": np.where(np.arange(weeks)[:, None] % 40 == 0, table, 0.0),
        "load": table * wobble[:, None] * 1.2,
        "tasks_undone": 5.0 * table,
    }  # fmt: skip
