"""The tables of models and of countermeasures: their columns, and the pages that are made from them, in English and Chinese.

``govsim table`` fills them from runs. Those of the repository stand in ``scenarios/studies``; that of countermeasures stands
beside a comparison, only where scenario and models are those of that study.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from math import comb
from pathlib import Path
from typing import Literal

from govsim.report.answers import markdown_table
from govsim.report.docs.words import Language
from govsim.report.glossary import duration, indicator
from govsim.report.html.words import unit_beside
from govsim.report.stamps import Stamp, file_hash, read_stamps, reasons
from govsim.results.csvtext import BOM
from govsim.results.declare import Indicator
from govsim.results.indicators import INDICATORS
from govsim.results.values import Missing
from govsim.runner.planning import Choice, arm_with_measures, scenario_hash
from govsim.scenario import load, load_governance
from govsim.scenario.files import governance_shelf, study_shelf
from govsim.studies.wording import counted, listed

Kind = Literal["models", "measures"]
Cells = dict[str, str]
"""A row of a table by its columns."""

_ABOUT = ("residents", "weeks", "seeds")
COLUMNS: Mapping[Kind, tuple[str, ...]] = {
    "models": (
        "capacity_mode", "model", "model_zh", "quantity", "value", "spread", "beyond", "in_seeds", "other_value",
        "other_seeds", "apart", "pairs", "enough", "alike", *_ABOUT,
    ),
    "measures": (
        "model", "model_zh", "measure", "measure_zh", "quantity", "value", "low95", "high95", "half_width", "verdict",
        *_ABOUT, "start",
    ),
}  # fmt: skip
_SHOWN = {
    "participation_4w": "take part in four weeks, % of adults",
    "resolved_existing_26w": "resolved within half a year, % of existing",
    "resolved_reported_26w": "resolved within half a year, % of known",
    "median_days": "median working days to resolution",
    "trust_community": "trust in the committee, 0-1",
    "burnout": "staff with burnout, %",
    "paid_hours_per_resolved": "paid hours per resolved problem",
    "unpaid_hours": "unpaid hours per resident-year",
    "resolved_laid_off": "resolved within half a year, % of problems of laid-off",
}
MEASURES: tuple[tuple[Indicator, str], ...] = tuple(
    (indicator, _SHOWN[indicator.name]) for indicator in INDICATORS if indicator.name in _SHOWN
)
"""Indicators of the tables in their order, with their headings."""
EFFECTS = tuple((item, words) for item, words in MEASURES if item.name != "unpaid_hours")
"""Those that a countermeasure is judged by."""
GRANTED = {
    "hours_granted": ("staff hours granted", "核定人员工时"),
    "yuan_granted": ("yuan granted", "核定资金，元"),
}
SPENT = {
    "hours_moved": ("hours moved a year", "每年占用工时"),
    "yuan_moved": ("yuan moved a year", "每年占用资金（元）"),
    "hours_granted": ("staff hours granted, change a year", "每年增拨工时"),
    "yuan_granted": ("yuan granted, change a year", "每年增拨资金（元）"),
}
COUNTED = {
    "problems_arisen": ("problems that arose", "发生的问题（件）"),
    "problems_solved": ("problems solved", "解决的问题（件）"),
    "problems_found": ("problems detected", "发现的问题（件）"),
    "adult_weeks": ("adult-weeks of participation", "居民参与（人·周）"),
}
"""What is counted per 1,000 hours, or per million yuan."""
FEWEST_HOURS = 1000
"""A measure that moves fewer hours a year works by money; a rate per 1,000 hours would say nothing about it."""
EVERY_MODEL = "all models"
"""Stands where no model can be told from any other."""


def table_text(kind: Kind, rows: Sequence[Cells], made: Stamp) -> str:
    """Return a table as CSV, with its stamp above it."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS[kind], restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return BOM + "".join(f"# {line}\n" for line in made.lines()) + text.getvalue()


def cells_in(text: str) -> list[Cells]:
    """Return the rows of a table."""
    lines = text.removeprefix(BOM).splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def table_path(docs: Path, scenario: str, kind: Kind) -> Path:
    """Return where the table of a page belongs: with the shipped studies for a page of the repository, else beside the page."""
    shelf = study_shelf().folder.resolve()
    return (
        shelf if docs.resolve().parent == shelf.parents[1] else docs
    ) / f"{Path(scenario).stem}_{kind}.csv"


def measures_of(choices: Sequence[Choice]) -> list[Cells] | None:
    """Return the rows of a shipped table about the scenario and the models of a comparison; None where there are none.

    A table whose numbers the code in force does not give is left out.
    """
    for file in sorted(study_shelf().folder.glob("*_measures.csv")):
        text = file.read_text(encoding="utf-8-sig")
        made = next(iter(read_stamps(text)), None)
        scenario = _scenario_of(made) if made else None
        if (
            made is None
            or scenario is None
            or any(file_hash(name) != value for name, value in made.inputs.items())
        ):
            continue
        wanted = scenario_hash(load(scenario))
        if any(scenario_hash(choice.loaded) != wanted for choice in choices) or reasons(made):
            continue
        shelved = {name for name in made.inputs if name.startswith(f"{governance_shelf().shown}/")}
        keys = {
            arm_with_measures(
                Choice(scenario, choices[0].loaded, load_governance(Path(name).stem), "neutral")
            ).key
            for name in shelved
        }
        here = {
            choice.governance.model.name.en for choice in choices if arm_with_measures(choice).key in keys
        }
        return [row for row in cells_in(text) if row["model"] in here] or None
    return None


def _scenario_of(made: Stamp) -> str | None:
    found = re.search(r"--scenario (\S+)", made.command)
    return found and found[1]


_TITLES = {
    "models": ("Governance models side by side", "各治理模式比较"),
    "measures": ("Countermeasures and the hours they take", "各项对策及其占用的工时和资金"),
}
_LEADS = {
    "models": (
        "Every shipped model over the same residents, problems and chance; mean ± standard deviation over seeds.",
        "各模式的居民、问题和偶然因素相同。数值为各次重复模拟的均值±标准差。",
    ),
    "measures": (
        "Each countermeasure against the same model without it, with the same residents, problems and chance; where "
        "it was granted more or less (posts bought with money, say), two columns say by how much. *Hours moved* are those "
        "that some tier, source and use has more than without the measure: paid, seconded, unpaid and partners' hours alike, "
        "whoever gave them up, those included that residents then gave of themselves; idle hours are no use. Money stands "
        "apart. Under *in all*, ± is half the paired interval, widened for all comparisons of that table; what it tells from "
        "none is set in bold, and of that at most 5 % is expected to be none (Benjamini and Hochberg 1995; Benjamini and "
        "Yekutieli 2005).",
        "“占用工时”指各层级、各来源、各用途中比不采取该对策时多用的工时，不论由谁让出；空闲工时不计。资金另列。"
        "总体效果中，±为95%置信区间的一半，已按该表全部比较放宽；基准为同一模式不采取该对策；"
        "写明好于、差于、高于或低于基准的为有明确差异（其中预计至多5%实际并无差异），其余尚难判断，并不等于相同。",
    ),
}


def page_of(kind: Kind, table: str, file: str, language: Language) -> str:
    """Return the page of a table.

    Parameters
    ----------
    table : str
        The text of the table's file, ``file`` its name from the root of the repository or as it was written.
    """
    rows, made = cells_in(table), read_stamps(table.removeprefix(BOM))[0]
    first, parts = rows[0], (_models if kind == "models" else _measures)(rows, language)
    if language == "zh":
        simulation = "本页为模拟结果，多数输入值为假设；结果说明由这些假设得出什么，不是预测。"
        about = f"模拟{duration(int(first['weeks'])).zh}，居民{_with_commas(first['residents'])}人，{first['seeds']}次重复模拟"
        lead = _LEADS[kind][1]
        terms = [f"{about}；{lead}{simulation}"]
        if kind == "measures":
            begun = f"各项对策自第{int(first['start']) + 1}周起单独实施"
            same = "与同一治理模式不采取该对策相比，居民、问题和偶然因素相同"
            terms = [f"{about}；{begun}，{same}。{simulation}", lead]
        source = f"本页由数据表`{file}`按规则生成，与[英文页]({kind}.md)的数字逐一相同。请勿手工修改。"
        return "\n\n".join([f"# {_TITLES[kind][1]}", *terms, source, *parts]) + "\n"
    label = load(_scenario_of(made) or "").label
    terms = [
        f"{label}: {_with_commas(first['residents'])} residents, {first['weeks']} weeks, seeds 1 to {first['seeds']}. "
        "In this model, under these assumptions; most parameters of the scenario are assumed."
    ]
    source = f"Made by `{made.command}`. Do not edit: every number comes from the run folders, and stands in `{file}`."
    page = "\n\n".join([f"# {_TITLES[kind][0]}", _LEADS[kind][0], *terms, source, *parts]).rstrip() + "\n"
    return f"{page}\n{made.comment()}"


def _models(rows: Sequence[Cells], language: Language) -> Iterator[str]:
    """Yield the parts of the page about models."""
    zh = language == "zh"
    means = {
        "neutral": (
            (
                "Equal resources",
                "Every model has the same hours and money; only what it does with them differs.",
            ),
            ("资源相同", "各模式的工时和资金相同，差异只来自如何使用。"),
        ),
        "observed": (
            (
                "With outside resources",
                "Each model with the hours and money that it brings from outside: differences are partly ones in means.",
            ),
            ("含外部资源", "各模式另有其从外部带来的工时和资金，差异部分来自资源多少。"),
        ),
    }
    for mode in dict.fromkeys(row["capacity_mode"] for row in rows):
        mine = [row for row in rows if row["capacity_mode"] == mode]
        title, words = means[mode][zh]
        spread, table = _spread_zh if zh else _spread_en, dict[str, dict[str, str]]()
        for row in mine:
            if row["model"]:
                table.setdefault(row[f"model{'_zh' * zh}"], {})[row["quantity"]] = spread(row)
        heads = _heads(language)
        columns = list(next(iter(table.values())))
        lines = [[model, *(cells[name] for name in columns)] for model, cells in table.items()]
        yield f"## {title}"
        yield words
        yield markdown_table(["治理模式" if zh else "model", *(heads[name] for name in columns)], lines)
        yield "### 尚难判断的模式" if zh else "### What cannot be told apart"
        yield from _undecided(mine, language)


def _heads(language: Language) -> dict[str, str]:
    """Return the names of quantities with their units."""
    if language == "en":
        return {name: en for name, (en, _) in GRANTED.items()} | {
            item.name: words for item, words in MEASURES
        }
    said = {item: indicator(item.name, item.label_en, item.label_zh).zh for item, _ in MEASURES}
    named = {item.name: f"{words}，{unit_beside(words, item.unit, 'zh')}" for item, words in said.items()}
    return {name: zh for name, (_, zh) in GRANTED.items()} | named


def _spread_en(row: Mapping[str, str]) -> str:
    """Return mean ± standard deviation over seeds, and of how many where some have no number."""
    words = f"beyond {_with_commas(row['value'])}" if row["beyond"] else _with_commas(row["value"])
    words += f" ± {_with_commas(row['spread'])}" if row["spread"] else ""
    if row["other_seeds"]:
        return f"{words} in {row['in_seeds']} of {row['seeds']}, {_with_commas(row['other_value'])} in {row['other_seeds']}"
    if row["value"] in (Missing.NO_BASE.value, Missing.NOT_REACHED.value):
        return f"{words} {row['in_seeds']} of {row['seeds']}"
    return f"{words}, {row['in_seeds']} of {row['seeds']}" if row["in_seeds"] else words


_MISSING_ZH = {Missing.NO_BASE.value: "无", Missing.NOT_REACHED.value: "未达到"}


def _spread_zh(row: Cells) -> str:
    if row["value"] in _MISSING_ZH:
        return _MISSING_ZH[row["value"]]
    words = f"{'大于' if row['beyond'] else ''}{_with_commas(row['value'])}"
    words += f" ± {_with_commas(row['spread'])}" if row["spread"] else ""
    if row["other_seeds"]:
        other = f"{_with_commas(row['other_value'])}（{row['other_seeds']}次）"
        return f"{words}（{row['seeds']}次中{row['in_seeds']}次），{other}"
    return f"{words}（{row['seeds']}次中{row['in_seeds']}次）" if row["in_seeds"] else words


def _undecided(rows: Sequence[Cells], language: Language) -> Iterator[str]:
    """Yield which models are not told apart, indicator by indicator."""
    zh, heads, seeds = language == "zh", _heads(language), int(rows[0]["seeds"])
    names = {row["model"]: row["model_zh"] for row in rows if row["model"]}
    found = [row for row in rows if not row["model"]]
    if not found:
        yield (
            "只有一种模式或一次重复模拟，无从判断。"
            if zh
            else "One model or one seed: nothing can be told apart."
        )
        return
    tests, pairs = [row for row in found if row["pairs"]], comb(len(names), 2)
    looks = f"{pairs * len(tests):,}"
    yield (
        f"{seeds}次配对重复模拟。有明确差异指差值的配对置信区间不含零；区间已按本表全部{looks}项比较放宽，"
        "判为有明确差异的预计至多5%实际并无差异（Benjamini和Hochberg，1995；Benjamini和Yekutieli，2005）。"
        "有模拟未达到某项数值时，改为检验各次重复模拟的次序。尚难判断并不等于相同。"
        if zh
        else f"With {counted(seeds, 'paired seed')}. Told apart means that the paired interval of the difference "
        f"leaves out zero, after widening it for all {looks} comparisons of this table: of what is "
        "told apart, at most 5 % is expected not to be (Benjamini and Hochberg 1995; Benjamini and Yekutieli 2005). Where some "
        "seed did not reach a number, the order of the seeds is tested instead. What is not told apart need not be equal."
    )
    translated = _in_chinese(names) if zh else str
    whole = {
        "same": ("The same numbers in every seed", "各次重复模拟数值完全相同"),
        "nowhere": ("Told apart in no measure", "各项指标均尚难判断"),
    }
    said = {row["quantity"]: translated(row["alike"]) for row in found if row["quantity"] in whole}
    lines = [f"- {whole[name][zh]}{'：' if zh else ': '}{words}" for name, words in said.items()]
    if "nowhere" not in said and zh:
        lines.append(f"- {'其余' if said else ''}每两种模式至少在一项指标上有明确差异")
    elif "nowhere" not in said:
        lines.append(f"- Every {'other ' if said else ''}pair is told apart in at least one measure")
    say = _tested_zh if zh else _tested
    lines += [say(row, heads[row["quantity"]], pairs, translated) for row in tests]
    end = "。" if zh else "."
    yield "\n".join(f"{line}{end}" for line in lines)


def _tested(row: Cells, name: str, pairs: int, translated: Callable[[str], str]) -> str:
    tested = int(row["pairs"])
    words = f"- *{name}*: {row['apart']} of {counted(tested, 'pair')} told apart"
    if row["enough"]:
        words += f"; a difference of {_with_commas(row['enough'])} would have been enough for half of the pairs that differ"
    if tested < pairs:
        unknown = counted(pairs - tested, "pair")
        words += f"; {unknown} not tested, because seeds are few or some seed has no number"
    if row["alike"] == EVERY_MODEL:
        return f"{words}. No model can be told from any other"
    alike = translated(row["alike"])
    return f"{words}. From low to high, not told apart from each other: {alike}" if alike else words


def _tested_zh(row: Cells, name: str, pairs: int, translated: Callable[[str], str]) -> str:
    tested = int(row["pairs"])
    words = f"- *{name}*：{tested}对中{row['apart']}对有明确差异"
    words += f"；有差异的各对，半数只需相差{_with_commas(row['enough'])}即可判断" if row["enough"] else ""
    words += f"；另有{pairs - tested}对因重复模拟少或缺数值未检验" if tested < pairs else ""
    if row["alike"] == EVERY_MODEL:
        return f"{words}。任何两种模式均尚难判断"
    alike = translated(row["alike"])
    return f"{words}。由低到高，彼此尚难判断的有：{alike}" if alike else words


def _in_chinese(names: Mapping[str, str]) -> Callable[[str], str]:
    """Return what puts a list of models into Chinese, of whom ``names`` holds the Chinese name of each."""
    quoted = {en: f"“{zh}”" if "、" in zh else zh for en, zh in names.items()}
    any_name = re.compile("|".join(sorted(map(re.escape, quoted), key=len, reverse=True)))

    def chinese(words: str) -> str:
        translated = any_name.sub(lambda name: quoted[name[0]], words).replace(" and ", "与")
        return re.sub(r"(\d+) pairs?", r"\1对", translated).replace(", ", "、").replace("; ", "；")

    return chinese


def _measures(rows: Sequence[Cells], language: Language) -> Iterator[str]:
    """Yield the parts of the page about countermeasures."""
    zh = language == "zh"
    in_all, rates = (
        ("### 总体效果", "### 占用与每千工时的效果") if zh else ("### In all", "### Per 1,000 hours")
    )
    model_key, measure_key = ("model_zh", "measure_zh") if zh else ("model", "measure")
    for model in dict.fromkeys(row[model_key] for row in rows):
        mine: dict[str, dict[str, Cells]] = {}
        for row in rows:
            if row[model_key] == model:
                mine.setdefault(row[measure_key], {})[row["quantity"]] = row
        by_money = [_by_money(name, cells, language) for name, cells in mine.items() if _few_hours(cells)]
        per_hours = [rates, _per_hours(mine, language), *by_money]
        effects = [in_all, _effects(mine, language)]
        yield f"## {model}"
        yield from [*effects, *per_hours] if zh else [*per_hours, *effects, _by_indicator(mine)]


def _few_hours(cells: Mapping[str, Cells]) -> bool:
    return int(cells["hours_moved"]["value"]) < FEWEST_HOURS


def _per_hours(mine: Mapping[str, Mapping[str, Cells]], language: Language) -> str:
    zh, lines = language == "zh", []
    for name, cells in mine.items():
        spent = [_with_commas(cells[key]["value"], sign=not zh and key.endswith("granted")) for key in SPENT]
        none = "–" if zh else "-" if _few_hours(cells) else Missing.NO_BASE.value
        lines.append([name, *spent, *(_range(cells.get(f"{key}_per_1000_hours"), none) for key in COUNTED)])
    counts = [words[zh] if zh else f"{words[zh]} [95%]" for words in COUNTED.values()]
    return markdown_table(
        ["对策" if zh else "countermeasure", *(words[zh] for words in SPENT.values()), *counts], lines
    )


def _by_money(name: str, cells: Mapping[str, Cells], language: Language) -> str:
    """Return the rates of a countermeasure by money."""
    zh = language == "zh"
    rates = [_range(cells.get(f"{key}_per_million_yuan"), Missing.NO_BASE.value) for key in COUNTED]
    if zh:
        told = "，".join(f"{words[1]}{rate}" for rate, words in zip(rates, COUNTED.values(), strict=True))
        return f"*{name}*占用工时很少，不按工时折算；每占用百万元：{told}。"
    told = listed([f"{rate} {words[0]}" for rate, words in zip(rates, COUNTED.values(), strict=True)])
    return f"*{name}* moves too few hours for a rate by hours; per million yuan moved: {told}."


def _range(cell: Cells | None, none: str) -> str:
    if cell is None:
        return none
    value, low, high = (_with_commas(cell[name], sign=True) for name in ("value", "low95", "high95"))
    return f"{value} [{low}, {high}]"


_WAYS = {"better": "好于基准", "worse": "差于基准", "higher": "高于基准", "lower": "低于基准"}


def _effects(mine: Mapping[str, Mapping[str, Cells]], language: Language) -> str:
    zh, heads, lines = language == "zh", _heads(language), []
    for name, cells in mine.items():
        said = [
            _change_zh(cells[item.name]) if zh else _change(cells[item.name], item) for item, _ in EFFECTS
        ]
        lines.append([name, *said])
    return markdown_table(
        ["对策" if zh else "countermeasure", *(heads[item.name] for item, _ in EFFECTS)], lines
    )


def _change(cell: Cells, item: Indicator) -> str:
    """Return a change with half its interval, in bold where it is told from none."""
    apart = cell["verdict"] != "undecided"
    if cell["value"] in _MISSING_ZH:
        words = ("later" if _rises(cell, item) else "sooner") if apart else cell["value"]
    else:
        words = _with_commas(cell["value"], sign=True)
        words += f" ± {_with_commas(cell['half_width'])}" if cell["half_width"] else ""
    return f"**{words}**" if apart else words


def _change_zh(cell: Cells) -> str:
    words = _MISSING_ZH.get(cell["value"]) or _with_commas(cell["value"], sign=True)
    half = f" ± {_with_commas(cell['half_width'])}" if cell["half_width"] else ""
    return f"{words}{half} {_WAYS.get(cell['verdict'], '')}".strip()


def _rises(cell: Cells, item: Indicator) -> bool:
    """Return whether a change that is told from none is one upwards."""
    return cell["verdict"] == "higher" or cell["verdict"] == ("better" if item.direction > 0 else "worse")


def _by_indicator(mine: Mapping[str, Mapping[str, Cells]]) -> str:
    """Return which countermeasures change each indicator, and which none."""
    lines, silent = [], set(mine)
    for item, heading in EFFECTS:
        apart = [name for name, cells in mine.items() if cells[item.name]["verdict"] != "undecided"]
        silent -= set(apart)
        up, down = (
            [name for name in apart if _rises(mine[name][item.name], item) is way] for way in (True, False)
        )
        told = [f"{way} with {listed(some)}" for way, some in (("higher", up), ("lower", down)) if some]
        lines.append(f"- *{heading}*: {'; '.join(told) or 'undecided'}.")
    if silent:
        lines.append(
            f"- Undecided in every column of this table: {listed([name for name in mine if name in silent])}."
        )
    return "\n".join(lines)


def _with_commas(number: str, sign: bool = False) -> str:
    """Return a number of a table with commas, and its sign; a word as it is."""
    if not number or number[-1].isalpha() or number in _MISSING_ZH:
        return number
    return f"{Decimal(number):+,}" if sign else f"{Decimal(number):,}"
