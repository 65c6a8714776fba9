"""The JSON document against the shipped schema, and the schema against the names in the code."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker, ValidationError

from supa_deploy.model import (
    Change,
    ChangeKind,
    Check,
    Claim,
    ClaimVerdict,
    Diagnostic,
    Drift,
    Finding,
    Fix,
    Loss,
    MigrationState,
    ObjectKind,
    Preview,
    Report,
    Rollback,
    Severity,
    StepStatus,
    Traffic,
    Verdict,
    Witness,
)
from supa_deploy.outcome import Outcome
from supa_deploy.render.json import schema_text, to_json

MakeReport = Callable[..., Report]
MakeCheck = Callable[..., Check]

CONTRACT = (
    "schema_version",
    "command",
    "outcome",
    "exit_code",
    "tool_version",
    "cli_version",
    "project_ref",
    "started_at",
    "seconds",
    "steps",
    "plan",
    "applied",
    "checks",
    "drift",
    "migrations",
    "diagnostics",
    "findings",
    "error",
)


@pytest.fixture(scope="module")
def schema() -> Any:
    """The shipped schema."""
    return json.loads(schema_text())


@pytest.fixture(scope="module")
def validator(schema: Any) -> Draft202012Validator:
    """Checks a document against the shipped schema."""
    return Draft202012Validator(schema, format_checker=FormatChecker())


def test_the_schema_is_one(schema: Any) -> None:
    Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_makes_a_valid_document(
    outcome: Outcome, make_report: MakeReport, validator: Draft202012Validator
) -> None:
    document = json.loads(to_json(make_report(outcome)))
    validator.validate(document)
    assert (document["outcome"], document["exit_code"]) == (outcome.label, outcome.exit_code)


def test_the_keys_of_the_contract_are_always_there(make_report: MakeReport) -> None:
    document = json.loads(to_json(make_report(Outcome.USAGE_ERROR)))
    assert set(CONTRACT) <= set(document)
    assert document["plan"] == {"pending": []}
    assert (document["drift"], document["error"], document["steps"]) == (None, None, [])


def test_a_full_report_keeps_every_value(
    refused: Report,
    confirmed_checks: tuple[Check, ...],
    two_states: tuple[MigrationState, ...],
    make_report: MakeReport,
    validator: Draft202012Validator,
) -> None:
    report = make_report(
        Outcome.PARTLY_APPLIED,
        cli_version="3.1.0",
        project_ref="abcdefghijklmnopqrst",
        target="project abcdefghijklmnopqrst",
        environment="staging",
        steps=refused.steps,
        pending=refused.pending,
        applied=refused.applied,
        checks=confirmed_checks,
        checks_before=confirmed_checks[:1],
        migrations=two_states,
        diagnostics=(Diagnostic("python", True, "3.11.7"), Diagnostic("clock", None, "no server", "connect")),
        findings=(Finding("syntax", Severity.ERROR, "a.sql", 1, 2, "no", "try", "creat"),),
        notices=("Linked before.",),
        traffic=Traffic(12, 3400),
        failure=refused.failure,
    )
    document = json.loads(to_json(report))
    validator.validate(document)
    assert document["steps"] == [{"name": "push", "status": "failed", "seconds": 0.4, "note": None}]
    assert document["plan"]["pending"][0] == {
        "version": "20250118000001",
        "name": "create_ai_threads",
        "file": "supabase/migrations/20250118000001_create_ai_threads.sql",
        "words": ["creates table ai_threads: 2 columns, 1 index, 2 policies, RLS"],
    }
    assert document["environment"] == "staging"
    assert document["applied"] == ["20250118000001"]
    assert document["checks"][2] == {
        "object": "column",
        "schema": "public",
        "name": "session_id",
        "table": "ai_threads",
        "column": "session_id",
        "migration": "20250118000001",
        "verdict": "confirmed",
        "witness": "postgrest",
        "detail": None,
        "dropped": False,
    }
    assert len(document["checks_before"]) == 1
    assert document["migrations"][-1] == {
        "version": "20250120000000",
        "name": None,
        "file": None,
        "local": False,
        "remote": True,
        "words": [],
    }
    assert document["migrations"][2]["words"] == list(two_states[2].words)
    assert [d["ok"] for d in document["diagnostics"]] == [True, None]
    assert document["findings"][0]["severity"] == "error"
    assert (document["notices"], document["traffic"]) == (["Linked before."], {"requests": 12, "bytes": 3400})
    assert (document["error"]["line"], document["error"]["sqlstate"]) == (4, "42P01")


def test_claims_and_fixes_keep_every_value(make_report: MakeReport, validator: Draft202012Validator) -> None:
    proof = Finding("policy-twice", Severity.WARNING, "a.sql", 4, 1, "no guard", "add one", "create policy p")
    report = make_report(
        command="check",
        files_checked=5,
        findings=(proof,),
        claims=(ClaimVerdict(Claim.SYNTAX, True), ClaimVerdict(Claim.RERUN, False, 1, proof)),
        fixes=(Fix("a.sql", ("policy-twice",), "--- a.sql\n+++ a.sql\n", written=True),),
    )
    document = json.loads(to_json(report))
    validator.validate(document)
    assert document["files_checked"] == 5
    assert document["claims"] == [
        {"claim": "syntactically correct", "holds": True, "count": 0, "proof": None},
        {"claim": "idempotent", "holds": False, "count": 1, "proof": document["findings"][0]},
    ]
    assert document["fixes"] == [
        {"file": "a.sql", "rules": ["policy-twice"], "diff": "--- a.sql\n+++ a.sql\n", "written": True}
    ]


def test_drift_is_told_with_every_change(
    drifted: Drift, make_report: MakeReport, validator: Draft202012Validator
) -> None:
    document = json.loads(to_json(make_report(Outcome.DRIFT, command="diff", drift=drifted)))
    validator.validate(document)
    assert document["drift"] | {"changes": []} == {
        "empty": False,
        "sql": drifted.sql,
        "engine": "pg-delta",
        "shadow": "PostgreSQL 17.10",
        "changes": [],
        "left_out": 14,
        "stand_ins": ["vector", "pg_net"],
    }
    assert document["drift"]["changes"][1] == {
        "change": "changed",
        "object": "policy",
        "schema": "public",
        "name": "Users can read",
        "table": "ai_threads",
        "detail": "using: from (auth.uid() = user_id) to true",
        "witness": "catalog",
    }
    assert [c["change"] for c in document["drift"]["changes"]] == ["added", "changed", "lost"]


def test_no_drift_is_not_the_same_as_not_looked_for(
    make_report: MakeReport, validator: Draft202012Validator
) -> None:
    looked = json.loads(to_json(make_report(drift=Drift())))
    validator.validate(looked)
    assert looked["drift"] == {
        "empty": True,
        "sql": "",
        "engine": None,
        "shadow": None,
        "changes": [],
        "left_out": 0,
        "stand_ins": [],
    }
    absent = json.loads(to_json(make_report()))
    assert (absent["drift"], absent["preview"], absent["rollback"]) == (None, None, None)


def test_a_preview_and_a_rollback_keep_every_value(
    way_back: Rollback,
    three_changes: tuple[Change, ...],
    make_report: MakeReport,
    validator: Draft202012Validator,
) -> None:
    report = make_report(command="rollback", rollback=way_back, preview=Preview("select 1;", three_changes))
    document = json.loads(to_json(report))
    validator.validate(document)
    assert document["preview"]["sql"] == "select 1;"
    assert [c["name"] for c in document["preview"]["changes"]] == [c.name for c in three_changes]
    assert document["rollback"] | {"losses": [], "remains": []} == {
        "to": "20250101000000",
        "versions": ["20250118000004", "20250118000001"],
        "sql": "DROP TABLE public.ai_threads;",
        "losses": [],
        "cannot_restore": ["the rows that the file deleted"],
        "hand_written": ["supabase/migrations/20250118000004_alter_existing_tables.down.sql"],
        "remains": [],
        "done": False,
    }
    assert document["rollback"]["losses"][::2] == [
        {
            "schema": "public",
            "table": "ai_threads",
            "column": None,
            "rows": 1234,
            "size": 2202009,
            "saved": None,
            "exists": True,
        },
        {
            "schema": "public",
            "table": "chat_sessions",
            "column": "openai_thread_id",
            "rows": 1,
            "size": None,
            "saved": "my backup/c.csv",
            "exists": True,
        },
    ]
    assert document["rollback"]["remains"][0]["name"] == "idx_x"
    done = json.loads(to_json(make_report(rollback=replace(way_back, done=True))))
    assert done["rollback"]["done"] is True


@pytest.mark.parametrize(
    ("definition", "value"),
    [
        ("drift", Drift),
        ("change", Change),
        ("preview", Preview),
        ("rollback", Rollback),
        ("loss", Loss),
        ("claim", ClaimVerdict),
        ("fix", Fix),
    ],
)
def test_schema_and_code_have_the_same_fields(schema: Any, definition: str, value: type[Any]) -> None:
    stored = [field.name for field in fields(value)]
    told = schema["$defs"][definition]
    assert sorted(told["required"]) == sorted(told["properties"])
    assert sorted(set(told["properties"]) - {"empty"}) == sorted(stored)
    assert told["additionalProperties"] is False


@pytest.mark.parametrize(
    ("field", "spoil"),
    [
        ("drift", {"empty": None}),
        ("drift", {"left_out": -1}),
        ("drift", {"surprise": 1}),
        ("drift", {"changes": [{"change": "gone"}]}),
        ("rollback", {"done": "yes"}),
        ("rollback", {"losses": [{"rows": 1}]}),
        ("rollback", {"versions": None}),
    ],
)
def test_the_schema_refuses_what_is_not_a_drift_or_a_rollback(
    field: str,
    spoil: dict[str, object],
    drifted: Drift,
    way_back: Rollback,
    make_report: MakeReport,
    validator: Draft202012Validator,
) -> None:
    document = json.loads(to_json(make_report(drift=drifted, rollback=way_back)))
    assert validator.is_valid(document)
    document[field] |= spoil
    assert not validator.is_valid(document)


@pytest.mark.parametrize(
    ("definition", "field", "enum"),
    [
        ("step", "status", StepStatus),
        ("check", "object", ObjectKind),
        ("check", "verdict", Verdict),
        ("check", "witness", Witness),
        ("change", "change", ChangeKind),
        ("change", "witness", Witness),
        ("finding", "severity", Severity),
        ("claim", "claim", Claim),
    ],
)
def test_schema_and_code_have_the_same_names(
    schema: Any, definition: str, field: str, enum: type[StrEnum]
) -> None:
    assert schema["$defs"][definition]["properties"][field]["enum"] == [member.value for member in enum]


def test_the_page_names_each_field_of_drift_and_rollback(schema: Any) -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "json.md").read_text("utf-8")
    below = page.partition("## Drift")[2]
    for definition in ("drift", "change", "rollback", "loss"):
        for name in schema["$defs"][definition]["properties"]:
            assert f"`{name}`" in below, (definition, name)
    assert all(f"`{kind}`" in below for kind in ChangeKind)


def test_the_page_names_each_field_of_claims_and_fixes(schema: Any) -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "json.md").read_text("utf-8")
    told = page.partition("## Claims and fixes")[2].partition("\n## ")[0]
    for name in (*schema["$defs"]["claim"]["properties"], *schema["$defs"]["fix"]["properties"], *Claim):
        assert f"`{name}`" in told, name


def test_schema_and_code_have_the_same_outcomes_and_numbers(schema: Any) -> None:
    numbers: dict[str, set[int]] = {}
    for rule in schema["allOf"]:
        code = rule["then"]["properties"]["exit_code"]
        numbers[rule["if"]["properties"]["outcome"]["const"]] = set(code.get("enum", [code.get("const")]))
    expected: dict[str, set[int]] = {}
    for outcome in Outcome:
        expected.setdefault(outcome.label, set()).add(outcome.exit_code)
    assert numbers == expected
    assert schema["properties"]["outcome"]["enum"] == list(expected)


@pytest.mark.parametrize(
    "spoil",
    [
        {"outcome": "fine"},
        {"exit_code": 7},
        {"schema_version": 2},
        {"extra": 1},
        {"seconds": -1},
        {"started_at": 12},
    ],
)
def test_the_schema_refuses_what_is_not_the_contract(
    spoil: dict[str, object], make_report: MakeReport, validator: Draft202012Validator
) -> None:
    document = json.loads(to_json(make_report(Outcome.OK))) | spoil
    with pytest.raises(ValidationError):
        validator.validate(document)


def test_each_key_is_required(make_report: MakeReport, validator: Draft202012Validator) -> None:
    document = json.loads(to_json(make_report(Outcome.OK)))
    for key in document:
        less = {name: value for name, value in document.items() if name != key}
        assert not validator.is_valid(less), key


def test_one_document_of_plain_ascii(make_report: MakeReport, make_check: MakeCheck) -> None:
    text = to_json(make_report(checks=(make_check("table", "caf\u00e9\x1b[31m\ud800"),)))
    assert text.isascii()
    assert "\x1b" not in text
    assert text.endswith("}\n")
    assert json.loads(text)["checks"][0]["name"] == "caf\u00e9\x1b[31m\ud800"


def test_a_number_that_json_cannot_say_is_an_error(make_report: MakeReport) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        to_json(make_report(seconds=float("nan")))


def test_a_document_does_not_cost_the_terminal_library() -> None:
    code = (
        "import sys, supa_deploy.render.json, supa_deploy.render.progress, supa_deploy.render.look\n"
        "sys.exit('rich' in sys.modules)"
    )
    source = Path(__file__).resolve().parents[3] / "src"
    assert (
        subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": str(source)}, check=False).returncode
        == 0
    )
