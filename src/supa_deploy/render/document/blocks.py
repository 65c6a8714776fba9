"""What a document is made of. Every text in it is untrusted and raw: the writers make it safe and escape it.

Inline pieces stand in a line; blocks stand below one another; sections nest. A `str` wherever an inline is
expected is plain text.
"""

from dataclasses import dataclass
from enum import StrEnum

from supa_deploy.model import Feature
from supa_deploy.render.checks import Mark


@dataclass(frozen=True, slots=True)
class Code:
    """A name, a type, a command: shown in a fixed-width font."""

    text: str


@dataclass(frozen=True, slots=True)
class Strong:
    """Text that matters."""

    text: str


@dataclass(frozen=True, slots=True)
class Small:
    """Text in the background: times, versions."""

    text: str


@dataclass(frozen=True, slots=True)
class Sign:
    """✅, ❌, ⚠️, ➖, ➕, ⏳; `says` is what it means, for whoever cannot see it (`confirmed`, `missing`, `pending`)."""

    mark: Mark
    says: str


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads to an https address."""

    text: str
    url: str


Inline = str | Code | Strong | Small | Sign | Link
Line = tuple[Inline, ...]
"""Pieces side by side, set as they are: spaces between them are the maker's."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A sentence or several."""

    line: Line


@dataclass(frozen=True, slots=True)
class Item:
    """A list's item, and lines beneath it."""

    line: Line
    below: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list; `ordered`: numbered, as steps are."""

    items: tuple[Item, ...]
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: `caption` says what it shows (HTML; Markdown has the heading), `head` names the columns; the first
    cell of each row names the row."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and their values, as the head of a report has them."""

    pairs: tuple[tuple[str, Line], ...]


@dataclass(frozen=True, slots=True)
class Script:
    """SQL or shell, as lines."""

    text: str
    language: str = "sql"


class Tone(StrEnum):
    """How a callout looks."""

    GOOD = "good"
    BAD = "bad"
    WARN = "warn"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Callout:
    """Lines that stand out."""

    tone: Tone
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Diagram:
    """The tables of a feature and the keys between them."""

    feature: Feature


@dataclass(frozen=True, slots=True)
class Folded:
    """Blocks that open on a click."""

    title: str
    blocks: "tuple[Block, ...]"


Block = Paragraph | Bullets | Grid | Facts | Script | Callout | Diagram | Folded


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it. `key` is its anchor, of [a-z0-9-], unique in the document."""

    key: str
    title: Line
    blocks: tuple[Block, ...] = ()
    sections: "tuple[Section, ...]" = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report. `status` is the outcome in one line, `head` the facts at the top."""

    title: str
    status: Callout
    head: Facts
    sections: tuple[Section, ...]
    foot: tuple[Line, ...] = ()
