"""Street units and communities of a district: who lives where, in what housing, over which hazards."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Self

from pydantic import model_validator

from govsim.scenario.declare import Section, at_most_one, contradiction, parameter
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
