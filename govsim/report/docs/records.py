"""Tables of columns and records as they are declared, with the remarks that stand beside them in the source."""

from __future__ import annotations

import ast
import inspect
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from itertools import zip_longest
from types import ModuleType
from typing import Any, get_args, get_type_hints

import numpy as np


@dataclass(frozen=True)
class StateTable:
    """A table of state.

    Attributes
    ----------
    name : str
        As in the source.
    about : str
        Docstring, empty where there is none.
    columns : tuple of (str, str, str)
        Name, type and remark of each column.
    """

    name: str
    about: str
    columns: tuple[tuple[str, str, str], ...]


def tables(module: ModuleType) -> Iterator[StateTable]:
    """Yield the tuples of arrays and the record types that a module declares, in their order."""
    source = inspect.getsource(module)
    remarks = _remarks(source)
    for node, about in _told(source):
        if isinstance(node, ast.ClassDef) and _is_tuple_of_arrays(node):
            declared = getattr(module, node.name)
            hints = get_type_hints(declared)
            lines = {
                item.target.id: item.lineno
                for item in node.body
                if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)
            }
            columns = [(name, _array(hints[name]), remarks.get(line, "")) for name, line in lines.items()]
            yield StateTable(node.name, inspect.getdoc(declared) or "", tuple(columns))
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            value = getattr(module, name)
            if isinstance(value, np.dtype) and value.names is not None:
                lines = {
                    str(item.elts[0].value): item.lineno
                    for item in ast.walk(node.value)
                    if isinstance(item, ast.Tuple) and isinstance(item.elts[0], ast.Constant)
                }
                columns = [(field, value[field].name, remarks.get(lines[field], "")) for field in value.names]
                yield StateTable(name, about, tuple(columns))


def numbered(module: ModuleType) -> Iterator[tuple[str, list[str]]]:
    """Yield what each ``A, B, C = range(3)`` of a module is about, and its names."""
    for node, about in _told(inspect.getsource(module)):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple) and about:
            yield about, [name.id for name in node.targets[0].elts if isinstance(name, ast.Name)]


def _told(source: str) -> Iterator[tuple[ast.stmt, str]]:
    """Yield the statements of a module with the text that stands below each, empty where there is none."""
    body = ast.parse(source).body
    for node, below in zip_longest(body, body[1:]):
        value = below.value if isinstance(below, ast.Expr) else None
        told = value.value if isinstance(value, ast.Constant) else ""
        yield node, inspect.cleandoc(told) if isinstance(told, str) else ""


def enumerations(module: ModuleType) -> Iterator[type[IntEnum]]:
    """Yield the enumerations that a module declares, in their order."""
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, IntEnum) and value.__module__ == module.__name__:
            yield value


def _is_tuple_of_arrays(node: ast.ClassDef) -> bool:
    return any(isinstance(base, ast.Name) and base.id == "NamedTuple" for base in node.bases)


def _array(hint: Any) -> str:
    """Return the type of the entries of ``NDArray[...]``, or the name of any other type."""
    inner = [part for argument in get_args(hint) for part in get_args(argument)]
    scalars = [part for part in inner if isinstance(part, type) and issubclass(part, np.generic)]
    return np.dtype(scalars[0]).name if scalars else getattr(hint, "__name__", str(hint))


def _remarks(source: str) -> dict[int, str]:
    """Return the remark at the end of each line that has one."""
    words = tokenize.generate_tokens(io.StringIO(source).readline)
    return {token.start[0]: token.string.lstrip("# ") for token in words if token.type == tokenize.COMMENT}
