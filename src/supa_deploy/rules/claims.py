"""The five claims that every migration report makes, each held against what was found."""

from collections.abc import Sequence

from supa_deploy.model import Claim, ClaimVerdict, Finding, Severity
from supa_deploy.rules.book import RULES

_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


def claims_of(findings: Sequence[Finding]) -> tuple[ClaimVerdict, ...]:
    """Whether each claim holds for the files that these findings are about; the worst finding proves otherwise."""
    against: dict[Claim, list[Finding]] = {claim: [] for claim in Claim}
    for finding in findings:
        rule = RULES.get(finding.rule)
        if rule is not None and rule.claim is not None:
            against[rule.claim].append(finding)
    return tuple(
        ClaimVerdict(claim, not found, len(found), min(found, key=_rank) if found else None)
        for claim, found in against.items()
    )


def _rank(finding: Finding) -> tuple[int, str, int]:
    return _ORDER[finding.severity], finding.file, finding.line
