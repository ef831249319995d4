"""The reference of each process: the module of its name in this folder."""

from __future__ import annotations

from importlib import import_module

from govsim.engine import order

MODULES = {process.name: import_module(f"tests.reference.{process.name}") for process in order()}
