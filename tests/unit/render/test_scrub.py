"""No secret in any free text of a report, in whatever spelling."""

from collections.abc import Callable

from supa_deploy.model import (
    Change,
    ChangeKind,
    Check,
    Diagnostic,
    Drift,
    Failure,
    Finding,
    Loss,
    MigrationState,
    PendingMigration,
    Preview,
    Report,
    Rollback,
    Severity,
    Step,
    StepStatus,
)
from supa_deploy.outcome import Outcome
from supa_deploy.render.json import to_json
from supa_deploy.render.scrub import scrub
from supa_deploy.secret import Redactor, Secret

PASSWORD = "p@ss \u00e9 w/rd-%\\"


def test_every_free_text_is_scrubbed(
    make_report: Callable[..., Report], make_check: Callable[..., Check]
) -> None:
    leak = f"url postgresql://u:{PASSWORD}@h and p%40ss%20%C3%A9%20w%2Frd-%25%5C"
    change = Change(ChangeKind.LOST, leak, leak, leak, leak, leak)
    report = make_report(
        Outcome.PUSH_FAILED,
        target=leak,
        steps=(Step("push", StepStatus.FAILED, 1.0, leak),),
        pending=(PendingMigration("1", "a", "a.sql", (leak,)),),
        migrations=(MigrationState("1", "a", "a.sql", True, False, (leak,)),),
        checks=(make_check("table", "t", "missing", detail=leak),),
        checks_before=(make_check("table", "t", "missing", detail=leak),),
        diagnostics=(Diagnostic("password", False, leak, leak),),
        findings=(Finding("r", Severity.ERROR, "a.sql", 1, 1, leak, leak, leak),),
        notices=(leak,),
        drift=Drift(leak, (change,), leak, leak, 1, (leak,)),
        preview=Preview(leak, (change,)),
        rollback=Rollback(
            "1",
            ("2",),
            leak,
            (Loss(leak, leak, leak, 1, 1, leak),),
            (leak,),
            (leak,),
            (change,),
            done=True,
        ),
        failure=Failure("x", leak, leak),
    )
    scrubbed = scrub(report, Redactor([Secret(PASSWORD)]))
    shown = repr(scrubbed) + to_json(scrubbed)
    assert "p@ss" not in shown
    assert "p%40ss" not in shown
    assert shown.count("[secret]") > 60
    assert scrubbed.drift
    assert scrubbed.drift.changes[0].change is ChangeKind.LOST
    assert scrubbed.rollback
    assert (scrubbed.rollback.done, scrubbed.rollback.losses[0].rows) == (True, 1)


def test_a_report_without_secrets_stays_as_it_is(deployed: Report) -> None:
    assert scrub(deployed, Redactor([Secret("something else")])) == deployed
