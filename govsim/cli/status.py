"""The command status: what a results folder holds."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from govsim.report.exits import BAD_INPUT, DONE
from govsim.results.values import spans
from govsim.runner.folder_status import Holding, RunStatus, holdings

_MOST = 5


def status_command(results: Path, contents: bool = False, json_output: bool = False) -> int:
    """Print what ``results`` holds and return the exit code."""
    if not results.is_dir():
        print(f"govsim: no results folder {results}", file=sys.stderr)
        return BAD_INPUT
    found = holdings(results, contents)
    if json_output:
        named = [{**asdict(item), "folder": _name(item.folder, results)} for item in found]
        print(json.dumps(named, ensure_ascii=False))
        return DONE
    if not found:
        print(f"{results}: no runs")
    for item in found:
        print("\n".join(_lines(item)))
    if found and not contents:
        print("Files were counted, not read; --contents reads every one.")
    return DONE


def _name(folder: Path, results: Path) -> str:
    return folder.name if folder == results else folder.relative_to(results).as_posix()


def _lines(item: Holding) -> list[str]:
    size = sum(run.bytes for run in item.done) + sum(folder.bytes for folder in item.broken)
    parts = [f"{len(item.done)} done", f"{len(item.running)} under way"]
    parts += [f"{len(item.failed)} failed"] if item.failed else []
    parts += [f"{len(item.broken)} broken"] if item.broken else []
    lines = [f"{item.folder}: {', '.join(parts)}; {size / 1e6:,.1f} MB"]
    for design in item.asked:
        lines.append(f"  design     {design.done}/{design.runs} runs of  {design.command}")
    arms: dict[tuple[str, str, bool], list[RunStatus]] = {}
    for run in item.done:
        arms.setdefault((run.arm, run.mode, run.current), []).append(run)
    for (arm, mode, current), runs in sorted(arms.items(), key=lambda entry: (not entry[0][2], entry[0])):
        other = "" if current else "  (by other code of govsim: not used any more)"
        lines.append(f"  done       {arm}, {mode}: {_seeds([run.seed for run in runs])}{other}")
    lines += [f"  under way  {owner.run}: {owner.who} since {owner.since}" for owner in item.running]
    for note in item.failed[:_MOST]:
        lines += [f"  failed     seed {note['seed']} of {note['label']}: {note['problem']}"]
        lines += [f"             again: {note['repeat']}"] if note["repeat"] else []
    lines += [f"  failed     and {len(item.failed) - _MOST} more"] if len(item.failed) > _MOST else []
    lines += [f"  broken     {folder.name}: {folder.reason}" for folder in item.broken[:_MOST]]
    lines += [f"  broken     and {len(item.broken) - _MOST} more"] if len(item.broken) > _MOST else []
    return lines


def _seeds(seeds: Sequence[int]) -> str:
    """Say which seeds: ``20 seeds (1-18, 21, 23)``."""
    every = spans(seeds).split(", ")
    said = ", ".join(every[:_MOST])
    more = ", ..." if len(every) > _MOST else ""
    if len(set(seeds)) < len(seeds):
        return f"{len(seeds)} runs, seeds {said}{more}"
    return f"{len(seeds)} {'seed' if len(seeds) == 1 else 'seeds'} ({said}{more})"
