"""``govsim audit`` from the command line, and every shipped model through it."""

from __future__ import annotations

import json
import os
import re
import time
from dataclasses import replace
from pathlib import Path

import pytest

from govsim.assurance.audit import FULL, QUICK, Audit, AuditRow, AuditRuns, Followed, audit
from govsim.assurance.audit.budgets import equal, pass_through
from govsim.assurance.audit.nulls import nulls, without_party
from govsim.cli import main
from govsim.engine import simulate
from govsim.report import assurance as printed
from govsim.scenario import list_governance, load_governance
from tests.assurance.audit_specs import SMALL, small_worlds, subject

pytestmark = pytest.mark.slow

EXPECTED = {
    "names blind", "order blind", "roles blind", "indicators see no model", "one experience for all", "budget equal",
    "books close", "levers charged", "null: silence", "null: overload", "null: capacity 0", "null: arrivals 0",
    "null: nobody willing", "null: no ties", "zero Party", "no pass-through", "knobs alive",
}  # fmt: skip
MODELS = list_governance()
WHOLE = ("party_led_cogovernance",)
SECONDS = 100.0
"""A minute on a core of its own; where both threads of a core are busy, each counts up to 1.7 times as much."""


@pytest.fixture(scope="module")
def bench() -> AuditRuns:
    """Return one bench for all models: what they have in common is run once."""
    return AuditRuns(simulate)


@pytest.mark.assurance
@pytest.mark.parametrize("model", [model for model in MODELS if model not in WHOLE])
def test_every_shipped_model_passes(model: str, bench: AuditRuns) -> None:
    done = audit(load_governance(model), profile=QUICK, bench=bench)
    faults = "\n".join(f"{row.check}: {row.evidence} [{row.where}]" for row in done.failed)
    assert done.passed, faults
    assert {row.check for row in done.rows if not row.check.startswith(" ")} == EXPECTED
    assert all(row.evidence and row.done for row in done.rows)
    for row in done.rows:
        assert row.result != "inert" or re.match(r"inert (while|with|:)", row.evidence), row


@pytest.mark.assurance
@pytest.mark.parametrize("model", WHOLE)
def test_the_whole_audit_passes_within_a_minute(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    started = time.process_time()
    assert main(["audit", model, "--json"]) == 0
    took = time.process_time() - started
    found = json.loads(capsys.readouterr().out)
    assert found["ok"] is True
    assert found["profile"] == "full"
    assert found["left_out"] == []
    rows = found["rows"]
    assert {row["check"] for row in rows} >= {*EXPECTED, "theory"}
    assert all(row["evidence"] and row["done"] for row in rows)
    assert all(re.match(r"inert (while|with|:)", row["evidence"]) for row in rows if row["result"] == "inert")
    assert took < SECONDS, "of processor time: other programs on the machine do not count"


@pytest.fixture(scope="module")
def done() -> Audit:
    """Return some checks of a real audit, with a row of every kind."""
    bench, whom, places = AuditRuns(simulate), subject("party_led_cogovernance"), small_worlds()
    switches, rows = without_party(bench, whom, places, SMALL)
    followed, found = pass_through(bench, whom, places, SMALL)
    rows += [*found, *equal(bench, whom, places, SMALL), *nulls(bench, whom, places, SMALL)]
    rows += [
        AuditRow("knobs alive", "turned | each", "pass", "2 of 3 move an output", 0),
        AuditRow("  a.b", "turned it", "inert", "inert while a.c is 0", 0, "mine.yaml:3"),
        AuditRow("theory", "null models", "not done", "left out", 0),
    ]
    model = whom.loaded
    return Audit(
        model.model.name.en, model.file, model.key, "Tiny", "quick", QUICK.left_out, bench.runs, 2.5,
        switches, tuple(followed), tuple(rows),
    )  # fmt: skip


@pytest.fixture
def kept(done: Audit, monkeypatch: pytest.MonkeyPatch) -> Audit:
    monkeypatch.setattr(printed, "audit", lambda *given, **more: done)
    return done


@pytest.mark.assurance
def test_the_table_says_everything_and_what_it_leaves_out(
    kept: Audit, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", "party_led_cogovernance", "--quick"]) == 0
    text = capsys.readouterr().out
    assert kept.model in text
    for row in kept.rows:
        assert f"\n{row.check} " in text
    assert "FAIL" not in text
    for words in QUICK.left_out:
        assert words in " ".join(text.split())
    assert max(map(len, text.splitlines())) <= 110
    assert "routing.convening" in text.partition("What is left of the difference")[2]


def test_json_is_one_object(kept: Audit, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "party_led_cogovernance", "--quick", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["ok"] is True
    assert found["key"] == load_governance("party_led_cogovernance").key
    assert [row["check"] for row in found["rows"]] == [row.check.strip() for row in kept.rows]
    assert all(
        set(row) == {"check", "done", "result", "evidence", "number", "where"} for row in found["rows"]
    )
    assert {one["parameter"] for one in found["followed"]} >= {"mobilisation.ordered_hours"}
    assert [one["parameter"] for one in found["switches"]] == list(kept.switches)


def test_markdown_is_a_table(kept: Audit, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "party_led_cogovernance", "--quick", "--markdown", "--passthrough"]) == 0
    lines = capsys.readouterr().out.splitlines()
    tables = [line for line in lines if line.startswith("|")]
    cells = [re.split(r"(?<!\\)\|", line)[1:-1] for line in tables]
    assert [cell.strip() for cell in cells[0]] == ["check", "what was done", "result", "evidence"]
    body = cells[2 : 2 + len(kept.rows)]
    assert [row[0].strip() for row in body] == [row.check.strip() for row in kept.rows]
    assert all(len(row) == 4 for row in body)
    assert sum(1 for row in cells if len(row) == 5) == 2 + len(kept.followed)


def test_a_failure_is_exit_4_with_its_line(
    done: Audit, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = AuditRow("no pass-through", "swept", "fail", "1 | comes out", 1, "mine.yaml:7")
    one = Followed("a.b", "median_days", 1.0, 1.0, 6, price=False, one_to_one=True)
    failed = replace(done, rows=(*done.rows, bad), followed=(one,))
    monkeypatch.setattr(printed, "audit", lambda *given, **more: failed)
    for way in ([], ["--json"], ["--markdown"]):
        assert main(["audit", "party_led_cogovernance", *way]) == 4
        assert "mine.yaml:7" in capsys.readouterr().out
    assert main(["audit", "party_led_cogovernance", "--passthrough"]) == 4
    text = capsys.readouterr().out
    assert "FAIL" in text
    assert "1 check failed" in text
    assert "FLAGGED" in text


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["no_such_model"], "no_such_model"),
        (["party_ledd"], "did you mean  party_led_cogovernance?"),
        (["legacy", "--json", "--markdown"], "--json"),
        (["legacy", "--scenario", "no_such_scenario"], "no_such_scenario"),
    ],
)
def test_what_cannot_be_audited_is_exit_2(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", *words]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert told in err


def test_the_profiles_say_what_they_are() -> None:
    assert FULL.left_out == ()
    assert QUICK.left_out
    assert len(FULL.seeds) >= 5
    assert FULL.sweep_points >= QUICK.sweep_points >= 5


@pytest.mark.assurance
def test_another_scenario_from_another_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file of one's own, in a folder of one's own, in worlds made from the whole district."""
    monkeypatch.chdir(tmp_path)
    assert main(["new", "model", "whistle", "--from", "party_led"]) == 0
    assert main(["audit", "whistle.yaml", "--scenario", "yingzi", "--quick", "--json"]) == 0
    out = capsys.readouterr().out
    found = json.loads(out[out.index("{\n") :])
    assert found["file"] == "whistle.yaml"
    assert found["key"] == load_governance("party_led_cogovernance").key
    assert os.listdir(tmp_path) == ["whistle.yaml"]
