"""The command districts: in how many plausible districts which difference holds, and the table that the main job reads."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import get_args

from govsim.report.exits import DONE
from govsim.report.stamps import stamp
from govsim.report.studies.common import StudyAsked, refuse_size, shown, tell, write_study
from govsim.report.writing import write_whole
from govsim.results.csvtext import BOM, Cell, table_bytes
from govsim.results.declare import Column
from govsim.results.indicators import HEADLINE
from govsim.results.values import Missing
from govsim.runner.options import RunOptions
from govsim.runner.progress import Reporter
from govsim.studies.design import of_study
from govsim.studies.districts import DistrictDifference, Verdict, in_districts
from govsim.studies.experiments import run_design

TABLE = "districts.csv"
COLUMNS = (
    Column("district", "district", "地区", "-", "Number of the point in the list, from 1."),
    Column("indicator", "indicator", "指标", "-", "Name; see dictionary.csv of a run."),
    Column("unit", "unit", "单位", "-", "Unit of the differences of the row."),
    Column("difference", "difference", "差值", "see unit", "Second model minus first, mean over seeds."),
    Column("low", "low end", "区间下端", "see unit", "Low end of the 95 % interval."),
    Column("high", "high end", "区间上端", "see unit", "High end of the 95 % interval."),
    Column("seeds", "seeds", "种子数", "seeds", "Pairs of runs."),
    Column("verdict", "verdict", "结论", "-",
           "Second model compared with the first by this interval alone: better, worse, higher, lower, undecided, n/a."),
)  # fmt: skip


def districts_command(
    asked: StudyAsked, options: RunOptions, beside: bool = False, force: bool = False
) -> int:
    """Run two models in every district of a list, write the table and return the exit code; finished runs are used again.

    Parameters
    ----------
    beside
        Also write the table beside the study file, under its name, where ``govsim run`` looks for it.

    Raises
    ------
    ScenarioError, RefusedError, EnvironmentProblem
        If the study is wrong or too large; if results cannot be compared or written.
    """
    loaded = asked.load()
    refuse_size(loaded, loaded.points, options.out, force)
    reporter = options.reporter or Reporter()
    count = loaded.study.seeds
    reporter.say(f"{loaded.points} districts x {len(loaded.models)} models x {count} seeds.")
    options = replace(options, reporter=reporter)
    ran = run_design(loaded, of_study(loaded), options, noted=loaded.points * len(loaded.models) * count)
    code = tell([ran])
    if code != DONE:
        return code
    found = in_districts(ran)
    rows = [_row(item) for item in found]
    folder = write_study(
        options, loaded, "districts", {TABLE: (COLUMNS, rows)}, {},
        {"districts": loaded.points, "seeds": list(ran.seeds), "models": list(ran.labels)},
    )  # fmt: skip
    print("\n".join(_answer(found, ran.labels, loaded.points)))
    if beside:
        changed = [word for item in asked.overrides for word in ("--set", item)]
        again = ["govsim", "districts", asked.study, *changed, "--seeds", str(count), "--beside"]
        file = Path(loaded.file).with_suffix(".csv")
        made = "".join(f"# {line}\n" for line in stamp(shlex.join(again), loaded).lines())
        table = (
            table_bytes(TABLE, [column.name for column in COLUMNS], rows).decode("utf-8").removeprefix(BOM)
        )
        write_whole(file, f"{BOM}{made}{table}".encode())
        print(f"written: {file.as_posix()}")
    print(f"Results    {shown(folder)}")
    if ran.reused:
        print(f"{ran.computed} runs and {ran.reused} found", file=sys.stderr)
    return code


def _row(item: DistrictDifference) -> list[Cell]:
    numbers: list[Cell] = [
        Missing.NO_BASE if value is None else value for value in (item.difference, item.low, item.high)
    ]
    return [item.district, item.indicator.name, item.indicator.unit, *numbers, item.seeds, item.verdict]


def _answer(found: Sequence[DistrictDifference], labels: Sequence[str], districts: int) -> Iterator[str]:
    yield f"{labels[1]} compared with {labels[0]} in {districts} districts"
    words = get_args(Verdict)
    yield f"{'':<46}" + "".join(f"{word:>11}" for word in words)
    for indicator in HEADLINE:
        verdicts = [item.verdict for item in found if item.indicator is indicator]
        counts = "".join(f"{verdicts.count(word) or '':>11}" for word in words)
        yield f"{indicator.words:<46}{counts}"
    yield "By the 95% interval of each district alone: of twenty districts without a difference, one gets a verdict by chance."
