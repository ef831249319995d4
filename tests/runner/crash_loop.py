"""Kill a study at random moments, again and again, and see that nothing is lost: ``python -m tests.runner.crash_loop``.

Each round starts a study on the real engine in a fresh folder and kills (SIGKILL) the program alone, its whole
process group, or one of its workers. What is on the disk then must be whole; the same command again (after a
worker's death: the same program) must end with the tree of a study that nobody disturbed. Prints one line a round.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.runner.engines import tree, wait_for

KINDS = ("program", "group", "worker")
HOW = ("--jobs", "2", "--no-figures", "--json")
RUN = ("run", "tiny", "--weeks", "20", "--seeds", "14", *HOW)
SWEEP = ("sweep", "design.yaml", *HOW)
DESIGN = """study: 1
name: {en: design}
scenario: tiny
settings: {run.weeks: 20}
models: [legacy_administrative, party_led_cogovernance]
over: {tasks.community_hours: [20, 60]}
seeds: 4
design: {kind: sobol, points: 6}
"""


@dataclass
class Study:
    """A command, and what it leaves when nobody disturbs it."""

    words: tuple[str, ...]
    tree: dict[str, bytes]

    @property
    def runs(self) -> int:
        """How many runs it has."""
        return sum(name.endswith("/summary.csv") for name in self.tree)


SURROUNDINGS = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def start(words: tuple[str, ...], folder: Path) -> subprocess.Popen[bytes]:
    """Start govsim in a process group of its own, with results in ``folder/results``."""
    (folder / "design.yaml").write_text(DESIGN, encoding="utf-8")
    return subprocess.Popen(
        [sys.executable, "-m", "govsim", *words, "--out", "results"],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        env=SURROUNDINGS,
    )  # fmt: skip


def end(process: subprocess.Popen[bytes]) -> bytes:
    """Wait until it has ended well, and return what it answered."""
    answer, said = process.communicate(timeout=300)
    assert process.returncode == 0, said.decode()
    return answer


def undisturbed(words: tuple[str, ...], folder: Path) -> Study:
    """Run the study once as it should be."""
    folder.mkdir()
    end(start(words, folder))
    return Study(words, tree(folder / "results"))


def disturbed(study: Study, folder: Path, kind: str, runs: int, seconds: float) -> str:
    """Kill a study so long after so many runs are there, check, continue, compare; say what was seen."""
    folder.mkdir()
    results = folder / "results"
    process = start(study.words, folder)
    family = psutil.Process(process.pid)
    wait_for(lambda: len(below(results, "*/summary.csv")) >= runs and bool(below(results, ".*.lock")), 120.0)
    time.sleep(seconds)
    assert process.poll() is None, "it ended before it could be killed"
    children = family.children(recursive=True)
    forked = [child for child in children if "forkserver" in " ".join(cmdline(child))]
    workers = [child for child in forked if child.ppid() != process.pid]  # the first one is their server
    if kind == "worker":
        assert workers
        workers[runs % len(workers)].kill()
        end(process)
        seen = "one worker of " + str(len(workers))
    else:
        if kind == "group":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.communicate()
        wait_for(lambda: not any(child.is_running() and child.status() != "zombie" for child in children))
        whole, asked = look(results), status(folder)
        assert asked == whole, f"status says {asked} runs, there are {whole}"
        again = json.loads(end(start(study.words, folder)))
        assert (again["computed"], again["reused"]) == (study.runs - whole, whole), "only what was missing"
        seen = f"{whole} runs kept, {again['computed']} computed"
    found = tree(results)
    assert found.keys() == study.tree.keys(), sorted(found.keys() ^ study.tree.keys())
    wrong = [name for name in found if found[name] != study.tree[name]]
    assert not wrong, wrong
    return seen


def below(results: Path, pattern: str) -> list[Path]:
    """Return what lies in a scenario's or a study's folder; folders of runs come and go and are not listed."""
    return [path for place in ("*", "*/points") for path in results.glob(f"{place}/{pattern}")]


def cmdline(process: psutil.Process) -> list[str]:
    """Return the command line of a process, or nothing if it has gone."""
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def look(results: Path) -> int:
    """Count the runs; everything under a final name is whole."""
    from govsim.results.store import read_manifest

    found = [path.parent for path in results.rglob("manifest.json")]
    found = [path for path in found if not path.name.startswith(".")]
    manifests = [read_manifest(path) for path in found]
    assert all(manifests), "a folder is not whole"
    return sum("seed" in manifest for manifest in manifests if manifest is not None)


def status(folder: Path) -> int:
    """Return how many runs ``govsim status`` says are done; nobody computes any."""
    if not (folder / "results").is_dir():
        return 0
    done = subprocess.run(
        [sys.executable, "-m", "govsim", "status", "results", "--json", "--contents"],
        cwd=folder, capture_output=True, check=True,
        env=SURROUNDINGS,
    )  # fmt: skip
    held = json.loads(done.stdout)
    assert all(not item["running"] and not item["failed"] for item in held)
    return sum(len(item["done"]) for item in held)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--times", type=int, default=20)
    asked.add_argument("--seed", type=int, default=1)
    options = asked.parse_args()
    chance = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as place:
        undisturbed(RUN, Path(place, "compiling"))
        studies = [undisturbed(words, Path(place, words[0])) for words in (RUN, SWEEP)]
        for study in studies:
            print(f"undisturbed {study.words[0]}: {study.runs} runs, {len(study.tree)} files", flush=True)
        for number in range(1, options.times + 1):
            study, kind = studies[number % len(studies)], KINDS[number % len(KINDS)]
            runs, seconds = chance.randrange(study.runs * 3 // 4), chance.uniform(0.0, 0.5)
            seen = disturbed(study, Path(place, str(number)), kind, runs, seconds)
            print(
                f"{number:3}  {study.words[0]:5}  {kind:7} killed {seconds:.2f} s after run {runs:2}: {seen}; "
                "the same tree at the end",
                flush=True,
            )


if __name__ == "__main__":
    main()
