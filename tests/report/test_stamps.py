"""Files with numbers know what they were made from, and say so when that has changed."""

from __future__ import annotations

import ast
import dataclasses
import re
from pathlib import Path

import pytest

import govsim
from govsim.assurance import verify
from govsim.cli import main
from govsim.report import stamps
from govsim.report.docs.pages import NUMBERS, docs_command
from govsim.report.stamps import (
    Stamp,
    added_since,
    indicators_hash,
    read_stamps,
    reasons,
    renewed,
    small_study,
    stamp,
    without,
)
from govsim.results.indicators import INDICATORS
from govsim.scenario import load, load_governance
from govsim.scenario.studies import load_study

pytestmark = pytest.mark.slow

ROOT = Path(govsim.__file__).parent.parent


@pytest.fixture(scope="module")
def made() -> Stamp:
    return stamp("govsim table models --scenario tiny", load("tiny"), load_governance("qingdao"))


def test_a_stamp_is_read_as_it_was_written(made: Stamp) -> None:
    other = dataclasses.replace(made, command="govsim signs", numbers="")
    page = f"# Page\n\nText.\n\n{made.comment()}\nMore.\n\n{other.comment()}"
    assert read_stamps(page) == [made, other]
    assert read_stamps("\n".join(f"# {line}" for line in made.lines()) + "\na,b\n1,2\n") == [made]
    assert "made by" not in without(page)
    assert without(f"# Page\n\n{made.comment()}") == "# Page\n"
    assert read_stamps("made of stone\ncode: 1\n") == []


def test_a_stamp_names_every_file_behind_the_numbers(made: Stamp) -> None:
    assert {"scenarios/tiny.yaml", "scenarios/base.yaml", "govsim/governance/qingdao.yaml"} <= set(
        made.inputs
    )
    study = stamp("govsim optimise optimise_yingzi", load_study("optimise_yingzi")).inputs
    assert {
        "scenarios/studies/optimise_yingzi.yaml", "scenarios/studies/yingzi_region.csv", "scenarios/yingzi.yaml",
        "govsim/measures/cadre_campaign.yaml", "govsim/governance/party_led_cogovernance.yaml",
    } <= set(study)  # fmt: skip
    assert all(study.values())


def test_words_about_a_value_change_no_hash_and_a_value_does(tmp_path: Path) -> None:
    def hash_of(text: str) -> str:
        (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
        return stamps.file_hash((tmp_path / "a.yaml").as_posix())

    first = hash_of("govsim: 1\ntasks: {community_hours: {value: 42.0, status: assumed, source: ''}}\n")
    same = "# comment\ngovsim: 1\ntasks:\n  community_hours: {value: 42.0, status: assumed, source: seen, note: yes}\n"
    assert hash_of(same) == first
    assert hash_of(same.replace("42.0", "43.0")) != first
    assert hash_of(same.replace("assumed", "found")) != first


@pytest.mark.assurance
@pytest.mark.parametrize(
    ("planted", "why"),
    [
        ({}, ""),
        ({"code": "0"}, ""),
        ({"code": "0", "numbers": "0"}, "the code changed and gives other numbers"),
        ({"code": "0", "numbers": ""}, "timed with other code"),
        ({"numbers": ""}, ""),
        ({"indicators": "0"}, "definitions of indicators changed"),
        ({"inputs": {"scenarios/tiny.yaml": "0"}}, "scenarios/tiny.yaml changed"),
        ({"inputs": {"scenarios/gone.yaml": "0"}}, "scenarios/gone.yaml is not there"),
    ],
)
def test_planted_changes_are_named_with_the_command(
    made: Stamp, planted: dict[str, object], why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Other code that gives the same numbers leaves a page valid."""
    assert main(["docs", "--out", str(tmp_path)]) == 0
    page = tmp_path / "signs.md"
    page.write_text(f"# Models\n\n{dataclasses.replace(made, **planted).comment()}", encoding="utf-8")  # type: ignore[arg-type]
    capsys.readouterr()
    code = main(["docs", "--check", "--out", str(tmp_path)])
    told = [line for line in capsys.readouterr().out.splitlines() if "scenarios/studies" not in line]
    if why:
        assert code == 1
        assert told[:2] == [f"stale: signs.md: {why}", "  again: govsim table models --scenario tiny"]
    else:
        assert "stale: signs.md" not in "\n".join(told)


def test_a_page_of_numbers_without_a_stamp_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    docs_command(tmp_path, check=False)
    (tmp_path / "theory.md").write_text("# Theory\n", encoding="utf-8")
    (tmp_path / "guide.md").write_text("# Guide\n", encoding="utf-8")
    assert docs_command(tmp_path, check=True) == 1
    told = capsys.readouterr().out
    assert "stale: theory.md: no stamp says what it was made from\n  again: govsim theory\n" in told
    assert "guide.md" not in told


def test_other_statistics_and_other_models_are_other_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    before = verify.probe()
    assert verify.probe() == before
    whole = verify.contrast

    def narrower(*sides: list[float]) -> object:
        found = whole(*sides)
        return (
            found if found.half_width is None else dataclasses.replace(found, half_width=found.half_width / 2)
        )

    monkeypatch.setattr(verify, "contrast", narrower)
    assert verify.probe() != before


def test_one_more_indicator_leaves_pages_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page made before the last indicator was added holds, and is stamped anew; one whose definitions changed does not."""
    now = stamp("govsim table models", load("tiny"))
    added = INDICATORS[7].name
    before = dataclasses.replace(
        now, code="0" * 16, numbers=small_study(added), indicators=indicators_hash(added)
    )
    assert added_since(before) == added
    assert reasons(before) == []
    assert renewed(f"a page\n{before.comment()}") == f"a page\n{now.comment()}"
    other = dataclasses.replace(before, numbers=now.numbers)
    assert reasons(other) == ["the code changed and gives other numbers"]
    assert renewed(other.comment()) == other.comment()
    assert reasons(dataclasses.replace(before, indicators="1" * 16)) == [
        "the code changed and gives other numbers", "definitions of indicators changed",
    ]  # fmt: skip


def test_every_page_of_numbers_is_stamped_where_it_is_written() -> None:
    """A writer of a page names the page; the file in which it does so calls :func:`stamp`."""
    writers = {
        "models.md": "govsim/report/tables.py",
        "measures.md": "govsim/report/tables.py",
        "signs.md": "govsim/report/tables.py",
        "theory.md": "govsim/report/assurance.py",
        "sensitivity.md": "govsim/report/answers.py",
        "calibration.md": "govsim/report/answers.py",
        "optimise.md": "govsim/report/studies/optimise.py",
        "crossover.md": "govsim/report/studies/crossover_page.py",
        "benchmarks.md": "benchmarks/page.py",
        "statistics.md": "tools/statistics_page.py",
    }
    assert writers.keys() == NUMBERS.keys()
    for file in set(writers.values()):
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        calls = [
            node.func.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        ]
        assert "stamp" in calls, file
    made = [path for path in ROOT.rglob("*.py") if path.is_relative_to(ROOT / "govsim")]
    others = [path for path in made if re.search(r"<!--\s*made by", path.read_text(encoding="utf-8"))]
    assert others in ([], [ROOT / "govsim/report/stamps.py"])


def test_a_changed_scenario_makes_a_stamp_stale(made: Stamp, monkeypatch: pytest.MonkeyPatch) -> None:
    assert reasons(made) == []
    monkeypatch.setattr(stamps, "file_hash", lambda name: "0")
    assert reasons(made) == [f"{name} changed" for name in made.inputs]
