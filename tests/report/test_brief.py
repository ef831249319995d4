"""The brief: sentences by rule from canned tables, and the page of a real comparison held against its tables."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

import pytest

from govsim.report.brief.advice import advice
from govsim.report.brief.answer import tiles
from govsim.report.brief.grammar import (
    PHRASES,
    VERDICTS,
    HeadlineChange,
    condition,
    found,
    headline,
    likely,
    numbers,
    reconciled,
)
from govsim.report.brief.places import CommunityMap, CommunityRow, KindRow, typical, where
from govsim.report.comparing.words import Said
from govsim.results.indicators import HEADLINE

A, B = Said("Way A", "甲方案"), Said("Way B", "乙方案")
DIRECTIONS = {item.name: item.direction for item in HEADLINE}
JUDGED = [name for name in PHRASES if DIRECTIONS[name]]


def change(name: str, verdict: str, up: bool | None = None) -> HeadlineChange:
    """Return a change with a verdict; what has a direction moves the way that the verdict says."""
    direction = DIRECTIONS[name]
    if up is None:
        up = (
            (verdict == "better") == (direction > 0) if verdict in ("better", "worse") else verdict != "lower"
        )
    before, step = 40.0, 5.0 if up else -5.0
    none = verdict in ("not tested", "n/a")
    return HeadlineChange(
        name, before, before + step, 0.0 if verdict == "no difference" else step,
        None if none else step - 1, None if none else step + 1, verdict, direction, 1, True,
    )  # fmt: skip


def table(**verdicts: str) -> dict[str, HeadlineChange]:
    """Return a whole table; rows without a word are undecided."""
    return {name: change(name, verdicts.get(name, "undecided")) for name in PHRASES}


CANNED = {
    "all better": table(**dict.fromkeys(JUDGED, "better")),
    "all worse": table(**dict.fromkeys(JUDGED, "worse")),
    "all undecided": table(),
    "nothing tested": {name: change(name, "not tested") for name in PHRASES},
    "nothing differs": {name: change(name, "no difference") for name in PHRASES},
    "contradictory": table(resolved_existing_26w="better", still_open="worse", burnout="worse"),
    "one better": table(trust_community="better"),
    "one worse": table(undone_tasks="worse"),
    "two of one family": table(median_days="worse", mean_days_26w="worse"),
    **{f"only {name} {verdict}": table(**{name: verdict})
       for name, verdict in itertools.product(JUDGED, ("better", "worse"))},
    **{f"{one} better, {two} worse": table(**{one: "better", two: "worse"})
       for one, two in itertools.permutations(JUDGED[:5], 2)},
}  # fmt: skip
"""What verdicts a comparison may come to."""


def texts(every: dict[str, HeadlineChange]) -> Iterator[Said]:
    """Yield every sentence that a table leads to."""
    counts = {name: {"better": 12, "worse": 3, "of": 20} for name in every}
    yield headline(every, B, A)
    yield numbers(every)
    yield from filter(None, [condition(every, counts), reconciled(every, every, 0.04)])
    drawn = [communities(A, 0), communities(B, 3)]
    for one in advice(every, counts, drawn, [KindRow(Said("water", "用水"), 20.0, 30.0, "worse")], B, A):
        yield from (one.words, one.turns)
    for tile in tiles(every, every):
        yield from (tile.label, tile.words)


def communities(arm: Said, large: int) -> CommunityMap:
    """Return two communities under an arm, one of them with large backlogs."""
    return CommunityMap(arm, "neutral", 0, (
        CommunityRow(Said("East", "东"), 900.0, 0.8, 20.0, 80.0, 0, 5),
        CommunityRow(Said("West", "西"), 900.0, 1.1, 150.0, 60.0, large, 5),
    ), f"{large / 5:.1f}")  # fmt: skip


@pytest.mark.parametrize("name", CANNED)
def test_sentences_say_what_the_verdicts_say(name: str) -> None:
    every = CANNED[name]
    en, zh = headline(every, B, A)
    better, worse = found(every, "better"), found(every, "worse")
    for item in (*better, *worse):
        assert item.says.en in en
        assert item.says.zh in zh
    for item in every.values():
        if item.verdict not in ("better", "worse"):
            families = {other.phrase.family for other in (*better, *worse)}
            assert item.phrase.family in families or (
                item.phrase.more.en not in en and item.phrase.less.en not in en
            )
    if better and worse:
        assert ", but " in en
        assert "但" in zh
        assert en.index(better[0].says.en) < en.index(" but ") < en.index(worse[0].says.en)
    elif better:
        assert en.endswith("no main measure is worse")
        assert "没有主要指标变差" in zh
    elif worse:
        assert en.endswith("no main measure is better")
        assert "没有主要指标变好" in zh


@pytest.mark.parametrize("name", CANNED)
def test_sentences_can_be_printed(name: str) -> None:
    """No holes, no doubled stops, no number as a machine writes it, no Chinese in English; no adjective for a model."""
    for en, zh in texts(CANNED[name]):
        assert en
        assert zh
        assert not re.search(r"None|nan|\{|\}|\.\.|  |\d-\d|[一-鿿]", en), en
        assert not re.search(r"None|nan|\{|\}|。。|[ ]{2}", zh), zh
        assert not re.search(r"\b(best|good|bad|great|superior|inferior|successful|failed)\b", en), en


def test_what_is_undecided_is_said_so() -> None:
    assert headline(CANNED["all undecided"], B, A).en == "Way B and Way A: no main measure can be told apart"
    assert headline(CANNED["nothing tested"], B, A).en == "Way B and Way A: too few replications to tell"
    assert headline(CANNED["nothing differs"], B, A).zh == "乙方案与甲方案的结果相同"


def test_names_are_exchangeable() -> None:
    """The same table under two other names gives the same sentences with these names."""
    for every in CANNED.values():
        here, there = headline(every, B, A), headline(every, A, B)
        assert there.en == here.en.replace("Way B", "#").replace("Way A", "Way B").replace("#", "Way A")
        assert there.zh == here.zh.replace("乙", "#").replace("甲", "乙").replace("#", "甲")


def test_every_headline_row_with_a_direction_has_words() -> None:
    assert {item.name for item in HEADLINE if item.direction} == set(PHRASES)


@pytest.mark.parametrize("name", PHRASES)
def test_words_follow_the_sign(name: str) -> None:
    """Where the difference is turned round the other words are said."""
    up, down = change(name, "better", True), change(name, "better", False)
    assert up.says == PHRASES[name].more
    assert down.says == PHRASES[name].less


def test_reconciled() -> None:
    equal = table(resolved_existing_26w="undecided", burnout="worse")
    more = table(resolved_existing_26w="better", burnout="worse")
    said = reconciled(equal, more, 0.039)
    assert said is not None
    assert "+3.9% staff hours" in said.en
    assert (
        "resolved within half a year is better (up from 40.0% to 45.0% of all problems; with equal means undecided)"
        in said.en
    )
    assert "burnout" not in said.en
    same = reconciled(equal, equal, None)
    assert same is not None
    assert "gets the same verdict" in same.en
    assert reconciled(equal, {}, None) is None


@pytest.mark.parametrize(
    ("count", "word"),
    [(20, "nearly all"), (19, "nearly all"), (18, "most"), (14, "most"), (13, "about half"), (7, "about half"),
     (6, "few"), (1, "few"), (0, "hardly any")],
)  # fmt: skip
def test_words_for_shares_of_districts(count: int, word: str) -> None:
    assert likely(count, 20).en == f"{word} ({count} of 20)"


def test_conditions_are_counts_of_the_same_verdict() -> None:
    every = table(resolved_existing_26w="better", burnout="worse")
    counts = {
        "resolved_existing_26w": {"better": 20, "worse": 0, "of": 20},
        "burnout": {"better": 1, "worse": 10, "of": 20},
    }
    said = condition(every, counts)
    assert said is not None
    assert "more problems are resolved in nearly all (20 of 20)" in said.en
    assert "more staff have burnout in about half (10 of 20)" in said.en
    assert condition(every, {}) is None


def test_maps_count_what_their_cells_show() -> None:
    drawn = [communities(A, 0), communities(B, 3)]
    assert (
        where(drawn).en
        == "Communities with a large backlog, of 2 on average: 0.0 under Way A, 0.6 under Way B"
    )
    assert "median community" in typical(drawn).en.lower()
    assert where([communities(A, 0)]).en.startswith("No community")


def test_advice_names_where_and_what_would_turn_it() -> None:
    every = table(resolved_existing_26w="better", burnout="worse")
    counts = {"resolved_existing_26w": {"better": 17, "worse": 2, "of": 20}}
    which, first, watch = advice(every, counts, [communities(A, 0), communities(B, 3)], [], B, A)
    assert which.words.en == "Introduce Way B: more problems are resolved."
    assert "in 2 of 20 plausible districts it is the other way round, in 1 undecided" in which.turns.en
    assert "West (3 of 5)" in first.words.en
    assert "a workload below 110%" in first.turns.en
    assert watch.words.en == "Watch staff with burnout: it goes up from 40.0% to 45.0% of staff."
    kept = advice(table(resolved_existing_26w="worse"), counts, [], [], B, A)[0]
    assert kept.words.en == "Keep Way A: fewer problems are resolved otherwise."
    open_ = advice(table(), counts, [], [], B, A)[0]
    assert open_.words.en.startswith("Do not choose between Way A and Way B by resolution")


def test_tiles_are_worded_as_they_are_coloured() -> None:
    for every in CANNED.values():
        for tile in tiles(every, {}):
            assert tile.words == VERDICTS[tile.kind]
            assert "→" not in tile.before + tile.after
