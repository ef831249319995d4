"""The commands run, compare and order: from what was asked to what a person sees."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from govsim.cli.widening import run_against, run_until
from govsim.report.asking import Languages, SharedOptions, again, refuse_unlike, seeds_of, settings, until_of
from govsim.report.districts import districts_of
from govsim.report.exits import DONE
from govsim.report.presenting import present
from govsim.report.running import Ran, run_blocks
from govsim.runner.planning import Choice, arms_with, modes
from govsim.runner.replicates import Simulator
from govsim.studies.ablations import CONTROLS


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
    engine: Simulator | None = None,
    measures: Sequence[str] = (),
    scheduler: str | None = None,
    single_writer: bool = False,
    until: str | None = None,
    max_seeds: int | None = None,
    report: Path | None = None,
    languages: Languages = "both",
) -> int:
    """Run a scenario under its governance models, compare them and return the exit code.

    With ``measures`` each model runs again with them (see :func:`~govsim.runner.planning.arms_with`).
    """
    from govsim.scenario import load, load_governance

    loaded = load(scenario, settings(overrides, seeds, weeks, capacity))
    chosen = [load_governance(name) for name in models] or list(loaded.governance)
    if measures:
        more = [*overrides, arms_with(chosen, measures)]
        loaded = load(scenario, settings(more, seeds, weeks, capacity))
        chosen = list(loaded.governance)
    blocks = [
        [Choice(scenario, loaded, governance, mode) for governance in chosen]
        for mode in modes(loaded.scenario.governance.capacity_mode)
    ]
    asked = SharedOptions(
        loaded.label,
        out,
        jobs,
        force,
        allow_unequal_budget,
        figures,
        json_output,
        again(
            ["run", scenario],
            {
                "--set": overrides,
                "--model": models,
                "--with": list(measures),
                "--weeks": weeks,
                "--capacity": capacity,
                "--allow-unequal-budget": allow_unequal_budget,
                "--controls": controls,
            },
            out,
        ),
        scheduler,
        single_writer,
        until=until_of(until, max_seeds),
        report=report,
        languages=languages,
        within=bool(measures),
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
    engine: Simulator | None = None,
    scheduler: str | None = None,
    single_writer: bool = False,
    unpaired: bool = False,
    against_seeds: str | None = None,
    until: str | None = None,
    max_seeds: int | None = None,
    report: Path | None = None,
    languages: Languages = "both",
) -> int:
    """Compare scenarios or governance models, the first as baseline, and return the exit code.

    A governance model runs in ``scenario``; a scenario runs under the first governance model that it names. A single arm is
    compared with itself, which is of use with other seeds.
    """
    from govsim.scenario import load, load_governance
    from govsim.scenario.catalogue import kind_of

    against, goal = seeds_of(against_seeds), until_of(until, max_seeds)
    wanted = settings(overrides, seeds, weeks, None)
    choices = []
    for arm in arms if len(arms) > 1 else arms * 2:
        if kind_of(arm) == "scenario":
            loaded = load(arm, wanted)
            choices.append(Choice(arm, loaded, loaded.governance[0], "neutral"))
        else:
            governance = load_governance(arm)
            choices.append(Choice(scenario, load(scenario, wanted), governance, "neutral"))
    if not unpaired:
        refuse_unlike(choices, against)
    within = (
        scenario if any(choice.asked == scenario for choice in choices) and scenario not in arms else None
    )
    options = {
        "--scenario": within, "--set": overrides, "--weeks": weeks, "--unpaired": unpaired,
        "--allow-unequal-budget": allow_unequal_budget, "--controls": controls,
    }  # fmt: skip
    asked = SharedOptions(
        choices[0].loaded.label, out, jobs, False, allow_unequal_budget, figures, json_output,
        again(["compare", *arms], options, out), scheduler, single_writer, unpaired, against, goal, report, languages,
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
    from govsim.engine import order

    for number, process in enumerate(order(), 1):
        print(f"{number:2}. {process.name}")
        for name, words in (
            ("", process.rule), ("reads", ", ".join(process.reads)), ("writes", ", ".join(process.writes)),
            ("draws", ", ".join(draw.purpose for draw in process.draws) or "nothing"),
        ):  # fmt: skip
            indent = " " * 12 if name else " " * 4
            lead = f"    {name:7} " if name else indent
            print(textwrap.fill(" ".join(words.split()), 100, initial_indent=lead, subsequent_indent=indent))
    return DONE


def _study(
    asked: SharedOptions,
    blocks: list[list[Choice]],
    engine: Simulator | None,
    controlled: list[list[Choice]],
) -> int:
    def run(some: list[list[Choice]], seeds: range | None = None) -> Ran:
        return run_blocks(
            some, asked.out, asked.jobs, asked.force, engine, asked.scheduler, asked.single_writer, seeds
        )

    if asked.until is not None:
        ran, found = run_until(run, blocks, controlled, asked.until, asked)
    elif asked.against is not None:
        ran, found = run_against(run, blocks, controlled, asked.against), None
    else:
        ran, found = run([*blocks, *controlled]), None
    if ran.blocks:
        present(asked, blocks[0], ran.blocks[: len(blocks)], ran.blocks[len(blocks) :], ran, found)
        if not asked.json_output and (districts := districts_of(blocks[0])):
            print(textwrap.fill(districts.words()["en"], 100))
    return ran.code
