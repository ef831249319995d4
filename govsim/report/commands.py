"""The commands run, compare and order: from what was asked to what a person sees."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from govsim.report.controls import COLUMNS, control_lines, control_rows
from govsim.report.exits import DONE
from govsim.report.files import comparison_key, comparison_rows, is_written, runs, write_comparison
from govsim.report.running import Block, Ran, command, run_blocks
from govsim.report.terminal import Shown, answer
from govsim.results.values import Missing
from govsim.study.compare import ArmRuns, Comparison, compare, equal_budget
from govsim.study.controls import CONTROLS, Controlled
from govsim.study.mixture import mixed_versions, mixture_words
from govsim.study.planning import Choice, arms_with, modes
from govsim.study.replicates import Engine


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
    scheduler: str | None
    single_writer: bool


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
    controls: bool = False,
    engine: Engine | None = None,
    measures: Sequence[str] = (),
    scheduler: str | None = None,
    single_writer: bool = False,
) -> int:
    """Run a scenario under its governance models, compare them and return the exit code.

    With ``measures`` each model runs again with them (see :func:`~govsim.study.planning.arms_with`).
    """
    from govsim.scenario import load, load_governance

    loaded = load(scenario, _settings(overrides, seeds, weeks, capacity))
    chosen = [load_governance(name) for name in models] or list(loaded.governance)
    if measures:
        more = [*overrides, arms_with(chosen, measures)]
        loaded = load(scenario, _settings(more, seeds, weeks, capacity))
        chosen = list(loaded.governance)
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
            {
                "--set": overrides,
                "--model": models,
                "--with": list(measures),
                "--weeks": weeks,
                "--capacity": capacity,
            },
            out,
            controls,
        ),
        scheduler,
        single_writer,
    )
    return _study(asked, blocks, engine, _under_controls(blocks[0]) if controls else [])


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
    controls: bool = False,
    engine: Engine | None = None,
    scheduler: str | None = None,
    single_writer: bool = False,
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
        _again(["compare", *arms], {"--scenario": within, "--set": overrides, "--weeks": weeks}, out, controls),
        scheduler, single_writer,
    )  # fmt: skip
    return _study(asked, [choices], engine, _under_controls(choices) if controls else [])


def _under_controls(choices: Sequence[Choice]) -> list[list[Choice]]:
    """Return the same arms once more under each control."""
    from govsim.scenario import load

    return [
        [
            replace(choice, loaded=load(choice.asked, [*choice.loaded.overrides, item.setting]))
            for choice in choices
        ]
        for item in CONTROLS
    ]


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


def _again(words: Sequence[str], options: Mapping[str, object], out: Path, controls: bool) -> str:
    """Return the command that asks the same again, without its number of seeds."""
    said = ["govsim", *words]
    for name, value in (*options.items(), ("--out", None if out == Path("results") else out)):
        values = value if isinstance(value, list) else [value]
        said += [word for item in values if item is not None for word in (name, str(item))]
    return shlex.join([*said, "--controls"] if controls else said)


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


def _study(
    asked: _Asked,
    blocks: list[list[Choice]],
    engine: Engine | None,
    controlled: list[list[Choice]],
) -> int:
    ran = run_blocks(
        [*blocks, *controlled],
        asked.out,
        asked.jobs,
        asked.force,
        engine,
        asked.scheduler,
        asked.single_writer,
    )
    if ran.blocks:
        _present(asked, ran.blocks[: len(blocks)], ran.blocks[len(blocks) :], ran)
    return ran.code


def _present(
    asked: _Asked,
    blocks: list[Block],
    under: list[Block],
    ran: Ran,
) -> None:
    main = blocks[0]
    comparisons = [
        compare(main[0], other, allow_unequal_budget=asked.allow_unequal_budget) for other in main[1:]
    ]
    # Asking for both modes is asking for the second one's unequal budgets, which stand under a banner.
    second = blocks[1] if len(blocks) > 1 and _differs(main, blocks[1]) else ()
    second_comparisons = [compare(second[0], other, allow_unequal_budget=True) for other in second[1:]]
    left = [
        [Controlled(control, plain, _anyway(arms, n)) for control, arms in zip(CONTROLS, under, strict=True)]
        for n, plain in enumerate(comparisons, 1)
        if under
    ]
    every = (*main, *second, *(arm for block in under for arm in block))
    mixed = mixed_versions(run for arm in every for run in arm.runs)
    folder = main[0].runs[0].folder.parent / f"comparison-{comparison_key(every)}"
    if not is_written(folder, asked.figures):
        drawn = {}
        if asked.figures:
            from govsim.report.figures import draw

            drawn = draw(main, _footer(asked, main, folder))
        items = [item for items in left for item in items]
        all_comparisons = [*comparisons, *second_comparisons]
        write_comparison(folder, (*main, *second), all_comparisons, command(), asked.title, drawn, items)
    shown = Shown(
        scenario=asked.title,
        main=main,
        second=second,
        comparisons=tuple(comparisons),
        second_comparisons=tuple(second_comparisons),
        computed=ran.outcome.computed,
        reused=ran.outcome.reused,
        seconds=ran.seconds,
        folder=_relative(folder),
        next_command=f"{asked.again} --seeds {4 * ran.asked}",
    )
    if asked.json_output:
        said = _as_json(shown, left) | {"mixed_versions": mixed}
        print(json.dumps(said, ensure_ascii=False, allow_nan=False))
    else:
        more = ["", mixture_words(mixed)] if mixed else []
        more += [line for items in left for line in ("", *control_lines(items, main))]
        print(answer(shown, more), end="")


def _anyway(arms: tuple[ArmRuns, ...], other: int) -> Comparison:
    """Compare under a control; budgets stand in the main table, and no control changes them."""
    return compare(arms[0], arms[other], allow_unequal_budget=True)


def _differs(main: Sequence[ArmRuns], second: Sequence[ArmRuns]) -> bool:
    return [arm.content for arm in main] != [arm.content for arm in second]


def _footer(asked: _Asked, arms: Sequence[ArmRuns], folder: Path) -> str:
    seeds = arms[0].seeds
    listed = f"seed {seeds[0]}" if len(seeds) == 1 else f"seeds {seeds[0]}-{seeds[-1]}"
    mode = "equal hours and money" if all(equal_budget(arms[0], a) for a in arms) else "UNEQUAL BUDGET"
    return f"{asked.title}, {listed}, {mode}, {folder.name}. In this model, under these assumptions."


def _as_json(shown: Shown, left: Sequence[Sequence[Controlled]]) -> dict[str, Any]:
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
        "controls": [
            record([c.name for c in COLUMNS], row)
            for items in left
            for item in items
            for row in control_rows(item)
        ],
    }


def _relative(folder: Path) -> str:
    path, here = folder.resolve(), Path.cwd()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else str(path)
