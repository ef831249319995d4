"""Audit of the population that a scenario builds: margins, people who cannot be, ties, and what its size changes.

It reads a built world and changes nothing. ``govsim world check`` prints it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from govsim.assurance.population.margins import margins
from govsim.assurance.population.network import network
from govsim.assurance.population.people import rules
from govsim.assurance.population.plausibility import plausibility
from govsim.assurance.population.rows import Bilingual, Looked, Margin, Measured, Rule, Scaled
from govsim.assurance.population.scale import offices_of, reference_of, scale, size_numbers, warning
from govsim.engine.offices import Establishment
from govsim.scenario import Loaded
from govsim.world import World, build

KNOWN: tuple[tuple[str, str, Bilingual], ...] = (
    ("hazards.", "lumped", Bilingual("hazard zones are whole grids", "采煤影响区按整格划分")),
    ("housing.", "lottery", Bilingual("each building draws its kind of housing", "每栋楼各自抽取住房类型")),
    ("organisations.", "vanished", Bilingual("organisations are dealt out by residents", "组织按人口折算")),
    (
        "couple.underage",
        "unlikely",
        Bilingual("ages of couples are drawn about each other", "夫妻年龄围绕彼此抽取"),
    ),
    (
        "mother.under_18",
        "unlikely",
        Bilingual("ages of couples are drawn about each other", "夫妻年龄围绕彼此抽取"),
    ),
    (
        "couple.gap",
        "unusual",
        Bilingual("ages of couples are drawn about each other", "夫妻年龄围绕彼此抽取"),
    ),
    (
        "degree.early",
        "unlikely",
        Bilingual("schooling is drawn by three age groups", "受教育程度按三个年龄组抽取"),
    ),
    (
        "student.sixteen",
        "unusual",
        Bilingual("students are drawn evenly from 16 to 22", "16至22岁均匀抽取学生"),
    ),
    ("age.", "unusual", Bilingual("ages are drawn evenly inside five bands", "年龄在五个年龄段内均匀抽取")),
    ("together.", "unusual", Bilingual("attributes are drawn independently", "各属性相互独立抽取")),
    ("office.half", "impossible", Bilingual("posts are shared out by residents", "岗位按人口分摊")),
    ("office.part", "parts", Bilingual("posts are shared out by residents", "岗位按人口分摊")),
    ("post.fraction", "parts", Bilingual("posts are shared out by residents", "岗位按人口分摊")),
    ("neighbour.", "unusual", Bilingual("neighbours form a ring", "邻里联系为环形网络")),
    (
        "kin_work_school.",
        "unusual",
        Bilingual("kin and colleagues are drawn at random", "亲属和同事随机抽取"),
    ),
    ("branch.", "unusual", Bilingual("branch members form a ring", "支部成员联系为环形网络")),
    ("outside.", "unusual", Bilingual("everybody is given ties", "人人都有家庭之外的联系")),
    ("member.far", "unusual", Bilingual("everybody is given ties", "人人都有家庭之外的联系")),
    (
        "scale.",
        "scaled",
        Bilingual("small districts have fewer residents in each place", "小地区减少了各处的人数"),
    ),
    ("scale.", "gone", Bilingual("organisations are dealt out by residents", "组织按人口折算")),
)
"""Findings known of the builder of 0.2.0: beginning of their names, verdict, why. They are findings all the same."""


@dataclass(frozen=True)
class PopulationAudit:
    """What an audit found.

    Attributes
    ----------
    label, label_zh : str
        Name of the scenario.
    reference : str
        Name of the scenario that it is held against; empty without one.
    margins, rules, plausibility, network, scale : lists of rows
    """

    label: str
    label_zh: str
    reference: str
    reference_zh: str
    seed: int
    residents: int
    households: int
    margins: list[Margin]
    rules: list[Rule]
    plausibility: list[Measured]
    network: list[Measured]
    scale: list[Scaled]

    def rows(self) -> Iterator[Looked]:
        """Yield all rows, in the order in which they are printed."""
        for table in (self.margins, self.rules, self.plausibility, self.network, self.scale):
            yield from table

    @property
    def findings(self) -> list[Looked]:
        """What is wrong."""
        return [row for row in self.rows() if row.finding]


def why_known(row: Looked) -> Bilingual | None:
    """Return why a finding is known of the builder of today; None for a new one."""
    return next(
        (why for begins, verdict, why in KNOWN if row.name.startswith(begins) and row.verdict == verdict),
        None,
    )


def audit_world(
    loaded: Loaded, world: World, offices: Establishment, reference: Loaded | None = None
) -> PopulationAudit:
    """Audit a built world.

    Parameters
    ----------
    loaded
        The scenario that it was built from.
    offices
        See :func:`~govsim.assurance.population.scale.offices_of`.
    reference
        The district that it stands for; it is built with the same seed.
    """
    there = None
    if reference is not None:
        other = build(reference.scenario.population, reference.scenario.network, world.seed)
        there = size_numbers(reference.scenario, other, offices_of(reference, other))
    return PopulationAudit(
        loaded.label,
        loaded.scenario.name.zh or loaded.label,
        reference.label if reference else "",
        (reference.scenario.name.zh or reference.label) if reference else "",
        world.seed,
        len(world.residents.age),
        len(world.households.first) - 1,
        margins(loaded.scenario, world, offices),
        rules(world, offices),
        plausibility(world),
        network(world),
        scale(size_numbers(loaded.scenario, world, offices), there),
    )


__all__ = ["KNOWN", "PopulationAudit", "audit_world", "offices_of", "reference_of", "warning", "why_known"]
