"""Which run is meant by a folder that may hold many."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from govsim.results.load import Results, load_results
from govsim.results.store import MANIFEST, slug
from govsim.runner.find_runs import FoundRun, refuse_unusable, runs_in, unusable_in
from govsim.scenario.messages import Place, Problem, ScenarioError

_LISTED = 8
"""Runs named in a message."""


def choose(result: Path, model: str | None, mode: str | None, seed: int | None) -> Results:
    """Return the run that is meant; of runs that agree in model, mode, seed and weeks the newest.

    Parameters
    ----------
    result : Path
        A run folder, the folder of a comparison, that of a scenario, or one with several of them.
    model, mode, seed
        What the run must be, where a folder holds several; a part of the model's name will do.

    Raises
    ------
    ScenarioError
        If there is no such run, or more than one; it names those that are there.
    RefusedError
        If the run was changed after it was written.
    """
    runs = runs_in(result)
    for words in unusable_in(result) if runs and result.is_dir() else ():
        print(f"govsim: left out: run {words}", file=sys.stderr)
    if not runs:
        refuse_unusable(result)
        text = "is no run folder and holds none" if result.is_dir() else "is not there"
        _refuse(str(result), f"{text}; a run folder is <out>/<scenario>/<key> and has a {MANIFEST}")
    if all(path.parent == result.parent for path in (run.folder for run in runs)):
        return load_results(runs[0].folder)
    fitting = [run for run in runs if _fits(run, model, mode, seed)]
    if not fitting:
        _refuse(str(result), "no run there fits; there are", runs)
    newest = {run.what: run for run in sorted(fitting, key=lambda run: run.started)}
    if len(newest) > 1:
        _refuse(str(result), f"holds {len(newest)} runs that fit; say which with", list(newest.values()))
    return load_results(next(iter(newest.values())).folder)


def _options(run: FoundRun) -> str:
    which = f"--model {slug(run.model)} --capacity {run.mode} --seed {run.seed}"
    return f"{which}   ({run.weeks} weeks, {run.folder.name})"


def _fits(run: FoundRun, model: str | None, mode: str | None, seed: int | None) -> bool:
    named = model is None or _bare(model) in _bare(run.model) or model in run.model
    return named and mode in (None, run.mode) and seed in (None, run.seed)


def _bare(words: str) -> str:
    return slug(words).replace("-", "")


def _refuse(place: str, text: str, runs: Sequence[FoundRun] = ()) -> None:
    hints = [_options(run) for run in sorted(runs, key=lambda run: run.what)]
    more = len(hints) - _LISTED
    if more > 0:
        hints = [*hints[:_LISTED], f"and {more} more"]
    raise ScenarioError([Problem.at(Place(place), "", text, hints)])
