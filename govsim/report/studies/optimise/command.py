"""The command optimise: searches, or finds what is there, and writes page, tables and figure."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from govsim.extras import require
from govsim.report.exits import DONE, INTERRUPTED, SOME_FAILED
from govsim.report.stamps import stamp
from govsim.report.writing import write_whole
from govsim.results.store import prepare, slug
from govsim.runner.options import RunOptions
from govsim.scenario.messages import Place, Problem, ScenarioError

if TYPE_CHECKING:
    from govsim.scenario.studies import LoadedStudy
    from govsim.studies.design import Design


def optimise_command(
    study: str,
    overrides: Sequence[str],
    region: Path | None,
    options: RunOptions,
    docs: Path | None = None,
    controls: bool = False,
) -> int:
    """Search for portfolios, write the answer, and return the exit code; finished runs are used again.

    Parameters
    ----------
    region : Path, optional
        CSV file whose header names parameters and whose rows are districts that the answer must hold over, instead of the
        varied parameters of the study.
    docs : Path, optional
        Folder into which page and figure are also written, as ``optimise.md`` and ``optimise.svg``.
    controls
        Also run what is shown without its network, ranking or routing.

    Raises
    ------
    ScenarioError
        If study, scenario or region is refused.
    RefusedError
        If nothing can be compared, or no portfolio keeps the limits.
    """
    from govsim.report.studies.optimise.figure import draw
    from govsim.report.studies.optimise.page import page
    from govsim.report.studies.optimise.tables import tables
    from govsim.scenario.studies import load_study, study_file
    from govsim.studies.optimise.answer import answer
    from govsim.studies.optimise.bench import InterruptedSearchError, PortfolioRuns, goals_of
    from govsim.studies.optimise.portfolios import Space

    require("optuna", "the search for portfolios")
    loaded = load_study(study, overrides)
    if loaded.study.optimise is None:
        missing = "has no block optimise, which says what goals, measures and limits there are"
        hint = "an example: scenarios/studies/optimise_yingzi.yaml"
        raise ScenarioError([Problem.at(Place(study_file(study)), "optimise", missing, [hint])])
    goals = goals_of(loaded)
    design, origin = _region(loaded, region)
    prepare(options.out)
    bench = PortfolioRuns(Space(loaded), goals, options)
    try:
        found = answer(bench, design, controls)
    except InterruptedSearchError:
        print("interrupted: finished runs are kept; the same command continues.", file=sys.stderr)
        return INTERRUPTED
    finally:
        for failure in bench.failures:
            print(f"seed {failure.seed} of {failure.label} failed: {failure.problem}", file=sys.stderr)
            print(f"  again: {failure.repeat}", file=sys.stderr)
    said = ["govsim", "optimise", study]
    said += [word for override in overrides for word in ("--set", override)]
    said += ["--region", region.as_posix()] if region is not None else []
    said += ["--controls"] if controls else []
    again = shlex.join(said)
    figure = draw(found, f"{loaded.base.label}; made by {again}")
    folder = options.out / slug(loaded.label)
    files: dict[str, bytes] = dict(tables(found))
    files |= {f"front.{kind}": content for kind, content in figure.items()}
    files["answer.md"] = page(found, again, origin, "front.svg").encode("utf-8")
    for name, content in files.items():
        write_whole(folder / name, content)
    if docs is not None:
        made = stamp(f"{again} --docs docs", loaded, *([] if region is None else [region])).comment()
        text = f"{page(found, again, origin, 'optimise.svg')}\n{made}".encode()
        write_whole(docs / "optimise.md", text)
        write_whole(docs / "optimise.svg", figure["svg"])
    print(
        f"{len(found.tried.candidates):,} portfolios tried, {len(found.front):,} on the front, {len(found.shown)} shown"
    )
    print(f"written: {(folder / 'answer.md').as_posix()}  ({found.computed} runs and {found.reused} found)")
    return SOME_FAILED if bench.failures else DONE


def _region(loaded: LoadedStudy, file: Path | None) -> tuple[Design, str]:
    """Return the districts that the answer must hold over, and where they come from in words."""
    import numpy as np

    from govsim.scenario.studies import read_region
    from govsim.studies.design import Design, of_study
    from govsim.studies.optimise.answer import thinned

    asked = loaded.study.optimise
    assert asked is not None
    if file is None:
        words = {
            "sobol": "a Sobol sequence over the ranges of the study", "grid": "a grid over the ranges of the study",
            "latin_hypercube": "a Latin hypercube over the ranges of the study", "list": "the list of the study",
        }  # fmt: skip
        return thinned(of_study(loaded), asked.region_points), words[loaded.study.design.kind]
    shown = file.as_posix()
    factors, rows = read_region(file, shown, loaded.base)
    points = np.array(rows, np.float64)
    return thinned(Design(factors, points), asked.region_points), f"accepted points of `{file.name}`"
