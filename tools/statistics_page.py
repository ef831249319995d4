"""Write docs/statistics.md: what the statistics promise and how often they keep it, from the battery of tests/assurance.

python tools/statistics_page.py [FILE]
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from govsim.report.stamps import stamp  # noqa: E402
from tests.assurance.battery import Case, measure  # noqa: E402

TITLES = {"comparisons": "Comparisons of models", "studies": "Studies"}


def page() -> str:
    """Return the page."""
    lines = [
        "# How often the verdicts are right",
        "",
        "Every row feeds the functions that give verdicts with synthetic data whose truth is known, and counts. *Promised* is",
        "what a verdict says of itself; *observed* is measured, ± its Monte-Carlo error, in brackets the number of samples;",
        "*before* is the same rate under the rule that was replaced. The tests in `tests/assurance` fail where an observed",
        "rate breaks its promise; each fails with chance 0.001 on fresh draws although the promise is kept exactly.",
        "Made by `python tools/statistics_page.py`; do not edit.",
    ]
    for name, title in TITLES.items():
        if (ROOT / f"tests/assurance/test_rates_{name}.py").is_file():
            cases: tuple[Case, ...] = importlib.import_module(f"tests.assurance.test_rates_{name}").CASES
            lines += [
                "",
                f"## {title}",
                "",
                "| what is counted | promised | observed | before |",
                "| :-- | --: | --: | --: |",
            ]
            lines += map(_row, cases)
    lines += ["", *stamp("python tools/statistics_page.py").comment().splitlines()]
    return "\n".join(lines) + "\n"


def _row(case: Case) -> str:
    rate = measure(case)
    before = "-" if case.before is None else f"{case.before:.2f}"
    return (
        f"| {case.what} | {case.promise} {case.nominal:g} | {rate.observed:.3f} ± {rate.error:.3f} "
        f"({rate.trials:,}) | {before} |"
    )


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs/statistics.md"
    target.write_text(page(), encoding="utf-8")
    print(f"written: {target}")
