"""The words of the picture and of its buttons, in both languages; lessons and the app share them."""

from __future__ import annotations

import re

STAGE_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "week": "Week {n} of {all}",
        "headed": "{what}: {name}",
        "axis": "week",
        "alt": (
            "{name}, week {n}: {active} people take part; {hidden} "
            "problems nobody in an office knows of, {known} known and "
            "waiting, {work} being worked on; this week {resolved} "
            "resolved, {explained} closed by explanation only."
        ),
        "person": "resident",
        "member": "Party member",
        "active": "takes part this week",
        "office": "office",
        "hidden": "problem nobody in an office knows of",
        "known": "known, waiting",
        "worked": "worked on this week",
        "resolved": "resolved this week",
        "explained": "closed by explanation, not solved",
        "staff": "work by staff",
        "helpers": "work by volunteers, members, organisations",
        "play": "Play",
        "pause": "Pause",
        "step": "Step",
        "reset": "Reset",
        "left": "left",
        "right": "right",
    },
    "zh": {
        "week": "第 {n} 周，共 {all} 周",
        "headed": "{what}：{name}",
        "axis": "周",
        "alt": (
            "{name}，第 {n} 周：{active} 人参与；{hidden} 个问题无单位知晓，{known} 个已知待办，"
            "{work} 个正在办理；本周解决 {resolved} 个，仅以解释办结 {explained} 个。"
        ),
        "person": "居民",
        "member": "党员",
        "active": "本周参与",
        "office": "单位",
        "hidden": "无单位知晓的问题",
        "known": "已知，等待办理",
        "worked": "本周正在办理",
        "resolved": "本周解决",
        "explained": "仅以解释办结，未解决",
        "staff": "工作人员办理",
        "helpers": "志愿者、党员、社会组织办理",
        "play": "播放",
        "pause": "暂停",
        "step": "前进一周",
        "reset": "重置",
        "left": "左侧",
        "right": "右侧",
    },
}

SIGNS = (
    *("person", "member", "active", "office", "hidden", "known", "worked", "resolved", "explained"),
    *("staff", "helpers"),
)
"""Entries of the legend, as ``Stage.sign`` draws them."""


def beside(label: str, unit: str) -> str:
    """Return a unit as it is written beside a label: without what the label says already."""
    found = re.fullmatch(r"(.*?)[ ,，]*(0[-–]1)?", unit)
    assert found is not None
    what, span = found.groups()
    return span or "" if what and what.lower() in label.lower() else unit
