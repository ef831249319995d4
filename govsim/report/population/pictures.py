"""Population pyramid and numbers of ties as panels, which files and pages draw; they show what the columns of a world hold."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from govsim.assurance.population import PopulationAudit
from govsim.assurance.population.network import degrees
from govsim.assurance.population.rows import LAYER_WORDS, Bilingual
from govsim.report.docs.words import Language
from govsim.studies.answer import Curves, Line, Pyramid, Sheet
from govsim.units import ADULT_AGE, PERCENT
from govsim.world import TieLayer, Work, World


def _of(words: Bilingual, language: Language) -> str:
    return str(getattr(words, language))


_SINGLE_YEARS = 20_000
"""Residents from which single years of age are more than chance."""
_OLDEST = 100


@dataclass(frozen=True)
class _Split:
    """What a pyramid is divided by."""

    title: Bilingual
    parts: Sequence[Bilingual]


_BY_WORK = _Split(
    Bilingual("by work", "按就业状况"),
    (
        Bilingual("under 16", "16岁以下"), Bilingual("students from 16", "16岁及以上学生"), Bilingual("employed", "在职"),
        Bilingual("self-employed", "个体经营"), Bilingual("laid off or without work", "下岗失业或无业"), Bilingual("retired", "退休"),
    ),
)  # fmt: skip
_PART_OF_WORK = {
    Work.CHILD: 0, Work.STUDENT: 1, Work.EMPLOYED: 2, Work.SELF_EMPLOYED: 3, Work.LAID_OFF: 4, Work.NONE: 4, Work.RETIRED: 5
}  # fmt: skip
_BY_SCHOOLING = _Split(
    Bilingual("by schooling", "按受教育程度"),
    (
        Bilingual("primary or less", "小学及以下"), Bilingual("junior secondary", "初中"),
        Bilingual("senior secondary", "高中及中专"), Bilingual("college", "大专及以上"),
    ),
)  # fmt: skip


def pyramid(world: World, language: Language, by: str = "work") -> Pyramid:
    """Return the panel of a population pyramid: percent of residents by age and sex, in single years or bands of five.

    Parameters
    ----------
    by
        ``work`` or ``schooling``.
    """
    people = world.residents
    split = _BY_WORK if by == "work" else _BY_SCHOOLING
    part = (
        np.array([_PART_OF_WORK[kind] for kind in Work])[people.work]
        if by == "work"
        else people.schooling.astype(int)
    )
    n = len(people.age)
    width = 1 if n >= _SINGLE_YEARS else 5
    age = np.minimum(people.age, _OLDEST).astype(int) // width
    count = _OLDEST // width + 1
    names = [str(low) if width == 1 else f"{low}–{low + width - 1}" for low in range(0, _OLDEST, width)]
    names.append(f"{_OLDEST}+")
    parts = [_of(words, language) for words in split.parts]
    sides: list[list[list[float]]] = []
    for sex in (0, 1):
        rows = people.female == sex
        cells = np.bincount(part[rows] * count + age[rows], minlength=len(parts) * count).reshape(
            len(parts), count
        )
        sides.append((PERCENT * cells / n).tolist())
    men, women = Bilingual("men", "男"), Bilingual("women", "女")
    title = Bilingual(f"Population pyramid, {split.title.en}", f"人口金字塔，{split.title.zh}")
    told = [
        f"{_of(word, language)} {100 * float((people.female == sex).mean()):.1f}%"
        for sex, word in ((0, men), (1, women))
    ]
    told += [f"{name} {100 * float((part == k).mean()):.1f}%" for k, name in enumerate(parts)]
    return Pyramid(
        _of(title, language), (", " if language == "en" else "，").join(told), names, sides[0], sides[1],
        (_of(men, language), _of(women, language)), parts, _of(Bilingual("% of residents", "占居民%"), language),
        _of(Bilingual("age", "年龄"), language),
    )  # fmt: skip


def degree_panels(world: World, language: Language) -> list[Curves]:
    """Return how many adults have how many ties: all outside the household, then by layer; only those who can have some."""
    people = world.residents
    degree = degrees(world)
    adult = people.age >= ADULT_AGE
    joined = np.zeros(len(adult), bool)
    joined[world.memberships.resident] = True
    outside = degree[:, [layer for layer in TieLayer if layer is not TieLayer.HOUSEHOLD]].sum(axis=1)
    kinds = [
        (Bilingual("outside the household", "家庭之外的联系"), outside[adult]),
        (LAYER_WORDS[TieLayer.NEIGHBOUR], degree[adult, TieLayer.NEIGHBOUR]),
        (LAYER_WORDS[TieLayer.KIN_WORK_SCHOOL], degree[adult, TieLayer.KIN_WORK_SCHOOL]),
        (Bilingual("Party branch, members", "党支部（党员）"), degree[people.branch >= 0, TieLayer.BRANCH]),
        (Bilingual("organisations, members", "组织（成员）"), degree[joined, TieLayer.ORGANISATION]),
        (Bilingual("household, everybody", "家庭（全体居民）"), degree[:, TieLayer.HOUSEHOLD]),
    ]
    most = max((int(values.max()) for _, values in kinds if len(values)), default=1)
    panels = []
    for words, values in kinds:
        if not len(values):
            continue
        share = PERCENT * np.bincount(values, minlength=most + 2) / len(values)
        mean, spread = float(values.mean()), float(values.var() / max(values.mean(), 1e-12))
        told = Bilingual(
            f"{words.en}\nmean {mean:.1f}, variance/mean {spread:.2f}\nnone {share[0]:.1f}%",
            f"{words.zh}\n均值{mean:.1f}，方差/均值{spread:.2f}\n无联系{share[0]:.1f}%",
        )
        y = share.tolist()
        line = Line(0, list(range(len(y))), y, y, y, [*(f"{value:.1f}" for value in y[:-1]), ""], "")
        panels.append(Curves(
            _of(told, language), _of(told, language).replace("\n", ", "), [line],
            _of(Bilingual("ties of a person", "每人联系数"), language), ends=(0.0, _above(float(share.max()))), steps=True, unit="%",
        ))  # fmt: skip
    return panels


def _above(value: float) -> float:
    """Return the next multiple of ten, so that an axis ends there."""
    return 10.0 * math.ceil(value / 10.0 + 1e-9)


def sheets(done: PopulationAudit, world: World, language: Language) -> Mapping[str, Sheet]:
    """Return the figures by name."""
    en = language == "en"
    footer = (
        f"{done.label}, seed {done.seed}. govsim world check"
        if en
        else f"{done.label_zh}，随机种子{done.seed}。"
    )
    finding = next((row for row in done.plausibility if row.name == "age.step"), None)
    step = f"{finding.value:.1f}" if finding is not None else "–"
    title = f"{done.residents:,} residents by age and sex" if en else f"{done.residents:,}名居民的年龄和性别"
    note = (
        f"Percent of residents. Largest step between neighbouring single years: {step} times." if en
        else f"占居民百分比。相邻单岁人数最大相差{step}倍。"
    )  # fmt: skip
    made = {
        name: Sheet(
            f"{title}{', ' if en else '，'}{_of(split.title, language)}",
            note,
            footer,
            [pyramid(world, language, by)],
            1,
        )
        for name, by, split in (
            ("pyramid", "work", _BY_WORK),
            ("pyramid_schooling", "schooling", _BY_SCHOOLING),
        )
    }
    panels = degree_panels(world, language)
    words = "How many ties people have" if en else "居民的联系数"
    told = (
        "Percent of people with so many ties; adults from 16 where nothing else is said. A tie counts in the strongest layer."
        if en
        else "具有相应联系数的人所占百分比；未另注明的为16岁及以上居民。一条联系只计入最强的一类。"
    )
    made["degrees"] = Sheet(words, told, footer, panels, 3)
    return made
