"""The app's runs are those of `govsim run`; its sliders are the declarations; what is wrong leaves it where it was."""

from __future__ import annotations

from dataclasses import replace

import pytest

from govsim.app.page import WORDS
from govsim.app.session import CURVES, MOST_RESIDENTS, Session, drawn_columns, movable_numbers
from govsim.cli import classroom, main
from govsim.engine import resolve_arm, simulate
from govsim.report.lessons.page import weekly_series
from govsim.scenario import load, load_governance
from govsim.scenario.messages import ScenarioError
from govsim.world import build


def test_stepping_gives_the_numbers_of_a_run() -> None:
    session = Session("tiny")
    models = ("yantian", "hangzhou")
    session.start(
        replace(session.asked, models=models, seed=7, moved={"population.residents": 200, "run.weeks": 9})
    )
    while not session.over:
        session.step()
        session.frames()
        session.curves()
    scenario = load("tiny", ["population.residents=200", "run.weeks=9"]).scenario
    world = build(scenario.population, scenario.network, 7)
    for side, model in zip(("left", "right"), models, strict=True):
        run = simulate(world, scenario, resolve_arm(load_governance(model).model, "neutral"), 7)
        assert session.curves()[side] == weekly_series(run, CURVES)
    session.step()
    assert session.week == 9
    assert "--set population.residents=200 --set run.weeks=9 --set run.first_seed=7" in session.commands()[1]


def test_two_people_do_not_share_a_run() -> None:
    one, other = Session("tiny"), Session("tiny")
    one.step()
    assert (one.week, other.week) == (1, 0)


def test_what_is_refused_leaves_the_runs_as_they_are() -> None:
    session = Session("tiny")
    session.step()
    with pytest.raises(ScenarioError, match=r"add up to|exceed"):
        session.start(
            replace(session.asked, moved={"population.ages.under_18": 0.6, "population.ages.over_60": 0.9})
        )
    assert session.week == 1
    assert session.asked.moved == {}


def test_a_large_district_begins_small_enough_to_be_seen() -> None:
    session = Session("yingzi")
    assert session.loaded.scenario.population.residents == MOST_RESIDENTS


def test_stories_of_both_sides_and_languages() -> None:
    session = Session("tiny")
    assert session.story(0, "resident", 3, "en") == []
    for _ in range(12):
        session.step()
    assert session.story(0, "resident", 3, "en")[0].startswith("Resident 3:")
    chinese = session.story(1, "resident", 3, "zh")
    assert chinese[0].startswith("居民3：")
    assert "社区" in chinese[1]
    assert "Community" not in chinese[1]
    case = session.frames()["left"]["problems"][1]
    assert session.story(0, "case", case, "en")[0].startswith(f"Problem {case} ")
    assert session.story(0, "resident", 3, "en")[-1].startswith("Now, in week 12, ")
    assert session.story(0, "case", 10**9, "en") == []


def test_every_slider_moves_a_declared_number_within_its_limits() -> None:
    loaded = load("tiny")
    found = movable_numbers(loaded)
    assert len(found) > 150
    for path, knob in found.items():
        assert knob.low < knob.high, path
        assert knob.low <= knob.value <= knob.high, path
        assert knob.label["en"], path
        assert knob.label["zh"], path
        assert 0 < knob.step <= knob.high - knob.low, path
    for path in ("tasks.community_hours", "capacity.staff.community", "population.party.share_of_adults"):
        for value in (found[path].low, found[path].high):
            load("tiny", [found[path].setting(value)])


def test_words_are_there_in_both_languages() -> None:
    assert set(WORDS["en"]) == set(WORDS["zh"])
    assert set(drawn_columns()) == set(CURVES)


def test_without_its_library_the_app_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(classroom.importlib.util, "find_spec", lambda name: None)
    assert main(["app", "tiny", "--no-browser"]) == 5
    assert "pip install -e '.[app]'" in capsys.readouterr().err


def test_a_wrong_scenario_is_refused_before_anything_is_served(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("nicegui")
    assert main(["app", "tinny", "--no-browser"]) == 2
    assert "did you mean  tiny?" in capsys.readouterr().err
