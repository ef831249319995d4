"""The page of signs that were fixed before anything was run, and of where the default district lies among others."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from govsim.report.markdown import table
from govsim.report.stamps import stamp

if TYPE_CHECKING:
    from govsim.assurance.signs import DefaultRank, SignOutcome

INDICATORS = {
    "resolved_existing_26w": "truly resolved in 26 weeks, of existing problems, % points",
    "participation_4w": "take part in four weeks, % points of adults",
}
_ARROWS = {1: "up", 0: "no change", -1: "down"}
LOW, HIGH = 0.1, 0.9


def signs_command(models: tuple[str, str], seeds: int, points: int, docs: Path) -> int:
    """Run the signs and the design, write ``docs/signs.md`` and return the exit code."""
    from govsim.assurance.signs import SIGNS, check, place_of_default
    from govsim.scenario import load, load_governance

    chosen = list(range(1, seeds + 1))
    loaded = [load_governance(name) for name in models]
    baseline, other = (item.model for item in loaded)
    outcomes = []
    for number, sign in enumerate(SIGNS, 1):
        print(f"{number}/{len(SIGNS)}  {sign.claim}")
        outcomes.append(check(sign, baseline, chosen))
    print(f"default among {points} districts")
    places = place_of_default(baseline, other, list(INDICATORS), chosen[:3], points)
    path = docs / "signs.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    names = (baseline.name.en, other.name.en)
    said = ["govsim", "signs", "--baseline", models[0], "--other", models[1]]
    again = shlex.join([*said, "--seeds", str(seeds), "--points", str(points)])
    made = stamp(again, load("tiny"), *loaded).comment()
    path.write_text(f"{page(outcomes, places, seeds, names, again)}\n{made}", encoding="utf-8")
    print(f"written: {path.as_posix()}")
    return 0


def page(
    outcomes: list[SignOutcome], places: list[DefaultRank], seeds: int, names: tuple[str, str], again: str
) -> str:
    """Return the page as Markdown; ``again`` is the command that makes it."""
    from govsim.assurance.signs import DISTRICT, RANGES

    rows = []
    for outcome in outcomes:
        sign, found = outcome.sign, outcome.difference
        between = (
            "not reached"
            if found.interval is None
            else f"{found.interval[0]:+.2f} to {found.interval[1]:+.2f}"
        )
        rows.append([sign.claim, sign.why, sign.what, _ARROWS[sign.sign], between, f"**{outcome.verdict}**"])
    inside = []
    for place in places:
        middle = LOW <= place.quantile <= HIGH
        ordered = sorted(place.others)
        inside.append([
            INDICATORS[place.indicator], f"{place.default:+.1f}", f"{ordered[0]:+.1f} to {ordered[-1]:+.1f}",
            f"{place.quantile:.2f}", "inside the middle" if middle else "**outside the middle: an unusual district**",
        ])  # fmt: skip
    ranges = "; ".join(f"`{name}` {low:g} to {high:g}" for name, (low, high) in RANGES.items())
    head = ["should happen", "because", "measured as", "expected", "difference, 95 % interval", "verdict"]
    return "\n\n".join([
        "# Signs fixed before running",
        "What theory or published studies expect when one thing is changed, written down before anything was run. It is a "
        "report and no gate: what goes against expectation stays in the table. In this model, under these assumptions.",
        f"{names[0]}, in the shipped tiny district with {' and '.join(DISTRICT)}; {seeds} paired seeds.",
        table(head, rows),
        "## Where the default district lies",
        f"{names[1]} minus {names[0]} in the default district and in {len(places[0].others)} others (Sobol points over "
        f"{ranges}), three seeds each. A default at the edge of such a map would be a default chosen for its result; "
        f"the middle is from the {LOW:.0%} to the {HIGH:.0%} quantile.",
        table(["difference", "default", "others", "quantile of the default", ""], inside),
        f"Made by `{again}`.",
    ]) + "\n"  # fmt: skip
