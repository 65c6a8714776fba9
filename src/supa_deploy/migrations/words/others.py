"""Statements without words of their own: told by the act they perform (`acts`), and if that is not known, by how they
begin. Values are never told: they may be secrets."""

import re

from supa_deploy.migrations.acts import acts_of
from supa_deploy.migrations.acts.values import Act, Deed
from supa_deploy.migrations.script import Statement
from supa_deploy.migrations.words.book import Book, shown
from supa_deploy.schema import QName

_WORDS = 8
_VERBS = {Deed.CREATE: "creates", Deed.ALTER: "changes", Deed.DROP: "drops"}


def tell(book: Book, statement: Statement) -> None:
    """A line for each act, or how the statement begins."""
    for act in acts_of(statement.tree):
        book.say(_line(act) or f"runs {beginning(book.script.statement_text(statement))}")


def beginning(sql: str) -> str:
    """The first words of a statement, up to where a value could stand: values may be secrets."""
    plain = re.split(r"['($=]|--|/\*", sql, maxsplit=1)[0].rstrip(" \t\n;").split()
    return " ".join(plain[:_WORDS]) + (
        " …" if len(plain) > _WORDS or plain != sql.rstrip("; \n").split() else ""
    )


def _line(act: Act) -> str:
    verb = _VERBS.get(act.deed)
    if verb is None:
        return ""
    if act.object == "publication member":
        return _member(act)
    named = shown(QName(act.schema, act.name)) if act.schema else act.name
    name = named.partition("(")[0] if act.object in {"function", "procedure", "aggregate"} else named
    belongs = act.table is not None and act.object != "sequence"
    at = f" on {shown(QName(act.schema or 'public', act.table or '?'))}" if belongs else ""
    detail = f": {act.detail}" if act.detail and act.deed is Deed.ALTER else ""
    shown_name = f" {name}" if act.name != "?" else ""
    return f"{verb} {act.object}{shown_name}{at}{detail}"


def _member(act: Act) -> str:
    table = (
        f"the tables of schema {act.schema}"
        if act.table == "*"
        else shown(QName(act.schema, act.table or "?"))
    )
    if act.deed is Deed.DROP:
        return f"takes {table} out of publication {act.name}"
    return (
        f"adds {table} to publication {act.name}"
        if act.deed is Deed.CREATE
        else f"lets publication {act.name} hold {table}"
    )
