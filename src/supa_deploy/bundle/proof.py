"""The query that a script ends in: a line for each file and each promised object, with what the catalog says of it."""

from collections.abc import Collection, Iterator, Sequence

from supa_deploy.bundle.entries import Entry
from supa_deploy.bundle.quoting import plain, quote
from supa_deploy.model import ObjectKind
from supa_deploy.schema import Dropped, DroppedKind, Function, Schema
from supa_deploy.verify.promise import Promise
from supa_deploy.verify.promises import promises_of

_RELATION = "select from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace"
_HERE = "n.nspname = p.s and c.relname = p.t"
_INDEX_GONE = "any index"  # of a dropped one the files do not say the table
# By kind: what has to be there. p.s is the schema, p.t the relation or the object, p.o what belongs to it.
_WITNESSES: dict[str, str] = {
    "file": "select from supabase_migrations.schema_migrations as m where m.version = p.o",
    ObjectKind.TABLE: f"{_RELATION} where {_HERE} and c.relkind in ('r', 'p', 'f')",
    ObjectKind.VIEW: f"{_RELATION} where {_HERE} and c.relkind in ('v', 'm')",
    ObjectKind.COLUMN: f"{_RELATION} join pg_catalog.pg_attribute as x on x.attrelid = c.oid "
    f"where {_HERE} and x.attname = p.o and x.attnum > 0 and not x.attisdropped",
    ObjectKind.INDEX: f"{_RELATION} join pg_catalog.pg_index as x on x.indrelid = c.oid "
    f"join pg_catalog.pg_class as i on i.oid = x.indexrelid where {_HERE} and i.relname = p.o and x.indisvalid",
    ObjectKind.POLICY: f"{_RELATION} join pg_catalog.pg_policy as x on x.polrelid = c.oid "
    f"where {_HERE} and x.polname = p.o",
    ObjectKind.RLS: f"{_RELATION} where {_HERE} and c.relrowsecurity",
    ObjectKind.CONSTRAINT: f"{_RELATION} join pg_catalog.pg_constraint as x on x.conrelid = c.oid "
    f"where {_HERE} and x.conname = p.o",
    ObjectKind.TRIGGER: f"{_RELATION} join pg_catalog.pg_trigger as x on x.tgrelid = c.oid "
    f"where {_HERE} and x.tgname = p.o and not x.tgisinternal",
    ObjectKind.FUNCTION: "select from pg_catalog.pg_proc as f "
    "join pg_catalog.pg_namespace as n on n.oid = f.pronamespace "
    "where n.nspname = p.s and f.proname = p.t and (p.o is null or f.pronargs::pg_catalog.text = p.o)",
    ObjectKind.TYPE: "select from pg_catalog.pg_type as y join pg_catalog.pg_namespace as n on n.oid = y.typnamespace "
    "where n.nspname = p.s and y.typname = p.t",
    ObjectKind.EXTENSION: "select from pg_catalog.pg_extension as e where e.extname = p.t",
    ObjectKind.PUBLICATION: "select from pg_catalog.pg_publication_tables as u "
    "where u.schemaname = p.s and u.tablename = p.t and u.pubname = p.o",
}
_WITNESSES[_INDEX_GONE] = f"{_RELATION} where {_HERE} and c.relkind in ('i', 'I')"
_SAME_WITNESS = {ObjectKind.FOREIGN_KEY: ObjectKind.CONSTRAINT}
_ALONE = frozenset(
    {ObjectKind.TABLE, ObjectKind.VIEW, ObjectKind.TYPE, ObjectKind.EXTENSION, ObjectKind.FUNCTION}
)


def proof(entries: Sequence[Entry], promised: Schema) -> str:
    """The query: columns `migration`, `object` and `state` (✅, ❌, or ❔ where reading the files is not sure that it
    will be there); the sum first, then what is not there. It only reads. `promised` is what all files make that are
    applied then."""
    versions = {entry.version for entry in entries}
    lines = [*_files(entries), *(_line(promise) for promise in promises_of(promised, versions))]
    values = ",\n".join(f"  ({number}, {line})" for number, line in enumerate(dict.fromkeys(lines), 1))
    kinds = _used(lines)
    cases = "\n".join(
        f"    when {quote(kind)} then exists ({witness})"
        for kind, witness in _WITNESSES.items()
        if kind in kinds
    )
    return f"""\
with p (number, migration, object, kind, s, t, o, gone, sure) as (values
{values}
),
seen as (
  select p.*, case p.kind
{cases}
  end as there
  from p
),
told as (
  select s.number, s.migration, s.object, s.there <> s.gone as fine,
    case when s.there <> s.gone then '✅' when s.sure then '❌' else '❔' end as state
  from seen as s
)
select 'all' as migration,
  pg_catalog.count(*) filter (where t.fine) || ' of ' || pg_catalog.count(*) || ' as they should be' as object,
  case when pg_catalog.bool_or(t.state = '❌') then '❌' when pg_catalog.bool_and(t.fine) then '✅' else '❔' end
    as state
from told as t
union all
(select t.migration, t.object, t.state from told as t order by t.fine, t.number);
"""  # noqa: S608  # every value in it is a literal of quote()


def _files(entries: Sequence[Entry]) -> Iterator[str]:
    for entry in entries:
        yield _row(entry.version, f"history {entry.version}", "file", (None, None, entry.version))


def _line(promise: Promise) -> str:
    if isinstance(promise.subject, Dropped):
        return _gone(promise, promise.subject)
    name = promise.column or promise.name
    owner = promise.table or promise.name
    part: str | None = name
    if promise.object in _ALONE:
        owner, part = promise.name, None
    if isinstance(promise.subject, Function):
        part = str(sum(a.mode in {"in", "inout", "variadic"} for a in promise.subject.arguments))
    return _row(
        promise.origin.version,
        _label(promise.object, promise.schema, owner, None if promise.object in _ALONE else name),
        _SAME_WITNESS.get(promise.object, promise.object),
        (promise.schema, owner, part),
        sure=promise.uncertain is None,
    )


def _gone(promise: Promise, dropped: Dropped) -> str:
    kind = ObjectKind(dropped.kind.value)
    witness: str = _SAME_WITNESS.get(kind, kind)
    if kind is ObjectKind.INDEX and dropped.member is None:
        witness = _INDEX_GONE
    return _row(
        promise.origin.version,
        f"no {_label(kind, dropped.name.schema, dropped.name.name, dropped.member)}",
        witness,
        (dropped.name.schema, dropped.name.name, dropped.member),
        gone=True,
        sure=dropped.kind is not DroppedKind.FUNCTION,  # another of the same name may be left
    )


def _label(kind: ObjectKind, schema: str, owner: str, part: str | None) -> str:
    words = {ObjectKind.RLS: "row-level security on", ObjectKind.FOREIGN_KEY: "foreign key"}
    said = words.get(kind, kind.value)
    place = owner if kind is ObjectKind.EXTENSION else f"{schema}.{owner}"
    if kind is ObjectKind.RLS or part is None:
        return f"{said} {place}"
    return f"{said} {place}.{part}" if kind is ObjectKind.COLUMN else f"{said} {part} on {place}"


def _row(
    version: str,
    label: str,
    kind: str,
    where: tuple[str | None, str | None, str | None],
    *,
    gone: bool = False,
    sure: bool = True,
) -> str:
    """A line of the list; the first of its columns gives each its type."""
    texts = (version, plain(label), kind, *where)
    quoted = ", ".join("null::pg_catalog.text" if text is None else quote(text) for text in texts)
    return f"{quoted}, {str(gone).lower()}, {str(sure).lower()}"


def _used(lines: Collection[str]) -> frozenset[str]:
    """The kinds that the list has."""
    return frozenset(kind for kind in _WITNESSES if any(f", {quote(kind)}, " in line for line in lines))
