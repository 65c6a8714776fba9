"""Thousands of objects make no document that nobody can open, and hostile names stay what they are."""

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from typing import TypeVar

from supa_deploy.model import (
    Change,
    ChangeKind,
    Check,
    Diagnostic,
    Drift,
    Feature,
    FileAccount,
    Finding,
    Fix,
    Loss,
    MigrationState,
    ObjectKind,
    Report,
    Rollback,
    Severity,
    Verdict,
    Witness,
)
from supa_deploy.render.document import document
from supa_deploy.render.document.blocks import Diagram, Grid
from supa_deploy.render.document.markdown import markdown

MakeReport = Callable[..., Report]
Told = Callable[[Report], dict[str, list[str]]]
_Block = TypeVar("_Block")
_TABLES = 3000
_EVIL = "a\x1b[31m|`<script>\n##[error]::x::-->]]>\u202e'\"\\"


def _big(make_report: MakeReport, example: Feature) -> Report:
    """A report on 3,000 tables, findings, versions, differences and losses."""
    one = example.tables[1]
    tables = tuple(replace(one, name=one.name._replace(name=f"t{n}")) for n in range(_TABLES))
    checks = tuple(
        Check(ObjectKind.TABLE, "public", f"t{n}", None, "1", Verdict.CONFIRMED, Witness.CATALOG)
        for n in range(_TABLES)
    )
    changes = tuple(
        Change(ChangeKind.ADDED, "table", "public", f"t{n}", detail="x" * 50) for n in range(_TABLES)
    )
    words = tuple(f"creates table t{n}" for n in range(_TABLES))
    return make_report(
        feature=replace(example, files=(replace(example.files[0], tables=tables),), whole=True),
        migrations=tuple(
            MigrationState(str(n), "x", f"{n}_x.sql", local=True, remote=False, words=words)
            for n in range(_TABLES)
        ),
        checks=checks,
        drift=Drift("select 1;\n" * 100_000, changes),
        findings=tuple(
            Finding("no-rls", Severity.WARNING, "1_x.sql", n, 1, "m" * 5000) for n in range(_TABLES)
        ),
        fixes=tuple(Fix(f"{n}.sql", ("r",), "+x\n" * 10_000) for n in range(200)),
        notices=("n",) * 500,
        rollback=Rollback(
            "0",
            tuple(str(n) for n in range(_TABLES)),
            "drop table t;\n" * 100_000,
            losses=tuple(Loss("public", f"t{n}", None, 1) for n in range(_TABLES)),
        ),
    )


def test_thousands_of_objects_stay_readable(make_report: MakeReport, example: Feature, told: Told) -> None:
    report = _big(make_report, example)
    made = document(report)
    assert all(len(grid.rows) <= 1000 for grid in _found(made, Grid))
    assert len(markdown(made).encode()) < 3_000_000
    sections = told(report)
    assert sections["new-tables"][0] == "New tables (3,000)"
    assert "The other 2,900 tables" in sections["new-tables"]
    assert sections["migrations"][0] == "Migration files (3,000 pending, 1 history not read)"
    assert "… and 2,801 more: the JSON document has all of them" in sections["migrations"]
    assert "… and 2,800 more: the JSON document has all of them" in sections["drift"]
    assert any("… and 99,000 more lines" in line for line in sections["rollback"])
    assert "It leaves out 2,800 objects that would make it too long." in sections["verification"]


def test_hostile_names_come_through_as_they_are(
    make_report: MakeReport, example: Feature, told: Told
) -> None:
    files = tuple(_renamed(file) for file in example.files)
    report = make_report(
        command="status",
        feature=replace(example, files=files),
        target=_EVIL,
        environment=_EVIL,
        notices=(_EVIL,),
        migrations=(MigrationState("1", _EVIL, f"{_EVIL}.sql", local=True, remote=False, words=(_EVIL,)),),
        checks=(Check(ObjectKind.TABLE, _EVIL, _EVIL, None, "1", Verdict.MISSING, Witness.CATALOG, _EVIL),),
        findings=(Finding("no-rls", Severity.ERROR, _EVIL, 1, 1, _EVIL, _EVIL, _EVIL),),
        diagnostics=(Diagnostic(_EVIL, False, _EVIL, _EVIL),),
        drift=Drift(_EVIL, (Change(ChangeKind.LOST, _EVIL, _EVIL, _EVIL, _EVIL, _EVIL),), _EVIL, _EVIL),
        rollback=Rollback(_EVIL, (_EVIL,), _EVIL, (Loss(_EVIL, _EVIL, _EVIL, 1),), (_EVIL,), (_EVIL,)),
    )
    sections = told(report)
    assert _EVIL in "\n".join(sections["summary"])
    written = markdown(document(report))
    assert not any(c in written for c in ("\x1b", "\u202e", "##["))
    assert all(key.isascii() and key.replace("-", "").isalnum() for key in sections)
    assert len(list(_found(document(report), Diagram))) == 1


def _renamed(value: FileAccount) -> FileAccount:
    """The same file with hostile names, comments, defaults and keys."""
    tables = tuple(
        replace(
            table,
            name=table.name._replace(schema=_EVIL, name=f"{_EVIL}{table.name.name}"),
            comment=_EVIL,
            columns={
                n: replace(c, name=_EVIL + n, comment=_EVIL, default=_EVIL) for n, c in table.columns.items()
            },
            policies={n: replace(p, name=_EVIL, using="true") for n, p in table.policies.items()},
            indexes={n: replace(i, keys=(_EVIL,)) for n, i in table.indexes.items()},
        )
        for table in value.tables
    )
    return replace(value, tables=tables, purpose=_EVIL)


def _found(value: object, kind: type[_Block]) -> Iterator[_Block]:
    """Every block of a kind, however deep."""
    if isinstance(value, kind):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _found(item, kind)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from _found(getattr(value, field.name), kind)
