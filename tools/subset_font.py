"""Cuts the Chinese font that govsim ships out of Noto Sans CJK (OFL): common characters and those that govsim itself uses.

    python tools/subset_font.py /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc

The collection comes with Debian's package fonts-noto-cjk; the same collection gives the same bytes.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "govsim" / "report" / "fonts" / "NotoSansSC-common.otf"
FAMILY = "Noto Sans CJK SC"
NAME = "Noto Sans SC common"
"""What the cut-out calls itself, so that nobody takes it for the whole font."""


def characters() -> set[str]:
    """Return level 1 of GB 2312, Chinese punctuation and whatever stands in the package's and scenarios' texts."""
    pairs = [(row, cell) for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF)]
    pairs += [(row, cell) for row in (0xA1, 0xA2, 0xA3) for cell in range(0xA1, 0xFF)]
    common = "".join(bytes(pair).decode("gb2312", "ignore") for pair in pairs)
    folders = [ROOT / "govsim", ROOT / "scenarios"]
    files = [
        path for folder in folders for kind in ("py", "yaml", "html") for path in folder.rglob(f"*.{kind}")
    ]
    return set(common) | {c for path in files for c in path.read_text(encoding="utf-8") if c.isprintable()}


def main(collection: str) -> None:
    """Write the cut-out."""
    font = next(f for f in TTCollection(collection).fonts if f["name"].getDebugName(4) == FAMILY)
    options = subset.Options(layout_features=["kern"], hinting=False, notdef_outline=True)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=sorted(map(ord, characters())))
    cutter.subset(font)
    for entry in list(font["name"].names):
        if entry.nameID in (1, 3, 4, 16):
            entry.string = NAME
        elif entry.nameID == 6:
            entry.string = NAME.replace(" ", "") + "-Regular"
    font["head"].modified = font["head"].created
    font.recalcTimestamp = False
    TARGET.parent.mkdir(exist_ok=True)
    font.save(TARGET)
    print(f"{TARGET.relative_to(ROOT)}: {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(sys.argv[1])
