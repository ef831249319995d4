"""What work does to those who do it: load, burnout, leaving, and what they know."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from govsim.draws import key
from govsim.engine import columns as col
from govsim.engine.processes import casework, effort, institutions
from govsim.engine.recording import Activity, HourSource
from govsim.engine.rules import workforce_rule
from govsim.engine.staff import leavers, wear
from govsim.scenario.schema.offices import Workforce
from tests.behaviour.kit import SHARES, Keys, declared, engine, examples, rare, sent
from tests.theory.specs import scenario

WEAR = st.fixed_dictionaries(
    {
        "comfortable_load": declared(Workforce, "comfortable_load", 2.0),
        "burnout_gain": declared(Workforce, "burnout_gain", 1.0),
        "burnout_decay": declared(Workforce, "burnout_decay"),
        "burnout_tenure": declared(Workforce, "burnout_tenure"),
    }
)
LEARN = st.fixed_dictionaries(
    {
        name: declared(Workforce, name)
        for name in ("skill", "trained_skill", "learning_weeks", "training_fades")
    }
    | {"training_hours": declared(Workforce, "training_hours", 500.0)}
)


def people(count: int, seed: int) -> NDArray[np.void]:
    """Return staff of two offices with burnout, skill, susceptibility and time in post drawn at random."""
    luck = np.random.default_rng(seed)
    servers = np.zeros(count, col.SERVER)
    servers["staff"], servers["office"] = 1, np.arange(count) % 2
    for name, most in (("burnout", 1.0), ("skill", 1.0), ("susceptibility", 2.0)):
        servers[name] = luck.uniform(0.0, most, count)
    servers["hired"] = -luck.integers(1, 1000, count)
    return servers


@examples(30)
@given(WEAR, st.floats(0.0, 4.0), st.floats(0.0, 4.0), st.integers(0, 500), st.integers(0, 99))
def test_burnout_grows_with_load_above_the_comfortable_one_and_fades(
    rule: dict[str, float], one: float, other: float, week: int, seed: int
) -> None:
    """By a person's susceptibility and years in post; who is not there is not worn; it stays within 0 and 1."""
    spec = scenario({"workforce": rule})
    servers, load = people(40, seed), np.array([one, other])
    before, present = servers["burnout"].copy(), np.arange(40) % 5 != 0
    wear(servers, present, present, load, np.zeros(2), workforce_rule(spec), week, np.zeros(2))
    years = (week - servers["hired"]) / 52
    for n in range(40):
        over = max(0.0, load[n % 2] - rule["comfortable_load"])
        grown = (
            rule["burnout_gain"]
            * servers["susceptibility"][n]
            * (1 + rule["burnout_tenure"] * years[n])
            * over
        )
        after = min(max(before[n] + grown - rule["burnout_decay"] * before[n], 0.0), 1.0)
        assert servers["burnout"][n] == pytest.approx(after if present[n] else before[n], abs=1e-12)
        if over == 0.0:
            assert servers["burnout"][n] <= before[n]


@examples(30)
@given(LEARN, st.floats(0.0, 40.0), st.integers(0, 99))
def test_skill_goes_to_that_of_experience_and_with_training_beyond(
    rule: dict[str, float], hours: float, seed: int
) -> None:
    """Newcomers learn within ``learning_weeks``; what training gave fades within ``training_fades``; training only adds."""
    spec = scenario({"workforce": rule})
    servers = people(40, seed)
    before, present = servers["skill"].copy(), np.arange(40) % 5 != 0
    learnt = np.full(2, 1.0 - np.exp(-hours / rule["training_hours"]))
    wear(servers, present, present, np.zeros(2), learnt, workforce_rule(spec), 0, np.zeros(2))
    for n in range(40):
        gap = rule["skill"] - before[n]
        after = before[n] + gap / max(rule["learning_weeks" if gap > 0 else "training_fades"], 1.0)
        after += max(rule["trained_skill"] - after, 0.0) * (1 - np.exp(-hours / rule["training_hours"]))
        assert servers["skill"][n] == pytest.approx(after if present[n] else before[n], abs=1e-12)


@examples(8)
@given(
    st.floats(0.001, 0.2), declared(Workforce, "quit_burnout", 4.0), st.lists(SHARES, min_size=2, max_size=2, unique=True),
    st.integers(0, 2**31),
)  # fmt: skip
def test_the_burnt_out_leave_sooner(rate: float, burnt: float, burnouts: list[float], seed: int) -> None:
    """Hazard ``rate * exp(quit_burnout * B)``, chance ``1 - exp(-hazard)``; who is away does not leave.

    20,000 people of each burnout; 4.5 standard errors, a false alarm in 150,000 comparisons.
    """
    count = 40_000
    spec = scenario({"workforce": {"quit_rate": rate, "quit_burnout": burnt}})
    servers = np.zeros(count, col.SERVER)
    servers["burnout"] = np.repeat(sorted(burnouts), count // 2)
    present = np.arange(count) % 4 != 0
    gone = leavers(
        workforce_rule(spec),
        servers,
        np.arange(count, dtype=np.uint64),
        present,
        key(seed, "institutions.quit", 3),
    )
    assert present[gone].all()
    for half, burnout in enumerate(sorted(burnouts)):
        left = ((gone >= half * count // 2) & (gone < (half + 1) * count // 2)).sum()
        chance = 1.0 - np.exp(-rate * np.exp(burnt * burnout))
        assert not rare(left, present.sum() / 2, chance), (left, chance)


OFFICE: Keys = {"population": {"residents": 100}, "capacity": {"staff": {"community": 100.0, "street": 50.0}}}
"""One full post in the community, half a post in the street unit."""


@examples(25)
@given(
    st.floats(0.0, 60.0), st.floats(0.0, 200.0), st.floats(0.0, 20.0), declared(Workforce, "backlog_weeks", 60.0)
)  # fmt: skip
def test_load_is_work_done_and_backlog_felt_over_hours_there(
    worked: float, waiting: float, idle: float, weeks: float
) -> None:
    """Idle hours are no load; an office without anybody has none."""
    there = engine({**OFFICE, "workforce": {"backlog_weeks": weeks}})
    there.present[:] = (there.servers["staff"] == 1) & (there.servers["office"] == 0)
    hours = there.row.hours
    hours[0, HourSource.PAID, Activity.CASEWORK], hours[0, HourSource.SECONDED, Activity.TASKS] = worked, 2.0
    hours[0, HourSource.PAID, Activity.IDLE], hours[0, HourSource.VOLUNTEER, Activity.CASEWORK] = idle, 7.0
    there.offices["waiting"][:] = waiting
    institutions.run(there)
    assert there.row.load[0] == pytest.approx((worked + 2.0 + waiting / weeks) / 40.0, rel=1e-12)
    assert (there.row.load[1:] == 0.0).all()


@examples(15)
@given(st.floats(1.0, 400.0), st.floats(0.01, 0.85), st.floats(1.0, 100.0))
def test_training_is_the_same_for_a_share_of_a_post_as_for_a_whole_one(
    posts: float, share: float, pace: float
) -> None:
    """Staff of a post learn by its full-time hours of training, whatever the size of the post in this district."""
    keys = {
        **OFFICE,
        "capacity": {"staff": {"community": posts}},
        "workforce": {"skill": 0.4, "trained_skill": 0.9, "training_hours": pace, "training_fades": 1e3},
    }
    there = engine(keys, {"capacity": {"training_share": share}})
    effort.run(there)
    institutions.run(there)
    skill = 0.4 + 0.5 * (1 - np.exp(-share * 40.0 / pace))
    staff = there.servers["staff"] == 1
    np.testing.assert_allclose(there.servers["skill"][staff], skill, rtol=1e-9)
    booked = there.row.hours[0, HourSource.PAID, Activity.TRAINING]
    assert booked == pytest.approx(share * 40.0 * posts / 100.0, rel=1e-9)


@examples(15)
@given(declared(Workforce, "slowing"), SHARES, st.floats(0.5, 1.5))
def test_the_burnt_out_are_slower(slowing: float, burnout: float, speed: float) -> None:
    """A case of an hour takes ``1 / (speed * (1 - slowing * B))`` hours."""
    if slowing * burnout > 0.95:
        return
    item = {"kind": "local_soft", "rate": 0.0, "effort_hours": 1.0, "level": "community", "report_rate": 0.0}
    there = engine({**OFFICE, "workforce": {"slowing": slowing}, "problems": {"classes": {"soft": item}}})
    effort.run(there)
    staff = there.servers["office"] == 0
    there.servers["burnout"][staff], there.servers["speed"][staff] = burnout, speed
    jobs = sent(there, 1, np.zeros(1), effort=1.0)
    casework.run(there)
    assert jobs["closed"][0] == pytest.approx(1.0 / (speed * (1.0 - slowing * burnout)), rel=1e-9)


@examples(20)
@given(st.floats(0.0, 40.0), st.floats(0.0, 0.9), st.sampled_from([0.0, 1.0, 5.0, 100.0, 200.0]), SHARES)
def test_publishing_takes_hours_of_staff_and_counts_by_as_many_as_were_spent(
    needed: float, visits: float, posts: float, waiting: float
) -> None:
    """Out of what visits leave, cut like all plans by tasks that wait; without hours nothing is published."""
    keys = {**OFFICE, "capacity": {"staff": {"community": posts}}, "handling": {"publishing_hours": needed}}
    there = engine(
        keys,
        {
            "detection": {"visit_share": visits},
            "accountability": {"publishes_results": True, "answers_to": "upward"},
        },
    )
    week = 40.0 * posts / 100.0
    there.tasks_waiting[0] = waiting * week
    effort.run(there)
    wanted = needed * 100 / 1000
    spent = min(wanted, week * (1 - visits)) * (1 - waiting)
    booked = there.row.hours[0, HourSource.PAID, Activity.PUBLISHING]
    assert booked == pytest.approx(spent, rel=1e-9, abs=1e-12)
    assert there.plan.publishing[0] == pytest.approx(spent / wanted if wanted else 0.0, rel=1e-9, abs=1e-12)
