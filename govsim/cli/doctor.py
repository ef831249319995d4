"""The command doctor: is this machine fit to run govsim, and does it get the numbers that every machine gets?"""

from __future__ import annotations

import json
import platform
import re
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from govsim.report.exits import DONE, ENVIRONMENT
from govsim.results.errors import EnvironmentProblem
from govsim.results.store import prepare

_OLDEST, _NEWEST = (3, 11), (3, 13)
_NEEDED_BYTES = 500e6
"""Disk that the main job writes, with some room."""
_CHINESE = "社区治理"


@dataclass(frozen=True)
class Diagnosis:
    """One line.

    Attributes
    ----------
    state : str
        ``OK``; ``WARN`` for what still lets govsim run; ``FAIL`` for what does not.
    """

    state: str
    name: str
    words: str


def warm_command() -> int:
    """Compile all kernels and say how long it took."""
    from govsim.kernels import HOME
    from govsim.runner.progress import Reporter
    from govsim.runner.warming import warm

    reporter, clock = Reporter(), time.perf_counter()
    done = -1

    def say(number: int) -> None:
        nonlocal done
        if number != done:
            reporter.say(f"{number} kernels are compiled")
        done = number

    warm(say)
    kept = "nowhere; every start compiles (see govsim doctor)" if HOME is None else "for all runs to come"
    print(f"compiled in {time.perf_counter() - clock:.0f} s, and kept {kept}")
    return 0


def doctor_command(out: Path, json_output: bool = False) -> int:
    """Look at this machine, print a line for each thing, and return 0, or 5 where govsim cannot run."""
    findings = examine(out)
    if json_output:
        print(json.dumps([asdict(item) for item in findings], ensure_ascii=False))
    else:
        for item in findings:
            print(f"{item.state:4}  {item.name:10} {item.words}")
    return ENVIRONMENT if any(item.state == "FAIL" for item in findings) else DONE


def examine(out: Path) -> list[Diagnosis]:
    """Return what was found, a line for each thing."""
    checks: Sequence[tuple[str, Callable[[], tuple[str, str]]]] = (
        ("python", _python),
        ("packages", _packages),
        ("results", lambda: _writable(out)),
        ("disk", lambda: _disk(out)),
        ("memory", _memory),
        ("processors", _processors),
        ("locks", lambda: _locks(out)),
        ("compiler", _compiler),
        ("fonts", _fonts),
        ("self-test", _self_test),
    )
    found = []
    for name, check in checks:
        try:
            state, words = check()
        except Exception as problem:
            state, words = "FAIL", f"{type(problem).__name__}: {problem}"
        found.append(Diagnosis(state, name, " ".join(words.split())))
    return found


def _python() -> tuple[str, str]:
    words = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    if sys.version_info[:2] < _OLDEST:
        return "FAIL", f"{words}: 3.11 or newer is needed"
    tested = sys.version_info[:2] <= _NEWEST
    return ("OK", words) if tested else ("WARN", f"{words}: newer than what govsim was tested with (3.13)")


def _packages() -> tuple[str, str]:
    wrong, listed = [], []
    for name, wanted in _requirements():
        try:
            there = version(name)
        except PackageNotFoundError:
            wrong.append(f"{name} is missing")
            continue
        if name in ("numpy", "numba", "mesa", "pandas", "pyarrow"):
            listed.append(f"{name} {there}")
        if wanted and not _fits(there, wanted):
            wrong.append(f"{name} {there}, wanted {wanted}")
    return ("FAIL", "; ".join(wrong)) if wrong else ("OK", ", ".join(listed))


def _requirements() -> list[tuple[str, str]]:
    """Return name and range of every package that an installed govsim needs; a few names where it is not installed."""
    try:
        lines = [line for line in requires("govsim") or [] if "extra" not in line]
    except PackageNotFoundError:
        lines = ["numpy", "numba", "mesa", "pandas", "pyarrow", "pydantic", "scipy", "typer"]
    found = []
    for line in lines:
        words = line.partition(";")[0].strip()
        name = re.split(r"[<>=!~ ]", words, maxsplit=1)[0]
        found.append((name, words[len(name) :].strip()))
    return found


def _fits(there: str, wanted: str) -> bool:
    """Return whether a version is in a range of >= and < bounds."""
    for bound in wanted.split(","):
        least = bound.strip().startswith(">=")
        limit = _numbers(bound.strip().lstrip("<>=!~ "))
        number = _numbers(there)
        if (least and number < limit) or (bound.strip().startswith("<") and number >= limit):
            return False
    return True


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".")[:3] if part.isdigit())


def _writable(out: Path) -> tuple[str, str]:
    before = out.exists()
    try:
        prepare(out)
    except EnvironmentProblem as problem:
        return "FAIL", str(problem).removesuffix(" Nothing was computed.")
    if not before:
        out.rmdir()
    return "OK", f"{out} can be written to"


def _disk(out: Path) -> tuple[str, str]:
    folder = next(path for path in (out.absolute(), *out.absolute().parents) if path.exists())
    free = shutil.disk_usage(folder).free
    words = f"{free / 1e9:,.1f} GB free for {out}"
    if free < _NEEDED_BYTES:
        return "WARN", f"{words}; `govsim run yingzi` may need {_NEEDED_BYTES / 1e9:.1f} GB"
    return "OK", words


def _memory() -> tuple[str, str]:
    from govsim.scenario import load
    from govsim.scenario.estimate import estimate, machine_memory

    needed = estimate(load("yingzi", must_fit=False).scenario)
    words = f"{machine_memory() / 1e9:.1f} GB"
    if not needed.fits:
        return "WARN", f"{words}; `govsim run yingzi` needs {needed}"
    return "OK", f"{words}; `govsim run yingzi` takes {needed}"


def _processors() -> tuple[str, str]:
    from govsim.scenario.estimate import processors

    number = processors()
    return "OK", f"{number} to use" if number > 1 else "1 to use: runs are done one after the other"


def _locks(out: Path) -> tuple[str, str]:
    from govsim.runner.locks import locks_work

    before = out.exists()
    works = locks_work(out)
    if not before:
        out.rmdir()
    if works:
        return "OK", "two programs can share a results folder"
    return "WARN", f"files in {out} cannot be locked: only one govsim at a time there, with --single-writer"


def _compiler() -> tuple[str, str]:
    import numba

    from govsim.kernels import HOME, damaged

    if HOME is None:
        return "WARN", (
            f"numba {numba.__version__}; compiled code can be kept nowhere, every start compiles; "
            "set NUMBA_CACHE_DIR to a folder that you can write to"
        )
    broken = damaged()
    for path in broken:
        path.unlink(missing_ok=True)
    if broken:
        return (
            "WARN",
            f"{len(broken)} damaged files of compiled code were removed; the next run compiles them again",
        )
    return "OK", f"numba {numba.__version__}; compiled code is kept and whole"


def _fonts() -> tuple[str, str]:
    from govsim.report.style import can_draw

    if can_draw(_CHINESE):
        return "OK", "figures can show Chinese"
    return "WARN", "no font with Chinese characters: figures show English labels only"


def _self_test() -> tuple[str, str]:
    from govsim.assurance.verify import EXPECTED, self_test

    clock = time.perf_counter()
    found = self_test()
    seconds = time.perf_counter() - clock
    if found == EXPECTED:
        return "OK", f"the numbers that every machine gets ({found}, {seconds:.1f} s)"
    return "WARN", (
        f"other numbers ({found}) than this version of govsim should give ({EXPECTED}): the code was changed, or a package "
        "computes differently; results of other machines cannot be verified here"
    )
