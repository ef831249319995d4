"""The page docs/sensitivity.md: command, design, noise, the order of assumptions, and every table."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from govsim.report.stamps import stamp
from govsim.results.provenance import portable
from govsim.study.influence import Standing
from govsim.study.screening import Screened

if TYPE_CHECKING:
    from govsim.report.studies.sensitivity import About

NAME = "sensitivity"
_TOP = 5


def write_page(
    folder: Path,
    screened: Screened,
    about: Sequence[About],
    order: Sequence[Standing],
    figure: bytes | None,
    command: Sequence[str],
) -> Path:
    """Write the page with its figure into a folder of pages and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    if figure is not None:
        (folder / f"{NAME}.png").write_bytes(figure)
    page = folder / f"{NAME}.md"
    lines = [*_page(screened, about, order, figure is not None, command), ""]
    lines += stamp(shlex.join(portable(list(command))), screened.halves[0].study).comment().splitlines()
    page.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    return page


def _page(
    screened: Screened,
    about: Sequence[About],
    order: Sequence[Standing],
    drawn: bool,
    command: Sequence[str],
) -> Iterator[str]:
    half, screening = screened.halves[0], screened.screening
    study = half.study
    base = study.base.scenario
    morris = screening.method == "morris"
    seeds, first = len(half.seeds), half.seeds[0]
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
        f"{base.run.weeks} weeks): {len(screening.design)} points × {len(half.labels)} models × {seeds} seeds = "
        f"{len(screening.design) * len(half.labels) * seeds:,} runs, capacity {study.study.capacity_mode}. "
        "Every parameter goes over its whole range while the others stand anywhere in theirs, so these are statements about "
        "the ranges and not about the district as it is."
    )
    yield ""
    yield (
        f"Every point has the same {seeds} seeds, and the number is the mean over them. A *dummy parameter* changes nothing "
        f"but the seeds (from {first}–{half.seeds[-1]} to {first + seeds}–{half.seeds[-1] + seeds}): what it seems to do is "
        "what chance does, the floor. A parameter counts as doing more than chance if its steps are larger than its own "
        "seeds explain (F ratio, corrected over parameters by Holm, 5 %) and its index lies above the dummy's interval. "
        "What is below the floor may still matter outside of these ranges, with more seeds, or in other indicators."
    )
    yield ""
    yield f"## The {_TOP} most influential"
    yield ""
    what = "the difference between the models" if len(half.labels) > 1 else "the model"
    yield (
        f"Over all indicators below, by what they do to {what}: *influence* is the mean over the indicators of a parameter's "
        "index as a share of the largest index of any parameter, counted as 0 where it does no more than chance."
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
        yield f"Do no more than chance to {what} in any of these indicators: {', '.join(nothing)}."
    if drawn:
        yield ""
        yield f"![Indices with 95 % intervals, the floor dashed]({NAME}.png)"
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
        yield from _table(screened, item)


def _table(screened: Screened, item: About) -> Iterator[str]:
    morris = screened.screening.method == "morris"
    factors = screened.halves[0].study.factors
    decimals = item.indicator.decimals if morris else 2
    unit = item.indicator.unit if morris else "share of variance"
    index, lean = (
        (f"change over the range, {unit}", "with sign") if morris else ("total index", "first order")
    )
    yield f"| parameter | {index} | 95 % interval | {lean} | spread |"
    yield "|---|--:|--:|--:|--:|"
    counted = [entry for entry in item.analysis.ranked if entry.above]
    for entry in (*counted, item.analysis.dummy):
        name = "*chance: other seeds only (the floor)*" if entry.rank < 0 else f"`{factors[entry.rank].path}`"
        interval = f"{entry.low:.{decimals}f} to {entry.high:.{decimals}f}"
        yield (
            f"| {name} | {entry.index:.{decimals}f} | {interval} | {entry.lean:+.{decimals}f} | {entry.spread:.{decimals}f} |"
        )
    if item.analysis.inert:
        names = ", ".join(f"`{factors[entry.rank].path}`" for entry in item.analysis.inert)
        yield ""
        yield f"No more than chance: {names}."
