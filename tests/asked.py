"""What is asked of a command, written flat in tests, in the dataclasses that commands take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any

from govsim.cli import studies
from govsim.report.request import Presentation, ScenarioChanges
from govsim.runner.options import RunOptions


def bundled(given: dict[str, Any], **kinds: type) -> dict[str, Any]:
    """Return arguments by name; without ``kinds`` those of run and compare."""
    kinds = kinds or {"changed": ScenarioChanges, "options": RunOptions, "presentation": Presentation}
    left = dict(given)
    made = {
        name: kind(**{field.name: left.pop(field.name) for field in fields(kind) if field.name in left})
        for name, kind in kinds.items()
    }
    return left | made


def study_command(name: str) -> Callable[..., int]:
    """Return a command about studies, which takes ``options`` as they are, with an engine where a test has its own."""
    command: Callable[..., int] = getattr(studies, name).__wrapped__
    return command
