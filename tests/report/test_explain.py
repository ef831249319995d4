"""Stories of problems and residents: every sentence is made of the ledger rows that it names, and of no others."""

from __future__ import annotations

import re
from itertools import permutations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from govsim.cli import main
from govsim.report.stories.text import CHINESE, ENGLISH, Teller, hours_text
from govsim.results.load import Results, load_run
from govsim.results.store import RunContext, RunIdentity, write_run
from govsim.results.story import Fact, Ledgers, case_story, resident_story
from tests.synthetic import HOURS_PER_WEEK, make_recording

pytestmark = pytest.mark.slow

DAY = HOURS_PER_WEEK / 5
TIMES = ("onset", "detected", "closed", "funded", "first_handled", "competent", "time")
WEEKS = ("first_active", "last_active", "left_week")
"""Columns that count weeks from 0; stories count them from 1."""
WORDS_WITH_NUMBERS = ("(0-1)", "of 1;", "（0-1）", "（满分1）")


def written(out: Path, seed: int = 1, label: str = "Some model", **changes: int) -> Path:
    identity = RunIdentity("s", label, seed)
    context = RunContext("Place", label, "neutral", label, ["govsim"], {}, f"2026-01-0{seed}T00:00:00Z", 1.0)
    write_run(out / identity.key, identity, context, make_recording(seed, **changes))
    return out / identity.key


def explain(capsys: pytest.CaptureFixture[str], *words: object) -> list[str]:
    assert main(["explain", *map(str, words)]) == 0
    return capsys.readouterr().out.splitlines()


def rows_of(sentence: str) -> dict[str, list[int]]:
    """Read ``[cases 3; events 5-7, 9]`` at the end of a sentence."""
    match = re.fullmatch(r".*\[([^\]]+)\]", sentence)
    assert match, f"no rows: {sentence}"
    found: dict[str, list[int]] = {}
    for part in match[1].split("; "):
        table, _, numbers = part.partition(" ")
        for piece in numbers.split(", "):
            first, _, last = piece.partition("-")
            found.setdefault(table, []).extend(range(int(first), int(last or first) + 1))
    return found


class Tables:
    """The Parquet files of a run, read with nothing of govsim's."""

    def __init__(self, folder: Path, weeks: int, hours_per_week: float = HOURS_PER_WEEK) -> None:
        self.by_name = {
            name: pd.read_parquet(folder / f"{name}.parquet") for name in ("cases", "events", "residents")
        }
        self.end, self.week, self.day = weeks * hours_per_week, hours_per_week, hours_per_week / 5
        run = load_run(folder)
        self.names = sorted(
            {*names(run, "offices", "name"), *names(run, "communities", "community")}, key=len, reverse=True
        )

    def written_numbers(self, rows: dict[str, list[int]]) -> set[str]:
        """Return every number that may be said of these rows, as it would be written."""
        numbers: set[str] = set()
        times = [self.end]
        for table, at in rows.items():
            frame = self.by_name[table].iloc[at]
            numbers |= {str(len(frame))}
            for column in frame.columns:
                values = frame[column].dropna()
                if column in WEEKS:
                    numbers |= {f"{week + 1:.0f}" for week in values}
                elif column in TIMES:
                    times += values.astype(float).tolist()
                elif pd.api.types.is_numeric_dtype(values):
                    for value in values.astype(float):
                        numbers |= {
                            f"{value:.0f}" if value == round(value) else "",
                            f"{value:.2f}",
                            hours_text(value),
                        }
                        numbers |= {f"{value:,.0f}"} if column == "money" else set()
            if table == "events":
                numbers |= {str(count) for count in frame["what"].value_counts()}
                for keys in (["source", "office"], ["source"]):
                    numbers |= {
                        hours_text(h) for h in frame.groupby(keys, observed=True)["hours"].sum() if h > 0
                    }
                numbers |= {hours_text(float(frame["hours"].astype(float).sum()))}
            if table == "cases":
                numbers |= {str(count) for count in frame["outcome"].value_counts()}
        for time in times:
            numbers |= {str(int(time // self.week) + 1), str(int(time % self.week // self.day) + 1)}
        numbers |= {f"{abs(a - b) / self.day:,.1f}" for a, b in permutations(times, 2)} | {"0.0"}
        return numbers

    def unfounded(self, sentence: str) -> set[str]:
        """Return the numbers of a sentence that do not follow from its rows."""
        text = sentence.rpartition(" [")[0]
        for word in (*WORDS_WITH_NUMBERS, *self.names):
            text = text.replace(word, " ")
        said = set(re.findall(r"\d[\d,]*(?:\.\d+)?", re.sub(r"(?<=\d),(?=\s)", " ", text)))
        return {number.rstrip(",") for number in said} - self.written_numbers(rows_of(sentence))


def names(run: Results, table: str, column: str) -> list[str]:
    return [str(name).removeprefix("'") for name in run.table(table)[column]]


def interesting(tables: Tables) -> list[int]:
    """One case of every outcome, and such with a refusal, a meeting, money and hours of helpers."""
    cases = tables.by_name["cases"]
    first = cases.groupby("outcome", observed=True)["case"].first().tolist()
    for column in (
        "refusals",
        "convened",
        "money",
        "hours_residents",
        "hours_organisations",
        "recurrence",
        "reopened",
    ):
        first += cases.loc[cases[column] > 0, "case"].head(2).tolist()
    return sorted(set(first))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_number_of_every_sentence_follows_from_its_rows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    folder = written(tmp_path)
    tables = Tables(folder, 80)
    told = 0
    for option, numbers in (("--case", interesting(tables)), ("--resident", [0, 8, 17, 96, 193])):
        for number in numbers:
            lines = explain(capsys, folder, option, number, "--rows", "--lang", language)
            assert len(lines) <= 15
            for sentence in lines[1:]:
                assert not tables.unfounded(sentence), sentence
                told += 1
    assert told > 80


def test_a_wrong_number_would_be_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = written(tmp_path)
    tables = Tables(folder, 80)
    case = next(n for n in interesting(tables) if tables.by_name["cases"]["outcome"][n] == "resolved")
    sentences = explain(capsys, folder, "--case", case, "--rows")[1:]
    for sentence in sentences:
        text, _, rows = sentence.rpartition(" [")
        text = re.sub(r"(\d+\.\d+)", lambda m: f"{float(m[1]) + 7.77:.2f}", text)
        if re.search(r"\d\.\d", text):
            assert tables.unfounded(f"{text} [{rows}"), text


def test_hours_of_a_story_are_those_of_the_ledger(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every hour booked to a case is in one event; work done equals the columns of the case ledger."""
    folder = written(tmp_path)
    tables = Tables(folder, 80)
    cases, events = tables.by_name["cases"], tables.by_name["events"]
    worked = events[events["what"] == "worked"].groupby("case")["hours"].sum()
    columns = [name for name in cases.columns if name.startswith("hours_")]
    booked = cases.set_index("case")[columns].sum(axis=1)
    pd.testing.assert_series_equal(
        worked.reindex(booked.index, fill_value=0.0).astype(float), booked, check_names=False, rtol=1e-6
    )
    case = int(cases.loc[cases["outcome"] == "resolved", "case"].iloc[0])
    last = explain(capsys, folder, "--case", case)[-1]
    assert f"In all {hours_text(float(events.loc[events['case'] == case, 'hours'].sum()))} hours" in last


def test_a_story_says_what_happened(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = written(tmp_path)
    cases = Tables(folder, 80).by_name["cases"]
    solved = cases[(cases["outcome"] == "resolved") & (cases["refusals"] > 0) & (cases["convened"] > 0)].iloc[
        0
    ]
    story = "\n".join(explain(capsys, folder, "--case", solved["case"]))
    found = (solved["detected"] - solved["onset"]) / DAY
    ended = (solved["closed"] - solved["onset"]) / DAY
    week, day = int(solved["closed"] // HOURS_PER_WEEK) + 1, int(solved["closed"] % HOURS_PER_WEEK // DAY) + 1
    assert f"by the hotline, {found:,.1f} working days after it arose" in story
    assert f"It was resolved in week {week}, day {day}, {ended:,.1f} working days after it arose." in story
    arose = int(solved["onset"] // HOURS_PER_WEEK) + 1
    assert f"arose in week {arose}, day " in story
    assert "It was refused once: by works in week" in story
    assert "It was discussed at a joint meeting once, first in week" in story
    hidden = int(cases.loc[cases["outcome"] == "undetected", "case"].iloc[0])
    story = "\n".join(explain(capsys, folder, "--case", hidden))
    assert "It was never detected." in story
    assert "In all" not in story


def test_a_residents_story(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = written(tmp_path)
    people = Tables(folder, 80).by_name["residents"]
    active = int(people.index[people["weeks_active"] > 0][0])
    story = "\n".join(explain(capsys, folder, "--resident", active))
    assert (
        "Weeks with voluntary participation: 20, the first week 4, the last week 24; hours given: 10.0."
        in story
    )
    assert "residents' committee 0.45 and 0.50, street office 0.50 and 0.52" in story
    gone = int(people.index[people["left_week"].notna()][0])
    assert "Left the district in week 41." in "\n".join(explain(capsys, folder, "--resident", gone))
    idle = int(people.index[people["weeks_active"] == 0][0])
    assert "从未自愿参与。" in explain(capsys, folder, "--resident", idle, "--lang", "zh")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("--case", "4000"),
            "--case  4000 is not in this run: its problems have the numbers 0 to 399, for example 200",
        ),
        (("--case", "-1"), "its problems have the numbers 0 to 399"),
        (("--resident", "300"), "its residents have the numbers 0 to 299, for example 149"),
        ((), "give one of --case NUMBER and --resident NUMBER"),
        (("--case", "1", "--resident", "1"), "give one of --case NUMBER and --resident NUMBER"),
    ],
)
def test_a_number_that_is_not_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    folder = written(tmp_path)
    assert main(["explain", str(folder), *words]) == 2
    assert said in capsys.readouterr().err


def test_which_run_is_meant(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for label in ("Some model", "Other co-rule"):
        for seed in (1, 2):
            written(tmp_path / "place", seed, label)
    assert main(["explain", str(tmp_path), "--case", "1"]) == 2
    said = capsys.readouterr().err
    assert "holds 4 runs that fit; say which with" in said
    assert "--model other-co-rule --capacity neutral --seed 2" in said
    head = explain(capsys, tmp_path, "--case", 1, "--model", "other_corule", "--seed", 2)[0]
    assert head.startswith("Place, Other co-rule (neutral), random seed 2, 80 weeks.")
    assert main(["explain", str(tmp_path), "--case", "1", "--model", "third"]) == 2
    assert "no run there fits; there are" in capsys.readouterr().err
    assert main(["explain", str(tmp_path / "nowhere"), "--case", "1"]) == 2
    assert "is not there" in capsys.readouterr().err


def test_of_equal_runs_the_newest_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for n, started in enumerate(("2026-01-01T00:00:00Z", "2026-01-03T00:00:00Z", "2026-01-02T00:00:00Z")):
        identity = RunIdentity("s", f"a{n}", 1)
        context = RunContext(f"Version {n}", "Model", "neutral", "g", ["govsim"], {}, started, 1.0)
        write_run(tmp_path / identity.key, identity, context, make_recording(1))
    assert explain(capsys, tmp_path, "--case", 1)[0].startswith("Version 1, Model")


def test_a_run_that_was_changed_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = written(tmp_path)
    path = folder / "events.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert main(["explain", str(folder), "--case", "1"]) == 4
    assert "events.parquet is not what was written" in capsys.readouterr().err


def test_both_languages_say_the_same() -> None:
    assert ENGLISH.sentences.keys() == CHINESE.sentences.keys()
    assert ENGLISH.phrases.keys() == CHINESE.phrases.keys()
    assert ENGLISH.under_way.keys() == CHINESE.under_way.keys()

    def holes(template: str) -> list[str]:
        return sorted(re.findall(r"{(\w+)}", template))

    for part in ("sentences", "phrases", "under_way"):
        for kind, template in getattr(ENGLISH, part).items():
            assert holes(template) == holes(getattr(CHINESE, part)[kind]), kind
    for kind, template in ENGLISH.under_way.items():
        ended = (ENGLISH.sentences | ENGLISH.phrases)[kind]
        assert set(holes(template)) - {"week"} == set(holes(ended)), kind
    for column, words in ENGLISH.names.items():
        assert len(words) == len(CHINESE.names[column])


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("under_way", [False, True])
def test_a_run_under_way_has_no_end_yet(tmp_path: Path, language: str, under_way: bool) -> None:
    """Of a run that goes on it is said what is true now, in which week, and never what was at the end."""
    ledgers = Ledgers(load_run(written(tmp_path)))
    teller = Teller(ledgers, language, under_way)
    told = [fact for number in range(80) for fact in case_story(ledgers, number)]
    told += [fact for number in range(0, 300, 10) for fact in resident_story(ledgers, number)]
    story = " ".join(teller.sentence(fact) for fact in told)
    now = {"en": "ow, in week 80", "zh": "第80周"}[language]
    end = {"en": r"at the end|At the end|\bever\b|\bnever took", "zh": "期末|至模拟结束|始终没有|从未"}[
        language
    ]
    assert (now in story) is under_way
    assert bool(re.search(end, story)) is not under_way


def test_sentences_begin_with_a_capital_letter(tmp_path: Path) -> None:
    ledgers = Ledgers(load_run(written(tmp_path)))
    teller = Teller(ledgers, "en")
    told = [teller.sentence(fact) for number in range(100) for fact in case_story(ledgers, number)]
    assert {sentence for sentence in told if sentence[0].islower()} == set()


@pytest.mark.parametrize(("language", "first"), [("en", "5 times: first by"), ("zh", "5次：起初是第")])
def test_of_many_refusals_the_first_are_told(tmp_path: Path, language: str, first: str) -> None:
    teller = Teller(Ledgers(load_run(written(tmp_path))), language)
    three = [(0, 10.0), (1, 50.0), (0, 90.0)]
    assert first in teller.sentence(Fact("refused", {"count": 5, "told": three}))
    assert first[-4:] not in teller.sentence(Fact("refused", {"count": 3, "told": three}))


@pytest.mark.assurance
def test_stories_of_a_real_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of every third case and a ninetieth of the residents of the tiny scenario, under both models."""
    asked = ["--weeks", "52", "--seeds", "1", "--no-figures", "--capacity", "neutral", "--jobs", "1"]
    assert main(["run", "tiny", *asked, "--out", str(tmp_path)]) == 0
    capsys.readouterr()
    for run in sorted(path.parent for path in (tmp_path / "tiny").glob("*/cases.parquet")):
        tables = Tables(run, 52, load_run(run).manifest["hours_per_week"])
        for option, numbers in (
            ("--case", np.unique(tables.by_name["cases"]["case"]).tolist()[::3]),
            ("--resident", tables.by_name["residents"]["resident"].tolist()[::90]),
        ):
            for number in numbers:
                lines = explain(capsys, run, option, number, "--rows")
                assert len(lines) <= 15
                for sentence in lines[1:]:
                    assert not tables.unfounded(sentence), sentence
