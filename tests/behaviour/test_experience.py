"""What people make of being served: trust, satisfaction and expectation, opinion, and the belief that acting helps."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from govsim.engine.columns import ACTIVE, ADULT, QUEUED
from govsim.engine.processes import experience, measurement
from govsim.engine.recording import COUNTER, Activity, CaseStatus, HourSource
from govsim.scenario.schema.behaviour import Experience, Participation
from tests.behaviour.kit import SHARES, SINGLE, Keys, cases, closed, declared, engine, examples, scale

PEOPLE: Keys = {
    "population": {"residents": 60, "household_sizes": [0.5, 0.5, 0, 0, 0, 0], "ages": {"under_18": 0.2}},
    "problems": {"classes": {"leak": {
        "kind": "local_soft", "rate": 0.0, "effort_hours": 1.0, "level": "community", "patience_days": 10.0, "report_rate": 0.0,
    }}},
}  # fmt: skip
PATIENCE = 10.0 * 8.0
"""Working hours."""

TIERS = ("community", "street", "district", "centre")


def rules(**drawn: st.SearchStrategy[float]) -> st.SearchStrategy[dict[str, float]]:
    return st.fixed_dictionaries(
        {name: declared(Experience, name) for name in Experience.model_fields} | drawn
    )


EXPERIENCE = rules(published_weeks=st.just(13.0))


@examples(30)
@given(
    EXPERIENCE,
    st.floats(0.0, 8.0),
    st.sampled_from([CaseStatus.RESOLVED, CaseStatus.EXPLAINED]),
    st.integers(0, 99),
)
def test_people_served_judge_by_what_they_expected(
    rule: dict[str, float], delay: float, outcome: CaseStatus, seed: int
) -> None:
    """Trust of each tier by its blame, losses of what is there and gains of what is missing; satisfaction; expectation."""
    there = engine({**PEOPLE, "experience": rule})
    now, household = there.residents, 7
    count = len(now.status)
    now.trust[:] = scale(4 * count, seed).reshape(count, 4)
    now.expectation[:], now.satisfaction[:] = scale(count, seed + 100), 0.5
    trust, expected = now.trust.astype(float), now.expectation.astype(float)
    detected = 3.0
    closed(there, 1, outcome, detected=detected, closed=detected + delay * PATIENCE, household=household)
    experience.run(there)
    served = (there.world.residents.household == household) & (now.status == ADULT)
    assert served.any()
    performance = 0.5**delay if outcome == CaseStatus.RESOLVED else rule["explanation_mark"]
    gap = performance - expected
    for tier, name in enumerate(TIERS):
        blame = rule[f"blame_{name}"]
        gained = trust[:, tier] + rule["gain"] * blame * gap * (1 - trust[:, tier])
        lost = trust[:, tier] + rule["loss"] * blame * gap * trust[:, tier]
        after = np.where(served, np.where(gap > 0, gained, lost), trust[:, tier])
        np.testing.assert_allclose(now.trust[:, tier], after, rtol=SINGLE, atol=SINGLE)
        moved = now.trust[:, tier] - trust[:, tier]
        assert (moved * gap >= -SINGLE).all(), "trust moves the way of the surprise"
    base = rule["satisfaction_base"] + rule["satisfaction_performance"] * performance
    felt = np.clip(base + rule["satisfaction_disconfirmation"] * gap, 0, 1)
    np.testing.assert_allclose(now.satisfaction, np.where(served, felt, 0.5), rtol=SINGLE, atol=SINGLE)
    learnt = expected + np.where(served, rule["expectation_rate"] * gap, 0.0)
    np.testing.assert_allclose(now.expectation, learnt, rtol=SINGLE, atol=SINGLE)


@examples(20)
@given(EXPERIENCE, st.floats(0.2, 1.8), st.integers(0, 99))
def test_waiting_far_too_long_is_felt_once_and_as_nothing_done(
    rule: dict[str, float], waited: float, seed: int
) -> None:
    """A case open for more than twice its patience, at the end of the week, is met once with performance 0."""
    there = engine({**PEOPLE, "experience": rule})
    now = there.residents
    now.expectation[:], now.trust[:] = scale(len(now.status), seed), 0.6
    before = now.expectation.astype(float)
    jobs = cases(there, 2, state=QUEUED, household=np.array([3, 9]))
    jobs["detected"] = there.end - 2.0 * PATIENCE * np.array([1.0 + waited, waited / 2])
    experience.run(there)
    once = now.trust.copy()
    experience.run(there)
    np.testing.assert_array_equal(now.trust, once)
    long, short = (there.world.residents.household == home for home in (3, 9))
    adult = now.status == ADULT
    for tier, name in enumerate(TIERS):
        lost = 0.6 * (1.0 - rule["loss"] * rule[f"blame_{name}"] * before)
        np.testing.assert_allclose(now.trust[long & adult, tier], lost[long & adult], rtol=SINGLE)
    assert (now.trust[~long] == np.float32(0.6)).all()
    assert (long & adult).any()
    assert (short & adult).any()


@examples(20)
@given(declared(Experience, "hearing"), st.integers(0, 99))
def test_opinion_lies_between_what_ties_say_and_what_one_knows(hearing: float, seed: int) -> None:
    """The own part is the mean of the three local tiers, the centre left out; without ties it is all."""
    there = engine({**PEOPLE, "experience": {"hearing": hearing}})
    now = there.residents
    count = len(now.status)
    now.trust[:] = scale(4 * count, seed).reshape(count, 4)
    now.heard[:] = np.where(np.arange(count) % 3 == 0, np.float32(-1.0), scale(count, seed + 1))
    before = now.opinion.astype(float)
    experience.run(there)
    own = now.trust[:, :3].mean(axis=1, dtype=float)
    opinion = np.where(now.heard < 0, own, hearing * now.heard + (1 - hearing) * own)
    opinion = np.where(now.status == ADULT, opinion, before)
    np.testing.assert_allclose(now.opinion, opinion, rtol=SINGLE, atol=SINGLE)


@examples(25)
@given(declared(Participation, "efficacy_gain"), SHARES, st.floats(0.0, 40.0), st.integers(0, 99))
def test_efficacy_of_participants_goes_to_the_share_of_their_hours_that_found_work(
    gain: float, used: float, given_hours: float, seed: int
) -> None:
    there = engine({**PEOPLE, "participation": {"efficacy_gain": gain}})
    now = there.residents
    count = len(now.status)
    now.efficacy[:] = scale(count, seed)
    now.status[::2] |= np.where(now.status[::2] == ADULT, ACTIVE, 0).astype(np.uint8)
    before = now.efficacy.astype(float)
    there.given[:] = given_hours
    there.row.hours[0, HourSource.VOLUNTEER, Activity.CASEWORK] = used * given_hours
    there.row.hours[0, HourSource.VOLUNTEER, Activity.MEETING] = 5.0
    experience.run(there)
    learns = ((now.status & ACTIVE) > 0) & (given_hours > 0)
    after = before + np.where(learns, gain * (used - before), 0.0)
    np.testing.assert_allclose(now.efficacy, after, rtol=SINGLE, atol=SINGLE)


@examples(25)
@given(declared(Participation, "published_gain"), SHARES, SHARES, st.integers(0, 99))
def test_published_results_move_everybody_by_the_hours_spent_on_them(
    gain: float, published: float, spent: float, seed: int
) -> None:
    """They can disappoint; and where nobody spends hours on publishing them nobody is moved."""
    there = engine({**PEOPLE, "participation": {"published_gain": gain}})
    now = there.residents
    now.efficacy[:] = scale(len(now.status), seed)
    before = now.efficacy.astype(float)
    there.published[:] = published
    there.plan.publishing[:] = spent
    experience.run(there)
    after = before + np.where(now.status == ADULT, gain * spent * (published - before), 0.0)
    np.testing.assert_allclose(now.efficacy, after, rtol=SINGLE, atol=SINGLE)
    if spent == 0.0:
        np.testing.assert_array_equal(now.efficacy, before.astype(np.float32))
    assert (now.efficacy[before >= published] <= before[before >= published] + SINGLE).all()
    assert (now.efficacy[now.status != ADULT] == before[now.status != ADULT]).all()


@examples(25)
@given(
    declared(Experience, "published_weeks"),
    st.lists(st.integers(0, 20), min_size=1, max_size=6),
    st.integers(0, 99),
)
def test_what_is_published_is_the_running_mean_of_orders_truly_done(
    weeks: float, due: list[int], seed: int
) -> None:
    """Begun at the first week with orders, unmoved by weeks without, and blind to what offices report as done."""
    there = engine({**PEOPLE, "experience": {"published_weeks": weeks}})
    luck = np.random.default_rng(seed)
    mean = None
    for orders in due:
        true = int(luck.integers(0, orders + 1))
        there.row.counters[:] = 0.0
        for name, value in (("reported_due", orders), ("truly_done", true), ("reported_done", orders)):
            there.row.counters[:, COUNTER[name]] = value
        measurement.run(there)
        if orders:
            mean = true / orders if mean is None else mean
            mean += (true / orders - mean) / max(weeks, 1.0)
        if mean is None:
            assert there.published[0] == experience.NOTHING_LEARNT
        else:
            np.testing.assert_allclose(there.published[0], mean, atol=1e-12)
