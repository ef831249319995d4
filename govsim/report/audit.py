"""The audit of a governance model as a person, a pull request or a program reads it."""

from __future__ import annotations

import json
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from typing import Any

from govsim.assurance.audit import FULL, QUICK, Audit, AuditRow, Followed, audit
from govsim.scenario import load_governance
from govsim.studies.answer import WIDTH

DONE, REFUSED = 0, 4
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
    lines += ["", *textwrap.wrap(_verdict(done), WIDTH)]
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


def _verdict(done: Audit) -> str:
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
        f"### {_plain(_title(done))}",
        "",
        "| check | what was done | result | evidence |",
        "|---|---|---|---|",
    ]
    for row in done.rows:
        where = f" `{row.where}`" if row.where else ""
        cells = (row.check.strip(), row.done, f"**{_result(row)}**" if row.result == "fail" else row.result)
        lines.append(f"| {' | '.join(map(_plain, cells))} | {_plain(row.evidence)}{where} |")
    if done.switches:
        lines += ["", "| left of the difference without Party members | baseline | model |", "|---|---|---|"]
        lines += [f"| `{name}` | {_plain(a)} | {_plain(b)} |" for name, (a, b) in done.switches.items()]
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
    return "\n".join([*lines, "", _plain(_verdict(done)), ""])


def _plain(text: str) -> str:
    """Return a text that stays in its cell."""
    return " ".join(text.split()).replace("|", "\\|")
