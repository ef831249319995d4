"""How long and how often a scenario runs, and under which negative controls."""

from __future__ import annotations

from typing import Literal

from govsim.scenario.declare import Section, parameter


class RunSettings(Section):
    """Length and repetitions."""

    weeks: int = parameter(260, "length", "模拟周数", "weeks", status="design", ge=1, le=5200)
    """Number of weekly ticks."""
    seeds: int = parameter(5, "repetitions", "重复次数", "seeds", status="design", ge=1, le=100_000)
    """Number of seeds; every governance model runs with each."""
    first_seed: int = parameter(1, "first seed", "起始种子", "-", status="design", ge=0, le=2**31)
    """Seeds run from here upwards."""


class Controls(Section):
    """Negative controls: what is left of a difference when a mechanism that should carry it is taken away."""

    network: Literal["as_built", "shuffled", "none"] = parameter(
        "as_built", "network", "网络对照", "-", status="design"
    )
    """shuffled: residents swap their places in the network at random, so that who is tied to whom says nothing; none: nobody
    has ties."""
    ranking: Literal["as_ruled", "off"] = parameter(
        "as_ruled", "ranking", "考核排名对照", "-", status="design"
    )
    """off: no model ranks offices: no closure target, no reporting quota, first come first served."""
    routing: Literal["as_ruled", "random"] = parameter(
        "as_ruled", "routing", "流转对照", "-", status="design"
    )
    """random: whatever the model rules, an office that passes a case on sends it to a street unit or department drawn at
    random."""


class Label(Section):
    """A name in two languages."""

    en: str = parameter("", "English", "英文", "-", status="design", max_length=4000)
    """English text."""
    zh: str = parameter("", "Chinese", "中文", "-", status="design", max_length=4000)
    """Chinese text."""
