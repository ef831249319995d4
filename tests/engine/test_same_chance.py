"""The same world and the same chance under every model, for any number of threads and in any surroundings."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from govsim.engine import Recording
from tests.engine.specs import MODELS, both_modes, digests, every_model, run, tiny
from tests.theory.specs import run as run_null
from tests.theory.specs import scenario as null_scenario

pytestmark = pytest.mark.slow

EXOGENOUS = (
    "case",
    "problem_class",
    "household",
    "resident",
    "community",
    "severity",
    "effort",
    "money",
    "onset",
)


def first_problems(recording: Recording) -> dict[str, np.ndarray]:
    """Return what is exogenous about the problems that did not come back."""
    rows = recording.cases["recurrence"] == 0
    return {name: recording.cases[name][rows] for name in EXOGENOUS}


def test_one_world_and_one_chance_under_every_model() -> None:
    scenario = tiny("run.weeks=26")
    for seed in (1, 2):
        recordings = [
            run(scenario, model, seed, mode) for model in MODELS for mode in ("neutral", "observed")
        ]
        assert len({str(sorted(recording.hashes.items())) for recording in recordings}) == 1
        base = first_problems(recordings[0])
        for recording in recordings[1:]:
            problems = first_problems(recording)
            shared, here, there = np.intersect1d(problems["case"], base["case"], return_indices=True)
            fewer = len(base["case"]) - len(shared)
            assert len(problems["case"]) == len(shared), "upkeep and rehousing take away, they add none"
            assert fewer <= 0.1 * len(base["case"])
            for name, column in problems.items():
                np.testing.assert_array_equal(column[here], base[name][there], err_msg=name)
        assert len({recording.weekly["open"].tobytes() for recording in recordings}) > 1, (
            "the models do differ"
        )


def test_another_seed_is_another_chance() -> None:
    scenario = tiny("run.weeks=8")
    hashes = [run(scenario, MODELS[0], seed).hashes for seed in (1, 2)]
    for name in ("world", "network", "exogenous"):
        assert hashes[0][name] != hashes[1][name]


@pytest.mark.parametrize(
    "key", ["handling.intake_hours=3.0", "participation.social=0.3", "workforce.quit_rate=0.05"]
)
def test_a_process_does_not_shift_the_draws_of_another(key: str) -> None:
    """What refuses, spreads or quits more often leaves arrivals and everybody's luck as they were."""
    before, after = (run(tiny("run.weeks=26", *more), MODELS[-1]) for more in ((), (key,)))
    assert before.hashes["exogenous"] == after.hashes["exogenous"]
    assert digests(before) != digests(after)
    for name, column in first_problems(before).items():
        np.testing.assert_array_equal(column, first_problems(after)[name])


@pytest.mark.parametrize("communities", [1, 2])
def test_one_more_resident_moves_nobody_else(communities: int) -> None:
    """300 or 301 residents: problems of the first 300, with their effort and severity, are the same."""

    def problems(residents: int) -> dict[tuple[int, int, float], tuple[object, ...]]:
        recording = run_null(
            null_scenario(
                {
                    "run": {"weeks": 40},
                    "population": {
                        "residents": residents,
                        "street_units": [{"communities": [{}] * communities}],
                        "household_sizes": [0.4, 0.4, 0.2, 0.0, 0.0, 0.0],
                    },
                    "problems": {
                        "classes": {
                            name: {
                                "kind": "local_soft",
                                "rate": rate,
                                "effort_hours": 3.0,
                                "level": "community",
                                "report_rate": 0.2,
                            }
                            for name, rate in (("a", 5.0), ("b", 2.0))
                        }
                    },
                }
            ),
            seed=9,
        )
        cases = recording.cases
        first = np.searchsorted(cases["community"][np.argsort(cases["household"])], np.arange(communities))
        start = np.sort(cases["household"])[first]
        place = cases["household"].astype(int) - start[cases["community"].astype(int)]
        found = {}
        for row in range(len(place)):
            key = (int(cases["community"][row]), int(place[row]), float(cases["onset"][row]))
            found[key] = tuple(
                cases[name][row].item() for name in ("problem_class", "severity", "effort", "detected")
            )
        return found

    few, more = problems(300), problems(301)
    last = max(place for _, place, _ in few)
    shared = {key: value for key, value in few.items() if key[1] < last - 1}
    assert len(shared) > 500
    assert {key: more.get(key) for key in shared} == shared


@pytest.mark.assurance
@every_model
@both_modes
def test_threads_change_no_bit(model: str, mode: str) -> None:
    scenario = tiny("run.weeks=26")
    one, two, eight = (digests(run(scenario, model, 2, mode, threads)) for threads in (1, 2, 8))  # type: ignore[arg-type]
    assert one == two == eight


def test_the_same_run_twice_in_one_process() -> None:
    scenario = tiny("run.weeks=26")
    for model in MODELS:
        assert digests(run(scenario, model)) == digests(run(scenario, model))


@pytest.mark.assurance
def test_surroundings_change_no_bit() -> None:
    """Hash seed, locale, time zone and thread settings of the process."""
    code = (
        "from tests.engine.specs import MODELS, digests, run, tables, tiny\n"
        "for model in MODELS:\n"
        "    recording = run(tiny('run.weeks=26'), model)\n"
        "    print(sorted(digests(recording).items()))\n"
        "    print(sorted(tables(recording).items()))\n"
    )
    surroundings = [
        {"PYTHONHASHSEED": "0", "LC_ALL": "C", "TZ": "UTC", "OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"},
        {"PYTHONHASHSEED": "77", "LC_ALL": "zh_CN.UTF-8", "TZ": "Asia/Shanghai", "OMP_NUM_THREADS": "8"},
        {"PYTHONHASHSEED": "random", "LC_ALL": "de_DE.UTF-8", "TZ": "America/St_Johns", "PYTHONUTF8": "0"},
    ]  # fmt: skip
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code], env=os.environ | own, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for own in surroundings
    ]
    printed = []
    for process in running:
        out, error = process.communicate(timeout=300)
        assert process.returncode == 0, error.decode()
        printed.append(out)
    assert len(printed[0]) > 1_000
    assert printed[0] == printed[1] == printed[2]
