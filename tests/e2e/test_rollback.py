"""Rollback with the real CLI: computed, told before it runs, schema and history together; rows are counted and kept.

The first test is the plan of the status report that began this project: drop three tables, two columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Project, Ran, Runner

    from supa_deploy.platform.throwaway import Platform

pytestmark = pytest.mark.scratch

DEPLOY = ("deploy", "--yes", "--no-verify", "--no-diff", "--output", "json")
ROLLBACK = ("rollback", "--output", "json")
BASELINE = "20250101000000"
FILES = [f"2025011800000{n}" for n in (1, 2, 3, 4)]
_ROWS = """
insert into auth.users (id) values (:u) on conflict do nothing;
insert into public.resumes (id, user_id, title) values (:u, :u, 'r') on conflict do nothing;
insert into public.optimizations (id, user_id, resume_id) values (:u, :u, :u) on conflict do nothing;
insert into public.chat_sessions (id, user_id, optimization_id) values (:u, :u, :u) on conflict do nothing
""".replace(":u", "'00000000-0000-0000-0000-000000000001'")
# What each file's rows are, and what of it a rollback has to count.
_INTO = {
    FILES[0]: """insert into public.ai_threads (user_id, openai_thread_id)
      select id, n from auth.users, generate_series(1, 3) n""",
    FILES[1]: """insert into public.content_modifications (user_id, optimization_id, operation, field_path)
      select id, id, 'insert', n::text from auth.users, generate_series(1, 5) n""",
    FILES[
        2
    ]: """insert into public.style_customization_history (user_id, optimization_id, customization_type, changes)
      select id, id, 'font', '{}' from auth.users, generate_series(1, 7) n""",
    FILES[3]: "update public.chat_sessions set openai_thread_id = 'thread'",
}
_LOST = {
    FILES[0]: {"ai_threads": 3},
    FILES[1]: {"content_modifications": 5},
    FILES[2]: {"style_customization_history": 7},
    FILES[3]: {"chat_sessions.openai_thread_id": 1, "optimizations.ai_modification_count": 1},
}


def said(ran: Ran) -> str:
    return ran.stdout + ran.stderr


def lost(ran: Ran) -> dict[str, int]:
    """What the document counts, by table or table.column (with the schema where it is not public)."""
    return {
        ".".join(
            part
            for part in (
                loss["schema"] if loss["schema"] != "public" else None,
                loss["table"],
                loss["column"],
            )
            if part
        ): loss["rows"]
        for loss in ran.report["rollback"]["losses"]
    }


def by_hand(platform: Platform, text: str) -> None:
    """As the project's owner: what the platform's own role makes is the platform's."""
    platform.sql(f"set role postgres; {text}")


def done(ran: Ran) -> dict[str, Any]:
    """The rollback of a run that ended well: compared and empty."""
    assert (ran.exit_code, ran.outcome) == (0, "ok"), said(ran)
    assert ran.report["drift"] == {**ran.report["drift"], "changes": [], "sql": ""}
    found: dict[str, Any] = ran.report["rollback"]
    assert found["done"]
    return found


def fill(supa_deploy: Runner, *versions: str) -> None:
    supa_deploy.platform.sql(";".join((_ROWS, *(_INTO[version] for version in versions))))


def test_all_four_files_of_the_example_at_once(supa_deploy: Runner, project: Project) -> None:
    project.copy_example()
    assert supa_deploy(*DEPLOY).exit_code == 0
    fill(supa_deploy, *FILES)

    dry = supa_deploy(*ROLLBACK, "--to", BASELINE)
    assert (dry.exit_code, dry.outcome) == (0, "ok"), said(dry)
    assert lost(dry) == {name: rows for version in FILES for name, rows in _LOST[version].items()}
    assert supa_deploy.recorded() == [BASELINE, *FILES]
    for word in ("ai_threads", "content_modifications", "style_customization_history"):
        assert f'DROP TABLE "public"."{word}"' in dry.report["rollback"]["sql"]
    for word in ("openai_thread_id", "ai_modification_count"):
        assert f'DROP COLUMN "{word}"' in dry.report["rollback"]["sql"]

    at_once = supa_deploy(*ROLLBACK, "--to", BASELINE, "--yes")
    assert done(at_once)["versions"] == FILES[::-1]
    assert lost(at_once) == lost(dry)
    assert supa_deploy.recorded() == [BASELINE]
    assert supa_deploy(*DEPLOY).report["applied"] == FILES


def test_each_file_of_the_example_alone(supa_deploy: Runner, project: Project) -> None:
    project.copy_example()
    assert supa_deploy(*DEPLOY, "--no-diff", "--no-verify").exit_code == 0
    fill(supa_deploy, *FILES)
    for position in (3, 2, 1, 0):
        alone = supa_deploy(*ROLLBACK, "--last", "1", "--yes")
        assert done(alone)["versions"] == [FILES[position]]
        assert lost(alone) == _LOST[FILES[position]]
        assert supa_deploy.recorded() == [BASELINE, *FILES[:position]]
    assert supa_deploy.platform.sql("select count(*) from public.chat_sessions") == [[1]]
    again = supa_deploy(*DEPLOY)
    assert again.report["applied"] == FILES, said(again)


_BASE = """
create type public.mood as enum ('calm', 'it''s');
create table public.notes (
  id bigint generated always as identity primary key, title text, mood public.mood not null default 'calm'
);
alter table public.notes enable row level security;
grant all on public.notes to service_role;
create view public.titles with (security_invoker = on) as select id, title from public.notes;
grant select on public.titles to service_role;
create table public.swapped (id int primary key);
alter table public.swapped enable row level security;
grant all on public.swapped to service_role;
"""
_RENAMES = """
alter table public.notes rename to papers;
alter table public.papers rename column title to "Cap""tion";
alter type public.mood rename to feeling;
alter type public.feeling rename value 'it''s' to 'other';
drop table public.swapped;
create table public.exchanged (id int primary key);
alter table public.exchanged enable row level security;
"""
_UNTOLD = """
create extension if not exists pg_trgm with schema extensions;
create schema app;
create table app."Odd ""name"".x'y" (id int primary key, "co""l'umn" text);
create index on app."Odd ""name"".x'y" using gin ("co""l'umn" extensions.gin_trgm_ops);
create publication mine for table public.notes;
alter publication supabase_realtime add table public.notes;
create statistics public.together on id, title from public.notes;
create function public.same(int, int) returns bool language sql immutable as 'select $1 = $2';
create operator public.=== (function = public.same, leftarg = int, rightarg = int);
create text search configuration public.words (copy = simple);
create collation public.plain (locale = 'C', provider = 'libc');
create materialized view public.counted as select count(*) from public.notes;
create table app.parts (day int not null, text text) partition by list (day);
create table app.part_1 partition of app.parts for values in (1);
create table app.part_2 partition of app.parts for values in (2);
"""


def test_renames_keep_rows_and_what_the_engine_passes_over_is_undone(
    supa_deploy: Runner, project: Project
) -> None:
    """By URL too: the password is the server's affair there."""
    platform = supa_deploy.platform
    project.write("20250101000000_base.sql", _BASE)
    assert supa_deploy(*DEPLOY).exit_code == 0
    by_hand(platform, "insert into notes (title, mood) select n, 'it''s' from generate_series(1, 9) n")
    renames = project.write("20250102000000_renames.sql", _RENAMES)
    assert supa_deploy(*DEPLOY).exit_code == 0
    by_hand(platform, "insert into exchanged values (1), (2)")
    back = supa_deploy(*ROLLBACK, "--last", "1", "--yes")
    done(back)
    assert lost(back) == {"exchanged": 2}
    assert platform.sql("select count(title) from public.notes where mood = 'it''s'") == [[9]]
    assert platform.sql("select count(*) from public.swapped") == [[0]]
    assert any("table swapped" in line for line in back.report["rollback"]["cannot_restore"])

    renames.unlink()
    project.write("20250103000000_untold.sql", _UNTOLD)
    assert supa_deploy(*DEPLOY, linked=False).exit_code == 0
    by_hand(platform, "insert into app.parts values (1, 'a'), (2, 'b'), (2, 'c')")
    by_hand(platform, """insert into app."Odd ""name"".x'y" values (1, 'x')""")
    undone = supa_deploy(*ROLLBACK, "--last", "1", "--yes", linked=False)
    done(undone)
    assert lost(undone) == {"app.parts": 3, 'app.Odd "name".x\'y': 1}
    assert supa_deploy.recorded() == ["20250101000000"]
