"""How long and how often a scenario runs, and under which negative controls."""

from __future__ import annotations

from typing import Literal

from govsim.scenario.declare import Section, parameter


class Run(Section):
    """Length and repetitions."""

    weeks: int = parameter(
        260,
        en="length",
        zh="模拟周数",
        unit="weeks",
        status="design",
        meaning="Number of weekly ticks.",
        ge=1,
        le=5200,
    )
    seeds: int = parameter(
        5,
        en="repetitions",
        zh="重复次数",
        unit="seeds",
        status="design",
        meaning="Number of seeds; every governance model runs with each.",
        ge=1,
        le=100_000,
    )
    first_seed: int = parameter(
        1,
        en="first seed",
        zh="起始种子",
        unit="-",
        status="design",
        meaning="Seeds run from here upwards.",
        ge=0,
        le=2**31,
    )


class Controls(Section):
    """Negative controls: what is left of a difference when a mechanism that should carry it is taken away."""

    network: Literal["as_built", "shuffled", "none"] = parameter(
        "as_built",
        en="network",
        zh="网络对照",
        unit="-",
        status="design",
        meaning="shuffled: residents swap their places in the network at random, so that who is tied to whom says nothing; none: nobody has ties.",
    )
    ranking: Literal["as_ruled", "off"] = parameter(
        "as_ruled",
        en="ranking",
        zh="考核排名对照",
        unit="-",
        status="design",
        meaning="off: no model ranks offices: no closure target, no reporting quota, first come first served.",
    )
    routing: Literal["as_ruled", "random"] = parameter(
        "as_ruled",
        en="routing",
        zh="流转对照",
        unit="-",
        status="design",
        meaning="random: whatever the model rules, an office that passes a case on sends it to a street unit or department drawn at random.",
    )


class Label(Section):
    """A name in two languages."""

    en: str = parameter(
        "", en="English", zh="英文", unit="-", status="design", meaning="English text.", max_length=4000
    )
    zh: str = parameter(
        "", en="Chinese", zh="中文", unit="-", status="design", meaning="Chinese text.", max_length=4000
    )
