"""One scratch database: its address, what the CLI is given for it, and questions to it."""

from dataclasses import dataclass
from typing import Any

from supa_deploy.settings import DatabaseUrl
from supa_deploy.shadow import sql
from supa_deploy.shadow.postgres import ShadowUnavailable

_IN_EVERY = frozenset({"supabase_vault"})


@dataclass(frozen=True, slots=True)
class ShadowDatabase:
    """A scratch database that holds what a Supabase database holds before the first migration, and what was done to
    it since. `name` is what it was asked for as; `url` is for the CLI (its password, where there is one, apart)."""

    name: str
    url: DatabaseUrl
    where: sql.Socket | sql.Server
    pretended: frozenset[str] = frozenset()

    def query(self, text: str, **parameters: object) -> list[list[Any]]:
        """Runs SQL as the superuser and returns the rows of the last statement; `:name` stands for a parameter.

        Raises ShadowUnavailable, with the server's words, when it is refused or the server is gone.
        """
        try:
            with sql.connected(self.where, self.url.database) as connection:
                connection.run("set role none")  # a given server's user may log in as another (see given.py)
                rows: list[list[Any]] | None = connection.run(text, **parameters)
        except sql.failures() as error:
            raise refused(error) from None
        return rows or []

    def stand_ins(self) -> tuple[str, ...]:
        """The extensions that were created in it and are only pretended, by name (without what every fresh database
        has)."""
        if not self.pretended:
            return ()
        rows = self.query("select extname from pg_extension order by 1")
        return tuple(str(name) for (name,) in rows if name in self.pretended - _IN_EVERY)


def refused(error: Exception) -> ShadowUnavailable:
    """The error for a scratch server that does not do what it has to."""
    return ShadowUnavailable(
        f"The scratch server refused: {sql.reason(error)}. Nothing else was touched.",
        hint="Run the command again; if it stays so, report it with the text above.",
        code="shadow_refused",
    )
