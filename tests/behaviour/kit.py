"""What the tests of behaviour share: parameters drawn over their declared range, and a small run that one can reach into.

Each test sets up the columns of one process, lets that process alone do its week, and compares what it wrote with the
equation, written out once more in the test.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from annotated_types import Ge, Gt, Le, Lt
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from govsim.engine import Run, State
from govsim.engine import columns as col
from govsim.engine.recording import CaseStatus
from govsim.scenario.declare import Section
from govsim.scenario.schema import Scenario
from govsim.world import World, build
from tests.theory.specs import Keys, arm, merged, scenario

SINGLE = 3e-6
"""Relative rounding of columns in single precision after a few operations."""

FALSE_ALARM = 4.5
"""Standard errors: a correct engine fails one such comparison in 150,000 under another seed."""

SMALLEST = 1e-3
"""Where a range is open below, the least value that is drawn."""


def examples(number: int) -> settings:
    """Return settings under which every machine sees the same examples."""
    return settings(
        max_examples=number,
        deadline=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def declared(section: type[Section], name: str, most: float | None = None) -> st.SearchStrategy[float]:
    """Return numbers over the declared range of a parameter, cut off at ``most`` where that range is too wide to tell."""
    low, high = 0.0, most
    for limit in section.model_fields[name].metadata:
        if isinstance(limit, Ge):
            low = float(limit.ge)  # type: ignore[arg-type]
        elif isinstance(limit, Gt):
            low = float(limit.gt) + SMALLEST  # type: ignore[arg-type]
        elif isinstance(limit, Le):
            high = min(float(limit.le), np.inf if most is None else most)  # type: ignore[arg-type]
        elif isinstance(limit, Lt):
            high = min(float(limit.lt) - SMALLEST, np.inf if most is None else most)  # type: ignore[arg-type]
    assert high is not None, name
    return st.floats(low, high, allow_subnormal=False)


SHARES = st.floats(0.0, 1.0, allow_subnormal=False)


@lru_cache(maxsize=16)
def _world(spec: str, seed: int) -> World:
    there = Scenario.model_validate_json(spec)
    return build(there.population, there.network, seed)


def engine(keys: Keys, *model: Keys, seed: int = 1) -> State:
    """Return the state of the silent district with changes, its first week begun."""
    spec = scenario(keys)
    return begun(spec, *model, seed=seed)


def begun(spec: Scenario, *model: Keys, seed: int = 1) -> State:
    """Return the state of a scenario under the plain governance model with changes, its first week begun."""
    run = whole(spec, *model, seed=seed)
    run.begin_week()
    return run.state


def whole(spec: Scenario, *model: Keys, seed: int = 1) -> Run:
    """Return a run of a scenario under the plain governance model with changes."""
    world = _world(Scenario.model_validate(spec).model_dump_json(), seed)
    return Run(world, spec, arm(*model), seed)


def scale(count: int, seed: int, low: float = 0.0, high: float = 1.0) -> NDArray[np.float32]:
    """Return numbers for a column of people, in the precision of the columns."""
    return np.random.default_rng(seed).uniform(low, high, count).astype(np.float32)


def cases(there: State, count: int, **columns: Any) -> NDArray[np.void]:
    """Put cases into the register, the first ``count`` records; each has an address of its own for its draws."""
    there.pool.make_room(4.0 * count)
    jobs, counts = there.pool.jobs, there.pool.counts
    jobs["kind"][:count] = col.CASE
    jobs["number"][:count] = np.arange(count) + 1
    jobs["entity"][:count] = np.arange(count) + 1
    jobs["luck"][:count] = jobs["lapses"][:count] = jobs["explained_from"][:count] = np.inf
    for name, value in columns.items():
        jobs[name][:count] = value
    free = there.pool.free
    left = np.setdiff1d(np.arange(len(jobs)), np.arange(count))[::-1]
    free[: len(left)] = left
    counts[col.FREE_TOP], counts[col.USED] = len(left), count
    return jobs[:count]


def closed(
    there: State, count: int, outcome: CaseStatus = CaseStatus.RESOLVED, **columns: Any
) -> NDArray[np.void]:
    """Put cases into the register that were closed this week."""
    jobs = cases(there, count, state=col.GONE, outcome=int(outcome), **columns)
    there.pool.closings[:count] = np.arange(count)
    there.pool.counts[col.CLOSED] = count
    return jobs


def sent(there: State, count: int, times: NDArray[np.float64], **columns: Any) -> NDArray[np.void]:
    """Put cases into the inbox of the community office."""
    jobs = cases(there, count, state=col.SENT, office=0, detected=times, **columns)
    there.pool.inbox_job[:count], there.pool.inbox_time[:count] = np.arange(count), times
    there.sent = count
    return jobs


def rare(hits: float, number: float, share: float) -> bool:
    """Return whether a number of hits is too far from its mean: once in 150,000 where the chance is ``share``."""
    spread = np.sqrt(number * share * (1.0 - share))
    return bool(abs(hits - number * share) > FALSE_ALARM * spread + 1e-9 * number)


__all__ = [
    "FALSE_ALARM",
    "SHARES",
    "SINGLE",
    "Keys",
    "begun",
    "cases",
    "closed",
    "declared",
    "engine",
    "examples",
    "merged",
    "rare",
    "scale",
    "sent",
    "whole",
]
