"""What a calibration asks: which published figures are fitted, which are kept for afterwards, and how long is searched."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from govsim.scenario.declare import Section, parameter

Ends = Annotated[list[float], Field(min_length=2, max_length=2)]


class Calibration(Section):
    """How a study is fitted to published figures."""

    fit: list[str] = parameter(
        ..., "fitted indicators", "拟合指标", "-", default_factory=list, status="design", max_length=60
    )
    """Indicators whose value is to lie in its range; every pattern check that is not held out where the list is empty."""
    held_out: list[str] = parameter(
        ...,
        "held-out indicators",
        "留出指标",
        "-",
        default_factory=lambda: ["pattern_admin", "pattern_decline", "pattern_ageing"],
        status="design",
        max_length=60,
    )
    """Indicators that are read only when the command is told to reveal them, so that nothing is fitted to them."""
    ranges: dict[str, Ends] = parameter(
        ...,
        "own ranges",
        "自定目标区间",
        "in the indicator's unit",
        default_factory=dict,
        status="design",
        max_length=60,
    )
    """Lowest and highest accepted value of an indicator, by name; instead of the published range of a pattern check."""
    rounds: int = parameter(2, "further rounds", "追加轮数", "rounds", status="design", ge=0, le=20)
    """Rounds of runs inside the region found so far, after the design."""
    points: int = parameter(
        64, "points of a round", "每轮样本点数", "points", status="design", ge=1, le=10_000
    )
    """Points of each further round."""
    region: int = parameter(
        100, "points of the region", "接受区域点数上限", "points", status="design", ge=1, le=10_000
    )
    """Most points that the file of the accepted region holds."""
