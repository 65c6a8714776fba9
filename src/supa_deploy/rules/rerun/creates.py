"""CREATE statements of relations, functions and what stands on tables, as acts."""

from supa_deploy.migrations.names import index_column_names, join_columns, make_object_name
from supa_deploy.migrations.tree import Node
from supa_deploy.rules.rerun.acts import Act, Key, Verb
from supa_deploy.rules.rerun.constraints import column_acts, constraint_act
from supa_deploy.rules.rerun.names import Names, options, simple, words
from supa_deploy.rules.rerun.rules import CREATE, DEFINE, POLICY, REPLACE
from supa_deploy.rules.values import Rule

_INPUTS = frozenset({"FUNC_PARAM_IN", "FUNC_PARAM_INOUT", "FUNC_PARAM_VARIADIC", "FUNC_PARAM_DEFAULT"})
Acts = list[Act]


def in_schema(key: Key) -> frozenset[Key]:
    """What anything in a schema leans on."""
    return frozenset({simple("schema", key.schema)})


def table(names: Names, node: Node) -> Acts:
    """CREATE TABLE, also as a partition and as a foreign table."""
    base = node.child("base") or node  # a foreign table's statement has the table's inside
    relation = base.child("relation")
    if relation is None or names.is_temporary(relation):
        names.temporary.add(relation.text("relname") if relation is not None else "")
        return []
    key = names.new_relation(relation)
    byte = names.statement.start
    inner: Acts = []
    for element in base.nodes("tableElts") if names.parts_matter else ():
        if element.kind == "ColumnDef":
            inner += column_acts(names, key, element, byte)
        elif element.kind == "Constraint" and (act := constraint_act(names, key, element, byte)):
            inner.append(act)
    parents = tuple(names.relation(one) for one in base.nodes("inhRelations"))
    inner += [Act(Verb.MAKE, names.part("child", key, f"{one.schema}.{one.name}"), byte) for one in parents]
    hangs = parents if base.has("partbound") else ()
    leans = in_schema(key) | names.leans(*base.nodes("inhRelations"), base.child("ofTypename"))
    kind = "table" if base is node else "foreign table"
    return [
        Act(
            Verb.MAKE,
            key,
            byte,
            words(kind, key),
            CREATE,
            base.flag("if_not_exists"),
            hangs=hangs,
            leans=leans - set(hangs),
            inner=tuple(inner),
        )
    ]


def table_as(names: Names, node: Node, field: str = "into") -> Acts:
    """CREATE TABLE AS, CREATE MATERIALIZED VIEW and SELECT INTO."""
    into = node.child(field)
    relation = into.child("rel") if into is not None else None
    if relation is None or names.is_temporary(relation):
        names.temporary.add(relation.text("relname") if relation is not None else "")
        return []
    stored = node.text("objtype") == "OBJECT_MATVIEW"
    leans = names.leans(node.child("query")) if stored else frozenset()
    key = names.new_relation(relation)
    kind = "materialized view" if stored else "table"
    return [
        Act(Verb.MAKE, key, names.statement.start, words(kind, key), CREATE, node.flag("if_not_exists"),
            leans=leans | in_schema(key))
    ]  # fmt: skip


def view(names: Names, node: Node) -> Acts:
    """CREATE VIEW."""
    if names.is_temporary(node.child("view")):
        return []
    leans = names.leans(node.child("query"))
    key = names.new_relation(node.child("view"))
    return [
        Act(Verb.MAKE, key, names.statement.start, words("view", key), REPLACE, node.flag("replace"),
            leans=leans | in_schema(key))
    ]  # fmt: skip


def index(names: Names, node: Node) -> Acts:
    """CREATE INDEX."""
    relation = node.child("relation")
    if names.is_temporary(relation):
        return []
    target = names.relation(relation)
    elements = [*node.nodes("indexParams"), *node.nodes("indexIncludingParams")]
    shown = index_column_names([_element(element) for element in elements])
    given = node.text("idxname")
    name = given or make_object_name(target.name, join_columns(shown), "idx")
    key = names.made(Key("relation", target.schema, "", name))
    columns = {
        one.strings("fields")[-1] for one in node.walk() if one.kind == "ColumnRef" and one.strings("fields")
    }
    columns |= {element.text("name") for element in elements if element.has("name")}
    hangs = (target, *(names.part("column", target, column) for column in sorted(columns)))
    said = words("index", key) if given else f"The index on {target.schema}.{target.name}"
    leans = names.leans(*elements, node.child("whereClause"))
    return [
        Act(Verb.MAKE, key, names.statement.start, said, CREATE, node.flag("if_not_exists"), hangs=hangs,
            leans=leans, unnamed=not given)
    ]  # fmt: skip


def _element(element: Node) -> str:
    if element.has("name"):
        return element.text("name")
    expression = element.child("expr")
    if expression is not None and expression.kind == "FuncCall":
        return expression.strings("funcname")[-1]
    return "expr"


def function(names: Names, node: Node) -> Acts:
    """CREATE FUNCTION and CREATE PROCEDURE."""
    parameters = [one for one in node.nodes("parameters") if one.text("mode") in _INPUTS]
    types = ", ".join(names.state.type_text(one.child("argType"), modifiers=False).text for one in parameters)
    parts = node.strings("funcname")
    key = names.new("function", (*parts[:-1], f"{parts[-1]}({types})"))
    leans = names.leans(*node.nodes("parameters"), node.child("returnType"), node.child("sql_body"))
    kind = "procedure" if node.flag("is_procedure") else "function"
    return [
        Act(Verb.MAKE, key, names.statement.start, words(kind, key), REPLACE, node.flag("replace"),
            leans=leans | in_schema(key))
    ]  # fmt: skip


def trigger(names: Names, node: Node) -> Acts:
    """CREATE TRIGGER; a constraint trigger cannot be replaced."""
    leans = frozenset({names.called(node.strings("funcname"))})
    broken = DEFINE if node.flag("isconstraint") else REPLACE
    return _on_table(names, node, ("trigger", node.text("trigname")), broken, leans)


def policy(names: Names, node: Node) -> Acts:
    """CREATE POLICY."""
    leans = names.leans(node.child("qual"), node.child("with_check"))
    return _on_table(names, node, ("policy", node.text("policy_name")), POLICY, leans)


def rule(names: Names, node: Node) -> Acts:
    """CREATE RULE."""
    return _on_table(names, node, ("rule", node.text("rulename")), REPLACE, frozenset())


def _on_table(names: Names, node: Node, thing: tuple[str, str], broken: Rule, leans: frozenset[Key]) -> Acts:
    """A thing (its kind, its name) on a table."""
    relation = node.child("relation") or node.child("table")
    if names.is_temporary(relation):
        return []
    kind, name = thing
    owner = names.relation(relation)
    key = names.part(kind, owner, name)
    said = words(kind, key)
    return [
        Act(Verb.MAKE, key, names.statement.start, said, broken, node.flag("replace"), leans=leans - {owner})
    ]


def sequence(names: Names, node: Node) -> Acts:
    """CREATE SEQUENCE."""
    if names.is_temporary(node.child("sequence")):
        return []
    key = names.new_relation(node.child("sequence"))
    owned = options(node.nodes("options")).get("owned_by")
    parts = owned.strings("items") if owned is not None else ()
    hangs = (names.part("column", names.find("relation", parts[:-1]), parts[-1]),) if len(parts) > 1 else ()
    said = words("sequence", key)
    return [
        Act(Verb.MAKE, key, names.statement.start, said, CREATE, node.flag("if_not_exists"), hangs=hangs,
            leans=in_schema(key))
    ]  # fmt: skip
