"""Runs asked for from Python: the same runs, folders and reuse as on the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from govsim.results.errors import RefusedError
from govsim.results.store import prepare
from govsim.results.values import spans
from govsim.runner.options import RunOptions
from govsim.runner.planning import Choice, distinct, modes, plan, with_labels_apart
from govsim.runner.progress import Reporter
from govsim.runner.replicates import Failure, run_all
from govsim.studies.frames import Frames

if TYPE_CHECKING:
    import pandas as pd


class RunsFailedError(RuntimeError):
    """Some runs did not end; the others are kept, and stand in ``results``.

    Attributes
    ----------
    failures : tuple of Failure
    results : Frames
    """

    def __init__(self, failures: Sequence[Failure], results: Frames) -> None:
        first = failures[0]
        super().__init__(
            f"{len(failures)} of {len(failures) + len(results)} runs failed (seed {spans(f.seed for f in failures)}); "
            f"seed {first.seed} of {first.label}: {first.problem}. Again: {first.repeat}"
        )
        self.failures = tuple(failures)
        self.results = results


def run(
    scenario: str | Path,
    *,
    models: Sequence[str | Path] = (),
    seeds: int | None = None,
    weeks: int | None = None,
    settings: Mapping[str, Any] | Sequence[str] = (),
    capacity: Literal["neutral", "observed", "both"] | None = None,
    out: str | Path = "results",
    jobs: int = 1,
    quiet: bool = True,
) -> Frames:
    """Run a scenario under its governance models over its seeds; finished runs are used again.

    Parameters
    ----------
    scenario
        A scenario file, or a built-in name such as ``tiny``.
    models
        Governance models, by name or file, instead of the scenario's.
    seeds, weeks
        Numbers of them instead of the scenario's.
    settings
        Parameters to change, ``{"capacity.staff.community": 18}`` or ``["capacity.staff.community=18"]``.
    capacity
        ``neutral``, ``observed`` or ``both``.
    out
        Folder of run folders.
    jobs
        Runs side by side in worker processes; 1 runs in this process, 0 decides by the work. A script that asks for more
        than 1 stands under ``if __name__ == "__main__"``.
    quiet
        Say nothing of progress.

    Raises
    ------
    ScenarioError
        With every mistake in what was asked.
    RunsFailedError
        If runs failed.
    EnvironmentProblem
        If results cannot be written.
    KeyboardInterrupt
        If it was stopped; finished runs are kept.
    """
    import io

    from govsim.scenario import load, load_governance

    given = (
        [f"{path}={_word(value)}" for path, value in settings.items()]
        if isinstance(settings, Mapping)
        else [*settings]
    )
    more = {"run.seeds": seeds, "run.weeks": weeks, "governance.capacity_mode": capacity}
    given += [f"{path}={value}" for path, value in more.items() if value is not None]
    loaded = load(scenario, given)
    chosen = [load_governance(name) for name in models] or list(loaded.governance)
    folder = Path(out)
    prepare(folder)
    blocks = [
        with_labels_apart(
            [plan(Choice(str(scenario), loaded, governance, mode), folder) for governance in chosen]
        )
        for mode in modes(loaded.scenario.governance.capacity_mode)
    ]
    plans = distinct([item for block in blocks for item in block])[0]
    asked = loaded.scenario.run
    options = RunOptions(
        folder,
        jobs,
        command=("govsim.run", str(scenario), *given),
        reporter=Reporter(io.StringIO() if quiet else None),
    )
    outcome = run_all(plans, range(asked.first_seed, asked.first_seed + asked.seeds), options)
    results = Frames(outcome.results[where] for where in sorted(outcome.results))
    if outcome.interrupted:
        raise KeyboardInterrupt
    if outcome.failures:
        raise RunsFailedError(outcome.failures, results)
    return results


def compare(
    baseline: str | Path, other: str | Path, scenario: str | Path = "yingzi", **options: Any
) -> pd.DataFrame:
    """Run two governance models in a scenario and return paired differences, one row an indicator.

    Parameters
    ----------
    baseline, other
        Governance models, by name or file.
    options
        As for :func:`run`; capacity-neutral unless said otherwise.

    Raises
    ------
    RefusedError
        If their budgets or worlds are unlike, or they are one and the same; before anything is run, if both capacity modes
        are asked for.
    """
    if options.get("capacity") == "both":
        raise RefusedError(
            'capacity="both": one comparison is of one capacity mode. Ask for "neutral" or "observed"; '
            'govsim.run(..., capacity="both") runs both'
        )
    found = run(scenario, models=[baseline, other], **({"capacity": "neutral"} | options))
    labels = list(dict.fromkeys(found.summary["arm"]))
    return found.differences(labels[0], labels[-1])


def _word(value: Any) -> str:
    import json

    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
