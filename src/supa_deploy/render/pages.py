"""What `check --explain` and `check --list` print: a rule's page, and the table of all rules."""

import re
from itertools import groupby
from typing import TYPE_CHECKING

from supa_deploy.render.look import Look, to_text
from supa_deploy.render.paragraphs import STYLES, WORDS, broken
from supa_deploy.render.text import safe

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import RenderableType

    from supa_deploy.rules.values import Rule

_TABLE = 100  # cells from which on a table is easier to read than a list
_FIXABLE = "--fix"
_EMPTY_LINES = re.compile(r"\n{3,}")


def explain(page_text: str, look: Look) -> str:
    """A rule's page (Markdown): set for a terminal, as it is everywhere else."""
    if look.wrap is None:
        return page_text if page_text.endswith("\n") else f"{page_text}\n"
    from rich.markdown import Heading, Markdown
    from rich.padding import Padding
    from rich.text import Text

    class Title(Heading):
        """A heading on the left, without a box."""

        def __rich_console__(self, console: object, options: object) -> "Iterable[RenderableType]":
            del console, options
            yield Text(self.text.plain, style="bold" if self.tag == "h1" else "bold underline")

    class Page(Markdown):
        """Markdown with our headings."""

        elements = {**Markdown.elements, "heading_open": Title}  # noqa: RUF012  # the class attribute is rich's

    page = Page(page_text, code_theme="ansi_dark", hyperlinks=False)
    shown = to_text([Padding(page, (0, max(look.width - look.wrap, 0), 0, 0))], look)
    return _EMPTY_LINES.sub("\n\n", shown).rstrip("\n") + "\n"


def rule_table(rules: "Iterable[Rule]", look: Look) -> str:
    """Every rule by topic: id, severity, where it comes from, whether `--fix` mends it, and why it matters. Beneath
    one another where a table has no room, one line a rule where there is no terminal."""
    from rich.text import Text

    parts: list[RenderableType] = []
    by_topic = sorted(rules, key=lambda rule: rule.topic.value)
    for topic, of_topic in groupby(by_topic, key=lambda rule: rule.topic):
        told = sorted(of_topic, key=lambda rule: rule.id)
        parts.extend((Text(topic.value, style="bold"), *_rows(told, look), Text()))
    return to_text(parts[:-1], look)


def _rows(rules: "list[Rule]", look: Look) -> "list[RenderableType]":
    if look.wrap is not None and look.width < _TABLE:
        return _beneath(rules, look)
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2, 0, 0))
    for _ in range(3):
        table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for rule in rules:
        table.add_row(
            Text(f"  {safe(rule.id)}", style="bold"),
            Text(WORDS[rule.severity], style=STYLES[rule.severity]),
            Text(_FIXABLE if rule.fixable else "", style="green"),
            Text(_why(rule)),
        )
    return [table]


def _beneath(rules: "list[Rule]", look: Look) -> "list[RenderableType]":
    from rich.text import Text

    parts: list[RenderableType] = []
    for rule in rules:
        head = Text.assemble(
            (f"  {safe(rule.id)}", "bold"), "  ", (WORDS[rule.severity], STYLES[rule.severity])
        )
        if rule.fixable:
            head.append(f"  {_FIXABLE}", style="green")
        parts.append(head)
        parts.append(broken("    ", _why(rule), look))
    return parts


def _why(rule: "Rule") -> str:
    return f"{safe(rule.why)} (squawk: {safe(rule.origin)})" if rule.origin else safe(rule.why)
