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
        "types, operators, operator classes and index methods of pgvector; distances are not computed",
        "0.8.0",
        _range(
            "0.1.8 0.2.7 0.3.2 0.4.0 0.4.1 0.4.2 0.4.3 0.4.4 0.5.0 0.5.1 0.6.0 0.6.1 0.6.2 0.7.0 0.7.1 0.7.2 0.7.3 "
            "0.7.4 0.8.0 0.8.1 0.8.2"
        ),
    ),
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
