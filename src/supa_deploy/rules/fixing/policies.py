"""Policies: a DROP before them, and calls that run once for the whole query."""

from supa_deploy.migrations import lexer
from supa_deploy.rules.fixing.place import Edit, Place, name_end
from supa_deploy.rules.security.conditions import repeated_calls

_MARK = "supa-deploy:"


def guard(place: Place) -> list[Edit]:
    """`drop policy if exists NAME on TABLE;` right before the policy."""
    tokens = place.tokens
    if place.statement.kind != "CreatePolicyStmt" or tokens[3].text != "ON":
        return []
    name = place.text(tokens[2], tokens[2])
    table = place.text(tokens[4], tokens[name_end(tokens, 4)])
    drop = f"{place.cased('drop policy if exists')} {name} {place.cased('on')} {table};"
    if place.before.strip():
        return [Edit(place.statement.start, f"{drop} ")]
    return [_before(place, drop)]


def _before(place: Place, text: str) -> Edit:
    """A line before the statement; before the comments right above it where one of them speaks to supa-deploy, since
    that is about the statement that follows."""
    line = place.statement.line
    above = line
    while above > 1 and place.script.source.line_text(above - 1).lstrip().startswith("--"):
        above -= 1
    marked = any(_MARK in place.script.source.line_text(number) for number in range(above, line))
    if not marked:
        return Edit(place.statement.start, f"{text}{place.end_of_line}{place.indent}")
    return Edit(place.script.source.byte(above - 1, 0), f"{place.indent}{text}{place.end_of_line}")


def call_once(place: Place) -> list[Edit]:
    """`auth.uid()` as `(select auth.uid())`, wherever every row would call it again."""
    if place.statement.kind not in {"CreatePolicyStmt", "AlterPolicyStmt"}:
        return []
    tree = place.statement.tree
    edits: list[Edit] = []
    for condition in (tree.child("qual"), tree.child("with_check")):
        for call in repeated_calls(condition):
            inside = lexer.in_brackets(place.data, call.location, place.statement.end)
            if inside is not None and call.location >= place.statement.start:
                edits += [Edit(call.location, f"({place.cased('select')} "), Edit(inside[1] + 1, ")")]
    return edits
