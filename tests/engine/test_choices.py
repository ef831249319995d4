"""Every choice of every governance block does something of its own: one that nothing maps would run as another one."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest

from govsim.assurance.audit.bench import AuditRuns
from govsim.engine import simulate
from govsim.scenario import list_governance, load, load_governance
from govsim.scenario.fields import Declared, walk
from govsim.scenario.schema.governance import Governance

CHOICES = {
    item.path: item.shape.choices
    for item in walk(Governance)
    if len(item.shape.choices) > 1 and not item.path.startswith("sources")
}
SCENARIO = load("tiny", ["run.weeks=26", "population.residents=200"]).scenario
RUNS = AuditRuns(simulate)


def changed(model: Governance, path: str, value: object) -> Governance | None:
    """Return a model with another value, in the first entry of a list and in all of a mapping; None where it cannot be."""
    data: dict[str, Any] = model.model_dump(mode="python")
    *blocks, name = path.split(".")
    inner: Any = data
    for block in blocks:
        inner = inner[block.removesuffix("[]")]
        if block.endswith("[]"):
            if not inner:
                return None
            inner = inner[0]
    inner |= dict.fromkeys(inner, value) if name == "*" else {name: value}
    try:
        return Governance.model_validate(data)
    except ValueError:
        return None


def test_there_are_choices() -> None:
    assert len(CHOICES) >= 8
    assert all(isinstance(item, Declared) for item in walk(Governance))


@pytest.mark.parametrize("path", CHOICES)
def test_each_choice_gives_numbers_of_its_own(path: str) -> None:
    """Some shipped model tells any two choices apart within half a year of a small district."""
    left = set(combinations(CHOICES[path], 2))
    for name in list_governance():
        base = load_governance(name).model
        found = {}
        for value in sorted({value for pair in left for value in pair}, key=str):
            model = changed(base, path, value)
            if model is not None:
                found[value] = RUNS.trace(SCENARIO, model, 1).digests
        left -= {(a, b) for a, b in left if a in found and b in found and found[a] != found[b]}
        if not left:
            return
    assert not left, f"these give the same numbers under every shipped model: {sorted(left)}"
