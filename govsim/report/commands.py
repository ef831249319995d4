"""The commands run, compare and order: from what was asked to what a person sees."""

from __future__ import annotations

import json
import os
import shlex
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govsim.report.files import comparison_key, comparison_rows, is_written, runs, write_comparison
from govsim.report.terminal import Shown, answer
from govsim.results.store import prepare
from govsim.results.values import Missing
from govsim.study.compare import ArmRuns, Comparison, compare, equal_budget
from govsim.study.planning import Choice, content, default_engine, distinct, modes, plan, told_apart
from govsim.study.progress import Reporter
from govsim.study.replicates import Engine, Outcome, Plan, run_all

if TYPE_CHECKING:
    from govsim.scenario import Loaded

DONE, SOME_FAILED, REFUSED, INTERRUPTED = 0, 3, 4, 130


@dataclass(frozen=True)
class _Asked:
    """What the two commands have in common."""

    title: str
    out: Path
    jobs: int
    force: bool
    allow_unequal_budget: bool
    figures: bool
    json_output: bool
    again: str


def run_command(
    scenario: str,
    overrides: list[str],
    models: list[str],
    seeds: int | None,
    weeks: int | None,
    out: Path,
    jobs: int,
    capacity: str | None,
    allow_unequal_budget: bool,
    figures: bool,
    json_output: bool,
    force: bool,
    engine: Engine | None = None,
) -> int:
    """Run a scenario under its governance models, compare them and return the exit code."""
    from govsim.scenario import load, load_governance

    loaded = load(scenario, _settings(overrides, seeds, weeks, capacity))
    chosen = [load_governance(name) for name in models] or list(loaded.governance)
    blocks = [
        [Choice(scenario, loaded, governance, mode) for governance in chosen]
        for mode in modes(loaded.scenario.governance.capacity_mode)
    ]
    asked = _Asked(
        loaded.label,
        out,
        jobs,
        force,
        allow_unequal_budget,
        figures,
        json_output,
        _again(
            ["run", scenario],
            {"--set": overrides, "--model": models, "--weeks": weeks, "--capacity": capacity},
            out,
        ),
    )
    return _study(asked, blocks, loaded, engine)


def compare_command(
    arms: list[str],
    scenario: str,
    overrides: list[str],
    seeds: int | None,
    weeks: int | None,
    out: Path,
    jobs: int,
    allow_unequal_budget: bool,
    json_output: bool,
    figures: bool = True,
    engine: Engine | None = None,
) -> int:
    """Compare scenarios or governance models, the first as baseline, and return the exit code.

    A governance model runs in ``scenario``; a scenario runs under the first governance model that it names.
    """
    from govsim.scenario import list_scenarios, load, load_governance

    settings = _settings(overrides, seeds, weeks, None)
    choices = []
    for arm in arms:
        if arm in list_scenarios() or _is_scenario(arm):
            loaded = load(arm, settings)
            choices.append(Choice(arm, loaded, loaded.governance[0], "neutral"))
        else:
            governance = load_governance(arm)
            choices.append(Choice(scenario, load(scenario, settings), governance, "neutral"))
    within = scenario if any(choice.asked == scenario for choice in choices) else None
    asked = _Asked(
        choices[0].loaded.label, out, jobs, False, allow_unequal_budget, figures, json_output,
        _again(["compare", *arms], {"--scenario": within, "--set": overrides, "--weeks": weeks}, out),
    )  # fmt: skip
    return _study(asked, [choices], choices[0].loaded, engine)


def order_command() -> int:
    """Print the processes of a week in their order."""
    import textwrap

    from govsim.engine import order

    for number, process in enumerate(order(), 1):
        print(f"{number:2}. {process.name}")
        for name, words in (
            ("", process.rule), ("reads", ", ".join(process.reads)), ("writes", ", ".join(process.writes)),
            ("draws", ", ".join(process.draws) or "nothing"),
        ):  # fmt: skip
            indent = " " * 12 if name else " " * 4
            lead = f"    {name:7} " if name else indent
            print(textwrap.fill(" ".join(words.split()), 100, initial_indent=lead, subsequent_indent=indent))
    return DONE


def _again(words: Sequence[str], options: Mapping[str, object], out: Path) -> str:
    """Return the command that asks the same again, without its number of seeds."""
    said = ["govsim", *words]
    for name, value in (*options.items(), ("--out", None if out == Path("results") else out)):
        values = value if isinstance(value, list) else [value]
        said += [word for item in values if item is not None for word in (name, str(item))]
    return shlex.join(said)


def _settings(
    overrides: Sequence[str], seeds: int | None, weeks: int | None, capacity: str | None
) -> list[str]:
    chosen = {"run.seeds": seeds, "run.weeks": weeks, "governance.capacity_mode": capacity}
    return [*overrides, *(f"{name}={value}" for name, value in chosen.items() if value is not None)]


def _is_scenario(arm: str) -> bool:
    path = Path(arm)
    if not path.is_file():
        return False
    keys = {line.partition(":")[0] for line in path.read_text("utf-8-sig", "replace").splitlines()}
    return not keys & {"detection", "routing", "resolution", "mobilisation"}


def _study(asked: _Asked, blocks: list[list[Choice]], loaded: Loaded, engine: Engine | None) -> int:
    prepare(asked.out)
    planned = [told_apart([plan(choice, asked.out) for choice in block]) for block in blocks]
    unique, where = distinct([item for block in planned for item in block])
    first = loaded.scenario.run.first_seed
    seeds = range(first, first + loaded.scenario.run.seeds)
    total = len(unique) * len(seeds)
    jobs = min(asked.jobs or _processors(), total)
    started = time.perf_counter()
    reporter = Reporter(total, sum(item.weeks for item in unique) * len(seeds))
    size = f"{_count(len(unique), 'arm')} x {_count(len(seeds), 'seed')}"
    reporter.say(f"{size}, {jobs} at a time. A first run on a machine also compiles.")
    outcome = run_all(
        unique,
        seeds,
        engine or default_engine(),
        jobs=jobs,
        force=asked.force,
        command=_command(),
        reporter=reporter,
    )
    if outcome.interrupted:
        kept = len(outcome.results)
        print(f"interrupted: {kept}/{total} runs kept; the same command continues.", file=sys.stderr)
        return INTERRUPTED
    for failure in outcome.failures:
        print(f"seed {failure.seed} of {failure.label} failed: {failure.problem}", file=sys.stderr)
        print(f"  again: {failure.repeat}", file=sys.stderr)
    whole = [seed for seed in seeds if all((index, seed) in outcome.results for index in range(len(unique)))]
    code = DONE
    if outcome.failures:
        code = REFUSED if any(failure.refused for failure in outcome.failures) else SOME_FAILED
        print(
            f"{len(outcome.failures)} of {total} runs failed; {len(whole)} seeds are whole.", file=sys.stderr
        )
    if whole:
        arms = _gather(planned, where, outcome, whole)
        _present(asked, arms, outcome, time.perf_counter() - started, len(seeds))
    return code


def _gather(
    planned: list[list[Plan]], where: list[int], outcome: Outcome, seeds: Sequence[int]
) -> list[tuple[ArmRuns, ...]]:
    places = iter(where)
    blocks = []
    for block in planned:
        arms = []
        for item in block:
            index = next(places)
            found = tuple(outcome.results[index, seed] for seed in seeds)
            arms.append(ArmRuns(item.label, content(item), item.mode, found))
        blocks.append(tuple(arms))
    return blocks


def _present(
    asked: _Asked, blocks: list[tuple[ArmRuns, ...]], outcome: Outcome, seconds: float, seeds: int
) -> None:
    main = blocks[0]
    comparisons = [
        compare(main[0], other, allow_unequal_budget=asked.allow_unequal_budget) for other in main[1:]
    ]
    # Asking for both modes is asking for the second one's unequal budgets, which stand under a banner.
    second = blocks[1] if len(blocks) > 1 and _differs(main, blocks[1]) else ()
    second_comparisons = [compare(second[0], other, allow_unequal_budget=True) for other in second[1:]]
    every = (*main, *second)
    folder = main[0].runs[0].folder.parent / f"comparison-{comparison_key(every)}"
    if not is_written(folder, asked.figures):
        drawn = {}
        if asked.figures:
            from govsim.report.figures import draw

            drawn = draw(main, _footer(asked, main, folder))
        write_comparison(folder, every, [*comparisons, *second_comparisons], _command(), asked.title, drawn)
    shown = Shown(
        scenario=asked.title,
        main=main,
        second=second,
        comparisons=tuple(comparisons),
        second_comparisons=tuple(second_comparisons),
        computed=outcome.computed,
        reused=outcome.reused,
        seconds=seconds,
        folder=_relative(folder),
        next_command=f"{asked.again} --seeds {4 * seeds}",
    )
    if asked.json_output:
        print(json.dumps(_as_json(shown), ensure_ascii=False, allow_nan=False))
    else:
        print(answer(shown), end="")


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _differs(main: Sequence[ArmRuns], second: Sequence[ArmRuns]) -> bool:
    return [arm.content for arm in main] != [arm.content for arm in second]


def _footer(asked: _Asked, arms: Sequence[ArmRuns], folder: Path) -> str:
    seeds = arms[0].seeds
    listed = f"seed {seeds[0]}" if len(seeds) == 1 else f"seeds {seeds[0]}-{seeds[-1]}"
    mode = "equal hours and money" if all(equal_budget(arms[0], a) for a in arms) else "UNEQUAL BUDGET"
    return f"{asked.title}, {listed}, {mode}, {folder.name}. In this model, under these assumptions."


def _as_json(shown: Shown) -> dict[str, Any]:
    from govsim.report.files import ARMS, COMPARE, arm_rows

    def record(names: list[str], row: Sequence[Any]) -> dict[str, Any]:
        return {
            n: cell.value if isinstance(cell, Missing) else cell for n, cell in zip(names, row, strict=True)
        }

    every: list[Comparison] = [*shown.comparisons, *shown.second_comparisons]
    arms = (*shown.main, *shown.second)
    return {
        "scenario": shown.scenario,
        "seeds": list(shown.main[0].seeds),
        "computed": shown.computed,
        "reused": shown.reused,
        "folder": shown.folder,
        **runs(Path(shown.folder), arms, every),
        "indicators": [record([c.name for c in ARMS], row) for arm in arms for row in arm_rows(arm)],
        "differences": [record([c.name for c in COMPARE], row) for c in every for row in comparison_rows(c)],
    }


def _relative(folder: Path) -> str:
    path, here = folder.resolve(), Path.cwd()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else str(path)


def _command() -> list[str]:
    return ["govsim", *sys.argv[1:]]


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)
