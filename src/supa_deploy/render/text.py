"""Words and safe text: counts, times, and names that cannot play tricks on a terminal or a log."""

import re
import unicodedata

# Cc: control; Cf: format (bidirectional overrides, zero-width); Cs: lone surrogates; Zl, Zp: line separators.
_TRICKY = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_JOINERS = "\u200c\u200d"  # letters of several scripts, and emoji, need them
_RUNNER_COMMAND = re.compile(r"##(?=\[)")
_NOUNS_IN_ES = ("index",)


def safe(text: str) -> str:
    """One line of untrusted text: what a terminal would act on is spelled out (`\\x1b`), line ends too.

    `##[`, which a GitHub runner takes for a command anywhere in a line, is set apart.
    """
    if text.isascii() and text.isprintable():
        return _RUNNER_COMMAND.sub("## ", text)
    return _RUNNER_COMMAND.sub("## ", "".join(_spell(character) for character in text))


def safe_lines(text: str) -> list[str]:
    """Untrusted text of several lines, each made safe; empty lines at the ends are dropped, tabs widened."""
    lines = [safe(line.expandtabs(4).rstrip()) for line in re.split(r"\r\n|\n|\r", text)]
    while lines and not lines[-1]:
        lines.pop()
    while lines and not lines[0]:
        lines.pop(0)
    return lines


def count(number: int, noun: str) -> str:
    """`1 table`, `3 tables`, `2 indexes`, `4 policies`."""
    return f"{number} {noun if number == 1 else plural(noun)}"


def plural(noun: str) -> str:
    """The noun for any number but one."""
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun in _NOUNS_IN_ES else "s")


def seconds(value: float) -> str:
    """A duration: `0.6 s`, `12.0 s`, `2 min 05 s`."""
    if value < 60:
        return f"{value:.1f} s"
    minutes, rest = divmod(round(value), 60)
    return f"{minutes} min {rest:02d} s"


def moment(iso: str) -> str:
    """`2026-11-23 01:25:16 UTC` of an ISO 8601 time in UTC; anything else as it is."""
    found = re.fullmatch(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z", iso)
    return f"{found[1]} {found[2]} UTC" if found else iso


def listing(parts: list[str]) -> str:
    """`a, b and c`."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def _spell(character: str) -> str:
    code = ord(character)
    tricky = unicodedata.category(character) in _TRICKY and character not in _JOINERS
    if not tricky and not _is_no_character(code):
        return character
    if character in "\n\r\t":
        return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}[character]
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _is_no_character(code: int) -> bool:
    """Code points that Unicode keeps free of characters: neither HTML nor XML may hold them."""
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
