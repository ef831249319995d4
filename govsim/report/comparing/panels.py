"""The panels of a comparison, made from its tables: pages and figures draw the same ones."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from govsim.report.brief.answer import Brief
from govsim.report.brief.places import CommunityMap
from govsim.report.docs.words import Language
from govsim.report.glossary import indicator
from govsim.report.html.reading import Material, Row, ShownArm, decimals_of, plain_cell, printed, value
from govsim.report.html.words import WORDS, printed_unit, say
from govsim.results.indicators import HEADLINE
from govsim.studies.answer import (
    Amount,
    Amounts,
    Bar,
    Bars,
    Curves,
    Dot,
    Dots,
    Dumbbells,
    Line,
    ReportedAndTrue,
    Strip,
    Strips,
)
from govsim.units import PERCENT, WEEKS_PER_YEAR

SOLVERS = (
    "effort_government", "effort_members", "effort_residents", "effort_organisations", "effort_enterprises",
)  # fmt: skip
REPORTED = (
    ("completion", "reported_completion", "true_completion"),
    ("call-back", "official_satisfaction", "callback_satisfaction"),
    ("denominator", "resolved_reported_26w", "resolved_existing_26w"),
)
"""Words, what is reported, what is true."""
_POINTS = 131
"""Points of a curve that are drawn, at most; the table has all of them."""
_FEWEST_FOR_A_BOX = 8
"""Seeds; quartiles of fewer are the marks themselves."""
_FEW_HOURS = 100
"""Below this, hours a week are shown with a decimal."""
COUNTED = {
    "active_4w_share": "participation_4w", "registered_share": "registered_share", "open_per_1000": "backlog",
    **{name: name for name in ("trust_community", "trust_street", "trust_district", "trust_centre")},
}  # fmt: skip
"""Weekly series and the indicator that is their mean over the counted weeks, where there is one."""
_LONG = 2 * WEEKS_PER_YEAR
"""From so many weeks on an axis shows years."""


def weekly_panels(
    material: Material, mode: str, language: Language, chosen: Collection[str] = ()
) -> Iterator[Curves]:
    """Yield one panel a series of the district, or of those chosen."""
    arms = material.arms(mode)
    rows = list(material.rows("weekly", capacity_mode=mode))
    long = max((int(row["week"]) for row in rows), default=0) >= _LONG
    means = _means(material, mode)
    for series in dict.fromkeys(row["series"] for row in rows if not chosen or row["series"] in chosen):
        of_series = [row for row in rows if row["series"] == series]
        decimals = decimals_of(of_series[0]["unit"])
        lines = list(_lines(of_series, arms, "week", decimals, language))
        counted = [means.get((arms[line.arm].key, COUNTED.get(series, ""))) for line in lines]
        yield Curves(
            say(series, language),
            _told(lines, arms, "week at", language),
            [
                replace(line, at_end="" if mean is None else printed(mean, decimals, language))
                for line, mean in zip(lines, counted, strict=True)
            ],
            say("years" if long else "weeks", language),
            x_per_tick=WEEKS_PER_YEAR if long else 1.0,
            zero="0-1" not in of_series[0]["unit"],
            unit=of_series[0]["unit"],
        )


def resolution_panels(material: Material, mode: str, language: Language) -> Iterator[Curves]:
    """Yield one panel of time to resolution a kind of problem."""
    arms = material.arms(mode)
    rows = list(material.rows("resolution", capacity_mode=mode))
    for kind in dict.fromkeys(row["kind"] for row in rows):
        lines = list(_lines([row for row in rows if row["kind"] == kind], arms, "days", 1, language))
        told = _told(lines, arms, "day at", language)
        yield Curves(
            say(kind, language), told, lines, say("working days", language), ends=(0.0, PERCENT), steps=True
        )


def _lines(
    rows: Sequence[Row], arms: Sequence[ShownArm], x: str, decimals: int, language: Language
) -> Iterator[Line]:
    for arm in arms:
        own = [row for row in rows if row["arm"] == arm.key]
        every = max(1, -(-len(own) // _POINTS))
        kept = [row for index, row in enumerate(own) if index % every == 0 or index == len(own) - 1]
        if kept:
            low, middle, high = (
                [value(row[name]) for row in kept] for name in ("smallest", "mean", "largest")
            )
            words = [printed(row["mean"], decimals, language) for row in kept]
            days = [float(row[x]) for row in kept]
            yield Line(arm.place, days, middle, low, high, words, arm.labels[language])


def _told(lines: Sequence[Line], arms: Sequence[ShownArm], at: str, language: Language) -> str:
    return " ".join(
        say(
            "alternative", language, arm=arms[line.arm].labels[language],
            first=line.printed[0], start=say(at, language, n=f"{line.x[0]:g}"),
            last=line.printed[-1], end=say(at, language, n=f"{line.x[-1]:g}"),
        )
        for line in lines
    )  # fmt: skip


def distributions(material: Material, mode: str, language: Language) -> Iterator[Strips]:
    """Yield one panel a headline indicator with every seed of every arm; none where there is one seed only."""
    arms = material.arms(mode)
    if all(len(arm["seeds"]) < 2 for arm in material.facts["arms"]):
        return
    runs = list(material.rows("seeds", capacity_mode=mode))
    seeds = {arm["label"]: arm["seeds"] for arm in material.facts["arms"] if arm["capacity_mode"] == mode}
    spread = {
        (row["arm"], row["indicator"]): row
        for row in material.rows("distribution", capacity_mode=mode, minus="-")
    }
    for row in headline_rows(material, mode):
        name, decimals = row["indicator"], row["decimals"]
        strip, told = [], []
        for arm in arms:
            values = [
                (number, printed(run["value"], decimals, language))
                for run in runs
                if run["arm"] == arm.key and run["indicator"] == name
                if (number := value(run["value"])) is not None
            ]
            known = spread.get((arm.key, name))
            whole = bool(known) and len(values) == len(seeds[arm.key])
            boxed = known and whole and len(values) >= _FEWEST_FOR_A_BOX
            quantiles = (
                [value(known[q]) for q in ("q05", "q25", "q50", "q75", "q95")] if known and boxed else []
            )
            some = (
                ""
                if whole or not known
                else say("of seeds", language, some=plain_cell(known["seeds"]), all=str(len(seeds[arm.key])))
            )
            shown = values if material.detail.seeds or not boxed else []
            strip.append(
                Strip(arm.place, arm.labels[language], shown, [q for q in quantiles if q is not None], some)
            )
            if known and some:
                told.append(say("listed", language, arm=arm.labels[language], parts=some))
            elif known and values:
                middle, low, high = (
                    printed(known[q], decimals, language) for q in ("q50", "smallest", "largest")
                )
                told.append(
                    say("range", language, arm=arm.labels[language], middle=middle, low=low, high=high)
                )
        if any(item.values or item.quantiles for item in strip):
            yield Strips(
                indicator_label(row, language), " ".join(told), strip, printed_unit(row["unit"], language)
            )


def headline_rows(material: Material, mode: str) -> list[Row]:
    """Return the baseline's rows of the headline indicators."""
    names = {indicator.name for indicator in HEADLINE}
    baseline = material.arms(mode)[0].key
    rows = material.rows("arms", capacity_mode=mode, arm=baseline)
    return [row for row in rows if row["indicator"] in names]


def indicator_label(row: Row, language: Language) -> str:
    """Return the name of a row's indicator."""
    said = indicator(row.get("indicator") or row["measure"], row["label_en"], row["label_zh"])
    return str(getattr(said, language))


def solvers(material: Material, mode: str, language: Language) -> Bars | None:
    """Return whose hours solved problems."""
    found = _means(material, mode)
    rows, told = [], []
    for arm in material.arms(mode):
        cells = [(name, found.get((arm.key, name), "n/a")) for name in SOLVERS]
        parts = [
            (number, printed(cell, 1, language), index)
            for index, (_, cell) in enumerate(cells)
            if (number := value(cell)) is not None
        ]
        rows.append(Bar(arm.place, arm.labels[language], parts))
        said = [f"{say(name, language)} {printed(cell, 1, language)}" for name, cell in cells]
        told.append(say("listed", language, arm=arm.labels[language], parts=", ".join(said)))
    if not any(row.parts for row in rows):
        return None
    names = [say(name, language) for name in SOLVERS]
    return Bars(say("% of hours", language), " ".join(told), rows, "%", names)


def reported_apart(material: Material, mode: str, language: Language) -> Iterator[Dumbbells]:
    """Yield one panel a pair of reported and true."""
    for pair in REPORTED:
        panel = reported(material, mode, language, [pair])
        yield replace(panel, title=f"{panel.names[0]}{say('comma', language)}%")


def reported(
    material: Material, mode: str, language: Language, pairs: Sequence[tuple[str, str, str]] = REPORTED
) -> Dumbbells:
    """Return what is reported beside what is true."""
    found, arms = _means(material, mode), material.arms(mode)
    items, told = [], []
    for index, (words, *names) in enumerate(pairs):
        for arm in arms:
            cells = [found.get((arm.key, name), "n/a") for name in names]
            ends = [
                None if (number := value(cell)) is None else (number, printed(cell, 1, language))
                for cell in cells
            ]
            items.append(ReportedAndTrue(arm.place, index, ends[0], ends[1]))
            both = ", ".join(
                f"{say(side, language)} {printed(cell, 1, language)}"
                for side, cell in zip(("as reported", "as true"), cells, strict=True)
            )
            told.append(
                say("listed", language, arm=f"{say(words, language)}, {arm.labels[language]}", parts=both)
            )
    labels = [arm.labels[language] for arm in arms]
    names_of_rows = [say(words, language) for words, *_ in pairs]
    return Dumbbells(say("reported figure", language), " ".join(told), names_of_rows, items, labels, "%")


def hours_panels(material: Material, mode: str, language: Language) -> Amounts:
    """Return what paid and seconded staff spend an average week on, whatever anybody spends time on."""
    arms = {arm.key: arm for arm in material.arms(mode)}
    rows = [row for row in material.rows("hours", capacity_mode=mode) if row["arm"] in arms]
    used = [
        activity
        for activity in dict.fromkeys(row["activity"] for row in rows)
        if any(value(row["largest"]) for row in rows if row["activity"] == activity)
    ]
    decimals = 1 if max((value(row["mean"]) or 0.0 for row in rows), default=0.0) < _FEW_HOURS else 0
    labels = {row["activity"]: activity_label(row, language) for row in rows}
    found = [
        Amount(
            arms[row["arm"]].place, used.index(row["activity"]), float(row["smallest"]), float(row["mean"]),
            float(row["largest"]), printed(row["mean"], decimals, language),
        )
        for row in rows
        if row["activity"] in used
    ]  # fmt: skip
    names = [arm.labels[language] for arm in arms.values()]
    return Amounts(
        "", [labels[activity] for activity in used], found, names, printed_unit("hours per week", language)
    )


def activity_label(row: Row, language: Language) -> str:
    """Return what staff do, without the words that say that these are hours."""
    if row["activity"] in WORDS:
        return say(row["activity"], language)
    return re.split("[,：] ?", row[f"label_{language}"], maxsplit=1)[-1]


def _means(material: Material, mode: str) -> dict[tuple[str, str], str]:
    return {(row["arm"], row["indicator"]): row["mean"] for row in material.rows("arms", capacity_mode=mode)}


def knee(drawn: Sequence[CommunityMap], language: Language) -> Dots:
    """Return the communities by workload and backlog, one mark a community and arm."""
    points = [
        Dot(one.place, PERCENT * place.load, place.backlog, place.name[language == "zh"])
        for one in drawn
        for place in one.communities
        if place.load is not None and place.backlog is not None and one.mode == drawn[0].mode
    ]
    told = " ".join(f"{point.name} {point.x:.0f}%, {point.y:.0f}." for point in points)
    return Dots(
        say("knee figure", language),
        told,
        points,
        say("load axis", language),
        say("backlog axis", language),
        {one.place: one.arm[language == "zh"] for one in drawn},
    )


def two_axes(seen: Brief, language: Language) -> Dots:
    """Return many options by what is resolved and by burnout; the cross is the baseline."""
    points, cross = [], None
    for one in seen.many:
        resolved, burnout = one.cells[0], one.cells[2]
        if resolved is None or burnout is None or resolved.after is None or burnout.after is None:
            continue
        points.append(Dot(one.place, resolved.after, burnout.after, one.name[language == "zh"]))
        if resolved.before is not None and burnout.before is not None:
            cross = (resolved.before, burnout.before)
    told = " ".join(f"{point.name} {point.x:.1f}%, {point.y:.1f}%." for point in points)
    return Dots(
        say("two axes", language), told, points, say("resolved axis", language), say("burnout axis", language),
        {point.arm: point.name for point in points}, named=True, cross=cross, cross_name=seen.baseline[language == "zh"],
    )  # fmt: skip
