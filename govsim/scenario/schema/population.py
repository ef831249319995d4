"""The people and places of a district at week 0, and how the population moves; nothing in here knows of governance."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from govsim.scenario.declare import SLACK, Section, contradiction, parameter, scale_to
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
from govsim.scenario.schema.place import (
    MOST_COMMUNITIES,
    Community,
    Hazards,
    HousingShares,
    StreetUnit,
    one_street_unit,
)
from govsim.scenario.schema.run import Label

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
