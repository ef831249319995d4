"""The command report as it stands on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from govsim.report.options import Languages


def report(
    comparison: Annotated[
        Path,
        typer.Argument(
            metavar="COMPARISON", help="Folder of a comparison; or one that holds some, for the newest."
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "-o", "--out", metavar="FILE", help="The page; otherwise report.html in the comparison's folder."
        ),
    ] = None,
    languages: Languages = "both",
    studies: Annotated[
        list[Path] | None,
        typer.Option(
            "--with", metavar="FOLDER", help="Folder of a study whose tables are shown too. May be repeated."
        ),
    ] = None,
) -> int:
    """Write a comparison as one HTML page. Opens offline, prints, fits into a mail."""
    from govsim.report.html.command import report_command

    return report_command(comparison, out, languages, studies or [])
