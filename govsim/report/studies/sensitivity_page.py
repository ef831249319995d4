"""The page docs/sensitivity.md: command, design, noise, the order of assumptions, and every table."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from govsim.report.stamps import stamp
from govsim.report.studies.common import smaller
from govsim.results.provenance import portable
from govsim.scenario.studies import Factor
from govsim.studies.experiments import Experiments
from govsim.studies.influence import Standing
from govsim.studies.sensitivity import Screening

if TYPE_CHECKING:
    from govsim.report.studies.sensitivity import AnalysedIndicator

NAME = "sensitivity"
_TOP = 5


def write_page(
    folder: Path,
    screening: Screening,
    ran: Experiments,
    about: Sequence[AnalysedIndicator],
    order: Sequence[Standing],
    figure: bytes | None,
    command: Sequence[str],
) -> Path:
    """Write the page with its figure into a folder of pages and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    if figure is not None:
        (folder / f"{NAME}.png").write_bytes(figure)
    page = folder / f"{NAME}.md"
    lines = [*_page(screening, ran, about, order, figure is not None, command), ""]
    lines += stamp(shlex.join(portable(list(command))), ran.study).comment().splitlines()
    page.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    return page


def _page(
    screening: Screening,
    ran: Experiments,
    about: Sequence[AnalysedIndicator],
    order: Sequence[Standing],
    drawn: bool,
    command: Sequence[str],
) -> Iterator[str]:
    study = ran.study
    base = study.base.scenario
    morris = screening.method == "morris"
    seeds = len(ran.seeds)
    yield f"# Which assumptions matter: {study.label}"
    yield ""
    yield "Written by the command below from its runs; nothing on this page is typed in."
    yield ""
    yield f"```bash\n{shlex.join(portable(list(command)))}\n```"
    yield ""
    how = (
        f"Morris screening, {screening.size} trajectories"
        if morris
        else f"Sobol indices, {screening.size} base points"
    )
    yield (
        f"{how} over {len(study.factors)} parameters of {study.base.label} ({base.population.residents:,} residents, "
        f"{base.run.weeks} weeks): {len(screening.design)} points × {len(ran.labels)} models × {seeds} seeds = "
        f"{len(screening.design) * len(ran.labels) * seeds:,} runs, capacity {study.study.capacity_mode}. "
        "Every parameter goes over its whole range while the others stand anywhere in theirs, so these are statements about "
        "the ranges and not about the district as it is."
    )
    yield ""
    yield (
        f"Every point has the same {seeds} seeds, and the number is the mean over them. What a seed does to all points cancels "
        "in the steps of a parameter; what is left of chance is taken out of the indices, which are products of different "
        "seeds: a parameter that does nothing has 0 on average. A parameter is found to move a number if its steps are larger "
        "than its own seeds explain (F ratio, corrected over parameters by Holm, 5%). All others are undecided, with the size "
        "that their effect is smaller than (95%, at the places that were run; root of the mean square). They may still matter "
        "outside of these ranges or in other indicators."
    )
    yield ""
    yield f"## The {_TOP} most influential"
    yield ""
    what = "the difference between the models" if len(ran.labels) > 1 else "the model"
    yield (
        f"Over all indicators below, by what they do to {what}: *influence* is the mean over the indicators of a parameter's "
        "index as a share of the largest index of any parameter, counted as 0 where it is undecided."
    )
    yield ""
    yield "| | parameter | meaning | status | range | today | influence | moves |"
    yield "|--:|---|---|---|--:|--:|--:|---|"
    by_path = {factor.path: factor for factor in study.factors}
    for one in [item for item in order if item.moves][:_TOP]:
        factor = by_path[one.parameter]
        yield (
            f"| {one.place} | `{one.parameter}` | {one.label_en}, {factor.unit} | {one.status} | "
            f"{factor.low:g}–{factor.high:g} | {factor.today:g} | {one.influence:.2f} | {', '.join(one.moves)} |"
        )
    nothing = [f"`{item.parameter}`" for item in order if not item.moves]
    if nothing:
        yield ""
        yield f"Undecided for {what} in all of these indicators: {', '.join(nothing)}. The tables say how small that is."
    if drawn:
        yield ""
        yield f"![Indices with 95% intervals]({NAME}.png)"
    yield ""
    yield "## Noise"
    yield ""
    yield (
        "Share of variance that is between seeds at one point, over the whole design: of single runs, and of means over "
        f"{seeds}."
    )
    yield ""
    yield "| number | of | single runs | means |"
    yield "|---|---|--:|--:|"
    for item in about:
        noise = f"{item.analysis.noise_single:.1%} | {item.analysis.noise_mean:.1%}"
        yield f"| {item.indicator.words} | {item.words} | {noise} |"
    for item in about:
        yield ""
        yield f"## {item.indicator.label_en}: {item.words}"
        yield ""
        yield from _table(screening, study.factors, item)


def _table(screening: Screening, factors: Sequence[Factor], item: AnalysedIndicator) -> Iterator[str]:
    morris = screening.method == "morris"
    decimals = item.indicator.decimals if morris else 2
    unit = item.indicator.unit if morris else "share of variance"
    index, lean = (
        (f"change over the range, {unit}", "with sign") if morris else ("total index", "first order")
    )
    if item.analysis.found:
        yield f"| parameter | {index} | 95% interval | {lean} | spread |"
        yield "|---|--:|--:|--:|--:|"
    for entry in item.analysis.found:
        interval = f"{entry.low:.{decimals}f} to {entry.high:.{decimals}f}"
        yield (
            f"| `{factors[entry.rank].path}` | {entry.index:.{decimals}f} | {interval} | {entry.lean:+.{decimals}f} | "
            f"{entry.spread:.{decimals}f} |"
        )
    if item.analysis.undecided:
        names = [
            f"`{factors[one.rank].path}` {smaller(one.bound, decimals)}" for one in item.analysis.undecided
        ]
        if item.analysis.found:
            yield ""
        yield f"Undecided: {', '.join(names)}."
