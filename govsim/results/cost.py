"""Indicators of what it costs: hours by whose they are, money, and tasks from above that stay undone."""

from __future__ import annotations

from govsim.engine.recording import HourSource
from govsim.results import counts
from govsim.results.declare import Indicator, Window
from govsim.units import MILLION, PERCENT, THOUSAND

COST: tuple[Indicator, ...] = (
    Indicator(
        "paid_hours_per_resolved", "paid hours per resolved problem", "每解决一个问题的在岗工时", "hours",
        "Hours that paid and seconded staff worked, idle hours apart, per problem solved. It covers all they did, tasks from "
        "above too.",
        definition_zh="在岗和下沉人员的工作工时（不含空闲），按每个已解决的问题计；含其全部工作，包括上级任务。",
        direction=-1, decimals=1, events=counts.PAID_WORK, base=counts.PROBLEMS_SOLVED,
        printed="paid work per solved problem, hours", headline=True,
    ),
    Indicator(
        "idle_share", "paid hours without work", "在岗空闲工时占比", "% of paid hours",
        "Idle hours of paid and seconded staff, in percent of all their hours.",
        definition_zh="在岗和下沉人员的空闲工时占其全部供给工时的百分比。",
        direction=0, decimals=1, scale=PERCENT, events=counts.PAID_IDLE, base=counts.PAID_SUPPLIED,
    ),
    *(
        Indicator(
            f"hours_per_resolved_{source.name.lower()}", f"{en} per resolved problem",
            f"每解决一个问题的{zh}工时", "hours",
            f"{en[0].upper()}{en[1:]}, idle hours apart, per problem solved.",
            definition_zh=f"{zh}的工作工时（不含空闲），按每个已解决的问题计。",
            direction=-1, decimals=2, base=counts.PROBLEMS_SOLVED,
            events=counts.worked((int(source),), f"{en}, idle hours apart", f"{zh}的工作工时"),
        )
        for source, en, zh in (
            (HourSource.PAID, "hours of own staff", "本单位在岗"),
            (HourSource.SECONDED, "hours of seconded staff", "下沉人员"),
            (HourSource.MEMBER, "hours of members on ordered service, contacts and training", "党员指令性服务、联系和培训"),
            (HourSource.VOLUNTEER, "hours of volunteers", "志愿者"),
            (HourSource.ORGANISATION, "hours of social organisations", "社会组织"),
            (HourSource.ENTERPRISE, "hours of enterprises", "企业"),
        )
    ),
    Indicator(
        "yuan_per_resolved", "money per resolved problem", "每解决一个问题的资金", "yuan",
        "Money spent, wages apart, per problem solved.",
        definition_zh="资金支出（不含工资），按每个已解决的问题计。",
        direction=-1, decimals=0, events=counts.MONEY_SPENT, base=counts.PROBLEMS_SOLVED,
    ),
    *(
        Indicator(
            name, en, zh, unit, meaning, 1, definition_zh=meaning_zh, decimals=decimals, scale=scale, events=events, base=base,
        )
        for name, en, zh, unit, meaning, meaning_zh, decimals, scale, events, base in (
            (
                "resolved_per_granted_hour", "truly resolved per 1,000 staff hours granted", "每千核定工时解决数",
                "problems per 1,000 hours", "Problems solved per 1,000 staff hours granted.",
                "每千核定工时解决的问题数。", 2, THOUSAND, counts.PROBLEMS_SOLVED, counts.HOURS_GRANTED,
            ),
            (
                "known_per_granted_hour", "come to light per 1,000 staff hours granted", "每千核定工时发现数",
                "problems per 1,000 hours", "Problems that came to light for the first time per 1,000 staff hours granted.",
                "每千核定工时首次发现的问题数。", 2, THOUSAND, counts.PROBLEMS_FOUND, counts.HOURS_GRANTED,
            ),
            (
                "resolved_per_hour_spent", "truly resolved per 1,000 hours worked by anybody", "每千工作工时解决数",
                "problems per 1,000 hours", "Problems solved per 1,000 hours that staff, members, volunteers and partners worked.",
                "工作人员、党员、志愿者和社会力量每千工作工时解决的问题数。", 2, THOUSAND, counts.PROBLEMS_SOLVED,
                counts.ALL_WORK,
            ),
            (
                "resolved_per_money", "truly resolved per million yuan granted", "每百万元拨款解决数",
                "problems per million yuan", "Problems solved per million yuan granted.",
                "每百万元拨款解决的问题数。", 1, MILLION, counts.PROBLEMS_SOLVED, counts.MONEY_GRANTED,
            ),
        )
    ),
    Indicator(
        "unpaid_hours", "unpaid hours of residents and members", "居民与党员无偿工时",
        "hours per resident-year",
        "Hours of volunteers and of Party members in their free time, worked or idle, per resident and year: a cost that "
        "no budget shows.",
        definition_zh="志愿者和党员利用业余时间付出的工时（含空闲），按每名居民每年计；这是任何预算都不体现的成本。",
        direction=0, decimals=2, events=counts.UNPAID_SUPPLIED, base=counts.RESIDENT_YEARS,
        printed="unpaid hours, per resident-year", headline=True,
    ),
    Indicator(
        "partner_hours", "hours of organisations and enterprises", "社会组织与企业工时",
        "hours per resident-year",
        "Hours of social organisations and enterprise partners, worked or idle, per resident and year.",
        definition_zh="社会组织和共建企业的工时（含空闲），按每名居民每年计。",
        direction=0, decimals=2, base=counts.RESIDENT_YEARS,
        events=counts.supplied((HourSource.ORGANISATION, HourSource.ENTERPRISE), "hours of partners", "社会力量的工时"),
    ),
    Indicator(
        "undone_tasks", "tasks from above that wait at the end", "期末待办行政任务", "hours",
        "Work of tasks from above that waits when the run ends: a stock, whatever the length of the run.",
        definition_zh="期末仍在等待的上级任务工时；属存量，与模拟期长短无关。",
        direction=-1, decimals=0, window=Window.END,
        measure=lambda view: float(view.recording.tasks_undone[-1].sum()),
        printed="tasks left waiting at the end, hours", headline=True,
    ),
    Indicator(
        "refused_tasks", "tasks from above refused", "拒收行政任务", "hours per 1,000 residents and year",
        "Work of tasks from above that was refused by permit list, per 1,000 residents and year: undone, and counted.",
        definition_zh="按准入清单拒收的上级任务工时，按每千名居民每年计：未完成，并计入统计。",
        direction=0, decimals=0, scale=THOUSAND, base=counts.RESIDENT_YEARS,
        events=counts.counter("task_hours_refused", "hours of tasks refused", "拒收任务工时"),
    ),
    Indicator(
        "asked_tasks", "tasks from above asked for", "下达行政任务", "hours per 1,000 residents and year",
        "Work of tasks from above that arrived, refused ones included, per 1,000 residents and year.",
        definition_zh="下达的上级任务工时（含被拒收者），按每千名居民每年计。",
        direction=0, decimals=0, scale=THOUSAND, base=counts.RESIDENT_YEARS,
        events=counts.counter("task_hours_arrived", "hours of tasks that arrived", "下达任务工时"),
    ),
)  # fmt: skip
