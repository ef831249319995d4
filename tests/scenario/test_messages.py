"""A refusal keeps its problems on the way between processes."""

from __future__ import annotations

import copy
import pickle

import pytest

from govsim.scenario.messages import Problem, ScenarioError

PROBLEMS = (
    Problem("mine.yaml", 3, 5, "run.weeks", "0 is less than 1", ("hint",)),
    Problem("--set", 0, 0, "run.seeds", "no number"),
)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_survives_pickling(protocol: int) -> None:
    """Pools of processes pickle exceptions; one that cannot be rebuilt leaves them waiting forever."""
    error = ScenarioError(PROBLEMS)
    back = pickle.loads(pickle.dumps(error, protocol))
    assert type(back) is ScenarioError
    assert back.problems == error.problems == PROBLEMS
    assert str(back) == error.report() == str(error)
    assert back.exit_code == 2


def test_survives_copying() -> None:
    assert copy.deepcopy(ScenarioError(PROBLEMS)).problems == PROBLEMS
