"""What a rollback takes away: counted before anything runs, guarded while it runs."""

from collections.abc import Mapping, Sequence

from supa_deploy.drift.engine import EngineStatement
from supa_deploy.errors import PreflightFailed
from supa_deploy.migrations.acts import Deed
from supa_deploy.model import Loss
from supa_deploy.shadow.sql import enclose, identifier, literal
from supa_deploy.supabase import Row, Supabase
from supa_deploy.wayback.holdings import Lost


def converted(statements: Sequence[EngineStatement]) -> tuple[str, ...]:
    """Columns whose values are converted to another type, in words; not those that go, alone or with their table."""
    acts = [act for statement in statements for act in statement.acts]
    gone = {(act.schema, act.table, act.name) for act in acts if act.deed is Deed.DROP}
    retyped = (
        act
        for act in acts
        if act.object == "column" and act.deed is Deed.ALTER and (act.detail or "").startswith("type ")
    )
    return tuple(
        f"column {act.schema}.{act.table}.{act.name}: its values are converted to another type, and may be cut or "
        "refused"
        for act in retyped
        if (act.schema, act.table, act.name) not in gone and (act.schema, None, act.table) not in gone
    )


def count(supabase: Supabase, lost: Sequence[Lost]) -> tuple[Loss, ...]:
    """How many rows each lost table has, how many values each lost column. Raises what a failure to count means."""
    if not lost:
        return ()
    rows = supabase.query(_counting(lost))
    counted = {_whole(row, "i"): row for row in rows}
    if set(counted) != set(range(len(lost))):
        raise PreflightFailed(
            "The rows that would be lost could not be counted: the answer has other tables than were asked for. "
            "Nothing was changed.",
            hint="Run it again; report this when it comes back.",
            code="losses_unreadable",
        )
    return tuple(
        Loss(
            each.schema,
            each.table,
            each.column,
            rows=_whole(counted[i], "n"),
            size=_whole(counted[i], "b") if each.column is None else None,
        )
        for i, each in enumerate(lost)
    )


def guard(losses: Sequence[Loss]) -> str:
    """SQL that fails when a table has other rows than were told: nothing is lost that nobody was told of.

    The locks hold until the transaction ends; LOCK TABLE alone would be refused where the CLI sends no BEGIN.
    """
    if not losses:
        return ""
    checks = [
        f"  lock table {_name(loss)} in access exclusive mode;\n"
        f"  if (select {_counted(loss.column)} from {_name(loss)}) <> {loss.rows} then\n"
        f"    raise exception using errcode = 'SD001', message = {literal(_changed(loss))};\n"
        "  end if;"
        for loss in losses
    ]
    body = "\n".join(checks)
    block = enclose(f"\nbegin\n{body}\nend\n", "supa_deploy")
    return f"do {block};"


def _counting(lost: Sequence[Lost]) -> str:
    selects = []
    for i, each in enumerate(lost):
        name = f"{identifier(each.schema)}.{identifier(each.table)}"
        size = f"pg_total_relation_size({literal(name)}::regclass)" if each.column is None else "0"
        selects.append(f"select {i} as i, {_counted(each.column)}::text as n, {size}::text as b from {name}")
    return " union all ".join(selects)


def _counted(column: str | None) -> str:
    return "count(*)" if column is None else f"count({identifier(column)})"


def _name(loss: Loss) -> str:
    return f"{identifier(loss.schema)}.{identifier(loss.table)}"


def _changed(loss: Loss) -> str:
    what = f"{loss.schema}.{loss.table}" + (f".{loss.column}" if loss.column else "")
    return f"{what} has other rows than were counted before the rollback"


def _whole(row: Mapping[str, object] | Row, name: str) -> int:
    try:
        return int(str(row.get(name)))
    except ValueError:
        return -1
