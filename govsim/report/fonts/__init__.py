"""Noto Sans SC cut down to common characters, so that Chinese is drawn where no Chinese font is installed.

Noto Sans CJK is (c) 2014-2021 Adobe, under the SIL Open Font License 1.1, which is beside this file; ``tools/subset_font.py``
made the cut-out.
"""

from __future__ import annotations

import base64
import io
from pathlib import Path

COMMON = Path(__file__).parent / "NotoSansSC-common.otf"
NAME = "Noto Sans SC common"
_FIRST = 0x2E80
"""Characters before it are in any font."""


def embedded(text: str) -> str:
    """Return a font with the Chinese characters of a text as a data address; empty where it has none."""
    wanted = {ord(character) for character in text if ord(character) >= _FIRST}
    if not wanted:
        return ""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    font = TTFont(COMMON, lazy=True, recalcTimestamp=False)
    cutter = subset.Subsetter(subset.Options(layout_features=[], hinting=False))
    cutter.populate(unicodes=sorted(wanted))
    cutter.subset(font)
    font.flavor = "woff"
    out = io.BytesIO()
    font.save(out)
    return f"data:font/woff;base64,{base64.b64encode(out.getvalue()).decode()}"
