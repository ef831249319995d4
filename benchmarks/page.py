"""The page of results: one section for each part, replaced when that part is measured again."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from pathlib import Path

from benchmarks import machine
from benchmarks.tables import Section
from govsim.report.stamps import stamp


@dataclass(frozen=True)
class Part:
    """One part of the benchmark.

    Attributes
    ----------
    seconds : tuple of float
        What it takes on two quiet cores: in full, and with ``--quick``.
    """

    title: str
    compares: str
    seconds: tuple[float, float]


PARTS = {
    "crowd": Part(
        "The crowd",
        "The part of a week that touches every resident, `participation` and `experience` with their passes over ties, on the "
        "real engine where nothing else goes on (Yingzi's people and network, communities of 2,300, districts of at most "
        "373,000, legacy administration). The same rule from the same columns: in Mesa objects (neighbour lists, three "
        "stages in step), in Starsim (a module with states, a network of edges), in NumPy with a SciPy sparse matrix, and in C "
        "with OpenMP. *C* is careful portable C: residents in order of their ties inside communities, four bytes a tie, the "
        "opinion and in its sign bit the taking part as all that neighbours read, vector loops over blocks of 256, ties "
        "fetched ahead, calls and counts that cost only those concerned, one call from Python for many weeks. *16 lanes* is "
        "the limit of this machine: the ties of sixteen residents side by side, read by {gather}; *16 bits* halves what "
        "neighbours read. All do the whole rule: calls in turn, fatigue, habit, efficacy, self-registration, hours given. The "
        "engine keeps more: it stands ready for moves, ages, training and duty.",
        (220, 25),
    ),
    "casework": Part(
        "Casework",
        "The engine's event queue against Ciw, with the same lists of arrivals and efforts, first come first served; every "
        "wait equal to 1e-9 hours, which is checked in the same run.",
        (25, 8),
    ),
    "world": Part(
        "World building",
        "`govsim.world.build` against networkx making the same kind of graph: the same households, communities, groups and "
        "branches, the same mean degrees.",
        (70, 8),
    ),
    "runs": Part(
        "Whole runs",
        "Yingzi with all its problems, offices, tasks and measurement under legacy administration, as `govsim run` would.",
        (150, 25),
    ),
    "ensemble": Part(
        "An ensemble",
        "Many small runs at once on all cores, against the time that one run takes alone.",
        (170, 25),
    ),
    "start": Part("Starting", "Commands from a cold interpreter to their end.", (60, 20)),
}  # fmt: skip

BUSY = 1.5
"""Load before a part from which on somebody else must be at work; the part before it leaves about 1 behind."""

INTRODUCTION = """# Benchmarks

Written by `python -m benchmarks` from a checkout; [speed](speed.md) says how the figures come about.
All figures of one table come from one go, measured in turn (A B C A B C ...): the median, and in brackets the least and the
most. Absolute times move with what else the machine does; use the ratios, which are taken within rounds.
"""


def write(path: Path, part: str, section: Section, quick: bool, seconds: float, load: float) -> None:
    """Put a section into the page; sections of other parts stay."""
    found = sections(path)
    date = datetime.datetime.now(datetime.UTC).date().isoformat()
    told = PARTS[part]
    how = f"*Measured {date}{', quick' if quick else ''}, in {seconds:.0f} s; load of the machine before it {load:.1f}.*"
    if load > BUSY:
        how += " **Other work ran on the machine meanwhile:** figures of several threads, and single figures, mean little."
    made = stamp(f"python -m benchmarks --only {part}", timed=True).comment().strip()
    found[part] = "\n\n".join(
        [f"## {told.title}", told.compares.format(gather=machine.gather()), how, section.markdown(), made]
    )
    about = "\n".join(f"| {name} | {value} |" for name, value in machine.describe())
    pieces = [INTRODUCTION, f"| machine of the last measurement | |\n| --- | --- |\n{about}"]
    pieces += [f"<!-- {name} -->\n{found[name]}\n<!-- /{name} -->" for name in PARTS if name in found]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n\n".join(pieces) + "\n", encoding="utf-8")


def sections(path: Path) -> dict[str, str]:
    """Return the text of each part of a page that there is."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return dict(re.findall(r"<!-- (\w+) -->\n(.*?)\n<!-- /\1 -->", text, re.DOTALL))
