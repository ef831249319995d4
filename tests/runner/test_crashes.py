"""SIGKILL at random moments loses nothing; the longer loop is ``python -m tests.runner.crash_loop``."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.runner.crash_loop import HOW, KINDS, SWEEP, Study, disturbed, undisturbed

WORDS = ("run", "tiny", "--weeks", "20", "--seeds", "5", *HOW)


@pytest.fixture(scope="module")
def studies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Study]:
    folder = tmp_path_factory.mktemp("calm")
    return {words[0]: undisturbed(words, folder / words[0]) for words in (WORDS, SWEEP)}


@pytest.mark.assurance
@pytest.mark.parametrize(("command", "kind"), [*(("run", kind) for kind in KINDS), ("sweep", "group")])
def test_a_killed_study_ends_as_if_nothing_had_been(
    tmp_path: Path, studies: dict[str, Study], command: str, kind: str
) -> None:
    chance, study = random.Random(command + kind), studies[command]
    disturbed(study, tmp_path / kind, kind, chance.randrange(study.runs // 2), chance.uniform(0.0, 0.3))
