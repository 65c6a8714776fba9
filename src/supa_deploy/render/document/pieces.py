"""What the sections share: names, signs, lists that stay within bounds. No text is escaped here: writers do that."""

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath

from supa_deploy.model import Report, Witness
from supa_deploy.render import checks
from supa_deploy.render.checks import Mark
from supa_deploy.render.document.blocks import (
    Block,
    Bullets,
    Code,
    Grid,
    Inline,
    Item,
    Line,
    Paragraph,
    Script,
    Sign,
    Small,
    Strong,
)
from supa_deploy.render.text import listing
from supa_deploy.schema import QName

MOST_ROWS = 200  # of a grid or a list: a report is read by people, the rest stands in the JSON document
MOST_BELOW = 40
_MOST_SQL = 1000
_LONGEST_ROW = 2000
_LONGEST = 300
SAYS: Mapping[Mark, str] = {
    Mark.YES: "yes",
    Mark.NO: "no",
    Mark.WARN: "attention",
    Mark.UNSEEN: "not known",
    Mark.MORE: "added",
    Mark.WAIT: "pending",
}
_WITNESSES = {Witness.POSTGREST: "the Data API", Witness.CATALOG: "the catalog", Witness.DIFF: "the diff"}
_IN_JSON = "the JSON document has all of them"


def sign(mark: Mark, says: str | None = None) -> Sign:
    """A mark with what it means."""
    return Sign(mark, says or SAYS[mark])


def command(report: Report, *words: str) -> Code:
    """A command of ours, for the environment of the run."""
    named = ["--env", report.environment] if report.environment else []
    return Code(shlex.join(["supa-deploy", *words, *named]))


def paragraph(*pieces: Inline) -> Paragraph:
    """A paragraph of these pieces."""
    return Paragraph(pieces)


def shown(name: QName | tuple[str, str]) -> str:
    """A name as people write it: without `public`."""
    schema, own = name
    return own if schema in {"public", ""} else f"{schema}.{own}"


def base(file: str) -> str:
    """A file's own name."""
    return PurePosixPath(file).name


def cut(text: str, most: int = _LONGEST) -> str:
    """A text on one line, cut where it would fill a page."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[:most]}…"


def spaced(parts: Iterable[Line], by: str = ", ") -> Line:
    """Several lines as one, `by` between them."""
    pieces: list[Inline] = []
    for part in parts:
        if pieces and part:
            pieces.append(by)
        pieces.extend(part)
    return tuple(pieces)


def codes(names: Sequence[str], most: int = MOST_BELOW) -> Line:
    """Names in a row: `a`, `b`, … and 3 more."""
    told: list[Line] = [(Code(cut(name)),) for name in names[:most]]
    if len(names) > most:
        told.append((f"… and {len(names) - most:,} more",))
    return spaced(told)


def grid(
    caption: str, head: tuple[str, ...], rows: Sequence[tuple[Line, ...]], most: int = MOST_ROWS
) -> tuple[Block, ...]:
    """A table of at most so many rows, and a word about those left out; nothing without rows."""
    if not rows:
        return ()
    made = Grid(caption, head, tuple(rows[:most]))
    return (made,) if len(rows) <= most else (made, more(len(rows) - most))


def bullets(items: Sequence[Item], most: int = MOST_ROWS) -> tuple[Block, ...]:
    """A list of at most so many items, and a word about those left out; nothing without items."""
    if not items:
        return ()
    made = Bullets(tuple(items[:most]))
    return (made,) if len(items) <= most else (made, more(len(items) - most))


def listed(title: str, lines: Sequence[Line]) -> Item:
    """A title with the number of its lines, and the lines beneath, as many as are read."""
    below = list(lines[:MOST_BELOW])
    if len(lines) > MOST_BELOW:
        below.append((Small(f"… and {len(lines) - MOST_BELOW:,} more"),))
    return Item((Strong(f"{title}:"), f" {len(lines):,}"), tuple(below))


def more(number: int) -> Paragraph:
    """The word about what was left out."""
    return paragraph(Small(f"… and {number:,} more: {_IN_JSON}"))


def items(lines: Iterable[checks.Line], says: Mapping[Mark, str] = SAYS) -> list[Item]:
    """Lines of the screen as items of a list."""
    return [item(line, says) for line in lines]


def item(line: checks.Line, says: Mapping[Mark, str] = SAYS, aside: str = "") -> Item:
    """A line of the screen as an item: its sign, what it says, what stands beneath; `aside` behind it."""
    below: list[Line] = [(Code(text),) for text in line.below[:MOST_BELOW] if text]
    if len(line.below) > MOST_BELOW:
        below.append((Small(f"… and {len(line.below) - MOST_BELOW:,} more lines"),))
    behind: Line = (" ", Small(aside)) if aside else ()
    return Item((sign(line.mark, says[line.mark]), " ", line.says, *behind), tuple(below))


def script(text: str, language: str = "sql") -> tuple[Block, ...]:
    """SQL, a diff or commands as lines, the rest counted; nothing for an empty text."""
    rows = raw_lines(text)
    if not rows:
        return ()
    kept = [row if len(row) <= _LONGEST_ROW else f"{row[:_LONGEST_ROW]}…" for row in rows[:_MOST_SQL]]
    made = Script("\n".join(kept), language)
    if len(rows) <= _MOST_SQL:
        return (made,)
    left = len(rows) - _MOST_SQL
    return (made, paragraph(Small(f"… and {left:,} more {'line' if left == 1 else 'lines'}")))


def raw_lines(text: str) -> list[str]:
    """A text's lines as they are, without empty ones at the ends."""
    rows = [row.rstrip() for row in re.split(r"\r\n|\n|\r", text)]
    while rows and not rows[-1]:
        rows.pop()
    while rows and not rows[0]:
        rows.pop(0)
    return rows


def lines_of(text: str) -> list[Line]:
    """A text of several lines, a line each."""
    return [(row,) for row in raw_lines(text) if row]


def where(report: Report) -> str:
    """What a run was about, in words: the target, else the project, else `the database`."""
    if report.target:
        return report.target
    return f"project {report.project_ref}" if report.project_ref else "the database"


def seen_by(witnesses: Iterable[Witness]) -> str:
    """`the Data API and the catalog`; empty where nobody looked."""
    found = set(witnesses)
    return listing([name for witness, name in _WITNESSES.items() if witness in found])
