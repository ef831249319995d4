"""Which tables a report has: rows of words and printed numbers, made from tables of the comparison."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from govsim.report.comparing.panels import activity_label, headline_rows, indicator_label
from govsim.report.docs.words import Language, bracketed
from govsim.report.html.plot import MOST_BANDS, Drawing
from govsim.report.html.plot import draw_interval as drawn
from govsim.report.html.reading import (
    Material,
    Row,
    interval_text,
    is_number,
    plain_cell,
    printed,
    table_rows,
    value,
)
from govsim.report.html.words import printed_unit, say, unit_beside
from govsim.results.values import Missing
from govsim.studies.sensitivity import FILE, read_influence, shipped_order
from govsim.units import PERCENT

_MEASURES = (
    "hidden",
    "resolved",
    "participation_26w",
    "hours",
    "trust_community",
    "satisfaction",
    "efficacy",
)
_FEW = 3
"""Up to so many comparisons, groups are shown in every measure; with more, in the first few."""
_FEWER_MEASURES = 3
_MOST_STACKED, _WIDE = 6, 8
"""Columns, at most, of a table that is stacked, and of one that is not called wide."""
_STUDY_ROWS = 60
_WIDEST = 3
"""Times the middle end of an interval that a scale of groups reaches; one odd group would squeeze all others."""
_FEW_HOURS = 100
"""Below it hours a week are printed with a decimal."""
_MATRIX = (
    "participation_4w", "resolved_existing_26w", "true_completion", "trust_community", "burnout", "unpaid_hours",
)  # fmt: skip
"""Columns where many arms share one page."""
_BRIEF = (
    "participation_4w",
    "resolved_existing_26w",
    "resolved_reported_26w",
    "median_days",
    "trust_community",
)


@dataclass(frozen=True)
class Compared:
    """One indicator of one comparison, as printed."""

    name: str
    unit: str
    direction: str
    meaning: str
    baseline: str
    other: str
    difference: str
    interval: str
    verdict: str
    kind: str
    """Name of the verdict, for the style sheet."""
    picture: Drawing | None
    note: str = ""


def compared_rows(
    material: Material, mode: str, other: str, language: Language, only: str = "headline"
) -> list[Compared]:
    """Return the rows of one comparison.

    Parameters
    ----------
    only
        ``headline``, ``brief`` (some of them) or ``all``.
    """
    rows = material.rows("compare", capacity_mode=mode, other=other)
    if only == "headline":
        rows = (row for row in rows if row["headline"] == "yes")
    elif only == "brief":
        rows = (row for row in rows if row["indicator"] in _BRIEF)
    return [_compared(material, row, language, pictures=only != "all") for row in rows]


def _compared(material: Material, row: Row, language: Language, pictures: bool) -> Compared:
    d = row["decimals"]
    picture = None
    low, middle, high = (value(row[name]) for name in ("low95", "difference", "high95"))
    if pictures and low is not None and middle is not None and high is not None and high > low:
        reach = 1.08 * max(abs(low), abs(high))
        picture = drawn(middle, low, high, (-reach, reach))
    note = say("unpaired interval", language) if row["interval"] == "unpaired" else ""
    hangs = " *" if row["hangs_on"] != "-" else ""  # the note on two groups of results says what it means
    in_arms = "two" in (row["baseline_outcomes"], row["other_outcomes"])
    split = row["outcomes"] == "two" or (in_arms and row["verdict"] == "undecided")
    shift, ends = printed(row["difference"], d, language, sign=True), interval_text(row, d, language)
    if row["test"] == "order" and row["verdict"] != "no difference":
        shift, ends = say("by order", language, larger=row["larger"], smaller=row["smaller"]), ""
    elif row["outcomes"] == "two":
        shift, ends = _outcomes(material, row, row["other"], row["baseline"], language), ""
    elif split:
        shift, ends = say("two groups", language), ""
    if row["seeds"] != row["of"] and shift != say(Missing.NO_BASE.value, language):
        shift += " " + _some(row["seeds"], row["of"], language)
    return Compared(
        indicator_label(row, language),
        unit_beside(indicator_label(row, language), row["unit"], language),
        {"1": "▲", "-1": "▼"}.get(row["direction"], ""),
        _meaning(material, row["indicator"], language),
        _arm(material, row, "baseline", language),
        _arm(material, row, "other", language),
        shift,
        ends,
        say(row["verdict"], language) + hangs,
        row["verdict"].replace(" ", "-").replace("/", ""),
        None if split else picture,
        note,
    )  # fmt: skip


def _some(seeds: str, of: str, language: Language) -> str:
    """Return in brackets that n of N seeds have a number."""
    return bracketed("", say("of seeds", language, some=seeds, all=of), language).strip()


def _arm(material: Material, row: Row, side: str, language: Language) -> str:
    if row[f"{side}_outcomes"] == "two":
        return _outcomes(material, row, row[side], "-", language)
    spread, d = row[f"{side}_sd"], row["decimals"]
    mean = printed(row[f"{side}_mean"], d, language)
    if value(row[f"{side}_beyond"]) is not None:
        mean = say("beyond", language, value=printed(row[f"{side}_beyond"], d, language))
    elif value(spread) is not None:
        mean += f" ± {printed(spread, d, language)}"
    few = row[f"{side}_seeds"] != row["of"] and int(row[f"{side}_seeds"]) < int(row["of"])
    return f"{mean} {_some(row[f'{side}_seeds'], row['of'], language)}" if few else mean


def _outcomes(material: Material, row: Row, arm: str, minus: str, language: Language) -> str:
    """Return the two outcomes of an arm, or of a difference, in words."""
    where = {"capacity_mode": row["capacity_mode"], "arm": arm, "minus": minus, "indicator": row["indicator"]}
    found = next(material.rows("distribution", **where), None)
    if found is None:
        return say("two groups", language)
    d, sign = row["decimals"], minus != "-"
    lower = int(found["low_seeds"]) >= int(found["high_seeds"])
    usual, odd = ("low", "high") if lower else ("high", "low")
    low, high = (f"{PERCENT * float(found[end]):.0f}" for end in ("apart_low95", "apart_high95"))
    spread = "" if value(found["rest_sd"]) is None else f" ± {printed(found['rest_sd'], d, language)}"
    return say(
        "outcomes", language, usual=printed(found["rest_mean"], d, language, sign) + spread, n=found[f"{usual}_seeds"],
        odd=printed(found[f"{odd}_outcome"], d, language, sign), m=found["apart"], of=found["seeds"], low=low, high=high,
    )  # fmt: skip


def _meaning(material: Material, indicator: str, language: Language) -> str:
    said = material.indicators.get(indicator)
    return said["definition" if language == "en" else "definition_zh"] if said else ""


@dataclass(frozen=True)
class Matrix:
    """Many arms on one page: a row an arm, a column an indicator, and the best and the worst in words."""

    columns: list[tuple[str, str, str]]
    rows: list[tuple[str, list[tuple[str, str, str]]]]
    sentence: str


def matrix(material: Material, mode: str, language: Language) -> Matrix:
    """Return each arm's differences to the baseline in some indicators: name, (difference, interval, verdict)."""
    heads = [row for row in headline_rows(material, mode) if row["indicator"] in _MATRIX]
    columns = [
        (
            indicator_label(row, language),
            unit_beside(indicator_label(row, language), row["unit"], language),
            {"1": "▲", "-1": "▼"}.get(row["direction"], ""),
        )
        for row in heads
    ]
    rows = []
    for arm in material.arms(mode)[1:]:
        found = {row["indicator"]: row for row in material.rows("compare", capacity_mode=mode, other=arm.key)}
        cells = []
        for head in heads:
            item = _compared(material, found[head["indicator"]], language, pictures=False)
            cells.append((item.difference, item.interval, item.kind))
        rows.append((arm.labels[language], cells))
    told = material.facts.get("short")
    return Matrix(columns, rows, str(told[language]) if told else "")


@dataclass(frozen=True)
class GroupRow:
    """One group of residents."""

    grouping: str
    name: str
    people: str
    small: bool
    difference: str
    interval: str
    verdict: str
    kind: str
    picture: Drawing | None


@dataclass(frozen=True)
class Groups:
    """One measure of one comparison by group."""

    title: str
    rows: list[GroupRow]


def group_tables(material: Material, mode: str, language: Language) -> list[Groups]:
    """Return a table of groups for each comparison and measure."""
    arms = {arm.key: arm for arm in material.arms(mode)}
    others = list(arms.values())[1:]
    measures = _MEASURES if len(others) <= _FEW else _MEASURES[:_FEWER_MEASURES]
    measures = measures[: material.detail.measures]
    tables = []
    for other in others:
        rows = [
            r for r in material.rows("groups", capacity_mode=mode, other=other.key) if r["group"] != "gap"
        ]
        for measure in measures:
            known = [
                row for row in rows if row["indicator"] == measure and value(row["difference"]) is not None
            ]
            if not known:
                continue
            title = bracketed(
                indicator_label(known[0], language), printed_unit(known[0]["unit"], language), language
            )
            if len(others) > 1:
                title = say("titled", language, arm=other.labels[language], title=title)
            tables.append(Groups(title, _group_rows(known, language)))
    return tables


def _group_rows(rows: Sequence[Row], language: Language) -> list[GroupRow]:
    scale = _scale(rows)
    made = []
    for row in rows:
        d = row["decimals"]
        low, middle, high = (value(row[name]) for name in ("low95", "difference", "high95"))
        picture = None
        if scale is not None and low is not None and middle is not None and high is not None:
            picture = drawn(middle, low, high, scale)
        chinese = language == "zh"
        made.append(
            GroupRow(
                row["group_zh"] if chinese else row["group"],
                row["category_zh"] if chinese else row["category"],
                printed(row["people"], 0, language),
                row["small"] == "yes",
                printed(row["difference"], d, language, sign=True),
                interval_text(row, d, language)
                + (f" {_some(row['seeds'], row['of'], language)}" if row["seeds"] != row["of"] else ""),
                say(row["verdict"], language),
                row["verdict"].replace(" ", "-").replace("/", ""),
                picture,
            )
        )
    return made


def _scale(rows: Sequence[Row]) -> tuple[float, float] | None:
    """Return the ends of one scale for all groups: zero lies between them, and what is neither small nor odd."""
    large = [row for row in rows if row["small"] != "yes"] or rows
    ends = [end for row in large for name in ("low95", "high95") if (end := value(row[name])) is not None]
    if not any(ends):
        return None
    most = _WIDEST * median(map(abs, ends)) or max(map(abs, ends))
    left, right = max(-most, min(0.0, *ends)), min(most, max(0.0, *ends))
    spare = 0.05 * (right - left)
    return left - spare, right + spare


@dataclass(frozen=True)
class Plain:
    """A table of words."""

    caption: str
    head: list[str]
    rows: list[list[str]]
    note: str = ""
    picture: str = ""
    """Image as a data address."""
    numeric: list[bool] = field(default_factory=list)

    @property
    def stacked(self) -> bool:
        """Whether a narrow window shows the cells of a row below each other; of many columns it shows a part instead."""
        return len(self.head) <= _MOST_STACKED

    @property
    def wide(self) -> bool:
        """Whether paper needs smaller letters for it."""
        return len(self.head) > _WIDE


def alone(material: Material, mode: str, language: Language) -> Plain:
    """Return the headline indicators of a single arm."""
    rows = []
    for row in headline_rows(material, mode):
        d = row["decimals"]
        mean, spread, low, high = (
            printed(row[n], d, language) for n in ("mean", "sd", "smallest", "largest")
        )
        shown = mean if value(row["sd"]) is None else f"{mean} ± {spread}"
        if row["outcomes"] == "two":
            shown = _outcomes(material, {**row, "capacity_mode": mode}, row["arm"], "-", language)
        elif value(row["beyond"]) is not None:
            shown = say("beyond", language, value=printed(row["beyond"], d, language))
        if row["seeds"] != row["of"]:
            shown += " " + _some(row["seeds"], row["of"], language)
        ends = "" if value(row["smallest"]) is None else f"{low} – {high}"
        words = unit_beside(indicator_label(row, language), row["unit"], language)
        rows.append([bracketed(indicator_label(row, language), words, language), shown, ends])
    head = [say("indicator", language), say("mean", language), say("smallest to largest", language)]
    return Plain(say(mode, language), head, rows, numeric=[False, True, True])


def still_open(material: Material, mode: str, language: Language) -> Plain:
    """Return what is not yet resolved at the end of each curve of time to resolution."""
    arms = material.arms(mode)
    found: dict[str, dict[str, Row]] = {}
    for row in material.rows("resolution", capacity_mode=mode):
        found.setdefault(row["kind"], {})[row["arm"]] = row
    rows = []
    for kind, last in found.items():
        cells = [_mean_range(last.get(arm.key), 1, language) for arm in arms]
        rows.append([say(kind, language), *cells])
    head = [say("kind", language), *(arm.labels[language] for arm in arms)]
    return _by_arms(say("still open", language), head, rows, language)


def _by_arms(caption: str, head: list[str], rows: list[list[str]], language: Language) -> Plain:
    """Return a table with a column an arm, or turned where there are so many arms that no sheet of paper is wide enough."""
    if len(head) > MOST_BANDS + 1:
        (_, *head), *rows = [list(cells) for cells in zip(head, *rows, strict=True)]
        head = [say("other arm", language), *head]
    return Plain(caption, head, rows, numeric=[False, *(True for _ in head[1:])])


def _mean_range(row: Row | None, decimals: int, language: Language) -> str:
    if row is None:
        return "–"
    mean, low, high = (printed(row[name], decimals, language) for name in ("mean", "smallest", "largest"))
    return mean if low == high else f"{mean} ({low}–{high})"


def staff_hours_table(material: Material, mode: str, language: Language) -> Plain:
    """Return what staff hours were spent on."""
    arms = material.arms(mode)
    found: dict[str, dict[str, Row]] = {}
    for row in material.rows("hours", capacity_mode=mode):
        found.setdefault(row["activity"], {})[row["arm"]] = row
    most = max(
        (value(row["largest"]) or 0.0 for cells in found.values() for row in cells.values()), default=0.0
    )
    decimals = 1 if most < _FEW_HOURS else 0
    rows = []
    for cells in found.values():
        if any(value(cell["largest"]) for cell in cells.values()):
            name = activity_label(next(iter(cells.values())), language)
            rows.append([name, *(_mean_range(cells.get(arm.key), decimals, language) for arm in arms)])
    head = [say("activity", language), *(arm.labels[language] for arm in arms)]
    return _by_arms(say("hours note", language), head, rows, language)


def gaps(material: Material, mode: str, language: Language) -> Plain:
    """Return the gap between reported and true completion of each arm."""
    found = {
        row["arm"]: row["mean"]
        for row in material.rows("arms", capacity_mode=mode, indicator="reporting_gap")
    }
    rows = [
        [arm.labels[language], printed(found.get(arm.key, "n/a"), 1, language, sign=True)]
        for arm in material.arms(mode)
    ]
    head = [say("other arm", language), say("% points", language)]
    return Plain(say("gap", language), head, rows, numeric=[False, True])


def per_hour(material: Material, mode: str, language: Language) -> Plain:
    """Return results per hour of staff time, for arms that had unequal budgets."""
    names = {arm.key: arm.labels[language] for arm in material.arms(mode)}
    rows = []
    for row in material.rows("per_hour", capacity_mode=mode):
        d = row["decimals"]
        rows.append([
            indicator_label(row, language),
            f"{names[row['other']]} − {names[row['baseline']]}",
            printed(row["baseline_mean"], d, language), printed(row["other_mean"], d, language),
            f"{printed(row['difference'], d, language, sign=True)} {interval_text(row, d, language)}"
            + (f" {_some(row['seeds'], row['of'], language)}" if row["seeds"] != row["of"] else ""),
        ])  # fmt: skip
    head = [
        say("measure", language),
        say("pair", language),
        say("baseline column", language),
        say("other column", language),
        say("difference", language),
    ]
    return Plain(
        say("per hour note", language, mode=say(mode, language)),
        head,
        rows,
        numeric=[False, False, True, True, True],
    )


def controls(material: Material, language: Language) -> Plain:
    """Return what is left of differences without a mechanism."""
    labels = {arm.key: arm.labels[language] for mode in material.modes for arm in material.arms(mode)}
    rows = []
    for row in material.rows("controls"):
        said = material.indicators.get(row["indicator"])
        name = indicator_label(said | row, language) if said else row["indicator"]
        rows.append([
            row["control"].replace("_", " ") if language == "en" else _CONTROLS_ZH.get(row["control"], row["control"]),
            labels.get(row["other"], row["other"]), bracketed(name, printed_unit(row["unit"], language), language),
            f"{plain_cell(row['difference'])} [{plain_cell(row['low95'])}, {plain_cell(row['high95'])}]",
            f"{plain_cell(row['under'])} [{plain_cell(row['under_low95'])}, {plain_cell(row['under_high95'])}]",
            plain_cell(row["share"]),
        ])  # fmt: skip
    columns = ("control", "other", "indicator", "difference", "under", "share")
    head = [_column(material, "controls", name, language) for name in columns]
    return Plain(say("controls note", language), head, rows, numeric=[False, False, False, True, True, True])


_CONTROLS_ZH = {
    "shuffled_network": "打乱社会网络", "no_network": "去掉社会网络", "ranking_off": "取消考核排名",
    "random_routing": "随机派单",
}  # fmt: skip


def _column(material: Material, name: str, column: str, language: Language) -> str:
    found = next(material.rows("dictionary", table=name, name=column), None)
    return found[f"label_{language}"] if found else column


def study(folder: Path, language: Language) -> list[Plain]:
    """Return the tables of a study's folder, with its pictures, as they are.

    Tables go to the page up to so many rows; what they hold is not interpreted.
    """
    from govsim.report.html.reading import picture_of

    files = sorted(path for path in folder.glob("*.csv") if path.name != "dictionary.csv")
    words: dict[tuple[str, str], Row] = {}
    if (folder / "dictionary.csv").is_file():
        words = {(row["table"], row["name"]): row for row in table_rows(folder / "dictionary.csv")}
    found = []
    for file in files:
        rows = table_rows(file)
        if not rows:
            continue
        columns = list(rows[0])
        head = [words.get((file.stem, name), {}).get(f"label_{language}", name) for name in columns]
        cells = [[plain_cell(row[name]) for name in columns] for row in rows[:_STUDY_ROWS]]
        note = say("study cut", language, file=file.name) if len(rows) > _STUDY_ROWS else ""
        numeric = [all(is_number(row[name]) for row in rows[:_STUDY_ROWS]) for name in columns]
        found.append(Plain(f"{folder.name}: {file.stem}", head, cells, note, "", numeric))
    for image in picture_of(folder, language):
        found.append(Plain(f"{folder.name}: {image.name}", [], [], "", image.address))
    return found


_MOST_INFLUENTIAL = 5


def influential_parameters(folders: Sequence[Path], language: Language) -> Plain:
    """Return the assumed parameters that move differences most, of the first study that ranked them or the shipped one."""
    file = next((folder / FILE for folder in folders if (folder / FILE).is_file()), None)
    ranked = read_influence(file) if file is not None else shipped_order()
    names = [
        bracketed(one.label_en if language == "en" else one.label_zh, one.parameter, language)
        for one in ranked
        if one.status in ("assumed", "calibrated") and one.moves
    ]
    note = "" if file is not None else say("influence shipped", language)
    rows = [[name] for name in names[:_MOST_INFLUENTIAL]]
    return Plain(say("influence", language), [say("parameter", language)], rows, note)


def assumed(facts: dict[str, Any], language: Language) -> list[tuple[str, str]]:
    """Return how many values of the scenario rest on what, as (status in words, count)."""
    return [(say(name, language), f"{count:,}") for name, count in facts["values"].items()]
