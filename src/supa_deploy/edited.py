"""Migration files that were edited after they were applied: the file against what the history recorded of it.

The CLI records each statement as it sent it. Comments, white space, line ends, the case of keywords and how the text
was split into statements are no difference; what a string or a function's body says is one. Nothing is said of a
version without a record.
"""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from supa_deploy.migrations import Script, lexer
from supa_deploy.migrations.source import Source
from supa_deploy.model import Finding, Severity

RULE = "edited-after-apply"

_BETWEEN = re.compile(r"[\s;]*")
_BOM = "\ufeff"
_MOST_LINES = 12  # of the difference that is shown
_LONGEST_LINE = 160
_ALIGNED = 2000  # statements (or lines) that are put side by side; what is beyond counts as one change
_HELP = (
    "The database keeps what was applied. Put the change into a new migration, and the file back to what it was "
    "(-: as applied, +: the file now):"
)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A statement: its tokens as they count, and where each begins (bytes)."""

    tokens: tuple[str, ...]
    starts: tuple[int, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Block:
    """A run of statements that differ: `applied[a:b]` became `found[c:d]`."""

    a: int
    b: int
    c: int
    d: int


def find_edited(scripts: Sequence[Script], recorded: Mapping[str, tuple[str, ...]]) -> tuple[Finding, ...]:
    """A finding for each file whose statements are not those that the history recorded for its version
    (`Supabase.begin_statements`), at the first difference. Nothing recorded, nothing looked at."""
    if not recorded:
        return ()
    findings = (
        _look(script, recorded[script.migration.version])
        for script in scripts
        if script.migration.version in recorded
    )
    return tuple(finding for finding in findings if finding is not None)


def _look(script: Script, statements: Sequence[str]) -> Finding | None:
    text = _unix(script.text)
    applied = [_unix(statement.removeprefix(_BOM)) for statement in statements]
    if _as_sent(text, applied) or (not text and not _is_empty(script)):
        return None
    before, now = Source(";\n".join(applied).encode()), Source(text.encode())
    old, new = list(_pieces(before.data)), list(_pieces(now.data))
    if [token for piece in old for token in piece.tokens] == [
        token for piece in new for token in piece.tokens
    ]:
        return None
    blocks = _blocks([piece.tokens for piece in old], [piece.tokens for piece in new])
    line, column = now.place(_first_difference(old, new, blocks[0]))
    return Finding(
        rule=RULE,
        severity=Severity.WARNING,
        file=script.migration.file,
        line=line,
        column=column,
        message=_message(blocks, len(old), len(new)),
        help="\n".join([_HELP, *_shown(before, old, now, new, blocks)]),
        excerpt=now.line_text(line),
    )


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n")


def _is_empty(script: Script) -> bool:
    """True for an empty file; a file that could not be read has no text either, and is nobody's edit."""
    try:
        return not script.migration.path.read_bytes().strip(_BOM.encode() + b" \t\r\n")
    except OSError:
        return False


def _as_sent(text: str, statements: Sequence[str]) -> bool:
    """True when the file is these statements word for word: the usual case, and quick."""
    position = 0
    for index, statement in enumerate(statements):
        gap = _BETWEEN.match(text, position)
        here = gap.end() if gap else position
        if (index and ";" not in text[position:here]) or not text.startswith(statement, here):
            return False
        position = here + len(statement)
    return _BETWEEN.fullmatch(text, position) is not None


def _pieces(data: bytes) -> Iterator[_Piece]:
    """The statements that hold anything. A body in `begin atomic … end` keeps its semicolons."""
    found: list[tuple[str, int]] = []
    end = depth = 0
    last = ""
    for token in lexer.tokens(data, 0, len(data)):
        if token.kind == "word":
            if (token.text == "ATOMIC" and last == "BEGIN") or (depth and token.text == "CASE"):
                depth += 1
            elif depth and token.text == "END":
                depth -= 1
        last = token.text
        if token.text != ";":
            end = token.end
            found += _as_they_count(data, token)
        elif not depth and found:
            yield _piece(found, end)
            found = []
    if found:
        yield _piece(found, end)


def _piece(found: Sequence[tuple[str, int]], end: int) -> _Piece:
    return _Piece(tuple(text for text, _ in found), tuple(start for _, start in found), found[0][1], end)


def _as_they_count(data: bytes, token: lexer.Token) -> Iterator[tuple[str, int]]:
    """A token by what it means: words without their case, a dollar-quoted body by its own tokens."""
    raw = data[token.start : token.end]
    if token.kind == "word":
        yield token.text, token.start
    elif raw.startswith(b"$") and raw.find(b"$", 1) > 0:
        width = raw.index(b"$", 1) + 1
        yield raw[:width].decode(errors="replace"), token.start
        for inner in lexer.tokens(data, token.start + width, max(token.end - width, token.start + width)):
            yield from _as_they_count(data, inner)
    else:
        yield raw.decode(errors="replace"), token.start


def _blocks(old: Sequence[tuple[str, ...]], new: Sequence[tuple[str, ...]]) -> list[_Block]:
    """What differs, in order."""
    head = _alike(old, new)
    tail = _alike(old[head:][::-1], new[head:][::-1])
    left, right = old[head : len(old) - tail], new[head : len(new) - tail]
    if max(len(left), len(right)) > _ALIGNED:
        return [_Block(head, len(old) - tail, head, len(new) - tail)]
    matched = difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    return [_Block(head + a, head + b, head + c, head + d) for tag, a, b, c, d in matched if tag != "equal"]


def _alike(left: Sequence[object], right: Sequence[object]) -> int:
    """How many of them are the same from the beginning on."""
    return next(
        (index for index, (one, other) in enumerate(zip(left, right, strict=False)) if one != other),
        min(len(left), len(right)),
    )


def _first_difference(old: Sequence[_Piece], new: Sequence[_Piece], block: _Block) -> int:
    """The byte of the file where the first difference is."""
    if block.c < block.d:
        piece = new[block.c]
        if block.a < block.b:
            return piece.starts[min(_alike(old[block.a].tokens, piece.tokens), len(piece.starts) - 1)]
        return piece.start
    if block.c < len(new):
        return new[block.c].start
    return max(new[-1].end - 1, 0) if new else 0


def _message(blocks: Sequence[_Block], applied: int, found: int) -> str:
    first = blocks[0]
    if first.a == first.b:
        what = f"statement {first.c + 1} of {found} was not in it when it was applied"
    elif first.c == first.d:
        what = f"statement {first.a + 1} of the {applied} that were applied is not in it any more"
    else:
        what = f"statement {first.c + 1} of {found} is not what was applied"
    counts = {
        "changed": sum(min(block.b - block.a, block.d - block.c) for block in blocks),
        "added": sum(max(block.d - block.c - (block.b - block.a), 0) for block in blocks),
        "removed": sum(max(block.b - block.a - (block.d - block.c), 0) for block in blocks),
    }
    in_all = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    return f"edited after it was applied: {what}" + (f" ({in_all})" if sum(counts.values()) > 1 else "")


def _shown(
    before: Source, old: Sequence[_Piece], now: Source, new: Sequence[_Piece], blocks: Sequence[_Block]
) -> list[str]:
    """The lines that differ and no others, a few of them."""
    lines: list[str] = []
    for block in blocks:
        texts = [
            [line for piece in pieces for line in source.text(piece.start, piece.end).split("\n")][:_ALIGNED]
            for source, pieces in ((before, old[block.a : block.b]), (now, new[block.c : block.d]))
        ]
        compared = difflib.unified_diff(texts[0], texts[1], n=0, lineterm="")
        lines += [line for line in list(compared)[2:] if not line.startswith("@@")]
    cut = [line if len(line) <= _LONGEST_LINE else line[: _LONGEST_LINE - 1] + "…" for line in lines]
    if len(cut) > _MOST_LINES:
        cut[_MOST_LINES - 1 :] = [f"… and {len(cut) - _MOST_LINES + 1} more lines"]
    return cut
