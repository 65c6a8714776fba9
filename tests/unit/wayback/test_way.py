"""The pieces of a way back, and the files that go it."""

from pathlib import Path

from supa_deploy.migrations import DownFile, Migration
from supa_deploy.planning import ROLLBACK_MARKER
from supa_deploy.wayback.target import Way
from supa_deploy.wayback.way import files_of, segments


def migration(version: str) -> Migration:
    return Migration(version, "x", f"supabase/migrations/{version}_x.sql", Path(f"{version}_x.sql"))


ONE, TWO, THREE, FOUR = map(migration, "1234")
WAY = Way("1", (ONE,), (FOUR, THREE, TWO))


def by_hand(version: str) -> DownFile:
    return DownFile(version, f"{version}_x.down.sql", Path(f"{version}_x.down.sql"))


def test_what_is_computed_goes_as_far_as_the_next_file_by_hand() -> None:
    three = by_hand("3")
    assert list(segments(WAY, {})) == [(None, "1")]
    assert list(segments(WAY, {"3": three})) == [(None, "3"), (three, "2"), (None, "1")]
    assert list(segments(WAY, {"1": by_hand("1")})) == [(None, "1")]


def test_schema_and_history_change_in_one_file() -> None:
    *known, (name, content) = files_of(WAY, "drop table a;", "do $$ guard $$;")
    assert known == [(f"{version}_applied.sql", b"") for version in "1234"]
    assert name.startswith(ROLLBACK_MARKER)
    patience, guard, sql, forget = content.decode().split("\n\n")
    assert "lock_timeout" in patience
    assert (guard, sql) == ("do $$ guard $$;", "drop table a;")
    assert forget == "delete from supabase_migrations.schema_migrations where version in ('4', '3', '2');"
