"""How the population moves while a scenario runs; who lives there at week 0 is part of the population."""

from __future__ import annotations

from govsim.scenario.declare import Section, parameter


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
