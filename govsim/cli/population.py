"""Commands about the population that a scenario builds: ``world check``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from govsim.cli.options import Json, Overrides, ScenarioArgument

world = typer.Typer(help="The population that a scenario builds. Check it.", no_args_is_help=True)


@world.callback()
def _door() -> None:
    """Keep ``check`` a command of its own while it is the only one."""


@world.command("check")
def world_check(
    scenario: ScenarioArgument,
    overrides: Overrides = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the people.")] = 1,
    against: Annotated[
        str | None,
        typer.Option(metavar="SCENARIO", help="District that it stands for; without it, what it extends."),
    ] = None,
    language: Annotated[
        Literal["en", "zh"] | None,
        typer.Option("--lang", help="English or Chinese; without it, the language of the terminal."),
    ] = None,
    json_output: Json = False,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Write tables (CSV) and pictures (PNG, SVG) there."),
    ] = None,
) -> int:
    """Audit the people of a scenario. Margins, impossible people, ties, scale; exit code 4 if something is wrong."""
    from govsim.report.population import world_check_command

    return world_check_command(scenario, overrides or [], seed, against, language or "both", json_output, out)
