"""Writing the generated pages, and finding those that no longer hold; the page of the model description.

It has the order of the ODD protocol; what is declared is taken from the declarations.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from govsim.engine import columns, order, processes, recording
from govsim.engine.notation import SYMBOLS
from govsim.engine.process import Process
from govsim.engine.recording import COUNTERS
from govsim.report.docs import parameters
from govsim.report.docs.markdown import (
    cell,
    code,
    codes,
    enumerations,
    fill,
    numbered,
    prose,
    quotation,
    table,
    tables,
)
from govsim.report.docs.parameters import about_calibration
from govsim.report.docs.words import LANGUAGES, Language, bracketed, unit, word
from govsim.report.glossary import indicator as named
from govsim.report.shipped_tables import COLUMNS, page_of
from govsim.report.stamps import read_stamps, reasons, renewed
from govsim.results.declare import Indicator
from govsim.results.errors import EnvironmentProblem
from govsim.results.indicators import INDICATORS
from govsim.results.ledger import LABELS_ZH
from govsim.results.patterns import PATTERNS
from govsim.results.provenance import portable
from govsim.scenario import Loaded, list_governance, load
from govsim.scenario.fields import Declared, figure
from govsim.scenario.files import study_shelf
from govsim.scenario.schema import Scenario
from govsim.studies.answer import ENDS
from govsim.world import columns as world_columns


def model_parts(language: Language) -> dict[str, str]:
    """Return the generated parts of the page."""
    district = load(parameters.DISTRICT)
    return {
        **_scales(district),
        "pattern_count": str(len(PATTERNS)),
        "patterns": _patterns(language),
        "calibration": about_calibration(language),
        "world": _tables(world_columns, language),
        "state": _tables(columns, language),
        "enumerations": _enumerations(language),
        "classes": _classes(district, language),
        "chain": " → ".join(code(process.name) for process in order()),
        "processes": _processes(language),
        "indicator_count": str(len(INDICATORS) - len(PATTERNS)),
        "indicators": _indicators(language),
        "counters": _counters(language),
        "parameters": _parameters(language),
        "symbols": _symbols(language),
        "submodels": "\n\n".join(
            _submodel(number, process, language) for number, process in enumerate(order(), 1)
        ),
        "block_count": str(sum(1 for _ in parameters.blocks())),
        "blocks": parameters.overview(language),
        "model_count": str(len(list_governance())),
    }


def _scales(district: Loaded) -> dict[str, str]:
    scenario = district.scenario
    return {
        "residents": f"{scenario.population.residents:,}",
        "street_units": str(sum(unit.count for unit in scenario.population.street_units)),
        "communities": str(scenario.population.community_count()),
        "weeks": str(scenario.run.weeks),
        "hours_per_week": figure(scenario.capacity.hours_per_week),
    }


def _head(language: Language, *names: str) -> list[str]:
    return [word(name, language) for name in names]


def _definition(indicator: Indicator, language: Language) -> str:
    chinese = indicator.definition_zh if language == "zh" else ""
    return cell(chinese or indicator.definition)


def _label(indicator: Indicator, language: Language) -> str:
    return cell(getattr(named(indicator.name, indicator.label_en, indicator.label_zh), language))


def _patterns(language: Language) -> str:
    rows = []
    for pattern in PATTERNS:
        low, high = pattern.target or (None, None)
        span = "" if low is None or high is None else f"{figure(low)} … {figure(high)}"
        row = [_label(pattern, language), code(pattern.name), span, cell(unit(pattern.unit, language))]
        rows.append([*row, _definition(pattern, language), cell(pattern.source)])
    return table(
        _head(language, "pattern", "column", "published range", "unit", "definition", "source"), rows
    )


def _indicators(language: Language) -> str:
    better = {1: "more is better", -1: "less is better", 0: "neither"}
    rows = [
        [code(indicator.name), _label(indicator, language), cell(unit(indicator.unit, language)),
         word(better[indicator.direction], language), _definition(indicator, language)]
        for indicator in INDICATORS if indicator not in PATTERNS
    ]  # fmt: skip
    return table(_head(language, "indicator", "label", "unit", "direction", "definition"), rows)


def _counters(language: Language) -> str:
    names = ["column", *(["label"] if language == "zh" else []), "kind", "unit", "meaning"]
    rows = []
    for counter in COUNTERS:
        chinese = [cell(LABELS_ZH.get(counter.name, ""))] if language == "zh" else []
        kind = word(counter.kind, language)
        rows.append(
            [code(counter.name), *chinese, kind, cell(unit(counter.unit, language)), cell(counter.meaning)]
        )
    return table(_head(language, *names), rows)


def _tables(module: ModuleType, language: Language) -> str:
    texts = []
    for found in tables(module):
        about = f": {prose(found.about)}" if found.about else ""
        remarks = any(remark for _, _, remark in found.columns)
        head = _head(language, "column", "type", *(["meaning"] if remarks else []))
        rows = [
            [code(name), kind, *([cell(remark)] if remarks else [])] for name, kind, remark in found.columns
        ]
        text = (
            table(head, rows)
            if remarks
            else ", ".join(f"{code(name)} ({kind})" for name, kind, _ in found.columns)
        )
        texts.append(f"**{code(found.name)}**{about}\n\n{text}")
    return "\n\n".join(texts)


def _enumerations(language: Language) -> str:
    rows = [
        [
            code(found.__name__),
            cell(prose(inspect.getdoc(found) or "")),
            codes(member.name for member in found),
        ]
        for module in (world_columns, recording)
        for found in enumerations(module)
    ]
    rows += [["", cell(prose(about)), codes(names)] for about, names in numbered(columns)]
    return table(_head(language, "name", "meaning", "values it takes"), rows)


def _classes(district: Loaded, language: Language) -> str:
    classes = district.scenario.problems.classes
    section = type(next(iter(classes.values())))
    rows = []
    for name in section.model_fields:
        declared = Declared.of(section, name)
        values = [code(parameters.as_in_file(getattr(item, name)).strip('"')) for item in classes.values()]
        rows.append([code(name), cell(parameters.parameter_label(declared, language)),
                     cell(unit(declared.extra("unit"), language)), *values])  # fmt: skip
    return table([*_head(language, "parameter", "label", "unit"), *map(code, classes)], rows)


def _rule(process: Process, language: Language) -> str:
    return process.rule if language == "en" else process.rule_zh


def _processes(language: Language) -> str:
    rows = [
        [str(number), code(process.name), cell(_rule(process, language)), codes(process.reads),
         codes(process.writes), codes(draw.purpose for draw in process.draws) or word("nothing", language)]
        for number, process in enumerate(order(), 1)
    ]  # fmt: skip
    return table(["", *_head(language, "process", "rule", "reads", "writes", "draws")], rows)


def _submodel(number: int, process: Process, language: Language) -> str:
    """Return what a process file says about itself, under the rule in the page's language.

    What that text names as a module with a week's work of its own (``run``) follows it.
    """
    module = sys.modules[f"{processes.__name__}.{process.name}"]
    named = re.findall(r":mod:`(govsim\.engine\.\w+)`", module.__doc__ or "")
    inner = [sys.modules[name] for name in named if hasattr(sys.modules.get(name), "run")]
    name, _, text = prose(inspect.getdoc(module) or "").partition(": ")
    text = f"{text[0].upper()}{text[1:]}"
    if language == "zh":
        heading, text = (
            bracketed(process.title_zh, process.name, language),
            f"{process.rule_zh}\n\n{quotation(text)}",
        )
    else:
        heading = name
    texts = [f"### 7.{number} {heading}", text]
    texts += _equations(number, process, language)
    for part in inner:
        name = part.__name__.rpartition(".")[2]
        told = prose(inspect.getdoc(part) or "")
        title = bracketed(part.TITLE_ZH, name, language) if language == "zh" else name.capitalize()
        texts += [f"#### {title}"]
        texts += [quotation(told) if language == "zh" else told]
    return "\n\n".join(texts)


def _equations(chapter: int, process: Process, language: Language) -> list[str]:
    """Return the numbered equations of a process, its worked examples and the addresses of its draws."""
    texts, examples = [], []
    for place, equation in enumerate(process.equations, 1):
        number = f"({chapter}.{place})"
        told = equation.en if language == "en" else equation.zh
        parts = [code(part.strip()) for part in equation.formula.split(";")]
        texts.append(
            f"**{number}** {code(equation.name)} — {told}\n\n" + "\n".join(f"- {part}" for part in parts)
        )
        for vector in equation.vectors:
            given, gives = (
                codes(f"{name} = {value:.10g}" for name, value in side.items()) for side in vector
            )
            examples.append([number, code(equation.name), given, gives])
    if examples:
        texts.append(table(_head(language, "equation", "name", "given", "gives"), examples))
    if process.draws:
        rows = []
        for draw in process.draws:
            entity, slots = (draw.entity_zh, draw.slots_zh) if language == "zh" else (draw.entity, draw.slots)
            again = word("yes" if draw.weekly else "no", language)
            rows.append([code(draw.purpose), cell(entity), cell(slots), again])
        texts.append(table(_head(language, "draw", "entity", "slots", "each week"), rows))
    return texts


def _symbols(language: Language) -> str:
    rows = [
        [
            code(item.name),
            item.unit,
            code(item.place) if item.place else "",
            item.en if language == "en" else item.zh,
        ]
        for item in SYMBOLS
    ]
    return table(_head(language, "symbol", "unit", "place", "what it is"), rows)


def _parameters(language: Language) -> str:
    every = parameters.entries()
    rows = []
    for name in Scenario.model_fields:
        declared = Declared.of(Scenario, name)
        statuses = [
            entry.declared.status for entry in every if entry.file == "scenario file" and entry.group == name
        ]
        if statuses:
            counts = [str(statuses.count(status)) for status in parameters.STATUSES]
            row = [
                code(name),
                cell(parameters.parameter_label(declared, language)),
                cell(declared.meaning),
            ]
            rows.append([*row, str(len(statuses)), *counts])
    return table(_head(language, "section", "label", "meaning", "all", *parameters.STATUSES), rows)


DONE, STALE = 0, 1

_PARTS = {
    "odd": model_parts,
    "parameters": parameters.parameter_parts,
    "governance": parameters.governance_parts,
}
_TEMPLATES = Path(__file__).parent
NUMBERS = {
    "models.md": "govsim table models",
    "measures.md": "govsim table measures --start 52",
    "signs.md": "govsim signs",
    "theory.md": "govsim theory",
    "sensitivity.md": "govsim sensitivity assumptions --docs docs",
    "calibration.md": "govsim calibrate calibrate_yingzi --twins 10 --docs docs",
    "optimise.md": "govsim optimise optimise_yingzi --docs docs",
    "crossover.md": "govsim crossover --over crossover --points 64 --no-switching --no-figures --docs docs",
    "benchmarks.md": "python -m benchmarks",
    "statistics.md": "python tools/statistics_page.py",
}
"""Pages that hold numbers from runs, each with the command that makes one without a stamp."""


def pages() -> dict[str, str]:
    """Return every page that is made from declarations, by the name of its file.

    Raises
    ------
    ValueError
        When a template and the generated parts do not fit each other.
    """
    made = {}
    for page, parts in _PARTS.items():
        for language in LANGUAGES:
            name = f"{page}.{language}.md"
            template = (_TEMPLATES / name).read_text(encoding="utf-8")
            made[name] = fill(template, parts(language), name)
    for kind in COLUMNS:
        for file in sorted(study_shelf().folder.glob(f"*_{kind}.csv")):
            table = file.read_text(encoding="utf-8-sig")
            for language, name in ENDS.items():
                made[f"{kind}{name}.md"] = page_of(
                    kind, table, f"{study_shelf().shown}/{file.name}", language
                )
    return made


def outdated(folder: Path, made: dict[str, str]) -> list[Path]:
    """Return the files of ``folder`` that are missing or hold something else than the pages ``made``."""
    files = [(folder / name, text) for name, text in made.items()]
    return [file for file, text in files if not file.is_file() or file.read_text(encoding="utf-8") != text]


def stamped(folder: Path) -> Iterator[tuple[Path, str, str]]:
    """Yield the files with numbers that do not hold: file, why not, and the command that makes it again.

    These are pages of ``folder`` and the shipped tables beside the studies.
    """
    for file in with_numbers(folder):
        found = read_stamps(file.read_text(encoding="utf-8-sig"))
        if not found and file.name in NUMBERS:
            yield file, "no stamp says what it was made from", NUMBERS[file.name]
        for stamp in found:
            if why := reasons(stamp):
                yield file, "; ".join(why), stamp.command


def with_numbers(folder: Path) -> list[Path]:
    """Return the pages of a folder and the shipped tables beside the studies."""
    return [*sorted(folder.glob("*.md")), *sorted(study_shelf().folder.glob("*.csv"))]


def docs_command(out: Path, check: bool) -> int:
    """Write the pages that are not current, or only name all that do not hold; return the exit code.

    Raises
    ------
    EnvironmentProblem
        When the folder cannot be written to.
    """
    made = pages()
    wanted = outdated(out, made)
    if check:
        declared = (
            (file, "declarations changed" if file.is_file() else "missing", "govsim docs") for file in wanted
        )
        found = [*declared, *stamped(out)]
        for file, why, again in found:
            print(f"stale: {portable([file.as_posix()])[0]}: {why}\n  again: {again}")
        if not found:
            print("the pages are current")
        return STALE if found else DONE
    try:
        out.mkdir(parents=True, exist_ok=True)
        for file in wanted:
            file.write_text(made[file.name], encoding="utf-8", newline="\n")
            print(f"written: {file.as_posix()}")
        beside = out.resolve().parent == study_shelf().folder.resolve().parents[1]
        for file in with_numbers(out) if beside else []:
            text = file.read_bytes().decode("utf-8")
            if (now := renewed(text)) != text:
                file.write_bytes(now.encode("utf-8"))
                print(f"stamped: {file.as_posix()} (its numbers hold)")
    except OSError as problem:
        reason = "it is a file" if out.is_file() else (problem.strerror or str(problem))
        raise EnvironmentProblem(f"cannot write pages to {out}: {reason}") from None
    if not wanted:
        print("the pages are current")
    return DONE
