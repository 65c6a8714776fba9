"""The grants that the Data API needs, behind the last statement about the table."""

from supa_deploy.migrations import Script, Statement, lexer
from supa_deploy.migrations.tree import Node
from supa_deploy.rules.fixing.place import Edit, Place, name_end

_ABOUT = frozenset(
    {
        "AlterTableStmt",
        "CommentStmt",
        "CreatePolicyStmt",
        "CreateTrigStmt",
        "GrantStmt",
        "IndexStmt",
        "RuleStmt",
    }
)
_INVOKER = "security_invoker"


def grant(place: Place) -> list[Edit]:
    """GRANT to `authenticated` where row-level security guards the rows, and to `service_role`, which passes by it in
    any case. A table without it is not opened: only `service_role` gets a grant."""
    relation = _relation(place.statement.tree)
    name = _written(place)
    if relation is None or name is None:
        return []
    lines = []
    if _is_guarded(place.script, place.statement, relation):
        words = "select" if place.statement.kind == "ViewStmt" else "select, insert, update, delete"
        lines.append(f"{place.cased(f'grant {words} on')} {name} {place.cased('to')} authenticated;")
    lines.append(f"{place.cased('grant all on')} {name} {place.cased('to')} service_role;")
    last = _last(place.script, place.statement, relation)
    return [_behind(Place(place.script, last, last.start, place.finding), lines)]


def _relation(tree: Node) -> Node | None:
    into = tree.child("into")
    return tree.child("view") or tree.child("relation") or (into.child("rel") if into is not None else None)


def _written(place: Place) -> str | None:
    """The name as the statement that makes the relation writes it."""
    tokens = place.tokens
    relation = _relation(place.statement.tree)
    if relation is None or tokens[0].text != "CREATE":
        return None
    first = next((index for index, token in enumerate(tokens) if token.start == relation.location), None)
    return place.text(tokens[first], tokens[name_end(tokens, first)]) if first is not None else None


def _same(one: Node | None, other: Node) -> bool:
    """True for the same relation as far as the file says: a name with a schema may stand for one without."""
    if one is None or one.text("relname") != other.text("relname"):
        return False
    schemas = {one.text("schemaname"), other.text("schemaname")} - {""}
    return len(schemas) < 2


def _is_guarded(script: Script, made: Statement, relation: Node) -> bool:
    """True when row-level security is on at the file's end, or a view reads with its caller's rights."""
    if made.kind == "ViewStmt":
        return any(_switched_on(option) for option in made.tree.nodes("options"))
    on = False
    for statement in script.statements:
        if statement.kind == "AlterTableStmt" and _same(statement.tree.child("relation"), relation):
            for command in statement.tree.nodes("cmds"):
                kind = command.text("subtype")
                on = (on or kind == "AT_EnableRowSecurity") and kind != "AT_DisableRowSecurity"
    return on


def _switched_on(option: Node) -> bool:
    if option.text("defname") != _INVOKER:
        return False
    value = option.child("arg")
    if value is None:
        return True
    return (
        value.flag("boolval")
        or value.text("sval").lower() in {"on", "true", "yes", "1"}
        or value.number("ival") == 1
    )


def _last(script: Script, made: Statement, relation: Node) -> Statement:
    """The last statement of the run that follows and is about the relation; those about others end it."""
    last = made
    for statement in script.statements[made.index + 1 :]:
        tree = statement.tree
        named = tree.child("relation") or tree.child("table")
        if statement.kind in _ABOUT and (named is None or _same(named, relation)):
            last = statement if named is not None else last
        elif statement.kind != "CreateFunctionStmt":
            break
    return last


def _behind(place: Place, lines: list[str]) -> Edit:
    """Lines behind a statement; behind the comment at the end of its line, where there is one."""
    byte, closed = place.end_of_statement()
    start = "" if closed else ";"
    end = place.data.find(b"\n", byte)
    end = len(place.data) if end < 0 else end
    rest = place.data[byte:end]
    if lexer.skip_blank(place.data, byte, end) < end:
        return Edit(byte, f"{start} {' '.join(lines)}")
    if closed:
        byte = end - 1 if rest.endswith(b"\r") else end
    indent = place.indent
    return Edit(byte, start + "".join(f"{place.end_of_line}{indent}{line}" for line in lines))
