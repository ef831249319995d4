"""Progress and refusals in Chinese: the one place for their wording, by the English that the project prints.

Commands print English on standard error. Where Chinese is asked for, by ``--lang zh`` or by the language of the terminal,
each line is replaced here. What is not listed, such as the words of a library, stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, TextIO

from govsim.report.docs.words import Language, language_of

LINES: tuple[tuple[str, str], ...] = (
    (r"(\d+) runs?: (\d+) options?, (\d+) replications? each\.", r"共\1次模拟：\2个方案，各重复\3次。"),
    (
        r"Compiling first, once on this machine: about 20 seconds\.",
        "首次使用，先编译程序：每台机器只需一次，约20秒。",
    ),
    (r"(\d+) runs? (?:is|are) there already, (\d+) to be computed", r"已有\1次模拟，尚需模拟\2次"),
    (r"Comparing\.", "正在比较。"),
    (r"Comparing, drawing and writing the report\.", "正在比较、绘图并撰写报告。"),
    (
        r"(\S+) is computing (.+) since (.+); other runs first, then what it leaves",
        r"\1自\3起正在计算\2；先做其余模拟，再做其留下的",
    ),
    (
        r"no worker processes can be started here \((.+)\): one run at a time instead",
        r"此处无法启动工作进程（\1），改为逐次模拟",
    ),
    (r"(\w+), ±(\S+) after (\d+) seeds: on to (\d+) seeds", r"\1：重复\3次后为±\2，继续增加到\4次"),
    (r"(\w+): on to (\d+) seeds", r"\1：继续增加到\2次"),
    (
        r"interrupted: (\d+)/(\d+) runs kept; the same command continues\.",
        r"已中断：保留\2次模拟中的\1次；再次运行同一命令即可继续。",
    ),
    (
        r"interrupted: finished runs are kept; the same command continues\.",
        "已中断：已完成的模拟予以保留；再次运行同一命令即可继续。",
    ),
    (r"interrupted", "已中断"),
    (r"seed (\d+) of (.+) failed: (.+)", r"\2：随机种子\1的模拟失败：\3"),
    (r"  again: (.+)", r"  重试：\1"),
    (
        r"(\d+) of (\d+) runs failed \(seed (.+)\); seeds (.+) are whole\.",
        r"\2次模拟中\1次失败（随机种子\3）；随机种子\4完整。",
    ),
    (
        r"(\d+) of (\d+) runs failed \(seed (.+)\); no seed is whole\.",
        r"\2次模拟中\1次失败（随机种子\3）；没有一次完整。",
    ),
    (r"no report was written: (.+)", r"未写出报告：\1"),
    (r"  and (\d+) more", r"  另有\1个"),
    (
        r"other seeds on each side \((.+); (.+)\): a difference would mix the models with chance\. "
        r"--unpaired compares them as independent samples",
        r"两侧随机种子不同（\1；\2），差值会混入偶然因素。可加 --unpaired，按独立样本比较",
    ),
    (
        r"(.+) ran with different seeds \((.+); (.+)\): a difference would mix the models with chance\. "
        r"--unpaired compares them as independent samples",
        r"\1的随机种子不同（\2；\3），差值会混入偶然因素。可加 --unpaired，按独立样本比较",
    ),
    (
        r"(.+) and (.+) have other residents or other weeks \((.+)\): the difference would not be the models'\. --unpaired "
        r"compares them as independent samples",
        r"\1与\2的居民或周数不同（\3），差值不能归因于治理模式。可加 --unpaired，按独立样本比较",
    ),
    (
        r"unequal budgets: (.+) was granted (\S+) staff hours and (\S+) yuan, (.+) (\S+) and (\S+)\. A difference in results "
        r"would partly be one in means\. Compare \S+, or add --allow-unequal-budget to see it under a banner\.",
        r"资源不相等：\1核定\2工时、\3元，\4核定\5工时、\6元，结果的差异有一部分来自资源。"
        r"请在资源相同时比较，或加 --allow-unequal-budget（结果将标明资源不相等）。",
    ),
    (r"(.+) is no finished comparison: it has no complete manifest", r"\1不是已完成的比较：缺少完整的清单"),
    (
        r"(.+) has no comparison\.json: it is a single run, or a comparison of an older govsim\. "
        r"A report is made of a comparison: `govsim compare` writes one\.",
        r"\1中没有comparison.json：这是单次模拟，或较早版本govsim的比较。报告以比较为基础，请用govsim compare生成。",
    ),
    (
        r"the report would have (\S+) MB, more than the (\S+) MB that fit into a mail: take one language, fewer arms or fewer "
        r"studies",
        r"报告将有\1 MB，超过可随邮件发送的\2 MB：请只取一种语言，或减少方案、研究",
    ),
    (r"(.+) holds (\d+) comparisons; name the one that you mean:", r"\1中有\2个比较，请指明其中一个："),
    (
        r"no comparison in (.+)\. Name the folder that `govsim compare` printed as Results, such as  (.+)",
        r"\1中没有比较。请给出govsim compare打印的结果文件夹，例如  \2",
    ),
    (
        r"--with (.+): no folder of a study \(it has no table\)",
        r"--with \1：不是研究的文件夹（其中没有数据表）",
    ),
    (
        r"one seed cannot tell an answer from chance: add  --seeds 5",
        "只重复一次，无法与偶然区分：请加 --seeds 5",
    ),
    (r"no results folder (.+)", r"没有结果文件夹\1"),
    (
        r"not enough memory \(or a limit on it, such as ulimit -v\); fewer residents, or fewer runs side by side \(--jobs 1\), "
        r"need less",
        "内存不足（或受限，如ulimit -v）；减少居民数，或减少同时进行的模拟（--jobs 1），可降低需求",
    ),
)
"""Whole lines without what leads them: the English as a pattern, and the Chinese."""
PARTS: tuple[tuple[str, str], ...] = (
    (r"(\d+/\d+) runs, (\d+) %, ", r"\1次模拟，\2%，"),
    (r"(\d+/\d+) runs", r"\1次模拟"),
    (r"about (\d+) s left", r"约剩\1秒"),
    (r"(\d+:\d\d:\d\d) left", r"剩余\1"),
    (r"compiling \(first use only\) and starting", "首次使用，正在编译并启动"),
    (r"starting", "正在启动"),
)
"""Words of the line of progress, which is drawn again and again."""
_LEADS = (("govsim: ", "govsim："), ("refused: ", "拒绝执行："), ("internal error: ", "内部错误："))
_PROGRESS = re.compile(r"\d+/\d+ runs")


def in_chinese(text: str) -> str:
    """Return a line of progress or a refusal in Chinese; unchanged where its wording is not the project's own."""
    lead, rest = "", text
    for english, chinese in _LEADS:
        if rest.startswith(english):
            lead, rest = lead + chinese, rest.removeprefix(english)
    for pattern, chinese in LINES:
        if found := re.fullmatch(pattern, rest):
            return lead + found.expand(chinese)
    if _PROGRESS.search(rest):
        for pattern, words in PARTS:
            rest = re.sub(pattern, words, rest)
    return lead + rest


class ChineseStream:
    """A stream of messages whose lines are said in Chinese."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write a text, line by line in Chinese."""
        self._stream.write("\n".join(map(in_chinese, text.split("\n"))))
        return len(text)


def asked_language(words: Sequence[str]) -> Language:
    """Return the language that a command line asks for, else that of the terminal."""
    pairs = zip(words, [*words[1:], ""], strict=True)
    asked = [
        after if word == "--lang" else word.removeprefix("--lang=")
        for word, after in pairs
        if word.startswith("--lang")
    ]
    return language_of("zh" if asked[-1:] == ["zh"] else "en" if asked[-1:] == ["en"] else "both")
