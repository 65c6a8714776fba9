"""Elements and their text: the only way into the page, so that nothing untrusted is ever read as markup.

The tree is the standard library's, which escapes when it writes. Text is made safe here, once.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from xml.etree.ElementTree import Element, tostring

from supa_deploy.render.text import safe

__all__ = ["Child", "Element", "element", "isolated", "raw", "told_apart", "write"]

Child = Element | str | None
"""What an element holds; a `str` is untrusted text."""

_INLINE = frozenset({"a", "bdi", "code", "small", "span", "strong"})
"""After any other element a line may end: no space is seen there."""
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})


def element(tag: str, attributes: Mapping[str, str | None] | None = None, *children: Child) -> Element:
    """An element; attributes and children that are None are left out."""
    found = ((name, value) for name, value in (attributes or {}).items() if value is not None)
    made = Element(tag, {name: safe(value) for name, value in found})
    return add(made, children)


def add(parent: Element, children: Iterable[Child]) -> Element:
    """The parent, with these children after those that it has."""
    for child in children:
        if child is None:
            continue
        if isinstance(child, str):
            _say(parent, safe(child))
        else:
            if child.tag not in _INLINE:
                child.tail = "\n"
            parent.append(child)
    return parent


def raw(tag: str, text: str) -> Element:
    """An element of our own text of several lines (a style sheet), or of lines that are safe already."""
    made = Element(tag)
    made.text = text
    return made


def told_apart(text: str) -> bool:
    """Whether the text holds letters that run from right to left."""
    return not text.isascii() and any(unicodedata.bidirectional(c) in _RIGHT_TO_LEFT for c in text)


def isolated(text: str) -> Child:
    """Text that stands among other text: one that runs from right to left turns nothing around it."""
    return element("bdi", None, text) if told_apart(text) else text


def write(root: Element) -> str:
    """The page."""
    return "<!doctype html>\n" + tostring(root, encoding="unicode", method="html") + "\n"


def _say(parent: Element, text: str) -> None:
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text
