"""``govsim new model``: one file, sound from the start, usable at once."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from govsim.cli import main
from govsim.cli.scenarios import as_file
from govsim.scenario import list_governance, load_governance
from govsim.scenario.declare import Section

pytestmark = pytest.mark.slow

MODELS = list_governance()


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_one_file_that_check_accepts(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "model", "whistle", "--from", "legacy"]) == 0
    out, err = capsys.readouterr()
    assert "taken as the built-in governance model legacy_administrative" in err
    assert files(here) == ["whistle.yaml"]
    for command in (
        "govsim check whistle.yaml",
        "govsim audit whistle.yaml",
        "compare legacy_administrative whistle.yaml",
    ):
        assert command in out
    assert main(["check", "whistle.yaml"]) == 0
    assert load_governance("whistle.yaml").key == load_governance("legacy_administrative").key


@pytest.mark.parametrize("base", MODELS)
def test_the_content_is_that_of_the_model_it_started_from(base: str, here: Path) -> None:
    assert main(["new", "model", "mine", "--from", base]) == 0
    mine, theirs = load_governance("mine.yaml"), load_governance(base)
    assert mine.key == theirs.key
    assert mine.model.name.en == "Mine"
    assert mine.model.sources == []
    written = yaml.safe_load((here / "mine.yaml").read_text("utf-8"))
    for block, section in theirs.model:
        if isinstance(section, Section) and block not in ("name", "description"):
            assert set(written[block]) == set(type(section).model_fields), "every switch is there to be seen"


def test_no_source_of_the_old_model_vouches_for_the_new_one(here: Path) -> None:
    assert main(["new", "model", "mine", "--from", "party_led_cogovernance"]) == 0
    origins = load_governance("mine.yaml").origins
    written = [origin for path, origin in origins.items() if origin.kind == "file" and "." in path]
    assert written
    assert {origin.status for origin in written} <= {"assumed", "design", "found", "derived"}
    assert not [origin for origin in written if origin.status == "found"]


def test_it_can_be_edited_compared_and_named_in_a_scenario(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", "model", "whistle", "--from", "legacy_administrative"]) == 0
    file = here / "whistle.yaml"
    file.write_text(file.read_text("utf-8").replace('convening: "none"', 'convening: "street"'), "utf-8")
    assert load_governance("whistle.yaml").model.routing.convening == "street"
    short = ["--set", "run.weeks=2", "--seeds", "1", "--out", "out"]
    assert main(["compare", "legacy_administrative", "whistle.yaml", "--scenario", "tiny", *short]) == 0
    assert "Whistle" in capsys.readouterr().out
    (here / "mine.yaml").write_text(
        "govsim: 1\nextends: tiny\ngovernance: {models: [legacy_administrative, whistle.yaml]}\n", "utf-8"
    )
    assert main(["check", "mine.yaml"]) == 0


def test_nothing_is_overwritten(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "mine.yaml").write_text("precious", "utf-8")
    assert main(["new", "model", "mine"]) == 2
    assert "is there already" in capsys.readouterr().err
    assert (here / "mine.yaml").read_text("utf-8") == "precious"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["a/b"], "letters, digits"),
        (["../up"], "letters, digits"),
        ([""], "letters, digits"),
        (["party_led_cogovernance"], "shipped model"),
        (["mine", "--out", "nowhere"], "is no folder"),
        (["mine", "--from", "party_ledd"], "did you mean  party_led_cogovernance?"),
        (["mine", "--from", "beijing"], "beijing_hotline"),
    ],
)
def test_what_is_refused_says_why(
    words: list[str], told: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", "model", *words]) == 2
    assert told in capsys.readouterr().err
    assert files(here) == []


def test_a_file_of_ones_own_can_be_the_start(here: Path) -> None:
    (here / "models").mkdir()
    assert main(["new", "model", "first", "--out", "models"]) == 0
    assert main(["new", "model", "second", "--from", "models/first.yaml"]) == 0
    assert "made from models/first.yaml" in (here / "second.yaml").read_text("utf-8")
    assert files(here) == ["models/first.yaml", "second.yaml"]


def test_the_name_may_be_chinese(here: Path) -> None:
    assert main(["new", "model", "吹哨报到"]) == 0
    assert load_governance("吹哨报到.yaml").model.name.en == "吹哨报到"


def test_no_line_is_longer_than_an_editor_shows() -> None:
    for base in MODELS:
        for line in as_file("mine", load_governance(base)).splitlines():
            assert len(line) <= 110 or not line.lstrip().startswith("#"), line
