"""SIGKILL at random moments loses nothing; the longer loop is ``python -m tests.study.crash_loop``."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.study.crash_loop import KINDS, Study, disturbed, undisturbed

WORDS = ("run", "tiny", "--weeks", "6", "--seeds", "3", "--jobs", "2", "--no-figures", "--json")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return undisturbed(WORDS, tmp_path_factory.mktemp("calm") / "study")


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_killed_study_ends_as_if_nothing_had_been(tmp_path: Path, study: Study, kind: str) -> None:
    chance = random.Random(kind)
    disturbed(study, tmp_path / kind, kind, chance.randrange(study.runs), chance.uniform(0.0, 0.5))
