"""What the fold promises against what PostgreSQL makes of the same files: its own catalog is the judge."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from supa_deploy.migrations import Migration, fold
from supa_deploy.migrations.parse import parse_text
from supa_deploy.shadow import sql
from supa_deploy.shadow.postgres import SUPERUSER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pg8000.native import Connection

    from supa_deploy.platform.throwaway import Platform
    from supa_deploy.schema import Schema

Rows = dict[str, set[tuple[Any, ...]]]

_EXAMPLE = sorted((Path(__file__).parents[2] / "supabase" / "migrations").glob("*.sql"))
_OURS = "n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'auth', 'extensions')"
_SUPABASE = (
    "create schema extensions",
    "create schema auth",
    "create table auth.users (id uuid primary key, email text)",
    "create function auth.uid() returns uuid language sql as 'select null::uuid'",
    'create extension "uuid-ossp" schema extensions',
    "create extension pgcrypto schema extensions",
)
_RELATION = "pg_class c join pg_namespace n on n.oid = c.relnamespace"
_COLUMN_NAMES = """(select array_agg(a.attname::text order by x.place)
  from unnest(k.conkey) with ordinality x (n, place)
  join pg_attribute a on a.attrelid = k.conrelid and a.attnum = x.n)"""
_ALL = frozenset({"select", "insert", "update", "delete", "truncate", "references", "trigger", "maintain"})
_ACTIONS = {"NO ACTION": "a", "RESTRICT": "r", "CASCADE": "c", "SET NULL": "n", "SET DEFAULT": "d"}
_COMMANDS = {"ALL": "*", "SELECT": "r", "INSERT": "a", "UPDATE": "w", "DELETE": "d"}

_CATALOG = {
    "tables": """select n.nspname, c.relname, c.relispartition, c.relrowsecurity, obj_description(c.oid, 'pg_class')
      from <relation> where relkind in ('r', 'p', 'f') and <ours>""",
    "columns": """select n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod), not a.attnotnull,
        a.attgenerated::text, a.attidentity::text, a.atthasdef, col_description(c.oid, a.attnum)
      from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
      where relkind in ('r', 'p', 'f') and attnum > 0 and not attisdropped and <ours>""",
    "constraints": """select n.nspname, c.relname, k.conname, k.contype::text, <key>
      from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
      where contype in ('p', 'u', 'c', 'x') and <ours>""",
    "foreign keys": """select n.nspname, c.relname, k.conname, <key>, fn.nspname, fc.relname,
        k.confdeltype::text, k.confupdtype::text
      from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
      join pg_class fc on fc.oid = k.confrelid join pg_namespace fn on fn.oid = fc.relnamespace
      where contype = 'f' and <ours>
      and not exists (select from pg_constraint p where p.oid = k.conparentid and p.conrelid = k.conrelid)""",
    "indexes": """select n.nspname, c.relname, i.relname, x.indisunique, m.amname
      from pg_index x join pg_class i on i.oid = x.indexrelid join pg_am m on m.oid = i.relam
      join pg_class c on c.oid = x.indrelid join pg_namespace n on n.oid = c.relnamespace
      where <ours> and not exists
        (select from pg_constraint k where k.conindid = i.oid and k.contype in ('p', 'u', 'x'))""",
    "policies": """select n.nspname, c.relname, p.polname, p.polcmd::text, p.polpermissive, p.polqual is not null,
        p.polwithcheck is not null, (select array_agg(coalesce(r.rolname::text, 'public'))
          from unnest(p.polroles) x (id) left join pg_roles r on r.oid = x.id)
      from pg_policy p join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace
      where <ours>""",
    "triggers": """select n.nspname, c.relname, t.tgname from pg_trigger t join pg_class c on c.oid = t.tgrelid
      join pg_namespace n on n.oid = c.relnamespace
      where not tgisinternal and relkind in ('r', 'p', 'f') and <ours>""",
    "views": """select n.nspname, c.relname, relkind = 'm', obj_description(c.oid, 'pg_class'),
        (select array_agg(a.attname::text order by attnum) from pg_attribute a
          where attrelid = c.oid and attnum > 0 and not attisdropped)
      from <relation> where relkind in ('v', 'm') and <ours>""",
    "functions": """select n.nspname || '.' || p.proname || '(' || oidvectortypes(p.proargtypes) || ')',
        case when p.prokind <> 'p' then pg_get_function_result(p.oid) end, p.prokind::text, p.prosecdef,
        obj_description(p.oid, 'pg_proc')
      from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where <ours> and not exists (select from pg_depend d
        where d.objid = p.oid and d.classid = 'pg_proc'::regclass and d.deptype in ('i', 'e'))""",
    "types": """select n.nspname, t.typname, t.typtype::text,
        (select array_agg(e.enumlabel::text order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid)
      from pg_type t join pg_namespace n on n.oid = t.typnamespace
      where <ours> and (t.typtype in ('e', 'd', 'r') or t.typtype = 'c'
        and (select relkind from pg_class where oid = t.typrelid) = 'c')""",
    "sequences": "select n.nspname, c.relname from <relation> where relkind = 'S' and <ours>",
    "free sequences": """select n.nspname, c.relname from <relation> where relkind = 'S' and <ours>
      and not exists (select from pg_depend d where d.objid = c.oid and d.classid = 'pg_class'::regclass
        and d.deptype in ('a', 'i') and d.refobjsubid > 0)""",
    "grants": """select n.nspname, c.relname, coalesce(r.rolname::text, 'public'),
        array_agg(lower(x.privilege_type))
      from pg_class c join pg_namespace n on n.oid = c.relnamespace cross join lateral aclexplode(c.relacl) x
      left join pg_roles r on r.oid = x.grantee
      where relkind in ('r', 'p', 'f', 'v', 'm') and <ours> and x.grantee <> c.relowner group by 1, 2, 3""",
}
_UNORDERED = {"policies", "grants"}


def _cases() -> list[Any]:
    text = (Path(__file__).parent / "fold_cases.sql").read_text("utf-8")
    cases = (case.partition("\n") for case in text.split("-- case: ")[1:])
    return [
        *(pytest.param(body.split("-- next file\n"), id=title) for title, _, body in cases),
        pytest.param([path.read_text("utf-8") for path in _EXAMPLE], id="the example project"),
    ]


def _frozen(kind: str, value: object) -> object:
    if not isinstance(value, list):
        return value
    return frozenset(value) if kind in _UNORDERED else tuple(value)


def _catalog(database: Connection) -> Rows:
    """The database's own view, row by row."""
    found: Rows = {}
    for kind, template in _CATALOG.items():
        query = (
            template.replace("<ours>", _OURS).replace("<relation>", _RELATION).replace("<key>", _COLUMN_NAMES)
        )
        rows = database.run(query) or []
        found[kind] = {tuple(_frozen(kind, value) for value in row) for row in rows}
    # The order of a check's columns is that of its expression's variables: no promise.
    found["constraints"] = {
        (s, t, n, k, frozenset(c) if k == "c" and c else c) for s, t, n, k, c in found["constraints"]
    }
    return found


def _promised(schema: Schema) -> Rows:
    """The fold's view in the same rows."""
    found: Rows = {kind: set() for kind in _CATALOG}
    for table in schema.tables.values():
        if not table.assumed:
            _promise_table(found, table)
    for view in schema.views.values():
        found["views"].add((*view.name, view.materialized, view.comment, view.columns))
        found["indexes"] |= {(*view.name, i.name, i.unique, i.method) for i in view.indexes.values()}
        _promise_grants(found, view)
    for function in schema.functions.values():
        found["functions"].add(
            (
                function.signature,
                function.returns,
                function.kind[0],
                function.security_definer,
                function.comment,
            )
        )
    found["types"] = {(*t.name, t.kind[0], t.labels or None) for t in schema.types.values()}
    found["sequences"] = {tuple(name) for name in schema.sequences}
    return found


def _promise_table(found: Rows, table: Any) -> None:
    name = tuple(table.name)
    found["tables"].add((*name, table.kind == "partition", table.rls is not None, table.comment))
    for c in table.columns.values():
        flags = ("s" if c.generated else "", {"always": "a", "by_default": "d", None: ""}[c.identity])
        found["columns"].add(
            (*name, c.name, c.type, c.nullable, *flags, bool(c.default or c.generated), c.comment)
        )
    for k in table.constraints.values():
        kind = "x" if k.kind == "exclusion" else k.kind[0]
        columns = k.columns or None
        found["constraints"].add(
            (*name, k.name, kind, frozenset(columns) if kind == "c" and columns else columns)
        )
    for f in table.foreign_keys.values():
        found["foreign keys"].add(
            (*name, f.name, f.columns, *f.target, _ACTIONS[f.on_delete], _ACTIONS[f.on_update])
        )
    found["indexes"] |= {(*name, i.name, i.unique, i.method) for i in table.indexes.values()}
    for p in table.policies.values():
        conditions = (p.using is not None, p.check is not None)
        found["policies"].add(
            (*name, p.name, _COMMANDS[p.command], p.permissive, *conditions, frozenset(p.roles))
        )
    found["triggers"] |= {(*name, trigger) for trigger in table.triggers}
    _promise_grants(found, table)


def _promise_grants(found: Rows, relation: Any) -> None:
    for role, words in relation.grants.items():
        found["grants"].add((*relation.name, role, _ALL if "all" in words else words))


@pytest.fixture
def database(shared_platform: Any) -> Iterator[Connection]:
    """A database of its own on the platform's server, with the little of Supabase that the cases refer to."""
    platform: Platform = shared_platform.platform
    where = sql.Socket(platform.folder, platform._started.port, SUPERUSER)
    platform.sql("drop database if exists fold_case with (force)")
    platform.sql("create database fold_case template template0")
    with sql.connected(where, "fold_case") as connection:
        for statement in _SUPABASE:
            connection.execute_simple(statement)
        yield connection
    platform.sql("drop database fold_case with (force)")


@pytest.mark.parametrize("files", _cases())
def test_the_fold_and_the_catalog_agree(database: Connection, files: list[str]) -> None:
    scripts = []
    for number, text in enumerate(files, start=1):
        script = parse_text(Migration(str(number), "x", "x.sql", Path("x.sql")), text)
        assert script.problems == ()
        scripts.append(script)
        database.execute_simple("reset all")
        database.execute_simple('set search_path = "$user", public, extensions')
        for statement in script.statements:  # one by one, since CONCURRENTLY refuses company
            database.execute_simple(script.statement_text(statement))
    database.execute_simple("set search_path = public, extensions")
    promised, made = _promised(fold(scripts)), _catalog(database)
    for kind in _CATALOG.keys() - {"sequences", "free sequences"}:
        assert promised[kind] == made[kind], kind
    assert made["free sequences"] <= promised["sequences"] <= made["sequences"]
