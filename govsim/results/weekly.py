"""The district week by week: what was counted, and the rates made of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from govsim.engine.recording import COUNTERS, Activity, Counter, Event, HourSource, Level
from govsim.results.declare import Column
from govsim.results.ledger import CHINESE
from govsim.results.values import Missing, Value
from govsim.results.view import STAFF, View
from govsim.units import PERCENT

Series = Sequence[Value]
Make = Callable[[View], Series]


def divide(numerator: NDArray[np.float64], denominator: NDArray[np.float64], scale: float = 1.0) -> Series:
    """Return the weekly ratio; a week without a denominator has none."""
    pairs = zip(numerator.tolist(), denominator.tolist(), strict=True)
    return [scale * a / b if b > 0 else Missing.NO_BASE for a, b in pairs]


def _counter(name: str) -> Make:
    return lambda view: view.weekly(name).tolist()


def _per(name: str, base: str, scale: float) -> Make:
    return lambda view: divide(view.weekly(name), view.weekly(base), scale)


def _undetected(view: View) -> Series:
    hidden, opened = (view.stocks[name].sum(axis=1) for name in ("undetected", "open"))
    return divide(hidden, hidden + opened, PERCENT)


def _reported(view: View) -> Series:
    trifles = view.weekly("trifles")
    return divide(view.weekly("reported_done") + trifles, view.weekly("reported_due") + trifles, PERCENT)


def _problems(name: str) -> Make:
    return lambda view: view.stocks[name].sum(axis=1).tolist()


def _office(name: str) -> Make:
    def series(view: View) -> Series:
        table: NDArray[np.float64] = getattr(view.recording, name)
        return np.asarray(table.sum(axis=1), dtype=np.float64).tolist()  # type: ignore[no-any-return]

    return series


def _load(level: Level) -> Make:
    def series(view: View) -> Series:
        at = view.at_level(level)
        filled = view.recording.filled[:, at]
        load = np.where(filled > 0, view.recording.load[:, at], 0.0)
        return divide((load * filled).sum(axis=1), filled.sum(axis=1))

    return series


def _supplied(source: HourSource) -> Make:
    return lambda view: np.asarray(view.recording.supplied[:, :, int(source)].sum(axis=1)).tolist()


def _staff_hours(activity: Activity) -> Make:
    return lambda view: np.asarray(view.recording.hours[:, :, STAFF, int(activity)].sum(axis=(1, 2))).tolist()


_SOURCES_ZH = ("在岗人员", "下沉干部", "党员", "志愿者", "社会组织", "企业")
_ACTIVITIES_ZH = (
    "热线", "下达任务", "巡查", "走访", "会议", "动员", "受理", "办件", "召集", "外联", "培训", "组织培育", "空闲", "结果公开",
)  # fmt: skip
_LEVELS_ZH = ("社区", "街道", "部门", "热线")

_RATES: tuple[tuple[Column, Make], ...] = (
    (
        Column(
            "active_share", "take part this week", "每周自愿参与率", "% of adults",
            "Adults who took part voluntarily this week, in percent of adults.", 1,
            definition_zh="本周自愿参与的成年居民占全部成年居民的百分比。",
        ),
        _per("active", "adults", PERCENT),
    ),
    (
        Column(
            "active_4w_share", "took part in four weeks", "四周内自愿参与率", "% of adults",
            "Adults who took part voluntarily in the last four weeks, in percent of adults.", 1,
            definition_zh="最近四周内自愿参与过的成年居民占全部成年居民的百分比。",
        ),
        _per("active_4w", "adults", PERCENT),
    ),
    (
        Column(
            "undetected_share", "undetected part of existing problems", "存量问题未发现占比", "% of existing problems",
            "Problems on no office's table, in percent of those that exist and are not closed, at the week's end.", -1,
            definition_zh="周末不在任何单位案头的问题占全部存在且未办结问题的百分比。",
        ),
        _undetected,
    ),
    (
        Column(
            "problems_undetected", "undetected problems", "未发现问题存量", "problems",
            "Problems on no office's table at the week's end, those left by an explanation included.", -1,
            definition_zh="周末不在任何单位案头的问题，含解释后仍存者。",
        ),
        _problems("undetected"),
    ),
    (
        Column(
            "problems_open", "known problems not closed", "待办问题存量", "problems",
            "Known problems that are not closed at the week's end.", -1,
            definition_zh="周末已发现而未办结的问题。",
        ),
        _problems("open"),
    ),
    (
        Column(
            "problems_arisen", "problems that arose", "新发生的问题", "problems",
            "Problems that arose this week, problems that came back included.",
            definition_zh="本周发生的问题，含复发。",
        ),
        lambda view: view.weekly_problems(Event.ARISE, Event.RECURS).tolist(),
    ),
    (
        Column(
            "problems_found", "problems that came to light", "新发现的问题", "problems",
            "Problems that came to light for the first time this week.",
            definition_zh="本周首次被发现的问题。",
        ),
        lambda view: view.weekly_problems(Event.DETECT).tolist(),
    ),
    (
        Column(
            "problems_solved", "problems solved", "已解决的问题", "problems",
            "Problems solved this week; answers to questions are not among them.",
            definition_zh="本周解决的问题，不含答复的咨询。",
        ),
        lambda view: view.weekly_problems(Event.RESOLVED).tolist(),
    ),
    (
        Column(
            "reported_completion", "reported as completed by the deadline", "上报按时办结率",
            "% of orders due, trifles included",
            "Orders reported as done in time, in percent of orders due this week, trifles included.", 0,
            definition_zh="本周到期工单（含凑数上报）中上报为按期办结者的百分比。",
        ),
        _reported,
    ),
    (
        Column(
            "true_completion", "truly resolved by the deadline", "真实按时解决率", "% of orders due",
            "Orders truly done in time, in percent of orders due this week.", 1,
            definition_zh="本周到期工单中已真实解决者的百分比。",
        ),
        _per("truly_done", "reported_due", PERCENT),
    ),
    (
        Column(
            "callback_satisfaction", "satisfied on independent call-back", "独立回访满意率",
            "% of call-backs",
            "Residents satisfied with the result, in percent of independent call-backs this week.", 1,
            definition_zh="本周独立回访中对结果满意者的百分比。",
        ),
        _per("callbacks_satisfied", "callbacks", PERCENT),
    ),
)  # fmt: skip

_OFFICES: tuple[tuple[Column, Make], ...] = (
    *(
        (Column(name, en, zh, unit, definition, direction, definition_zh=meaning), _office(name))
        for name, en, zh, unit, definition, meaning, direction in (
            (
                "posts", "established posts", "编制数", "posts", "Established posts of all offices.",
                "全部单位的编制数。", 0,
            ),
            (
                "filled", "people in post", "在岗人数", "people", "People in post in all offices.",
                "全部单位的在岗人数。", 0,
            ),
            (
                "burnt_out", "burnt-out staff", "倦怠人数", "people", "Of the people in post, those burnt out.",
                "在岗人员中处于职业倦怠者。", -1,
            ),
            ("quits", "quits", "离职人数", "people", "People who left this week.", "本周离职人数。", -1),
            (
                "tasks_undone", "tasks waiting", "待办任务工时", "hours",
                "Work of tasks from above that waits at the week's end.", "周末仍在等待的上级任务的工作量。", -1,
            ),
            ("money_granted", "money granted", "拨付资金", "yuan", "Money granted this week.", "本周拨付的资金。", 0),
            ("money_spent", "money spent", "支出资金", "yuan", "Money spent this week.", "本周支出的资金。", 0),
        )
    ),
    *(
        (
            Column(
                f"load_{level.name.lower()}", f"load, {level.name.lower()} tier", f"{zh}负荷",
                "demanded / available hours", "Hours demanded over available, weighted by posts filled.", -1,
                definition_zh="工时需求与可用工时之比，按在岗人数加权。",
            ),
            _load(level),
        )
        for level, zh in zip(Level, _LEVELS_ZH, strict=True)
    ),
    *(
        (
            Column(
                f"supplied_{source.name.lower()}", f"hours supplied, {source.name.lower()}", f"{zh}供给工时",
                "hours", f"Hours supplied this week, source: {source.name.lower()}.",
                definition_zh=f"本周供给的工时，来源：{zh}。",
            ),
            _supplied(source),
        )
        for source, zh in zip(HourSource, _SOURCES_ZH, strict=True)
    ),
    *(
        (
            Column(
                f"staff_{activity.name.lower()}", f"staff hours, {activity.name.lower()}", f"人员工时：{zh}",
                "hours", f"Hours of paid and seconded staff this week, activity: {activity.name.lower()}.",
                definition_zh=f"本周在岗和下派人员的工时，用途：{zh}。",
            ),
            _staff_hours(activity),
        )
        for activity, zh in zip(Activity, _ACTIVITIES_ZH, strict=True)
    ),
)  # fmt: skip


_WHEN = {"stock": ("at the week's end", "周末值"), "flow": ("this week", "本周")}


def _mean_condition(view: View) -> Series:
    weights = view.recording.weekly["residents"]
    return divide((view.recording.weekly["condition"] * weights).sum(axis=1), weights.sum(axis=1))


def _count(counter: Counter) -> tuple[Column, Make]:
    words, (label, zh) = counter.name.replace("_", " "), CHINESE[counter.name]
    if counter.name == "condition":
        meaning = f"{counter.meaning}; mean over communities, weighted by residents, at the week's end."
        column = Column(counter.name, words, label, counter.unit, meaning, -1)
        return replace(column, definition_zh=f"{zh}；各社区按居民人数加权的均值，周末值。"), _mean_condition
    if counter.kind == "sum":
        over = "enrolled" if counter.name == "activity" else "adults"
        meaning = f"{counter.meaning.partition(', summed')[0]}, mean over {'the ' if over == 'enrolled' else ''}{over}"
        column = Column(counter.name, words, label, counter.unit, f"{meaning}, at the week's end.")
        people = "登记服务者" if over == "enrolled" else "成年居民"
        return replace(column, definition_zh=f"{zh}，{people}均值，周末值。"), _per(counter.name, over, 1.0)
    when, when_zh = _WHEN[counter.kind]
    column = Column(counter.name, words, label, counter.unit, f"{counter.meaning}; {when}.")
    return replace(column, definition_zh=f"{zh}（{when_zh}）。"), _counter(counter.name)


WEEKLY: tuple[tuple[Column, Make], ...] = (*_RATES, *map(_count, COUNTERS), *_OFFICES)
"""Columns of the weekly table after ``week``; names are unique and a test says so."""


def weekly_rows(view: View) -> tuple[list[str], list[list[Value]]]:
    """Return the header and one row a week of the whole district, week 0 first."""
    series = [make(view) for _, make in WEEKLY]
    header = ["week", *(column.name for column, _ in WEEKLY)]
    rows: list[list[Value]] = [[float(week), *cells] for week, cells in enumerate(zip(*series, strict=True))]
    return header, rows
