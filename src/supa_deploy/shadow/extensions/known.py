"""Which extensions there are stand-ins for: facts about each, from its own public control file."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class StandIn:
    """An extension that can be pretended.

    `versions` are those that `create extension … version` may ask for, `schema` where the real one fixes it,
    `requires` other extensions, `needs` loadable modules that the installation must have, `says` what the stand-in
    is, in one sentence.
    """

    name: str
    says: str
    default: str
    versions: tuple[str, ...] = ()
    relocatable: bool = True
    schema: str | None = None
    requires: tuple[str, ...] = ()
    needs: frozenset[str] = field(default_factory=frozenset)

    def control(self) -> str:
        """Its control file. Trusted, because hosted projects let `postgres` create it."""
        lines = [
            f"comment = 'stand-in: {self.name}'",
            f"default_version = '{self.default}'",
            f"relocatable = {str(self.relocatable and self.schema is None).lower()}",
            "trusted = true",
        ]
        if self.schema:
            lines.append(f"schema = '{self.schema}'")
        if self.requires:
            lines.append(f"requires = '{', '.join(self.requires)}'")
        return "\n".join((*lines, ""))


def _range(text: str) -> tuple[str, ...]:
    return tuple(text.split())


STAND_INS = (
    StandIn(
        "vector",
        "types, operators, operator classes and index methods; distances are zero",
        "0.8.0",
        _range(
            "0.1.8 0.2.7 0.3.2 0.4.0 0.4.1 0.4.2 0.4.3 0.4.4 0.5.0 0.5.1 0.6.0 0.6.1 0.6.2 0.7.0 0.7.1 0.7.2 0.7.3 "
            "0.7.4 0.8.0 0.8.1 0.8.2"
        ),
    ),
    StandIn(
        "postgis",
        "types, functions by signature, operators and operator classes; nothing is measured or transformed",
        "3.3.7",
        _range("3.0.0 3.1.0 3.1.4 3.3.2 3.3.7 3.4.0 3.4.2 3.5.0 3.6.0"),
        relocatable=False,
        needs=frozenset({"pg_trgm"}),
    ),
    StandIn(
        "postgis_topology",
        "its schema, tables and types; no topology is built",
        "3.3.7",
        _range("3.3.2 3.4.0"),
        schema="topology",
        requires=("postgis",),
        needs=frozenset({"pg_trgm"}),
    ),
    StandIn(
        "postgis_tiger_geocoder",
        "its schemas; no address is found",
        "3.3.7",
        _range("3.3.2 3.4.0"),
        schema="tiger",
        requires=("postgis", "fuzzystrmatch"),
        needs=frozenset({"pg_trgm", "fuzzystrmatch"}),
    ),
    StandIn(
        "pg_net",
        "requests are queued in its table and never sent",
        "0.19.5",
        _range("0.2 0.6 0.7 0.7.1 0.7.3 0.8.0 0.9.3 0.10.0 0.11.0 0.13.0 0.14.0 0.19.5 0.19.7 0.20.0"),
        relocatable=False,
    ),
    StandIn("http", "no request is sent, every answer is empty", "1.6", _range("1.3 1.4 1.5 1.6 1.7")),
    StandIn(
        "pg_cron",
        "jobs are written down and never run",
        "1.6.4",
        _range("1.4 1.4-1 1.5 1.6 1.6.4"),
        schema="pg_catalog",
    ),
    StandIn(
        "pgmq",
        "queues are real tables; partitioned ones are refused",
        "1.4.4",
        _range("1.4.4 1.4.5 1.5.0 1.5.1"),
        schema="pgmq",
    ),
    StandIn(
        "pg_graphql",
        "its functions; every query gets an error",
        "1.5.11",
        _range("1.0.2 1.2.0 1.4.0 1.5.4 1.5.6 1.5.9 1.5.11"),
        schema="graphql",
    ),
    StandIn(
        "pgsodium",
        "its tables, roles and functions; nothing is encrypted",
        "3.1.8",
        _range("3.1.5 3.1.6 3.1.7 3.1.8 3.1.9"),
        schema="pgsodium",
    ),
    StandIn(
        "supabase_vault",
        "its table, view and functions; secrets are kept unencrypted",
        "0.3.1",
        _range("0.2.8 0.2.9 0.3.0 0.3.1"),
        schema="vault",
    ),
    StandIn(
        "pg_jsonschema",
        "every document matches every schema",
        "0.3.3",
        _range("0.1.4 0.2.0 0.3.1 0.3.3"),
        False,
    ),
    StandIn(
        "pgjwt",
        "tokens are really signed and verified",
        "0.2.0",
        _range("0.1.1"),
        False,
        requires=("pgcrypto",),
    ),
    StandIn("pg_hashids", "a number's hash is the number", "1.3", _range("1.2.1 1.3"), False),
    StandIn("hypopg", "no index is imagined", "1.4.1", _range("1.3.1 1.4.0 1.4.1")),
    StandIn("index_advisor", "it has no advice", "0.2.0", requires=("hypopg",)),
    StandIn(
        "wrappers",
        "handlers for foreign servers and tables, none of which can be read",
        "0.5.3",
        _range("0.1.19 0.3.1 0.4.1 0.4.4 0.5.0 0.5.3"),
        relocatable=False,
        needs=frozenset({"postgres_fdw"}),
    ),
    StandIn("pg_repack", "its schema and views", "1.5.2", _range("1.4.8 1.5.0 1.5.2"), False),
    StandIn("plpgsql_check", "it finds nothing", "2.7", _range("2.2 2.7"), False),
    StandIn("pgtap", "what tests call most; nothing is tested", "1.2.0", _range("1.1.0 1.3.0 1.3.3")),
    StandIn(
        "pgroonga",
        "operators, operator classes and its index method; every search finds everything",
        "3.2.5",
        _range("2.4.0 3.0.7 3.2.5"),
        False,
    ),
    StandIn("rum", "operator classes and its index method", "1.3", _range("1.3"), False),
    StandIn(
        "timescaledb",
        "hypertables stay ordinary tables, policies are not kept",
        "2.16.1",
        _range("2.9.1 2.16.1"),
        False,
    ),
    StandIn("pgaudit", "its name; nothing is logged", "17.0", _range("1.5 1.7 16.0 17.0"), False),
    StandIn("pg_tle", "extensions are taken and not installed", "1.4.0", _range("1.0.4 1.3.2 1.4.0"), False),
)

# Extensions of PostgreSQL's own that hosted projects let `postgres` create and a plain installation does not.
# (supabase/postgres: supautils.privileged_extensions)
ALLOWED = frozenset(
    _range(
        "autoinc bloom btree_gin btree_gist citext cube dblink dict_int dict_xsyn earthdistance fuzzystrmatch hstore "
        "insert_username intarray isn lo ltree moddatetime pg_buffercache pg_prewarm pg_stat_statements pg_trgm "
        "pg_walinspect pgcrypto pgrowlocks pgstattuple postgres_fdw refint seg sslinfo tablefunc tcn tsm_system_rows "
        "tsm_system_time unaccent uuid-ossp xml2"
    )
)
