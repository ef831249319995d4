"""``python -m benchmarks``: measure, and write ``docs/benchmarks.md``."""

from __future__ import annotations

import argparse
import importlib
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks import page
from benchmarks.apart import ROOT
from benchmarks.beside import verdicts
from benchmarks.timing import load_now

PAGE = ROOT / "docs" / "benchmarks.md"


class Progress:
    """Lines on the way, with the time left as earlier runs of the command took."""

    def __init__(self, expected: dict[str, float]) -> None:
        self._expected, self._began = expected, time.monotonic()
        self._part, self._part_began = "", self._began

    def begin(self, part: str) -> None:
        """Note that a part begins."""
        self._part, self._part_began = part, time.monotonic()

    def say(self, words: str) -> None:
        """Write one line."""
        now = time.monotonic()
        parts = list(self._expected)
        later = parts[parts.index(self._part) + 1 :]
        left = max(self._expected[self._part] - (now - self._part_began), 0.0)
        left += sum(self._expected[part] for part in later)
        print(
            f"[{now - self._began:4.0f} s, about {left:.0f} s left] {self._part}: {words}",
            file=sys.stderr,
            flush=True,
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Measure how fast govsim is, side by side with others."
    )
    parser.add_argument(
        "--quick",
        action="store_true",
        help="smaller sizes and fewer repetitions, in less than two minutes; nothing is written without --out",
    )
    parser.add_argument("--only", default=",".join(page.PARTS), help="parts, with commas: %(default)s")
    parser.add_argument(
        "--out",
        type=Path,
        help=f"page to write ({PAGE.name}, unless --quick); sections of other parts stay as they are",
    )
    asked = parser.parse_args(arguments)
    parts = asked.only.split(",")
    if unknown := [part for part in parts if part not in page.PARTS]:
        parser.error(f"no such part: {', '.join(unknown)}; there are {', '.join(page.PARTS)}")
    progress = Progress({part: page.PARTS[part].seconds[asked.quick] for part in parts})
    out = asked.out or (None if asked.quick else PAGE)
    missed = 0
    for part in parts:
        progress.begin(part)
        began, load = time.monotonic(), load_now()
        section = importlib.import_module(f"benchmarks.{part}").measure(asked.quick, progress.say)
        took = time.monotonic() - began
        lines = list(verdicts(section, page.sections(out if out and out.exists() else PAGE).get(part, "")))
        if out:
            page.write(out, part, section, asked.quick, took, load)
        for aim in section.aims:
            missed += not aim.met
        print(section.markdown(), end="\n\n")
        print(f"{part}, in {took:.0f} s, beside the page:", *lines, sep="\n- ", end="\n\n", flush=True)
    print(f"{missed} of the aims not reached; {out or 'nothing'} written", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
