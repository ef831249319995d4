"""Code put in the place of the engine's belongs to what a run is: another key, and a name in the manifest (K9)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from govsim import draws
from govsim.cli import main
from govsim.engine import loop, organisations
from govsim.engine.processes import experience
from govsim.results import provenance
from govsim.results.view import View
from tests.small import small_run


def names() -> list[str]:
    return [name for name, _ in provenance.foreign_code()]


def test_the_shipped_code_is_nobodys_replacement() -> None:
    assert names() == []


def test_what_is_replaced_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process in the order, a function of a file, a name borrowed from another file, a method."""
    shipped = provenance.source_hash()
    seen = {shipped}

    def quiet(state: object) -> None: ...

    order = tuple(p._replace(run=quiet) if p.name == "experience" else p for p in loop.ORDER)
    cases = [
        ("process experience", loop, "ORDER", order),
        ("govsim.engine.processes.experience.serve", experience, "serve", quiet),
        ("govsim.engine.organisations.live", organisations, "live", quiet),
        ("govsim.results.view.View.hours", View, "hours", quiet),
        ("govsim.draws.uniform", draws, "uniform", quiet),
    ]
    for name, place, word, value in cases:
        with monkeypatch.context() as patch:
            patch.setattr(place, word, value)
            assert name in names()
            found = provenance.source_hash()
            assert found not in seen, name
            seen.add(found)
    assert provenance.source_hash() == shipped
    assert provenance.source_hash(("scenario",)) not in seen


def test_a_borrowed_name_is_compared_with_its_home(monkeypatch: pytest.MonkeyPatch) -> None:
    def quiet(*words: object) -> None: ...

    monkeypatch.setattr(loop, "enough", quiet)
    assert names() == ["govsim.engine.loop.enough"]


def test_a_run_with_another_process_is_stored_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = small_run(tmp_path, "--model", "legacy_administrative")
    assert main(words) == 0
    quiet = tuple(p._replace(run=lambda state: None) if p.name == "experience" else p for p in loop.ORDER)
    monkeypatch.setattr(loop, "ORDER", quiet)
    assert main(words) == 0
    every = [json.loads(file.read_text("utf-8")) for file in tmp_path.glob("tiny/*/manifest.json")]
    manifests = [manifest for manifest in every if "seed" in manifest]
    assert len(manifests) == len({m["key"] for m in manifests}) == 2
    assert sorted(m.get("replaced", []) for m in manifests) == [[], ["process experience"]]
    assert len({m["hashes"]["code"] for m in manifests}) == 2
