"""Constraints as things: the name that each has or gets, what it goes with and what it leans on."""

from typing import NamedTuple

from supa_deploy.migrations.names import join_columns, make_object_name
from supa_deploy.migrations.tree import Node
from supa_deploy.rules.rerun.acts import Act, Key, Verb
from supa_deploy.rules.rerun.names import Names, words
from supa_deploy.rules.rerun.rules import CONSTRAINT


class Named(NamedTuple):
    """A constraint's name, and the columns it is about."""

    name: str
    columns: tuple[str, ...]
    given: bool


def constraint_act(names: Names, table: Key, node: Node, byte: int, column: str = "") -> Act | None:
    """The making of a constraint; `column` where it is written on one. None for what is no constraint of its own
    (NOT NULL, DEFAULT)."""
    named = _named(table, node, column)
    if named is None:
        return None
    key = names.part("constraint", table, named.name)
    target = node.child("pktable")
    leans = names.leans(target, node.child("raw_expr"))
    hangs = [names.part("column", table, one) for one in named.columns]
    return Act(
        Verb.MAKE,
        key,
        byte,
        words("constraint", key) if named.given else f"The constraint on {table.schema}.{table.name}",
        CONSTRAINT,
        hangs=tuple(hangs),
        leans=leans - {table},
        unnamed=not named.given and node.text("contype") != "CONSTR_PRIMARY",
    )


def _named(table: Key, node: Node, column: str) -> Named | None:
    kind = node.text("contype")
    given = node.text("conname") or node.text("indexname")
    own = (column,) if column else ()
    if kind == "CONSTR_CHECK":
        mentioned = {
            n.strings("fields")[-1] for n in node.walk() if n.kind == "ColumnRef" and n.strings("fields")
        }
        only = next(iter(mentioned)) if len(mentioned) == 1 else None
        return Named(
            given or make_object_name(table.name, only, "check"), tuple(sorted(mentioned)), bool(given)
        )
    if kind == "CONSTR_FOREIGN":
        columns = node.strings("fk_attrs") or own
        return Named(
            given or make_object_name(table.name, join_columns(columns), "fkey"), columns, bool(given)
        )
    if kind == "CONSTR_PRIMARY":
        return Named(
            given or make_object_name(table.name, None, "pkey"), node.strings("keys") or own, bool(given)
        )
    if kind == "CONSTR_UNIQUE":
        columns = node.strings("keys") or own
        return Named(
            given or make_object_name(table.name, join_columns(columns), "key"), columns, bool(given)
        )
    if kind == "CONSTR_EXCLUSION":
        elements = [one.nodes("items")[0] for one in node.nodes("exclusions") if one.nodes("items")]
        columns = tuple(one.text("name") for one in elements if one.has("name"))
        shown = [one.text("name") or "expr" for one in elements]
        return Named(given or make_object_name(table.name, join_columns(shown), "excl"), columns, bool(given))
    return None


def column_acts(names: Names, table: Key, node: Node, byte: int) -> list[Act]:
    """What a column's definition makes: the column and its constraints."""
    key = names.part("column", table, node.text("colname"))
    leans = names.type_leans(node.child("typeName"))
    defaults = [
        one.child("raw_expr") for one in node.nodes("constraints") if one.text("contype") != "CONSTR_FOREIGN"
    ]
    found = [Act(Verb.MAKE, key, byte, words("column", key), leans=leans | names.leans(*defaults))]
    for constraint in node.nodes("constraints"):
        act = constraint_act(names, table, constraint, byte, node.text("colname"))
        if act is not None:
            found.append(act)
        elif constraint.text("contype") == "CONSTR_IDENTITY":
            found.append(
                Act(Verb.MAKE, names.part("identity", table, node.text("colname")), byte, hangs=(key,))
            )
    return found
