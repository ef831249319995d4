"""Routing: where a case goes when an office is done with its step.

Decisions are taken inside the event queue of casework, at the moment at which an office has spent the hours of a
step: a contact at the desk, a registration, a joint meeting. The hotline answers questions itself; other cases climb
step by step or are dispatched directly; a department may refuse what is not clearly its own; an office with convening
power may call the department to a joint meeting. A meeting's case goes on when the office that convened it has spent
its hours: the seats of the department are a job of their own in its queue, and nobody waits for a common date. Its equations
follow.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from govsim.draws import Key, uniform
from govsim.engine import columns as col
from govsim.engine.process import Draw, Equation, Process, Vector
from govsim.engine.recording import Level
from govsim.engine.rules import COMMUNITY_CONVENES, DISPATCH, STREET_CONVENES, RoutingRule
from govsim.kernels import part

_COMMUNITY, _STREET, _DEPARTMENT, _DESK = (
    int(Level.COMMUNITY),
    int(Level.STREET),
    int(Level.DEPARTMENT),
    int(Level.DESK),
)
CLOSE, SEND, EXPLAIN, SUMMON, TAKE_ON = range(5)
"""What follows a step: close as answered, send to an office, explain, meet, or take the case on here."""


class RoutingKeys(NamedTuple):
    """Addresses of this process's draws."""

    refusal: Key
    give_up: Key
    summons: Key
    control: Key


@part
def department_of(offices: NDArray[np.void], job: Any, item: Any) -> int:
    """Return the department for a class in the district where a case arose."""
    return offices[job.community].first_department + item.department


@part
def is_competent(offices: NDArray[np.void], office: int, job: Any, item: Any) -> bool:
    """Return whether an office may resolve a class under the governance model."""
    level = offices[office].level
    if level == _DESK:
        return item.resolves == col.ANY
    if item.resolves == col.DEPARTMENT:
        return office == department_of(offices, job, item)
    if level == _COMMUNITY:
        return item.resolves <= col.COMMUNITY
    return level == _STREET


@part
def competent_office(offices: NDArray[np.void], job: Any, item: Any) -> int:
    """Return the office that resolves a case under the governance model."""
    if item.resolves == col.DEPARTMENT:
        return department_of(offices, job, item)
    if item.resolves == col.STREET:
        return offices[job.community].parent
    return job.community


@part
def _at_random(offices: NDArray[np.void], job: Any, target: int, rule: RoutingRule, keys: RoutingKeys) -> int:
    """Return where a case goes: to its target, or anywhere under the control of random routing."""
    if not rule.scattered:
        return target
    offices_above = offices.shape[0] - 1 - rule.first_street
    step = np.uint64(job.hops) | (np.uint64(job.reopened) << np.uint64(col.BYTE_BITS))
    return int(rule.first_street + np.int64(uniform(keys.control, job.entity, step) * offices_above))


@part
def after_desk(
    offices: NDArray[np.void], job: Any, item: Any, rule: RoutingRule, keys: RoutingKeys
) -> tuple[int, int]:
    """Return what follows a contact at the desk, and the office it goes to."""
    if item.resolves == col.ANY and not job.unclear:
        return CLOSE, -1
    target = competent_office(offices, job, item) if rule.orders == DISPATCH else job.community
    return SEND, _at_random(offices, job, target, rule, keys)


@part
def after_intake(
    offices: NDArray[np.void], office: int, job: Any, item: Any, rule: RoutingRule, keys: RoutingKeys
) -> tuple[int, int]:
    """Return what follows registration at an office, and the office it goes to."""
    level = offices[office].level
    if level == _DEPARTMENT and is_competent(offices, office, job, item):
        if not job.unclear or job.accepted:
            return TAKE_ON, office
        step = np.uint64(job.refusals)
        if uniform(keys.refusal, job.entity, step) >= rule.reluctance:
            return TAKE_ON, office
        job.refusals = min(job.refusals + 1, col.BYTE_FULL)
        if uniform(keys.give_up, job.entity, step) < rule.give_up:
            return EXPLAIN, job.sender
        return SEND, _at_random(offices, job, job.sender, rule, keys)
    may_summon = rule.convening == COMMUNITY_CONVENES or (
        rule.convening == STREET_CONVENES and level == _STREET
    )
    if job.unclear and item.resolves == col.DEPARTMENT and may_summon and not job.convened:
        compliance = offices[office].compliance
        offices[office].compliance = compliance * (1.0 - rule.summons_wear)
        if uniform(keys.summons, job.entity, np.uint64(job.refusals)) < compliance:
            return SUMMON, office
    target = offices[office].parent if level == _COMMUNITY else competent_office(offices, job, item)
    return SEND, _at_random(offices, job, target, rule, keys)


EQUATIONS = (
    Equation(
        "routing.responsible",
        "responsible = department[k] of the district if resolves[k] = department; street office of the community if "
        "resolves[k] = street; else the community",
        "Office that resolves a case under the model. resolves[k] is the lower of the tier that the class belongs to and "
        "the tier to which the model delegates its kind; in order: desk (any office), community, street, department.",
        "该模式下解决此事项的单位。resolves[k]取该类别所属层级与模式下放层级中较低者；由低到高为：热线（任一单位）、社"
        "区、街道（乡镇）、部门。",
    ),
    Equation(
        "routing.competence",
        "may_resolve = (resolves = desk) at the hotline; (office = department[k]) if resolves = department; (resolves <= "
        "community) at a community; (level = street) elsewhere",
        "Whether an office that a case reaches may resolve it. A street office may resolve whatever is below it; so it "
        "takes on a case of a community that is sent there. Unclear responsibility matters at departments only.",
        "事项到达的单位能否办理。街道（乡镇）可办理下级事项，因此转到街道的社区事项由其承接。权责不清只在部门起作用。",
    ),
    Equation(
        "routing.desk",
        "answered if resolves = desk and unclear = 0; else sent to responsible if the model dispatches directly, else to "
        "the community; hops += 1; sender = hotline",
        "After a contact at the hotline has been worked. An answered case is resolved. hops stops at 255. An answered "
        "contact counts as desk_answered, any other as dispatched, each time.",
        "热线处理一次来电来件之后。直接答复即为解决。hops最大255。每次处理计为desk_answered或dispatched。",
    ),
    Equation(
        "routing.accept",
        "taken on if unclear = 0, or accepted = 1, or u >= reluctance",
        "At the department that is responsible. A clear case, or one that a joint meeting settled, is taken on as soon "
        "as it arrives, without hours. An unclear one is first registered for intake_hours; then the department decides.",
        "在主管部门。权责清楚的事项，或经联席会议商定的事项，到达即承接，不占工时。权责不清的事项先以intake_hours登记，再"
        "决定是否承接。",
    ),
    Equation(
        "routing.refusal",
        "refused if u < reluctance; refusals += 1",
        "At the same decision. u is the draw whose slot is the number of refusals so far, so each attempt has a draw of "
        "its own; refusals stops at 255, so from then on the draw is the same. refusals is kept when a case is reopened.",
        "同一决定。u按此前退单次数取抽取位，因此每次尝试各有一次抽取；refusals最大255，此后抽取不再变化。事项重新出现时"
        "refusals保留。",
        (
            Vector({"u": 0.4, "reluctance": 0.6}, {"refused": 1}),
            Vector({"u": 0.6, "reluctance": 0.6}, {"refused": 0}),
        ),
    ),
    Equation(
        "routing.give_up",
        "after a refusal: sender explains if u < give_up, else the case is sent back to the sender; hops += 1; sender = "
        "department in the second case",
        "The sender is the office that passed the case to the department. An explanation joins the queue of the sender "
        "and takes intake_hours there (at the hotline too); it closes the case, deadline or not. Slot as in "
        "routing.refusal.",
        "sender为把事项转给该部门的单位。解释在其队列中占用intake_hours（热线也按此计），完成即办结，与时限无关。抽取位同"
        "routing.refusal。",
    ),
    Equation(
        "routing.loop",
        "asked = 1 / (1 - reluctance * (1 - give_up)); explained = reluctance * give_up / (1 - reluctance * (1 - "
        "give_up))",
        "No rule of its own but what the ones above amount to. A case that is sent back is handled again by the sender, "
        "for desk_hours at the hotline and for intake_hours at a street office, which then sends it once more. Nothing "
        "ends this loop but acceptance, giving up or a joint meeting. asked: attempts on the average; explained: share "
        "of unclear cases that end so, without convening.",
        "并非单独规则，而是以上规则的结果。退回的事项由转办单位再次处理（热线占desk_hours，街道（乡镇）占intake_hours），"
        "然后再次转出。只有承接、放弃或召开联席会议才会结束这一循环。asked为平均尝试次数，explained为不召集时以解释办结的"
        "权责不清事项比例。",
        (
            Vector(
                {"reluctance": 0.5, "give_up": 0.5},
                {"asked": 1.3333333333333333, "explained": 0.3333333333333333},
            ),
        ),
    ),
    Equation(
        "routing.convening",
        "heeded if u < compliance[office]",
        "At any office but the responsible department, after intake, if the case is unclear, a department is responsible "
        "for it, the office has convening power (model: street offices, or every office on the way), and no meeting has "
        "been convened for it since it was last found. u has the slot of the refusals so far. If heeded a joint meeting "
        "follows; if not the case goes on as in routing.hop and the department is called again whenever the case comes "
        "back, with the same draw until it has been refused once more. A call that is not heeded leaves no event.",
        "在主管部门以外的任一单位，登记之后：事项权责不清、由部门主管、该单位有召集权（按模式为街道（乡镇）或途经的各单"
        "位）、且自最近一次发现以来未召集过。u按此前退单次数取抽取位。部门响应则召开联席会议；不响应则按routing.hop继续，"
        "事项每次回来都再次召集，在再次退单之前抽取不变。未获响应的召集不留记录。",
    ),
    Equation(
        "routing.wear",
        "compliance[office] = compliance[office] * (1 - summons_wear)",
        "After the comparison in routing.convening, heeded or not. Compliance comes back every week, also in weeks with "
        "a call (institutions).",
        "在routing.convening的比较之后，无论是否响应。配合度每周恢复，当周召集过也一样（institutions）。",
        (Vector({"compliance": 0.9, "summons_wear": 0.1}, {"compliance": 0.81}),),
    ),
    Equation(
        "routing.meeting",
        "hours of the office that convened = convening_hours; hours of the department = convening_hours * "
        "convening_seats; convened = 1; then accepted = 1, hops += 1",
        "Two jobs, queued one after the other at that moment: the meeting at the office that convened, the seats at the "
        "responsible department. Pace does not shorten them. The case reaches the department when the first job is done, "
        "whether or not the second has begun, and is taken on at once.",
        "当时先后排入两项工作：召集单位的会议，主管部门的席位。两者不因工作速度缩短。第一项完成时事项即到达部门并立即承"
        "接，不论第二项是否开始。",
    ),
    Equation(
        "routing.hop",
        "target = parent[office] at a community; target = responsible elsewhere; hops += 1; sender = office",
        "After intake, where nothing above applies. The case arrives in the same moment.",
        "登记之后且以上均不适用时。事项在同一时刻到达。",
    ),
    Equation(
        "routing.control",
        "target = first + floor(u * (desk - first))",
        "Only under the control of random routing: replaces the target of every case that is sent, also of one that is "
        "sent back, but not of a meeting's case. Offices from first to desk - 1 are street offices and departments; the "
        "slot is hops + 256 * reopened before the step.",
        "仅用于随机流转的对照：取代每次转办（含退回，不含联席会议后的转办）的目标。first至desk - 1为街道（乡镇）和部门；"
        "抽取位为本步之前的hops + 256 * reopened。",
        (Vector({"u": 0.5, "first": 2, "desk": 10}, {"office": 6}),),
    ),
)


PROCESS = Process(
    "routing",
    "流转",
    "Desk answer, hop by hop with refusal, direct dispatch, or a summons that wears out with use.",
    "热线直接解答，或逐级流转并可能被推诿，或直接派单，或召集（召集权越用越弱）。",
    ("classes",),
    (
        "pool.jobs",
        "offices",
        "row.counters",
    ),
    (
        Draw(
            "routing.refusal", "case: its address", "refusals so far", False, "事项：其地址", "已被退单次数"
        ),
        Draw(
            "routing.give_up",
            "case: its address",
            "refusals before this one",
            False,
            "事项：其地址",
            "此次之前的退单次数",
        ),
        Draw(
            "routing.summons", "case: its address", "refusals so far", False, "事项：其地址", "已被退单次数"
        ),
        Draw(
            "routing.control",
            "case: its address",
            "hops + 256 * explanations not accepted",
            False,
            "事项：其地址",
            "转办次数 + 256 * 未被接受的解释次数",
        ),
    ),
    None,
    EQUATIONS,
)
