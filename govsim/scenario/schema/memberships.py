"""What residents belong to: the Party and social organisations."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from govsim.scenario.declare import Section, parameter
from govsim.scenario.schema.shares import at_most_one

_BULLETIN = "Communist Party of China statistical bulletin, end of 2024"


class Party(Section):
    """Party members; membership enters no other attribute, only ties."""

    share_of_adults: float = parameter(
        0.089,
        "Party members",
        "党员比例",
        "share of residents from 18, 0-1",
        ge=0,
        le=1,
        status="derived",
        source=_BULLETIN + ": 100.271 m members, over the adult population",
    )
    """Share of residents aged 18 and over who are Party members."""
    over_60: float = parameter(
        0.45, "members aged 61 and over", "61岁及以上党员占比", "share of members, 0-1", ge=0, le=1
    )
    """Share of members aged 61 and over (whole Party 28.9 %, declining units 50-60 %)."""
    under_40: float = parameter(
        0.22, "members under 40", "40岁以下党员占比", "share of members, 0-1", ge=0, le=1
    )
    """Share of members aged 18 to 39 (about 35 % in the whole Party); the rest is 40 to 60."""
    women: float = parameter(
        0.309,
        "women among members",
        "女党员占比",
        "share of members, 0-1",
        ge=0,
        le=1,
        status="found",
        source=_BULLETIN,
    )
    """Share of members who are women."""
    college_ratio: float = parameter(
        2.5, "college graduates among members", "大专以上入党倍数", "ratio", gt=0, le=100
    )
    """How many times likelier a college graduate is a member than others of the same age."""
    branch_size: int = parameter(
        19,
        "size of a branch",
        "党支部人数",
        "members",
        ge=1,
        le=1000,
        status="derived",
        source=_BULLETIN + ": 100.271 m members in 5.25 m basic organisations",
    )
    """Members of one Party branch; neighbours in the same community form a branch."""

    @model_validator(mode="after")
    def _shares_fit(self) -> Self:
        at_most_one(self, "over_60", "under_40", rest="aged 40 to 60")
        return self


class OrganisationSizes(Section):
    """Number and size of one kind of organisation."""

    per_10000: float = parameter(5.0, "number", "数量", "organisations per 10,000 residents", ge=0, le=1000)
    """Organisations of this kind for each 10,000 residents."""
    members: int = parameter(15, "members", "成员数", "residents", ge=0, le=10_000)
    """Residents who belong to one organisation, as far as there are enough who may."""


_COMMUNITY_ORGANISATIONS = (
    "Ministry of Civil Affairs through China Development Brief: 1.75 m community organisations"
)


class OrganisationKinds(Section):
    """Social organisations at week 0, by kind."""

    mutual_aid: OrganisationSizes = parameter(
        ...,
        "mutual-aid groups",
        "互助组织",
        "-",
        default_factory=lambda: OrganisationSizes(per_10000=6.2, members=12),
        status="derived",
        source=_COMMUNITY_ORGANISATIONS + " (12.4 per 10,000), half of them; members assumed",
    )
    """Groups of neighbours in one community."""
    volunteer_team: OrganisationSizes = parameter(
        ...,
        "volunteer teams",
        "志愿服务队",
        "-",
        default_factory=lambda: OrganisationSizes(per_10000=6.2, members=20),
        status="derived",
        source=_COMMUNITY_ORGANISATIONS + " (12.4 per 10,000), half of them; members assumed",
    )
    """Teams of registered volunteers in one community."""
    service_provider: OrganisationSizes = parameter(
        ...,
        "service providers",
        "社会服务机构",
        "-",
        default_factory=lambda: OrganisationSizes(per_10000=0.5, members=8),
        status="assumed",
    )
    """Registered providers that work district-wide; their members are employed residents."""
    owners_committee: OrganisationSizes = parameter(
        ...,
        "owners' committees",
        "业主委员会",
        "-",
        default_factory=lambda: OrganisationSizes(per_10000=1.0, members=7),
        status="assumed",
    )
    """Committees of flat owners in one community."""
    enterprise: OrganisationSizes = parameter(
        ...,
        "enterprise partners",
        "共建企业",
        "-",
        default_factory=lambda: OrganisationSizes(per_10000=0.5, members=30),
        status="assumed",
    )
    """Enterprises that may join in, district-wide; their members are employed residents."""
