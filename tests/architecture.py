"""Rules of the house as functions from sources to faults, so that planted faults can show that the rules see them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import govsim

PACKAGE = Path(govsim.__file__).parent

ROOMS = (
    "base", "scenario", "world", "engine", "results", "extras", "statistics", "runner", "studies", "assurance", "report",
    "agents", "app", "api", "cli",
)  # fmt: skip
"""Each may import those to its left. ``base`` is what has no room: draws, units and kernels."""
STRANGERS = {
    "statistics": {"scenario", "world", "engine"},
    "runner": {"statistics"},
}
"""Rooms to their left that some do not know either."""

Sources = Mapping[str, ast.Module]
"""Syntax trees by file, relative to the package."""

_BASE = {"draws", "units", "kernels"}
_DOOR = {"cli", "__main__"}


def read_sources() -> dict[str, ast.Module]:
    """Return the sources of the package."""
    files = [path for path in sorted(PACKAGE.rglob("*.py")) if "__pycache__" not in path.parts]
    return {
        path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in files
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
            module = "." * node.level + (node.module or "")
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)


def wrong_way_imports(sources: Sources) -> list[str]:
    """Return imports of a later room by an earlier one, and relative imports."""
    wrong = []
    for file, tree in sources.items():
        here = room(file)
        for line, name in imports(tree):
            there = room(name) if name.split(".")[0] == "govsim" else None
            if name.startswith("."):
                wrong.append(f"govsim/{file}:{line} imports {name}: write it out in full")
            elif (
                here
                and there
                and (ROOMS.index(there) > ROOMS.index(here) or there in STRANGERS.get(here, ()))
            ):
                wrong.append(f"govsim/{file}:{line} imports {name}: {here} must not know {there}")
    return wrong


def stray_mesa(sources: Sources) -> list[str]:
    """Return imports of Mesa outside its room."""
    return [
        f"govsim/{file}:{line} imports {name}"
        for file, tree in sources.items()
        for line, name in imports(tree)
        if name.split(".")[0] == "mesa" and room(file) != "agents"
    ]


def circles(sources: Sources) -> list[str]:
    """Return imports that lead back to where they stand; in the engine also those for types alone."""
    files = {
        f"govsim.{file.removesuffix('.py').replace('/', '.')}".removesuffix(".__init__"): file
        for file in sources
    }
    seen = {
        file: {
            there: line
            for line, name in imports(tree)
            if (there := files.get(name) or files.get(name.rpartition(".")[0]))
        }
        for file, tree in sources.items()
        if file
        != "__init__.py"  # the public names, and what everybody asks of the package: version and folder
    }
    wrong = [
        f"govsim/{file}:{node.lineno} imports for types alone: import it for real"
        for file, tree in sources.items()
        if room(file) == "engine"
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    ]
    for file, firsts in seen.items():
        for first, line in firsts.items():
            reached, more = set[str](), [first]
            while more:
                if (here := more.pop()) not in reached:
                    reached.add(here)
                    more += seen.get(here, {})
            if file in reached:
                wrong.append(f"govsim/{file}:{line} imports {first}, which imports it")
    return wrong


_ASSUMPTIONS = ("govsim.scenario", "govsim.engine.offices", "govsim.engine.rules", "govsim.engine.loop")


def results_that_see_assumptions(sources: Sources) -> list[str]:
    """Return imports through which an indicator could see the governance model or a parameter."""
    return [
        f"govsim/{file}:{line} imports {name}"
        for file, tree in sources.items()
        if room(file) == "results" or file == "engine/recording.py"
        for line, name in imports(tree)
        if name.startswith(_ASSUMPTIONS)
    ]


_CHANCE = {"random", "secrets", "uuid", "time", "datetime"}


def other_chance(sources: Sources) -> list[str]:
    """Return other sources of chance than govsim.draws, and of order that is not fixed, where results are made."""
    wrong = []
    for file, tree in sources.items():
        if room(file) not in ("base", "world", "engine"):
            continue
        wrong += [
            f"govsim/{file}:{line} imports {name}"
            for line, name in imports(tree)
            if name.split(".")[0] in _CHANCE
        ]
        for node in ast.walk(tree):
            where = f"govsim/{file}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.Attribute) and node.attr in ("random", "default_rng", "RandomState"):
                wrong.append(f"{where} uses {ast.unparse(node)}")
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in ("hash", "id")
            ):
                wrong.append(f"{where} calls {node.func.id}()")
            loops = [node] if isinstance(node, ast.For) else getattr(node, "generators", [])
            wrong += [f"{where} iterates over a set" for loop in loops if _is_set(loop.iter)]
    return wrong


def _is_set(node: ast.AST) -> bool:
    if isinstance(node, ast.Set | ast.SetComp):
        return True
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("set", "frozenset")
    )


def inexact_kernels(sources: Sources) -> list[str]:
    """Return uses of compiler options under which a sum may depend on the machine or the threads."""
    return [
        f"govsim/{file}:{node.value.lineno} sets {node.arg}"
        for file, tree in sources.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword) and node.arg in ("fastmath", "parallel")
    ]


def named_models(sources: Sources, names: set[str]) -> list[str]:
    """Return expressions that hold a model's name; prose may, and defaults of the doors and of the list of models."""
    wrong = []
    wanted = [(name, name.lower()) for name in sorted(names)]
    for file, tree in sources.items():
        spared = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        if file == "scenario/schema/choice.py":
            spared |= {id(child) for child in ast.walk(tree)}
        if room(file) in ("agents", "cli"):
            arguments = [node for node in ast.walk(tree) if isinstance(node, ast.arguments)]
            spared |= {id(default) for node in arguments for default in [*node.defaults, *node.kw_defaults]}
        for node in ast.walk(tree):
            words = ""
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in spared:
                words = node.value.lower()
            elif isinstance(node, ast.Name | ast.Attribute):
                words = (node.id if isinstance(node, ast.Name) else node.attr).lower()
            wrong += [
                f"govsim/{file}:{getattr(node, 'lineno', 0)} names {name}"
                for name, written in wanted
                if words and written in words
            ]
    return wrong


_ROLES = {"run": "engine", **dict.fromkeys(("page", "as_text", "as_json", "as_markdown"), "report")}
"""Functions of one name that do the same for different things: a process's weekly step, the writer of a page, of a table."""
_FRONTS = ("cli", "api.py")
"""Where a function may have the name of what it stands before: a command, the function of the library."""


def names_of_two_things(sources: Sources) -> list[str]:
    """Return classes that have the name of another class, wherever they stand, and public functions of another's name."""
    homes: dict[str, list[str]] = {}
    for file, tree in sources.items():
        classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
        functions = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
        for node in (*classes, *functions):
            role = _ROLES.get(node.name) == room(file)
            if isinstance(node, ast.ClassDef) or not (
                role or node.name.startswith("_") or file.startswith(_FRONTS)
            ):
                homes.setdefault(node.name, []).append(f"govsim/{file}:{node.lineno}")
    return [f"{place} names {name} again" for name, places in homes.items() for place in places[1:]]


_WORDS_FOR_PEOPLE = {"label", "label_zh", "en", "zh"}
_LABELLING = "resolve_arm"
"""The function that hands labels on to people."""


def labels_that_decide(sources: Sources) -> list[str]:
    """Return what the engine reads of a model's label, and keys of draws made from anything about the model."""
    wrong = []
    for file, tree in sources.items():
        if room(file) != "engine":
            continue
        labelling = [
            node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == _LABELLING
        ]
        spared = {id(child) for function in labelling for child in ast.walk(function)}
        for node in ast.walk(tree):
            where = f"govsim/{file}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.Attribute) and node.attr in _WORDS_FOR_PEOPLE and id(node) not in spared:
                wrong.append(f"{where} reads {ast.unparse(node)}")
            if isinstance(node, ast.Call) and ast.unparse(node.func).rsplit(".", 1)[-1] == "key":
                given = {
                    child.id if isinstance(child, ast.Name) else child.attr
                    for argument in [*node.args, *(word.value for word in node.keywords)]
                    for child in ast.walk(argument)
                    if isinstance(child, ast.Name | ast.Attribute)
                }
                if given & {"arm", "model", "name", *_WORDS_FOR_PEOPLE}:
                    wrong.append(f"{where} draws by {ast.unparse(node)}")
    return wrong


_ORDINARY = {0, 1, 2, 0.5}
_INDICATOR_CODE = {
    f"results/{name}.py"
    for name in (
        *(
            "indicators",
            "participation",
            "resolution",
            "trust_and_staff",
            "cost",
            "community",
            "equity",
            "patterns",
        ),
        *("view", "survival", "weekly", "values", "estimate"),
    )
}
_RECORDS = {"engine/columns.py", "engine/recording.py"}
"""Where the engine declares its records; everything else it has from units.py and the schema."""
_DECLARING = {"decimals", "target", "direction", "digest_size"}
"""Keywords of a declaration that are about showing a number or about published figures, not about computing one."""


def hidden_numbers(sources: Sources) -> list[str]:
    """Return numbers in engine and indicators that are neither 0, 1, 2, 1/2 nor declared."""
    wrong = []
    for file, tree in sources.items():
        if room(file) != "engine" and file not in _INDICATOR_CODE:
            continue
        declared = _declared_numbers(file, tree)
        for node in ast.walk(tree):
            if (
                not isinstance(node, ast.Constant)
                or isinstance(node.value, bool)
                or not isinstance(node.value, int | float)
            ):
                continue
            if node.value not in _ORDINARY and id(node) not in declared:
                wrong.append(f"govsim/{file}:{node.lineno} has the number {node.value!r}")
    return wrong


def _declared_numbers(file: str, tree: ast.Module) -> set[int]:
    """Return the ids of number nodes that are declarations by their form."""
    declared: set[int] = set()
    if file in _RECORDS or room(file) == "results":  # NAME = number, at the top of the file
        for statement in tree.body:
            if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                name, value = statement.targets[0].id, statement.value
                if name.isupper() and all(
                    isinstance(c, ast.Constant | ast.Tuple | ast.Load) for c in ast.walk(value)
                ):
                    declared |= {id(child) for child in ast.walk(value)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Vector":
            declared |= {id(child) for child in ast.walk(node)}  # worked examples
        if isinstance(node, ast.ClassDef):  # members of an enumeration
            if {base.id for base in node.bases if isinstance(base, ast.Name)} & {"IntEnum", "Enum"}:
                declared |= {id(child) for child in ast.walk(node)}
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple):  # A, B, C = range(3)
            call = node.value
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "range":
                count = call.args[0]
                if isinstance(count, ast.Constant) and count.value == len(node.targets[0].elts):
                    declared.add(id(count))
        elif isinstance(node, ast.keyword) and node.arg in _DECLARING:
            declared |= {id(child) for child in ast.walk(node.value)}
    return declared


def undocumented(sources: Sources) -> list[str]:
    """Return files, classes and public functions without a docstring."""
    wrong = []
    for file, tree in sources.items():
        if tree.body and ast.get_docstring(tree) is None:
            wrong.append(f"govsim/{file} has no docstring")
        owners: list[ast.Module | ast.ClassDef] = [
            tree,
            *(node for node in tree.body if isinstance(node, ast.ClassDef)),
        ]
        for owner in owners:
            if isinstance(owner, ast.ClassDef) and owner.name.startswith("_"):
                continue
            for node in owner.body:
                if not isinstance(node, ast.FunctionDef | ast.ClassDef) or node.name.startswith("_"):
                    continue
                marks = {ast.unparse(mark).rsplit(".", 1)[-1] for mark in node.decorator_list}
                if not marks & {"overload", "override", "setter"} and ast.get_docstring(node) is None:
                    wrong.append(f"govsim/{file}:{node.lineno} {node.name} has no docstring")
    return wrong
