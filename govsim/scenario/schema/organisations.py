"""Hours and fields of social organisations; who belongs to them is part of the population."""

from __future__ import annotations

from govsim.scenario.declare import Section, parameter
from govsim.scenario.schema.problems import Kind


class OrganisationHours(Section):
    """Hours one organisation of a kind can give to a community's problems."""

    mutual_aid: float = parameter(
        3.0,
        en="mutual-aid group",
        zh="互助组",
        unit="hours per week",
        ge=0,
        le=1000,
        meaning="Hours one mutual-aid group can give.",
    )
    volunteer_team: float = parameter(
        6.0,
        en="volunteer team",
        zh="志愿服务队",
        unit="hours per week",
        ge=0,
        le=1000,
        meaning="Hours one volunteer team can give.",
    )
    service_provider: float = parameter(
        40.0,
        en="service provider",
        zh="社会服务机构",
        unit="hours per week",
        ge=0,
        le=10_000,
        meaning="Hours one registered service provider can give.",
    )
    owners_committee: float = parameter(
        3.0,
        en="owners' committee",
        zh="业主委员会",
        unit="hours per week",
        ge=0,
        le=1000,
        meaning="Hours one owners' committee can give.",
    )
    enterprise: float = parameter(
        20.0,
        en="enterprise partner",
        zh="共建企业",
        unit="hours per week",
        ge=0,
        le=10_000,
        meaning="Hours one enterprise partner can give.",
    )


def _fields(en: str, zh: str, *kinds: Kind) -> list[Kind]:
    field: list[Kind] = parameter(
        default_factory=lambda: list(kinds),
        en=f"fields of {en}",
        zh=f"{zh}服务领域",
        unit="-",
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
        4.0,
        en="hours that open a place",
        zh="开启并行处置所需工时",
        unit="hours per week",
        meaning="Helpers take up a further problem at a time for each such amount of hours they offer in a week.",
        gt=0,
        le=1000,
    )

    volunteers: int = parameter(
        6,
        en="places of volunteers",
        zh="志愿者并行数",
        unit="problems at a time",
        ge=1,
        le=1000,
        meaning="Problems volunteers of a community work on at a time.",
    )
    ordered_members: int = parameter(
        2,
        en="places of members on duty",
        zh="党员服务并行数",
        unit="problems at a time",
        ge=1,
        le=1000,
        meaning="The same for members' ordered service.",
    )
    organisations: int = parameter(
        2,
        en="places of organisations",
        zh="社会组织并行数",
        unit="problems at a time",
        ge=1,
        le=1000,
        meaning="The same for social organisations.",
    )
    enterprises: int = parameter(
        1,
        en="places of enterprises",
        zh="企业并行数",
        unit="problems at a time",
        ge=1,
        le=1000,
        meaning="The same for enterprise partners.",
    )


class OrganisationLife(Section):
    """How organisations form, grow with those who take part, and fade. The same in every model."""

    founding: float = parameter(
        0.02,
        en="founding",
        zh="组织成立率",
        unit="organisations per 1,000 people who take part and week",
        ge=0,
        le=1000,
        meaning="Rate at which residents who take part of their own accord found mutual-aid groups and volunteer teams.",
    )
    incubation: float = parameter(
        0.002,
        en="founding by incubation",
        zh="培育成立率",
        unit="organisations per hour",
        ge=0,
        le=10,
        meaning="Organisations founded for each hour that staff put into incubation, in a community where everybody takes part; in proportion where fewer do.",
    )
    incubation_upkeep: float = parameter(
        4.0,
        en="help that keeps an organisation going",
        zh="维持一个组织所需的培育工时",
        unit="staff hours per organisation and week",
        gt=0,
        le=1000,
        meaning="Hours of incubation a week that keep one organisation of residents at full strength when none of its people takes part; fewer hours count in proportion, beside those who do.",
    )
    growth: float = parameter(
        0.03,
        en="growth",
        zh="成长速度",
        unit="per week",
        ge=0,
        le=1,
        meaning="Approach of an organisation's strength to what its people can bear.",
    )
    upkeep: float = parameter(
        0.06,
        en="people it takes",
        zh="维持所需参与率",
        unit="active share of its people, 0-1",
        gt=0,
        le=1,
        meaning="Share of an organisation's people who must take part in a week for it to keep full strength.",
    )
    least: float = parameter(
        0.1,
        en="end",
        zh="解散阈值",
        unit="share of full strength, 0-1",
        ge=0,
        le=1,
        meaning="Strength below which an organisation dissolves.",
    )
    start: float = parameter(
        0.3,
        en="strength at founding",
        zh="初始强度",
        unit="share of full strength, 0-1",
        gt=0,
        le=1,
        meaning="Strength with which a new organisation begins.",
    )
    credibility: float = parameter(
        0.6,
        en="credibility at the start",
        zh="初始公信力",
        unit="share, 0-1",
        ge=0,
        le=1,
        meaning="Credibility of an organisation before anybody has seen it work; outreach finds in proportion to it.",
    )
    credibility_gain: float = parameter(
        0.02,
        en="learning of credibility",
        zh="公信力更新",
        unit="per week",
        ge=0,
        le=1,
        meaning="Approach of credibility to the share of the community's organisations' hours that found work.",
    )


class Organisations(Section):
    """What social organisations and other helpers can do where a governance model lets them."""

    hours: OrganisationHours = parameter(
        default_factory=OrganisationHours,
        en="hours by kind",
        zh="各类组织工时",
        unit="-",
        status="design",
        meaning="Hours by kind of organisation.",
    )
    fields: OrganisationFields = parameter(
        default_factory=OrganisationFields,
        en="fields by kind",
        zh="各类组织领域",
        unit="-",
        status="design",
        meaning="Fields by kind of organisation.",
    )
    working_places: WorkingPlaces = parameter(
        default_factory=WorkingPlaces,
        en="working places",
        zh="并行处置数",
        unit="-",
        status="design",
        meaning="Problems helpers work on at a time.",
    )
    life: OrganisationLife = parameter(
        default_factory=OrganisationLife,
        en="life of organisations",
        zh="组织生命周期",
        unit="-",
        status="design",
        meaning="How organisations form, grow and fade.",
    )
