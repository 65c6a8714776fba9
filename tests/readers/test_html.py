"""The HTML report, read by others: a parser that forgives nothing, and a validator."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import html5lib
import pytest

from supa_deploy.model import AlteredTable, Counts, Feature, FileAccount, Impact
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
from supa_deploy.render.html import html
from supa_deploy.schema import Column, ForeignKey, Origin, QName, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_PACKAGES = Path(__file__).with_name("node_modules")
_HERE = Origin("1", "1_a.sql", 1)
_NASTY = (
    "<script>alert(1)</script>",
    "</style></title></svg></textarea><!--",
    "--> ]]> &lt; &amp &#0; \"'",
    "a\x00b\x1b[31m\x07\r\n\tc\u2028d\x85e",
    "\ud800 lone, \ufdd0\ufffe\U0001ffff no characters",
    "\u202eevil\u202c \u200f שלום",
    "👩‍👩‍👧 ✅ `tick` a|b ##[error]x ::warning::y",
    "",
)


def everything(text: str) -> Document:
    """Every block and piece there is, all holding this text."""
    line: Line = (
        text,
        Code(text),
        Strong(text),
        Small(text),
        Sign(Mark.YES, text),
        Link(text, "https://x.y/?a=1&b"),
    )
    line = (*line, Link(text, f"javascript:{text}"), Link(text, f'https://x.y/"{text}'))
    blocks: tuple[Block, ...] = (
        Paragraph(line),
        Bullets((Item(line, (line, line)), Item((Sign(Mark.NO, text), text)))),
        Bullets((Item(line),), ordered=True),
        Grid(text or "caption", ("a", "b", "c"), ((line, line, line), ((text,), (), ()))),
        Grid(text or "caption", ("a", "b"), ()),
        Facts(((text or "name", line),)),
        Script(text),
        Script(text, text or "sql"),
        *(Callout(tone, (line, line)) for tone in Tone),
        Callout(Tone.NOTE, ()),
        Diagram(feature(text)),
        Diagram(Feature((), Impact(Counts(), Counts()))),
    )
    deep = Section("deep", line, blocks[:1])
    for level in range(6):
        deep = Section(f"level-{level}", (f"Level {level} ", *line), (), (deep,))
    folded = Section("folded", ("Folded ", *line), (Folded(text or "fold", blocks),))
    return Document(
        text or "title",
        Callout(Tone.WARN, (line,)),
        Facts((("a", line),)),
        (Section("a", line, blocks), folded, deep),
        (line,),
    )


def feature(text: str) -> Feature:
    """A new table that points to itself and to an altered one, and one that no file makes; all named so."""
    own = QName("public", text)
    altered, older = QName(text, text), QName("auth", text)
    column = Column(text, text, _HERE, comment=text)
    keys = {
        name.schema: ForeignKey(text, (text,), name, (text,), _HERE, on_delete="CASCADE")
        for name in (own, altered, older)
    }
    table = Table(own, _HERE, columns={text: column}, foreign_keys=keys, comment=text)
    changed = Table(altered, _HERE, columns={text: column})
    account = FileAccount("1", text, text, text, (table,), (AlteredTable(changed, (column,)),))
    touched = (table, changed, Table(older, _HERE, assumed=True))
    return Feature((account,), Impact(Counts(), Counts()), touched)


@pytest.fixture
def validate(tmp_path: Path) -> Callable[[Sequence[str]], list[dict[str, Any]]]:
    """html-validate's complaints about pages, with its recommended rules and those for accessibility."""
    if shutil.which("node") is None or not (_PACKAGES / "html-validate").is_dir():
        pytest.skip("html-validate is not installed: make readers")
    (tmp_path / ".htmlvalidate.json").write_text(
        json.dumps(
            {
                "root": True,
                "extends": ["html-validate:recommended", "html-validate:document", "html-validate:a11y"],
                "rules": {
                    "doctype-style": ["error", {"style": "lowercase"}],
                    "long-title": "off",  # a title is as long as the project's name
                    "no-trailing-whitespace": "off",  # what people put into their files
                },
            }
        )
    )

    def run(pages: Sequence[str]) -> list[dict[str, Any]]:
        for number, page in enumerate(pages):
            (tmp_path / f"{number}.html").write_text(page, encoding="utf-8")
        program = _PACKAGES / "html-validate" / "bin" / "html-validate.mjs"
        done = subprocess.run(
            [
                "node",
                str(program),
                "--formatter",
                "json=found.json",
                "--max-warnings",
                "0",
                *(f"{n}.html" for n in range(len(pages))),
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode in {0, 1}, done.stderr
        return [
            {"file": result["filePath"], **message}
            for result in json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))
            for message in result["messages"]
        ]

    return run


@pytest.mark.parametrize("text", _NASTY)
def test_a_strict_parser_reads_every_block(text: str) -> None:
    """Any error of the HTML standard's parsing rules is raised."""
    page = html(everything(text))
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page.encode())
    kinds = {element.tag for element in tree.iter() if isinstance(element.tag, str)}
    assert not kinds & {"script", "img", "iframe", "object", "textarea"}
    assert all(link.get("href", "").startswith(("#", "https://")) for link in tree.iter("a")), (
        "a link leads to https or nowhere"
    )


def test_a_validator_finds_nothing(validate: Callable[[Sequence[str]], list[dict[str, Any]]]) -> None:
    found = validate([html(everything(text)) for text in _NASTY])
    assert found == [], json.dumps(found[:3], indent=1)


def test_the_validator_would_find_something(
    validate: Callable[[Sequence[str]], list[dict[str, Any]]],
) -> None:
    page = html(everything("x"))
    assert [found["ruleId"] for found in validate([page.replace('<th scope="col">', "<th>", 1)])] == [
        "wcag/h63"
    ]
