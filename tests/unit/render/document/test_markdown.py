"""Documents as Markdown, read by cmark-gfm: GitHub's own parser."""

import re
from collections.abc import Callable, Sequence
from html.parser import HTMLParser

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options

from supa_deploy.model import Counts, Feature, FileAccount, Impact
from supa_deploy.render.checks import Mark
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
from supa_deploy.render.document.markdown import markdown
from supa_deploy.render.document.mermaid import er_diagram
from supa_deploy.render.text import safe
from supa_deploy.schema import Column, Origin, QName, Table

_EMPTY = Document("t", Callout(Tone.GOOD, (("s",),)), Facts(()), ())


class _Read(HTMLParser):
    """The rendered page: its text, elements, addresses, and how many cells each row has."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.elements: list[str] = []
        self.addresses: list[str] = []
        self.rows: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.addresses.extend(value or "" for name, value in attrs if name in {"href", "src"})
        if tag == "tr":
            self.rows.append(0)
        if tag in {"td", "th"}:
            self.rows[-1] += 1
        assert not [name for name, _ in attrs if name not in {"href", "lang"}], (tag, attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


def _read(text: str) -> _Read:
    page = _Read()
    page.feed(cmarkgfm.github_flavored_markdown_to_html(text, Options.CMARK_OPT_UNSAFE))
    page.close()
    return page


def _with(*blocks: Block, title: Line = ("s",)) -> str:
    return markdown(Document("t", _EMPTY.status, _EMPTY.head, (Section("key", title, blocks),)))


def _seen(text: str) -> str:
    """Text as a browser shows it: blanks folded; the isolates that we set around right-to-left text left out."""
    return " ".join(re.sub("[\u2068\u2069]", "", text).split(" ")).strip()


_PLACES: dict[str, Callable[[str], str]] = {
    "title": lambda name: markdown(Document(name, _EMPTY.status, _EMPTY.head, ())),
    "status": lambda name: markdown(Document("t", Callout(Tone.BAD, ((name,),)), _EMPTY.head, ())),
    "fact": lambda name: markdown(Document("t", _EMPTY.status, Facts(((name, (name,)),)), ())),
    "foot": lambda name: markdown(Document("t", _EMPTY.status, _EMPTY.head, (), ((name,), (Small(name),)))),
    "heading": lambda name: _with(title=(name,)),
    "paragraph": lambda name: _with(Paragraph((name,))),
    "strong": lambda name: _with(Paragraph((Strong(name),)), Paragraph(("x", Strong(name), "y"))),
    "small": lambda name: _with(Paragraph((Small(name),))),
    "code": lambda name: _with(Paragraph((Code(name),)), Paragraph(("$", Code(name), "$"))),
    "item": lambda name: _with(Bullets((Item((name,), ((name,), (Code(name),))),))),
    "numbered": lambda name: _with(Bullets((Item((name,), ((name,),)),), ordered=True)),
    "callout": lambda name: _with(Callout(Tone.WARN, ((name,), (name,)))),
    "folded": lambda name: _with(Folded(name, (Paragraph((name,)), Callout(Tone.NOTE, ((name,),))))),
    "link": lambda name: _with(Paragraph((Link(name, "https://example.com/a_(b)?c=d&copy;"),))),
    "cells": lambda name: _with(
        Grid("", (name, "h"), (((name,), (Code(name),)), ((Strong(name), "x"), (Small(name),))))
    ),
}


@pytest.mark.parametrize("place", _PLACES)
def test_a_hostile_name_is_text_and_nothing_else(place: str, hostile_names: Sequence[str]) -> None:
    ours = _read(_PLACES[place]("name"))
    for name in hostile_names:
        single = name.replace("\r\n", "\\r\\n").replace("\n", "\\n").replace("\t", "    ").strip()
        if not single:
            continue
        page = _read(_PLACES[place](single))
        assert _without_spans(page) == _without_spans(ours), (place, name)
        assert page.addresses == ours.addresses, (place, name)
        assert page.rows == ours.rows, (place, name)
        wanted = ours.text.replace("name", "\0").replace("\0", _seen(safe(single)))
        assert _flat(page.text) == _flat(wanted), (place, name)


def _without_spans(page: _Read) -> list[str]:
    return [tag for tag in page.elements if tag != "span"]


def _flat(text: str) -> list[str]:
    return [_seen(line) for line in re.sub(" +", " ", text).split("\n")]


@pytest.mark.parametrize("text", [" a ", "` a", " `", "a ", "  ", "a`"])
def test_code_keeps_its_blanks(text: str) -> None:
    page = _read(_with(Paragraph(("x", Code(text), "y"))))
    assert f"x{text}y" in page.text
    assert page.elements[-1] == "code"


def test_line_ends_part_a_text_and_are_spelled_in_code() -> None:
    text = _with(Paragraph(("a\nb\r\n# c", " ", Code("a\nb"))), Grid("", ("h",), ((("a\n|b",),),)))
    assert "a<br>b<br>\\# c `a\\nb`" in text
    assert "| a<br>\\|b |" in text
    assert _read(text).rows == [1, 1]


@pytest.mark.parametrize(
    "text",
    ["```", "````\nx", "~~~", "</details>", "a\n```\nb", "``` sql", "-->", "\x1b[0m", "::error::x"],
)
def test_a_script_stays_in_its_block(text: str) -> None:
    page = _read(_with(Script(text), Paragraph(("after",))))
    assert page.elements == ["h1", "blockquote", "p", "h2", "pre", "code", "p"]
    shown = "\n".join(safe(line) for line in text.split("\n"))
    assert f"{shown}\n\nafter" in page.text


@pytest.mark.parametrize(
    ("text", "apart"),
    [
        ("@octocat", "@<!-- -->octocat"),
        ("org/repo#12", "org/repo\\#<!-- -->12"),
        ("gh-7", "gh<!-- -->-7"),
        ("deadbee1", "dead<!-- -->bee1"),
        (":tada:", ":<!-- -->tada:"),
        (":+1:", ":<!-- -->+1:"),
        ("12:00:00", "12:00:00"),
        ("a$b$c", "a<span>$</span>b<span>$</span>c"),
        ("20250118000001", "20250118000001"),
        ("ai_threads", "ai_threads"),
        ("_x_", "\\_x\\_"),
    ],
)
def test_what_github_finds_in_finished_text_is_parted(text: str, apart: str) -> None:
    assert f"\n{apart}\n" in _with(Paragraph((text,)))


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "http://example.com",
        "https://good.com@evil.com/",
        "https://",
        "data:text/html,x",
        "https://[",
    ],
)
def test_only_https_addresses_become_links(url: str) -> None:
    page = _read(_with(Paragraph((Link("here", url),))))
    assert page.addresses == []
    assert "here" in page.text


def test_an_address_cannot_leave_its_brackets() -> None:
    page = _read(_with(Paragraph((Link("x", "https://example.com/) <script> [a](b) \\ \n\"'&copy;|"),))))
    (address,) = page.addresses
    assert address.startswith("https://example.com/%29%20%3Cscript%3E")
    assert address.endswith("&copy;%7C")
    assert "script" not in page.elements


def test_a_diagram_stays_in_its_block(hostile_names: Sequence[str]) -> None:
    here = Origin("1", "1_a.sql", 1)
    columns = {name: Column(name, name, here) for name in hostile_names[:30]}
    tables = tuple(Table(QName("public", name), here, columns=columns) for name in hostile_names)
    account = FileAccount("1", "a", "1_a.sql", "a", tables=tables)
    feature = Feature((account,), Impact(Counts(), Counts()), tables)
    drawn = er_diagram(feature)
    text = _with(Diagram(feature), Paragraph(("after",)))
    page = _read(text)
    assert page.elements == ["h1", "blockquote", "p", "h2", "pre", "code", "p", "sub", "p"]
    assert f"\n{drawn.text}\n{drawn.left_out}\nafter\n" in page.text
    assert f"```mermaid\n{drawn.text}```\n" in text


def test_a_diagram_of_nothing_is_nothing() -> None:
    feature = Feature((), Impact(Counts(), Counts()))
    assert _read(_with(Diagram(feature), Paragraph(("after",)))).elements[-2:] == ["h2", "p"]


def test_right_to_left_names_keep_their_neighbours_in_place() -> None:
    text = _with(Paragraph(("Table ", Code("שלום"), " (3 columns)")))
    assert "Table \u2068`שלום`\u2069 (3 columns)" in text


def test_a_whole_document() -> None:
    document = Document(
        "Status",
        Callout(Tone.BAD, (("❌ push_failed",), ("Next: mend it",))),
        Facts((("Date", ("2026-11-23",)), ("CLI", (Code("3.1.0"),)))),
        (
            Section(
                "state",
                ("State",),
                (Bullets((Item((Sign(Mark.YES, "confirmed"), " Table: ", Code("a")), (("below",),)),)),),
                (Section("more", ("1. ", Code("more")), (Folded("SQL", (Script("select 1;\n"),)),)),),
            ),
        ),
        ((Small("2.4 s"),),),
    )
    assert markdown(document) == (
        "# Status\n\n"
        "> [!CAUTION]\n> ❌ push_failed<br>\n> Next: mend it\n\n"
        "**Date**: 2026-11-23<br>\n**CLI**: `3.1.0`\n\n"
        "## State\n\n- ✅ Table: `a`\n  - below\n\n"
        "### 1. `more`\n\n<details><summary>SQL</summary>\n\n```sql\nselect 1;\n```\n\n</details>\n\n"
        "---\n\n<sub>2.4 s</sub>\n"
    )
