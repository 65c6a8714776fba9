"""The query that a script ends in: a line for each file and each promised object, with what the catalog says of it.

The list holds names alone; what is asked of the catalog and how it is told stands once for each kind, because the
Dashboard takes no more than a megabyte.
"""

from collections.abc import Iterator, Sequence

from supa_deploy.bundle.entries import Entry
from supa_deploy.bundle.quoting import quote
from supa_deploy.model import ObjectKind
from supa_deploy.schema import Dropped, DroppedKind, Function, Schema
from supa_deploy.verify.promise import Promise
from supa_deploy.verify.promises import promises_of

_FILE = "history"
_ANY_INDEX = "any index"  # of a dropped one the files do not say the table
_RELATION = "select from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace"
_HERE = "n.nspname = p.s and c.relname = p.t"
_CONSTRAINT = (
    f"{_RELATION} join pg_catalog.pg_constraint as x on x.conrelid = c.oid where {_HERE} and x.conname = p.o"
)
_ALONE, _PART, _OF = "' ' || p.s || '.' || p.t", "' ' || p.o || ' on ' || p.s || '.' || p.t", "'.' || p.o"
# By kind: what has to be there, and its name behind the word. p.s is the schema, p.t the relation or the object, p.o
# what belongs to it.
_KINDS: dict[str, tuple[str, str]] = {
    _FILE: ("select from supabase_migrations.schema_migrations as m where m.version = p.o", "' ' || p.o"),
    ObjectKind.TABLE: (f"{_RELATION} where {_HERE} and c.relkind in ('r', 'p', 'f')", _ALONE),
    ObjectKind.VIEW: (f"{_RELATION} where {_HERE} and c.relkind in ('v', 'm')", _ALONE),
    ObjectKind.COLUMN: (
        (
            f"{_RELATION} join pg_catalog.pg_attribute as x on x.attrelid = c.oid "
            f"where {_HERE} and x.attname = p.o and x.attnum > 0 and not x.attisdropped"
        ),
        f"{_ALONE} || {_OF}",
    ),
    ObjectKind.INDEX: (
        (
            f"{_RELATION} join pg_catalog.pg_index as x on x.indrelid = c.oid "
            f"join pg_catalog.pg_class as i on i.oid = x.indexrelid where {_HERE} and i.relname = p.o and x.indisvalid"
        ),
        _PART,
    ),
    _ANY_INDEX: (f"{_RELATION} where {_HERE} and c.relkind in ('i', 'I')", _ALONE),
    ObjectKind.POLICY: (
        f"{_RELATION} join pg_catalog.pg_policy as x on x.polrelid = c.oid where {_HERE} and x.polname = p.o",
        _PART,
    ),
    ObjectKind.RLS: (f"{_RELATION} where {_HERE} and c.relrowsecurity", "' on ' || p.s || '.' || p.t"),
    ObjectKind.CONSTRAINT: (_CONSTRAINT, _PART),
    ObjectKind.FOREIGN_KEY: (_CONSTRAINT, _PART),
    ObjectKind.TRIGGER: (
        (
            f"{_RELATION} join pg_catalog.pg_trigger as x on x.tgrelid = c.oid "
            f"where {_HERE} and x.tgname = p.o and not x.tgisinternal"
        ),
        _PART,
    ),
    ObjectKind.FUNCTION: (
        (
            "select from pg_catalog.pg_proc as f join pg_catalog.pg_namespace as n on n.oid = f.pronamespace "
            "where n.nspname = p.s and f.proname = p.t and (p.o is null or f.pronargs::pg_catalog.text = p.o)"
        ),
        _ALONE,
    ),
    ObjectKind.TYPE: (
        (
            "select from pg_catalog.pg_type as y join pg_catalog.pg_namespace as n on n.oid = y.typnamespace "
            "where n.nspname = p.s and y.typname = p.t"
        ),
        _ALONE,
    ),
    ObjectKind.EXTENSION: ("select from pg_catalog.pg_extension as e where e.extname = p.t", "' ' || p.t"),
    ObjectKind.PUBLICATION: (
        (
            "select from pg_catalog.pg_publication_tables as u "
            "where u.schemaname = p.s and u.tablename = p.t and u.pubname = p.o"
        ),
        _PART,
    ),
}
_WORDS: dict[str, str] = {
    ObjectKind.RLS: "row-level security",
    ObjectKind.FOREIGN_KEY: "foreign key",
    _ANY_INDEX: "index",
}
_WHOLE = frozenset(
    {ObjectKind.TABLE, ObjectKind.VIEW, ObjectKind.TYPE, ObjectKind.EXTENSION, ObjectKind.FUNCTION}
)
_THERE, _PERHAPS, _GONE, _GONE_PERHAPS = "+", "+?", "-", "-?"


def proof(entries: Sequence[Entry], promised: Schema) -> str:
    """The query: columns `migration`, `object` and `state` (✅, ❌, or ❔ where reading the files is not sure that it
    will be there); the sum first, then what is not there. It only reads. `promised` is what all files make that are
    applied then."""
    versions = {entry.version for entry in entries}
    rows = dict.fromkeys(
        [*_files(entries), *(_row_of(promise) for promise in promises_of(promised, versions))]
    )
    values = ",\n".join(f"({number}, {', '.join(map(_literal, row))})" for number, row in enumerate(rows, 1))
    kinds = {kind: found for kind, found in _KINDS.items() if any(row[1] == kind for row in rows)}
    there = "\n".join(
        f"    when {quote(kind)} then exists ({witness})" for kind, (witness, _) in kinds.items()
    )
    names = "\n".join(
        f"    when {quote(kind)} then {quote(_WORDS.get(kind, kind))} || {name}"
        for kind, (_, name) in kinds.items()
    )
    return f"""\
with p (number, migration, kind, want, s, t, o) as (values
{values}
),
seen as (
  select p.number, p.migration, p.want,
  case when p.want like '-%' then 'no ' else '' end ||
  case p.kind
{names}
  end as object,
  case p.kind
{there}
  end = (p.want like '+%') as fine
  from p
),
told as (
  select s.*, case when s.fine then '✅' when s.want like '%?' then '❔' else '❌' end as state from seen as s
)
select 'all' as migration,
  pg_catalog.count(*) filter (where t.fine) || ' of ' || pg_catalog.count(*) || ' as they should be' as object,
  case when pg_catalog.bool_or(t.state = '❌') then '❌' when pg_catalog.bool_and(t.fine) then '✅' else '❔' end
    as state
from told as t
union all
(select t.migration, t.object, t.state from told as t order by t.fine, t.number);
"""  # noqa: S608  # every value in it is a literal of quote()


_Row = tuple[str, str, str, str | None, str | None, str | None]
"""Migration, kind, what is wanted, schema, relation or object, what belongs to it."""


def _literal(text: str | None) -> str:
    return "null" if text is None else quote(text)


def _files(entries: Sequence[Entry]) -> Iterator[_Row]:
    for entry in entries:
        yield entry.version, _FILE, _THERE, None, None, entry.version


def _row_of(promise: Promise) -> _Row:
    version, kind = promise.origin.version, promise.object
    if isinstance(promise.subject, Dropped):
        return _gone(version, kind, promise.subject)
    want = _THERE if promise.uncertain is None else _PERHAPS
    owner, part = promise.table or promise.name, promise.column or promise.name
    if isinstance(promise.subject, Function):
        inputs = (a for a in promise.subject.arguments if a.mode in {"in", "inout", "variadic"})
        return version, kind, want, promise.schema, promise.name, str(len(tuple(inputs)))
    if kind in _WHOLE:
        return version, kind, want, promise.schema, promise.name, None
    return version, kind, want, promise.schema, owner, None if kind is ObjectKind.RLS else part


def _gone(version: str, kind: ObjectKind, dropped: Dropped) -> _Row:
    """A dropped function may leave another of its name."""
    want = _GONE_PERHAPS if dropped.kind is DroppedKind.FUNCTION else _GONE
    told = _ANY_INDEX if kind is ObjectKind.INDEX and dropped.member is None else kind
    return version, told, want, dropped.name.schema, dropped.name.name, dropped.member
