"""What to do next: something that fits for each outcome of each command, what the failure says first."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from supa_deploy.model import (
    Bundle,
    Change,
    ChangeKind,
    Check,
    Diagnostic,
    Drift,
    Failure,
    Feature,
    Finding,
    Fix,
    MigrationState,
    Report,
    Rollback,
    Runner,
    Severity,
)
from supa_deploy.outcome import Outcome

MakeReport = Callable[..., Report]
MakeCheck = Callable[..., Check]
Told = Callable[[Report], dict[str, list[str]]]
_COMMANDS = [
    "deploy",
    "plan",
    "status",
    "verify",
    "diff",
    "check",
    "rehearse",
    "rollback",
    "report",
    "onboard",
    "bundle",
    "doctor",
]
_FITTING: Mapping[Outcome, tuple[str, ...]] = {
    Outcome.OK: (),
    Outcome.UP_TO_DATE: (),
    Outcome.INTERNAL_ERROR: ("supa-deploy status",),
    Outcome.USAGE_ERROR: ("--help", "nothing was touched"),
    Outcome.PREFLIGHT_FAILED: ("supa-deploy doctor", "nothing was touched"),
    Outcome.AUTH_FAILED: ("supa-deploy doctor", "nothing was touched"),
    Outcome.UNREACHABLE: ("supa-deploy doctor", "it is safe"),
    Outcome.PUSH_FAILED: ("Mend what was refused", "supa-deploy rehearse", "nothing was recorded"),
    Outcome.PARTLY_APPLIED: ("Mend what was refused", "not sent twice", "supa-deploy rollback"),
    Outcome.STATE_UNKNOWN: ("supa-deploy status", "sends only what is not recorded"),
    Outcome.VERIFICATION_FAILED: ("supa-deploy diff", "new migration", "supa-deploy verify"),
    Outcome.PENDING: (),
    Outcome.DRIFT: (),
    Outcome.FINDINGS: ("Mend the errors", "nothing was sent"),
    Outcome.HISTORY_CONFLICT: ("supa-deploy status", "nothing was sent"),
    Outcome.BUSY: ("Wait", "supa-deploy status", "not sent twice"),
    Outcome.DECLINED: ("supa-deploy plan", "nothing was touched"),
    Outcome.ROLLBACK_FAILED: ("supa-deploy status", "supa-deploy diff", "supa-deploy rollback"),
    Outcome.UNVERIFIED: ("supa-deploy verify", "supa-deploy doctor"),
    Outcome.INTERRUPTED: ("nothing was sent",),
    Outcome.TERMINATED: ("nothing was sent",),
}


@pytest.mark.parametrize("command", _COMMANDS)
@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_end_of_every_command_has_a_summary_and_steps(
    make_report: MakeReport,
    told: Told,
    waiting: tuple[MigrationState, ...],
    outcome: Outcome,
    command: str,
) -> None:
    sections = told(make_report(outcome, command, migrations=waiting))
    steps = sections["next-steps"][1:]
    assert steps
    for words in _FITTING[outcome]:
        assert any(words in step for step in steps), steps
    assert len(sections["summary"][1].split()) >= 5


def test_what_the_failure_says_comes_first(make_report: MakeReport, refused: Report, told: Told) -> None:
    steps = told(refused)["next-steps"]
    assert steps[1].startswith("Mend the file, and run the same command again")
    assert not any("Mend what was refused" in step for step in steps)
    assert refused.failure is not None
    silent = told(replace(refused, failure=replace(refused.failure, hint=None)))["next-steps"]
    place = "supabase/migrations/20250118000004_alter_existing_tables.sql:4 · SQLSTATE 42P01"
    assert silent[1] == f"Mend what was refused at `{place}`."
    two = make_report(Outcome.BUSY, failure=Failure("x", "m", "Wait.\nThen look."))
    assert told(two)["next-steps"][1:3] == ["Wait.", "  Then look."]


def test_pending_files_are_tried_and_applied(
    make_report: MakeReport, waiting: tuple[MigrationState, ...], told: Told
) -> None:
    wanted = [
        "Next steps",
        "Try it on a throwaway project first: `supa-deploy rehearse --env 'my place'`",
        "Apply 4 pending migrations and have it confirmed: `supa-deploy deploy --env 'my place'`",
    ]
    for command in ("plan", "status", "report", "deploy"):
        report = make_report(Outcome.OK, command, migrations=waiting, environment="my place")
        assert told(report)["next-steps"] == wanted
    assert (
        told(make_report(Outcome.PENDING, "plan", migrations=waiting, environment="my place"))["next-steps"]
        == wanted
    )


def test_all_well_leaves_nothing_to_do(
    make_report: MakeReport,
    example: Feature,
    applied: tuple[MigrationState, ...],
    confirmed: object,
    told: Told,
) -> None:
    report = make_report(
        feature=example, migrations=applied, applied=example.versions, checks=confirmed, drift=Drift()
    )
    assert told(report)["next-steps"] == [
        "Next steps",
        "Nothing has to be done.",
        "Watch for drift: `supa-deploy diff --exit-code`",
    ]
    unseen = replace(report, checks=())
    assert told(unseen)["next-steps"][1] == (
        "Confirm what was applied, which nobody has yet: `supa-deploy verify`"
    )


def test_what_is_not_in_order_after_all(
    make_report: MakeReport, make_check: MakeCheck, two_states: tuple[MigrationState, ...], told: Told
) -> None:
    drift = Drift(changes=(Change(ChangeKind.ADDED, "table", "public", "notes"),))
    finding = Finding("no-rls", Severity.WARNING, "a.sql", 1, 1, "m")
    checks = (
        make_check("table", "t", "not_granted"),
        make_check("table", "u", "missing", migration="20250101000000"),
    )
    report = make_report(
        Outcome.OK, "status", migrations=two_states, drift=drift, findings=(finding,), checks=checks
    )
    steps = told(report)["next-steps"][1:]
    assert steps[0].endswith("because a deploy is refused without them: `20250120000000`")
    assert any(step.startswith("Mend it with a new migration") for step in steps)
    assert any(step.startswith("Decide whether the Data API should show 1 object") for step in steps)
    assert any("keep it with a new migration" in step for step in steps)
    assert "Look at what was found in the files: `supa-deploy check`" in steps


def test_a_rollback_leads_on(make_report: MakeReport, way_back: Rollback, told: Told) -> None:
    dry = told(make_report(command="rollback", rollback=way_back))["next-steps"]
    typed = "`supa-deploy rollback --to 20250101000000 --save 'my backup' --yes`"
    assert dry[1:] == [f"Read the SQL and the losses. To do it: {typed}"]
    done = told(make_report(command="rollback", rollback=replace(way_back, done=True)))["next-steps"]
    assert done[1].endswith("the next deploy applies them again: `20250118000004`, `20250118000001`")
    drift = told(make_report(Outcome.DRIFT, "rollback"))["next-steps"]
    assert drift[1].endswith("`supa-deploy rollback --discard-drift`")


def test_check_rehearse_and_doctor_lead_on(make_report: MakeReport, told: Told) -> None:
    fix = Fix("a.sql", ("table-twice",), "-a\n+b")
    found = Finding("table-twice", Severity.WARNING, "a.sql", 1, 1, "m")
    checked = told(make_report(command="check", fixes=(fix,), findings=(found,)))["next-steps"]
    assert "`supa-deploy check --fix`" in checked[1]
    assert checked[-1] == "See what a deploy would do: `supa-deploy plan`"
    assert told(make_report(command="rehearse"))["next-steps"][1:] == ["Do it for real: `supa-deploy deploy`"]
    sick = Diagnostic("token", False, "refused", "Log in again.")
    looked = told(make_report(Outcome.AUTH_FAILED, "doctor", diagnostics=(sick,)))
    assert looked["diagnostics"] == ["What was looked at", "❌ token: refused", "  → Log in again."]
    well = told(make_report(command="doctor", diagnostics=(sick,)))["next-steps"]
    assert well[1] == "token: Log in again."


@pytest.mark.parametrize(
    ("made", "wanted"),
    [
        (
            Bundle(Runner.DASHBOARD, ("1",), "select 1;", 1, 9, "a b.sql", "https://supabase.com/dashboard"),
            "Paste all of `a b.sql` into the Dashboard's SQL editor, as the role `postgres`, and run it.",
        ),
        (
            Bundle(Runner.PSQL, ("1",), "select 1;", 1, 9, "a b.sql"),
            "Run `a b.sql`: `psql \"$SUPABASE_DB_URL\" -X -f 'a b.sql'`",
        ),
        (
            Bundle(Runner.PSQL, ("1",), "select 1;", 1, 9),
            'Run the script: `psql "$SUPABASE_DB_URL" -X -f -`',
        ),
    ],
)
def test_a_bundle_is_run_and_then_confirmed(
    make_report: MakeReport, told: Told, made: Bundle, wanted: str
) -> None:
    sections = told(make_report(command="bundle", bundle=made))
    assert sections["next-steps"][1] == wanted
    assert sections["next-steps"][-1] == "Have it confirmed: `supa-deploy verify`"
    assert sections["summary"][1].startswith("A script was made, and nothing was sent: 1 migration")
