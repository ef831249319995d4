"""The page of the theory suite: every law, numbers that come from the experiments, figures that are the same twice."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import govsim
from govsim.assurance.theory import (
    COBHAM,
    DEGROOT,
    ERLANG,
    FRIEDKIN,
    GRANOVETTER,
    LAWS,
    POISSON,
    ROUNDS,
    Check,
    Finding,
    Law,
    quick_nulls,
)
from govsim.assurance.theory.findings import check_share, estimated, governance, scenario
from govsim.report import assurance as room
from govsim.report.assurance import draw_law, number_of, page, section, theory_command

DOCS = Path(govsim.__file__).parent.parent / "docs"


@pytest.fixture(scope="module")
def findings() -> list[Finding]:
    """What a small part of every experiment finds."""
    return [law.examine(quick=True) for law in LAWS]


def rows(text: str) -> Iterator[list[str]]:
    """Yield the cells of the tables of comparisons."""
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == 6 and cells[0] not in ("what", "---"):
            yield cells


@pytest.mark.assurance
def test_the_engine_keeps_every_law_in_a_small_part(findings: list[Finding]) -> None:
    outside = [check for finding in findings for check in finding.checks if not check.ok]
    assert not outside


@pytest.mark.assurance
def test_a_small_part_can_tell(findings: list[Finding]) -> None:
    """A tolerance that lets everything pass is no comparison: what is expected above zero is within a third of itself."""
    for finding in findings:
        for check in finding.checks:
            assert check.tolerance < max(0.4 * abs(check.exact), 0.02), check
            assert 0.0 <= check.false_alarm < 0.01, check


@pytest.mark.assurance
def test_numbers_of_the_page_are_those_of_the_experiments(findings: list[Finding]) -> None:
    text = page(LAWS, findings)
    expected = [
        [check.name, number_of(check.exact), number_of(check.engine), number_of(check.tolerance)]
        for finding in findings
        for check in finding.checks
    ]
    assert [row[:4] for row in rows(text)] == expected
    for law in LAWS:
        assert f"## {law.title}\n" in text
        assert f"](theory/{law.name}.svg)" in text
        assert f"](#{law.name})" in text
        assert f'<a id="{law.name}">' in text
        assert law.source in text
    changed = replace(findings[0].checks[0], engine=findings[0].checks[0].exact + 77.0)
    worse = [replace(findings[0], checks=(changed, *findings[0].checks[1:])), *findings[1:]]
    text = page(LAWS, worse)
    assert number_of(changed.engine) in text
    assert "**outside**" in text


@pytest.mark.assurance
def test_keys_of_the_page_are_ordinary_ones() -> None:
    for law in LAWS:
        scenario(law.scenario)
        governance(law.governance)


@pytest.mark.assurance
@pytest.mark.parametrize("law", [DEGROOT, FRIEDKIN], ids=lambda law: law.name)
def test_figures_are_the_same_bytes_twice(law: Law) -> None:
    first = draw_law(law, law.examine(quick=True))
    again = draw_law(law, law.examine(quick=True))
    assert first == again
    assert b"<svg" in first["svg"][:1000]
    assert b"<dc:date>" not in first["svg"]


@pytest.mark.assurance
def test_the_command_writes_page_and_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(room, "LAWS", (DEGROOT,))
    monkeypatch.setattr(Law, "examine", lambda law, quick=False: law.experiment(True, 1))
    assert theory_command(tmp_path / "new") == 0
    assert (tmp_path / "new" / "theory" / "degroot.svg").stat().st_size > 10_000
    assert list(rows((tmp_path / "new" / "theory.md").read_text(encoding="utf-8")))
    said = capsys.readouterr()
    assert "4 of 4 comparisons within tolerance" in said.out
    assert "1/1 DeGroot" in said.err


@pytest.mark.assurance
def test_an_engine_that_is_off_is_told_with_exit_code_4(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    off = Check("cell", exact=1.0, engine=1.5, tolerance=0.1)
    wrong = replace(
        DEGROOT, experiment=lambda quick, seed: replace(DEGROOT.experiment(True, seed), checks=(off,))
    )
    monkeypatch.setattr(room, "LAWS", (wrong,))
    assert theory_command(tmp_path) == 4
    assert "outside: cell: exact 1, engine 1.5" in capsys.readouterr().out
    assert "**outside**" in (tmp_path / "theory.md").read_text(encoding="utf-8")


@pytest.mark.assurance
def test_what_is_outside_is_measured_once_more() -> None:
    """A false alarm is forgiven, a fault is not, and the first value stays in sight."""

    def law_of(*engine: float) -> Law:
        def experiment(quick: bool, seed: int) -> Finding:
            return Finding(
                (Check("cell", 1.0, engine[seed - 1], 0.1, 0.005), Check("other", 1.0, 1.0, 0.1)), ()
            )

        return replace(ERLANG, experiment=experiment)

    alarm = law_of(1.5, 1.05).examine()
    assert alarm.ok
    assert alarm.checks[0].first == 1.5
    assert alarm.checks[0].false_alarm == pytest.approx(0.005**2)
    assert alarm.checks[1].first is None
    assert "first 1.5" in section(replace(DEGROOT), alarm)
    assert not law_of(1.5, 1.5).examine().ok
    assert law_of(1.05, 1.5).examine().checks[0].engine == 1.05


@pytest.mark.assurance
def test_not_a_number_is_outside() -> None:
    assert not Check("cell", 1.0, math.nan, 0.1).ok
    assert not Check("cell", 1.0, 1.0, math.nan).ok


@pytest.mark.assurance
def test_estimates_fail_as_often_as_they_say() -> None:
    draws = np.random.default_rng(5).normal(2.0, 1.0, (20_000, 40))
    checks = [estimated("cell", 2.0, sample) for sample in draws]
    misses = sum(not check.ok for check in checks)
    expected = checks[0].false_alarm * len(checks)
    assert 0.004 < checks[0].false_alarm < 0.005
    assert abs(misses - expected) < 4.0 * np.sqrt(expected)
    covered = np.mean([abs(check.engine - 2.0) <= check.interval for check in checks])
    assert covered == pytest.approx(0.95, abs=0.01)


@pytest.mark.assurance
@pytest.mark.parametrize(("share", "trials"), [(0.87, 40), (0.39, 40), (0.02, 50), (0.5, 9)])
def test_shares_fail_as_often_as_they_say(share: float, trials: int) -> None:
    from scipy import stats

    chances = stats.binom.pmf(np.arange(trials + 1), trials, share)
    checks = [check_share("cell", share, hits, trials) for hits in range(trials + 1)]
    missed = sum(chance for chance, check in zip(chances, checks, strict=True) if not check.ok)
    assert checks[0].false_alarm == pytest.approx(missed, rel=1e-9)


@pytest.mark.assurance
def test_quick_nulls_are_a_handful_of_each_kind() -> None:
    checks = quick_nulls()
    assert all(check.ok for check in checks)
    expected = {law.name: [c.name for c in law.examine(True).checks] for law in (GRANOVETTER, DEGROOT)}
    names = [check.name for check in checks]
    assert set(expected["granovetter"]) | set(expected["degroot"]) < set(names)
    by_name = {check.name: check for check in checks}
    assert by_name["thresholds 0, 1, 2, 3 to 99: people in the end"].engine == pytest.approx(100.0)
    assert by_name["thresholds 0, 2, 2, 3 to 99: people in the end"].engine == pytest.approx(1.0)
    assert by_name["weight of person A in the consensus of three"].exact == pytest.approx(3 / 11)


@pytest.mark.assurance
def test_the_page_in_docs_has_every_law_and_its_figure() -> None:
    text = (DOCS / "theory.md").read_text(encoding="utf-8")
    assert re.findall(r'<a id="([a-z-]+)">', text) == [law.name for law in LAWS]
    assert "**outside**" not in text
    for law in LAWS:
        assert (DOCS / "theory" / f"{law.name}.svg").stat().st_size > 10_000


@pytest.mark.assurance
@pytest.mark.parametrize(
    "law", [COBHAM, GRANOVETTER, DEGROOT, FRIEDKIN, POISSON, ROUNDS], ids=lambda law: law.name
)
def test_the_page_in_docs_is_current(law: Law) -> None:
    """After a change of results: ``govsim theory`` writes the page anew."""
    assert section(law, law.examine()) in (DOCS / "theory.md").read_text(encoding="utf-8")
