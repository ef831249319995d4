"""Doors to the commands that run and compare; they live in the room that also prints and draws."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def run_command(**asked: Any) -> int:
    """Run a scenario; see :func:`govsim.report.commands.run_command`."""
    return int(import_module("govsim.report.commands").run_command(**asked))


def compare_command(**asked: Any) -> int:
    """Compare arms; see :func:`govsim.report.commands.compare_command`."""
    return int(import_module("govsim.report.commands").compare_command(**asked))


def order_command() -> int:
    """Print the weekly order; see :func:`govsim.report.commands.order_command`."""
    return int(import_module("govsim.report.commands").order_command())
