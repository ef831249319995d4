"""Indicators of what it costs: hours by whose they are, money, and tasks from above that stay undone."""

from __future__ import annotations

import numpy as np

from govsim.engine.recording import Source
from govsim.results.declare import Indicator, Measure
from govsim.results.values import Value, ratio
from govsim.results.view import UNPAID, View


def _resolved(view: View) -> float:
    return float(view.resolved.sum())


def _supplied(view: View, *sources: int) -> float:
    return float(view.recording.supplied[:, :, sources].sum())


def _hours_of(source: Source) -> Measure:
    return lambda view: ratio(_supplied(view, int(source)), _resolved(view))


def _undone_tasks(view: View) -> Value:
    waiting = float(view.recording.tasks_undone[-1].sum())
    return ratio(waiting + view.total("task_hours_refused"), view.years)


def _paid_hours(view: View) -> float:
    return view.staff_hours(np.ones(view.recording.offices.level.size, dtype=np.bool_))


COST: tuple[Indicator, ...] = (
    Indicator(
        "paid_hours_per_resolved", "paid hours per resolved problem", "每解决一个问题的在岗工时", "hours",
        "All paid and seconded hours supplied in the run, per truly resolved problem.",
        definition_zh="模拟期内供给的全部在岗和下派工时，按每个真实解决的问题计。",
        direction=-1, decimals=1, compute=lambda v: ratio(_paid_hours(v), _resolved(v)),
        printed="paid work per solved problem, hours", headline=True,
    ),
    *(
        Indicator(
            f"hours_per_resolved_{source.name.lower()}", f"{en} per resolved problem",
            f"每解决一个问题的{zh}工时", "hours",
            f"{en[0].upper()}{en[1:]} supplied in the run, used or idle, per truly resolved problem.",
            definition_zh=f"模拟期内供给的{zh}工时（含空闲），按每个真实解决的问题计。",
            direction=-1, decimals=2, compute=_hours_of(source),
        )
        for source, en, zh in (
            (Source.PAID, "hours of own staff", "本单位在岗"),
            (Source.SECONDED, "hours of seconded staff", "下派人员"),
            (Source.MEMBER, "hours of members on ordered service", "党员指令性服务"),
            (Source.VOLUNTEER, "hours of volunteers", "志愿者"),
            (Source.ORGANISATION, "hours of social organisations", "社会组织"),
            (Source.ENTERPRISE, "hours of enterprises", "企业"),
        )
    ),
    Indicator(
        "yuan_per_resolved", "money per resolved problem", "每解决一个问题的资金", "yuan",
        "Money spent in the run, wages apart, per truly resolved problem.",
        definition_zh="模拟期内的资金支出（不含工资），按每个真实解决的问题计。",
        direction=-1, decimals=0,
        compute=lambda v: ratio(float(v.recording.money_spent.sum()), _resolved(v)),
    ),
    Indicator(
        "unpaid_hours", "unpaid hours of residents and members", "居民与党员无偿工时",
        "hours per resident-year",
        "Hours of volunteers and of Party members in their free time, per resident and year: a cost that "
        "no budget shows.",
        definition_zh="志愿者和党员利用业余时间付出的工时，按每名居民每年计；这是任何预算都不体现的成本。",
        direction=0, decimals=2, compute=lambda v: ratio(_supplied(v, *UNPAID), v.resident_years),
        printed="unpaid hours, per resident-year", headline=True,
    ),
    Indicator(
        "partner_hours", "hours of organisations and enterprises", "社会组织与企业工时",
        "hours per resident-year",
        "Hours of social organisations and enterprise partners, per resident and year.",
        definition_zh="社会组织和共建企业的工时，按每名居民每年计。",
        direction=0, decimals=2, compute=lambda v: ratio(
            _supplied(v, int(Source.ORGANISATION), int(Source.ENTERPRISE)), v.resident_years
        ),
    ),
    Indicator(
        "undone_tasks", "tasks from above left undone", "未完成行政任务", "hours per year",
        "Work of tasks from above that was refused, or still waited at the end, per year of the run.",
        definition_zh="被拒收或期末仍在等待的上级任务工时，按模拟期内每年计。",
        direction=0, decimals=0, compute=_undone_tasks,
        printed="tasks left undone, hours per year", headline=True,
    ),
)  # fmt: skip
