"""The one door: ``govsim COMMAND`` and ``python run.py SCENARIO``.

Results go to standard output, progress and refusals to standard error. Here failures become exit codes; the commands stand in
:mod:`govsim.cli.program`.

Exit codes: 0 done, 1 internal error (or pages that ``docs --check`` finds not current), 2 bad scenario or usage
(nothing was run or written), 3 some runs failed, 4 refused for honesty, 5 environment (disk, memory, permission),
130 interrupted.

Standard streams may be closed, full or gone: the work goes on without them.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO, cast

import typer

from govsim.cli.chinese import ChineseStream, asked_language
from govsim.cli.program import app
from govsim.report.exits import BAD_INPUT, DONE, ENVIRONMENT, INTERNAL, INTERRUPTED, refusal


class _Forgiving:
    """A stream of messages that may be full, or a terminal that is gone: what cannot be said there stops no work."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except OSError:
            return len(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            self._stream.flush()


def open_streams() -> None:
    """Put the null device where standard streams are closed, as under cron, services and launchers."""
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this one
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115
    sys.stderr = cast(TextIO, _Forgiving(sys.stderr))


def let_go_of_output(word: str = "") -> OSError | None:
    """Return why standard output takes no word more, and put the null device in its place; None where it does."""
    try:
        sys.stdout.write(word)
        sys.stdout.flush()
    except OSError as problem:
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return problem
    return None


def command_names() -> list[str]:
    """Names of the commands, for words after ``run.py`` that are no scenario."""
    door = typer.main.get_group(app)
    return door.list_commands(typer.Context(door))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; the only place where failures become exit codes."""
    if arguments is None:
        import signal

        # Being asked to stop is being interrupted: finished runs are kept and the same command continues.
        for name in ("SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, signal.default_int_handler)
        open_streams()
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    given = [word for word in given if word != "--debug"]
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    with contextlib.ExitStack() as opened:
        if asked_language(given) == "zh":
            opened.enter_context(contextlib.redirect_stderr(cast(TextIO, ChineseStream(sys.stderr))))
        try:
            code = app(given, prog_name="govsim", standalone_mode=False)
            sys.stdout.flush()
            return code if isinstance(code, int) else DONE
        except BaseException as error:
            code = _exit_code(error, debug)
            let_go_of_output()
            return code


def _exit_code(error: BaseException, debug: bool) -> int:
    from govsim.scenario.messages import ScenarioError

    if isinstance(error, KeyboardInterrupt | typer.Abort):
        return _say("interrupted", INTERRUPTED)
    if isinstance(error, ScenarioError):
        return _say(error.report(), error.exit_code, plain=True)
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else INTERNAL
    full = (
        isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EPIPE) and error.filename is None
    )
    if full and (unprinted := let_go_of_output("\n")):
        if isinstance(unprinted, BrokenPipeError):
            return DONE  # the reader of a pipe has seen enough; nothing more can be said to it
        return _say(f"what there is to say cannot be printed: {unprinted.strerror}", ENVIRONMENT)
    if hasattr(error, "show") and isinstance(getattr(error, "exit_code", None), int):
        error.show()  # a usage error of the command line itself, with its hint
        return BAD_INPUT
    if debug:
        import traceback

        traceback.print_exception(error)
    code, text = refusal(error)
    if code != INTERNAL:
        return _say(text, code)
    last = error.__traceback__
    while last and last.tb_next:
        last = last.tb_next
    place = f" ({Path(last.tb_frame.f_code.co_filename).name}:{last.tb_lineno})" if last else ""
    advice = "" if debug else " Run the command again with --debug to see the whole trace."
    return _say(f"internal error: {type(error).__name__}: {text}{place}.{advice}", INTERNAL)


def _say(text: str, code: int, plain: bool = False) -> int:
    print(text if plain else f"govsim: {text}", file=sys.stderr)
    return code


def forward(arguments: Sequence[str]) -> list[str]:
    """Turn the words after ``run.py`` into those after ``govsim``: a scenario is run, a command passed on."""
    given = list(arguments)
    first = next((word for word in given if word != "--debug"), "")
    passed_on = first in command_names() or first in ("", "--help", "-h", "--version")
    return given if passed_on else ["run", *given]
