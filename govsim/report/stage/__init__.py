"""What a community looks like on a canvas: where everybody stands, and what is seen in a week.

The lessons and the live app send the same two things to the same script, ``stage.js``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from enum import IntEnum
from importlib.resources import files
from typing import Any, TypedDict

import numpy as np
from numpy.typing import NDArray

from govsim.engine import State
from govsim.engine import columns as col
from govsim.engine.recording import CaseStatus, Event, Level
from govsim.report.stories.text import LANGUAGES, called
from govsim.world import World
from govsim.world.columns import TieLayer


class ProblemMark(IntEnum):
    """How a problem is drawn."""

    HIDDEN = 0
    KNOWN = 1
    WORKED_ON = 2
    RESOLVED = 3
    EXPLAINED = 4


class Frame(TypedDict):
    """One week, in plain numbers for a script.

    ``active``: rows of residents who took part; ``gone``: rows of those who have left; ``problems``: household, number of the
    problem, class and mark of each that exists or was closed this week, flat; ``work``: office, household and source of
    hours of everything worked on this week, flat.
    """

    active: list[int]
    gone: list[int]
    problems: list[int]
    work: list[int]


def frame(state: State) -> Frame:
    """Return the last week of a run, or the state before the first one."""
    week, register, people = state.week - 1, state.pool, state.residents
    if week < 0:
        return Frame(active=[], gone=[], problems=[], work=[])
    closings = register.jobs[state.closings]
    # A problem that an explanation left where it was is alive, and in the dark again.
    closed = closings[(closings["kind"] == col.FREE) | (closings["state"] == col.GONE)]
    jobs = np.concatenate((register.alive(), closed))
    over = np.arange(len(jobs)) >= len(jobs) - len(closed)
    events = register.events[: register.counts[col.EVENTS]]
    worked = events[events["what"] == int(Event.WORKED)]
    row = _rows(jobs, worked)
    mark = np.full(len(jobs), int(ProblemMark.KNOWN))
    mark[row[row >= 0]] = int(ProblemMark.WORKED_ON)
    mark[jobs["state"] == col.LATENT] = int(ProblemMark.HIDDEN)
    done = over & (jobs["outcome"] == int(CaseStatus.RESOLVED))
    mark = np.where(over, int(ProblemMark.EXPLAINED), mark)
    mark = np.where(done, int(ProblemMark.RESOLVED), mark)
    problems = np.column_stack((jobs["household"], jobs["number"], jobs["problem_class"], mark))
    seen = worked[row >= 0]
    work = np.column_stack((seen["office"], jobs["household"][row[row >= 0]], seen["source"]))
    return Frame(
        active=np.flatnonzero(people.last_active == week).tolist(),
        gone=np.flatnonzero(people.left >= 0).tolist(),
        problems=_flat(problems),
        work=_flat(np.unique(work, axis=0)) if len(work) else [],
    )


def _rows(jobs: NDArray[np.void], events: NDArray[np.void]) -> NDArray[np.int64]:
    """Return for each event the row of its case, -1 where it is not there any more."""
    place = {
        key: k for k, key in enumerate(zip(jobs["number"].tolist(), jobs["recurrence"].tolist(), strict=True))
    }
    keys = zip(events["case"].tolist(), events["recurrence"].tolist(), strict=True)
    return np.array([place.get(key, -1) for key in keys], dtype=np.int64)


def _flat(table: NDArray[Any]) -> list[int]:
    flat: list[int] = table.astype(np.int64).reshape(-1).tolist()
    return flat


WIDTH, HEIGHT, HEAD = 1000, 600, 86
GOLDEN_ANGLE = math.pi * (3.0 - math.sqrt(5.0))
"""By which the people of one household are turned against those of the next."""
MOST_TIES = 6000
"""Beyond this, only every so many ties are drawn; a page says how many."""


def setting(state: State) -> dict[str, Any]:
    """Return what stays the same through a run: places, ties and offices.

    Returns
    -------
    dict
        ``people``: x, y of every resident, flat; ``households``: x, y, flat, and ``spread``: half the distance between two;
        ``member``: rows of Party members; ``ties``: pairs of residents, flat, and ``tied``: how many there are in all;
        ``home``: household of every resident; ``offices``: name in two languages, tier and place of each;
        ``communities``: name in two languages and box of each.
    """
    world = state.world
    boxes = _boxes(len(world.community_names), state.streets)
    homes, spread = _homes(world, boxes)
    household = world.residents.household.astype(np.int64)
    people = _around(homes, world, spread)
    pairs = _ties(world)
    every = max(1, math.ceil(len(pairs) / MOST_TIES))
    names = _both(world.community_names, world.community_names_zh)
    return {
        "people": _flat_points(people),
        "home": household.tolist(),
        "households": _flat_points(homes),
        "spread": round(spread, 1),
        "member": np.flatnonzero(world.residents.party_member).tolist(),
        "ties": pairs[::every].reshape(-1).tolist(),
        "tied": len(pairs),
        "offices": _offices(state, boxes, names),
        "communities": [
            {"name": name, "box": [round(v) for v in box]} for name, box in zip(names, boxes, strict=True)
        ],
    }


def _boxes(count: int, streets: int) -> list[tuple[float, float, float, float]]:
    """Return left, top, width and height of each community's ground."""
    across = math.ceil(math.sqrt(count * WIDTH / (HEIGHT - HEAD)))
    across = min(count, max(across, 1))
    down = math.ceil(count / across)
    across = math.ceil(count / down)  # rows as full as can be
    wide, high = WIDTH / across, (HEIGHT - HEAD) / down
    gap = 10.0
    return [
        (wide * (k % across) + gap, HEAD + high * (k // across) + gap, wide - 2 * gap, high - 2 * gap)
        for k in range(count)
    ]


def _homes(world: World, boxes: list[tuple[float, float, float, float]]) -> tuple[NDArray[np.float64], float]:
    first = world.communities.first_household.astype(np.int64)
    place = np.zeros((len(world.households.community), 2))
    spread = math.inf
    for k, (left, top, wide, high) in enumerate(boxes):
        count = int(first[k + 1] - first[k])
        head = min(34.0, high / 4)
        ground = high - head
        across = max(1, min(count, round(math.sqrt(count * wide / ground)))) if count else 1
        down = max(1, math.ceil(count / across))
        row, column = np.divmod(np.arange(count), across)
        column = np.where(row % 2 == 1, across - 1 - column, column)
        place[first[k] : first[k + 1], 0] = left + wide * (column + 0.5) / across
        place[first[k] : first[k + 1], 1] = top + head + ground * (row + 0.5) / down
        spread = min(spread, wide / across / 2, ground / down / 2)
    return place, spread


def _around(homes: NDArray[np.float64], world: World, spread: float) -> NDArray[np.float64]:
    """Return the places of residents: the head of a household in its middle, the others around."""
    first = world.households.first.astype(np.int64)
    household = world.residents.household.astype(np.int64)
    turn = np.arange(len(household)) - first[household]
    around = np.maximum(np.diff(first)[household] - 1, 1)
    angle = 2 * math.pi * (turn - 1) / around + GOLDEN_ANGLE * household
    far = np.where(turn == 0, 0.0, 0.55 * spread)
    return np.column_stack(
        (homes[household, 0] + far * np.cos(angle), homes[household, 1] + far * np.sin(angle))
    )


def _ties(world: World) -> NDArray[np.int64]:
    """Return every tie between households once, shape (ties, 2)."""
    ties = world.ties
    first = ties.indptr.astype(np.int64)
    degree = first[1:] - first[:-1]
    one = np.repeat(np.arange(len(degree)), degree)
    other = ties.other.astype(np.int64)
    kept = (one < other) & (ties.layer != int(TieLayer.HOUSEHOLD))
    return np.column_stack((one[kept], other[kept]))


def _offices(
    state: State, boxes: list[tuple[float, float, float, float]], names: list[dict[str, str]]
) -> list[dict[str, Any]]:
    table = state.establishment.table
    above = [k for k, level in enumerate(table.level) if level != Level.COMMUNITY]
    streets = _both(state.world.street_names, state.world.street_names_zh)
    made = []
    for k, name in enumerate(table.names):
        level, community, street = int(table.level[k]), int(table.community[k]), int(table.street[k])
        if level == Level.COMMUNITY:
            left, top, wide, _ = boxes[community]
            x, y, label = left + wide / 2, top + 14, names[community]
        else:
            x = WIDTH * (above.index(k) + 0.5) / len(above)
            y = 34.0
            other = {language: called("department", name, language) for language in LANGUAGES}
            label = streets[street] if level == Level.STREET else other
        made.append({"name": label, "level": level, "at": [round(x), round(y)]})
    return made


def _both(en: Sequence[str], zh: Sequence[str]) -> list[dict[str, str]]:
    return [{"en": a or b, "zh": b or a} for a, b in zip(en, zh, strict=True)]


def _flat_points(points: NDArray[np.float64]) -> list[float]:
    rounded: list[float] = np.round(points, 1).reshape(-1).tolist()
    return rounded


def script(package: str, name: str) -> str:
    """Return a text file of a package, to be written into a page.

    Parameters
    ----------
    package
        Such as ``govsim.report.stage``.
    """
    return (files(package) / name).read_text(encoding="utf-8")


STAGE_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "week": "Week {n} of {all}",
        "headed": "{what}: {name}",
        "axis": "week",
        "alt": (
            "{name}, week {n}: {active} people take part; {hidden} "
            "undetected problems, {known} open and "
            "waiting, {work} being worked on; this week {resolved} "
            "resolved, {explained} closed with an explanation only."
        ),
        "person": "resident",
        "member": "Party member",
        "active": "takes part this week",
        "office": "office",
        "hidden": "undetected problem",
        "known": "open, waiting",
        "worked": "worked on this week",
        "resolved": "resolved this week",
        "explained": "closed with an explanation only, not resolved",
        "staff": "work by staff",
        "helpers": "work by volunteers, members, organisations",
        "play": "Play",
        "pause": "Pause",
        "step": "Step",
        "reset": "Reset",
        "left": "left",
        "right": "right",
    },
    "zh": {
        "week": "第 {n} 周，共 {all} 周",
        "headed": "{what}：{name}",
        "axis": "周",
        "alt": (
            "{name}，第 {n} 周：{active} 人参与；{hidden} 个问题未被发现，{known} 个未办结、等待办理，"
            "{work} 个正在办理；本周解决 {resolved} 个，仅作解释办结 {explained} 个。"
        ),
        "person": "居民",
        "member": "党员",
        "active": "本周参与",
        "office": "单位",
        "hidden": "未被发现的问题",
        "known": "未办结，等待办理",
        "worked": "本周正在办理",
        "resolved": "本周解决",
        "explained": "仅作解释办结，未解决",
        "staff": "工作人员办理",
        "helpers": "志愿者、党员、社会组织办理",
        "play": "播放",
        "pause": "暂停",
        "step": "前进一周",
        "reset": "重置",
        "left": "左侧",
        "right": "右侧",
    },
}

SIGNS = (
    *("person", "member", "active", "office", "hidden", "known", "worked", "resolved", "explained"),
    *("staff", "helpers"),
)
"""Entries of the legend, as ``Stage.sign`` draws them."""


def short_unit(label: str, unit: str) -> str:
    """Return a unit as it is written beside a label: without what the label says already."""
    found = re.fullmatch(r"(.*?)[ ,，]*(0[-–]1)?", unit)
    assert found is not None
    what, span = found.groups()
    return span or "" if what and what.lower() in label.lower() else unit
