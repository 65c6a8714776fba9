"""GitHub-flavoured Markdown's pieces: untrusted text as it is, code spans and blocks that nothing can leave, tables,
folded parts.

GitHub does more than its Markdown parser (cmark-gfm): it looks through the finished text for mentions, issues,
commits, emoji and formulas, and there a backslash no longer counts. An empty comment does: it parts the text in two.
"""

import re
import unicodedata
from collections.abc import Iterable
from html import escape

from supa_deploy.render.text import safe

_APART = "<!-- -->"
_TELLING = re.compile(
    r"""
    (?P<mention>@(?=\w))
    | (?P<issue>\#(?=\d)|\bGH(?=-\d))
    | (?P<emoji>:(?=(?:[+-]1|100|1234|[0-9_+-]*[a-z][a-z0-9_+-]*):))
    | (?P<commit>\b(?=[0-9]*[a-f])(?=[a-f]*[0-9])[0-9a-f]{7,40}\b)
    | (?P<address>(?:(?<=\bwww)\.|:(?=//)|(?<=\bmailto):|(?<=\bxmpp):))
    | (?P<formula>\$)
    | (?P<inside>(?<=[^\W_])_(?=[^\W_]))
    | (?P<special>[\\`*_\[\]#|~<>&])
    """,
    re.VERBOSE | re.IGNORECASE,
)
_ENTITIES = re.compile(r"[!-/:-@\[-`{-~]")
_AT_START = re.compile(r"([-+=]|\d{1,9}(?=[.)](?:\s|$)))")
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
_ISOLATE, _END_OF_ISOLATE = "\u2068", "\u2069"


def plain(text: str) -> str:
    """Text that Markdown shows as it is; it must be safe already, and one line."""
    return isolated(_TELLING.sub(lambda found: _disarmed(found.lastgroup or "", found[0]), text), text)


def started(line: str) -> str:
    """Markdown that begins a line: no list, no heading's underline."""
    found = _AT_START.match(line)
    if found is None:
        return line
    return f"{found[0]}\\{line[found.end() :]}" if found[0].isdigit() else f"\\{line}"


def cell(text: str) -> str:
    """Untrusted text for a table's cell."""
    return plain(safe(text))


def code(text: str) -> str:
    """Safe text as a code span, whatever backticks it holds."""
    if not text:
        return ""
    fence = fence_for(text, at_least=1)
    shaved = text.startswith(" ") and text.endswith(" ") and bool(text.strip())
    pad = " " if shaved or text.startswith("`") or text.endswith("`") else ""
    return isolated(f"{fence}{pad}{text}{pad}{fence}", text)


def code_cell(text: str) -> str:
    """Safe text as code in a table's cell. GitHub ends a cell at a bar even inside a code span, and reads a backslash
    before one in two ways; an HTML element and entities leave nothing to be read."""
    if "|" not in text:
        return code(text)
    told = _ENTITIES.sub(lambda found: f"&#{ord(found[0])};" + (_APART if found[0] == "@" else ""), text)
    return isolated(f"<code>{told}</code>", text)


def block(rows: Iterable[str], language: str = "sql") -> str:
    """Safe lines as a code block."""
    text = "\n".join(rows)
    fence = fence_for(text, at_least=3)
    return f"{fence}{language}\n{text}\n{fence}"


def folded(title: str, text: str) -> str:
    """A part that opens on a click; `title` is untrusted text, `text` Markdown."""
    return f"<details><summary>{html(title)}</summary>\n\n{text}\n\n</details>"


def html(text: str) -> str:
    """Untrusted text where Markdown is not read, but HTML is."""
    parted = re.sub(r"([@#:$])(?=[\w+-])", rf"\1{_APART}", escape(safe(text), quote=False))
    return isolated(parted, text)


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A table; its cells are Markdown already."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def fence_for(text: str, *, at_least: int) -> str:
    """More backticks in a row than the text has."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    return "`" * max(at_least, longest + 1)


def isolated(shown: str, text: str) -> str:
    """What `text` became, kept from turning its neighbours around where it runs from right to left."""
    if text.isascii() or not any(unicodedata.bidirectional(sign) in _RIGHT_TO_LEFT for sign in text):
        return shown
    return f"{_ISOLATE}{shown}{_END_OF_ISOLATE}"


def _disarmed(kind: str, found: str) -> str:
    match kind:
        case "mention" | "emoji" | "issue":
            return (f"\\{found}" if found == "#" else found) + _APART
        case "commit":
            return f"{found[:4]}{_APART}{found[4:]}"
        case "formula":
            return f"<span>{found}</span>"
        case "inside":
            return found
        case _:
            return f"\\{found}"
