"""Figures beside those on the page."""

from __future__ import annotations

from benchmarks.beside import Figure, verdicts
from benchmarks.tables import ALL, Aim, Section, Table
from benchmarks.timing import Spread


def section(ratio: float, ms: str, speed: str) -> Section:
    aims = [Aim("ours / theirs", Spread(ratio, ratio, ratio), 2.0, True)]
    head, row = ("size", "runs", "a week, ms", "speed"), ["1,000", "7", ms, speed]
    table = Table("Runs of 20 weeks", head, [row], more=("speed",), less=("a week, ms",))
    return Section(aims, [table])


def test_better_worse_and_the_same_are_told() -> None:
    page = section(3.0, "1,141 (1,122–1,160)", "5.00").markdown()
    assert list(verdicts(section(4.0, "1,150", "4.60"), page)) == [
        "aim: ours / theirs: 4.00, on the page 3.00: better",
        "1,000, a week, ms: 1,150, on the page 1,141: same",
        "1,000, speed: 4.60, on the page 5.00: same",
    ]
    assert list(verdicts(section(2.0, "1,000", "4.00"), page)) == [
        "aim: ours / theirs: 2.00, on the page 3.00: worse",
        "1,000, a week, ms: 1,000, on the page 1,141: better",
        "1,000, speed: 4.00, on the page 5.00: worse",
    ]
    assert [line.endswith("not on the page") for line in verdicts(section(2.0, "1", "1"), "")] == [True] * 3


def test_few_cases_are_told_beside_many_and_what_is_no_figure_is_left_out() -> None:
    def queue(cases: str) -> Section:
        rows = [[f"1 office, 3 workers, {cases} cases", "2.0 (1.0–3.0)", "–"]]
        return Section([], [Table("Cases", ("queues", "govsim", "Ciw"), rows, more=(ALL,))])

    said = list(verdicts(queue("977"), queue("4,933").markdown()))
    assert said == ["1 office, 3 workers, govsim: 2.00, on the page 2.00: same"]
    assert Figure.read("objects") is None
    assert Figure.read("2.43 (1.62–2.71)") == (2.43, 1.62, 2.71)
