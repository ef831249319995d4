"""The command explain: the story of one problem or one resident of a finished run, from facts to sentences.

There is one template a kind of fact, in English and in Chinese.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from govsim.results.foreign import as_written
from govsim.results.load import Results, load_run
from govsim.results.store import MANIFEST, slug
from govsim.results.story import Fact, Ledgers, Rows, UnknownNumberError, case_story, resident_story
from govsim.results.values import spans
from govsim.runner.find_runs import FoundRun, refuse_unusable, runs_in, unusable_in
from govsim.scenario.messages import Place, Problem, ScenarioError
from govsim.scenario.schema.problems import CLASSES
from govsim.units import DAYS_PER_WEEK


@dataclass(frozen=True)
class Language:
    """Everything a story needs to be told in one language.

    Attributes
    ----------
    sentences : dict
        Template by kind of fact.
    under_way : dict
        Templates of sentences and phrases that are told otherwise while the run goes on.
    names : dict of dict
        Words by code, by column: channels, outcomes, sources and what residents are.
    phrases : dict
        Templates of parts of sentences.
    """

    sentences: dict[str, str]
    under_way: dict[str, str]
    names: dict[str, tuple[str, ...] | dict[str, str]]
    phrases: dict[str, str]


ENGLISH = Language(
    sentences={
        "arose": "Problem {case} ({problem_class}, {community}, household {household}, resident {resident}) arose in "
        "{time}; severity {severity} of 1; {effort} hours of skilled work and {money} yuan needed.",
        "found": "It was detected in {time} by {channel}, {days} working days after it arose.",
        "stayed_hidden": "It was never detected.",
        "registered": "Answering, registering and passing on took {hours}; it went {path} and was passed on {hops}{again}.",
        "refused": "It was refused {count}: {told}.",
        "summoned": "{office} convened the departments {count}, and no meeting came about.",
        "met": "It was discussed at a joint meeting {count}, first in {time}: {hours}.",
        "taken_on": "{office} took it on in {time}, {days} working days after it was detected.",
        "paid_later": "It waited {days} working days for {money} yuan, from {time} to {until}.",
        "never_paid": "From {time} on it waited {days} working days for {money} yuan that did not come.",
        "paid": "{money} yuan were there in {time}, without waiting.",
        "worked": "It was worked on {count} between {first} and {last}: {hours}.",
        "reopened": "It was answered with an explanation while the problem stayed {count}: {told}.",
        "resolved": "It was resolved in {time}, {days} working days after it arose.",
        "explained": "It was closed with an explanation only in {time}, {days} working days after it arose; the "
        "problem was not resolved.",
        "lapsed": "It went away by itself or was withdrawn in {time}, {days} working days after it arose.",
        "open": "At the end of the run it was {outcome}, {days} working days after it arose.",
        "in_all": "In all {total} hours were spent on it: {hours}.",
        "came_back": "It recurred in {time}: {fate}.",
        "came_back_more": "It recurred {count} more.",
        "person": "Resident {resident}: {female}, {age} at the start, {work}, schooling {schooling}, {migrant}, "
        "{party_member}, {degree} ties.",
        "home": "Lives in {community}, household {household} ({people} people at the start), {housing} housing, "
        "hazards: {exposure}.",
        "left": "Left the district in {left_week}.",
        "problems": "Problems of the household: {count} ({outcomes}).",
        "no_problems": "The household had no problems.",
        "problem": "Problem {case} ({problem_class}) arose in {onset} and {fate}.",
        "problem_again": "Problem {case} ({problem_class}), recurrence {recurrence}, arose in {onset} and {fate}.",
        "problems_more": "And {count} more.",
        "took_part": "Weeks with voluntary participation: {weeks_active}, the first {first_active}, the last {last_active}; "
        "hours given: {hours_given}.",
        "never_took_part": "Never took part voluntarily.",
        "called": "Was asked to take part {times_called}; at the end {registered}.",
        "trust": "Trust (0-1) at the start and at the end: residents' committee {trust_start_community} and {trust_community}, "
        "street office {trust_start_street} and {trust_street}, district {trust_start_district} and {trust_district}, "
        "central government {trust_start_centre} and {trust_centre}.",
        "views": "At the end satisfaction with services was {satisfaction}, belief that acting together helps "
        "{efficacy} (0-1).",
    },
    under_way={
        "stayed_hidden": "It has not been detected.",
        "never_paid": "Since {time} it has waited {days} working days for {money} yuan.",
        "open": "Now, in week {week}, it is {outcome}, {days} working days after it arose.",
        "no_problems": "The household has had no problems.",
        "never_took_part": "Has not taken part voluntarily.",
        "called": "Was asked to take part {times_called}; now, in week {week}, {registered}.",
        "trust": "Trust (0-1) at the start and now, in week {week}: residents' committee {trust_start_community} and "
        "{trust_community}, street office {trust_start_street} and {trust_street}, district {trust_start_district} and "
        "{trust_district}, central government {trust_start_centre} and {trust_centre}.",
        "views": "Now, in week {week}, satisfaction with services is {satisfaction}, belief that acting together helps "
        "{efficacy} (0-1).",
        "hidden_fate": "has not been detected; {end}", "still": "now, in week {week}, it is {outcome}",
    },
    names={
        "problem_class": {name: en for name, (en, _) in CLASSES.items()},
        "department": {
            "urban_works": "public works", "housing_land": "housing and land", "water": "water",
            "labour_welfare": "labour and welfare", "hotline desk": "hotline",
        },
        "channel": {
            "hotline": "the hotline", "walk_in": "a resident who came in", "patrol": "a patrol",
            "visit": "a home visit", "member_contact": "a liaison household visit",
            "outreach": "an organisation's outreach", "meeting": "a community meeting", "neighbour": "a neighbour",
            "none": "nobody",
        },
        "outcome": {
            "undetected": "undetected", "open": "open", "resolved": "resolved",
            "explained": "closed with an explanation only", "lapsed": "gone by itself or withdrawn",
        },
        "source": {
            "paid": "paid staff", "seconded": "seconded staff", "member": "Party members on assigned service",
            "volunteer": "volunteers", "organisation": "social organisations", "enterprise": "enterprises",
        },
        "female": ("man", "woman"),
        "schooling": ("primary or less", "junior secondary", "senior secondary", "college"),
        "work": ("child", "employed", "laid-off", "self-employed", "retired", "student", "without work"),
        "migrant": ("local", "migrant"),
        "party_member": ("not a Party member", "Party member"),
        "housing": ("old work-unit", "resettlement", "commodity", "village"),
        "registered": ("not a registered volunteer", "a registered volunteer"),
        "exposure": ("subsidence", "water", "farmland"),
    },
    phrases={
        "date": "week {week}, day {day}", "week": "week {week}", "place": "by {office} in {time}",
        "spent": "{hours} h of {source} ({office})", "spent_in_all": "{source} {hours} h",
        "outcomes": "{count} {outcome}", "and": "; ", "to": " > ", "no_office": "no office", "none": "none",
        "times": "{count} times", "once": "once", "first": "first {told}", "again": "; residents called again {times}",
        "found_fate": "detected after {detected} working days by {channel}; {end}",
        "hidden_fate": "never detected; {end}", "still": "at the end it was {outcome}",
        "closed": "{outcome} {closed} working days after it arose", "closed_at": "{outcome} in {closed}",
        "head": "{scenario}, {model} ({mode}), random seed {seed}, {weeks} weeks. Weeks and days count from 1; in tables and "
        "files weeks count from 0.",
    },
)  # fmt: skip

CHINESE = Language(
    sentences={
        "arose": "{case}号问题（{problem_class}，{community}，第{household}户，居民{resident}）发生于{time}；"
        "严重度{severity}（满分1），需{effort}小时专业工作和{money}元资金。",
        "found": "发生{days}个工作日后，于{time}通过{channel}被发现。",
        "stayed_hidden": "始终未被发现。",
        "registered": "解答、受理和转办用时：{hours}；流转路径：{path}，共转办{hops}{again}。",
        "refused": "被退回{count}：{told}。",
        "summoned": "{office}召集有关部门{count}，均未开成会。",
        "met": "为此召开联席会议{count}，首次在{time}：{hours}。",
        "taken_on": "被发现{days}个工作日后，{office}于{time}正式承办。",
        "paid_later": "为{money}元资金等待{days}个工作日，自{time}至{until}。",
        "never_paid": "自{time}起等待{money}元资金{days}个工作日，始终未到位。",
        "paid": "{time}即有{money}元资金到位，无须等待。",
        "worked": "{first}至{last}之间办理{count}：{hours}。",
        "reopened": "以解释答复而问题仍在{count}：{told}。",
        "resolved": "发生{days}个工作日后，于{time}解决。",
        "explained": "发生{days}个工作日后，于{time}仅作解释即办结，问题并未解决。",
        "lapsed": "发生{days}个工作日后，于{time}自行消失或被撤回。",
        "open": "至模拟结束，发生已{days}个工作日，状态：{outcome}。",
        "in_all": "共用{total}小时：{hours}。",
        "came_back": "{time}复发：{fate}。",
        "came_back_more": "此后又复发{count}。",
        "person": "居民{resident}：{female}，期初{age}岁，{work}，受教育程度{schooling}，{migrant}，{party_member}，"
        "社会联系{degree}个。",
        "home": "住在{community}，第{household}户（期初{people}人），住房类型：{housing}，采煤影响：{exposure}。",
        "left": "{left_week}迁出本区。",
        "problems": "该户共有{count}个问题：{outcomes}。",
        "no_problems": "该户没有发生问题。",
        "problem": "{case}号问题（{problem_class}）发生于{onset}，{fate}。",
        "problem_again": "{case}号问题（{problem_class}）第{recurrence}次复发于{onset}，{fate}。",
        "problems_more": "另有{count}个。",
        "took_part": "自愿参与{weeks_active}周，首次在{first_active}，最近一次在{last_active}，共{hours_given}小时。",
        "never_took_part": "从未自愿参与。",
        "called": "被动员{times_called}；期末{registered}。",
        "trust": "期初与期末的信任（0–1）：居（村）委会{trust_start_community}与{trust_community}，"
        "街道（乡镇）{trust_start_street}与{trust_street}，区（县）政府{trust_start_district}与{trust_district}，中央政府{trust_start_centre}与{trust_centre}。",
        "views": "期末服务满意度{satisfaction}，集体效能感{efficacy}（0–1）。",
    },
    under_way={
        "stayed_hidden": "尚未被发现。",
        "never_paid": "自{time}起等待{money}元资金，已{days}个工作日。",
        "open": "截至第{week}周，发生已{days}个工作日，状态：{outcome}。",
        "no_problems": "该户尚未发生问题。",
        "never_took_part": "尚未自愿参与过。",
        "called": "被动员{times_called}；截至第{week}周{registered}。",
        "trust": "期初与第{week}周的信任（0–1）：居（村）委会{trust_start_community}与{trust_community}，街道（乡镇）"
        "{trust_start_street}与{trust_street}，区（县）政府{trust_start_district}与{trust_district}，"
        "中央政府{trust_start_centre}与{trust_centre}。",
        "views": "第{week}周服务满意度{satisfaction}，集体效能感{efficacy}（0–1）。",
        "hidden_fate": "尚未被发现；{end}", "still": "截至第{week}周{outcome}",
    },
    names={
        "problem_class": {name: zh for name, (_, zh) in CLASSES.items()},
        "department": {
            "urban_works": "城建市政", "housing_land": "住房与国土", "water": "水务", "labour_welfare": "人社民政",
            "hotline desk": "热线",
        },
        "channel": {
            "hotline": "热线", "walk_in": "居民上门反映", "patrol": "巡查", "visit": "入户走访",
            "member_contact": "党员联户", "outreach": "社会组织外展服务", "meeting": "社区议事会", "neighbour": "邻里照看",
            "none": "无",
        },
        "outcome": {
            "undetected": "未被发现", "open": "未办结", "resolved": "解决", "explained": "仅作解释办结",
            "lapsed": "自行消失或撤回",
        },
        "source": {
            "paid": "在岗人员", "seconded": "下沉干部", "member": "党员报到服务", "volunteer": "志愿者",
            "organisation": "社会组织", "enterprise": "企业",
        },
        "female": ("男", "女"),
        "schooling": ("小学及以下", "初中", "高中", "大专及以上"),
        "work": ("儿童", "在职", "下岗失业", "个体经营", "退休", "学生", "无业"),
        "migrant": ("本地人口", "外来人口"),
        "party_member": ("非党员", "党员"),
        "housing": ("老单位小区", "安置房", "商品房", "农村住宅"),
        "registered": ("不是注册志愿者", "为注册志愿者"),
        "exposure": ("采煤沉陷", "用水", "耕地"),
    },
    phrases={
        "date": "第{week}周第{day}天", "week": "第{week}周", "place": "{time}，{office}",
        "spent": "{source}{hours}小时（{office}）", "spent_in_all": "{source}{hours}小时",
        "outcomes": "{count}个{outcome}", "and": "；", "to": " > ", "no_office": "无单位", "none": "无",
        "times": "{count}次", "once": "1次", "first": "起初是{told}", "again": "；居民重复来电{times}",
        "found_fate": "{detected}个工作日后通过{channel}被发现；{end}",
        "hidden_fate": "始终未被发现；{end}", "still": "期末{outcome}",
        "closed": "发生{closed}个工作日后{outcome}", "closed_at": "{closed}{outcome}",
        "head": "{scenario}，{model}（{mode}），随机种子{seed}，共{weeks}周。周与天均从1起计；表格与文件中的周从0起计。",
    },
)  # fmt: skip

LANGUAGES = {"en": ENGLISH, "zh": CHINESE}


def called(column: str, name: str, language: str) -> str:
    """Return what people call something that scenarios name by a key; a key without a word is read as words.

    A department of one of several districts, ``water, Kuancheng``, keeps its district.
    """
    key, comma, where = name.partition(", ")
    words = LANGUAGES[language].names[column]
    assert isinstance(words, dict)
    return words.get(key, key.replace("_", " ")) + (
        f"（{where}）" if language == "zh" and where else comma + where
    )


_TIMES = {"time", "until", "first", "last", "onset"}
_WEEKS = {"first_active", "last_active", "left_week"}
_COUNTED = {"refused", "summoned", "met", "worked", "reopened", "came_back_more"}
"""Facts whose count is a number of times."""


class Teller:
    """Puts the facts of one run into words.

    Parameters
    ----------
    ledgers : Ledgers
        Of the run, for names and the length of a week.
    language : str
        en or zh.
    under_way : bool
        Whether the run goes on, so that its last week so far is no end.
    """

    def __init__(self, ledgers: Ledgers, language: str, under_way: bool = False) -> None:
        self._ledgers = ledgers
        self._language = language
        words = LANGUAGES[language]
        now = words.under_way if under_way else {}
        self._names, self._sentences, self._phrases = words.names, words.sentences | now, words.phrases | now

    def head(self) -> str:
        """Say which run it is."""
        manifest = self._ledgers.run.manifest
        return self._phrase(
            "head", scenario=manifest["scenario"], model=manifest["arm"], mode=manifest["capacity_mode"],
            seed=manifest["seed"], weeks=manifest["weeks"],
        )  # fmt: skip

    def sentence(self, fact: Fact, rows: bool = False) -> str:
        """Return one sentence, with the ledger rows it is made of where they are wanted."""
        values = {name: self._write(name, value, fact) for name, value in fact.values.items()}
        if "{fate}" in self._sentences[fact.kind]:
            values["fate"] = self._fate(fact)
        text = self._sentences[fact.kind].format(**values, week=self._ledgers.weeks)
        text = text[:1].upper() + text[1:]
        return f"{text} [{row_ranges(fact.rows)}]" if rows else text

    def _phrase(self, name: str, **values: Any) -> str:
        return self._phrases[name].format(**values)

    def _name(self, column: str, code: Any) -> str:
        names = self._names[column]
        return names[str(code)] if isinstance(names, Mapping) else names[int(code)]

    def _write(self, name: str, value: Any, fact: Fact) -> str:
        makers: dict[str, Callable[[Any], str]] = {
            "days": _days, "severity": _fine, "effort": hours_text, "total": hours_text, "hours_given": hours_text,
            "money": lambda v: f"{float(v):,.0f}", "office": self._office, "path": self._path,
            "community": lambda v: self._ledgers.communities[int(v)], "told": lambda v: self._told(v, fact.values["count"]),
            "exposure": self._exposure,
            "again": lambda v: self._phrase("again", times=self._times(v)) if v else "",
            "outcomes": self._outcomes, "hops": self._times, "times_called": self._times,
            "problem_class": lambda v: called("problem_class", str(v), self._language),
            "hours": self._in_all if fact.kind == "in_all" else self._spent,
        }  # fmt: skip
        if value is None:
            return ""
        if name in makers:
            return makers[name](value)
        if name in _TIMES:
            return self._date(float(value))
        if name in _WEEKS:
            return self._phrase("week", week=int(value) + 1)
        if name in self._names:
            return self._name(name, value)
        if name.startswith("trust") or name in ("satisfaction", "efficacy"):
            return _fine(value)
        if name == "count" and fact.kind in _COUNTED:
            return self._times(value)
        return str(value)

    def _date(self, time: float) -> str:
        """Return week and day, both counted from 1 as people do; the ledgers count hours from 0."""
        week, hours = divmod(time, self._ledgers.hours_per_week)
        day = int(hours * DAYS_PER_WEEK / self._ledgers.hours_per_week)
        return self._phrase("date", week=1 + int(week), day=1 + min(day, DAYS_PER_WEEK - 1))

    def _office(self, number: int) -> str:
        if number < 0:
            return self._phrases["no_office"]
        return called("department", self._ledgers.offices[number], self._language)

    def _path(self, offices: Sequence[int]) -> str:
        return self._phrases["to"].join(self._office(office) for office in offices)

    def _told(self, told: Sequence[tuple[int, float]], count: int) -> str:
        parts = [self._phrase("place", office=self._office(o), time=self._date(t)) for o, t in told]
        text = self._phrases["and"].join(parts)
        return self._phrase("first", told=text) if count > len(told) else text

    def _times(self, count: int) -> str:
        return self._phrases["once"] if count == 1 else self._phrase("times", count=int(count))

    def _spent(self, spent: Sequence[tuple[str, int, float]]) -> str:
        parts = [
            self._phrase("spent", hours=hours_text(h), source=self._name("source", s), office=self._office(o))
            for s, o, h in spent
        ]
        return self._phrases["and"].join(parts) or self._phrases["none"]

    def _in_all(self, spent: Mapping[str, float]) -> str:
        parts = [
            self._phrase("spent_in_all", hours=hours_text(h), source=self._name("source", s))
            for s, h in spent.items()
        ]
        return self._phrases["and"].join(parts)

    def _exposure(self, bits: int) -> str:
        names = [name for k, name in enumerate(self._names["exposure"]) if int(bits) >> k & 1]
        return ", ".join(names) or self._phrases["none"]

    def _outcomes(self, counts: Mapping[str, int]) -> str:
        parts = [
            self._phrase("outcomes", count=n, outcome=self._name("outcome", o)) for o, n in counts.items()
        ]
        return self._phrases["and"].join(parts)

    def _fate(self, fact: Fact) -> str:
        values = fact.values
        outcome = self._name("outcome", values["outcome"])
        if values["closed"] is None:
            end = self._phrase("still", outcome=outcome, week=self._ledgers.weeks)
        elif fact.kind == "came_back":
            end = self._phrase("closed_at", outcome=outcome, closed=self._date(values["closed"]))
        else:
            end = self._phrase("closed", outcome=outcome, closed=_days(values["closed"]))
        if fact.kind == "came_back":
            return end
        if values["detected"] is None:
            return self._phrase("hidden_fate", end=end)
        channel = self._name("channel", values["channel"])
        return self._phrase("found_fate", detected=_days(values["detected"]), channel=channel, end=end)


def hours_text(hours: float) -> str:
    """Return hours with one decimal, or two below one hour."""
    return f"{hours:,.1f}" if hours >= 1 else f"{hours:.2f}"


def _days(value: float) -> str:
    return f"{float(value):,.1f}"


def _fine(value: float) -> str:
    return f"{float(value):.2f}"


def row_ranges(rows: Rows) -> str:
    """Return row numbers by table, runs of them as ranges: ``cases 204; events 1812-1815, 1820``."""
    return "; ".join(f"{table} {spans(numbers)}" for table, numbers in rows.items() if numbers)


_LISTED = 8
"""Runs named in a message."""


def choose_run(result: Path, model: str | None, mode: str | None, seed: int | None) -> Results:
    """Return the run that is meant; of runs that agree in model, mode, seed and weeks the newest.

    Parameters
    ----------
    result : Path
        A run folder, the folder of a comparison, that of a scenario, or one with several of them.
    model, mode, seed
        What the run must be, where a folder holds several; a part of the model's name will do.

    Raises
    ------
    ScenarioError
        If there is no such run, or more than one; it names those that are there.
    RefusedError
        If the run was changed after it was written.
    """
    runs = runs_in(result)
    for words in unusable_in(result) if runs and result.is_dir() else ():
        print(f"govsim: left out: run {words}", file=sys.stderr)
    if not runs:
        refuse_unusable(result)
        text = "is no run folder and holds none" if result.is_dir() else "is not there"
        _refuse(str(result), f"{text}; a run folder is <out>/<scenario>/<key> and has a {MANIFEST}")
    if all(path.parent == result.parent for path in (run.folder for run in runs)):
        return load_run(runs[0].folder)
    fitting = [run for run in runs if _fits(run, model, mode, seed)]
    if not fitting:
        _refuse(str(result), "no run there fits; there are", runs)
    newest = {run.what: run for run in sorted(fitting, key=lambda run: run.started)}
    if len(newest) > 1:
        _refuse(str(result), f"holds {len(newest)} runs that fit; say which with", list(newest.values()))
    return load_run(next(iter(newest.values())).folder)


def _options(run: FoundRun) -> str:
    which = f"--model {slug(run.model)} --capacity {run.mode} --seed {run.seed}"
    return f"{which}   ({run.weeks} weeks, {run.folder.name})"


def _fits(run: FoundRun, model: str | None, mode: str | None, seed: int | None) -> bool:
    named = model is None or _bare(model) in _bare(run.model) or model in run.model
    return named and mode in (None, run.mode) and seed in (None, run.seed)


def _bare(words: str) -> str:
    return slug(words).replace("-", "")


def _refuse(place: str, text: str, runs: Sequence[FoundRun] = ()) -> None:
    hints = [_options(run) for run in sorted(runs, key=lambda run: run.what)]
    more = len(hints) - _LISTED
    if more > 0:
        hints = [*hints[:_LISTED], f"and {more} more"]
    raise ScenarioError([Problem.at(Place(place), "", text, hints)])


def explain_command(
    result: str,
    case: int | None,
    resident: int | None,
    model: str | None = None,
    capacity: str | None = None,
    seed: int | None = None,
    language: str = "en",
    rows: bool = False,
) -> int:
    """Print the story and return the exit code.

    Raises
    ------
    ScenarioError
        If it is not clear which run is meant, or the run has no such problem or resident.
    """
    if (case is None) == (resident is None):
        text = "give one of --case NUMBER and --resident NUMBER"
        raise ScenarioError([Problem.at(Place("explain"), "", text)])
    run = choose_run(Path(result), model, capacity, seed)
    with as_written(run.folder):
        ledgers = Ledgers(run)
        facts = _case(ledgers, case) if case is not None else _resident(ledgers, int(resident or 0))
        teller = Teller(ledgers, language)
        lines = [teller.head(), *(teller.sentence(fact, rows) for fact in facts)]
    print("\n".join(lines))
    return 0


def _case(ledgers: Ledgers, number: int) -> list[Fact]:
    try:
        return case_story(ledgers, number)
    except UnknownNumberError:
        numbers = ledgers.cases["case"]
        if not numbers.size:
            _refuse_option("--case", "no problem arose in this run")
        middle = int(numbers[numbers.size // 2])
        _refuse_option("--case", _outside(number, "problems", int(numbers.min()), int(numbers.max()), middle))
        raise


def _resident(ledgers: Ledgers, number: int) -> list[Fact]:
    try:
        return resident_story(ledgers, number)
    except UnknownNumberError:
        last = int(ledgers.residents["resident"].size) - 1
        _refuse_option("--resident", _outside(number, "residents", 0, last, last // 2))
        raise


def _outside(number: int, what: str, first: int, last: int, example: int) -> str:
    return (
        f"{number} is not in this run: its {what} have the numbers {first} to {last}, for example {example}"
    )


def _refuse_option(option: str, text: str) -> Any:
    raise ScenarioError([Problem.at(Place(option), "", text)])
