"""What a project's files ask for that the throwaway database does not really have: extensions that are stand-ins,
extensions that cannot be had, and schemas that come with extensions or services of hosted projects."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from supa_deploy.migrations import Script, fold
from supa_deploy.platform.throwaway import Platform
from supa_deploy.schema import Extension
from supa_deploy.shadow.extensions import STAND_INS, for_stand_ins

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
_SAYS = {known.name: known.says for known in STAND_INS}
# A qualified name; not the end of a longer one, of a host name or of an address.
_QUALIFIED = re.compile(rf"(?<![\w.@/\"'-])({'|'.join(_HOSTED_SCHEMAS)})\.[a-z_]", re.IGNORECASE)


def find_shortfalls(scripts: Iterable[Script], platform: Platform) -> tuple[str, ...]:
    """What these files need and the platform pretends or does not have, one sentence each."""
    scripts = tuple(scripts)
    there = {str(row[0]) for row in platform.sql("select name from pg_available_extensions")}
    asked = tuple(fold(scripts).extensions.values())
    pretended = _pretended(platform)
    sentences = [
        _is_stand_in(extension) if extension.name in pretended else _lacks_extension(extension)
        for extension in asked
        if extension.name in pretended or extension.name not in there
    ]
    made = {extension.name for extension in asked if extension.name in there}
    return (*sentences, *_hosted_schemas(scripts, platform, made))


def fit_files(folder: Path, platform: Platform) -> None:
    """Changes the SQL files below `folder`, a private copy of a project, so that stand-ins take them: no line or
    column of anything else moves (see shadow.extensions.rewrite)."""
    pretended = _pretended(platform)
    for file in sorted(folder.rglob("*.sql")):
        content = file.read_bytes()
        try:
            fitted = for_stand_ins(content.decode(), pretended).encode()
        except UnicodeDecodeError:
            continue
        if fitted != content:
            file.write_bytes(fitted)


def _pretended(platform: Platform) -> frozenset[str]:
    """The extensions that this platform has as stand-ins; their control files say so."""
    rows = platform.sql("select name from pg_available_extensions where comment like 'stand-in: %'")
    return frozenset(str(row[0]) for row in rows)


def _is_stand_in(extension: Extension) -> str:
    origin = extension.origin
    return (
        f"The extension {extension.name}, which {origin.file}:{origin.line} creates, is a stand-in here: "
        f"{_SAYS[extension.name]}."
    )


def _lacks_extension(extension: Extension) -> str:
    origin = extension.origin
    return (
        f"The throwaway database does not have the extension {extension.name}, which {origin.file}:{origin.line} "
        "creates: the rehearsal will stop there, a hosted project need not."
    )


def _hosted_schemas(scripts: tuple[Script, ...], platform: Platform, made: set[str]) -> Iterator[str]:
    there = {str(row[0]) for row in platform.sql("select nspname from pg_namespace")}
    there |= {schema for schema, owner in _HOSTED_SCHEMAS.items() if owner in made}
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
                    f"which {script.migration.file}:{statement.line} uses"
                    f"{_how_to_have(schema)}: it may fail here where a hosted project would not."
                )


def _how_to_have(schema: str) -> str:
    owner = _HOSTED_SCHEMAS[schema]
    return f' and no file creates with "create extension {owner}"' if owner in _SAYS else ""
