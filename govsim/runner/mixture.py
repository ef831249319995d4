"""Runs of one comparison that were made with different packages, as after an upgrade between two halves of a study."""

from __future__ import annotations

from collections.abc import Iterable

from govsim.results.load import Results


class Mixture:
    """Versions of packages that runs were made with, run by run.

    Code of govsim that decides the numbers enters the key of a run, so runs of several codes are never mixed.
    """

    def __init__(self, runs: Iterable[Results] = ()) -> None:
        self._found: dict[str, dict[str, None]] = {}
        self.add(runs)

    def add(self, runs: Iterable[Results]) -> None:
        """Look at further runs."""
        for run in runs:
            for name, version in (run.manifest.get("versions") or {}).items():
                self._found.setdefault(name, {})[str(version)] = None

    @property
    def mixed(self) -> dict[str, list[str]]:
        """For each package of which there are several versions, these versions."""
        return {name: list(found) for name, found in sorted(self._found.items()) if len(found) > 1}


def mixture_words(mixed: dict[str, list[str]]) -> str:
    """Say which versions are mixed and what to do; "" where none are."""
    if not mixed:
        return ""
    listed = "; ".join(f"{name} {' and '.join(versions)}" for name, versions in mixed.items())
    return (
        f"MIXED VERSIONS: these runs were made with {listed}. `govsim verify` says whether all of them come out the same "
        "here; --force computes them again"
    )
