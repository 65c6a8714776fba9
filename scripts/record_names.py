"""Records which functions, types and relations PostgreSQL and its extensions bring along, by name, as the scratch
server has them: `python scripts/record_names.py` writes src/supa_deploy/rules/order/names.txt anew.
"""  # noqa: INP001  # a script, not a package

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from supa_deploy.clock import Deadline, Interrupt
from supa_deploy.shadow import Shadow, ShadowDatabase, ShadowUnavailable, find_server
from supa_deploy.shadow.find import OwnServer

_TO = Path(__file__).parents[1] / "src" / "supa_deploy" / "rules" / "order" / "names.txt"
_POSTGRESQL = {
    "functions": """select distinct proname::text from pg_proc
      where pronamespace = 'pg_catalog'::regnamespace order by 1""",
    "types": """select typname::text from pg_type
      where typnamespace = 'pg_catalog'::regnamespace and typname !~ '^_' order by 1""",
}
_SHARED = (
    "('public', 'extensions')"  # what an extension puts into a schema of its own is named with that schema
)
# What an extension puts into a schema of its own is named with that schema.
_EXTENSION = {
    "functions": """select distinct proname::text from pg_proc p join pg_depend d on d.objid = p.oid
      and d.classid = 'pg_proc'::regclass and deptype = 'e' join pg_namespace n on n.oid = pronamespace
      where nspname in ('public', 'extensions') order by 1""",
    "types": """select typname::text from pg_type t join pg_depend d on d.objid = t.oid
      and d.classid = 'pg_type'::regclass and deptype = 'e' join pg_namespace n on n.oid = typnamespace
      where nspname in ('public', 'extensions') and typname !~ '^_' order by 1""",
    "relations": """select relname::text from pg_class c join pg_depend d on d.objid = c.oid
      and d.classid = 'pg_class'::regclass and deptype = 'e' join pg_namespace n on n.oid = relnamespace
      where nspname in ('public', 'extensions') and relkind in ('r', 'p', 'v', 'm', 'f') order by 1""",
    "schemas": """select nspname::text from pg_namespace n join pg_depend d on d.objid = n.oid
      and d.classid = 'pg_namespace'::regclass and deptype = 'e' order by 1""",
}
_DEPENDENT = (
    "d.refclassid = 'pg_extension'::regclass and d.refobjid = (select oid from pg_extension where extname = "
)


def _names(database: ShadowDatabase, query: str) -> list[str]:
    return [str(name) for (name,) in database.query(query)]


def _lines(owner: str, kinds: dict[str, list[str]]) -> list[str]:
    return [f"{owner} {kind} {' '.join(names)}" for kind, names in kinds.items() if names]


def _of_extension(shadow: Shadow, number: int, name: str) -> list[str]:
    """The names of one extension; none where this server cannot make it."""
    database = shadow.fresh(f"names{number}")
    try:
        database.query(f'create extension if not exists "{name}" cascade')
    except ShadowUnavailable:
        return []
    own = f"{_DEPENDENT}'{name}')"
    found = {
        kind: _names(database, query.replace("deptype = 'e'", f"deptype = 'e' and {own}", 1))
        for kind, query in _EXTENSION.items()
    }
    shadow.drop(database)
    return _lines(name, found) or [f"{name} functions"]


def main() -> None:
    """Writes the file."""
    server = find_server(os.environ, Path(tempfile.gettempdir()), None)
    if not isinstance(server, OwnServer):
        sys.exit("needs a PostgreSQL of our own: run `make demo` once")
    with Shadow.open(server, os.environ, deadline=Deadline.after(600), interrupt=Interrupt()) as shadow:
        fresh = shadow.fresh("names")
        lines = _lines("pg_catalog", {kind: _names(fresh, query) for kind, query in _POSTGRESQL.items()})
        extensions = _names(fresh, "select name::text from pg_available_extensions order by 1")
        for number, name in enumerate(extensions):
            lines += _of_extension(shadow, number, name)
    _TO.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
