"""Text to plain values with the place of each: YAML that can neither surprise nor harm.

One pass over PyYAML's parse events counts depth, nodes and alias expansion before anything is built, keeps
the line and column of every key and value, and refuses whatever people cannot see or do not expect: duplicate
keys, merge keys, tags, several documents, invisible characters in keys, numbers that are not finite.

A bare word is understood by the core rules of YAML 1.2. PyYAML follows YAML 1.1, in which ``no`` is false, ``12:30`` is
750, ``010`` is 8 and ``1e-3`` is text. Here a number is what looks like one, a switch is ``true`` or ``false``, and every
other word is text; where a number or a switch was wanted, :func:`number_fix` and :func:`switch_fix` say how to write it.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple, NoReturn

import yaml

from govsim.scenario.messages import Path, Place, Problem, ScenarioError, quoted

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


def resolve_scalar(text: str) -> Scalar:
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


MAX_BYTES = 5_000_000
MAX_DEPTH = 64
_TOO_DEEP = f"values are nested more than {MAX_DEPTH} levels deep"
MAX_NODES = 100_000
MAX_EXPANSION = 10_000

_PARSER: Any = getattr(yaml, "CLoader", yaml.Loader)
_CORE = "tag:yaml.org,2002:"
_SCALAR_TAGS = frozenset({"str", "int", "float", "bool", "null"})
_MAPPING = "a scenario is a mapping of keys to values, such as `name: my district`"
_FULL_WIDTH_COLON = "a full-width colon （：） was found: write an ordinary colon and a space"
_TYPES: dict[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "null": (type(None),),
}


class Spot(NamedTuple):
    """Place of one value: of its key (or itself in a list), of the value, and the bare word if unquoted."""

    key: Place
    value: Place
    bare: str | None


@dataclass
class Document:
    """What one YAML text says.

    Attributes
    ----------
    file : str
        Name under which problems are reported.
    data : dict
        Mappings, lists, text, numbers, switches and None; nothing else.
    spots : dict of path to Spot
        Where each key and value stands; the empty path is the top.
    problems : list of Problem
        What is wrong with keys and structure but did not stop the reading.
    unusable : dict of path to str
        Values that nothing can take (not finite, too large, tagged) and why; ``data`` holds a stand-in for
        them.
    """

    file: str
    data: dict[str, Any]
    spots: dict[Path, Spot]
    problems: list[Problem] = field(default_factory=list)
    unusable: dict[Path, str] = field(default_factory=dict)


@dataclass
class _Node:
    kind: str  # "map", "list", "scalar"
    place: Place
    value: Scalar = None
    bare: str | None = None
    key_text: str | None = None
    items: list[_Node] = field(default_factory=list)
    pairs: list[tuple[_Node, _Node]] = field(default_factory=list)
    size: int = 1
    closed: bool = False
    trouble: str = ""


def read_bytes(raw: bytes, file: str) -> Document:
    """Read the bytes of a scenario file; see :func:`decode` for its encodings.

    Raises
    ------
    ScenarioError
        When nothing can be made of the text: encoding, size, syntax, nesting, several documents, no mapping
        on top. Problems that leave the rest readable are collected in ``Document.problems`` instead.
    """
    if len(raw) > MAX_BYTES:
        _stop(Place(file), f"the file has {len(raw):,} bytes; at most {MAX_BYTES:,} are read")
    return read_text(decode(raw, file), file)


def read_text(text: str, file: str) -> Document:
    """Read the text of a scenario; see :func:`read_bytes`."""
    root = _parse(text, file)
    if root is None or (root.kind == "scalar" and root.value is None and not root.trouble):
        _stop(Place(file, 1, 1), f"the file is empty; {_MAPPING}")
    if root.trouble:
        _stop(root.place, root.trouble)
    if root.kind != "map":
        found = "a list" if root.kind == "list" else f"the text {quoted(root.bare or root.value)}"
        _stop(root.place, f"found {found}; {_MAPPING}", [_FULL_WIDTH_COLON] if "：" in text else [])
    document = Document(file, {}, {})
    document.data = _build(root, (), root.place, document)
    return document


def read_value(text: str, file: str) -> Document:
    """Read one value given on the command line, by the same rules; ``[...]``, ``{...}`` and quotes are
    understood.

    The value is ``Document.data[""]`` and its path ``("",)``; no place has a line, as there is no file.
    """
    stripped = text.strip()
    node = _Node("scalar", Place(file), bare=stripped, key_text=stripped)
    if stripped[:1] in ("[", "{", '"', "'", "!", "&", "*"):
        found = _parse(stripped, file)
        assert found is not None  # the text is not empty and no comment, so there is a node or an error
        node = found
    else:
        _resolve(node, stripped)
    document = Document(file, {}, {})
    document.data = {"": _build(node, ("",), Place(file), document)}
    document.spots = {
        path: Spot(Place(file), Place(file), spot.bare) for path, spot in document.spots.items()
    }
    document.problems = [Problem.at(Place(file), p.path, p.message, p.hints) for p in document.problems]
    return document


def _stop(place: Place, message: str, hints: Sequence[str] = ()) -> NoReturn:
    raise ScenarioError([Problem.at(place, "", message, hints)]) from None


def decode(raw: bytes, file: str) -> str:
    """Return the text of a file that somebody else wrote: UTF-8, UTF-16 with a byte-order mark, or GBK (GB 18030).

    GBK is what spreadsheets save under Chinese Windows. Text is taken for it where it is not UTF-8, can be read as GBK
    throughout, and most characters that it then holds beyond ASCII are common ones; those of misread Latin text are rare.

    Raises
    ------
    ScenarioError
        If it is none of them, naming line and byte.
    """
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return raw.decode("utf-16")
        except UnicodeDecodeError:
            _stop(Place(file), "begins like UTF-16 text but cannot be read as such: save the file as UTF-8")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if (text := _as_gbk(raw)) is not None:
            return text
        line_start = raw.rfind(b"\n", 0, error.start) + 1
        place = Place(file, raw.count(b"\n", 0, error.start) + 1, error.start - line_start + 1)
        _stop(place, f"byte 0x{raw[error.start]:02X} is neither UTF-8 nor GBK: save the file as UTF-8")


def _as_gbk(raw: bytes) -> str | None:
    """Return text that is GB 18030 with most of its characters among the common ones (GB 2312), or None."""
    try:
        text = raw.decode("gb18030")
    except UnicodeDecodeError:
        return None
    foreign = [sign for sign in text if not sign.isascii()]
    return (
        text if 2 * len("".join(foreign).encode("gb2312", "ignore").decode("gb2312")) > len(foreign) else None
    )


def _events(text: str, file: str) -> Iterator[Any]:
    """Yield parse events; syntax errors become messages with the fix where it is known."""
    try:
        yield from yaml.parse(text, Loader=_PARSER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
        if "nesting depth" in str(error.problem):  # libyaml reads ahead, and may stop before the builder does
            _stop(place, _TOO_DEEP)
        _stop(place, f"this is not YAML: {error.problem or error.context}", _syntax_hints(text, place.line))
    except yaml.reader.ReaderError as error:
        _stop(_unprintable(text, file), f"a character that YAML does not allow: {error.reason}")
    except (UnicodeError, yaml.YAMLError) as error:
        _stop(Place(file), f"this is not YAML: {error}")


def _unprintable(text: str, file: str) -> Place:
    for number, line in enumerate(text.split("\n"), 1):
        if match := re.search(
            "[^\t\r\u0020-\u007e\u0085\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", line
        ):
            return Place(file, number, match.start() + 1)
    return Place(file)


def _syntax_hints(text: str, line: int) -> list[str]:
    lines = text.splitlines()
    near = "\n".join(lines[max(0, line - 2) : line])
    hints = []
    if "：" in near:
        hints.append(_FULL_WIDTH_COLON)
    if re.search(r"^ *\t", near, re.M):
        hints.append("indent with spaces: YAML does not allow tabs")
    if re.search(r"^ *(- )?[^\s#\"'][^\"'#\n]*: +[^\"'\[{|>#\n][^#\n]*:( |$)", near, re.M):
        hints.append("a text that contains a colon must be put in quotes")
    return hints


def _parse(text: str, file: str) -> _Node | None:
    """Build nodes from events, with all budgets kept while they arrive."""
    root: _Node | None = None
    stack: list[_Node] = []
    waiting: list[_Node | None] = []  # the key still without value, per open collection
    anchors: dict[str, _Node] = {}
    nodes = expanded = documents = 0
    for event in _events(text, file):
        place = Place(file, event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                _stop(
                    place, "a second document begins here; a file holds one scenario: remove the line `---`"
                )
            if event.version not in (None, (1, 2)) or event.tags:
                _stop(
                    Place(file, 1, 1),
                    "%YAML and %TAG directives are not used here: remove them (YAML 1.2 is read)",
                )
            continue
        if isinstance(event, yaml.CollectionEndEvent):
            done = stack.pop()
            waiting.pop()
            done.closed = True
            if stack:
                stack[-1].size += done.size
            continue
        if not isinstance(event, yaml.NodeEvent):
            continue
        nodes += 1
        if nodes > MAX_NODES:
            _stop(place, f"the file has more than {MAX_NODES:,} values")
        if isinstance(event, yaml.AliasEvent):
            target = anchors.get(event.anchor or "")
            if target is None:
                _stop(place, f"*{event.anchor} refers to an anchor that is not defined above it")
            node = target
            if not node.closed:
                _stop(place, f"*{event.anchor} stands inside the value it refers to, which would never end")
            expanded += node.size
            if expanded > MAX_EXPANSION:
                _stop(place, f"the aliases of this file expand to more than {MAX_EXPANSION:,} values")
            if stack:
                stack[-1].size += node.size
        else:
            node = _node(event, place)
            if event.anchor:
                if event.anchor in anchors:
                    _stop(place, f"the anchor &{event.anchor} is defined twice")
                anchors[event.anchor] = node
            if stack and node.closed:
                stack[-1].size += 1
        if not stack:
            root = node
        elif stack[-1].kind == "list":
            stack[-1].items.append(node)
        elif (key := waiting[-1]) is None:
            # An alias as key stands where it is used, not where its anchor is.
            waiting[-1] = _Node(
                node.kind, place, bare=node.bare, key_text=node.key_text, trouble=node.trouble
            )
        else:
            stack[-1].pairs.append((key, node))
            waiting[-1] = None
        if not node.closed and isinstance(event, yaml.CollectionStartEvent):
            stack.append(node)
            waiting.append(None)
            if len(stack) > MAX_DEPTH:
                _stop(place, _TOO_DEEP)
    return root


def _node(event: Any, place: Place) -> _Node:
    tag = event.tag
    known = tag[len(_CORE) :] if tag and tag.startswith(_CORE) else ""
    if not isinstance(event, yaml.ScalarEvent):
        node = _Node("map" if isinstance(event, yaml.MappingStartEvent) else "list", place)
        if tag and tag != "!" and known != ("map" if node.kind == "map" else "seq"):
            node.trouble = _tag_trouble(tag)
        return node
    node = _Node("scalar", place, event.value, key_text=event.value, closed=True)
    if tag and tag != "!" and known not in _SCALAR_TAGS:
        node.trouble = _tag_trouble(tag)
    elif event.implicit[0] and not tag:
        node.bare = event.value
        _resolve(node, event.value)
    elif known not in ("", "str"):
        _resolve(node, event.value)
        if not isinstance(node.value, _TYPES[known]) or isinstance(node.value, bool) != (known == "bool"):
            node.trouble = f"{quoted(event.value)} does not fit its tag !!{known}: remove the tag"
    return node


def _resolve(node: _Node, text: str) -> None:
    try:
        node.value = resolve_scalar(text)
    except UnusableNumber as reason:
        node.trouble = f"{text if len(text) <= 40 else text[:39] + '…'} {reason}"
        node.value = None


def _tag_trouble(tag: str) -> str:
    shown = f"!!{tag[len(_CORE) :]}" if tag.startswith(_CORE) else tag
    return f"the tag {shown} is refused: a scenario holds plain values only; remove the tag"


def _build(node: _Node, path: Path, key: Place, into: Document) -> Any:
    """Turn a node into plain values, noting where each stands; expansion was bounded by the parse."""
    into.spots[path] = Spot(key, node.place, node.bare)
    if node.trouble:
        into.unusable[path] = node.trouble
    if node.kind == "scalar":
        return node.value
    if node.kind == "list":
        return [_build(item, (*path, i), item.place, into) for i, item in enumerate(node.items)]
    data: dict[str, Any] = {}
    for key_node, value_node in node.pairs:
        name = key_node.key_text or ""
        if wrong := _wrong_key(key_node):
            shown = "".join(ch for ch in name if ch.isprintable() and not ch.isspace())
            into.problems.append(Problem.at(key_node.place, (*path, shown) if shown else path, wrong))
        elif name in data:
            lines = f"first in line {into.spots[*path, name].key.line}, again in line {key_node.place.line}"
            twice = f"is given twice: {lines}; keep one of the two"
            into.problems.append(Problem.at(key_node.place, (*path, name), twice))
        else:
            data[name] = _build(value_node, (*path, name), key_node.place, into)
    return data


def _wrong_key(node: _Node) -> str:
    """Say what is wrong with a key, or return ""."""
    if node.kind != "scalar" or node.key_text is None:
        return "a key must be a word, not a list or a mapping"
    if node.trouble.startswith("the tag"):
        return node.trouble
    if node.key_text == "<<" and node.bare is not None:
        return "merge keys are refused: write the keys out, or use `extends:`"
    if hidden := hidden_characters(node.key_text):
        return f"the key contains {', '.join(hidden)}: type the key again"
    if not node.key_text.strip():
        return "a key is empty; every value needs a name"
    return ""
