"""Hours and fields of social organisations; who belongs to them is part of the population."""

from __future__ import annotations

from govsim.scenario.declare import Section, parameter
from govsim.scenario.schema.problems import Kind


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
