"""``govsim calibrate``: from a study to its accepted region, as files and words."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import Any

from govsim.extras import require
from govsim.report.exits import DONE, INTERRUPTED, REFUSED, SOME_FAILED
from govsim.report.studies.calibration.tables import CalibrationAnswer, tables, write
from govsim.report.studies.calibration.words import text
from govsim.report.studies.common import refuse_size
from govsim.results.provenance import portable
from govsim.results.store import slug
from govsim.results.values import Missing
from govsim.runner.options import RunOptions
from govsim.studies.calibration.runs import Runs


def calibrate_command(
    study: str,
    overrides: list[str],
    options: RunOptions,
    reveal: bool,
    twins: int,
    figures: bool,
    json_output: bool,
    docs: Path | None = None,
    force: bool = False,
) -> int:
    """Calibrate a study, write its tables, print the summary and return the exit code."""
    from govsim.scenario.studies import load_study
    from govsim.studies.calibration.reading import reveal as read_held_out
    from govsim.studies.calibration.search import calibrate
    from govsim.studies.calibration.twin import twins as run_twins

    require("sklearn", "calibration")
    loaded = load_study(study, overrides)
    asked = loaded.study.calibration
    refuse_size(loaded, loaded.points + asked.rounds * asked.points, options.out, force)
    found = calibrate(loaded, options)
    if isinstance(found, Runs):
        print(f"interrupted: {len(found.results)} runs kept; the same command continues.", file=sys.stderr)
        return INTERRUPTED
    answer = CalibrationAnswer(
        found,
        read_held_out(found) if reveal else (),
        run_twins(loaded, found.emulators, twins, options) if twins else (),
    )
    folder = options.out / slug(loaded.label)
    seen_before = (folder / "held_out.csv").exists() and not reveal
    pictures: dict[str, bytes] = {}
    if figures:
        from govsim.report.studies.calibration.figure import draw

        pictures = draw(answer)
    write(folder, answer, pictures)
    changed = [word for setting in overrides for word in ("--set", setting)]
    where = [] if options.out == Path("results") else ["--out", options.out.as_posix()]
    words = ["govsim", "calibrate", study, *changed, *where, "--reveal"]
    again = shlex.join(words)
    if docs is not None:
        from govsim.report.studies.calibration.page import write_page

        write_page(
            docs, answer, pictures.get("calibration.png"), options.command, shlex.join(portable(words))
        )
    if json_output:
        print(json.dumps(as_json(answer), ensure_ascii=False, allow_nan=False, indent=1))
    else:
        print(text(answer, folder.as_posix(), again), end="")
    if seen_before:
        print(
            "held_out.csv is there: held-out patterns of this study have been read before.", file=sys.stderr
        )
    return _failed(found.runs)


def _failed(runs: Runs) -> int:
    for failure in runs.failures:
        print(f"seed {failure.seed} of {failure.label} failed: {failure.problem}", file=sys.stderr)
        print(f"  again: {failure.repeat}", file=sys.stderr)
    if not runs.failures:
        return DONE
    return REFUSED if any(failure.refused for failure in runs.failures) else SOME_FAILED


def as_json(answer: CalibrationAnswer) -> dict[str, Any]:
    """Return every table as a list of objects, and the tolerance."""
    return {
        "study": answer.found.study.label,
        "runs": len(answer.found.runs.results),
        "tolerance": answer.found.accepted.tolerance,
        **{
            name: [
                {
                    key: None if isinstance(cell, Missing) else cell
                    for key, cell in zip(header, row, strict=True)
                }
                for row in rows
            ]
            for name, (header, rows) in tables(answer).items()
        },
    }
