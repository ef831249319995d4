"""Ledgers on disk hold what ledgers in memory hold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from govsim.engine import ledger_on_disk, simulate
from govsim.engine.ledger_on_disk import LedgerOnDisk, in_order
from tests.engine.specs import MODELS, arm_of, digests, run, tiny, world_of

ROW = np.dtype([("case", "i8"), ("time", "f4"), ("other", "u1")])


def rows(rng: np.random.Generator, count: int) -> NDArray[np.void]:
    found = np.zeros(count, ROW)
    found["case"] = rng.integers(0, 50, count)
    found["time"] = rng.integers(0, 9, count)
    found["other"] = rng.integers(0, 256, count)
    return found


@settings(deadline=None)
@given(st.lists(st.integers(0, 40), max_size=8), st.integers(0, 60), st.integers(1, 64), st.integers(0, 200))
def test_disk_and_memory_agree(sizes: list[int], last: int, chunk: int, in_memory: int) -> None:
    rng = np.random.default_rng([*sizes, last])
    chunks = [rows(rng, size) for size in sizes]
    live = rows(rng, last)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ledger_on_disk, "SPOOLED_BYTES", in_memory)
        patch.setattr(ledger_on_disk, "SORTED_ROWS", chunk)
        table = LedgerOnDisk({"case": "i8", "time": "f8"})
        for one in chunks:
            table.append(one)
            table.columns(and_then=live)  # a look in between leaves nothing behind
        found = in_order(table.columns(and_then=live), ("case", "time"))
    everything = np.concatenate([*chunks, live])
    expected = everything[np.lexsort((everything["time"], everything["case"]))]
    assert found["case"].tolist() == expected["case"].tolist()
    assert found["time"].tolist() == expected["time"].tolist()
    assert found["time"].dtype == np.float64


def test_equal_rows_stay_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_on_disk, "SPOOLED_BYTES", 0)
    monkeypatch.setattr(ledger_on_disk, "SORTED_ROWS", 4)
    table = LedgerOnDisk({"case": "i8", "other": "u1"})
    for number in range(6):
        one = np.zeros(3, ROW)
        one["other"] = number
        table.append(one)
    assert in_order(table.columns(), ("case",))["other"].tolist() == sorted([*range(6)] * 3)


def test_a_run_on_disk_is_the_run_in_memory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    scenario = tiny()
    ours = digests(run(scenario, MODELS[0]))
    monkeypatch.setattr(ledger_on_disk, "SPOOLED_BYTES", 0)
    monkeypatch.setattr(ledger_on_disk, "SORTED_ROWS", 50)
    theirs = simulate(world_of(scenario, 1), scenario, arm_of(MODELS[0]), 1, folder=tmp_path)
    assert len(theirs.events["case"]) > 500
    assert isinstance(theirs.events["case"].base, np.memmap)
    assert digests(theirs) == ours
    assert not list(tmp_path.iterdir())
