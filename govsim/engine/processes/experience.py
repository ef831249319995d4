"""Experience: people served learn what to expect; neighbours hear.

Closings of the week are felt first, in their order in the register; then the waiting of cases open for twice their
patience, once each; then neighbours hear. Expectancy-disconfirmation: Van Ryzin 2006, Zhang et al. 2022. Opinions: Friedkin
and Johnsen 1999. Losses weigh more than gains. One parameter set for all models. Its equations follow.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from govsim.engine import columns as col
from govsim.engine.columns import ACTIVE, ADULT, LOCAL_TIERS, NOTHING_LEARNT, TIERS, ResidentState, in_tier
from govsim.engine.process import Equation, Process, Vector
from govsim.engine.recording import Activity, CaseStatus, HourSource
from govsim.engine.rules import ExperienceRule
from govsim.engine.state import State
from govsim.kernels import kernel, part
from govsim.units import BLOCK

_RESOLVED = int(CaseStatus.RESOLVED)


@part
def _meet(state: ResidentState, rule: ExperienceRule, first: int, last: int, performance: float) -> None:
    """Let the adults of one household experience a performance between 0 and 1."""
    for person in range(first, last):
        if not state.status[person] & ADULT:
            continue
        gap = performance - state.expectation[person]
        for tier in range(state.trust.shape[1]):
            trust = state.trust[person, tier]
            if gap > 0.0:
                trust += rule.gain * rule.blame[tier] * gap * (1.0 - trust)
            else:
                trust += rule.loss * rule.blame[tier] * gap * trust
            state.trust[person, tier] = trust
        satisfied = (
            rule.satisfaction_base
            + rule.satisfaction_performance * performance
            + rule.satisfaction_disconfirmation * gap
        )
        state.satisfaction[person] = min(max(satisfied, 0.0), 1.0)
        state.expectation[person] += rule.expectation_rate * gap


@kernel
def serve(
    jobs: NDArray[np.void],
    used: int,
    classes: NDArray[np.void],
    closings: NDArray[np.int64],
    first_resident: NDArray[np.uint32],
    state: ResidentState,
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
    first: int,
    last: int,
    state: ResidentState,
    trust: NDArray[np.float32],
    rule: ExperienceRule,
    used_share: float,
    published: float,
    read: float,
    own: NDArray[np.float64],
) -> None:
    """Let the residents of one community hear each other and learn from results.

    ``used_share`` and ``published`` are between 0 and 1, negative where there was nothing to learn from; ``read`` is the
    share of the hours of publishing that were spent. ``trust`` of shape (residents * TIERS,) is their trust, one resident
    after the other; ``own`` of shape (BLOCK,) is written over.
    """
    learns = used_share >= 0.0 or published >= 0.0
    for at in range(first, last, BLOCK):
        size = min(last - at, BLOCK)
        status, heard = state.status[at : at + size], state.heard[at : at + size]
        opinion, able = state.opinion[at : at + size], state.efficacy[at : at + size]
        held = trust[at * TIERS : (at + size) * TIERS]
        for b in range(size):
            own[b] = (in_tier(held, b, 0) + in_tier(held, b, 1) + in_tier(held, b, 2)) / LOCAL_TIERS
        for b in range(size):
            new = own[b] if heard[b] < 0.0 else rule.hearing * heard[b] + (1.0 - rule.hearing) * own[b]
            opinion[b] = new if status[b] & ADULT else opinion[b]
        if learns:
            for b in range(size):
                efficacy = np.float64(able[b])
                by_work = efficacy + rule.efficacy_gain * (used_share - efficacy)
                efficacy = by_work if used_share >= 0.0 and status[b] & ACTIVE else efficacy
                by_reading = efficacy + rule.published_gain * read * (published - efficacy)
                efficacy = by_reading if published >= 0.0 else efficacy
                able[b] = efficacy if status[b] & ADULT else able[b]


@kernel
def hear(
    first_community: int,
    last_community: int,
    first_resident: NDArray[np.uint64],
    state: ResidentState,
    trust: NDArray[np.float32],
    rule: ExperienceRule,
    used_share: NDArray[np.float64],
    published: NDArray[np.float64],
    read: NDArray[np.float64],
) -> None:
    """Let the residents of several communities hear and learn; the three shares are by community."""
    own = np.empty(BLOCK)
    for c in range(first_community, last_community):
        first, last = int(np.int64(first_resident[c])), int(np.int64(first_resident[c + 1]))
        _hear(first, last, state, trust, rule, used_share[c], published[c], read[c], own)


def run(state: State) -> None:
    """Let people served judge, and everybody hear."""
    pool, now, rule, row = state.pool, state.residents, state.rules.experience, state.row
    serve(
        pool.jobs,
        pool.used,
        state.classes,
        state.closings,
        state.world.households.first,
        now,
        rule,
        state.end,
    )
    nothing = np.full(state.communities, NOTHING_LEARNT)
    worked = row.hours[: state.communities, HourSource.VOLUNTEER, Activity.CASEWORK]
    used = np.divide(worked, state.given, out=nothing.copy(), where=state.given > 0)
    read = state.plan.publishing
    published = np.where(read > 0.0, state.published, nothing)

    trust = now.trust.reshape(-1)

    def listen(first: int, last: int) -> None:
        hear(first, last, state.first_resident, now, trust, rule, used, published, read)

    state.passes(listen)


EQUATIONS = (
    Equation(
        "experience.performance",
        "y = 2 ** (-(closed - detected) / patience) if resolved; y = explanation_mark if explained; "
        "y = 0 once, when end > detected + 2 * patience and the case is still queued, in work or without money",
        "What a household experiences, for each of its cases closed this week and for each that waits too long. An explanation "
        "counts whether or not it is accepted. Time runs from the first report, over reopenings too.",
        "家庭对本周办结的每件事项，以及等待过久的每件事项的感受。解释无论是否被接受均计入；时间自首次报告起算，重新出现后不归零。",
        (Vector({"closed": 130, "detected": 50, "patience": 80, "resolved": 1}, {"y": 0.5}),),
    ),
    Equation(
        "experience.trust",
        "d = y - E; T[k] += gain * blame[k] * d * (1 - T[k]) if d > 0; T[k] += loss * blame[k] * d * T[k] if d <= 0",
        "Each adult of the household, each tier k.",
        "该家庭的每名成年人，对每一级机构k。",
        (
            Vector({"y": 0.9, "E": 0.5, "gain": 0.1, "blame": 0.5, "T": 0.6}, {"T": 0.608}),
            Vector({"y": 0.1, "E": 0.5, "loss": 0.2, "blame": 0.5, "T": 0.6}, {"T": 0.576}),
        ),
    ),
    Equation(
        "experience.satisfaction",
        "S = min(max(base + performance_weight * y + disconfirmation_weight * d, 0), 1)",
        "The same adults; it replaces what was felt before.",
        "同一批成年人；取代此前的满意度。",
        (
            Vector(
                {"base": 0.1, "performance_weight": 0.5, "y": 0.8, "disconfirmation_weight": 0.3, "d": 0.2},
                {"S": 0.56},
            ),
        ),
    ),
    Equation(
        "experience.expectation",
        "E += expectation_rate * d",
        "The same adults, after trust and satisfaction.",
        "同一批成年人，在信任和满意度之后更新。",
        (Vector({"E": 0.5, "expectation_rate": 0.2, "d": -0.4}, {"E": 0.42}),),
    ),
    Equation(
        "experience.opinion",
        "own = (T[community] + T[street] + T[district]) / 3; O = own if nobody was heard, "
        "else hearing * H + (1 - hearing) * own",
        "Every adult. H is the mean opinion of the ties, as participation left it this week.",
        "每名成年人。H为本周参与过程算出的社会关系平均看法。",
        (
            Vector(
                {"T_community": 0.6, "T_street": 0.5, "T_district": 0.4, "H": 0.7, "hearing": 0.25},
                {"O": 0.55},
            ),
        ),
    ),
    Equation(
        "experience.efficacy",
        "F += efficacy_gain * (used - F)",
        "Adults who took part this week. `used` is the share of their community's voluntary hours, after meetings and looking "
        "in, that went into cases; nothing moves where no hours were offered.",
        "本周参与的成年人。used为本社区志愿工时（扣除会议和邻里照看）中用于办件的比例；没有可用工时则不变。",
        (Vector({"F": 0.4, "efficacy_gain": 0.1, "used": 0.9}, {"F": 0.45}),),
    ),
    Equation(
        "experience.published",
        "F += published_gain * p * (published - F)",
        "Every adult, after `experience.efficacy`, where the model publishes results and something was ever due. p is the "
        "share of the hours of publishing that were spent this week, `published` as measurement left it last week.",
        "在公开结果的模式下，每名成年人，在experience.efficacy之后，且曾有工单到期。p为本周结果公开所需工时的实际投入比例；"
        "published为上周测量后的公开值。",
        (Vector({"F": 0.5, "published_gain": 0.02, "p": 0.5, "published": 0.8}, {"F": 0.503}),),
    ),
)


PROCESS = Process(
    "experience",
    "体验",
    "Expectancy-disconfirmation per person served, losses weighing more than gains; neighbours hear; results move efficacy.",
    "被服务者按期望与实际的差距更新信任，损失重于收益；邻里相互影响；公开的成效改变效能感。",
    (
        "classes",
        "pool.closings",
        "pool.counts",
        "world.households",
        "first_resident",
        "row.hours",
        "given",
        "published",
        "plan",
        "residents.status",
        "residents.heard",
    ),
    (
        "pool.jobs",
        "residents.trust",
        "residents.opinion",
        "residents.expectation",
        "residents.satisfaction",
        "residents.efficacy",
    ),
    (),
    run,
    EQUATIONS,
)
