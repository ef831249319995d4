"""Runs of one comparison that were made with different packages, as after an upgrade between two halves of a study."""

from __future__ import annotations

from collections.abc import Iterable

from govsim.results.load import Results


def mixed_versions(runs: Iterable[Results]) -> dict[str, list[str]]:
    """Return, for each package of which runs were made with several versions, these versions.

    Code of govsim that decides the numbers enters the key of a run, so runs of several codes are never mixed.
    """
    found: dict[str, dict[str, None]] = {}
    for run in runs:
        for name, version in (run.manifest.get("versions") or {}).items():
            found.setdefault(name, {})[str(version)] = None
    return {name: list(versions) for name, versions in sorted(found.items()) if len(versions) > 1}


def mixture_words(mixed: dict[str, list[str]]) -> str:
    """Say which versions are mixed and what to do; "" where none are."""
    if not mixed:
        return ""
    listed = "; ".join(f"{name} {' and '.join(versions)}" for name, versions in mixed.items())
    return (
        f"MIXED VERSIONS: these runs were made with {listed}. `govsim verify` says whether all of them come out the same "
        "here; --force computes them again"
    )
