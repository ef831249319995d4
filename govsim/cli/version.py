"""Which govsim this is: the line that ``govsim --version`` prints, and how to cite it."""

from __future__ import annotations

import sys
from pathlib import Path

import govsim

AUTHORS = "govsim developers"
TITLE = "govsim: community governance as an agent-based model"
_BIBTEX = """@software{{govsim,
  author  = {{{{{authors}}}}},
  title   = {{{title}}},
  version = {{{version}}},
  note    = {{{note}}},
}}"""


def cite_command() -> int:
    """Print the line for a paper and the BibTeX entry; both name the commit, since results hang on it."""
    commit = _commit()
    version = f"version {govsim.__version__}" + (f", commit {commit}" if commit else "")
    print(f"{AUTHORS}. {TITLE}. Computer software, {version}.\n")
    note = f"commit {commit}" if commit else "computer software"
    print(_BIBTEX.format(authors=AUTHORS, title=TITLE, version=govsim.__version__, note=note))
    return 0


def version_line() -> str:
    """Version, commit where it is known, and Python, on one line."""
    commit = _commit()
    built = f" (commit {commit})" if commit else ""
    return f"govsim {govsim.__version__}{built}, Python {sys.version.split()[0]}"


def _commit() -> str:
    """Read the commit of a source checkout from its files; "" for an installed package."""
    git = Path(govsim.__file__).resolve().parent.parent / ".git"
    try:
        if git.is_file():
            git = (git.parent / git.read_text().partition("gitdir:")[2].strip()).resolve()
        head = (git / "HEAD").read_text().strip()
        if not head.startswith("ref: "):
            return head[:12]
        name = head[5:]
        shared = git / "commondir"
        base = (git / shared.read_text().strip()).resolve() if shared.is_file() else git
        if (base / name).is_file():
            return (base / name).read_text().strip()[:12]
        packed = (base / "packed-refs").read_text().splitlines()
        return next((line[:12] for line in packed if line.endswith(f" {name}")), "")
    except OSError:
        return ""
