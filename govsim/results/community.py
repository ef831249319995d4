"""Indicators of what changes slowly: organisations, enrolled members, infrastructure."""

from __future__ import annotations

from govsim.results import counts
from govsim.results.declare import Count, Indicator
from govsim.results.values import Missing, Value
from govsim.results.view import View
from govsim.units import PER_10000, PERCENT, THOUSAND, WEEKS_PER_YEAR


def _condition(view: View) -> float:
    residents = view.recording.weekly["residents"][view.counted]
    return float((view.recording.weekly["condition"][view.counted] * residents).sum())


def yearly_change(view: View, counter: str) -> Value:
    """Return the mean yearly change of a stock between its first and last week, in percent."""
    first, last = float(view.weekly(counter)[0]), view.at_end(counter)
    years = (view.recording.weeks - 1) / WEEKS_PER_YEAR
    if first <= 0 or last <= 0 or years <= 0:
        return Missing.NO_BASE
    return float(PERCENT * ((last / first) ** (1 / years) - 1))


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
