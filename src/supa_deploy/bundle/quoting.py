"""Texts of any kind inside a script: as SQL, and in its comments."""

import re

from supa_deploy.shadow.sql import enclose

_MANGLED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
"""Characters that do not survive a paste into an editor, or that show a reader something else than what is run."""


_SIMPLE = re.compile(r"[^'\\\n]{0,120}")


def quote(text: str) -> str:
    """A text as a SQL literal: dollar-quoted as it stands, or with escapes where it holds characters that an editor
    would change (a carriage return, say)."""
    if _MANGLED.search(text):
        doubled = text.replace("\\", "\\\\").replace("'", "''")
        return f"e'{_MANGLED.sub(_escape, doubled)}'"
    return f"'{text}'" if _SIMPLE.fullmatch(text) else enclose(text, "sql")


def plain(text: str) -> str:
    """A text for a line comment: on one line, and nothing in it that could end that or hide."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def comment(text: str) -> str:
    """The lines of a text as line comments."""
    return "".join(f"-- {plain(line)}".rstrip() + "\n" for line in text.split("\n"))


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    return "\\r" if character == "\r" else f"\\u{ord(character):04x}"
