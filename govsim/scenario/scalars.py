"""How a bare word in a scenario is understood: the core rules of YAML 1.2, and what to say where people
differ.

PyYAML follows YAML 1.1, in which ``no`` is false, ``12:30`` is 750, ``010`` is 8 and ``1e-3`` is text. Here a
number is what looks like one, a switch is ``true`` or ``false``, and every other word is text; where a number
or a switch was wanted, :func:`number_fix` and :func:`switch_fix` say how to write it.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation

Scalar = str | int | float | bool | None

LARGEST_INT = 2**63 - 1

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_OCT = re.compile(r"0o[0-7]+")
_HEX = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_SWITCH = {"yes": True, "on": True, "y": True, "no": False, "off": False, "n": False}
_DASHES = str.maketrans({"\u2212": "-", "\u2013": "-", "\u2014": "-", "\u2010": "-", "\u2011": "-"})
_COUNTED = {"k": 3, "thousand": 3, "million": 6, "bn": 9, "billion": 9, "千": 3, "万": 4, "亿": 8}


class UnusableNumber(ValueError):  # noqa: N818 - a sentence for people, not an error class of an API
    """A number that no parameter can take: not finite, or beyond 64 bits. Its text says why."""


def resolve(text: str) -> Scalar:
    """Turn a bare (unquoted) word into the value that YAML 1.2 core gives it.

    Raises
    ------
    UnusableNumber
        For ``.nan``, ``.inf``, numbers too large for a float (``1e400``) and whole numbers beyond 64 bits.
    """
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if _INT.fullmatch(text):
        return _whole(text, 10)
    if _OCT.fullmatch(text):
        return _whole(text[2:], 8)
    if _HEX.fullmatch(text):
        return _whole(text[2:], 16)
    if _FLOAT.fullmatch(text):
        value = float(text)
        if value in (float("inf"), float("-inf")):
            raise UnusableNumber("is larger than any number a computer works with; a finite number is needed")
        return value + 0.0  # -0.0 becomes 0.0
    if _NOT_FINITE.fullmatch(text):
        raise UnusableNumber("is not a finite number; write the number that is meant")
    return text


def _whole(digits: str, base: int) -> int:
    if len(digits) > 64 or abs(value := int(digits, base)) > LARGEST_INT:
        raise UnusableNumber(f"is beyond the largest whole number that can be kept ({LARGEST_INT})")
    return value


def visible(text: str) -> str:
    """Take out characters that cannot be seen and fold full-width and similar forms into the plain ones."""
    kept = "".join(ch for ch in text if unicodedata.category(ch) not in ("Cf", "Cc"))
    return unicodedata.normalize("NFKC", kept).translate(_DASHES).strip()


def hidden_characters(text: str) -> list[str]:
    """Name the characters of ``text`` that a reader cannot see, such as ``U+200B ZERO WIDTH SPACE``."""
    found = [
        ch
        for ch in text
        if unicodedata.category(ch) in ("Cf", "Cc", "Zl", "Zp") or (ch.isspace() and ch != " ")
    ]
    return [f"U+{ord(ch):04X} {unicodedata.name(ch, 'control character')}" for ch in dict.fromkeys(found)]


def number_fix(text: str, bare: bool) -> str:
    """Say how to write a text that was meant as a number, or return "" where nothing can be guessed.

    Parameters
    ----------
    text
        What stands in the scenario.
    bare
        Whether it was written without quotes.
    """
    plain = visible(text)
    if plain != text and _is_number(plain):
        return f"written with full-width or invisible characters: write {plain}"
    if _is_number(plain):
        return f"it is in quotes: write {plain} without them" if not bare else f"write {plain}"
    if plain.lower().lstrip("+-.") in ("nan", "inf", "infinity"):
        return "a finite number is needed"
    if match := re.fullmatch(r"([-+]?[0-9]*[.,]?[0-9]+)\s*([%‰])", plain):
        scale = Decimal(100) if match[2] == "%" else Decimal(1000)
        return f"write {_decimal(Decimal(match[1].replace(',', '.')) / scale)} for {text.strip()}"
    if re.fullmatch(r"[-+]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?", plain) and not plain.lstrip("+-").startswith(
        "0"
    ):
        whole = plain.replace(",", "")
        decimal = (
            f", or {plain.replace(',', '.')} if the comma is a decimal comma" if plain.count(",") == 1 else ""
        )
        return f"write {whole} without separators{decimal}"
    if re.fullmatch(r"[-+]?[0-9]*,[0-9]+", plain):
        return f"write {_decimal(Decimal(plain.replace(',', '.')))}: the decimal mark is a point"
    if re.fullmatch(r"[-+]?[0-9]{1,3}([_' ][0-9]{3})+", plain):
        return f"write {re.sub(r'[_’ ]', '', plain).replace(chr(39), '')} without separators"
    if re.fullmatch(r"[-+]?0[0-9]+(\.[0-9]+)?", plain):
        octal = (
            f", or 0o{plain.lstrip('+-0')} if an octal number is meant"
            if re.fullmatch(r"0[0-7]+", plain)
            else ""
        )
        return f"write {_decimal(Decimal(plain))} without the leading zero{octal}"
    if re.fullmatch(r"[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?", plain):
        return "it reads as a time of day or a ratio: write one plain number in the unit named"
    if match := re.fullmatch(r"([-+]?[0-9]+(?:\.[0-9]+)?)\s*([^\W\d_][^\d]*)", plain):
        if (power := _COUNTED.get(match[2].strip().lower())) is not None:
            return f"write {_decimal(Decimal(match[1]).scaleb(power))}"
        return f"write {match[1]} without the unit"
    return ""


def switch_fix(value: Scalar) -> str:
    """Say which of ``true`` and ``false`` a value was meant as, or "" where nothing can be guessed."""
    if isinstance(value, str):
        word = visible(value).lower()
        meant = _SWITCH.get(word, _BOOL.get(word))
    elif isinstance(value, int | float) and value in (0, 1):
        meant = bool(value)
    else:
        meant = None
    return "" if meant is None else f"write {'true' if meant else 'false'}"


def _is_number(text: str) -> bool:
    return bool(_INT.fullmatch(text) or _FLOAT.fullmatch(text))


def _decimal(value: Decimal) -> str:
    try:
        text = format(value.normalize(), "f")
    except InvalidOperation:
        return str(value)
    return text if len(text) <= 40 else str(value)
