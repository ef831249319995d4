"""An engine for worker processes: importable, told what to do by the name of the arm, it notes what it did in a folder."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from govsim.engine.recording import Recording
from govsim.results.errors import EnvironmentProblem
from govsim.runner.one_run import ArmJob, Simulator, WeekDone
from tests.synthetic import make_recording

WEEKS = 40


def build(notes: Path, seed: int) -> int:
    note(notes, "built", seed)
    return seed


def simulate(world: int, notes: Path, arm: str, seed: int, week_done: WeekDone) -> Recording:
    assert world == seed
    note(notes, arm, seed)
    if arm == "fails" and seed == 3:
        raise ValueError("a planted fault")
    if arm == "kills" and seed == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    if arm == "fragile" and notes.joinpath("killed").exists() is False and seed == 2:
        notes.joinpath("killed").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if arm == "full" and seed == 2:
        raise EnvironmentProblem("cannot write: the disk is full")
    for week in range(1, WEEKS + 1):
        pause = {"endless": 1.0, "steady": 0.02}.get(arm, 0.0)
        time.sleep(pause)
        week_done(week)
    return make_recording(seed, weeks=WEEKS, speed=2.0 if arm == "fast" else 1.0, cases=60, residents=40)


def note(notes: Path, what: str, seed: int) -> None:
    """Append a line; small appends are whole on a local disk."""
    with notes.joinpath("notes").open("a") as file:
        file.write(f"{what} {seed} {os.getpid()}\n")


def noted(notes: Path) -> list[tuple[str, int, int]]:
    """Return (what, seed, process) of everything that was done."""
    path = notes / "notes"
    lines = path.read_text().splitlines() if path.exists() else []
    return [(what, int(seed), int(pid)) for what, seed, pid in map(str.split, lines)]


def engine() -> Simulator:
    return Simulator(build, simulate, describe)


def describe(world: Any) -> dict[str, Any]:
    return {}


def no_documents(seed: int) -> dict[str, str]:
    return {}


def plan(out: Path, arm: str, world: str = "w") -> ArmJob:
    return ArmJob(
        arm=arm, scenario=out, label=arm, mode="neutral", weeks=WEEKS, scenario_label="test", scenario_hash="s",
        arm_hash=arm, governance_hash=arm, world_spec=world, folder=out / "test", documents=no_documents,
        repeat=f"govsim run test --model {arm} --set run.first_seed={{seed}}",
    )  # fmt: skip


def tree(folder: Path) -> dict[str, bytes]:
    """Return everything below a folder; of manifests, only what does not tell the time."""
    import json

    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            if path.name == "manifest.json":
                said = json.loads(content)
                content = json.dumps(
                    {k: v for k, v in said.items() if k not in ("started_utc", "seconds")}
                ).encode()
            found[path.relative_to(folder).as_posix()] = content
    return found


def wait_for(truth: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait until something holds."""
    until = time.monotonic() + seconds
    while not truth():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.02)
