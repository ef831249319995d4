"""The commands ``lesson list``, ``lesson build`` and ``lesson check``."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from govsim.report.exits import BAD_INPUT, DONE, REFUSED
from govsim.report.lessons.answers import read_answers, verdicts
from govsim.report.lessons.page import page
from govsim.report.lessons.runs import Played
from govsim.report.lessons.shelf import find_lesson, lesson_files, load_lesson

MOST_BYTES = 5_000_000
"""What a page may hold, so that it fits into a mail and opens on a slow laptop."""


def list_command() -> int:
    """Print the shipped lessons with the question of each."""
    for name, file in lesson_files().items():
        lesson = load_lesson(file)
        left, right = lesson.block.left.model, lesson.block.right.model
        print(f"{name}  {lesson.loaded.scenario.name.en}  {lesson.loaded.scenario.name.zh}")
        print(f"    {lesson.block.question.en}  ({left} | {right})")
    print("\nBuild one:  govsim lesson build 01 -o lesson01.html")
    return DONE


def build_command(name: str, out: Path | None) -> int:
    """Write a lesson as one file and say where and how large it is."""
    lesson = find_lesson(name)
    file = out or Path(f"lesson_{lesson.name}.html")
    if file.is_dir():
        print(
            f"govsim: {file} is a folder; name a file, such as {file / (lesson.name + '.html')}",
            file=sys.stderr,
        )
        return BAD_INPUT
    began = time.perf_counter()
    text = page(Played(lesson)).encode()
    if len(text) > MOST_BYTES:
        advice = "give it fewer residents, weeks or stored seeds"
        print(
            f"govsim: the page would have {len(text) / 1e6:.1f} MB, more than {MOST_BYTES / 1e6:.0f}; {advice}",
            file=sys.stderr,
        )
        return REFUSED
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}.part")
    try:
        part.write_bytes(text)
        os.replace(part, file)
    finally:
        part.unlink(missing_ok=True)
    took = time.perf_counter() - began
    print(f"{file}: {len(text) / 1e6:.1f} MB, made in {took:.0f} s; opens in a browser without a network")
    return DONE


def check_command(name: str, answers: Path) -> int:
    """Print which answers of a class are right, with a hint for the others; 4 if any is not."""
    lesson = find_lesson(name)
    given = read_answers(answers, lesson)
    found = verdicts(Played(lesson), given)
    for verdict in found:
        print(verdict.line())
    right = sum(verdict.right for verdict in found)
    print(f"{right} of {len(found)} right")
    return DONE if right == len(found) else REFUSED
