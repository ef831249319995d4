"""Identity of content, and resolved scenarios written out and read back."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from govsim.scenario.origins import content_hash, leaves
from govsim.scenario.reader import read_text
from govsim.scenario.show import as_records, as_table, as_yaml, status_counts
from tests.scenario.conftest import Files, Small

SAMPLE = (
    'title: "no: #1"\nshare: {value: 0.25, status: found, source: "a; \\"b\\" # c"}\n'
    'rates: {铁: 1, x y: 2, "1": 3, "no": 4}\n'
    "people: [{name: '5'}, {name: 'null', share: {value: 0, status: derived, source: S}}]\n"
    "sizes: [1e-3, 0.5]\n"
)


def test_identity_is_content_not_name_nor_writing(files: Files) -> None:
    first = files.write(main="title: A\nweeks: 9\nrates: {a: 1, b: 2}\n").load().section
    second = (
        files.write(main="rates: {b: 2.0, a: {value: 1.0}}\nshare: 0.3\nweeks: 9\ntitle: B\n").load().section
    )
    assert content_hash(first) == content_hash(second)
    assert len(content_hash(first)) == 32
    assert content_hash(first) != content_hash(
        files.write(main="weeks: 9\nrates: {a: 1, b: 3}").load().section
    )
    assert content_hash(Small(title="legacy")) == content_hash(Small(title="party-led"))


def test_every_value_has_an_origin(files: Files) -> None:
    loaded = files.write(main=SAMPLE).load()
    assert len(loaded.origins) == len(list(leaves(loaded.section)))
    assert sum(status_counts(loaded.origins).values()) == len(loaded.origins)
    assert {"people[1].share", "rates.铁", "span.low", "pair"} <= set(loaded.origins)


def test_what_is_shown_reads_back_to_the_same_section(files: Files) -> None:
    loaded = files.write(main=SAMPLE).load()
    for comments in (True, False):
        text = as_yaml(loaded.section, loaded.origins, comments=comments)
        again = files.write(again=text).load("again")
        assert again.section == loaded.section
    kept = files.write(again=as_yaml(loaded.section, loaded.origins, annotate=True)).load("again")
    assert kept.section == loaded.section
    for path, origin in loaded.origins.items():
        assert (kept.origins[path].status, kept.origins[path].source) == (origin.status, origin.source), path


def test_records_and_table_hold_value_unit_origin_status(files: Files) -> None:
    loaded = files.write(main="weeks: 9").load("main", "share=0.7")
    records = {record["path"]: record for record in as_records(loaded.section, loaded.origins)}
    weeks = records["weeks"]
    assert (weeks["value"], weeks["unit"], weeks["origin"]) == (9, "weeks", "main.yaml:1")
    assert (weeks["status"], weeks["source"], weeks["label"]) == ("design", "", "length")
    assert (records["share"]["origin"], records["span.low"]["origin"]) == ("--set #1", "default")
    table = as_table(loaded.section, loaded.origins)
    assert len(table.splitlines()) == len(records)


@given(
    title=st.text(max_size=30), keys=st.lists(st.text("ab 铁.:#-0'\"", min_size=1, max_size=5), max_size=3)
)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_survives_being_written_and_read(title: str, keys: list[str]) -> None:
    keys = [key for key in keys if key.strip()]
    section = Small(title=title, rates=dict.fromkeys(keys, 1.0))
    from govsim.scenario.origins import Overlay, origins_of

    text = as_yaml(section, origins_of(section, Overlay()))
    data = read_text(text, "f").data
    assert data["title"] == title
    assert data["rates"] == section.rates
