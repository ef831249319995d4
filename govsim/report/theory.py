"""The page of the theory suite: what known laws say, and what the engine does where everything else is off."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from govsim.assurance.theory import LAWS, Check, Finding, Law
from govsim.assurance.theory.nulls import PLAIN, SILENT
from govsim.report.stamps import stamp
from govsim.report.theory_figures import draw_law

DONE, OUTSIDE = 0, 4
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
    return OUTSIDE if outside else DONE


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
