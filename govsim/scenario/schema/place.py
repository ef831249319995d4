"""Street units and communities of a district: who lives where, in what housing, over which hazards."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from govsim.scenario.declare import Section, parameter
from govsim.scenario.schema.run import Label
from govsim.scenario.schema.shares import at_most_one


class Housing(Section):
    """Housing of one community, by building; what the three shares leave is old work-unit housing."""

    resettlement: float = parameter(
        0.33,
        en="resettlement estates",
        zh="安置小区",
        unit="share of buildings, 0-1",
        ge=0,
        le=1,
        status="derived",
        source="Great Wall Net 2014-05-03: more than 20,000 of some 60,000 people rehoused 2004-2014",
        meaning="Share of buildings put up to rehouse people from shantytowns and subsidence areas.",
    )
    commodity: float = parameter(
        0.15,
        en="commodity housing",
        zh="商品房",
        unit="share of buildings, 0-1",
        ge=0,
        le=1,
        meaning="Share of buildings bought on the market.",
    )
    village: float = parameter(
        0.0,
        en="village houses",
        zh="村庄住宅",
        unit="share of buildings, 0-1",
        ge=0,
        le=1,
        meaning="Share of buildings that are village houses.",
    )

    @model_validator(mode="after")
    def _shares_fit(self) -> Self:
        at_most_one(self, "resettlement", "commodity", "village", rest="old work-unit housing")
        return self


class Hazards(Section):
    """Hazard zones of one community; each is one connected run of whole grids."""

    subsidence: float = parameter(
        0.1,
        en="mining subsidence",
        zh="采煤沉陷区",
        unit="share of grids, 0-1",
        ge=0,
        le=1,
        meaning="Share of the community's grids over subsiding ground.",
    )
    water: float = parameter(
        0.15,
        en="failing water supply",
        zh="水源枯竭区",
        unit="share of grids, 0-1",
        ge=0,
        le=1,
        meaning="Share of the community's grids whose water is failing.",
    )
    farmland: float = parameter(
        0.0,
        en="lost farmland",
        zh="耕地受损区",
        unit="share of grids, 0-1",
        ge=0,
        le=1,
        meaning="Share of the community's grids that lost arable land to the mines.",
    )


class Community(Section):
    """One residents' or villagers' committee area."""

    name: Label = parameter(
        default_factory=Label,
        en="name",
        zh="名称",
        unit="-",
        status="design",
        meaning="Name shown to people; it enters no draw.",
        decoration=True,
    )
    residents: float = parameter(
        1.0,
        en="relative size",
        zh="相对人口",
        unit="weight",
        gt=0,
        le=1e9,
        meaning="Residents relative to the other communities of the same street unit; only the ratio counts.",
    )
    condition: float = parameter(
        1.0,
        en="infrastructure condition",
        zh="设施状况",
        unit="factor on arrivals, 1 = average",
        ge=0,
        le=100,
        meaning="Factor by which the state of pipes, roads and buildings multiplies the arrival of problems.",
    )
    housing: Housing = parameter(
        default_factory=Housing,
        en="housing",
        zh="住房",
        unit="-",
        status="design",
        meaning="Housing of the community.",
    )
    hazards: Hazards = parameter(
        default_factory=Hazards,
        en="hazard zones",
        zh="灾害区",
        unit="-",
        status="design",
        meaning="Hazard zones of the community.",
    )


def _one_community() -> list[Community]:
    return [Community(name=Label(en="Community", zh="社区"))]


class StreetUnit(Section):
    """One subdistrict or town."""

    name: Label = parameter(
        default_factory=Label,
        en="name",
        zh="名称",
        unit="-",
        status="design",
        meaning="Name shown to people; it enters no draw.",
        decoration=True,
    )
    residents: float = parameter(
        1.0,
        en="relative size",
        zh="相对人口",
        unit="weight",
        gt=0,
        le=1e9,
        meaning="Residents relative to the other street units; only the ratio counts.",
    )
    district: int = parameter(
        1,
        en="district",
        zh="所属县区",
        unit="-",
        status="design",
        ge=1,
        le=1000,
        meaning="Number of the district or county that the unit belongs to, from 1 on; each has departments of its own, and "
        "kin, colleagues and schoolmates live in the same one.",
    )
    communities: list[Community] = parameter(
        default_factory=_one_community,
        en="communities",
        zh="社区",
        unit="-",
        status="design",
        min_length=1,
        max_length=2000,
        meaning="Communities and villages of the unit.",
    )


def one_street_unit() -> list[StreetUnit]:
    """Return the smallest district: one street unit with one community."""
    return [StreetUnit(name=Label(en="Street unit", zh="街道"))]
