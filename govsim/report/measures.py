"""What the shipped tables of models and countermeasures say: made from their pages, read for Chinese pages and comparisons.

``govsim table`` writes ``docs/models.md`` and ``docs/measures.md``; the numbers of these pages stand once more in
``scenarios/studies``, from where they are read without a network. Those of countermeasures stand beside a comparison, only
where scenario and models are those of that study.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from govsim.report.answers import markdown_table
from govsim.report.glossary import duration, indicator
from govsim.report.html.words import unit_beside
from govsim.report.stamps import file_hash, read_stamps, reasons
from govsim.results.csvtext import BOM
from govsim.results.declare import Indicator
from govsim.results.indicators import INDICATORS
from govsim.runner.planning import Choice, arm_with_measures, scenario_hash
from govsim.scenario import list_measures, load, load_governance, load_measure
from govsim.scenario.files import governance_shelf, study_shelf

COLUMNS = (
    "model", "model_zh", "measure", "measure_zh", "quantity", "value", "low95", "high95", "half_width", "verdict",
    "residents", "weeks", "seeds", "start",
)  # fmt: skip
_SPENT = ("hours_moved", "yuan_moved", "hours_granted", "yuan_granted")
"""What stands first in a row of the page, a year."""
_RATES = ("problems_arisen", "problems_solved", "problems_found", "adult_weeks")
_NUMBER = r"[+-]?[\d,]+(?:\.\d+)?"
_TERMS = re.compile(r"([\d,]+) residents, (\d+) weeks, seeds (\d+) to (\d+)")
MODEL_COLUMNS = (
    "capacity_mode", "model", "model_zh", "quantity", "value", "spread", "beyond", "in_seeds", "other_value", "other_seeds",
    "apart", "pairs", "enough", "alike", "residents", "weeks", "seeds",
)  # fmt: skip
_BY_MONEY = re.compile(
    r"\*(.+?)\* moves too few hours for a rate by hours; per million yuan moved: (.+)\.$", re.M
)
_CELL = re.compile(rf"(\*\*)?({_NUMBER})(?: ± ({_NUMBER}))?(\*\*)?")
_INTERVAL = re.compile(rf"({_NUMBER}) \[({_NUMBER}), ({_NUMBER})\]")

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
"""Columns of the table in the order of the indicators, with their headings."""

Cells = dict[str, str]
"""A row of the table by its columns."""


def rows_of(page: str) -> list[Cells]:
    """Return the numbers of a page about measures, as they are printed there.

    Raises
    ------
    ValueError
        If it is no such page.
    """
    terms, (made, *_) = _TERMS.search(page), read_stamps(page)
    if terms is None:
        raise ValueError("no page of measures: it does not say residents, weeks and seeds")
    start = re.search(r"--start (\d+)", made.command)
    same = {
        "residents": _plain(terms[1]), "weeks": terms[2], "seeds": str(int(terms[4]) - int(terms[3]) + 1),
        "start": start[1] if start else "0",
    }  # fmt: skip
    models = {item.name.en: item.name.zh or item.name.en for item in _models(made.inputs)}
    measures = {item.name.en: item.name.zh or item.name.en for item in map(_section, list_measures())}
    found = []
    for part in re.split(r"^## ", page, flags=re.M)[1:]:
        model = part.partition("\n")[0].strip()
        for measure, quantity, cells in _part(part):
            named = {
                "model": model,
                "model_zh": models[model],
                "measure": measure,
                "measure_zh": measures[measure],
            }
            found.append(dict.fromkeys(COLUMNS, "") | named | {"quantity": quantity} | cells | same)
    return found


def _models(inputs: Mapping[str, str]) -> Iterator[Any]:
    shelf = governance_shelf()
    for name in inputs:
        if name.startswith(f"{shelf.shown}/"):
            yield load_governance(Path(name).stem).model


def _section(name: str) -> Any:
    return load_measure(name).section


def _part(part: str) -> Iterator[tuple[str, str, Cells]]:
    """Yield measure, quantity and numbers of the tables under one model."""
    rates, changes = (
        [_split(line) for line in table.splitlines() if line.startswith("| ")]
        for table in part.split("### ")[1:3]
    )
    for measure, *cells in rates[2:]:
        for quantity, cell in zip(_SPENT, cells, strict=False):
            yield measure, quantity, {"value": _plain(cell)}
        for quantity, cell in zip(_RATES, cells[len(_SPENT) :], strict=True):
            if number := _INTERVAL.fullmatch(cell):
                yield measure, f"{quantity}_per_1000_hours", _ends(number)
    for measure, told in _BY_MONEY.findall(part):
        for quantity, number in zip(_RATES, _INTERVAL.finditer(told), strict=True):
            yield measure, f"{quantity}_per_million_yuan", _ends(number)
    names = {heading: item for item, heading in MEASURES}
    ways = {(heading, way, name) for heading, way, name in _ways(part)}
    for measure, *cells in changes[2:]:
        for heading, cell in zip(changes[0][1:], cells, strict=True):
            item, number = names[heading], _CELL.fullmatch(cell)
            found = next((way for way in ("higher", "lower") if (heading, way, measure) in ways), "")
            verdict = "undecided"
            if found:
                verdict = {0: found}.get(
                    item.direction, "better" if (found == "higher") == (item.direction > 0) else "worse"
                )
            numbers = {"value": _plain(number[2]), "half_width": _plain(number[3] or "")} if number else {}
            yield measure, item.name, {"verdict": verdict} | numbers


def _ways(part: str) -> Iterator[tuple[str, str, str]]:
    """Yield what is said below the tables: indicator, higher or lower, and a measure."""
    for heading, told in re.findall(r"^- \*(.+?)\*: (.+)\.$", part, re.M):
        for way, names in re.findall(r"(higher|lower) with ([^;]+)", told):
            rest = names
            for name in sorted((_section(one).name.en for one in list_measures()), key=len, reverse=True):
                if name in rest:
                    rest = rest.replace(name, "")
                    yield heading, way, name


def _split(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split(" | ")]


def _plain(number: str) -> str:
    return number.replace(",", "").removeprefix("+")


def _ends(number: re.Match[str]) -> Cells:
    return {name: _plain(number[n]) for n, name in enumerate(("value", "low95", "high95"), 1)}


def model_rows(page: str) -> list[Cells]:
    """Return the numbers of a page about models, and what it says of each indicator, as they are printed there.

    Raises
    ------
    ValueError
        If it is no such page.
    """
    terms, (made, *_) = _TERMS.search(page), read_stamps(page)
    if terms is None:
        raise ValueError("no page of models: it does not say residents, weeks and seeds")
    seeds = str(int(terms[4]) - int(terms[3]) + 1)
    same = {"residents": _plain(terms[1]), "weeks": terms[2], "seeds": seeds}
    chinese = {item.name.en: item.name.zh or item.name.en for item in _models(made.inputs)}
    found = []
    for mode, part in zip(_MODES, re.split(r"^## ", page, flags=re.M)[1:], strict=True):
        table = [_split(line) for line in part.splitlines() if line.startswith("| ")]
        names = {heading: item.name for item, heading in MEASURES} | _GRANTED
        cells = [
            {"model": model, "model_zh": chinese[model], "quantity": names[heading]} | _spread(cell)
            for model, *row in table[2:]
            for heading, cell in zip(table[0][1:], row, strict=True)
        ]
        for line in re.findall(r"^- (.+)\.$", part, re.M):
            if told := _APART.fullmatch(line):
                apart, pairs, enough, alike = told.groups(default="")[1:]
                said = {"apart": apart, "pairs": pairs, "enough": _plain(enough), "alike": alike}
                cells.append({"quantity": names[told[1]]} | said)
            elif told := re.fullmatch(
                r"(Told apart in no measure|The same numbers in every seed): (.+)", line
            ):
                cells.append({"quantity": "nowhere" if "no measure" in told[1] else "same", "alike": told[2]})
        found += [dict.fromkeys(MODEL_COLUMNS, "") | {"capacity_mode": mode} | cell | same for cell in cells]
    return found


_GRANTED = {"staff hours granted": "hours_granted", "yuan granted": "yuan_granted"}
_APART = re.compile(
    rf"\*(.+)\*: (\d+) of (\d+) pairs? told apart(?:; a difference of ({_NUMBER}) would have .+? differ)?(?:; .+? no number)?"
    r"(?:\. From low to high, not told apart from each other: (.+)|\. No model can be told from any other)?"
)
_SPREAD = re.compile(
    rf"(beyond )?({_NUMBER})(?: ± ({_NUMBER}))?(?: in (\d+) of \d+, ({_NUMBER}) in (\d+)|, (\d+) of \d+)?"
)


def _spread(cell: str) -> Cells:
    """Return mean, standard deviation and how many seeds of a cell; nothing where it has no number."""
    if (told := _SPREAD.fullmatch(cell)) is None:
        return {}
    beyond, value, spread, usual, other, odd, some = told.groups(default="")
    return {
        "value": _plain(value), "spread": _plain(spread), "beyond": "yes" if beyond else "", "in_seeds": usual or some,
        "other_value": _plain(other), "other_seeds": odd,
    }  # fmt: skip


def as_csv(page: str, columns: Sequence[str] = COLUMNS) -> str:
    """Return the table of a page, with the page's stamp above it."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows_of(page) if columns is COLUMNS else model_rows(page))
    made = "".join(f"# {line}\n" for one in read_stamps(page) for line in one.lines())
    return f"{BOM}{made}{text.getvalue()}"


def table_path(docs: Path, scenario: str, kind: str) -> Path | None:
    """Return where the table of a page in ``docs`` belongs: beside the shipped studies, for the pages of the repository."""
    shelf = study_shelf().folder.resolve()
    return shelf / f"{Path(scenario).stem}_{kind}.csv" if docs.resolve().parent == shelf.parents[1] else None


def measures_of(choices: Sequence[Choice]) -> list[Cells] | None:
    """Return the rows of a shipped table about the scenario and the models of a comparison; None where there are none.

    A table whose numbers the code in force does not give is left out.
    """
    for file in sorted(study_shelf().folder.glob("*_measures.csv")):
        text = file.read_text(encoding="utf-8-sig")
        made = next(iter(read_stamps(text)), None)
        scenario = re.search(r"--scenario (\S+)", made.command) if made else None
        if (
            made is None
            or scenario is None
            or any(file_hash(name) != value for name, value in made.inputs.items())
        ):
            continue
        wanted = scenario_hash(load(scenario[1]))
        if any(scenario_hash(choice.loaded) != wanted for choice in choices) or reasons(made):
            continue
        rows = list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
        shelved = {name for name in made.inputs if name.startswith(f"{governance_shelf().shown}/")}
        keys = {
            arm_with_measures(
                Choice(scenario[1], choices[0].loaded, load_governance(Path(name).stem), "neutral")
            ).key
            for name in shelved
        }
        here = {
            choice.governance.model.name.en for choice in choices if arm_with_measures(choice).key in keys
        }
        return [row for row in rows if row["model"] in here] or None
    return None


_QUANTITIES = {
    "hours_moved": "每年占用工时",
    "yuan_moved": "每年占用资金（元）",
    "hours_granted": "每年增拨工时",
    "yuan_granted": "每年增拨资金（元）",
    "problems_arisen": "发生的问题（件）",
    "problems_solved": "解决的问题（件）",
    "problems_found": "发现的问题（件）",
    "adult_weeks": "居民参与（人·周）",
}
_WAYS = {"better": "好于基准", "worse": "差于基准", "higher": "高于基准", "lower": "低于基准"}


def _shipped(file: Path) -> tuple[list[Cells], str]:
    """Return the rows of a shipped table, and what they are about in Chinese."""
    text = file.read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
    first = rows[0]
    people = f"{int(first['residents']):,}"
    return rows, f"模拟{duration(int(first['weeks'])).zh}，居民{people}人，{first['seeds']}次重复模拟"


_SIMULATION = "本页为模拟结果，多数输入值为假设；结果说明由这些假设得出什么，不是预测。"


def chinese_models(file: Path) -> str:
    """Return the page about models in Chinese, made from a shipped table."""
    rows, about = _shipped(file)
    parts = [
        "# 各治理模式比较",
        f"{about}；各模式的居民、问题和偶然因素相同。数值为各次重复模拟的均值±标准差。{_SIMULATION}",
        f"本页由数据表`scenarios/studies/{file.name}`按规则生成，与[英文页](models.md)的数字逐一相同。请勿手工修改。",
    ]
    for mode in dict.fromkeys(row["capacity_mode"] for row in rows):
        mine = [row for row in rows if row["capacity_mode"] == mode]
        parts += [
            f"## {_MODES[mode][0]}",
            _MODES[mode][1],
            _side_by_side(mine),
            "### 尚难判断的模式",
            *_alike(mine),
        ]
    return "\n\n".join(parts) + "\n"


_MODES = {
    "neutral": ("资源相同", "各模式的工时和资金相同，差异只来自如何使用。"),
    "observed": ("含外部资源", "各模式另有其从外部带来的工时和资金，差异部分来自资源多少。"),
}


def _heads() -> dict[str, str]:
    """Return the Chinese names of quantities with their units."""
    said = {item.name: indicator(item.name, item.label_en, item.label_zh).zh for item, _ in MEASURES}
    units = {item.name: unit_beside(said[item.name], item.unit, "zh") for item, _ in MEASURES}
    granted = {"hours_granted": "核定人员工时", "yuan_granted": "核定资金，元"}
    return granted | {name: f"{words}，{units[name]}" for name, words in said.items()}


def _side_by_side(rows: Sequence[Cells]) -> str:
    heads, table = _heads(), dict[str, dict[str, str]]()
    for row in rows:
        if row["model_zh"]:
            table.setdefault(row["model_zh"], {})[row["quantity"]] = _spread_zh(row)
    columns = list(next(iter(table.values())))
    lines = [[model, *(cells[name] for name in columns)] for model, cells in table.items()]
    return markdown_table(["治理模式", *(heads[name] for name in columns)], lines)


def _spread_zh(row: Cells) -> str:
    if not row["value"]:
        return "无"
    words = f"大于{row['value']}" if row["beyond"] else _thousands(row["value"])
    words += f" ± {row['spread']}" if row["spread"] else ""
    if row["other_seeds"]:
        return f"{words}（{row['seeds']}次中{row['in_seeds']}次），{row['other_value']}（{row['other_seeds']}次）"
    return f"{words}（{row['seeds']}次中{row['in_seeds']}次）" if row["in_seeds"] else words


def _thousands(number: str) -> str:
    return number if "." in number else f"{int(number):,}"


def _alike(rows: Sequence[Cells]) -> Iterator[str]:
    """Yield which models are not told apart, indicator by indicator."""
    chinese_names = {row["model"]: row["model_zh"] for row in rows if row["model"]}
    names = {en: f"“{zh}”" if "、" in zh else zh for en, zh in chinese_names.items()}
    told = [row for row in rows if not row["model"]]
    if not told:
        yield "只有一种模式或一次重复模拟，无从判断。"
        return
    any_name = re.compile("|".join(sorted(map(re.escape, names), key=len, reverse=True)))

    def chinese(words: str) -> str:
        translated = any_name.sub(lambda name: names[name[0]], words).replace(" and ", "与")
        return re.sub(r"(\d+) pairs?", r"\1对", translated).replace(", ", "、").replace("; ", "；")

    tests = [row for row in told if row["pairs"]]
    yield (
        f"{rows[0]['seeds']}次配对重复模拟。有明确差异指差值的配对置信区间不含零；区间已按本表全部"
        f"{sum(int(row['pairs']) for row in tests):,}项比较放宽，判为有明确差异的预计至多5%实际并无差异"
        "（Benjamini和Hochberg，1995；Benjamini和Yekutieli，2005）。有模拟未达到某项数值时，改为检验各次重复模拟的次序。尚难判断并不等于相同。"
    )
    heads = _heads()
    whole = {"same": "各次重复模拟数值完全相同", "nowhere": "各项指标均尚难判断"}
    lines = [
        f"- {whole[row['quantity']]}：{chinese(row['alike'])}。" for row in told if row["quantity"] in whole
    ]
    if not any(row["quantity"] == "nowhere" for row in told):
        lines.append(f"- {'其余' if lines else ''}每两种模式至少在一项指标上有明确差异。")
    for row in tests:
        words = f"- *{heads[row['quantity']]}*：{row['pairs']}对中{row['apart']}对有明确差异"
        words += f"；有差异的各对，半数只需相差{row['enough']}即可判断" if row["enough"] else ""
        words += f"。由低到高，彼此尚难判断的有：{chinese(row['alike'])}" if row["alike"] else ""
        lines.append(f"{words}。")
    yield "\n".join(lines)


def chinese_page(file: Path) -> str:
    """Return the page about measures in Chinese, made from a shipped table."""
    rows, about = _shipped(file)
    first = rows[0]
    parts = [
        "# 各项对策及其占用的工时和资金",
        f"{about}；各项对策自第{int(first['start']) + 1}周起单独实施，"
        f"与同一治理模式不采取该对策相比，居民、问题和偶然因素相同。{_SIMULATION}",
        "“占用工时”指各层级、各来源、各用途中比不采取该对策时多用的工时，不论由谁让出；空闲工时不计。资金另列。"
        "总体效果中，±为95%置信区间的一半，已按该表全部比较放宽；基准为同一模式不采取该对策；"
        "写明好于、差于、高于或低于基准的为有明确差异（其中预计至多5%实际并无差异），其余尚难判断，并不等于相同。",
        f"本页由数据表`scenarios/studies/{file.name}`按规则生成，与[英文页](measures.md)的数字逐一相同。请勿手工修改。",
    ]
    for model in dict.fromkeys(row["model_zh"] for row in rows):
        mine: dict[str, dict[str, Cells]] = {}
        for row in rows:
            if row["model_zh"] == model:
                mine.setdefault(row["measure_zh"], {})[row["quantity"]] = row
        parts += [f"## {model}", "### 总体效果", _effects(mine), "### 占用与每千工时的效果", _yields(mine)]
        parts += [
            f"*{name}*占用工时很少，不按工时折算；每占用百万元：{'，'.join(told)}。"
            for name, cells in mine.items()
            if (told := [
                f"{_QUANTITIES[key]}{_range(cells[f'{key}_per_million_yuan'])}"
                for key in _RATES if f"{key}_per_million_yuan" in cells
            ])
        ]  # fmt: skip
    return "\n\n".join(parts) + "\n"


def _effects(mine: Mapping[str, Mapping[str, Cells]]) -> str:
    shown = [item for item, _ in MEASURES if any(item.name in cells for cells in mine.values())]
    names = (indicator(item.name, item.label_en, item.label_zh).zh for item in shown)
    heads = [f"{name}，{unit_beside(name, item.unit, 'zh')}" for name, item in zip(names, shown, strict=True)]
    rows = []
    for name, cells in mine.items():
        told = []
        for item in shown:
            cell = cells[item.name]
            half = f" ± {cell['half_width']}" if cell["half_width"] else ""
            told.append(f"{_signed(cell['value'])}{half} {_WAYS.get(cell['verdict'], '')}".strip())
        rows.append([name, *told])
    return markdown_table(["对策", *heads], rows)


def _yields(mine: Mapping[str, Mapping[str, Cells]]) -> str:
    rows = []
    for name, cells in mine.items():
        spent = [f"{int(cells[key]['value']):,}" for key in _SPENT]
        rates = [cells.get(f"{key}_per_1000_hours") for key in _RATES]
        rows.append([name, *spent, *(_range(cell) if cell else "–" for cell in rates)])
    return markdown_table(["对策", *(_QUANTITIES[key] for key in (*_SPENT, *_RATES))], rows)


def _range(cell: Cells) -> str:
    return f"{_signed(cell['value'])} [{_signed(cell['low95'])}, {_signed(cell['high95'])}]"


def _signed(number: str) -> str:
    """Return a number of the table with its sign."""
    return number if not number or number.startswith("-") else f"+{number}"
