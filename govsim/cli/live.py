"""The words of ``govsim app``; the page and its library are loaded when it is said."""

from __future__ import annotations

from typing import Annotated

import typer


def live(
    scenario: Annotated[
        str, typer.Argument(metavar="[SCENARIO]", help="A scenario file or a built-in name.")
    ] = "tiny",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on this machine.")] = 8060,
    browser: Annotated[bool, typer.Option(help="Open a browser window.")] = True,
) -> int:
    """Watch two models side by side in a browser. On this machine only, without a network."""
    from govsim.app.command import app_command

    return app_command(scenario, port, browser)
