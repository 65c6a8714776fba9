"""Reports as the stories make them, for every renderer."""

from collections.abc import Callable

import pytest

from supa_deploy.model import (
    Change,
    ChangeKind,
    Check,
    Drift,
    Failure,
    Loss,
    MigrationState,
    ObjectKind,
    PendingMigration,
    Report,
    Rollback,
    Step,
    StepStatus,
    Verdict,
    Witness,
)
from supa_deploy.outcome import Outcome

MakeReport = Callable[..., Report]
MakeCheck = Callable[..., Check]

THREADS = "20250118000001"
ALTERS = "20250118000004"


@pytest.fixture
def make_report() -> MakeReport:
    """A report with the fields every run has; the rest by keyword."""

    def make(outcome: Outcome = Outcome.OK, command: str = "deploy", **fields: object) -> Report:
        values: dict[str, object] = {
            "tool_version": "0.1.0",
            "started_at": "2026-11-22T12:00:00.000Z",
            "seconds": 2.41,
            **fields,
        }
        return Report(command=command, outcome=outcome, **values)  # type: ignore[arg-type]  # fields by name

    return make


@pytest.fixture
def make_check() -> MakeCheck:
    """A check from the words that matter: kind, name, and what was seen."""

    def make(
        kind: str,
        name: str,
        verdict: str = "confirmed",
        *,
        table: str | None = None,
        migration: str = THREADS,
        schema: str = "public",
        detail: str | None = None,
    ) -> Check:
        seen = verdict not in {"not_checkable", "not_visible"}
        return Check(
            object=ObjectKind(kind),
            schema=schema,
            name=name,
            column=name if kind == "column" else None,
            migration=migration,
            verdict=Verdict(verdict),
            witness=Witness.POSTGREST if seen else Witness.NONE,
            detail=detail,
            table=table,
        )

    return make


@pytest.fixture
def confirmed_checks(make_check: MakeCheck) -> tuple[Check, ...]:
    """A new table with two columns, a key, a policy, an index and RLS; and a column on an older table."""
    return (
        make_check("table", "ai_threads"),
        make_check("column", "id", table="ai_threads"),
        make_check("column", "session_id", table="ai_threads"),
        make_check("foreign_key", "ai_threads_session_id_fkey", table="ai_threads"),
        make_check("index", "idx_ai_threads_status", "not_checkable", table="ai_threads"),
        make_check("rls", "ai_threads", "not_checkable", table="ai_threads"),
        make_check("policy", "Users can read their own", "not_checkable", table="ai_threads"),
        make_check("policy", "Users can add their own", "not_checkable", table="ai_threads"),
        make_check("column", "openai_thread_id", table="chat_sessions", migration=ALTERS),
        make_check("index", "idx_chat_sessions_x", "not_checkable", table="chat_sessions", migration=ALTERS),
    )


@pytest.fixture
def two_pending() -> tuple[PendingMigration, ...]:
    """The two files that `confirmed_checks` came from."""
    return (
        PendingMigration(
            THREADS,
            "create_ai_threads",
            f"supabase/migrations/{THREADS}_create_ai_threads.sql",
            words=("creates table ai_threads: 2 columns, 1 index, 2 policies, RLS",),
        ),
        PendingMigration(
            ALTERS,
            "alter_existing_tables",
            f"supabase/migrations/{ALTERS}_alter_existing_tables.sql",
            words=("adds column chat_sessions.openai_thread_id (varchar(255), unique)", "creates 1 index"),
        ),
    )


@pytest.fixture
def two_states(two_pending: tuple[PendingMigration, ...]) -> tuple[MigrationState, ...]:
    """The baseline applied, the two files pending, and one version that only the remote has."""
    pending = tuple(
        MigrationState(m.version, m.name, m.file, local=True, remote=False, words=m.words)
        for m in two_pending
    )
    baseline = MigrationState(
        "20250101000000",
        "baseline",
        "supabase/migrations/20250101000000_baseline.sql",
        local=True,
        remote=True,
    )
    return (baseline, *pending, MigrationState("20250120000000", None, None, local=False, remote=True))


@pytest.fixture
def deployed(
    make_report: MakeReport, confirmed_checks: tuple[Check, ...], two_pending: tuple[PendingMigration, ...]
) -> Report:
    """A deploy that went well."""
    return make_report(
        cli_version="3.1.0",
        project_ref="abcdefghijklmnopqrst",
        steps=(Step("link", StepStatus.SKIPPED, 0.0, "already linked"), Step("push", StepStatus.OK, 0.6)),
        pending=two_pending,
        applied=(THREADS, ALTERS),
        checks=confirmed_checks,
    )


@pytest.fixture
def refused(make_report: MakeReport, two_pending: tuple[PendingMigration, ...]) -> Report:
    """A deploy whose second file was refused."""
    return make_report(
        Outcome.PARTLY_APPLIED,
        steps=(Step("push", StepStatus.FAILED, 0.4),),
        pending=two_pending,
        applied=(THREADS,),
        failure=Failure(
            code="DbPushApplyError",
            message=f'ERROR: relation "chat_sesions" does not exist. {ALTERS} was rolled back. '
            f"Recorded in the history: {THREADS}.",
            hint="Mend the file, and run the same command again: what is applied is not sent twice.",
            file=two_pending[1].file,
            line=4,
            sqlstate="42P01",
        ),
    )


@pytest.fixture
def three_changes() -> tuple[Change, ...]:
    """One thing added, one changed, one lost; the worst last."""
    return (
        Change(ChangeKind.ADDED, "table", "public", "notes"),
        Change(
            ChangeKind.CHANGED,
            "policy",
            "public",
            "Users can read",
            "ai_threads",
            "using: from (auth.uid() = user_id) to true",
        ),
        Change(ChangeKind.LOST, "index", "public", "idx_ai_threads_status", "ai_threads"),
    )


@pytest.fixture
def drifted(three_changes: tuple[Change, ...]) -> Drift:
    """A database that somebody worked on by hand."""
    return Drift(
        "DROP INDEX public.idx_ai_threads_status;\nCREATE TABLE public.notes ();",
        three_changes,
        "pg-delta",
        "PostgreSQL 17.10",
        left_out=14,
        stand_ins=("vector", "pg_net"),
    )


@pytest.fixture
def way_back() -> Rollback:
    """Both files undone, the newer one by hand, with rows in the way; a dry run."""
    return Rollback(
        "20250101000000",
        (ALTERS, THREADS),
        "DROP TABLE public.ai_threads;",
        losses=(
            Loss("public", "ai_threads", None, 1234, 2202009),
            Loss("private", "ai_tools", None, 0, 24576),
            Loss("public", "chat_sessions", "openai_thread_id", 1, saved="my backup/c.csv"),
        ),
        cannot_restore=("the rows that the file deleted",),
        hand_written=(f"supabase/migrations/{ALTERS}_alter_existing_tables.down.sql",),
        remains=(Change(ChangeKind.ADDED, "index", "public", "idx_x", "chat_sessions"),),
    )
