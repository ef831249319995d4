"""What may be compared, and what is said of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from govsim.results.errors import RefusedError
from govsim.results.load import load_run
from govsim.results.store import RunContext, RunIdentity, write_run
from govsim.studies.compare import ArmRuns, compare
from govsim.studies.groups import compare_groups
from tests.synthetic import make_recording

pytestmark = pytest.mark.slow


def arm(out: Path, label: str, content: str, seeds: range = range(1, 5), **changes: float) -> ArmRuns:
    runs = []
    for seed in seeds:
        identity = RunIdentity("scenario", f"{content}{sorted(changes.items())}", seed)
        context = RunContext(label, label, "neutral", content, ["govsim"], {}, "2026-01-01T00:00:00Z", 1.0)
        recording = make_recording(seed, **changes)  # type: ignore[arg-type]
        if label == "other world":
            recording.hashes["world"] = "elsewhere"
        if label == "other events":
            recording.hashes["exogenous"] = "other"
        write_run(out / identity.key, identity, context, recording)
        runs.append(load_run(out / identity.key))
    return ArmRuns(label, content, "neutral", tuple(runs))


def test_two_names_of_one_model(tmp_path: Path) -> None:
    result = compare(arm(tmp_path, "a", "x"), arm(tmp_path, "b", "x"))
    assert result.same_model
    assert result.identical
    assert {d.verdict for d in result.differences} <= {"no difference", "n/a"}
    assert all(d.paired.difference == 0.0 for d in result.differences if d.paired.pairs)


def test_a_real_difference_is_seen_and_the_rest_is_not_claimed(tmp_path: Path) -> None:
    result = compare(arm(tmp_path, "a", "x"), arm(tmp_path, "b", "y", speed=12.0))
    found = {d.indicator.name: d for d in result.differences}
    assert result.paired
    assert not result.same_model
    assert not result.identical
    assert found["resolved_existing_26w"].verdict == "better"
    assert isinstance(found["resolved_existing_26w"].paired.difference, float)
    assert found["resolved_existing_26w"].paired.difference > 0
    assert found["participation_4w"].verdict == "no difference"
    assert all(d.p_corrected is None or d.p_corrected >= (d.paired.p or 0) for d in result.headline)


def test_one_seed_makes_no_claim(tmp_path: Path) -> None:
    result = compare(arm(tmp_path, "a", "x", range(1, 2)), arm(tmp_path, "b", "y", range(1, 2), speed=12.0))
    assert {d.verdict for d in result.differences} <= {"not tested", "no difference", "n/a"}


@pytest.mark.parametrize(
    ("label", "changes", "words"),
    [
        ("b", {"weeks": 60}, "lengths"),
        ("other world", {}, "residents"),
        ("other events", {}, "problems arising"),
        ("b", {"extra_hours": 900.0}, "unequal budgets"),
    ],
)
def test_unlike_arms_are_refused(tmp_path: Path, label: str, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(RefusedError, match=words):
        compare(arm(tmp_path, "a", "x"), arm(tmp_path, label, "y", **changes))


def test_other_seeds_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="seeds"):
        compare(arm(tmp_path, "a", "x"), arm(tmp_path, "b", "y", range(2, 6)))


def test_unequal_budget_under_a_banner(tmp_path: Path) -> None:
    result = compare(
        arm(tmp_path, "a", "x"), arm(tmp_path, "b", "y", extra_hours=900.0), allow_unequal_budget=True
    )
    assert not result.equal_budget


def test_groups(tmp_path: Path) -> None:
    rows = compare_groups(arm(tmp_path, "a", "x"), arm(tmp_path, "b", "y", speed=12.0))
    everybody = {g.measure.name: g.paired.difference for g in rows if g.group == "all"}
    assert isinstance(everybody["resolved"], float)
    assert everybody["resolved"] > 0
    assert everybody["participation_26w"] == 0.0
    assert {"age", "work", "origin", "hazard", "ties", "distance", "community"} <= {g.group for g in rows}


@pytest.mark.parametrize("label", ["other world", "other events"])
def test_whether_runs_are_pairs_follows_from_their_hashes(tmp_path: Path, label: str) -> None:
    """H22: the word is computed; arms that slipped through with unlike worlds would not be called paired."""
    alike = compare(arm(tmp_path, "a", "x"), arm(tmp_path, "b", "y"))
    assert alike.paired
    assert not replace(alike, other=arm(tmp_path, label, "z")).paired
    assert not replace(alike, independent=True).paired
