"""Calibration: what is learnt is right where it is known, what is not known is said to be so."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm, qmc

from govsim.cli import main
from govsim.results.errors import RefusedError
from govsim.results.indicators import INDICATORS
from govsim.runner.options import RunOptions
from govsim.runner.progress import Reporter
from govsim.scenario.files import scenario_shelf
from govsim.scenario.loading import load
from govsim.scenario.studies import LoadedStudy, factor, load_study, read_points
from govsim.studies.calibration import Runs, Target, Targets, empty, targets_of
from govsim.studies.calibration.reading import effects, pulls, reveal, settled_by_region, twins
from govsim.studies.calibration.search import (
    Calibrated,
    Emulator,
    accept,
    calibrate,
    draw_density,
    independent,
    joint,
    learn,
)

pytestmark = pytest.mark.slow

STUDY = """
study: 1
name: {{en: Small}}
scenario: tiny
settings: {{run.weeks: 8, population.residents: 200}}
over:
  reporting.hotline: [0.15, 1.0]
  problems.classes.consultation.rate: [0.15, 3.0]
models: [{model}]
design: {{kind: sobol, points: 16, seed: 3}}
seeds: 1
calibration: {{{calibration}}}
"""
SHORT = "rounds: 1, points: 4, fit: [pattern_contacts], ranges: {pattern_contacts: [0.1, 0.3]}"


def small(folder: Path, calibration: str = SHORT, model: str = "legacy_administrative") -> LoadedStudy:
    file = folder / "small.yaml"
    file.write_text(STUDY.format(model=model, calibration=calibration), encoding="utf-8")
    return load_study(file)


def target(low: float, high: float, name: str = "pattern_contacts") -> Target:
    return Target(next(indicator for indicator in INDICATORS if indicator.name == name), low, high)


def noise(shape: tuple[int, ...], seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


def cube(points: int, dimensions: int, seed: int = 1) -> np.ndarray:
    return qmc.Sobol(dimensions, rng=seed).random_base2(max(points - 1, 0).bit_length())[:points]


@pytest.mark.parametrize(
    ("calibration", "words"),
    [
        ("fit: [pattern_contact]", "nearest: pattern_contacts"),
        ("fit: [pattern_admin], held_out: [pattern_admin]", "both fitted and held out"),
        ("fit: [true_resolution_rate_of_nothing]", "no indicator"),
        ("fit: [participation_4w]", "has no range"),
        ("fit: [pattern_desk], ranges: {pattern_once: [1, 2]}", "neither fitted nor held out"),
        ("fit: [pattern_desk], ranges: {pattern_desk: [2, 1]}", "has no range"),
    ],
)
def test_targets_that_cannot_be_are_refused(tmp_path: Path, calibration: str, words: str) -> None:
    with pytest.raises(RefusedError, match=words):
        targets_of(small(tmp_path, calibration))


def test_every_pattern_is_fitted_but_those_held_out(tmp_path: Path) -> None:
    found = targets_of(small(tmp_path, ""))
    assert [each.name for each in found.held_out] == ["pattern_admin", "pattern_decline", "pattern_ageing"]
    assert len(found.fitted) == 12
    assert not {each.name for each in found.fitted} & {each.name for each in found.held_out}


def test_distance_is_none_inside_and_counts_half_widths_outside() -> None:
    distances = target(2.0, 6.0).distance(np.array([2.0, 4.0, 6.0, 8.0, 0.0, 16.0]))
    assert distances.tolist() == [0, 0, 0, 1, 1, 5]


def test_draws_have_the_moments_of_a_known_density_and_its_mass() -> None:
    covariance = np.array([[0.01, 0.0095], [0.0095, 0.01]])
    precision = np.linalg.inv(covariance)

    def density(shares: np.ndarray) -> np.ndarray:
        off = shares[:, :2] - 0.5
        return -0.5 * np.einsum("ni,ij,nj->n", off, precision, off)

    drawn = draw_density(density, 6, 1024, 5)
    assert np.cov(drawn.shares[:, :2].T) == pytest.approx(covariance, rel=0.2)
    assert drawn.shares.mean(axis=0) == pytest.approx(np.full(6, 0.5), abs=0.05)
    assert drawn.log_mass == pytest.approx(np.log(2 * np.pi * np.sqrt(np.linalg.det(covariance))), abs=0.3)
    assert ((drawn.shares >= 0) & (drawn.shares <= 1)).all()
    again = draw_density(density, 6, 1024, 5)
    assert (again.shares == drawn.shares).all()


def test_draws_of_a_hard_edge_stay_behind_it() -> None:
    drawn = draw_density(lambda s: np.where(s[:, 0] < 0.1, 0.0, -1e6), 3, 512, 1)
    assert drawn.shares[:, 0].max() < 0.1
    assert drawn.log_mass == pytest.approx(np.log(0.1), abs=0.1)


def test_an_emulator_finds_the_function_and_the_noise() -> None:
    shares = cube(128, 3)
    true = 10 + 5 * shares[:, 0] + np.sin(3 * shares[:, 1])
    learnt = learn(target(10, 12), shares, (true + 0.5 * noise((128,), 2))[:, None])
    assert learnt.noise == pytest.approx(0.5, rel=0.25)
    assert 0.8 < learnt.covered < 0.98
    new = cube(64, 3, seed=9)
    missed = learnt.mean(new) - (10 + 5 * new[:, 0] + np.sin(3 * new[:, 1]))
    assert np.sqrt((missed**2).mean()) < 0.25  # half of the noise of one run
    mean, deviation = learnt.expected(new)
    assert np.exp(learnt.log_inside(new)) == pytest.approx(
        norm.cdf(12, mean, deviation) - norm.cdf(10, mean, deviation), abs=1e-9
    )


def test_chances_far_outside_are_not_lost_to_rounding() -> None:
    shares = cube(64, 1)
    learnt = learn(target(1000, 1001), shares, (shares[:, 0] + 0.05 * noise((64,), 2))[:, None])
    new = np.array([[0.1], [0.5], [0.9]])
    mean, deviation = learnt.expected(new)
    logs = learnt.log_inside(new)
    assert logs == pytest.approx(
        norm.logsf(1000, mean, deviation), rel=1e-6
    )  # next to nothing lies beyond the range
    assert (logs < -1000).all()
    below = learn(target(-1001, -1000), shares, (shares[:, 0] + 0.05 * noise((64,), 2))[:, None])
    assert below.log_inside(new) == pytest.approx(norm.logcdf(-1000, mean, deviation), rel=1e-6)


def test_even_chance_is_learnt_as_it_is_though_values_span_decades() -> None:
    shares = cube(64, 2)
    learnt = learn(target(1, 2), shares, (0.2 + 5 * shares[:, :1] + 0.05 * noise((64, 1), 1)))
    assert not learnt.logarithm


def test_values_over_decades_are_learnt_as_logarithms() -> None:
    shares = cube(64, 2)
    learnt = learn(target(5, 9), shares, np.exp(4 * shares[:, :1] + 0.1 * noise((64, 1), 1)))
    assert learnt.logarithm
    assert learnt.mean(np.array([[0.5, 0.5]]))[0] == pytest.approx(np.exp(2), rel=0.1)
    assert learnt.noise == pytest.approx(0.1, rel=0.4)


def test_missing_values_are_left_out_or_too_many() -> None:
    shares, values = cube(64, 2), noise((64, 1), 1)
    values[:5] = np.nan
    learnt = learn(target(0, 1), shares, values)
    assert np.isnan(learnt.errors[:5]).all()
    assert np.isfinite(learnt.errors[5:]).all()
    values[:30] = np.nan
    with pytest.raises(RefusedError, match="34 of 64 runs"):
        learn(target(0, 1), shares, values)


def emulators_of(
    functions: list, points: int = 96, dimensions: int = 3, spread: float = 0.05
) -> list[Emulator]:
    shares = cube(points, dimensions)
    names = ["pattern_contacts", "pattern_orders", "pattern_desk", "pattern_days"]
    return [
        learn(target(0.4, 0.6, name), shares, (f(shares) + spread * noise((points,), rank))[:, None])
        for rank, (name, f) in enumerate(zip(names, functions, strict=False))
    ]


def test_chance_that_moves_two_together_counts_once() -> None:
    shares, luck = cube(96, 2), noise((96,), 1)
    same = [learn(target(0, 1), shares, luck[:, None]) for _ in range(3)]
    assert independent(same) == pytest.approx(1.0, abs=1e-6)
    apart = [learn(target(0, 1), shares, noise((96, 1), rank)) for rank in range(3)]
    assert 2.7 < independent(apart) <= 3


def test_known_parameters_are_found_again_and_a_trade_off_is_named(tmp_path: Path) -> None:
    """Of y = a b and z = c only the product and c can be known; truths lie in the region as often as it says."""
    study = small(tmp_path)
    factors = [replace(study.factors[0], path=name, low=0.0, high=1.0, today=0.5) for name in "abc"]
    functions = [lambda s: (0.2 + s[:, 0]) * (0.2 + s[:, 1]), lambda s: s[:, 2]]
    learnt = emulators_of(functions, spread=0.03)
    inside, verdicts = 0, []
    for number, truth in enumerate(cube(20, 3, seed=77)):
        seen = [
            e.around(float(f(truth[None])[0] + 0.03 * noise((1,), 100 + number)[0]), 0.5)
            for e, f in zip(learnt, functions, strict=True)
        ]
        density = joint(seen)
        drawn = draw_density(density, 3, 512, number)
        inside += bool(density(truth[None])[0] >= np.quantile(drawn.log_density, 0.1))
        verdicts.append(settled_by_region(factors, drawn))
    assert inside >= 16
    assert all(each[2].verdict == "identified" and each[2].width < 0.3 for each in verdicts)
    traded = [each for each in verdicts if each[0].partner is factors[1]]
    assert len(traded) >= 12
    assert all(each[0].correlation < -0.6 for each in traded)
    assert all(each[0].verdict == "not identifiable" for each in traded if each[0].width >= 0.5)
    assert sum(each[0].verdict == "not identifiable" for each in verdicts) >= 8


def test_what_no_pattern_answers_is_not_identifiable(tmp_path: Path) -> None:
    study = small(tmp_path)
    factors = [replace(study.factors[0], path=name, low=0.0, high=1.0) for name in "ab"]
    learnt = emulators_of([lambda s: s[:, 0]], dimensions=2)
    one, other = settled_by_region(factors, draw_density(joint(learnt), 2, 512, 1))
    assert one.verdict == "identified"
    assert 0.35 < one.low < one.high < 0.65
    assert other.verdict == "not identifiable"
    assert other.width > 0.9
    assert other.partner is None


def test_patterns_that_cannot_both_be_met_pull_against_each_other() -> None:
    """One wants x in the middle, one at its end; a third wants another parameter."""
    learnt = emulators_of([lambda s: s[:, 0], lambda s: s[:, 0] - 0.4, lambda s: s[:, 1]])
    found = {(p.first.name, p.second.name): p for p in pulls(learnt, 3, 1)}
    hard = found["pattern_contacts", "pattern_orders"]
    assert hard.verdict == "against each other"
    assert hard.both < 0.3 * hard.share_first * hard.share_second
    assert hard.share_first == pytest.approx(0.2, abs=0.05)
    assert found["pattern_contacts", "pattern_desk"].verdict == "hardly"
    same = emulators_of([lambda s: s[:, 0], lambda s: s[:, 0]])
    assert pulls(same, 3, 1)[0].verdict == "together"


def synthetic(study: LoadedStudy, values: np.ndarray, shares: np.ndarray) -> Runs:
    class Known(Runs):
        def values(self, name: str) -> np.ndarray:
            return values

    from govsim.studies.experiments import from_shares

    runs = empty(study)
    return Known(from_shares(study.factors, shares), np.zeros(len(shares), np.int64), 1, runs.first_seed)


def test_points_are_accepted_by_what_is_expected_and_refused_by_their_own_runs(tmp_path: Path) -> None:
    study, shares = small(tmp_path), cube(64, 2)
    values = (shares[:, 0] + 0.02 * noise((64,), 1))[:, None]
    odd = int(np.argmin(np.abs(shares[:, 0] - 0.5)))
    values[odd] = 0.9  # expected well inside, but what it showed was not
    fitted = target(0.3, 0.7)
    runs = synthetic(study, values, shares)
    took = accept(Targets((fitted,), ()), runs, [learn(fitted, shares, values)])
    assert took.tolerance == 0
    assert odd not in took.points
    inside = (shares[:, 0] > 0.33) & (shares[:, 0] < 0.67)
    inside[odd] = False
    assert set(np.nonzero(inside)[0]) <= set(took.points)
    assert all(0.27 < shares[point, 0] < 0.73 for point in took.points)


def test_too_few_inside_widen_the_tolerance_and_no_more_than_needed(tmp_path: Path) -> None:
    study, shares = small(tmp_path), cube(64, 2)
    values = (shares[:, 0] + 0.01 * noise((64,), 1))[:, None]
    fitted = target(0.49, 0.51)
    took = accept(Targets((fitted,), ()), synthetic(study, values, shares), [learn(fitted, shares, values)])
    assert took.tolerance > 0
    assert len(took.points) == 20
    assert took.worst[took.points].max() == took.tolerance
    left = np.setdiff1d(np.arange(64), took.points)
    assert took.worst[left].min() >= took.tolerance


def test_a_point_whose_run_failed_is_not_accepted(tmp_path: Path) -> None:
    study, shares = small(tmp_path), cube(64, 2)
    values = (shares[:, 0] + 0.02 * noise((64,), 1))[:, None]
    failed = int(np.argmin(np.abs(shares[:, 0] - 0.5)))
    values[failed] = np.nan
    fitted = target(0.3, 0.7)
    took = accept(Targets((fitted,), ()), synthetic(study, values, shares), [learn(fitted, shares, values)])
    assert failed not in took.points


def test_effects_are_rank_correlations_over_the_design(tmp_path: Path) -> None:
    study, shares = small(tmp_path), cube(64, 2)
    runs = synthetic(study, np.exp(-5 * shares[:, :1]), shares)
    found = effects(Targets((target(0, 1),), ()), runs)
    assert found[0, 0] == pytest.approx(-1)
    assert abs(found[1, 0]) < 0.2


class Silent(Reporter):
    def say(self, words: str) -> None: ...


def options(folder: Path) -> RunOptions:
    return RunOptions(folder, jobs=1, reporter=Silent())


def test_every_point_has_luck_of_its_own_and_a_repeat_computes_nothing(tmp_path: Path) -> None:
    study = small(tmp_path)
    found = calibrate(study, options(tmp_path))
    assert isinstance(found, Calibrated)
    assert len(found.runs.results) == 20
    assert len({run.seed for run in found.runs.results.values()}) == 20
    assert found.runs.rounds.tolist() == [0] * 16 + [1] * 4
    for (point, _), run in found.runs.results.items():
        assert run.seed == found.runs.seed(point, 0)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("manifest.json")}
    again = calibrate(study, options(tmp_path))
    assert isinstance(again, Calibrated)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("manifest.json")} == before
    assert (again.drawn.shares == found.drawn.shares).all()
    assert (again.accepted.points == found.accepted.points).all()


def test_values_come_from_the_runs_of_their_points(tmp_path: Path) -> None:
    """More calls where residents ask more: the truth of a design point is where it was put."""
    found = calibrate(small(tmp_path), options(tmp_path))
    assert isinstance(found, Calibrated)
    assert effects(found.targets, found.runs)[1, 0] > 0.7
    low, high = np.quantile(found.runs.values("pattern_contacts"), [0.1, 0.9])
    assert high > 2 * low


def test_held_out_patterns_are_not_read_before_they_are_revealed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    small(tmp_path)
    asked: list[str] = []
    values = Runs.values

    def noting(self: Runs, name: str) -> np.ndarray:
        asked.append(name)
        return values(self, name)

    monkeypatch.setattr(Runs, "values", noting)
    words = [
        "calibrate",
        str(tmp_path / "small.yaml"),
        "--out",
        str(tmp_path / "out"),
        "--jobs",
        "1",
        "--no-figures",
    ]
    assert main(words) == 0
    folder = tmp_path / "out" / "small"
    held = {"pattern_admin", "pattern_decline", "pattern_ageing"}
    assert set(asked) == {"pattern_contacts"}
    assert not any(name in file.read_text() for file in folder.glob("*.csv") for name in held)
    assert not (folder / "held_out.csv").exists()
    said = capsys.readouterr().out
    assert "Held out and not read: P25" in said
    assert "--reveal" in said
    assert main([*words, "--reveal"]) == 0
    assert held < set(asked)
    with (folder / "held_out.csv").open(encoding="utf-8-sig") as file:
        assert {row["indicator"] for row in csv.DictReader(file)} == held
    assert main([*words, "--docs", str(tmp_path / "docs")]) == 0
    assert "have been read before" in capsys.readouterr().err
    page = (tmp_path / "docs" / "calibration.md").read_text(encoding="utf-8")
    assert "--out out --reveal" in page
    assert str(tmp_path) not in page


def test_revealing_reads_accepted_points_and_the_design(tmp_path: Path) -> None:
    found = calibrate(small(tmp_path), options(tmp_path))
    assert isinstance(found, Calibrated)
    ageing = next(each for each in reveal(found) if each.target.name == "pattern_ageing")
    values = found.runs.values("pattern_ageing")[:, 0]
    assert ageing.values.tolist() == values[found.accepted.points].tolist()
    assert ageing.before.tolist() == values[:16].tolist()


def test_the_files_say_what_is_printed_and_the_region_is_a_list_of_points(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study = small(tmp_path)
    out = tmp_path / "out"
    assert (
        main(["calibrate", str(tmp_path / "small.yaml"), "--out", str(out), "--jobs", "1", "--twins", "2"])
        == 0
    )
    said = capsys.readouterr().out
    folder = out / "small"
    assert (folder / "calibration.png").stat().st_size > 10_000
    points = read_points(folder / "accepted.csv", "accepted.csv", study.factors)
    with (folder / "patterns.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 20
    assert len(points) == sum(row["accepted"] == "yes" for row in rows)
    with (folder / "identifiable.csv").open(encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            assert f"{float(row['low']):.3g} to {float(row['high']):.3g}" in said
            assert (
                float(row["prior_low"]) <= float(row["low"]) < float(row["high"]) <= float(row["prior_high"])
            )
    with (folder / "twins.csv").open(encoding="utf-8-sig") as file:
        found = list(csv.DictReader(file))
    assert len(found) == 4
    inside = len({row["twin"] for row in found if row["in_region"] == "yes"})
    assert f"region in {inside} of 2" in " ".join(said.split())


def test_a_calibration_of_several_models_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small(tmp_path, model="legacy_administrative, shanghai")
    assert main(["calibrate", str(tmp_path / "small.yaml"), "--out", str(tmp_path)]) == 4
    assert "2 models" in capsys.readouterr().err


def test_a_study_that_is_not_there_is_bad_input(tmp_path: Path) -> None:
    assert main(["calibrate", "no_such_study", "--out", str(tmp_path)]) == 2


TWIN_STUDY = """
study: 1
name: {en: Twin experiment}
scenario: tiny
settings: {run.weeks: 52, population.residents: 1000}
over:
  reporting.hotline: [0.15, 1.0]
  problems.classes.consultation.rate: [0.15, 0.7]
  population.participation.threshold.mean: [0.4, 0.75]
  workforce.burnout_gain: [0.03, 0.25]
  workforce.burnout_decay: [0.015, 0.09]
models: [legacy_administrative]
design: {kind: sobol, points: 128, seed: 1}
seeds: 1
calibration:
  rounds: 0
  fit: [pattern_contacts, pattern_orders, pattern_desk, pattern_burnout, pattern_members, pattern_volunteers]
"""


@pytest.mark.assurance
def test_known_districts_are_found_again(tmp_path: Path) -> None:
    """Ten districts with known parameters, run by the engine (half a minute on an idle core)."""
    file = tmp_path / "twin.yaml"
    file.write_text(TWIN_STUDY, encoding="utf-8")
    study = load_study(file)
    found = calibrate(study, options(tmp_path))
    assert isinstance(found, Calibrated)
    tried = twins(study, found.emulators, 10, options(tmp_path))
    assert (
        sum(twin.inside for twin in tried) >= 8
    )  # a region that holds 90 % has so many in 93 of 100 experiments
    assert np.mean([inside for twin in tried for inside in twin.intervals()]) >= 0.8
    widths = np.mean([[one.width for one in twin.known] for twin in tried], axis=0)
    assert widths[0] < 0.5  # calls and orders tell how readily residents call,
    assert widths[2] < 0.5  # and answers to calls how easily they are moved;
    gain, decay = ([twin.known[rank].verdict for twin in tried] for rank in (3, 4))
    assert gain.count("identified") == decay.count("identified") == 0  # of these two only the ratio shows


def test_the_shipped_region_is_one_of_the_shipped_study() -> None:
    """Every point of the region makes a valid district, and the calibrated scenario is one of them."""
    study = load_study("calibrate_yingzi")
    shelf = scenario_shelf().folder
    region = read_points(shelf / "studies" / "yingzi_region.csv", "yingzi_region.csv", study.factors)
    assert len(region) >= 10
    for point in region:
        study.load([item.setting(value) for item, value in zip(study.factors, point, strict=True)])
    before = [factor(load("yingzi_overloaded"), item.path, item.low, item.high) for item in study.factors]
    assert tuple(item.today for item in study.factors) in region
    assert tuple(item.today for item in before) not in region
