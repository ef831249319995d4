"""The house rules hold, and a planted fault of each kind is found."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from govsim.scenario import list_governance, load_governance
from tests.architecture import (
    PACKAGE,
    ROOMS,
    Sources,
    circles,
    hidden_numbers,
    inexact_kernels,
    labels_that_decide,
    named_models,
    names_of_two_things,
    other_chance,
    read_sources,
    results_that_see_assumptions,
    room,
    stray_mesa,
    undocumented,
    wrong_way_imports,
)

SOURCES = read_sources()


def no_model_names(sources: Sources) -> list[str]:
    models = {name: load_governance(name).model for name in list_governance()}
    names = set(models) | {
        text for model in models.values() for text in (model.name.en, model.name.zh) if text
    }
    return named_models(sources, names)


RULES: dict[str, tuple[Callable[[Sources], list[str]], dict[str, str]]] = {
    "imports run one way": (
        wrong_way_imports,
        {
            "world/a.py": "from govsim.engine import Run",
            "engine/a.py": "from govsim.results.view import View",
            "draws.py": "import govsim.scenario.schema",
            "results/a.py": "def f():\n    from govsim.runner import replicates",
            "runner/a.py": "from ..report import figures",
            "runner/b.py": "from govsim.statistics.paired import paired",
            "statistics/a.py": "from govsim.engine.recording import Recording",
            "studies/a.py": "import govsim.assurance.theory",
        },
    ),
    "no import leads back to its file": (
        circles,
        {
            "studies/sweep.py": "if TYPE_CHECKING:\n    from govsim.studies.sweep import sweep",
            "studies/find.py": "def f():\n    from govsim.studies import find",
            "engine/a.py": "from govsim.engine import a",
            "engine/b.py": "from govsim.engine.b import f",
            "engine/c.py": "if TYPE_CHECKING:\n    from govsim.engine.state import State",
        },
    ),
    "Mesa has one room": (stray_mesa, {"engine/a.py": "import mesa", "report/a.py": "from mesa.agent import AgentSet"}),
    "results see no assumption": (
        results_that_see_assumptions,
        {
            "results/a.py": "from govsim.scenario.schema.governance import GovernanceModel",
            "results/b.py": "from govsim.engine.offices import Arm",
            "engine/recording.py": "from govsim.scenario.schema import Scenario",
        },
    ),
    "chance comes from draws": (
        other_chance,
        {
            "engine/a.py": "import random",
            "engine/b.py": "x = np.random.default_rng(1)",
            "engine/c.py": "from time import time",
            "engine/d.py": "x = hash('a')",
            "world/e.py": "for x in {1, 2}: pass",
            "world/f.py": "y = [x for x in set(z)]",
        },
    ),
    "a public name means one thing": (
        names_of_two_things,
        {
            "world/a.py": "class World: pass\nclass World: pass",
            "engine/a.py": "class State: pass\ndef f():\n    class State: pass",
            "report/a.py": "class Row:\n    class Cell: pass\nclass Cell: pass",
            "studies/a.py": "def sweep(): pass\ndef sweep(): pass",
            "runner/a.py": "def run(): pass\ndef run(): pass",
        },
    ),
    "kernels are exact": (inexact_kernels, {"engine/a.py": "k = njit(fastmath=True)", "world/a.py": "k = njit(parallel=True)"}),
    "no model is named": (
        no_model_names,
        {
            "engine/a.py": "if arm.label == 'Party-led co-governance': pass",
            "engine/b.py": "x = model == 'party_led_cogovernance'",
            "results/c.py": "bonus = {'传统行政管理': 1}",
            "engine/d.py": "def legacy_administrative(): return f(legacy_administrative)",
        },
    ),
    "labels decide nothing": (
        labels_that_decide,
        {
            "engine/a.py": "bonus = arm.label.startswith('P')",
            "engine/b.py": "if model.name.zh: pass",
            "engine/c.py": "x = key(seed, f'arrivals.{arm.label}')",
            "engine/d.py": "x = draws.key(seed, 'casework.' + arm.key)",
            "engine/e.py": "x = state.key(purpose=f'routing.{model.agenda.rule}')",
        },
    ),
    "no number is hidden": (
        hidden_numbers,
        {
            "engine/a.py": "def f(trust):\n    return trust + 0.035",
            "engine/b.py": "SPEED = 1.1",
            "engine/c.py": "A, B = range(3)",
            "results/indicators.py": "x = Indicator('a', compute=lambda v: v.total('a') * 1.05)",
        },
    ),
    "public things say what they are": (
        undocumented,
        {"engine/a.py": "def f(): pass", "world/b.py": "'''Doc.'''\nclass A:\n    '''Doc.'''\n    def f(self): pass"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("rule", RULES)
def test_rule_holds(rule: str) -> None:
    wrong = RULES[rule][0](SOURCES)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("rule", "file"), [(rule, file) for rule, (_, planted) in RULES.items() for file in planted]
)
def test_rule_finds_a_planted_fault(rule: str, file: str) -> None:
    """The fault is reported with file and line."""
    find, planted = RULES[rule]
    faults = find({file: ast.parse(planted[file])})
    assert faults
    assert all(fault.startswith(f"govsim/{file}") for fault in faults)


def test_declarations_are_no_hidden_numbers() -> None:
    allowed = {
        "engine/columns.py": "FULL = 255\nA, B, C, D = range(4)",
        "engine/recording.py": "class Level(IntEnum):\n    FAR = 7",
        "results/indicators.py": "WINDOWS = (4, 13)\nx = Indicator(decimals=3, target=(10.0, 20.0), compute=lambda v: 2 * v.a)",
        "engine/loop.py": "h = blake2b(digest_size=16)\nhalf = 0.5 * x - 1",
        "scenario/schema/people.py": "x = parameter(0.35)",
    }
    assert hidden_numbers({file: ast.parse(text) for file, text in allowed.items()}) == []


def test_every_file_has_a_room() -> None:
    assert {room(file) for file in SOURCES} - {None} == set(ROOMS)


@pytest.mark.parametrize("first", ["govsim.cli", "govsim.scenario.schema", "govsim.scenario"])
def test_the_door_opens_without_heavy_libraries(first: str) -> None:
    heavy = "('mesa', 'pandas', 'scipy', 'matplotlib', 'pyarrow', 'numba')"
    code = f"import sys, {first}; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


MOST_LINES = 600


def test_files_stay_readable() -> None:
    """Lines of a file, its declared equations not counted: they are the page of the model description."""

    def declared(file: str) -> int:
        tables = (node for node in SOURCES[file].body if isinstance(node, ast.Assign))
        return sum(
            (node.end_lineno or node.lineno) - node.lineno
            for node in tables
            if isinstance(node.targets[0], ast.Name) and node.targets[0].id == "EQUATIONS"
        )

    lines = {
        file: (PACKAGE / file).read_text(encoding="utf-8").count("\n") - declared(file) for file in SOURCES
    }
    wrong = [f"govsim/{file} has {count} lines" for file, count in lines.items() if count > MOST_LINES]
    assert not wrong, "\n".join(wrong)


def test_nothing_knows_a_developers_machine() -> None:
    """No place on this or another disk in a source, scenario, governance file or page."""
    files = [*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.yaml"), *PACKAGE.parent.glob("scenarios/**/*.yaml")]
    files += PACKAGE.parent.glob("docs/**/*.md")
    places = (
        "/home/",
        "/Users/",
        "C:\\",
        f"{PACKAGE.parent}/",
        f"{Path.home()}/",
        f"{sys.prefix}/",
        " /tmp/",
    )
    wrong = [
        f"{path.name}: {place}"
        for path in files
        for place in places
        if place in path.read_text(encoding="utf-8")
    ]
    assert not wrong, "\n".join(wrong)
