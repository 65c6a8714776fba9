"""What check calls an error is one: the real CLI refuses the file, or says that it applied what it did not. And what
stands right beside it, and check lets pass, is applied."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from supa_deploy.migrations import discover, read
from supa_deploy.model import Severity
from supa_deploy.rules import Terms, Walk
from supa_deploy.rules.squawk import begin
from supa_deploy.rules.squawk.types import stays

if TYPE_CHECKING:
    from pathlib import Path

    from supa_deploy.platform.throwaway import Platform

    from .conftest import Project

_BASE = """create table public.a (id bigint primary key, b integer);
create type public.mood as enum ('good');
create table public.days (mood public.mood);
create table public.events (at date) partition by range (at);
create table public.events_old partition of public.events default;
"""
_REFUSED = {
    "not-in-transaction": (
        "begin; create index concurrently a_b on a (b); commit;",
        "select 1; create /* x */ index concurrently a_b on a (b);",
        "select 1; reindex schema public;",
    ),
    "lock-table": ("begin; commit; lock table a;",),
    "needs-begin": ("select 1; savepoint s; release savepoint s;", "declare c cursor for select 1;"),
    "role-left": ("set local role anon; select 1;", "set role service_role; reset all;"),
    "session-authorization": ("set session authorization authenticated;",),
    "enum-value-used": (
        "alter type mood add value 'x'; insert into days values ('x');",
        "alter type mood add value 'x'; alter table days alter mood set default 'x';",
        "alter type mood add value 'x'; create policy p on days using (mood in ('good', 'x'));",
        "alter type mood add value 'x'; do $$ begin update days set mood = 'x'; end $$;",
        "alter type mood add value 'x'; create function f() returns mood language sql as 'select ''x''::mood';",
    ),
    "copy-from-stdin": ("copy a from stdin;",),
    "psql-command": ("select 1;\n\\restrict key\n",),
    "assigned-twice": ("update a set b = 1, b = 2;",),
    "syntax": ("create policy if not exists p on a using (true);",),
}
"""One push each: what the CLI refuses for the same reason stands here once."""
_LIES = {
    "commit-inside": (
        "begin; create table lost (id bigint);",
        "begin; create table lost (id bigint); rollback;",
    ),
    "not-utf8": ("comment on table a is 'caf\udce9'; create table lost_\udce9 (id bigint);",),
}
_APPLIED = (
    "create /* x */ index concurrently a_b on a (b); select 1;",
    "create index concurrently a_c on a (b);",
    "select 1; vacuum a; alter table a add column c text;",
    "begin; lock table a; commit;",
    "begin; savepoint s; release savepoint s; commit;",
    "declare c cursor with hold for select 1; close c;",
    "set role authenticated; reset role;",
    "set local role anon; commit;",
    "begin; set local role anon; commit;",
    "set session authorization default;",
    "set local work_mem = '3MB'; create table settings_now as select current_setting('work_mem') as w;",
    "alter type mood add value 'p1'; create function f() returns mood language plpgsql as 'begin return ''p1''; end';",
    "alter type mood add value 'p2'; commit; insert into days values ('p2');",
    "alter type mood add value 'p3'; create index concurrently a_d on a (b); insert into days values ('p3');",
    "alter type mood add value if not exists 'good'; insert into days values ('good');",
    "create type fresh as enum ('a'); alter type fresh add value 'b'; create table g (v fresh default 'b');",
    "alter type mood add value 'p4'; create table words (w text default 'p4');",
    "copy a to stdout;",
    "create table rows (v integer[]); update rows set v[1] = 1, v[2] = 2;",
    "-- pg-delta: transaction=false\nselect 1;\nreindex schema public;",
    "begin; create table kept (id bigint); commit;",
    "select 'a\n\\echo no command\n';",
    "-- nothing but a comment\n",
)


@dataclass
class _Pusher:
    """The real CLI on one project; a file that is not recorded is taken away again."""

    platform: Platform
    project: Project
    cli: Path
    home: Path
    number: int = 0

    def write(self, sql: str) -> str:
        """Puts a file behind all others; returns its version."""
        self.number += 1
        version = f"20250101{self.number:06}"
        self.project.write(f"{version}_case.sql", "").write_bytes(sql.encode(errors="surrogateescape"))
        return version

    def push(self) -> str | None:
        """Pushes; returns the CLI's error, None when it reports success."""
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "SUPABASE_TELEMETRY_DISABLED": "1",
            "BUN_JSC_useDFGJIT": "0",
            "SUPABASE_PROJECT_ID": self.platform.ref,
            "PGSSLMODE": "require",
            **self.platform.environ(),
        }
        words = ["db", "push", "--remote", "--yes", "--output-format", "json", "--agent", "no"]
        ran = subprocess.run(
            [self.cli, *words, "--workdir", self.project.path],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        return None if ran.returncode == 0 else str(json.loads(ran.stdout)["error"]["message"])

    def recorded(self, version: str) -> bool:
        """True when the history has it."""
        found = self.platform.sql(
            "select 1 from supabase_migrations.schema_migrations where version = :version", version=version
        )
        return bool(found)

    def forget(self) -> None:
        """Takes away the last file."""
        self.project.migrations.joinpath(f"20250101{self.number:06}_case.sql").unlink()

    def errors(self) -> set[str]:
        """The rules that check calls an error in the last file."""
        discovery = discover(self.project.path)
        last = discovery.migrations[-1].file
        walk = Walk(Terms())
        with begin(self.project.path, [last], seconds=60) as running:
            findings = [
                *(f for one in discovery.migrations for f in walk.read(read(one), running.of(one.file))),
                *walk.folder(discovery.problems),
                *walk.end(),
            ]
        return {one.rule for one in findings if one.severity is Severity.ERROR and one.file == last}


@pytest.fixture
def pusher(platform: Platform, project: Project, cli: Path, private_home: Path) -> _Pusher:
    """A linked project with a few tables, pushed."""
    found = _Pusher(platform, project, cli, private_home)
    found.write(_BASE)
    assert found.push() is None
    return found


def test_what_is_called_an_error_is_refused_by_the_cli(pusher: _Pusher) -> None:
    wrong = []
    for rule, cases in _REFUSED.items():
        for sql in cases:
            version = pusher.write(sql)
            if rule not in pusher.errors():
                wrong.append(("not found", rule, sql))
            if pusher.push() is None:
                wrong.append(("not refused", rule, sql))
            if not pusher.recorded(version):
                pusher.forget()
    assert wrong == []


def test_what_is_called_an_error_makes_the_cli_report_what_is_not_so(pusher: _Pusher) -> None:
    wrong = []
    for rule, cases in _LIES.items():
        for sql in cases:
            version = pusher.write(sql)
            if rule not in pusher.errors():
                wrong.append(("not found", rule, sql))
            if (error := pusher.push()) is not None:
                wrong.append((error, rule, sql))
            if not pusher.recorded(version):
                pusher.forget()
    assert wrong == []
    assert pusher.platform.sql("select to_regclass('public.lost')") == [[None]]
    assert pusher.platform.sql("select relname from pg_class where relname like 'lost%'") == [["lost_\ufffd"]]


def test_what_stands_beside_it_is_applied(pusher: _Pusher) -> None:
    wrong: list[object] = []
    versions = []
    for sql in _APPLIED:
        versions.append(pusher.write(sql))
        if found := pusher.errors():
            wrong.append((sorted(found), sql))
    error = pusher.push()
    wrong += [
        (error, sql) for sql, version in zip(_APPLIED, versions, strict=True) if not pusher.recorded(version)
    ]
    assert wrong == []
    assert pusher.platform.sql("select w from settings_now") == [["3MB"]], "SET LOCAL was obeyed"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("character varying(20)", "character varying(50)"),
        ("character varying(20)", "text"),
        ("text", "character varying"),
        ("numeric(6,2)", "numeric(12,2)"),
        ("numeric(6,2)", "numeric"),
        ("timestamp(3) with time zone", "timestamp with time zone"),
        ("interval(3)", "interval(6)"),
        ("cidr", "inet"),
        ("bit varying(3)", "bit varying(4)"),
        ("character varying(50)", "character varying(20)"),
        ("integer", "bigint"),
        ("numeric(6,2)", "numeric(6,3)"),
    ],
)
def test_type_changes_that_are_said_to_leave_the_rows_alone_do(
    any_platform: Platform, old: str, new: str
) -> None:
    nodes = []
    any_platform.sql(f"create table public.changing (c {old})")
    for change in (None, f"alter table public.changing alter c type {new}"):
        if change is not None:
            any_platform.sql(change)
        nodes.append(any_platform.sql("select pg_relation_filenode('public.changing')"))
    any_platform.sql("drop table public.changing")
    assert (nodes[0] == nodes[1]) is stays(old, new)
