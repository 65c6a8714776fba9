"""The engine's SQL as a script that the CLI can push as one file, which is one implicit transaction."""

from collections.abc import Iterable, Iterator, Sequence

from supa_deploy.drift.engine import EngineStatement, one_line
from supa_deploy.drift.merge import as_script
from supa_deploy.drift.noise import noise_of
from supa_deploy.errors import PreflightFailed
from supa_deploy.migrations.acts import Deed


def runnable(statements: Sequence[EngineStatement]) -> str:
    """The statements as one script for one transaction: settings become set_config for the transaction, noise is
    taken out.

    Raises PreflightFailed naming the statements that no transaction can hold.
    """
    if refused := not_in_transaction(statements):
        raise PreflightFailed(
            f"{len(refused)} of the statements cannot run inside a transaction: {'; '.join(refused)}. "
            "Nothing was touched.",
            hint="Run them by hand first, then try again; what is left can then be undone in one transaction.",
            code="not_one_transaction",
        )
    return as_script(_lines(statements))


def _lines(statements: Iterable[EngineStatement]) -> Iterator[str]:
    for statement in statements:
        if statement.kind == "TransactionStmt":
            continue
        if statement.kind == "VariableSetStmt":
            yield from _settings(statement)
        elif not statement.acts or any(noise_of(a) is None or a.deed is Deed.SESSION for a in statement.acts):
            yield statement.text


def _settings(statement: EngineStatement) -> Iterator[str]:
    """SET as set_config: for the transaction alone, whatever it said, so that nothing after it is touched."""
    for act in statement.acts:
        if act.detail is not None:
            yield f"select set_config({_literal(act.name)}, {_literal(act.detail)}, true)"


def _literal(text: str) -> str:
    escaped = text.replace("'", "''")
    return f"'{escaped}'" if "\\" not in text else "E'" + escaped.replace("\\", "\\\\") + "'"


def not_in_transaction(statements: Iterable[EngineStatement]) -> tuple[str, ...]:
    """The statements that no transaction can hold (CONCURRENTLY, VACUUM, CREATE DATABASE, ALTER SYSTEM, CALL…), each
    in one line. BEGIN and COMMIT are not among them: `runnable` leaves them out."""
    return tuple(
        one_line(statement.text)
        for statement in statements
        if not statement.transactional and statement.kind != "TransactionStmt"
    )
