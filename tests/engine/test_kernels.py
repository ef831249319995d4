"""Compiled kernels belong to the sources they were compiled from, and damaged ones are compiled again (K9)."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import numba
import pytest

from govsim import kernels
from govsim.engine import Run, resolve_arm
from govsim.engine.processes import casework
from govsim.engine.queue import QueueTables
from govsim.scenario import load
from govsim.world import build

pytestmark = pytest.mark.slow

SMALL = """
from govsim.kernels import HOME, damaged, kernel, part

@part
def inner(x):
    return x + 1

@kernel
def double(x):
    return 2 * inner(x)

print(HOME, double(20), double.stats.cache_hits[next(iter(double.stats.cache_hits), None)]
      if double.stats.cache_hits else 0, len(damaged()), sep="|")
"""


def ran(folder: Path, cache: Path) -> tuple[Path, int, int, int]:
    """Run the small kernel in a process of its own; return its cache, what it gave, its hits and the damaged files."""
    script = folder / "small.py"
    script.write_text(SMALL, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        text=True,
        env=os.environ | {"NUMBA_CACHE_DIR": str(cache)},
    )
    assert done.returncode == 0, done.stderr
    where, *numbers = done.stdout.strip().split("|")
    value, hits, broken = map(int, numbers)
    return Path(where), value, hits, broken


@pytest.mark.assurance
def test_damaged_files_are_compiled_again(tmp_path: Path) -> None:
    """Cut short, empty and overwritten, index and code alike: the right number comes out, from a fresh compilation."""
    cache = tmp_path / "cache"
    where, value, hits, broken = ran(tmp_path, cache)
    assert where == cache / "kernels"
    assert (value, hits, broken) == (42, 0, 0)
    assert ran(tmp_path, cache)[1:] == (42, 1, 0)
    files = sorted(where.rglob("*.nb[ic]"))
    assert {file.suffix for file in files} == {".nbi", ".nbc"}
    for file in files:
        whole = file.read_bytes()
        for text in (
            b"",
            whole[: len(whole) // 2],
            os.urandom(len(whole)),
            whole[:-1] + bytes([whole[-1] ^ 1]),
        ):
            file.write_bytes(text)
            assert ran(tmp_path, cache)[1:3] == (42, 0), (file.name, len(text))
            assert ran(tmp_path, cache)[1:] == (42, 1, 0)


def test_the_folder_is_named_by_what_the_file_and_its_imports_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another part in another file gives another folder; a file that is not imported, or only for types, does not."""
    monkeypatch.setattr(kernels, "_PACKAGE", tmp_path)
    engine = tmp_path / "engine"
    engine.mkdir()
    (engine / "__init__.py").write_text("from govsim.engine.far import f\n")
    (engine / "a.py").write_text(
        "from govsim.engine import b\nif TYPE_CHECKING:\n    from govsim.engine.far import f\n"
    )
    (engine / "b.py").write_text("from govsim.engine.c import (\n    d as e,\n    g,\n)\n")
    for name in ("c", "far"):
        (engine / f"{name}.py").write_text("")

    def folder() -> Path:
        kernels._file.cache_clear()
        kernels._imported.cache_clear()
        kernels._text.cache_clear()
        kernels._content.cache_clear()
        return kernels._folder(engine / "a.py", tmp_path)

    before = folder()
    assert before.parent == tmp_path
    assert before.name.startswith("engine.a-")
    assert [path.stem for path in kernels.sources(engine / "a.py")] == ["a", "b", "c"]
    (engine / "far.py").write_text("other")
    assert folder() == before
    for name in ("c", "b", "a"):
        changed = engine / f"{name}.py"
        changed.write_text(changed.read_text() + "# other\n")
        assert folder() != before, name
        before = folder()
    folder()


def test_the_first_place_that_can_be_written_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kernels, "_PACKAGE", tmp_path)
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "asked"))
    assert kernels._first_home() == tmp_path / "asked" / "kernels"
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "file"))
    assert kernels._first_home() == tmp_path / "__pycache__" / "kernels"
    (tmp_path / "__pycache__" / "kernels").rmdir()
    (tmp_path / "__pycache__").rmdir()
    (tmp_path / "__pycache__").write_text("no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "own"))
    assert kernels._first_home() == tmp_path / "own" / "govsim" / "kernels"


def test_other_checkouts_keep_their_kernels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Earlier forms of a file's kernels go from the package's own cache only."""
    monkeypatch.setattr(kernels, "_PACKAGE", tmp_path)
    monkeypatch.setattr(kernels, "_folders", set())
    (tmp_path / "units.py").write_text("")
    for home in (tmp_path / "shared", tmp_path / "__pycache__" / "kernels"):
        for name in ("units-another", "draws-another"):
            (home / name).mkdir(parents=True)
        kernels._folder(tmp_path / "units.py", home)
    assert (tmp_path / "shared" / "units-another").is_dir()
    left = sorted(path.name for path in (tmp_path / "__pycache__" / "kernels").iterdir())
    assert left == ["draws-another"]


def test_kernels_are_made_of_what_their_folder_is_named_after() -> None:
    """No kernel or part uses a name from a room that its folder's name does not see."""
    package = Path(kernels.__file__).parent
    seen = 0
    for file in package.rglob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        compiled = [
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef)
            and {ast.unparse(mark) for mark in node.decorator_list} & {"kernel", "part"}
        ]
        if not compiled:
            continue
        homes = {
            alias.asname or alias.name: (str(node.module), alias.name)
            for node in tree.body
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        used = {node.id for function in compiled for node in ast.walk(function) if isinstance(node, ast.Name)}
        found = [homes[name] for name in used & homes.keys() if homes[name][0].startswith("govsim")]
        seen += len(found)
        inside = {".".join(path.relative_to(package).with_suffix("").parts) for path in kernels.sources(file)}
        for home, name in found:
            module = home.removeprefix("govsim").removeprefix(".")
            assert {module, f"{module}.{name}"} & inside, (file.name, name, home)
    assert seen > 50


PAIR = """
import os
from collections import namedtuple
Pair = namedtuple("Pair", os.environ["FIELDS"].split())
"""
READS_A_FIELD = """
from govsim.kernels import kernel
from pair import Pair

@kernel
def read(pair):
    return pair.a

print(int(read(Pair(**{"a": 1.0, "b": 2.0}))), sum(read.stats.cache_hits.values()))
"""


def test_a_kernel_of_other_fields_is_another_one(tmp_path: Path) -> None:
    """Fields of a tuple that change places elsewhere: the file of the kernel is the same, its code is not."""
    (tmp_path / "pair.py").write_text(PAIR, encoding="utf-8")
    (tmp_path / "small.py").write_text(READS_A_FIELD, encoding="utf-8")
    found = []
    for names in ("a b", "a b", "b a", "b a"):
        env = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path / "cache"), "FIELDS": names}
        done = subprocess.run(
            [sys.executable, "small.py"], capture_output=True, text=True, env=env, cwd=tmp_path
        )
        assert done.returncode == 0, done.stderr
        found.append(tuple(map(int, done.stdout.split())))
    assert found == [(1, 0), (1, 1), (1, 0), (1, 1)]


def test_numba_keeps_what_is_replaced_here() -> None:
    """The private parts that ``Kept`` stands on; without them kernels work and their files have no checksums."""
    from govsim.engine.crowd import take_part

    assert type(take_part._cache._cache_file) is kernels.Kept  # type: ignore[attr-defined]


def bodies(code: str) -> dict[str, str]:
    """Return the functions of a text in LLVM's language, by name."""
    found = {}
    for text in re.split(r"(?m)^(?=define )", code)[1:]:
        found[text.split("@", 1)[1].split("(", 1)[0]] = text.split("\n}\n", 1)[0]
    return found


@pytest.mark.assurance
def test_the_event_queue_counts_no_references_and_calls_one_part() -> None:
    """Counting tables up and down at each call took two thirds of its time; a new numba must not bring that back."""
    asked = load("tiny", ["run.weeks=1"])
    arm = resolve_arm(asked.governance[0].model, "neutral")
    Run(build(asked.scenario.population, asked.scenario.network, 1), asked.scenario, arm, 1).step()
    signature = casework.run_week.signatures[0]
    fresh = numba.njit(nogil=True, error_model="numpy")(casework.run_week.py_func)
    fresh.compile(signature)
    ours = {
        name: text
        for name, text in bodies(fresh.inspect_llvm(signature)).items()
        if name.startswith("_ZN6govsim") and "7cpython" not in name
    }
    assert [part for part in ("run_week", "enqueue", "uniform") for name in ours if part in name] == [
        "run_week",
        "enqueue",
        "uniform",
    ]
    assert len(ours) == 3
    counted = {name: len(re.findall(r"call[^\n]*NRT_incref", text)) for name, text in ours.items()}
    arrays = len(QueueTables._fields) + 2  # the tables, and what arrives when
    assert [count for count in counted.values() if count] == [arrays]  # once, where the week begins


PLAIN = """
from numba.core import codegen, options
if {plain}:
    del options.DefaultOptions._nrt
from govsim import kernels
assert kernels.LEAN != {plain}
import numpy as np
{small}
from govsim.engine import queue
from govsim.engine import columns as col

@kernel
def order(jobs, heads, ranks):
    for slot in range(ranks.shape[0]):
        jobs[slot].rank = ranks[slot]
        jobs[slot].number = slot
        queue.push(jobs, heads, 0, 0, slot)
    for place in range(ranks.shape[0]):
        ranks[place] = queue.pop(jobs, heads, 0, 0)

ranks = np.array([3.0, 1.0, 2.0, 1.0])
order(col.new_jobs(4), np.full((1, 1), -1), ranks)
print(*ranks)
"""


@pytest.mark.assurance
@pytest.mark.parametrize("plain", [False, True])
def test_a_numba_without_the_private_parts_gives_the_same(tmp_path: Path, plain: bool) -> None:
    script = tmp_path / "plain.py"
    script.write_text(PLAIN.format(plain=plain, small=SMALL), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        text=True,
        env=os.environ | {"NUMBA_CACHE_DIR": str(tmp_path / "cache")},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "1.0 3.0 2.0 0.0"
