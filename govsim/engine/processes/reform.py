"""Reform: the timeline puts into force what begins or ends in a week.

Shocks, countermeasures and changes of the governance model are steps of a timeline. A step has a strength in each week, and one
with a condition begins in the week after the condition was met. From then on every equation uses the rules and parameters in
force. What stands in columns is not changed: the plan of last week, lists of volunteers, places in turns, open cases. Lists of
households to visit, contacts of Party members and, if its rule changes, the service roll are made anew. Where hours or money
of offices change, offices are set up anew: people keep their posts as far as there are the same ones, and offices their queues.
The equations stand in ``EQUATIONS`` below.
"""

from __future__ import annotations

import numpy as np

from govsim.engine import columns as col
from govsim.engine.exposure import enrol
from govsim.engine.offices import class_records, set_up_offices
from govsim.engine.process import Equation, Process, Vector
from govsim.engine.processes.arrivals import make_room
from govsim.engine.processes.casework import dismiss
from govsim.engine.processes.effort import PERSON_DRAWS
from govsim.engine.queue import queue_tables
from govsim.engine.recording import COUNTER
from govsim.engine.rules import rules_of
from govsim.engine.staff import Posts
from govsim.engine.state import State, Timeline
from govsim.scenario.schema import Scenario
from govsim.scenario.schema.governance import Governance
from govsim.scenario.schema.run import Controls
from govsim.scenario.timeline import effective, met, weight
from govsim.units import THOUSAND

KEPT = (
    "speed",
    "skill",
    "burnout",
    "susceptibility",
    "remaining",
    "since",
    "job",
    "hired",
    "vacant_until",
    "person",
    "leaving",
)
"""What people in offices keep when offices are reorganised."""

WATCHED_COUNTERS = ("residents", "adults", "open", "undetected", "active", "trust_community")


def run(state: State) -> None:
    """Put into force what the timeline has for this week."""
    timeline = state.timeline
    if not timeline.steps:
        return
    _start(state)
    before = timeline.weights
    weights = [
        weight(step, began, state.week) for step, began in zip(timeline.steps, timeline.started, strict=True)
    ]
    if weights == before:
        return
    timeline.weights = weights
    reformed = any(
        step.model is not None and (now > 0) != (then > 0)
        for step, now, then in zip(timeline.steps, weights, before, strict=True)
    )
    capacity, enrolled = (state.scenario.capacity, state.model.capacity), state.model.mobilisation.enrolled
    state.scenario, state.model = in_force(state.base_scenario, state.arm.model, timeline)
    state.rules = rules_of(state.scenario, state.model, state.communities)
    state.classes = class_records(state.base_scenario, state.model)
    state.exposure.set_rules(state.world, state.scenario, state.model)
    if state.model.mobilisation.enrolled != enrolled:
        enrol(state.world, state.residents, state.model)
    if (state.scenario.capacity, state.model.capacity) != capacity or reformed:
        _reorganise(state)
    make_room(state)


def _start(state: State) -> None:
    """Note which steps a condition starts."""
    timeline = state.timeline
    waiting = [
        (k, step.when)
        for k, step in enumerate(timeline.steps)
        if step.when is not None and timeline.started[k] is None
    ]
    if waiting and state.week > 0:
        values = watched(state)
        for k, condition in waiting:
            if met(condition, values, state.week):
                timeline.started[k] = state.week


def watched(state: State) -> dict[str, float]:
    """Return what conditions of the timeline look at, from last week's counts."""
    counters = state.last_week.counters
    total = {name: float(counters[:, COUNTER[name]].sum()) for name in WATCHED_COUNTERS}
    per_1000 = THOUSAND / total["residents"] if total["residents"] > 0 else 0.0
    adults = total["adults"] if total["adults"] > 0 else 1.0
    return {
        "open_cases": total["open"] * per_1000,
        "undetected_cases": total["undetected"] * per_1000,
        "active_share": total["active"] / adults,
        "trust_community": total["trust_community"] / adults,
        "tasks_waiting": float(state.tasks_waiting.sum()) * per_1000,
    }


def in_force(scenario: Scenario, model: Governance, timeline: Timeline) -> tuple[Scenario, Governance]:
    """Return scenario and governance model as they are in force, ablations included."""
    if timeline.steps:
        scenario, model = effective(scenario, model, timeline.steps, timeline.weights, timeline.started)
    return scenario, unranked(model, scenario.controls)


def unranked(model: Governance, controls: Controls) -> Governance:
    """Return a model without what ranks offices where the ablation asks for that."""
    if controls.ranking == "as_ruled":
        return model
    blocks = {
        "accountability": {"closure_target": False, "reporting_quota": 0.0},
        "agenda": {"rule": "first_come"},
    }
    return model.model_copy(
        update={name: getattr(model, name).model_copy(update=change) for name, change in blocks.items()}
    )


def _reorganise(state: State) -> None:
    """Set the offices up anew; people keep their posts as far as there are the same ones, and offices their queues."""
    old, new = state.establishment, set_up_offices(state.scenario, state.model, state.world, state.seed)
    _, stays, was = np.intersect1d(new.addresses, old.addresses, return_indices=True)
    gone = np.setdiff1d(np.arange(len(state.servers)), was)
    dismiss(queue_tables(state), state.rules.casework, gone, state.start)
    for column in KEPT:
        new.servers[column][stays] = state.servers[column][was]
    for column in ("first_server", "servers", "helpers", "station"):
        state.offices[column] = new.offices[column]
    state.establishment, state.servers = new, new.servers
    state.posts = Posts.of(state.servers, state.communities)
    state.calendar = np.zeros(len(state.servers) + 1, col.COMPLETION)
    state.present = np.zeros(len(state.servers), np.bool_)


EQUATIONS = (
    Equation(
        "reform.start",
        "started = week if value > above, or value < below, once",
        "Each step with a condition that has not started yet, from week not_before on, and never in week 0. value is the "
        "watched measure at the end of last week: open cases, undetected cases or hours of tasks that wait, per 1,000 "
        "residents; active share of adults, or their mean trust in the community. Steps without a condition start in the "
        "week that they name.",
        "每个带条件且尚未开始的步骤，自not_before周起，第0周不判定。value为上周末的监测值：每千名居民的未结事项、未发现事项"
        "或待办任务工时；成年人参与率，或其对社区的平均信任。不带条件的步骤在其规定的周开始。",
        (),
    ),
    Equation(
        "reform.weight",
        "weight = strength * min(1, (age + 1) / (ramp + 1)) if 0 <= age < length; weight = strength * min(1, length / "
        "(ramp + 1)) * max(0, (ramp - (age - length)) / (ramp + 1)) if age >= length; weight = 0 otherwise",
        "Each step; age is the number of weeks since it started. Without a length the first case holds to the end of the run.",
        "每个步骤；age为开始后的周数。未设length的步骤始终适用第一式。",
        (
            Vector({"strength": 0.8, "ramp": 3, "length": 10, "age": 1}, {"weight": 0.4}),
            Vector({"strength": 0.8, "ramp": 3, "length": 10, "age": 11}, {"weight": 0.4}),
            Vector({"strength": 1, "ramp": 1, "length": 1, "age": 1}, {"weight": 0.25}),
        ),
    ),
    Equation(
        "reform.lever",
        "x = x + weight * (goal - x); goal = x + add, or x * multiply, or set",
        "Each lever of each step of positive weight, in their order, from the values of the scenario and of the model: that "
        "of the reform which started last, else the arm's own. A choice or switch takes its new value where weight is at "
        "least 1/2. This and all that follows is done only in a week in which some weight is another one than in the week "
        "before.",
        "权重为正的各步骤的各项杠杆，依次作用于情景和治理模式的取值；治理模式取最晚开始的改革所带的模式，否则为方案自身的模式"
        "。选项和开关在权重达到1/2时改取新值。本式及以下各式只在有权重与上周不同的周执行。",
        (Vector({"x": 0.2, "weight": 0.5, "goal": 0.3}, {"x": 0.25}),),
    ),
    Equation(
        "reform.enrolled",
        "enrolled = 1 for whom the rule names, 0 for all others; registered = 1 if enrolled = 1",
        "At the start of the run, and in a week in which the timeline changes the rule "
        "`mobilisation.enrolled`. `branches`: every adult there with a Party branch. `households`: in each household "
        "the first adult there, in the order of residents. Nobody in all other models. Between such weeks nobody is "
        "added: who comes of age is not enrolled. Who was enrolled before stays registered. Who leaves keeps the mark, "
        "but all that follows is for adults there only.",
        "在模拟开始时，以及时间线改变mobilisation.enrolled规则的当周执行。branches：每名有党支部关系的在住成"
        "年人；households：每户按居民顺序的第一名在住成年人；其他模式无人。其间不增加人员：新成年者不登记在册。不再登记"
        "在册的人仍为注册志愿者。离开者保留标记，但以下各式只适用于在住成年人。",
        (),
    ),
    Equation(
        "reform.offices",
        "kept = 1 for a post whose address (office, kind, number) is there before and after",
        "Where hours or money of offices change, or a reform begins or ends. Posts are given out anew by the rules of the "
        "start. In a post that is kept the person stays, with speed, skill, burnout, time in the post and the job in hand; "
        "the job of a post that ends goes back to the queue with the work still to do; a new post has a person as at the "
        "start of a run. Funds, queues, compliance and open cases stay with their offices.",
        "在单位工时或资金变化，或改革开始、结束时，按期初规则重新配置岗位。保留的岗位人员不变，保留其速度、技能、倦怠、任职时间"
        "和手头事项；撤销岗位的手头事项带着剩余工作量回到队列；新岗位按期初方式配人。资金、队列、配合度和未结事项留在原单位。",
        (),
    ),
)


PROCESS = Process(
    "reform",
    "改革与时间线",
    "The timeline puts into force what begins or ends: rules, parameters, offices and who is enrolled.",
    "时间线使本周开始或结束的措施、冲击与改革生效：规则、参数、机构设置和登记在册者。",
    (
        "world",
        "last_week.counters",
        "tasks_waiting",
        "residents.status",
    ),
    (
        "rules",
        "classes",
        "exposure",
        "residents.enrolled",
        "residents.registered",
        "establishment",
        "offices",
        "servers",
        "posts",
        "present",
        "calendar",
        "queue_heads",
        "pool",
        "row.hours",
    ),
    PERSON_DRAWS,
    run,
    EQUATIONS,
)
