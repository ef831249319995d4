"""One term for one thing, in English and Chinese: what indicators are called where people read, and which old words went.

Names of columns and files and declared labels stay as they are; these stand in their place in pages, figures and the terminal.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from govsim.report.docs.words import Language, unit, word
from govsim.report.html.words import unit_beside
from govsim.results.declare import Column
from govsim.scenario.studies import Factor
from govsim.studies.wording import Wording
from govsim.units import WEEKS_PER_YEAR


class Said(NamedTuple):
    """A sentence, or a term, in both languages."""

    en: str
    zh: str

    @property
    def both(self) -> dict[str, str]:
        """As it is filed."""
        return {"en": self.en, "zh": self.zh}


_GROUPS = {
    "migrant": Said("migrants", "外来人口"),
    "laid_off": Said("laid-off workers", "下岗失业人员"),
    "elderly": Said("residents aged 65 and over", "65岁及以上居民"),
    "hazard": Said("residents of mining-affected areas", "采煤影响区居民"),
    "unconnected": Said("residents with the fewest ties", "社会联系最少的居民"),
}
_GAPS = {
    "hidden": Said("undetected after a quarter", "一个季度后仍未被发现"),
    "resolved": Said("resolved within half a year", "半年解决率"),
    "trust": Said("trust in the residents' committee", "对居（村）委会的信任"),
}

INDICATORS: dict[str, Said] = {
    "participation_4w": Said("took part within four weeks", "四周参与率"),
    "participation_weekly": Said("took part in a week", "每周参与率"),
    "participation_26w": Said("took part within half a year", "半年参与率"),
    "self_started_share": Said("unprompted part of it", "自发参与工时占比"),
    "called_share": Said("part of it after a request", "动员后参与工时占比"),
    "mandated_hours": Said("assigned service of members", "党员报到服务工时"),
    "resolved_existing_4w": Said("resolved within four weeks", "四周解决率（占全部问题）"),
    "resolved_existing_13w": Said("resolved within a quarter", "一个季度解决率（占全部问题）"),
    "resolved_existing_26w": Said("resolved within half a year", "半年解决率（占全部问题）"),
    "resolved_reported_4w": Said("resolved within four weeks, of those detected", "四周解决率（占已发现问题）"),
    "resolved_reported_13w": Said("resolved within a quarter, of those detected", "一个季度解决率（占已发现问题）"),
    "resolved_reported_26w": Said("resolved within half a year, of those detected", "半年解决率（占已发现问题）"),
    "median_days": Said("median time to resolution", "解决时间中位数"),
    "median_days_ordinary": Said("the same, without structural problems", "解决时间中位数（不含需专项资金的问题）"),
    "still_open": Said("unresolved at the end", "期末未解决占比"),
    "hidden": Said("undetected after a quarter", "发生一个季度后仍未被发现占比"),
    "resolved": Said("resolved within half a year", "半年解决率"),
    "hidden_13w": Said("undetected after a quarter", "发生一个季度后仍未被发现占比"),
    "undetected_stock": Said("undetected part of problems not yet resolved", "尚未解决的问题中未被发现占比"),
    "backlog": Said("backlog (open cases)", "积压（未办结事项）"),
    "large_backlogs": Said("communities with a large backlog", "积压严重的社区（村）"),
    "recurrence_share": Said("recurred within half a year", "半年内复发率"),
    "solved_again_share": Said("resolved problems that had recurred", "复发后再次解决占比"),
    "explained_share": Said("closed with an explanation only", "仅作解释办结占比"),
    "reporting_gap": Said("reported as completed but not resolved", "上报办结但未解决占比"),
    "true_completion": Said("work orders resolved by the deadline", "按时实际解决率"),
    "callback_satisfaction": Said("satisfied, independent follow-up", "第三方回访满意率"),
    "official_satisfaction": Said("satisfied, official follow-up", "热线回访满意率"),
    "effort_members": Said("work done by members on assigned service", "党员报到服务解决工时占比"),
    "trust_community": Said("trust in the residents' committee", "对居（村）委会的信任"),
    "trust_street": Said("trust in the street office or town", "对街道（乡镇）的信任"),
    "trust_district": Said("trust in the district (county)", "对区（县）政府的信任"),
    "trust_centre": Said("trust in the central government", "对中央政府的信任"),
    "load_community": Said("workload of communities", "社区（村）工作负荷"),
    "load_street": Said("workload of street offices", "街道（乡镇）工作负荷"),
    "load_department": Said("workload of departments", "部门工作负荷"),
    "burnout": Said("staff with burnout", "职业倦怠人员占比"),
    "quits": Said("turnover", "离职率"),
    "admin_share": Said("time of community workers for tasks from higher offices", "社区工作者用于上级任务的时间占比"),
    "paid_hours_per_resolved": Said("staff hours per resolved problem", "每解决一个问题的人员工时"),
    "idle_share": Said("unused staff hours", "人员空闲工时占比"),
    "hours_per_resolved_paid": Said("hours of own staff per resolved problem", "每解决一个问题的本单位人员工时"),
    "hours_per_resolved_member": Said(
        "hours of members (assigned service, liaison, training) per resolved problem",
        "每解决一个问题的党员报到服务、联户和培训工时",
    ),
    "resolved_per_granted_hour": Said("resolved per 1,000 staff hours granted", "每千核定工时解决数"),
    "known_per_granted_hour": Said("detected per 1,000 staff hours granted", "每千核定工时发现数"),
    "resolved_per_hour_spent": Said("resolved per 1,000 hours worked by anybody", "每千工作工时解决数"),
    "resolved_per_money": Said("resolved per million yuan granted", "每百万元拨款解决数"),
    "unpaid_hours": Said("unpaid hours (volunteers and members)", "义务工时（志愿者和党员）"),
    "undone_tasks": Said("tasks from higher offices waiting at the end", "期末未完成的上级任务"),
    "refused_tasks": Said("tasks from higher offices not admitted", "不予准入的上级任务"),
    "asked_tasks": Said("tasks from higher offices", "上级任务"),
    "enrolled_share": Said("on the service roll", "登记在册占比"),
    "enrolled_activity": Said("turnout for assigned service", "报到服务参加率"),
    "trifles": Said("padded reports", "凑数上报"),
    **{
        f"gap_{name}_{group}": Said(
            f"{what.en}: {who.en} compared with other residents", f"{what.zh}：{who.zh}与其他居民相比"
        )
        for name, what in _GAPS.items()
        for group, who in _GROUPS.items()
    },
    **{
        f"resolved_{group}": Said(f"resolved within half a year: {who.en}", f"半年解决率：{who.zh}")
        for group, who in _GROUPS.items()
    },
    "pattern_orders": Said("P2 work orders", "P2 转办工单量"),
    "pattern_desk": Said("P3 answered by the hotline", "P3 热线直接答复率"),
    "pattern_callback": Said("P5 satisfied on follow-up", "P5 回访满意率"),
    "pattern_days": Said("P6 mean time to completion of work orders", "P6 工单平均办结时长"),
    "pattern_burnout": Said("P10 community workers with burnout", "P10 社区工作者职业倦怠占比"),
    "pattern_members": Said("P11 members who respond to a request", "P11 党员动员响应率"),
    "pattern_trust": Said("P14 trust in central government minus street office", "P14 对中央政府与街道（乡镇）信任之差"),
    "pattern_admin": Said("P25 share of staff time for tasks from higher offices", "P25 上级任务占工作时间比例"),
    "change_backlog": Said("change within the counted weeks: open cases per resident", "统计期内变化：人均未办结事项"),
    "change_burnout": Said("change within the counted weeks: staff with burnout", "统计期内变化：职业倦怠人员占比"),
}  # fmt: skip
"""What an indicator is called, where its declared label is another one."""


UNRESOLVED: dict[str, Said] = {
    "at the end": Said("unresolved at the end", "期末未解决"),
    "within a time": Said("not resolved within {time}", "{time}内未解决"),
    "so far": Said("not yet resolved", "尚未解决"),
}
"""Three things that once had one word: existing when the run ends; not resolved so long after it arose; waiting now."""

_YEARS = (
    Said("one year", "一年"), Said("two years", "两年"), Said("three years", "三年"), Said("four years", "四年"),
    Said("five years", "五年"), Said("six years", "六年"), Said("seven years", "七年"), Said("eight years", "八年"),
    Said("nine years", "九年"), Said("ten years", "十年"),
)  # fmt: skip
_SPANS = {13: Said("a quarter", "一个季度"), 26: Said("half a year", "半年")}


def duration(weeks: int) -> Said:
    """Return how long so many weeks are, in years where they are whole ones."""
    years, rest = divmod(weeks, WEEKS_PER_YEAR)
    if weeks in _SPANS:
        return _SPANS[weeks]
    if rest or not years:
        return Said(f"{weeks} week{'' if weeks == 1 else 's'}", f"{weeks}周")
    return _YEARS[years - 1] if years <= len(_YEARS) else Said(f"{years} years", f"{years}年")


def indicator(name: str, label_en: str, label_zh: str) -> Said:
    """Return what an indicator is called."""
    return INDICATORS.get(name) or Said(label_en, label_zh)


PARAMETERS: dict[str, Said] = {
    "tasks.community_hours": Said("tasks from higher offices to communities", "社区承担的上级任务量"),
    "tasks.street_hours": Said("tasks from higher offices to street offices", "街道（乡镇）承担的上级任务量"),
    "problems.classes.consultation.rate": Said("questions to the hotline", "咨询发生率"),
    "problems.classes.local_soft.rate": Said(
        "problems with sanitation, noise, disputes", "问题发生率：环境卫生、噪声、纠纷"
    ),
    "problems.classes.local_hard.rate": Said(
        "problems with pipes, heating, roads, lights", "问题发生率：管网、供暖、道路、照明"
    ),
    "problems.classes.local_soft.coproducible": Said(
        "sanitation, noise, disputes: part that residents can take on",
        "环境卫生、噪声、纠纷：居民可分担的比例",
    ),
    "handling.reluctance": Said("refusals where responsibility is unclear", "权责不清时的退单"),
    "handling.visit_hours": Said("time of a home visit", "每次入户走访工时"),
    "network.neighbours.degree": Said("neighbours whom a resident knows", "每名居民熟识的邻居数"),
    "network.kin_work_school.degree": Said(
        "kin, colleagues and schoolmates of a resident", "每名居民的亲友、同事和同学数"
    ),
    "network.kin_work_school.homophily": Said("ties among people alike", "相似居民之间的联系比例"),
    "population.participation.threshold.mean": Said("mean participation threshold", "参与门槛均值"),
    "population.participation.contingent_share": Said(
        "residents who wait for others", "视他人而参与的居民比例"
    ),
    "population.participation.time_cost": Said("how much lack of time keeps away", "缺少时间对参与的影响"),
    "population.attitudes.trust_community": Said(
        "initial trust in the residents' committee", "对居（村）委会的初始信任"
    ),
    "participation.call": Said("weight of a request to take part", "动员的作用"),
    "participation.fatigue_gain": Said("request fatigue", "动员疲劳"),
    "participation.self_registration": Said(
        "registration of participants as volunteers", "参与者注册为志愿者"
    ),
    "reporting.hotline": Said("use of the hotline", "热线使用意愿"),
    "reporting.repeat_call": Said("repeat contacts", "重复来电"),
    "workforce.comfortable_load": Said("workload without strain", "不造成压力的工作负荷"),
    "workforce.burnout_gain": Said("burnout from too much work", "超负荷导致的职业倦怠"),
    "workforce.burnout_decay": Said("recovery from burnout", "职业倦怠的恢复"),
    "workforce.volunteer_skill": Said("skill of volunteers", "志愿者专业水平"),
    "experience.loss": Said("trust lost after poor handling", "办理不佳造成的信任损失"),
    "experience.satisfaction_base": Said("satisfaction before any experience", "无办理经历时的满意度"),
    "measurement.report_overdue": Said("overdue cases reported as completed", "逾期事项仍上报办结的比例"),
}
"""What a parameter is called where it stands alone, where its declared labels need their section to be understood."""


def wording(language: Language) -> Wording:
    """Return how answers of studies are said in a language."""

    def name(item: Column) -> str:
        return str(getattr(indicator(item.name, item.label_en, item.label_zh), language))

    def measured(item: Column) -> str:
        beside = unit_beside(name(item), item.unit, language)
        return f"{name(item)}{', ' if language == 'en' else '，'}{beside}" if beside else name(item)

    def parameter(factor: Factor) -> str:
        said = PARAMETERS.get(factor.path) or Said(factor.label_en, factor.label_zh)
        return str(getattr(said, language))

    return Wording(
        language,
        name,
        measured,
        lambda text: unit(text, language),
        lambda text: word(text, language),
        parameter,
        lambda weeks: str(getattr(duration(weeks), language)),
    )


FORMER: dict[str, str] = {
    r"26-week|(in|within) 26 weeks": "within half a year",
    r"(in|within) 13 weeks": "within a quarter",
    r"260 weeks": "five years",
    r"(come|comes|came|coming) to light": "detected",
    r"truly (resolved|solved|done|true)": "resolved",
    r"[Hh]otline desk": "hotline",
    r"[Oo]rdered (service|attendance|hours)": "assigned service",
    r"[Tt]asks from above": "tasks from higher offices",
    r"[Bb]urnt-out": "with burnout",
    r"[Aa]s observed|[Cc]apacity-neutral": "with outside resources; equal resources",
    r"[Tt]he same again": "to reproduce",
    r"[Kk]nown to no office|[Nn]obody in an office knows": "undetected",
    r"[Ee]xplained.away|[Cc]losed by explanation": "closed with an explanation only",
    r"[Ss]ummon": "convene",
    r"[Uu]nsolved|[Uu]nresolved(?! at the end)": "; ".join(said.en for said in UNRESOLVED.values()),
    r"(?<!期末)(?<!内)(?<!尚)(?<!但)(?<!并)(?<!，)未解决": "；".join(said.zh for said in UNRESOLVED.values()),
    r"95 %": "95%",
    r"26周": "半年",
    r"13周": "一个季度",
    r"(?<!至)260周": "五年",
    r"无单位知晓|任何单位知晓|隐性": "未被发现",
    r"真实解决|真实办结": "解决；实际解决",
    r"(?<!随机)种子": "重复模拟；随机种子",
    r"下派|挂职": "下沉",
    r"占实际": "占全部问题",
    r"占已知": "占已发现问题",
    r"待办积压|待办存量|已知待办": "积压；未办结",
    r"资源中性|实际口径": "资源相同；含外部资源",
    r"成年人|成年居民": "16岁及以上居民",
    r"场景": "情景",
    r"无偿工时": "义务工时",
    r"街道（镇）|街道乡镇": "街道（乡镇）",
    r"居委会": "居（村）委会",
    r"倦怠率": "职业倦怠人员占比",
    r"指令性": "报到服务",
    r"改制": "治理模式切换",
    r"案件|办件": "问题；事项",
    r"拒收": "退单；不予准入",
    r"下达任务|行政任务|行政事务": "上级任务",
    r"度量": "指标",
    r"成对比较": "配对比较",
    r"外联": "外展服务",
    r"自雇": "个体经营",
    r"重新得到同样": "复现命令",
}
"""Words that went, as patterns, and what is said instead."""


def former(text: str) -> list[str]:
    """Return the words of a text that went, each with what is said instead."""
    return [f"{hit[0]}: say {term}" for old, term in FORMER.items() for hit in re.finditer(old, text)]
