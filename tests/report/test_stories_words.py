"""Every code of the ledgers, and every key that a shipped scenario names things by, has a word in both languages."""

from __future__ import annotations

import pytest

from govsim.engine.recording import CaseStatus, Channel
from govsim.report.stories.text import LANGUAGES, called
from govsim.scenario import load


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_channel_and_outcome_has_a_word(language: str) -> None:
    names = LANGUAGES[language].names
    assert {channel.name.lower() for channel in Channel} <= set(names["channel"])
    assert {outcome.name.lower() for outcome in CaseStatus} <= set(names["outcome"])


@pytest.mark.parametrize("shipped", ["tiny", "yingzi", "chengde"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_class_and_department_of_the_shipped_scenarios_has_a_word(language: str, shipped: str) -> None:
    scenario, names = load(shipped).scenario, LANGUAGES[language].names
    assert set(scenario.problems.classes) <= set(names["problem_class"])
    assert set(scenario.capacity.departments) <= set(names["department"])


def test_a_key_without_a_word_is_read_as_words() -> None:
    assert called("problem_class", "noisy_dogs", "zh") == "noisy dogs"
    assert called("department", "housing_land, Xinglong", "en") == "housing and land, Xinglong"
    assert called("department", "housing_land, Xinglong", "zh") == "住房与国土（Xinglong）"
    assert called("department", "Old Mine Community", "zh") == "Old Mine Community"
