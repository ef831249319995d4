"""The house rules that can be read off the source: imports one way, no hidden numbers, no other chance, no names in rules."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import govsim
from govsim.scenario import list_governance, load_governance

PACKAGE = Path(govsim.__file__).parent

ROOMS = ("base", "scenario", "world", "engine", "results", "study", "report", "agents", "cli")
"""Each may import those to its left. ``base`` is what has no room: draws, units and kernels."""

_BASE = {"draws", "units", "kernels"}
_DOOR = {"cli", "__main__"}

SOURCES = {
    path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted(PACKAGE.rglob("*.py"))
    if "__pycache__" not in path.parts
}


def room(module: str) -> str | None:
    """Return the room of a dotted module or of a file of the package; None for the package itself."""
    parts = module.removesuffix(".py").replace("/", ".").removeprefix("govsim.").split(".")
    if parts[0] in ("govsim", "__init__"):
        return None
    if parts[0] in _BASE:
        return "base"
    return "cli" if parts[0] in _DOOR else parts[0]


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and dotted name of everything imported anywhere in a file, type checking included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written out in full"
            assert node.module is not None
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}"


def inside(*rooms: str) -> dict[str, ast.Module]:
    return {file: tree for file, tree in SOURCES.items() if room(file) in rooms}


def test_every_file_has_a_room() -> None:
    assert {room(file) for file in SOURCES} - {None} == set(ROOMS)


def test_imports_run_one_way() -> None:
    wrong = []
    for file, tree in SOURCES.items():
        here = room(file)
        for line, name in imports(tree):
            there = room(name) if name.split(".")[0] == "govsim" else None
            if here and there and ROOMS.index(there) > ROOMS.index(here):
                wrong.append(f"govsim/{file}:{line} imports {name}: {here} must not know {there}")
    assert not wrong, "\n".join(wrong)


def test_mesa_is_imported_by_agents_only() -> None:
    wrong = [
        f"govsim/{file}:{line}"
        for file, tree in SOURCES.items()
        for line, name in imports(tree)
        if name.split(".")[0] == "mesa" and room(file) != "agents"
    ]
    assert not wrong, "\n".join(wrong)


def test_indicators_never_see_the_governance_model() -> None:
    """H21: the results room reads columns and ledgers, never what was assumed."""
    wrong = [
        f"govsim/{file}:{line} imports {name}"
        for file, tree in inside("results").items()
        for line, name in imports(tree)
        if name.startswith("govsim.scenario") or name.startswith(("govsim.engine.offices", "govsim.engine.rules", "govsim.engine.loop"))
    ]
    recording = SOURCES["engine/recording.py"]
    wrong += [f"recording.py:{line} imports {name}" for line, name in imports(recording) if "scenario" in name]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("first", ["govsim.cli", "govsim.scenario.schema", "govsim.scenario"])
def test_the_door_opens_without_heavy_libraries(first: str) -> None:
    heavy = "('mesa', 'pandas', 'scipy', 'matplotlib', 'pyarrow', 'numba')"
    code = f"import sys, {first}; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


_CHANCE = {"random", "secrets", "uuid", "time", "datetime"}
_DETERMINISTIC = ("world", "engine", "base")
"""Rooms in which nothing may depend on anything but arguments."""


def test_no_other_source_of_chance() -> None:
    """No random, np.random, clock, hash(), id() or iteration over sets where results are made."""
    wrong = []
    for file, tree in inside(*_DETERMINISTIC).items():
        wrong += [f"govsim/{file}:{line} imports {name}" for line, name in imports(tree) if name.split(".")[0] in _CHANCE]
        for node in ast.walk(tree):
            where = f"govsim/{file}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.Attribute) and node.attr in ("random", "default_rng", "RandomState"):
                wrong.append(f"{where} uses {ast.unparse(node)}")
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("hash", "id"):
                wrong.append(f"{where} calls {node.func.id}()")
            loops = [node] if isinstance(node, ast.For) else getattr(node, "generators", [])
            wrong += [f"{where} iterates over a set" for loop in loops if _is_set(loop.iter)]
    assert not wrong, "\n".join(wrong)


def test_no_fastmath_and_no_parallel_kernels() -> None:
    wrong = [
        f"govsim/{file}:{node.lineno}"
        for file, tree in SOURCES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword) and node.arg in ("fastmath", "parallel")
    ]
    assert not wrong, "\n".join(wrong)


def _is_set(node: ast.AST) -> bool:
    if isinstance(node, ast.Set | ast.SetComp):
        return True
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("set", "frozenset")


def test_no_model_name_in_any_rule() -> None:
    """No shipped model's name, in any language, stands in an expression of the program; defaults of a schema may name files."""
    models = {name: load_governance(name).model for name in list_governance()}
    names = set(models) | {text for model in models.values() for text in (model.name.en, model.name.zh) if text}
    allowed = {"scenario/schema/run.py"}
    wrong = []
    for file, tree in SOURCES.items():
        if file in allowed:
            continue
        prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
                wrong += [f"govsim/{file}:{node.lineno} names {name}" for name in names if name.lower() in node.value.lower()]
            if isinstance(node, ast.Name | ast.Attribute):
                word = node.id if isinstance(node, ast.Name) else node.attr
                wrong += [f"govsim/{file}:{node.lineno} names {name}" for name in names if name == word]
    assert not wrong, "\n".join(wrong)


_ORDINARY = {0, 1, 2, 0.5}
_INDICATOR_CODE = {"results/indicators.py", "results/equity.py", "results/patterns.py", "results/view.py", "results/survival.py", "results/weekly.py"}
_DECLARING = {"decimals", "target", "direction"}
"""Keywords of a declaration that are about showing a number or about published figures, not about computing one."""


def _declared_numbers(tree: ast.AST) -> set[int]:
    """Return the ids of number nodes that are declarations by their form."""
    declared: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):  # members of an enumeration
            bases = {base.id for base in node.bases if isinstance(base, ast.Name)}
            if bases & {"IntEnum", "Enum"}:
                declared |= {id(child) for child in ast.walk(node)}
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple) and _is_range(node.value):
            # A, B, C = range(3): the number only counts the names.
            count = node.value.args[0]  # type: ignore[attr-defined]
            if isinstance(count, ast.Constant) and count.value == len(node.targets[0].elts):
                declared.add(id(count))
        elif isinstance(node, ast.keyword) and node.arg in _DECLARING:
            declared |= {id(child) for child in ast.walk(node.value)}
    return declared


def _is_range(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range"


def test_no_hidden_numbers() -> None:
    """H04: the engine and the indicators compute with declared parameters and 0, 1, 2 and 1/2 only."""
    wrong = []
    for file, tree in SOURCES.items():
        if room(file) != "engine" and file not in _INDICATOR_CODE:
            continue
        declared = _declared_numbers(tree)
        for node in ast.walk(tree):
            if not isinstance(node, ast.Constant) or isinstance(node.value, bool) or not isinstance(node.value, int | float):
                continue
            if node.value not in _ORDINARY and id(node) not in declared:
                wrong.append(f"govsim/{file}:{node.lineno} has the number {node.value!r}")
    assert not wrong, "\n".join(wrong)


MOST_LINES = 500


def test_files_stay_readable() -> None:
    wrong = []
    for file in SOURCES:
        lines = (PACKAGE / file).read_text(encoding="utf-8").count("\n")
        if lines > MOST_LINES:
            wrong.append(f"govsim/{file} has {lines} lines")
    assert not wrong, "\n".join(wrong)


def test_public_things_say_what_they_are() -> None:
    wrong = []
    for file, tree in SOURCES.items():
        if tree.body and ast.get_docstring(tree) is None:
            wrong.append(f"govsim/{file} has no docstring")
        for owner in [tree, *(node for node in tree.body if isinstance(node, ast.ClassDef))]:
            private = isinstance(owner, ast.ClassDef) and owner.name.startswith("_")
            for node in owner.body:
                if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
                    hidden = private or node.name.startswith("_")
                    overload = any("overload" in ast.unparse(mark) or "override" in ast.unparse(mark) for mark in node.decorator_list)
                    if not hidden and not overload and ast.get_docstring(node) is None:
                        wrong.append(f"govsim/{file}:{node.lineno} {node.name} has no docstring")
    assert not wrong, "\n".join(wrong)


def test_nothing_knows_this_machine() -> None:
    """No path of a developer's disk in a source, scenario or governance file."""
    wrong = [
        f"{path}: {word}"
        for path in [*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.yaml"), *PACKAGE.parent.glob("scenarios/**/*.yaml")]
        for word in ("/home/", "/Users/", "C:\\\\", "/work/", "/tmp/")
        if word in path.read_text(encoding="utf-8")
    ]
    assert not wrong, "\n".join(wrong)
