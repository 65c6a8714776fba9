"""What stands below one another: paragraphs, lists, tables, facts, scripts, callouts, folds, diagrams, sections."""

from dataclasses import dataclass, field
from itertools import count
from xml.etree.ElementTree import Element

from supa_deploy.render.document.blocks import (
    Block,
    Bullets,
    Callout,
    Diagram,
    Facts,
    Folded,
    Grid,
    Item,
    Line,
    Paragraph,
    Script,
    Section,
    Sign,
    Tone,
)
from supa_deploy.render.html.diagram import figure
from supa_deploy.render.html.elements import Child, add, element, isolated, raw
from supa_deploy.render.html.grids import scrolling, table
from supa_deploy.render.html.inlines import line, signed, words
from supa_deploy.render.text import safe_lines

_DEEPEST_HEADING = 6
_TONES = {Tone.GOOD: "Good", Tone.BAD: "Failed", Tone.WARN: "Warning", Tone.NOTE: "Note"}
_LANGUAGES = {"sql": "SQL", "sh": "Shell", "shell": "Shell", "bash": "Shell", "json": "JSON"}


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes blocks; it counts what needs a name of its own. A `_` in an id keeps it apart from sections' keys."""

    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def section(self, section: Section, level: int = 2) -> Element:
        """A section: its heading is of this level, its sections' of the next."""
        title = f"title_{next(self._numbers)}"
        heading = element(f"h{min(level, _DEEPEST_HEADING)}", {"id": title}, *line(section.title))
        body = [self.block(block, words(section.title)) for block in section.blocks]
        inner = [self.section(below, level + 1) for below in section.sections]
        # Only the outer ones are named, or a screen reader would list every table as a region.
        named = title if level == 2 else None
        return element(
            "section",
            {"id": section.key, "class": f"level-{level}", "aria-labelledby": named},
            heading,
            *body,
            *inner,
        )

    def block(self, block: Block, under: str = "") -> Element:
        """One block; `under` is the heading that it stands below."""
        match block:
            case Grid():
                made = table(block, f"table_{next(self._numbers)}", told=under.startswith(block.caption))
            case Folded(title, blocks):
                inside = element("div", {"class": "folded"}, *(self.block(inner) for inner in blocks))
                made = element("details", None, element("summary", None, isolated(title)), inside)
            case Diagram(feature):
                made = figure(feature, next(self._numbers))
            case _:
                made = _plain(block)
        return made


def facts(block: Facts) -> Element:
    """Names and values."""
    pairs = (
        element("div", None, element("dt", None, name), element("dd", None, *line(value)))
        for name, value in block.pairs
    )
    return element("dl", {"class": "facts"}, *pairs)


def callout(block: Callout, kind: str = "callout") -> Element:
    """Lines that stand out; the tone is said in a word, too, for whoever sees no colour."""
    word = element("span", {"class": "unseen-word"}, f"{_TONES[block.tone]}: ")
    lines = [element("p", None, *line(pieces)) for pieces in block.lines]
    if lines:
        lines[0] = element("p", None, word, *line(block.lines[0]))
    return element("div", {"class": f"{kind} tone-{block.tone}"}, *lines)


def _plain(block: Paragraph | Bullets | Facts | Script | Callout) -> Element:
    match block:
        case Paragraph(pieces):
            return element("p", None, *line(pieces))
        case Bullets(items, ordered):
            return element("ol" if ordered else "ul", None, *(_item(item) for item in items))
        case Facts():
            return facts(block)
        case Script():
            return _script(block)
        case Callout():
            return callout(block)


def _item(item: Item) -> Element:
    below = [element("li", _signed(pieces), *line(pieces)) for pieces in item.below]
    inner: Child = element("ul", {"class": "below"}, *below) if below else None
    return element("li", _signed(item.line), *line(item.line), inner)


def _signed(pieces: Line) -> dict[str, str | None]:
    found = signed(pieces)
    return {"class": "signed" if found and isinstance(found[0], Sign) else None}


def _script(block: Script) -> Element:
    language = _LANGUAGES.get(block.language.lower(), block.language)
    code = raw("code", "\n".join(safe_lines(block.text)))
    code.set("dir", "ltr")
    return add(element("pre", scrolling("script", label=f"{language} script")), [code])
