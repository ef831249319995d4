"""What was asked, on what terms, and what the terms say: ``comparison.json`` for a page that computes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import govsim
from govsim.report.comparing.words import groups_said, many_said, notes, sentences
from govsim.report.glossary import Said, duration, indicator
from govsim.results.counts import TRENDS, still_moving
from govsim.results.load import Results
from govsim.results.provenance import commit
from govsim.results.view import counted_from
from govsim.runner.find_runs import Mixture, mixture_words
from govsim.studies.compare import ArmRuns, Comparison, equal_budget
from govsim.studies.groups import GroupDifference
from govsim.studies.wording import letters, number
from govsim.units import WEEKS_PER_YEAR

if TYPE_CHECKING:
    from govsim.scenario import Loaded

_NO_CHANGE = ("run.seeds", "run.first_seed", "governance.")
"""Settings of a study rather than of a district."""

CANNOT_TELL = (
    Said(
        "What will happen in a real district: it shows what follows from assumptions, most of them unmeasured.",
        "现实中的地区会发生什么：这里显示的只是由假设推出的结果，而多数假设未经实测。",
    ),
    Said(
        "Whether the assumptions are right: the intervals hold chance between replications and nothing else.",
        "假设是否成立：置信区间只反映各次重复模拟之间的偶然差异。",
    ),
    Said(
        "That there is no difference where none was detected: smaller ones than those named could not be seen.",
        "未检出并不等于没有差异：小于所列数值的差异本来就看不到。",
    ),
    Said(
        "Anything beyond the years, the hours and the money that were simulated.",
        "超出所模拟的年数、工时和资金之外的任何情形。",
    ),
)


@dataclass(frozen=True)
class Request:
    """What was asked.

    Attributes
    ----------
    title, title_zh : str
        Label of the scenario.
    communities : dict
        Chinese names of its communities by their English ones.
    command : str
        Command that asks the same again.
    changes : list of dict
        Values that were changed against the baseline scenario's.
    between : list of dict
        Values in which the scenarios of the arms differ from the first arm's.
    values : dict
        Number of the scenario's values by status.
    until : dict or None
        Width that was asked for, and whether it was reached.
    districts : dict or None
        In how many plausible districts the main differences hold, in English and Chinese and as counts by indicator, where
        that was computed.
    measures : list of dict or None
        Rows of the shipped study of countermeasures about this scenario and these models.
    """

    title: str
    title_zh: str
    command: str
    communities: Mapping[str, str] = field(default_factory=dict)
    independent: bool = False
    allow_unequal_budget: bool = False
    changes: list[dict[str, Any]] = field(default_factory=list)
    between: list[dict[str, Any]] = field(default_factory=list)
    values: Mapping[str, int] = field(default_factory=dict)
    until: dict[str, Any] | None = None
    districts: dict[str, Any] | None = None
    measures: list[dict[str, str]] | None = None


def differing_values(before: Loaded, after: Loaded, arm: str | None = None) -> list[dict[str, Any]]:
    """Return every value in which two scenarios differ, with what it was and what it is; null where it is left out."""
    from govsim.scenario.messages import dotted
    from govsim.scenario.origins import leaves

    first, second = ({dotted(leaf.path): leaf for leaf in leaves(item.scenario)} for item in (before, after))
    found = []
    for key in dict.fromkeys([*first, *second]):
        old, new = first.get(key), second.get(key)
        leaf = new or old
        if key.startswith(_NO_CHANGE) or leaf is None:
            continue
        if old is None or new is None or old.value != new.value:
            found.append(
                ({"arm": arm} if arm else {})
                | {
                    "key": key,
                    "label_en": leaf.declared.extra("label_en"),
                    "label_zh": leaf.declared.extra("label_zh"),
                    "unit": leaf.declared.extra("unit"),
                    "from": None if old is None else old.value,
                    "to": None if new is None else new.value,
                }
            )
    return found


def banners(comparisons: Sequence[Comparison]) -> list[Said]:
    """Return what stands above everything else: unequal budgets, and arms that were not paired."""
    said = []
    if any(not c.equal_budget for c in comparisons):
        said.append(Said(
            "UNEQUAL BUDGET: the options were not granted the same hours and money; part of any difference is one in means.",
            "资源不相等：各方案核定的工时和资金不同，任何差异都有一部分来自资源本身。",
        ))  # fmt: skip
    if any(c.independent for c in comparisons):
        said.append(Said(
            "UNPAIRED: the options are compared as independent samples; residents and chance differ between them.",
            "非配对：各方案作为独立样本比较，各次模拟的居民和偶然因素并不一一对应。",
        ))  # fmt: skip
    return said


def mixture(arms: Sequence[ArmRuns]) -> list[Said]:
    """Return what stands there too where runs were made with different packages."""
    mixed = Mixture(run for arm in arms for run in arm.runs).mixed
    listed = "；".join(f"{name} {'、'.join(versions)}" for name, versions in mixed.items())
    zh = f"版本混用：各次模拟所用软件包版本不同（{listed}）。可用 govsim verify 核验结果是否一致，或用 --force 重新运行。"
    return [Said(mixture_words(mixed), zh)] if mixed else []


_BOTH = {"en": str, "zh": str}
FACTS_SHAPE = {
    "title": str, "title_zh?": str, "question": _BOTH, "command": str, "weeks": int, "residents": int,
    "communities?": {"*": str},
    "arms": [{"letter": str, "label": str, "label_zh?": (str, None), "capacity_mode": str, "seeds": [int]}],
    "comparisons": [{
        "baseline": str, "other": str, "letter": str, "capacity_mode": str, "sentences": [_BOTH], "groups": [_BOTH],
        "notes": [_BOTH],
    }],
    "budget": {"en": str, "zh": str, "allowed?": bool}, "banners": [_BOTH], "cannot_tell": [_BOTH], "values": {"*": int},
    "changes": [dict], "between_arms": [dict], "measures?": [{"*": str}],
}  # fmt: skip
"""Form of ``comparison.json``, as far as something is read from it; see :data:`~govsim.results.foreign.Shape`."""


def comparison_record(
    about: Request,
    key: str,
    main: Sequence[ArmRuns],
    second: Sequence[ArmRuns],
    comparisons: Sequence[Comparison],
    groups: Sequence[Sequence[GroupDifference]],
) -> dict[str, Any]:
    """Return the content of ``comparison.json``."""
    first = main[0].runs[0]
    listed = [
        (letter, arm) for block in (main, second) for letter, arm in zip(letters(block), block, strict=True)
    ]
    letter_of = {id(arm): letter for letter, arm in listed}
    main_comparisons = [c for c in comparisons if any(c.other is arm for arm in main)]
    return {
        "title": about.title,
        "title_zh": about.title_zh,
        "question": _question(about, main, first.manifest["weeks"]).both,
        "scenario": about.title,
        "weeks": first.manifest["weeks"],
        "communities": dict(about.communities),
        "residents": int(first.weekly["residents"].iloc[0]),
        "seeds": {"baseline": list(main[0].seeds), "others": list(main[-1].seeds)},
        "paired": all(c.paired for c in comparisons) if comparisons else None,
        "unpaired_asked": about.independent,
        "arms": [_arm(letter, arm, arm is main[0] or (bool(second) and arm is second[0])) for letter, arm in listed],
        "budget": _budget(main, about).both | {
            "equal": all(equal_budget(main[0], arm) for arm in main[1:]), "allowed": about.allow_unequal_budget,
        },
        "worlds": _worlds(main, main_comparisons),
        "districts": about.districts,
        "measures": about.measures or [],
        "outside_budget": _said(outside_budget(main)),
        "counted": counted_weeks(main).both,
        "moving": _said(moving(main)),
        "banners": [said.both for said in (*banners(main_comparisons), *mixture([*main, *second]))],
        "comparisons": [
            {
                "baseline": c.baseline.label,
                "other": c.other.label,
                "letter": letter_of[id(c.other)],
                "capacity_mode": c.other.mode,
                "paired": c.paired,
                "same_model": c.same_model,
                "identical": c.identical,
                "equal_budget": c.equal_budget,
                "sentences": [said.both for said in sentences(c)],
                "groups": [said.both for said in groups_said(found, about.communities)],
                "notes": [said.both for said in (*banners([c]), *notes(c))],
            }
            for c, found in zip(comparisons, groups, strict=True)
        ],
        "short": _short(main_comparisons),
        "changes": about.changes,
        "between_arms": about.between,
        "values": dict(about.values),
        "until": about.until,
        "cannot_tell": [said.both for said in CANNOT_TELL],
        "command": about.command,
        "key": key,
        "version": govsim.__version__,
        **commit(),
    }  # fmt: skip


def _short(comparisons: Sequence[Comparison]) -> dict[str, str] | None:
    """Return what matters of several comparisons: which arms are best and worst, and how many differ."""
    if len(comparisons) < _SEVERAL:
        return None
    return many_said(
        comparisons, [c.other.label for c in comparisons], [c.other.zh for c in comparisons]
    ).both


def _question(about: Request, arms: Sequence[ArmRuns], weeks: int) -> Said:
    first = Said(f"“{arms[0].label}”", f"“{arms[0].zh}”")
    if len(arms) == 1:
        return Said(
            f"What happens in {about.title} under {first.en}?",
            f"在“{about.title_zh}”中，{first.zh}之下会出现什么？",
        )
    few = len(arms) <= _FEW
    others = [f"“{arm.label}”" for arm in arms[1:]] if few else [f"{len(arms) - 1} others"]
    others_zh = [f"“{arm.zh}”" for arm in arms[1:]] if few else [f"另外{len(arms) - 1}个方案"]
    return Said(
        f"In {about.title}, over {duration(weeks).en}: what changes with {' or '.join(others)} instead of {first.en}?",
        f"在“{about.title_zh}”中模拟{duration(weeks).zh}：以{'或'.join(others_zh)}代替{first.zh}，会有什么变化？",
    )


_FEW = 4
_SEVERAL = 2
"""Comparisons from which on they are also told in one."""


def _arm(letter: str, arm: ArmRuns, baseline: bool) -> dict[str, Any]:
    return {
        "letter": letter,
        "label": arm.label,
        "label_zh": arm.zh,
        "capacity_mode": arm.mode,
        "baseline": baseline,
        "content": arm.content,
        "granted_hours": arm.granted("granted_hours"),
        "granted_money": arm.granted("granted_money"),
        "seeds": list(arm.seeds),
        "runs": [run.folder.name for run in arm.runs],
    }


def _said(said: Said | None) -> dict[str, str] | None:
    return said.both if said else None


def _budget(arms: Sequence[ArmRuns], about: Request) -> Said:
    hours, money = ([arm.granted(what) for arm in arms] for what in ("granted_hours", "granted_money"))
    if len(arms) == 1:
        return Said(
            f"Granted: {hours[0]:,.0f} staff hours and {money[0]:,.0f} yuan",
            f"投入：{hours[0]:,.0f}工时、{money[0]:,.0f}元",
        )
    if all(equal_budget(arms[0], arm) for arm in arms[1:]):
        return Said(
            f"Same hours, same money: yes ({hours[0]:,.0f} staff hours and {money[0]:,.0f} yuan each)",
            f"工时相同、资金相同：是（各{hours[0]:,.0f}工时、{money[0]:,.0f}元）",
        )
    listed = list(zip(arms, hours, money, strict=True))
    return Said(
        "Same hours, same money: NO ("
        + "; ".join(f"{arm.label} {h:,.0f} staff hours, {m:,.0f} yuan" for arm, h, m in listed)
        + ")",
        "工时相同、资金相同：否（"
        + "；".join(f"{arm.zh}{h:,.0f}工时、{m:,.0f}元" for arm, h, m in listed)
        + "）",
    )


def _worlds(arms: Sequence[ArmRuns], comparisons: Sequence[Comparison]) -> dict[str, Any]:
    equal = all(c.same_chance for c in comparisons)
    digest = str(arms[0].runs[0].manifest["hashes"]["world"])[:8]
    said = (
        Said("Same residents and same problems in every pair of runs: yes",
             "每对模拟的居民和问题相同：是")
        if equal else
        Said("Same residents and same problems in every pair of runs: NO", "每对模拟的居民和问题相同：否")
    )  # fmt: skip
    return {"equal": equal, "hash": digest, **said.both}


SAME = 0.01
"""Relative difference of means up to which what arms had counts as equal."""
_BESIDE = 3
"""Arms of which every number is told; of more the smallest and the largest."""


class _Resource(NamedTuple):
    en: str
    zh: str
    of: Callable[[dict[str, float]], float]


_PER_YEAR: tuple[_Resource, ...] = (
    _Resource("voluntary hours", "志愿工时", lambda had: had["hours_volunteer"]),
    _Resource("hours of members on assigned service", "党员报到服务工时", lambda had: had["hours_member"]),
    _Resource(
        "hours of social organisations and enterprises", "社会组织和企业工时",
        lambda had: had["hours_organisation"] + had["hours_enterprise"],
    ),
    _Resource("hours of tasks from higher offices", "上级任务工时", lambda had: had["tasks_asked"]),
    _Resource("hours of tasks not admitted", "不予准入的任务工时", lambda had: had["tasks_refused"]),
)  # fmt: skip
"""What stands in no budget, per resident and year."""


def _mean(arm: ArmRuns, resource: _Resource) -> float:
    def per_year(run: Results) -> float:
        had = run.manifest["resources"]
        return resource.of(had) / had["resident_years"] if had["resident_years"] > 0 else 0.0

    return sum(per_year(run) for run in arm.runs) / len(arm.runs)


def outside_budget(arms: Sequence[ArmRuns]) -> Said | None:
    """Say which of the means that no budget shows were equal and which were not; None for one arm or runs of 0.2."""
    if len(arms) < 2 or any("resources" not in run.manifest for arm in arms for run in arm.runs):
        return None
    equal: list[_Resource] = []
    unequal: list[Said] = []
    for resource in _PER_YEAR:
        means = [_mean(arm, resource) for arm in arms]
        if max(means) - min(means) <= SAME * max(means):
            equal.append(resource)
            continue
        shown = [number(mean, 2) for mean in means]
        if len(arms) > _BESIDE:
            shown = [f"{number(min(means), 2)} to {number(max(means), 2)}"]
        unequal.append(
            Said(
                f"{resource.en} {' / '.join(shown)}", f"{resource.zh}{'／'.join(shown)}".replace(" to ", "至")
            )
        )
    en, zh = [], []
    if unequal:
        few = len(arms) <= _BESIDE
        order = f" ({' / '.join(arm.label for arm in arms)})" if few else ""
        order_zh = f"，依次为{'／'.join(arm.zh for arm in arms)}" if few else ""
        en.append(f"Not equal, per resident and year{order}: {'; '.join(said.en for said in unequal)}.")
        zh.append(f"不相同（按每名居民每年计{order_zh}）：{'；'.join(said.zh for said in unequal)}。")
    if equal:
        en.append(f"Equal too: {', '.join(r.en for r in equal)}.")
        zh.append(f"同样相同：{'、'.join(r.zh for r in equal)}。")
    return Said(" ".join(en), "".join(zh))


def counted_weeks(arms: Sequence[ArmRuns]) -> Said:
    """Say which weeks are counted."""
    weeks = int(arms[0].runs[0].manifest["weeks"])
    first = counted_from(weeks) + 1
    year = weeks - first + 1 == WEEKS_PER_YEAR
    lead = Said("the last year, ", "最后一年，") if year else Said("", "")
    return Said(
        f"{lead.en}weeks {first} to {weeks}; the weeks before are left out: a run starts without "
        "open problems and tired staff.",
        f"{lead.zh}第{first}至{weeks}周；此前各周不计，因为模拟开始时没有积压问题，人员也无倦怠。",
    )


def moving(arms: Sequence[ArmRuns]) -> Said | None:
    """Say which stocks of which arms still move within the counted weeks, so that numbers hang on the length of the run."""
    en, zh = [], []
    for trend in TRENDS:
        changes = [(arm, still_moving(arm.values(trend.name))) for arm in arms]
        told = [
            Said(f"{arm.label} {number(change, 0, sign=True)}%", f"{arm.zh}{number(change, 0, sign=True)}%")
            for arm, change in changes
            if change is not None
        ]
        if len(told) > _BESIDE:
            told = [Said(f"{len(told)} of {len(arms)} options", f"{len(arms)}个方案中{len(told)}个")]
        if told:
            name = indicator(trend.name, trend.label_en, trend.label_zh)
            en.append(f"{name.en.partition(': ')[2]} ({', '.join(said.en for said in told)})")
            zh.append(f"{name.zh.partition('：')[2]}（{'，'.join(said.zh for said in told)}）")
    if not en:
        return None
    return Said(
        f"Still moving within the counted weeks: {'; '.join(en)}. A longer run would give other numbers.",
        f"统计期内仍在变化：{'；'.join(zh)}。模拟期更长，结果会不同。",
    )
