"""Plant the bugs of :mod:`mutations` one by one and see which test finds each.

python tools/mutation_run.py --docs docs

For each bug a copy of the checkout is changed and the tests named with the bug run there, the quickest first, up to the
first failure. All of them must pass in the copy without a bug, else nothing is told. With each bug the
kernels that can see the changed file are compiled anew, in a folder of the copy.
"""

from __future__ import annotations

import argparse
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tools"), str(ROOT)]

from mutations import MUTATIONS, Mutation  # noqa: E402

from govsim import kernels  # noqa: E402

SURVIVED, UNKNOWN = "survived", "unknown: its tests did not run to an end"
COMMAND = "python tools/mutation_run.py --docs docs"


class Result(NamedTuple):
    """What became of a bug: the test that found it, or None, with the seconds it took."""

    mutation: Mutation
    killer: str | None
    seconds: float
    trouble: str = ""


def misfit(root: Path, mutation: Mutation) -> str | None:
    """Return why a bug cannot be planted in the sources below ``root``, or None where it can."""
    if mutation.old == mutation.new:
        return f"{mutation.name}: it changes nothing"
    path = root / mutation.file
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    found = text.count(mutation.old)
    if found != 1:
        return f"{mutation.name}: its text stands {found} times in {mutation.file}, not once; bring it up to date"
    return None


def copy_checkout(folder: Path) -> None:
    """Copy the files of the checkout that git does not ignore."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)


def copy_kernels(folder: Path) -> None:
    """Copy what is compiled to a folder for ``NUMBA_CACHE_DIR``: it belongs to equal sources wherever they lie."""
    if kernels.HOME is not None:
        shutil.copytree(kernels.HOME, folder / "kernels")


class Copy:
    """A copy of the checkout in which bugs are planted, with the kernels compiled for it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.kernels = folder.parent / f"{folder.name}-kernels"
        copy_checkout(folder)
        copy_kernels(self.kernels)

    def pytest(self, tests: list[str], limit: float, report: Path) -> tuple[int, str]:
        """Run tests in the copy up to the first failure; return exit code (-1 out of time) and last words."""
        environment = os.environ | {
            "NUMBA_CACHE_DIR": str(self.kernels),
            "PYTHONPATH": str(self.folder),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-x",
            "-p",
            "no:cacheprovider",
            f"--junitxml={report}",
            *tests,
        ]
        try:
            done = subprocess.run(
                command,
                cwd=self.folder,
                env=environment,
                capture_output=True,
                text=True,
                timeout=limit,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return -1, f"no end after {limit:.0f} s"
        return done.returncode, (done.stdout + done.stderr)[-2000:]

    def plant(self, mutation: Mutation) -> None:
        """Plant a bug."""
        path = self.folder / mutation.file
        path.write_text(
            path.read_text(encoding="utf-8").replace(mutation.old, mutation.new), encoding="utf-8"
        )

    def heal(self, mutation: Mutation) -> None:
        """Take the bug out again, with the time stamp that compiled kernels know."""
        shutil.copy2(ROOT / mutation.file, self.folder / mutation.file)


def seen_by_kernels(root: Path) -> set[str]:
    """Return the files that kernels are made of: who changes one waits for a compiler."""
    files = [
        path for path in (root / "govsim").rglob("*.py") if "@kernel" in path.read_text(encoding="utf-8")
    ]
    return {source.relative_to(root).as_posix() for path in files for source in kernels.sources(path)}


def failure(report: Path) -> str | None:
    """Return the node id of the first test that failed, None where none did."""
    for case in ET.parse(report).getroot().iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            return node(case)
    return None


def node(case: ET.Element) -> str:
    """Return the node id of a test case in a report."""
    return f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name', '')}"


def in_time_order(tests: list[str], seconds: dict[str, float]) -> list[str]:
    """Return files and tests, the quickest first."""

    def needed(test: str) -> float:
        return sum(
            t for name, t in seconds.items() if name == test or name.startswith((f"{test}::", f"{test}["))
        )

    return sorted(tests, key=lambda test: (needed(test), test))


def prepare(copy: Copy, tests: list[str], limit: float) -> dict[str, float]:
    """Run all tests without a bug, which compiles what is not compiled yet; return how long each takes.

    Raises
    ------
    SystemExit
        If a test fails without a bug, or another copy of the package is under test.
    """
    where = subprocess.run(
        [sys.executable, "-c", "import govsim; print(govsim.__file__)"],
        cwd=copy.folder, env=os.environ | {"PYTHONPATH": str(copy.folder)}, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    if not Path(where.strip()).is_relative_to(copy.folder):
        raise SystemExit(f"Tests in {copy.folder} would import {where.strip()}. Nothing was run.")
    report = copy.folder.parent / f"{copy.folder.name}.xml"
    code, words = copy.pytest(tests, limit, report)
    if code != 0:
        raise SystemExit(f"Without a bug the tests do not pass; nothing is told.\n{words}")
    return {node(case): float(case.get("time", 0.0)) for case in ET.parse(report).getroot().iter("testcase")}


def try_one(copy: Copy, mutation: Mutation, tests: list[str], limit: float) -> Result:
    """Plant one bug, run its tests, and take it out again."""
    report = copy.folder.parent / f"{copy.folder.name}.xml"
    began = time.monotonic()
    copy.plant(mutation)
    code, words = copy.pytest(tests, limit, report)
    copy.heal(mutation)
    took = time.monotonic() - began
    if code == 0:
        return Result(mutation, None, took)
    killer = failure(report) if code == 1 else None
    return Result(mutation, killer, took, "" if killer else f"exit code {code}: {words}")


def page(results: list[Result]) -> str:
    """Return the page for docs."""
    killed = [result for result in results if result.killer]
    lines = [
        "# Planted bugs and the tests that find them",
        "",
        "Each bug is planted by itself in a copy of the program; then the tests named for it run, the quickest first. "
        "A bug is *killed* when one of them fails, else it *survived*. The golden study and hashes of whole runs are left "
        "out: they see any change, and say nothing about what is wrong.",
        "",
        f"Made by `{COMMAND}`. {len(killed)} of {len(results)} bugs were killed.",
        "",
        "| bug | kind | file | killed by |",
        "|---|---|---|---|",
    ]
    for result in results:
        killer = (
            f"`{result.killer.removeprefix('tests/')}`"
            if result.killer
            else UNKNOWN
            if result.trouble
            else SURVIVED
        )
        mutation = result.mutation
        lines.append(
            f"| {mutation.name} | {mutation.kind} | `{mutation.file.removeprefix('govsim/')}` | {killer.replace('|', '/')} |"
        )
    lines += ["", "| part | bugs | killed |", "|---|---|---|"]
    rooms: dict[str, list[Result]] = {}
    for result in results:
        rooms.setdefault(result.mutation.file.split("/")[1], []).append(result)
    lines += [
        f"| {room} | {len(of)} | {sum(r.killer is not None for r in of)} |" for room, of in rooms.items()
    ]
    return "\n".join([*lines, ""])


def main() -> int:
    """Run; return 0 when every bug was killed, 1 when one survived, 2 when a bug does not fit the sources."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0] if __doc__ else None)
    parser.add_argument(
        "--only", action="append", metavar="NAME", help="this bug only; may be given several times"
    )
    parser.add_argument("--jobs", type=int, default=1, help="bugs at a time, each with a copy of its own")
    parser.add_argument("--docs", type=Path, metavar="FOLDER", help="write mutation.md there")
    parser.add_argument("--limit", type=float, default=900.0, help="seconds for the tests of one bug")
    asked = parser.parse_args()
    known = {mutation.name for mutation in MUTATIONS}
    unknown = [name for name in asked.only or () if name not in known]
    chosen = [mutation for mutation in MUTATIONS if not asked.only or mutation.name in asked.only]
    faults = [f"--only {name}: there is no such bug" for name in unknown]
    faults += [fault for mutation in chosen if (fault := misfit(ROOT, mutation))]
    if faults:
        print("\n".join([*faults, "Nothing was run."]), file=sys.stderr)
        return 2
    tests = sorted({test for mutation in chosen for test in mutation.tests})
    tests = [test for test in tests if test.partition("::")[0] not in tests or "::" not in test]
    with tempfile.TemporaryDirectory(prefix="mutations-") as scratch:
        copies = [Copy(Path(scratch).resolve() / f"copy{number}") for number in range(max(asked.jobs, 1))]
        with ThreadPoolExecutor(len(copies)) as pool:
            print(
                f"{len(chosen)} bugs, {len(tests)} files or tests; first all of them without a bug.",
                flush=True,
            )
            measured = list(pool.map(lambda copy: prepare(copy, tests, 4 * asked.limit), copies))
            free: queue.Queue[Copy] = queue.Queue()
            for copy in copies:
                free.put(copy)

            def one(mutation: Mutation) -> Result:
                copy = free.get()
                try:
                    result = try_one(
                        copy, mutation, in_time_order(list(mutation.tests), measured[0]), asked.limit
                    )
                finally:
                    free.put(copy)
                told = result.killer or (f"TROUBLE {result.trouble}" if result.trouble else "SURVIVED")
                print(f"{mutation.name}: {told} ({result.seconds:.0f} s)", flush=True)
                return result

            results = list(pool.map(one, chosen))
    survived = [result for result in results if not result.killer]
    print(f"{len(results) - len(survived)} of {len(results)} bugs were killed.")
    if asked.docs and not asked.only:
        (asked.docs / "mutation.md").write_text(page(results), encoding="utf-8")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
