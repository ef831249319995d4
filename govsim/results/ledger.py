"""The ledgers in full, one Parquet file each: cases, events, hours by office, counters by community, residents.

And whether a run's books close: cases, hours and money, each against figures counted independently.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from govsim.engine.recording import COUNTERS, NEVER, Activity, CaseStatus, Channel, Event, HourSource
from govsim.results.declare import Column
from govsim.results.view import View, stock_moves
from govsim.units import SORTED_ROWS

if TYPE_CHECKING:
    import pyarrow as pa


class Chinese(NamedTuple):
    """Label and meaning."""

    label: str
    meaning: str


CHINESE: dict[str, Chinese] = {
    "residents": Chinese("居民人数", "本周在住居民；离开者于周末离开"),
    "adults": Chinese("成年居民", "本周初年满16岁、有资格参与的在住居民"),
    "registered": Chinese("注册志愿者", "注册为志愿者的成年居民"),
    "active": Chinese("本周自愿参与者", "本周自愿参与的成年居民"),
    "active_called": Chinese("其中因动员参与者", "其中若无动员便不会参与的人"),
    "active_registered": Chinese("本周参与的注册志愿者", "本周参与的注册志愿者"),
    "active_4w": Chinese("四周内参与者", "最近四周内自愿参与过的成年居民"),
    "ever_active": Chinese("累计参与过者", "自模拟开始以来至少参与过一次的成年居民"),
    "called": Chinese("被动员者", "收到参与动员的成年居民"),
    "called_members": Chinese("被动员党员", "收到动员且与党支部有联系的成年居民"),
    "answered_members": Chinese("响应动员的党员", "其中本周参与的人"),
    "mandated_hours": Chinese("指令性出席工时", "按要求出席的工时，从不计入自愿参与"),
    "self_started_hours": Chinese("自发志愿工时", "无须动员即参与者的志愿工时"),
    "called_hours": Chinese("动员志愿工时", "因动员而参与者的志愿工时"),
    "arrived": Chinese("新发生案件", "新发生的问题和咨询，含复发"),
    "detected": Chinese("新发现案件", "首次被发现的案件"),
    "resolved": Chinese("真实解决", "通过办理而真实解决的案件"),
    "explained": Chinese("解释性办结", "以解释最终办结、问题未解决的案件"),
    "reopened": Chinese("解释后问题仍存", "以解释答复后问题仍在、重新转为隐性的案件"),
    "lapsed": Chinese("自行消失", "自行消失或被撤回的案件"),
    "recurred": Chinese("复发", "新发生问题中由已解决问题复发而来者"),
    "undetected": Chinese("未发现存量", "存在而不在任何单位案头的案件，含解释后仍存者"),
    "open": Chinese("待办存量", "已知而未办结的案件"),
    "waiting_for_money": Chinese("待资金存量", "等待资金的未办结案件"),
    "contacts": Chinese("热线来电", "居民与热线的联系，含重复来电"),
    "repeated": Chinese("重复来电", "就周初已发现而未办结的案件再次来电"),
    "desk_answered": Chinese("热线直接解答", "由热线直接解答的咨询"),
    "dispatched": Chinese("转办工单", "转办为工单的联系"),
    "reported_due": Chinese("到期工单", "本周按期办结的工单，以及期限落在本周而未办结的工单"),
    "reported_done": Chinese("上报办结", "其中承办单位上报为按期办结者"),
    "truly_done": Chinese("真实办结", "其中到期前真实解决者"),
    "callbacks": Chinese("独立回访", "本周得到服务的居民接受的独立回访"),
    "callbacks_satisfied": Chinese("独立回访满意", "其中对结果满意者"),
    "official_callbacks": Chinese("官方回访", "行政满意率所依据的回访"),
    "official_callbacks_satisfied": Chinese("官方回访满意", "其中记录为满意者"),
    "trust_community": Chinese("对居委会的信任", "对居委会的信任"),
    "trust_street": Chinese("对街道（镇）的信任", "对街道（镇）的信任"),
    "trust_district": Chinese("对区级政府的信任", "对区级政府的信任"),
    "trust_centre": Chinese("对中央的信任", "对中央的信任"),
    "satisfaction": Chinese("服务满意度", "对服务的满意度"),
    "efficacy": Chinese("效能感", "相信共同行动有用的程度"),
    "task_hours_arrived": Chinese("下达任务工时", "下达到社区的上级任务的工作量"),
    "task_hours_refused": Chinese("拒收任务工时", "其中按准入清单拒收者：未完成，并计入统计"),
    "task_hours_moved": Chinese("上移任务工时", "其中上移到街道者，街道的工时照计"),
    "fees": Chinese("任务经费", "随清单外任务下拨的经费"),
    "ordered_asked": Chinese("指令服务时数", "登记者被要求提供的服务时数，无论是否到岗"),
    "votes_due": Chinese("应投票次数", "应就议程进行的投票"),
    "votes_missed": Chinese("未达法定人数", "因到会居民不足而未进行的投票"),
    "trifles": Chinese("凑数上报", "网格员为完成上报指标而上报的琐事"),
    "found_by_patrol": Chinese("巡查上报", "由巡查上报的案件，含解释后仍存者"),
    "enrolled": Chinese("登记服务者", "按规定登记、承担指令性服务的成年居民"),
    "activity": Chinese("登记者到岗率", "接到指令时到岗的概率"),
    "training_hours": Chinese("党员培训工时", "党员培训的工时"),
    "organisations": Chinese("社会组织数", "在社区内存续并开展工作的社会组织"),
    "organisation_strength": Chinese("社会组织力量", "存续的社会组织，按其投入工时的比例折算"),
    "condition": Chinese("基础设施状况", "基础设施状况，即问题发生率的乘数"),
    "rehoused": Chinese("搬迁户数", "迁出采煤沉陷区的家庭"),
    "over_60": Chinese("60岁以上居民", "本周生日之后年龄超过60岁的居民"),
    "left": Chinese("离开者", "去世或迁出的居民"),
}
"""By counter name; a test says that every counter of the engine has one."""

LABELS_ZH: dict[str, str] = {name: words.label for name, words in CHINESE.items()}
"""Labels alone."""


TIMES = ("onset", "detected", "first_handled", "competent", "funded", "closed")
_HOURS = "working hours since the start"
TIERS = ("community", "street", "district", "centre")

CASES: tuple[Column, ...] = (
    Column("case", "case", "案件号", "-", "Number of the problem; the same problem under every governance "
    "model."),
    Column("recurrence", "recurrence", "复发次数", "count", "Which time the problem came back; 0 the first "
    "time."),
    Column("problem_class", "class", "问题类别", "-", "Problem class of the scenario."),
    Column("household", "household", "家庭", "-", "Number of the household."),
    Column("resident", "resident", "居民", "-", "Number of the resident whose problem it is."),
    Column("community", "community", "社区", "-", "Number of the community."),
    Column("severity", "severity", "严重度", "share, 0-1", "How bad the problem is."),
    Column("effort", "effort", "所需工时", "hours", "Skilled work needed to resolve it truly."),
    Column("money", "money", "所需资金", "yuan", "Money needed to resolve it truly."),
    Column("onset", "arose", "发生时间", _HOURS, "When it arose."),
    Column("detected", "came to light", "发现时间", _HOURS, "When an office came to know; null if never."),
    Column("channel", "channel", "发现渠道", "-", "How it came to light."),
    Column("first_handled", "first handled", "首次受理", _HOURS, "When an office first worked on it; empty "
    "if never."),
    Column("competent", "reached", "到达主管单位", _HOURS, "When it reached the competent office; empty if "
    "never."),
    Column("funded", "funded", "获得资金", _HOURS, "When money was there; null if never or not needed."),
    Column("closed", "closed", "办结时间", _HOURS, "When it was closed, by whatever outcome; empty if "
    "never."),
    Column("outcome", "outcome", "结果", "-", "undetected, open, resolved, explained or lapsed."),
    Column("hops", "hops", "转办次数", "count", "How often it was passed on."),
    Column("refusals", "refusals", "退回次数", "count", "How often an office refused it."),
    Column("convened", "convened", "召集次数", "count", "Joint meetings held about it."),
    Column("reopened", "reopened", "重开次数", "count", "Closings by explanation after which the problem "
    "stayed."),
    Column("office", "office", "承办单位", "-", "Office that handled it last, -1 for none."),
    Column("recurred", "recurred", "是否复发", "-", "1 if it came back later."),
    Column("age", "age", "年龄", "years", "Age of the resident when it arose."),
    Column("work", "work", "就业状况", "-", "Work of the resident when it arose, coded as in table residents."),
    Column("hours_government", "government hours", "政府工时", "hours", "All hours of paid and seconded staff "
    "on it: the sum of its events."),
    Column("hours_members", "members' ordered hours", "党员指令性工时", "hours", "Hours of members' ordered "
    "service on it."),
    Column("hours_residents", "residents' hours", "居民工时", "hours", "Hours of volunteers on it."),
    Column("hours_organisations", "organisations' hours", "社会组织工时", "hours", "Hours of organisations "
    "on it."),
    Column("hours_enterprises", "enterprises' hours", "企业工时", "hours", "Hours of enterprise partners "
    "on it."),
)  # fmt: skip
NOBODYS_HOURS = "none"
"""Source of an event that took nobody's hours."""
EVENTS: tuple[Column, ...] = (
    Column("case", "case", "案件号", "-", "Number of the problem; rows are sorted by case, recurrence and time."),
    Column("recurrence", "recurrence", "复发次数", "count", "Which time the problem came back; 0 the first "
    "time."),
    Column("time", "time", "时间", _HOURS, "When it happened."),
    Column("what", "event", "事件", "-", "What happened: " + ", ".join(e.name.lower() for e in Event) + "."),
    Column("office", "office", "单位", "-", "Office at which it happened, see table offices; -1 for none."),
    Column("source", "source", "来源", "-", "Whose hours it took; none where nobody's."),
    Column("hours", "hours", "工时", "hours", "Hours spent on the case in this step; every hour booked to a "
    "case is in exactly one row."),
    Column("channel", "channel", "渠道", "-", "By which channel an office came to know, none where the event is no report."),
    Column("week", "week", "周", "weeks", "Week of the run in which it happened, from 0."),
)  # fmt: skip
RESIDENTS: tuple[Column, ...] = (
    Column("resident", "resident", "居民", "-", "Number of the resident; row by row from 0."),
    Column("household", "household", "家庭", "-", "Number of the household."),
    Column("community", "community", "社区", "-", "Number of the community, see table communities."),
    Column("age", "age", "年龄", "years", "Age at the start."),
    Column("female", "woman", "女性", "-", "1 for women."),
    Column("schooling", "schooling", "受教育程度", "-", "0 primary or less, 1 junior secondary, 2 senior "
    "secondary, 3 college."),
    Column("work", "work", "就业状况", "-", "0 child, 1 employed, 2 laid-off, 3 self-employed, 4 retired, "
    "5 student, 6 none."),
    Column("migrant", "migrant", "外来人口", "-", "1 for migrants."),
    Column("party_member", "Party member", "党员", "-", "1 for Party members."),
    Column("exposure", "hazards", "灾害暴露", "-", "Sum of 1 subsidence, 2 water, 4 farmland."),
    Column("housing", "housing", "住房类型", "-", "0 old work-unit, 1 resettlement, 2 commodity, 3 village."),
    Column("degree", "ties", "社会联系数", "ties", "Ties to other residents at the start."),
    Column("party_distance", "steps to a Party member", "与最近党员的距离", "steps", "Ties on the shortest chain to a "
    "Party member at the start; 0 for members, null where no chain leads to one."),
    Column("birthday", "birthday", "生日周", "weeks", "Week of the year in which they grow a year older, at its end; null where "
    "nobody does."),
    Column("registered_start", "registered at the start", "期初注册志愿者", "-", "1 for registered volunteers at the start."),
    Column("registered", "registered", "注册志愿者", "-", "1 for registered volunteers at the end, or when they left."),
    Column("weeks_active", "weeks active", "参与周数", "weeks", "Weeks in which they took part voluntarily."),
    Column("hours_given", "hours given", "志愿工时", "hours", "Voluntary hours over the run."),
    Column("hours_26w", "hours of the last half year", "最后半年志愿工时", "hours", "Voluntary hours in the last 26 weeks of the run."),
    Column("times_called", "calls", "被动员次数", "calls", "Calls to take part that reached them."),
    Column("first_active", "first active", "首次参与周", "weeks", "Week in which they first took part, null "
    "if never."),
    Column("last_active", "last active", "最近参与周", "weeks", "Week in which they last took part, null if "
    "never."),
    Column("left_week", "left", "迁出周", "weeks", "Week in which they left the district, null if they "
    "stayed."),
    Column("enrolled", "enrolled", "登记服务者", "-", "1 for those enrolled for ordered service at the end."),
    Column("activity", "activity", "到岗率", "0-1", "Chance of coming when ordered, at the end."),
    Column("opinion", "opinion", "意见", "0-1", "Opinion of local government that neighbours hear, at the "
    "end."),
    Column("satisfaction", "satisfaction", "满意度", "0-1", "Satisfaction with services at the end."),
    Column("efficacy", "efficacy", "效能感", "0-1", "Belief that acting together helps, at the end."),
    *(
        Column(f"{name}_{tier}", f"{en} in {words}", f"{when}对{zh}的信任", "0-1", f"Trust in {words} at the {at}.")
        for name, en, when, at in (
            ("trust_start", "first trust", "期初", "start"), ("trust", "last trust", "期末", "end"),
        )
        for tier, words, zh in (
            ("community", "the residents' committee", "居委会"),
            ("street", "the street office or town", "街道（镇）"),
            ("district", "the district", "区级政府"), ("centre", "the centre", "中央"),
        )
    ),
)  # fmt: skip
NULL_BELOW_ZERO = ("birthday", "first_active", "last_active", "left_week", "party_distance")
"""Columns of residents in which a negative number stands for none."""
HOUR_LEDGER: tuple[Column, ...] = (
    Column("week", "week", "周", "weeks", "Week of the run, from 0."),
    Column("office", "office", "单位", "-", "Number of the office, see table offices."),
    Column("source", "source", "来源", "-", "Whose hours."),
    Column("activity", "activity", "用途", "-", "What they were spent on."),
    Column("hours", "hours", "工时", "hours", "Hours; entries of nothing are left out."),
)
OFFICE_LEDGER: tuple[Column, ...] = (
    Column("week", "week", "周", "weeks", "Week of the run, from 0."),
    Column("office", "office", "单位", "-", "Number of the office, see table offices."),
    Column("posts", "established posts", "岗位数", "posts", "Established posts."),
    Column("filled", "people in post", "在岗人数", "people", "People in post."),
    Column("burnt_out", "burnt-out staff", "倦怠人数", "people", "Of the people in post, those burnt out."),
    Column("quits", "quits", "离职人数", "people", "People who left in the week."),
    Column(
        "load",
        "load",
        "负荷",
        "demanded / available hours",
        "Hours demanded over available, 0 where nobody is in post.",
    ),
    Column(
        "tasks_undone",
        "tasks waiting",
        "待办任务工时",
        "hours",
        "Work of tasks from above that waits at the week's end.",
    ),
    Column("money_granted", "money granted", "拨付资金", "yuan", "Money granted in the week."),
    Column("money_spent", "money spent", "支出资金", "yuan", "Money spent in the week."),
)
COUNTER_LEDGER: tuple[Column, ...] = (
    Column("week", "week", "周", "weeks", "Week of the run, from 0."),
    Column("community", "community", "社区", "-", "Number of the community."),
    *(
        Column(
            c.name,
            c.name.replace("_", " "),
            CHINESE[c.name].label,
            f"{c.unit}, summed" if c.kind == "sum" else c.unit,
            f"{c.meaning} ({c.kind}).",
        )
        for c in COUNTERS
    ),
)
LEDGERS: dict[str, tuple[Column, ...]] = {
    "cases": CASES, "events": EVENTS, "residents": RESIDENTS, "hours": HOUR_LEDGER, "offices": OFFICE_LEDGER,
    "counters": COUNTER_LEDGER,
}  # fmt: skip
"""Columns of each ledger, by the name of its file."""
WORDS: dict[str, tuple[str, ...]] = {
    "cases": ("problem_class", "channel", "outcome"),
    "events": ("what", "source", "channel"),
    "hours": ("source", "activity"),
}
"""Columns that hold words; all others hold numbers."""
MAY_BE_NULL = (*TIMES, *NULL_BELOW_ZERO)


Write = Callable[[Path], None]
"""What writes one file."""

_Columns = dict[str, "pa.Array"]


def case_ledger(view: View) -> Write:
    """Return what writes the case ledger, one row a case; a time that has not come is null."""

    def block(rows: slice) -> _Columns:
        columns: _Columns = {}
        for column in CASES:
            values = view.case(column.name)[rows]
            if column.name in TIMES:
                columns[column.name] = _column(values.astype(np.float64), np.asarray(values <= NEVER))
            elif column.name == "problem_class":
                columns[column.name] = _named(values, view.recording.classes)
            elif column.name == "channel":
                columns[column.name] = _named(values, tuple(c.name.lower() for c in Channel))
            elif column.name == "outcome":
                columns[column.name] = _named(values, tuple(o.name.lower() for o in CaseStatus))
            else:
                columns[column.name] = _column(values)
        return columns

    return _in_blocks(block, len(view.case("case")))


def event_ledger(view: View) -> Write:
    """Return what writes the event ledger, one row an event, sorted by case, recurrence and time."""
    events, nobody = view.recording.events, len(HourSource)
    sources = (*(s.name.lower() for s in HourSource), NOBODYS_HOURS)

    def block(rows: slice) -> _Columns:
        return {
            "case": _column(events["case"][rows]),
            "recurrence": _column(events["recurrence"][rows]),
            "time": _column(events["time"][rows]),
            "what": _named(events["what"][rows], tuple(e.name.lower() for e in Event)),
            "office": _column(events["office"][rows]),
            "source": _named(np.minimum(events["source"][rows], nobody), sources),
            "hours": _column(events["hours"][rows]),
            "channel": _named(events["channel"][rows], tuple(c.name.lower() for c in Channel)),
            "week": _column(events["week"][rows]),
        }

    return _in_blocks(block, len(events["case"]), rising=("case",))


def resident_ledger(view: View) -> Write:
    """Return what writes the residents' last state, one row a resident."""
    return _in_blocks(partial(_residents, view), view.adult.size, rising=("resident", "household"))


def _residents(view: View, rows: slice) -> _Columns:
    columns: _Columns = {"resident": _column(np.arange(rows.start, rows.stop, dtype=np.int32))}
    for column in RESIDENTS[1:]:
        name, _, tier = column.name.rpartition("_")
        by_tier = name in ("trust", "trust_start")
        if (name if by_tier else column.name) not in view.recording.residents:
            continue
        values = view.resident(name)[rows, TIERS.index(tier)] if by_tier else view.resident(column.name)[rows]
        never = np.asarray(values < 0) if column.name in NULL_BELOW_ZERO else None
        columns[column.name] = _column(values, never)
    return columns


def hour_ledger(view: View) -> Write:
    """Return what writes the ledger of hours by office."""
    hours, sources, activities = (
        view.recording.hours,
        tuple(s.name.lower() for s in HourSource),
        tuple(a.name.lower() for a in Activity),
    )

    def block(weeks: slice) -> _Columns:
        week, office, source, activity = np.nonzero(hours[weeks])
        return {
            "week": _column((week + weeks.start).astype(np.int32)),
            "office": _column(office.astype(np.int32)),
            "source": _named(source, sources),
            "activity": _named(activity, activities),
            "hours": _column(hours[weeks][week, office, source, activity]),
        }

    return _in_blocks(block, len(hours), cells=int(np.prod(hours.shape[1:])))


def office_ledger(view: View) -> Write:
    """Return what writes the ledger of offices by week."""
    offices = len(view.recording.offices.names)

    def block(weeks: slice) -> _Columns:
        numbers = np.arange(weeks.start, weeks.stop, dtype=np.int32)
        columns: _Columns = {
            "week": _column(np.repeat(numbers, offices)),
            "office": _column(np.tile(np.arange(offices, dtype=np.int32), len(numbers))),
        }
        for column in OFFICE_LEDGER[2:]:
            columns[column.name] = _column(getattr(view.recording, column.name)[weeks].reshape(-1))
        return columns

    return _in_blocks(block, view.recording.weeks, cells=offices)


def counter_ledger(view: View) -> Write:
    """Return what writes the weekly counters by community; sums over adults stay sums."""
    communities = len(view.recording.communities)

    def block(weeks: slice) -> _Columns:
        numbers = np.arange(weeks.start, weeks.stop, dtype=np.int32)
        columns: _Columns = {
            "week": _column(np.repeat(numbers, communities)),
            "community": _column(np.tile(np.arange(communities, dtype=np.int32), len(numbers))),
        }
        for counter in COUNTERS:
            columns[counter.name] = _column(view.recording.weekly[counter.name][weeks].reshape(-1))
        return columns

    return _in_blocks(block, view.recording.weeks, cells=communities)


def _column(values: Any, null: Any = None) -> Any:
    """Return an array as a column, null where ``null`` holds. ``pyarrow.array`` does the same, after importing pandas (0.4 s)."""
    import pyarrow as pa

    stored = (
        np.packbits(values, bitorder="little") if values.dtype == np.bool_ else np.ascontiguousarray(values)
    )
    known = None if null is None else pa.py_buffer(np.packbits(~null, bitorder="little"))
    return pa.Array.from_buffers(
        pa.from_numpy_dtype(values.dtype), len(values), [known, pa.py_buffer(stored)]
    )


def _named(codes: Any, names: tuple[str, ...]) -> Any:
    """Return codes as words; ``names`` stand in the order of the codes."""
    import pyarrow as pa

    words = [name.encode() for name in names]
    ends = np.cumsum([0, *map(len, words)], dtype=np.int32)
    said = pa.StringArray.from_buffers(len(words), pa.py_buffer(ends), pa.py_buffer(b"".join(words)))
    return pa.DictionaryArray.from_arrays(_column(np.asarray(codes).astype(np.int8)), said)


def _in_blocks(
    block: Callable[[slice], _Columns], length: int, rising: tuple[str, ...] = (), cells: int = 1
) -> Write:
    """Return what writes a Parquet file block by block, so that a long table is never in memory as a whole.

    ``rising`` names whole numbers of which differences are stored; ``cells`` is how many values stand under one index.
    """
    step = max(1, SORTED_ROWS // max(cells, 1))

    def write(path: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        first = pa.table(block(slice(0, min(step, length))))
        floats = [field.name for field in first.schema if pa.types.is_floating(field.type)]
        others = [field.name for field in first.schema if field.name not in (*floats, *rising)]
        # Bytes of floats by place, repeated values of the rest by number: a fifth smaller, three times as fast.
        with path.open("wb") as opened, pq.ParquetWriter(  # a path of its own it takes only where the name is text
            opened, first.schema, compression="zstd", use_dictionary=others, use_byte_stream_split=floats,
            column_encoding=dict.fromkeys(rising, "DELTA_BINARY_PACKED") or None,
        ) as file:  # fmt: skip
            file.write_table(first)
            for start in range(step, length, step):
                file.write_table(pa.table(block(slice(start, min(start + step, length)))))

    return write


_ROUNDING = 1e-9
"""Relative error that summing a run's hours in another order may leave."""


@dataclass(frozen=True)
class Balance:
    """Sums and what is left over; every ``*_left_over`` should be nothing.

    Attributes
    ----------
    cases, undetected, open, resolved, explained, lapsed : int
        The case ledger by outcome.
    cases_left_over : float
        Cases by the weekly flows (arrived less resolved, explained and lapsed) less the stocks at the end.
    cases_miscounted : dict of str to float
        Where the case ledger and the weekly counts disagree: ledger minus counts, by outcome; empty when
        nowhere.
    hours_supplied, hours_used, hours_idle, hours_left_over : float
        Hours of all sources; the remainder is the largest in any week, office and source.
    money_granted, money_spent : float
        Yuan; spending is never above what was granted so far, ``money_overspent`` says by how much it was.
    """

    cases: int
    undetected: int
    open: int
    resolved: int
    explained: int
    lapsed: int
    cases_left_over: float
    cases_miscounted: dict[str, float]
    hours_supplied: float
    hours_used: float
    hours_idle: float
    hours_left_over: float
    money_granted: float
    money_spent: float
    money_overspent: float

    @property
    def faults(self) -> list[str]:
        """Say in words which books do not close; empty when all do."""
        faults = []
        if self.cases_left_over != 0:
            faults.append(f"the books of cases do not close: {self.cases_left_over:+g} cases")
        for outcome, surplus in self.cases_miscounted.items():
            faults.append(f"the case ledger and the weekly counts differ: {surplus:+g} cases {outcome}")
        if self.hours_left_over > _ROUNDING * max(1.0, self.hours_supplied):
            faults.append(
                f"the books of hours do not close: {self.hours_left_over:g} hours in one week and office"
            )
        if self.money_overspent > _ROUNDING * max(1.0, self.money_granted):
            faults.append(f"{self.money_overspent:g} yuan were spent that had not been granted")
        return faults


def balance(view: View) -> Balance:
    """Return the books of a run."""
    recording = view.recording
    outcome = view.case("outcome")
    count = {o: int((outcome == o).sum()) for o in CaseStatus}
    everything = np.ones(outcome.size, dtype=np.bool_)
    moves = stock_moves(recording, everything, view.case_of_event)
    flows = view.total("arrived") - view.total("resolved") - view.total("explained") - view.total("lapsed")
    stocks = view.at_end("undetected") + view.at_end("open")
    counted = {
        "arrived": (outcome.size, view.total("arrived")),
        "undetected": (count[CaseStatus.UNDETECTED], view.at_end("undetected")),
        "open": (count[CaseStatus.OPEN], view.at_end("open")),
        "resolved": (count[CaseStatus.RESOLVED], view.total("resolved")),
        "explained": (count[CaseStatus.EXPLAINED], view.total("explained")),
        "lapsed": (count[CaseStatus.LAPSED], view.total("lapsed")),
    }
    miscounted = {name: ledger - weekly for name, (ledger, weekly) in counted.items() if ledger != weekly}
    for name in ("undetected", "open"):  # week by week, from the events
        gap = np.abs(np.cumsum(moves[name], axis=0) - recording.weekly[name]).max(initial=0.0)
        if gap:
            miscounted[f"{name} in some week, from the events"] = float(gap)
    left = recording.supplied - recording.hours.sum(axis=3)
    idle = float(recording.hours[..., -1].sum())
    granted, spent = recording.money_granted.sum(), recording.money_spent.sum()
    ahead = np.cumsum(recording.money_spent - recording.money_granted, axis=0)
    return Balance(
        cases=int(outcome.size),
        undetected=count[CaseStatus.UNDETECTED],
        open=count[CaseStatus.OPEN],
        resolved=count[CaseStatus.RESOLVED],
        explained=count[CaseStatus.EXPLAINED],
        lapsed=count[CaseStatus.LAPSED],
        cases_left_over=flows - stocks,
        cases_miscounted=miscounted,
        hours_supplied=float(recording.supplied.sum()),
        hours_used=float(recording.hours.sum()) - idle,
        hours_idle=idle,
        hours_left_over=float(np.abs(left).max(initial=0.0)),
        money_granted=float(granted),
        money_spent=float(spent),
        money_overspent=float(max(0.0, ahead.max(initial=0.0))),
    )
