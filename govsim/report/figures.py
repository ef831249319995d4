"""The figures of a comparison. Each shows what the tables hold; none computes or concludes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from govsim.report.style import (
    COLOURS,
    FAINT,
    HATCHES,
    INK,
    MARKERS,
    as_bytes,
    drawable,
    drawing,
    key,
    line,
    sheet,
)
from govsim.results.values import Missing
from govsim.studies.compare import ArmRuns

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Arms = Sequence[ArmRuns]
_KINDS = {
    "all": "All problems",
    "local_soft": "Sanitation, noise, disputes",
    "local_hard": "Pipes, heating, roads",
    "livelihood": "Livelihood",
    "structural": "Structural: subsidence, water, land",
}
_TIERS = (
    ("trust_community", "Residents' committee"),
    ("trust_street", "Street office or town"),
    ("trust_district", "District"),
    ("trust_centre", "Centre"),
)
_SOLVERS = (
    ("effort_government", "government staff"),
    ("effort_members", "members on ordered service"),
    ("effort_residents", "residents"),
    ("effort_organisations", "social organisations"),
    ("effort_enterprises", "enterprises"),
)
_APART = 8.0
"""Height of a number at the end of a line, on a scale to 100."""
_FEW_HOURS = 100
"""Below this, hours a week are shown with a decimal."""
_SHOWN_DAYS = 182
"""Working days shown of the resolution curves; the files hold the rest."""
_ACTIVITIES = (
    ("staff_tasks", "tasks from above"),
    ("staff_casework", "casework"),
    ("staff_intake", "registering, passing on"),
    ("staff_desk", "hotline desk"),
    ("staff_convening", "joint meetings on cases"),
    ("staff_visit", "home visits"),
    ("staff_patrol", "patrols"),
    ("staff_meeting", "community meetings"),
    ("staff_call", "calls to take part"),
    ("staff_outreach", "outreach"),
    ("staff_training", "training"),
    ("staff_incubation", "helping organisations"),
    ("staff_publishing", "publishing results"),
    ("staff_idle", "idle"),
)


def draw(arms: Arms, footer: str) -> dict[str, bytes]:
    """Return all figures as files, PNG and SVG, by file name."""
    makers: tuple[tuple[str, Callable[[Arms, str], Figure]], ...] = (
        ("participation", participation),
        ("backlog", backlog),
        ("resolution", resolution),
        ("trust", trust),
        ("who_solved", who_solved),
        ("hours", hours),
        ("reported_and_true", reported_and_true),
    )
    files: dict[str, bytes] = {}
    footer = drawable(footer, footer.encode("ascii", "replace").decode())
    with drawing():
        arms = [replace(arm, label=drawable(arm.label, f"model {n + 1}")) for n, arm in enumerate(arms)]
        for name, make in makers:
            files |= {f"{name}.{kind}": content for kind, content in as_bytes(make(arms, footer)).items()}
    return files


def participation(arms: Arms, footer: str) -> Figure:
    """Share of adults who take part, and who of them would have without a call."""
    figure, (share, registered) = sheet(
        "Who takes part voluntarily", _bands(arms), footer, height=4.0, columns=2, sharex=True
    )
    _weekly(share, arms, "active_4w_share")
    _over_time(share, "Took part at least once in four weeks", "% of adults")
    _weekly(registered, arms, "registered", per="adults", scale=100.0)
    _over_time(registered, "Registered as volunteers, active or not", "% of adults")
    key(figure, [arm.label for arm in arms])
    return figure


def backlog(arms: Arms, footer: str) -> Figure:
    """Problems that exist and are not closed, known and unknown."""
    figure, (known, hidden) = sheet(
        "Problems that exist and are not closed", _bands(arms), footer, height=4.0, columns=2, sharex=True
    )
    _weekly(known, arms, "problems_open", per="residents", scale=1000.0)
    _over_time(known, "Known to an office, not closed", "problems per 1,000 residents")
    _weekly(hidden, arms, "problems_undetected", per="residents", scale=1000.0)
    _over_time(hidden, "Nobody in an office knows of", "problems per 1,000 residents")
    key(figure, [arm.label for arm in arms])
    return figure


def resolution(arms: Arms, footer: str) -> Figure:
    """Kaplan-Meier curves from onset to true resolution, by kind of problem."""
    tables = [[run.table("resolution") for run in arm.runs] for arm in arms]
    kinds = [
        kind for kind in _KINDS if all((table["kind"] == kind).any() for runs in tables for table in runs)
    ]
    figure, panels = sheet(
        "How long problems stay unsolved after they arise",
        "Kaplan-Meier, all problems that exist, known or not. Lapsed and explained-away ones stay unsolved.\n"
        + _bands(arms)
        + " Number: % at the end of the line.",
        footer,
        height=5.4,
        rows=2,
        columns=3,
        sharey=True,
    )
    last = min([_SHOWN_DAYS, *(int(table["days"].max()) for runs in tables for table in runs if len(table))])
    for panel, kind in zip(panels, kinds, strict=False):
        ends = []
        for index, runs in enumerate(tables):
            curves = [table[(table["kind"] == kind) & (table["days"] <= last)] for table in runs]
            days = curves[0]["days"].to_numpy()
            stacked = np.stack([curve["unresolved"].to_numpy() for curve in curves])
            _band(panel, days, stacked, index, step=True)
            ends.append((float(stacked.mean(axis=0)[-1]), index))
        _label_ends(panel, float(last), ends)
        panel.set_title(_KINDS[kind])
        panel.set_ylim(0, 103)
        panel.set_xlim(0, last * 1.17)
        panel.set_xticks(np.arange(0, last + 1, 65 if last > 70 else 13))
    for panel in panels[len(kinds) :]:
        panel.set_visible(False)
    for panel in panels[::3]:
        panel.set_ylabel("% not truly resolved")
    for index, panel in enumerate(panels[: len(kinds)]):
        if index + 3 >= len(kinds):
            panel.set_xlabel("working days since it arose")
    key(figure, [arm.label for arm in arms])
    return figure


def trust(arms: Arms, footer: str) -> Figure:
    """Trust by tier over time."""
    note = "Mean over adults; the axis does not start at 0. " + _bands(arms)
    figure, panels = sheet(
        "Trust in each tier of government", note, footer, height=4.9,
        rows=2, columns=2, sharex=True, sharey=True,
    )  # fmt: skip
    for panel, (column, title) in zip(panels, _TIERS, strict=True):
        _weekly(panel, arms, column)
        _over_time(panel, title, "", zero=False)
    for panel in panels[:2]:
        panel.set_xlabel("")
    for panel in panels[::2]:
        panel.set_ylabel("trust, 0-1")
    key(figure, [arm.label for arm in arms])
    return figure


def who_solved(arms: Arms, footer: str) -> Figure:
    """Whose hours went into problems that were truly resolved."""
    figure, (panel,) = sheet(
        "Whose hours solved the problems", "Hours spent on truly resolved problems, mean over seeds.", footer,
        height=1.95 + 0.55 * len(arms),
    )  # fmt: skip
    left = np.zeros(len(arms))
    rows = np.arange(len(arms))[::-1]
    for index, (name, label) in enumerate(_SOLVERS):
        width = np.array([_mean(arm, name) for arm in arms])
        if not width.any():
            continue
        panel.barh(
            rows, width, left=left, height=0.62, color=COLOURS[index], hatch=HATCHES[index], label=label,
            edgecolor="white", linewidth=0.8,
        )  # fmt: skip
        for row, start, share in zip(rows, left, width, strict=True):
            if share >= 5:
                panel.text(
                    start + share / 2, row, f"{share:.0f} %", ha="center", va="center", fontsize=9,
                    bbox={"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none"},
                )  # fmt: skip
        left += width
    panel.set_yticks(rows, [_wrapped(arm.label) for arm in arms])
    panel.set_xlim(0, 100)
    panel.set_xlabel("% of hours")
    panel.grid(visible=False, axis="y")
    key(figure)
    return figure


def hours(arms: Arms, footer: str) -> Figure:
    """What paid and seconded hours were spent on."""
    totals = [
        np.stack([[run.weekly[name].mean() for name, _ in _ACTIVITIES] for run in arm.runs]) for arm in arms
    ]
    used = [i for i in range(len(_ACTIVITIES)) if max(float(t[:, i].max()) for t in totals) > 0]
    figure, (panel,) = sheet(
        "What paid and seconded staff spend their hours on",
        f"Hours a week of all offices. {_marks(arms)}",
        footer,
        height=1.5 + (0.16 + 0.15 * len(arms)) * len(used),
    )
    step = 0.72 / len(arms)
    decimals = 1 if max(float(total.max()) for total in totals) < _FEW_HOURS else 0
    for index, total in enumerate(totals):
        y = np.arange(len(used))[::-1] + 0.36 - step * (index + 0.5)
        mean = total.mean(axis=0)[used]
        low, high = total.min(axis=0)[used], total.max(axis=0)[used]
        panel.barh(y, mean, height=step * 0.92, color=COLOURS[index % 7], hatch=HATCHES[index % 6],
                   edgecolor="white", linewidth=0.6, label=arms[index].label)  # fmt: skip
        panel.hlines(y, low, high, color=INK, linewidth=1.2)
        for at, value, end in zip(y, mean, high, strict=True):
            panel.annotate(
                f"{value:,.{decimals}f}", (end, at), xytext=(3, 0), textcoords="offset points", va="center",
                fontsize=8,
            )  # fmt: skip
    panel.set_yticks(np.arange(len(used))[::-1], [_ACTIVITIES[i][1] for i in used])
    panel.set_xlabel("hours a week")
    panel.xaxis.set_major_formatter("{x:,.0f}")
    panel.margins(x=0.09, y=0.01)
    panel.grid(visible=False, axis="y")
    key(figure)
    return figure


def reported_and_true(arms: Arms, footer: str) -> Figure:
    """What offices report beside what is true."""
    rows = (
        ("reported_completion", "reported as done by the deadline"),
        ("true_completion", "truly done by the deadline"),
        ("official_satisfaction", "satisfied, official call-back"),
        ("callback_satisfaction", "satisfied, independent call-back"),
        ("resolved_existing_26w", "truly resolved in 26 weeks,\nof all problems that exist"),
    )
    figure, (panel,) = sheet(
        "What is reported, and what is true", f"Last year of the run. {_marks(arms)}", footer,
        height=1.7 + (0.2 + 0.19 * len(arms)) * len(rows),
    )  # fmt: skip
    offset = 0.6 / max(1, len(arms))
    for index, arm in enumerate(arms):
        for row, (name, _) in enumerate(rows):
            numbers = [v for v in arm.values(name) if not isinstance(v, Missing)]
            y = len(rows) - 1 - row + offset * ((len(arms) - 1) / 2 - index)
            if not numbers:
                panel.text(1, y, f"{arm.label}: n/a", va="center", fontsize=8, color=FAINT)
                continue
            panel.hlines(y, min(numbers), max(numbers), color=COLOURS[index % 7], linewidth=2.5)
            panel.plot(
                [np.mean(numbers)], [y], MARKERS[index % 7], color=COLOURS[index % 7], markersize=7,
                markeredgecolor="white", label=arm.label if row == 0 else None,
            )  # fmt: skip
            panel.annotate(
                f"{np.mean(numbers):.1f}", (max(numbers), y), xytext=(7, 0), textcoords="offset points",
                va="center", fontsize=8,
            )  # fmt: skip
    panel.set_yticks(range(len(rows)), [label for _, label in reversed(rows)])
    panel.set_ylim(-0.6, len(rows) - 0.4)
    panel.set_xlim(0, 106)
    panel.set_xlabel("%")
    key(figure)
    return figure


def _bands(arms: Arms) -> str:
    count = len(arms[0].runs)
    return "One seed." if count == 1 else f"Line: mean of {count} seeds. Band: smallest to largest."


def _marks(arms: Arms) -> str:
    count = len(arms[0].runs)
    return "One seed." if count == 1 else f"Mean of {count} seeds; line: smallest to largest."


def _mean(arm: ArmRuns, name: str) -> float:
    numbers = [v for v in arm.values(name) if not isinstance(v, Missing)]
    return float(np.mean(numbers)) if numbers else 0.0


def _wrapped(label: str) -> str:
    import textwrap

    return "\n".join(textwrap.wrap(label, 24)) or label


def _weekly(panel: Axes, arms: Arms, column: str, per: str = "", scale: float = 1.0) -> None:
    for index, arm in enumerate(arms):
        series = np.stack(
            [
                scale * run.weekly[column].to_numpy() / (run.weekly[per].to_numpy() if per else 1.0)
                for run in arm.runs
            ]
        )
        _band(panel, np.arange(1, series.shape[1] + 1) / 52, series, index)


def _band(panel: Axes, x: NDArray[Any], series: NDArray[np.float64], index: int, step: bool = False) -> None:
    looks = line(index) | ({"drawstyle": "steps-post"} if step else {})
    panel.plot(x, series.mean(axis=0), linewidth=1.7, **looks)
    if len(series) > 1:
        panel.fill_between(
            x, series.min(axis=0), series.max(axis=0), color=looks["color"], alpha=0.18, linewidth=0,
            step="post" if step else None,
        )  # fmt: skip


def _over_time(panel: Axes, title: str, unit: str, zero: bool = True) -> None:
    panel.set_title(title)
    panel.set_xlabel("years")
    panel.set_ylabel(unit)
    panel.set_xlim(left=0)
    if zero:
        panel.set_ylim(bottom=0)


def _label_ends(panel: Axes, x: float, ends: list[tuple[float, int]]) -> None:
    ends = sorted(ends)
    heights: list[float] = []
    for value, _ in ends:
        heights.append(max(value, heights[-1] + _APART if heights else value))
    highest = 100.0  # what is outside the panel is not drawn
    for place in reversed(range(len(heights))):
        heights[place] = min(heights[place], highest)
        highest = heights[place] - _APART
    for (value, index), at in zip(ends, heights, strict=True):
        panel.annotate(
            f"{value:.0f}", (x, at), xytext=(3, 0), textcoords="offset points", va="center", fontsize=8,
            color=line(index)["color"], fontweight="bold",
        )  # fmt: skip
