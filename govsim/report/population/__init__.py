"""What is shown of the audit of a population: words, JSON, tables and pictures; nothing is computed but shares for the pictures."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from govsim.assurance.population import PopulationAudit, audit_world, offices_of, reference_of, why_known
from govsim.assurance.population.rows import (
    FALSE_ALARM,
    MOST_SHARING,
    VERDICTS,
    Bilingual,
    Looked,
    Margin,
)
from govsim.report.answers import seen_from_here, table_files, write_whole
from govsim.report.docs.words import LANGUAGES, Language, Languages, language_of
from govsim.report.exits import DONE, REFUSED
from govsim.report.panels import draw_sheet
from govsim.report.population.pictures import sheets
from govsim.report.stories.text import called
from govsim.results.declare import Column
from govsim.results.store import prepare
from govsim.scenario import load
from govsim.studies.answer import WIDTH, DataTable
from govsim.studies.wording import wrapped
from govsim.units import PERCENT
from govsim.world import World, build

_UNITS_ZH = {
    "people": "人", "households": "户", "count": "个", "hours per week": "小时/周", "hours": "小时", "ratio": "倍",
    "full-time posts": "全职岗位", "yuan per year": "元/年", "yuan per resident and year": "元/人·年", "ties": "条",
    "per 10,000 residents": "个/万人", "hours per 10,000 residents": "小时/万人", "years": "岁", "0-1": "（0–1）", "-1 to 1": "（−1至1）", "share": "",
}  # fmt: skip
_SAYS: dict[str, Bilingual] = {
    "head": Bilingual(
        "{label}: {residents:,} residents in {households:,} households, seed {seed}",
        "{label}：居民{residents:,}人，{households:,}户，随机种子{seed}",
    ),
    "sound": Bilingual("Nothing was found.", "未发现问题。"),
    "found": Bilingual(
        "{all} findings: {new} new, {known} known of the builder of today (findings all the same; reasons at the end).",
        "发现{all}项问题：新增{new}项，现有生成方法已知{known}项（仍属问题，原因见文末）。",
    ),
    "margins": Bilingual(
        "Margins: {base} numbers specified, {off} of them off", "边际分布：设定{base}项，其中{off}项不符"
    ),
    "more": Bilingual("and {count} more: --out or --json has all", "另有{count}项，全部见--out或--json"),
    "rules": Bilingual(
        "People, ties and offices that cannot be: {off} of {base} rules broken",
        "不可能的居民、联系和单位：{base}条规则中违反{off}条",
    ),
    "kept": Bilingual("Nobody breaks the other rules: {names}.", "其余规则无人违反：{names}。"),
    "plausibility": Bilingual(
        "Beside ordinary districts: {off} of {base} measures outside the range",
        "与一般地区比较：{base}项指标中{off}项超出范围",
    ),
    "network": Bilingual(
        "Network: {off} of {base} measures outside the range", "社会网络：{base}项指标中{off}项超出范围"
    ),
    "scale": Bilingual(
        "Scale, beside {reference}: {off} of {base} numbers off by more than a tenth, or gone",
        "规模，参照{reference}：{base}项中{off}项相差超过一成或消失",
    ),
    "no reference": Bilingual(
        "Scale: no reference. A district that this one stands for is named with --against SCENARIO.",
        "规模：无参照。可用--against指定所代表的地区。",
    ),
    "tolerance": Bilingual(
        "Tolerance: how far a right builder may be off. Shares by the binomial distribution, means by the normal one, with a chance of "
        "{alarm:.0%} that any of {rows} numbers is called off; people of one household or building count as fewer draws. "
        "Numbers that are not drawn may be off by rounding.",
        "容许误差：正确的生成方法可能出现的偏差。比例按二项分布、均值按正态分布计算，{rows}项中有任一项被误判的概率为{alarm:.0%}；"
        "同户、同楼居民按较少的独立抽取计。不抽取的数只允许取整误差。",
    ),
    "reasons": Bilingual("Reasons that are known of the builder of today:", "现有生成方法的已知原因："),
    "files": Bilingual("Tables and pictures: {folder}", "表格和图：{folder}"),
}
_MOST_ROWS = 20
"""Margins that are off and printed one by one, those with the largest error."""
_HEADS = {
    "what": Bilingual("what", "项目"),
    "specified": Bilingual("specified", "设定"),
    "built": Bilingual("built", "生成"),
    "error": Bilingual("error", "误差"),
    "tolerance": Bilingual("tolerance", "容许误差"),
    "verdict": Bilingual("verdict", "结论"),
    "found": Bilingual("found", "数量"),
    "of": Bilingual("of", "总数"),
    "share": Bilingual("share", "占比"),
    "example": Bilingual("example", "示例"),
    "value": Bilingual("value", "数值"),
    "expected": Bilingual("ordinary", "一般范围"),
    "here": Bilingual("here", "此处"),
    "reference": Bilingual("reference", "参照"),
    "numbers": Bilingual("numbers", "项数"),
    "largest": Bilingual("largest error", "最大误差"),
    "off": Bilingual("off", "不符"),
}


def world_check_command(
    scenario: str,
    overrides: Sequence[str],
    seed: int,
    against: str | None,
    languages: Languages,
    json_output: bool,
    out: Path | None,
) -> int:
    """Audit the population that a scenario builds, print it, and return 0, or 4 if something is wrong.

    Raises
    ------
    ScenarioError
        If a scenario is wrong.
    EnvironmentProblem
        If the folder cannot be written.
    """
    loaded = load(scenario, overrides)
    reference = load(against) if against is not None else reference_of(scenario, overrides)
    if out is not None:
        prepare(out)  # before the work, not after
    world = build(loaded.scenario.population, loaded.scenario.network, seed)
    done = audit_world(loaded, world, offices_of(loaded, world), reference)
    if out is not None:
        for name, content in audit_files(done, world).items():
            write_whole(out / name, content)
    if json_output:
        print(json.dumps(as_json(done, out), ensure_ascii=False, allow_nan=False, indent=1))
    else:
        print("\n".join(as_lines(done, language_of(languages), out)))
    return REFUSED if done.findings else DONE


def _say(name: str, language: Language, **values: object) -> str:
    return str(getattr(_SAYS[name], language)).format(**values)


def printed_number(value: float, unit: str, language: Language) -> str:
    """Return a number for people: shares as per cent, sizes with the digits that they need."""
    if not np.isfinite(value):
        return "–"
    if unit == "share":
        return f"{PERCENT * value:.2f}%" if abs(value) < 0.1 else f"{PERCENT * value:.1f}%"
    word = (
        _UNITS_ZH.get(unit, unit)
        if language == "zh"
        else {"0-1": "", "-1 to 1": "", "count": ""}.get(unit, unit)
    )
    value = round(value, 6)
    whole = float(value).is_integer() and abs(value) >= 10
    digits = (
        f"{value:,.0f}"
        if whole or abs(value) >= 1000
        else f"{value:,.3g}"
        if abs(value) < 100
        else f"{value:,.1f}"
    )
    return (
        f"{digits} {word}".strip()
        if language == "en"
        else f"{digits}{word if not word.startswith('（') else ''}"
    )


def _error(row: Margin, language: Language) -> str:
    """Return the error in points, or in per cent of what is specified."""
    if row.specified is None:
        return ""
    off = row.built - row.specified
    if row.unit == "share":
        return f"{PERCENT * off:+.1f}" + (" points" if language == "en" else "个百分点")
    return "" if not row.specified else f"{PERCENT * off / abs(row.specified):+.1f}%"


def _within(row: Margin, language: Language) -> str:
    if row.unit == "share":
        return f"±{PERCENT * row.tolerance:.1f}" + (" points" if language == "en" else "个百分点")
    return f"±{printed_number(row.tolerance, row.unit, language)}"


def _reasons(done: PopulationAudit) -> list[Bilingual]:
    """Return why findings are known, each once, in the order in which they are printed."""
    return list(dict.fromkeys(why for row in done.findings if (why := why_known(row)) is not None))


def _verdict(row: Looked, done: PopulationAudit, language: Language) -> str:
    """Return the word of a verdict, with the number of the reason where a finding is known."""
    word = _of(VERDICTS[row.verdict], language)
    why = why_known(row) if row.finding else None
    return word if why is None else f"{word} [{_reasons(done).index(why) + 1}]"


def as_lines(done: PopulationAudit, language: Language, out: Path | None = None) -> Iterator[str]:
    """Yield the lines for a terminal."""
    found = done.findings
    known = sum(why_known(row) is not None for row in found)
    label = done.label_zh if language == "zh" else done.label
    yield _say(
        "head", language, label=label, residents=done.residents, households=done.households, seed=done.seed
    )
    yield (
        _say("found", language, all=len(found), new=len(found) - known, known=known)
        if found
        else _say("sound", language)
    )
    yield ""
    yield from _margin_lines(done, language)
    yield from _rule_lines(done, language)
    heads: tuple[str, ...]
    for name, rows in (("plausibility", done.plausibility), ("network", done.network)):
        judged = [row for row in rows if row.verdict != "described"]
        yield _say(name, language, base=len(judged), off=sum(row.finding for row in rows))
        heads = ("what", "value", "expected", "verdict")
        yield from _table(heads, [
            [f"{_of(row.group, language)}{_colon(language)}{_of(row.label, language)}", printed_number(row.value, row.unit, language),
             _of(row.expected, language), "" if row.verdict == "described" else _verdict(row, done, language)] for row in rows
        ], language, (0, 2, 3))  # fmt: skip
        yield ""
    if done.reference:
        name = done.reference_zh if language == "zh" else done.reference
        off = sum(row.finding for row in done.scale)
        yield _say("scale", language, reference=name, base=len(done.scale), off=off)
        heads = ("what", "here", "reference", "verdict")
    else:
        yield _say("no reference", language)
        heads = ("what", "here")
    yield from _table(heads, [
        [_of(row.label, language), printed_number(row.here, row.unit, language),
         "" if row.there is None else printed_number(row.there, row.unit, language), _verdict(row, done, language)][: len(heads)]
        for row in done.scale
    ], language, (0, 3))  # fmt: skip
    yield ""
    if reasons := _reasons(done):
        yield _say("reasons", language)
        yield from (f"  [{place}] {_of(why, language)}" for place, why in enumerate(reasons, 1))
        yield ""
    yield from _wrapped(_say("tolerance", language, alarm=FALSE_ALARM, rows=MOST_SHARING))
    if out is not None:
        yield _say("files", language, folder=seen_from_here(out))


def _margin_lines(done: PopulationAudit, language: Language) -> Iterator[str]:
    specified = [row for row in done.margins if row.specified is not None]
    off = [row for row in specified if row.finding]
    shown = sorted(off, key=_size, reverse=True)[:_MOST_ROWS]
    yield _say("margins", language, base=len(specified), off=len(off))
    groups: dict[Bilingual, list[Margin]] = {}
    for row in specified:
        groups.setdefault(row.group, []).append(row)
    yield from _table(("what", "numbers", "off", "largest"), [
        [_of(group, language), str(len(rows)), str(sum(row.finding for row in rows)), _largest(rows, language)]
        for group, rows in groups.items()
    ], language, (0, 3))  # fmt: skip
    if off:
        yield from _table(("what", "specified", "built", "error", "tolerance", "verdict"), [
            [_told(row.label, language), printed_number(row.specified or 0.0, row.unit, language), printed_number(row.built, row.unit, language),
             _error(row, language), _within(row, language), _verdict(row, done, language)] for row in shown
        ], language, (0, 5))  # fmt: skip
        if len(off) > len(shown):
            yield "  " + _say("more", language, count=len(off) - len(shown))
    free = [row for row in done.margins if row.specified is None]
    yield from _table(("what", "built", "verdict"), [
        [_of(row.label, language), printed_number(row.built, row.unit, language), _verdict(row, done, language)] for row in free
    ], language, (0, 2))  # fmt: skip
    yield ""


def _size(row: Margin) -> float:
    """Return how far a margin is off, in points or as a share of what is specified."""
    off = abs(row.built - (row.specified or 0.0))
    return off if row.unit == "share" else off / abs(row.specified) if row.specified else 0.0


def _largest(rows: Sequence[Margin], language: Language) -> str:
    worst = max(rows, key=_size)
    if _size(worst) < 5e-4:  # nothing that the digits of a line would show
        return ""
    return f"{_error(worst, language)}{', ' if language == 'en' else '，'}{_told(worst.label, language)}"


def _rule_lines(done: PopulationAudit, language: Language) -> Iterator[str]:
    broken = [row for row in done.rules if row.finding]
    yield _say("rules", language, base=len(done.rules), off=len(broken))
    if broken:
        yield from _table(("what", "found", "of", "share", "example", "verdict"), [
            [_of(row.label, language), f"{row.count:,}", f"{row.base:,}", printed_number(row.count / max(1, row.base), "share", language),
             _told(row.example, language), _verdict(row, done, language)] for row in broken
        ], language, (0, 4, 5))  # fmt: skip
    names = [_of(row.label, language) for row in done.rules if not row.finding]
    yield from _wrapped(_say("kept", language, names=("; " if language == "en" else "；").join(names)))
    yield ""


def _of(words: Bilingual, language: Language) -> str:
    return str(getattr(words, language))


def _told(words: Bilingual, language: Language) -> str:
    """Return words that begin or end with the key of a department, with what people call it."""
    text = _of(words, language)
    for key in (re.split("[，,]", text)[0], re.split("[ ：]", text)[-1]):
        text = text.replace(key, called("department", key, language)) if key.isascii() else text
    return text


def _colon(language: Language) -> str:
    return ": " if language == "en" else "："


def _wrapped(text: str) -> list[str]:
    if text.isascii():
        return textwrap.wrap(text, WIDTH)
    return wrapped(text, WIDTH).split("\n")


def _table(
    heads: Sequence[str], rows: Sequence[Sequence[str]], language: Language, left: Sequence[int]
) -> Iterator[str]:
    """Yield rows as lines with columns below each other; Chinese letters are two wide."""
    from rich.cells import cell_len

    every = [[_of(_HEADS[head], language) for head in heads], *rows]
    widths = [max(cell_len(row[column]) for row in every) for column in range(len(heads))]
    for row in every:
        cells = []
        for column, cell in enumerate(row):
            blank = " " * (widths[column] - cell_len(cell))
            cells.append(cell + blank if column in left else blank + cell)
        yield "  " + "  ".join(cells).rstrip()


def _column(name: str, en: str, zh: str, definition: str, definition_zh: str, unit: str = "-") -> Column:
    return Column(name, en, zh, unit, definition, definition_zh=definition_zh)


_COMMON = (
    _column("name", "name", "标识", "Stable name of the row.", "该行的固定标识。"),
    _column("group_en", "group", "英文类别", "Subject, in English.", "英文类别。"),
    _column("group_zh", "Chinese group", "类别", "Subject, in Chinese.", "中文类别。"),
    _column("label_en", "label", "英文名称", "What it is, in English.", "英文名称。"),
    _column("label_zh", "Chinese label", "名称", "What it is, in Chinese.", "中文名称。"),
)
_VERDICT = (
    _column("verdict", "verdict", "英文结论", "Verdict, in English.", "英文结论。"),
    _column("verdict_zh", "Chinese verdict", "结论", "Verdict, in Chinese.", "中文结论。"),
    _column("finding", "finding", "是否问题", "yes where something is wrong.", "有问题时为yes。"),
    _column("known", "known", "已知原因", "Why the builder of today gives it; empty for a new finding.", "现有生成方法产生该问题的原因，新增问题为空。"),
)  # fmt: skip
_UNIT = _column(
    "unit",
    "unit",
    "单位",
    "Unit of the numbers of the row; share is between 0 and 1.",
    "该行数值的单位，share为0至1。",
)
_VALUES: dict[str, tuple[Column, ...]] = {
    "margins": (
        _column("specified", "specified", "设定值", "What the scenario specifies; empty where it says nothing.", "情景设定的值，未设定为空。"),
        _column("built", "built", "生成值", "What was built.", "实际生成的值。"),
        _column("error", "error", "误差", "Built minus specified.", "生成值减设定值。"),
        _column("tolerance", "tolerance", "容许误差", "How far a right builder may be off, by chance or by rounding.", "正确的生成方法因抽样或取整可能出现的偏差。"),
        _column("draws", "draws", "独立抽取数", "Independent draws behind the number; 0 where nothing is drawn.", "该数所依据的独立抽取数，不抽取为0。", "count"),
        _UNIT,
    ),
    "rules": (
        _column("count", "found", "数量", "How many break the rule.", "违反规则的数量。", "count"),
        _column("base", "of", "总数", "Out of how many.", "总数。", "count"),
        _column("share", "share", "占比", "Count over base.", "数量除以总数。", "share, 0-1"),
        _column("example", "example", "英文示例", "The first of them, numbered from 0; the smallest of offices. In English.", "第一个示例（英文），自0起编号；单位取最小的。"),
        _column("example_zh", "Chinese example", "示例", "The same in Chinese.", "第一个示例，自0起编号；单位取最小的。"),
    ),
    "measures": (
        _column("value", "value", "数值", "What was measured; empty where there is nothing to measure.", "测得的值，无可测为空。"),
        _UNIT,
        _column("expected", "ordinary", "英文一般范围", "What an ordinary district shows, in English.", "一般地区的范围（英文）。"),
        _column("expected_zh", "Chinese ordinary", "一般范围", "The same in Chinese.", "一般地区的范围。"),
    ),
    "scale": (
        _column("here", "here", "此处", "In this scenario.", "本情景的值。"),
        _column("reference", "reference", "参照", "In the district that it stands for; empty without one.", "所代表地区的值，无参照为空。"),
        _UNIT,
    ),
}  # fmt: skip
_KINDS = {
    "margins": "margins", "rules": "rules", "plausibility": "measures", "network": "measures", "scale": "scale"
}  # fmt: skip


def audit_tables(done: PopulationAudit) -> dict[str, DataTable]:
    """Return the tables by the name of their file."""
    made = {}
    for name, kind in _KINDS.items():
        rows: Sequence[Looked] = getattr(done, name)
        cells = [[*_common_cells(row), *_value_cells(row, kind), *_verdict_cells(row)] for row in rows]
        made[f"{name}.csv"] = DataTable((*_COMMON, *_VALUES[kind], *_VERDICT), cells)
    return made


def _common_cells(row: Looked) -> list[Any]:
    return [row.name, row.group.en, row.group.zh, row.label.en, row.label.zh]


def _verdict_cells(row: Looked) -> list[Any]:
    words, why = VERDICTS[row.verdict], why_known(row) if row.finding else None
    return [words.en, words.zh, "yes" if row.finding else "no", why.en if why else ""]


def _value_cells(row: Any, kind: str) -> list[Any]:
    if kind == "margins":
        error = "" if row.specified is None else row.built - row.specified
        specified = "" if row.specified is None else row.specified
        return [specified, row.built, error, row.tolerance, row.draws, row.unit]
    if kind == "rules":
        return [row.count, row.base, row.count / max(1, row.base), row.example.en, row.example.zh]
    if kind == "measures":
        return [row.value if np.isfinite(row.value) else "", row.unit, row.expected.en, row.expected.zh]
    return [row.here, "" if row.there is None else row.there, row.unit]


def as_json(done: PopulationAudit, out: Path | None = None) -> dict[str, Any]:
    """Return everything as one object; what is empty in a table is null."""
    said: dict[str, Any] = {
        "ok": not done.findings, "scenario": done.label, "seed": done.seed, "residents": done.residents,
        "households": done.households, "reference": done.reference or None,
        "folder": seen_from_here(out) if out is not None else None,
        "findings": [row.name for row in done.findings],
        "new": [row.name for row in done.findings if why_known(row) is None],
    }  # fmt: skip
    for name, table in audit_tables(done).items():
        records = table.records()
        said[name.removesuffix(".csv")] = [
            {key: None if value == "" and key in _NUMBERS else value for key, value in record.items()}
            for record in records
        ]
    return said


_NUMBERS = {"specified", "error", "value", "reference"}


def audit_files(done: PopulationAudit, world: World) -> dict[str, bytes]:
    """Return tables as CSV, and the pictures as PNG and SVG in both languages, by the name of the file."""
    made = table_files(audit_tables(done))
    for language in LANGUAGES:
        for name, sheet in sheets(done, world, language).items():
            end = "" if language == "en" else ".zh"
            made |= {
                f"{name}{end}.{kind}": content for kind, content in draw_sheet(sheet).items() if kind != "pdf"
            }
    return made
