"""Arrivals: problems arise in households, tasks come down from above.

The order is: new problems household by household; then cases that poor work left behind and that come back; then,
office by office, what grid workers filed last week to fill a quota, and the tasks from higher offices. Problems are a
superposition of Poisson processes, drawn at a ceiling and thinned (Lewis and Shedler 1979), so that what arises under
a better condition is a part of what arises under a worse one. Every draw is addressed by household, week and order in
the household: the same problems with the same effort arise under every model. The equations stand in ``EQUATIONS``
below.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from govsim.draws import PLACE, Key, bits, exponential, uniform
from govsim.engine import columns as col
from govsim.engine.columns import ResidentState, WeekSpan
from govsim.engine.job_draws import WHO, extent, fill_case, poisson
from govsim.engine.pool import enough, take_record
from govsim.engine.process import Draw, Equation, Process, Vector
from govsim.engine.queue import QueueTables, queue_tables
from govsim.engine.recording import COUNTER
from govsim.engine.state import State
from govsim.engine.tasks import TaskKeys, assign_tasks
from govsim.kernels import choose, kernel, part
from govsim.units import BLOCK, ELDERLY_AGE
from govsim.world.columns import Hazard, Households, Work

ZONES = int(Hazard.SUBSIDENCE | Hazard.WATER | Hazard.FARMLAND)
"""Bits of exposure that a household leaves behind when it is rehoused."""
_LAID_OFF = int(Work.LAID_OFF)


class ArrivalKeys(NamedTuple):
    """Addresses of this process's draws of problems."""

    number: Key
    address: Key
    case: Key
    recurrence: Key


@kernel
def arise(
    queue: QueueTables,
    residents: ResidentState,
    households: Households,
    first_household: NDArray[np.uint32],
    mean: NDArray[np.float32],
    groups: NDArray[np.uint8],
    hazards: NDArray[np.uint8],
    factor: NDArray[np.float64],
    ceiling: float,
    keys: ArrivalKeys,
    week: WeekSpan,
    candidates: NDArray[np.void],
) -> int:
    """Write this week's new cases into free job records.

    Parameters
    ----------
    first_household : shape (communities + 1,)
    mean : shape (households,)
        Mean number of new problems a week at the declared rates.
    groups : shape (households,)
        Bits of what the household is exposed to where it lived at the start.
    hazards : shape (households,)
        Bits of the hazard zones it lives in now.
    factor : shape (communities, classes)
        Present factor on the declared rates, at most ``ceiling``.
    candidates : shape (at least the number of candidates,)
        Receives everything that could arise.

    Returns
    -------
    int
        Number of candidates, or -1 when there was no room.
    """
    jobs, classes, free, counts = queue.jobs, queue.classes, queue.free, queue.counts
    first_resident = households.first
    status, age, work = residents.status, residents.age, residents.work
    number_key, address_key, case_key = keys.number, keys.address, keys.case
    start, hours_per_week = week.start, week.hours
    written = 0
    flag, chosen = np.empty(BLOCK, np.uint8), np.empty(BLOCK + 1, np.uint16)
    for c in range(first_household.shape[0] - 1):
        first, last = int(np.int64(first_household[c])), int(np.int64(first_household[c + 1]))
        for at in range(first, last, BLOCK):
            size = min(last - at, BLOCK)
            place = (np.uint64(c) << PLACE) | np.uint64(at - first)
            _may_arise(size, place, number_key, mean[at : at + size], ceiling, flag)
            for n in range(choose(size, flag, chosen)):
                household = at + int(np.int64(chosen[n]))
                address = place + np.uint64(chosen[n])
                u = uniform(number_key, address, np.uint64(0))
                most = np.float64(mean[household]) * ceiling
                for order in range(1, poisson(most, u, number_key, address) + 1):
                    if written == candidates.shape[0]:
                        return -1
                    candidate = candidates[written]
                    written += 1
                    entity = bits(address_key, address, np.uint64(order))
                    candidate.number = counts[col.NEXT_CASE]
                    counts[col.NEXT_CASE] += 1
                    candidate.household = household
                    kind = _class(classes, groups[household], uniform(address_key, entity, np.uint64(1)))
                    item = classes[kind]
                    candidate.problem_class = kind
                    candidate.onset = start + hours_per_week * uniform(address_key, entity, np.uint64(2))
                    candidate.mark = uniform(address_key, entity, np.uint64(0))
                    candidate.severity, candidate.effort, candidate.money = extent(item, case_key, entity)
                    zone = item.exposed & ZONES
                    left_zone = zone != 0 and hazards[household] & zone == 0
                    if left_zone or candidate.mark * ceiling >= factor[c, kind]:
                        continue
                    slot = take_record(jobs, free, counts, col.CASE)
                    if slot < 0:
                        return -1
                    job = jobs[slot]
                    job.number, job.entity = candidate.number, entity
                    job.household, job.community, job.problem_class = household, c, kind
                    job.severity, job.effort, job.money = (
                        candidate.severity,
                        candidate.effort,
                        candidate.money,
                    )
                    fill_case(job, item, case_key, candidate.onset, hours_per_week)
                    job.resident = _affected(
                        status,
                        age,
                        work,
                        int(item.exposed),
                        int(np.int64(first_resident[household])),
                        int(np.int64(first_resident[household + 1])),
                        uniform(case_key, entity, np.uint64(WHO)),
                    )
    return written


@part
def _may_arise(
    size: int,
    place: np.uint64,
    number_key: Key,
    mean: NDArray[np.float32],
    ceiling: float,
    flag: NDArray[np.uint8],
) -> None:
    """Flag the households of a block in which something may arise: exp(-m) >= 1 - m, so below that nothing does."""
    for b in range(size):
        flag[b] = (
            uniform(number_key, place + np.uint64(b), np.uint64(0)) >= 1.0 - np.float64(mean[b]) * ceiling
        )


@part
def _class(classes: NDArray[np.void], groups: int, u: float) -> int:
    """Return a class with probability proportional to its rate among those the household is exposed to."""
    total = 0.0
    for k in range(classes.shape[0]):
        if classes[k].exposed == 0 or (classes[k].exposed & groups) != 0:
            total += classes[k].rate
    left = u * total
    chosen = 0
    for k in range(classes.shape[0]):
        if (classes[k].exposed == 0 or (classes[k].exposed & groups) != 0) and classes[k].rate > 0.0:
            chosen = k
            left -= classes[k].rate
            if left < 0.0:
                break
    return chosen


@part
def _affected(
    status: NDArray[np.uint8],
    age: NDArray[np.uint8],
    work: NDArray[np.uint8],
    exposed: int,
    first: int,
    last: int,
    u: float,
) -> int:
    """Return an adult of a household whose problem it is: one of those that a class of the laid-off or the old strikes.

    Any adult for other classes, the first member where there is no adult.
    """
    for struck_only in (True, False):
        suited = 0
        for person in range(first, last):
            suited += status[person] != 0 and (
                not struck_only or _is_struck(age[person], work[person], exposed)
            )
        pick = int(np.int64(u * suited))
        for person in range(first, last):
            if status[person] != 0 and (not struck_only or _is_struck(age[person], work[person], exposed)):
                if pick == 0:
                    return person
                pick -= 1
    return first


@part
def _is_struck(age: int, work: int, exposed: int) -> bool:
    """Return whether a class strikes a resident: only the laid-off or the old where that is what it is about."""
    if not exposed & (col.LAID_OFF_BIT | col.ELDERLY_BIT):
        return True
    laid_off = exposed & col.LAID_OFF_BIT and work == _LAID_OFF
    return bool(laid_off or (exposed & col.ELDERLY_BIT and age >= ELDERLY_AGE))


@kernel
def recur(
    queue: QueueTables, former: NDArray[np.void], mean_hours: float, keys: ArrivalKeys, week: WeekSpan
) -> bool:
    """Let the cases ``former`` (records of cases closed last week) come back; return whether records sufficed."""
    jobs, free, counts, key, start = queue.jobs, queue.free, queue.counts, keys.recurrence, week.start
    for k in range(former.shape[0]):
        old = former[k]
        slot = take_record(jobs, free, counts, col.CASE)
        if slot < 0:
            return False
        job = jobs[slot]
        job.number = old.number
        job.recurrence = old.recurrence + 1
        job.entity = bits(key, old.entity, np.uint64(0))
        job.household = old.household
        job.resident = old.resident
        job.community = old.community
        job.problem_class = old.problem_class
        onset = max(start, old.closed + mean_hours * exponential(key, old.entity, np.uint64(1)))
        item = queue.classes[job.problem_class]
        job.severity, job.effort, job.money = extent(item, keys.case, job.entity)
        fill_case(job, item, keys.case, onset, week.hours)
    return True


def run(state: State) -> None:
    """Let this week's problems and tasks arrive."""
    pool, world, week, exposure = state.pool, state.world, state.week, state.exposure
    queue, span = queue_tables(state), state.span
    keys = ArrivalKeys(
        state.key("arrivals.number", week),
        state.key("arrivals.address", week),
        state.key("arrivals.case"),
        state.key("arrivals.recurrence"),
    )
    count = arise(
        queue,
        state.residents,
        world.households,
        world.communities.first_household,
        exposure.arrival_mean,
        exposure.groups,
        state.hazards,
        rate_factors(state),
        state.scenario.infrastructure.ceiling,
        keys,
        span,
        pool.candidates,
    )
    enough(count >= 0, "an arrival")
    state.exogenous.update(np.ascontiguousarray(pool.candidates[:count]).data)
    mean_hours = state.scenario.problems.recurrence_weeks * state.hours_per_week
    enough(recur(queue, pool.recurring, mean_hours, keys, span), "a recurrence")
    task_hours = np.zeros((len(state.offices), 1 + 2))
    state.transfers[:] = 0.0
    state.sent = 0
    state.sent = assign_tasks(
        queue,
        state.inbox,
        exposure.task_mean,
        state.rules.tasks,
        TaskKeys(
            state.key("tasks.number", week), state.key("tasks.address", week), state.key("tasks.task", week)
        ),
        span,
        task_hours,
        state.filings,
        state.transfers,
    )
    enough(state.sent >= 0, "a task")
    for place, name in enumerate(("task_hours_arrived", "task_hours_refused", "task_hours_moved")):
        state.row.counters[:, COUNTER[name]] = task_hours[: state.communities, place]
    state.row.counters[:, COUNTER["fees"]] = np.maximum(state.transfers[: state.communities], 0.0)


def make_room(state: State) -> None:
    """Make room in the pool for what can arise in a week."""
    exposure = state.exposure
    problems = exposure.arrival_mean.sum() * state.scenario.infrastructure.ceiling
    state.pool.make_room(float(problems + exposure.task_mean.sum() + state.filings.sum()))


def rate_factors(state: State) -> NDArray[np.float64]:
    """Return the present factor on the declared rate of each class in each community: condition times shocks."""
    declared, now = state.base_scenario.problems.classes, state.scenario.problems.classes
    shock = np.ones(len(now))
    if now is not declared:
        shock[:] = [
            b.rate / a.rate if a.rate > 0 else 1.0
            for a, b in zip(declared.values(), now.values(), strict=True)
        ]
    return np.minimum(state.condition[:, None] * shock, state.scenario.infrastructure.ceiling)


EQUATIONS = (
    Equation(
        "arrivals.factor",
        "f[c, k] = min(condition[c] * rate_now[k] / rate[k], ceiling); f[c, k] = min(condition[c], ceiling) if rate[k] = "
        "0",
        "Present factor on the declared rate of class k in community c. `rate` is what the scenario declares, `rate_now` "
        "what it is while a shock lasts.",
        "社区c中第k类问题发生率的当前倍数。rate为情景设定值，rate_now为外部冲击期间的值。",
        (
            Vector({"condition": 1.5, "rate_now": 0.3, "rate": 0.2, "ceiling": 5}, {"f": 2.25}),
            Vector({"condition": 2, "rate_now": 0.8, "rate": 0.2, "ceiling": 5}, {"f": 5}),
        ),
    ),
    Equation(
        "arrivals.number",
        "m = ceiling * mean[h]; mean[h] = sum of rate[k] over the classes that household h is exposed to; N = the "
        "smallest n with u < sum of exp(-m) * m ** i / i! over i = 0 ... n",
        "Number of candidates in household h this week. mean[h] is in single precision and 0 where no adult lives. A "
        "class strikes everybody or one group: households in one hazard zone at the start, with a laid-off member, or "
        "with a member of 65 and over. Where m is above 256, N is a sum of such numbers with means of 256 and a rest, "
        "each with a draw of its own.",
        "家庭h本周的候选问题数。mean[h]为单精度；无16岁及以上居民的家庭为0。每类问题影响所有家庭，或只影响一类家庭：期初"
        "位于某一影响区、有下岗失业人员、有65岁及以上成员。m大于256时，N为若干个均值256及余数的泊松数之和，各用一次抽取。",
        (
            Vector({"m": 2, "u": 0.5}, {"N": 2}),
            Vector({"m": 0.1, "u": 0.9}, {"N": 0}),
        ),
    ),
    Equation(
        "arrivals.candidate",
        "address = bits(arrivals.address, c << 40 | h, order); number = next number of a problem",
        "For order = 1 ... N, household after household. h is the number of the household inside its community c. The 64 "
        "bits of the draw are the case's own address. Candidates are numbered before they are thinned, so a problem has "
        "one number under every model.",
        "对order = 1至N，逐户进行。h为家庭在本社区c内的序号。抽取的64位即该事项自身的地址。候选问题先编号、后筛选，因此同"
        "一问题在各模式下编号相同。",
    ),
    Equation(
        "arrivals.class",
        "k = the first class with u * sum of rate[j] < sum of rate[j] over j = 0 ... k",
        "Both sums run over classes with a positive rate that the household is exposed to, in their declared order. The "
        "last of them is taken where rounding leaves none.",
        "两处求和均只含发生率为正且该家庭所面临的类别，按设定次序。若因舍入无一满足，取最后一类。",
        (
            Vector({"rate_0": 0.2, "rate_1": 0, "rate_2": 0.6, "u": 0.5}, {"k": 2}),
            Vector({"rate_0": 0.2, "rate_1": 0.1, "rate_2": 0.6, "u": 0.3}, {"k": 1}),
        ),
    ),
    Equation(
        "arrivals.onset",
        "onset = start + week * u",
        "When the candidate would arise, in working hours.",
        "候选问题的发生时间（工作小时）。",
        (Vector({"start": 80, "week": 40, "u": 0.25}, {"onset": 90}),),
    ),
    Equation(
        "arrivals.severity",
        "s = severity_low + (severity_high - severity_low) * u",
        "Severity, kept in single precision. Draws of arrivals.case belong to the case for good; one that comes back has "
        "new ones.",
        "严重程度，以单精度保存。arrivals.case的抽取终身属于该事项；复发的事项另有抽取。",
        (Vector({"low": 0.2, "high": 0.6, "u": 0.5}, {"s": 0.4}),),
    ),
    Equation(
        "arrivals.effort",
        "W = mean * exp(sigma * z - sigma ** 2 / 2) if lognormal; W = mean * x if exponential; W = mean if fixed or mean "
        "= 0; sigma = sqrt(ln(1 + cv ** 2))",
        "Hours of work that the case needs. z = sqrt(-2 * ln(1 - u1)) * cos(2 * pi * u2) from two slots in a row (Box "
        "and Muller 1958), x = -ln(1 - u).",
        "该事项所需工时。z = sqrt(-2 * ln(1 - u1)) * cos(2 * pi * u2)，取相邻两个抽取位（Box和Muller，1958）；x = -ln(1 "
        "- u)。",
        (
            Vector({"mean": 6, "sigma": 0.8, "z": 0.4}, {"W": 6}),
            Vector({"mean": 6, "sigma": 0.8, "z": 1.4}, {"W": 13.353245570954805}),
        ),
    ),
    Equation(
        "arrivals.money",
        "M = mean * exp(sigma * z - sigma ** 2 / 2)",
        "Yuan that the case needs; 0 where the class needs none.",
        "该事项所需资金（元）；该类别不需资金则为0。",
    ),
    Equation(
        "arrivals.unclear",
        "unclear = 1 if u < ambiguity else 0",
        "Whether no office is clearly responsible.",
        "是否权责不清。",
    ),
    Equation(
        "arrivals.luck",
        "luck = -ln(1 - u)",
        "Hazard at which the problem is detected: exponential with mean 1 (see detection.moment).",
        "问题被发现所需的累计风险：均值为1的指数分布（见detection.moment）。",
    ),
    Equation(
        "arrivals.lapse",
        "lapses = onset + week * x / lapse_rate if lapse_rate > 0, else never",
        "When the problem is gone by itself, unless work on it has begun. lapse_rate is per week, x = -ln(1 - u).",
        "问题自行消失的时间，除非已开始办理。lapse_rate以周计，x = -ln(1 - u)。",
        (Vector({"onset": 90, "week": 40, "x": 0.5, "lapse_rate": 0.1}, {"lapses": 290}),),
    ),
    Equation(
        "arrivals.kept",
        "kept if mark * ceiling < f[c, k], else dropped",
        "Thinning. `mark` is uniform. A candidate whose class strikes a hazard zone is also dropped where its household "
        "has left that zone (rehousing). A dropped candidate leaves nothing but its number.",
        "筛选。mark为均匀抽取。若该类问题只在某影响区发生，而该家庭已迁出，也予剔除。被剔除者只占用编号。",
        (
            Vector({"mark": 0.3, "ceiling": 5, "f": 2}, {"kept": 1}),
            Vector({"mark": 0.4, "ceiling": 5, "f": 2}, {"kept": 0}),
        ),
    ),
    Equation(
        "arrivals.owner",
        "owner = member number floor(u * n) of the n suited adults, counted from 0",
        "The adult who reports and who is called back. Suited are laid-off adults for a class of the laid-off, adults of "
        "65 and over for a class of the elderly, all adults for any other class and where nobody is suited; the first "
        "member of the household where there is no adult.",
        "反映问题并接受回访的成年人。下岗类问题取下岗失业成员，老年类问题取65岁及以上成员，其他类别或无人符合时取任一成年"
        "人；无成年人时取家庭第一名成员。",
    ),
    Equation(
        "arrivals.recurrence",
        "onset = max(start, closed + recurrence_weeks * week * x); address = bits(arrivals.recurrence, old address, 0)",
        "For each case that was resolved last week and will come back (casework.recurs), in the order of closing. The "
        "onset may lie in a later week; until then nobody can see it. It keeps number, owner, household and class; its "
        "recurrence is one more, everything else in arrivals.severity to arrivals.lapse is drawn anew. It is not thinned.",
        "针对上周已解决且将复发的每一事项（casework.recurs），按办结次序。发生时间可能在以后某周，此前无人可见。编号、当"
        "事人、家庭和类别不变，复发次数加一；arrivals.severity至arrivals.lapse各项重新抽取。不再筛选。",
        (
            Vector({"start": 80, "closed": 60, "recurrence_weeks": 8, "week": 40, "x": 0.25}, {"onset": 140}),
            Vector({"start": 80, "closed": 60, "recurrence_weeks": 8, "week": 40, "x": 0.03}, {"onset": 80}),
        ),
    ),
    Equation(
        "arrivals.filed",
        "work = intake_hours; office = street office of the community; address = bits(tasks.address, community, 2 ** 64 "
        "- 1 - order)",
        "For order = 1 ... filings[c]: what grid workers filed last week to meet a quota (detection.filings) is "
        "registered by the street office as a task. It counts neither as a task that arrived nor as one that may be "
        "turned away.",
        "对order = 1至filings[c]：上周网格员的凑数上报（detection.filings）由街道（乡镇）作为任务登记。不计入到达任务，也"
        "不适用准入清单。",
    ),
    Equation(
        "arrivals.task_number",
        "N = Poisson(hours_per_1000 * residents / 1000 / effort_hours)",
        "Tasks from higher offices this week, drawn as in arrivals.number, for each community and each street office "
        "with its residents at the start. Departments and the hotline get none.",
        "本周上级任务数，抽取方式同arrivals.number；按各社区、各街道（乡镇）期初居民数计算。部门和热线没有。",
    ),
    Equation(
        "arrivals.task_effort",
        "W as in arrivals.effort, with effort_hours, effort_cv and effort_distribution of the tasks",
        "Hours of one task. They count as arrived (task_hours_arrived) whatever becomes of the task.",
        "一项任务的工时。无论结果如何，均计为到达（task_hours_arrived）。",
    ),
    Equation(
        "arrivals.list",
        "admitted if u1 < listed_share; else the list holds if u2 < L, and L = L * (1 - list_wear) after that comparison",
        "Only in models with an admission list, only for tasks to communities; all others are taken. L is the "
        "community's compliance with the list. Each task that is not on the list wears it, whether or not the list "
        "holds. Where it does not hold the task is taken.",
        "仅适用于设有准入清单的模式，且仅针对下达社区的任务；其他任务一律承接。L为该社区清单的执行程度。清单外任务每出现"
        "一次，L即下降一次，无论清单是否生效。清单未生效时任务照常承接。",
        (Vector({"L": 0.8, "list_wear": 0.05}, {"L": 0.76}),),
    ),
    Equation(
        "arrivals.unlisted",
        "permit_list: nobody does it; moved_up: office = street office; with_fee: office = community if arrivals.fee is "
        "paid, else nobody does it",
        "Where the list holds. What nobody does counts as task_hours_refused, what moves up as task_hours_moved.",
        "清单生效时。无人办理的计入task_hours_refused，上移的计入task_hours_moved。",
    ),
    Equation(
        "arrivals.fee",
        "fee = W * task_hour; fund[payer] -= fee; fund[community] += fee",
        "The payer is the department of the same district with the largest fund, the first in order among equals. Where "
        "its fund is smaller than the fee nothing is paid.",
        "付费方为同一区（县）资金余额最大的部门，相同时取次序靠前者。余额不足时不付费。",
        (Vector({"W": 6, "task_hour": 50}, {"fee": 300}),),
    ),
    Equation(
        "arrivals.task",
        "onset = detected = start + week * u; number = -(next number of a task)",
        "When a task, or a filing, reaches its office. Numbers of tasks are negative and grow in absolute size.",
        "任务或凑数上报到达单位的时间。任务编号为负，绝对值递增。",
    ),
)


PROCESS = Process(
    "arrivals",
    "问题发生",
    "Problems arise per household and class as Poisson streams, tasks from above per office; exogenous to governance.",
    "居民问题按户、按类别以泊松过程发生，上级任务按机构到达；与治理模式无关。",
    (
        "world.households",
        "world.communities",
        "residents.status",
        "residents.age",
        "residents.work",
        "classes",
        "exposure",
        "condition",
        "hazards",
        "filings",
        "pool.recurring",
    ),
    (
        "pool.jobs",
        "pool.free",
        "pool.counts",
        "pool.candidates",
        "pool.inbox_job",
        "pool.inbox_time",
        "offices",
        "transfers",
        "row.counters",
    ),
    (
        Draw(
            "arrivals.number",
            "household: community, number within it",
            "piece of the mean, from 0",
            True,
            "家庭：社区、社区内序号",
            "均值的第几部分，从0起",
        ),
        Draw(
            "arrivals.address",
            "household: community, number within it; candidate: its address",
            "household: order from 1; candidate: 0 mark, 1 class, 2 onset",
            True,
            "家庭：社区、社区内序号；候选问题：其地址",
            "家庭：次序，从1起；候选问题：0筛选、1类别、2发生时间",
        ),
        Draw(
            "arrivals.case",
            "case: its address",
            "0 severity, 1-2 effort, 3-4 money, 5 unclear, 6 luck, 7 lapse, 8 owner",
            False,
            "事项：其地址",
            "0严重程度，1-2工时，3-4资金，5权责不清，6 luck，7自行消失，8当事人",
        ),
        Draw(
            "arrivals.recurrence",
            "case that was closed: its address",
            "0 new address, 1 time",
            False,
            "已办结事项：其地址",
            "0新地址，1时间",
        ),
        Draw(
            "tasks.number",
            "office",
            "piece of the mean, from 0",
            True,
            "单位：其编号",
            "均值的第几部分，从0起",
        ),
        Draw(
            "tasks.address",
            "office",
            "order from 1; filings: 2 ** 64 - 1 - order",
            True,
            "单位：其编号",
            "次序，从1起；凑数上报：2 ** 64 - 1 - 次序",
        ),
        Draw(
            "tasks.task",
            "task: its address",
            "0 time, 1-2 hours, 5 on the list, 7 the list holds",
            True,
            "任务：其地址",
            "0时间，1-2工时，5是否在清单内，7清单是否被遵守",
        ),
    ),
    run,
    EQUATIONS,
)
