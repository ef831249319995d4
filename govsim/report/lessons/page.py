"""A lesson as one file that asks nobody for anything, and the commands that list, build and check lessons."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import os
import re
import shlex
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import govsim
from govsim.engine.recording import COUNTER, Recording
from govsim.report.docs.words import LANGUAGES, unit
from govsim.report.exits import BAD_INPUT, DONE, REFUSED
from govsim.report.lessons.runs import (
    INDICATOR,
    SIDES,
    Played,
    Watched,
    answer_verdicts,
    expected_number,
    mean_of,
    number_or_null,
    pairs,
    read_answers,
    worst,
)
from govsim.report.lessons.shelf import find_lesson, lesson_files, load_lesson
from govsim.report.stage import SIGNS, STAGE_WORDS, script, short_unit
from govsim.report.stories.text import Teller, called
from govsim.results.declare import Column
from govsim.results.indicators import summarise
from govsim.results.story import HeldLedgers, case_story
from govsim.results.view import View
from govsim.results.weekly import WEEKLY, weekly_rows
from govsim.scenario.catalogue import labels_of
from govsim.scenario.fields import labels
from govsim.scenario.messages import dotted
from govsim.scenario.origins import leaves
from govsim.scenario.schema import Scenario
from govsim.scenario.schema.lesson import LessonSide
from govsim.scenario.schema.run import Label

Words = dict[str, str]
"""A text in both languages."""

_PACKAGE = "govsim.report.lessons"
_STAGE = "govsim.report.stage"


def page(played: Played) -> str:
    """Return the whole page."""
    data = json.dumps(lesson_data(played), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    # No text of a scenario can end the block that holds it.
    data = data.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    parts = (script(_STAGE, "stage.js"), script(_STAGE, "curves.js"), script(_PACKAGE, "lesson.js"))
    code = "\n" + "\n".join(part.strip() for part in parts) + "\n"
    digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
    filled = script(_PACKAGE, "lesson.html")
    title = played.lesson.loaded.scenario.name
    for place, text in (
        ("@HASH@", f"sha256-{digest}"),
        ("@TITLE@", html.escape(title.en or title.zh)),
        ("@STYLE@", script(_PACKAGE, "lesson.css").strip()),
        ("\n@SCRIPT@\n", code),
        ("@DATA@", data),
    ):
        filled = filled.replace(place, text)
    return filled


def lesson_data(played: Played) -> dict[str, Any]:
    """Return everything that the page shows, as plain numbers and texts."""
    lesson, block = played.lesson, played.lesson.block
    settings: list[dict[str, Any]] = []
    sides = {}
    for side, watched in pairs(played):
        if watched.setting not in settings:
            settings.append(watched.setting)
        sides[side] = _side(played, getattr(block, side), watched) | {
            "setting": settings.index(watched.setting)
        }
    left, right = played.over_seeds
    shown = dict.fromkeys((*block.indicators, *(block.field.indicators if block.field else ())))
    data = {
        "name": lesson.name,
        "file": lesson.file,
        "version": govsim.__version__,
        "title": _words(lesson.loaded.scenario.name),
        "question": _words(block.question),
        "story": _words(block.story),
        "steps": [_words(text) for text in block.steps],
        "discussion": [_words(text) for text in block.discussion],
        "words": STAGE_WORDS,
        "signs": SIGNS,
        "weeks": lesson.loaded.scenario.run.weeks,
        "prediction": {
            "question": _words(block.prediction.question),
            "indicator": block.prediction.indicator,
            "reach": block.prediction.reach,
        },
        "settings": settings,
        "sides": sides,
        "cases": _cases(played.watched),
        "classes": [
            {language: called("problem_class", name, language) for language in LANGUAGES}
            for name in played.watched[0].recording.classes
        ],
        "curves": list(block.curves),
        "watched": list(block.indicators),
        "columns": {
            column.name: _column(column, sides) for column, _ in WEEKLY if column.name in block.curves
        },
        "indicators": {
            name: column_note(INDICATOR[name]) | {"decimals": INDICATOR[name].decimals} for name in shown
        },
        "seeds": {"list": played.seeds, "left": left, "right": right},
        "grid": _grid(played),
        "field": _field(played),
        "answers": _answers(played),
    }
    text = json.dumps(data, sort_keys=True, allow_nan=False)
    return data | {"made": hashlib.blake2b(text.encode(), digest_size=4).hexdigest()}


def weekly_series(recording: Recording, names: Sequence[str]) -> dict[str, list[float | None]]:
    """Return columns of the weekly table, as ``weekly.csv`` has them; None where a week has no value."""
    header, rows = weekly_rows(View(recording))
    return {
        name: [number_or_null(row[k]) for row in rows]
        for name, k in ((name, header.index(name)) for name in names)
    }


def column_note(column: Column) -> dict[str, Any]:
    """Return what a reader has to know of a column."""
    # A counter is called by its name; the beginning of what it counts says more.
    counted = column.name in COUNTER and column.label_en == column.name.replace("_", " ")
    english = re.split("[;,]", column.definition)[0] if counted else column.label_en
    return _named(english, column.label_zh, column.unit) | {
        "definition": {"en": column.definition, "zh": column.definition_zh or column.label_zh},
        "direction": column.direction,
    }


def _named(en: str, zh: str, measured: str) -> dict[str, Words]:
    """Return label, unit, and the unit as it stands beside the label, in both languages."""
    names, units = {"en": en, "zh": zh}, {"en": measured, "zh": unit(measured, "zh")}
    return {
        "label": names,
        "unit": units,
        "beside": {language: short_unit(names[language], units[language]) for language in LANGUAGES},
    }


def _column(column: Column, sides: dict[str, Any]) -> dict[str, Any]:
    values = [v for side in sides.values() for v in side["weekly"][column.name] if v is not None]
    whole = all(float(v).is_integer() for v in values)
    small = max((abs(v) for v in values), default=0.0) <= 2.0
    return column_note(column) | {"decimals": 0 if whole else 3 if small else 1}


def _words(label: Label) -> Words:
    return labels_of(label, "")


def _side(played: Played, side: LessonSide, watched: Watched) -> dict[str, Any]:
    values = summarise(View(watched.recording))
    own = played.lesson.called(side.model)
    words = [
        "govsim",
        "run",
        played.lesson.file,
        "--model",
        played.lesson.models[side.model].name,
        "--capacity",
        "neutral",
        "--seeds",
        "1",
    ]
    for setting in (*side.set, f"run.first_seed={watched.seed}"):
        words += ["--set", setting]
    return {
        "name": {"en": side.name.en or own["en"], "zh": side.name.zh or own["zh"]},
        "model": side.model,
        "seed": watched.seed,
        "command": shlex.join(words),
        "frames": watched.frames,
        "weekly": weekly_series(watched.recording, played.lesson.block.curves),
        "indicators": {name: number_or_null(values[name]) for name in played.lesson.block.indicators},
        "stories": _stories(watched.recording, watched.setting),
    }


def _stories(recording: Recording, setting: dict[str, Any]) -> dict[str, dict[str, list[str]]]:
    """Return what happened to each problem, told in both languages, by number."""
    told = tellers(recording, setting)
    ledgers = HeldLedgers(recording)
    facts = {case: case_story(ledgers, case) for case in dict.fromkeys(ledgers.cases["case"].tolist())}
    return {
        str(case): {language: [teller.sentence(fact) for fact in found] for language, teller in told.items()}
        for case, found in facts.items()
    }


def tellers(recording: Recording, setting: dict[str, Any], under_way: bool = False) -> dict[str, Teller]:
    """Return who tells the stories of a run in each language, with the names of places in that language."""
    return {
        language: Teller(
            HeldLedgers(
                recording,
                offices=[office["name"][language] for office in setting["offices"]],
                communities=[place["name"][language] for place in setting["communities"]],
            ),
            language,
            under_way,
        )
        for language in LANGUAGES
    }


def _cases(watched: Sequence[Watched]) -> list[dict[str, int]]:
    """Return number, class, household and week of every problem of both sides."""
    found: dict[int, dict[str, int]] = {}
    for one in watched:
        cases = one.recording.cases
        for k, case in enumerate(cases["case"].tolist()):
            if case not in found:
                found[case] = {
                    "number": case,
                    "of": int(cases["problem_class"][k]),
                    "household": int(cases["household"][k]),
                    "week": int(cases["onset"][k] // one.recording.hours_per_week) + 1,
                }
    return [found[case] for case in sorted(found)]


def _grid(played: Played) -> dict[str, Any] | None:
    grid = played.lesson.block.grid
    if grid is None:
        return None
    values = list(grid.values)
    moved = played.scenario(played.lesson.block.left, (f"{grid.moves}={values[0]:g}",))
    leaf = next(leaf for leaf in leaves(moved) if dotted(leaf.path) == grid.moves)
    today = {dotted(one.path): one.value for one in leaves(played.lesson.loaded.scenario)}.get(grid.moves)
    cells = {side: [cell[1 + k] for cell in played.over_grid] for k, side in enumerate(SIDES)}
    named = _named(*labels(Scenario, leaf.path, moved.model_dump(mode="json")), leaf.declared.extra("unit"))
    return (
        named
        | cells
        | {
            "values": values,
            "own": min(range(len(values)), key=lambda k: abs(values[k] - (today or 0))),
            "seeds": grid.seeds,
        }
    )


def _field(played: Played) -> dict[str, Any] | None:
    field = played.lesson.block.field
    if field is None:
        return None
    rows = [
        {
            "model": model,
            "name": played.lesson.called(model),
            "means": {name: mean_of(values[name]) for name in field.indicators},
        }
        for model, values in played.over_field.items()
    ]
    return {
        "seeds": field.seeds,
        "indicators": list(field.indicators),
        "rows": rows,
        "worst": {name: worst(played.over_field, name) for name in field.indicators},
    }


def _answers(played: Played) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, answer in played.lesson.block.answers.items():
        about = INDICATOR[answer.indicator]
        asked: dict[str, Any] = {"question": _words(answer.question), "hint": _words(answer.hint)}
        if answer.worst:
            models = [{"model": model, "name": played.lesson.called(model)} for model in played.over_field]
            made[name] = asked | {"models": models, "value": worst(played.over_field, answer.indicator)}
            continue
        if (found := expected_number(played, answer)) is None:
            continue
        words = about.unit if answer.of != "left_higher" else "% of seeds"
        made[name] = asked | {
            "value": found[0],
            "tolerance": found[1],
            "unit": {"en": words, "zh": unit(words, "zh")},
        }
    return made


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


def check_answers_command(name: str, answers: Path) -> int:
    """Print which answers of a class are right, with a hint for the others; 4 if any is not."""
    lesson = find_lesson(name)
    given = read_answers(answers, lesson)
    found = answer_verdicts(Played(lesson), given)
    for verdict in found:
        print(verdict.line())
    right = sum(verdict.right for verdict in found)
    print(f"{right} of {len(found)} right")
    return DONE if right == len(found) else REFUSED
