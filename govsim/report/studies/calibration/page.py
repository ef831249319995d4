"""The page docs/calibration.md: what the summary says, with the command and the figure."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

from govsim.report.stamps import stamp
from govsim.report.studies.calibration.tables import CalibrationAnswer
from govsim.report.studies.calibration.words import sections
from govsim.report.tables.markdown import table
from govsim.report.writing import write_whole
from govsim.results.provenance import portable

NAME = "calibration"


def write_page(
    folder: Path, answer: CalibrationAnswer, picture: bytes | None, command: Sequence[str], again: str
) -> None:
    """Write the page, and its figure where there is one, into a folder of pages.

    Parameters
    ----------
    picture
        PNG.
    again
        Command that reveals held-out patterns.
    """
    if picture is not None:
        write_whole(folder / f"{NAME}.png", picture)
    lines = _page(answer, picture is not None, command, again)
    made = stamp(shlex.join(portable(list(command))), answer.found.study).comment()
    write_whole(folder / f"{NAME}.md", "\n\n".join([*lines, made]).encode("utf-8"))


def _page(answer: CalibrationAnswer, drawn: bool, command: Sequence[str], again: str) -> Iterator[str]:
    yield f"# {answer.found.study.label}"
    yield "Written by the command below from its runs; nothing on this page is typed in."
    yield f"```bash\n{shlex.join(portable(list(command)))}\n```"
    if drawn:
        yield f"![Region of each parameter, and how often pairs of patterns are met together]({NAME}.png)"
    for heading, block in sections(answer, again):
        yield f"## {heading}"
        for part in block:
            if isinstance(part, list):
                yield table(part[0], part[1:])
            elif part.startswith("  "):
                yield f"```bash\n{part.strip()}\n```"
            else:
                yield part.replace("*", "\\*")
