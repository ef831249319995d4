"""The layered ties among residents at week 0. A degree of 0 switches a layer off."""

from __future__ import annotations

from typing import Literal

from govsim.scenario.declare import Section, parameter


class Neighbours(Section):
    """Ties among adults of one community."""

    kind: Literal["lattice", "random", "none"] = parameter(
        "lattice",
        en="form",
        zh="网络形式",
        unit="-",
        meaning=(
            "lattice: a ring in building order with some ties rewired (Watts & Strogatz 1998); random: "
            "Poisson degree (Erdos & Renyi 1959); none: no neighbour ties."
        ),
    )
    degree: float = parameter(
        6.0,
        en="mean number of neighbours",
        zh="邻里平均度",
        unit="ties per adult",
        ge=0,
        le=200,
        meaning="Mean neighbour ties of an adult.",
    )
    rewired: float = parameter(
        0.15,
        en="rewired share",
        zh="重连比例",
        unit="share of ties, 0-1",
        ge=0,
        le=1,
        meaning="Share of lattice ties whose far end is anybody in the community; it lowers clustering.",
    )


class KinWorkSchool(Section):
    """Ties of kinship, work and school across the whole district."""

    degree: float = parameter(
        4.0,
        en="mean number of kin, work and school ties",
        zh="亲友同事平均度",
        unit="ties per adult",
        ge=0,
        le=200,
        meaning="Mean ties of an adult to kin, colleagues and schoolmates.",
    )
    homophily: float = parameter(
        0.5,
        en="homophily",
        zh="同质性",
        unit="share of ties, 0-1",
        ge=0,
        le=1,
        meaning=(
            "Share of these ties that stay among people of the same age group, work status and origin; "
            "the others go to anybody."
        ),
    )


class BranchPeers(Section):
    """Ties among the members of one Party branch."""

    degree: float = parameter(
        6.0,
        en="mean number of branch ties",
        zh="支部内平均度",
        unit="ties per member",
        ge=0,
        le=200,
        meaning="Mean ties of a Party member to other members of the branch.",
    )


class Liaison(Section):
    """Ties between Party members and the households linked to them."""

    linked_households: int = parameter(
        3,
        en="households linked to a member",
        zh="党员联系户数",
        unit="households per member",
        ge=0,
        le=1000,
        meaning=(
            "Nearest households of the same grid, without a member of their own and not yet linked, that "
            "each Party member is linked to."
        ),
    )


class OrganisationTies(Section):
    """Ties among the members of one organisation."""

    degree: float = parameter(
        4.0,
        en="mean number of ties in an organisation",
        zh="组织内平均度",
        unit="ties per membership",
        ge=0,
        le=200,
        meaning="Mean ties of one membership to other members of the organisation.",
    )


class StaffAcquaintance(Section):
    """Who knows somebody at the community office."""

    share: float = parameter(
        0.25,
        en="residents who know the staff",
        zh="认识社区干部比例",
        unit="share of residents from 18, 0-1",
        ge=0,
        le=1,
        meaning="Share of residents aged 18 and over who know somebody at the community office.",
    )
    elderly_ratio: float = parameter(
        2.0,
        en="elderly",
        zh="老年人倍数",
        unit="ratio",
        ge=0,
        le=100,
        meaning="How many times likelier this is from 61 on.",
    )
    settled_ratio: float = parameter(
        1.5,
        en="long-settled housing",
        zh="老住户倍数",
        unit="ratio",
        ge=0,
        le=100,
        meaning="How many times likelier this is in old work-unit and village housing.",
    )
    migrant_ratio: float = parameter(
        0.4,
        en="migrants",
        zh="外来人口倍数",
        unit="ratio",
        ge=0,
        le=100,
        meaning="How many times likelier this is for migrants.",
    )


class Network(Section):
    """All layers of ties."""

    household: bool = parameter(
        True,
        en="household ties",
        zh="家庭关系",
        unit="-",
        meaning="Whether members of a household are all tied.",
    )
    neighbours: Neighbours = parameter(
        default_factory=Neighbours,
        en="neighbours",
        zh="邻里",
        unit="-",
        status="design",
        meaning="Neighbour ties.",
    )
    kin_work_school: KinWorkSchool = parameter(
        default_factory=KinWorkSchool,
        en="kin, work and school",
        zh="亲属、工作和学校",
        unit="-",
        status="design",
        meaning="Kin, work and school ties.",
    )
    branch: BranchPeers = parameter(
        default_factory=BranchPeers,
        en="Party branch",
        zh="党支部",
        unit="-",
        status="design",
        meaning="Branch ties.",
    )
    liaison: Liaison = parameter(
        default_factory=Liaison,
        en="liaison of members and households",
        zh="党员联户",
        unit="-",
        status="design",
        meaning="Ties of Party members to linked households.",
    )
    organisation: OrganisationTies = parameter(
        default_factory=OrganisationTies,
        en="organisations",
        zh="社会组织",
        unit="-",
        status="design",
        meaning="Ties inside organisations.",
    )
    staff: StaffAcquaintance = parameter(
        default_factory=StaffAcquaintance,
        en="staff acquaintance",
        zh="与干部相识",
        unit="-",
        status="design",
        meaning="Who knows the community's staff.",
    )
