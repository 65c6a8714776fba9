"""The catalog on a real database: what is done by hand is named, what is not touched is not, whoever asks."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from supa_deploy.catalog import Catalog, Key, Kind, catalog_query, differences, read_catalog, sentence
from supa_deploy.shadow import sql
from supa_deploy.shadow.postgres import SUPERUSER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pg8000.native import Connection
    from tests.e2e.conftest import Runner

    from supa_deploy.platform.throwaway import Platform

QUERY = catalog_query(["public", "auth", "storage", "realtime"])
BASE, *CASES = (
    part.strip()
    for part in (Path(__file__).parent / "catalog_cases.sql").read_text("utf-8").split("\n\n")
    if not part.startswith("-- ")
)


def connect(platform: Platform, user: str = SUPERUSER) -> sql.Socket:
    port = urlsplit(platform.database_url).port
    assert port is not None
    return sql.Socket(platform.folder, port, user)


@pytest.fixture
def database(any_platform: Platform) -> Iterator[Connection]:
    """A session on a fresh project that holds what the cases start from."""
    with sql.connected(connect(any_platform)) as connection:
        connection.run(f"set role postgres; {BASE} reset role")
        yield connection


def read(connection: Connection) -> Catalog:
    rows = connection.run(QUERY)
    assert rows is not None
    return read_catalog(({"catalog": rows[0][0]},))


def said(expected: Catalog, found: Catalog) -> tuple[list[str], int]:
    told = differences(expected, found)
    assert told.left_out == sum(told.reasons.values())
    return [sentence(change) for change in told.changes], told.left_out


def test_every_kind_of_change_by_hand_is_named(database: Connection) -> None:
    before = read(database)
    wrong = {}
    for case in CASES:
        lines = case.splitlines()
        expected = [line.removeprefix("--> ") for line in lines if line.startswith("--> ")]
        left_out = next((int(line.removeprefix("--# ")) for line in lines if line.startswith("--# ")), 0)
        database.run(f"begin; set local role postgres; {case}")
        answer = said(before, read(database))
        database.run("rollback")
        if answer != (expected, left_out):
            wrong[case] = answer
    assert wrong == {}
    assert len(CASES) >= 100


def test_an_index_that_a_failed_build_left_behind_is_invalid(database: Connection) -> None:
    database.run("insert into public.drafts values (1), (1)")
    before = read(database)
    with pytest.raises(Exception, match="could not create unique index"):
        database.run("create unique index concurrently drafts_id on public.drafts (id)")
    broken = read(database)
    built = "CREATE UNIQUE INDEX drafts_id ON public.drafts USING btree (id)"
    assert said(before, broken)[0] == [f"index drafts_id on public.drafts added: {built}, INVALID"]
    database.run("delete from public.drafts; reindex table public.drafts")
    assert said(read(database), broken)[0] == ["index drafts_id on public.drafts changed: is INVALID"]


def test_rows_statistics_and_sequences_at_work_are_no_difference(database: Connection) -> None:
    before = read(database)
    database.run("""
        insert into auth.users (id) select gen_random_uuid() from generate_series(1, 3);
        insert into public.authors select id, 'somebody' from auth.users;
        insert into public.notes (author, title) select id, id::text from auth.users;
        insert into storage.buckets (id, name) values ('avatars', 'avatars');
        insert into storage.objects (bucket_id, name) values ('avatars', 'a.png');
        refresh materialized view public.tally;
        create temporary table aside (id integer);
        select nextval('public.tickets')""")
    database.run("vacuum analyze public.notes")
    assert said(before, read(database)) == ([], 0)


def test_a_session_s_settings_and_role_change_nothing(database: Connection, any_platform: Platform) -> None:
    database.run("""
        set role postgres;
        create table public.odd (at timestamptz default '2026-01-01 00:00:00+00', every interval default '1 day 2:00');
        reset role""")
    before = read(database)
    database.run("set timezone = 'Asia/Tokyo'; set datestyle = 'German'; set intervalstyle = 'iso_8601'")
    database.run("set search_path = public, storage; set quote_all_identifiers = on")
    assert said(before, read(database)) == ([], 0)
    assert database.run("show search_path") == [["public, storage"]]
    with sql.connected(connect(any_platform, "supabase_read_only_user")) as reader:
        reader.run("set default_transaction_read_only = on")
        assert read(reader).entries == before.entries


def test_a_project_with_the_old_default_grants_has_no_drift(
    database: Connection, start_platform: Callable[..., Platform]
) -> None:
    older = start_platform(linked=False, legacy_grants=True)
    with sql.connected(connect(older)) as connection:
        connection.run(f"set role postgres; {BASE} reset role")
        changes, left_out = said(read(database), read(connection))
        assert (changes, left_out > 0) == ([], True)
        # A role of the platform's may have what it wants; one that has less than the default has it by hand.
        connection.run("set role postgres; grant select on public.notes to dashboard_user, authenticator")
        connection.run("revoke select on public.notes from anon; reset role")
        changes, _ = said(read(database), read(connection))
        assert changes == ["grant on public.notes to anon changed: DELETE, INSERT, UPDATE added"]


@pytest.mark.generations
def test_every_cli_carries_the_query(
    supa_deploy_by_url: Runner, any_platform: Platform, cli_version: str
) -> None:
    with sql.connected(connect(any_platform)) as connection:
        connection.run(f"set role postgres; {BASE} reset role")
        direct = read(connection)
    url = any_platform.database_url
    target = [f"--remote={url}", "--read-only"] if cli_version.startswith("3.") else ["--db-url", url]
    environment = supa_deploy_by_url.environment(
        linked=False, env={"PGSSLMODE": "require", "SUPABASE_TELEMETRY_DISABLED": "1", "CI": "true"}
    )
    ran = subprocess.run(
        [supa_deploy_by_url.cli, "db", "query", QUERY, *target, "--output-format", "json", "--agent", "no"],
        env=environment,
        cwd=supa_deploy_by_url.project.path,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr
    carried = read_catalog(json.loads(ran.stdout))
    assert carried.entries == direct.entries
    assert carried.server_version == direct.server_version
    assert (
        carried.entries[Key(Kind.COLUMN, "public", "title", "notes")].facts["type"] == "character varying(80)"
    )
