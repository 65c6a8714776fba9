"""What depends on whether a statement stands between BEGIN and COMMIT: one pass over each file's statements."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from supa_deploy.migrations import Statement
from supa_deploy.migrations.tree import Node
from supa_deploy.model import Severity
from supa_deploy.rules.sending.apart import is_switched_off, refused_in_transaction, runs_apart
from supa_deploy.rules.sending.rules import (
    LOCK_TABLE,
    NEEDS_BEGIN,
    NOT_IN_TRANSACTION,
    ROLE_LEFT,
    SESSION_AUTHORIZATION,
    SET_LOCAL,
    SWITCHED_OFF,
    WITH_OTHERS,
)
from supa_deploy.rules.sight import Sight
from supa_deploy.rules.values import Found

_OPENS = frozenset({"TRANS_STMT_BEGIN", "TRANS_STMT_START"})
_NEED_BEGIN = {
    "TRANS_STMT_SAVEPOINT": "SAVEPOINT",
    "TRANS_STMT_RELEASE": "RELEASE SAVEPOINT",
    "TRANS_STMT_ROLLBACK_TO": "ROLLBACK TO SAVEPOINT",
}
_HOLD = 0x0020
_API_ROLES = frozenset({"anon", "authenticated", "service_role", "authenticator"})
_OWN_ROLES = frozenset({"", "none", "postgres", "default"})


@dataclass(slots=True)
class _Place:
    """Where in the file's transactions the pass is. `ended`: the file ended its transaction before; `role`: the role
    that was taken, and where; `local`: only until the transaction ends."""

    open: bool = False
    ended: bool = False
    role: str = ""
    role_at: Statement | None = None
    local: bool = False
    locals: list[Statement] = field(default_factory=list)

    def take(self, role: str, at: Statement, *, local: bool) -> None:
        """Another role from here on."""
        self.role, self.role_at, self.local = role, at, local

    def end_transaction(self) -> None:
        """What held until the transaction's end holds no more."""
        if self.local:
            self.role, self.role_at, self.local = "", None, False


def blocks(sight: Sight) -> Iterator[Found]:
    """The rules about one file's transactions."""
    script = sight.script
    off = is_switched_off(script)
    if off:
        yield Found(SWITCHED_OFF, 0, "This comment makes the CLI run the file's statements one by one.")
    place = _Place()
    cuts = False
    for statement in script.statements:
        tree = statement.tree
        if statement.kind == "TransactionStmt":
            yield from _transaction(statement, place)
        elif refused_in_transaction(tree):
            apart = runs_apart(sight.script, statement)
            cuts = cuts or apart
            yield from _alone(sight, statement, place, apart=apart, off=off)
            if apart:
                place.end_transaction()
        elif statement.kind in {"LockStmt", "DeclareCursorStmt"} and not place.open:
            yield from _outside(sight, statement)
        elif statement.kind == "VariableSetStmt":
            yield from _set(statement, place)
        elif statement.kind == "SelectStmt":
            _set_config(statement, place)
    yield from _set_locals(place, cut=cuts or place.ended)
    yield from _role(place)


def _transaction(statement: Statement, place: _Place) -> Iterator[Found]:
    kind = statement.tree.text("kind") or "TRANS_STMT_BEGIN"
    if kind in _NEED_BEGIN:
        if not place.open:
            word = _NEED_BEGIN[kind]
            yield Found(
                NEEDS_BEGIN, statement.start, f"{word} outside BEGIN … COMMIT: the server refuses it."
            )
    elif kind in _OPENS:
        place.open = True
    else:
        if kind == "TRANS_STMT_ROLLBACK":  # takes SET ROLE back, or not: it depends on where the SET stood
            place.role, place.role_at = "", None
        place.open = statement.tree.flag("chain")
        place.ended = True
        place.end_transaction()


def _alone(sight: Sight, statement: Statement, place: _Place, *, apart: bool, off: bool) -> Iterator[Found]:
    company = len(sight.script.statements) > 1
    words = " ".join(sight.script.statement_text(statement).split(maxsplit=3)[:2]).upper()
    if place.open:
        message = f"{words} between BEGIN and COMMIT: the server refuses it (25001)."
        yield Found(NOT_IN_TRANSACTION, statement.start, message)
    elif apart and company and not off:
        message = f"{words} runs apart: when a later statement fails, this and what stands before it stay."
        yield Found(WITH_OTHERS, statement.start, message)
    elif not apart and statement.index > 0 and not off and not place.ended:
        message = f"{words} behind other statements: the CLI sends them together, and the server refuses it (25001)."
        yield Found(NOT_IN_TRANSACTION, statement.start, message)


def _outside(sight: Sight, statement: Statement) -> Iterator[Found]:
    tree = statement.tree
    if statement.kind == "LockStmt":
        names = ", ".join(str(sight.relation(target)) for target in tree.nodes("relations"))
        message = f"LOCK TABLE {names} outside BEGIN … COMMIT: the server refuses it."
        yield Found(LOCK_TABLE, statement.start, message)
    elif not tree.number("options") & _HOLD:
        message = f"The cursor {tree.text('portalname')} outside BEGIN … COMMIT: the server refuses it."
        yield Found(NEEDS_BEGIN, statement.start, message)


def _set(statement: Statement, place: _Place) -> Iterator[Found]:
    tree = statement.tree
    name, local = tree.text("name"), tree.flag("is_local")
    value = _first_value(tree) if tree.text("kind") == "VAR_SET_VALUE" else ""
    if name == "role":
        place.take("" if value in _OWN_ROLES else value, statement, local=local)
    elif name == "session_authorization":
        if value not in _OWN_ROLES:
            message = "SET SESSION AUTHORIZATION: the role that runs migrations may not."
            yield Found(SESSION_AUTHORIZATION, statement.start, message)
    elif local and not place.open:
        place.locals.append(statement)


def _first_value(tree: Node) -> str:
    for argument in tree.nodes("args"):
        text = argument.child("sval")
        return text.text("sval") if text is not None else ""
    return ""


def _set_config(statement: Statement, place: _Place) -> None:
    """`select set_config('role', …)` is SET ROLE by another name."""
    for target in statement.tree.nodes("targetList"):
        call = target.child("val")
        if call is None or call.kind != "FuncCall" or call.strings("funcname")[-1:] != ("set_config",):
            continue
        values = [argument.child("sval") for argument in call.nodes("args")[:2]]
        words = [value.text("sval") if value is not None else None for value in values]
        if len(words) == 2 and words[0] == "role" and words[1] is not None:
            local = any(
                value is not None and value.flag("boolval")
                for value in (argument.child("boolval") for argument in call.nodes("args")[2:])
            )
            place.take("" if words[1] in _OWN_ROLES else words[1], statement, local=local)


def _set_locals(place: _Place, *, cut: bool) -> Iterator[Found]:
    for statement in place.locals:
        name = statement.tree.text("name") or "TRANSACTION"
        if statement.tree.text("kind") == "VAR_SET_MULTI":
            continue
        if cut:
            message = (
                f"SET LOCAL {name} ends where this file's first transaction ends, not at the file's end."
            )
            yield Found(SET_LOCAL, statement.start, message, severity=Severity.WARNING)
        else:
            message = (
                f"SET LOCAL {name} outside BEGIN … COMMIT: the server warns, and obeys until the file's end."
            )
            yield Found(SET_LOCAL, statement.start, message)


def _role(place: _Place) -> Iterator[Found]:
    """Roles of Supabase's API cannot write the history; what another role may do is not known here."""
    if place.role_at is None or not place.role:
        return
    message = f"The file ends as the role {place.role}, and the CLI then writes the history as that role."
    severity = Severity.ERROR if place.role in _API_ROLES else Severity.WARNING
    yield Found(ROLE_LEFT, place.role_at.start, message, severity=severity)
