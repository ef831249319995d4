"""The scripts and style sheets that pages carry with them."""

from __future__ import annotations

from importlib.resources import files


def script(package: str, name: str) -> str:
    """Return a text file of a package, to be written into a page.

    Parameters
    ----------
    package
        Such as ``govsim.report.stage``.
    """
    return (files(package) / name).read_text(encoding="utf-8")
