"""The script of `bundle`, run as the Dashboard runs it (one simple query as the role postgres) and by psql, held
against the real CLI: the same rows, nothing pending afterwards, all or nothing, safe to run twice."""

import shutil
import subprocess
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from supa_deploy.platform.throwaway import Platform
from supa_deploy.shadow import sql

if TYPE_CHECKING:
    from pg8000.native import Connection

PSQL = shutil.which("psql")
needs_psql = pytest.mark.skipif(
    PSQL is None, reason="no psql on this machine: apt-get install postgresql-client"
)
FIRST, SECOND, THIRD = "20250101000000", "20250102000000", "20250103000000"
NASTY = {
    f"{FIRST}_a b'c$supa_deploy$.sql": (
        "-- first; of all\ncreate table a (id int primary key, b text default ':HOST \\q', c$d int);\n"
        "comment on table a is $supa_deploy$it's $sql$ text;$supa_deploy$;;\n;\n/* the /* end */ ; */"
    ),
    f"{SECOND}_crlf.sql": (
        "create function f(x int) returns int language plpgsql as $$\r\nbegin\r\n  -- ;\r\n  return x;\r\nend $$;\r\n"
        "create function g() returns int language sql begin atomic select 1; select case when true then 2 end; end;\r\n"
    ),
    f"{THIRD}_set.sql": (
        "select pg_catalog.set_config('search_path', '', false);\nset check_function_bodies = off;\n"
        'create table public."é \u202e;""\'t" (id int);\ncreate policy "p \' "" ;" on public.a using (true);\n'
        "alter table public.a enable row level security;\ncreate index a_b on public.a (b)"
    ),
    "20250104000000_path.sql": "create table in_public (id int references a); "
    "insert into a values (1, e'x\\'\\r', 2);",
    "20250105000000_.sql": "",
    "20250106000000_own.sql": "begin;\ninsert into a values (2);\nupdate a set b = 'z' where id = 2;\ncommit;\n-- x\n",
    "20250107000000_enum.sql": "create type mood as enum ('sad');\nalter type mood add value 'gl''ad';",
    "20250108000000_use.sql": "create table moods (m mood default 'gl''ad'); insert into moods values ('gl''ad');",
}


class _Project(Protocol):
    path: Path
    migrations: Path


def _write(project: _Project, files: dict[str, str]) -> None:
    for name, text in files.items():
        (project.migrations / name).write_bytes(text.encode())


class Dashboard:
    """The SQL editor: each run is one simple query, on a connection of its own, as postgres."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def connect(self) -> "Connection":
        where = sql.Socket(
            self._platform.folder,
            int(self._platform.database_url.rsplit(":", 1)[1].split("/")[0]),
            "postgres",
        )
        return sql.open_connection(where, "postgres")

    def run(self, text: str) -> list[list[Any]]:
        connection = self.connect()
        try:
            rows: list[list[Any]] = connection.run(text)
            return rows
        finally:
            connection.close()


@pytest.fixture
def dashboard(any_platform: Platform) -> Dashboard:
    """The SQL editor of the platform's project."""
    return Dashboard(any_platform)


def _rows(platform: Platform) -> list[list[Any]]:
    return platform.sql(
        "select version, name, statements from supabase_migrations.schema_migrations order by version"
    )


def _shape(platform: Platform) -> list[list[Any]]:
    """The history's table as it was made."""
    return platform.sql(
        "select a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, c.relowner::regrole::text, "
        "i.indisprimary, pg_get_indexdef(i.indexrelid) from pg_attribute a join pg_class c on c.oid = a.attrelid "
        "left join pg_index i on i.indrelid = c.oid "
        "where c.oid = 'supabase_migrations.schema_migrations'::regclass and a.attnum > 0 order by 1"
    )


def _script(runner: Any, *arguments: str) -> str:
    ran = runner("bundle", *arguments, linked=False)
    assert ran.exit_code == 0, ran.stderr + ran.stdout
    return str(ran.stdout)


def _marks(rows: Sequence[Sequence[Any]]) -> set[str]:
    return {row[2] for row in rows}


def _assert_nothing_is_pending(runner: Any) -> None:
    """`status` knows all and finds nothing edited; `supabase db push` has nothing to send."""
    status = runner("status", "--output", "json", linked=False).report
    assert [m["version"] for m in status["migrations"] if not (m["local"] and m["remote"])] == []
    assert [f for f in status["findings"] if f["rule"] == "edited-after-apply"] == []
    pushed = runner("deploy", "--yes", "--no-verify", "--no-diff", "--output", "json", linked=False)
    assert (pushed.outcome, pushed.report["applied"]) == ("up_to_date", [])


@pytest.mark.generations
def test_the_dashboard_leaves_what_the_cli_leaves(
    supa_deploy_by_url: Any, any_platform: Platform, dashboard: Dashboard, project: Any, cli_version: str
) -> None:
    files = dict(NASTY)
    if cli_version == "2.99.0":  # it cannot send these
        del files[f"{SECOND}_crlf.sql"], files["20250104000000_path.sql"], files["20250105000000_.sql"]
    _write(project, files)
    text = _script(supa_deploy_by_url, "--for", "dashboard")
    seen = dashboard.run(text)
    assert _marks(seen) == {"✅"}, seen
    by_script, shape = _rows(any_platform), _shape(any_platform)
    tables = any_platform.sql(
        "select relname from pg_class where relnamespace = 'public'::regnamespace order by 1"
    )
    _assert_nothing_is_pending(supa_deploy_by_url)
    assert _marks(dashboard.run(text)) == {"✅"}  # twice is once
    assert _rows(any_platform) == by_script
    assert any_platform.sql("select id, b from public.a where id = 2") == [[2, "z"]]

    any_platform.reset()
    pushed = supa_deploy_by_url(
        "deploy", "--yes", "--no-verify", "--no-diff", "--output", "json", linked=False
    )
    assert pushed.outcome == "ok", pushed.stderr
    assert (_rows(any_platform), _shape(any_platform)) == (by_script, shape)
    assert (
        any_platform.sql(
            "select relname from pg_class where relnamespace = 'public'::regnamespace order by 1"
        )
        == tables
    )
    assert "nothing pending" in supa_deploy_by_url("bundle", "--for", "psql", linked=False).stdout


def test_without_any_database_after_a_part_was_pushed(
    supa_deploy_by_url: Any, any_platform: Platform, dashboard: Dashboard, project: Any, tmp_path: Path
) -> None:
    _write(project, dict(list(NASTY.items())[:2]))
    assert supa_deploy_by_url("deploy", "--yes", "--no-verify", "--no-diff", linked=False).exit_code == 0
    before = _rows(any_platform)
    _write(project, NASTY)
    nothing = dict.fromkeys(any_platform.environ(linked=False)) | {"SUPA_DEPLOY_SUPABASE_BIN": None}
    file = tmp_path / "all.sql"
    ran = supa_deploy_by_url(
        "bundle", "--for", "dashboard", "--all", str(file), "--output", "json", linked=False, env=nothing
    )
    made = ran.report["bundle"]
    assert (ran.exit_code, made["file"], made["sql"], made["for"]) == (0, str(file), None, "dashboard")
    assert made["versions"] == [name.split("_")[0] for name in NASTY]
    assert _marks(dashboard.run(file.read_text("utf-8"))) == {"✅"}
    assert _rows(any_platform)[:2] == before
    _assert_nothing_is_pending(supa_deploy_by_url)
    since = _script(supa_deploy_by_url, "--for", "dashboard", "--since", "20250107000000")
    assert (since.count("if exists (select from supabase_migrations"), _marks(dashboard.run(since))) == (
        2,
        {"✅"},
    )


def test_a_history_of_versions_alone_gets_its_columns(
    supa_deploy_by_url: Any, any_platform: Platform, dashboard: Dashboard, project: Any
) -> None:
    project.write(f"{FIRST}_a.sql", "create table a (id int);")
    project.write(f"{SECOND}_b.sql", "create table b (id int);")
    any_platform.sql("create schema supabase_migrations authorization postgres")
    any_platform.sql(
        "set role postgres; create table supabase_migrations.schema_migrations (version text primary key);"
        "insert into supabase_migrations.schema_migrations values ('20250101000000'); create table a (id int);"
    )
    assert _marks(dashboard.run(_script(supa_deploy_by_url, "--for", "dashboard", "--all"))) == {"✅"}
    assert _rows(any_platform) == [[FIRST, None, None], [SECOND, "b", ["create table b (id int)"]]]


def test_a_linked_project_s_script_names_its_editor(
    supa_deploy: Any, dashboard: Dashboard, project: Any
) -> None:
    version = project.write_notes()
    ran = supa_deploy("bundle", "--for", "dashboard", "--output", "json")
    made = ran.report["bundle"]
    assert made["versions"] == [version]
    assert made["url"] == f"{supa_deploy.platform.api_url}/project/{supa_deploy.platform.ref}/sql/new"
    assert made["url"] in made["sql"]
    assert _marks(dashboard.run(made["sql"])) == {"✅"}
    assert supa_deploy("verify", "--output", "json").outcome == "ok"
    again = supa_deploy("bundle", "--for", "dashboard", "--output", "json")
    assert (again.outcome, again.report["bundle"]) == ("up_to_date", None)


def test_a_failing_file_leaves_nothing(
    supa_deploy_by_url: Any, any_platform: Platform, dashboard: Dashboard, project: Any
) -> None:
    project.write(f"{FIRST}_a.sql", "create table a (id int);")
    project.write(f"{SECOND}_b.sql", "create table b (id int);\ninsert into a values ('no number');")
    project.write(f"{THIRD}_c.sql", "create table c (id int);")
    text = _script(supa_deploy_by_url, "--for", "dashboard")
    connection = dashboard.connect()
    with pytest.raises(sql.failures(), match="no number"):
        connection.run(text)
    assert connection.run("select 1") == [[1]]  # no transaction was left open
    connection.close()
    assert any_platform.sql(
        "select to_regclass('public.a'), to_regclass('supabase_migrations.schema_migrations')"
    ) == [[None, None]]
    project.write(f"{SECOND}_b.sql", "create table b (id int);")
    assert _marks(dashboard.run(_script(supa_deploy_by_url, "--for", "dashboard"))) == {"✅"}


def test_two_runs_at_once_do_it_once(
    supa_deploy_by_url: Any, any_platform: Platform, dashboard: Dashboard, project: Any, gate: Any
) -> None:
    project.write(f"{FIRST}_a.sql", f"create table a (id int);\ninsert into a values (1);\n{gate.statement}")
    text = _script(supa_deploy_by_url, "--for", "dashboard")
    seen: list[list[list[Any]]] = []
    runs = [threading.Thread(target=lambda: seen.append(dashboard.run(text))) for _ in range(2)]
    for run in runs:
        run.start()
    gate.wait_for(1)
    gate.open()
    for run in runs:
        run.join(60)
    assert [_marks(rows) for rows in seen] == [{"✅"}, {"✅"}]
    assert any_platform.sql("select id from a") == [[1]]
    assert [row[0] for row in _rows(any_platform)] == [FIRST]


def test_a_deploy_beside_a_script_changes_nothing_and_confirms(
    supa_deploy_by_url: Any, any_platform: Platform, dashboard: Dashboard, project: Any, gate: Any
) -> None:
    project.write(f"{FIRST}_a.sql", "create table a (id int);")
    dashboard.run(_script(supa_deploy_by_url, "--for", "dashboard"))
    project.write(f"{SECOND}_b.sql", "\n".join(("insert into a values (1);", gate.statement)))
    text = _script(supa_deploy_by_url, "--for", "dashboard")
    script = threading.Thread(target=lambda: dashboard.run(text))
    script.start()
    gate.wait_for(1)
    beside = supa_deploy_by_url.start(
        "deploy", "--yes", "--no-verify", "--no-diff", "--output", "json", linked=False
    )
    gate.wait_for(2)
    gate.open()
    script.join(60)
    ran = beside.finish(60)
    assert (ran.outcome, ran.report["applied"]) == ("ok", [SECOND]), ran.stderr
    assert any("Another deploy" in notice for notice in ran.report["notices"])
    assert any_platform.sql("select id from a") == [[1]]


def test_what_is_not_there_is_said(
    supa_deploy_by_url: Any, any_platform: Platform, dashboard: Dashboard, project: Any
) -> None:
    project.copy_example()
    text = _script(supa_deploy_by_url, "--for", "dashboard")
    total = len(dashboard.run(text))
    for damage in (
        'drop policy "Users can read their own ai_threads" on public.ai_threads',
        "drop index public.idx_content_modifications_user_id",
        "alter table public.style_customization_history disable row level security",
        "alter table public.chat_sessions drop column openai_thread_id",
        "drop trigger if exists set_updated_at on public.profiles",
        "delete from supabase_migrations.schema_migrations where version = '20250118000003'",
    ):
        any_platform.sql(damage)
    query = text[text.index("-- What is there now") :]
    seen = dashboard.run(query)
    wrong = [row[1] for row in seen[1:] if row[2] != "✅"]
    assert len(seen) == total
    assert seen[0][1:] == [f"{total - 1 - len(wrong)} of {total - 1} as they should be", "❌"]
    assert [row[1] for row in seen[1 : len(wrong) + 1]] == wrong  # they come first
    assert {
        "history 20250118000003",
        "policy Users can read their own ai_threads on public.ai_threads",
        "index idx_content_modifications_user_id on public.content_modifications",
        "row-level security on public.style_customization_history",
        "column public.chat_sessions.openai_thread_id",
    } <= set(wrong)


def test_what_is_dropped_is_looked_for(
    supa_deploy_by_url: Any, any_platform: Platform, dashboard: Dashboard, project: Any
) -> None:
    project.write(
        f"{FIRST}_made.sql",
        "create table a (id int, c int, constraint k check (id > 0));\ncreate index i on a (id);\n"
        "create policy p on a using (true);\ncreate table a2 (id int primary key);\n"
        "alter table a add column d int references a2;\n"
        "create function g(x int) returns int language sql as 'select 1';\ncreate view v as select 1 as one;\n"
        "create type ty as enum ('a');\ncreate publication pub for table a;\ncreate table b (id int);",
    )
    project.write(
        f"{SECOND}_gone.sql",
        "drop index i; drop policy p on a; alter table a drop column c; alter table a drop constraint a_d_fkey;\n"
        "alter table a drop constraint k; drop function g(int); drop view v; drop type ty; drop table b;\n"
        "alter publication pub drop table a;",
    )
    text = _script(supa_deploy_by_url, "--for", "dashboard")
    seen = dashboard.run(text)
    gone = [row[1] for row in seen if row[1].startswith("no ")]
    assert (_marks(seen), len(gone)) == ({"✅"}, 10)
    any_platform.sql(
        "create view v as select 1 as one; create table b (id int); create type ty as enum ('a');"
        "alter table a add c int; alter table a add constraint k check (true);"
        "alter table a add constraint a_d_fkey foreign key (d) references a2;"
        "create index i on a (id); create policy p on a using (true); alter publication pub add table a;"
        "create function g(x text) returns int language sql as 'select 1'"
    )
    after = dashboard.run(text[text.index("-- What is there now") :])
    assert sorted(row[1] for row in after if row[2] == "❌" and row[0] != "all") == sorted(
        line for line in gone if line != "no function public.g"
    )
    assert [row[1] for row in after if row[2] == "❔"] == ["no function public.g"]


def test_constraints_that_wait_for_the_end_get_their_own_transactions(
    supa_deploy_by_url: Any, any_platform: Platform, dashboard: Dashboard, project: Any
) -> None:
    project.write(
        f"{FIRST}_a.sql",
        "create table a (id int primary key);\n"
        "create table b (a int references a deferrable initially deferred);\n"
        "insert into b values (1); insert into a values (1);",
    )
    project.write(
        f"{SECOND}_b.sql",
        "alter table b add column c int; insert into b values (2); insert into a values (2);",
    )
    project.write(f"{THIRD}_c.sql", "insert into b values (3);")
    text = _script(supa_deploy_by_url, "--for", "dashboard")
    with pytest.raises(sql.failures(), match="b_a_fkey"):
        dashboard.run(text)
    assert [row[0] for row in _rows(any_platform)] == [FIRST, SECOND]
    assert any_platform.sql("select count(*) from b") == [[2]]


@pytest.fixture
def psql(any_platform: Platform, tmp_path: Path) -> Callable[[str], subprocess.CompletedProcess[str]]:
    """Runs a script with the real psql."""

    def run(text: str) -> subprocess.CompletedProcess[str]:
        file = tmp_path / "script.sql"
        file.write_bytes(text.encode())
        return subprocess.run(
            [str(PSQL), any_platform.database_url, "-X", "-A", "-t", "-f", str(file)],
            env={
                "PGPASSWORD": any_platform.credentials.database_password,
                "LC_ALL": "C",
                "PGSSLMODE": "disable",
            },
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )

    return run


ALONE = {
    "20250109000000_alone.sql": "create index concurrently a_c on a (c$d);\nvacuum a;\n-- :HOST \\q\n",
    "20250110000000_into.sql": "select 1 as one, '\\:HOST'::text as two into made;\n",
    "20250110000001_serial.sql": "set transaction isolation level serializable;\ncreate table serial_one (id int);",
    "20250110000002_wide.sql": "reindex schema public;",
    "20250110000003_discard.sql": "discard all;",
    "20250111000000_last.sql": "create table last_one (id int);",
}


@needs_psql
def test_psql_leaves_what_the_cli_leaves(
    supa_deploy_by_url: Any,
    any_platform: Platform,
    project: Any,
    psql: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    _write(project, NASTY | ALONE)
    text = _script(supa_deploy_by_url, "--for", "psql")
    for _ in range(2):
        ran = psql(text)
        assert (ran.returncode, "❌" in ran.stdout, "all|" in ran.stdout) == (0, False, True), ran.stderr
    by_script = _rows(any_platform)
    _assert_nothing_is_pending(supa_deploy_by_url)
    any_platform.reset()
    pushed = supa_deploy_by_url(
        "deploy", "--yes", "--no-verify", "--no-diff", "--output", "json", linked=False
    )
    assert pushed.outcome == "ok", pushed.stderr
    assert _rows(any_platform) == by_script


@needs_psql
def test_psql_stops_at_a_failure_and_goes_on_the_next_time(
    supa_deploy_by_url: Any,
    any_platform: Platform,
    project: Any,
    psql: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    project.write(f"{FIRST}_a.sql", "create table a (id int); insert into a values (1), (1);")
    project.write(
        f"{SECOND}_b.sql", "create unique index concurrently a_id on a (id);\ncreate table never ();"
    )
    project.write(f"{THIRD}_c.sql", "select 1 as x into c; select 1 / 0;")
    text = _script(supa_deploy_by_url, "--for", "psql")
    ran = psql(text)
    assert (ran.returncode, [row[0] for row in _rows(any_platform)]) == (3, [FIRST])
    assert any_platform.sql("select to_regclass('public.never')") == [[None]]
    any_platform.sql("drop index a_id; delete from a")
    assert (psql(text).returncode, [row[0] for row in _rows(any_platform)]) == (3, [FIRST, SECOND])
    assert any_platform.sql("select to_regclass('public.c')") == [[None]]


@needs_psql
def test_psql_refuses_a_second_run_beside_one_that_is_not_a_transaction(
    supa_deploy_by_url: Any,
    any_platform: Platform,
    project: Any,
    gate: Any,
    psql: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    project.write(f"{FIRST}_a.sql", f"create table a (id int); vacuum a; {gate.statement}")
    text = _script(supa_deploy_by_url, "--for", "psql")
    seen: list[int] = []
    first = threading.Thread(target=lambda: seen.append(psql(text).returncode))
    first.start()
    gate.wait_for(1)
    second = psql(text)
    gate.open()
    first.join(60)
    assert (seen, second.returncode) == ([0], 3)
    assert "Another run of such a script is at work" in second.stderr
    assert [row[0] for row in _rows(any_platform)] == [FIRST]


def test_the_parts_of_psql_s_script_without_psql(
    supa_deploy_by_url: Any, any_platform: Platform, dashboard: Dashboard, project: Any
) -> None:
    _write(project, NASTY)
    text = _script(supa_deploy_by_url, "--for", "psql")
    without = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("\\"))
    assert len(text) - len(without) == sum(
        len(line) for line in text.splitlines(keepends=True) if line.startswith(("\\set", "\\encoding"))
    )
    for part in without.split("\n\ndo ")[1:]:  # each DO block is a query of its own
        dashboard.run(f"do {part}")
    assert len(_rows(any_platform)) == len(NASTY)


def test_a_secret_in_a_file_goes_to_a_private_file_alone(
    supa_deploy_by_url: Any, any_platform: Platform, project: Any, tmp_path: Path
) -> None:
    password = any_platform.credentials.database_password
    project.write(f"{FIRST}_a.sql", f"comment on schema public is '{password}';")
    for output in ("text", "json"):
        ran = supa_deploy_by_url("bundle", "--for", "psql", "--output", output, linked=False)
        assert (ran.exit_code, password in ran.stdout + ran.stderr) == (2, False)
    file = tmp_path / "script.sql"
    ran = supa_deploy_by_url("bundle", "--for", "psql", str(file), linked=False)
    assert (ran.exit_code, password in ran.stdout + ran.stderr) == (0, False)
    assert "0600" in ran.stdout + ran.stderr
    assert password in file.read_text("utf-8")
    assert file.stat().st_mode & 0o777 == 0o600
