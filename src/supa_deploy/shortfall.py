"""What a project's files ask for that the throwaway database does not have: extensions, and schemas that come
with extensions or services of hosted projects."""

import re
from collections.abc import Iterable, Iterator

from supa_deploy.migrations import Script, fold
from supa_deploy.platform.throwaway import Platform
from supa_deploy.schema import Extension
from supa_deploy.shadow import sql

_HOSTED_SCHEMAS = {
    "cron": "pg_cron",
    "net": "pg_net",
    "pgmq": "pgmq",
    "pgsodium": "pgsodium",
    "supabase_functions": "database webhooks",
    "pgtle": "pg_tle",
    "tiger": "postgis_tiger_geocoder",
    "topology": "postgis_topology",
}
# A qualified name; not the end of a longer one, of a host name or of an address.
_QUALIFIED = re.compile(rf"(?<![\w.@/\"'-])({'|'.join(_HOSTED_SCHEMAS)})\.[a-z_]", re.IGNORECASE)


def find_shortfalls(scripts: Iterable[Script], platform: Platform) -> tuple[str, ...]:
    """What these files need and the platform does not have, one sentence each.

    Extensions that are there but may only be created by a superuser are created here, in `extensions`: hosted
    projects let `postgres` create them, and a plain PostgreSQL does not.
    """
    scripts = tuple(scripts)
    rows = platform.sql("select name, bool_or(trusted) from pg_available_extension_versions group by name")
    trusted = {str(name): bool(may) for name, may in rows}
    found: list[str] = []
    for extension in fold(scripts).extensions.values():
        if extension.name not in trusted:
            found.append(_lacks_extension(extension))
        elif not trusted[extension.name]:
            name = sql.identifier(extension.name)
            platform.sql(f"create extension if not exists {name} with schema extensions")
    return (*found, *_hosted_schemas(scripts, platform))


def _lacks_extension(extension: Extension) -> str:
    origin = extension.origin
    return (
        f"The throwaway database does not have the extension {extension.name}, which {origin.file}:{origin.line} "
        "creates: the rehearsal will stop there, a hosted project need not."
    )


def _hosted_schemas(scripts: tuple[Script, ...], platform: Platform) -> Iterator[str]:
    there = {str(row[0]) for row in platform.sql("select nspname from pg_namespace")}
    told: set[str] = set()
    for script in scripts:
        for statement in script.statements:
            for name in _QUALIFIED.findall(script.statement_text(statement)):
                schema = name.lower()
                if schema in there or schema in told:
                    continue
                told.add(schema)
                yield (
                    f"The throwaway database does not have the schema {schema} ({_HOSTED_SCHEMAS[schema]}), "
                    f"which {script.migration.file}:{statement.line} uses: it may fail here where a hosted "
                    "project would not."
                )
