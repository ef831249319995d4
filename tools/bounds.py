"""Try the lowest and the newest versions that pyproject.toml allows: the wheel's self-test, and the core of the tests.

    python tools/bounds.py [lowest] [newest] [-- PYTEST ARGUMENTS]

The wheel is built from what is committed and installed into an environment of its own. There the self-test of ``govsim doctor``
compares it with the golden study, ``govsim run tiny`` runs, and the core of the tests of the same
commit runs with the same libraries.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CORE = ["-n", "auto", "-m", "not slow and not assurance"]
BOUND = re.compile(r"([A-Za-z0-9_.-]+)>=([0-9.]+)")


def lowest() -> list[str]:
    """Return every dependency that users install, pinned to its lower bound; tools for development stay free."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    asked = {*project["dependencies"], *extras["app"], *extras["cluster"], *extras["studies"]}
    return [f"{found[1]}=={found[2]}" for words in sorted(asked) if (found := BOUND.match(words))]


def call(*words: str | Path, cwd: Path, **more: str) -> int:
    """Run a program and say how it ended."""
    print("$", *(str(word) for word in words), flush=True)
    return subprocess.run([str(word) for word in words], cwd=cwd, env=os.environ | more).returncode


def attempt(name: str, wheel: Path, source: Path, scratch: Path, tests: list[str]) -> bool:
    """Install the wheel with one set of versions and run everything; say whether all of it went well."""
    home = scratch / name
    venv.create(home, with_pip=True)
    python, empty = home / "bin" / "python", scratch / f"{name}-runs"
    empty.mkdir()
    pins = scratch / f"{name}.txt"
    pins.write_text("\n".join(lowest() if name == "lowest" else []), "utf-8")
    if call(python, "-m", "pip", "install", "-q", f"{wheel}[dev]", "-c", pins, cwd=scratch):
        return False
    call(python, "-m", "pip", "list", cwd=scratch)
    steps = [call(python, "-m", "govsim", *words, cwd=empty) for words in (["doctor"], ["run", "tiny"])]
    steps.append(call(python, "-m", "pytest", *tests, cwd=source, PYTHONPATH=str(source)))
    return not any(steps)


def main(words: list[str]) -> int:
    """Try what is named, by default both."""
    cut = words.index("--") if "--" in words else len(words)
    names, tests = words[:cut] or ["lowest", "newest"], words[cut + 1 :] or CORE
    if set(names) - {"lowest", "newest"}:
        print(f"unknown: {' '.join(names)}; allowed: lowest, newest")
        return 2
    with tempfile.TemporaryDirectory(prefix="govsim-bounds-") as folder:
        scratch, source = Path(folder), Path(folder) / "source"
        if call("git", "clone", "-q", ROOT, source, cwd=scratch):
            return 1
        if call(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", scratch, source, cwd=scratch):
            return 1
        (wheel,) = scratch.glob("*.whl")
        found = {name: attempt(name, wheel, source, scratch, tests) for name in names}
    for name, well in found.items():
        print(f"{name}: {'passed' if well else 'FAILED'}")
    return 0 if all(found.values()) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
