"""Accept the results of the golden study: the only way to change them, and only with a reason in the changelog.

python tools/accept_golden.py --reason "Home visits now fall at their own moment in the week"
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

_HEADING = re.compile(r"^\s*(#{1,6}\s|\*\*[^*]+\*\*\s*:?\s*$)")


def reasons_given(changelog: str) -> str:
    """Return what stands under all headings called 'Results change', as one line without marks and capitals."""
    kept: list[str] = []
    inside = False
    for line in changelog.splitlines():
        if _HEADING.match(line):
            inside = "results change" in line.lower()
        elif inside:
            kept.append(line)
    return _plain(" ".join(kept))


def _plain(words: str) -> str:
    return " ".join(re.sub(r"[*_`]", "", words).lower().split())


def main() -> int:
    """Compare, check the changelog and write; return 0 when accepted or unchanged, 2 when refused."""
    from tests.golden.study import GOLDEN, compute, differences

    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0] if __doc__ else None)
    parser.add_argument("--reason", required=True, help="why results change, in the words of the changelog")
    parser.add_argument("--changelog", type=Path, default=ROOT / "CHANGELOG.md")
    parser.add_argument("--golden", type=Path, default=GOLDEN)
    asked = parser.parse_args()
    reason = _plain(asked.reason)
    if not reason:
        parser.error("--reason is empty")
    given = asked.changelog.read_text(encoding="utf-8") if asked.changelog.exists() else ""
    if reason not in reasons_given(given):
        print(
            f"Refused: {asked.changelog.name} does not give this reason under a heading 'Results change'. Add it there:\n"
            f"  - {asked.reason.strip()}",
            file=sys.stderr,
        )
        return 2
    old = json.loads(asked.golden.read_text(encoding="utf-8")) if asked.golden.exists() else {}
    new = compute()
    found = differences(old, new)
    if not found:
        print("Results are the accepted ones: nothing to accept.")
        return 0
    new["reason"] = asked.reason.strip()
    asked.golden.write_text(json.dumps(new, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"Accepted: {asked.reason.strip()}")
    print("\n".join(f"  {line}" for line in found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
