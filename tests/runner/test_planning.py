"""Arms with measures: identity by content, labels, and files that make a run repeatable."""

from __future__ import annotations

import json
import pickle
import shlex
from pathlib import Path

import pytest

from govsim.runner.planning import Choice, Mode, _documents, arms_with, content, plan, scenario_hash
from govsim.scenario import Loaded, ScenarioError, load, load_governance

LEGACY = "legacy_administrative"


def own(lever: str, name: str = "{en: mine}") -> str:
    return f"govsim: 1\nkind: countermeasure\nname: {name}\nlevers:\n  - {{{lever}}}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "s.yaml").write_text("extends: tiny\n")
    (tmp_path / "visits.yaml").write_text(
        own("path: detection.visit_share, add: 0.1", "{en: more visits, zh: 多走访}")
    )
    (tmp_path / "again.yaml").write_text(own("path: detection.visit_share, add: 0.1", "{en: other name}"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def arms(*measures: str) -> Loaded:
    """Load the legacy model without measures and once with each of these lists of entries."""
    models = [LEGACY, *(f"{{model: {LEGACY}, measures: [{entries}]}}" for entries in measures)]
    return load("s.yaml", [f"governance.models=[{', '.join(models)}]"])


def identities(loaded: Loaded, mode: Mode = "neutral") -> list[str]:
    return [content(plan(Choice("s.yaml", loaded, model, mode), Path("out"))) for model in loaded.governance]


def test_an_arm_with_a_measure_is_another_arm_by_content_alone(folder: Path) -> None:
    plain, first, same, later = identities(
        arms("{use: visits.yaml, start: 4}", "{use: again.yaml, start: 4}", "{use: visits.yaml, start: 5}")
    )
    assert first == same
    assert len({plain, first, later}) == 3


def test_its_label_names_the_measure(folder: Path) -> None:
    loaded = arms("{use: visits.yaml, start: 4}")
    arm = plan(Choice("s.yaml", loaded, loaded.governance[1], "neutral"), Path("out")).arm
    assert arm.label == "Legacy administrative + more visits"
    assert arm.label_zh == "传统行政管理 + 多走访"


def test_the_timeline_belongs_to_the_scenario_and_is_known_by_content(folder: Path) -> None:
    def hashed(timeline: str) -> str:
        return scenario_hash(load("s.yaml", [f"timeline={timeline}"]))

    plain, first = hashed("[]"), hashed("[{use: visits.yaml, start: 4, end: 9}]")
    assert plain == scenario_hash(load("s.yaml"))
    assert first == hashed("[{use: again.yaml, start: 4, weeks: 5}]")
    assert len({plain, first, hashed("[{use: visits.yaml, start: 4, end: 9, ramp: 1}]")}) == 3
    before = arms("{use: visits.yaml, start: 4}")
    assert scenario_hash(before) == plain


def test_help_from_outside_makes_no_difference_in_a_neutral_run(folder: Path) -> None:
    (folder / "outside.yaml").write_text(own("path: capacity.observed_seconded, add: 5.0"))
    (folder / "other.yaml").write_text(own("path: capacity.observed_money, add: 5.0"))
    loaded = arms("{use: outside.yaml, start: 4}", "{use: other.yaml, start: 4}")
    neutral, observed = identities(loaded), identities(loaded, "observed")
    assert neutral[0] == neutral[1] == neutral[2]
    assert len(set(observed)) == 3


@pytest.mark.parametrize("index", [0, 1])
def test_the_files_of_a_run_folder_are_the_same_arm_again(folder: Path, index: int) -> None:
    loaded = load(
        "s.yaml",
        [
            f"governance.models=[{{model: {LEGACY}, measures: [{{use: visits.yaml, start: 4, ramp: 2}}]}}, {LEGACY}]",
            "timeline=[{use: water_failure, when: {measure: open_cases, above: 3}, weeks: 4}, "
            "{governance: shanghai, start: 9}]",
        ],
    )
    wanted = plan(Choice("s.yaml", loaded, loaded.governance[index], "neutral"), Path("out"))
    (folder / "kept").mkdir()
    for name, text in wanted.documents(7).items():
        (folder / "kept" / name).write_text(text, encoding="utf-8")
    kept = load("kept/scenario.yaml")
    assert len(kept.governance) == 1
    assert (kept.scenario.run.seeds, kept.scenario.run.first_seed) == (1, 7)
    again = plan(Choice("kept/scenario.yaml", kept, kept.governance[0], "neutral"), Path("out"))
    assert content(again) == content(wanted)


def test_the_command_of_a_run_repeats_its_measures(folder: Path) -> None:
    loaded = arms("{use: visits.yaml, start: 4}")
    wanted = plan(Choice("s.yaml", loaded, loaded.governance[1], "neutral"), Path("out"))
    words = shlex.split(wanted.repeat.format(seed=3))
    settings = [words[place + 1] for place, word in enumerate(words) if word == "--set"]
    assert "run.first_seed=3" in settings
    again = load("s.yaml", settings)
    assert identities(again) == [content(wanted)]


def test_a_model_chosen_by_hand_is_tried_against_the_timeline(folder: Path) -> None:
    (folder / "station.yaml").write_text(own("path: capacity.station_share, add: 0.4"))
    (folder / "s.yaml").write_text(
        f"extends: tiny\ngovernance: {{models: [{LEGACY}]}}\ntimeline: [{{use: station.yaml, start: 2}}]\n"
    )
    loaded = load("s.yaml")
    with pytest.raises(
        ScenarioError, match=r"station.yaml:5  timeline\[0\].use.levers\[0\].add  capacity.station_share"
    ) as caught:
        plan(Choice("s.yaml", loaded, load_governance("yantian"), "neutral"), Path("out"))
    assert "under Yantian" in str(caught.value)
    plan(Choice("s.yaml", loaded, load_governance("shanghai"), "neutral"), Path("out"))


def test_json_in_words_is_what_was_written(folder: Path) -> None:
    loaded = arms("{use: visits.yaml, start: 4, ramp: 2}")
    assert json.loads(loaded.governance[1].words) == {
        "model": LEGACY,
        "measures": [{"use": "visits.yaml", "start": 4, "ramp": 2}],
    }
    assert loaded.governance[1].written == "governance.models[1]"


def test_each_model_with_and_without_measures(folder: Path) -> None:
    plain = arms("{use: visits.yaml, start: 4}")
    loaded = load("s.yaml", [arms_with(plain.governance, ["cadre_campaign@3-20", "party_training@7"])])
    own = [[(entry.start, entry.end) for entry in model.measures] for model in loaded.governance]
    assert own == [[], [(3, 20), (7, None)], [(4, None)], [(4, None), (3, 20), (7, None)]]
    labels = [
        plan(Choice("s.yaml", loaded, model, "neutral"), Path("out")).label for model in loaded.governance
    ]
    assert labels[1] == "Legacy administrative + cadre campaign + Party-member training"
    assert len(set(identities(loaded))) == 4


@pytest.mark.parametrize(
    "text", ["cadre_campaign", "cadre_campaign@", "@3", "cadre_campaign@x", "cadre_campaign@3-"]
)
def test_a_measure_on_the_command_line_needs_its_week(folder: Path, text: str) -> None:
    with pytest.raises(ScenarioError, match="write  cadre_campaign@26"):
        arms_with(arms().governance, [text])


def test_the_engine_can_be_sent_to_a_worker_that_stands_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pickle

    from govsim.runner.planning import default_engine

    monkeypatch.chdir(tmp_path)
    engine = pickle.loads(pickle.dumps(default_engine(Path("out"))))
    assert engine.simulate.keywords == {"folder": tmp_path / "out"}
    for name in ("tiny", "yingzi"):
        loaded = load(name)
        sent = plan(Choice(name, loaded, loaded.governance[0], "neutral"), tmp_path)
        assert pickle.loads(pickle.dumps(sent)).documents(3) == sent.documents(3)


def test_documents_of_later_seeds_are_those_of_the_first_with_another_seed(folder: Path) -> None:
    (folder / "m.yaml").write_text(
        "extends: tiny\nrun: {first_seed: {value: 3, status: assumed, source: seed 3 of 3}}\n"
    )
    for name in ("s.yaml", "m.yaml"):
        loaded = load(name)
        choice = Choice(name, loaded, loaded.governance[0], "neutral")
        documents = plan(choice, Path("out")).documents
        for seed in (7, 8, 1, 3, 0, 77, 1, 2**31):
            assert documents(seed) == _documents(choice, seed), (name, seed)
        assert pickle.loads(pickle.dumps(documents))(9) == documents(9)
