"""The commands on finished results as the door offers them; each imports what it needs when it runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

import typer

from govsim.cli.options import Json, Languages


def status(
    results: Annotated[
        Path, typer.Argument(metavar="[RESULTS]", help="A results folder, or one scenario's folder in it.")
    ] = Path("results"),
    contents: Annotated[
        bool, typer.Option("--contents", help="Read every file and see that it is what was written.")
    ] = False,
    json_output: Json = False,
) -> int:
    """List what a results folder holds. Runs that are done, under way and by whom, failed, broken."""
    from govsim.cli.status import status_command

    return status_command(results, contents, json_output)


def explain(
    result: Annotated[
        str, typer.Argument(metavar="RESULT", help="A run folder, or a folder that holds runs.")
    ],
    case: Annotated[int | None, typer.Option(help="Number of a problem, as in cases.parquet.")] = None,
    resident: Annotated[int | None, typer.Option(help="Number of a resident, from 0.")] = None,
    model: Annotated[str | None, typer.Option(help="Which model's run, where there are several.")] = None,
    capacity: Annotated[
        Literal["neutral", "observed"] | None, typer.Option(help="Which capacity mode, where there are both.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Which seed, where there are several.")] = None,
    language: Annotated[Literal["en", "zh"], typer.Option("--lang", help="English or Chinese.")] = "en",
    rows: Annotated[
        bool, typer.Option("--rows", help="End each sentence with the ledger rows it is made of.")
    ] = False,
) -> int:
    """Tell what happened to one problem or one resident. Who spent which hours, and when."""
    from govsim.report.stories.text import explain_command

    return explain_command(result, case, resident, model, capacity, seed, language, rows)


def verify(
    result: Annotated[
        Path, typer.Argument(metavar="RESULT", help="A run, a comparison, or a folder that holds them.")
    ],
    against: Annotated[
        Path | None,
        typer.Option(metavar="RESULT", help="Another run: name week, process and resident where they part."),
    ] = None,
    keep: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Keep the rerun there, an empty or new folder.")
    ] = None,
    jobs: Annotated[
        int,
        typer.Option(min=0, help="Runs side by side; 0 takes one per processor, or fewer where quicker."),
    ] = 0,
    json_output: Json = False,
) -> int:
    """Run a result again from its own files. Exit code 0 if every table is the same, else 4."""
    from govsim.cli.verifying import verify_command

    return verify_command(result, against, keep, jobs, json_output)


def pack(
    result: Annotated[
        Path, typer.Argument(metavar="RESULT", help="A run, a comparison, or a folder that holds them.")
    ],
    out: Annotated[Path, typer.Option("-o", "--out", metavar="FILE", help="The file, such as study.zip.")],
    json_output: Json = False,
) -> int:
    """Pack a result into one file to hand on. With scenario files, model description, licence, how to verify."""
    from govsim.cli.packing import pack_command

    return pack_command(result, out, json_output)


def doctor(
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where results are to be written.")] = Path(
        "results"
    ),
    json_output: Json = False,
) -> int:
    """Look whether this machine is fit to run govsim. Ten lines, some seconds; 5 if it is not."""
    from govsim.cli.doctor import doctor_command

    return doctor_command(out, json_output)


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
    from govsim.report.html.page import report_command

    return report_command(comparison, out, languages, studies or [])


def brief(
    comparison: Annotated[
        Path, typer.Argument(metavar="RESULT", help="Folder of a comparison, or one that holds a single one.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "-o", "--out", metavar="FILE", help="The page; otherwise brief.html in the comparison's folder."
        ),
    ] = None,
    languages: Languages = "both",
) -> int:
    """Write one page that says what a comparison found, how sure that is and what to do first."""
    from govsim.report.html.page import brief_command

    return brief_command(comparison, out, languages)


def warm() -> int:
    """Compile everything ahead, so that no run waits for it. Once on a machine, about 20 seconds."""
    from govsim.cli.doctor import warm_command

    return warm_command()


RESULT_COMMANDS: tuple[Callable[..., int], ...] = (status, explain, brief, report, verify, pack, doctor, warm)
