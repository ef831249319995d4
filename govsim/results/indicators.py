"""The indicators of a whole run, in the order in which they are printed; what they count stands in :mod:`govsim.results.counts`."""

from __future__ import annotations

from govsim.engine.recording import HourSource, Level
from govsim.results import counts
from govsim.results.counts import TRENDS
from govsim.results.declare import Count, Indicator, Window
from govsim.results.equity import EQUITY
from govsim.results.patterns import PATTERNS
from govsim.results.resolution import RESOLUTION, WHO_SOLVED
from govsim.results.values import Value
from govsim.results.view import View, gini
from govsim.units import MILLION, PER_10000, PERCENT, THOUSAND, WEEKS_PER_YEAR


def _took_part_lately(view: View) -> float:
    return float((view.adult & view.took_part_lately).sum())


PARTICIPATION: tuple[Indicator, ...] = (
    Indicator(
        "participation_4w", "take part voluntarily", "四周内自愿参与率", "% of adults, 4 weeks",
        "Adults who took part voluntarily at least once in four weeks, in percent of adults; mean over "
        "the counted weeks.",
        definition_zh="四周内至少自愿参与一次的成年居民占全部成年居民的百分比，取统计期均值。",
        direction=1, decimals=1, scale=PERCENT,
        events=counts.counter("active_4w", "adults who took part in the last four weeks, week by week", "最近四周内参与过的成年居民（逐周）"), base=counts.ADULT_WEEKS,
        printed="4-week participation, % of adults", headline=True,
    ),
    Indicator(
        "participation_weekly", "take part in a week", "每周自愿参与率", "% of adults, week",
        "Adults who took part voluntarily in a week, in percent of adults; mean over the counted weeks.",
        definition_zh="一周内自愿参与的成年居民占全部成年居民的百分比，取统计期均值。",
        direction=1, decimals=2, scale=PERCENT,
        events=counts.counter("active", "adults who took part, week by week", "本周参与的成年居民（逐周）"), base=counts.ADULT_WEEKS,
    ),
    Indicator(
        "registered_share", "registered as volunteers", "志愿者注册率", "% of adults",
        "Adults registered as volunteers, in percent of adults; mean over the counted weeks. Registered is "
        "not active.",
        definition_zh="注册为志愿者的成年居民占全部成年居民的百分比，取统计期均值。注册不等于实际参与。",
        direction=0, decimals=1, scale=PERCENT,
        events=counts.counter("registered", "adults registered as volunteers, week by week", "注册为志愿者的成年居民（逐周）"), base=counts.ADULT_WEEKS,
    ),
    Indicator(
        "participation_26w", "took part in the last half year", "半年内自愿参与率", "% of adults, 26 weeks",
        "Adults who took part voluntarily at least once in the last 26 weeks, in percent of adults, at the end.",
        definition_zh="最后26周内至少自愿参与过一次的成年居民占全部成年居民的百分比，按期末计算。",
        direction=1, decimals=1, scale=PERCENT, window=Window.HALF_YEAR,
        events=Count("adults who took part in the last 26 weeks", "最后26周内参与过的成年居民", _took_part_lately),
        base=Count("adults at the end", "期末成年居民", lambda view: float(view.adult.sum())),
    ),
    Indicator(
        "hours_per_adult", "voluntary hours", "人均志愿工时", "hours per adult-year",
        "Voluntary hours given, per adult and year.",
        definition_zh="自愿服务工时，按每名成年居民每年计。",
        direction=1, decimals=2, events=counts.VOLUNTARY_HOURS, base=counts.ADULT_YEARS,
    ),
    Indicator(
        "hours_gini", "concentration of voluntary hours", "志愿工时基尼系数", "Gini, 0-1",
        "Gini coefficient of voluntary hours of the last 26 weeks over adults at the end: 0 if all give the same, near 1 if "
        "few give all.",
        definition_zh="最后26周的志愿工时在期末成年居民之间分布的基尼系数：人人相同为0，集中于少数人则接近1。",
        direction=0, decimals=2, window=Window.HALF_YEAR, measure=lambda v: gini(v.resident("hours_26w")[v.adult]),
    ),
    Indicator(
        "self_started_share", "self-started part of it", "自发参与工时占比", "% of voluntary hours",
        "Voluntary hours of those who took part without needing a call, in percent of all voluntary hours.",
        definition_zh="无须动员即参与者的志愿工时占全部志愿工时的百分比。",
        direction=1, decimals=1, scale=PERCENT, base=counts.VOLUNTARY_HOURS,
        events=counts.counter("self_started_hours", "of those, without needing a call", "其中无须动员者"),
    ),
    Indicator(
        "called_share", "called part of it", "动员参与工时占比", "% of voluntary hours",
        "Voluntary hours of those who took part because of a call, in percent of all voluntary hours.",
        definition_zh="因动员才参与者的志愿工时占全部志愿工时的百分比。",
        direction=0, decimals=1, scale=PERCENT, base=counts.VOLUNTARY_HOURS,
        events=counts.counter("called_hours", "of those, because of a call", "其中因动员者"),
    ),
    Indicator(
        "mandated_hours", "ordered attendance", "指令性出席工时", "hours per adult-year",
        "Hours of attendance that was ordered, per adult and year; never counted as participation.",
        definition_zh="按要求出席的工时，按每名成年居民每年计；从不计入自愿参与。",
        direction=0, decimals=2, base=counts.ADULT_YEARS,
        events=counts.counter("mandated_hours", "hours of ordered attendance", "指令性出席工时"),
    ),
)  # fmt: skip


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


def _condition(view: View) -> float:
    residents = view.recording.weekly["residents"][view.counted]
    return float((view.recording.weekly["condition"][view.counted] * residents).sum())


COMMUNITY: tuple[Indicator, ...] = (
    Indicator(
        "organisations", "social organisations at work", "在开展工作的社会组织", "per 10,000 residents",
        "Social organisations that live and work in the communities, per 10,000 residents; mean over the counted weeks.",
        definition_zh="在社区内存续并开展工作的社会组织数，按每万名居民计，取统计期均值。",
        direction=0, decimals=1, scale=1.0 / PER_10000, base=counts.RESIDENT_WEEKS,
        events=counts.counter("organisations", "organisations at work, week by week", "开展工作的社会组织（逐周）"),
    ),
    Indicator(
        "enrolled_share", "enrolled for ordered service", "登记服务者占比", "% of adults",
        "Adults enrolled by rule for ordered service, in percent of adults; mean over the counted weeks. Enrolled is "
        "not active.",
        definition_zh="按规定登记、承担指令性服务的成年居民占全部成年居民的百分比，取统计期均值。登记不等于实际参与。",
        direction=0, decimals=1, scale=PERCENT, base=counts.ADULT_WEEKS,
        events=counts.counter("enrolled", "adults enrolled, week by week", "登记服务的成年居民（逐周）"),
    ),
    Indicator(
        "enrolled_activity", "chance that the enrolled come when ordered", "登记者到岗率", "0-1",
        "Chance of coming when ordered, mean over the enrolled and over the counted weeks.",
        definition_zh="登记服务者接到指令时到岗的概率，取统计期均值。",
        direction=0, decimals=2,
        events=counts.counter("activity", "chance of coming, summed over the enrolled and weeks", "到岗概率（逐周合计）"),
        base=counts.counter("enrolled", "adults enrolled, week by week", "登记服务的成年居民（逐周）"),
    ),
    Indicator(
        "infrastructure", "condition of infrastructure", "基础设施状况", "factor on problem rates",
        "Factor by which the condition of infrastructure multiplies the rates of problems, mean over communities "
        "weighted by residents and over the counted weeks; 1 at the reference, higher is worse.",
        definition_zh="基础设施状况对问题发生率的乘数，各社区按居民人数加权，取统计期均值；1为基准，越高越差。",
        direction=-1, decimals=2, base=counts.RESIDENT_WEEKS,
        events=Count("condition, summed over residents and weeks", "状况（按居民逐周合计）", _condition),
    ),
    Indicator(
        "rehoused", "households rehoused", "搬迁户数", "per 1,000 residents and year",
        "Households moved out of the subsidence zone, per 1,000 residents and year.",
        definition_zh="迁出采煤沉陷区的家庭数，按每千名居民每年计。",
        direction=0, decimals=2, scale=THOUSAND, base=counts.RESIDENT_YEARS,
        events=counts.counter("rehoused", "households rehoused", "搬迁家庭"),
    ),
    Indicator(
        "trifles", "trifles filed for a quota", "凑数上报", "per 1,000 residents and year",
        "Trifles that grid workers filed to meet a reporting quota, per 1,000 residents and year; they cost hours and "
        "solve nothing.",
        definition_zh="网格员为完成上报指标而上报的琐事，按每千名居民每年计；耗费工时而不解决问题。",
        direction=-1, decimals=1, scale=THOUSAND, base=counts.RESIDENT_YEARS,
        events=counts.counter("trifles", "trifles filed", "凑数上报"),
    ),
)  # fmt: skip


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


INDICATORS: tuple[Indicator, ...] = (
    *PARTICIPATION, *RESOLUTION, *WHO_SOLVED, *TRUST, *STAFF_INDICATORS, *COST, *COMMUNITY, *EQUITY,
    *PATTERNS, *TRENDS,
)  # fmt: skip
"""All of them; names are unique and a test says so."""

HEADLINE: tuple[Indicator, ...] = tuple(indicator for indicator in INDICATORS if indicator.headline)
"""Those of the printed comparison; the correction for looking at many counts these and no others."""


def summarise(view: View) -> dict[str, Value]:
    """Return every indicator of one run, by name, in printing order."""
    return {indicator.name: indicator.compute(view) for indicator in INDICATORS}
