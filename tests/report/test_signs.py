"""Signs fixed before running: every one is on the page, misses too, and a verdict follows from the interval alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from govsim.assurance.signs import SIGNS, DefaultRank, SignOutcome, check_sign
from govsim.report.tables import page
from govsim.scenario import load_governance
from govsim.statistics.paired import paired

LEGACY = load_governance("legacy_administrative").model


@pytest.mark.slow
def test_a_sign_that_is_turned_round_is_told_as_a_miss() -> None:
    """Tasks first and waits of residents: the strongest of the signs, in four seeds."""
    sign = SIGNS[0]
    assert check_sign(sign, LEGACY, range(1, 5)).verdict == "as expected"
    assert check_sign(replace(sign, sign=-1), LEGACY, range(1, 5)).verdict == "against expectation"
    assert check_sign(replace(sign, sign=0), LEGACY, range(1, 5)).verdict == "against expectation"
    assert check_sign(replace(sign, less=sign.more), LEGACY, range(1, 3)).verdict == "undecided"


def test_the_page_hides_nothing() -> None:
    found = paired([1.0, 2.0, 3.0], [3.0, 4.5, 5.0])
    verdicts = ("as expected", "against expectation", "undecided")
    outcomes = [SignOutcome(sign, found, verdicts[k % 3]) for k, sign in enumerate(SIGNS)]
    places = [
        DefaultRank("participation_4w", 9.0, (1.0, 2.0, 3.0)),
        DefaultRank("resolved_existing_26w", 2.5, (1.0, 2.0, 3.0, 4.0)),
    ]
    text = page(outcomes, places, 3, ("one", "other"), "govsim signs --seeds 3")
    for outcome in outcomes:
        assert outcome.sign.claim in text
        assert outcome.sign.why in text
    for verdict in verdicts:
        assert f"**{verdict}**" in text
    assert "| 1.00 | **outside the middle: an unusual district** |" in text
    assert "| 0.50 | inside the middle |" in text
    assert "Made by `govsim signs --seeds 3`." in text
