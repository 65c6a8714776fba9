"""What a group of migration files makes: told file by file, counted before and after. Pure."""

from collections.abc import Collection, Iterable, Sequence

from supa_deploy.feature.accounts import Files, accounts_of
from supa_deploy.feature.counting import impact_of
from supa_deploy.migrations import Script, fold
from supa_deploy.model import Feature, FileAccount
from supa_deploy.schema import QName, Schema, Table


def feature_of(
    scripts: Sequence[Script], chosen: Collection[str] | None = None, counted: Collection[str] | None = None
) -> Feature:
    """What the files of the versions `chosen` make (None: all that count), as it stands in the end.

    `scripts` are all files there are, in the CLI's order. `counted` are the versions whose files make up the end
    (None: all; the chosen ones always do): those that a verification folds, so that report and checks agree. The
    impact is another question: everything older than the first chosen file, and that with the chosen ones. Never
    raises for what a file holds; a chosen version that no file has tells nothing.
    """
    counting = [
        script
        for script in scripts
        if counted is None or _version(script) in counted or _version(script) in (chosen or ())
    ]
    told = [script for script in counting if chosen is None or _version(script) in chosen]
    schema = fold(counting)
    accounts = accounts_of(schema, told, Files(scripts))
    first = next((place for place, script in enumerate(scripts) if told and script is told[0]), len(scripts))
    older = list(scripts[:first])
    return Feature(
        files=accounts,
        impact=impact_of(older, [*older, *told], counting, schema),
        touched=_touched(schema, accounts),
        whole=len(told) == len(scripts),
    )


def ending(chosen: Collection[str] | None, applied: Collection[str]) -> Collection[str] | None:
    """The versions whose files make up the end (None: all), as verification sees it: where only applied files are
    told, what the applied ones left; where one of them is pending, what all will make."""
    return applied if chosen is not None and all(version in applied for version in chosen) else None


def _version(script: Script) -> str:
    return script.migration.version


def _touched(schema: Schema, accounts: Iterable[FileAccount]) -> tuple[Table, ...]:
    """The new and altered tables and those that their keys point to, by name."""
    found: dict[QName, Table] = {}
    for account in accounts:
        for table in (*account.tables, *(altered.table for altered in account.altered)):
            found[table.name] = table
    for table in list(found.values()):
        for key in table.foreign_keys.values():
            unknown = Table(key.target, key.origin, columns_known=False, assumed=True)
            found.setdefault(key.target, schema.tables.get(key.target, unknown))
    return tuple(found[name] for name in sorted(found))
