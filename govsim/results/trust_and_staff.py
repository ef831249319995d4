"""Indicators of what residents think of it and what it does to staff."""

from __future__ import annotations

from govsim.engine.recording import Level
from govsim.results import counts
from govsim.results.declare import Count, Indicator
from govsim.units import PERCENT, WEEKS_PER_YEAR


def _load_of(level: Level) -> tuple[Count, Count]:
    return (
        Count("load times people in post", "负荷乘在岗人数", lambda view: view.mean_load(level)[0]),
        Count("people in post, week by week", "在岗人员（逐周）", lambda view: view.mean_load(level)[1]),
    )


TRUST: tuple[Indicator, ...] = (
    *(
        Indicator(
            f"trust_{tier}", f"trust in {en}", f"对{zh}的信任", "0-1",
            f"Trust in {en}, mean over adults and over the counted weeks.",
            definition_zh=f"对{zh}的信任，取全部成年居民统计期均值。",
            direction=1, decimals=3, base=counts.ADULT_WEEKS,
            events=counts.counter(f"trust_{tier}", "trust, summed over adults and weeks", "信任（按成年居民逐周合计）"),
            printed="trust in the committee, 0-1", headline=tier == "community",
        )
        for tier, en, zh in (
            ("community", "the residents' committee", "居委会"),
            ("street", "the street office or town", "街道（镇）"),
            ("district", "the district", "区级政府"),
            ("centre", "the centre", "中央"),
        )
    ),
    Indicator(
        "satisfaction", "satisfaction with services", "服务满意度", "0-1",
        "Satisfaction with services, mean over adults and over the counted weeks.",
        definition_zh="对服务的满意度，取全部成年居民统计期均值。",
        direction=1, decimals=3, base=counts.ADULT_WEEKS,
        events=counts.counter("satisfaction", "satisfaction, summed over adults and weeks", "按成年居民逐周合计"),
    ),
    Indicator(
        "efficacy", "belief that acting together helps", "集体效能感", "0-1",
        "Collective efficacy, mean over adults and over the counted weeks.",
        definition_zh="集体效能感，即相信共同行动有用的程度，取全部成年居民统计期均值。",
        direction=1, decimals=3, base=counts.ADULT_WEEKS,
        events=counts.counter("efficacy", "efficacy, summed over adults and weeks", "按成年居民逐周合计"),
    ),
)  # fmt: skip

STAFF_INDICATORS: tuple[Indicator, ...] = (
    *(
        Indicator(
            f"load_{level.name.lower()}", f"load of {en}", f"{zh}负荷", "demanded / available hours",
            f"Hours demanded of {en} over hours available, mean over the counted weeks weighted by posts filled.",
            definition_zh=f"对{zh}的工时需求与可用工时之比，按在岗人数加权，取统计期均值。",
            direction=-1, decimals=2, events=_load_of(level)[0], base=_load_of(level)[1],
        )
        for level, en, zh in (
            (Level.COMMUNITY, "community offices", "社区"),
            (Level.STREET, "street offices", "街道"),
            (Level.DEPARTMENT, "departments", "部门"),
        )
    ),
    Indicator(
        "burnout", "burnt-out community and street staff", "基层人员倦怠率", "% of staff",
        "Burnt-out people in percent of people in post, communities and street offices, mean over the "
        "counted weeks.",
        definition_zh="社区和街道在岗人员中处于职业倦怠者的百分比，取统计期均值。",
        direction=-1, decimals=1, scale=PERCENT, base=counts.STAFF_WEEKS,
        events=counts.staff("burnt_out", "burnt-out people in post, week by week", "倦怠的在岗人员（逐周）"),
        printed="burnt-out staff, % of staff", headline=True,
    ),
    Indicator(
        "quits", "quits", "离职率", "per 100 staff-years",
        "People who left per 100 years in post, communities and street offices.",
        definition_zh="社区和街道每100人年的离职人数。",
        direction=-1, decimals=1, scale=PERCENT * WEEKS_PER_YEAR,
        events=counts.staff("quits", "people who left", "离职人员"), base=counts.STAFF_WEEKS,
    ),
    Indicator(
        "admin_share", "community staff time on tasks from above", "社区行政任务占比", "% of hours worked",
        "Hours that paid and seconded community staff spent on tasks from above, in percent of hours "
        "they worked.",
        definition_zh="社区在岗和下派人员用于上级任务的工时占其实际工作工时的百分比。",
        direction=-1, decimals=1, scale=PERCENT,
        events=counts.COMMUNITY_TASKS, base=counts.COMMUNITY_WORK,
    ),
)  # fmt: skip
