"""The published search: classes of every pair of models at every point as data, and the page that is made from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from govsim.report.answers import as_markdown, write_whole
from govsim.report.stamps import stamp
from govsim.report.studies.crossover import CrossoverAnswer
from govsim.results.csvtext import Cell, read_cells, table_bytes
from govsim.results.declare import Indicator
from govsim.results.indicators import INDICATORS
from govsim.results.values import Missing
from govsim.studies.answer import Answer, Command, Part, Passage, TextTable, counted, listed, number
from govsim.studies.crossover import (
    DOMINATING,
    LETTERS,
    MIDDLE,
    Crossover,
    PointOwner,
    Rank,
    Separation,
    ordinary,
    rank_models,
    region,
)
from govsim.studies.experiments import Design

if TYPE_CHECKING:
    from govsim.scenario.studies import LoadedStudy
    from govsim.studies.experiments import Experiments

POINTS, CLASSES, SAMPLE = "crossover_points.csv", "crossover_classes.csv", "crossover_sample.csv"
_HEADER = [
    "indicator", "first", "second", "seeds", "chance", "today", "today_half_width", "quantile", "q10", "q50", "q90",
    "classes",
]  # fmt: skip
_COSTS = "dominating: check its costs"
AGAIN = "govsim crossover --over crossover --no-switching --no-figures --docs docs"
"""Makes the page and its data."""


@dataclass(frozen=True)
class Published:
    """What the data files hold.

    Attributes
    ----------
    design : Design
    labels : tuple of str
        Of the models, in the order of the study.
    seeds : int
    indicators : tuple of Indicator
        The first is the one that the page is about.
    chance : tuple of float
        By indicator: chance with which an interval that decides misses.
    pairs : tuple of (int, int)
    sides : int8 array, shape (indicators, pairs, points)
    today, half_width, quantile : float64 arrays, shape (indicators, pairs)
        Second minus first at today's point, half of its 95% interval, its quantile among the points; NaN where
        there is none.
    spread : float64 array, shape (indicators, pairs, 3)
        10 %, 50 % and 90 % quantile of the difference over the points.
    """

    design: Design
    labels: tuple[str, ...]
    seeds: int
    indicators: tuple[Indicator, ...]
    chance: tuple[float, ...]
    pairs: tuple[tuple[int, int], ...]
    sides: NDArray[np.int8]
    today: NDArray[np.float64]
    half_width: NDArray[np.float64]
    quantile: NDArray[np.float64]
    spread: NDArray[np.float64]

    def ranks(self, indicator: int) -> NDArray[np.int8]:
        """Return how each model stands at each point, shape (models, points)."""
        return rank_models(self.pairs, self.sides[indicator], len(self.labels))


def publish_crossover(study: LoadedStudy, docs: Path, answer: Answer) -> None:
    """Write the data files and the page that is made from them.

    Parameters
    ----------
    study
        With its own number of points.
    """
    assert isinstance(answer, CrossoverAnswer)
    data = docs / "data"
    names = [found.indicator.name for found in answer.maps.maps]
    for name, content in (data_files(answer.maps) | sample_file(answer.ran, names)).items():
        write_whole(data / name, content)
    made = stamp(AGAIN, study, *answer.ran.models).comment()
    write_whole(docs / "crossover.md", f"{page(read_published(data, study), study)}\n{made}".encode())


def data_files(maps: Crossover) -> dict[str, bytes]:
    """Return points and classes as CSV by file name."""
    factors = maps.design.factors
    points: list[list[Cell]] = [
        [str(index), *map(float, row)] for index, row in enumerate(maps.design.points)
    ]
    rows: list[list[Cell]] = []
    for index, (found, now) in enumerate(zip(maps.maps, maps.today, strict=True)):
        half = now.half_width(0.95)
        for rank, (a, b) in enumerate(found.pairs):
            d = found.difference[rank][np.isfinite(found.difference[rank])]
            numbers = [
                now.difference[rank, 0], half[rank, 0], maps.place(index, rank),
                *(np.quantile(d, (0.1, 0.5, 0.9)) if len(d) else (np.nan,) * 3),
            ]  # fmt: skip
            letters = "".join(LETTERS[PointOwner(int(side))] for side in found.sides[rank])
            rows.append([
                found.indicator.name, maps.labels[a], maps.labels[b], maps.seeds, found.chance,
                *(Missing.NO_BASE if n is None or not np.isfinite(n) else float(n) for n in numbers), letters,
            ])  # fmt: skip
    return {
        POINTS: table_bytes(POINTS, ["point", *(factor.path for factor in factors)], points),
        CLASSES: table_bytes(CLASSES, _HEADER, rows),
    }


def sample_file(ran: Experiments, indicators: Sequence[str]) -> dict[str, bytes]:
    """Return the indicators of single runs: first and last point of the design, first and last model, every seed.

    The last point of ``ran`` is today's and no part of the design.
    """
    columns = {name: ran.values(name, missing=True) for name in indicators}
    rows: list[list[Cell]] = []
    for point in (0, len(ran.design) - 2):
        for model in (0, len(ran.models) - 1):
            for index, seed in enumerate(ran.seeds):
                cells = [float(column[point, model, index]) for column in columns.values()]
                numbers: list[Cell] = [cell if np.isfinite(cell) else Missing.NO_BASE for cell in cells]
                rows.append([str(point), ran.models[model].name, seed, *numbers])
    return {SAMPLE: table_bytes(SAMPLE, ["point", "model", "seed", *indicators], rows)}


def read_published(data: Path, study: LoadedStudy) -> Published:
    """Read the data files back."""
    header, points = read_cells(data / POINTS)
    paths = [factor.path for factor in study.factors]
    columns = [header.index(path) for path in paths]
    design = Design(study.factors, np.array([[float(row[c]) for c in columns] for row in points]))
    _, rows = read_cells(data / CLASSES)
    names = list(dict.fromkeys(row[0] for row in rows))
    labels = list(dict.fromkeys(label for row in rows for label in row[1:3]))
    by_name = {item.name: item for item in INDICATORS}
    count = len(rows) // len(names)
    letters = {letter: side for side, letter in LETTERS.items()}
    sides = [[letters[letter] for letter in row[-1]] for row in rows]
    numbers = np.array(
        [[np.nan if cell == Missing.NO_BASE.value else float(cell) for cell in row[5:11]] for row in rows]
    ).reshape(len(names), count, 6)
    return Published(
        design, tuple(labels), int(rows[0][3]), tuple(by_name[name] for name in names),
        tuple(float(rows[count * k][4]) for k in range(len(names))),
        tuple((labels.index(row[1]), labels.index(row[2])) for row in rows[:count]),
        np.array(sides, np.int8).reshape(len(names), count, len(design)),
        numbers[..., 0], numbers[..., 1], numbers[..., 2], numbers[..., 3:],
    )  # fmt: skip


def best_words(ranks: NDArray[np.int8], design: Design) -> str:
    """Return in words where a model is best; ``ranks`` has shape (points,)."""
    points = len(design)
    best = int((ranks == Rank.BEST).sum())
    if best > DOMINATING * points:
        return f"best in {best / points:.0%} of points: **{_COSTS}**"
    if best:
        return _where("best", ranks == Rank.BEST, design)
    level = int((ranks == Rank.UNDECIDED).sum())
    never = f"never best in {counted(points, 'point')}"
    return f"{never}; {_where('not beaten', ranks == Rank.UNDECIDED, design)}" if level else never


def _where(what: str, inside: NDArray[np.bool_], design: Design) -> str:
    told = region(design, inside)
    if not told:
        return f"{what} in {counted(int(inside.sum()), 'point')}, nowhere in particular"
    return f"{what} where {listed([_side(item) for item in told])}"


def _side(item: Separation) -> str:
    which = "high" if item.chance_higher > 0.5 else "low"
    return f"{item.factor.label_en} is {which} ({item.low:.3g} to {item.high:.3g})"


def page(found: Published, study: LoadedStudy) -> str:
    """Return the page as Markdown; nothing but the data files and the study enters it."""
    asked, points = study.study, len(found.design)
    whole = points >= asked.design.points
    pairs = len(found.pairs)
    top = found.indicators[0]
    runs = (points + 1) * len(found.labels) * found.seeds
    first = found.ranks(0)
    sections = [
        Passage("", [
        "# Crossover search: where which governance model is better",
        f"Every pair of the {len(found.labels)} shipped governance models ({pairs} pairs) in "
        f"{counted(points, 'district')} that differ in load, staff, trust, thresholds and ties, {found.seeds} paired seeds "
        f"each: {runs:,} runs of {study.base.scenario.run.weeks} weeks. The district is {study.base.label} "
        f"(`{study.asked}`, {study.base.scenario.population.residents:,} residents), with equal hours and money for every "
        "model. In this model, under these assumptions: it says for which districts a finding holds, not what will happen "
        "in any of them.",
        *([] if whole else [
            f"**The search is not complete: {points} of {asked.design.points} points are in.** A Sobol sequence begins with "
            "its shorter ones, so these are a balanced part of the whole; the command below continues it."
        ]),
        ]),
        Passage("What varies", [
        "Ranges lie around the scenario's own values (*today*); points are a scrambled Sobol sequence (seed "
        f"{asked.design.seed}).",
        TextTable([
            ["parameter", "unit", "lowest", "today", "highest", "status"],
            *([f"`{f.path}`", f.unit, f"{f.low:g}", f"{f.today:g}", f"{f.high:g}", f.status] for f in study.factors),
        ]),
        ]),
        Passage("How a point is classed", [
        "At each point two models are compared seed by seed with a paired t interval: one is better where the interval "
        "leaves zero out, undecided elsewhere. Of all calls of an indicator, over all points and pairs, at most 5 % are "
        "expected to be wrong (Benjamini and Hochberg 1995); the intervals are widened accordingly, to "
        f"{1 - found.chance[0]:.2%} for the first indicator. A model is *best* at a point where it is better than all the "
        "others, *not best* where some other one is better than it, *undecided* elsewhere; two models that do the same "
        "are therefore never best. A run that did not reach an indicator comes after all that did: such points have no mean, "
        "and the sign test decides them.",
        ]),
        Passage(f"Best, undecided, not best: {top.label_en} ({top.unit})", [
        TextTable([
            ["model", "best", "undecided", "not best", "where"],
            *([label, *(str(int((first[m] == rank).sum())) for rank in (Rank.BEST, Rank.UNDECIDED, Rank.NOT_BEST)),
               best_words(first[m], found.design)]
              for m, label in enumerate(found.labels)),
        ]),
        "Ranges in brackets hold the middle 80 % of the points of that region. Only parameters are named that tell it from "
        "the other points beyond chance (Mann and Whitney, corrected by Bonferroni), at most three, the strongest first.",
        ]),
        _others(found),
        _pairs(found),
        _today(found),
        Passage("Data and how to repeat it", [
        f"[Points](data/{POINTS}), [single runs](data/{SAMPLE}) to check one's own against, and "
        f"[classes](data/{CLASSES}): one row an indicator and pair, one letter a point (A first "
        "better, B second better, . undecided, ? no value), with today's difference (second minus first), its 95% "
        "half width, and where it lies among the points. This page is made from points and classes.",
        Command(AGAIN),
        "It can be stopped and continued; finished runs are kept.",
        ]),
    ]  # fmt: skip
    return "\n\n".join(as_markdown(sections)) + "\n"


def _others(found: Published) -> Passage:
    ranks = [found.ranks(index) for index in range(len(found.indicators))]
    rows = []
    for m, label in enumerate(found.labels):
        cells = []
        for states in ranks:
            best, level = int((states[m] == Rank.BEST).sum()), int((states[m] == Rank.UNDECIDED).sum())
            flagged = " **!**" if best > DOMINATING * len(found.design) else ""
            cells.append(f"{best} / {level}{flagged}")
        rows.append([label, *cells])
    costly = [
        f"{label} in {found.indicators[k].label_en}"
        for k, states in enumerate(ranks)
        for m, label in enumerate(found.labels)
        if (states[m] == Rank.BEST).sum() > DOMINATING * len(found.design)
    ]
    said = (
        f"**!** marks a model that is best in more than {DOMINATING:.0%} of points – {_COSTS}: {'; '.join(costly)}."
        if costly
        else f"No model is best in more than {DOMINATING:.0%} of points in any of them."
    )
    valued = [int((sides != PointOwner.NO_VALUE).sum()) for sides in found.sides]
    rows.append(
        ["pairs × points with a value", *(f"{count:,} of {found.sides[0].size:,}" for count in valued)]
    )
    return Passage(
        "All indicators",
        [
            f"Points in which a model is best / undecided, of {len(found.design)}; in the others it is not best. {said} A pair "
            "of models without a value at a point counts as undecided there; the last row says how many pairs have one.",
            TextTable([["model", *(item.label_en for item in found.indicators)], *rows]),
        ],
    )


def _pairs(found: Published) -> Passage:
    count = len(found.labels)
    better = np.zeros((count, count), np.intp)
    for (a, b), sides in zip(found.pairs, found.sides[0], strict=True):
        better[a, b], better[b, a] = (sides == PointOwner.FIRST).sum(), (sides == PointOwner.SECOND).sum()
    rows = [
        [f"{m + 1} {label}", *("" if m == k else str(better[m, k]) for k in range(count))]
        for m, label in enumerate(found.labels)
    ]
    return Passage(
        f"Pair by pair: {found.indicators[0].label_en}",
        [
            "Points in which the model of the row is better than that of the column; what the two cells of a pair leave over "
            "is undecided.",
            TextTable([["", *(str(k + 1) for k in range(count))], *rows]),
        ],
    )


def _today(found: Published) -> Passage:
    low, high = MIDDLE
    top = found.indicators[0]
    rows, outside, counted_pairs = [], 0, 0
    for rank, (a, b) in enumerate(found.pairs):
        place = float(found.quantile[0, rank])
        if not np.isfinite(place):
            continue
        counted_pairs += 1
        if ordinary(place):
            continue
        outside += 1
        mean, half = float(found.today[0, rank]), float(found.half_width[0, rank])
        rows.append([
            f"{found.labels[b]} minus {found.labels[a]}", number(mean, top.decimals, sign=True),
            number(half, top.decimals),
            f"{number(float(found.spread[0, rank, 0]), top.decimals, sign=True)} to "
            f"{number(float(found.spread[0, rank, 2]), top.decimals, sign=True)}",
            f"{place:.2f}",
        ])  # fmt: skip
    said = (
        f"In {outside} of {counted(counted_pairs, 'pair')} today's difference lies outside; what is found of these pairs today "
        "holds for few of the other districts."
        if outside
        else f"That holds for all {counted(counted_pairs, 'pair')}."
    )
    parts: list[Part] = [
        f"A default at the edge of such a map would be a default chosen for its result: today's difference in "
        f"“{top.label_en}” should lie between the {low:.0%} and the {high:.0%} quantile of the points. {said}",
    ]
    if rows:
        head = ["outside of the middle", "today", "±", "10 % to 90 % of points", "quantile"]
        parts.append(TextTable([head, *rows]))
    return Passage("Today's district among the others", parts)
