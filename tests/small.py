"""The smallest run that tests of commands make."""

from __future__ import annotations

from pathlib import Path


def small_run(out: Path, *more: str, seeds: int = 1) -> list[str]:
    """Return the words of a command: eight weeks of the small district in this process, without figures."""
    words = f"run tiny --weeks 8 --seeds {seeds} --no-figures --capacity neutral --jobs 1"
    return [*words.split(), *more, "--out", str(out)]
