"""How large a run will be, before anything is built: memory, time, and the largest size that fits."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from govsim.scenario.schema import Scenario

# Generous roundings of whole runs of 59 thousand and 3.35 million residents over 8 to 260 weeks on two cores (2026). Ledgers
# are on disk while a run lasts; what a case takes in memory is for the tables made of them at its end.
BYTES_AT_REST = 400e6
BYTES_PER_RESIDENT = 750.0
BYTES_PER_CASE = 60.0
BYTES_PER_COMMUNITY_WEEK = 500.0
SECONDS_AT_START = 5.0
SECONDS_PER_RESIDENT = 6e-6
SECONDS_PER_RESIDENT_WEEK = 1.5e-7
SECONDS_PER_CASE = 1.5e-5
DISK_BYTES, DISK_BYTES_PER_WEEK = 2e5, 2e3
DISK_BYTES_PER_RESIDENT, DISK_BYTES_PER_RESIDENT_WEEK = 45.0, 1.15
"""Of a run's folder; measured from 300 residents over a year to 3,354,444 over ten, to within a tenth."""
SECONDS_TO_WRITE = 0.2
PEOPLE_PER_HOUSEHOLD = 2.3
WEEKS_PER_YEAR = 52.0
USABLE_SHARE = 0.8
LONGEST_DAYS = 30.0
_DAY = 86_400.0


@dataclass(frozen=True)
class SizeEstimate:
    """Expected size of a run.

    Attributes
    ----------
    memory_bytes : float
        At the peak, with as many runs side by side as there are processors and memory for.
    seconds : float
        For all governance models and seeds.
    largest_residents : int
        Number of residents that would fit this machine with everything else unchanged.
    usable_bytes : float
        Memory that all processes of a study together may take on this machine.
    side_by_side : int
        Runs at a time, each in a worker process of its own where there are several.
    """

    memory_bytes: float
    seconds: float
    largest_residents: int
    usable_bytes: float
    side_by_side: int = 1

    @property
    def fits(self) -> bool:
        """Whether memory suffices and the run ends within a month."""
        return self.memory_bytes <= self.usable_bytes and self.seconds <= LONGEST_DAYS * _DAY

    def __str__(self) -> str:
        many = f"for {self.side_by_side} runs at a time, all processes together"
        whose = "for one run at a time" if self.side_by_side == 1 else many
        return f"about {_bytes(self.memory_bytes)} of memory ({whose}) and {_duration(self.seconds)}"


@dataclass(frozen=True)
class _OneRun:
    """What one run takes beyond a process at rest, for each resident and besides."""

    bytes_each: float
    bytes_besides: float
    seconds_each: float

    @classmethod
    def of(cls, weeks: int, rate: float, communities: int) -> _OneRun:
        """Estimate from bare numbers; ``rate`` is in problems per household and year, over all classes."""
        cases = rate / PEOPLE_PER_HOUSEHOLD * weeks / WEEKS_PER_YEAR
        return cls(
            BYTES_PER_RESIDENT + BYTES_PER_CASE * cases,
            BYTES_PER_COMMUNITY_WEEK * communities * weeks,
            SECONDS_PER_RESIDENT + SECONDS_PER_RESIDENT_WEEK * weeks + SECONDS_PER_CASE * cases,
        )

    @classmethod
    def in_scenario(cls, scenario: Scenario) -> _OneRun:
        """Estimate a run of a scenario."""
        rate = sum(item.rate for item in scenario.problems.classes.values())
        return cls.of(scenario.run.weeks, rate, scenario.population.community_count())

    def memory(self, residents: int) -> float:
        """Return the bytes of one run."""
        return self.bytes_each * residents + self.bytes_besides

    def seconds(self, residents: int) -> float:
        """Return the seconds of one run."""
        return self.seconds_each * residents + SECONDS_TO_WRITE


def estimate(scenario: Scenario) -> SizeEstimate:
    """Estimate memory and time of running ``scenario`` with all its models and seeds."""
    arms = len(scenario.governance.models) * (2 if scenario.governance.capacity_mode == "both" else 1)
    one = _OneRun.in_scenario(scenario)
    return _estimate(scenario.population.residents, one, arms * scenario.run.seeds)


def of_one_run(scenario: Scenario) -> tuple[float, float]:
    """Return the bytes that one run takes beyond a process at rest, and its seconds with writing."""
    one, residents = _OneRun.in_scenario(scenario), scenario.population.residents
    return one.memory(residents), one.seconds(residents)


def disk_of_one_run(scenario: Scenario) -> float:
    """Return the bytes of one run's folder."""
    residents, weeks = scenario.population.residents, scenario.run.weeks
    besides = DISK_BYTES + DISK_BYTES_PER_WEEK * weeks
    return besides + residents * (DISK_BYTES_PER_RESIDENT + DISK_BYTES_PER_RESIDENT_WEEK * weeks)


def _estimate(residents: int, one: _OneRun, runs: int) -> SizeEstimate:
    usable = USABLE_SHARE * machine_memory()
    wanted = min(processors(), runs)
    fitting = int((usable - BYTES_AT_REST) // (BYTES_AT_REST + one.memory(residents)))
    side_by_side = max(1, min(wanted, fitting))
    return SizeEstimate(
        _at_rest(side_by_side) + side_by_side * one.memory(residents),
        SECONDS_AT_START + one.seconds(residents) * runs / side_by_side,
        _round_down(max(_largest(one, runs, usable, number) for number in range(1, wanted + 1))),
        usable,
        side_by_side,
    )


def _largest(one: _OneRun, runs: int, usable: float, side_by_side: int) -> float:
    """Return the number of residents for which so many runs at a time fit into memory and end within a month."""
    by_memory = ((usable - _at_rest(side_by_side)) / side_by_side - one.bytes_besides) / one.bytes_each
    each = (LONGEST_DAYS * _DAY - SECONDS_AT_START) * side_by_side / runs - SECONDS_TO_WRITE
    return max(0.0, min(by_memory, each / one.seconds_each))


def _at_rest(side_by_side: int) -> float:
    """Return the bytes of the program and of its worker processes, which it does without for one run at a time."""
    return BYTES_AT_REST * (1 + (side_by_side if side_by_side > 1 else 0))


BYTES_OF_SUMMARY = 24e3
"""On disk, of a run that is kept as its indicators."""
BYTES_OF_NUMBERS = 4e3
"""In memory, of the indicators of a run while a study lasts."""


@dataclass(frozen=True)
class StudySize:
    """Expected size of a study whose runs are kept as their indicators.

    Attributes
    ----------
    runs : int
    seconds : float
        On all processors.
    disk_bytes, memory_bytes : float
    each_seconds : float
        Of one run, on one processor.
    """

    runs: int
    seconds: float
    disk_bytes: float
    memory_bytes: float
    each_seconds: float

    def __str__(self) -> str:
        return f"{self.runs:,} runs, about {_duration(self.seconds)} and {_bytes(self.disk_bytes)} of disk"


def study_size(scenario: Scenario, runs: int) -> StudySize:
    """Estimate a study of so many runs of a scenario."""
    _, each = of_one_run(scenario)
    seconds = SECONDS_AT_START + each * runs / processors()
    return StudySize(runs, seconds, BYTES_OF_SUMMARY * runs, BYTES_OF_NUMBERS * runs, each)


def study_refusal(size: StudySize, free_bytes: float, force: bool) -> str:
    """Say why a study is not begun and how many runs would fit; "" where it fits.

    Parameters
    ----------
    free_bytes
        Of the disk on which results are kept.
    force
        Begin what takes more than a month all the same; disk and memory stay limits.
    """
    usable = USABLE_SHARE * machine_memory()
    by_room = min(USABLE_SHARE * free_bytes / BYTES_OF_SUMMARY, usable / BYTES_OF_NUMBERS)
    by_time = LONGEST_DAYS * _DAY * processors() / size.each_seconds
    most = by_room if force else min(by_room, by_time)
    if size.runs <= most:
        return ""
    limits = f"{_bytes(free_bytes)} of disk are free, {_bytes(usable)} of memory may be used by all processes together"
    limits += (
        "" if force else f", and studies of more than {LONGEST_DAYS:.0f} days are begun only with --force"
    )
    return (
        f"{size} are too many here: {limits}. The largest number of runs that fits is {_round_down(most):,}"
    )


def size_refusal(scenario: Scenario) -> str:
    """Say why this machine cannot hold or finish ``scenario`` and what it could; "" where it can."""
    found = estimate(scenario)
    return "" if found.fits else _refusal(scenario.population.residents, found)


def size_hint(data: dict[str, Any]) -> str:
    """Say how large a run of as yet unchecked ``data`` would be, or "" where it is no question of size."""
    run, population = data.get("run"), data.get("population")
    residents = population.get("residents") if isinstance(population, dict) else None
    weeks = run.get("weeks") if isinstance(run, dict) else None
    if type(residents) is not int or residents < 1:
        return ""
    known_weeks = weeks if type(weeks) is int and weeks > 0 else 260
    found = _estimate(residents, _OneRun.of(known_weeks, rate=1.0, communities=1), runs=2)
    return "" if found.fits else _refusal(residents, found)


def _refusal(residents: int, found: SizeEstimate) -> str:
    return (
        f"{residents:,} residents would need {found}; this machine has {_bytes(found.usable_bytes)} to give, "
        f"and runs of more than {LONGEST_DAYS:.0f} days are not begun. "
        f"The largest number that fits is {found.largest_residents:,}"
    )


def processors() -> int:
    """Count the processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def machine_memory() -> float:
    """Return the bytes of memory this process may use: of the machine, its container, and its own limit."""
    limits = [16e9]
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        limits = [float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))]
    try:
        container = FilePath("/sys/fs/cgroup/memory.max").read_text().strip()
        limits += [float(container)] if container.isdigit() else []
    except OSError:
        pass
    try:
        import resource

        own = resource.getrlimit(resource.RLIMIT_AS)[0]
        limits += [float(own)] if own != resource.RLIM_INFINITY else []
    except (ImportError, AttributeError):
        pass
    return min(limits)


def _round_down(value: float) -> int:
    """Keep two leading digits."""
    whole = int(value)
    scale: int = 10 ** max(0, len(str(abs(whole))) - 2)
    return whole // scale * scale


def _bytes(value: float) -> str:
    for unit in ("bytes", "kB", "MB", "GB", "TB"):
        if value < 1000:
            return f"{value:.3g} {unit}"
        value /= 1000
    return f"{value:.3g} PB"


def _duration(seconds: float) -> str:
    for unit, size in (("seconds", 60.0), ("minutes", 60.0), ("hours", 24.0), ("days", 365.0)):
        if seconds < size:
            return f"{seconds:.2g} {unit}" if seconds < 10 else f"{seconds:.0f} {unit}"
        seconds /= size
    return f"{seconds:,.0f} years"
