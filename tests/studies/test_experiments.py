"""A design run: found again, the same for any number of jobs, failures counted, broken points computed again."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from govsim.results.errors import RefusedError
from govsim.results.indicators import INDICATORS
from govsim.runner.folder_status import asked, holdings
from govsim.runner.options import RunOptions
from govsim.runner.points import POINTS
from govsim.scenario.studies import load_study
from govsim.studies.experiments import Design, of_study, run_design
from tests.runner.engines import tree
from tests.studies.synthetic_studies import engine, study_file

pytestmark = pytest.mark.slow


@pytest.fixture
def study(tmp_path: Path):  # type: ignore[no-untyped-def]
    return load_study(study_file(tmp_path))


def test_values_are_those_of_the_runs(study, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """Participation of every point is what the engine made of its parameter; it is no constant."""
    done = run_design(study, of_study(study), RunOptions(tmp_path / "out", 1, engine=engine()))
    assert done.summaries.shape == (8, 2, 2, len(INDICATORS))
    assert (done.computed, done.reused) == (32, 0)
    hours = done.design.points[:, 0]
    shares = done.means("participation_4w")[:, 0]
    assert np.corrcoef(hours, shares)[0, 1] > 0.999
    frame = done.frame()
    assert len(frame) == 32
    row = frame[(frame.point == 3) & (frame.seed == 2)].iloc[1]
    assert row["tasks.community_hours"] == hours[3]
    assert row["participation_4w"] == done.values("participation_4w")[3, 1, 1]


def test_the_same_call_finds_what_is_there(study, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    ran: list[int] = []
    first = run_design(study, of_study(study), RunOptions(tmp_path / "out", 1, engine=engine(ran=ran)))
    points = tmp_path / "out" / "synthetic" / POINTS
    kept = sorted(path.name for path in points.iterdir() if len(path.name) == 16)
    assert len(kept) == len(ran) == 32
    shutil.rmtree(points / kept[5])
    (points / kept[9] / "manifest.json").write_text("", encoding="utf-8")
    table = points / kept[20] / "summary.csv"
    table.write_bytes(table.read_bytes()[:2000])
    again = run_design(study, of_study(study), RunOptions(tmp_path / "out", 1, engine=engine(ran=ran)))
    assert (again.computed, again.reused) == (3, 29)
    assert len(ran) == 35
    np.testing.assert_array_equal(again.summaries, first.summaries)


def test_a_point_that_was_changed_is_refused(study, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    run_design(study, of_study(study), RunOptions(tmp_path / "out", 1, engine=engine()))
    table = sorted((tmp_path / "out").rglob("summary.csv"))[0]
    table.write_text(table.read_text(encoding="utf-8").replace("1", "2"), encoding="utf-8")
    with pytest.raises(RefusedError, match=r"summary\.csv"):
        run_design(study, of_study(study), RunOptions(tmp_path / "out", 1, engine=engine()))


def test_one_failing_run_costs_no_other(study, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    design = of_study(study)
    bad = float(design.settings(2)[0].split("=")[1])

    def fail(scenario, seed: int) -> bool:  # type: ignore[no-untyped-def]
        return scenario.tasks.community_hours == bad and seed == 2

    done = run_design(study, design, RunOptions(tmp_path / "out", 1, engine=engine(fail=fail)))
    assert len(done.failures) == 2  # one seed of one point, under both models
    assert "a planted fault" in done.failures[0].problem
    assert f"tasks.community_hours={design.settings(2)[0].split('=')[1]}" in done.failures[0].repeat
    missing = np.argwhere(np.isnan(done.values("participation_4w", missing=True)))
    assert missing.tolist() == [[2, 0, 1], [2, 1, 1]]
    with pytest.raises(RefusedError, match=r"seed 2 at tasks\.community_hours=.*the run failed"):
        done.values("participation_4w")
    mended = run_design(study, design, RunOptions(tmp_path / "out", 1, engine=engine()))
    assert (mended.computed, mended.reused, mended.failures) == (2, 30, ())


def test_points_that_are_alike_are_run_once(study, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    design = of_study(study)
    twice = type(design)(design.factors, np.repeat(design.points[:2], 2, axis=0))
    ran: list[int] = []
    done = run_design(study, twice, RunOptions(tmp_path / "out", 1, engine=engine(ran=ran)))
    assert len(ran) == 8
    np.testing.assert_array_equal(done.summaries[0], done.summaries[1])


def test_status_knows_points_and_how_far_a_design_is(study, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    out = tmp_path / "out"
    options = RunOptions(out, 1, command=("govsim", "sweep", "synthetic.yaml"), engine=engine())
    run_design(study, of_study(study), options, seeds=(1,), noted=16)
    points = out / "synthetic" / POINTS
    for path in [path for path in points.iterdir() if path.is_dir()][:6]:
        shutil.rmtree(path)
    (held,) = holdings(out)
    assert held.folder == points
    assert len(held.done) == 10
    assert [(item.done, item.runs) for item in held.asked] == [(10, 16)]
    assert held.asked[0].command == "govsim sweep synthetic.yaml"
    (points / "asked-torn.json").write_text('{"command": ["govs', encoding="utf-8")
    assert len(asked(points)) == 1


def test_what_several_points_ask_for_is_one_run(study, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """Screenings come by the same point more than once; status and counts speak of runs."""
    design, out = of_study(study), tmp_path / "out"
    options = RunOptions(out, 1, command=("govsim", "sensitivity", "synthetic.yaml"), engine=engine())
    twice = Design(design.factors, np.concatenate([design.points, design.points[:3]]))
    found = run_design(study, twice, options, seeds=(1, 2), noted=60)
    assert (found.runs, found.computed, found.reused) == (32, 32, 0)
    np.testing.assert_array_equal(found.summaries[-3:], found.summaries[:3])
    (held,) = holdings(out)
    assert len(held.done) == 32
    assert [(item.done, item.runs) for item in held.asked] == [(32, 32 + 60 - 44)]
    run_design(study, design, options, seeds=(3,), noted=60)
    assert [(item.done, item.runs) for item in holdings(out)[0].asked] == [(48, 48)]


@pytest.mark.slow
def test_jobs_change_nothing(tmp_path: Path) -> None:
    """Real runs, by one process and by two workers: the same bytes."""
    study = load_study(study_file(tmp_path), ["run.weeks=12"])
    found = [
        run_design(study, of_study(study), RunOptions(tmp_path / f"out{jobs}", jobs), seeds=(1,))
        for jobs in (1, 2)
    ]
    np.testing.assert_array_equal(found[0].summaries, found[1].summaries)
    trees = [tree(tmp_path / f"out{jobs}") for jobs in (1, 2)]
    assert trees[0] == trees[1]
    assert len([name for name in trees[0] if name.endswith("summary.csv")]) == 16
