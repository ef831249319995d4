"""The line that ``govsim --version`` prints."""

from __future__ import annotations

import sys
from pathlib import Path

import govsim


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
