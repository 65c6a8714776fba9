"""Markdown's pieces: untrusted text as it is, code spans and blocks that nothing can leave, tables, folded parts."""

import re
from collections.abc import Iterable

from supa_deploy.render.text import safe

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+!|~<>&@:-])")


def plain(text: str) -> str:
    """Text that Markdown shows as it is; it must be safe already, and one line."""
    return _MARKDOWN.sub(r"\\\1", text)


def cell(text: str) -> str:
    """Untrusted text for a table's cell."""
    return plain(safe(text))


def code(text: str) -> str:
    """Safe text as a code span, whatever backticks it holds."""
    fence = fence_for(text, at_least=1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def block(rows: Iterable[str], language: str = "sql") -> str:
    """Safe lines as a code block."""
    text = "\n".join(rows)
    fence = fence_for(text, at_least=3)
    return f"{fence}{language}\n{text}\n{fence}"


def folded(title: str, text: str) -> str:
    """A part that opens on a click; `title` is our own words."""
    return f"<details><summary>{title}</summary>\n\n{text}\n\n</details>"


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A table; its cells are Markdown already."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def fence_for(text: str, *, at_least: int) -> str:
    """More backticks in a row than the text has."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    return "`" * max(at_least, longest + 1)
