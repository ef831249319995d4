"""The list of planted bugs fits the sources of today: each text stands there once, and the tests named exist."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


def tool(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


LIST = tool("mutations").MUTATIONS
RUN = tool("mutation_run")


@pytest.mark.parametrize("mutation", LIST, ids=lambda mutation: mutation.name)
def test_a_planted_bug_fits_the_sources(mutation: object) -> None:
    assert RUN.misfit(ROOT, mutation) is None


def test_there_are_enough_of_them_and_in_every_part() -> None:
    names = [mutation.name for mutation in LIST]
    assert len(names) == len(set(names)) >= 24
    rooms = [mutation.file.split("/")[1] for mutation in LIST]
    assert set(rooms) == {"engine", "world", "results", "statistics", "scenario"}
    assert rooms.count("engine") > len(rooms) / 2
    assert len({mutation.kind for mutation in LIST}) >= 10


def test_no_fingerprint_is_asked_to_see_them() -> None:
    for mutation in LIST:
        assert mutation.tests
        for test in mutation.tests:
            file, _, name = test.partition("::")
            assert not re.search("golden|selftest|same_chance|folders", file)
            text = (ROOT / file).read_text(encoding="utf-8")
            assert not name or f"def {name}(" in text, test


def test_a_text_that_is_gone_or_stands_twice_is_refused(tmp_path: Path) -> None:
    one = LIST[0]
    file = tmp_path / one.file
    file.parent.mkdir(parents=True)
    file.write_text("nothing of it", encoding="utf-8")
    assert "0 times" in RUN.misfit(tmp_path, one)
    file.write_text(one.old + "\n" + one.old, encoding="utf-8")
    assert "2 times" in RUN.misfit(tmp_path, one)
    assert "changes nothing" in RUN.misfit(ROOT, one._replace(new=one.old))


@pytest.mark.assurance
def test_planted_bugs_are_killed() -> None:
    """Those that no kernel sees; the others are compiled for an hour (docs/mutation.md)."""
    seen = RUN.seen_by_kernels(ROOT)
    names = [mutation.name for mutation in LIST if mutation.file not in seen]
    assert len(names) >= 14
    asked = [word for name in names for word in ("--only", name)]
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "mutation_run.py"), *asked],
        capture_output=True,
        text=True,
        timeout=1200,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(names)} of {len(names)} bugs were killed." in done.stdout
