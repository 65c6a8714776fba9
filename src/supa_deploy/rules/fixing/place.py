"""Where a finding stands, and insertions there that read like the rest of the statement."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from supa_deploy.migrations import Script, Statement, lexer
from supa_deploy.migrations.lexer import Token
from supa_deploy.model import Finding


class Edit(NamedTuple):
    """Text to be put in at a byte of the file; `after` orders those at the same byte."""

    byte: int
    text: str
    order: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """A finding's statement in its file, and the byte that the finding points at."""

    script: Script
    statement: Statement
    byte: int
    finding: Finding

    @property
    def data(self) -> bytes:
        """The file's bytes."""
        return self.script.source.data

    @property
    def tokens(self) -> list[Token]:
        """The statement's tokens."""
        return list(lexer.tokens(self.data, self.statement.start, self.statement.end))

    @property
    def end_of_line(self) -> str:
        """How the file ends its lines."""
        first = self.data.find(b"\n")
        return "\r\n" if first > 0 and self.data[first - 1 : first] == b"\r" else "\n"

    @property
    def indent(self) -> str:
        """What stands before the statement on its line when that is blank."""
        before = self.before
        return before if not before.strip() else ""

    @property
    def before(self) -> str:
        """What stands before the statement on its line."""
        start = self.data.rfind(b"\n", 0, self.statement.start) + 1
        return self.data[start : self.statement.start].decode(errors="replace")

    def cased(self, words: str) -> str:
        """Keywords in the case of the statement's first word."""
        first = lexer.skip_blank(self.data, self.statement.start, self.statement.end)
        return words.upper() if self.data[first : first + 1].isupper() else words.lower()

    def text(self, first: Token, last: Token) -> str:
        """The file's text from one token to another, both included."""
        return self.data[first.start : last.end].decode(errors="replace")

    def end_of_statement(self) -> tuple[int, bool]:
        """The byte behind the statement's semicolon, and whether there is one."""
        for token in lexer.tokens(self.data, self.statement.end, len(self.data)):
            if token.text == ";":
                return token.end, True
            break
        return self.statement.start + len(
            self.data[self.statement.start : self.statement.end].rstrip()
        ), False


def place_of(script: Script, finding: Finding) -> Place | None:
    """The statement that a finding is about: where its column points at one; else what begins on its line, and where
    several do, the one whose name the message holds."""
    if not script.statements:
        return None
    text = script.source.line_text(finding.line)
    byte = script.source.byte(finding.line - 1, len(text[: finding.column - 1].encode()))
    around = [one for one in script.statements if one.start <= byte < max(one.end, one.start + 1)]
    begun = [one for one in script.statements if one.line == finding.line]
    if finding.column == 1 and len(begun) > 1:
        around = [one for one in begun if _is_named(script, one, finding.message)] or around
    statement = next(iter(around or begun), None)
    return Place(script, statement, max(byte, statement.start), finding) if statement is not None else None


def _is_named(script: Script, statement: Statement, message: str) -> bool:
    """True when the message names what the statement makes."""
    tree = statement.tree
    named = [tree.text("policy_name"), *tree.strings("funcname")[-1:]]
    for field in ("relation", "view"):
        child = tree.child(field)
        named.append(child.text("relname") if child is not None and not tree.has("policy_name") else "")
    del script
    return any(name and name in message for name in named)


def apply(script: Script, edits: Collection[Edit]) -> str:
    """The file's text with the edits made."""
    data = script.source.data
    pieces: list[bytes] = []
    done = 0
    for edit in sorted(edits, key=lambda one: (one.byte, one.order)):
        pieces += [data[done : edit.byte], edit.text.encode()]
        done = edit.byte
    return b"".join((*pieces, data[done:])).decode()


def after_words(tokens: list[Token], *words: str) -> Token | None:
    """The last token of these words in a row; None when they do not stand there."""
    for index in range(len(tokens) - len(words) + 1):
        if all(tokens[index + step].text == word for step, word in enumerate(words)):
            return tokens[index + len(words) - 1]
    return None


def name_end(tokens: list[Token], first: int) -> int:
    """The index of the last token of a name that begins at `first`: `a`, `a.b`, `"a"."b"`."""
    last = first
    while last + 2 < len(tokens) and tokens[last + 1].text == ".":
        last += 2
    return last
