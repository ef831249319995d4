"""The words of ``govsim lesson``; what they do is loaded when one of them is said."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

lessons = typer.Typer(help="Pages for a class. List, build or check them.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="LESSON", help="Its number, its name or a file.")]


@lessons.command("list")
def lesson_list() -> int:
    """List the lessons. Each is a scenario in scenarios/lessons."""
    from govsim.report.lessons.page import list_command

    return list_command()


@lessons.command("build")
def lesson_build(
    name: Name,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="Where the page is written.")
    ] = None,
) -> int:
    """Make one file that opens in a browser without a network. Half a minute at most."""
    from govsim.report.lessons.page import build_command

    return build_command(name, out)


@lessons.command("check")
def lesson_check(
    name: Name,
    answers: Annotated[
        Path, typer.Option(metavar="FILE", help="YAML with one line for each question, name: answer.")
    ],
) -> int:
    """Check the answers of a class. Right or not, with a hint; exit code 4 if one is not."""
    from govsim.report.lessons.page import check_command

    return check_command(name, answers)
