"""On what terms arms are compared: what they had besides hours and money, which weeks are counted, and what still moves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from govsim.report.comparing.words import Said
from govsim.results.load import Results
from govsim.results.trends import TRENDS, still_moving
from govsim.results.view import counted_from
from govsim.studies.answer import letters, number
from govsim.studies.compare import ArmRuns

SAME = 0.01
"""Relative difference of means up to which what arms had counts as equal."""
_BESIDE = 3
"""Arms of which every number is told; of more the smallest and the largest."""


class _Resource(NamedTuple):
    en: str
    zh: str
    of: Callable[[dict[str, float]], float]


_PER_YEAR: tuple[_Resource, ...] = (
    _Resource("voluntary hours", "志愿工时", lambda had: had["hours_volunteer"]),
    _Resource("ordered hours of members", "党员指令性工时", lambda had: had["hours_member"]),
    _Resource("hours of partners", "社会力量工时", lambda had: had["hours_organisation"] + had["hours_enterprise"]),
    _Resource("hours of tasks asked for", "下达任务工时", lambda had: had["tasks_asked"]),
    _Resource("hours of tasks refused", "拒收任务工时", lambda had: had["tasks_refused"]),
)  # fmt: skip
"""What stands in no budget, per resident and year."""


def _mean(arm: ArmRuns, resource: _Resource) -> float:
    def per_year(run: Results) -> float:
        had = run.manifest["resources"]
        return resource.of(had) / had["resident_years"] if had["resident_years"] > 0 else 0.0

    return sum(per_year(run) for run in arm.runs) / len(arm.runs)


def outside_budget(arms: Sequence[ArmRuns]) -> Said | None:
    """Say which of the means that no budget shows were equal and which were not; None for one arm or runs of 0.2."""
    if len(arms) < 2 or any("resources" not in run.manifest for arm in arms for run in arm.runs):
        return None
    equal: list[_Resource] = []
    unequal: list[tuple[str, str]] = []
    for resource in _PER_YEAR:
        means = [_mean(arm, resource) for arm in arms]
        if max(means) - min(means) <= SAME * max(means):
            equal.append(resource)
            continue
        shown = [number(mean, 2) for mean in means]
        told = [f"{letter} {value}" for letter, value in zip(letters(arms), shown, strict=True)]
        if len(arms) > _BESIDE:
            low, high = min(means), max(means)
            told = [f"{number(low, 2)} to {number(high, 2)}"]
        unequal.append(
            (f"{resource.en} {', '.join(told)}", f"{resource.zh}{'，'.join(told).replace(' to ', '至')}")
        )
    en, zh = [], []
    if unequal:
        en.append(f"Not equal, per resident and year: {'; '.join(words for words, _ in unequal)}.")
        zh.append(f"不相同（按每名居民每年计）：{'；'.join(words for _, words in unequal)}。")
    if equal:
        en.append(f"Equal too: {', '.join(r.en for r in equal)}.")
        zh.append(f"同样相同：{'、'.join(r.zh for r in equal)}。")
    return Said(" ".join(en), "".join(zh))


def counted(arms: Sequence[ArmRuns]) -> Said:
    """Say which weeks are counted."""
    weeks = int(arms[0].runs[0].manifest["weeks"])
    first = counted_from(weeks) + 1
    return Said(
        f"weeks {first} to {weeks}; the weeks before are left out, since a run starts without open problems and tired staff.",
        f"第{first}至{weeks}周；此前各周不计，因为模拟开始时没有积压问题，人员也无倦怠。",
    )


def moving(arms: Sequence[ArmRuns]) -> Said | None:
    """Say which stocks of which arms still move within the counted weeks, so that numbers hang on the length of the run."""
    en, zh = [], []
    for trend in TRENDS:
        changes = [
            (letter, still_moving(arm.values(trend.name)))
            for letter, arm in zip(letters(arms), arms, strict=True)
        ]
        told = [
            f"{letter} {number(change, 0, sign=True)}%" for letter, change in changes if change is not None
        ]
        if len(told) > _BESIDE:
            told = [f"{len(told)} of {len(arms)} options"]
        if told:
            en.append(f"{trend.label_en.partition(': ')[2]} ({', '.join(told)})")
            zh.append(
                f"{trend.label_zh.partition('：')[2]}（{'，'.join(told).replace(' options', '个方案')}）"
            )
    if not en:
        return None
    return Said(
        f"Still moving within the counted weeks: {'; '.join(en)}. A longer run would give other numbers.",
        f"统计期内仍在变化：{'；'.join(zh)}。模拟期更长，结果会不同。",
    )
