"""Every code of the ledgers has a word in both languages."""

from __future__ import annotations

import pytest

from govsim.engine.recording import Channel, Outcome
from govsim.report.stories.vocabulary import LANGUAGES


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_channel_and_outcome_has_a_word(language: str) -> None:
    names = LANGUAGES[language].names
    assert {channel.name.lower() for channel in Channel} <= set(names["channel"])
    assert {outcome.name.lower() for outcome in Outcome} <= set(names["outcome"])
