"""The questions that can be put to the Data API by GET, as values: each knows its path and its schema.

None of them reads a row (`limit=0`), and the one about a function selects a column that no function returns, so
that PostgreSQL refuses the query before it runs anything (facts/postgrest.md 2.7).
"""

from dataclasses import dataclass
from functools import cache

from supa_deploy.postgrest.names import LYING_NAMES, TELLTALE_NAMES, encoded, quoted
from supa_deploy.schema import QName

CANARY = "zz_supa_deploy_no_such_table"
GUARD = "zz_supa_deploy_no_such_column"

_LONGEST_SELECT = 3000  # characters, percent-encoded; keeps URLs and echoed headers under 4 KB
_RESERVED_ARGUMENTS = frozenset(
    {"and", "columns", "limit", "not", "offset", "on_conflict", "or", "order", "select"}
)


@dataclass(frozen=True, slots=True)
class RootProbe:
    """The OpenAPI description of one schema."""

    schema: str
    accept = "application/openapi+json"

    @property
    def path(self) -> str:
        """The root itself."""
        return "/"


@dataclass(frozen=True, slots=True)
class RelationProbe:
    """Is the relation there, and all of these columns? No columns: the relation alone."""

    relation: QName
    columns: tuple[str, ...] = ()
    accept = "application/json"

    @property
    def schema(self) -> str:
        """The schema to ask in."""
        return self.relation.schema

    @property
    def path(self) -> str:
        """Every column quoted, in one `select`: PostgREST uses only the first of two."""
        select = ",".join(quoted(column) for column in self.columns) if self.columns else "*"
        return f"/{encoded(self.relation.name)}?select={encoded(select)}&limit=0"


@dataclass(frozen=True, slots=True)
class Embed:
    """A relationship to look for: the embedded relation (or, for a key into its own table, the key's column),
    the constraint or column that tells which, and a column of the target to order by: only a to-one
    relationship can be ordered by, which proves the direction."""

    target: str
    hint: str | None
    order_by: str | None


@dataclass(frozen=True, slots=True)
class EmbedProbe:
    """Are all of these foreign keys there?"""

    relation: QName
    embeds: tuple[Embed, ...]
    accept = "application/json"

    @property
    def schema(self) -> str:
        """The schema to ask in."""
        return self.relation.schema

    @property
    def path(self) -> str:
        """Empty embeds under aliases of our own, so that two keys into one table do not clash."""
        selects, orders = [], []
        for number, embed in enumerate(self.embeds):
            hint = f"!{quoted(embed.hint)}" if embed.hint else ""
            selects.append(f"f{number}:{quoted(embed.target)}{hint}()")
            if embed.order_by:
                orders.append(f"f{number}({quoted(embed.order_by)})")
        order = f"&order={encoded(','.join(orders))}" if orders else ""
        return f"/{encoded(self.relation.name)}?select={encoded(','.join(selects))}{order}&limit=0"


@dataclass(frozen=True, slots=True)
class FunctionProbe:
    """Can a function of this name be called with these arguments? Never calls it."""

    function: QName
    arguments: tuple[str, ...] = ()
    accept = "application/json"

    @property
    def schema(self) -> str:
        """The schema to ask in."""
        return self.function.schema

    @property
    def path(self) -> str:
        """One value for each argument, whatever its type: types are looked at later than columns."""
        arguments = "".join(f"{encoded(name)}=1&" for name in self.arguments)
        return f"/rpc/{encoded(self.function.name)}?{arguments}select={encoded(quoted(GUARD))}"

    @property
    def can_be_asked(self) -> bool:
        """False when an argument bears the name of a query parameter of PostgREST's own."""
        return not _RESERVED_ARGUMENTS.intersection(self.arguments)


Probe = RootProbe | RelationProbe | EmbedProbe | FunctionProbe


@cache
def relation_probes(
    relation: QName, columns: tuple[str, ...], partner: str | None = None
) -> tuple[RelationProbe, ...]:
    """The columns of a relation in as few selects as URLs may be long; one without columns when there are none.

    `partner` is a column that joins a chunk made of colliding names only, where those would not give themselves
    away.
    """
    chunks: list[list[str]] = []
    length = 0
    for column in columns:
        size = len(encoded(quoted(column))) + 3
        if not chunks or length + size > _LONGEST_SELECT:
            chunks.append([])
            length = 0
        chunks[-1].append(column)
        length += size
    for chunk in chunks:
        if partner and partner not in chunk and all(collides(name) for name in chunk):
            chunk.append(partner)
    return tuple(RelationProbe(relation, tuple(chunk)) for chunk in chunks) or (RelationProbe(relation),)


def collides(column: str) -> bool:
    """True when a probe of this column can answer 200 without there being such a column."""
    return column in TELLTALE_NAMES or column in LYING_NAMES
