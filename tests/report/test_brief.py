"""The brief: sentences by rule from canned tables, and the page of a real comparison held against its tables."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from govsim.report.brief.advice import advice, advice_of_many, on_measures
from govsim.report.brief.answer import studied, tiles
from govsim.report.brief.grammar import (
    PHRASES,
    VERDICTS,
    HeadlineChange,
    condition,
    headline,
    likely,
    numbers,
    reconciled,
    with_verdict,
)
from govsim.report.brief.marks import marked
from govsim.report.brief.places import CommunityMap, CommunityRow, KindRow, cells, in_runs, where
from govsim.report.glossary import INDICATORS, UNRESOLVED, Said, duration, former
from govsim.report.html.reading import Material
from govsim.report.shipped_tables import cells_in
from govsim.results.equity import GROUP_MEASURES
from govsim.results.indicators import HEADLINE
from govsim.results.indicators import INDICATORS as ALL

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
    ), (1,) * large + (0,) * (5 - large))  # fmt: skip


@pytest.mark.parametrize("name", CANNED)
def test_sentences_say_what_the_verdicts_say(name: str) -> None:
    every = CANNED[name]
    en, zh = headline(every, B, A)
    better, worse = with_verdict(every, "better"), with_verdict(every, "worse")
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
        assert en.endswith("no main indicator is worse")
        assert "没有主要指标变差" in zh
    elif worse:
        assert en.endswith("no main indicator is better")
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
    assert headline(CANNED["all undecided"], B, A).en == "Way B and Way A: every main indicator is undecided"
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
    assert "(+3.9% staff hours)" in said.en
    assert "45.0% of all problems (baseline 40.0%): better, but undecided with equal resources" in said.en
    assert "burnout" not in said.en
    turned = reconciled(CANNED["all better"], CANNED["all worse"], 0.0)
    assert turned is not None
    assert "staff hours" not in turned.en
    assert f"{len(JUDGED) - 2} more change" in turned.en
    lost = reconciled(equal, {name: change(name, "no difference") for name in PHRASES}, None)
    assert lost is not None
    assert "undecided with equal resources" in lost.en
    same = reconciled(equal, equal, None)
    assert same is not None
    assert "gets the same verdict" in same.en
    assert reconciled(equal, {}, None) is None


def test_a_family_is_told_in_one_direction() -> None:
    """Where two indicators of one family disagree the first one stands for both, and the table has the other."""
    every = table(
        resolved_existing_26w="better", still_open="worse", median_days="better", mean_days_26w="worse"
    )
    said = headline(every, B, A)
    assert said.en.startswith("Under Way B, more problems are resolved and problems are resolved sooner; ")
    assert said.en.endswith("indicators of the same thing disagree, see the table")


@pytest.mark.parametrize(
    ("count", "word"),
    [(20, "all"), (19, "nearly all"), (18, "most"), (14, "most"), (13, "about half"), (7, "about half"),
     (6, "few"), (1, "few"), (0, "none")],
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
    assert "more problems are resolved in all (20 of 20)" in said.en
    assert "more staff have burnout in about half (10 of 20)" in said.en
    assert condition(every, {}) is None


def test_maps_count_what_their_cells_show() -> None:
    drawn = [communities(A, 0), communities(B, 3)]
    assert where(drawn) == (
        "Large backlog, of 2 communities: Way A none; Way B 1 community in 3 of 5 replications",
        "2个社区（村）中积压严重的：甲方案没有；乙方案1个（5次重复模拟中3次）",
    )
    assert cells(drawn).en.endswith("Way A 70%, Way B 70%.")
    assert where([communities(A, 0)]).en == "No community has a large backlog"


def test_a_countermeasure_that_helps_is_the_third_recommendation() -> None:
    helps = on_measures(
        [(Said("relief", "减负"), "+7.4 ± 1.2", 4992), (Said("councils", "议事"), "+7.0 ± 1.0", 2000)]
    )
    told = advice(
        table(resolved_existing_26w="better", burnout="worse"), {}, [communities(B, 3)], [], B, A, helps
    )
    assert [one is helps for one in told] == [False, False, True]
    assert helps.words.en == (
        "Of the countermeasures studied, relief brings most (+7.4 ± 1.2 points, 4,992 hours a year); "
        "councils may bring as much (+7.0 ± 1.0) for 2,000 hours."
    )


def test_advice_names_where_and_its_limit() -> None:
    every = table(resolved_existing_26w="better", burnout="worse")
    counts = {"resolved_existing_26w": {"better": 17, "worse": 2, "of": 20}}
    which, first, watch = advice(every, counts, [communities(A, 0), communities(B, 3)], [], B, A)
    assert which.words.en == (
        "If resolving more problems matters most: Way B. The price: staff with burnout 45.0% of staff (baseline 40.0%)."
    )
    assert which.turns.en == (
        "Limit: of 20 plausible districts the opposite holds in 2, undecided in 1; "
        "assumptions common to all of them were not varied."
    )
    assert first.words.en == "Look first, under Way B, at West (3 of 5 replications)."
    assert "work at 110% of their hours or more" in first.turns.en
    assert watch.words.en == "Watch staff with burnout: 45.0% of staff (baseline 40.0%)."
    kept = advice(table(resolved_existing_26w="worse", participation_4w="better"), counts, [], [], B, A)[0]
    assert kept.words.en.startswith(
        "If resolving more problems matters most: Way A. What is given up: took part"
    )
    assert kept.turns.en == (
        "Limit: of 20 plausible districts the opposite holds in 17, undecided in 1; "
        "assumptions common to all of them were not varied."
    )
    for every in (table(), CANNED["nothing tested"], CANNED["nothing differs"], {}):
        assert advice(every, counts, [], [], B, A)[0].words.en.startswith(
            "Do not choose yet between Way A and Way B"
        )
    none = advice(table(), {}, [communities(B, 0)], [], B, A)[1]
    assert none.words.en == (
        "Under Way B no community has a large backlog. The largest, in West, is 150 open cases per 1,000 residents."
    )


@pytest.mark.parametrize(
    ("counts", "en", "zh"),
    [
        ((0, 0), "none", "没有"),
        ((0, 1, 1, 0, 0), "1 community in 2 of 5 replications", "1个（5次重复模拟中2次）"),
        ((0, 1, 3), "1 to 3 communities in 2 of 3 replications", "1至3个（3次重复模拟中2次）"),
        ((5, 9, 7), "5 to 9 communities in each of 3 replications", "5至9个（3次重复模拟均有）"),
        ((2,), "2 communities", "2个"),
    ],
)
def test_a_count_over_replications_is_of_whole_things(counts: tuple[int, ...], en: str, zh: str) -> None:
    assert in_runs(counts) == (en, zh)


OPTIONS = {
    "one better": [(A, table(resolved_existing_26w="better", burnout="worse")), (B, table(burnout="worse"))],
    "two better": [(A, table(resolved_existing_26w="better")), (B, table(resolved_existing_26w="better"))],
    "all worse": [(A, CANNED["all worse"]), (B, CANNED["all worse"])],
    "undecided": [(A, table()), (B, table(participation_4w="better"))],
    "never without a price": [(A, table(participation_4w="better", burnout="worse")), (B, table())],
}


@pytest.mark.parametrize("name", OPTIONS)
def test_many_options_have_three_recommendations_with_what_turns_them(name: str) -> None:
    base = Said("Way C", "丙方案")
    told = advice_of_many(OPTIONS[name], base)
    assert len(told) == 3
    for en, zh in (said for one in told for said in (one.words, one.turns)):
        assert not re.search(r"None|nan|\{|\}|\.\.|  |\d-\d|[一-鿿]", en), en
        assert not re.search(r"None|nan|\{|\}|。。|[ ]{2}|[A-Z]", zh), zh
    swapped = [(there, every) for (_, every), there in zip(OPTIONS[name], (B, A), strict=True)]
    for here, there in zip(told, advice_of_many(swapped, base), strict=True):
        for one, two in ((here.words.en, there.words.en), (here.turns.en, there.turns.en)):
            assert two == one.replace("Way B", "#").replace("Way A", "Way B").replace("#", "Way A")


def test_recommendations_about_many_options_follow_from_the_verdicts() -> None:
    base = Said("Way C", "丙方案")
    which, free, watch = advice_of_many(OPTIONS["one better"], base)
    assert which.words.en == (
        "If resolving more problems matters most: Way A, 45.0% of all problems (baseline 40.0%). "
        "The price: staff with burnout 45.0% of staff (baseline 40.0%)."
    )
    assert which.turns.en.endswith("not against each other; no other is better.")
    assert free.words.en.startswith("No option is without a price")
    assert watch.words.en.startswith("Watch staff with burnout: worse under 2 of 2 options, most under Way A")
    which, free, watch = advice_of_many(OPTIONS["two better"], base)
    assert which.turns.en.endswith("better too: Way B.")
    assert free.words.en.startswith("If nothing may get worse, look at: Way A (1), Way B (1)")
    assert watch.words.en == "No main indicator is worse under any option."
    which, free, _ = advice_of_many(OPTIONS["all worse"], base)
    assert "no option is shown to resolve more problems; fewer with Way A, Way B." in which.words.en
    assert free.words.en == "No option is better than Way C in any main indicator."
    for options, reason in (
        ([], "nothing to compare it with"),
        ([(A, CANNED["nothing tested"])], "too few replications"),
    ):
        (only,) = advice_of_many(options, base)
        assert only.words.en.startswith("No recommendation: ")
        assert reason in only.words.en
        assert only.words.zh.startswith("无法提出建议：")
        assert only.turns.en.startswith("What would change this: ")


def test_tiles_are_worded_as_they_are_coloured() -> None:
    for every in CANNED.values():
        for tile in tiles(every, {}):
            assert tile.words == VERDICTS[tile.kind]
            assert "→" not in tile.before + tile.after


def test_countermeasures_of_the_shipped_study() -> None:
    """In the order of their effect under the last model, with where they come from; every number is one of its table."""
    table = Path(__file__).parents[2] / "scenarios" / "studies" / "yingzi_measures.csv"
    rows = cells_in(table.read_text("utf-8"))
    seen = studied(Material(Path(), {"measures": rows}))
    assert seen
    assert seen.model.en == rows[-1]["model"]
    assert "docs/measures.md" in seen.told.en
    assert "docs/measures.zh.md" in seen.told.zh
    assert "Not from these runs" in seen.told.en
    assert "不是本次模拟的结果" in seen.told.zh
    shown = [float(row.change.split(" ± ")[0].replace("−", "-")) for row in seen.rows]
    assert shown == sorted(shown, reverse=True)
    here: dict[str, dict[str, dict[str, str]]] = {row["measure"]: {} for row in rows}
    for row in rows:
        if row["model"] == seen.model.en:
            here[row["measure"]][row["quantity"]] = row
    for item in seen.rows:
        cells = here[item.name.en.lstrip("①②③④⑤ ")]
        main = cells["resolved_existing_26w"]
        assert (item.change.replace("−", "-").lstrip("+"), item.verdict) == (
            f"{main['value']} ± {main['half_width']}", main["verdict"],
        )  # fmt: skip
        assert item.verdict != "undecided"
        hours, money = (int(cells[name]["value"]) for name in ("hours_moved", "yuan_moved"))
        assert item.cost.en.startswith(f"{hours:,} hours")
        assert item.cost.zh.endswith(f"{money:,}元")
        for number in re.findall(r"[+−][\d.]+", item.worse.en):
            worse = {one["value"] for one in cells.values() if one["verdict"] == "worse"}
            assert number.replace("−", "-").lstrip("+") in worse
    named = {item.name.en for item in seen.rows} | set(seen.rest.en[24:-1].split(", ") if seen.rest else ())
    assert len(named) == len(here)
    assert "".join(sorted(mark for name in named for mark in name if mark in "①②③④⑤")) == "①②③④⑤"
    assert {"① Party-member training", "⑤ primary responsibility"} <= named
    assert marked(Said("Way A + soft power + relief", "甲方案＋软实力建设＋减负")) == (
        "Way A + ④ soft power + relief", "④甲方案＋软实力建设＋减负",
    )  # fmt: skip
    assert studied(Material(Path(), {"measures": []})) is None


ROOT = Path(__file__).parents[2]
KNOWN = {item.name for item in (*ALL, *GROUP_MEASURES)}


def said_in(file: Path) -> Iterator[tuple[int, str]]:
    """Yield the texts of a module that are no docstrings and no keys."""
    tree = ast.parse(file.read_text("utf-8"))
    left = {id(key) for node in ast.walk(tree) if isinstance(node, ast.Dict) for key in node.keys}
    left |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in left:
            yield node.lineno, node.value


@pytest.mark.parametrize("room", ["report", "cli", "app"])
def test_messages_and_pages_keep_to_the_glossary(room: str) -> None:
    """A word that went names what is said instead."""
    files = sorted((ROOT / "govsim" / room).rglob("*.py"))
    found = [
        f"{file.relative_to(ROOT)}:{line}: {hit}"
        for file in files
        if file.name != "glossary.py"
        for line, text in said_in(file)
        if " " in text or re.search("[一-鿿]", text)
        for hit in former(text)
    ]
    assert found == []


@pytest.mark.parametrize(
    "page", ["README.md", "README.zh.md", "docs/guide.md", "docs/lessons.md", "docs/cluster.md"]
)
def test_written_pages_keep_to_the_glossary(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    assert [f"{n}: {hit}" for n, line in enumerate(text.splitlines(), 1) for hit in former(line)] == []


def test_the_glossary_keeps_to_itself() -> None:
    """Names are unique, and none of them is a word that went; what is said instead is named."""
    for language in (0, 1):
        names = [
            said[language] for name, said in INDICATORS.items() if not name.startswith("resolved_existing")
        ]
        assert [hit for name in names for hit in former(name)] == []
    assert {name for name in INDICATORS if name not in KNOWN} == set()
    assert former("26-week resolution") == ["26-week: say within half a year"]
    assert former("5个种子") == ["种子: say 重复模拟；随机种子"]
    assert former("随机种子1–5") == []


def test_each_kind_of_unresolved_has_a_word_of_its_own() -> None:
    """When the run ends, so long after it arose, and so far; a bare word says none of them."""
    for said in UNRESOLVED.values():
        en, zh = (
            words.replace("{time}", time) for words, time in zip(said, ("half a year", "半年"), strict=True)
        )
        assert former(en) == former(zh) == []
    assert INDICATORS["still_open"].en == UNRESOLVED["at the end"].en
    for bare in ("problems stay unresolved", "still unsolved", "仍未解决", "未解决的问题"):
        assert former(bare), bare


@pytest.mark.parametrize(
    ("weeks", "en", "zh"),
    [(1, "1 week", "1周"), (13, "a quarter", "一个季度"), (26, "half a year", "半年"), (40, "40 weeks", "40周"),
     (52, "one year", "一年"), (260, "five years", "五年"), (624, "12 years", "12年")],
)  # fmt: skip
def test_weeks_are_said_as_years(weeks: int, en: str, zh: str) -> None:
    assert duration(weeks) == (en, zh)
