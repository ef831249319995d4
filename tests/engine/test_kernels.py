"""Compiled kernels belong to the sources they were compiled from, and damaged ones are compiled again (K9)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from govsim import kernels

SMALL = """
from govsim.kernels import FOLDER, damaged, kernel, part

@part
def inner(x):
    return x + 1

@kernel
def double(x):
    return 2 * inner(x)

print(FOLDER, double(20), double.stats.cache_hits[next(iter(double.stats.cache_hits), None)]
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
    assert where.parent == cache
    assert where.name == f"kernels-{kernels.sources_hash()}"
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


def test_the_folder_is_named_by_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another part in another file gives another folder, wherever the cache is."""
    (tmp_path / "a.py").write_text("@kernel\ndef a(): return b()\n")
    (tmp_path / "b.py").write_text("@part\ndef b(): return 1\n")
    monkeypatch.setattr(kernels, "_PACKAGE", tmp_path)
    before = kernels.sources_hash()
    (tmp_path / "b.py").write_text("@part\ndef b(): return 2\n")
    assert kernels.sources_hash() != before
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "asked"))
    assert kernels._own_folder() == tmp_path / "asked" / f"kernels-{kernels.sources_hash()}"
    (tmp_path / "kept").mkdir()
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "file"))
    (tmp_path / "__pycache__").write_text("no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "own"))
    assert kernels._own_folder() == tmp_path / "own" / "govsim" / f"kernels-{kernels.sources_hash()}"


def test_other_checkouts_keep_their_kernels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Folders of other sources go from the package's own cache only."""
    monkeypatch.setattr(kernels, "_PACKAGE", tmp_path)
    for home in (tmp_path / "shared", tmp_path / "__pycache__"):
        (home / "kernels-of-another").mkdir(parents=True)
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "shared"))
    assert kernels._own_folder()
    assert (tmp_path / "shared" / "kernels-of-another").is_dir()
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    assert kernels._own_folder()
    assert not (tmp_path / "__pycache__" / "kernels-of-another").exists()


def test_numba_keeps_what_is_replaced_here() -> None:
    """The private parts that ``Kept`` stands on; without them kernels work and their files have no checksums."""
    from govsim.engine.crowd import take_part

    assert type(take_part._cache._cache_file) is kernels.Kept  # type: ignore[attr-defined]
