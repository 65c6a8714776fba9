"""A document cut to a size: what is kept, and that nothing stays open, as GitHub's own parser sees it."""

import re

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options

from supa_deploy.render.checks import Mark
from supa_deploy.render.document.blocks import (
    Block,
    Bullets,
    Callout,
    Code,
    Document,
    Facts,
    Folded,
    Grid,
    Item,
    Paragraph,
    Script,
    Section,
    Sign,
    Tone,
)
from supa_deploy.render.document.fitting import CUT, fitted
from supa_deploy.render.document.markdown import markdown

_LAST = "The very last words."
_SQL = "\n".join(f"select {number};\n```\n</details>\n## no heading\n<details>" for number in range(400))
_LONG: dict[str, Block] = {
    "script": Script(_SQL),
    "folded script": Folded("SQL", (Script(_SQL),)),
    "twice folded": Folded("a", (Folded("b", (Paragraph(("x",)), Script(_SQL))),)),
    "grid": Grid("", ("a", "b"), tuple(((f"{n}",), (Code("x|y"),)) for n in range(800))),
    "folded grid": Folded("t", (Grid("", ("a", "b"), tuple(((f"{n}",), ("z",)) for n in range(800))),)),
    "bullets": Bullets(
        tuple(Item((Sign(Mark.YES, "yes"), f" {n}"), ((Code("below"),),)) for n in range(800))
    ),
    "one line": Paragraph(("word " * 5000,)),
    "many": Folded("q", tuple(Paragraph((f"é {n}",)) for n in range(2000))),
}


def _document(block: Block) -> str:
    sections = (
        Section("first", ("First",), (Paragraph(("Small words.",)),)),
        Section("large", ("Large",), (block,)),
        Section("next", ("Next steps",), (Paragraph((_LAST,)),)),
    )
    return markdown(Document("Report", Callout(Tone.GOOD, (("✅ ok",),)), Facts(()), sections))


def _page(text: str) -> str:
    page: str = cmarkgfm.github_flavored_markdown_to_html(text, Options.CMARK_OPT_UNSAFE)
    return page


@pytest.mark.parametrize("kind", _LONG)
@pytest.mark.parametrize("limit", [1400, 1401, 1999, 3000, 5555, 7001])
def test_a_large_section_is_cut_and_all_else_stays(kind: str, limit: int) -> None:
    text = _document(_LONG[kind])
    cut = fitted(text, limit)
    assert len(text.encode()) > limit >= len(cut.encode())
    assert cut.count(CUT) == 1
    page = _page(cut)
    assert re.findall(r"<h\d>(.*?)</h\d>", page) == ["Report", "First", "Large", "Next steps"]
    assert page.rstrip().endswith(f"<p>{_LAST}</p>")
    assert _open_at(page, page.index(_LAST)) == []
    assert _open_at(page, page.index("… cut here")) == ["sub"]


@pytest.mark.parametrize("kind", ["folded script", "bullets", "grid"])
def test_the_room_is_used(kind: str) -> None:
    text = _document(_LONG[kind])
    assert len(fitted(text, 9000).encode()) > 8700


def test_every_limit_holds() -> None:
    text = _document(_LONG["twice folded"])
    for limit in range(0, len(text.encode()) + 1, 97):
        cut = fitted(text, limit)
        assert len(cut.encode()) <= limit
        assert _open_at(_page(cut + "\n\nafter"), -1) == []


def test_what_fits_is_left_alone() -> None:
    text = _document(Paragraph(("é",)))
    assert fitted(text, len(text.encode())) == text
    assert fitted(text, 10) == ""


def test_where_little_fits_it_is_the_beginning() -> None:
    cut = fitted(_document(_LONG["bullets"]), 440)
    assert cut == f"# Report\n\n> ✅ ok\n\n## First\n\nSmall words.\n\n\n{CUT}\n\n"


def test_a_cut_between_blocks_is_preferred() -> None:
    paragraphs = "\n\n".join(f"{number} {'x' * 90}" for number in range(50))
    text = f"# a\n\n{paragraphs}\n\n````sql\n{_SQL}\n````\n"
    cut = fitted(text, len(paragraphs.encode()) + 600)
    assert cut.endswith(f"x\n\n\n{CUT}\n\n")
    assert "```" not in cut


def test_no_half_diagram() -> None:
    rows = "\n".join(f"    t{number}" for number in range(2000))
    text = f"# a\n\nbefore\n\n```mermaid\nerDiagram\n{rows}\n```\n\nafter\n"
    cut = fitted(text, 2000)
    assert cut == f"# a\n\nbefore\n\n\n{CUT}\n\n"


def _open_at(page: str, index: int) -> list[str]:
    """The elements that are open at a place of the page."""
    found: list[str] = []
    for closing, name in re.findall(r"<(/?)([a-z]+\d?)[^>]*>", page[:index] if index >= 0 else page):
        if name in {"br", "hr", "p"}:
            continue
        if closing:
            assert found.pop() == name
        else:
            found.append(name)
    return found
