"""Where and for which kinds of problems a comparison shows what its means hide: communities and kinds, from the tables."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from govsim.report.glossary import Said
from govsim.report.html.reading import Material, ShownArm, value
from govsim.results.resolution import LARGE_BACKLOG
from govsim.statistics.paired import FEWEST_SEEDS
from govsim.units import DAYS_PER_WEEK

_HALF_YEAR = 26 * DAYS_PER_WEEK
KINDS = {
    "local_soft": Said("sanitation, noise, disputes", "环境卫生、噪声、纠纷"),
    "local_hard": Said("pipes, heating, roads", "管网、供暖、道路"),
    "livelihood": Said("livelihood", "民生保障"),
    "structural": Said("subsidence, water, land", "塌陷、用水、耕地"),
}


@dataclass(frozen=True)
class CommunityRow:
    """A community under one arm; see ``communities.csv``."""

    name: Said
    residents: float | None
    load: float | None
    backlog: float | None
    resolved: float | None
    large: int
    seeds: int


@dataclass(frozen=True)
class CommunityMap:
    """The communities under one arm in one capacity mode.

    Attributes
    ----------
    counts : tuple of int
        Communities with a large backlog, one number a seed, as ``seeds.csv`` has them.
    """

    arm: Said
    mode: str
    place: int
    communities: tuple[CommunityRow, ...]
    counts: tuple[int, ...]

    @property
    def name(self) -> Said:
        """The arm, with its resources where they are not equal."""
        more = Said(" with outside resources", "（含外部资源）") if self.mode == "observed" else Said("", "")
        return Said(self.arm.en + more.en, self.arm.zh + more.zh)


def maps(material: Material, mode: str) -> list[CommunityMap]:
    """Return the communities under each arm of a mode."""
    found = []
    for arm in material.arms(mode):
        rows = material.rows("communities", capacity_mode=mode, arm=arm.key)
        places = tuple(
            CommunityRow(
                Said(row["community"], row["community_zh"]),
                value(row["residents"]),
                value(row["load"]),
                value(row["backlog"]),
                value(row["resolved_existing_26w"]),
                int(row["large_backlogs"]),
                int(row["seeds"]),
            )
            for row in rows
        )
        if places:
            told = material.rows("seeds", capacity_mode=mode, arm=arm.key, indicator="large_backlogs")
            counts = tuple(int(count) for row in told if (count := value(row["value"])) is not None)
            found.append(CommunityMap(arm_label(arm), mode, arm.place, places, counts))
    return found


def arm_label(arm: ShownArm) -> Said:
    """Return the label of an arm."""
    return Said(arm.labels["en"], arm.labels["zh"])


def where(drawn: Sequence[CommunityMap]) -> Said:
    """Say under which arm how many communities build up a large backlog, and in how many replications."""
    of = len(drawn[0].communities)
    if not any(place.large for one in drawn for place in one.communities):
        return Said("No community has a large backlog", "没有社区（村）积压严重")
    counted = [(one.name, in_runs(one.counts)) for one in drawn]
    en = "; ".join(f"{name.en} {count.en}" for name, count in counted)
    zh = "；".join(f"{name.zh}{count.zh}" for name, count in counted)
    return Said(
        f"Large backlog, of {of} communities: {en}",
        f"{of}个社区（村）中积压严重的：{zh}",
    )


def in_runs(counts: Sequence[int]) -> Said:
    """Say what a count comes to over the replications, as whole things; never a part of one."""
    known, of = [count for count in counts if count], len(counts)
    if not known:
        return Said("none", "没有")
    low, high = min(known), max(known)
    some = Said(f"{low} to {high} communities", f"{low}至{high}个")
    if low == high:
        some = Said(f"{low} {'community' if low == 1 else 'communities'}", f"{low}个")
    if of == 1:
        return some
    if len(known) == of:
        return Said(f"{some.en} in each of {of} replications", f"{some.zh}（{of}次重复模拟均有）")
    return Said(
        f"{some.en} in {len(known)} of {of} replications", f"{some.zh}（{of}次重复模拟中{len(known)}次）"
    )


def cells(drawn: Sequence[CommunityMap]) -> Said:
    """Say what a cell of the maps is, and how the median community fares under each arm."""
    known = [(one.name, [c.resolved for c in one.communities if c.resolved is not None]) for one in drawn]
    middle = [(name, f"{statistics.median(some):.0f}%") for name, some in known if some]
    seeds = drawn[0].communities[0].seeds
    en = ", ".join(f"{name.en} {share}" for name, share in middle)
    zh = "，".join(f"{name.zh}{share}" for name, share in middle)
    return Said(
        f"Each cell: in how many of {seeds} replications the backlog is above {LARGE_BACKLOG:.0f} open cases per 1,000 "
        f"residents, mean over the counted weeks. Median community, resolved within half a year: {en}.",
        f"每格：{seeds}次重复模拟中，统计期内平均积压超过每千名居民{LARGE_BACKLOG:.0f}件的次数。"
        f"半年解决率的社区中位数：{zh}。",
    )


class KindRow(NamedTuple):
    """Problems of one kind that are not resolved within half a year, % of them, under the baseline and another arm."""

    name: Said
    before: float
    after: float
    verdict: str


def kinds(material: Material, mode: str, first: ShownArm, other: ShownArm) -> list[KindRow]:
    """Return the kinds of problems; better or worse where the ranges over seeds do not overlap.

    None where the run is too short to see half a year, undecided where there are fewer than four seeds.
    """
    seeds = len(material.facts["seeds"]["baseline"])

    def at_half_year(arm: ShownArm, kind: str) -> tuple[float, float, float] | None:
        rows = [
            row for row in material.rows("resolution", capacity_mode=mode, arm=arm.key, kind=kind)
            if float(row["days"]) <= _HALF_YEAR
        ]  # fmt: skip
        if not rows:
            return None
        last = max(rows, key=lambda row: float(row["days"]))
        if float(last["days"]) < _HALF_YEAR - DAYS_PER_WEEK:
            return None
        return float(last["mean"]), float(last["smallest"]), float(last["largest"])

    told = []
    for kind, name in KINDS.items():
        a, b = at_half_year(first, kind), at_half_year(other, kind)
        if a is not None and b is not None:
            verdict = "better" if b[2] < a[1] else "worse" if b[1] > a[2] else "undecided"
            verdict = "no difference" if a == b else verdict if seeds >= FEWEST_SEEDS else "undecided"
            told.append(KindRow(name, a[0], b[0], verdict))
    return told
