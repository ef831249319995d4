"""What a calibration asks: which published figures are fitted, which are kept for afterwards, and how long is searched."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from govsim.scenario.declare import Section, parameter

Ends = Annotated[list[float], Field(min_length=2, max_length=2)]


class Calibration(Section):
    """How a study is fitted to published figures."""

    fit: list[str] = parameter(
        default_factory=list,
        en="fitted indicators",
        zh="拟合指标",
        unit="-",
        status="design",
        meaning="Indicators whose value is to lie in its range; every pattern check that is not held out where the list is empty.",
        max_length=60,
    )
    held_out: list[str] = parameter(
        default_factory=lambda: ["pattern_admin", "pattern_decline", "pattern_ageing"],
        en="held-out indicators",
        zh="留出指标",
        unit="-",
        status="design",
        meaning="Indicators that are read only when the command is told to reveal them, so that nothing is fitted to them.",
        max_length=60,
    )
    ranges: dict[str, Ends] = parameter(
        default_factory=dict,
        en="own ranges",
        zh="自定目标区间",
        unit="in the indicator's unit",
        status="design",
        meaning="Lowest and highest accepted value of an indicator, by name; instead of the published range of a pattern check.",
        max_length=60,
    )
    rounds: int = parameter(
        2,
        en="further rounds",
        zh="追加轮数",
        unit="rounds",
        status="design",
        meaning="Rounds of runs inside the region found so far, after the design.",
        ge=0,
        le=20,
    )
    points: int = parameter(
        64,
        en="points of a round",
        zh="每轮样本点数",
        unit="points",
        status="design",
        meaning="Points of each further round.",
        ge=1,
        le=10_000,
    )
    region: int = parameter(
        100,
        en="points of the region",
        zh="接受区域点数上限",
        unit="points",
        status="design",
        meaning="Most points that the file of the accepted region holds.",
        ge=1,
        le=10_000,
    )
