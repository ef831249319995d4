"""The worked examples that the model description prints are what the reference computes."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import numpy as np
import pytest

import govsim
from govsim.draws import key, uniform
from govsim.engine import order
from tests.reference.modules import MODULES

PAGES = [Path(govsim.__file__).parents[1] / "docs" / f"odd.{language}.md" for language in ("en", "zh")]
_ROW = re.compile(r"^\| \(\d+\.\d+\) \| `([a-z_.]+)` \| (.+?) \| (.+?) \|$", re.MULTILINE)
_NUMBER = re.compile(r"`([^`=]+) = ([^`]+)`")
VECTORS = {name: rule for module in MODULES.values() for name, rule in module.VECTORS.items()}


def numbers(text: str) -> dict[str, float]:
    """Return the numbers of a cell by their symbols."""
    return {name: float(value.replace(",", "")) for name, value in _NUMBER.findall(text)}


@pytest.mark.parametrize("page", PAGES, ids=["en", "zh"])
def test_worked_examples_come_out(page: Path) -> None:
    rows = _ROW.findall(page.read_text(encoding="utf-8"))
    assert rows
    for name, given, gives in rows:
        assert VECTORS[name](numbers(given)) == pytest.approx(numbers(gives), rel=1e-9), name


@pytest.mark.parametrize("process", order(), ids=lambda process: process.name)
def test_every_process_has_equations_and_worked_examples(process) -> None:  # type: ignore[no-untyped-def]
    assert process.equations
    assert any(equation.vectors for equation in process.equations)
    for equation in process.equations:
        assert equation.name.startswith(f"{process.name}.")
        if equation.vectors:
            assert equation.name in VECTORS


def mix(z: int) -> int:
    """A step of the generator as section 4.3 of the page writes it down."""
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB % 2**64
    return z ^ (z >> 31)


@pytest.mark.parametrize("page", PAGES, ids=["en", "zh"])
def test_a_draw_can_be_made_from_the_page(page: Path) -> None:
    digest = hashlib.blake2b(b"govsim:1:participation.cost:3", digest_size=16).digest()
    a, b = (int.from_bytes(half, "little") for half in (digest[:8], digest[8:]))
    entity = 2 * 2**40 + 5
    bits = mix(mix((entity + a) * 0x9E3779B97F4A7C15 % 2**64) ^ b)
    u = (bits >> 11) / 2**53
    assert u == uniform(key(1, "participation.cost", 3), np.uint64(entity), np.uint64(0))
    assert f"u = {u:.15f}" in page.read_text(encoding="utf-8")
