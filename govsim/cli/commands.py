"""The commands run, compare and order: from what was asked to what a person sees; more seeds until a difference is known."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from govsim.report.exits import DONE
from govsim.report.render import present
from govsim.report.request import (
    Presentation,
    ScenarioChanges,
    SharedOptions,
    Until,
    again,
    refuse_unlike,
    seeds_of,
    until_of,
)
from govsim.report.running import Ran, run_blocks
from govsim.runner.options import RunOptions
from govsim.runner.planning import Choice, arms_with, modes
from govsim.runner.replicates import StudyOutcome
from govsim.studies.ablations import CONTROLS
from govsim.studies.compare import FEWEST_SEEDS, Reached, compare, next_seeds, reached

if TYPE_CHECKING:
    from govsim.scenario import Loaded

Blocks = list[list[Choice]]
Run = Callable[[Blocks, range | None], Ran]


def run_until(
    run: Run, blocks: Blocks, controlled: Blocks, until: Until, asked: SharedOptions
) -> tuple[Ran, Reached | None]:
    """Add seeds until the difference is known as closely as asked for, or the most seeds are there; then run the rest.

    Returns
    -------
    Ran
        Of all blocks over the seeds that were reached.
    Reached or None
        How closely it is known; None where runs failed.
    """
    settings = blocks[0][0].loaded.scenario.run
    seeds = min(until.most, max(FEWEST_SEEDS, settings.seeds))
    computed, seconds = 0, 0.0
    while True:
        ran = run(blocks[:1], _seeds(settings.first_seed, seeds))
        computed, seconds = computed + ran.outcome.computed, seconds + ran.seconds
        if ran.code != DONE or not ran.blocks:
            return ran, None
        found = _reached(ran, until, asked)
        more = next_seeds(found, until.most)
        if more <= seeds:
            break
        width = "" if found.half_width is None else f", ±{found.half_width:.3g} after {seeds} seeds"
        print(f"{until.goal.indicator.name}{width}: on to {more} seeds", file=sys.stderr)
        seeds = more
    if len(blocks) > 1 or controlled:
        ran = run([*blocks, *controlled], _seeds(settings.first_seed, seeds))
        computed, seconds = computed + ran.outcome.computed, seconds + ran.seconds
    outcome = replace(ran.outcome, computed=computed, reused=len(ran.outcome.results) - computed)
    return replace(ran, outcome=outcome, seconds=seconds), found


def _reached(ran: Ran, until: Until, asked: SharedOptions) -> Reached:
    arms = ran.blocks[0]
    comparisons = [
        compare(
            arms[0], other, allow_unequal_budget=asked.allow_unequal_budget, independent=asked.independent
        )
        for other in arms[1:]
    ]
    return reached(until.goal, comparisons, arms[0].values(until.goal.indicator.name))


def _seeds(first: int, number: int) -> range:
    return range(first, first + number)


def run_against(run: Run, blocks: Blocks, controlled: Blocks, against: range) -> Ran:
    """Run the first arm of every block with the scenario's seeds and the others with ``against``."""
    every = [*blocks, *controlled]
    first = run([block[:1] for block in every], None)
    others = run([block[1:] for block in every], against)
    outcome = StudyOutcome(
        failures=[*first.outcome.failures, *others.outcome.failures],
        computed=first.outcome.computed + others.outcome.computed,
        reused=first.outcome.reused + others.outcome.reused,
        interrupted=first.outcome.interrupted or others.outcome.interrupted,
    )
    pairs = zip(first.blocks, others.blocks, strict=True) if first.blocks and others.blocks else ()
    joined = [(*a, *b) for a, b in pairs]
    code = max(first.code, others.code)
    return Ran(joined, outcome, first.asked, first.seconds + others.seconds, code)


def run_command(
    scenario: str,
    changed: ScenarioChanges,
    models: Sequence[str],
    options: RunOptions,
    presentation: Presentation,
    measures: Sequence[str] = (),
    allow_unequal_budget: bool = False,
    controls: bool = False,
    until: str | None = None,
    max_seeds: int | None = None,
    force: bool = False,
) -> int:
    """Run a scenario under its governance models, compare them and return the exit code.

    With ``measures`` each model runs again with them (see :func:`~govsim.runner.planning.arms_with`).
    """
    from govsim.scenario import load, load_governance

    loaded = load(scenario, changed.settings())
    _warn_of_size(scenario, loaded, presentation)
    chosen = [load_governance(name) for name in models] or list(loaded.governance)
    if measures:
        loaded = load(scenario, changed.settings(arms_with(chosen, measures)))
        chosen = list(loaded.governance)
    blocks = [
        [Choice(scenario, loaded, governance, mode) for governance in chosen]
        for mode in modes(loaded.scenario.governance.capacity_mode)
    ]
    said = {
        "--set": changed.overrides, "--model": models, "--with": measures, "--weeks": changed.weeks,
        "--capacity": changed.capacity, "--allow-unequal-budget": allow_unequal_budget, "--controls": controls,
    }  # fmt: skip
    asked = SharedOptions(
        loaded.label,
        options,
        presentation,
        allow_unequal_budget,
        again(["run", scenario], said, options.out),
        force,
        until=until_of(until, max_seeds),
        within=bool(measures),
    )
    return _study(asked, blocks, _under_controls(blocks[0]) if controls else [])


def _warn_of_size(scenario: str, loaded: Loaded, presentation: Presentation) -> None:
    """Say on standard error where another number of residents changes offices, organisations or money; nothing else changes."""
    from govsim.assurance.population.scale import warning
    from govsim.report.docs.words import language_of

    told = warning(scenario, loaded)
    if told is not None:
        print(f"govsim: {getattr(told, language_of(presentation.languages))}", file=sys.stderr)


def compare_command(
    arms: Sequence[str],
    scenario: str,
    changed: ScenarioChanges,
    options: RunOptions,
    presentation: Presentation,
    allow_unequal_budget: bool = False,
    unpaired: bool = False,
    against_seeds: str | None = None,
    controls: bool = False,
    until: str | None = None,
    max_seeds: int | None = None,
) -> int:
    """Compare scenarios or governance models, the first as baseline, and return the exit code.

    A governance model runs in ``scenario``; a scenario runs under the first governance model that it names. A single arm is
    compared with itself, which is of use with other seeds.
    """
    from govsim.scenario import load, load_governance
    from govsim.scenario.kinds import kind_of

    against, goal = seeds_of(against_seeds), until_of(until, max_seeds)
    wanted = changed.settings()
    choices = []
    for arm in arms if len(arms) > 1 else [*arms, *arms]:
        if kind_of(arm) == "scenario":
            loaded = load(arm, wanted)
            choices.append(Choice(arm, loaded, loaded.governance[0], "neutral"))
        else:
            governance = load_governance(arm)
            choices.append(Choice(scenario, load(scenario, wanted), governance, "neutral"))
    if not unpaired:
        refuse_unlike(choices, against)
    for asked_for, choice in {choice.asked: choice for choice in choices}.items():
        _warn_of_size(asked_for, choice.loaded, presentation)
    within = (
        scenario if any(choice.asked == scenario for choice in choices) and scenario not in arms else None
    )
    said = {
        "--scenario": within, "--set": changed.overrides, "--weeks": changed.weeks, "--unpaired": unpaired,
        "--allow-unequal-budget": allow_unequal_budget, "--controls": controls,
    }  # fmt: skip
    asked = SharedOptions(
        choices[0].loaded.label,
        options,
        presentation,
        allow_unequal_budget,
        again(["compare", *arms], said, options.out),
        independent=unpaired,
        against=against,
        until=goal,
    )
    return _study(asked, [choices], _under_controls(choices) if controls else [])


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
    controlled: list[list[Choice]],
) -> int:
    def run(some: list[list[Choice]], seeds: range | None = None) -> Ran:
        return run_blocks(some, asked.options, asked.force, seeds)

    if asked.until is not None:
        ran, found = run_until(run, blocks, controlled, asked.until, asked)
    elif asked.against is not None:
        ran, found = run_against(run, blocks, controlled, asked.against), None
    else:
        ran, found = run([*blocks, *controlled]), None
    if ran.blocks:
        present(asked, blocks[0], ran.blocks[: len(blocks)], ran.blocks[len(blocks) :], ran, found)
    return ran.code
