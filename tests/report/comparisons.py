"""Comparisons that tests of the report are about, made by the command line."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

import govsim
from govsim.cli import main
from govsim.scenario import list_governance
from tests.once import once

ROOT = Path(govsim.__file__).parent.parent
PAIR = ("legacy_administrative", "party_led_cogovernance")
EVERYBODY = (*PAIR, *(name for name in list_governance() if name not in PAIR))


def made(out: Path, *words: str, apart: bool = False, anew: bool = False) -> Path:
    """Run a command that compares and return the folder of its comparison, a copy that the test may write to.

    ``apart`` runs it in a process of its own, for tests whose thread has a browser and its event loop; ``anew`` although
    another test has asked for the same.
    """

    def make(folder: Path) -> None:
        asked = [*words, "--out", str(folder), "--jobs", "1", "--no-figures"]
        if apart:
            command = [sys.executable, str(ROOT / "run.py"), *asked]
            done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
            assert done.returncode == 0, done.stderr
        else:
            assert main(asked) == 0

    if anew:
        make(out)
    else:
        name = hashlib.blake2b("\0".join(words).encode(), digest_size=8).hexdigest()
        shutil.copytree(once(out, name, make), out, dirs_exist_ok=True)
    (found,) = out.glob("*/comparison-*/comparison.json")
    return found.parent


def named(folder: Path, words: str) -> list[str]:
    """Write a scenario and a model in which every name is these words, and return how they are compared with another."""
    scenario = yaml.safe_load((ROOT / "scenarios" / "tiny.yaml").read_text("utf-8"))
    name = {"en": words, "zh": words}
    scenario["name"] = name
    place = words.partition("{")[0]  # in names of places only a number can be filled in, all else is refused
    for street in scenario["population"]["street_units"]:
        street["name"] = {"en": place, "zh": place}
        for n, community in enumerate(street["communities"]):
            community["name"] = {"en": f"{place}{n}", "zh": f"{place}{n}"}
    assert main(["new", "model", "mine", "--from", PAIR[0], "--out", str(folder)]) == 0
    model = yaml.safe_load((folder / "mine.yaml").read_text("utf-8")) | {"name": name}
    for file, content in (("town.yaml", scenario), ("mine.yaml", model)):
        (folder / file).write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    return [PAIR[1], str(folder / "mine.yaml"), "--scenario", str(folder / "town.yaml")]
