"""What indicators count, and out of what: each is declared once and used wherever it is needed.

And whether a run has settled: how far stocks still move within the counted weeks. Rates of a run that has not settled hang
on its length. What counts as moving is said by :func:`still_moving`, over the seeds of an arm.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from govsim.engine.recording import HALF_YEAR, Activity, Event, HourSource, Level
from govsim.results.declare import Count, Indicator, Measure
from govsim.results.values import Missing, Value
from govsim.results.view import STAFF, UNPAID, Mask, View, how_many
from govsim.units import PERCENT, THOUSAND


def counter(name: str, en: str, zh: str) -> Count:
    """Return the count that sums a weekly counter over the counted weeks."""
    return Count(en, zh, lambda view: view.sum_of(name))


def cases(en: str, zh: str, which: str) -> Count:
    """Return the count of cases under a mask of the view."""
    return Count(en, zh, lambda view: how_many(getattr(view, which)))


ADULT_WEEKS = counter("adults", "adults, week by week", "成年居民（逐周）")
ADULT_YEARS = Count("adult-years", "成年居民人年", lambda view: view.adult_years)
RESIDENT_WEEKS = counter("residents", "residents, week by week", "居民（逐周）")
RESIDENT_YEARS = Count("resident-years", "居民人年", lambda view: view.resident_years)
VOLUNTARY_HOURS = Count(
    "voluntary hours",
    "志愿工时",
    lambda view: view.sum_of("self_started_hours") + view.sum_of("called_hours"),
)
PROBLEMS_ARISEN = cases("problems that arose", "已发生的问题", "arisen")
PROBLEMS_SOLVED = cases("problems solved", "已解决的问题", "solved_lately")
UNSOLVED_OF_ARISEN = Count(
    "of those, unsolved at the end",
    "其中期末未解决的问题",
    lambda view: how_many(view.arisen & view.unsolved),
)
ORDERS_DUE = counter("reported_due", "orders due", "到期工单")
ORDERS_AND_TRIFLES = Count(
    "orders due, trifles filed for a quota included", "到期工单（含凑数上报）",
    lambda view: view.sum_of("reported_due") + view.sum_of("trifles"),
)  # fmt: skip
REPORTED_DONE = Count(
    "orders reported as done in time, trifles included", "上报按期办结的工单（含凑数上报）",
    lambda view: view.sum_of("reported_done") + view.sum_of("trifles"),
)  # fmt: skip
TRULY_DONE = counter("truly_done", "orders truly done in time", "实际按期解决的工单")
SAID_BUT_NOT_DONE = Count(
    "orders reported as done in time but not truly done, trifles included", "上报按期办结但并未解决的工单（含凑数上报）",
    lambda view: view.sum_of("reported_done") + view.sum_of("trifles") - view.sum_of("truly_done"),
)  # fmt: skip
CALLS = counter("contacts", "calls", "来电")


def _stock(view: View, name: str) -> float:
    return float(view.stocks[name][view.counted].sum())


UNDETECTED = Count(
    "undetected problems, week by week", "未被发现的问题（逐周）", lambda view: _stock(view, "undetected")
)
OPEN = Count(
    "known problems not closed, week by week",
    "已发现而未办结的问题（逐周）",
    lambda view: _stock(view, "open"),
)
EXISTING = Count(
    "existing problems, week by week", "现存问题（逐周）",
    lambda view: _stock(view, "undetected") + _stock(view, "open"),
)  # fmt: skip


def count_watched(weeks: int, stamp: str, among: str, en: str, zh: str) -> Count:
    """Return the count of cases that can be watched for some weeks after a time stamp."""
    return Count(en, zh, lambda view: how_many(view.watched(weeks, stamp, getattr(view, among))))


def solved_within(weeks: int, stamp: str, among: str) -> Count:
    """Return the count of those of them that were solved in time."""
    return Count(
        f"of those, solved within {weeks} weeks", f"其中{weeks}周内解决的问题",
        lambda view: how_many(view.solved_within(weeks, stamp, getattr(view, among))),
    )  # fmt: skip


def hidden_for(weeks: int) -> Count:
    """Return the count of those of them that no office knew of by then."""
    return Count(
        f"of those, not known within {weeks} weeks", f"其中{weeks}周内未被发现的问题",
        lambda view: how_many(view.hidden_for(weeks, view.problem)),
    )  # fmt: skip


CAME_BACK = Count(
    f"of those, back within {HALF_YEAR} weeks", f"其中{HALF_YEAR}周内复发的问题",
    lambda view: how_many(view.came_back(HALF_YEAR)[0]),
)  # fmt: skip
COULD_COME_BACK = Count(
    f"problems solved, watched for {HALF_YEAR} weeks", f"已解决并观察满{HALF_YEAR}周的问题",
    lambda view: how_many(view.came_back(HALF_YEAR)[1]),
)  # fmt: skip
EXPLAINED = Count(
    "closings of problems by explanation",
    "以解释办结的问题",
    lambda view: float(view.events(Event.EXPLAINED).size),
)
CLOSINGS = Count(
    "closings of problems",
    "问题的全部办结",
    lambda view: float(view.events(Event.EXPLAINED, Event.RESOLVED).size),
)
SOLVED_AGAIN = Count(
    "of those, problems that had come back", "其中复发后再次解决的问题",
    lambda view: how_many(view.solved_lately & (view.case("recurrence") > 0)),
)  # fmt: skip


def worked(sources: tuple[int, ...], en: str, zh: str) -> Count:
    """Return hours that some sources worked, idle hours apart."""
    return Count(en, zh, lambda view: view.hours(sources, view.everywhere))


PAID_WORK = worked(STAFF, "hours that paid and seconded staff worked", "在岗和下派人员的工作工时")
PAID_SUPPLIED = Count(
    "hours of paid and seconded staff", "在岗和下派人员的供给工时", lambda view: view.supplied(STAFF)
)
PAID_IDLE = Count(
    "of those, idle hours", "其中空闲工时", lambda view: view.hours(STAFF, view.everywhere, Activity.IDLE)
)
UNPAID_SUPPLIED = Count(
    "hours of volunteers and members", "志愿者和党员的工时", lambda view: view.supplied(UNPAID)
)
MONEY_SPENT = Count(
    "yuan spent", "支出资金（元）", lambda view: float(view.recording.money_spent[view.counted].sum())
)
MONEY_GRANTED = Count(
    "yuan granted", "拨款（元）", lambda view: float(view.recording.money_granted[view.counted].sum())
)
HOURS_GRANTED = Count(
    "staff hours granted", "核定工时", lambda view: float(view.recording.granted[view.counted].sum())
)
ALL_WORK = worked(tuple(int(source) for source in HourSource), "hours that anybody worked", "全部工作工时")
PROBLEMS_FOUND = Count(
    "problems that came to light",
    "首次发现的问题",
    lambda view: how_many(view.lately("detected", view.known)),
)


def _workers(view: View) -> Mask:
    return view.at_level(Level.COMMUNITY, Level.STREET)


def staff(column: str, en: str, zh: str) -> Count:
    """Return a count of people in community and street offices, summed over the counted weeks."""
    return Count(en, zh, lambda view: view.person_weeks(column, _workers(view)))


STAFF_WEEKS = staff("filled", "people in post, week by week", "在岗人员（逐周）")
COMMUNITY_WORK = Count(
    "hours that community staff worked", "社区人员的工作工时",
    lambda view: view.hours(STAFF, view.at_level(Level.COMMUNITY)),
)  # fmt: skip
COMMUNITY_TASKS = Count(
    "of those, on tasks from above", "其中用于上级任务的工时",
    lambda view: view.hours(STAFF, view.at_level(Level.COMMUNITY), Activity.TASKS),
)  # fmt: skip


def hours_on_solved(column: str, en: str, zh: str) -> Count:
    """Return the hours of some column of the case ledger on problems solved in the counted weeks."""
    return Count(en, zh, lambda view: float(view.case(column)[view.solved_lately].sum()))


_GROUPS = ("government", "members", "residents", "organisations", "enterprises")
HOURS_ON_SOLVED = Count(
    "all hours on problems solved", "用于已解决问题的全部工时",
    lambda view: float(np.sum([view.case(f"hours_{group}")[view.solved_lately].sum() for group in _GROUPS])),
)  # fmt: skip


def supplied(sources: tuple[HourSource, ...], en: str, zh: str) -> Count:
    """Return hours supplied by some sources, worked or idle."""
    return Count(en, zh, lambda view: view.supplied(tuple(int(s) for s in sources)))


Series = NDArray[np.float64]


def _per_resident(stock: str) -> Callable[[View], Series]:
    return lambda view: THOUSAND * view.stocks[stock].sum(axis=1) / np.maximum(view.weekly("residents"), 1.0)


def _burnt_out(view: View) -> Series:
    at = view.at_level(Level.COMMUNITY, Level.STREET)
    burnt, filled = (getattr(view.recording, name)[:, at].sum(axis=1) for name in ("burnt_out", "filled"))
    return np.asarray(burnt / np.maximum(filled, 1.0))


def _change(series: Callable[[View], Series]) -> Measure:
    def change(view: View) -> Value:
        counted = series(view)[view.counted]
        half, level = counted.size // 2, float(counted.mean())
        if not half or level <= 0.0:
            return Missing.NO_BASE
        return float(PERCENT * (counted[-half:].mean() - counted[:half].mean()) / level)

    return change


TRENDS: tuple[Indicator, ...] = tuple(
    Indicator(
        f"change_{name}", f"change within the counted weeks: {en}", f"统计期内变化：{zh}", "% of its mean",
        f"{en[0].upper()}{en[1:]}: mean of the second half of the counted weeks minus mean of the first half, in percent of the "
        "mean of all of them.",
        definition_zh=f"{zh}：统计期后半段均值减去前半段均值，占统计期均值的百分比。",
        decimals=1, measure=_change(series),
    )
    for name, en, zh, series in (
        ("backlog", "known problems not closed, per resident", "人均待办积压", _per_resident("open")),
        ("hidden", "undetected problems, per resident", "人均未被发现的问题", _per_resident("undetected")),
        ("burnout", "burnt-out share of community and street staff", "基层人员倦怠率", _burnt_out),
    )
)  # fmt: skip

SMALLEST_CHANGE = 10.0
"""A stock still moves when it changes within the counted weeks by more than this, in percent of its mean ..."""
ERRORS = 2.0
"""... and by more than so many standard errors over seeds."""


def still_moving(changes: Sequence[Value]) -> float | None:
    """Return by how much a stock of an arm still moves, in percent of its mean, or None where it has settled.

    Parameters
    ----------
    changes
        One of :data:`TRENDS` by seed.
    """
    known = [value for value in changes if not isinstance(value, Missing)]
    if not known:
        return None
    mean = float(np.mean(known))
    error = float(np.std(known, ddof=1)) / len(known) ** 0.5 if len(known) > 1 else 0.0
    return mean if abs(mean) > max(SMALLEST_CHANGE, ERRORS * error) else None
