"""Each file as the script will run it: its statements as the CLI records them, and how they can be run."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate

from supa_deploy.bundle.splitting import Piece, split
from supa_deploy.errors import PreflightFailed
from supa_deploy.migrations import RiskKind, Script, Statement, TransactionRisk, transaction_risks
from supa_deploy.model import Runner

_DEFERS = re.compile(r"\bdeferr(?:able|ed)\b|\bset\s+constraints\b", re.IGNORECASE)
_ON_COMMIT = re.compile(r"\bon\s+commit\s+(?:drop|delete)\b", re.IGNORECASE)
_LOCAL_ROLE = re.compile(r"\bset\s+local\s+(?:role|session\s+authorization)\b", re.IGNORECASE)
_LONE = re.compile("[\ud800-\udfff]")  # bytes of a file's name that are not UTF-8: the CLI reads U+FFFD
_BEGINS = frozenset({"TRANS_STMT_BEGIN", "TRANS_STMT_START"})
_OWN = frozenset({RiskKind.OWN_BEGIN, RiskKind.OWN_COMMIT, RiskKind.OWN_ROLLBACK})
_WIDE = frozenset({"REINDEX_OBJECT_SCHEMA", "REINDEX_OBJECT_SYSTEM", "REINDEX_OBJECT_DATABASE"})
_IN_A_BLOCK_TOO = frozenset({RiskKind.PROCEDURE, RiskKind.SWITCHED_OFF})
"""What the CLI runs so that it may commit on its own, and what mostly runs in a transaction as well."""


class Mode(StrEnum):
    """How a file is run: in one transaction with others, in one of its own, sent as it is, or in none."""

    TOGETHER = "together"
    PLAIN = "plain"
    ALONE = "alone"


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a script. `left_out` are indexes of statements that are recorded and not run (a BEGIN and COMMIT
    around everything); `closes` says why what comes after it needs a new transaction; `warning` what to know."""

    version: str
    name: str
    file: str
    statements: tuple[str, ...]
    mode: Mode = Mode.TOGETHER
    left_out: tuple[int, ...] = ()
    closes: str | None = None
    warning: str | None = None


def entries_of(chosen: Sequence[Script], every: Sequence[Script], runner: Runner) -> tuple[Entry, ...]:
    """The chosen files, in order; `every` is all of the project. Raises PreflightFailed for a file that such a script
    cannot carry, with its line."""
    deferring = next((script.migration.file for script in every if _DEFERS.search(script.text)), None)
    return tuple(
        _entry(script, chosen[position + 1 :], runner, deferring) for position, script in enumerate(chosen)
    )


def _entry(script: Script, later: Sequence[Script], runner: Runner, deferring: str | None) -> Entry:
    pieces = split(script.text)
    places = _places(script, pieces)
    left_out = tuple(places[s.index] for s in _own_transaction(script))
    found = (*transaction_risks(script), *_apart(script))
    risks = [risk for risk in found if not (left_out and risk.kind in _OWN)]
    mode, warning = _mode(script, risks, runner)
    migration = script.migration
    return Entry(
        migration.version,
        _LONE.sub("\ufffd", migration.name),
        migration.file,
        tuple(piece.text for piece in pieces),
        mode,
        left_out if mode is Mode.TOGETHER else (),
        _closes(script, later, deferring),
        warning,
    )


def _places(script: Script, pieces: Sequence[Piece]) -> list[int]:
    """Which piece each statement of the parser is. Raises PreflightFailed where the CLI cuts otherwise than
    PostgreSQL: it could not send such a file either."""
    ends = _bytes_at(script.text, [piece.end for piece in pieces])
    places: list[int] = []
    for statement in script.statements:
        place = bisect_right(ends, statement.start)
        if place >= len(ends) or statement.end > ends[place] or (places and places[-1] == place):
            raise _refused(
                script,
                statement.line,
                "the Supabase CLI does not cut its statements where PostgreSQL does, and could not send it",
                "Put the statement into a DO block or a function, or write it without nested brackets.",
            )
        places.append(place)
    return places


def _bytes_at(text: str, positions: Sequence[int]) -> list[int]:
    """Positions in characters as positions in bytes."""
    if text.isascii():
        return list(positions)
    starts = (0, *positions[:-1])
    sizes = (len(text[start:end].encode()) for start, end in zip(starts, positions, strict=True))
    return list(accumulate(sizes))


def _own_transaction(script: Script) -> tuple[Statement, ...]:
    """The BEGIN and the COMMIT of a file that has just these two, with nothing run after the COMMIT."""
    commands = [statement for statement in script.statements if statement.kind == "TransactionStmt"]
    if len(commands) != 2 or commands[1] is not script.statements[-1]:
        return ()
    begin, commit = (command.tree for command in commands)
    is_pair = begin.text("kind") in _BEGINS and commit.text("kind") == "TRANS_STMT_COMMIT"
    return tuple(commands) if is_pair and not begin.has("options") and not commit.flag("chain") else ()


def _mode(script: Script, risks: Sequence[TransactionRisk], runner: Runner) -> tuple[Mode, str | None]:
    for statement, advice in _not_to_execute(script):
        first = script.statement_text(statement).splitlines()[0]
        if runner is Runner.PSQL and statement.kind != "CopyStmt" and not risks:
            return Mode.PLAIN, None
        raise _refused(script, statement.line, f"a script cannot run this for you: {first}", advice)
    if not risks:
        return Mode.TOGETHER, None
    shown = "; ".join(f"line {risk.line}: {risk.text}" for risk in risks[:3])
    if runner is Runner.PSQL:
        return Mode.ALONE, f"It is not one transaction: what comes before a failure stays ({shown})."
    worst = next((risk for risk in risks if risk.kind not in _IN_A_BLOCK_TOO), None)
    if worst is None:
        return Mode.TOGETHER, f"A COMMIT in what it calls stops this script, and nothing stays ({shown})."
    raise _refused(
        script,
        worst.line,
        f"the Dashboard runs a script as one transaction, and this cannot be in one: {worst.text}",
        "Make the script for psql (--for psql), or write the file so that it can be one transaction (without "
        "CONCURRENTLY, say, where the table is new or small).",
    )


def _apart(script: Script) -> Iterator[TransactionRisk]:
    """What PostgreSQL refuses in a transaction besides, and the CLI can send all the same."""
    for statement in script.statements:
        tree, text = statement.tree, script.statement_text(statement).splitlines()[0]
        is_wide = statement.kind == "ReindexStmt" and tree.text("kind") in _WIDE
        if is_wide or (statement.kind == "DiscardStmt" and tree.text("target") == "DISCARD_ALL"):
            yield TransactionRisk(RiskKind.NOT_IN_TRANSACTION, statement.line, text)


def _not_to_execute(script: Script) -> Iterator[tuple[Statement, str]]:
    """What PL/pgSQL's EXECUTE does not take, though a client may send it."""
    for statement in script.statements:
        tree = statement.tree
        if statement.kind == "SelectStmt" and tree.has("intoClause"):
            yield (
                statement,
                "Write it as CREATE TABLE … AS SELECT …, or make the script for psql (--for psql).",
            )
        elif statement.kind == "CopyStmt" and not tree.text("filename"):
            advice = (
                "Write the rows as INSERT."
                if tree.flag("is_from")
                else "Leave it out: nobody reads the rows."
            )
            yield statement, advice
        elif statement.kind == "VariableSetStmt" and tree.text("name") in {
            "TRANSACTION",
            "TRANSACTION SNAPSHOT",
        }:
            yield statement, "Leave it out, or make the script for psql (--for psql)."


def _closes(script: Script, later: Sequence[Script], deferring: str | None) -> str | None:
    if not later:
        return None
    if deferring:
        return f"{deferring} has constraints that are checked at the end of a transaction"
    values = (s.tree.text("newVal") for s in script.statements if s.kind == "AlterEnumStmt")
    used = [v for v in values if v and any(v in other.text for other in later)]
    if used:
        return f"the enum value {used[0]} can be used only after a COMMIT"
    if _ON_COMMIT.search(script.text):
        return "a temporary table of it goes at the end of the transaction"
    if _LOCAL_ROLE.search(script.text):
        return "it changes the role until the end of the transaction"
    return None


def _refused(script: Script, line: int, why: str, advice: str) -> PreflightFailed:
    file = script.migration.file
    return PreflightFailed(
        f"{file}:{line} cannot be bundled: {why}. No script was written; nothing was touched.",
        hint=advice,
        code="not_bundled",
        file=file,
        line=line,
    )
