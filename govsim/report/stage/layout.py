"""Where people, households and offices stand: an estate seen from above, the same for equal worlds.

Households stand in rows in the order in which the world numbers them, so that neighbours are neighbours on the page
and no layout has to be computed by forces. Coordinates are whole numbers from 0 to 1000 across and 0 to 600 down.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from govsim.engine import State
from govsim.engine.recording import Level
from govsim.report.stories.vocabulary import LANGUAGES, called
from govsim.world import World
from govsim.world.columns import TieLayer

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
        "people": _flat(people),
        "home": household.tolist(),
        "households": _flat(homes),
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


def _flat(points: NDArray[np.float64]) -> list[float]:
    rounded: list[float] = np.round(points, 1).reshape(-1).tolist()
    return rounded
