"""``govsim world check``: planted faults are named; shipped worlds give the findings known today and no other."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from govsim.assurance.population import PopulationAudit, audit_world, offices_of, reference_of, why_known
from govsim.assurance.population.network import degrees
from govsim.assurance.population.people import families
from govsim.assurance.population.plausibility import association
from govsim.assurance.population.rows import VERDICTS, independent_draws, tolerance
from govsim.assurance.population.scale import warning
from govsim.cli import main
from govsim.engine.offices import Establishment
from govsim.engine.recording import Level
from govsim.report.html.plot import draw_panel
from govsim.report.population import as_lines
from govsim.report.population.pictures import degree_panels, pyramid
from govsim.scenario import Loaded, load
from govsim.world import Schooling, TieLayer, Work, World, build
from govsim.world.ties import sizes

pytestmark = pytest.mark.slow

EVERYWHERE = {
    "couple.underage", "mother.under_18", "degree.early", "post.fraction", "outside.none", "member.far",
    "neighbour.dispersion", "kin_work_school.dispersion", "branch.dispersion", "neighbour.sorted_by_work",
    "neighbour.sorted_by_age", "neighbour.sorted_by_schooling", "kin_work_school.sorted_by_schooling",
}  # fmt: skip
LARGE = {
    "age.step", "age.oldest_share", "age.old_women", "student.sixteen", "couple.gap", "kin_work_school.clustering",
    "together.work_sex", "together.work_schooling", "together.work_housing", "together.housing_origin",
    "together.member_couple", "together.type_couple",
}  # fmt: skip


def placed(text: str) -> set[str]:
    """Return names of rows by community, written as ``hazards.water 8 9, housing.village 8``."""
    parts = [part.split() for part in text.split(", ")]
    return {f"{what}.community.{place}" for what, *places in parts for place in places}


YINGZI = EVERYWHERE | LARGE | {"office.part", "together.resettled"} | placed(
    "hazards.subsidence 8 9 10 14, hazards.water 8 9 10 16, hazards.farmland 8 9 10 12 14 16, "
    "housing.resettlement 8 10, housing.village 8 10"
)  # fmt: skip
SMALLER = {
    f"scale.{name}"
    for name in (
        "residents.community", "meeting", "offices.community.largest", "offices.community.people", "offices.community.least",
        "offices.community.below_one", "offices.street.largest", "offices.street.people", "offices.street.least",
        "offices.department.largest", "offices.department.people", "offices.department.least", "offices.department.below_one",
        "posts.community.least", "posts.grid.least", "posts.department.least", "posts.desk.least", "organisations.enterprise",
        "organisations.service_provider", "organisations.owners_committee",
    )
}  # fmt: skip
TODAY: dict[str, set[str]] = {
    "tiny": EVERYWHERE | {"office.half"} | placed("housing.commodity 2, housing.resettlement 2"),
    "template": EVERYWHERE | LARGE,
    "yingzi": YINGZI,
    "yingzi_overloaded": YINGZI,
    "yingzi_tenth": EVERYWHERE | LARGE | SMALLER | placed(
        "hazards.subsidence 3, hazards.water 1, housing.old_work_unit 2 3, housing.resettlement 1 2, housing.village 3"
    ) | {
        "office.part", "organisations.enterprise.number", "organisations.service_provider.number", "scale.money.community",
        "scale.organisations.enterprise.hours", "scale.organisations.service_provider.hours",
        "scale.organisations.owners_committee.hours",
    },
    "yingzi_small": EVERYWHERE | SMALLER | placed(
        "hazards.subsidence 2 4, hazards.water 2, hazards.farmland 4, housing.commodity 2, housing.old_work_unit 2, "
        "housing.resettlement 1 2"
    ) | {
        "age.oldest_share", "couple.gap", "kin_work_school.clustering", "office.half", "office.part",
        "scale.grids", "scale.patrol", "scale.offices.street.below_one", "scale.posts.street.least",
        "scale.organisations.mutual_aid", "scale.organisations.volunteer_team",
    },
}  # fmt: skip


@dataclass
class Built:
    """A scenario with its world and offices, which a test may change."""

    loaded: Loaded
    world: World
    offices: Establishment

    def audit(self, reference: Loaded | None = None) -> PopulationAudit:
        return audit_world(self.loaded, self.world, self.offices, reference)

    def found(self) -> set[str]:
        return {row.name for row in self.audit().findings}


@cache
def _built(name: str, seed: int) -> tuple[Loaded, World]:
    loaded = load(name)
    return loaded, build(loaded.scenario.population, loaded.scenario.network, seed)


def built(name: str = "yingzi_tenth", seed: int = 1) -> Built:
    """Return a world whose columns are copies."""
    loaded, world = _built(name, seed)
    tables = {
        table: type(value)(*(column.copy() for column in value))
        for table in ("residents", "households", "organisations", "ties", "memberships")
        for value in (getattr(world, table),)
    }
    world = replace(world, **tables)
    return Built(loaded, world, offices_of(loaded, world))


@cache
def before() -> frozenset[str]:
    return frozenset(built().found())


def women_become_men(b: Built) -> None:
    women = np.flatnonzero(b.world.residents.female)
    b.world.residents.female[women[:: len(women) // 300]] = 0


def more_graduates(b: Built) -> None:
    people = b.world.residents
    rows = np.flatnonzero((people.age >= 25) & (people.age < 40) & (people.schooling == Schooling.JUNIOR))
    people.schooling[rows[:200]] = Schooling.COLLEGE


def fewer_laid_off(b: Built) -> None:
    people = b.world.residents
    rows = np.flatnonzero((people.age >= 40) & (people.work == Work.LAID_OFF))
    people.work[rows[::3]] = Work.NONE


def more_members(b: Built) -> None:
    people = b.world.residents
    rows = np.flatnonzero((people.party_member == 0) & (people.age >= 40))[:250]
    people.party_member[rows] = 1


def older(b: Built) -> None:
    age = b.world.residents.age
    age[np.flatnonzero((age >= 50) & (age <= 60))[:300]] = 70


def more_clerks(b: Built) -> None:
    table, servers = b.offices.offices, b.offices.servers
    servers["fte"][table["level"][servers["office"]] == Level.DEPARTMENT] *= 1.05


def more_money(b: Built) -> None:
    b.offices.weekly_money[b.offices.offices["level"] == Level.STREET] *= 1.05


def distrust(b: Built) -> None:
    b.world.residents.trust[:, 3] *= 0.95


def child_alone(b: Built) -> None:
    homes, people = b.world.households, b.world.residents
    home = np.flatnonzero(sizes(homes.first) == 1)[7]
    people.age[homes.first[home]] = 9


def two_boys(b: Built) -> None:
    homes, people = b.world.households, b.world.residents
    home = int(homes.first[np.flatnonzero(sizes(homes.first) == 2)[7]])
    people.age[home : home + 2] = 17


def fewer_neighbours(b: Built) -> None:
    """A twentieth of the ties among neighbours become ties of an organisation, at both ends."""
    ties = b.world.ties
    ego = np.repeat(np.arange(len(ties.indptr) - 1), sizes(ties.indptr))
    some = (ties.layer == TieLayer.NEIGHBOUR) & ((ego + ties.other) % 20 == 0)
    ties.layer[some] = TieLayer.ORGANISATION


def mother_of_twelve(b: Built) -> None:
    people = b.world.residents
    kin = families(people, b.world.households)
    both = (kin.mother >= 0) & (kin.father >= 0) & (people.age[kin.child] >= 8) & (people.age[kin.child] < 18)
    child, mother, father = (
        column[np.flatnonzero(both)[3]] for column in (kin.child, kin.mother, kin.father)
    )
    people.age[mother], people.age[father] = people.age[child] + 12, people.age[child] + 22


def father_of_fourteen(b: Built) -> None:
    people = b.world.residents
    kin = families(people, b.world.households)
    one = np.flatnonzero((kin.father >= 0) & (kin.mother < 0) & (people.age[kin.child] < 18))[2]
    people.age[kin.father[one]] = people.age[kin.child[one]] + 14


def young_couples(b: Built) -> None:
    people = b.world.residents
    kin = families(people, b.world.households)
    people.age[kin.woman[:5]] = 17
    people.age[kin.man[:5]] = 18


def one_way(b: Built) -> None:
    ties = b.world.ties
    ego = np.repeat(np.arange(len(ties.indptr) - 1), sizes(ties.indptr))
    row = int(np.flatnonzero(ties.layer == TieLayer.NEIGHBOUR)[50])
    own = ties.other[ties.indptr[ego[row]] : ties.indptr[ego[row] + 1]]
    adults = np.flatnonzero(b.world.residents.age >= 16)
    ties.other[row] = next(one for one in adults if one not in own and one != ego[row])


def other_layer(b: Built) -> None:
    b.world.ties.layer[int(np.flatnonzero(b.world.ties.layer == TieLayer.NEIGHBOUR)[50])] = (
        TieLayer.ORGANISATION
    )


def self_tie(b: Built) -> None:
    ties = b.world.ties
    row = int(np.flatnonzero(ties.layer == TieLayer.NEIGHBOUR)[50])
    ties.other[row] = np.searchsorted(ties.indptr, row, side="right") - 1


def twice(b: Built) -> None:
    ties = b.world.ties
    start = int(ties.indptr[int(np.argmax(sizes(ties.indptr) > 8))])
    ties.other[start + 1], ties.layer[start + 1] = ties.other[start], ties.layer[start]


def to_nobody(b: Built) -> None:
    b.world.ties.other[77] = len(b.world.residents.age)


def child_has_friends(b: Built) -> None:
    ties = b.world.ties
    row = int(np.flatnonzero(ties.layer == TieLayer.KIN_WORK_SCHOOL)[3])
    b.world.residents.age[ties.other[row]] = 12


def tenth_of_a_clerk(b: Built) -> None:
    table, servers = b.offices.offices, b.offices.servers
    office = np.flatnonzero(table["level"] == Level.DEPARTMENT)[1]
    own = servers["office"] == office
    servers["fte"][own] = 0.1 / own.sum()


def pupil_of_three(b: Built) -> None:
    b.world.residents.work[np.flatnonzero(b.world.residents.age == 3)[0]] = Work.STUDENT


def old_student(b: Built) -> None:
    b.world.residents.work[np.flatnonzero(b.world.residents.age == 41)[0]] = Work.STUDENT


def child_at_work(b: Built) -> None:
    b.world.residents.work[np.flatnonzero(b.world.residents.age == 12)[0]] = Work.EMPLOYED


def young_pensioner(b: Built) -> None:
    b.world.residents.work[np.flatnonzero(b.world.residents.age == 30)[0]] = Work.RETIRED


def young_member(b: Built) -> None:
    b.world.residents.party_member[np.flatnonzero(b.world.residents.age == 17)[0]] = 1


def young_volunteer(b: Built) -> None:
    b.world.residents.registered[np.flatnonzero(b.world.residents.age == 16)[0]] = 1


def graduate_of_ten(b: Built) -> None:
    b.world.residents.schooling[np.flatnonzero(b.world.residents.age == 10)[0]] = Schooling.COLLEGE


def methuselah(b: Built) -> None:
    b.world.residents.age[np.flatnonzero(b.world.residents.age == 90)[0]] = 140


def no_number(b: Built) -> None:
    b.world.residents.efficacy[5] = np.nan


def wrong_team(b: Built) -> None:
    first = b.world.organisations.first_member
    team = int(np.flatnonzero(b.world.organisations.kind == 1)[0])
    b.world.residents.registered[b.world.organisations.member[first[team]]] = 0


def lodger(b: Built) -> None:
    b.world.residents.household[100] += 1


def elsewhere(b: Built) -> None:
    b.world.residents.community[100] = 2


PLANTED: dict[str, Callable[[Built], None]] = {
    "female": women_become_men, "schooling.under_40.college": more_graduates, "work.from_40.laid_off": fewer_laid_off,
    "party.share_of_adults": more_members, "ages.4": older, "posts.department": more_clerks, "money.street": more_money,
    "attitudes.trust_centre": distrust, "child.alone": child_alone, "household.no_adult": two_boys,
    "mother.under_15": mother_of_twelve, "father.under_15": father_of_fourteen, "couple.underage": young_couples,
    "tie.one_way": one_way, "tie.one_way 2": other_layer, "tie.self": self_tie, "tie.twice": twice, "tie.nobody": to_nobody,
    "tie.child": child_has_friends, "office.half": tenth_of_a_clerk, "student.young": pupil_of_three,
    "student.old": old_student, "child.works": child_at_work, "retired.young": young_pensioner, "member.young": young_member,
    "volunteer.young": young_volunteer, "schooling.early": graduate_of_ten, "age.oldest": methuselah,
    "range.efficacy": no_number, "organisation.member": wrong_team, "household.row": lodger, "household.elsewhere": elsewhere,
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_is_named(name: str) -> None:
    """With how many, out of how many and one example; what was there before is still there."""
    there = built()
    old = {row.name: row for row in there.audit().rules}
    PLANTED[name](there)
    done = there.audit()
    wanted = name.split()[0]
    found = {row.name for row in done.findings}
    assert wanted in found
    if wanted != "couple.underage":
        assert wanted not in before()
    (rule,) = [row for row in done.rules if row.name == wanted] or [None]
    if rule is not None:
        assert rule.count > old[wanted].count
        assert re.search(r"\d", rule.example.en)
        line = next(line for line in as_lines(done, "en") if line.strip().startswith(rule.label.en))
        assert rule.example.en.replace("_", " ").split(",")[0][:8] in line.replace("_", " ")


def test_a_department_of_a_tenth_of_a_person_is_named_with_its_posts() -> None:
    there = built("yingzi")
    tenth_of_a_clerk(there)
    (rule,) = [row for row in there.audit().rules if row.name == "office.half"]
    assert (rule.count, rule.verdict) == (1, "impossible")
    assert rule.example.en.endswith("0.1 posts")
    assert rule.example.zh.endswith("0.1个岗位")


@pytest.mark.parametrize(
    "name", ["tiny", "template", "yingzi_small", "yingzi_tenth", "yingzi", "yingzi_overloaded"]
)
def test_shipped_scenarios_give_the_findings_known_today(name: str) -> None:
    """Each of them is known of the builder, and says why; none is new. Who mends the builder shortens these lists."""
    there = built(name)
    done = there.audit(reference_of(name, ()))
    names = {row.name for row in done.findings}
    assert names == TODAY[name], (sorted(names - TODAY[name]), sorted(TODAY[name] - names))
    assert [row.name for row in done.findings if why_known(row) is None] == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 12))
def test_a_right_builder_is_not_called_off(seed: int) -> None:
    """Margins that are drawn: at a false alarm of 1 % for all of them together."""
    rows = built("yingzi_tenth", seed).audit().margins
    assert [
        row.name for row in rows if row.finding and row.verdict not in ("lumped", "vanished", "lottery")
    ] == []


def test_tolerances_are_those_of_the_binomial() -> None:
    """A thousandth of a million draws: about four standard errors; half of what is drawn twice as often."""
    assert tolerance(0.5, 10_000) == pytest.approx(4.15 * 0.005, rel=0.02)
    assert tolerance(0.0, 100) == tolerance(0.2, 0) == 0.0
    rng = np.random.default_rng(1)
    homes = np.repeat(np.arange(5000), 3)
    alike = np.repeat(rng.random(5000) < 0.3, 3)
    assert independent_draws(alike, homes, 0.3) == pytest.approx(5000, rel=0.05)
    assert independent_draws(rng.random(15_000) < 0.3, homes, 0.3) == pytest.approx(15_000, rel=0.05)


def test_association_is_none_without_and_full_with_a_law() -> None:
    rng = np.random.default_rng(2)
    one = rng.integers(0, 4, 20_000)
    assert association(one, rng.integers(0, 3, 20_000)) < 0.03
    assert association(one, one) == pytest.approx(1.0, abs=0.01)
    assert np.isnan(association(one, np.zeros(20_000, int)))


def test_networkx_measures_the_same_network() -> None:
    """An independent library on the small district: degrees, clustering, sorting, parts and the way to a member."""
    there = built("yingzi_small")
    world, people = there.world, there.world.residents
    ego = np.repeat(np.arange(len(people.age)), sizes(world.ties.indptr))
    found = {row.name: row.value for row in there.audit().network}

    def graph(*layers: TieLayer, adults: bool = False) -> nx.Graph:
        rows = np.isin(world.ties.layer, layers)
        made = nx.Graph()
        made.add_nodes_from(np.flatnonzero(people.age >= 16 * adults).tolist())
        made.add_edges_from(zip(ego[rows].tolist(), world.ties.other[rows].tolist(), strict=True))
        return made

    everything = graph(*TieLayer)
    adults = np.flatnonzero(people.age >= 16).tolist()
    assert found["components"] == nx.number_connected_components(everything)
    assert found["all.clustering"] == pytest.approx(np.mean(list(nx.clustering(everything, adults).values())))
    near = graph(TieLayer.NEIGHBOUR, adults=True)
    degree = np.array([near.degree(one) for one in adults])
    assert found["neighbour.mean"] == pytest.approx(degree.mean())
    assert found["neighbour.dispersion"] == pytest.approx(degree.var() / degree.mean())
    nx.set_node_attributes(near, {one: int(people.work[one]) for one in adults}, "work")
    assert found["neighbour.sorted_by_work"] == pytest.approx(
        nx.attribute_assortativity_coefficient(near, "work")
    )
    steps = nx.multi_source_dijkstra_path_length(
        everything, set(np.flatnonzero(people.party_member).tolist())
    )
    assert found["member.steps.2"] == pytest.approx(np.mean([steps[one] == 2 for one in adults]))
    assert (degrees(world).sum(axis=1) == [everything.degree(one) for one in range(len(people.age))]).all()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_word_is_in_the_language_asked_for(language: str) -> None:
    lines = list(as_lines(built("yingzi_small").audit(load("yingzi")), language))  # type: ignore[arg-type]
    text = "\n".join(lines)
    if language == "en":
        assert text.isascii() or not re.search("[\u4e00-\u9fff]", text)
        assert "Scale, beside Yingzi District" in text
    else:
        assert set(re.findall("[A-Za-z]{2,}", text)) <= {"Cram", "against", "out", "json"}
    assert not re.search(r"\b(nan|inf|None)\b", text)
    assert all(word.en and word.zh for word in VERDICTS.values())


def test_of_many_margins_the_largest_errors_are_printed() -> None:
    there = built("yingzi")
    there.world.households.exposure[:] = 0
    done = there.audit()
    off = [row for row in done.margins if row.finding]
    lines = list(as_lines(done, "en"))
    assert f"  and {len(off) - 20} more: --out or --json has all" in lines
    worst = max(off, key=lambda row: abs(row.built - (row.specified or 0.0)))
    assert any(line.strip().startswith(worst.label.en) for line in lines)


def test_panels_say_what_the_columns_hold() -> None:
    world = built().world
    for by, parts in (("work", 6), ("schooling", 4)):
        panel = pyramid(world, "en", by)
        assert len(panel.parts) == len(panel.left) == len(panel.right) == parts
        assert sum(map(sum, (*panel.left, *panel.right))) == pytest.approx(100.0)
        assert sum(map(sum, panel.right)) == pytest.approx(100 * world.residents.female.mean())
        drawn = draw_panel(panel)
        assert sum(mark.kind.startswith("part ") for mark in drawn.marks) > 50
        assert all(0 <= words.x <= drawn.width and 0 <= words.y <= drawn.height for words in drawn.words)
    for curves in degree_panels(world, "zh"):
        assert sum(value or 0.0 for value in curves.lines[0].middle) == pytest.approx(100.0)


def test_the_command_prints_writes_and_returns(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "audit"
    assert main(["world", "check", "tiny", "--out", str(out)]) == 4
    printed = capsys.readouterr().out
    assert printed.startswith("Tiny: 300 residents in 132 households, seed 1\n16 findings: 0 new, 16 known")
    names = {"margins", "rules", "plausibility", "network", "scale", "dictionary"}
    assert {path.stem for path in out.glob("*.csv")} == names
    pictures = {"pyramid", "pyramid_schooling", "degrees"}
    assert {path.name for path in out.iterdir() if path.suffix in (".png", ".svg")} == {
        f"{name}{language}.{kind}" for name in pictures for language in ("", ".zh") for kind in ("png", "svg")
    }
    with (out / "rules.csv").open(encoding="utf-8-sig", newline="") as text:
        rows = {row["name"]: row for row in csv.DictReader(text)}
    assert rows["mother.under_18"]["example"] == "resident 282"
    assert rows["mother.under_18"]["finding"] == "yes"
    assert main(["world", "check", "tiny", "--json", "--seed", "2"]) == 4
    said = json.loads(capsys.readouterr().out)
    assert said["seed"] == 2
    assert said["ok"] is False
    assert said["findings"] == [row["name"] for table in ("margins", "rules", "plausibility", "network", "scale")
                                for row in said[table] if row["finding"] == "yes"]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("yingzzi", "did you mean  yingzi"),
        ("tiny --against yingzi_tent", "yingzi_tenth"),
        ("tiny --set population.residents=0", "population.residents"),
        ("tiny --set population.residens=9", "did you mean"),
        ("tiny --seed -1", "--seed"),
        ("tiny --lang fr", "--lang"),
    ],
)
def test_what_is_asked_wrongly_is_refused_with_its_place(
    words: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["world", "check", *words.split()]) == 2
    assert told in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_stops_it_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "there").write_text("a file")
    assert main(["world", "check", "tiny", "--out", str(tmp_path / "there")]) == 5
    assert "it is a file" in capsys.readouterr().err


def test_a_scenario_is_held_against_what_it_stands_for() -> None:
    for name, label in (
        ("yingzi_small", "Yingzi District"),
        ("yingzi_tenth", "Yingzi District"),
        ("tiny", None),
        ("yingzi", None),
    ):
        there = reference_of(name, ())
        assert (there.label if there else None) == label
    assert reference_of("chengde", ()) is None, "it extends Yingzi and is larger"
    smaller = reference_of("yingzi", ["population.residents=1200"])
    assert smaller is not None
    assert smaller.scenario.population.residents == 59_143
    rows = {row.name: row for row in built("yingzi_small").audit(load("yingzi")).scale}
    assert rows["scale.grids"].here == pytest.approx(167, abs=1)
    assert rows["scale.grids"].there == pytest.approx(14, abs=0.5)
    assert rows["scale.offices.department.largest"].here == pytest.approx(0.32, abs=0.01)
    assert rows["scale.money.community"].verdict == "same"
    tenth = {row.name: row for row in built().audit(load("yingzi")).scale}
    assert tenth["scale.organisations.enterprise"].verdict == "gone"


@pytest.mark.parametrize(
    ("asked", "changes", "told"),
    [
        ("yingzi", ("population.residents=1200",),
         ("25 of 25 offices have less than one full-time post (3 of 25 in the whole district), the smallest 0.013",
          "there are no service providers and no owners' committees and no enterprise partners",
          "533 yuan a resident and year instead of 10.8",
          "Use all 59,143 residents", "govsim world check yingzi --set population.residents=1200")),
        ("yingzi", ("population.residents=40000",), ("communities have 16 yuan",)),
        ("yingzi", ("population.residents=58000",), ()),
        ("yingzi", ("run.weeks=52",), ()),
        ("yingzi_tenth", (),
         ("3 of 9 offices", "no service providers and no enterprise partners", "20 yuan", "hold for Yingzi District")),
        ("yingzi_small", (), ("10 of 10 offices",)),
        ("yingzi_overloaded", (), ()),
        ("tiny", (), ()),
        ("tiny", ("population.residents=299",), ()),
        ("chengde", (), ()),
    ],
)  # fmt: skip
def test_residents_that_change_offices_are_warned_of(
    asked: str, changes: tuple[str, ...], told: tuple[str, ...]
) -> None:
    """By file or by --set; with numbers, in both languages, and what to use instead. Silence where nothing moves."""
    said = warning(asked, load(asked, list(changes), must_fit=False))
    assert (said is not None) == bool(told)
    if said is not None:
        assert [words for words in told if words not in said.en] == []
        assert "请按59,143人模拟" in said.zh
