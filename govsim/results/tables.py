"""The tables of a run folder: the words in which everything is counted, what their columns mean, and their rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from typing import NamedTuple

import numpy as np

from govsim.engine.recording import HALF_YEAR, QUESTION, Activity, HourSource, Level
from govsim.results.csvtext import Cell
from govsim.results.declare import Column, Indicator
from govsim.results.equity import DISADVANTAGED, GAP_MEASURES, GROUP_MEASURES, SMALL_GROUP, gap, groups
from govsim.results.estimate import Estimate
from govsim.results.indicators import INDICATORS
from govsim.results.values import Missing, Value, percent, ratio
from govsim.results.view import QUARTER, Mask, View, ViewPart, how_many, rows_by
from govsim.results.weekly import WEEKLY, weekly_rows
from govsim.units import DAYS_PER_WEEK, THOUSAND, WEEKS_PER_YEAR


class Term(NamedTuple):
    """A word of the trade: its name and its definition, in English and in Chinese."""

    name: str
    zh: str
    definition: str
    definition_zh: str


TERMS: tuple[Term, ...] = (
    Term(
        "case", "案件",
        "One row of the case ledger: a problem or a question of one household. What comes back after it was solved is a case "
        "of its own, with the same number and the next recurrence.",
        "案件台账中的一行：一户居民的一个问题或一次咨询。解决后复发的，另计为一个案件，编号相同，复发次数加一。",
    ),
    Term(
        "problem", "问题",
        "A case whose class is not of the kind consultation.",
        "类别不属于咨询的案件。",
    ),
    Term(
        "question", "咨询",
        "A case whose class is of the kind consultation. It is in no rate of problems.",
        "类别属于咨询的案件，不计入任何问题类指标。",
    ),
    Term(
        "known", "已发现",
        "A case is known from the moment at which it first came to light, by whatever channel: column detected of the case "
        "ledger.",
        "案件自首次被任一渠道发现之时起为已发现：案件台账中的detected列。",
    ),
    Term(
        "report", "报告",
        "A resident tells an office of a case: it comes to light by hotline or walk-in, or the resident calls about a case that "
        "was known and not closed when the week began (event called_again that takes nobody's hours).",
        "居民向单位反映一个案件：通过热线或上门使其被发现，或就周初已发现而未办结的案件再次来电（不耗工时的called_again事件）。",
    ),
    Term(
        "call", "来电",
        "A report by hotline, repeated calls included.",
        "通过热线的报告，含重复来电。",
    ),
    Term(
        "order", "工单",
        "A known problem. It is due once: at the moment at which it is closed for good, or at its official deadline, whichever "
        "is first; the deadline runs from when it came to light. One that lapses before its deadline is never due.",
        "已发现的问题。每件工单只到期一次：最终办结之时或法定期限届满之时，以先到者为准；期限自被发现之时起算。期限届满前自行消失的不计为到期。",
    ),
    Term(
        "in time", "按期",
        "An order is truly done in time when it is solved by its deadline. It is reported as done in time when it is closed by "
        "then, by work or by explanation, or when its office says so all the same.",
        "工单在期限内得到解决为实际按期解决；期限内以办理或解释办结，或承办单位仍称已办结的，为上报按期办结。",
    ),
    Term(
        "solved", "解决",
        "A problem is solved (truly resolved) when it is closed by work done: outcome resolved. Answers to questions, "
        "explanations and lapses solve nothing. A problem that comes back and is solved again counts twice.",
        "问题因办理而办结（结果为resolved）即为解决。答复咨询、解释办结和自行消失均不算解决。复发后再次解决的计两次。",
    ),
    Term(
        "present", "在住",
        "A resident is present in a week when he or she lived there as it began; who dies or moves away does so at a week's end. "
        "An adult is a present resident aged 16 or over when the week began.",
        "一周开始时在住的居民为该周在住居民；去世或迁出者于周末离开。周初年满16岁的在住居民为成年居民。",
    ),
    Term(
        "group", "群体",
        "Residents are grouped by what they were at the start; those with fewest ties have at most as many ties as the tenth of adults "
        "with the fewest. Coming to light, being solved and their gaps go, in groups by age and work, by what the owner was when the "
        "problem arose.",
        "按居民期初的情况分组；社会联系最少者指联系数不超过成年居民中最少一成的居民。按年龄和就业状况分组时，发现、解决及其差距按问题发生时当事人的情况计。",
    ),
    Term(
        "counted weeks", "统计期",
        "The last 52 weeks of a run; of a run of less than two years the second half. Flows, means of stocks and rates are taken "
        "over them, and cases count by when they arose, were solved or could be watched to the end of their window.",
        "模拟期的最后52周；不足两年的取后半段。流量、存量均值和各种比率均按统计期计算；案件按其发生、解决或观察期结束的时间计入。",
    ),
    Term(
        "worked hours", "工作工时",
        "Hours under any activity but idle. Supplied hours are worked hours and idle hours together.",
        "除空闲以外各用途的工时。供给工时为工作工时与空闲工时之和。",
    ),
)  # fmt: skip
"""In the order in which they build on each other."""


Rows = list[list[Cell]]
Table = tuple[list[str], Rows]

_WEEK = Column("week", "week", "周", "weeks", "Week of the run, from 0.")
_LEVEL = Column("level", "tier", "层级", "-", "Tier of the office: community, street, department or desk.")

GROUPS = (
    Column("group", "grouping", "分组", "-", "By what residents are grouped."),
    Column("category", "category", "类别", "-", "Which of the groups."),
    Column("indicator", "indicator", "指标", "-", "What is measured; see the rows of table group_measures."),
    Column("unit", "unit", "单位", "-", "Unit of the value."),
    Column("value", "value", "数值", "see unit", "The value; n/a where the group has nothing to divide by."),
    Column(
        "low95",
        "low end",
        "95%下限",
        "see unit",
        "Low end of the 95 % interval that chance among so few people "
        "or problems leaves; other seeds are another matter.",
    ),
    Column("high95", "high end", "95%上限", "see unit", "High end of that interval."),
    Column("base", "base", "基数", "people or problems", "Adults or problems that the value is over."),
    Column("people", "people", "人数", "people", "Residents in the group."),
    Column(
        "small", "small group", "小样本", "-", f"yes where the group has fewer than {SMALL_GROUP} people."
    ),
)
HOURS = (
    _WEEK,
    _LEVEL,
    Column(
        "source",
        "source",
        "来源",
        "-",
        "Whose hours: paid, seconded, member, volunteer, organisation, enterprise.",
    ),
    Column("activity", "activity", "用途", "-", "What they were spent on; idle where on nothing."),
    Column("hours", "hours", "工时", "hours", "Hours; the sum over activities is what was supplied."),
)
MONEY = (
    _WEEK,
    _LEVEL,
    Column("granted", "granted", "拨付", "yuan", "Money granted to the tier in the week."),
    Column(
        "spent", "spent", "支出", "yuan", "Money spent by the tier in the week; the rest stays in its funds."
    ),
)
OFFICES = (
    Column("office", "office", "单位", "-", "Number of the office."),
    Column("name", "name", "名称", "-", "Name of the office; decoration."),
    _LEVEL,
    Column("posts", "posts", "编制", "posts", "Established posts, mean over the run."),
    Column("filled", "people in post", "在岗", "people", "People in post, mean over the run."),
    Column("burnt_out", "burnt out", "倦怠", "people", "Burnt-out people in post, mean over the run.", -1),
    Column("quits", "quits", "离职", "people", "People who left during the run.", -1),
    Column("load", "load", "负荷", "demanded / available hours", "Mean over the weeks with somebody in "
    "post.", -1),
    Column("staff_hours", "staff hours", "人员工时", "hours", "Paid and seconded hours supplied."),
    Column("unpaid_hours", "unpaid hours", "无偿工时", "hours", "Hours of members and volunteers supplied."),
    Column("partner_hours", "partners' hours", "伙伴工时", "hours", "Hours of organisations and "
    "enterprises supplied."),
    Column("used_hours", "hours used", "使用工时", "hours", "Hours under any activity but idle."),
    Column("idle_hours", "idle hours", "空闲工时", "hours", "Hours under no activity; used + idle = "
    "supplied."),
    Column("money_granted", "money granted", "拨付资金", "yuan", "Money granted during the run."),
    Column("money_spent", "money spent", "支出资金", "yuan", "Money spent during the run."),
    Column("tasks_undone", "tasks waiting", "待办任务", "hours", "Tasks from above that wait at the "
    "end.", -1),
)  # fmt: skip
RESOLUTION = (
    Column("kind", "kind of problem", "问题类别", "-", "Kind of problem; all for all problems together."),
    Column("days", "time since arising", "发生后时长", "working days", "Time since the problem arose."),
    Column(
        "unresolved", "not truly resolved", "未真实解决占比", "% of problems",
        "Kaplan-Meier share of problems not truly resolved by then, undetected ones included.", -1,
    ),
    Column("at_risk", "still followed", "仍在观察", "problems", "Problems still followed and unresolved by "
    "then."),
)  # fmt: skip
SUMMARY = (
    Column("indicator", "indicator", "指标", "-", "Name; see table indicators."),
    Column("label_en", "label", "英文名称", "-", "English label."),
    Column("label_zh", "Chinese label", "中文名称", "-", "Chinese label."),
    Column("unit", "unit", "单位", "-", "Unit of the value."),
    Column("direction", "direction", "方向", "-", "1 more is better, -1 less is better, 0 neither."),
    Column("value", "value", "数值", "see unit", "The value, n/a without a denominator, or not reached."),
    Column("low", "published low", "参考下限", "see unit", "Low end of published figures, n/a where there "
    "are none."),
    Column("high", "published high", "参考上限", "see unit", "High end of published figures."),
    Column("inside", "inside", "是否在范围", "-", "Whether the value lies between them."),
    Column("numerator", "what was counted", "分子", "-", "Of a ratio: what was counted, see column events of the dictionary."),
    Column("denominator", "out of what", "分母", "-", "Of a ratio: out of what, see column base of the dictionary. Over several "
    "runs the ratio is that of the sums."),
)  # fmt: skip
_INDICATOR = {indicator.name: Column(*(getattr(indicator, field.name) for field in fields(Column) if not field.kw_only),
    definition_zh=indicator.definition_zh) for indicator in INDICATORS}  # fmt: skip
_IN_COMMUNITIES = (
    "participation_4w", "trust_community", "resolved_existing_26w", "hidden_13w", "still_open", "backlog",
)  # fmt: skip
"""Indicators that the table of communities has too, under the same names."""
COMMUNITIES = (
    Column("community", "community", "社区", "-", "Name of the community; decoration."),
    Column("residents", "residents on average", "平均居民人数", "people", "Residents, mean over the counted weeks."),
    *(
        replace(_INDICATOR[name], definition=f"{_INDICATOR[name].definition} Of this community.")
        for name in _IN_COMMUNITIES[:2]
    ),
    Column("problems", "problems that arose in the run", "问题数", "problems", "Problems that arose during the run."),
    *(
        replace(_INDICATOR[name], definition=f"{_INDICATOR[name].definition} Of this community.")
        for name in _IN_COMMUNITIES[2:]
    ),
)  # fmt: skip


def names(columns: tuple[Column, ...]) -> list[str]:
    """Return the header of a table."""
    return [column.name for column in columns]


def summary_table(view: View) -> Table:
    """Return one row per indicator of the whole run."""
    rows: Rows = []
    for indicator in INDICATORS:
        value, counted = indicator.with_parts(view)
        low, high = indicator.target or (Missing.NO_BASE, Missing.NO_BASE)
        inside = "n/a"
        if indicator.target and not isinstance(value, Missing):
            inside = "yes" if indicator.target[0] <= value <= indicator.target[1] else "no"
        words = (indicator.name, indicator.label_en, indicator.label_zh, indicator.unit)
        rows.append(
            [
                *words,
                indicator.direction,
                value,
                low,
                high,
                inside,
                *(counted or (Missing.NO_BASE, Missing.NO_BASE)),
            ]
        )
    return names(SUMMARY), rows


def group_table(view: View) -> Table:
    """Return one row per group of residents and measure, then the gaps between some groups and the rest."""
    rows: Rows = []

    def add(grouping: str, category: str, measure: Column, found: Estimate, people: int) -> None:
        small = "yes" if people < SMALL_GROUP else "no"
        words = (grouping, category, measure.name, measure.unit)
        rows.append([*words, found.value, found.low, found.high, found.base, people, small])

    for grouping, category, group in groups(view):
        people = int(how_many(group.members))
        for measure in GROUP_MEASURES:
            add(grouping, category, measure, measure.compute(group), people)
    for disadvantaged in DISADVANTAGED:
        people = int(disadvantaged.member(view).sum())
        category = f"{disadvantaged.en} minus rest"
        for item in GAP_MEASURES:
            add("gap", category, item, gap(item.name, view, disadvantaged), people)
    return names(GROUPS), rows


def hours_table(view: View) -> Table:
    """Return the ledger of hours by week, tier, source and activity; entries of nothing are left out."""
    levels = view.recording.offices.level
    tiers = [view.recording.hours[:, levels == int(level)].sum(axis=1) for level in Level]
    ledger = np.stack(tiers, axis=1)
    level, source, activity = ([item.name.lower() for item in kind] for kind in (Level, HourSource, Activity))
    rows: Rows = [
        [week, level[k], source[s], activity[a], hours]
        for (week, k, s, a), hours in zip(
            np.argwhere(ledger).tolist(), ledger[ledger != 0.0].tolist(), strict=True
        )
    ]
    return names(HOURS), rows


def money_table(view: View) -> Table:
    """Return money granted and spent by week and tier."""
    levels = view.recording.offices.level
    rows: Rows = []
    for level in Level:
        at = levels == int(level)
        if at.any():
            granted = view.recording.money_granted[:, at].sum(axis=1).tolist()
            spent = view.recording.money_spent[:, at].sum(axis=1).tolist()
            tier = level.name.lower()
            rows += [[w, tier, g, s] for w, (g, s) in enumerate(zip(granted, spent, strict=True))]
    rows.sort(key=lambda row: int(row[0]) if isinstance(row[0], int) else 0)
    return names(MONEY), rows


def spending_table(view: View) -> Table:
    """Return what hours and money went into over the whole run, and the resident-years that they were spent on."""
    ledger, levels = view.recording.hours.sum(axis=0), view.recording.offices.level
    rows: Rows = [["residents", "-", "-", "-", view.total("residents") / WEEKS_PER_YEAR]]
    for level in Level:
        at = levels == int(level)
        tier = level.name.lower()
        hours = ledger[at].sum(axis=0)
        for source, activity in np.argwhere(hours != 0.0).tolist():
            words = (HourSource(source).name.lower(), Activity(activity).name.lower())
            rows.append(["hours", tier, *words, float(hours[source, activity])])
        if at.any():
            rows.append(["money", tier, "-", "-", float(view.recording.money_spent[:, at].sum())])
    return ["kind", "level", "source", "activity", "amount"], rows


def office_table(view: View) -> Table:
    """Return one row per office over the whole run."""
    recording, tiers = view.recording, view.recording.offices.level
    rows: Rows = []
    for office, name in enumerate(recording.offices.names):
        supplied = recording.supplied[:, office].sum(axis=0)
        idle = float(recording.hours[:, office, :, int(Activity.IDLE)].sum())
        at_work = recording.filled[:, office] > 0
        load = ratio(float(recording.load[at_work, office].sum()), float(at_work.sum()))
        rows.append([
            office, name, Level(int(tiers[office])).name.lower(),
            float(recording.posts[:, office].mean()), float(recording.filled[:, office].mean()),
            float(recording.burnt_out[:, office].mean()),
            float(recording.quits[:, office].sum()), load,
            float(supplied[[HourSource.PAID, HourSource.SECONDED]].sum()),
            float(supplied[[HourSource.MEMBER, HourSource.VOLUNTEER]].sum()),
            float(supplied[[HourSource.ORGANISATION, HourSource.ENTERPRISE]].sum()),
            float(recording.hours[:, office].sum()) - idle, idle,
            float(recording.money_granted[:, office].sum()), float(recording.money_spent[:, office].sum()),
            float(recording.tasks_undone[-1, office]),
        ])  # fmt: skip
    return names(OFFICES), rows


def resolution_table(view: View) -> Table:
    """Return the curves of time to true resolution: daily for a quarter, then weekly."""
    last = view.recording.weeks * DAYS_PER_WEEK
    daily, weekly = np.arange(0, min(last, 65) + 1), np.arange(0, last + 1, DAYS_PER_WEEK)
    days = np.unique(np.concatenate((daily, weekly)))
    rows: Rows = []
    for kind in ("all", *dict.fromkeys(k for k in view.recording.class_kinds if k != QUESTION)):
        among = view.followed if kind == "all" else view.followed & (view.kind == kind)
        if not among.any():
            continue
        curve = view.resolution(among)
        left = 100.0 * curve.at(days.astype(np.float64))
        day = view.recording.hours_per_week / DAYS_PER_WEEK
        closed, onset = view.case("closed")[among], view.case("onset")[among]
        followed = np.sort(np.where(view.solved[among], closed, view.horizon) - onset) / day
        waiting = followed.size - np.searchsorted(followed, days, side="right")
        pairs = zip(days.tolist(), left.tolist(), waiting.tolist(), strict=True)
        rows += [[kind, d, share, n] for d, share, n in pairs]
    return names(RESOLUTION), rows


def community_table(view: View) -> Table:
    """Return one row per community."""
    weekly, counted = view.recording.weekly, view.counted
    rows: Rows = []
    communities = view.recording.communities
    nobody = np.zeros(0, np.intp)
    for index, cases in enumerate(rows_by(view.case("community"), len(communities))):
        here = ViewPart(view, nobody, cases)

        def summed(counter: str, at: int = index) -> float:
            return float(weekly[counter][counted, at].sum())

        def share(part: Mask, whole: Mask) -> Value:
            return percent(float(part.sum()), float(whole.sum()))

        rows.append([
            communities[index], ratio(summed("residents"), counted.stop - counted.start),
            percent(summed("active_4w"), summed("adults")), ratio(summed("trust_community"), summed("adults")),
            int(here.problem.sum()),
            share(here.solved_within(HALF_YEAR, "onset", here.problem), here.watched(HALF_YEAR, "onset", here.problem)),
            share(here.hidden_for(QUARTER, here.problem), here.watched(QUARTER, "onset", here.problem)),
            share(here.arisen & here.unsolved, here.arisen),
            ratio(float(view.stocks["open"][counted, index].sum()), summed("residents"), THOUSAND),
        ])  # fmt: skip
    return names(COMMUNITIES), rows


DICTIONARY = "dictionary.csv"
"""Says what columns mean; the same for all runs."""


def run_tables(view: View) -> Iterator[tuple[str, Table]]:
    """Yield the name and content of every CSV table of a run."""
    header, rows = weekly_rows(view)
    yield "weekly.csv", (header, [list(row) for row in rows])
    yield "communities.csv", community_table(view)
    yield "groups.csv", group_table(view)
    yield "hours.csv", hours_table(view)
    yield "money.csv", money_table(view)
    yield "offices.csv", office_table(view)
    yield "resolution.csv", resolution_table(view)
    yield "summary.csv", summary_table(view)
    yield DICTIONARY, dictionary_table()


def dictionary_table() -> Table:
    """Return what every column of every table means, the ledgers included, and the words in which it is said."""
    from govsim.results.ledger import CASES, COUNTER_LEDGER, EVENTS, HOUR_LEDGER, OFFICE_LEDGER, RESIDENTS

    listed: tuple[tuple[str, tuple[Column, ...]], ...] = (
        ("weekly", (_WEEK, *(column for column, _ in WEEKLY))),
        ("communities", COMMUNITIES), ("groups", GROUPS), ("group_measures", GROUP_MEASURES),
        ("hours", HOURS),
        ("money", MONEY), ("offices", OFFICES), ("resolution", RESOLUTION), ("summary", SUMMARY),
        ("gap_measures", GAP_MEASURES), ("indicators", INDICATORS), ("cases", CASES), ("events", EVENTS),
        ("residents", RESIDENTS), ("hours_ledger", HOUR_LEDGER), ("office_ledger", OFFICE_LEDGER),
        ("counters", COUNTER_LEDGER),
    )  # fmt: skip
    header, rows = described(listed)
    words: Rows = [
        ["terms", t.name, t.name, t.zh, "-", 0, t.definition, t.definition_zh, "none", "none", "none"]
        for t in TERMS
    ]
    return header, words + rows


def _counted(column: Column) -> tuple[str, str, str]:
    """Return what an indicator counts, out of what and over which weeks; empty where a column is no ratio or no indicator."""
    if not isinstance(column, Indicator):
        return "none", "none", "none"
    return (
        column.events.en if column.events else "none",
        column.base.en if column.base else "none",
        column.window.value[0],
    )


def described(tables: Iterable[tuple[str, tuple[Column, ...]]]) -> Table:
    """Return a dictionary of the columns of some tables; what is only filed has its label as Chinese definition."""
    header = [
        "table", "name", "label_en", "label_zh", "unit", "direction", "definition", "definition_zh", "events", "base", "window",
    ]  # fmt: skip
    rows: Rows = [
        [
            table, c.name, c.label_en, c.label_zh, c.unit, c.direction, c.definition,
            c.definition_zh or f"{c.label_zh}。", *_counted(c),
        ]
        for table, columns in tables
        for c in columns
    ]  # fmt: skip
    return header, rows
