"""The weekly loop: processes in one printed order over the columns of one run."""

from __future__ import annotations

from govsim.engine import columns as col
from govsim.engine.process import Process, where_it_was
from govsim.engine.processes import (
    arrivals,
    casework,
    detection,
    effort,
    experience,
    institutions,
    measurement,
    participation,
    routing,
)
from govsim.engine.recording import Recording
from govsim.engine.register import enough
from govsim.engine.state import State

ORDER: tuple[Process, ...] = (
    arrivals.PROCESS,
    detection.PROCESS,
    routing.PROCESS,
    effort.PROCESS,
    participation.PROCESS,
    casework.PROCESS,
    experience.PROCESS,
    institutions.PROCESS,
    measurement.PROCESS,
)
"""The weekly order. Routing decides inside the event queue, at the moment an office is done with its step."""


class Engine(State):
    """One run: a world, a scenario, one arm and a seed, advanced week by week.

    Parameters
    ----------
    world : World
        Made from the same scenario's population and network.
    scenario : Scenario
    arm : Arm
        Governance model under a capacity mode.
    seed : int
    threads : int
        Threads for the passes over residents. Results are the same for any number.
    folder : Path, optional
        Where ledgers go that outgrow the memory, see :mod:`govsim.engine.spool`.
    """

    def step(self) -> None:
        """Advance one week; an error carries a note on process, week and, where it can be known, entity."""
        self.begin_week()
        for process in ORDER:
            if process.run is None:
                continue
            try:
                process.run(self)
            except Exception as problem:
                problem.add_note(where_it_was(process.name, self.week, problem))
                raise
        self.end_week()

    def begin_week(self) -> None:
        """Put the timeline into force, open the week's places in the recording, and make room for what can happen."""
        self.follow_timeline()
        self.row = self.recorder.row(self.week)
        arrivals_at_most = self.reach.arrival_mean.sum() * self.scenario.infrastructure.ceiling
        self.register.make_room(float(arrivals_at_most + self.reach.task_mean.sum() + self.filings.sum()))
        self.recorder.begin(self.week, self.place.granted_hours, self.residents)

    def end_week(self) -> None:
        """Keep the week's events and go on to the next one."""
        register = self.register
        enough(not register.counts[col.OUT_OF_ROOM], "what happens in a week")
        self.recorder.keep_events(register.events[: register.counts[col.EVENTS]], self.week)
        self.week += 1

    def finish(self) -> Recording:
        """Return what the run left behind so far."""
        self.stop_threads()
        return self.recorder.finish(
            self.week,
            self.seed,
            self.scenario,
            self.world,
            self.residents,
            self.office_table,
            self.birthday,
            self.register.alive(),
            self.exogenous.hexdigest(),
        )
