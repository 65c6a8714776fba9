"""Grants: too much to those who have not logged in, or nothing at all for the Data API."""

from collections.abc import Collection, Iterator, Mapping

from supa_deploy.migrations import Statement
from supa_deploy.migrations.fold.drafts import Grants, TableDraft, ViewDraft
from supa_deploy.migrations.fold.grants import role_names
from supa_deploy.migrations.tree import Node
from supa_deploy.model import Severity
from supa_deploy.rules.doubts import RELATION_GONE, Doubts
from supa_deploy.rules.platform import is_platform_schema
from supa_deploy.rules.sight import Sight, StatementRule, Whole
from supa_deploy.rules.values import Found, FoundAt, Rule, Topic
from supa_deploy.schema import Origin, QName, RelationKind

TO_ANON = Rule(
    "grant-to-anon",
    Topic.SECURITY,
    Severity.WARNING,
    "Anybody with the public key is `anon`; once it may write, only policies stand between anybody and the rows.",
    "Grant `anon` no more than `select` on what everybody may see, and writing to `authenticated`.",
)
NO_GRANT = Rule(
    "no-api-grant",
    Topic.SECURITY,
    Severity.WARNING,
    "Since 2026-10-30 a new table grants nothing to anon, authenticated or service_role, so the Data API answers every "
    "request for it with `permission denied`.",
    "Grant each role what it needs; where no API should reach the table, make it in a schema that is not exposed.",
    fixable=True,
)
RULES = (TO_ANON, NO_GRANT)

_ANYBODY = ("anon", "public")
_API_ROLES = ("anon", "authenticated", "service_role", "public")
_WRITING = frozenset({"all", "insert", "update", "delete", "truncate"})
_REACHING = frozenset({"all", "select", "insert", "update", "delete"})
_OURS = frozenset({"postgres", "current_user", "session_user"})
_GRANTS = frozenset({"GrantStmt"}) | RELATION_GONE
_NO_DEFAULT_SINCE = "20261030"
_VERSION_DIGITS = 14


def _defaults(sight: Sight, statement: Statement) -> Iterator[Found]:
    """ALTER DEFAULT PRIVILEGES … GRANT … ON TABLES TO anon."""
    action = statement.tree.child("action")
    if action is None or not action.flag("is_grant") or action.text("objtype") != "OBJECT_TABLE":
        return
    schemas: tuple[str, ...] = sight.terms.exposed
    for option in statement.tree.nodes("options"):
        argument = option.child("arg")
        if argument is not None and option.text("defname") == "schemas":
            schemas = argument.strings("items")
        elif argument is not None and not _OURS.intersection(role_names(argument.nodes("items"))):
            return
    roles = _anybody(action)
    if roles and _privileges(action) & _WRITING and set(schemas) & set(sight.terms.exposed):
        message = f"Every table made from here on lets {roles} write to it."
        yield Found(TO_ANON, sight.byte(statement), message)


def _on_schema(sight: Sight, statement: Statement) -> Iterator[Found]:
    """GRANT CREATE, or ALL, ON SCHEMA … TO anon."""
    tree = statement.tree
    if not tree.flag("is_grant") or tree.text("objtype") != "OBJECT_SCHEMA":
        return
    roles = _anybody(tree)
    if (
        roles
        and _privileges(tree) & {"all", "create"}
        and set(tree.strings("objects")) & set(sight.terms.exposed)
    ):
        message = f"This lets {roles} make objects in an exposed schema."
        yield Found(
            TO_ANON, sight.byte(statement), message, "Grant `usage` on the schema; that is all the API needs."
        )


def _anybody(grant: Node) -> str:
    return " and ".join(role for role in _ANYBODY if role in role_names(grant.nodes("grantees")))


def _privileges(grant: Node) -> set[str]:
    return {privilege.text("priv_name") for privilege in grant.nodes("privileges")} or {"all"}


STATEMENTS: Mapping[str, tuple[StatementRule, ...]] = {
    "AlterDefaultPrivilegesStmt": (_defaults,),
    "GrantStmt": (_on_schema,),
}


def _relations(whole: Whole) -> Iterator[TableDraft | ViewDraft]:
    relations: list[TableDraft | ViewDraft] = [*whole.state.tables.values(), *whole.state.views.values()]
    for relation in relations:
        if relation.name.schema in whole.terms.exposed and not is_platform_schema(relation.name.schema):
            yield relation


def _to_anybody(whole: Whole) -> Iterator[FoundAt]:
    """One finding for each statement, whatever the number of tables it is for."""
    doubts = Doubts(whole)
    writing: dict[tuple[Origin, str], list[QName]] = {}
    reading: dict[tuple[Origin, str], list[QName]] = {}
    for relation in _relations(whole):
        for role in _ANYBODY:
            origin = relation.granted.get(role)
            if origin is None or doubts.since(origin, _GRANTS, relation.name):
                continue
            held = _held(relation, role)
            if held & _WRITING:
                writing.setdefault((origin, role), []).append(relation.name)
            elif held and isinstance(relation, TableDraft) and not relation.assumed and relation.rls is None:
                reading.setdefault((origin, role), []).append(relation.name)
    for (origin, role), names in writing.items():
        yield FoundAt(TO_ANON, origin.file, origin.line, f"This lets {role} write to {_listed(names)}.")
    for (origin, role), names in reading.items():
        message = f"This lets {role} read all rows of {_listed(names)}: row-level security is off."
        advice = "Switch row-level security on, and say in a policy which rows everybody may see."
        yield FoundAt(TO_ANON, origin.file, origin.line, message, advice, Severity.INFO)


def _held(relation: TableDraft | ViewDraft, role: str) -> set[str]:
    """What a role may do with a relation or with one of its columns."""
    columns: Collection[Grants] = relation.column_grants.values() if isinstance(relation, TableDraft) else ()
    return set(relation.grants.get(role, ())).union(*(grants.get(role, ()) for grants in columns))


def _listed(names: list[QName]) -> str:
    shown = ", ".join(str(name) for name in names[:3])
    return f"{shown} and {len(names) - 3} more" if names[3:] else shown


def _no_grant(whole: Whole) -> Iterator[FoundAt]:
    doubts = Doubts(whole)
    for relation in _relations(whole):
        if isinstance(relation, TableDraft) and (
            relation.assumed or relation.parents or relation.kind is RelationKind.PARTITION
        ):
            continue
        if any(_held(relation, role) & _REACHING for role in _API_ROLES):
            continue
        origin = relation.origin
        if doubts.since(origin, _GRANTS, relation.name):
            continue
        name = whole.state.quoted(relation.name)
        words = "select" if isinstance(relation, ViewDraft) else "select, insert, update, delete"
        kind = "View" if isinstance(relation, ViewDraft) else "Table"
        yield FoundAt(
            NO_GRANT,
            origin.file,
            origin.line,
            f"{kind} {relation.name} is granted to none of anon, authenticated and service_role.",
            f"grant {words} on {name} to authenticated; grant all on {name} to service_role;",
            Severity.INFO if _is_from_before(origin) else None,
        )


def _is_from_before(origin: Origin) -> bool:
    """True for a file from the time when new tables were granted to all three; where it is applied, they still are."""
    version = origin.version
    return len(version) == _VERSION_DIGITS and version.isdigit() and version < _NO_DEFAULT_SINCE


WHOLE = (_to_anybody, _no_grant)
