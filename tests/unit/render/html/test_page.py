"""The page: what it lets itself do, how it is built, and that text is only ever text."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

import pytest

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
    Link,
    Paragraph,
    Script,
    Section,
    Sign,
    Tone,
)
from supa_deploy.render.html import html

if TYPE_CHECKING:
    from collections.abc import Callable
    from xml.etree.ElementTree import Element


def page(*blocks: Block, status: str = "✅ ok", sections: tuple[Section, ...] = ()) -> str:
    told = Section("one", ("One",), blocks, sections)
    return html(Document("A report", Callout(Tone.GOOD, ((status,),)), Facts(()), (told,)))


def text(found: Element) -> str:
    return "".join(found.itertext())


def test_the_only_thing_it_may_use_is_its_own_style(tree_of: Callable[[str], Element]) -> None:
    tree = tree_of(page())
    style = next(tree.iter("style"))
    digest = base64.b64encode(hashlib.sha256((style.text or "").encode()).digest()).decode()
    policy = next(
        m.get("content") for m in tree.iter("meta") if m.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert "url(" not in (style.text or "")
    assert "@import" not in (style.text or "")


def test_what_every_page_has(tree_of: Callable[[str], Element]) -> None:
    made = page()
    assert made.startswith('<!doctype html>\n<html lang="en">')
    tree = tree_of(made)
    assert next(tree.iter("title")).text == "A report"
    assert [text(e) for e in tree.iter("h1")] == ["A report"]
    assert {e.tag for e in tree.iter()} >= {"header", "nav", "main", "footer"}
    ids = [e.get("id") for e in tree.iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    inner = [link.get("href", "") for link in tree.iter("a")]
    assert all(href[1:] in ids for href in inner if href.startswith("#"))


def test_it_is_the_same_every_time() -> None:
    blocks = (Grid("g", ("a", "b", "c"), (((Code("x"),), ("y",), ("z" * 90,)),)), Script("select 1;"))
    assert page(*blocks) == page(*blocks)


def test_a_table_has_a_caption_and_names_its_rows_and_columns(tree_of: Callable[[str], Element]) -> None:
    wide = Grid("Columns", ("Name", "Type", "Notes"), ((("id",), (Code("uuid"),), ("n" * 60,)), (("x",),)))
    tree = tree_of(page(wide, Grid("Two", ("Name", "Notes"), ((("id",), ("n" * 60,)),))))
    scrolling, fitting = tree.iter("table")
    assert text(next(scrolling.iter("caption"))) == "Columns"
    assert [(e.get("scope"), text(e)) for e in scrolling.iter("th")] == [
        ("col", "Name"),
        ("col", "Type"),
        ("col", "Notes"),
        ("row", "id"),
        ("row", "x"),
    ]
    boxes = {next(e.iter("table")): e for e in tree.iter("div") if (e.get("class") or "").startswith("grid")}
    assert boxes[scrolling].get("tabindex") == "0"
    assert boxes[scrolling].get("aria-labelledby") == next(scrolling.iter("caption")).get("id")
    assert boxes[fitting].get("tabindex") is None, "what never scrolls is no stop of the Tab key"


def test_a_caption_that_the_heading_says_already_is_not_seen_twice(tree_of: Callable[[str], Element]) -> None:
    grids = Grid("One", ("a", "b"), ()), Grid("Other", ("a", "b"), ())
    assert [e.get("class") for e in tree_of(page(*grids)).iter("caption")] == ["unseen-word", None]


def test_headings_go_down_one_by_one_and_no_deeper_than_six(tree_of: Callable[[str], Element]) -> None:
    inner = Section("deepest", ("Deepest",))
    for level in range(6, 0, -1):
        inner = Section(f"s{level}", (f"S{level}",), (), (inner,))
    tree = tree_of(page(sections=(inner,)))
    levels = [e.tag for e in next(tree.iter("main")).iter() if e.tag in {f"h{n}" for n in range(1, 7)}]
    assert levels == ["h2", "h3", "h4", "h5", "h6", "h6", "h6", "h6"]


@pytest.mark.parametrize("mark", list(Mark))
def test_a_sign_has_a_name(mark: Mark, tree_of: Callable[[str], Element]) -> None:
    tree = tree_of(page(Bullets((Item((Sign(mark, "what it says"), " x"), ((f"{mark} below",),)),))))
    signs = [e for e in next(tree.iter("main")).iter("span") if e.get("role") == "img"]
    assert signs[0].get("aria-label") == "what it says"
    assert signs[1].get("aria-label"), "a mark has a name of its own"
    assert [text(e) for e in signs] == [str(mark)] * 2, "a text that begins with a mark has a sign, too"
    assert all((e.get("class") or "").startswith("sign sign-") for e in signs)
    assert [e.get("class") for e in next(tree.iter("main")).iter("li")] == ["signed"] * 2


def test_the_tone_of_a_callout_is_said_in_a_word(tree_of: Callable[[str], Element]) -> None:
    tree = tree_of(page(*(Callout(tone, (("said",), ("more",))) for tone in Tone), status="x"))
    said = [text(e).split()[0] for e in tree.iter("div") if (e.get("class") or "").startswith("callout")]
    assert said == ["Good:", "Failed:", "Warning:", "Note:"]


def test_text_stays_text_and_keeps_its_spaces(tree_of: Callable[[str], Element]) -> None:
    name = "<b>&amp;\"'</b>"
    tree = tree_of(
        page(
            Paragraph(("a ", Code(name), " b ", Code("c"), ", ", name)),
            Folded(name, (Script(f"x\n  {name}"),)),
        )
    )
    assert text(next(next(tree.iter("main")).iter("p"))) == f"a {name} b c, {name}"
    assert text(next(tree.iter("summary"))) == name
    assert text(next(tree.iter("pre"))) == f"x\n  {name}"


def test_a_link_leads_to_https_or_is_text(tree_of: Callable[[str], Element]) -> None:
    good, bad = Link("good", 'https://supabase.com/?a=1&b="2'), Link("bad", "javascript:alert(1)")
    tree = tree_of(page(Paragraph((good, " ", bad, " ", Link("worse", "data:text/html,x")))))
    paragraph = next(next(tree.iter("main")).iter("p"))
    assert [(e.get("href"), e.get("rel")) for e in paragraph.iter("a")] == [(good.url, "noopener noreferrer")]
    assert text(paragraph) == "good bad worse"


def test_right_to_left_text_turns_nothing_around_it(tree_of: Callable[[str], Element]) -> None:
    tree = tree_of(page(Paragraph(("before ", "שלום", " after \u202e!", Code("עולם")))))
    paragraph = next(next(tree.iter("main")).iter("p"))
    assert [text(e) for e in paragraph.iter("bdi")] == ["שלום"]
    assert [e.get("dir") for e in paragraph.iter("code")] == ["auto"]
    assert text(paragraph) == "before שלום after \\u202e!עולם"
