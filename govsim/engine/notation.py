"""Symbols of the equations, each with its unit, its column or parameter, and its meaning in both languages."""

from __future__ import annotations

from typing import NamedTuple


class Symbol(NamedTuple):
    """A letter or word of the equations.

    Attributes
    ----------
    name, unit : str
    place : str
        Column of the state or key of the scenario; empty for what exists within one equation only.
    en, zh : str
    """

    name: str
    unit: str
    place: str
    en: str
    zh: str


SYMBOLS: tuple[Symbol, ...] = (
    Symbol("T[k]", "0-1", "residents.trust", "trust in tier k: community, street, district, centre", "对第k级机构的信任：社区、街道、区、中央"),
    Symbol("E", "0-1", "residents.expectation", "expected performance", "预期表现"),
    Symbol("S", "0-1", "residents.satisfaction", "satisfaction", "满意度"),
    Symbol("O", "0-1", "residents.opinion", "opinion of local government that others hear", "他人可听到的对地方机构的看法"),
    Symbol("H", "0-1", "residents.heard", "mean opinion of ties; negative where nobody was heard", "社会关系的平均看法；无人可听时为负"),
    Symbol("F", "0-1", "residents.efficacy", "efficacy: belief that taking part helps", "效能感：相信参与有用"),
    Symbol("y", "0-1", "", "performance that a household experiences", "家庭感受到的表现"),
    Symbol("d", "-1 to 1", "", "disconfirmation: performance minus expectation", "落差：表现减预期"),
    Symbol("p", "0-1", "plan.publishing", "share of the hours of publishing spent this week", "本周结果公开工时的投入比例"),
    Symbol("detected, closed", "working hours", "jobs", "when a case first came to light; when it was closed", "事项首次被发现的时间；办结时间"),
    Symbol("patience", "working hours", "classes", "delay at which performance is one half", "表现降为一半的时长"),
)  # fmt: skip
