"""From finished runs to what a person sees: the comparison, its folder, and the printed answer."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from govsim.report.answers import seen_from_here
from govsim.report.comparing.about import Request, comparison_record, differing_values
from govsim.report.comparing.tables import ARMS, arm_rows
from govsim.report.districts import districts_of
from govsim.report.docs.words import language_of
from govsim.report.files import comparison_key, difference_table, is_written, runs, write_comparison
from govsim.report.glossary import Said
from govsim.report.glossary import indicator as named
from govsim.report.html.reading import read_material
from govsim.report.request import SharedOptions, Until
from govsim.report.running import Block, Ran
from govsim.report.shipped_tables import measures_of
from govsim.report.terminal import Told, print_answer
from govsim.results.errors import RefusedError
from govsim.results.provenance import portable
from govsim.results.values import spans
from govsim.runner.find_runs import Mixture
from govsim.runner.planning import Choice
from govsim.statistics.paired import FEWEST_SEEDS
from govsim.studies.ablations import CONTROLS, Controlled, controlled, controls_table
from govsim.studies.answer import DataTable
from govsim.studies.compare import MOST_SEEDS, ArmRuns, Comparison, Reached, compare, looked_at_together
from govsim.studies.groups import compare_groups


def present(
    asked: SharedOptions,
    choices: Sequence[Choice],
    blocks: list[Block],
    under: list[Block],
    ran: Ran,
    reached: Reached | None,
) -> None:
    """Compare, write the folder and print the answer.

    Parameters
    ----------
    choices
        Of the first block.
    blocks, under
        Finished runs as asked for, and under the controls.
    reached
        How closely the difference is known that was to be known closely.

    Raises
    ------
    RefusedError
        If the arms cannot be compared.
    """
    main = _named_apart(blocks[0])
    comparisons = _compared(main, asked.allow_unequal_budget, asked.independent)
    # Asking for both modes is asking for the second one's unequal budgets, which stand under a banner.
    second = _named_apart(blocks[1]) if len(blocks) > 1 and _differs(main, blocks[1]) else ()
    second_comparisons = _compared(second, True, asked.independent) if second else []
    every = [*comparisons, *second_comparisons]
    within = _within(main, asked) if asked.within else []
    left = [
        [
            controlled(
                control,
                plain,
                compare(arms[0], arms[n], allow_unequal_budget=True, independent=asked.independent),
            )
            for control, arms in zip(CONTROLS, under, strict=True)
        ]
        for n, plain in enumerate(comparisons, 1)
        if under
    ]
    groups = [compare_groups(c.baseline, c.other, independent=c.independent) for c in every]
    until = _until(asked, reached)
    next_command, why_next = _next(asked, ran.asked, reached)
    terms = [asked.independent, asked.allow_unequal_budget, until, *(["within"] if within else [])]
    arms = (*main, *second, *(arm for block in under for arm in block))
    mixed = Mixture(run for arm in arms for run in arm.runs).mixed
    folder = main[0].runs[0].folder.parent / f"comparison-{comparison_key(arms, terms)}"
    about = _about(asked, choices, len(main[0].runs), until)
    drawn = asked.presentation.drawn
    if not is_written(folder, drawn):
        print("Comparing, drawing and writing the report." if drawn else "Comparing.", file=sys.stderr)
        items = [item for some in left for item in some]
        write_comparison(
            folder, main, second, every, groups, asked.options.command, about, drawn, items, within
        )
    page = _page(asked, folder)
    told = Told(
        computed=ran.outcome.computed,
        reused=ran.outcome.reused,
        seconds=ran.seconds,
        folder=seen_from_here(folder),
        report=seen_from_here(page) if page else "",
        next_command=next_command,
        why_next=why_next,
        until=until,
    )
    if asked.presentation.json_output:
        said = comparison_record(about, folder.name.removeprefix("comparison-"), main, second, every, groups)
        more = {"mixed_versions": mixed, "within": difference_table(within).records()}
        answered = _as_json(told, (*main, *second), every, left, said) | more
        print(json.dumps(answered, ensure_ascii=False, allow_nan=False))
    else:
        print_answer(read_material(folder), told, language_of(asked.presentation.languages))


def _page(asked: SharedOptions, folder: Path) -> Path | None:
    """Write the report, where one is wanted and nothing speaks against it."""
    if asked.presentation.report is None and not asked.presentation.figures:
        return None
    from govsim.report.html.page import write_report

    try:
        return write_report(folder, asked.presentation.report, asked.presentation.languages)
    except RefusedError as problem:
        if asked.presentation.report is not None:
            raise
        print(f"no report was written: {problem}", file=sys.stderr)
        return None


def _compared(arms: Sequence[ArmRuns], allow_unequal_budget: bool, independent: bool) -> list[Comparison]:
    return looked_at_together([
        compare(arms[0], other, allow_unequal_budget=allow_unequal_budget, independent=independent)
        for other in arms[1:]
    ])  # fmt: skip


def _within(arms: Sequence[ArmRuns], asked: SharedOptions) -> list[Comparison]:
    """Compare each model after the first with itself under measures; the first one's stands among the others."""
    return looked_at_together([
        compare(
            arms[n], arms[n + 1], allow_unequal_budget=asked.allow_unequal_budget, independent=asked.independent
        )
        for n in range(2, len(arms) - 1, 2)
    ])  # fmt: skip


def _named_apart(arms: Block) -> Block:
    """Give arms of the same name, which are the same model, names by which rows of a table can be told apart."""
    named = []
    for n, arm in enumerate(arms):
        twins = [other for other in arms if other.label == arm.label]
        if len(twins) > 1 and len({other.seeds for other in twins}) == len(twins):
            seeds = spans(arm.seeds)
            arm = replace(arm, label=f"{arm.label}, seeds {seeds}", label_zh=f"{arm.zh}（随机种子{seeds}）")
        elif before := sum(other.label == arm.label for other in arms[:n]):
            arm = replace(arm, label=f"{arm.label} ({before + 1})", label_zh=f"{arm.zh}（{before + 1}）")
        named.append(arm)
    return tuple(named)


def _differs(main: Sequence[ArmRuns], second: Sequence[ArmRuns]) -> bool:
    return [arm.content for arm in main] != [arm.content for arm in second]


def _about(
    asked: SharedOptions, choices: Sequence[Choice], seeds: int, until: dict[str, Any] | None
) -> Request:
    from govsim.scenario import load
    from govsim.scenario.show import status_counts

    first = choices[0]
    units = first.loaded.scenario.population.written_out()
    between = [
        item
        for choice in choices[1:]
        if choice.loaded is not first.loaded
        for item in differing_values(first.loaded, choice.loaded, arm=choice.asked)
    ]
    said = asked.again
    said += (
        f" --seeds {seeds}" if asked.until is None else _widening(asked.until.goal.half_width, asked.until)
    )
    if asked.against is not None:
        said += f" --against-seeds {asked.against[0]}-{asked.against[-1]}"
    return Request(
        title=asked.title,
        title_zh=first.loaded.scenario.name.zh or asked.title,
        communities={
            place.name.en: place.name.zh or place.name.en for unit in units for place in unit.communities
        },
        command=_anywhere(said),
        independent=asked.independent,
        districts=found.words() | {"counts": found.counts} if (found := districts_of(choices)) else None,
        measures=measures_of(choices),
        allow_unequal_budget=asked.allow_unequal_budget,
        changes=differing_values(load(first.asked), first.loaded),
        between=between,
        values=status_counts(first.loaded.origins),
        until=until,
    )


def _anywhere(said: str) -> str:
    """Return a command without the places of this machine; where results go is no part of what was asked."""
    words = shlex.split(said)
    if "--out" in words:
        at = words.index("--out")
        del words[at : at + 2]
    return shlex.join(portable(words))


def _until(asked: SharedOptions, found: Reached | None) -> dict[str, Any] | None:
    if asked.until is None or found is None:
        return None
    goal = asked.until.goal
    (name, zh), wanted = (
        named(goal.indicator.name, goal.indicator.label_en, goal.indicator.label_zh),
        f"±{goal.half_width:g}",
    )
    if found.half_width is None:
        en = f"{name} cannot be known to {wanted}: it has no interval with {found.seeds} replications (see its row)"
        zh = f"{zh}无法达到{wanted}：{found.seeds}次重复模拟下没有置信区间"
    elif not found.missing:
        en = f"{name} is known to ±{found.half_width:.3g} with {found.seeds} replications; {wanted} was asked for"
        zh = f"{zh}的半宽为±{found.half_width:.3g}（{found.seeds}次重复模拟），达到所要求的{wanted}"
    else:
        en = (
            f"{name} is known to ±{found.half_width:.3g} only with {found.seeds} replications, the most allowed; "
            f"some {found.missing} more are missing for {wanted} (--max-seeds {found.seeds + found.missing})"
        )
        zh = f"{zh}在允许的{found.seeds}次重复模拟下半宽为±{found.half_width:.3g}，要达到{wanted}约还缺{found.missing}次"
    return {
        "indicator": goal.indicator.name,
        "asked": goal.half_width,
        "half_width": found.half_width,
        "reached": found.missing == 0,
        "seeds": found.seeds,
        "missing": found.missing,
        "en": en,
        "zh": zh,
        "rule": {
            "en": "Chow and Robbins (1965) in batches: replications are added until half of the 95% interval is no wider "
            "than asked; intervals so stopped cover the truth in 94% of cases for bell-shaped "
            "differences, 89–94% for very skewed ones.",
            "zh": "Chow与Robbins（1965）分批序贯规则：逐批增加模拟次数，直到95%置信区间半宽不超过要求；差值近似正态时，"
            "如此停止的置信区间覆盖真值的比例为94%，极偏态时为89%至94%。",
        },
    }


def _widening(half_width: float, until: Until, most: int | None = None) -> str:
    most = most or until.most
    limit = "" if most == MOST_SEEDS else f" --max-seeds {most}"
    return f" --until {until.goal.indicator.name}=±{half_width:g}{limit}"


_WHY_NEXT = Said(
    "(halves the intervals; finished runs are kept)", "（置信区间宽度减半；已完成的模拟予以保留）"
)


_WHY_FIRST = Said("(gives intervals; finished runs are kept)", "（可给出置信区间；已完成的模拟予以保留）")


def _next(asked: SharedOptions, seeds: int, found: Reached | None) -> tuple[str, Said]:
    """Return the command that would make intervals half as wide, or go on to the width that was asked for, and why."""
    more = 4 * seeds
    if asked.until is not None:
        goal = asked.until.goal.half_width
        if found is not None and found.missing:
            return asked.again + _widening(goal, asked.until, seeds + found.missing), Said(
                "(finished runs are kept)", "（已完成的模拟予以保留）"
            )
        return asked.again + _widening(goal / 2, asked.until), _WHY_NEXT
    said = f"{asked.again} --seeds {more}"
    if asked.against is not None:
        first = asked.against[0] + 3 * seeds if asked.against[0] <= more else asked.against[0]
        said += f" --against-seeds {first}-{first + 4 * len(asked.against) - 1}"
    return said, _WHY_NEXT if seeds >= FEWEST_SEEDS else _WHY_FIRST


def _as_json(
    told: Told,
    arms: Sequence[ArmRuns],
    every: Sequence[Comparison],
    left: Sequence[Sequence[Controlled]],
    said: dict[str, Any],
) -> dict[str, Any]:
    listed = runs(Path(told.folder), arms, every)
    return said | {
        "seeds": list(arms[0].seeds),
        "computed": told.computed,
        "reused": told.reused,
        "folder": told.folder,
        "report": told.report,
        "arms": [mine | about for mine, about in zip(said["arms"], listed["arms"], strict=True)],
        "indicators": DataTable(ARMS, [row for arm in arms for row in arm_rows(arm)]).records(),
        "differences": difference_table(every).records(),
        "controls": controls_table([item for items in left for item in items]).records(),
    }
