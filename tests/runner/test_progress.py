"""What is told of a study under way: a line on a terminal, plain lines in a file, and the truth of its time left."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator

import pytest

from govsim.runner.progress import Reporter

pytestmark = pytest.mark.slow


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = self.slept = 0.0

    def __call__(self) -> float:
        return self.now + self.slept


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("govsim.runner.progress.time.monotonic", made)
    return made


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    for name in ("NO_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "90")
    return Terminal()


def work(
    clock: Clock,
    reporter: Reporter,
    seconds: list[tuple[float, float, float]],
    weeks: int = 100,
    workers: int = 2,
    compiling: float = 0.0,
) -> Iterator[float]:
    """Do runs that take so long to build, to simulate and to write; yield the time of every step."""
    events: list[tuple[float, Callable[[], None]]] = []
    free = [0.0] * workers
    for run, (building, simulating, writing) in enumerate(seconds):
        worker = min(range(workers), key=free.__getitem__)
        begun = free[worker]
        building += compiling * (run < workers)
        for week in range(weeks + 1):
            at = begun + (building + simulating * week / weeks if week else 0.0)
            events.append((at, lambda run=run, week=week: reporter.at(run, week)))  # type: ignore[misc]
        free[worker] = begun + building + simulating + writing
        events.append((free[worker], lambda run=run: reporter.run_finished(run)))  # type: ignore[misc]
    for at, event in sorted(events, key=lambda item: item[0]):
        clock.now = at
        event()
        yield at


def test_in_a_file_it_is_plain_and_rare(clock: Clock) -> None:
    stream = io.StringIO()
    reporter = Reporter(stream)
    reporter.expect(4, 400)
    list(work(clock, reporter, [(0.0, 10.0, 0.0)] * 4, workers=1))
    lines = stream.getvalue().splitlines()
    assert 3 <= len(lines) <= 4
    assert re.search(r"^[12]/4 runs, 50 %, about (19|20|21) s left$", lines[1])
    assert stream.getvalue().replace("\n", "").isprintable()


def test_on_a_terminal_it_is_one_line_that_is_taken_off(clock: Clock, terminal: Terminal) -> None:
    reporter = Reporter(terminal)
    reporter.expect(40, 400)
    for at in work(clock, reporter, [(0.0, 5.0, 0.0)] * 40, weeks=10, workers=1):
        if at > 100.0:
            break
    assert reporter._bar is not None
    reporter._bar[0].refresh()
    reporter.close()
    said = terminal.getvalue()
    line = re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", said)
    assert re.search(r"20/40 runs .* 50% 0:01:(39|40|41) left", line), line
    assert said.count("\x1b[1A") <= 1, "it stays in one line"
    assert said.rstrip().endswith("\x1b[2K"), "and is taken off at the end"


@pytest.mark.parametrize(
    "seconds",
    [
        [(0.0, 20.0, 0.0)] * 20,
        [(10.0, 40.0, 50.0)] * 5,  # writing takes longer than simulating
        [(0.0, 30.0, 5.0)] * 10,
        [(5.0, 30.0, 15.0)] * 6 + [(5.0, 40.0, 20.0)] * 6,  # the second arm is slower
        [(5.0, 40.0, 20.0)] * 6 + [(5.0, 30.0, 15.0)] * 6,
    ],
)
@pytest.mark.parametrize("compiling", [0.0, 20.0])
@pytest.mark.parametrize("workers", [1, 2])
def test_time_left_is_right_by_half_after_a_fifth(
    clock: Clock,
    terminal: Terminal,
    seconds: list[tuple[float, float, float]],
    workers: int,
    compiling: float,
) -> None:
    """R19, in a file and on a terminal; one estimate stands in both."""
    stream = io.StringIO()
    for reporter, pattern in (
        (Reporter(stream), r"about (?P<s>\d+) s left"),
        (Reporter(terminal), r"(?P<h>\d+):(?P<m>\d\d):(?P<s>\d\d) left"),
    ):
        clock.now, told, before = 0.0, [], 0
        reporter.expect(len(seconds), 100 * len(seconds))
        for now in work(clock, reporter, seconds, workers=workers, compiling=compiling):
            if reporter._bar is not None and now - (told[-1][0] if told else 0.0) >= 2.0:
                reporter._bar[0].refresh()
            said = re.search(pattern, str(reporter._stream.getvalue())[before:])  # type: ignore[attr-defined]
            before = reporter._stream.tell()
            if said:
                part = {name: int(value) for name, value in said.groupdict().items()}
                told.append((now, 3600 * part.get("h", 0) + 60 * part.get("m", 0) + part["s"]))
        reporter.close()
        judged = [(left, clock.now - now) for now, left in told if 0.2 * clock.now <= now <= clock.now - 4]
        assert len(judged) >= 5
        for left, actual in judged:
            assert abs(left - actual) <= 0.5 * actual + 1, (left, actual)


def test_time_left_recovers_after_a_long_sleep(clock: Clock) -> None:
    stream = io.StringIO()
    reporter = Reporter(stream)
    reporter.expect(4, 4000)
    for at in work(clock, reporter, [(0.0, 100.0, 0.0)] * 4, weeks=1000, workers=1):
        clock.slept = 3600.0 if at >= 120.0 else 0.0
        if at >= 200.0:
            break
    said = re.search(r"about (\d+) s left$", stream.getvalue().strip())
    assert said is not None
    assert 180 <= int(said[1]) <= 240


def test_a_run_that_is_begun_again_counts_once(clock: Clock) -> None:
    told = []
    for steps in ((20,), (60, 0, 10, 20)):
        stream = io.StringIO()
        clock.now = 0.0
        reporter = Reporter(stream)
        reporter.expect(2, 200)
        for weeks in steps:
            reporter.at("run", weeks)
        clock.now = 20.0
        reporter.at("run", 20)
        told.append(stream.getvalue())
    assert told[0] == told[1]
    assert "0/2 runs, " in told[0]


def test_every_lot_is_counted_anew(clock: Clock, terminal: Terminal) -> None:
    """A command may run several designs with one reporter."""
    for reporter in (Reporter(io.StringIO()), Reporter(terminal)):
        for _ in range(3):
            clock.now = 0.0
            reporter.expect(2, 200)
            list(work(clock, reporter, [(0.0, 30.0, 0.0)] * 2, workers=1))
            if reporter._bar is not None:
                reporter._bar[0].refresh()
        reporter.close()
        said = str(reporter._stream.getvalue())  # type: ignore[attr-defined]
        shares = [int(share) for share in re.findall(r"(\d+) ?%", re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", said))]
        assert shares
        assert max(shares) <= 100
        assert "-" not in said.replace("\x1b", "")
