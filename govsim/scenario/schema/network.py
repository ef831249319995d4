"""The layered ties among residents at week 0. A degree of 0 switches a layer off."""

from __future__ import annotations

from typing import Literal

from govsim.scenario.declare import Section, parameter


class Neighbours(Section):
    """Ties among adults of one community."""

    kind: Literal["lattice", "random", "none"] = parameter("lattice", "form", "网络形式", "-")
    """lattice: a ring in building order with some ties rewired (Watts & Strogatz 1998); random: Poisson degree (Erdos &
    Renyi 1959); none: no neighbour ties."""
    degree: float = parameter(6.0, "mean number of neighbours", "邻里平均度", "ties per adult", ge=0, le=200)
    """Mean neighbour ties of an adult."""
    rewired: float = parameter(0.15, "rewired share", "重连比例", "share of ties, 0-1", ge=0, le=1)
    """Share of lattice ties whose far end is anybody in the community; it lowers clustering."""


class KinWorkSchool(Section):
    """Ties of kinship, work and school across the whole district."""

    degree: float = parameter(
        4.0, "mean number of kin, work and school ties", "亲友同事平均度", "ties per adult", ge=0, le=200
    )
    """Mean ties of an adult to kin, colleagues and schoolmates."""
    homophily: float = parameter(0.5, "homophily", "同质性", "share of ties, 0-1", ge=0, le=1)
    """Share of these ties that stay among people of the same age group, work status and origin; the others go to anybody."""


class BranchPeers(Section):
    """Ties among the members of one Party branch."""

    degree: float = parameter(
        6.0, "mean number of branch ties", "支部内平均度", "ties per member", ge=0, le=200
    )
    """Mean ties of a Party member to other members of the branch."""


class Liaison(Section):
    """Ties between Party members and the households linked to them."""

    linked_households: int = parameter(
        3, "households linked to a member", "党员联系户数", "households per member", ge=0, le=1000
    )
    """Nearest households of the same grid, without a member of their own and not yet linked, that each Party member is
    linked to."""


class OrganisationTies(Section):
    """Ties among the members of one organisation."""

    degree: float = parameter(
        4.0, "mean number of ties in an organisation", "组织内平均度", "ties per membership", ge=0, le=200
    )
    """Mean ties of one membership to other members of the organisation."""


class StaffAcquaintance(Section):
    """Who knows somebody at the community office."""

    share: float = parameter(
        0.25,
        "residents who know the staff",
        "认识社区干部比例",
        "share of residents from 18, 0-1",
        ge=0,
        le=1,
    )
    """Share of residents aged 18 and over who know somebody at the community office."""
    elderly_ratio: float = parameter(2.0, "elderly", "老年人倍数", "ratio", ge=0, le=100)
    """How many times likelier this is from 61 on."""
    settled_ratio: float = parameter(1.5, "long-settled housing", "老住户倍数", "ratio", ge=0, le=100)
    """How many times likelier this is in old work-unit and village housing."""
    migrant_ratio: float = parameter(0.4, "migrants", "外来人口倍数", "ratio", ge=0, le=100)
    """How many times likelier this is for migrants."""


class Network(Section):
    """All layers of ties."""

    household: bool = parameter(True, "household ties", "家庭关系", "-")
    """Whether members of a household are all tied."""
    neighbours: Neighbours = parameter(
        ..., "neighbours", "邻里", "-", default_factory=Neighbours, status="design"
    )
    """Neighbour ties."""
    kin_work_school: KinWorkSchool = parameter(
        ..., "kin, work and school", "亲属、工作和学校", "-", default_factory=KinWorkSchool, status="design"
    )
    """Kin, work and school ties."""
    branch: BranchPeers = parameter(
        ..., "Party branch", "党支部", "-", default_factory=BranchPeers, status="design"
    )
    """Branch ties."""
    liaison: Liaison = parameter(
        ..., "liaison of members and households", "党员联户", "-", default_factory=Liaison, status="design"
    )
    """Ties of Party members to linked households."""
    organisation: OrganisationTies = parameter(
        ..., "organisations", "社会组织", "-", default_factory=OrganisationTies, status="design"
    )
    """Ties inside organisations."""
    staff: StaffAcquaintance = parameter(
        ..., "staff acquaintance", "与干部相识", "-", default_factory=StaffAcquaintance, status="design"
    )
    """Who knows the community's staff."""
