"""The network of week 0: how many ties people have, who has none, triangles, sorting, the way to a Party member."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from govsim.assurance.population.rows import LAYER_WORDS, Bilingual, Measured
from govsim.units import ADULT_AGE
from govsim.world import TieLayer, World, measure_network, steps_from
from govsim.world.measures import assortativity, clustering
from govsim.world.ties import sizes

_FREE = Bilingual("", "")
_ALL = Bilingual("all layers", "全部联系")
_MEMBERS = Bilingual("way to a Party member", "到党员的距离")
_OUTSIDE = tuple(layer for layer in TieLayer if layer is not TieLayer.HOUSEHOLD)
_POISSON = 1.0
"""Variance over mean of ties made at random; people differ more than that (Newman 2003)."""
_NONE = 0.01
_FAR = 0.01
_CLOSED = 0.02
_SORTED = 0.05


def degrees(world: World) -> NDArray[np.int64]:
    """Return the ties of each resident by layer; shape (N, layers). A tie counts in the strongest layer it belongs to."""
    n, layers = len(world.residents.age), len(TieLayer)
    ego = np.repeat(np.arange(n), sizes(world.ties.indptr))
    return np.bincount(ego * layers + world.ties.layer, minlength=n * layers).reshape(n, layers)


def network(world: World) -> list[Measured]:
    """Return all measures of the network; what they are held against are assumptions, and say so."""
    degree = degrees(world)
    return [*_counts(world, degree), *_triangles(world), *_sorting(world), *_ways(world)]


def _row(
    name: str,
    group: Bilingual,
    en: str,
    zh: str,
    value: float,
    unit: str,
    expected: Bilingual = _FREE,
    ok: bool | None = None,
) -> Measured:
    verdict = "described" if ok is None else "few" if not np.isfinite(value) else "usual" if ok else "unusual"
    return Measured(name, group, Bilingual(en, zh), verdict, float(value), unit, expected)


def _counts(world: World, degree: NDArray[np.int64]) -> Iterator[Measured]:
    people = world.residents
    adult = people.age >= ADULT_AGE
    joined = np.zeros(len(adult), bool)
    joined[world.memberships.resident] = True
    of = {
        TieLayer.BRANCH: people.branch >= 0,
        TieLayer.ORGANISATION: joined,
        TieLayer.HOUSEHOLD: np.ones(len(adult), bool),
    }
    for layer in TieLayer:
        rows = of.get(layer, adult)
        own = degree[rows, layer].astype(float)
        if not len(own) or not own.any():
            continue
        words, key = LAYER_WORDS[layer], layer.name.lower()
        yield _row(f"{key}.mean", words, "ties, mean", "联系数均值", own.mean(), "ties")
        spread = float(own.var() / own.mean())
        judged = layer in (TieLayer.NEIGHBOUR, TieLayer.KIN_WORK_SCHOOL, TieLayer.BRANCH)
        yield _row(
            f"{key}.dispersion", words, "variance over mean", "方差与均值之比", spread, "ratio",
            Bilingual("at least 1 (assumed)", "不小于1（假设）") if judged else _FREE,
            spread >= _POISSON if judged else None,
        )  # fmt: skip
        yield _row(f"{key}.none", words, "without any", "没有联系的占比", float((own == 0).mean()), "share")
    outside = degree[:, _OUTSIDE].sum(axis=1)[adult].astype(float)
    if not len(outside):
        return
    label = "adults without ties outside the household", "在家庭之外没有联系的16岁及以上居民占比"
    alone = float((outside == 0).mean())
    yield _row("outside.none", _ALL, *label, alone, "share",
               Bilingual("at least 1% (assumed): some meet nobody", "不小于1%（假设）：总有人不与外界来往"), alone >= _NONE)  # fmt: skip
    quantiles = np.quantile(outside, (0.0, 0.05, 0.5, 0.95, 1.0))
    for share, value in zip(("least", "5%", "median", "95%", "most"), quantiles.tolist(), strict=True):
        zh = {"least": "最少", "median": "中位数", "most": "最多"}.get(share, share)
        yield _row(f"outside.{share.rstrip('%')}", _ALL, f"ties of adults outside the household, {share}",
                   f"16岁及以上居民在家庭之外的联系数：{zh}", value, "ties")  # fmt: skip
    report = measure_network(world)
    yield _row("components", _ALL, "connected parts", "连通分量数", report.components, "count")
    yield _row(
        "largest", _ALL, "residents in the largest part", "最大连通分量占比", report.largest_share, "share"
    )
    yield _row("isolated", _ALL, "residents without any tie", "完全没有联系的居民", report.isolated, "people")


def _triangles(world: World) -> Iterator[Measured]:
    """Yield the mean share of pairs of somebody's ties that are tied (Watts and Strogatz 1998), over adults."""
    adult = world.residents.age >= ADULT_AGE
    if not adult.any():
        return
    for name, words, layers in (
        ("all", _ALL, tuple(TieLayer)),
        ("neighbour", LAYER_WORDS[TieLayer.NEIGHBOUR], (TieLayer.NEIGHBOUR,)),
        ("kin_work_school", LAYER_WORDS[TieLayer.KIN_WORK_SCHOOL], (TieLayer.KIN_WORK_SCHOOL,)),
    ):
        if not np.isin(world.ties.layer, layers).any():
            continue
        value = float(clustering(world.ties, layers)[adult].mean())
        judged = name == "kin_work_school"
        yield _row(f"{name}.clustering", words, "pairs of ties that are tied (clustering)", "互有联系的联系对占比（聚类系数）",
                   value, "share", Bilingual(f"at least {_CLOSED:.0%} (assumed): families and firms", f"不小于{_CLOSED:.0%}（假设）：亲属和同事")
                   if judged else _FREE, value >= _CLOSED if judged else None)  # fmt: skip


def _sorting(world: World) -> Iterator[Measured]:
    """Yield Newman's coefficient of assortment (2003), over ties among adults."""
    people, homes = world.residents, world.households
    adult = people.age >= ADULT_AGE
    labels = {
        "housing": (Bilingual("same housing", "住房相同"), homes.housing[people.household]),
        "work": (Bilingual("same work", "就业状况相同"), people.work),
        "age": (Bilingual("same ten years of age", "同一年龄段（10岁）"), people.age // 10),
        "schooling": (Bilingual("same schooling", "受教育程度相同"), people.schooling),
    }
    for layer in (TieLayer.NEIGHBOUR, TieLayer.KIN_WORK_SCHOOL):
        for name, (words, label) in labels.items():
            found = assortativity(world.ties, label, adult, (layer,)) if adult.any() else None
            if found is None:
                continue
            judged = (layer is TieLayer.NEIGHBOUR and name in ("work", "age")) or name == "schooling"
            yield _row(f"{layer.name.lower()}.sorted_by_{name}", LAYER_WORDS[layer], f"sorted by {words.en} (assortativity)",
                       f"{words.zh}的同配系数", found, "-1 to 1",
                       Bilingual(f"at least {_SORTED} (assumed)", f"不小于{_SORTED}（假设）") if judged else _FREE,
                       found >= _SORTED if judged else None)  # fmt: skip
    ties = world.ties
    ego = np.repeat(np.arange(len(people.age)), sizes(ties.indptr))
    rows = ties.layer == TieLayer.KIN_WORK_SCHOOL
    if rows.any():
        gap = np.abs(people.age[ego[rows]].astype(np.int64) - people.age[ties.other[rows]])
        share = float(((gap >= 18) & (gap <= 45)).mean())
        yield _row("kin_work_school.generations", LAYER_WORDS[TieLayer.KIN_WORK_SCHOOL], "a generation apart (18 to 45 years)",
                   "相差一代人（18至45岁）的占比", share, "share")  # fmt: skip


def _ways(world: World) -> Iterator[Measured]:
    people = world.residents
    member, adult = people.party_member == 1, people.age >= ADULT_AGE
    if not member.any():
        return
    steps = steps_from(world.ties, member)[adult]
    for count in range(4):
        yield _row(f"member.steps.{count}", _MEMBERS, f"adults {count} step{'' if count == 1 else 's'} away", f"相隔{count}步的16岁及以上居民",
                   float((steps == count).mean()), "share")  # fmt: skip
    far = float(((steps > 2) | (steps < 0)).mean())
    yield _row("member.far", _MEMBERS, "adults more than 2 steps away, or without a way", "相隔超过2步或不相连的16岁及以上居民",
               far, "share", Bilingual(f"at least {_FAR:.0%} (assumed)", f"不小于{_FAR:.0%}（假设）"), far >= _FAR)  # fmt: skip
