"""Generated pages: current, complete, in the order that runs, and stale as soon as a declaration changes."""

from __future__ import annotations

import csv
import inspect
import os
import re
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

import govsim
from govsim.cli import main
from govsim.engine import columns, demography, infrastructure, order, organisations
from govsim.engine.recording import COUNTERS
from govsim.report.docs import parameters
from govsim.report.docs.markdown import cell, fill, numbered, prose, table, tables
from govsim.report.docs.pages import outdated, pages
from govsim.report.docs.parameters import about_calibration, influences
from govsim.report.docs.words import LANGUAGES, RULES_ZH, UNITS_ZH
from govsim.results.indicators import INDICATORS
from govsim.results.patterns import PATTERNS
from govsim.scenario import list_governance, list_measures, load
from govsim.scenario.declare import Section
from govsim.scenario.fields import shape
from govsim.scenario.files import study_shelf
from govsim.scenario.schema.offices import Capacity
from govsim.scenario.show import models

pytestmark = pytest.mark.slow

ROOT = Path(govsim.__file__).parent.parent


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return pages()


def first_codes(text: str) -> list[str]:
    """Return the code in the first cell of every row of a table."""
    return re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)


def part(page: str, heading: str, end: str) -> str:
    return page.split(f"\n{heading}")[1].split(f"\n{end}")[0]


def test_committed_pages_are_current(made: dict[str, str]) -> None:
    """C07. If this fails: `govsim docs` writes them again."""
    assert [file.name for file in outdated(ROOT / "docs", made)] == []


def test_a_changed_meaning_makes_its_pages_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """C07: exit 1, exactly the pages that hold the meaning are named, nothing is written."""
    there = ["docs", "--out", str(tmp_path)]
    monkeypatch.setattr("govsim.report.docs.pages.stamped", lambda folder: iter(()))
    assert main(there) == 0
    assert capsys.readouterr().out.count("written: ") == len(list(tmp_path.iterdir())) == 10
    assert main([*there, "--check"]) == 0
    assert capsys.readouterr().out == "the pages are current\n"
    monkeypatch.setitem(
        Capacity.model_fields["hours_per_week"].json_schema_extra, "meaning", "Something else."
    )  # type: ignore[arg-type]
    before = {file: file.read_bytes() for file in tmp_path.iterdir()}
    assert main([*there, "--check"]) == 1
    told = capsys.readouterr().out.splitlines()
    assert told == [
        line
        for language in LANGUAGES
        for line in (f"stale: parameters.{language}.md: declarations changed", "  again: govsim docs")
    ]
    assert {file: file.read_bytes() for file in tmp_path.iterdir()} == before
    (tmp_path / "odd.zh.md").unlink()
    assert main([*there, "--check"]) == 1
    assert "stale: odd.zh.md: missing" in capsys.readouterr().out


def test_a_folder_that_cannot_be_written_is_the_environments_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pages").write_text("")
    assert main(["docs", "--out", str(tmp_path / "pages")]) == 5
    assert "pages: it is a file" in capsys.readouterr().err


def test_pages_are_the_same_bytes_from_anywhere(tmp_path: Path, made: dict[str, str]) -> None:
    """Another folder, another hash seed."""
    command = [sys.executable, "-m", "govsim", "docs"]
    surroundings = {**os.environ, "PYTHONHASHSEED": "77", "PYTHONPATH": str(ROOT)}
    subprocess.run(command, cwd=tmp_path, env=surroundings, check=True, capture_output=True)
    written = {file.name: file.read_bytes() for file in (tmp_path / "docs").iterdir()}
    assert written == {name: text.encode() for name, text in made.items()}


def test_the_order_in_the_description_is_the_order_printed(
    made: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """C11, in both languages: chain, table of reads, writes and draws, and submodels."""
    assert main(["order"]) == 0
    printed = capsys.readouterr().out
    names = re.findall(r"^ *\d+\. (\w+)$", printed, re.MULTILINE)
    assert names == [process.name for process in order()]
    for language in LANGUAGES:
        page = made[f"odd.{language}.md"]
        chain = next(line for line in page.splitlines() if " → " in line)
        assert re.findall(r"`(\w+)`", chain) == names
        rows = part(page, "## 3.", "## 4.").splitlines()
        for number, process in enumerate(order(), 1):
            row = next(line for line in rows if line.startswith(f"| {number} | `{process.name}` |"))
            cells = [re.findall(r"`([^`]+)`", text) for text in row.split("|")[-4:-1]]
            assert cells == [
                list(process.reads),
                list(process.writes),
                [draw.purpose for draw in process.draws],
            ]
            rule = process.rule if language == "en" else process.rule_zh
            assert cell(rule) in row
        headings = re.findall(r"^### 7\.(\d+) (.+)$", page, re.MULTILINE)
        assert [int(number) for number, _ in headings] == list(range(1, len(names) + 1))
        for inner in (organisations, infrastructure, demography):  # parts of a process's week
            assert prose(inspect.getdoc(inner) or "").splitlines()[-1] in page
    chinese = [heading for _, heading in headings]
    assert [re.findall(r"（(\w+)）$", heading) for heading in chinese] == [[name] for name in names]


def test_every_declared_parameter_stands_once_in_each_language(made: dict[str, str]) -> None:
    """Found by walking the classes of sections rather than the paths from which the page is made."""
    declared = {
        id(info)
        for section in sections()
        for info in section.model_fields.values()
        if not holds_sections(info.annotation)
    }
    entries = parameters.entries()
    assert declared <= {id(entry.declared.info) for entry in entries}
    wanted = sorted(entry.declared.path for entry in entries)
    per_file = [(entry.file, entry.declared.path) for entry in entries]
    assert len(per_file) == len(set(per_file))
    for language in LANGUAGES:
        listed = first_codes(made[f"parameters.{language}.md"].split("\n## 5.")[0])
        assert sorted(listed) == wanted


def sections() -> list[type[Section]]:
    found: list[type[Section]] = []

    def visit(annotation: object) -> None:
        taken = shape(annotation)
        for section in taken.models:
            if section not in found:
                found.append(section)
                for info in section.model_fields.values():
                    visit(info.annotation)
        for inner in (taken.item, taken.entry):
            if inner is not None:
                visit(inner)

    for model in models():
        visit(model)
    return found


def holds_sections(annotation: object) -> bool:
    taken = shape(annotation)
    inside = [inner for inner in (taken.item, taken.entry) if inner is not None]
    return bool(taken.models) or any(holds_sections(inner) for inner in inside)


def test_assumptions_come_first_and_keep_their_status(made: dict[str, str]) -> None:
    page = made["parameters.en.md"]
    statuses = {(entry.file, entry.declared.path): entry.declared.status for entry in parameters.entries()}
    ends = {"assumed": "## 2.", "derived": "## 3.", "found": "## 4.", "design": "## 5."}
    seen = 0
    for number, (status, end) in enumerate(ends.items(), 1):
        inside = part(page, f"## {number}.", end)
        listed = first_codes(inside)
        seen += len(listed)
        assert sorted(listed) == sorted(path for (_, path), known in statuses.items() if known == status)
        assert ("influence" in inside) == (status == "assumed")
        unknown = len(listed) - len(influences(listed)) if status == "assumed" else 0
        assert inside.count("| not studied |") == unknown
    assert seen == len(statuses)


def test_influence_stands_where_a_study_computed_it(made: dict[str, str], tmp_path: Path) -> None:
    with (study_shelf().folder / "influence.csv").open(encoding="utf-8-sig", newline="") as text:
        rows = {row["parameter"]: float(row["influence"]) for row in csv.DictReader(text)}
    for language in LANGUAGES:
        for path, influence in rows.items():
            if f"| `{path}` |" in made[f"parameters.{language}.md"].split("\n## 2.")[0]:
                row = next(
                    line
                    for line in made[f"parameters.{language}.md"].splitlines()
                    if line.startswith(f"| `{path}` |")
                )
                assert f"| {influence:.2f} |" in row
    assert influences(["tasks.community_hours"], tmp_path) == {}
    several = influences(["problems.classes.*.rate", "tasks.community_hours", "run.weeks"])
    rates = [value for path, value in rows.items() if fnmatch(path, "problems.classes.*.rate")]
    assert several == {
        "problems.classes.*.rate": max(rates),
        "tasks.community_hours": rows["tasks.community_hours"],
    }


def test_the_description_says_whether_there_was_a_calibration(made: dict[str, str], tmp_path: Path) -> None:
    assert about_calibration("en", tmp_path) == "There has been no calibration."
    assert about_calibration("zh", tmp_path) == "尚未校准。"
    region = (study_shelf().folder / "yingzi_region.csv").read_text(encoding="utf-8-sig").splitlines()
    for language, none in (("en", "no calibration"), ("zh", "尚未校准")):
        page = made[f"odd.{language}.md"]
        assert none not in page
        assert about_calibration(language) in page
        assert str(len(region) - 1) in about_calibration(language)
        assert str(len(region[0].split(","))) in about_calibration(language)


def test_a_row_says_all_that_is_declared(made: dict[str, str]) -> None:
    rows = {language: made[f"parameters.{language}.md"].splitlines() for language in LANGUAGES}
    name = "| `capacity.hours_per_week` |"
    english = next(line for line in rows["en"] if line.startswith(name))
    chinese = next(line for line in rows["zh"] if line.startswith(name))
    info = Capacity.model_fields["hours_per_week"]
    extra = info.json_schema_extra
    assert isinstance(extra, dict)
    assert extra["meaning"] in english
    assert extra["meaning"] in chinese
    assert all(f"| {extra[word]} |" in english for word in ("label_en", "unit", "status", "source"))
    assert f"| {extra['label_zh']} |" in chinese
    assert f"| {UNITS_ZH[str(extra['unit'])]} |" in chinese
    assert all(f"| `{info.default}` |" in row for row in (english, chinese))


def test_values_of_the_district_stand_with_status_and_source(made: dict[str, str]) -> None:
    loaded = load("yingzi")
    listed = first_codes(made["parameters.en.md"].split("\n## 5.")[1])
    named = re.compile(r"(^|\.)(name|description)\.")
    written = [path for path, origin in loaded.origins.items() if origin.kind == "file"]
    wanted = [path for path in written if not named.search(path) and path != "govsim"]
    assert sorted(listed) == sorted(wanted)
    assert len(wanted) > 200
    lines = made["parameters.en.md"].split("\n## 5.")[1].splitlines()
    row = next(line for line in lines if line.startswith("| `population.residents` |"))
    origin = loaded.origins["population.residents"]
    assert "| `59143` |" in row
    assert f"| {origin.status} | {origin.source}; {origin.note} |" in row


def test_state_patterns_indicators_and_counters_are_all_described(made: dict[str, str]) -> None:
    found = {item.name: {name for name, _, _ in item.columns} for item in tables(columns)}
    assert found["JOB"] == set(columns.JOB.names or ())
    assert found["ResidentState"] == set(columns.ResidentState._fields)
    remarks = {
        name: remark for item in tables(columns) for name, _, remark in item.columns if item.name == "JOB"
    }
    assert remarks["hazard"].startswith("accumulated hazard of detection")
    kinds = next(names for about, names in numbered(columns) if about == "Kinds of job.")
    assert kinds[:3] == ["FREE", "CASE", "TASK"]
    for language in LANGUAGES:
        page = made[f"odd.{language}.md"]
        state = part(page, "### 2.2", "### 2.3")
        assert all(f"`{name}`" in state for names in found.values() for name in names)
        assert first_codes(part(page, "### 4.1", "### 4.2")) == [counter.name for counter in COUNTERS]
        told = [indicator.name for indicator in INDICATORS if indicator not in PATTERNS]
        assert first_codes(part(page, "### 4.2", "## 5.")) == told
        assert all(f"`{name}`" in part(page, "### 2.3", "### 2.4") for name in kinds)
        purpose = part(page, "## 1.", "## 2.")
        assert all(f"| `{pattern.name}` |" in purpose for pattern in PATTERNS)


def test_every_shipped_model_and_measure_has_one_row(made: dict[str, str]) -> None:
    for language in LANGUAGES:
        page = made[f"governance.{language}.md"]
        assert first_codes(part(page, "## 3.", "## 4.")) == list_governance()
        assert first_codes(page.split("\n## 4.")[1]) == list_measures()
        keys = part(page, "## 2.", "## 3.")
        blocks = list(parameters.blocks())
        assert first_codes(keys).count(list_governance()[0]) == len(blocks)
        for declared, section, _ in blocks:
            assert all(f"`{declared.path}.{name}" in keys for name in section.model_fields)


def test_blocks_cover_the_seven_types_of_rules() -> None:
    assert {rule for _, _, rules in parameters.blocks() for rule in rules} == set(RULES_ZH)


def test_a_block_that_names_no_type_of_rules_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    _, section, _ = next(parameters.blocks())
    monkeypatch.setattr(section, "__doc__", "Who finds problems (magic rules).")
    with pytest.raises(ValueError, match=f"{section.__name__}: the docstring names none of the rule types"):
        list(parameters.blocks())


def test_every_unit_has_chinese() -> None:
    """If this fails: add the unit to UNITS_ZH in govsim/report/docs/words.py."""
    units = {entry.declared.extra("unit") for entry in parameters.entries()}
    units |= {indicator.unit for indicator in INDICATORS} | {counter.unit for counter in COUNTERS}
    assert sorted(units - UNITS_ZH.keys() - {"-", "true or false"}) == []


def test_links_between_pages_lead_somewhere(made: dict[str, str]) -> None:
    links = {link for text in made.values() for link in re.findall(r"\]\(([^)#:]+)\)", text)}
    assert {"odd.zh.md", "parameters.en.md", "governance.zh.md"} <= links
    assert [link for link in links if not (ROOT / "docs" / link).is_file()] == []


def test_placeholders_are_all_known_and_all_used(made: dict[str, str]) -> None:
    assert not [name for name, text in made.items() if "{{" in text]
    assert fill("a {{one}} b {{two}} {{one}}", {"one": "1", "two": "2"}, "t") == "a 1 b 2 1"
    with pytest.raises(ValueError, match=r"t: nothing is generated for three \(not used yet: two\)"):
        fill("{{one}} {{three}}", {"one": "1", "two": "2"}, "t")
    with pytest.raises(ValueError, match=r"t: no place for two; write it as \{\{two\}\}"):
        fill("{{one}}", {"one": "1", "two": "2"}, "t")


def test_text_from_docstrings_is_markdown() -> None:
    text = "A rule::\n\n    x >= y\n\nwhere ``y`` is of :class:`~govsim.world.World`."
    assert prose(text) == "A rule:\n\n```text\nx >= y\n```\n\nwhere `y` is of `govsim.world.World`."


def test_cells_stay_in_their_rows() -> None:
    assert cell("a | b\n  <c> * d") == "a \\| b &lt;c> \\* d"
    assert cell("上级任务优先， 参与者 Party 成员") == "上级任务优先，参与者 Party 成员"
    assert table(["a", "b"], [["1", "2"]]) == "| a | b |\n| --- | --- |\n| 1 | 2 |"
