"""Indicators of what changes slowly: organisations, enrolled members, infrastructure."""

from __future__ import annotations

from govsim.results.declare import Indicator
from govsim.results.values import Missing, Value, ratio
from govsim.results.view import View
from govsim.units import PER_1000, PER_10000, PERCENT, THOUSAND, WEEKS_PER_YEAR


def _condition(view: View) -> Value:
    residents = view.recording.weekly["residents"][view.year]
    weighted = view.recording.weekly["condition"][view.year] * residents
    return ratio(float(weighted.sum()), float(residents.sum()))


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
        "Social organisations that live and work in the communities, per 10,000 residents; mean over the last year.",
        definition_zh="在社区内存续并开展工作的社会组织数，按每万名居民计，取最后一年的均值。",
        direction=0, decimals=1,
        compute=lambda v: ratio(v.over_year("organisations"), v.over_year("residents") * PER_10000),
    ),
    Indicator(
        "enrolled_share", "enrolled for ordered service", "登记服务者占比", "% of adults",
        "Adults enrolled by rule for ordered service, in percent of adults; mean over the last year. Enrolled is "
        "not active.",
        definition_zh="按规定登记、承担指令性服务的成年居民占全部成年居民的百分比，取最后一年的均值。登记不等于实际参与。",
        direction=0, decimals=1, compute=lambda v: v.share_of_adults("enrolled"),
    ),
    Indicator(
        "enrolled_activity", "chance that the enrolled come when ordered", "登记者到岗率", "0-1",
        "Chance of coming when ordered, mean over the enrolled and over the last year.",
        definition_zh="登记服务者接到指令时到岗的概率，取最后一年的均值。",
        direction=0, decimals=2, compute=lambda v: ratio(v.over_year("activity"), v.over_year("enrolled")),
    ),
    Indicator(
        "infrastructure", "condition of infrastructure", "基础设施状况", "factor on problem rates",
        "Factor by which the condition of infrastructure multiplies the rates of problems, mean over communities "
        "weighted by residents and over the last year; 1 at the reference, higher is worse.",
        definition_zh="基础设施状况对问题发生率的乘数，各社区按居民人数加权，取最后一年的均值；1为基准，越高越差。",
        direction=-1, decimals=2, compute=_condition,
    ),
    Indicator(
        "rehoused", "households rehoused", "搬迁户数", "per 1,000 residents and year",
        "Households moved out of the subsidence zone, per 1,000 residents and year.",
        definition_zh="迁出采煤沉陷区的家庭数，按每千名居民每年计。",
        direction=0, decimals=2, compute=lambda v: ratio(v.total("rehoused"), v.resident_years * PER_1000),
    ),
    Indicator(
        "trifles", "trifles filed for a quota", "凑数上报", "per 1,000 residents and year",
        "Trifles that grid workers filed to meet a reporting quota, per 1,000 residents and year; they cost hours and "
        "solve nothing.",
        definition_zh="网格员为完成上报指标而上报的琐事，按每千名居民每年计；耗费工时而不解决问题。",
        direction=-1, decimals=1, compute=lambda v: ratio(v.total("trifles"), v.resident_years, THOUSAND),
    ),
)  # fmt: skip
