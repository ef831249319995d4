"""Lessons as they are shipped, played once for all tests."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from govsim.report.lessons.runs import Played
from govsim.report.lessons.shelf import find_lesson
from tests.once import once

TABLES = ("over_seeds", "over_grid", "over_field")


@pytest.fixture(scope="session")
def full(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Played]:
    """A lesson by name with the indicators of all its runs."""

    def make(name: str, folder: Path) -> None:
        played = Played(find_lesson(name))
        (folder / "tables").write_bytes(pickle.dumps({table: getattr(played, table) for table in TABLES}))

    def find(name: str) -> Played:
        folder = once(tmp_path_factory.getbasetemp(), name, lambda folder: make(name, folder))
        played = Played(find_lesson(name))
        played.__dict__.update(pickle.loads((folder / "tables").read_bytes()))
        return played

    return find
