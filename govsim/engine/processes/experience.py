"""Experience: people served learn what to expect; neighbours hear.

A resolution is worth ``2 ** (-delay / patience)`` since it came to light, an explanation ``explanation_mark``, and a
case open for twice its patience is felt once as 0. With disconfirmation ``d = performance - expectation`` each adult
of the household updates

- trust in each tier: ``T += gain * blame * d * (1 - T)`` if d > 0, else ``T += loss * blame * d * T`` (losses weigh
  more);
- satisfaction: ``base + a * performance + b * d``, kept within [0, 1]; expectation: ``E += rate * d``

(expectancy-disconfirmation: Van Ryzin 2006; Zhang et al. 2022). Opinions follow Friedkin and Johnsen (1999):
``opinion = hearing * mean of ties + (1 - hearing) * mean of own trust in the three local tiers``. Participants'
efficacy approaches the share of offered hours that found work, everybody's the published results where they are
published, by as much as hours were spent on publishing them this week. One parameter set for all models.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from govsim.engine import columns as col
from govsim.engine.columns import ACTIVE, ADULT, LOCAL_TIERS, Residents
from govsim.engine.process import Process
from govsim.engine.recording import Activity, Outcome, Source
from govsim.kernels import kernel, part

if TYPE_CHECKING:
    from govsim.engine.state import State

NOTHING_LEARNT = -1.0
"""Stands for a share where there was nothing to learn from."""

_RESOLVED = int(Outcome.RESOLVED)


class ExperienceRule(NamedTuple):
    """Parameters of ``experience`` and the learning of efficacy."""

    gain: float
    loss: float
    blame: tuple[float, float, float, float]
    expectation_rate: float
    explanation_mark: float
    performance_weight: float
    disconfirmation_weight: float
    base: float
    hearing: float
    efficacy_gain: float
    published_gain: float


@part
def _meet(state: Residents, rule: ExperienceRule, first: int, last: int, performance: float) -> None:
    """Let the adults of one household experience a performance between 0 and 1."""
    for person in range(first, last):
        if not state.seen[person] & ADULT:
            continue
        gap = performance - state.expectation[person]
        for tier in range(state.trust.shape[1]):
            trust = state.trust[person, tier]
            if gap > 0.0:
                trust += rule.gain * rule.blame[tier] * gap * (1.0 - trust)
            else:
                trust += rule.loss * rule.blame[tier] * gap * trust
            state.trust[person, tier] = trust
        satisfied = rule.base + rule.performance_weight * performance + rule.disconfirmation_weight * gap
        state.satisfaction[person] = min(max(satisfied, 0.0), 1.0)
        state.expectation[person] += rule.expectation_rate * gap


@kernel
def serve(
    jobs: NDArray[np.void],
    used: int,
    classes: NDArray[np.void],
    closings: NDArray[np.int64],
    first_resident: NDArray[np.uint32],
    state: Residents,
    rule: ExperienceRule,
    end: float,
) -> None:
    """Let households experience the closings of the week, and those who wait far too long the waiting."""
    for k in range(closings.shape[0]):
        job = jobs[closings[k]]
        performance = rule.explanation_mark
        if job.outcome == _RESOLVED:
            performance = 2.0 ** (-(job.closed - job.detected) / classes[job.problem_class].patience)
        _meet(state, rule, first_resident[job.household], first_resident[job.household + 1], performance)
    for slot in range(used):
        job = jobs[slot]
        if job.kind != col.CASE or job.overdue:
            continue
        if job.state != col.QUEUED and job.state != col.SERVED and job.state != col.UNFUNDED:
            continue
        if end > job.detected + 2.0 * classes[job.problem_class].patience:
            job.overdue = 1
            _meet(state, rule, first_resident[job.household], first_resident[job.household + 1], 0.0)


@part
def _hear(
    first: np.uint64,
    last: np.uint64,
    state: Residents,
    rule: ExperienceRule,
    used_share: float,
    published: float,
    read: float,
) -> None:
    """Let the residents of one community hear each other and learn from results.

    ``used_share`` and ``published`` are between 0 and 1, negative where there was nothing to learn from; ``read`` is the
    share of the hours of publishing that were spent.
    """
    for i in range(first, last):
        own = 0.0
        for tier in range(LOCAL_TIERS):
            own += state.trust[i, tier]
        own /= LOCAL_TIERS
        heard = state.heard[i]
        opinion = own if heard < 0.0 else rule.hearing * heard + (1.0 - rule.hearing) * own
        state.opinion[i] = opinion if state.seen[i] & ADULT else state.opinion[i]
    if used_share < 0.0 and published < 0.0:
        return
    for i in range(first, last):
        if not state.seen[i] & ADULT:
            continue
        efficacy = state.efficacy[i]
        if used_share >= 0.0 and state.seen[i] & ACTIVE:
            efficacy += rule.efficacy_gain * (used_share - efficacy)
        if published >= 0.0:
            efficacy += rule.published_gain * read * (published - efficacy)
        state.efficacy[i] = efficacy


@kernel
def hear(
    first_community: int,
    last_community: int,
    first_resident: NDArray[np.uint64],
    state: Residents,
    rule: ExperienceRule,
    used_share: NDArray[np.float64],
    published: NDArray[np.float64],
    read: NDArray[np.float64],
) -> None:
    """Let the residents of several communities hear and learn; the three shares are by community."""
    for c in range(first_community, last_community):
        _hear(first_resident[c], first_resident[c + 1], state, rule, used_share[c], published[c], read[c])


def run(state: State) -> None:
    """Let people served judge, and everybody hear."""
    register, now, rule, row = state.register, state.residents, state.rules.experience, state.row
    serve(
        register.jobs,
        register.used,
        state.classes,
        state.closings,
        state.world.households.first,
        now,
        rule,
        state.end,
    )
    nothing = np.full(state.communities, NOTHING_LEARNT)
    worked = row.hours[: state.communities, Source.VOLUNTEER, Activity.CASEWORK]
    used = np.divide(worked, state.given, out=nothing.copy(), where=state.given > 0)
    read = state.plan.publishing
    published = np.where(read > 0.0, state.published, nothing)

    def listen(first: int, last: int) -> None:
        hear(first, last, state.first_resident, now, rule, used, published, read)

    state.passes(listen)


PROCESS = Process(
    "experience",
    "Expectancy-disconfirmation per person served, losses weighing more than gains; neighbours hear; results move efficacy.",
    "被服务者按期望与实际的差距更新信任，损失重于收益；邻里相互影响；公开的成效改变效能感。",
    (
        "classes",
        "world.households",
        "row.hours",
        "given",
        "published",
        "plan",
        "residents.seen",
        "residents.heard",
    ),
    (
        "jobs",
        "residents.trust",
        "residents.opinion",
        "residents.expectation",
        "residents.satisfaction",
        "residents.efficacy",
    ),
    (),
    run,
)
