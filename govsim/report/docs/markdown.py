"""Markdown from what is declared: tables, docstrings, and templates whose placeholders are all known and used."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence

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


def quoted(text: str) -> str:
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
