"""``govsim check`` on hostile and mistaken files, through the real door (R06-R09, R25)."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from govsim.cli import main

KINDS = {
    "wrong type": ("many", '"many" is not a'),
    "quoted number": ("'7'", '"7" is not a'),
    "percent": ("7%", "write 0.07 for 7%"),
    "decimal comma": ("0,7", "write 0.7"),
    "leading zero": ("007", "write 7 without the leading zero"),
    "time of day": ("12:30", "time of day"),
    "full width": ("１２", "write 12"),
    "negative": ("-5", "-5 is outside"),
    "out of range": ("1000000000", "1000000000 is outside"),
    "not a number": (".nan", ".nan is not a finite number"),
    "infinite": ("-.inf", "-.inf is not a finite number"),
    "huge": ("1e400", "1e400 is larger than any number"),
    "huge integer": ("1" + "0" * 30, "beyond the largest whole number"),
    "empty": ("", "is empty"),
    "switch": ("true", "true is a switch"),
    "list": ("[1]", "found a list"),
    "tag": ("!!python/name:os.system x", "the tag !!python/name:os.system is refused"),
}
PLACES = {
    "nested": ("population:\n  migrant: {}\n", "population.migrant", 2, 12),
    "list": (
        "population:\n  street_units:\n    - communities:\n      - hazards:\n          water: {}\n",
        "population.street_units[0].communities[0].hazards.water", 5, 18,
    ),
    "free key": ("problems:\n  classes:\n    local_soft:\n      patrol_visibility: {}\n",
                 "problems.classes.local_soft.patrol_visibility", 4, 26),
}  # fmt: skip


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(capsys: pytest.CaptureFixture[str], folder: Path, *arguments: str) -> str:
    before = sorted(folder.rglob("*"))
    assert main(["check", *arguments]) == 2
    assert sorted(folder.rglob("*")) == before
    report = capsys.readouterr().out
    assert report.rstrip().endswith("Nothing was run, nothing was written.")
    return report


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("place", [*PLACES, "parent", "set"])
def test_a_mistake_is_told_with_place_value_range_unit_and_meaning(
    kind: str, place: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    value, words = KINDS[kind]
    if place == "set":
        path, head = "population.migrant", r"--set #1  "
        (project / "mine.yaml").write_text("extends: tiny\n")
        report = refused(capsys, project, "mine.yaml", "--set", f"{path}={value}")
    else:
        template, path, line, column = PLACES["nested" if place == "parent" else place]
        text = f"extends: tiny\n{template.format(value)}"
        file = "parent.yaml" if place == "parent" else "mine.yaml"
        (project / file).write_text(text, encoding="utf-8")
        if place == "parent":
            (project / "mine.yaml").write_text("extends: parent.yaml\nrun: {weeks: 5}\n")
        head = rf"{file}:{line + 1}:{column - (not value)}  "
        report = refused(capsys, project, "mine.yaml")
    assert re.match(head + re.escape(path) + "  ", report), report
    assert words in report
    assert re.search(r"0–1|number", report)
    assert "share" in report  # the unit
    assert report.count("problem") >= 1


@pytest.mark.parametrize(
    ("text", "arguments", "words"),
    [
        (
            "extends: tiny\npopulaton: {}\n",
            [],
            ["mine.yaml:2:1  populaton  unknown key", "did you mean  population"],
        ),
        (
            "extends: tiny\nrun: {wekes: 4}\n",
            [],
            ["mine.yaml:2:7  run.wekes  unknown key", "did you mean  weeks", "1–5200"],
        ),
        (
            "extends: tiny\n",
            ["--set", "run.wekes=4"],
            ["--set #1  run.wekes  unknown key", "did you mean  weeks"],
        ),
        (
            "extends: tiny\nresidents: 5\n",
            [],
            ["residents  unknown key", "did you mean  population.residents?"],
        ),
        (
            "extends: tiny\npopulation:\n  street_units:\n  - comunities: []\n",
            [],
            [
                "mine.yaml:4:5  population.street_units[0].comunities  unknown key",
                "did you mean  communities",
            ],
        ),
        (
            "extends: tiny\nrun: {weeks: 5}\nrun: {weeks: 6}\n",
            [],
            ["mine.yaml:3:1  run  is given twice: first in line 2"],
        ),
        (
            "extends: tiny\npopulation: {migrant: 0.1, migrant: 0.2}\n",
            [],
            ["population.migrant  is given twice"],
        ),
        (
            "extends: tiny\nrun: 5\n",
            [],
            ["mine.yaml:2:6  run  found 5; needed: a mapping with the keys weeks"],
        ),
        ("extends: tiny\ngovsim: 2\n", [], ["mine.yaml:2:9  govsim  2 is not one of 1"]),
        ("extends: tniy\n", [], ["mine.yaml:1:10  extends", "did you mean tiny?"]),
        (
            "extends: tiny\ngovernance: {models: [legacy_admin]}\n",
            [],
            ["governance.models[0]", "legacy_administrative"],
        ),
        ("extends: tiny\npopulation: {residents: 0}\n", [], ["population.residents  0 is outside 1–"]),
        (
            "extends: tiny\nproblems: {classes: {local_soft: {severity_low: 0.9, severity_high: 0.2}}}\n",
            [],
            ["severity_low: mine.yaml:2:49", "severity_high: mine.yaml:2:69"],
        ),
        ("- a\n", [], ["mine.yaml:1:1  found a list"]),
        ("", [], ["the file is empty"]),
    ],
)
def test_mistakes_of_structure(
    text: str, arguments: list[str], words: list[str], project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "mine.yaml").write_text(text, encoding="utf-8")
    report = refused(capsys, project, "mine.yaml", *arguments)
    for part in words:
        assert part in report, report


def test_a_missing_file_names_its_neighbours(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "did you mean  yingzi?" in refused(capsys, project, "yinzi")


def test_five_mistakes_five_messages_in_file_order(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "mine.yaml").write_text(
        "extends: tiny\nrun:\n  weeks: 010\n  sedes: 3\npopulation:\n  migrant: 5%\n  residents: .nan\n"
        "governance: {capacity_mode: nutral}\n"
    )
    report = refused(capsys, project, "mine.yaml")
    assert [int(line) for line in re.findall(r"^mine\.yaml:(\d+):", report, re.M)] == [3, 4, 6, 7, 8]
    assert "5 problems." in report


def test_a_size_that_cannot_fit_is_refused_at_once(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "mine.yaml").write_text("extends: tiny\npopulation: {residents: 1000000000}\n")
    start = time.perf_counter()
    report = refused(capsys, project, "mine.yaml")
    assert time.perf_counter() - start < 1
    assert "1,000,000,000 residents would need about" in report
    assert re.search(r"The largest number that fits is [1-9][0-9,]+", report)


def test_what_extends_a_model_is_a_model(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Even where nothing else in the file says so."""
    (project / "mine.yaml").write_text("extends: legacy_administrative\nresolution_bonus: 0.05\n")
    assert main(["check", "mine.yaml"]) == 2
    printed = "".join(capsys.readouterr())
    assert "mine.yaml:2:1  resolution_bonus  unknown key: a governance model holds structure only" in printed
    assert "1 problem." in printed


def test_nonsense_in_a_governance_model_is_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import govsim

    shipped = Path(govsim.__file__).parent / "governance" / "legacy_administrative.yaml"
    text = shipped.read_text(encoding="utf-8") + "\nresolution_bonus: 0.05\n"
    (project / "mine.yaml").write_text(text, encoding="utf-8")
    report = refused(capsys, project, "mine.yaml")
    assert "resolution_bonus  unknown key: a governance model holds structure only" in report
    (project / "tiny.yaml").write_text("extends: tiny\ngovernance: {models: [./mine.yaml]}\n")
    assert "mine.yaml:" in refused(capsys, project, "tiny.yaml")
    assert "--set changes scenarios" in refused(capsys, project, "legacy_administrative", "--set", "a=1")


@pytest.mark.parametrize(
    "name", ["tiny", "yingzi", "template", "legacy_administrative", "party_led_cogovernance"]
)
def test_what_is_shipped_is_sound(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", name]) == 0
    assert "is sound" in capsys.readouterr().out


def test_check_for_machines(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "tiny", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["ok"] is True
    assert main(["check", "tiny", "--json", "--set", "run.weeks=0"]) == 2
    found = json.loads(capsys.readouterr().out)
    assert (found["ok"], found["problems"][0]["path"]) == (False, "run.weeks")


def test_show_tells_value_unit_and_origin_of_every_leaf(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "a.yaml").write_text("extends: tiny\nrun: {weeks: 9}\n")
    (project / "b.yaml").write_text("extends: a.yaml\npopulation: {migrant: 0.25}\n")
    assert main(["show", "b.yaml", "--origin", "--json", "--set", "run.seeds=2"]) == 0
    values = json.loads(capsys.readouterr().out)["values"]
    assert all({"path", "value", "unit", "origin", "status", "source"} <= set(value) for value in values)
    by_path = {value["path"]: value for value in values}
    assert by_path["run.weeks"]["origin"] == "a.yaml:2"
    assert (
        by_path["population.migrant"] | {"value": 0.25, "origin": "b.yaml:2"} == by_path["population.migrant"]
    )
    assert (by_path["run.seeds"]["origin"], by_path["run.seeds"]["value"]) == ("--set #1", 2)
    assert by_path["run.first_seed"]["origin"] == "default"
    assert by_path["population.residents"]["origin"].startswith("scenarios/tiny.yaml:")


@pytest.mark.parametrize("name", ["tiny", "yingzi", "template", "party_led_cogovernance"])
def test_what_is_shown_is_a_file_that_says_the_same(
    name: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def values(file: str) -> dict[str, object]:
        assert main(["show", file, "--json"]) == 0
        return {value["path"]: value["value"] for value in json.loads(capsys.readouterr().out)["values"]}

    assert main(["show", name]) == 0
    (project / "shown.yaml").write_text(capsys.readouterr().out, encoding="utf-8")
    assert values("shown.yaml") == values(name)


def test_help_and_check_start_without_the_heavy_libraries(project: Path) -> None:
    heavy = {"mesa", "pandas", "scipy", "matplotlib", "pyarrow", "numba", "networkx", "dask"}
    for words in (["--help"], ["check", "tiny"], ["show", "tiny"], ["describe"], ["--version"]):
        loaded = f"print(sorted(set(sys.modules) & {heavy}))"
        code = f"import sys; from govsim.cli import main; main({words}); {loaded}"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout.splitlines()[-1] == "[]", done.stdout[-300:]


def test_identity_of_a_governance_model_is_its_structure(project: Path) -> None:
    import govsim
    from govsim.scenario import load, load_governance

    shipped = Path(govsim.__file__).parent / "governance" / "party_led_cogovernance.yaml"
    lines = shipped.read_text(encoding="utf-8").splitlines()
    name = next(number for number, line in enumerate(lines) if line.startswith("name:"))
    lines[name] = "name: {en: Something else, zh: 别的}"
    (project / "other.yaml").write_text("# a copy under another name\n" + "\n".join(lines), encoding="utf-8")
    original, copy = load_governance("party_led_cogovernance"), load_governance("other.yaml")
    assert copy.model.name.en != original.model.name.en
    assert copy.key == original.key
    (project / "changed.yaml").write_text(
        "extends: ./other.yaml\nagenda: {rule: severity}\n", encoding="utf-8"
    )
    assert load_governance("changed.yaml").key != original.key
    (project / "mine.yaml").write_text(
        "extends: tiny\ngovernance: {models: [./other.yaml, legacy_administrative]}\n"
    )
    assert [model.key for model in load("mine.yaml").governance] == [
        original.key,
        load_governance("legacy_administrative").key,
    ]


STUDY = """study: 1
scenario: tiny
models: [legacy_administrative]
over: {tasks.community_hours: [20, 60]}
design: {kind: sobol, points: 4}
"""


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (
            "optimise: {goals: [participation_4w, no_such_goal]}",
            "optimise.goals[1]  there is no indicator no_such_goal",
        ),
        ("optimise: {goals: [gap_trust_elderly, trust_community]}", "optimise.goals[0]"),
        (
            "calibration: {fit: [pattern_contact]}",
            "there is no indicator pattern_contact; nearest: pattern_contacts",
        ),
    ],
)
def test_names_that_a_command_would_refuse_are_refused_by_check(
    more: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "study.yaml"
    file.write_text(f"{STUDY}{more}\n", encoding="utf-8")
    assert main(["check", str(file)]) == 2
    assert told in capsys.readouterr().out
    file.write_text(STUDY, encoding="utf-8")
    assert main(["check", str(file)]) == 0
