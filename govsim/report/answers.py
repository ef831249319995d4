"""Answers of studies in every medium: terminal, JSON, files, Markdown and figures; and the command that all kinds share."""

from __future__ import annotations

import json
import os
import shlex
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govsim.report.docs.words import Languages, language_of
from govsim.report.exits import DONE, INTERRUPTED, REFUSED, SOME_FAILED
from govsim.report.glossary import wording
from govsim.report.stamps import Stamp, stamp
from govsim.results.csvtext import table_bytes
from govsim.results.declare import Column, Indicator
from govsim.results.errors import EnvironmentProblem
from govsim.results.indicators import INDICATORS
from govsim.results.provenance import commit, portable, versions
from govsim.results.store import FORMAT, read_manifest, slug, write_folder
from govsim.results.tables import described
from govsim.runner.options import RunOptions
from govsim.scenario.fields import nearest
from govsim.scenario.messages import Place, Problem, ScenarioError
from govsim.studies.answer import (
    ENDS,
    WIDTH,
    Answer,
    Command,
    DataTable,
    Lines,
    PagePicture,
    Part,
    Passage,
    TextTable,
)
from govsim.studies.experiments import DesignOutcome, StudyRuns
from govsim.studies.wording import WIDE, wide, wrapped

if TYPE_CHECKING:
    from govsim.scenario.studies import LoadedStudy

Kind = Callable[["LoadedStudy", StudyRuns], Answer]
"""What asks a study and answers it."""
_MOST_TOLD = 10
_HANGING = " " * 13
"""Under the words that follow an indented label."""
_BASICS = ("participation_4w", "resolved_existing_26w", "trust_community")
"""Looked at where no indicator is named: they have a value in every run, however slow."""


@dataclass(frozen=True)
class StudyRequest:
    """A study, and what is asked of it other than its file says.

    Attributes
    ----------
    study : str
        Its file, or a built-in name.
    overrides : sequence of str
        Changes of its scenario, ``KEY=VALUE``.
    models : sequence of str
        Governance models, by name or file; the study's own where empty.
    seeds, points : int or None
        Numbers of them; the study's own where None.
    """

    study: str
    overrides: Sequence[str] = ()
    models: Sequence[str] = ()
    seeds: int | None = None
    points: int | None = None

    def load(self) -> LoadedStudy:
        """Return the study with these models, seeds and number of points instead of its own.

        Raises
        ------
        ScenarioError
            If the study or what it names is refused.
        """
        from govsim.scenario import load_governance
        from govsim.scenario.studies import load_study

        study = load_study(self.study, self.overrides)
        section, points = study.study, self.points
        design = section.design if points is None else section.design.model_copy(update={"points": points})
        changed = {"design": design} | ({} if self.seeds is None else {"seeds": self.seeds})
        chosen = tuple(load_governance(name) for name in self.models) or study.models
        return replace(study, study=section.model_copy(update=changed), models=chosen)


def named_indicators(names: Sequence[str]) -> tuple[Indicator, ...]:
    """Return indicators by name; a few of the most important ones where none is named.

    Raises
    ------
    ScenarioError
        If there is no such indicator, with the nearest name.
    """
    known = {item.name: item for item in INDICATORS}
    problems = []
    for name in names:
        if name not in known:
            close = nearest(name, list(known))
            hint = f"did you mean  {close[0]}?" if close else f"such as {', '.join(_BASICS)}"
            problems.append(
                Problem.at(
                    Place("--indicator"),
                    name,
                    "there is no such indicator",
                    [hint, "all: docs/parameters"][:1],
                )
            )
    if problems:
        raise ScenarioError(problems)
    return tuple(known[name] for name in (names or _BASICS))


@dataclass(frozen=True)
class Output:
    """How an answer is shown."""

    figures: bool = True
    json_output: bool = False
    languages: Languages = "both"


class _Stopped(Exception):  # noqa: N818  (an answer that has no runs to stand on, not an error)
    """Runs failed or were interrupted; holds the exit code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def answer_study(
    study: LoadedStudy,
    kind: Kind,
    options: RunOptions,
    shown: Output = Output(),
    force: bool = False,
    partial: bool = False,
    docs: Path | None = None,
    publish: Callable[[Answer], None] | None = None,
) -> int:
    """Ask a study, write its answer, show it, and return the exit code; finished runs are used again.

    Parameters
    ----------
    force
        Begin even what would take more than a month.
    partial
        The kind can answer where some runs failed.
    docs
        Folder into which the page of the answer is written too.
    publish
        Writes further files.

    Raises
    ------
    ScenarioError, RefusedError, EnvironmentProblem
        If the study is wrong or too large; if results cannot be compared or written.
    """
    codes = [DONE]

    def judge(ran: DesignOutcome) -> None:
        code = tell(ran)
        if code != DONE and not (partial and code == SOME_FAILED and ran.some):
            raise _Stopped(code)
        codes.append(code)

    runs = StudyRuns(options, force, judge)
    try:
        answer = kind(study, runs)
    except _Stopped as stopped:
        return stopped.code
    folder = write(answer, study, options, shown.figures)
    if docs is not None and answer.page is not None:
        write_page(
            docs,
            answer,
            options.command,
            stamp(shlex.join(portable(list(options.command))), study),
            shown.figures,
        )
    if publish is not None:
        publish(answer)
    if shown.json_output:
        print(as_json(answer, folder))
    else:
        say = wording(language_of(shown.languages))
        print(as_text(answer.text(say)), end="")
        print(f"{say('Results    ', '结果位置：')}{seen_from_here(folder)}")
    return max(codes)


def tell(ran: DesignOutcome) -> int:
    """Tell on standard error what failed or was interrupted, and return the exit code."""
    if ran.interrupted:
        kept = f"{ran.kept}/{ran.runs} runs" if ran.runs else "finished runs are"
        print(f"interrupted: {kept} kept; the same command continues.", file=sys.stderr)
        return INTERRUPTED
    for failure in ran.failures[:_MOST_TOLD]:
        print(f"seed {failure.seed} of {failure.label} failed: {failure.problem}", file=sys.stderr)
        print(f"  again: {failure.repeat}", file=sys.stderr)
    if not ran.failures:
        return DONE
    more = f" ({len(ran.failures) - _MOST_TOLD} more not shown)" if len(ran.failures) > _MOST_TOLD else ""
    of = f" of {ran.runs}" if ran.runs else ""
    print(f"{len(ran.failures)}{of} runs failed{more}.", file=sys.stderr)
    return REFUSED if any(failure.refused for failure in ran.failures) else SOME_FAILED


def refuse_unknown_names(study: LoadedStudy) -> None:
    """Refuse a study whose goals or check figures do not exist, as the commands that use them do.

    Raises
    ------
    ScenarioError
        With every unknown goal, or the first unknown check figure.
    """
    from govsim.results.errors import RefusedError
    from govsim.studies.calibration import targets_of
    from govsim.studies.optimise import goals_of

    if study.study.optimise is not None:
        goals_of(study)
    written = (path for path, item in study.origins.items() if item.kind != "default")
    if any(path.startswith("calibration.") for path in written):
        try:
            targets_of(study)
        except RefusedError as problem:
            raise ScenarioError([Problem.at(Place(study.file), "calibration", str(problem))]) from None


def as_json(answer: Answer, folder: Path) -> str:
    """Return facts and tables as one JSON object."""
    said: dict[str, Any] = {**answer.facts, "folder": seen_from_here(folder)}
    said |= {name: table.records(answer.nulls) for name, table in answer.listed.items()}
    return json.dumps(said, ensure_ascii=False, allow_nan=False)


def as_text(sections: Sequence[Passage]) -> str:
    """Return sections for a terminal, a blank line between them."""
    return "".join("\n".join([*(line.rstrip() for line in _lines(one.parts)), "", ""]) for one in sections)


def _lines(parts: Sequence[Part]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, TextTable):
            yield from _aligned(part)
        elif isinstance(part, Lines):
            yield from part.lines
        elif isinstance(part, Command):
            yield f"  {part.words}"
        elif isinstance(part, str):
            hanging = _HANGING if part.startswith(" ") else ""
            if any(letter >= WIDE for letter in part):
                yield from wrapped(part, WIDTH).split("\n")
                continue
            yield from textwrap.wrap(
                part, WIDTH, subsequent_indent=hanging, break_long_words=False, break_on_hyphens=False
            )


def _aligned(grid: TextTable) -> Iterator[str]:
    """Yield rows as lines with columns below each other."""
    count = len(grid.rows[0])
    widths = [max(wide(row[column]) for row in grid.rows) for column in range(count)]
    left = {column % count for column in grid.left}
    for row in grid.rows:
        cells = (
            cell + " " * (width - wide(cell)) if column in left else " " * (width - wide(cell)) + cell
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join(cells).rstrip()


def as_markdown(sections: Sequence[Passage], figures: bool = True) -> Iterator[str]:
    """Yield the paragraphs of a page, whose texts are Markdown; without pictures where they are not drawn."""
    for section in sections:
        if section.heading:
            yield f"## {section.heading}"
        for part in section.parts:
            if isinstance(part, TextTable):
                yield markdown_table(part.rows[0], part.rows[1:], part.left)
            elif isinstance(part, Lines):
                yield "\n".join(part.lines)
            elif isinstance(part, Command):
                yield f"```bash\n{part.words}\n```"
            elif isinstance(part, PagePicture):
                if figures:
                    yield f"![{part.alternative}]({part.name})"
            else:
                yield part


def markdown_table(header: Sequence[str], rows: Iterable[Sequence[str]], left: Sequence[int] = (0,)) -> str:
    """Return a Markdown table; the columns ``left`` are words, the rest numbers."""
    words = {column % len(header) for column in left}
    rule = [":--" if column in words else "--:" for column in range(len(header))]
    return "\n".join([_markdown_line(header), _markdown_line(rule), *(_markdown_line(row) for row in rows)])


def _markdown_line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def write_page(folder: Path, answer: Answer, command: Sequence[str], made: Stamp, figures: bool) -> None:
    """Write the page of an answer and its figures into a folder of pages, in every language."""
    assert answer.page is not None
    for language, end in ENDS.items():
        say = wording(language)
        page = answer.page(say)
        head = [
            f"# {page.title}",
            say(
                "Written by the command below from its runs; nothing on this page is typed in.",
                "由下列命令根据其模拟结果生成，无手工填写的内容。",
            ),
            f"```bash\n{shlex.join(portable(list(command)))}\n```",
        ]
        if figures:
            from govsim.report.panels import draw_sheet

            for name, sheet in answer.sheets(say).items():
                write_whole(folder / f"{name}{end}.png", draw_sheet(sheet)["png"])
        text = "\n\n".join([*head, *as_markdown(page.sections, figures), made.comment()])
        write_whole(folder / f"{page.name}{end}.md", text.encode("utf-8"))


def write(answer: Answer, study: LoadedStudy, options: RunOptions, figures: bool) -> Path:
    """Write an answer beside the runs and return its folder; what was there from an earlier call is replaced."""
    folder = options.out / slug(study.label) / answer.folder
    there = read_manifest(folder) if answer.once else None
    if there is not None and (not figures or any(name.endswith(".png") for name in there["files"])):
        return folder
    files = table_files(answer.tables) | {name: text.encode() for name, text in answer.pages.items()}
    if figures:
        from govsim.report.panels import draw_sheet

        for language, end in ENDS.items():
            for name, sheet in answer.sheets(wording(language)).items():
                files |= {f"{name}{end}.{kind}": content for kind, content in draw_sheet(sheet).items()}
    if not answer.folder:
        for name, content in files.items():
            write_whole(folder / name, content)
        return folder
    manifest = {
        "format": FORMAT,
        "study": study.label,
        "scenario": study.base.label,
        "command": portable(list(options.command)),
        "versions": versions(),
        **commit(),
        **answer.manifest,
    }
    write_folder(folder, files, manifest)
    return folder


def table_files(
    tables: Mapping[str, DataTable], measured: Sequence[tuple[str, tuple[Column, ...]]] = ()
) -> dict[str, bytes]:
    """Return tables as CSV by file name, with a dictionary of the columns that have a description.

    Parameters
    ----------
    measured
        Further things that rows are about, such as indicators, for the dictionary.
    """
    files = {name: table_bytes(name, table.names, table.rows) for name, table in tables.items()}
    known = [
        (name.removesuffix(".csv"), table.described) for name, table in tables.items() if table.described
    ]
    if known:
        header, rows = described([*known, *measured])
        files["dictionary.csv"] = table_bytes("dictionary.csv", header, rows)
    return files


def seen_from_here(folder: Path) -> str:
    """Return a folder as seen from here."""
    path, here = folder.resolve(), Path(os.getcwd())
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else str(path)


def words_again(command: str, study: str, overrides: Sequence[str], out: Path = Path("results")) -> list[str]:
    """Return the words of a command that asks a study again."""
    changed = [word for setting in overrides for word in ("--set", setting)]
    where = [] if out == Path("results") else ["--out", out.as_posix()]
    return ["govsim", command, study, *changed, *where]


def write_whole(path: Path, content: bytes) -> None:
    """Write a file beside its place and rename it; who reads meanwhile sees the old one or the new one.

    Raises
    ------
    EnvironmentProblem
        If it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(part, 0o644)
        os.replace(part, path)
    except OSError as problem:
        raise EnvironmentProblem(f"cannot write {path}: {problem.strerror}; the runs are kept") from None
