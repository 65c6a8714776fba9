"""What each file made, as it stands in the end: every object under the file of its origin."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from supa_deploy.feature.counting import unread
from supa_deploy.feature.purpose import purpose_of
from supa_deploy.feature.renames import Renames
from supa_deploy.migrations import Script
from supa_deploy.model import AlteredTable, FileAccount, Other, Renamed
from supa_deploy.schema import Doubt, Dropped, Function, Origin, Schema, Table, UserType, View


class _Made(Protocol):
    @property
    def origin(self) -> Origin:
        """The statement that made it so."""


_Object = TypeVar("_Object", bound=_Made)
_Groups = dict[str, tuple[_Object, ...]]


class Files:
    """All files, by name: their order, and what they rename."""

    def __init__(self, scripts: Iterable[Script]) -> None:
        self._scripts = {script.migration.file: script for script in scripts}
        self._places = {file: place for place, file in enumerate(self._scripts)}
        self._renames: dict[str, Renames] = {}

    def home(self, table: Table) -> str | None:
        """The file that created a table, which may be older than its name; None when no file did."""
        if table.assumed:
            return None
        file = table.origin.file
        if file not in self._scripts or not self._renamed(file).gave(table.name, table.origin):
            return file
        parts: tuple[_Made, ...] = (*table.columns.values(), *table.constraints.values())
        return min((file, *(part.origin.file for part in parts)), key=self._place)

    def renamed(self, gone: Dropped) -> Renamed | None:
        """What became of something that is gone, when it has only another name."""
        return self._renamed(gone.origin.file).of(gone) if gone.origin.file in self._scripts else None

    def _renamed(self, file: str) -> Renames:
        if file not in self._renames:
            self._renames[file] = Renames(self._scripts[file])
        return self._renames[file]

    def _place(self, file: str) -> int:
        return self._places.get(file, len(self._places))


@dataclass(slots=True)
class _Account:
    """One file's account while it is gathered."""

    script: Script
    tables: list[Table] = field(default_factory=list)
    altered: list[AlteredTable] = field(default_factory=list)
    views: list[View] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)
    types: list[UserType] = field(default_factory=list)
    others: list[Other] = field(default_factory=list)
    renamed: list[Renamed] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)

    def finish(self) -> FileAccount:
        """The account as a value, in the order of the file's lines where an object has one."""
        migration = self.script.migration
        return FileAccount(
            version=migration.version,
            name=migration.name,
            file=migration.file,
            purpose=purpose_of(self.script.text, migration.name, migration.file, self._names()),
            tables=tuple(sorted(self.tables, key=self._made_at)),
            altered=tuple(sorted(self.altered, key=_first_line)),
            views=tuple(sorted(self.views, key=_line)),
            functions=tuple(sorted(self.functions, key=_line)),
            types=tuple(sorted(self.types, key=_line)),
            others=tuple(self.others),
            renamed=tuple(self.renamed),
            dropped=tuple(self.dropped),
            doubts=tuple(self.doubts),
        )

    def _made_at(self, table: Table) -> int:
        """The line of a table in this file; the name of one that was renamed since comes from another."""
        parts: tuple[_Made, ...] = (table, *table.columns.values(), *table.constraints.values())
        lines = (part.origin.line for part in parts if part.origin.file == self.script.migration.file)
        return next(lines, 0)

    def _names(self) -> set[str]:
        """What the file makes, by name: a file's own name often says the same."""
        made: tuple[Table | View | Function | UserType, ...]
        made = (*self.tables, *self.views, *self.functions, *self.types)
        names = {each.name.name for each in made}
        for altered in self.altered:
            names |= {altered.table.name.name, *(column.name for column in altered.columns)}
        return names


def _line(made: _Made) -> int:
    return made.origin.line


def _first_line(altered: AlteredTable) -> int:
    """Where a file first touched a table; a table that it only renamed comes with its name."""
    parts: tuple[_Made, ...] = (
        *altered.columns,
        *altered.constraints,
        *altered.foreign_keys,
        *altered.indexes,
        *altered.policies,
        *altered.triggers,
    )
    return min((part.origin.line for part in parts), default=altered.table.origin.line)


def accounts_of(schema: Schema, told: Sequence[Script], files: Files) -> tuple[FileAccount, ...]:
    """One account for each of the files that are told, in their order."""
    accounts = {script.migration.file: _Account(script) for script in told}
    for table in schema.tables.values():
        _tell_table(accounts, table, files.home(table))
    for file, views in _grouped(schema.views.values(), accounts).items():
        accounts[file].views.extend(views)
    for file, functions in _grouped(schema.functions.values(), accounts).items():
        accounts[file].functions.extend(functions)
    for file, types in _grouped(schema.types.values(), accounts).items():
        accounts[file].types.extend(types)
    _tell_others(accounts, schema)
    for gone in schema.dropped:
        if gone.origin.file in accounts:
            renamed = files.renamed(gone)
            if renamed is not None:
                accounts[gone.origin.file].renamed.append(renamed)
            else:
                accounts[gone.origin.file].dropped.append(gone)
    for doubt in schema.doubts:
        if doubt.origin.file in accounts:
            accounts[doubt.origin.file].doubts.append(doubt)
    for account in accounts.values():
        _tell_unread(account)
    return tuple(account.finish() for account in accounts.values())


def _grouped(
    objects: Iterable[_Object], accounts: Mapping[str, _Account], but: str | None = None
) -> _Groups[_Object]:
    """What is told, by file; what the file `but` made is left out."""
    found: dict[str, list[_Object]] = {}
    for each in objects:
        if each.origin.file in accounts and each.origin.file != but:
            found.setdefault(each.origin.file, []).append(each)
    return {file: tuple(made) for file, made in found.items()}


def _tell_table(accounts: Mapping[str, _Account], table: Table, home: str | None) -> None:
    """A table where it was created, and what other files added to it where they did."""
    if home is not None and home in accounts:
        accounts[home].tables.append(table)
    columns = _grouped(table.columns.values(), accounts, home)
    constraints = _grouped(table.constraints.values(), accounts, home)
    keys = _grouped(table.foreign_keys.values(), accounts, home)
    indexes = _grouped(table.indexes.values(), accounts, home)
    policies = _grouped(table.policies.values(), accounts, home)
    triggers = _grouped(table.triggers.values(), accounts, home)
    switched = {table.rls.file} if table.rls is not None else set()
    renamed = set() if table.assumed else {table.origin.file}
    found = {*columns, *constraints, *keys, *indexes, *policies, *triggers, *switched, *renamed} - {home}
    for file in found & accounts.keys():
        accounts[file].altered.append(
            AlteredTable(
                table,
                columns=columns.get(file, ()),
                constraints=constraints.get(file, ()),
                foreign_keys=keys.get(file, ()),
                indexes=indexes.get(file, ()),
                policies=policies.get(file, ()),
                triggers=triggers.get(file, ()),
                rls=file in switched,
            )
        )
    for publication, origin in table.publications.items():
        if origin.file in accounts:
            accounts[origin.file].others.append(Other("publication", publication, table.name))


def _tell_others(accounts: Mapping[str, _Account], schema: Schema) -> None:
    """Schemas, extensions, sequences, and indexes on a materialized view that another file made."""
    found = [
        *((origin, Other("schema", name)) for name, origin in schema.schemas.items()),
        *((each.origin, Other("extension", each.name)) for each in schema.extensions.values()),
        *((each.origin, Other("sequence", str(each.name))) for each in schema.sequences.values()),
        *(
            (index.origin, Other("index", f"{view.name.schema}.{index.name}", view.name))
            for view in schema.views.values()
            for index in view.indexes.values()
            if index.origin.file != view.origin.file
        ),
    ]
    for origin, other in found:
        if origin.file in accounts:
            accounts[origin.file].others.append(other)


def _tell_unread(account: _Account) -> None:
    """A file that is no SQL is one doubt."""
    why = unread(account.script)
    if why is not None:
        problem = account.script.problems[0]
        origin = Origin(account.script.migration.version, problem.file, problem.line)
        account.doubts.append(Doubt(origin, f"the file cannot be read: {why}"))
