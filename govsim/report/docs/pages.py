"""Writing the generated pages, and finding those that no longer hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from govsim.report.docs import governance, odd, parameters
from govsim.report.docs.markdown import fill
from govsim.report.docs.words import LANGUAGES
from govsim.report.measures import chinese_page
from govsim.report.stamps import read, reasons, renewed
from govsim.results.errors import EnvironmentProblem
from govsim.results.provenance import portable
from govsim.scenario.files import study_shelf

DONE, STALE = 0, 1

_PARTS = {"odd": odd.parts, "parameters": parameters.parts, "governance": governance.parts}
_TEMPLATES = Path(__file__).parent
MEASURES_ZH = "measures.zh.md"
"""The page of measures in Chinese, from the shipped table of the English one."""
NUMBERS = {
    "models.md": "govsim table models",
    "measures.md": "govsim table measures --start 52",
    "signs.md": "govsim signs",
    "theory.md": "govsim theory",
    "sensitivity.md": "govsim sensitivity assumptions --docs docs",
    "calibration.md": "govsim calibrate calibrate_yingzi --twins 10 --docs docs",
    "optimise.md": "govsim optimise optimise_yingzi --docs docs",
    "crossover.md": "govsim crossover --over crossover --points 64 --no-switching --no-figures --docs docs",
    "benchmarks.md": "python -m benchmarks",
    "statistics.md": "python tools/statistics_page.py",
}
"""Pages that hold numbers from runs, each with the command that makes one without a stamp."""


def pages() -> dict[str, str]:
    """Return every page that is made from declarations, by the name of its file.

    Raises
    ------
    ValueError
        When a template and the generated parts do not fit each other.
    """
    made = {}
    for page, parts in _PARTS.items():
        for language in LANGUAGES:
            name = f"{page}.{language}.md"
            template = (_TEMPLATES / name).read_text(encoding="utf-8")
            made[name] = fill(template, parts(language), name)
    for file in sorted(study_shelf().folder.glob("*_measures.csv")):
        made[MEASURES_ZH] = chinese_page(file)
    return made


def outdated(folder: Path, made: dict[str, str]) -> list[Path]:
    """Return the files of ``folder`` that are missing or hold something else than the pages ``made``."""
    files = [(folder / name, text) for name, text in made.items()]
    return [file for file, text in files if not file.is_file() or file.read_text(encoding="utf-8") != text]


def stamped(folder: Path) -> Iterator[tuple[Path, str, str]]:
    """Yield the files with numbers that do not hold: file, why not, and the command that makes it again.

    These are pages of ``folder`` and the shipped tables beside the studies.
    """
    for file in with_numbers(folder):
        found = read(file.read_text(encoding="utf-8-sig"))
        if not found and file.name in NUMBERS:
            yield file, "no stamp says what it was made from", NUMBERS[file.name]
        for stamp in found:
            if why := reasons(stamp):
                yield file, "; ".join(why), stamp.command


def with_numbers(folder: Path) -> list[Path]:
    """Return the pages of a folder and the shipped tables beside the studies."""
    return [*sorted(folder.glob("*.md")), *sorted(study_shelf().folder.glob("*.csv"))]


def docs_command(out: Path, check: bool) -> int:
    """Write the pages that are not current, or only name all that do not hold; return the exit code.

    Raises
    ------
    EnvironmentProblem
        When the folder cannot be written to.
    """
    made = pages()
    wanted = outdated(out, made)
    if check:
        declared = (
            (file, "declarations changed" if file.is_file() else "missing", "govsim docs") for file in wanted
        )
        found = [*declared, *stamped(out)]
        for file, why, again in found:
            print(f"stale: {portable([file.as_posix()])[0]}: {why}\n  again: {again}")
        if not found:
            print("the pages are current")
        return STALE if found else DONE
    try:
        out.mkdir(parents=True, exist_ok=True)
        for file in wanted:
            file.write_text(made[file.name], encoding="utf-8", newline="\n")
            print(f"written: {file.as_posix()}")
        beside = out.resolve().parent == study_shelf().folder.resolve().parents[1]
        for file in with_numbers(out) if beside else []:
            text = file.read_bytes().decode("utf-8")
            if (now := renewed(text)) != text:
                file.write_bytes(now.encode("utf-8"))
                print(f"stamped: {file.as_posix()} (its numbers hold)")
    except OSError as problem:
        reason = "it is a file" if out.is_file() else (problem.strerror or str(problem))
        raise EnvironmentProblem(f"cannot write pages to {out}: {reason}") from None
    if not wanted:
        print("the pages are current")
    return DONE
