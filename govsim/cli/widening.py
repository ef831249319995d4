"""Running with more seeds until a difference is known closely enough, or with other seeds on each side."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace

from govsim.report.exits import DONE
from govsim.report.request import SharedOptions, Until
from govsim.report.running import Ran
from govsim.runner.planning import Choice
from govsim.runner.replicates import StudyOutcome
from govsim.studies.compare import compare
from govsim.studies.sequential import FEWEST_SEEDS, Reached, next_seeds, reached

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
