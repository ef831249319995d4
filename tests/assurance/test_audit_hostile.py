"""The six ways to put a thumb on the scale: each is refused or flagged with its file and line.

(a) and (b) stand in a governance file, (c) to (f) in the program, where the rules of the house find them.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from govsim.assurance.audit.budgets import equal
from govsim.assurance.audit.nulls import renamed_model
from govsim.cli import main
from tests.architecture import (
    Sources,
    hidden_numbers,
    labels_that_decide,
    named_models,
    results_that_see_assumptions,
)
from tests.assurance import audit_specs as specs
from tests.assurance.audit_specs import SMALL, bent, small_worlds, subject

IN_A_FILE = {
    "an outcome bonus": ("resolution", "resolution_bonus: 0.05"),
    "durations of the published model": ("routing", "base_resolution_hours: 30"),
    "its probability": ("resolution", "resolution_probability: 0.76"),
    "its convenience": ("detection", "convenience_bonus: 0.35"),
    "extra staff hours": ("capacity", "extra_staff_hours: 500"),
    "an accuracy of dispatch": ("routing", "dispatch_accuracy: 0.85"),
}


@pytest.mark.parametrize("what", IN_A_FILE)
@pytest.mark.parametrize("verb", ["check", "audit", "run"])
def test_a_result_in_a_governance_file_is_refused(
    what: str, verb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "model", "hostile", "--from", "legacy_administrative"]) == 0
    block, key = IN_A_FILE[what]
    file = tmp_path / "hostile.yaml"
    text = re.sub(rf"^{block}:.*$", rf"\g<0>\n  {key}", file.read_text("utf-8"), flags=re.MULTILINE)
    file.write_text(text, encoding="utf-8")
    line = text.splitlines().index(f"  {key}") + 1
    capsys.readouterr()
    words = {"check": ["check", "hostile.yaml"], "audit": ["audit", "hostile.yaml"],
             "run": ["run", "tiny", "--model", "hostile.yaml"]}[verb]  # fmt: skip
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert f"hostile.yaml:{line}:3" in out + err
    assert key.partition(":")[0] in out + err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["hostile.yaml"]


def test_extra_hours_in_the_program_are_flagged() -> None:
    (row,) = equal(bent(specs.lends_posts), subject("party_led_cogovernance"), small_worlds(), SMALL)
    assert row.result == "fail"
    assert re.search(r"party_led_cogovernance\.yaml:\d+$", row.where)


IN_THE_PROGRAM = {
    "a model by its name": (
        lambda sources: named_models(sources, {"party_led_cogovernance", "Party-led co-governance"}),
        "engine/processes/effort.py",
        "def speed(model):\n    if model == 'party_led_cogovernance':\n        return 2",
        2,
    ),
    "a model by its label": (
        labels_that_decide,
        "engine/processes/effort.py",
        "def speed(arm):\n    return 1 + (len(arm.label) > 2)",
        2,
    ),
    "a number": (hidden_numbers, "engine/processes/experience.py", "def f(trust):\n\n    return trust + 0.035", 3),
    "an indicator that reads the model": (
        results_that_see_assumptions,
        "results/resolution.py",
        "import numpy\nfrom govsim.scenario.schema.governance import GovernanceModel",
        2,
    ),
    "a stream of draws with the name in its key": (
        labels_that_decide,
        "engine/processes/casework.py",
        "def keys(state):\n    return state.key(f'casework.{state.arm.label}')",
        2,
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", IN_THE_PROGRAM)
def test_a_thumb_in_the_program_is_found(what: str) -> None:
    find, file, text, line = IN_THE_PROGRAM[what]
    sources: Sources = {file: ast.parse(text)}
    faults = find(sources)
    assert faults
    assert f"govsim/{file}:{line}" in faults[0]


def test_a_stream_with_the_name_in_its_key_fails_the_audit_too() -> None:
    (row,) = renamed_model(
        bent(specs.keyed_with_the_label), subject("legacy_administrative"), small_worlds(), SMALL
    )
    assert row.result == "fail"
