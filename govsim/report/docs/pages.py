"""Writing the generated pages, and finding those that are no longer what the declarations say."""

from __future__ import annotations

from pathlib import Path

from govsim.report.docs import governance, odd, parameters
from govsim.report.docs.markdown import fill
from govsim.report.docs.words import LANGUAGES
from govsim.results.errors import EnvironmentProblem

DONE, STALE = 0, 1

_PARTS = {"odd": odd.parts, "parameters": parameters.parts, "governance": governance.parts}
_TEMPLATES = Path(__file__).parent


def pages() -> dict[str, str]:
    """Return every generated page by the name of its file.

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
    return made


def outdated(folder: Path, made: dict[str, str]) -> list[Path]:
    """Return the files of ``folder`` that are missing or hold something else than the pages ``made``."""
    files = [(folder / name, text) for name, text in made.items()]
    return [file for file, text in files if not file.is_file() or file.read_text(encoding="utf-8") != text]


def docs_command(out: Path, check: bool) -> int:
    """Write the pages that are not current, or only name them; return the exit code.

    Raises
    ------
    EnvironmentProblem
        When the folder cannot be written to.
    """
    made = pages()
    wanted = outdated(out, made)
    if check:
        for file in wanted:
            print(f"{'stale' if file.is_file() else 'missing'}: {file.as_posix()}")
        print("`govsim docs` writes them again" if wanted else "the pages are current")
        return STALE if wanted else DONE
    try:
        out.mkdir(parents=True, exist_ok=True)
        for file in wanted:
            file.write_text(made[file.name], encoding="utf-8", newline="\n")
            print(f"written: {file.as_posix()}")
    except OSError as problem:
        reason = "it is a file" if out.is_file() else (problem.strerror or str(problem))
        raise EnvironmentProblem(f"cannot write pages to {out}: {reason}") from None
    if not wanted:
        print("the pages are current")
    return DONE
