"""The Party and social organisations: who belongs to them, their hours and fields."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from govsim.scenario.declare import Section, at_most_one, parameter
from govsim.scenario.schema.problems import Kind

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


class OrganisationHours(Section):
    """Hours one organisation of a kind can give to a community's problems."""

    mutual_aid: float = parameter(3.0, "mutual-aid group", "互助组", "hours per week", ge=0, le=1000)
    """Hours one mutual-aid group can give."""
    volunteer_team: float = parameter(6.0, "volunteer team", "志愿服务队", "hours per week", ge=0, le=1000)
    """Hours one volunteer team can give."""
    service_provider: float = parameter(
        40.0, "service provider", "社会服务机构", "hours per week", ge=0, le=10_000
    )
    """Hours one registered service provider can give."""
    owners_committee: float = parameter(
        3.0, "owners' committee", "业主委员会", "hours per week", ge=0, le=1000
    )
    """Hours one owners' committee can give."""
    enterprise: float = parameter(20.0, "enterprise partner", "共建企业", "hours per week", ge=0, le=10_000)
    """Hours one enterprise partner can give."""


def _fields(en: str, zh: str, *kinds: Kind) -> list[Kind]:
    field: list[Kind] = parameter(
        ...,
        f"fields of {en}",
        f"{zh}服务领域",
        "-",
        default_factory=lambda: list(kinds),
        meaning="Kinds of problems on whose co-producible part such organisations can work.",
        max_length=5,
    )
    return field


class OrganisationFields(Section):
    """What each kind of organisation can work on."""

    mutual_aid: list[Kind] = _fields("mutual-aid groups", "互助组", "local_soft", "livelihood")
    volunteer_team: list[Kind] = _fields("volunteer teams", "志愿服务队", "local_soft", "livelihood")
    service_provider: list[Kind] = _fields("service providers", "社会服务机构", "livelihood")
    owners_committee: list[Kind] = _fields("owners' committees", "业主委员会", "local_soft", "local_hard")
    enterprise: list[Kind] = _fields(
        "enterprise partners", "共建企业", "local_hard", "livelihood", "structural"
    )


class WorkingPlaces(Section):
    """On how many problems helpers of one community work at a time at most; their hours are shared among the places open."""

    least_hours: float = parameter(
        4.0, "hours that open a place", "开启并行处置所需工时", "hours per week", gt=0, le=1000
    )
    """Helpers take up a further problem at a time for each such amount of hours they offer in a week."""

    volunteers: int = parameter(
        6, "places of volunteers", "志愿者并行数", "problems at a time", ge=1, le=1000
    )
    """Problems volunteers of a community work on at a time."""
    ordered_members: int = parameter(
        2, "places of members on duty", "党员服务并行数", "problems at a time", ge=1, le=1000
    )
    """The same for members' ordered service."""
    organisations: int = parameter(
        2, "places of organisations", "社会组织并行数", "problems at a time", ge=1, le=1000
    )
    """The same for social organisations."""
    enterprises: int = parameter(
        1, "places of enterprises", "企业并行数", "problems at a time", ge=1, le=1000
    )
    """The same for enterprise partners."""


class OrganisationLife(Section):
    """How organisations form, grow with those who take part, and fade. The same in every model."""

    founding: float = parameter(
        0.02, "founding", "组织成立率", "organisations per 1,000 people who take part and week", ge=0, le=1000
    )
    """Rate at which residents who take part of their own accord found mutual-aid groups and volunteer teams."""
    incubation: float = parameter(
        0.002, "founding by incubation", "培育成立率", "organisations per hour", ge=0, le=10
    )
    """Organisations founded for each hour that staff put into incubation, in a community where everybody takes part; in
    proportion where fewer do."""
    incubation_upkeep: float = parameter(
        4.0,
        "help that keeps an organisation going",
        "维持一个组织所需的培育工时",
        "staff hours per organisation and week",
        gt=0,
        le=1000,
    )
    """Hours of incubation a week that keep one organisation of residents at full strength when none of its people takes
    part; fewer hours count in proportion, beside those who do."""
    growth: float = parameter(0.03, "growth", "成长速度", "per week", ge=0, le=1)
    """Approach of an organisation's strength to what its people can bear."""
    upkeep: float = parameter(
        0.06, "people it takes", "维持所需参与率", "active share of its people, 0-1", gt=0, le=1
    )
    """Share of an organisation's people who must take part in a week for it to keep full strength."""
    least: float = parameter(0.1, "end", "解散阈值", "share of full strength, 0-1", ge=0, le=1)
    """Strength below which an organisation dissolves."""
    start: float = parameter(
        0.3, "strength at founding", "初始强度", "share of full strength, 0-1", gt=0, le=1
    )
    """Strength with which a new organisation begins."""
    credibility: float = parameter(0.6, "credibility at the start", "初始公信力", "share, 0-1", ge=0, le=1)
    """Credibility of an organisation before anybody has seen it work; outreach finds in proportion to it."""
    credibility_gain: float = parameter(0.02, "learning of credibility", "公信力更新", "per week", ge=0, le=1)
    """Approach of credibility to the share of the community's organisations' hours that found work."""


class OrganisationRules(Section):
    """What social organisations and other helpers can do where a governance model lets them."""

    hours: OrganisationHours = parameter(
        ..., "hours by kind", "各类组织工时", "-", default_factory=OrganisationHours, status="design"
    )
    """Hours by kind of organisation."""
    fields: OrganisationFields = parameter(
        ..., "fields by kind", "各类组织领域", "-", default_factory=OrganisationFields, status="design"
    )
    """Fields by kind of organisation."""
    working_places: WorkingPlaces = parameter(
        ..., "working places", "并行处置数", "-", default_factory=WorkingPlaces, status="design"
    )
    """Problems helpers work on at a time."""
    life: OrganisationLife = parameter(
        ..., "life of organisations", "组织生命周期", "-", default_factory=OrganisationLife, status="design"
    )
    """How organisations form, grow and fade."""
