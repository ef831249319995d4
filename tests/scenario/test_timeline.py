"""Measures, shocks and reforms: blending, ramps, conditions, what is refused and where, and identity by content."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govsim.cli import main
from govsim.scenario import (
    ScenarioError,
    content_hash,
    list_governance,
    list_measures,
    load,
    load_governance,
    load_measure,
)
from govsim.scenario.levers import fault, lever_target, movable
from govsim.scenario.schema import Scenario
from govsim.scenario.schema.governance import Governance
from govsim.scenario.schema.timeline import Lever, Measure, TimelineEntry
from govsim.scenario.show import as_yaml
from govsim.scenario.timeline import LeverError, Step, effective, met, steps_met, steps_of, weight

pytestmark = pytest.mark.slow

LEGACY = "legacy_administrative"


def measure(*levers: dict[str, object], kind: str = "shock") -> Measure:
    content = {"govsim": 1, "kind": kind, "name": {"en": "test"}, "levers": levers}
    return Measure.model_validate_json(json.dumps(content))


def step(*levers: dict[str, object], start: int = 0, **timing: object) -> Step:
    content = measure(*levers).model_dump(mode="json")
    return Step.of(TimelineEntry.model_validate_json(json.dumps({"use": content, "start": start, **timing})))


def reform(name: str, start: int) -> Step:
    model = load_governance(name).model.model_dump(mode="json")
    return Step.of(TimelineEntry.model_validate_json(json.dumps({"governance": model, "start": start})))


@pytest.fixture(scope="module")
def base() -> tuple[Scenario, Governance]:
    return load("tiny").scenario, load_governance(LEGACY).model


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def refused(folder: Path) -> Callable[..., str]:
    """Return the report on a scenario over ``tiny`` (52 weeks) with this text below; other files by name."""

    def report(text: str, **files: str) -> str:
        (folder / "mine.yaml").write_text(f"extends: tiny\n{text}", encoding="utf-8")
        for name, content in files.items():
            (folder / f"{name}.yaml").write_text(content, encoding="utf-8")
        with pytest.raises(ScenarioError) as caught:
            load("mine.yaml")
        return caught.value.report()

    return report


def own(levers: str, kind: str = "countermeasure") -> str:
    return f"govsim: 1\nkind: {kind}\nname: {{en: mine}}\nlevers:\n{levers}"


# Strength in a week


def test_a_ramp_rises_to_full_strength_and_falls_after_the_end() -> None:
    ramped = step({"path": "detection.visit_share", "add": 0.1}, start=10, end=20, ramp=3)
    got = [weight(ramped, None, week) for week in range(8, 25)]
    assert got == [0, 0, 0.25, 0.5, 0.75, 1, 1, 1, 1, 1, 1, 1, 0.75, 0.5, 0.25, 0, 0]
    assert ramped.last_week == 22
    assert weight(ramped, None, 22) > 0 == weight(ramped, None, 23)


def test_without_a_ramp_it_is_whole_at_once_and_without_an_end_it_stays() -> None:
    sudden = step({"path": "detection.visit_share", "add": 0.1}, start=3, strength=0.4)
    assert [weight(sudden, None, week) for week in (2, 3, 4, 5000)] == [0, 0.4, 0.4, 0.4]
    assert sudden.last_week is None


def test_a_measure_that_ends_before_it_is_whole_falls_from_what_it_reached() -> None:
    short = step({"path": "detection.visit_share", "add": 0.1}, start=0, weeks=2, ramp=3)
    assert [weight(short, None, week) for week in range(6)] == [0.25, 0.5, 0.375, 0.25, 0.125, 0]


@given(st.integers(0, 30), st.integers(1, 40), st.integers(0, 20), st.integers(0, 120))
def test_strength_is_a_share_and_moves_by_no_more_than_a_step_of_the_ramp(
    start: int, weeks: int, ramp: int, week: int
) -> None:
    it = step({"path": "detection.visit_share", "add": 0.1}, start=start, weeks=weeks, ramp=ramp)
    now, then = weight(it, None, week), weight(it, None, week + 1)
    assert 0 <= now <= 1
    assert abs(then - now) <= 1 / (ramp + 1) + 1e-12
    assert it.last_week is not None
    assert (now > 0) == (start <= week <= it.last_week)


def test_a_condition_starts_once_and_lasts_from_there() -> None:
    content = measure({"path": "tasks.community_hours", "add": 1}).model_dump(mode="json")
    entry = {"use": content, "when": {"measure": "open_cases", "above": 30, "not_before": 4}, "weeks": 5}
    waiting = Step.of(TimelineEntry.model_validate_json(json.dumps(entry)))
    assert waiting.when is not None
    assert [weight(waiting, None, week) for week in (0, 40)] == [0, 0]
    assert [weight(waiting, 7, week) for week in (6, 7, 11, 12)] == [0, 1, 1, 0]
    assert met(waiting.when, {"open_cases": 30.1}, 4)
    assert not met(waiting.when, {"open_cases": 30.1}, 3)
    assert not met(waiting.when, {"open_cases": 30.0}, 4)
    assert not met(waiting.when, {"open_cases": float("nan")}, 4)


# What is in force


def test_numbers_go_by_strength_and_choices_change_at_one_half(
    base: tuple[Scenario, Governance],
) -> None:
    scenario, model = base
    steps = [
        step(
            {"path": "detection.visit_share", "add": 0.1}, {"path": "detection.visit_targets", "set": "round"}
        ),
        step({"path": "tasks.community_hours", "multiply": 2}, {"path": "agenda.quorum", "set": 10}),
    ]
    for share in (0.25, 0.5, 1.0):
        now, governed = effective(scenario, model, steps, [share, share])
        assert governed.detection.visit_share == pytest.approx(model.detection.visit_share + 0.1 * share)
        assert governed.detection.visit_targets == (
            "round" if share >= 0.5 else model.detection.visit_targets
        )
        assert now.tasks.community_hours == pytest.approx(scenario.tasks.community_hours * (1 + share))
        assert governed.agenda.quorum == round(10 * share + 1e-9)
    assert now.problems is scenario.problems
    assert model.detection.visit_share == load_governance(LEGACY).model.detection.visit_share


def test_nothing_in_force_changes_nothing(base: tuple[Scenario, Governance]) -> None:
    scenario, model = base
    now, governed = effective(scenario, model, [step({"path": "tasks.community_hours", "add": 5})], [0.0])
    assert now is scenario
    assert governed is model


def test_classes_are_chosen_by_name_kind_and_exposure(base: tuple[Scenario, Governance]) -> None:
    scenario, model = base
    for selector, hit in (
        ("water_supply", {"water_supply"}),
        ("kind:structural", {"subsidence_housing", "water_supply", "farmland_loss"}),
        ("exposed:elderly", {"elderly_care"}),
        ("*", set(scenario.problems.classes)),
    ):
        lever = {"path": f"problems.classes.{selector}.rate", "multiply": 3}
        now, _ = effective(scenario, model, [step(lever)], [0.5])
        for name, item in scenario.problems.classes.items():
            assert now.problems.classes[name].rate == pytest.approx(item.rate * (2 if name in hit else 1))


def test_transfers_are_appended_by_their_share(base: tuple[Scenario, Governance]) -> None:
    scenario, model = base
    hours = {"from_tier": "street", "to_tier": "community", "share": 0.2, "seconded": True}
    money = {"from_tier": "department", "to_tier": "street", "share": 0.4}
    both = step(
        {"path": "capacity.transfers", "append": hours}, {"path": "capacity.money_transfers", "append": money}
    )
    _, governed = effective(scenario, model, [both], [0.25])
    assert governed.capacity.transfers[-1].share == pytest.approx(0.05)
    assert governed.capacity.transfers[-1].seconded
    assert governed.capacity.money_transfers[-1].share == pytest.approx(0.1)
    _, governed = effective(scenario, model, [both], [0.0])
    assert governed.capacity.transfers == model.capacity.transfers


def test_the_last_reform_stands_and_levers_move_what_it_brings(
    base: tuple[Scenario, Governance],
) -> None:
    scenario, model = base
    steps = [
        step({"path": "detection.visit_share", "add": 0.1}),
        reform("party_led_cogovernance", 20),
        reform("beijing_hotline", 10),
    ]
    party = load_governance("party_led_cogovernance").model
    _, governed = effective(scenario, model, steps, [1.0, 1.0, 1.0])
    assert governed.routing == party.routing
    assert governed.detection.visit_share == pytest.approx(party.detection.visit_share + 0.1)
    assert effective(scenario, model, steps, [0.0, 0.0, 1.0])[1] == load_governance("beijing_hotline").model
    assert effective(scenario, model, steps, [0.0, 0.0, 0.0])[1] is model


def test_what_comes_from_outside_is_left_out_of_neutral_runs(base: tuple[Scenario, Governance]) -> None:
    party = load_governance("party_led_cogovernance").model
    assert party.capacity.observed_seconded > 0
    content = measure(
        {"path": "capacity.observed_seconded", "add": 3}, {"path": "routing.convening", "set": "street"}
    )
    texts = [
        {"use": content.model_dump(mode="json"), "start": 1},
        {"governance": party.model_dump(mode="json"), "start": 2},
    ]
    entries = [TimelineEntry.model_validate_json(json.dumps(text)) for text in texts]
    observed, neutral = steps_of(entries), steps_of(entries, "neutral")
    assert [lever.path for lever in neutral[0].levers] == ["routing.convening"]
    assert len(observed[0].levers) == 2
    assert neutral[1].model is not None
    assert neutral[1].model.capacity.observed_seconded == 0
    assert observed[1].model == party
    scenario = base[0].model_copy(update={"timeline": entries[:1]})
    assert steps_met(scenario, neutral[1:], "neutral") == neutral


def test_a_value_that_leaves_its_range_is_told_with_its_limits(
    base: tuple[Scenario, Governance],
) -> None:
    scenario, model = base
    steps = [
        step({"path": "routing.convening", "set": "street"}, {"path": "detection.patrol_share", "add": 0.9})
    ]
    with pytest.raises(
        LeverError, match=r"would become 1\.2; allowed: a number, 0–1.*grid workers"
    ) as caught:
        effective(scenario, model, steps, [1.0])
    assert (caught.value.step, caught.value.lever) == (0, 1)
    steps = [
        step({"path": "detection.visit_share", "add": 0.5}),
        step({"path": "mobilisation.call_share", "add": 0.5}),
    ]
    with pytest.raises(LeverError, match="hours of community workers") as caught:
        effective(scenario, model, steps, [1.0, 1.0])
    assert caught.value.step == 1


def test_every_movable_value_can_be_moved(base: tuple[Scenario, Governance]) -> None:
    """No path is offered that a lever of the right kind could not move."""
    scenario, model = base
    for path in movable():
        aim = lever_target(path)
        assert aim is not None
        taken = aim.declared.shape
        if taken.item is not None:
            content: dict[str, object] = {
                "append": {"from_tier": "street", "to_tier": "community", "share": 0.1}
            }
        elif taken.numeric:
            content = {"multiply": 1.0}
        else:
            content = {"set": (taken.choices or [True])[-1]}
        lever = Lever.model_validate_json(json.dumps({"path": path, **content}))
        assert fault(lever) is None, path
        effective(scenario, model, [step({"path": path, **content})], [1.0])


# Shipped measures


def test_what_is_shipped() -> None:
    kinds = {name: load_measure(name).section.kind for name in list_measures()}
    assert sum(kind == "countermeasure" for kind in kinds.values()) == 11
    assert sum(kind == "shock" for kind in kinds.values()) == 5


@pytest.mark.parametrize("name", list_measures())
def test_a_shipped_measure_says_what_it_does_and_what_it_costs_and_where_that_comes_from(name: str) -> None:
    loaded = load_measure(name)
    shipped = loaded.section
    assert shipped.name.en
    assert shipped.name.zh
    for text, least in ((shipped.description.en, 150), (shipped.description.zh, 50)):
        assert len(text) >= least
    if shipped.kind == "countermeasure":
        assert "cost" in shipped.description.en
        assert "代价" in shipped.description.zh or "占用" in shipped.description.zh
    assert shipped.sources
    for index, lever in enumerate(shipped.levers):
        place = f"levers[{index}].{lever.operation}{'.share' if lever.append else ''}"
        assert loaded.origins[place].source, place


def test_all_countermeasures_go_together_with_all_shocks_under_every_model() -> None:
    kinds = {name: load_measure(name).section.kind for name in list_measures()}
    shocks = [
        {"use": name, "start": 5, "ramp": 3, "weeks": 13} for name, kind in kinds.items() if kind == "shock"
    ]
    measures = [{"use": name, "start": 0} for name, kind in kinds.items() if kind == "countermeasure"]
    arms = [{"model": name, "measures": measures} for name in list_governance()]
    loaded = load("tiny", [f"timeline={json.dumps(shocks)}", f"governance.models={json.dumps(arms)}"])
    assert all(len(arm.measures) == 11 for arm in loaded.governance)


def test_a_countermeasure_brings_no_hours_and_no_money() -> None:
    """In a capacity-neutral run it cannot reach the scenario's staff and money, and what is from outside is dropped."""
    for name in list_measures():
        shipped = load_measure(name).section
        if shipped.kind == "countermeasure":
            for lever in shipped.levers:
                aim = lever_target(lever.path)
                assert aim is not None
                assert aim.home == "governance"
                assert not lever.path.startswith("capacity.observed_")


# Loading: names become content


def test_a_loaded_scenario_holds_the_content_with_the_lines_of_its_files(folder: Path) -> None:
    (folder / "deep").mkdir()
    (folder / "deep" / "dig.yaml").write_text(
        own("  - {path: detection.patrol_share, add: {value: 0.1, status: found, source: S}}\n")
    )
    (folder / "mine.yaml").write_text(
        "extends: tiny\ntimeline:\n  - {use: water_failure, start: 3, weeks: 13}\n"
        "  - {governance: party_led_cogovernance, start: 30}\n"
        f"governance:\n  models: [{LEGACY}, {{model: {LEGACY}, measures: [{{use: deep/dig.yaml, start: 2}}]}}]\n"
    )
    loaded = load("mine.yaml")
    steps = steps_of(loaded.scenario.timeline)
    assert [found.label.en for found in steps] == ["water failure", "Party-led co-governance"]
    assert steps[1].model == load_governance("party_led_cogovernance").model
    at = "governance.models[1].measures[0].use.levers[0].add"
    assert str(loaded.origins[at]) == "deep/dig.yaml:5"
    assert (loaded.origins[at].status, loaded.origins[at].source) == ("found", "S")
    assert loaded.origins["timeline[0].use.levers[0].multiply"].file == "govsim/measures/water_failure.yaml"
    assert [len(model.measures) for model in loaded.governance] == [0, 1]
    text = as_yaml(loaded.scenario, loaded.origins, comments=False, annotate=True)
    (folder / "again.yaml").write_text(text)
    again = load("again.yaml")
    assert again.scenario == loaded.scenario


def test_names_and_files_of_measures_enter_no_identity(folder: Path) -> None:
    lever = "  - {path: problems.classes.water_supply.rate, multiply: 2}\n"
    texts = {
        "a": own(lever, "shock"),
        "b": f"# a remark\n{own(lever, 'shock')}".replace("{en: mine}", "{en: Flood, zh: 洪水}")
        + "sources: [{text: T, status: assumed}]\n",
        "c": own(lever.replace("2", "2.5"), "shock"),
    }
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")

    def keys(entry: str) -> list[str]:
        return [
            found.key for found in steps_of(load("mine.yaml", [f"timeline=[{{{entry}}}]"]).scenario.timeline)
        ]

    (folder / "mine.yaml").write_text("extends: tiny\n")
    first = keys("use: a.yaml, start: 4, end: 9")
    assert keys("use: b.yaml, start: 4, end: 9") == first
    assert keys("use: b.yaml, start: 4, weeks: 5, strength: 1.0") == first
    for other in (
        "use: c.yaml, start: 4, end: 9",
        "use: a.yaml, start: 5, end: 9",
        "use: a.yaml, start: 4, end: 9, ramp: 1",
    ):
        assert keys(other) != first


def test_a_reform_is_known_by_what_it_brings(folder: Path) -> None:
    model = load_governance("shanghai")
    (folder / "copy.yaml").write_text(
        as_yaml(model.model, model.origins).replace("en: Shanghai", "en: Elsewhere")
    )
    (folder / "s.yaml").write_text("extends: tiny\ntimeline: [{governance: copy.yaml, start: 9}]\n")
    (folder / "t.yaml").write_text("extends: tiny\ntimeline: [{governance: shanghai, start: 9}]\n")
    copy, shipped = load("s.yaml"), load("t.yaml")
    assert steps_of(copy.scenario.timeline)[0].label.en == "Elsewhere"
    assert steps_of(copy.scenario.timeline)[0].key == steps_of(shipped.scenario.timeline)[0].key
    assert content_hash(copy.scenario) == content_hash(shipped.scenario)


def test_a_measure_may_change_another_one(folder: Path) -> None:
    (folder / "light.yaml").write_text(
        "extends: cadre_campaign\nname: {en: light}\nlevers: [{path: detection.visit_share, add: 0.02}]\n"
    )
    light = load_measure("light.yaml")
    assert light.section.kind == "countermeasure"
    assert light.section.description == load_measure("cadre_campaign").section.description
    assert [lever.add for lever in light.section.levers] == [0.02]


# What is refused


@pytest.mark.parametrize(
    ("entry", "place", "words"),
    [
        ("{use: cadre_campain, start: 2}", "3:11  timeline[0].use", "did you mean cadre_campaign?"),
        ("{governance: bejing_hotline, start: 2}", "3:18  timeline[0].governance", "did you mean beijing_hotline?"),
        ("{use: cadre_campaign, start: 52}", "3:34  timeline[0].start", "the run has 52 weeks, 0 to 51"),
        ("{use: cadre_campaign, start: -1}", "3:34  timeline[0].start", "-1 is outside 0–5200"),
        ("{use: cadre_campaign, start: 9, end: 9}", "3:42  timeline[0]", "the end, week 9, is not after the start, week 9"),
        ("{use: cadre_campaign, start: 9, end: 8}", "3:42  timeline[0]", "start: mine.yaml:3:34"),
        ("{use: cadre_campaign, start: 9, end: 12, weeks: 3}", "3:42", "an end or a length in weeks, not both"),
        ("{use: cadre_campaign}", "3:5  timeline[0]", "or on a condition (when): this one has neither"),
        ("{use: cadre_campaign, start: 1, strength: 1.5}", "3:47  timeline[0].strength", "1.5 is outside 0–1"),
        ("{use: cadre_campaign, start: 1, ramp: two}", "3:43  timeline[0].ramp", '"two" is not a whole number'),
        ("{use: cadre_campaign, strat: 1}", "3:27  timeline[0].strat", "did you mean  start"),
        ("{use: cadre_campaign, governance: shanghai, start: 1}", "3:11  timeline[0]", "this one has both"),
        ("{start: 1}", "3:5  timeline[0]", "a measure (use) or a reform (governance): this one has neither"),
        ("{governance: shanghai, start: 1, ramp: 4}", "3:44  timeline[0]", "a reform has no ramp"),
        ("{use: budget_cut, when: {measure: open_cases}}", "3:39", "write above or below, neither is given"),
        ("{use: budget_cut, when: {measure: active_share, below: 12}}", "3:60", "12 is never passed"),
        ("{use: budget_cut, when: {measure: opn_cases, above: 3}}", "3:39", "did you mean  open_cases?"),
        ("{use: budget_cut, when: {measure: open_cases, above: 3}, end: 9}", "3:67", "has no fixed end: write weeks"),
        ("{use: budget_cut, when: {measure: open_cases, above: 3, not_before: 60}}", "3:73", "week 60 is after the end"),
        ("{use: 5, start: 1}", "3:11  timeline[0].use", "5"),
    ],
)  # fmt: skip
def test_an_entry_that_cannot_be(refused: Callable[..., str], entry: str, place: str, words: str) -> None:
    report = refused(f"timeline:\n  - {entry}\n")
    assert report.startswith(f"mine.yaml:{place}")
    assert words in report
    assert "1 problem." in report


@pytest.mark.parametrize(
    ("lever", "token", "words"),
    [
        ("path: detection.vist_share, add: 0.1", "detection", "did you mean  detection.visit_share?"),
        ("path: visit_share, add: 0.1", "visit_share", "did you mean  detection.visit_share?"),
        ("path: handling.visit_hours, add: 0.1", "handling", "the same in every model: no measure may move it"),
        ("path: trust.bonus, add: 0.1", "trust", "a countermeasure moves values of a governance model"),
        ("path: participation, add: 0.1", "participation", "no measure may move it"),
        ("path: detection, add: 0.1", "detection", "has several parts: a lever moves one value"),
        ("path: resolution.moved_down.everything, set: street", "resolution", "there is no value"),
        ("path: capacity.staff.community, multiply: 2", "capacity", "a countermeasure moves only how it is governed"),
        ("path: problems.classes.*.rate, multiply: 0.5", "problems", "a countermeasure moves only how it is governed"),
        ("path: detection.hotline, add: 0.1", "0.1", "is not a number: use set"),
        ("path: detection.visit_targets, set: rund", "rund", "did you mean  round?"),
        ("path: detection.visit_share, set: 1.5", "1.5", "1.5 cannot stand at detection.visit_share; allowed: a number, 0–1"),
        ("path: agenda.quorum, set: 2.5", "2.5", "a whole number"),
        ("path: capacity.transfers, add: 1", "1}", "is a list: a lever can append to it"),
        ("path: detection.visit_share, add: 5%", "5%", "write 0.05 for 5%"),
        ("path: detection.visit_share, add: 0.1, set: 0.2", "0.1", "this one has add and set"),
        ("path: detection.visit_share", "detection", "none of them"),
        ("path: detection.visit_share, multiply: -1", "-1", "-1 is not at least 0"),
        ("path: capacity.transfers, append: {from_tier: desk, to_tier: desk, share: 0.1}", "desk", "two different tiers"),
    ],
)  # fmt: skip
def test_a_lever_that_cannot_move(refused: Callable[..., str], lever: str, token: str, words: str) -> None:
    """Told with the line of the measure's own file, when it is used as when it is checked by itself."""
    line = f"  - {{{lever}}}"
    report = refused("timeline:\n  - {use: own.yaml, start: 2}\n", own=own(f"{line}\n"))
    assert report.startswith(f"own.yaml:5:{line.index(token) + 1}  ")
    assert words in report
    with pytest.raises(ScenarioError) as caught:
        load_measure("own.yaml")
    assert words in str(caught.value)


def test_a_lever_on_a_class_that_the_scenario_lacks(refused: Callable[..., str]) -> None:
    text = "timeline:\n  - {use: own.yaml, start: 2}\n"
    for selector, words in (
        ("water_suply", "did you mean water_supply?"),
        ("exposed:nobody", "one of all, subsidence, water"),
        ("sort:structural", "selects no classes"),
    ):
        report = refused(
            text, own=own(f"  - {{path: 'problems.classes.{selector}.rate', multiply: 2}}\n", "shock")
        )
        assert report.startswith("own.yaml:5:12  ")
        assert words in report
        assert "used at mine.yaml:3:" in report


def test_a_rate_may_not_rise_above_the_ceiling_under_which_problems_are_drawn(
    refused: Callable[..., str],
) -> None:
    lever = "  - {path: problems.classes.water_supply.rate, multiply: 5.5}\n"
    report = refused("timeline:\n  - {use: own.yaml, start: 2}\n", own=own(lever, "shock"))
    assert (
        "own.yaml:5:58  timeline[0].use.levers[0].multiply  problems.classes.water_supply.rate would become 0.33"
        in report
    )
    assert "allowed: at most 0.3, 5 times the declared rate (infrastructure.ceiling)" in report
    assert "1 problem." in report
    twice = "timeline:\n  - {use: own.yaml, start: 2}\n  - {use: own.yaml, start: 9}\n"
    report = refused(twice, own=own(lever.replace("5.5", "3"), "shock"))
    assert (
        "timeline[1].use.levers[0].multiply  problems.classes.water_supply.rate would become 0.54" in report
    )


def test_full_strength_must_stay_in_range_under_every_model_that_meets_it(
    refused: Callable[..., str],
) -> None:
    lever = "  - {path: capacity.station_share, add: 0.4}\n"
    arms = "governance: {models: [legacy_administrative, yantian]}\n"
    report = refused(f"{arms}timeline:\n  - {{use: own.yaml, start: 2, ramp: 9}}\n", own=own(lever))
    assert report.startswith(
        "own.yaml:5:41  timeline[0].use.levers[0].add  capacity.station_share would become 1.1"
    )
    assert "allowed: a number, 0–1" in report
    assert "share of community workers" in report
    assert "under Yantian, at full strength, used at mine.yaml:4:5 (timeline[0])" in report
    assert "1 problem." in report


def test_values_that_do_not_go_together_at_full_strength(refused: Callable[..., str]) -> None:
    text = "timeline:\n  - {use: a.yaml, start: 2, end: 30}\n  - {use: b.yaml, when: {measure: open_cases, above: 9}}\n"
    report = refused(
        text,
        a=own("  - {path: detection.visit_share, add: 0.4}\n"),
        b=own("  - {path: mobilisation.call_share, add: 0.45}\n"),
    )
    assert "b.yaml:5:42  timeline[1].use.levers[0].add" in report
    assert "hours of community workers" in report
    folder = Path("mine.yaml")
    folder.write_text(folder.read_text().replace("0.4}", "0.3}"))
    load("mine.yaml", ["timeline[0].strength=0.4"])


def collide(refused: Callable[..., str], first: str, second: str, one: str, other: str) -> str:
    return refused(
        f"timeline:\n  - {{use: a.yaml, {first}}}\n  - {{use: b.yaml, {second}}}\n",
        a=own(one, "shock"),
        b=own(other, "shock"),
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{path: detection.visit_share, set: 0.1}", "{path: detection.visit_share, set: 0.2}"),
        ("{path: detection.visit_share, set: 0.1}", "{path: detection.visit_share, set: 0.1}"),
        ("{path: detection.visit_share, add: 0.1}", "{path: detection.visit_share, set: 0.2}"),
        ("{path: detection.visit_share, add: 0.1}", "{path: detection.visit_share, multiply: 2}"),
        ("{path: tasks.admission, set: permit_list}", "{path: tasks.admission, set: moved_up}"),
        ("{path: 'problems.classes.*.rate', set: 0.1}", "{path: 'problems.classes.kind:structural.rate', add: 0.01}"),
    ],
)  # fmt: skip
def test_one_value_is_not_set_twice_in_one_week(refused: Callable[..., str], one: str, other: str) -> None:
    report = collide(refused, "start: 2, end: 20, ramp: 3", "start: 22", f"  - {one}\n", f"  - {other}\n")
    assert report.startswith("b.yaml:5:")
    assert "is moved twice in the same week" in report
    assert "timeline[0].use.levers[0]" in report
    assert ": a.yaml:5:" in report
    assert "used at mine.yaml:3:5 (timeline[0])" in report
    assert "used at mine.yaml:4:5 (timeline[1])" in report


VISITS = "path: detection.visit_share"


@pytest.mark.parametrize(
    ("first", "second", "one", "other"),
    [
        ("start: 2", "start: 3", f"{{{VISITS}, add: 0.1}}", f"{{{VISITS}, add: 0.2}}"),
        ("start: 2", "start: 3", "{path: tasks.street_hours, multiply: 2}", "{path: tasks.street_hours, multiply: 3}"),
        ("start: 2", "start: 3", "{path: detection.hotline, set: false}", "{path: detection.hotline, set: false}"),
        ("start: 2, end: 20, ramp: 3", "start: 23", f"{{{VISITS}, set: 0.1}}", f"{{{VISITS}, set: 0.2}}"),
        ("start: 23", "start: 2, weeks: 18, ramp: 3", f"{{{VISITS}, set: 0.1}}", f"{{{VISITS}, set: 0.2}}"),
    ],
)  # fmt: skip
def test_what_may_come_together_or_after_each_other(
    folder: Path, first: str, second: str, one: str, other: str
) -> None:
    (folder / "a.yaml").write_text(own(f"  - {one}\n", "shock"))
    (folder / "b.yaml").write_text(own(f"  - {other}\n", "shock"))
    text = f"extends: tiny\ntimeline:\n  - {{use: a.yaml, {first}}}\n  - {{use: b.yaml, {second}}}\n"
    (folder / "mine.yaml").write_text(text)
    assert len(load("mine.yaml").scenario.timeline) == 2


def test_what_waits_for_a_condition_may_meet_everything(refused: Callable[..., str]) -> None:
    lever = "  - {path: detection.visit_share, set: 0.1}\n"
    report = collide(refused, "start: 2, end: 4", "when: {measure: open_cases, above: 3}", lever, lever)
    assert "is moved twice in the same week" in report


def test_two_reforms_do_not_start_in_one_week(refused: Callable[..., str]) -> None:
    report = refused("timeline:\n  - {governance: shanghai, start: 4}\n  - {governance: yantian, start: 4}\n")
    assert report.startswith("mine.yaml:4:34  timeline[1].start  two reforms start in week 4")
    assert "timeline[0].start: mine.yaml:3:35" in report


def test_a_shock_strikes_every_model(refused: Callable[..., str]) -> None:
    report = refused(
        f"governance:\n  models: [{{model: {LEGACY}, measures: [{{use: budget_cut, start: 2}}]}}]\n"
    )
    assert report.startswith("mine.yaml:3:")
    assert "a shock strikes every model alike" in report


def test_an_arms_own_measure_collides_with_the_timeline(refused: Callable[..., str]) -> None:
    text = (
        f"governance:\n  models: [{LEGACY}, {{model: {LEGACY}, measures: [{{use: b.yaml, start: 2}}]}}]\n"
        "timeline: [{use: a.yaml, start: 1}]\n"
    )
    report = refused(
        text,
        a=own("  - {path: detection.visit_share, set: 0.1}\n"),
        b=own("  - {path: detection.visit_share, set: 0.2}\n"),
    )
    assert (
        "governance.models[1].measures[0].use.levers[0].set  detection.visit_share is moved twice" in report
    )
    assert "1 problem." in report


def test_all_mistakes_of_a_timeline_are_told_at_once(refused: Callable[..., str]) -> None:
    report = refused(
        "timeline:\n  - {use: nothing_like_it, start: 1}\n  - {use: a.yaml, start: 99}\n  - {governance: b.yaml, start: 1}\n",
        a=own("  - {path: detection.vist_share, add: 0.1}\n"),
        b="govsim: 1\nname: {en: B}\n",
    )
    for words in (
        "no built-in measure of that name",
        "timeline[1].start  week 99 is after",
        "did you mean  detection.visit_share?",
        "b.yaml:1:1  detection  is missing",
    ):
        assert words in report


def test_a_measure_is_a_file_that_check_and_show_know(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "mine.yaml").write_text(own("  - {path: detection.visit_share, add: 0.1}\n"))
    (folder / "child.yaml").write_text("extends: cadre_campaign\nname: {en: child}\n")
    for name, words in (
        ("mine.yaml", "countermeasure mine, 1 lever"),
        ("child.yaml", "child"),
        ("budget_cut", "shock"),
    ):
        assert main(["check", name]) == 0
        assert words in capsys.readouterr().out
    assert main(["show", "mine.yaml"]) == 0
    assert "add: 0.1" in capsys.readouterr().out
    assert main(["check", "mine.yaml", "--set", "kind=shock"]) == 2
    assert "copy the measure file and edit the copy" in capsys.readouterr().out
    (folder / "mine.yaml").write_text(
        own("  - {path: detection.visit_share, add: 0.1}\n") + "outcome_bonus: 0.1\n"
    )
    assert main(["check", "mine.yaml"]) == 2
    assert "what comes out of it cannot be written into it" in capsys.readouterr().out


def test_what_can_be_written_is_described(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["describe", "timeline"]) == 0
    told = capsys.readouterr().out
    for key in TimelineEntry.model_fields:
        assert f"timeline[].{key}" in told
    assert main(["describe", "levers[].multiply"]) == 0
    assert "(measure)" in capsys.readouterr().out
