"""The page around the sections: head, status, contents, foot. One file that asks the network for nothing."""

import base64
import hashlib
from functools import cache
from importlib.resources import files
from xml.etree.ElementTree import Element

from supa_deploy.render.document.blocks import Document, Section
from supa_deploy.render.html.blocks import Writer, callout, facts
from supa_deploy.render.html.elements import Child, element, raw, write
from supa_deploy.render.html.inlines import line, words

_TOP, _MAIN = "top_", "main_"
_CONTENTS = "contents_"
_DEEPEST_IN_CONTENTS = 2
_SHEETS = ("colours", "text", "page", "tables", "diagram", "paper")
_MOST_BELOW = 40  # entries of one section in the contents; the rest is found by scrolling


def html(document: Document) -> str:
    """The document as one HTML file, without scripts; its style sheet is the only thing that it lets itself use."""
    sheet, policy = _style()
    head = element(
        "head",
        None,
        element("meta", {"charset": "utf-8"}),
        element("meta", {"http-equiv": "Content-Security-Policy", "content": policy}),
        element("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}),
        element("meta", {"name": "color-scheme", "content": "light dark"}),
        element("meta", {"name": "referrer", "content": "no-referrer"}),
        element("title", None, document.title),
        raw("style", sheet),
    )
    writer = Writer()
    body = element(
        "body",
        {"id": _TOP},
        element("a", {"class": "skip", "href": f"#{_MAIN}"}, "Skip to the report"),
        _header(document),
        _contents(document.sections),
        element("main", {"id": _MAIN, "tabindex": "-1"}, *(writer.section(s) for s in document.sections)),
        _footer(document),
    )
    return write(element("html", {"lang": "en"}, head, body))


@cache
def _style() -> tuple[str, str]:
    sheet = style()
    digest = base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return sheet, policy


def style() -> str:
    """The style sheet: its files, in an order in which later ones may overrule earlier ones."""
    folder = files("supa_deploy.render.html").joinpath("style")
    return "\n".join(["", *(folder.joinpath(f"{name}.css").read_text(encoding="utf-8") for name in _SHEETS)])


def _header(document: Document) -> Element:
    return element(
        "header",
        None,
        element("h1", None, document.title),
        callout(document.status, "status"),
        facts(document.head) if document.head.pairs else None,
    )


def _contents(sections: tuple[Section, ...]) -> Child:
    if not sections:
        return None
    title = element("h2", {"id": _CONTENTS}, "Contents")
    return element("nav", {"aria-labelledby": _CONTENTS}, title, _entries(sections, 1))


def _entries(sections: tuple[Section, ...], depth: int) -> Element:
    return element("ol", None, *(_entry(section, depth) for section in sections[:_MOST_BELOW]))


def _entry(section: Section, depth: int) -> Element:
    link = element("a", {"href": f"#{section.key}"}, words(section.title) or section.key)
    deeper = section.sections and depth < _DEEPEST_IN_CONTENTS
    return element("li", None, link, _entries(section.sections, depth + 1) if deeper else None)


def _footer(document: Document) -> Element:
    top = element("p", {"class": "to-top"}, element("a", {"href": f"#{_TOP}"}, "Back to the top"))
    return element("footer", None, *(element("p", None, *line(pieces)) for pieces in document.foot), top)
