"""A document as GitHub-flavoured Markdown. Nothing in its texts is read as Markdown, HTML or a mention."""

import re
from collections.abc import Callable, Iterable
from urllib.parse import quote, urlsplit

from supa_deploy.render.document.blocks import (
    Block,
    Bullets,
    Callout,
    Code,
    Diagram,
    Document,
    Facts,
    Folded,
    Grid,
    Inline,
    Item,
    Line,
    Link,
    Paragraph,
    Script,
    Section,
    Sign,
    Small,
    Strong,
    Tone,
)
from supa_deploy.render.document.mermaid import er_diagram
from supa_deploy.render.markdown import block, code, code_cell, folded, plain, started, table
from supa_deploy.render.text import safe, safe_lines

_ALERTS = {Tone.BAD: "CAUTION", Tone.WARN: "WARNING", Tone.NOTE: "NOTE"}
_DEEPEST = 6
_LINE_ENDS = re.compile(r"\r\n|\n|\r")
_BREAK = "<br>"

_Writer = Callable[[str], str]


def markdown(document: Document) -> str:
    """The document: its title, the outcome, the facts, a heading for every section, and the foot."""
    parts = [
        f"# {plain(safe(document.title))}",
        _callout(document.status, alert=True),
        _facts(document.head),
        *(part for section in document.sections for part in _section(section, 2)),
    ]
    if document.foot:
        parts.append("---")
        parts.append(f"{_BREAK}\n".join(_line(line) for line in document.foot))
    return "\n\n".join(part for part in parts if part) + "\n"


def _section(section: Section, level: int) -> Iterable[str]:
    yield f"{'#' * min(level, _DEEPEST)} {_inlines(section.title, code).strip()}"
    for piece in section.blocks:
        yield _block(piece, alert=True)
    for below in section.sections:
        yield from _section(below, level + 1)


def _block(piece: Block, *, alert: bool) -> str:
    """`alert`: the block stands in nothing else; GitHub knows an alert only there."""
    match piece:
        case Folded():
            inner = (_block(below, alert=False) for below in piece.blocks)
            return folded(piece.title, "\n\n".join(part for part in inner if part))
        case Callout():
            return _callout(piece, alert=alert)
        case Script():
            return block(safe_lines(piece.text), piece.language)
        case Diagram():
            return _diagram(piece)
        case _:
            return _words(piece)


def _words(piece: Paragraph | Bullets | Grid | Facts) -> str:
    match piece:
        case Paragraph():
            return _line(piece.line)
        case Bullets():
            return _bullets(piece)
        case Grid():
            return _grid(piece)
        case Facts():
            return _facts(piece)


def _bullets(bullets: Bullets) -> str:
    return "\n".join(
        _item(item, f"{number}." if bullets.ordered else "-")
        for number, item in enumerate(bullets.items, start=1)
    )


def _item(item: Item, sign: str) -> str:
    rows = [f"{sign} {_line(item.line)}"]
    rows.extend(f"{' ' * (len(sign) + 1)}- {_line(line)}" for line in item.below)
    return "\n".join(rows)


def _grid(grid: Grid) -> str:
    rows = [tuple(_inlines(line, code_cell) for line in row) for row in grid.rows]
    return table(tuple(plain(safe(name)) for name in grid.head), rows)


def _facts(facts: Facts) -> str:
    return f"{_BREAK}\n".join(
        _line((Strong(name), ": ", *value) if value else (Strong(name), ":")) for name, value in facts.pairs
    )


def _callout(callout: Callout, *, alert: bool) -> str:
    rows = [_line(line) for line in callout.lines]
    quoted = [f"> {row}{_BREAK}" for row in rows[:-1]] + [f"> {row}" for row in rows[-1:]]
    kind = _ALERTS.get(callout.tone) if alert else None
    return "\n".join([f"> [!{kind}]", *quoted] if kind and quoted else quoted)


def _diagram(diagram: Diagram) -> str:
    drawn = er_diagram(diagram.feature)
    if not drawn.text:
        return ""
    shown = block(drawn.text.splitlines(), "mermaid")
    return f"{shown}\n\n<sub>{plain(drawn.left_out)}</sub>" if drawn.left_out else shown


def _line(line: Line) -> str:
    """Pieces that begin a line of their own."""
    shown = _inlines(line, code).strip()
    return started(shown) if line and isinstance(line[0], str) else shown


def _inlines(line: Line, as_code: _Writer) -> str:
    shown: list[str] = []
    for number, piece in enumerate(line):
        if isinstance(piece, Strong):
            before = _raw(line[number - 1])[-1:] if number else ""
            after = _raw(line[number + 1])[:1] if number + 1 < len(line) else ""
            shown.append(_strong(piece.text, before, after))
        else:
            shown.append(_inline(piece, as_code))
    return "".join(shown)


def _inline(piece: Inline, as_code: _Writer) -> str:
    match piece:
        case str():
            return _text(piece)
        case Code():
            return as_code(safe(piece.text))
        case Small():
            return f"<sub>{_text(piece.text)}</sub>" if piece.text else ""
        case Sign():
            return piece.mark.value
        case Link():
            return _link(piece)
        case Strong():
            return _strong(piece.text, "", "")


def _text(text: str) -> str:
    return _BREAK.join(plain(safe(row.expandtabs(4))) for row in _LINE_ENDS.split(text))


def _strong(text: str, before: str, after: str) -> str:
    """Stars begin and end only beside a letter or a blank; an element does everywhere."""
    if not text.strip():
        return _text(text)
    opens = text[0].isalnum() or (not text[0].isspace() and (not before or before.isspace()))
    closes = text[-1].isalnum() or (not text[-1].isspace() and (not after or after.isspace()))
    shown = _text(text)
    return f"**{shown}**" if opens and closes else f"<strong>{shown}</strong>"


def _link(link: Link) -> str:
    """A link to an https address without a user in it; any other is text."""
    try:
        parts = urlsplit(link.url)
    except ValueError:
        return _text(link.text)
    if parts.scheme != "https" or not parts.hostname or "@" in parts.netloc:
        return _text(link.text)
    url = quote(link.url, safe="%/:?#@!$&'*+,;=~-._").replace("&", "&amp;")
    return f"[{_text(link.text)}]({url})"


def _raw(piece: Inline) -> str:
    return piece if isinstance(piece, str) else piece.mark.value if isinstance(piece, Sign) else piece.text
