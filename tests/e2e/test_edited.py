"""Edited after it was applied, on real rows: files of many styles pushed by each CLI generation are no edit, and an
edit of each is found."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

from supa_deploy.clock import Deadline, Interrupt
from supa_deploy.edited import find_edited
from supa_deploy.migrations import discover, parse_all
from supa_deploy.platform.throwaway import Platform
from supa_deploy.settings import Flags, Settings, load
from supa_deploy.supabase import PushOptions, RepairStatus, Supabase

if TYPE_CHECKING:
    from collections.abc import Iterator

# name: what is pushed, what it is edited into (text replaced by text)
STYLES: Mapping[str, tuple[str, str, str]] = {
    "plain": ("create table a (id int);\ncreate table b (id int);\n", "b (id int)", "b (id bigint)"),
    "comments": (
        "-- leading\n/* a /* nested ; */ ; */\ncreate table c (id int); -- trailing ; here\n\n-- at the end\n",
        "table c",
        "table cc",
    ),
    "dollars": (
        (
            "create function f() returns int language plpgsql as $$ begin\n -- a ; comment\n return 1; end $$;\n"
            "do $do$ begin perform 1; end $do$;\n"
            "create function g() returns text language sql as $q$ select 'it''s; $$ x' $q$\n"
        ),
        "return 1",
        "return 2",
    ),
    "strings": (
        (
            "insert into a select 1 where 'a;b' = U&'\\0061;' or 'it''s; ok' = E'\\\\' or 'back\\slash;' = 'x';\n"
            "select 1 as \"se;mi\", ';'  ;\n"
        ),
        "'it''s; ok'",
        "'it''s;ok'",
    ),
    "crlf": (
        "create table d (\r\n id int\r\n);\r\ncreate function h() returns int language sql as $$\r\nselect 1\r\n$$;",
        "select 1",
        "select 7",
    ),
    "bom": ("\ufeffcreate table e (id int);", "id int", "id text"),
    "empty": ("", "", "select 1;"),
    "comments_alone": ("-- nothing\n/* at all */\n", "-- nothing", "select 1;"),
    "atomic": (
        (
            "create function k(a int) returns int language sql begin atomic\n"
            " select a; select case when a > 1 then 1 else 2 end; end;\nselect 1;;\n;select 2;"
        ),
        "then 1",
        "then 3",
    ),
    "concurrently": ("create index concurrently a_id on a (id);", "(id)", "(id desc)"),
    "types": (
        (
            "create type mood as enum ('a;', 'b');\nalter table a add column m mood default 'a;';\n"
            "comment on table a is 'x -- y /* z */';\n"
        ),
        "-- y",
        "-- yy",
    ),
    "no_semicolon": ("create table y (id int);\n\ncreate table z (id int)\n  \n\t", "table z", "table zz"),
    "characters": ("select 'tab\there é ü 漢 & < > ]]> \x01 \"q\" \\n';\nselect '\r\nx';\n", "漢", "字"),
    "transaction": ("begin;\ncreate table zz (id int);\ncommit;\n", "zz (", "zzz ("),
}
_REFUSED = {"2.99.0": {"bom", "atomic"}}  # what a generation cannot push at all
_UNRECORDED = {"2.99.0": {"empty"}}  # and where it leaves NULL instead of a record


class _Open(Protocol):
    def __call__(self, *, linked: bool) -> Supabase:
        """The CLI about the platform's project, or about its database by URL."""


@pytest.fixture
def open_cli(platform: Platform, cli: Path, private_home: Path, tmp_path: Path) -> "Iterator[_Open]":
    """Opens the CLI about a project folder; it is closed with the test."""
    (tmp_path / "supabase" / "migrations").mkdir(parents=True)
    opened: list[Supabase] = []

    def start(*, linked: bool) -> Supabase:
        environ = {"PATH": os.environ["PATH"], "HOME": str(private_home), **platform.environ(linked=linked)}
        settings: Settings = load(Flags(workdir=tmp_path, supabase_bin=cli), environ)
        opened.append(Supabase.open(settings, Deadline.after(120), Interrupt()))
        return opened[-1]

    yield start
    for supabase in opened:
        supabase.close()


def _write(folder: Path, name: str, text: str) -> None:
    (folder / name).write_bytes(text.encode())


def _findings(workdir: Path, recorded: Mapping[str, tuple[str, ...]]) -> list[str]:
    found = find_edited(parse_all(discover(workdir).migrations).scripts, recorded)
    return [finding.file.removeprefix("supabase/migrations/")[:14] for finding in found]


@pytest.mark.generations
def test_what_was_pushed_is_not_edited_and_each_edit_is_found(
    open_cli: _Open, tmp_path: Path, cli_version: str
) -> None:
    folder = tmp_path / "supabase" / "migrations"
    styles = {name: style for name, style in STYLES.items() if name not in _REFUSED.get(cli_version, ())}
    numbered = enumerate(styles.items(), 20250101000000)
    files = {f"{version}_{name}.sql": style for version, (name, style) in numbered}
    left_out = _UNRECORDED.get(cli_version, set())
    versions = [name[:14] for name in files if name[15:-4] not in left_out]
    supabase = open_cli(linked=True)
    assert dict(supabase.begin_statements().result()) == {}
    for name, (text, _, _) in files.items():
        _write(folder, name, text)
    pushed = supabase.push(PushOptions())
    assert pushed.failure is None, pushed.failure
    recorded = supabase.begin_statements().result()
    assert sorted(recorded) == versions
    assert _findings(tmp_path, recorded) == []

    for name, (text, before, after) in files.items():
        _write(folder, name, text.replace(before, after) if before else after)
    assert _findings(tmp_path, recorded) == versions


@pytest.mark.generations("3.1.0", "2.99.0")
def test_a_baselined_file_is_not_edited(open_cli: _Open, tmp_path: Path, cli_version: str) -> None:
    folder = tmp_path / "supabase" / "migrations"
    _write(folder, "20250101000000_remote_schema.sql", STYLES["dollars"][0])
    _write(folder, "20250102000000_empty.sql", "")
    supabase = open_cli(linked=False)
    versions = ("20250101000000", "20250102000000")
    repaired = supabase.begin_repair(versions, RepairStatus.APPLIED).result()
    assert (repaired.versions, repaired.failure) == (versions, None)
    recorded = supabase.begin_statements().result()
    assert sorted(recorded) == list(versions[:1] if cli_version in _UNRECORDED else versions)
    assert _findings(tmp_path, recorded) == []


def test_a_history_without_statements_says_nothing(
    open_cli: _Open, platform: Platform, tmp_path: Path
) -> None:
    _write(tmp_path / "supabase" / "migrations", "20250101000000_a.sql", "select 1;")
    platform.sql("create schema supabase_migrations authorization postgres")
    platform.sql("create table supabase_migrations.schema_migrations (version text primary key)")
    platform.sql("grant select on supabase_migrations.schema_migrations to postgres")
    platform.sql("insert into supabase_migrations.schema_migrations values ('20250101000000')")
    assert dict(open_cli(linked=False).begin_statements().result()) == {}
    platform.sql("alter table supabase_migrations.schema_migrations add statements text[]")
    assert dict(open_cli(linked=False).begin_statements().result()) == {}


def test_megabytes_of_statements_come_whole_while_another_call_is_waited_for(
    open_cli: _Open, platform: Platform, tmp_path: Path
) -> None:
    platform.sql("create schema supabase_migrations authorization postgres")
    platform.sql(
        "create table supabase_migrations.schema_migrations as select (20250101000000 + n)::text as version, "
        "array[repeat('é<&\"' || n, 20000)] as statements from generate_series(1, 200) as n"
    )
    platform.sql("grant select on supabase_migrations.schema_migrations to postgres")
    supabase = open_cli(linked=False)
    big = supabase.begin_statements()
    assert supabase.query("select 1 as one") == ({"one": 1},)
    recorded = big.result()
    assert len(recorded) == 200
    assert all(
        len(texts[0]) == 20000 * (4 + len(str(int(v) - 20250101000000))) for v, texts in recorded.items()
    )
