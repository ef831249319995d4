"""Arguments and options that several commands share."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import fields
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, Literal, get_type_hints

import typer

from govsim.runner.options import RunOptions

ScenarioArgument = Annotated[
    str,
    typer.Argument(metavar="SCENARIO", help="A scenario file, or a built-in name such as yingzi or tiny."),
]
FileArgument = Annotated[
    str,
    typer.Argument(
        metavar="FILE", help="A file of any kind (scenario, model, measure, study), or a built-in name."
    ),
]
ModelArgument = Annotated[
    str, typer.Argument(metavar="MODEL", help="A governance file, or a built-in name of one.")
]
Overrides = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="KEY=VALUE", help="Change one parameter, such as run.weeks=52. May be repeated."
    ),
]
Seeds = Annotated[int | None, typer.Option(min=1, help="Number of seeds instead of the scenario's.")]
Weeks = Annotated[int | None, typer.Option(min=1, help="Number of weeks instead of the scenario's.")]
Out = Annotated[Path, typer.Option(metavar="FOLDER", help="Where results are written.")]
Jobs = Annotated[
    int,
    typer.Option(min=0, help="Runs side by side; 0 takes one per processor, or fewer where that is quicker."),
]
Scheduler = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS", help="Dask scheduler whose workers run it: tcp://node1:8786, or its file."
    ),
]
SingleWriter = Annotated[
    bool,
    typer.Option("--single-writer", help="Nobody else writes there: go on where files cannot be locked."),
]
Unequal = Annotated[
    bool,
    typer.Option(
        "--allow-unequal-budget", help="Compare models that had unequal hours or money, under a banner."
    ),
]
Controls = Annotated[
    bool,
    typer.Option(
        "--controls", help="Also run everything without its network, ranking or routing; show what is left."
    ),
]
Until = Annotated[
    str | None,
    typer.Option(
        metavar="INDICATOR=±WIDTH",
        help="Add seeds until half of its 95% interval is no wider: participation=±0.5.",
    ),
]
MaxSeeds = Annotated[
    int | None, typer.Option(min=2, help="Most seeds that --until goes to; 1000 without it.")
]
Report = Annotated[
    Path | None,
    typer.Option(
        "--report", metavar="FILE", help="Write the report there too, one HTML page that opens offline."
    ),
]
Languages = Annotated[
    Literal["en", "zh", "both"],
    typer.Option("--lang", help="Language of the report: English, Chinese, or both with a switch."),
]
StudyLanguage = Annotated[
    Literal["en", "zh", "both"],
    typer.Option("--lang", help="Language printed: English or Chinese; both takes the terminal's."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]
_RUN_OPTIONS = {"out": Out, "jobs": Jobs, "scheduler": Scheduler, "single_writer": SingleWriter}
"""Fields of :class:`~govsim.runner.options.RunOptions` that the command line sets, in the order of the help."""


def with_run_options(*beside_out: str) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Give a command the options of :class:`~govsim.runner.options.RunOptions` where it has a parameter ``options``.

    Parameters
    ----------
    beside_out
        Parameters of the command that stand between ``--out`` and ``--jobs`` in its help.
    """
    defaults = {field.name: field.default for field in fields(RunOptions)} | {"out": Path("results")}

    def give(command: Callable[..., int]) -> Callable[..., int]:
        @wraps(command)
        def with_options(**given: Any) -> int:
            from govsim.report.running import command as command_line

            chosen = {name: given.pop(name) for name in _RUN_OPTIONS}
            return command(options=RunOptions(**chosen, command=tuple(command_line())), **given)

        hints = get_type_hints(command, include_extras=True)
        asked: list[inspect.Parameter] = []
        own = inspect.signature(command).parameters
        for name, parameter in own.items():
            if name == "options":
                out, *others = (
                    inspect.Parameter(
                        field, inspect.Parameter.KEYWORD_ONLY, default=defaults[field], annotation=kind
                    )
                    for field, kind in _RUN_OPTIONS.items()
                )
                asked += [out, *(own[one].replace(annotation=hints[one]) for one in beside_out), *others]
            elif name not in beside_out:
                asked.append(parameter.replace(annotation=hints[name]))
        with_options.__signature__ = inspect.Signature(asked)  # type: ignore[attr-defined]
        with_options.__annotations__ = {item.name: item.annotation for item in asked}
        return with_options

    return give
