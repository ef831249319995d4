"""Markdown from what is declared: tables, records and enumerations, docstrings, and templates with placeholders."""

from __future__ import annotations

import ast
import inspect
import io
import re
import textwrap
import tokenize
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import zip_longest
from types import ModuleType
from typing import Any, get_args, get_type_hints

import numpy as np

_PLACEHOLDER = re.compile(r"\{\{([a-z_]+)\}\}")
_FOLDED = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef]) (?=[\u3000-\u9fff\uff00-\uffef])")
"""A space that folded lines leave between two Chinese characters."""
_ROLE = re.compile(r":[a-z]+:`~?([^`]+)`")


def cell(text: str) -> str:
    """Write a text so that it stays inside one cell of a table."""
    line = _FOLDED.sub("", " ".join(text.split()))
    return line.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*")


def code(text: str) -> str:
    """Write a name or value as code; nothing where there is none."""
    line = " ".join(text.split()).replace("|", "\\|")
    return f"`{line}`" if line else ""


def codes(names: Iterable[str]) -> str:
    """Write names as code, with commas between them."""
    return ", ".join(code(name) for name in names)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; its cells are Markdown already (see :func:`cell` and :func:`code`)."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |".replace("|  |", "| |") for line in lines)


def prose(docstring: str) -> str:
    """Turn a docstring into Markdown: literals, roles and literal blocks."""
    texts: list[str] = []
    for block in _ROLE.sub(r"`\1`", inspect.cleandoc(docstring)).replace("``", "`").split("\n\n"):
        if texts and texts[-1].endswith("::") and block.startswith(" "):
            texts[-1] = texts[-1].removesuffix(":")
            texts.append(f"```text\n{textwrap.dedent(block)}\n```")
        else:
            texts.append(block)
    return "\n\n".join(texts)


def quotation(text: str) -> str:
    """Set a text off as a quotation."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def fill(template: str, parts: Mapping[str, str], name: str) -> str:
    """Put generated parts into a template.

    Parameters
    ----------
    template
        Text with placeholders ``{{part}}``.
    parts
        Text of every part by name.
    name
        What the template is called in messages.

    Raises
    ------
    ValueError
        When a placeholder has no part, or a part has no placeholder.
    """
    wanted = set(_PLACEHOLDER.findall(template))
    if unknown := sorted(wanted - parts.keys()):
        known = ", ".join(sorted(parts.keys() - wanted)) or "none is left over"
        raise ValueError(f"{name}: nothing is generated for {', '.join(unknown)} (not used yet: {known})")
    if unused := sorted(parts.keys() - wanted):
        raise ValueError(f"{name}: no place for {', '.join(unused)}; write it as {{{{{unused[0]}}}}}")
    return _PLACEHOLDER.sub(lambda found: parts[found[1]], template)


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
