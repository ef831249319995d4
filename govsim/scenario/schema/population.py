"""The people and places of a district at week 0, and how the population moves; nothing in here knows of governance.

Places are street units and communities: who lives where, in what housing, over which hazards.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Self

from pydantic import model_validator

from govsim.scenario.declare import SLACK, Section, at_most_one, contradiction, parameter, scale_to
from govsim.scenario.schema.organisations import OrganisationKinds, Party
from govsim.scenario.schema.people import (
    Ability,
    Ages,
    Attitudes,
    Dispositions,
    Education,
    FreeHours,
    WorkShares,
)
from govsim.scenario.schema.run import Label

MOST_COMMUNITIES = 65_535
"""What the 16 bits of a community's number hold."""


def _alike() -> Any:
    return parameter(
        1,
        "number alike",
        "相同数目",
        "count",
        status="design",
        ge=1,
        le=MOST_COMMUNITIES,
        repeats=True,
        meaning=(
            "The entry stands for this many, as if it were written out as often; in their names {n} is "
            "the number of each."
        ),
    )


def _only_known_places(name: Label, *known: str) -> None:
    """Refuse a name with other places to fill in than the known ones."""
    for text in (name.en, name.zh):
        for found in re.findall(r"\{[^{}]*\}", text):
            if found not in known:
                raise contradiction(
                    "nothing can be filled in for {found}; known here: {known}",
                    "name",
                    found=found,
                    known=", ".join(known),
                )


def _filled(name: Label, number: int, of: int, unit: Label, units: int) -> Label:
    """Return the name of one of several alike, without two of one name where it leaves out their numbers."""

    def text(own: str, around: str, gap: str) -> str:
        if of > 1 and "{n}" not in own:
            own = f"{own}{gap}{{n}}"
        if units > 1 and "{unit}" not in own:
            own = f"{{unit}}{gap}{own}"
        return own.replace("{n}", str(number)).replace("{unit}", around)

    return Label(en=text(name.en, unit.en, " "), zh=text(name.zh, unit.zh, "") if name.zh else "")


class HousingShares(Section):
    """Housing of one community, by building; what the three shares leave is old work-unit housing."""

    resettlement: float = parameter(
        0.33,
        "resettlement estates",
        "安置小区",
        "share of buildings, 0-1",
        ge=0,
        le=1,
        status="derived",
        source="Great Wall Net 2014-05-03: more than 20,000 of some 60,000 people rehoused 2004-2014",
    )
    """Share of buildings put up to rehouse people from shantytowns and subsidence areas."""
    commodity: float = parameter(0.15, "commodity housing", "商品房", "share of buildings, 0-1", ge=0, le=1)
    """Share of buildings bought on the market."""
    village: float = parameter(0.0, "village houses", "村庄住宅", "share of buildings, 0-1", ge=0, le=1)
    """Share of buildings that are village houses."""

    @model_validator(mode="after")
    def _shares_fit(self) -> Self:
        at_most_one(self, "resettlement", "commodity", "village", rest="old work-unit housing")
        return self


class Hazards(Section):
    """Hazard zones of one community; each is one connected run of whole grids."""

    subsidence: float = parameter(0.1, "mining subsidence", "采煤沉陷区", "share of grids, 0-1", ge=0, le=1)
    """Share of the community's grids over subsiding ground."""
    water: float = parameter(0.15, "failing water supply", "水源枯竭区", "share of grids, 0-1", ge=0, le=1)
    """Share of the community's grids whose water is failing."""
    farmland: float = parameter(0.0, "lost farmland", "耕地受损区", "share of grids, 0-1", ge=0, le=1)
    """Share of the community's grids that lost arable land to the mines."""


class Community(Section):
    """One residents' or villagers' committee area."""

    name: Label = parameter(..., "name", "名称", "-", default_factory=Label, status="design", decoration=True)
    """Name shown to people; it enters no draw. {unit} in it is the name of the street unit."""
    count: int = _alike()
    residents: float = parameter(1.0, "relative size", "相对人口", "weight", gt=0, le=1e9)
    """Residents relative to the other communities of the same street unit, each of those alike; only the ratio counts."""
    condition: float = parameter(
        1.0, "infrastructure condition", "设施状况", "factor on arrivals, 1 = average", ge=0, le=100
    )
    """Factor by which the state of pipes, roads and buildings multiplies the arrival of problems."""
    housing: HousingShares = parameter(
        ..., "housing", "住房", "-", default_factory=HousingShares, status="design"
    )
    """Housing of the community."""
    hazards: Hazards = parameter(..., "hazard zones", "灾害区", "-", default_factory=Hazards, status="design")
    """Hazard zones of the community."""

    @model_validator(mode="after")
    def _name_can_be_filled(self) -> Self:
        _only_known_places(self.name, "{n}", "{unit}")
        return self


def _one_community() -> list[Community]:
    return [Community(name=Label(en="Community", zh="社区"))]


class StreetUnit(Section):
    """One subdistrict or town."""

    name: Label = parameter(..., "name", "名称", "-", default_factory=Label, status="design", decoration=True)
    """Name shown to people; it enters no draw."""
    count: int = _alike()
    residents: float = parameter(1.0, "relative size", "相对人口", "weight", gt=0, le=1e9)
    """Residents relative to the other street units, each of those alike; only the ratio counts."""
    district: int = parameter(1, "district", "所属县区", "-", status="design", ge=1, le=1000)
    """Number of the district or county that the unit belongs to, from 1 on; each has departments of its own, and kin,
    colleagues and schoolmates live in the same one."""
    communities: list[Community] = parameter(
        ...,
        "communities",
        "社区",
        "-",
        default_factory=_one_community,
        status="design",
        min_length=1,
        max_length=2000,
    )
    """Communities and villages of the unit."""

    @model_validator(mode="after")
    def _name_can_be_filled(self) -> Self:
        _only_known_places(self.name, "{n}")
        return self

    def community_count(self) -> int:
        """Count the communities of all units alike."""
        return self.count * sum(place.count for place in self.communities)

    def written_out(self) -> Iterator[StreetUnit]:
        """Yield each unit with each of its communities as an entry of its own, with their names filled in."""
        for number in range(1, self.count + 1):
            name = _filled(self.name, number, self.count, Label(), 1)
            communities = [
                place.model_copy(
                    update={"name": _filled(place.name, k, place.count, name, self.count), "count": 1}
                )
                for place in self.communities
                for k in range(1, place.count + 1)
            ]
            yield self.model_copy(update={"name": name, "count": 1, "communities": communities})


def one_street_unit() -> list[StreetUnit]:
    """Return the smallest district: one street unit with one community."""
    return [StreetUnit(name=Label(en="Street unit", zh="街道"))]


__all__ = ["Community", "Hazards", "HousingShares", "Population", "StreetUnit"]


class Population(Section):
    """What the residents, households, grids, communities and organisations of week 0 are made of."""

    residents: int = parameter(..., "residents", "居民人数", "people", status="design", ge=1, le=16_000_000)
    """All residents, simulated one to one."""
    street_units: list[StreetUnit] = parameter(
        ...,
        "street units",
        "街道和乡镇",
        "-",
        default_factory=one_street_unit,
        status="design",
        min_length=1,
        max_length=1000,
    )
    """Subdistricts and towns with their communities."""
    districts: list[Label] = parameter(
        ...,
        "districts",
        "县区名称",
        "-",
        default_factory=list,
        status="design",
        max_length=1000,
        decoration=True,
    )
    """Names of the districts and counties by number, where there are several; shown to people."""
    household_sizes: list[float] = parameter(
        ...,
        "household sizes",
        "家庭户规模",
        "share of households, 0-1",
        default_factory=lambda: [0.25, 0.38, 0.24, 0.09, 0.03, 0.01],
        status="derived",
        source="Tiebeilu profile, zhaoshang-gov.cn: 29,595 people in 12,864 households; shape assumed",
        min_length=6,
        max_length=6,
    )
    """Shares of households of one to six people; they add up to 1."""
    female: float = parameter(0.495, "women", "女性占比", "share of residents, 0-1", ge=0.4, le=0.6)
    """Share of women; couples are a man and a woman."""
    migrant: float = parameter(
        0.032,
        "migrants",
        "外来人口占比",
        "share of households, 0-1",
        ge=0,
        le=1,
        status="derived",
        source="Wangjiazhuang town profile, shzq.org: 360 floating people beside 11,080 registered",
    )
    """Share of households from elsewhere."""
    grid_households: int = parameter(
        300,
        "households in a grid",
        "网格户数",
        "households",
        ge=1,
        le=100_000,
        status="found",
        source="guidance on grids of 200-300 households, seridoat.com",
    )
    """Households of one grid; a remainder under two thirds of this joins the last grid."""
    building_households: int = parameter(
        40, "households in a building", "每栋户数", "households", ge=1, le=10_000
    )
    """Households of one building, which share a kind of housing."""
    ages: Ages = parameter(..., "ages", "年龄结构", "-", default_factory=Ages, status="design")
    """Age structure."""
    education: Education = parameter(
        ..., "schooling", "受教育程度", "-", default_factory=Education, status="design"
    )
    """Schooling by age."""
    work: WorkShares = parameter(..., "work", "就业状况", "-", default_factory=WorkShares, status="design")
    """Work status."""
    free_hours: FreeHours = parameter(
        ..., "free hours", "空闲时间", "-", default_factory=FreeHours, status="design"
    )
    """Free hours by work status."""
    party: Party = parameter(..., "Party members", "党员", "-", default_factory=Party, status="design")
    """Party members."""
    participation: Dispositions = parameter(
        ..., "readiness to take part", "参与意愿", "-", default_factory=Dispositions, status="design"
    )
    """Types, thresholds and cost of time."""
    attitudes: Attitudes = parameter(
        ..., "attitudes", "态度", "-", default_factory=Attitudes, status="design"
    )
    """Trust, expectation and efficacy at week 0."""
    ability: Ability = parameter(
        ..., "ability to report", "反映问题能力", "-", default_factory=Ability, status="design"
    )
    """Ability to report."""
    organisations: OrganisationKinds = parameter(
        ..., "social organisations", "社会组织", "-", default_factory=OrganisationKinds, status="design"
    )
    """Social organisations at week 0."""

    def community_count(self) -> int:
        """Count the communities of the district."""
        return sum(unit.community_count() for unit in self.street_units)

    def district_of_units(self) -> list[int]:
        """Return the number of the district of each street unit, from 1 on."""
        return [unit.district for unit in self.street_units for _ in range(unit.count)]

    def written_out(self) -> list[StreetUnit]:
        """Return the street units and communities one by one, with what is alike written out."""
        return [one for unit in self.street_units for one in unit.written_out()]

    def party_shares(self) -> tuple[float, ...]:
        """Return the share of Party members among those aged 18-39, 40-60 and 61 or more.

        Where the population has nobody of an age group, its members are spread over the others in proportion.
        """
        ages, party = self.ages, self.party
        working = max(0.0, 1.0 - ages.under_18 - ages.over_60)
        groups = (
            working * ages.young_of_working_age,
            working * (1.0 - ages.young_of_working_age),
            ages.over_60,
        )
        wanted = (party.under_40, 1.0 - party.under_40 - party.over_60, party.over_60)
        reached = sum(share for share, people in zip(wanted, groups, strict=True) if people > 0)
        members = party.share_of_adults * (1.0 - ages.under_18)
        return tuple(
            members * share / reached / people if people > 0 and reached > 0 else 0.0
            for share, people in zip(wanted, groups, strict=True)
        )

    def party_chances(self) -> list[list[list[float]]]:
        """Return the chance of being a Party member by [age group][college][woman]; no chance exceeds 1."""
        education, women = self.education, self.party.women
        by_sex = ((1.0 - women) / (1.0 - self.female), women / self.female)
        by_school = (1.0, self.party.college_ratio)
        chances = []
        for mean, school in zip(
            self.party_shares(), (education.under_40, education.from_40_to_60, education.over_60), strict=True
        ):
            groups = [
                (factor * sex, weight * people)
                for factor, weight in zip(by_school, (1.0 - school.college, school.college), strict=True)
                for sex, people in zip(by_sex, (1.0 - self.female, self.female), strict=True)
            ]
            scale = scale_to(mean, groups)
            chances.append([[min(1.0, scale * factor * sex) for sex in by_sex] for factor in by_school])
        return chances

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        total = sum(self.household_sizes)
        if min(self.household_sizes) < 0 or abs(total - 1) > 1e-6:
            raise contradiction(
                "the shares add up to {total}; they must add up to 1, each between 0 and 1",
                "household_sizes",
                total=f"{total:g}",
            )
        mean = sum((size + 1) * share for size, share in enumerate(self.household_sizes))
        if self.ages.under_18 * mean > mean - 1 + SLACK:
            raise contradiction(
                "households of {mean} people in the mean would be without an adult: "
                "under 18 can be at most {most} of the residents",
                "household_sizes",
                "ages.under_18",
                mean=f"{mean:.3g}",
                most=f"{1 - 1 / mean:.3g}",
            )
        if self.participation.registered_share > 1 - self.ages.under_18 + SLACK:
            raise contradiction(
                "more registered volunteers than residents aged 18 and over",
                "participation.registered_share",
                "ages.under_18",
            )
        fullest = max(self.party_shares())
        if fullest > 1 + SLACK:
            raise contradiction(
                "more Party members than people in some age group: "
                "with these ages at most {most} of the adults can be members",
                "party.share_of_adults",
                "party.over_60",
                "party.under_40",
                "ages.over_60",
                most=f"{self.party.share_of_adults / fullest:.3g}",
            )
        numbers = {unit.district for unit in self.street_units}
        if numbers != set(range(1, len(numbers) + 1)):
            missing = min(set(range(1, max(numbers) + 1)) - numbers)
            raise contradiction(
                f"no street unit belongs to district {missing} of {max(numbers)}", "street_units"
            )
        if self.districts and len(self.districts) != len(numbers):
            raise contradiction(
                f"{len(self.districts)} names for {len(numbers)} districts", "districts", "street_units"
            )
        if (communities := self.community_count()) > MOST_COMMUNITIES:
            raise contradiction(
                "{communities} communities; at most {most} are possible",
                "street_units",
                communities=f"{communities:,}",
                most=f"{MOST_COMMUNITIES:,}",
            )
        return self


class Demography(Section):
    """Out-migration, deaths, ageing and loss of work: drivers from outside, the same under every model.

    Births are left out: nobody under 16 acts in a run, and Wangjiazhuang's births and deaths were equal (5.5 and 5.56
    per 1,000).
    """

    ageing: bool = parameter(True, "ageing", "人口老龄化", "true or false", status="design")
    """Whether residents grow older: come of age at 16, leave the work force at retirement age, count as elderly from 65."""
    moving_under_40: float = parameter(
        0.018,
        "moves of young households",
        "青年家庭外迁率",
        "share of households per year",
        ge=0,
        le=1,
        source="set so that the population falls by about 0.9 % a year: Yingzi from about 70,000 in 2004 to 59,143 in 2023 (Baidu Baike); the split by age is assumed",
    )
    """Households whose oldest member is under 40 that leave the district in a year."""
    moving_from_40: float = parameter(
        0.007,
        "moves of other households",
        "其他家庭外迁率",
        "share of households per year",
        ge=0,
        le=1,
        source="as for young households",
    )
    """Households with somebody of 40 or over, and nobody over 60, that leave the district in a year."""
    deaths_over_60: float = parameter(
        0.023,
        "deaths",
        "老年死亡率",
        "share of those over 60 per year",
        ge=0,
        le=1,
        status="derived",
        source="5.56 deaths per 1,000 residents (Wangjiazhuang town profile, shzq.org), all taken to be over 60",
    )
    """Deaths among people aged over 60 in a year."""
    layoffs: float = parameter(
        0.0, "loss of work", "失业率变动", "share of the employed per week", ge=0, le=1
    )
    """Employed adults who lose their work in a week."""
