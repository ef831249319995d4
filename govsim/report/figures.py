"""The figures of a comparison: sheets of panels that the page draws too. None computes or concludes anything."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import chain

from govsim.report.brief.answer import headline_changes
from govsim.report.brief.grammar import VERDICTS
from govsim.report.brief.places import arm_label
from govsim.report.comparing import panels
from govsim.report.docs.words import Language
from govsim.report.glossary import Said
from govsim.report.html.plot import MOST_BANDS, MOST_LOOKS, one_scale
from govsim.report.html.reading import Material
from govsim.report.html.words import say
from govsim.report.panels import draw_sheet
from govsim.results.values import spans
from govsim.studies.answer import Curves, Panel, Sheet

_MOST_ARMS = 8
"""Arms of more than these would make bars by activity a picture of many pages."""
_CROWD = Said(
    "Line: mean over replications. In colour: the baseline. Named: it, the highest and the lowest at the end.",
    "线为各次重复模拟的均值；彩色为基准，标出基准以及期末最高、最低的方案。",
)
_MODES = {
    "neutral": Said("equal resources", "资源相同"),
    "observed": Said("with outside resources", "计入外部资源"),
}
_SPAN = Said(" ({})", "（{}）")
_TOPICS = {
    "participation": Said("Who takes part voluntarily", "自愿参与"),
    "backlog": Said("Problems that exist and are not closed", "存在且未办结的问题"),
    "trust": Said("Trust in each tier of government", "对各级政府的信任"),
}


def draw_figures(material: Material, language: Language) -> dict[str, bytes]:
    """Return all figures as PNG, SVG and PDF by file name: ``trust.png``, in Chinese ``trust.zh.png``."""
    files: dict[str, bytes] = {}
    end = "" if language == "en" else f".{language}"
    for make in FIGURES:
        sheet = make(material, language)
        if sheet is not None:
            drawn = draw_sheet(sheet)
            files |= {f"{make.__name__}{end}.{kind}": content for kind, content in drawn.items()}
    return files


def participation(material: Material, language: Language) -> Sheet | None:
    """Share of adults who take part or are registered as volunteers."""
    return _weekly(
        material, language, "participation", "participation_4w", ("active_4w_share", "registered_share")
    )


def backlog(material: Material, language: Language) -> Sheet | None:
    """Problems that exist and are not closed, known and unknown."""
    return _weekly(material, language, "backlog", "still_open", ("open_per_1000", "undetected_per_1000"))


def trust(material: Material, language: Language) -> Sheet | None:
    """Trust by tier over time."""
    series = ("trust_community", "trust_street", "trust_district", "trust_centre")
    return _weekly(material, language, "trust", "trust_community", series)


def resolution(material: Material, language: Language) -> Sheet | None:
    """Kaplan-Meier curves from onset to true resolution, by kind of problem."""
    drawn = _beside(material, language, lambda mode: panels.resolution_panels(material, mode, language))
    note = _joined(language, say("resolution note", language), _bands(material, language))
    return _sheet(material, language, "resolution", "resolved_existing_26w", note, drawn)


def who_solved(material: Material, language: Language) -> Sheet | None:
    """Whose hours went into problems that were truly resolved."""
    found = panels.solvers(material, material.modes[0], language)
    note = say("solvers note", language)
    return _sheet(material, language, "solvers", "", note, [found] if found else [])


def hours(material: Material, language: Language) -> Sheet | None:
    """What paid and seconded hours were spent on; of many arms the report has a table."""
    if len(material.arms(material.modes[0])) > _MOST_ARMS:
        return None
    found = panels.hours_panels(material, material.modes[0], language)
    return _sheet(material, language, "hours", "", say("hours note", language), [found])


def reported_and_true(material: Material, language: Language) -> Sheet | None:
    """What offices report beside what is true."""
    found = panels.reported(material, material.modes[0], language)
    note = say("reported note", language)
    return _sheet(material, language, "reported", "true_completion", note, [found])


FIGURES: tuple[Callable[[Material, Language], Sheet | None], ...] = (
    participation,
    backlog,
    resolution,
    trust,
    who_solved,
    hours,
    reported_and_true,
)
"""Each has the name of its function; None where there is nothing to draw."""


def _weekly(
    material: Material, language: Language, topic: str, indicator: str, series: Sequence[str]
) -> Sheet | None:
    drawn = _beside(material, language, lambda mode: panels.weekly_panels(material, mode, language, series))
    note = _joined(language, _bands(material, language), _numbers(material, language))
    return _sheet(material, language, topic, indicator, note, one_scale(drawn))


def _numbers(material: Material, language: Language) -> str:
    """Say what the numbers at the lines are: those of the tables and of the title, not those of the last week."""
    counted = material.facts["counted"]
    weeks = re.split("[;；]", counted[language])[0] if counted else ""
    return say("numbers at lines", language, weeks=_SPAN[language == "zh"].format(weeks) if weeks else "")


def _beside(material: Material, language: Language, make: Callable[[str], Iterable[Curves]]) -> list[Curves]:
    """Return panels row by row: where there are both modes, equal resources beside outside ones."""
    by_mode = [
        [replace(panel, title=f"{panel.title}\n{_MODES[mode][language == 'zh']}") for panel in make(mode)]
        for mode in material.modes
    ]
    if len(by_mode) == 1:
        return list(make(material.modes[0]))
    return list(chain.from_iterable(zip(*by_mode, strict=False)))


def _sheet(
    material: Material, language: Language, topic: str, indicator: str, note: str, drawn: Sequence[Panel]
) -> Sheet | None:
    """Return panels under what was found: the sentence of the brief where an indicator has a verdict."""
    if not drawn:
        return None
    about = _TOPICS[topic][language == "zh"] if topic in _TOPICS else say(topic, language)
    found = _message(material, indicator, about, language)
    words = note if found.startswith(about) else _joined(language, f"{about}{say('stop', language)}", note)
    one_mode = len(material.modes) == 1 or not isinstance(drawn[0], Curves)
    return Sheet(found, words, _footer(material, language, one_mode), drawn, 2 if len(drawn) > 1 else 1)


def _message(material: Material, indicator: str, about: str, language: Language) -> str:
    """Return what two arms show of an indicator; what is shown where there is no such pair."""
    mode = material.modes[0]
    arms, compared = material.arms(mode), material.comparisons(mode)
    if len(compared) != 1 or len(arms) != 2:
        return about
    change = headline_changes(material, mode, compared[0]["other"]).get(indicator)
    if change is None:
        return about
    zh = language == "zh"
    if change.verdict in ("better", "worse"):
        other, says, numbers = arm_label(arms[1]), change.says, change.numbers
        return f"{other.zh}：{says.zh}，{numbers.zh}" if zh else f"Under {other.en}, {says.en}: {numbers.en}"
    return f"{about}{say('colon', language)}{VERDICTS[change.verdict][zh]}"


def _joined(language: Language, *parts: str) -> str:
    return say("blank", language).join(part.strip() for part in parts)


def _bands(material: Material, language: Language) -> str:
    arms = [arm for arm in material.facts["arms"] if arm["capacity_mode"] == material.modes[0]]
    if all(len(arm["seeds"]) == 1 for arm in arms):
        return Said("One replication.", "一次模拟。")[language == "zh"]
    if len(arms) > MOST_LOOKS:
        return _CROWD[language == "zh"]
    return say("bands" if len(arms) <= MOST_BANDS else "no bands", language)


def _footer(material: Material, language: Language, one_mode: bool) -> str:
    """Return where a figure comes from; whether means were equal, where it shows one mode only."""
    facts, zh = material.facts, language == "zh"
    baseline, others = facts["seeds"]["baseline"], facts["seeds"]["others"]
    seeds = spans(baseline)
    if others and others != baseline:
        seeds += f"{' against ' if not zh else '，对照'}{spans(others)}"
    parts = [
        facts["title_zh"] if zh else facts["title"],
        f"随机种子{seeds.replace('-', '–')}"
        if zh
        else f"random {'seed' if len(baseline) == 1 else 'seeds'} {seeds}",
    ]
    if one_mode:
        equal = facts["budget"]["equal"]
        parts.append(
            ("工时和资金相同" if equal else "资源不相等")
            if zh
            else ("equal hours and money" if equal else "UNEQUAL BUDGET")
        )
    if facts["unpaired_asked"]:
        parts.append("未配对" if zh else "UNPAIRED")
    parts.append(material.folder.name)
    end = "。仅在本模型、这些假设之下成立。" if zh else ". In this model, under these assumptions."
    return ("，" if zh else ", ").join(parts) + end
