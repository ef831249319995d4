"""What is shown of assurance: the audit of a governance model, and the page of the theory suite with its figures."""

from __future__ import annotations

import json
import sys
import textwrap
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from govsim.assurance.audit import FULL, QUICK, Audit, AuditRow, Followed, audit
from govsim.assurance.theory import LAWS, Check, Diagram, Finding, Law
from govsim.assurance.theory.findings import PLAIN, SILENT
from govsim.report.exits import DONE, REFUSED
from govsim.report.stamps import stamp
from govsim.report.style import COLOURS, DASHES, INK, MARKERS, as_bytes, drawing, key_below, sheet
from govsim.scenario import load_governance
from govsim.studies.answer import WIDTH

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PAGE, FIGURES = "theory.md", "theory"

_OPENING = """# Theory suite

Where everything but one mechanism is switched off, the engine has to do what is known about that mechanism. This page
holds the engine to {laws} laws of queues, collective action, social influence and detection. Every run goes through
`simulate` with an ordinary scenario and an ordinary governance model: the [null model](#the-null-model) at the end, and
the keys that each section lists. It shows that the engine does these things right, not that the assumptions of
any scenario are.

`govsim theory` writes this page and its figures anew; the same experiments are in the tests (`tests/theory/`). There, too,
the casework queue is compared job by job with [Ciw](https://ciw.readthedocs.io), fed with the same lists.

**How to read it.** *Tolerance* is how far the engine may be from the exact value. For means and shares over random draws
it is three standard errors (four and a half for means over eight networks), and *false alarm* is the chance that a right
engine is farther off in some draw, if what is averaged is about normal. What is outside is measured once more in other
draws, which then count. Where nothing is drawn the tolerance is rounding, and a false alarm cannot happen.
"""


def theory_command(out: Path) -> int:
    """Run all experiments, write the page and its figures to a folder and return the exit code.

    Parameters
    ----------
    out
        Folder for ``theory.md`` and, below it, ``theory/`` with the figures.

    Returns
    -------
    int
        0, or 4 if the engine is outside a tolerance; the page is written then, too, and says where.
    """
    figures = out / FIGURES
    figures.mkdir(parents=True, exist_ok=True)  # before three minutes of work, not after
    findings: list[Finding] = []
    for number, law in enumerate(LAWS, 1):
        started = time.monotonic()
        _tell(f"{number}/{len(LAWS)} {law.title} ...")
        finding = law.examine()
        findings.append(finding)
        (figures / f"{law.name}.svg").write_bytes(draw_law(law, finding)["svg"])
        _tell(f"    {_within(finding.checks)}, {time.monotonic() - started:.0f} s")
    made = stamp("govsim theory").comment()
    (out / PAGE).write_text(f"{page(LAWS, findings)}\n{made}", encoding="utf-8")
    outside = [check for finding in findings for check in finding.checks if not check.ok]
    print(f"{_within([check for finding in findings for check in finding.checks])}: {out / PAGE}")
    for check in outside:
        print(f"outside: {check.name}: exact {number_of(check.exact)}, engine {number_of(check.engine)}")
    return REFUSED if outside else DONE


def _tell(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def _within(checks: Sequence[Check]) -> str:
    return f"{sum(check.ok for check in checks)} of {len(checks)} comparisons within tolerance"


def page(laws: Sequence[Law], findings: Sequence[Finding]) -> str:
    """Return the page as Markdown; every number in its tables comes from the findings."""
    checks = [check for finding in findings for check in finding.checks]
    parts = [_OPENING.format(laws=len(laws)), "## Summary\n", _summary(laws, findings), _verdict(checks)]
    parts += [section(law, finding) for law, finding in zip(laws, findings, strict=True)]
    parts.append(
        "## The null model\n\nA hundred adults, each alone in a household, to whom nothing happens, and an office that "
        "waits for people to walk in and serves them in turn. Each experiment changes in it what its section lists.\n\n"
        f"Scenario:\n\n{_yaml(SILENT)}\nGovernance model:\n\n{_yaml(PLAIN)}"
    )
    return "\n".join(parts)


def _summary(laws: Sequence[Law], findings: Sequence[Finding]) -> str:
    rows = [
        [
            f"[{law.title}](#{law.name})",
            str(len(f.checks)),
            str(sum(c.ok for c in f.checks)),
            f"{_farthest(f):.0%}",
        ]
        for law, finding in zip(laws, findings, strict=True)
        for f in (finding,)
    ]
    return _table(["law", "comparisons", "within tolerance", "most of its tolerance used"], rows)


def _farthest(finding: Finding) -> float:
    return max(
        abs(c.engine - c.exact) / c.tolerance if c.tolerance else float(not c.ok) for c in finding.checks
    )


def _verdict(checks: Sequence[Check]) -> str:
    drawn = sum(check.false_alarm > 0 for check in checks)
    again = sum(check.first is not None for check in checks)
    expected = sum(check.false_alarm for check in checks)
    repeated = {0: "none was", 1: "one was"}.get(again, f"{again} were")
    return (
        f"{_within(checks)}. {drawn} of them rest on random draws. Of these, a right engine would be outside in "
        f"{expected:.1f} on average when each is drawn once; here {repeated} measured a second time.\n"
    )


def section(law: Law, finding: Finding) -> str:
    """Return the section of one law."""
    rows = [
        [
            check.name + ("" if check.first is None else f" (second draws; first {number_of(check.first)})"),
            number_of(check.exact),
            number_of(check.engine),
            number_of(check.tolerance),
            _chance(check.false_alarm),
            "within" if check.ok else "**outside**",
        ]
        for check in finding.checks
    ]
    keys = f"Scenario keys of one of its runs, over the null model:\n\n{_yaml(law.scenario)}"
    if law.governance:
        keys += f"\nKeys of its governance model:\n\n{_yaml(law.governance)}"
    return "\n".join(
        [
            f'<a id="{law.name}"></a>\n\n## {law.title}\n',
            f"{law.says}\n",
            f"Source: {law.source}.\n",
            f"![{law.drawn}: engine against exact values]({FIGURES}/{law.name}.svg)\n",
            _table(["what", "exact", "engine", "tolerance", "false alarm", "verdict"], rows),
            f"{_within(finding.checks)}.\n",
            f"<details><summary>Keys</summary>\n\n{keys}\n</details>\n",
        ]
    )


def number_of(value: float) -> str:
    """Return a number with four significant digits, never in powers of ten where people read it."""
    if value == 0 or abs(value) < 1e-9:
        return "0"
    if abs(value) < 1e-4:
        return f"{value:.6f}"
    return f"{value:.4g}"


def _chance(value: float) -> str:
    return "none" if value == 0 else "< 0.01 %" if value < 1e-4 else f"{100 * value:.2g} %"


def _table(header: list[str], rows: Sequence[Sequence[str]]) -> str:
    align = ["---" if i == 0 else "---:" for i in range(len(header))]
    return "".join(f"| {' | '.join(row)} |\n" for row in (header, align, *rows))


def _yaml(keys: Mapping[str, Any]) -> str:
    import yaml

    text = yaml.safe_dump(
        _plain(keys), sort_keys=False, allow_unicode=True, default_flow_style=None, width=110
    )
    return f"```yaml\n{text}```\n"


def _plain(value: Any) -> Any:
    """Return keys with ordinary numbers, rounded to six significant digits."""
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return float(f"{value:.6g}") if isinstance(value, float) else value


_HEIGHT = 4.1
_KEY = 0.3
"""Inches: of a figure, and of what a sheet keeps free for a key."""
_FEW_DECADES = 200.0
"""A logarithmic axis over a smaller ratio has ticks at 1, 2 and 5."""


def draw_law(law: Law, finding: Finding) -> dict[str, bytes]:
    """Return the figure of one law as ``png`` and ``svg``; the same finding gives the same bytes."""
    intervals = any(s.interval is not None for panel in finding.panels for s in panel.series)
    note = "Lines: exact. Marks: engine" + (", with 95% interval." if intervals else ".")
    with drawing():
        figure, panels = sheet(
            law.drawn if len(finding.panels) > 1 else finding.panels[0].title,
            note,
            f"govsim theory suite: {law.title}",
            height=_HEIGHT,
            columns=len(finding.panels),
        )
        for axes, panel in zip(panels, finding.panels, strict=True):
            _draw(axes, panel)
            if len(panels) == 1:
                axes.set_title("")
        labels = [[series.label for series in panel.series] for panel in finding.panels]
        if len(labels[0]) > 1 and all(some == labels[0] for some in labels):
            key_below(figure)
        else:
            _use_the_room_of_the_key(figure)
            for axes, some in zip(panels, labels, strict=True):
                if len(some) > 1:
                    axes.legend(fontsize=8, handlelength=3.0, frameon=True, framealpha=0.9, edgecolor="none")
        return as_bytes(figure)


def _use_the_room_of_the_key(figure: Figure) -> None:
    engine = figure.get_layout_engine()
    if engine is not None:
        left, bottom, width, height = engine.get()["rect"]
        engine.set(rect=(left, bottom - _KEY / _HEIGHT, width, height + _KEY / _HEIGHT))  # type: ignore[call-arg]


def _draw(axes: Axes, panel: Diagram) -> None:
    for index, series in enumerate(panel.series):
        colour, dash, marker = COLOURS[index % 7], DASHES[index % 7], MARKERS[index % 7]
        if series.line is not None:
            axes.plot(
                *series.line, color=colour, linestyle=dash, linewidth=1.5,
                label=None if series.marks is not None else series.label,
            )  # fmt: skip
        if series.marks is not None:
            drawn = axes.errorbar(
                *series.marks, yerr=series.interval, fmt=marker, color=colour, markersize=5.5, markerfacecolor="white",
                markeredgewidth=1.4, elinewidth=1.2, capsize=2.5, zorder=3 + index,
            )  # fmt: skip
            # The key shows the line with its mark.
            axes.plot(
                [], [], color=colour, linestyle=dash if series.line is not None else "none", linewidth=1.5, marker=marker,
                markersize=5.5, markerfacecolor="white", markeredgewidth=1.4, label=series.label,
            )  # fmt: skip
            drawn.lines[0].set_clip_on(False)
    for place, words in panel.places:
        axes.axvline(place, color=INK, linewidth=0.8, linestyle=(0, (2, 2)), zorder=1)
        axes.annotate(
            words, (place, panel.places_at), xycoords=("data", "axes fraction"), xytext=(4, 0), textcoords="offset points",
            va="center", fontsize=8,
        )  # fmt: skip
    axes.set_title(panel.title)
    axes.set_xlabel(panel.x)
    axes.set_ylabel(panel.y)
    if panel.log_x:
        _plain_log(axes, "x", [x for s in panel.series for x in _all(s.marks, 0)])
    if panel.log_y:
        _plain_log(axes, "y", [])


def _all(pair: tuple[np.ndarray, np.ndarray] | None, which: int) -> list[float]:
    return [] if pair is None else pair[which].tolist()


def _plain_log(axes: Axes, which: str, ticks: list[float]) -> None:
    """Set a logarithmic axis with ordinary numbers, at the places of the marks if there are some."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, NullLocator

    axis = axes.xaxis if which == "x" else axes.yaxis
    (axes.set_xscale if which == "x" else axes.set_yscale)("log")
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())
    low, high = axis.get_view_interval()
    if high / low < _FEW_DECADES:
        axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    if ticks:
        axis.set_ticks(sorted(set(ticks)))
        axis.set_minor_locator(NullLocator())


_CHECK, _RESULT = 26, 9
_INDENT = " " * 4
_TOLD_EVERY = 5.0
"""Seconds between two words about how far the audit is."""


def audit_command(
    model: str,
    scenario: str,
    quick: bool,
    knobs: bool,
    passthrough: bool,
    json_output: bool,
    markdown: bool,
) -> int:
    """Audit a model, print the table and return 0, or 4 if a check failed."""
    profile = replace(QUICK if quick else FULL, sweep_all=passthrough)
    done = audit(load_governance(model), scenario, profile, scenario_knobs=knobs, say=_teller())
    if json_output:
        print(json.dumps(as_json(done), ensure_ascii=False, allow_nan=False, indent=1))
    elif markdown:
        print(as_markdown(done, passthrough), end="")
    else:
        print(as_text(done, passthrough), end="")
    return DONE if done.passed else REFUSED


def _teller() -> Callable[[str], None]:
    last = time.monotonic()

    def tell(words: str) -> None:
        nonlocal last
        if time.monotonic() - last >= _TOLD_EVERY:
            last = time.monotonic()
            print(words, file=sys.stderr, flush=True)

    return tell


def as_json(done: Audit) -> dict[str, Any]:
    """Return everything as one object."""
    return {
        "ok": done.passed,
        **{
            name: value
            for name, value in asdict(done).items()
            if name not in ("rows", "followed", "switches")
        },
        "switches": [
            {"parameter": name, "baseline": before, "model": after}
            for name, (before, after) in done.switches.items()
        ],
        "followed": [{**asdict(one), "flagged": one.flagged} for one in done.followed],
        "rows": [{**asdict(row), "check": row.check.strip()} for row in done.rows],
    }


def as_text(done: Audit, passthrough: bool = False) -> str:
    """Return the table for a terminal."""
    lines = [*textwrap.wrap(_title(done), WIDTH), ""]
    for row in done.rows:
        lines += _block(row)
    if done.switches:
        lines += [
            "",
            "What is left of the difference to the baseline without Party members and seconded hours:",
        ]
        for name, (before, after) in done.switches.items():
            lines += _wrapped(f"{name}: {before} -> {after}")
    if passthrough:
        lines += [
            "",
            "The closest follower of each number of the model (elasticity 1 and R2 1 would be the number itself):",
        ]
        for one in done.followed:
            lines += _wrapped(_following(one))
    lines += ["", *textwrap.wrap(_closing(done), WIDTH)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _wrapped(words: str) -> list[str]:
    return textwrap.wrap(
        words, WIDTH, initial_indent=_INDENT, subsequent_indent=_INDENT * 2, break_on_hyphens=False
    )


def _title(done: Audit) -> str:
    return (
        f"Audit of {done.model} ({done.file}, content {done.key[:12]}) in small worlds made from {done.scenario}: "
        f"{done.runs} runs, {done.seconds:.0f} s"
    )


def _block(row: AuditRow) -> Iterator[str]:
    lead = f"{row.check:{_CHECK}} {_result(row):{_RESULT}} "
    inside = " " * len(lead) if len(lead) <= _CHECK + _RESULT + 2 else _INDENT * 2
    words = row.evidence + (f"  [{row.where}]" if row.where else "")
    yield from textwrap.wrap(
        words, WIDTH, initial_indent=lead, subsequent_indent=inside, break_on_hyphens=False
    )
    if not row.check.startswith(" "):
        yield from textwrap.wrap(row.done, WIDTH, initial_indent=_INDENT, subsequent_indent=_INDENT)


def _result(row: AuditRow) -> str:
    return row.result.upper() if row.result == "fail" else row.result


def _following(one: Followed) -> str:
    if not one.fit:
        return f"{one.parameter}: no indicator moves with it here"
    words = f"{one.parameter}: {one.indicator}, elasticity {one.elasticity:+.2f}, R2 {one.fit:.3f}"
    return words + (" FLAGGED" if one.flagged else " (its price)" if one.one_to_one else "")


def _closing(done: Audit) -> str:
    inert = sum(1 for row in done.rows if row.result == "inert")
    failed = sum(1 for row in done.failed if not row.check.startswith(" "))
    words = "Every check passed." if done.passed else f"{failed} check{'s' if failed > 1 else ''} failed."
    words += f" {inert} parameters are inert, each with its reason." if inert else ""
    if done.left_out:
        words += f" A quick audit leaves out: {'; '.join(done.left_out)}."
    return f"{words} An audit looks for a thumb on the scale; it does not say that a model's assumptions are right."


def as_markdown(done: Audit, passthrough: bool = False) -> str:
    """Return the table for a pull request."""
    lines = [
        f"### {_in_cell(_title(done))}",
        "",
        "| check | what was done | result | evidence |",
        "|---|---|---|---|",
    ]
    for row in done.rows:
        where = f" `{row.where}`" if row.where else ""
        cells = (row.check.strip(), row.done, f"**{_result(row)}**" if row.result == "fail" else row.result)
        lines.append(f"| {' | '.join(map(_in_cell, cells))} | {_in_cell(row.evidence)}{where} |")
    if done.switches:
        lines += ["", "| left of the difference without Party members | baseline | model |", "|---|---|---|"]
        lines += [f"| `{name}` | {_in_cell(a)} | {_in_cell(b)} |" for name, (a, b) in done.switches.items()]
    if passthrough:
        lines += ["", "| parameter | closest follower | elasticity | R2 | |", "|---|---|---|---|---|"]
        for one in done.followed:
            mark = "**FLAGGED**" if one.flagged else "its price" if one.one_to_one else ""
            row_of = (
                f"`{one.parameter}`",
                f"`{one.indicator}`",
                f"{one.elasticity:+.2f}",
                f"{one.fit:.3f}",
                mark,
            )
            lines.append(f"| {' | '.join(row_of)} |")
    return "\n".join([*lines, "", _in_cell(_closing(done)), ""])


def _in_cell(text: str) -> str:
    """Return a text that stays in its cell."""
    return " ".join(text.split()).replace("|", "\\|")
