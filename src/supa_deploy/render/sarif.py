"""Findings as SARIF 2.1.0, for GitHub's code scanning and whoever else reads it.

The format is OASIS's "Static Analysis Results Interchange Format 2.1.0"; what GitHub asks for beyond it (descriptions,
help, whole regions, fingerprints, limits) stands in its page "SARIF support for code scanning". No secret: texts come
from a scrubbed report, and the lines shown are the files' own.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

from supa_deploy.model import Finding, Report, Severity
from supa_deploy.outcome import Outcome
from supa_deploy.render.fingerprints import line_hashes, own_fingerprints
from supa_deploy.render.selection import worst_first
from supa_deploy.render.text import safe_lines
from supa_deploy.rules.book import RULES
from supa_deploy.rules.values import Rule, Topic

RESULTS = 25_000  # a run with more is refused
_DESCRIPTION = 1024
_NAME = 255
_MESSAGE = 4000
_SNIPPET = 400  # characters of one line
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_PROBLEMS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "recommendation"}
_LOOKED = frozenset({Outcome.OK, Outcome.UP_TO_DATE, Outcome.FINDINGS, Outcome.PENDING, Outcome.DRIFT})

TextOf = Callable[[str], str | None]


def sarif(report: Report, prefix: str = "", text_of: TextOf | None = None) -> str:
    """The report's findings as one SARIF document with a newline at its end, plain ASCII.

    `prefix` is the project folder relative to the repository. `text_of` gives a file's text by the name that findings
    have for it, None where it cannot be read; without it GitHub's upload action computes its own fingerprints.
    """
    found = worst_first(report.findings)
    kept = found[:RESULTS]
    rules = _rules(kept)
    index = {rule: number for number, rule in enumerate(rules)}
    hashes = _hashes(kept, text_of)
    run: dict[str, object] = {
        "tool": {
            "driver": {
                "name": "supa-deploy",
                "version": report.tool_version,
                "rules": list(rules.values()),
            }
        },
        "invocations": [_invocation(report, len(found) - len(kept))],
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository."}}},
        "columnKind": "unicodeCodePoints",
        "results": [
            _result(finding, own, hashes.get((finding.file, finding.line)), index[finding.rule], prefix)
            for finding, own in zip(kept, own_fingerprints(kept), strict=True)
        ],
    }
    if report.environment:
        run["properties"] = {"environment": _plain(report.environment)}
    if prefix:
        run["automationDetails"] = {"id": f"supa-deploy/{_plain(prefix)}/"}
    document = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2, ensure_ascii=True, allow_nan=False) + "\n"


def text_in(workdir: Path) -> TextOf:
    """Reads the files of findings from the project folder, for `sarif`."""

    def read(file: str) -> str | None:
        try:
            return (workdir / file).read_bytes().decode("utf-8", errors="replace")
        except OSError:
            return None

    return read


def _rules(found: Iterable[Finding]) -> dict[str, dict[str, object]]:
    """Every rule there is, and those of findings that are not in the book."""
    rules = {name: _rule(rule) for name, rule in sorted(RULES.items())}
    for finding in found:
        if finding.rule not in rules:
            advice = finding.help or "See the message."
            rules[finding.rule] = _descriptor(finding.rule, finding.rule, advice, advice, finding.severity)
    return rules


def _rule(rule: Rule) -> dict[str, object]:
    tags = ["supabase", "migrations", rule.topic.value]
    properties: dict[str, object] = {"tags": sorted(set(tags))}
    if rule.origin is not None:
        properties["origin"] = f"squawk: {rule.origin}"
    if rule.topic is Topic.SECURITY:
        properties["tags"] = sorted({*tags, "security"})
    page = files("supa_deploy.rules").joinpath("pages", f"{rule.id}.md")
    markdown = page.read_text(encoding="utf-8") if page.is_file() else rule.fix
    return _descriptor(rule.id, rule.why, rule.fix, markdown, rule.severity, properties=properties)


def _descriptor(
    name: str,
    why: str,
    text: str,
    markdown: str,
    severity: Severity,
    *,
    properties: Mapping[str, object] | None = None,
) -> dict[str, object]:
    return {
        "id": name,
        "name": _cut(_plain(name), _NAME),
        "shortDescription": {"text": _cut(_plain(why), _DESCRIPTION)},
        "fullDescription": {"text": _cut(_plain(why), _DESCRIPTION)},
        "help": {"text": _plain(text), "markdown": markdown},
        "defaultConfiguration": {"level": _LEVELS[severity]},
        "properties": {"problem.severity": _PROBLEMS[severity], **(properties or {})},
    }


def _result(finding: Finding, own: str, hashed: str | None, index: int, prefix: str) -> dict[str, object]:
    said = [finding.message]
    rule = RULES.get(finding.rule)
    if finding.help and (rule is None or finding.help != rule.fix):
        said.append(finding.help)
    fingerprints = {"supaDeployFinding/v1": own}
    if hashed is not None:
        fingerprints["primaryLocationLineHash"] = hashed
    return {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": _cut(_no_link("\n".join(map(_plain, said))) or finding.rule, _MESSAGE)},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": _artifact(finding.file, prefix),
                    "region": _region(finding),
                }
            }
        ],
        "partialFingerprints": fingerprints,
    }


def _artifact(file: str, prefix: str) -> dict[str, object]:
    if file.startswith("/"):
        return {"uri": f"file://{_quoted(file)}"}
    return {"uri": _quoted(f"{prefix}/{file}" if prefix else file), "uriBaseId": _ROOT}


def _quoted(path: str) -> str:
    return quote(path, safe="/", errors="surrogateescape")


def _region(finding: Finding) -> dict[str, object]:
    """From the finding's place to the end of its line, which is all that is known of its extent."""
    line = (finding.excerpt or "").rstrip("\r\n")
    pointed = line[finding.column - 1 :][:_SNIPPET]
    region: dict[str, object] = {
        "startLine": finding.line,
        "startColumn": finding.column,
        "endLine": finding.line,
        "endColumn": finding.column + max(len(pointed), 1),
    }
    if pointed:
        region["snippet"] = {"text": pointed.encode("utf-8", errors="replace").decode("utf-8")}
    return region


def _hashes(found: Iterable[Finding], text_of: TextOf | None) -> dict[tuple[str, int], str]:
    if text_of is None:
        return {}
    lines: dict[str, set[int]] = {}
    for finding in found:
        lines.setdefault(finding.file, set()).add(finding.line)
    hashes: dict[tuple[str, int], str] = {}
    for file, wanted in lines.items():
        text = text_of(file)
        if text is not None:
            hashes.update({(file, line): value for line, value in line_hashes(text, wanted).items()})
    return hashes


def _invocation(report: Report, left_out: int) -> dict[str, object]:
    invocation: dict[str, object] = {
        "executionSuccessful": report.outcome in _LOOKED,
        "exitCode": report.outcome.exit_code,
        "startTimeUtc": report.started_at,
    }
    if left_out:
        text = f"{left_out} findings are left out, the least severe: code scanning takes {RESULTS} a run."
        invocation["toolExecutionNotifications"] = [{"level": "warning", "message": {"text": text}}]
    return invocation


def _plain(text: str) -> str:
    return "\n".join(safe_lines(text))


def _no_link(text: str) -> str:
    """`[words](place)` in a message is a link to its readers; names from a file must not make one."""
    return text.replace("](", "] (")


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
