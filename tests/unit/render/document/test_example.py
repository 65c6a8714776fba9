"""The example project's report: its numbers are those of the report that the project grew out of, and where that was
wrong (15 indexes), ours are right (17)."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from supa_deploy.model import Check, Feature, MigrationState, Report, Verdict, Witness
from supa_deploy.outcome import Outcome

MakeReport = Callable[..., Report]
Told = Callable[[Report], dict[str, list[str]]]
_COMMENT = "The OpenAI Assistant thread of this session; survives page reloads."


@pytest.fixture
def pending(make_report: MakeReport, example: Feature, waiting: tuple[MigrationState, ...]) -> Report:
    """A report before anything is applied, no witness asked."""
    return make_report(command="report", feature=example, migrations=waiting[1:])


@pytest.fixture
def deployed_example(
    make_report: MakeReport,
    example: Feature,
    applied: tuple[MigrationState, ...],
    confirmed: tuple[Check, ...],
) -> Report:
    """The feature after its deploy, everything confirmed."""
    return make_report(
        feature=example,
        migrations=applied,
        applied=example.versions,
        checks=confirmed,
        target="project abcdefghijklmnopqrst",
    )


def test_four_files_are_pending_each_with_what_it_is_for(pending: Report, told: Told) -> None:
    rows = told(pending)["migrations"]
    assert rows[0] == "Migration files (4 pending)"
    assert rows[1] == "# | File | Description | Status"
    assert rows[2].startswith("1 | `20250118000001_create_ai_threads.sql` | Feature 008: persistent")
    assert all(row.endswith("| ⏳ pending") for row in rows[2:6])
    assert rows[6:] == ["Location: `supabase/migrations/`"]


def test_the_schema_grows_by_the_numbers_of_the_report(pending: Report, told: Told) -> None:
    rows = told(pending)["impact"]
    assert "Tables | 12 | 15 | +3" in rows
    assert any(row.startswith("Indexes |") and row.endswith("| +17") for row in rows)
    assert any(row.startswith("RLS policies |") and row.endswith("| +9") for row in rows)
    assert told(pending)["columns-added"] == [
        "Columns added to older tables: 2 in total",
        "`chat_sessions`: 1 column",
        "`optimizations`: 1 column",
    ]
    assert told(pending)["indexes-added"] == [
        "Indexes added: 17 in total",
        "`ai_threads`: 5 indexes",
        "`content_modifications`: 6 indexes",
        "`style_customization_history`: 4 indexes",
        "`chat_sessions`: 1 index",
        "`optimizations`: 1 index",
    ]
    assert told(pending)["policies-added"] == [
        "RLS policies added: 9 in total",
        "`ai_threads`: 4 policies",
        "`content_modifications`: 3 policies",
        "`style_customization_history`: 2 policies",
    ]


def test_each_new_table_is_told_as_in_the_report(pending: Report, told: Told) -> None:
    created = told(pending)
    assert created["created"][2] == "(diagram)"
    assert created["new-tables"][0] == "New tables (3)"
    threads = created["new-table-1"]
    assert threads[0] == "1. `ai_threads`"
    assert "`id` | `uuid` | PK | no | `gen_random_uuid()` | " in threads
    assert "`user_id` | `uuid` | FK → `auth.users.id` | no |  | " in threads
    assert (
        "`openai_thread_id` | `character varying(255)` | UNIQUE | no |  | The thread's id at OpenAI."
        in threads
    )
    assert any("one of `'active', 'archived', 'error'`" in line for line in threads)
    assert "Indexes: 5 (`user_id`, `optimization_id`, `session_id`, `openai_thread_id`, `status`)" in threads
    assert (
        "RLS policies: 4 (SELECT, INSERT, UPDATE, DELETE), for authenticated, all scoped to user_id; "
        "row-level security on" in threads
    )
    changes = created["new-table-2"]
    assert any("generated: `ats_score_after - ats_score_before`" in line for line in changes)
    assert any(line.startswith("Indexes: 6 (") for line in changes)
    assert any(line.startswith("RLS policies: 3 (SELECT, INSERT, UPDATE)") for line in changes)
    history = created["new-table-3"]
    assert any(line.startswith("Indexes: 4 (") for line in history)
    assert any(line.startswith("RLS policies: 2 (SELECT, INSERT)") for line in history)


def test_the_two_older_tables_are_told_with_what_they_gain(pending: Report, told: Told) -> None:
    altered = told(pending)
    assert altered["altered-tables"][0] == "Modified tables (2)"
    assert altered["altered-table-1"] == [
        "1. `chat_sessions`",
        "In `20250118000004_alter_existing_tables.sql`",
        "New or changed column: 1",
        "Indexes: 1 (`openai_thread_id`)",
        "Column | Type | Key | Null | Default | Notes",
        "`openai_thread_id` | `character varying(255)` | UNIQUE | yes |  | " + _COMMENT,
    ]
    assert "`ai_modification_count` | `integer` |  | yes | `0` | AI modifications made so far: " in "".join(
        altered["altered-table-2"]
    )


def test_what_nobody_saw_is_said_by_the_files_alone(pending: Report, told: Told) -> None:
    lines = told(pending)["security"]
    assert (
        "✅ All 3 new tables have row-level security enabled: so say the files; nobody looked at the database."
        in lines
    )
    assert not any("confirmed" in line for line in lines + told(pending)["integrity"])


def test_what_a_witness_saw_is_confirmed(deployed_example: Report, told: Told) -> None:
    lines = told(deployed_example)["security"]
    assert (
        "✅ All 3 new tables have row-level security enabled: confirmed in the database by the catalog."
        in lines
    )
    said = "confirmed in the database by the catalog. By the files all scoped to user_id."
    assert f"✅ 9 policies (3 SELECT, 3 INSERT, 2 UPDATE, DELETE): {said}" in lines
    assert "✅ 12 foreign keys: 7 ON DELETE CASCADE and 5 ON DELETE SET NULL." in lines
    assert "  `auth.users (id)`: 3 keys (3 CASCADE)" in lines
    integrity = told(deployed_example)["integrity"]
    assert "✅ 7 check constraints: confirmed in the database by the catalog. In the files:" in integrity
    assert "  `content_modifications.score_change` = `ats_score_after - ats_score_before`" in integrity


def test_one_policy_that_the_database_lacks_is_no_proof(deployed_example: Report, told: Told) -> None:
    checks = tuple(
        replace(c, verdict=Verdict.MISSING)
        if c.object == "policy" and c.name.startswith("Users can add their own ai")
        else c
        for c in deployed_example.checks
    )
    lines = told(replace(deployed_example, checks=checks))["security"]
    assert any(
        line.startswith("❌ 9 policies")
        and "the database does not show it: Users can add their own ai_threads." in line
        for line in lines
    )


def test_the_state_is_the_reports_with_the_witness(deployed_example: Report, told: Told) -> None:
    lines = told(deployed_example)["state"]
    assert lines[1] == "Seen by the Data API and the catalog."
    assert "20250118000001_create_ai_threads" in lines
    parts = "11 columns, 3 foreign keys, 3 constraints, 5 indexes, 4 policies and RLS"
    assert f"✅ Table: ai_threads ({parts}) · the Data API and the catalog" in lines
    assert "✅ Column: chat_sessions.openai_thread_id · the Data API" in lines
    assert "Conclusion: Everything that the applied files promise was confirmed." in lines
    assert "Index: idx_ai_threads_status on ai_threads | ✅ confirmed | the catalog | 20250118000001" in lines


def test_pending_objects_are_missing_as_is_to_be_expected(
    pending: Report, confirmed: tuple[Check, ...], told: Told
) -> None:
    missing = tuple(replace(check, verdict=Verdict.MISSING, witness=Witness.POSTGREST) for check in confirmed)
    lines = told(replace(pending, checks=missing))["state"]
    for name in ("ai_threads", "content_modifications", "style_customization_history"):
        assert any(line.startswith(f"❌ Table: {name} (does not exist") for line in lines)
    assert any(
        line.startswith("❌ Column: chat_sessions.openai_thread_id (does not exist)") for line in lines
    )
    assert (
        "Conclusion: None of the migrations has been applied yet: that their objects do not exist is what is to be "
        "expected." in lines
    )
    summary = told(replace(pending, checks=missing))["summary"][1]
    assert "Of what pending files will make: 3 tables, 43 columns" in summary
    assert "; as is to be expected." in summary
    assert "Of what the files promise" not in summary
    assert "; some of it is there already." in told(replace(pending, checks=confirmed))["summary"][1]
    security = told(replace(pending, checks=missing))["security"]
    assert any("so say the files, which are not applied yet" in line for line in security)


def test_verification_counts_kinds_and_gives_a_query(deployed_example: Report, told: Told) -> None:
    lines = told(deployed_example)["verification"]
    assert "Object | Promised | Confirmed | Seen by" in lines
    assert "Table | 3 | 3 | the Data API" in lines
    assert "Index | 17 | 17 | the catalog" in lines
    assert "Policy | 9 | 9 | the catalog" in lines
    assert "      ('public', 'ai_threads', '11 columns, 5 indexes, 4 policies, RLS on')," in lines
    assert "Once all of it is applied, it returns 5 rows, each with `ok` = true." in lines


def test_the_summary_of_a_deploy(deployed_example: Report, told: Told) -> None:
    assert told(deployed_example)["summary"][1].startswith(
        "4 migrations were applied to project abcdefghijklmnopqrst: the migration history gained them in this run. "
        "1 migration was there before. Of what the files promise: 3 tables, 43 columns"
    )
    assert "✅ applied now" in told(deployed_example)["migrations"][2]


def test_everything_is_told_from_an_empty_project(
    make_report: MakeReport, everything: Feature, waiting: tuple[MigrationState, ...], told: Told
) -> None:
    report = make_report(Outcome.OK, "status", feature=everything, migrations=waiting)
    assert "Tables | 0 | 15 | +15" in told(report)["impact"]
    assert told(report)["migrations"][0] == "Migration files (1 applied, 4 pending)"
    assert "columns-added" not in told(report)
    assert told(report)["indexes-added"][0] == "Indexes added: 31 in total"
    assert "`optimizations`: 3 indexes" in told(report)["indexes-added"]
