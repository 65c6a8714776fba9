"""CREATE statements of types, publications, roles, operators and the like, as acts."""

from collections.abc import Callable

from supa_deploy.migrations.tree import Node
from supa_deploy.rules.rerun import creates
from supa_deploy.rules.rerun.acts import Act, Key, Verb
from supa_deploy.rules.rerun.creates import Acts, in_schema
from supa_deploy.rules.rerun.names import Names, options, simple, words
from supa_deploy.rules.rerun.rules import CREATE, DEFINE, REPLACE
from supa_deploy.rules.values import Rule

_IF_NOT_EXISTS = frozenset({"OBJECT_COLLATION"})


def _make(names: Names, rule: Rule, key: Key, kind: str, *, guarded: bool = False) -> Acts:
    leans = in_schema(key) if key.schema and not key.table else frozenset()
    return [Act(Verb.MAKE, key, names.statement.start, words(kind, key), rule, guarded, leans=leans)]


def schema(names: Names, node: Node) -> Acts:
    """CREATE SCHEMA, with what stands in it."""
    role = node.child("authrole")
    name = node.text("schemaname") or (role.text("rolename") if role is not None else "")
    inner: Acts = []
    before, names.path = names.path, (name, *names.path)
    for element in node.nodes("schemaElts"):
        if element.kind in CREATES:
            inner += CREATES[element.kind](names, element)
    names.path = before
    return [
        Act(Verb.MAKE, simple("schema", name), names.statement.start, f"schema {name}", CREATE,
            node.flag("if_not_exists"), inner=tuple(inner))
    ]  # fmt: skip


def composite(names: Names, node: Node) -> Acts:
    """CREATE TYPE … AS (…)."""
    named = node.child("typevar")
    parts = (named.text("schemaname"), named.text("relname")) if named is not None else ("", "")
    key = names.new("type", parts if parts[0] else parts[1:])
    byte = names.statement.start
    columns = node.nodes("coldeflist")
    inner = [Act(Verb.MAKE, names.part("attribute", key, one.text("colname")), byte) for one in columns]
    return [Act(Verb.MAKE, key, byte, words("type", key), DEFINE, leans=names.leans(*columns) | in_schema(key),
                inner=tuple(inner))]  # fmt: skip


def enum(names: Names, node: Node) -> Acts:
    """CREATE TYPE … AS ENUM."""
    key = names.new("type", node.strings("typeName"))
    byte = names.statement.start
    inner = [Act(Verb.MAKE, names.part("value", key, label), byte) for label in node.strings("vals")]
    return [Act(Verb.MAKE, key, byte, words("type", key), DEFINE, leans=in_schema(key), inner=tuple(inner))]


def range_type(names: Names, node: Node) -> Acts:
    """CREATE TYPE … AS RANGE."""
    return _make(names, DEFINE, names.new("type", node.strings("typeName")), "type")


def domain(names: Names, node: Node) -> Acts:
    """CREATE DOMAIN."""
    key = names.new("type", node.strings("domainname"))
    byte = names.statement.start
    inner = [
        Act(Verb.MAKE, names.part("domain constraint", key, one.text("conname") or f"{key.name}_check"), byte)
        for one in node.nodes("constraints")
        if one.text("contype") == "CONSTR_CHECK"
    ]
    leans = names.type_leans(node.child("typeName")) | names.leans(*node.nodes("constraints"))
    return [
        Act(
            Verb.MAKE,
            key,
            byte,
            words("domain", key),
            DEFINE,
            leans=leans | in_schema(key),
            inner=tuple(inner),
        )
    ]


def publication(names: Names, node: Node) -> Acts:
    """CREATE PUBLICATION, with its tables."""
    key = simple("publication", node.text("pubname"))
    byte = names.statement.start
    inner = [
        Act(Verb.MAKE, *published(names, key, one), hangs=(names.relation(one),)) for one in tables_of(node)
    ]
    return [Act(Verb.MAKE, key, byte, words("publication", key), DEFINE, inner=tuple(inner))]


def published(names: Names, publication_key: Key, relation: Node) -> tuple[Key, int]:
    """A table's place in a publication, and the byte of the statement."""
    of = names.relation(relation)
    return Key("published", "", publication_key.name, f"{of.schema}.{of.name}"), names.statement.start


def tables_of(node: Node) -> list[Node]:
    """The tables that a publication's statement names."""
    specs = [one.child("pubtable") for one in node.nodes("pubobjects")]
    return [relation for spec in specs if spec is not None and (relation := spec.child("relation"))]


def define(names: Names, node: Node) -> Acts:
    """CREATE AGGREGATE, OPERATOR, COLLATION, TEXT SEARCH …, and the shell of a type."""
    space = node.text("kind")
    parts = node.strings("defnames")
    if space == "OBJECT_TYPE":
        return _make(names, DEFINE, names.new("type", parts), "type")
    if space == "OBJECT_AGGREGATE":
        items = [one.child("argType") for arg in node.nodes("args") for one in arg.nodes("items")]
        types = ", ".join(names.state.type_text(one, modifiers=False).text for one in items)
        key = names.new("function", (*parts[:-1], f"{parts[-1]}({types})"))
        return _make(names, REPLACE, key, "aggregate", guarded=node.flag("replace"))
    if space == "OBJECT_OPERATOR":
        given = options(node.nodes("definition"))
        sides = [names.state.type_text(given[side]).text for side in ("leftarg", "rightarg") if side in given]
        return _make(
            names, DEFINE, names.new(space, (*parts[:-1], f"{parts[-1]}({', '.join(sides)})")), "operator"
        )
    kind = space.removeprefix("OBJECT_").lower().replace("ts", "text search ", 1)
    rule = CREATE if space in _IF_NOT_EXISTS else DEFINE
    return _make(names, rule, names.new(space, parts), kind, guarded=node.flag("if_not_exists"))


def cast(names: Names, node: Node) -> Acts:
    """CREATE CAST."""
    sides = [names.state.type_text(node.child(side)).text for side in ("sourcetype", "targettype")]
    return _make(names, DEFINE, simple("OBJECT_CAST", " as ".join(sides)), "cast")


def _plain(
    rule: Rule, kind: str, space: str, field: str, flag: str = "if_not_exists"
) -> Callable[[Names, Node], Acts]:
    """CREATE of a thing that one text field names."""

    def read(names: Names, node: Node) -> Acts:
        return _make(names, rule, simple(space, node.text(field)), kind, guarded=node.flag(flag))

    return read


def _listed(rule: Rule, kind: str, space: str, field: str) -> Callable[[Names, Node], Acts]:
    """CREATE of a thing that a list of names names."""

    def read(names: Names, node: Node) -> Acts:
        return _make(
            names, rule, names.new(space, node.strings(field)), kind, guarded=node.flag("if_not_exists")
        )

    return read


def _access_method_class(kind: str, space: str, field: str) -> Callable[[Names, Node], Acts]:
    def read(names: Names, node: Node) -> Acts:
        parts = node.strings(field)
        return _make(
            names, DEFINE, names.new(space, (*parts[:-1], f"{parts[-1]} {node.text('amname')}")), kind
        )

    return read


def user_mapping(names: Names, node: Node) -> Acts:
    """CREATE USER MAPPING."""
    return _make(names, CREATE, mapping_key(node), "user mapping", guarded=node.flag("if_not_exists"))


def mapping_key(node: Node) -> Key:
    """A user mapping, by its user and server."""
    user = node.child("user")
    shown = (user.text("rolename") or user.text("roletype")) if user is not None else ""
    return simple("user mapping", f"{shown} on {node.text('servername')}")


def import_schema(names: Names, node: Node) -> Acts:
    """IMPORT FOREIGN SCHEMA: which tables it makes is not in the file."""
    said = "IMPORT FOREIGN SCHEMA fails on a second run, because the foreign tables are there."
    return [Act(Verb.ALWAYS, names.relation(node), names.statement.start, "", CREATE, message=said)]


CREATES: dict[str, Callable[[Names, Node], Acts]] = {
    "CompositeTypeStmt": composite,
    "CreateAmStmt": _plain(DEFINE, "access method", "OBJECT_ACCESS_METHOD", "amname"),
    "CreateCastStmt": cast,
    "CreateConversionStmt": _listed(DEFINE, "conversion", "OBJECT_CONVERSION", "conversion_name"),
    "CreateDomainStmt": domain,
    "CreateEnumStmt": enum,
    "CreateEventTrigStmt": _plain(DEFINE, "event trigger", "OBJECT_EVENT_TRIGGER", "trigname"),
    "CreateExtensionStmt": _plain(CREATE, "extension", "extension", "extname"),
    "CreateFdwStmt": _plain(DEFINE, "foreign-data wrapper", "OBJECT_FDW", "fdwname"),
    "CreateForeignServerStmt": _plain(CREATE, "server", "OBJECT_FOREIGN_SERVER", "servername"),
    "CreateForeignTableStmt": creates.table,
    "CreateFunctionStmt": creates.function,
    "CreateOpClassStmt": _access_method_class("operator class", "OBJECT_OPCLASS", "opclassname"),
    "CreateOpFamilyStmt": _access_method_class("operator family", "OBJECT_OPFAMILY", "opfamilyname"),
    "CreatePLangStmt": _plain(REPLACE, "language", "OBJECT_LANGUAGE", "plname", "replace"),
    "CreatePolicyStmt": creates.policy,
    "CreatePublicationStmt": publication,
    "CreateRangeStmt": range_type,
    "CreateRoleStmt": _plain(DEFINE, "role", "role", "role"),
    "CreateSchemaStmt": schema,
    "CreateSeqStmt": creates.sequence,
    "CreateStatsStmt": _listed(CREATE, "statistics", "OBJECT_STATISTIC_EXT", "defnames"),
    "CreateStmt": creates.table,
    "CreateSubscriptionStmt": _plain(DEFINE, "subscription", "subscription", "subname"),
    "CreateTableAsStmt": creates.table_as,
    "CreateTrigStmt": creates.trigger,
    "CreateUserMappingStmt": user_mapping,
    "DefineStmt": define,
    "ImportForeignSchemaStmt": import_schema,
    "IndexStmt": creates.index,
    "RuleStmt": creates.rule,
    "ViewStmt": creates.view,
}
