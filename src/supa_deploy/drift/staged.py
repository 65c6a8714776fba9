"""A replay by way of stops: the state at each of them is kept, and no file runs twice."""

from collections.abc import Collection, MutableMapping, Sequence
from contextlib import ExitStack
from typing import Self

from supa_deploy.drift.replay import Replay, contents_of
from supa_deploy.migrations import Migration
from supa_deploy.shadow import Shadow, ShadowDatabase
from supa_deploy.supabase import Supabase


class Staged:
    """All files on their way to a database of this name, on top of `base`, by way of the stops before the last file;
    `stages` takes the database of each. Roles belong to the whole server, and the second `create role` of a name is
    refused: that is why no file runs twice.

    The first leg is under way at once, beside whatever else is; the others follow when somebody waits (`finish`).
    """

    def __init__(
        self,
        supabase: Supabase,
        shadow: Shadow,
        files: Sequence[Migration],
        stops: Collection[str],
        stages: MutableMapping[str, ShadowDatabase],
        *,
        name: str,
        base: ShadowDatabase | None = None,
    ) -> None:
        self._supabase = supabase
        self._shadow = shadow
        self._files = files
        self._stages = stages
        self._name = name
        self._undo = ExitStack()
        self._left = [i for i, migration in enumerate(files[:-1], 1) if migration.version in stops]
        self._leg = self._begun(base)

    def finish(self) -> ShadowDatabase:
        """The database with all the files in it. Raises ReplayFailed naming the file that is not."""
        while self._left:
            at = self._stages[self._files[self._left.pop(0) - 1].version] = self._leg.finish()
            self._leg = self._begun(at)
        return self._leg.finish()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._undo.close()

    def _begun(self, base: ShadowDatabase | None) -> Replay:
        """The next leg: to the next stop, or to the end."""
        name = f"{self._name}_{self._left[0]}" if self._left else self._name
        database = self._shadow.copy(base, name) if base else self._shadow.fresh(name)
        files = self._files[: self._left[0]] if self._left else self._files
        return self._undo.enter_context(Replay(self._supabase, database, contents_of(files)))
