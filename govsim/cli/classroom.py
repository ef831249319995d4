"""Commands for a classroom: ``lesson``, and ``app`` with what has to be there before a page can be served."""

from __future__ import annotations

import importlib.util
import socket
import sys
from pathlib import Path
from typing import Annotated

import typer

from govsim.report.exits import DONE, ENVIRONMENT

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
    from govsim.report.lessons.page import check_answers_command

    return check_answers_command(name, answers)


HOST = "127.0.0.1"
"""This machine alone; nobody else on the network sees the page."""


def app_command(scenario: str, port: int, browser: bool) -> int:
    """Serve the app until it is stopped.

    Raises
    ------
    ScenarioError
        If something is wrong with the scenario; nothing is served then.
    """
    if importlib.util.find_spec("nicegui") is None:
        how = (
            "python -m pip install -e '.[app]'   in the folder of govsim, or   python -m pip install nicegui"
        )
        print(f"govsim: the app needs NiceGUI, which is not installed:  {how}", file=sys.stderr)
        return ENVIRONMENT
    from govsim.app.session import Session

    Session(scenario)
    if not _free(port):
        print(
            f"govsim: port {port} is in use; choose another:  govsim app {scenario} --port {port + 1}",
            file=sys.stderr,
        )
        return ENVIRONMENT
    from govsim.app.page import serve_app

    print(f"http://{HOST}:{port}  (Ctrl-C stops it)", flush=True)
    serve_app(scenario, HOST, port, browser)
    return DONE


def _free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if sys.platform != "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def live(
    scenario: Annotated[
        str, typer.Argument(metavar="[SCENARIO]", help="A scenario file or a built-in name.")
    ] = "tiny",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on this machine.")] = 8060,
    browser: Annotated[bool, typer.Option(help="Open a browser window.")] = True,
) -> int:
    """Watch two models side by side in a browser. On this machine only, without a network."""
    return app_command(scenario, port, browser)
